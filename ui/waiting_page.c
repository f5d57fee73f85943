/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/waiting_page.h"

#include "base/text.h"
#include "ui/style.h"

struct _VdiWaitingPage {
    GtkBox parent_instance;
    GtkWidget *spinner;
    GtkLabel *headline, *detail;
};

G_DEFINE_FINAL_TYPE(VdiWaitingPage, vdi_waiting_page, GTK_TYPE_BOX)

static void on_cancel(GtkButton *button, gpointer data)
{
    g_signal_emit_by_name(data, "cancelled");
}

/* A spinner that turns while nobody sees it would keep the processor awake. */
static void on_map(GtkWidget *widget, gpointer data)
{
    gtk_spinner_start(GTK_SPINNER(VDI_WAITING_PAGE(widget)->spinner));
}

static void on_unmap(GtkWidget *widget, gpointer data)
{
    gtk_spinner_stop(GTK_SPINNER(VDI_WAITING_PAGE(widget)->spinner));
}

static void vdi_waiting_page_class_init(VdiWaitingPageClass *class)
{
    g_signal_new("cancelled", G_TYPE_FROM_CLASS(class), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
        G_TYPE_NONE, 0);
}

static void vdi_waiting_page_init(VdiWaitingPage *self)
{
    GtkWidget *widget = GTK_WIDGET(self);

    gtk_orientable_set_orientation(GTK_ORIENTABLE(self), GTK_ORIENTATION_VERTICAL);
    gtk_box_set_spacing(GTK_BOX(self), VDI_SPACE);
    g_object_set(widget, "halign", GTK_ALIGN_CENTER, "valign", GTK_ALIGN_CENTER, "margin",
        2 * VDI_SPACE, NULL);
    self->spinner = gtk_spinner_new();
    gtk_widget_set_size_request(self->spinner, 48, 48);
    self->headline = GTK_LABEL(vdi_style_title(""));
    self->detail = GTK_LABEL(vdi_style_dim(""));
    gtk_container_add(GTK_CONTAINER(self), self->spinner);
    gtk_container_add(GTK_CONTAINER(self), GTK_WIDGET(self->headline));
    gtk_container_add(GTK_CONTAINER(self), GTK_WIDGET(self->detail));
    g_signal_connect(self, "map", G_CALLBACK(on_map), NULL);
    g_signal_connect(self, "unmap", G_CALLBACK(on_unmap), NULL);
    gtk_widget_show_all(widget);
    gtk_widget_hide(GTK_WIDGET(self->detail));
}

GtkWidget *vdi_waiting_page_new(const char *cancel)
{
    VdiWaitingPage *self = g_object_new(VDI_TYPE_WAITING_PAGE, NULL);

    if (cancel != NULL) {
        GtkWidget *button = gtk_button_new_with_mnemonic(cancel);

        gtk_widget_set_halign(button, GTK_ALIGN_CENTER);
        gtk_widget_set_margin_top(button, VDI_SPACE);
        g_signal_connect(button, "clicked", G_CALLBACK(on_cancel), self);
        gtk_container_add(GTK_CONTAINER(self), button);
        gtk_widget_show(button);
    }
    return GTK_WIDGET(self);
}

void vdi_waiting_page_say(VdiWaitingPage *self, const char *headline, const char *detail)
{
    g_autofree char *first = vdi_text_clean(headline);
    g_autofree char *second = vdi_text_clean(detail);

    gtk_label_set_text(self->headline, first);
    gtk_label_set_text(self->detail, second);
    gtk_widget_set_visible(GTK_WIDGET(self->detail), *second != '\0');
    vdi_style_name(GTK_WIDGET(self->spinner), first);
}
