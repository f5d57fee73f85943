/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <gtk/gtk.h>

/* What went wrong, in its place: headline, what to do, the detail folded beneath. A screen reader
 * speaks it when it appears. */

#define VDI_TYPE_ERROR_BAR (vdi_error_bar_get_type())
G_DECLARE_FINAL_TYPE(VdiErrorBar, vdi_error_bar, VDI, ERROR_BAR, GtkInfoBar)

GtkWidget *vdi_error_bar_new(void);

/* NULL hides it. */
void vdi_error_bar_show(VdiErrorBar *self, const GError *error);
/* The same with words that are not an error's; cleaned here. */
void vdi_error_bar_say(VdiErrorBar *self, GtkMessageType type, const char *headline,
    const char *hint, const char *detail);
