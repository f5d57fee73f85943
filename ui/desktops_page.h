/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <gtk/gtk.h>

#include "protocol/broker/broker.h"

/* The desktops of a person: a card each, with its state in words; those that cannot be opened now
 * are grey and say why. Signal: "chosen" (id). */

#define VDI_TYPE_DESKTOPS_PAGE (vdi_desktops_page_get_type())
G_DECLARE_FINAL_TYPE(VdiDesktopsPage, vdi_desktops_page, VDI, DESKTOPS_PAGE, GtkBox)

GtkWidget *vdi_desktops_page_new(void);

/* `desktops`: of VdiDesktop; nothing is kept. */
void vdi_desktops_page_fill(VdiDesktopsPage *self, GPtrArray *desktops);
void vdi_desktops_page_focus(VdiDesktopsPage *self);
