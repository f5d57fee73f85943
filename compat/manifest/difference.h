/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <glib.h>

/* What changed from one manifest to another, in words: of char *, a line each; empty when they say
 * the same. When it was issued and in which order the rules stand does not count.
 *
 *     added EX-3: "A FreeRDP update breaks sign-in"
 *     changed EX-1:
 *       expires: "2026-12-31T23:59:59Z", was "2026-11-30T23:59:59Z"
 *       when all 2 package version: "vers:deb/<3", was "vers:deb/<2"
 *
 * Outside text is cleaned. Fails with VDI_JSON_ERROR. */
GPtrArray *vdi_difference(GBytes *before, GBytes *after, GError **error) G_GNUC_WARN_UNUSED_RESULT;
