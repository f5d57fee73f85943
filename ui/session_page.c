/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/session_page.h"

#include <glib/gi18n.h>

#include "base/error.h"
#include "base/text.h"
#include "ui/style.h"

struct _VdiSessionPage {
    GtkBox parent_instance;
    GtkStack *stack;
    GtkWidget *view, *ended;
    GtkLabel *headline, *hint, *detail;
    GtkWidget *reconnect;
    cairo_surface_t *last; /* the last picture; NULL */
};

G_DEFINE_FINAL_TYPE(VdiSessionPage, vdi_session_page, GTK_TYPE_BOX)

static void on_reconnect(GtkButton *button, gpointer data)
{
    g_signal_emit_by_name(data, "reconnect");
}

static void on_leave(GtkButton *button, gpointer data)
{
    g_signal_emit_by_name(data, "leave");
}

/* The last picture, grey and dark, behind the card. */
static gboolean on_draw(GtkWidget *widget, cairo_t *cr, gpointer data)
{
    VdiSessionPage *self = data;
    double width = gtk_widget_get_allocated_width(widget);
    double height = gtk_widget_get_allocated_height(widget);

    cairo_set_source_rgb(cr, 0.11, 0.11, 0.125);
    cairo_paint(cr);
    if (self->last != NULL) {
        double wide = cairo_image_surface_get_width(self->last);
        double high = cairo_image_surface_get_height(self->last);
        double scale = MIN(1, MIN(width / wide, height / high));

        cairo_save(cr);
        cairo_translate(cr, (width - wide * scale) / 2, (height - high * scale) / 2);
        cairo_scale(cr, scale, scale);
        cairo_set_source_surface(cr, self->last, 0, 0);
        cairo_paint_with_alpha(cr, 0.3);
        cairo_restore(cr);
    }
    return false;
}

static GtkWidget *make_buttons(VdiSessionPage *self)
{
    GtkWidget *line = gtk_box_new(GTK_ORIENTATION_HORIZONTAL, VDI_SPACE / 2);
    GtkWidget *leave = gtk_button_new_with_mnemonic(_("_Back to Servers"));

    self->reconnect = gtk_button_new_with_mnemonic(_("_Reconnect"));
    vdi_style_class(self->reconnect, GTK_STYLE_CLASS_SUGGESTED_ACTION);
    gtk_widget_set_halign(line, GTK_ALIGN_CENTER);
    g_signal_connect(self->reconnect, "clicked", G_CALLBACK(on_reconnect), self);
    g_signal_connect(leave, "clicked", G_CALLBACK(on_leave), self);
    gtk_container_add(GTK_CONTAINER(line), leave);
    gtk_container_add(GTK_CONTAINER(line), self->reconnect);
    return line;
}

static GtkWidget *make_ended(VdiSessionPage *self)
{
    GtkWidget *behind = gtk_event_box_new();
    GtkWidget *card = gtk_box_new(GTK_ORIENTATION_VERTICAL, VDI_SPACE);
    GtkWidget *fold = gtk_expander_new_with_mnemonic(_("_Details"));

    self->headline = GTK_LABEL(vdi_style_title(""));
    self->hint = GTK_LABEL(vdi_style_dim(""));
    self->detail = GTK_LABEL(vdi_style_text(""));
    gtk_label_set_selectable(self->detail, true);
    gtk_container_add(GTK_CONTAINER(fold), GTK_WIDGET(self->detail));
    gtk_container_add(GTK_CONTAINER(card), vdi_style_icon("network-offline-symbolic", 64));
    gtk_container_add(GTK_CONTAINER(card), GTK_WIDGET(self->headline));
    gtk_container_add(GTK_CONTAINER(card), GTK_WIDGET(self->hint));
    gtk_container_add(GTK_CONTAINER(card), make_buttons(self));
    gtk_container_add(GTK_CONTAINER(card), fold);
    vdi_style_class(card, "vdi-card");
    atk_object_set_role(gtk_widget_get_accessible(card), ATK_ROLE_ALERT);
    g_object_set(card, "halign", GTK_ALIGN_CENTER, "valign", GTK_ALIGN_CENTER, "margin",
        2 * VDI_SPACE, NULL);
    gtk_widget_set_app_paintable(behind, true);
    g_signal_connect(behind, "draw", G_CALLBACK(on_draw), self);
    gtk_container_add(GTK_CONTAINER(behind), card);
    return behind;
}

static void finalize(GObject *object)
{
    g_clear_pointer(&VDI_SESSION_PAGE(object)->last, cairo_surface_destroy);
    G_OBJECT_CLASS(vdi_session_page_parent_class)->finalize(object);
}

static void vdi_session_page_class_init(VdiSessionPageClass *class)
{
    GType type = G_TYPE_FROM_CLASS(class);

    G_OBJECT_CLASS(class)->finalize = finalize;
    g_signal_new("reconnect", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
    g_signal_new("leave", type, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void vdi_session_page_init(VdiSessionPage *self)
{
    self->stack = GTK_STACK(gtk_stack_new());
    self->view = vdi_desktop_view_new();
    self->ended = make_ended(self);
    vdi_style_name(self->view, _("Remote desktop"));
    gtk_container_add(GTK_CONTAINER(self->stack), self->view);
    gtk_container_add(GTK_CONTAINER(self->stack), self->ended);
    gtk_box_pack_start(GTK_BOX(self), GTK_WIDGET(self->stack), true, true, 0);
    gtk_widget_show_all(GTK_WIDGET(self));
}

GtkWidget *vdi_session_page_new(void)
{
    return g_object_new(VDI_TYPE_SESSION_PAGE, NULL);
}

VdiDesktopView *vdi_session_page_view(VdiSessionPage *self)
{
    return VDI_DESKTOP_VIEW(self->view);
}

void vdi_session_page_begin(VdiSessionPage *self)
{
    g_clear_pointer(&self->last, cairo_surface_destroy);
    gtk_stack_set_visible_child(self->stack, self->view);
    gtk_widget_grab_focus(self->view);
}

void vdi_session_page_end(VdiSessionPage *self, const GError *error)
{
    const VdiErrorRow *row = vdi_error_row(error);
    g_autofree char *detail = vdi_text_clean(error->message);

    g_clear_pointer(&self->last, cairo_surface_destroy);
    self->last = vdi_desktop_view_snapshot(VDI_DESKTOP_VIEW(self->view));
    vdi_desktop_view_close(VDI_DESKTOP_VIEW(self->view));
    gtk_label_set_text(self->headline, _(row->headline));
    gtk_label_set_text(self->hint, _(row->hint));
    gtk_label_set_text(self->detail, detail);
    gtk_stack_set_visible_child(self->stack, self->ended);
    gtk_widget_grab_focus(self->reconnect);
}
