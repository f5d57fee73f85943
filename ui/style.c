/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/style.h"

#include <stdbool.h>

/* Colours are the theme's own, so that light, dark and high contrast follow it. */
static const char css[] =
    ".vdi-title { font-size: 150%; font-weight: 800; }\n"
    ".heading { font-weight: bold; }\n"
    ".vdi-page list { border-radius: 8px; }\n"
    ".vdi-page list row { padding: 10px 12px; }\n"
    ".vdi-card { padding: 18px; border-radius: 12px; border: 1px solid @borders;"
    "  background-color: @theme_base_color; }\n"
    "flowboxchild { border-radius: 12px; padding: 3px; }\n"
    ".vdi-card.unavailable { opacity: 0.6; }\n"
    ".vdi-badge { font-size: 85%; font-weight: bold; padding: 2px 10px; border-radius: 99px;"
    "  color: @theme_selected_fg_color; background-color: @theme_selected_bg_color; }\n"
    ".vdi-badge.block { color: white; background-color: #a51d2d; }\n"
    ".vdi-badge.advise { color: black; background-color: #f5c211; }\n"
    ".vdi-fingerprint { font-family: monospace; font-size: 110%; }\n"
    ".vdi-bar { padding: 6px; border-radius: 0 0 12px 12px; border: 1px solid @borders;"
    "  border-top: none; background-color: @theme_bg_color; }\n"
    ".vdi-dark { background-color: #1d1d20; color: #f6f5f4; }\n"
    ".vdi-dark label, .vdi-dark spinner { color: #f6f5f4; }\n";

void vdi_style_load(GdkScreen *screen)
{
    g_autoptr(GtkCssProvider) provider = gtk_css_provider_new();

    if (!gtk_css_provider_load_from_data(provider, css, sizeof(css) - 1, NULL)) {
        g_error("the style sheet is broken");
    }
    gtk_style_context_add_provider_for_screen(
        screen, GTK_STYLE_PROVIDER(provider), GTK_STYLE_PROVIDER_PRIORITY_APPLICATION);
}

static GtkWidget *label(const char *text, const char *class, float xalign)
{
    GtkWidget *widget = gtk_label_new(text);

    gtk_label_set_line_wrap(GTK_LABEL(widget), true);
    gtk_label_set_line_wrap_mode(GTK_LABEL(widget), PANGO_WRAP_WORD_CHAR);
    gtk_label_set_max_width_chars(GTK_LABEL(widget), 56);
    gtk_label_set_xalign(GTK_LABEL(widget), xalign);
    if (xalign == 0.5F) {
        gtk_label_set_justify(GTK_LABEL(widget), GTK_JUSTIFY_CENTER);
    }
    if (class != NULL) {
        vdi_style_class(widget, class);
    }
    return widget;
}

GtkWidget *vdi_style_title(const char *text)
{
    return label(text, "vdi-title", 0.5F);
}

GtkWidget *vdi_style_text(const char *text)
{
    return label(text, NULL, 0);
}

GtkWidget *vdi_style_dim(const char *text)
{
    return label(text, GTK_STYLE_CLASS_DIM_LABEL, 0.5F);
}

GtkWidget *vdi_style_icon(const char *name, int pixels)
{
    GtkWidget *image = gtk_image_new_from_icon_name(name, GTK_ICON_SIZE_DIALOG);

    gtk_image_set_pixel_size(GTK_IMAGE(image), pixels);
    if (g_str_has_suffix(name, "-symbolic")) {
        vdi_style_class(image, GTK_STYLE_CLASS_DIM_LABEL);
    }
    return image;
}

GtkWidget *vdi_style_column(GtkWidget **ret_column)
{
    GtkWidget *scrolled = gtk_scrolled_window_new(NULL, NULL);
    GtkWidget *column = gtk_box_new(GTK_ORIENTATION_VERTICAL, VDI_SPACE);

    g_object_set(column, "halign", GTK_ALIGN_CENTER, "valign", GTK_ALIGN_CENTER, "margin",
        2 * VDI_SPACE, "width-request", VDI_PAGE_WIDTH, NULL);
    gtk_scrolled_window_set_policy(
        GTK_SCROLLED_WINDOW(scrolled), GTK_POLICY_NEVER, GTK_POLICY_AUTOMATIC);
    gtk_container_add(GTK_CONTAINER(scrolled), column);
    vdi_style_class(column, "vdi-page");
    *ret_column = column;
    return scrolled;
}

static void destroy_one(GtkWidget *widget, gpointer data)
{
    gtk_widget_destroy(widget);
}

void vdi_style_empty(GtkContainer *container)
{
    gtk_container_foreach(container, destroy_one, NULL);
}

void vdi_style_class(GtkWidget *widget, const char *class)
{
    gtk_style_context_add_class(gtk_widget_get_style_context(widget), class);
}

void vdi_style_name(GtkWidget *widget, const char *name)
{
    atk_object_set_name(gtk_widget_get_accessible(widget), name);
}
