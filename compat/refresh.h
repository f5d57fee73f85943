/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/paths.h"
#include "compat/apply.h"

/* Getting an organisation's list: from its addresses in order, the first that gives a whole and
 * verified one wins; and what a refresher remembers of it until the next time
 * (compat/trust/memory), in STATE/orgs/NAME/.memory.json as whoever may write the store, else in
 * the incoming folder. */

/* One organisation (its name): as root or on a person's own store into the trusted store, else into
 * the incoming folder. Adds a problem for every address that failed, and records one trouble once;
 * false when nothing could be believed because of them. `paths` and `now` as everywhere. */
bool vdi_refresh_organisation(
    const VdiPaths *paths, const char *name, int64_t now, VdiApplyReport *report);

/* Believes what a refresh as another user has left in the incoming folders. No network. An incoming
 * list that is older than the one here is nothing new. */
void vdi_refresh_incoming(const VdiPaths *paths, int64_t now, VdiApplyReport *report);

/* When the next refresh by this user is due (UTC seconds); at most `now` when it is. Reads two
 * small files. */
int64_t vdi_refresh_next(const VdiPaths *paths, const char *name, int64_t now);
/* The same of whoever has tried last, root or _vdi: for people. */
int64_t vdi_refresh_next_of_anyone(const VdiPaths *paths, const char *name, int64_t now);
