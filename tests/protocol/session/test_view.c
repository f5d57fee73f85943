/* SPDX-License-Identifier: Apache-2.0 */
#include "protocol/session/view.h"

#include <linux/input-event-codes.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/error.h"
#include "protocol/session/channel.h"
#include "tests/support/check.h"

enum { WIDTH = 64, HEIGHT = 48 };

/* A view with its delegate, and in `peer` what vdi-session would hold. */
typedef struct {
    VdiView *view;
    VdiFd peer;
    unsigned n_pictures, n_frames, n_cursors, n_closed;
    unsigned index;
    VdiRectangle damage;
    GError *error; /* that it was closed with */
} Stage;

static void on_picture(VdiView *view, const VdiPicture *picture, void *user)
{
    ((Stage *) user)->n_pictures++;
}

static void on_frame(
    VdiView *view, unsigned index, const VdiRectangle *damage, size_t n_damage, void *user)
{
    Stage *stage = user;

    stage->n_frames++;
    stage->index = index;
    stage->damage = damage[0];
}

static void on_cursor(
    VdiView *view, const VdiMessageCursor *cursor, const unsigned char *pixels, void *user)
{
    ((Stage *) user)->n_cursors++;
}

static void on_closed(VdiView *view, const GError *error, void *user)
{
    Stage *stage = user;

    stage->n_closed++;
    stage->error = error != NULL ? g_error_copy(error) : NULL;
}

static const VdiViewDelegate delegate = {on_picture, on_frame, on_cursor, on_closed};

static void turn(void)
{
    while (g_main_context_iteration(NULL, FALSE)) {
    }
}

static Stage *stage_new(void)
{
    Stage *stage = g_new0(Stage, 1);
    g_auto(VdiFd) ours = -1;

    g_assert(vdi_channel_pair(&ours, &stage->peer, NULL));
    stage->view = vdi_view_new(ours, &delegate, stage);
    ours = -1;
    return stage;
}

static void stage_free(Stage *stage)
{
    vdi_view_free(stage->view);
    vdi_fd_close(stage->peer);
    g_clear_error(&stage->error);
    g_free(stage);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Stage, stage_free)

static void tell(Stage *stage, const void *message, size_t size)
{
    if (send(stage->peer, message, size, MSG_NOSIGNAL) < 0) {
        CHECK(stage->n_closed > 0);
    }
    turn();
}

/* What the view said; 0 when it said nothing. */
static uint32_t hear(Stage *stage, VdiMessage *message)
{
    ssize_t n = recv(stage->peer, message->bytes, sizeof message->bytes, MSG_DONTWAIT);

    return n >= (ssize_t) sizeof message->kind ? message->kind : 0;
}

static void tell_size(Stage *stage, uint32_t width, uint32_t height)
{
    VdiMessageSize size = {VDI_MESSAGE_SIZE, width, height};

    tell(stage, &size, sizeof size);
}

static VdiMessageFrame sound_frame(uint32_t serial)
{
    return (VdiMessageFrame){
        .kind = VDI_MESSAGE_FRAME,
        .generation = 1,
        .serial = serial,
        .index = (uint16_t) (serial % 2),
        .n_damage = 1,
        .damage = {{0, 0, WIDTH, HEIGHT}},
    };
}

static void makes_the_picture_that_the_session_asks_for(void)
{
    g_autoptr(Stage) stage = stage_new();
    g_autofree VdiMessage *message = g_new0(VdiMessage, 1);
    g_auto(VdiFd) passed = -1;
    g_autoptr(GError) error = NULL;

    tell_size(stage, WIDTH, HEIGHT);
    CHECK_INT(stage->n_pictures, 1);
    CHECK_INT(
        vdi_channel_receive(stage->peer, message, &passed, &error), sizeof(VdiMessagePicture));
    CHECK_INT(message->kind, VDI_MESSAGE_PICTURE);
    g_autoptr(VdiPicture) picture = vdi_picture_take(passed, (VdiMessagePicture *) message, &error);

    passed = -1;
    CHECK_NO_ERROR(error);
    CHECK(picture != NULL && picture->width == WIDTH && picture->height == HEIGHT);
}

static void shows_a_frame_and_says_when_it_was_taken(void)
{
    g_autoptr(Stage) stage = stage_new();
    g_autofree VdiMessage *message = g_new0(VdiMessage, 1);
    VdiMessageFrame frame = sound_frame(1);

    tell_size(stage, WIDTH, HEIGHT);
    CHECK_INT(hear(stage, message), VDI_MESSAGE_PICTURE);
    tell(stage, &frame, sizeof frame);
    CHECK_INT(stage->n_frames, 1);
    CHECK_INT(stage->index, 1);
    CHECK_INT(vdi_view_index(stage->view), 1);
    CHECK_INT(stage->damage.width, WIDTH);
    CHECK_INT(hear(stage, message), 0);
    vdi_view_taken(stage->view);
    CHECK_INT(hear(stage, message), VDI_MESSAGE_TAKEN);
    CHECK_INT(((VdiMessageNumber *) message)->number, 1);
    vdi_view_taken(stage->view);
    CHECK_INT(hear(stage, message), 0);
    frame = sound_frame(2);
    tell(stage, &frame, sizeof frame);
    CHECK_INT(stage->n_frames, 2);
    CHECK_INT(stage->n_closed, 0);
}

static void drops_a_frame_of_an_older_picture(void)
{
    g_autoptr(Stage) stage = stage_new();
    VdiMessageFrame frame = sound_frame(1);

    tell_size(stage, WIDTH, HEIGHT);
    tell_size(stage, 2 * WIDTH, HEIGHT);
    tell(stage, &frame, sizeof frame);
    CHECK_INT(stage->n_frames, 0);
    CHECK_INT(stage->n_closed, 0);
    frame = sound_frame(2);
    frame.generation = 2;
    tell(stage, &frame, sizeof frame);
    CHECK_INT(stage->n_frames, 1);
}

/* ---- hostile words: each ends the session with one error ---- */

typedef void (*Spoil)(VdiMessageFrame *frame);

static void outside_right(VdiMessageFrame *frame)
{
    frame->damage[0].x = 1;
}

static void outside_below(VdiMessageFrame *frame)
{
    frame->damage[0].y = 65535;
}

static void sums_that_overflow(VdiMessageFrame *frame)
{
    frame->damage[0] = (VdiRectangle){65535, 65535, 65535, 65535};
}

static void no_area(VdiMessageFrame *frame)
{
    frame->damage[0].width = 0;
}

static void no_damage(VdiMessageFrame *frame)
{
    frame->n_damage = 0;
}

static void too_much_damage(VdiMessageFrame *frame)
{
    frame->n_damage = VDI_FRAME_MAX_DAMAGE + 1;
}

static void third_picture(VdiMessageFrame *frame)
{
    frame->index = 2;
}

static void unknown_generation(VdiMessageFrame *frame)
{
    frame->generation = 2;
}

static void old_serial(VdiMessageFrame *frame)
{
    frame->serial = 1;
}

static void unknown_kind(VdiMessageFrame *frame)
{
    frame->kind = 4711;
}

static void kind_of_the_control_socket(VdiMessageFrame *frame)
{
    frame->kind = VDI_MESSAGE_OPEN;
}

static void kind_of_the_viewer(VdiMessageFrame *frame)
{
    frame->kind = VDI_MESSAGE_TAKEN;
}

static const struct {
    const char *name;
    Spoil spoil;
} spoils[] = {
    {"damage beyond the right edge", outside_right},
    {"damage below the lower edge", outside_below},
    {"damage whose sums overflow", sums_that_overflow},
    {"damage without an area", no_area},
    {"a frame without damage", no_damage},
    {"more damage than a frame holds", too_much_damage},
    {"a third picture", third_picture},
    {"an unknown generation", unknown_generation},
    {"a serial that was there before", old_serial},
    {"an unknown kind", unknown_kind},
    {"a word of the other socket", kind_of_the_control_socket},
    {"a word of the viewer's own", kind_of_the_viewer},
};

static void a_spoiled_frame_ends_the_session(void)
{
    for (size_t i = 0; i < G_N_ELEMENTS(spoils); i++) {
        g_autoptr(Stage) stage = stage_new();
        VdiMessageFrame good = sound_frame(1);
        VdiMessageFrame bad = sound_frame(2);

        tell_size(stage, WIDTH, HEIGHT);
        tell(stage, &good, sizeof good);
        vdi_view_taken(stage->view);
        spoils[i].spoil(&bad);
        tell(stage, &bad, sizeof bad);
        CHECK_ROW(spoils[i].name, stage->n_frames == 1);
        CHECK_ROW(spoils[i].name, stage->n_closed == 1);
        CHECK_ERROR(stage->error, VDI_SESSION_ERROR, VDI_SESSION_ERROR_MESSAGE);
        tell(stage, &good, sizeof good);
        CHECK_ROW(spoils[i].name, stage->n_frames == 1 && stage->n_closed == 1);
    }
}

static const struct {
    const char *name;
    uint32_t kind;
    size_t size;
} lengths[] = {
    {"a frame cut short", VDI_MESSAGE_FRAME, sizeof(VdiMessageFrame) - 1},
    {"a frame that is only a kind", VDI_MESSAGE_FRAME, 4},
    {"a frame too long", VDI_MESSAGE_FRAME, sizeof(VdiMessageFrame) + 4},
    {"a size cut short", VDI_MESSAGE_SIZE, 8},
    {"a size of no pixels", VDI_MESSAGE_SIZE, sizeof(VdiMessageSize)},
    {"a pointer cut short", VDI_MESSAGE_CURSOR, sizeof(VdiMessageCursor) - 2},
    {"a pointer with pixels of none", VDI_MESSAGE_CURSOR, sizeof(VdiMessageCursor) + 4},
    {"less than a kind", VDI_MESSAGE_FRAME, 2},
};

static void a_wrong_length_ends_the_session(void)
{
    for (size_t i = 0; i < G_N_ELEMENTS(lengths); i++) {
        g_autoptr(Stage) stage = stage_new();
        g_autofree VdiMessage *message = g_new0(VdiMessage, 1);

        message->kind = lengths[i].kind;
        tell(stage, message, lengths[i].size);
        CHECK_ROW(lengths[i].name, stage->n_closed == 1 && stage->n_pictures == 0);
        CHECK_ERROR(stage->error, VDI_SESSION_ERROR, VDI_SESSION_ERROR_MESSAGE);
    }
}

static void a_frame_before_the_last_was_taken_ends_the_session(void)
{
    g_autoptr(Stage) stage = stage_new();
    VdiMessageFrame first = sound_frame(1);
    VdiMessageFrame second = sound_frame(2);

    tell_size(stage, WIDTH, HEIGHT);
    tell(stage, &first, sizeof first);
    tell(stage, &second, sizeof second);
    CHECK_INT(stage->n_frames, 1);
    CHECK_ERROR(stage->error, VDI_SESSION_ERROR, VDI_SESSION_ERROR_MESSAGE);
}

static void a_frame_before_any_picture_ends_the_session(void)
{
    g_autoptr(Stage) stage = stage_new();
    VdiMessageFrame frame = sound_frame(1);

    frame.generation = 0;
    tell(stage, &frame, sizeof frame);
    CHECK_ERROR(stage->error, VDI_SESSION_ERROR, VDI_SESSION_ERROR_MESSAGE);
}

static void a_descriptor_ends_the_session(void)
{
    g_autoptr(Stage) stage = stage_new();
    g_autoptr(GError) error = NULL;
    VdiMessageSize size = {VDI_MESSAGE_SIZE, WIDTH, HEIGHT};

    CHECK(vdi_channel_send(stage->peer, &size, sizeof size, NULL, 0, stage->peer, &error));
    turn();
    CHECK_ERROR(stage->error, VDI_SESSION_ERROR, VDI_SESSION_ERROR_MESSAGE);
}

static void takes_a_pointer_and_none(void)
{
    g_autoptr(Stage) stage = stage_new();
    struct {
        VdiMessageCursor cursor;
        unsigned char pixels[4 * 4 * 4];
    } word = {{VDI_MESSAGE_CURSOR, 4, 4, 3, 3}, {0}};

    tell(stage, &word, sizeof word);
    word.cursor = (VdiMessageCursor){VDI_MESSAGE_CURSOR, 0, 0, 0, 0};
    tell(stage, &word.cursor, sizeof word.cursor);
    CHECK_INT(stage->n_cursors, 2);
    word.cursor = (VdiMessageCursor){VDI_MESSAGE_CURSOR, 4, 4, 4, 0};
    tell(stage, &word, sizeof word);
    CHECK_INT(stage->n_cursors, 2);
    CHECK_ERROR(stage->error, VDI_SESSION_ERROR, VDI_SESSION_ERROR_MESSAGE);
}

static void the_end_of_the_session_is_told_once(void)
{
    g_autoptr(Stage) stage = stage_new();

    close(stage->peer);
    stage->peer = -1;
    turn();
    vdi_view_key(stage->view, KEY_A, 1);
    turn();
    CHECK_INT(stage->n_closed, 1);
    CHECK(stage->error == NULL);
}

/* ---- input ---- */

static void losing_the_focus_releases_what_is_held(void)
{
    g_autoptr(Stage) stage = stage_new();
    g_autofree VdiMessage *message = g_new0(VdiMessage, 1);
    unsigned n_keys = 0;
    unsigned n_buttons = 0;

    vdi_view_key(stage->view, KEY_LEFTALT, 1);
    vdi_view_key(stage->view, KEY_TAB, 1);
    vdi_view_key(stage->view, KEY_TAB, 0);
    vdi_view_button(stage->view, 5, 6, BTN_LEFT, true);
    while (hear(stage, message) != 0) {
    }
    vdi_view_focus(stage->view, false, VDI_LOCK_NUM);
    while (hear(stage, message) != VDI_MESSAGE_FOCUS) {
        if (message->kind == VDI_MESSAGE_KEY) {
            VdiMessageKey *key = (VdiMessageKey *) message;

            CHECK(key->code == KEY_LEFTALT && key->state == 0);
            n_keys++;
        } else if (message->kind == VDI_MESSAGE_BUTTON) {
            VdiMessageButton *button = (VdiMessageButton *) message;

            CHECK(button->button == BTN_LEFT && button->down == 0 && button->x == 5);
            n_buttons++;
        } else {
            CHECK(false);
            return;
        }
    }
    CHECK_INT(n_keys, 1);
    CHECK_INT(n_buttons, 1);
    CHECK_INT(((VdiMessageFocus *) message)->locks, VDI_LOCK_NUM);
}

/* Fills the socket, so that what follows has to wait in the view. */
static void fill(Stage *stage)
{
    int size = 4096;

    setsockopt(stage->peer, SOL_SOCKET, SO_RCVBUF, &size, sizeof size);
    for (unsigned i = 0; i < 600; i++) {
        vdi_view_key(stage->view, KEY_A, i % 2 == 0);
    }
}

static void motion_coalesces_and_keys_do_not_when_the_socket_is_full(void)
{
    g_autoptr(Stage) stage = stage_new();
    g_autofree VdiMessage *message = g_new0(VdiMessage, 1);
    unsigned n_keys = 0;
    unsigned n_motions = 0;
    VdiMessagePointer last = {0};

    fill(stage);
    for (uint16_t x = 0; x < 5000; x++) {
        vdi_view_pointer(stage->view, x, 1);
    }
    vdi_view_key(stage->view, KEY_B, 1);
    for (unsigned quiet = 0; quiet < 3; quiet++) {
        turn();
        while (hear(stage, message) != 0) {
            quiet = 0;
            if (message->kind == VDI_MESSAGE_KEY) {
                n_keys++;
            } else {
                n_motions++;
                last = *(VdiMessagePointer *) message;
            }
        }
    }
    CHECK_INT(n_keys, 601);
    CHECK_INT(n_motions, 1);
    CHECK_INT(last.x, 4999);
    CHECK_INT(stage->n_closed, 0);
}

static void a_session_that_reads_nothing_is_given_up(void)
{
    g_autoptr(Stage) stage = stage_new();

    for (unsigned i = 0; i < 100000; i++) {
        vdi_view_key(stage->view, KEY_A, i % 2 == 0);
    }
    CHECK_INT(stage->n_closed, 0);
    turn();
    CHECK_INT(stage->n_closed, 1);
    CHECK_ERROR(stage->error, VDI_SESSION_ERROR, VDI_SESSION_ERROR_MESSAGE);
}

static void free_in_closed(VdiView *view, const GError *error, void *user)
{
    Stage *stage = user;

    stage->n_closed++;
    g_clear_pointer(&stage->view, vdi_view_free);
}

static void the_owner_may_free_it_when_told_of_the_end(void)
{
    static const VdiViewDelegate freeing = {on_picture, on_frame, NULL, free_in_closed};
    g_autoptr(Stage) stage = stage_new();
    g_auto(VdiFd) ours = -1;

    vdi_view_free(stage->view);
    vdi_fd_close(stage->peer);
    g_assert(vdi_channel_pair(&ours, &stage->peer, NULL));
    stage->view = vdi_view_new(ours, &freeing, stage);
    ours = -1;
    tell(stage, "xxxx", 4);
    CHECK_INT(stage->n_closed, 1);
    CHECK(stage->view == NULL);
}

const Test tests[] = {
    {"makes the picture that the session asks for", makes_the_picture_that_the_session_asks_for},
    {"shows a frame and says when it was taken", shows_a_frame_and_says_when_it_was_taken},
    {"drops a frame of an older picture", drops_a_frame_of_an_older_picture},
    {"a spoiled frame ends the session", a_spoiled_frame_ends_the_session},
    {"a wrong length ends the session", a_wrong_length_ends_the_session},
    {"a frame before the last was taken ends the session",
        a_frame_before_the_last_was_taken_ends_the_session},
    {"a frame before any picture ends the session", a_frame_before_any_picture_ends_the_session},
    {"a descriptor ends the session", a_descriptor_ends_the_session},
    {"takes a pointer and none", takes_a_pointer_and_none},
    {"the end of the session is told once", the_end_of_the_session_is_told_once},
    {"losing the focus releases what is held", losing_the_focus_releases_what_is_held},
    {"motion coalesces and keys do not when the socket is full",
        motion_coalesces_and_keys_do_not_when_the_socket_is_full},
    {"a session that reads nothing is given up", a_session_that_reads_nothing_is_given_up},
    {"the owner may free it when told of the end", the_owner_may_free_it_when_told_of_the_end},
    TEST_END,
};
