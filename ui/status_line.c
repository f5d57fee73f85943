/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/status_line.h"

#include <errno.h>
#include <glib-unix.h>
#include <string.h>
#include <sys/socket.h>

#include "protocol/session/channel.h"

struct VdiStatusLine {
    VdiFd fd;
    guint source;
    const VdiStatusDelegate *delegate;
    void *user;
};

/* Every descriptor that came is taken out of the message: those beyond the first are closed. */
static VdiFd passed_with(struct msghdr *message)
{
    VdiFd kept = -1;

    for (struct cmsghdr *part = CMSG_FIRSTHDR(message); part != NULL;
         part = CMSG_NXTHDR(message, part)) {
        size_t n = part->cmsg_level == SOL_SOCKET && part->cmsg_type == SCM_RIGHTS
            ? (part->cmsg_len - CMSG_LEN(0)) / sizeof(int)
            : 0;

        for (size_t i = 0; i < n; i++) {
            int fd = -1;

            memcpy(&fd, CMSG_DATA(part) + i * sizeof(int), sizeof(int));
            if (kept < 0) {
                kept = fd;
            } else {
                vdi_fd_close(fd);
            }
        }
    }
    return kept;
}

static gboolean close_line(VdiStatusLine *line)
{
    line->source = 0;
    line->delegate->closed(line->user);
    return G_SOURCE_REMOVE;
}

static void tell(VdiStatusLine *line, char *text)
{
    char *detail = strchr(text, '\n');

    if (detail != NULL) {
        *detail++ = '\0';
    }
    if (*text != '\0') {
        line->delegate->said(text, detail, line->user);
    }
}

static gboolean on_message(int fd, GIOCondition condition, gpointer data)
{
    VdiStatusLine *line = data;
    char text[VDI_STATUS_MAX_BYTES + 1];
    union {
        struct cmsghdr align;
        char bytes[CMSG_SPACE(4 * sizeof(int))];
    } control;
    struct iovec part = {text, VDI_STATUS_MAX_BYTES};
    struct msghdr message = {
        .msg_iov = &part,
        .msg_iovlen = 1,
        .msg_control = &control,
        .msg_controllen = sizeof(control),
    };
    ssize_t size = recvmsg(fd, &message, MSG_CMSG_CLOEXEC | MSG_DONTWAIT);

    if (size < 0 && (errno == EAGAIN || errno == EINTR)) {
        return G_SOURCE_CONTINUE;
    }
    g_auto(VdiFd) passed = size > 0 ? passed_with(&message) : -1;

    if (size <= 0 || (message.msg_flags & MSG_TRUNC) != 0 || memchr(text, '\0', (size_t) size)) {
        return close_line(line);
    }
    text[size] = '\0';
    if (passed >= 0) {
        VdiFd view = passed;

        passed = -1;
        line->delegate->view(view, line->user);
    }
    tell(line, text);
    return G_SOURCE_CONTINUE;
}

VdiStatusLine *vdi_status_line_new(VdiFd fd, const VdiStatusDelegate *delegate, void *user)
{
    VdiStatusLine *line = g_new0(VdiStatusLine, 1);

    line->fd = fd;
    line->delegate = delegate;
    line->user = user;
    line->source = g_unix_fd_add(fd, G_IO_IN | G_IO_HUP | G_IO_ERR, on_message, line);
    return line;
}

void vdi_status_line_free(VdiStatusLine *line)
{
    if (line != NULL) {
        g_clear_handle_id(&line->source, g_source_remove);
        vdi_fd_close(line->fd);
        g_free(line);
    }
}

void vdi_status_line_tell_size(
    VdiStatusLine *line, uint32_t width, uint32_t height, uint32_t scale_percent)
{
    const VdiMessageResize size = {VDI_MESSAGE_RESIZE, width, height, scale_percent};

    if (!vdi_channel_try_send(line->fd, &size, sizeof size, -1, NULL)) {
        g_debug("nobody asks for our size"); /* the line's end says so too */
    }
}
