/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/servers_page.h"

#include <glib/gi18n.h>
#include <stdbool.h>

#include "base/text.h"
#include "ui/servers.h"
#include "ui/style.h"

struct _VdiServersPage {
    GtkBox parent_instance;
    GtkWidget *empty, *known;
    GtkListBox *list;
    GtkEntry *address;
    GtkWidget *connect;
};

G_DEFINE_FINAL_TYPE(VdiServersPage, vdi_servers_page, GTK_TYPE_BOX)

#define ADDRESS_KEY "vdi-address"
#define USER_KEY "vdi-user"

static void on_changed(GtkEditable *editable, gpointer data)
{
    VdiServersPage *self = data;
    g_autofree char *typed = g_strstrip(g_strdup(gtk_entry_get_text(self->address)));

    gtk_widget_set_sensitive(self->connect, *typed != '\0');
}

static void on_connect(GtkWidget *widget, gpointer data)
{
    VdiServersPage *self = data;
    g_autofree char *typed = g_strstrip(g_strdup(gtk_entry_get_text(self->address)));

    if (*typed != '\0') {
        g_signal_emit_by_name(self, "connect", typed, NULL);
    }
}

static void on_row(GtkListBox *list, GtkListBoxRow *row, gpointer data)
{
    g_signal_emit_by_name(data, "connect", g_object_get_data(G_OBJECT(row), ADDRESS_KEY),
        g_object_get_data(G_OBJECT(row), USER_KEY));
}

static void on_forget(GtkButton *button, gpointer data)
{
    g_signal_emit_by_name(data, "forget", g_object_get_data(G_OBJECT(button), ADDRESS_KEY));
}

static char *used_words(const VdiServer *server)
{
    if (server->organisation != NULL && server->used_at == 0) {
        g_autofree char *shown = vdi_text_clean(server->address);

        return g_strdup_printf(_("%s, from %s"), shown, server->organisation);
    }
    g_autoptr(GDateTime) at = g_date_time_new_from_unix_local(server->used_at);
    g_autofree char *day = at != NULL ? g_date_time_format(at, "%x") : g_strdup("");
    g_autofree char *user = vdi_text_clean(server->user);

    if (server->used_at == 0) {
        return g_strdup(user);
    }
    return *user != '\0' ? g_strdup_printf(_("%s, last used %s"), user, day)
                         : g_strdup_printf(_("last used %s"), day);
}

static GtkWidget *make_row(VdiServersPage *self, const VdiServer *server)
{
    GtkWidget *row = gtk_list_box_row_new();
    GtkWidget *box = gtk_box_new(GTK_ORIENTATION_HORIZONTAL, VDI_SPACE);
    GtkWidget *words = gtk_box_new(GTK_ORIENTATION_VERTICAL, 2);
    GtkWidget *forget = gtk_button_new_from_icon_name("user-trash-symbolic", GTK_ICON_SIZE_BUTTON);
    g_autofree char *shown = vdi_text_clean(server->name != NULL ? server->name : server->address);
    g_autofree char *used = used_words(server);
    g_autofree char *forget_words = g_strdup_printf(_("Forget %s"), shown);
    GtkWidget *name = vdi_style_text(shown), *about = vdi_style_dim(used);

    gtk_label_set_xalign(GTK_LABEL(about), 0);
    gtk_button_set_relief(GTK_BUTTON(forget), GTK_RELIEF_NONE);
    gtk_widget_set_valign(forget, GTK_ALIGN_CENTER);
    gtk_widget_set_tooltip_text(forget, forget_words);
    vdi_style_name(forget, forget_words);
    vdi_style_name(row, shown);
    g_object_set_data_full(G_OBJECT(forget), ADDRESS_KEY, g_strdup(server->address), g_free);
    g_object_set_data_full(G_OBJECT(row), ADDRESS_KEY, g_strdup(server->address), g_free);
    g_object_set_data_full(G_OBJECT(row), USER_KEY, g_strdup(server->user), g_free);
    g_signal_connect(forget, "clicked", G_CALLBACK(on_forget), self);
    gtk_container_add(GTK_CONTAINER(words), name);
    gtk_container_add(GTK_CONTAINER(words), about);
    gtk_box_pack_start(
        GTK_BOX(box), vdi_style_icon("network-server-symbolic", 32), false, false, 0);
    gtk_box_pack_start(GTK_BOX(box), words, true, true, 0);
    gtk_box_pack_end(GTK_BOX(box), forget, false, false, 0);
    /* What an organisation brings goes with it. */
    gtk_widget_set_no_show_all(forget, server->organisation != NULL && server->used_at == 0);
    gtk_container_add(GTK_CONTAINER(row), box);
    return row;
}

static void vdi_servers_page_class_init(VdiServersPageClass *class)
{
    GType type = G_TYPE_FROM_CLASS(class);

    g_signal_new("connect", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 2,
        G_TYPE_STRING, G_TYPE_STRING);
    g_signal_new(
        "forget", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
}

static GtkWidget *make_empty(void)
{
    GtkWidget *box = gtk_box_new(GTK_ORIENTATION_VERTICAL, VDI_SPACE);

    gtk_container_add(GTK_CONTAINER(box), vdi_style_icon("org.vigie.Client", 96));
    gtk_container_add(GTK_CONTAINER(box), vdi_style_title(_("Reach Your Desktop")));
    gtk_container_add(GTK_CONTAINER(box),
        vdi_style_dim(_("Type the address that your organisation gave you: the name of its broker, "
                        "or of one desktop.")));
    return box;
}

static GtkWidget *make_address(VdiServersPage *self)
{
    GtkWidget *box = gtk_box_new(GTK_ORIENTATION_VERTICAL, VDI_SPACE / 2);
    GtkWidget *line = gtk_box_new(GTK_ORIENTATION_HORIZONTAL, VDI_SPACE / 2);
    GtkWidget *label = gtk_label_new_with_mnemonic(_("_Address"));

    self->address = GTK_ENTRY(gtk_entry_new());
    self->connect = gtk_button_new_with_mnemonic(_("_Connect"));
    gtk_label_set_xalign(GTK_LABEL(label), 0);
    gtk_label_set_mnemonic_widget(GTK_LABEL(label), GTK_WIDGET(self->address));
    gtk_entry_set_placeholder_text(self->address, "https://broker.example.com");
    gtk_entry_set_input_purpose(self->address, GTK_INPUT_PURPOSE_URL);
    gtk_entry_set_max_length(self->address, 500);
    vdi_style_class(self->connect, GTK_STYLE_CLASS_SUGGESTED_ACTION);
    gtk_widget_set_sensitive(self->connect, false);
    g_signal_connect(self->address, "changed", G_CALLBACK(on_changed), self);
    g_signal_connect(self->address, "activate", G_CALLBACK(on_connect), self);
    g_signal_connect(self->connect, "clicked", G_CALLBACK(on_connect), self);
    gtk_box_pack_start(GTK_BOX(line), GTK_WIDGET(self->address), true, true, 0);
    gtk_box_pack_start(GTK_BOX(line), self->connect, false, false, 0);
    gtk_container_add(GTK_CONTAINER(box), label);
    gtk_container_add(GTK_CONTAINER(box), line);
    gtk_widget_set_margin_top(box, VDI_SPACE);
    return box;
}

static void vdi_servers_page_init(VdiServersPage *self)
{
    GtkWidget *column = NULL;
    GtkWidget *scrolled = vdi_style_column(&column);

    self->empty = make_empty();
    self->known = gtk_box_new(GTK_ORIENTATION_VERTICAL, VDI_SPACE);
    self->list = GTK_LIST_BOX(gtk_list_box_new());
    gtk_list_box_set_selection_mode(self->list, GTK_SELECTION_NONE);
    vdi_style_class(GTK_WIDGET(self->list), GTK_STYLE_CLASS_FRAME);
    vdi_style_name(GTK_WIDGET(self->list), _("Your servers"));
    gtk_container_add(GTK_CONTAINER(self->known), vdi_style_title(_("Your Servers")));
    gtk_container_add(GTK_CONTAINER(self->known), GTK_WIDGET(self->list));
    gtk_container_add(GTK_CONTAINER(column), self->empty);
    gtk_container_add(GTK_CONTAINER(column), self->known);
    gtk_container_add(GTK_CONTAINER(column), make_address(self));
    gtk_box_pack_start(GTK_BOX(self), scrolled, true, true, 0);
    g_signal_connect(self->list, "row-activated", G_CALLBACK(on_row), self);
    gtk_widget_show_all(GTK_WIDGET(self));
}

GtkWidget *vdi_servers_page_new(void)
{
    return g_object_new(VDI_TYPE_SERVERS_PAGE, NULL);
}

void vdi_servers_page_fill(VdiServersPage *self, GPtrArray *servers)
{
    vdi_style_empty(GTK_CONTAINER(self->list));
    for (size_t i = 0; i < servers->len; i++) {
        gtk_container_add(GTK_CONTAINER(self->list), make_row(self, g_ptr_array_index(servers, i)));
    }
    gtk_widget_show_all(GTK_WIDGET(self->list));
    gtk_widget_set_visible(self->known, servers->len > 0);
    gtk_widget_set_visible(self->empty, servers->len == 0);
}

void vdi_servers_page_offer(VdiServersPage *self, const char *address)
{
    gtk_entry_set_text(self->address, address);
    gtk_widget_grab_focus(GTK_WIDGET(self->address));
}

void vdi_servers_page_focus(VdiServersPage *self)
{
    GtkListBoxRow *first = gtk_list_box_get_row_at_index(self->list, 0);

    gtk_widget_grab_focus(first != NULL ? GTK_WIDGET(first) : GTK_WIDGET(self->address));
}
