/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/window.h"

#include <glib/gi18n.h>
#include <stdbool.h>

#include "base/text.h"
#include "client/profile.h"
#include "ui/full_screen.h"
#include "ui/servers.h"
#include "ui/style.h"
#include "ui/visit.h"

struct _VdiWindow {
    GtkApplicationWindow parent_instance;
    const VdiPaths *paths;
    const VdiSettings *settings;
    VdiPages pages;
    VdiFullScreen *full_screen;
    GtkHeaderBar *header;
    GtkWidget *back, *refresh, *session_tools;
    VdiVisit *visit; /* NULL between visits */
    char *address, *user;
    char *desktop_name; /* of the one on the screen, clean; NULL */
    char *again;        /* desktop of the last session, for Reconnect; NULL */
    guint freeing;
    bool is_closing;
};

G_DEFINE_FINAL_TYPE(VdiWindow, vdi_window, GTK_TYPE_APPLICATION_WINDOW)

/* ---- the list of servers ---- */

static void show_servers(VdiWindow *self)
{
    g_autofree char *path = vdi_servers_path();
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) servers = vdi_servers_read(path, &error);

    if (servers == NULL) {
        vdi_error_bar_show(self->pages.error, error);
        servers = g_ptr_array_new_with_free_func((GDestroyNotify) vdi_server_free);
    }
    vdi_error_bar_show(self->pages.advice, NULL); /* it was about the visit */
    vdi_servers_add_brought(servers, self->paths);
    vdi_servers_page_fill(VDI_SERVERS_OF(&self->pages), servers);
    vdi_pages_turn(&self->pages, VDI_PAGE_SERVERS);
    vdi_servers_page_focus(VDI_SERVERS_OF(&self->pages));
}

static void on_connect(VdiServersPage *page, const char *address, const char *user, gpointer data)
{
    vdi_window_connect(data, address, user);
}

static void on_forget(VdiServersPage *page, const char *address, gpointer data)
{
    g_autofree char *path = vdi_servers_path();
    g_autoptr(GError) error = NULL;

    if (!vdi_servers_forget(path, address, &error)) {
        vdi_error_bar_show(VDI_WINDOW(data)->pages.error, error);
    }
    show_servers(data);
}

/* ---- a visit ---- */

static void on_signed_in(VdiVisit *visit, const char *user, void *owner)
{
    VdiWindow *self = owner;
    g_autofree char *path = vdi_servers_path();
    g_autoptr(GError) error = NULL;

    g_free(self->user);
    self->user = g_strdup(user);
    if (!vdi_servers_remember(
            path, self->address, user, g_get_real_time() / G_USEC_PER_SEC, &error)) {
        vdi_error_bar_show(self->pages.error, error);
    }
}

static void on_opened(VdiVisit *visit, const char *name, void *owner)
{
    VdiWindow *self = owner;

    g_free(self->desktop_name);
    self->desktop_name = g_strdup(name);
    vdi_pages_turn(&self->pages, VDI_PAGE_SESSION);
}

static gboolean free_visit(gpointer data)
{
    VdiWindow *self = data;

    self->freeing = 0;
    g_clear_pointer(&self->visit, vdi_visit_free);
    if (self->is_closing) {
        gtk_widget_destroy(GTK_WIDGET(self));
    }
    return G_SOURCE_REMOVE;
}

/* A desktop that broke off keeps its place, with a way back; anything else ends at the servers. */
static void on_over(VdiVisit *visit, const GError *error, void *owner)
{
    VdiWindow *self = owner;
    VdiDesktopView *view = vdi_session_page_view(VDI_SESSION_OF(&self->pages));

    g_free(self->again);
    self->again = g_strdup(vdi_visit_desktop(visit));
    vdi_full_screen_set(self->full_screen, false);
    g_clear_pointer(&self->desktop_name, g_free);
    if (error != NULL && vdi_visit_had_picture(visit)) {
        vdi_session_page_end(VDI_SESSION_OF(&self->pages), error);
        vdi_pages_turn(&self->pages, VDI_PAGE_SESSION);
    } else {
        vdi_desktop_view_close(view);
        vdi_error_bar_show(self->pages.error, error);
        show_servers(self);
        vdi_servers_page_offer(VDI_SERVERS_OF(&self->pages), error != NULL ? self->address : "");
        if (error == NULL) {
            vdi_servers_page_focus(VDI_SERVERS_OF(&self->pages));
        }
    }
    self->freeing = g_idle_add(free_visit, self); /* its connection is still on the stack */
}

static const VdiVisitDelegate visit_delegate = {on_signed_in, on_opened, on_over};

/* As large as the picture can be shown without scaling. */
static void begin(VdiWindow *self, const char *desktop)
{
    int scale = gtk_widget_get_scale_factor(GTK_WIDGET(self));
    VdiConnectionOptions connection = {
        .ca_file = vdi_settings_text(self->settings, VDI_PROFILE_CONNECT, "ca-file"),
        .paths = self->paths,
        .width = (uint32_t) CLAMP(
            gtk_widget_get_allocated_width(GTK_WIDGET(self->pages.stack)) * scale, 640, 8192),
        .height = (uint32_t) CLAMP(
            gtk_widget_get_allocated_height(GTK_WIDGET(self->pages.stack)) * scale, 480, 8192),
        .scale_percent = (uint32_t) scale * 100,
        .refresh_guard = vdi_settings_switch(self->settings, VDI_PROFILE_GUARD, "refresh"),
        .only_advise = vdi_profile_only_advises(self->settings),
    };
    VdiVisitOptions options = {
        .address = self->address,
        .user = self->user,
        .desktop = desktop,
        .connection = &connection,
    };
    g_autofree char *shown = vdi_text_clean(self->address);

    gtk_header_bar_set_subtitle(self->header, shown);
    self->visit = vdi_visit_new(&self->pages, &options, &visit_delegate, self);
}

static void on_reconnect(VdiSessionPage *page, gpointer data)
{
    VdiWindow *self = data;

    if (self->visit == NULL) {
        g_autofree char *desktop = g_strdup(self->again);

        begin(self, desktop);
    }
}

static void leave(void *user)
{
    VdiWindow *self = user;

    if (self->visit != NULL) {
        vdi_visit_leave(self->visit);
    } else {
        show_servers(self);
    }
}

static void on_leave(GtkWidget *widget, gpointer data)
{
    leave(data);
}

/* ---- the header bar ---- */

/* Also the window's name for screen readers and lists of windows. */
static const char *const titles[VDI_N_PAGES] = {
    [VDI_PAGE_SERVERS] = N_("Vigie"),
    [VDI_PAGE_WAITING] = N_("Please Wait"),
    [VDI_PAGE_SIGN_IN] = N_("Sign In"),
    [VDI_PAGE_GUARD] = N_("Blocked"),
    [VDI_PAGE_IDENTITY] = N_("Unknown Desktop"),
    [VDI_PAGE_DESKTOPS] = N_("Desktops"),
    [VDI_PAGE_SESSION] = N_("Disconnected"),
};

static void set_title(VdiWindow *self, const char *title)
{
    gtk_header_bar_set_title(self->header, title);
    gtk_window_set_title(GTK_WINDOW(self), title);
}

static void on_turned(VdiPage page, void *user)
{
    VdiWindow *self = user;
    bool is_open = page == VDI_PAGE_SESSION && self->desktop_name != NULL;

    gtk_widget_set_visible(self->back, page != VDI_PAGE_SERVERS && page != VDI_PAGE_SESSION);
    gtk_widget_set_visible(self->refresh, page == VDI_PAGE_DESKTOPS);
    gtk_widget_set_visible(self->session_tools, is_open);
    set_title(self,
        self->pages.is_busy ? _("Signing In…")
            : is_open       ? self->desktop_name
                            : _(titles[page]));
    if (page == VDI_PAGE_SERVERS) {
        gtk_header_bar_set_subtitle(self->header, NULL);
    }
}

static void on_refresh(GtkButton *button, gpointer data)
{
    VdiWindow *self = data;

    if (self->visit != NULL) {
        vdi_visit_refresh(self->visit);
    }
}

static void on_full_screen(GtkButton *button, gpointer data)
{
    vdi_full_screen_set(VDI_WINDOW(data)->full_screen, true);
}

static void on_ctrl_alt_del(GtkButton *button, gpointer data)
{
    VdiDesktopView *view = vdi_session_page_view(VDI_SESSION_OF(&VDI_WINDOW(data)->pages));

    vdi_desktop_view_send_ctrl_alt_del(view);
    gtk_widget_grab_focus(GTK_WIDGET(view));
}

static GtkWidget *tool(VdiWindow *self, const char *icon, const char *words, GCallback clicked)
{
    GtkWidget *button = gtk_button_new_from_icon_name(icon, GTK_ICON_SIZE_BUTTON);

    gtk_widget_set_tooltip_text(button, words);
    vdi_style_name(button, words);
    g_signal_connect(button, "clicked", clicked, self);
    return button;
}

static void make_header(VdiWindow *self)
{
    self->header = GTK_HEADER_BAR(gtk_header_bar_new());
    self->back = tool(self, "go-previous-symbolic", _("Back to the servers"), G_CALLBACK(on_leave));
    self->refresh =
        tool(self, "view-refresh-symbolic", _("Ask for the list again"), G_CALLBACK(on_refresh));
    self->session_tools = gtk_box_new(GTK_ORIENTATION_HORIZONTAL, VDI_SPACE / 2);
    GtkWidget *tools[] = {
        tool(self, "view-fullscreen-symbolic", _("Full screen; Ctrl+Alt gives the keyboard back"),
            G_CALLBACK(on_full_screen)),
        gtk_button_new_with_label(_("Ctrl+Alt+Del")),
        gtk_button_new_with_mnemonic(_("_Disconnect")),
    };

    gtk_widget_set_tooltip_text(tools[1], _("Send Ctrl+Alt+Del to the desktop"));
    g_signal_connect(tools[1], "clicked", G_CALLBACK(on_ctrl_alt_del), self);
    g_signal_connect(tools[2], "clicked", G_CALLBACK(on_leave), self);
    for (size_t i = 0; i < G_N_ELEMENTS(tools); i++) {
        gtk_container_add(GTK_CONTAINER(self->session_tools), tools[i]);
    }
    gtk_header_bar_set_show_close_button(self->header, true);
    gtk_header_bar_pack_start(self->header, self->back);
    gtk_header_bar_pack_start(self->header, self->refresh);
    gtk_header_bar_pack_end(self->header, self->session_tools);
    gtk_widget_show_all(GTK_WIDGET(self->header));
    gtk_window_set_titlebar(GTK_WINDOW(self), GTK_WIDGET(self->header));
}

/* In a window the keyboard is never grabbed: the chord moves it to the header bar. */
static void on_released(VdiDesktopView *view, gpointer data)
{
    VdiWindow *self = data;

    if (!vdi_full_screen_is_on(self->full_screen)) {
        gtk_widget_child_focus(self->session_tools, GTK_DIR_TAB_FORWARD);
    }
}

static gboolean on_key(GtkWidget *widget, GdkEventKey *event, gpointer data)
{
    VdiWindow *self = VDI_WINDOW(widget);

    if (event->keyval == GDK_KEY_Escape && self->visit != NULL
        && self->pages.current != VDI_PAGE_SESSION) {
        vdi_visit_leave(self->visit);
        return true;
    }
    return false;
}

/* Everyone is told first: the window goes at once, the program when the broker has been told. */
static gboolean on_delete(GtkWidget *widget, GdkEvent *event, gpointer data)
{
    VdiWindow *self = VDI_WINDOW(widget);

    if (self->visit == NULL) {
        return false;
    }
    self->is_closing = true;
    gtk_widget_hide(widget);
    vdi_visit_leave(self->visit);
    return true;
}

static void dispose(GObject *object)
{
    VdiWindow *self = VDI_WINDOW(object);

    g_clear_handle_id(&self->freeing, g_source_remove);
    g_clear_pointer(&self->visit, vdi_visit_free);
    g_clear_pointer(&self->full_screen, vdi_full_screen_free);
    g_clear_pointer(&self->address, g_free);
    g_clear_pointer(&self->user, g_free);
    g_clear_pointer(&self->again, g_free);
    g_clear_pointer(&self->desktop_name, g_free);
    G_OBJECT_CLASS(vdi_window_parent_class)->dispose(object);
}

static void vdi_window_class_init(VdiWindowClass *class)
{
    G_OBJECT_CLASS(class)->dispose = dispose;
}

static void vdi_window_init(VdiWindow *self)
{
    GtkWindow *window = GTK_WINDOW(self);

    vdi_pages_init(&self->pages);
    make_header(self);
    self->pages.turned = on_turned;
    self->pages.user = self;
    VdiDesktopView *view = vdi_session_page_view(VDI_SESSION_OF(&self->pages));

    vdi_desktop_view_take_keys(view, window);
    self->full_screen = vdi_full_screen_new(window, view, self->pages.top);
    gtk_window_set_icon_name(window, "org.vigie.Client");
    gtk_window_set_default_size(window, 1024, 720);
    gtk_container_add(GTK_CONTAINER(self), vdi_full_screen_widget(self->full_screen));
    g_signal_connect(self, "key-press-event", G_CALLBACK(on_key), NULL);
    g_signal_connect(self, "delete-event", G_CALLBACK(on_delete), NULL);
    g_signal_connect(view, "released", G_CALLBACK(on_released), self);
    vdi_full_screen_on_disconnect(self->full_screen, leave, self);
    g_signal_connect(self->pages.each[VDI_PAGE_SERVERS], "connect", G_CALLBACK(on_connect), self);
    g_signal_connect(self->pages.each[VDI_PAGE_SERVERS], "forget", G_CALLBACK(on_forget), self);
    g_signal_connect(
        self->pages.each[VDI_PAGE_SESSION], "reconnect", G_CALLBACK(on_reconnect), self);
    g_signal_connect(self->pages.each[VDI_PAGE_SESSION], "leave", G_CALLBACK(on_leave), self);
}

GtkWidget *vdi_window_new(
    GtkApplication *application, const VdiPaths *paths, const VdiSettings *settings)
{
    VdiWindow *self = g_object_new(VDI_TYPE_WINDOW, "application", application, NULL);

    self->paths = paths;
    self->settings = settings;
    show_servers(self);
    return GTK_WIDGET(self);
}

void vdi_window_connect(VdiWindow *self, const char *address, const char *user)
{
    if (self->visit != NULL) {
        return;
    }
    char *new_address = g_strdup(address), *new_user = g_strdup(user);

    g_free(self->address);
    g_free(self->user);
    self->address = new_address;
    self->user = new_user;
    begin(self, NULL);
}
