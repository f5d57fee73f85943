/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <glib.h>
#include <stdbool.h>

#include "base/paths.h"
#include "compat/guard.h"

/* The guard's verdict before a connection: the store is refreshed first where this user may (at
 * most 3 s, in a child process), read, and judged with what the broker said of itself. It never
 * fails: what does not work is a warning, and the verdict allows. */

typedef struct VdiPreflight VdiPreflight;

typedef struct {
    int64_t now;      /* UTC seconds */
    bool refresh;     /* first, where this user may write the store */
    bool only_advise; /* the site's word: nothing blocks a connection */
} VdiPreflightOptions;

/* Works in a GTask and calls `ready` once from the loop, unless it was freed before. */
VdiPreflight *vdi_preflight_new(const VdiPaths *paths, const VdiPreflightOptions *options,
    void (*ready)(VdiPreflight *preflight, void *user), void *user);
void vdi_preflight_free(VdiPreflight *preflight);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(VdiPreflight, vdi_preflight_free)

bool vdi_preflight_is_ready(const VdiPreflight *preflight);

/* Once it is ready: the guard, borrowed. NULL before. */
const VdiGuard *vdi_preflight_guard(const VdiPreflight *preflight);

/* Broken now, with this peer? `broker_protocol`: "4.5"; NULL when it did not say. Borrowed until it
 * is judged again. */
const VdiVerdict *vdi_preflight_judge(VdiPreflight *preflight, const char *broker_protocol);

/* Sentences for people on what could not be used; may be empty. Borrowed. */
GStrv vdi_preflight_warnings(const VdiPreflight *preflight);

/* The site asks for a fresh manifest and there is none: VDI_GUARD_ERROR_STALE. */
bool vdi_preflight_check_strict(
    const VdiPreflight *preflight, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* After judging: this finding, or any, stands in the way and was not accepted. */
bool vdi_preflight_is_blocked_by(const VdiPreflight *preflight, const VdiFinding *finding);
bool vdi_preflight_is_blocked(const VdiPreflight *preflight);

/* The person goes on against a rule (NULL: all that block): as vdi_connection_accept_risk. */
bool vdi_preflight_accept_risk(
    VdiPreflight *preflight, const char *rule, GError **error) G_GNUC_WARN_UNUSED_RESULT;
