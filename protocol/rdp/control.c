/* SPDX-License-Identifier: Apache-2.0 */
#include "protocol/rdp/control.h"

#include <errno.h>
#include <netdb.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "base/secret.h"
#include "base/text.h"

enum { IDENTITY_DEADLINE_MS = 300000, SOCKET_DEADLINE_MS = 60000 };

/* No clean-up: the library may be in the middle of anything, and the kernel frees it all. */
static _Noreturn void leave(void)
{
    _exit(EXIT_SUCCESS);
}

static void tell(VdiControl *control, const void *message, size_t size)
{
    g_autoptr(GError) error = NULL;

    if (!vdi_channel_send(control->fd, message, size, NULL, 0, -1, &error)) {
        leave();
    }
}

/* The size of a message; 0 when none came within the deadline (-1: for ever), or one that ends
 * waiting: STOP. */
static size_t hear(VdiControl *control, int deadline_ms, VdiMessage *message, VdiFd *ret_passed)
{
    struct pollfd wait = {.fd = control->fd, .events = POLLIN};
    g_autoptr(GError) error = NULL;
    int n = -1;

    do {
        n = poll(&wait, 1, deadline_ms);
    } while (n < 0 && errno == EINTR);
    if (n == 0) {
        return 0;
    }
    ssize_t size = vdi_channel_receive(control->fd, message, ret_passed, &error);

    if (size <= 0) {
        leave(); /* gone, or of a kind that no parent of ours sends */
    }
    if (message->kind == VDI_MESSAGE_STOP) {
        control->is_stopped = true;
        return 0;
    }
    return (size_t) size;
}

static bool refuse(GError **error, const char *why)
{
    g_set_error(error, VDI_SESSION_ERROR, VDI_SESSION_ERROR_MESSAGE, "%s", why);
    return false;
}

static bool check_open(const VdiMessage *message, size_t size, GError **error)
{
    const VdiMessageOpen *open = (const VdiMessageOpen *) message;

    if (size < sizeof *open || open->kind != VDI_MESSAGE_OPEN
        || size - sizeof *open != open->ca_bytes) {
        return refuse(error, "the session was opened with a word of a wrong length");
    }
    if (!vdi_channel_text_is_sound(open->host, sizeof open->host) || *open->host == '\0'
        || open->port == 0) {
        return refuse(error, "the session was given no address");
    }
    if (!vdi_channel_text_is_sound(open->user, sizeof open->user)
        || !vdi_channel_text_is_sound(open->domain, sizeof open->domain)
        || !vdi_channel_text_is_sound(open->pin, sizeof open->pin)
        || memchr(open->password, '\0', sizeof open->password) == NULL) {
        return refuse(error, "the session was given a text without an end");
    }
    if (open->width < VDI_PICTURE_MIN || open->width > VDI_PICTURE_MAX
        || open->height < VDI_PICTURE_MIN || open->height > VDI_PICTURE_MAX
        || open->scale_percent < 100 || open->scale_percent > 500) {
        return refuse(error, "the session was asked for an impossible size");
    }
    return true;
}

bool vdi_control_wait_for_open(VdiControl *control, VdiMessageOpen *ret_open, GBytes **ret_ca,
    VdiFd *ret_socket, GError **error)
{
    g_autofree VdiMessage *message = g_new0(VdiMessage, 1);
    g_auto(VdiFd) passed = -1;
    size_t size = hear(control, -1, message, &passed);

    if (size == 0) {
        return false;
    }
    bool is_sound = check_open(message, size, error);

    if (is_sound) {
        memcpy(ret_open, message, sizeof *ret_open);
        *ret_ca = ret_open->ca_bytes > 0
            ? g_bytes_new(message->bytes + sizeof *ret_open, ret_open->ca_bytes)
            : NULL;
        *ret_socket = passed;
        passed = -1;
    }
    vdi_secret_wipe(message, sizeof *message);
    return is_sound;
}

static void set_connect_error(int code, const char *host, uint16_t port, GError **error)
{
    g_autofree char *shown = vdi_text_quote(host);

    if (code < 0) {
        g_set_error(
            error, VDI_SESSION_ERROR, VDI_SESSION_ERROR_HOST, "%s: %s", shown, gai_strerror(code));
    } else {
        g_set_error(error, VDI_SESSION_ERROR, VDI_SESSION_ERROR_CONNECT, "%s port %u: %s", shown,
            port, g_strerror(code));
    }
}

VdiFd vdi_control_ask_for_socket(
    VdiControl *control, const char *host, uint16_t port, GError **error)
{
    g_autofree VdiMessage *message = g_new0(VdiMessage, 1);
    const VdiMessageSocket *answer = (const VdiMessageSocket *) message;
    VdiMessageNeedSocket question = {.kind = VDI_MESSAGE_NEED_SOCKET, .port = port};
    VdiFd passed = -1;

    if (g_strlcpy(question.host, host, sizeof question.host) >= sizeof question.host) {
        set_connect_error(EAI_NONAME, host, port, error);
        return -1;
    }
    tell(control, &question, sizeof question);
    size_t size = hear(control, SOCKET_DEADLINE_MS, message, &passed);

    if (size == sizeof *answer && answer->kind == VDI_MESSAGE_SOCKET && passed >= 0) {
        return passed;
    }
    vdi_fd_close(passed);
    set_connect_error(size == sizeof *answer && answer->error != 0 ? answer->error : ETIMEDOUT,
        host, port, error);
    return -1;
}

bool vdi_control_ask_identity(VdiControl *control, const VdiMessageIdentity *identity)
{
    g_autofree VdiMessage *message = g_new0(VdiMessage, 1);
    const VdiMessageIdentityAnswer *answer = (const VdiMessageIdentityAnswer *) message;
    g_auto(VdiFd) passed = -1;

    tell(control, identity, sizeof *identity);
    size_t size = hear(control, IDENTITY_DEADLINE_MS, message, &passed);

    return size == sizeof *answer && answer->kind == VDI_MESSAGE_IDENTITY_ANSWER
        && answer->accept == 1;
}

void vdi_control_ready(VdiControl *control, uint32_t engine_version)
{
    VdiMessageNumber ready = {VDI_MESSAGE_READY, engine_version};

    tell(control, &ready, sizeof ready);
}

void vdi_control_phase(VdiControl *control, VdiPhase phase)
{
    VdiMessagePhase message = {VDI_MESSAGE_PHASE, phase};

    tell(control, &message, sizeof message);
}

void vdi_control_ended(VdiControl *control, const GError *error)
{
    VdiMessageEnded ended = {.kind = VDI_MESSAGE_ENDED};

    if (error != NULL) {
        /* Cut at a whole character, so that it stays UTF-8. */
        g_autofree char *cut = g_utf8_make_valid(error->message, -1);

        while (strlen(cut) >= sizeof ended.detail) {
            *g_utf8_find_prev_char(cut, cut + strlen(cut)) = '\0';
        }
        g_strlcpy(ended.detail, cut, sizeof ended.detail);
        ended.code = (uint32_t) error->code + 1;
    }
    tell(control, &ended, sizeof ended);
}

void vdi_control_listen(VdiControl *control)
{
    g_autofree VdiMessage *message = g_new0(VdiMessage, 1);
    g_auto(VdiFd) passed = -1;

    (void) hear(control, 0, message, &passed); /* an answer that came too late is dropped */
}
