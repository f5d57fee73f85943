/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <glib.h>

#include "compat/rules/change.h"

/* What apt tells a DPkg::Pre-Install-Pkgs hook on its information descriptor (apt.conf(5)), read
 * exactly. Plain GLib (vdi-hook).
 *
 * Versions 2 and 3: a line "VERSION n", the configuration as key=value with %-escapes, an empty
 * line, then one line an action. What is unpacked or removed becomes an item; **CONFIGURE** repeats
 * what was unpacked and is left out. Version 1 tells paths and no versions: it is refused. Whatever
 * is not so fails with VDI_HOST_ERROR_STREAM, saying the line. */

#define VDI_HOOK_STREAM_MAX_BYTES ((size_t) 32 * 1024 * 1024)
#define VDI_HOOK_STREAM_LINES_MAX 200000

/* `namespace`: of the packages' purls. */
VdiChange *vdi_hook_stream_read(
    GBytes *stream, const char *namespace, GError **error) G_GNUC_WARN_UNUSED_RESULT;
