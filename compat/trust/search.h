/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "compat/trust/metadata.h"

/* Who speaks for a target: a pre-order, depth-first search of the delegations, beginning with the
 * top-level targets, in order of appearance (specification 5.6.7). Only roles that are trusted for
 * the path are visited, and only through delegators that are; each once; a terminating delegation
 * ends the search after its own roles. */

#define VDI_SEARCH_ROLES_MAX 32 /* delegated roles visited; then the search is over */

/* The metadata of a delegated role as believed through this very delegation; the search's. NULL
 * with an error ends the search: what cannot be had cannot be passed over. */
typedef VdiMetadata *(*VdiSearchLoad)(void *user, const VdiDelegation *delegation, GError **error);

/* The delegated roles from the first one down to the one that announces `path`, of VdiMetadata;
 * empty when `targets` itself does. NULL with VDI_TRUST_ERROR_MISSING when nobody does, or with
 * what ended the search. Yours. */
GPtrArray *vdi_search_run(const VdiMetadata *targets, const char *path, VdiSearchLoad load,
    void *user, GError **error) G_GNUC_WARN_UNUSED_RESULT;
