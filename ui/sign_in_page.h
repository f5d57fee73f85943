/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <gtk/gtk.h>
#include <stdbool.h>

#include "protocol/broker/broker.h"

/* One page for every screen of a broker, built from the screen's own fields. What is typed into a
 * secret field goes into a VdiSecret and leaves the entry at once.
 * Signals: "answered" (GPtrArray of VdiAnswer, yours), "cancelled". */

#define VDI_TYPE_SIGN_IN_PAGE (vdi_sign_in_page_get_type())
G_DECLARE_FINAL_TYPE(VdiSignInPage, vdi_sign_in_page, VDI, SIGN_IN_PAGE, GtkBox)

GtkWidget *vdi_sign_in_page_new(void);

/* `user` fills a user name that the broker leaves open; NULL. Nothing is kept of `screen`. */
void vdi_sign_in_page_ask(
    VdiSignInPage *self, const VdiScreen *screen, const char *server, const char *user);
/* While the broker thinks. */
void vdi_sign_in_page_set_busy(VdiSignInPage *self, bool busy);
/* The user name that was typed last; "" when none was. */
const char *vdi_sign_in_page_user(VdiSignInPage *self);
