/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/full_screen.h"

#include <glib/gi18n.h>

#include "ui/style.h"

struct VdiFullScreen {
    GtkWindow *window;
    VdiDesktopView *view;
    GtkWidget *widget, *bar, *first;
    void (*asked)(void *user);
    void *user;
    bool is_on;
};

static void show_bar(VdiFullScreen *full_screen, bool shown)
{
    gtk_revealer_set_reveal_child(GTK_REVEALER(full_screen->bar), shown);
    gtk_widget_set_visible(full_screen->bar, shown);
}

static void on_released(VdiDesktopView *view, gpointer data)
{
    VdiFullScreen *full_screen = data;

    if (full_screen->is_on) {
        show_bar(full_screen, true);
        gtk_widget_grab_focus(full_screen->first);
    }
}

static gboolean on_event(GtkWidget *view, GdkEvent *event, gpointer data)
{
    VdiFullScreen *full_screen = data;

    if (full_screen->is_on && event->type == GDK_MOTION_NOTIFY && event->motion.y < 1) {
        show_bar(full_screen, true);
    } else if (event->type == GDK_BUTTON_PRESS) {
        show_bar(full_screen, false);
    }
    return false;
}

static void on_leave(GtkButton *button, gpointer data)
{
    vdi_full_screen_set(data, false);
}

static void on_ctrl_alt_del(GtkButton *button, gpointer data)
{
    VdiFullScreen *full_screen = data;

    vdi_desktop_view_send_ctrl_alt_del(full_screen->view);
    gtk_widget_grab_focus(GTK_WIDGET(full_screen->view));
}

static void on_disconnect(GtkButton *button, gpointer data)
{
    VdiFullScreen *full_screen = data;

    if (full_screen->asked != NULL) {
        full_screen->asked(full_screen->user);
    }
}

/* A window manager may end it by itself. */
static gboolean on_window_state(GtkWidget *window, GdkEventWindowState *event, gpointer data)
{
    VdiFullScreen *full_screen = data;
    bool is_now = (event->new_window_state & GDK_WINDOW_STATE_FULLSCREEN) != 0;

    if ((event->changed_mask & GDK_WINDOW_STATE_FULLSCREEN) != 0 && is_now != full_screen->is_on) {
        vdi_full_screen_set(full_screen, is_now);
    }
    return false;
}

static GtkWidget *make_bar(VdiFullScreen *full_screen)
{
    GtkWidget *revealer = gtk_revealer_new();
    GtkWidget *bar = gtk_box_new(GTK_ORIENTATION_HORIZONTAL, VDI_SPACE / 2);
    GtkWidget *keys = gtk_button_new_with_label(_("Ctrl+Alt+Del"));
    GtkWidget *disconnect = gtk_button_new_with_mnemonic(_("_Disconnect"));

    full_screen->first = gtk_button_new_with_mnemonic(_("_Leave Full Screen"));
    g_signal_connect(full_screen->first, "clicked", G_CALLBACK(on_leave), full_screen);
    g_signal_connect(keys, "clicked", G_CALLBACK(on_ctrl_alt_del), full_screen);
    g_signal_connect(disconnect, "clicked", G_CALLBACK(on_disconnect), full_screen);
    gtk_container_add(GTK_CONTAINER(bar),
        gtk_label_new(_("Ctrl+Alt brings this bar, a click on the desktop takes it away")));
    gtk_container_add(GTK_CONTAINER(bar), full_screen->first);
    gtk_container_add(GTK_CONTAINER(bar), keys);
    gtk_container_add(GTK_CONTAINER(bar), disconnect);
    vdi_style_class(bar, "vdi-bar");
    gtk_widget_set_halign(bar, GTK_ALIGN_CENTER);
    gtk_container_add(GTK_CONTAINER(revealer), bar);
    gtk_revealer_set_transition_type(GTK_REVEALER(revealer), GTK_REVEALER_TRANSITION_TYPE_NONE);
    gtk_widget_show_all(revealer);
    gtk_widget_hide(revealer);
    return revealer;
}

VdiFullScreen *vdi_full_screen_new(GtkWindow *window, VdiDesktopView *view, GtkWidget *content)
{
    VdiFullScreen *full_screen = g_new0(VdiFullScreen, 1);

    full_screen->window = window;
    full_screen->view = view;
    full_screen->widget = g_object_ref_sink(gtk_box_new(GTK_ORIENTATION_VERTICAL, 0));
    full_screen->bar = make_bar(full_screen);
    gtk_box_pack_start(GTK_BOX(full_screen->widget), full_screen->bar, false, false, 0);
    gtk_box_pack_start(GTK_BOX(full_screen->widget), content, true, true, 0);
    gtk_widget_show(full_screen->widget);
    g_signal_connect(view, "released", G_CALLBACK(on_released), full_screen);
    g_signal_connect(view, "event", G_CALLBACK(on_event), full_screen);
    g_signal_connect(window, "window-state-event", G_CALLBACK(on_window_state), full_screen);
    return full_screen;
}

void vdi_full_screen_free(VdiFullScreen *full_screen)
{
    if (full_screen != NULL) {
        g_signal_handlers_disconnect_by_data(full_screen->view, full_screen);
        g_signal_handlers_disconnect_by_data(full_screen->window, full_screen);
        g_object_unref(full_screen->widget);
        g_free(full_screen);
    }
}

GtkWidget *vdi_full_screen_widget(VdiFullScreen *full_screen)
{
    return full_screen->widget;
}

void vdi_full_screen_on_disconnect(
    VdiFullScreen *full_screen, void (*asked)(void *user), void *user)
{
    full_screen->asked = asked;
    full_screen->user = user;
}

void vdi_full_screen_set(VdiFullScreen *full_screen, bool on)
{
    if (on == full_screen->is_on) {
        return;
    }
    full_screen->is_on = on;
    gtk_widget_set_visible(gtk_window_get_titlebar(full_screen->window), !on);
    show_bar(full_screen, false);
    vdi_desktop_view_set_grab(full_screen->view, on);
    if (on) {
        gtk_window_fullscreen(full_screen->window);
    } else {
        gtk_window_unfullscreen(full_screen->window);
    }
    gtk_widget_grab_focus(GTK_WIDGET(full_screen->view));
}

bool vdi_full_screen_is_on(const VdiFullScreen *full_screen)
{
    return full_screen->is_on;
}
