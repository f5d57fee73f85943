/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <freerdp/settings.h>
#include <glib.h>
#include <stdbool.h>

#include "protocol/session/message.h"

/* Everything that FreeRDP is told, through its settings API: one table, all of it explicit, because
 * its defaults change between versions and 3.10's are too wide (RDP security, TLS 1.0, clipboard).
 * Neither its command line nor its .rdp files are ever parsed. */

/* What holds for every desktop. */
bool vdi_settings_fix(rdpSettings *settings);

/* What this one wants: address, size, credential. The caller wipes `open`. */
bool vdi_settings_open(rdpSettings *settings, const VdiMessageOpen *open);

/* When the desktop has let us in: the password is overwritten where it lies. FreeRDP keeps a copy
 * for reconnecting that only the end of the process reaches. */
void vdi_settings_forget(rdpSettings *settings);
