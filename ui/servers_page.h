/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <gtk/gtk.h>

/* Where the application begins: the servers of this person, and a place for a new address.
 * Signals: "connect" (address, user), "forget" (address). */

#define VDI_TYPE_SERVERS_PAGE (vdi_servers_page_get_type())
G_DECLARE_FINAL_TYPE(VdiServersPage, vdi_servers_page, VDI, SERVERS_PAGE, GtkBox)

GtkWidget *vdi_servers_page_new(void);

/* `servers`: of VdiServer. */
void vdi_servers_page_fill(VdiServersPage *self, GPtrArray *servers);
/* An address that did not work, to be mended. */
void vdi_servers_page_offer(VdiServersPage *self, const char *address);
/* Puts the keyboard where most people begin. */
void vdi_servers_page_focus(VdiServersPage *self);
