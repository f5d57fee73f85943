/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <gtk/gtk.h>

#include "protocol/session/message.h"

/* Nobody vouches for the desktop's certificate: whose it says it is, who signed it, until when, and
 * the fingerprint to compare. Not connecting is what Return does.
 * Signals: "accepted", "refused". */

#define VDI_TYPE_IDENTITY_PAGE (vdi_identity_page_get_type())
G_DECLARE_FINAL_TYPE(VdiIdentityPage, vdi_identity_page, VDI, IDENTITY_PAGE, GtkBox)

GtkWidget *vdi_identity_page_new(void);

/* `identity` comes from vdi-session: cleaned here. */
void vdi_identity_page_show(VdiIdentityPage *self, const VdiMessageIdentity *identity);

/* Hexadecimal digits in groups of four. Yours. */
char *vdi_identity_groups(const char *hex);
