/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <gtk/gtk.h>
#include <stdbool.h>

#include "ui/desktop_view.h"

/* One desktop in the window, and, when it has ended by a failure, the last picture, dimmed, with a
 * sentence and a way to connect again. Signals: "reconnect", "leave". */

#define VDI_TYPE_SESSION_PAGE (vdi_session_page_get_type())
G_DECLARE_FINAL_TYPE(VdiSessionPage, vdi_session_page, VDI, SESSION_PAGE, GtkBox)

GtkWidget *vdi_session_page_new(void);

VdiDesktopView *vdi_session_page_view(VdiSessionPage *self);
/* Shows the picture. */
void vdi_session_page_begin(VdiSessionPage *self);
/* Shows the sentence over the last picture. Forgets the session. */
void vdi_session_page_end(VdiSessionPage *self, const GError *error);
