/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <glib.h>
#include <stdbool.h>

/* The SHA-256 of a root of trust, as people compare it: over the telephone, on paper, on a page. */

/* Hex, in groups of four: "9f86 d081 …". */
char *vdi_fingerprint_show(GBytes *root);

/* Is `said` that of `root`? Blanks, colons and capitals do not matter, everything else does; a part
 * is not enough. */
bool vdi_fingerprint_is(GBytes *root, const char *said);
