/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/paths.h"
#include "compat/local_limits.h"
#include "compat/rules/manifest.h"
#include "compat/trust/client.h"

/* What is believed of one organisation on this machine: its root of trust (CONFIG/orgs/NAME, beside
 * org.conf) and, in STATE/orgs/NAME, the store of compat/trust and beside it rules.compiled. */

typedef enum {
    VDI_STORE_FRESH,
    VDI_STORE_GRACE,   /* expired, at most the grace period ago: block becomes advice. Whoever asks
                        * for the status is told; people are not, until the grace is over */
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

typedef struct {
    VdiOrganisation organisation;
    VdiManifest *manifest; /* NULL when the state is MISSING or DAMAGED */
    GBytes *compiled;      /* of the manifest; NULL with it */
} VdiStore;

/* "fresh", "grace", …: in --json. */
const char *vdi_store_state_name(VdiStoreState state);

/* Names of the organisations of this machine, sorted. A folder whose name cannot be one is left
 * out. */
GStrv vdi_store_names(const VdiPaths *paths);

/* Reading never fails: what cannot be used is a state with a sentence. The compiled rules are
 * believed for where they lie and under the roots they were made; with any doubt the signed files
 * are verified again; with doubt there the state is DAMAGED. */
VdiStore *vdi_store_open(
    const VdiPaths *paths, const char *name, const VdiLimits *limits, int64_t now);
void vdi_store_free(VdiStore *store);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(VdiStore, vdi_store_free)

/* The root of trust decides whom this system believes: VDI_FILE_ERROR_UNTRUSTED when others than
 * root could have written it. That there is one is not asked here. */
bool vdi_store_check_root(
    const VdiPaths *paths, const char *name, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* The trusted store of an organisation, for vdi_trust_refresh. */
VdiTrustRepository *vdi_store_repository(const VdiPaths *paths, const char *name);
/* STATE/incoming/NAME. */
char *vdi_store_incoming(const VdiPaths *paths, const char *name);

/* Writes rules.compiled from a target that vdi_trust_refresh returned. Fails with
 * VDI_MANIFEST_ERROR when it is no manifest: then the last good rules stay; or VDI_FILE_ERROR. */
bool vdi_store_accept(const VdiPaths *paths, const char *name, GBytes *target,
    const VdiTrustReport *report, GError **error) G_GNUC_WARN_UNUSED_RESULT;
