/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

/* The files that `apply` prepares for those who must be quick: a magic word, a checksum of the
 * rest, then a serialised GVariant of a known type. Same machine, same version. Plain GLib
 * (vdi-hook). */

#define VDI_PREPARED_MAX_BYTES ((size_t) 64 * 1024 * 1024)

/* `magic`: eight characters. `value` is sunk. */
GBytes *vdi_prepared_wrap(const char *magic, GVariant *value);

/* Fails with VDI_MANIFEST_ERROR_COMPILED: another magic word, a byte changed, not of `type`. */
GVariant *vdi_prepared_unwrap(
    GBytes *bytes, const char *magic, const char *type, GError **error) G_GNUC_WARN_UNUSED_RESULT;
