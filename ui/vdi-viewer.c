/* SPDX-License-Identifier: Apache-2.0 */
#include <fcntl.h>
#include <glib/gi18n.h>
#include <gtk/gtk.h>
#include <sys/stat.h>

#include "base/error.h"
#include "base/program.h"
#include "ui/desktop_view.h"
#include "ui/screen_window.h"
#include "ui/status_line.h"
#include "ui/style.h"
#include "ui/waiting_page.h"

/* One desktop, or what is being waited for, on the whole screen, without decoration. Started by
 * vdi-connect with two sockets: descriptor 3 is the viewer's end of a view socket, descriptor 4 the
 * status line (ui/status_line.h). Either may be closed: a viewer without a view waits for one to
 * come by the status line, one without a status line ends with its session. */

enum { VIEW_FD = 3, STATUS_FD = 4, SETTLE_MS = 50 };

typedef struct {
    GtkWidget *window, *stack, *waiting, *view;
    VdiStatusLine *status;
    guint settling; /* until the window has found its size; 0: told, or not yet */
    bool is_over;
} Viewer;

typedef struct {
    VdiFd view, status; /* -1: not handed over */
} Sockets;

static void end(Viewer *viewer)
{
    viewer->is_over = true;
    g_main_context_wakeup(NULL);
}

static void on_said(const char *headline, const char *detail, void *user)
{
    Viewer *viewer = user;

    vdi_waiting_page_say(VDI_WAITING_PAGE(viewer->waiting), headline, detail);
}

static void on_view(VdiFd view, void *user)
{
    Viewer *viewer = user;

    vdi_desktop_view_open(VDI_DESKTOP_VIEW(viewer->view), view);
}

static void on_status_closed(void *user)
{
    end(user);
}

static const VdiStatusDelegate status_delegate = {on_said, on_view, on_status_closed};

static void on_picture(VdiDesktopView *view, gpointer data)
{
    Viewer *viewer = data;

    gtk_stack_set_visible_child(GTK_STACK(viewer->stack), viewer->view);
    gtk_widget_grab_focus(viewer->view);
}

/* vdi-connect says what comes next, or ends us. */
static void on_closed(VdiDesktopView *view, const char *detail, gpointer data)
{
    Viewer *viewer = data;

    gtk_stack_set_visible_child(GTK_STACK(viewer->stack), viewer->waiting);
    if (viewer->status == NULL) {
        end(viewer);
    }
}

static gboolean on_delete(GtkWidget *window, GdkEvent *event, gpointer data)
{
    end(data);
    return true;
}

static gboolean on_settled(gpointer data)
{
    Viewer *viewer = data;
    int scale = gtk_widget_get_scale_factor(viewer->window);

    viewer->settling = 0;
    g_signal_handlers_disconnect_by_data(viewer->stack, viewer);
    vdi_status_line_tell_size(viewer->status,
        (uint32_t) (gtk_widget_get_allocated_width(viewer->stack) * scale),
        (uint32_t) (gtk_widget_get_allocated_height(viewer->stack) * scale),
        (uint32_t) (100 * scale));
    return G_SOURCE_REMOVE;
}

/* A window manager takes a moment to give it the screen. */
static void on_allocated(GtkWidget *stack, GdkRectangle *area, gpointer data)
{
    Viewer *viewer = data;

    g_clear_handle_id(&viewer->settling, g_source_remove);
    viewer->settling = g_timeout_add(SETTLE_MS, on_settled, viewer);
}

static void build(Viewer *viewer, const char *title, bool in_window)
{
    viewer->window = in_window ? gtk_window_new(GTK_WINDOW_TOPLEVEL) : vdi_screen_window_new();
    viewer->stack = gtk_stack_new();
    viewer->waiting = vdi_waiting_page_new(NULL);
    viewer->view = vdi_desktop_view_new();
    gtk_window_set_title(GTK_WINDOW(viewer->window), title != NULL ? title : _("Desktop"));
    gtk_window_set_icon_name(GTK_WINDOW(viewer->window), "org.vigie.Client");
    vdi_style_class(viewer->window, "vdi-dark");
    vdi_style_name(viewer->view, _("Remote desktop"));
    vdi_waiting_page_say(VDI_WAITING_PAGE(viewer->waiting), _("Opening the desktop…"), NULL);
    gtk_container_add(GTK_CONTAINER(viewer->window), viewer->stack);
    gtk_container_add(GTK_CONTAINER(viewer->stack), viewer->waiting);
    gtk_container_add(GTK_CONTAINER(viewer->stack), viewer->view);
    vdi_desktop_view_take_keys(VDI_DESKTOP_VIEW(viewer->view), GTK_WINDOW(viewer->window));
    vdi_desktop_view_set_grab(VDI_DESKTOP_VIEW(viewer->view), !in_window);
    g_signal_connect(viewer->view, "picture", G_CALLBACK(on_picture), viewer);
    g_signal_connect(viewer->view, "closed", G_CALLBACK(on_closed), viewer);
    g_signal_connect(viewer->window, "delete-event", G_CALLBACK(on_delete), viewer);
    if (in_window) {
        gtk_window_set_default_size(GTK_WINDOW(viewer->window), 1024, 768);
    }
    gtk_widget_show_all(viewer->window);
}

static void show(const char *title, bool in_window, const Sockets *sockets)
{
    Viewer viewer = {0};

    vdi_style_load(gdk_screen_get_default());
    build(&viewer, title, in_window);
    if (sockets->status >= 0) {
        viewer.status = vdi_status_line_new(sockets->status, &status_delegate, &viewer);
        g_signal_connect(viewer.stack, "size-allocate", G_CALLBACK(on_allocated), &viewer);
        gtk_widget_queue_resize(viewer.stack);
    }
    if (sockets->view >= 0) {
        on_view(sockets->view, &viewer);
    }
    while (!viewer.is_over) {
        g_main_context_iteration(NULL, true);
    }
    g_clear_handle_id(&viewer.settling, g_source_remove);
    gtk_widget_destroy(viewer.window);
    vdi_status_line_free(viewer.status);
}

/* Asked before anything else opens a descriptor of its own. */
static VdiFd inherited(int fd)
{
    struct stat about;

    return fstat(fd, &about) == 0 && S_ISSOCK(about.st_mode) && fcntl(fd, F_SETFD, FD_CLOEXEC) == 0
        ? fd
        : -1;
}

int main(int argc, char **argv)
{
    g_autofree char *title = NULL;
    gboolean in_window = false;
    const GOptionEntry entries[] = {
        {"title", 0, 0, G_OPTION_ARG_STRING, &title, N_("the window's title"), N_("TEXT")},
        {"window", 0, 0, G_OPTION_ARG_NONE, &in_window, N_("a window instead of the whole screen"),
            NULL},
        G_OPTION_ENTRY_NULL,
    };
    g_autoptr(GError) error = NULL;
    bool stop = false;
    Sockets sockets = {inherited(VIEW_FD), inherited(STATUS_FD)};

    vdi_program_start("vdi-viewer");
    if (!vdi_program_options(entries, NULL,
            _("Shows one desktop. Press and release Ctrl+Alt to give the keyboard back."), &argc,
            &argv, &stop, &error)) {
        return vdi_program_fail(error);
    }
    if (stop) {
        return VDI_EXIT_OK;
    }
    if (sockets.view < 0 && sockets.status < 0) {
        g_set_error(&error, VDI_PROGRAM_ERROR, VDI_PROGRAM_ERROR_USAGE,
            "neither a view nor a status socket was handed over: vdi-connect starts this program");
        return vdi_program_fail(error);
    }
    if (!gtk_init_check(&argc, &argv)) {
        /* vdi-connect says the sentence: the exit status tells it which. */
        return VDI_EXIT_UNAVAILABLE;
    }
    show(title, in_window, &sockets);
    return VDI_EXIT_OK;
}
