/* SPDX-License-Identifier: Apache-2.0 */
#include "protocol/session/channel.h"

#include <fcntl.h>
#include <glib-unix.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/error.h"
#include "tests/support/check.h"

static bool make_pair(VdiFd *ret_ours, VdiFd *ret_theirs)
{
    g_autoptr(GError) error = NULL;

    return vdi_channel_pair(ret_ours, ret_theirs, &error) && CHECK_NO_ERROR(error);
}

static unsigned count_descriptors(void)
{
    g_autoptr(GDir) dir = g_dir_open("/proc/self/fd", 0, NULL);
    unsigned n = 0;

    while (g_dir_read_name(dir) != NULL) {
        n++;
    }
    return n;
}

static void brings_a_message_and_its_tail_in_one_piece(void)
{
    g_auto(VdiFd) ours = -1;
    g_auto(VdiFd) theirs = -1;
    g_auto(VdiFd) passed = -1;
    g_autoptr(GError) error = NULL;
    g_autofree VdiMessage *message = g_new0(VdiMessage, 1);
    VdiMessageNumber number = {VDI_MESSAGE_READY, 7};

    if (!make_pair(&ours, &theirs)) {
        return;
    }
    CHECK(vdi_channel_send(ours, &number, sizeof number, "tail", 4, -1, &error));
    CHECK_NO_ERROR(error);
    CHECK_INT(vdi_channel_receive(theirs, message, &passed, &error), sizeof number + 4);
    CHECK_INT(message->kind, VDI_MESSAGE_READY);
    CHECK(memcmp(message->bytes + sizeof number, "tail", 4) == 0);
    CHECK_INT(passed, -1);
}

static void passes_one_descriptor(void)
{
    g_auto(VdiFd) ours = -1;
    g_auto(VdiFd) theirs = -1;
    g_auto(VdiFd) passed = -1;
    g_autoptr(GError) error = NULL;
    g_autofree VdiMessage *message = g_new0(VdiMessage, 1);
    VdiMessageSocket word = {VDI_MESSAGE_SOCKET, 0};
    int pipe_ends[2];
    char byte = 0;

    if (!make_pair(&ours, &theirs) || pipe(pipe_ends) != 0) {
        return;
    }
    CHECK(vdi_channel_send(ours, &word, sizeof word, NULL, 0, pipe_ends[1], &error));
    close(pipe_ends[1]);
    CHECK_INT(vdi_channel_receive(theirs, message, &passed, &error), sizeof word);
    CHECK(passed >= 0);
    CHECK((fcntl(passed, F_GETFD) & FD_CLOEXEC) != 0);
    CHECK_INT(write(passed, "x", 1), 1);
    CHECK_INT(read(pipe_ends[0], &byte, 1), 1);
    close(pipe_ends[0]);
}

/* Two descriptors in one message: the kernel may hand over both, and neither may stay. */
static void leaves_no_descriptor_behind_when_too_many_came(void)
{
    g_auto(VdiFd) ours = -1;
    g_auto(VdiFd) theirs = -1;
    g_autoptr(GError) error = NULL;
    g_autofree VdiMessage *message = g_new0(VdiMessage, 1);
    uint32_t kind = VDI_MESSAGE_SOCKET;
    struct iovec part = {&kind, sizeof kind};
    union {
        struct cmsghdr align;
        char bytes[CMSG_SPACE(8 * sizeof(int))];
    } room = {0};
    struct msghdr header = {.msg_iov = &part,
        .msg_iovlen = 1,
        .msg_control = room.bytes,
        .msg_controllen = sizeof room};
    int many[8];

    if (!make_pair(&ours, &theirs)) {
        return;
    }
    for (size_t i = 0; i < G_N_ELEMENTS(many); i++) {
        many[i] = ours;
    }
    room.align.cmsg_level = SOL_SOCKET;
    room.align.cmsg_type = SCM_RIGHTS;
    room.align.cmsg_len = CMSG_LEN(sizeof many);
    memcpy(CMSG_DATA(&room.align), many, sizeof many);
    CHECK_INT(sendmsg(ours, &header, 0), sizeof kind);

    unsigned before = count_descriptors();
    VdiFd passed = -1;

    CHECK_INT(vdi_channel_receive(theirs, message, &passed, &error), -1);
    CHECK_ERROR(error, VDI_SESSION_ERROR, VDI_SESSION_ERROR_MESSAGE);
    CHECK_INT(passed, -1);
    CHECK_INT(count_descriptors(), before);
}

static void refuses_a_message_over_the_ceiling(void)
{
    g_auto(VdiFd) ours = -1;
    g_auto(VdiFd) theirs = -1;
    g_auto(VdiFd) passed = -1;
    g_autoptr(GError) error = NULL;
    g_autofree VdiMessage *message = g_new0(VdiMessage, 1);
    g_autofree char *large = g_malloc0(VDI_MESSAGE_MAX_BYTES + 1);

    if (!make_pair(&ours, &theirs)) {
        return;
    }
    CHECK_INT(send(ours, large, VDI_MESSAGE_MAX_BYTES + 1, 0), VDI_MESSAGE_MAX_BYTES + 1);
    CHECK_INT(vdi_channel_receive(theirs, message, &passed, &error), -1);
    CHECK_ERROR(error, VDI_SESSION_ERROR, VDI_SESSION_ERROR_MESSAGE);
}

static void refuses_a_message_without_a_kind(void)
{
    g_auto(VdiFd) ours = -1;
    g_auto(VdiFd) theirs = -1;
    g_auto(VdiFd) passed = -1;
    g_autoptr(GError) error = NULL;
    g_autofree VdiMessage *message = g_new0(VdiMessage, 1);

    if (!make_pair(&ours, &theirs)) {
        return;
    }
    CHECK_INT(send(ours, "abc", 3, 0), 3);
    CHECK_INT(vdi_channel_receive(theirs, message, &passed, &error), -1);
    CHECK_ERROR(error, VDI_SESSION_ERROR, VDI_SESSION_ERROR_MESSAGE);
}

static void tells_silence_from_an_end(void)
{
    g_auto(VdiFd) ours = -1;
    g_auto(VdiFd) theirs = -1;
    g_auto(VdiFd) passed = -1;
    g_autoptr(GError) error = NULL;
    g_autofree VdiMessage *message = g_new0(VdiMessage, 1);
    uint32_t kind = VDI_MESSAGE_STOP;

    if (!make_pair(&ours, &theirs)) {
        return;
    }
    g_unix_set_fd_nonblocking(theirs, TRUE, NULL);
    CHECK_INT(vdi_channel_receive(theirs, message, &passed, &error), -1);
    CHECK_NO_ERROR(error);
    close(ours);
    ours = -1;
    CHECK_INT(vdi_channel_receive(theirs, message, &passed, &error), 0);
    CHECK(!vdi_channel_send(theirs, &kind, sizeof kind, NULL, 0, -1, &error));
    CHECK_ERROR(error, VDI_SESSION_ERROR, VDI_SESSION_ERROR_LOST);
}

static void does_not_wait_for_room_when_it_only_tries(void)
{
    g_auto(VdiFd) ours = -1;
    g_auto(VdiFd) theirs = -1;
    g_autoptr(GError) error = NULL;
    VdiMessageNumber word = {VDI_MESSAGE_TAKEN, 1};
    unsigned n = 0;

    if (!make_pair(&ours, &theirs)) {
        return;
    }
    while (n < 100000 && vdi_channel_try_send(ours, &word, sizeof word, -1, &error)) {
        n++;
    }
    CHECK(n > 0 && n < 100000);
    CHECK_NO_ERROR(error);
}

static const struct {
    const char *name;
    const char field[8];
    bool is_sound;
} texts[] = {
    {"plain text is sound", "ada", true},
    {"an empty text is sound", "", true},
    {"accents are sound", "\xc3\xa9t\xc3\xa9", true},
    {"a text without an end is not", {'a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'}, false},
    {"a control character is not", "a\x1b[2J", false},
    {"a line break is not", "a\nb", false},
    {"broken UTF-8 is not", "\xc3(", false},
};

static void judges_text_fields(void)
{
    for (size_t i = 0; i < G_N_ELEMENTS(texts); i++) {
        CHECK_ROW(texts[i].name,
            vdi_channel_text_is_sound(texts[i].field, sizeof texts[i].field) == texts[i].is_sound);
    }
}

const Test tests[] = {
    {"brings a message and its tail in one piece", brings_a_message_and_its_tail_in_one_piece},
    {"passes one descriptor, closed on exec", passes_one_descriptor},
    {"leaves no descriptor behind when too many came",
        leaves_no_descriptor_behind_when_too_many_came},
    {"refuses a message over the ceiling", refuses_a_message_over_the_ceiling},
    {"refuses a message without a kind", refuses_a_message_without_a_kind},
    {"tells silence from an end", tells_silence_from_an_end},
    {"does not wait for room when it only tries", does_not_wait_for_room_when_it_only_tries},
    {"judges text fields", judges_text_fields},
    TEST_END,
};
