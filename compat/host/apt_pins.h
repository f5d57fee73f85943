/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <glib.h>
#include <stdbool.h>

#include "compat/host/host.h"

/* Our own file of apt preferences: one stanza a version that must not come (apt_preferences(5)).
 *
 *   Explanation: VDI-2026-004 of example-corp until 2026-12-01T00:00:00Z: REASON
 *   Package: libexample1:any
 *   Pin: version 1:3.0.16-1
 *   Pin-Priority: -1
 *
 * One file, written whole, parsed back before it is put in place: a stanza that apt cannot read
 * would stop every apt command. The name must end in ".pref". */

#define VDI_APT_PINS_NAME "vigie.pref"
#define VDI_APT_PINS_MAX_BYTES ((size_t) 1024 * 1024)

/* The text for `holds` (of VdiHold), in the order of vdi_hold_compare; "" when there is none.
 * VDI_HOST_ERROR_HOLD when something in it cannot be written so. */
char *vdi_apt_pins_print(const GPtrArray *holds, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Back again: exactly what vdi_apt_pins_print writes, else VDI_HOST_ERROR_HOLD. The security mark
 * does not stand in the file and is false. */
GPtrArray *vdi_apt_pins_parse(const char *text, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* FOLDER/vigie.pref holds `holds` afterwards, and is gone when there is none. Not written when it
 * says the same already. */
bool vdi_apt_pins_write(
    const char *folder, const GPtrArray *holds, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Empty when there is no file. */
GPtrArray *vdi_apt_pins_read(const char *folder, GError **error) G_GNUC_WARN_UNUSED_RESULT;
