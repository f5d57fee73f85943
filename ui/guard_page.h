/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <gtk/gtk.h>
#include <stdbool.h>

#include "compat/rules/verdict.h"

/* A rule that is true of this computer and blocks: what it says, what to do, whose rule it is.
 * Signals: "accepted" (the person goes on all the same), "cancelled". */

#define VDI_TYPE_GUARD_PAGE (vdi_guard_page_get_type())
G_DECLARE_FINAL_TYPE(VdiGuardPage, vdi_guard_page, VDI, GUARD_PAGE, GtkBox)

GtkWidget *vdi_guard_page_new(void);

/* Shows every finding in force that blocks. `may_go_on`: the site allows it. */
void vdi_guard_page_show(VdiGuardPage *self, const VdiVerdict *verdict, bool may_go_on);

/* What merely advises, in the words of compat/rules/explain; NULL when nothing does. Yours. */
char *vdi_guard_advice(const VdiVerdict *verdict);
