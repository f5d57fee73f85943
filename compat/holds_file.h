/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "base/json.h"
#include "base/paths.h"
#include "compat/holds.h"

/* STATE/holds.json: what is held and for how long it has been, for everyone to read. Says its
 * format's number; holds no moment of its own writing, so that the same holds are the same bytes.
 */

/* What is not there, or cannot be read, is as if nothing was ever held; *ret_problem then has a
 * sentence (yours; else NULL). */
VdiHolds *vdi_holds_read(const VdiPaths *paths, char **ret_problem);
bool vdi_holds_write(
    const VdiPaths *paths, const VdiHolds *holds, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* One hold as it stands there, added to `array`; borrowed, for members of one's own. */
VdiJson *vdi_holds_add_json(VdiJson *array, const VdiHold *hold);
