/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/screen_window.h"

#include <stdbool.h>

#ifdef GDK_WINDOWING_X11
#include <X11/Xlib.h>
#include <gdk/gdkx.h>
#endif

static bool has_window_manager(GtkWidget *window)
{
#ifdef GDK_WINDOWING_X11
    GdkScreen *screen = gtk_widget_get_screen(window);

    if (GDK_IS_X11_SCREEN(screen)) {
        return gdk_x11_screen_supports_net_wm_hint(
            screen, gdk_atom_intern_static_string("_NET_WM_STATE_FULLSCREEN"));
    }
#endif
    return true;
}

static void fill_monitor(GtkWidget *window)
{
    GdkDisplay *display = gtk_widget_get_display(window);
    GdkMonitor *monitor = gdk_display_get_primary_monitor(display);
    GdkRectangle at;

    if (monitor == NULL) {
        monitor = gdk_display_get_monitor(display, 0);
    }
    if (monitor != NULL) {
        gdk_monitor_get_geometry(monitor, &at);
        gtk_window_move(GTK_WINDOW(window), at.x, at.y);
        gtk_window_resize(GTK_WINDOW(window), at.width, at.height);
    }
}

/* Nobody else gives the keyboard to a window on a bare X server. */
static gboolean on_map(GtkWidget *window, GdkEvent *event, gpointer data)
{
    if (!has_window_manager(window)) {
        gdk_window_focus(gtk_widget_get_window(window), GDK_CURRENT_TIME);
    }
    return false;
}

static void on_monitors_changed(GdkScreen *screen, gpointer data)
{
    if (!has_window_manager(data)) {
        fill_monitor(data);
    }
}

GtkWidget *vdi_screen_window_new(void)
{
    GtkWidget *window = gtk_window_new(GTK_WINDOW_TOPLEVEL);

    gtk_window_set_decorated(GTK_WINDOW(window), false);
    fill_monitor(window);
    gtk_window_fullscreen(GTK_WINDOW(window));
    g_signal_connect(window, "map-event", G_CALLBACK(on_map), NULL);
    g_signal_connect_object(gtk_widget_get_screen(window), "monitors-changed",
        G_CALLBACK(on_monitors_changed), window, 0);
    return window;
}
