/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <gtk/gtk.h>
#include <stdbool.h>

/* How our pages look: the spaces between things, the few style classes of our own, labels of one
 * kind. Texts given here are shown as they are: whoever has one from outside cleans it first. No
 * markup anywhere. */

enum { VDI_SPACE = 12, VDI_PAGE_WIDTH = 520 };

/* Once a screen, before the first widget. */
void vdi_style_load(GdkScreen *screen);

GtkWidget *vdi_style_title(const char *text); /* a page's headline, centred */
GtkWidget *vdi_style_text(const char *text);  /* running text, wrapped, to the left */
GtkWidget *vdi_style_dim(const char *text);   /* what is less important, centred and wrapped */
/* A picture of the theme, for a page's top. Decoration: it has no name. */
GtkWidget *vdi_style_icon(const char *name, int pixels);

/* A column of fixed greatest width in the middle of a page that scrolls. Add to *ret_column. */
GtkWidget *vdi_style_column(GtkWidget **ret_column);

/* Destroys what is in it. */
void vdi_style_empty(GtkContainer *container);

void vdi_style_class(GtkWidget *widget, const char *class);
/* What a screen reader says. */
void vdi_style_name(GtkWidget *widget, const char *name);
