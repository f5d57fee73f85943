/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/error_bar.h"

#include <glib/gi18n.h>
#include <stdbool.h>

#include "base/error.h"
#include "base/text.h"
#include "ui/style.h"

struct _VdiErrorBar {
    GtkInfoBar parent_instance;
    GtkImage *icon;
    GtkLabel *headline, *hint, *detail;
    GtkWidget *fold;
};

G_DEFINE_FINAL_TYPE(VdiErrorBar, vdi_error_bar, GTK_TYPE_INFO_BAR)

static void on_response(GtkInfoBar *bar, int response, gpointer data)
{
    gtk_widget_hide(GTK_WIDGET(bar));
}

static void vdi_error_bar_class_init(VdiErrorBarClass *class)
{
}

static void make_bold(GtkLabel *label)
{
    PangoAttrList *bold = pango_attr_list_new();

    pango_attr_list_insert(bold, pango_attr_weight_new(PANGO_WEIGHT_BOLD));
    gtk_label_set_attributes(label, bold);
    pango_attr_list_unref(bold);
}

static void vdi_error_bar_init(VdiErrorBar *self)
{
    GtkWidget *content = gtk_info_bar_get_content_area(GTK_INFO_BAR(self));
    GtkWidget *words = gtk_box_new(GTK_ORIENTATION_VERTICAL, VDI_SPACE / 2);

    self->icon = GTK_IMAGE(gtk_image_new());
    self->headline = GTK_LABEL(vdi_style_text(""));
    self->hint = GTK_LABEL(vdi_style_text(""));
    self->detail = GTK_LABEL(vdi_style_text(""));
    self->fold = gtk_expander_new_with_mnemonic(_("_Details"));
    make_bold(self->headline);
    gtk_label_set_selectable(self->detail, true);
    gtk_widget_set_valign(GTK_WIDGET(self->icon), GTK_ALIGN_START);
    gtk_container_add(GTK_CONTAINER(self->fold), GTK_WIDGET(self->detail));
    gtk_container_add(GTK_CONTAINER(words), GTK_WIDGET(self->headline));
    gtk_container_add(GTK_CONTAINER(words), GTK_WIDGET(self->hint));
    gtk_container_add(GTK_CONTAINER(words), self->fold);
    gtk_container_add(GTK_CONTAINER(content), GTK_WIDGET(self->icon));
    gtk_container_add(GTK_CONTAINER(content), words);
    gtk_widget_show_all(GTK_WIDGET(self));
    gtk_widget_hide(GTK_WIDGET(self));
    gtk_widget_set_no_show_all(GTK_WIDGET(self), true);
    atk_object_set_role(gtk_widget_get_accessible(GTK_WIDGET(self)), ATK_ROLE_ALERT);
    g_signal_connect(self, "response", G_CALLBACK(on_response), NULL);
}

GtkWidget *vdi_error_bar_new(void)
{
    return g_object_new(VDI_TYPE_ERROR_BAR, "show-close-button", true, NULL);
}

void vdi_error_bar_show(VdiErrorBar *self, const GError *error)
{
    if (error == NULL) {
        gtk_widget_hide(GTK_WIDGET(self));
        return;
    }
    const VdiErrorRow *row = vdi_error_row(error);

    vdi_error_bar_say(self, GTK_MESSAGE_ERROR, _(row->headline), _(row->hint), error->message);
}

void vdi_error_bar_say(VdiErrorBar *self, GtkMessageType type, const char *headline,
    const char *hint, const char *detail)
{
    g_autofree char *first = vdi_text_clean(headline);
    g_autofree char *second = vdi_text_clean(hint);
    g_autofree char *third = vdi_text_clean(detail);

    gtk_info_bar_set_message_type(GTK_INFO_BAR(self), type);
    gtk_image_set_from_icon_name(self->icon,
        type == GTK_MESSAGE_ERROR         ? "dialog-error-symbolic"
            : type == GTK_MESSAGE_WARNING ? "dialog-warning-symbolic"
                                          : "dialog-information-symbolic",
        GTK_ICON_SIZE_LARGE_TOOLBAR);
    gtk_label_set_text(self->headline, first);
    gtk_label_set_text(self->hint, second);
    gtk_label_set_text(self->detail, third);
    gtk_widget_set_visible(GTK_WIDGET(self->hint), *second != '\0');
    gtk_widget_set_visible(self->fold, *third != '\0');
    gtk_expander_set_expanded(GTK_EXPANDER(self->fold), false);
    vdi_style_name(GTK_WIDGET(self), first);
    gtk_widget_show(GTK_WIDGET(self));
}
