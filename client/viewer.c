/* SPDX-License-Identifier: Apache-2.0 */
#include "client/viewer.h"

#include <gio/gio.h>
#include <glib-unix.h>
#include <signal.h>

#include "base/error.h"
#include "base/process.h"
#include "base/text.h"
#include "protocol/session/channel.h"

enum { STATUS_FD = 4, SIZE_DEADLINE_MS = 2000 };

/* The toolkit ends its program by itself, with this, when the display server goes away. */
enum { TOOLKIT_EXIT_DISPLAY_LOST = 1 };

struct VdiViewer {
    const VdiViewerDelegate *delegate;
    void *user;
    guint listening, deadline; /* for the size: sources; 0: none */
    GSubprocess *child;
    GCancellable *cancellable;
    VdiFd status;
};

/* Ctrl-C in a terminal and the end of a unit reach it as well as us: no failure of its own. */
static bool was_told_to_end(GSubprocess *child)
{
    int signal = g_subprocess_get_if_signaled(child) ? g_subprocess_get_term_sig(child) : 0;

    return signal == SIGINT || signal == SIGTERM || signal == SIGHUP;
}

static GError *why_ended(GSubprocess *child)
{
    if (g_subprocess_get_successful(child) || was_told_to_end(child)) {
        return NULL;
    }
    if (g_subprocess_get_if_signaled(child)) {
        return g_error_new(VDI_PROCESS_ERROR, VDI_PROCESS_ERROR_STATUS, "vdi-viewer: signal %d",
            g_subprocess_get_term_sig(child));
    }
    switch (g_subprocess_get_exit_status(child)) {
    case VDI_EXIT_UNAVAILABLE:
        return g_error_new(
            VDI_PROGRAM_ERROR, VDI_PROGRAM_ERROR_SCREEN, "vdi-viewer can open no display");
    case TOOLKIT_EXIT_DISPLAY_LOST:
        return g_error_new(
            VDI_PROGRAM_ERROR, VDI_PROGRAM_ERROR_SCREEN, "vdi-viewer lost its display");
    default:
        return g_error_new(VDI_PROCESS_ERROR, VDI_PROCESS_ERROR_STATUS,
            "vdi-viewer: exit status %d", g_subprocess_get_exit_status(child));
    }
}

static void on_child_end(GObject *source, GAsyncResult *result, gpointer data)
{
    g_autoptr(GError) cancelled = NULL;

    if (g_subprocess_wait_finish(G_SUBPROCESS(source), result, &cancelled)) {
        g_autoptr(GError) error = why_ended(G_SUBPROCESS(source));
        VdiViewer *viewer = data;

        viewer->delegate->ended(error, viewer->user); /* last: it may free us */
    }
}

static void tell_size(VdiViewer *viewer, uint32_t width, uint32_t height, uint32_t scale_percent)
{
    g_clear_handle_id(&viewer->listening, g_source_remove);
    g_clear_handle_id(&viewer->deadline, g_source_remove);
    viewer->delegate->sized(width, height, scale_percent, viewer->user);
}

static gboolean on_size(gint fd, GIOCondition condition, gpointer data)
{
    VdiViewer *viewer = data;
    g_autofree VdiMessage *message = g_new(VdiMessage, 1);
    g_auto(VdiFd) passed = -1;
    const VdiMessageResize *size = (const VdiMessageResize *) message;
    ssize_t n = vdi_channel_receive(fd, message, &passed, NULL);

    viewer->listening = 0;
    if (n == 0) { /* its end says why */
        g_clear_handle_id(&viewer->deadline, g_source_remove);
        return G_SOURCE_REMOVE;
    }
    bool is_size = n == sizeof *size && size->kind == VDI_MESSAGE_RESIZE
        && size->width >= VDI_PICTURE_MIN && size->width <= VDI_PICTURE_MAX
        && size->height >= VDI_PICTURE_MIN && size->height <= VDI_PICTURE_MAX
        && size->scale_percent >= 100 && size->scale_percent <= 500;

    tell_size(viewer, is_size ? size->width : 0, is_size ? size->height : 0,
        is_size ? size->scale_percent : 0);
    return G_SOURCE_REMOVE;
}

static gboolean on_no_size(gpointer data)
{
    VdiViewer *viewer = data;

    viewer->deadline = 0;
    tell_size(viewer, 0, 0, 0);
    return G_SOURCE_REMOVE;
}

VdiViewer *vdi_viewer_new(
    const char *title, const VdiViewerDelegate *delegate, void *user, GError **error)
{
    g_autoptr(GSubprocessLauncher) launcher = g_subprocess_launcher_new(G_SUBPROCESS_FLAGS_NONE);
    g_autofree char *program = vdi_process_find("ui", "vdi-viewer");
    const char *const argv[] = {program, "--title", title, NULL};
    g_autoptr(VdiViewer) viewer = g_new0(VdiViewer, 1);
    g_autoptr(GError) local = NULL;
    VdiFd theirs = -1;

    viewer->status = -1;
    viewer->delegate = delegate;
    viewer->user = user;
    viewer->cancellable = g_cancellable_new();
    if (!vdi_channel_pair(&viewer->status, &theirs, error)) {
        return NULL;
    }
    g_subprocess_launcher_take_fd(launcher, theirs, STATUS_FD);
    viewer->child = g_subprocess_launcher_spawnv(launcher, argv, &local);
    if (viewer->child == NULL) {
        g_set_error(error, VDI_PROCESS_ERROR, VDI_PROCESS_ERROR_START, "%s", local->message);
        return NULL;
    }
    g_subprocess_wait_async(viewer->child, viewer->cancellable, on_child_end, viewer);
    viewer->listening =
        g_unix_fd_add(viewer->status, G_IO_IN | G_IO_HUP | G_IO_ERR, on_size, viewer);
    viewer->deadline = g_timeout_add(SIZE_DEADLINE_MS, on_no_size, viewer);
    return g_steal_pointer(&viewer);
}

void vdi_viewer_free(VdiViewer *viewer)
{
    if (viewer != NULL) {
        g_clear_handle_id(&viewer->listening, g_source_remove);
        g_clear_handle_id(&viewer->deadline, g_source_remove);
        g_cancellable_cancel(viewer->cancellable);
        g_object_unref(viewer->cancellable);
        vdi_fd_close(viewer->status);
        g_clear_object(&viewer->child);
        g_free(viewer);
    }
}

static void send_status(VdiViewer *viewer, const char *headline, const char *detail, int view)
{
    VdiMessageStatus status = {.kind = VDI_MESSAGE_STATUS};
    g_autofree char *first = vdi_text_clean(headline);
    g_autofree char *second = vdi_text_clean(detail);

    g_strlcpy(status.headline, first, sizeof status.headline);
    g_strlcpy(status.detail, second, sizeof status.detail);
    if (!vdi_channel_try_send(viewer->status, &status, sizeof status, view, NULL)) {
        g_debug("vdi-viewer does not listen"); /* one that is gone is noticed by its end */
    }
}

void vdi_viewer_say(VdiViewer *viewer, const char *headline, const char *detail)
{
    send_status(viewer, headline, detail, -1);
}

void vdi_viewer_show(VdiViewer *viewer, int view, const char *headline)
{
    send_status(viewer, headline, NULL, view);
}
