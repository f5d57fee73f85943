/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/desktops_page.h"

#include <glib/gi18n.h>
#include <stdbool.h>

#include "base/text.h"
#include "ui/style.h"

struct _VdiDesktopsPage {
    GtkBox parent_instance;
    GtkWidget *empty, *search;
    GtkFlowBox *cards;
};

G_DEFINE_FINAL_TYPE(VdiDesktopsPage, vdi_desktops_page, GTK_TYPE_BOX)

enum { SEARCH_FROM = 9, LINE_CARDS = 6, ICON_PIXELS = 64 }; /* fewer are seen at a glance */

#define ID_KEY "vdi-id"
#define NAME_KEY "vdi-name"

/* In the order of VdiDesktopState. */
static const struct {
    bool can_open;
    const char *words;
} states[] = {
    [VDI_DESKTOP_AVAILABLE] = {true, N_("Available")},
    [VDI_DESKTOP_SIGNED_IN] = {true, N_("You are signed in there")},
    [VDI_DESKTOP_MAINTENANCE] = {false, N_("In maintenance")},
    [VDI_DESKTOP_EXPIRED] = {false, N_("No longer offered")},
    [VDI_DESKTOP_ELSEWHERE] = {false, N_("In use elsewhere")},
    [VDI_DESKTOP_NO_PROTOCOL] = {false, N_("Cannot be opened with this client")},
};

static void on_card(GtkFlowBox *cards, GtkFlowBoxChild *child, gpointer data)
{
    const char *id = g_object_get_data(G_OBJECT(child), ID_KEY);

    if (id != NULL) {
        g_signal_emit_by_name(data, "chosen", id);
    }
}

static gboolean is_wanted(GtkFlowBoxChild *child, gpointer data)
{
    VdiDesktopsPage *self = data;
    g_autofree char *wanted = g_utf8_casefold(gtk_entry_get_text(GTK_ENTRY(self->search)), -1);
    g_autofree char *name = g_utf8_casefold(g_object_get_data(G_OBJECT(child), NAME_KEY), -1);

    return strstr(name, wanted) != NULL;
}

static void on_search(GtkSearchEntry *entry, gpointer data)
{
    gtk_flow_box_invalidate_filter(VDI_DESKTOPS_PAGE(data)->cards);
}

static GtkWidget *make_card(const VdiDesktop *desktop)
{
    GtkWidget *child = gtk_flow_box_child_new();
    GtkWidget *card = gtk_box_new(GTK_ORIENTATION_VERTICAL, VDI_SPACE / 2);
    g_autofree char *name = vdi_text_clean(desktop->name);
    const char *words = _(states[desktop->state].words);
    g_autofree char *spoken = g_strdup_printf(_("%s, %s"), name, words);
    GtkWidget *label = vdi_style_text(name);
    GtkWidget *about = vdi_style_dim(words);

    gtk_label_set_xalign(GTK_LABEL(label), 0.5F);
    gtk_label_set_max_width_chars(GTK_LABEL(label), 20);
    gtk_label_set_max_width_chars(GTK_LABEL(about), 20);
    gtk_label_set_justify(GTK_LABEL(label), GTK_JUSTIFY_CENTER);
    gtk_label_set_lines(GTK_LABEL(label), 2);
    gtk_label_set_ellipsize(GTK_LABEL(label), PANGO_ELLIPSIZE_END);
    gtk_container_add(GTK_CONTAINER(card), vdi_style_icon("video-display-symbolic", ICON_PIXELS));
    gtk_container_add(GTK_CONTAINER(card), label);
    gtk_container_add(GTK_CONTAINER(card), about);
    gtk_widget_set_size_request(card, 180, -1);
    vdi_style_class(card, "vdi-card");
    vdi_style_name(child, spoken);
    gtk_widget_set_tooltip_text(child, spoken);
    g_object_set_data_full(G_OBJECT(child), NAME_KEY, g_strdup(name), g_free);
    if (states[desktop->state].can_open) {
        g_object_set_data_full(G_OBJECT(child), ID_KEY, g_strdup(desktop->id), g_free);
    } else {
        vdi_style_class(
            card, "unavailable"); /* stays in the focus order: its reason can be heard */
    }
    gtk_container_add(GTK_CONTAINER(child), card);
    return child;
}

static void vdi_desktops_page_class_init(VdiDesktopsPageClass *class)
{
    g_signal_new("chosen", G_TYPE_FROM_CLASS(class), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
        G_TYPE_NONE, 1, G_TYPE_STRING);
}

static GtkWidget *make_empty(void)
{
    GtkWidget *box = gtk_box_new(GTK_ORIENTATION_VERTICAL, VDI_SPACE);

    g_object_set(
        box, "valign", GTK_ALIGN_CENTER, "halign", GTK_ALIGN_CENTER, "margin", 2 * VDI_SPACE, NULL);
    gtk_container_add(GTK_CONTAINER(box), vdi_style_icon("video-display-symbolic", 96));
    gtk_container_add(GTK_CONTAINER(box), vdi_style_title(_("No Desktops")));
    gtk_container_add(GTK_CONTAINER(box),
        vdi_style_dim(_("This account may not use any desktop here. Ask your administrator.")));
    gtk_widget_show_all(box);
    gtk_widget_set_no_show_all(box, true);
    gtk_widget_hide(box);
    return box;
}

static void vdi_desktops_page_init(VdiDesktopsPage *self)
{
    GtkWidget *scrolled = gtk_scrolled_window_new(NULL, NULL);

    gtk_orientable_set_orientation(GTK_ORIENTABLE(self), GTK_ORIENTATION_VERTICAL);
    self->empty = make_empty();
    self->search = gtk_search_entry_new();
    self->cards = GTK_FLOW_BOX(gtk_flow_box_new());
    gtk_flow_box_set_selection_mode(self->cards, GTK_SELECTION_NONE);
    gtk_flow_box_set_homogeneous(self->cards, true);
    gtk_flow_box_set_column_spacing(self->cards, VDI_SPACE);
    gtk_flow_box_set_row_spacing(self->cards, VDI_SPACE);
    gtk_flow_box_set_filter_func(self->cards, is_wanted, self, NULL);
    g_object_set(
        self->cards, "halign", GTK_ALIGN_CENTER, "valign", GTK_ALIGN_START, "margin", 24, NULL);
    vdi_style_name(GTK_WIDGET(self->cards), _("Your desktops"));
    vdi_style_name(self->search, _("Search desktops"));
    g_object_set(self->search, "halign", GTK_ALIGN_CENTER, "width-request", 320, "margin-top",
        2 * VDI_SPACE, "no-show-all", true, NULL);
    gtk_scrolled_window_set_policy(
        GTK_SCROLLED_WINDOW(scrolled), GTK_POLICY_NEVER, GTK_POLICY_AUTOMATIC);
    gtk_container_add(GTK_CONTAINER(scrolled), GTK_WIDGET(self->cards));
    gtk_box_pack_start(GTK_BOX(self), self->search, false, false, 0);
    gtk_box_pack_start(GTK_BOX(self), self->empty, true, true, 0);
    gtk_box_pack_start(GTK_BOX(self), scrolled, true, true, 0);
    g_signal_connect(self->cards, "child-activated", G_CALLBACK(on_card), self);
    g_signal_connect(self->search, "search-changed", G_CALLBACK(on_search), self);
    gtk_widget_show_all(GTK_WIDGET(self));
}

GtkWidget *vdi_desktops_page_new(void)
{
    return g_object_new(VDI_TYPE_DESKTOPS_PAGE, NULL);
}

void vdi_desktops_page_fill(VdiDesktopsPage *self, GPtrArray *desktops)
{
    vdi_style_empty(GTK_CONTAINER(self->cards));
    for (size_t i = 0; i < desktops->len; i++) {
        gtk_container_add(GTK_CONTAINER(self->cards), make_card(g_ptr_array_index(desktops, i)));
    }
    gtk_flow_box_set_max_children_per_line(self->cards, CLAMP(desktops->len, 1, LINE_CARDS));
    gtk_widget_show_all(GTK_WIDGET(self->cards));
    gtk_entry_set_text(GTK_ENTRY(self->search), "");
    gtk_widget_set_visible(self->search, desktops->len >= SEARCH_FROM);
    gtk_widget_set_visible(self->empty, desktops->len == 0);
}

void vdi_desktops_page_focus(VdiDesktopsPage *self)
{
    GtkFlowBoxChild *first = gtk_flow_box_get_child_at_index(self->cards, 0);

    if (first != NULL) {
        gtk_widget_grab_focus(GTK_WIDGET(first));
    }
}
