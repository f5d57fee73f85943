/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/paths.h"
#include "compat/rules/evaluate.h"

/* The guard as a client sees it: the trusted stores of all organisations, their rules in force, and
 * the verdict on this machine. Reading never fails: what cannot be used is a state with a sentence,
 * and the verdict allows. Reading needs no rights and no network. */

typedef enum {
    VDI_STORE_FRESH,
    VDI_STORE_GRACE,   /* expired, at most the grace period ago: block becomes advice */
    VDI_STORE_STALE,   /* older: its rules say nothing */
    VDI_STORE_MISSING, /* never fetched */
    VDI_STORE_DAMAGED, /* the last good manifest cannot be read */
    VDI_STORE_CLOCK,   /* this computer's clock is implausible: expiry not judged, advice only */
} VdiStoreState;

typedef struct {
    char *name;
    VdiStoreState state;
    char *problem;      /* a sentence for people when the state is not FRESH; NULL */
    int64_t version;    /* of the targets metadata; 0 when there is none */
    int64_t expires_at; /* the earliest expiry of the chain */
    int64_t issued_at;  /* of the manifest */
    bool may_block;     /* false: a person's own store, or an organisation that may only advise */
} VdiOrganisation;

typedef struct VdiGuard VdiGuard;

/* `now`: UTC seconds. */
VdiGuard *vdi_guard_open(const VdiPaths *paths, int64_t now);
void vdi_guard_free(VdiGuard *guard);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(VdiGuard, vdi_guard_free)

size_t vdi_guard_n_organisations(const VdiGuard *guard);
const VdiOrganisation *vdi_guard_organisation(const VdiGuard *guard, size_t i);

/* What this machine is: os, packages, kernel, our own version, the engine. Peer facts are added by
 * whoever talks to the peer. */
VdiFacts *vdi_guard_facts(const VdiGuard *guard);

/* Broken now? Borrows the guard's rules: free the verdict first. */
VdiVerdict *vdi_guard_check(const VdiGuard *guard, const VdiFacts *facts);

/* Settings of guard.conf that a client obeys. */
bool vdi_guard_is_strict(const VdiGuard *guard);       /* missing or expired refuses */
bool vdi_guard_allows_override(const VdiGuard *guard); /* a person may go on against a block */

/* Records that a person went on against a rule: audit.jsonl, or the journal where this user may not
 * write there. */
bool vdi_guard_record_override(const VdiGuard *guard, const char *organisation, const char *rule,
    const char *program, GError **error) G_GNUC_WARN_UNUSED_RESULT;
