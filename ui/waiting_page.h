/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <gtk/gtk.h>

/* What is being waited for, in words: a spinner, a headline, a sentence beneath, and a way out.
 * Signal "cancelled". */

#define VDI_TYPE_WAITING_PAGE (vdi_waiting_page_get_type())
G_DECLARE_FINAL_TYPE(VdiWaitingPage, vdi_waiting_page, VDI, WAITING_PAGE, GtkBox)

/* `cancel`: the button's words; NULL: no button. */
GtkWidget *vdi_waiting_page_new(const char *cancel);

/* Both are cleaned here; `detail` may be NULL. */
void vdi_waiting_page_say(VdiWaitingPage *self, const char *headline, const char *detail);
