/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/status_line.h"

#include <glib-unix.h>

#include "protocol/session/channel.h"

struct VdiStatusLine {
    VdiFd fd;
    guint source;
    const VdiStatusDelegate *delegate;
    void *user;
};

static gboolean close_line(VdiStatusLine *line)
{
    line->source = 0;
    line->delegate->closed(line->user);
    return G_SOURCE_REMOVE;
}

static bool is_sound(const VdiMessageStatus *status, ssize_t size)
{
    return size == sizeof *status && status->kind == VDI_MESSAGE_STATUS
        && vdi_channel_text_is_sound(status->headline, sizeof status->headline)
        && vdi_channel_text_is_sound(status->detail, sizeof status->detail);
}

static gboolean on_message(int fd, GIOCondition condition, gpointer data)
{
    VdiStatusLine *line = data;
    g_autofree VdiMessage *message = g_new(VdiMessage, 1);
    const VdiMessageStatus *status = (const VdiMessageStatus *) message;
    g_auto(VdiFd) view = -1;

    if (!is_sound(status, vdi_channel_receive(fd, message, &view, NULL))) {
        return close_line(line);
    }
    if (view >= 0) {
        VdiFd passed = view;

        view = -1;
        line->delegate->view(passed, line->user);
    }
    if (*status->headline != '\0') {
        line->delegate->said(
            status->headline, *status->detail != '\0' ? status->detail : NULL, line->user);
    }
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
