/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "compat/trust/repository.h"
#include "compat/trust/source.h"

/* The client of The Update Framework 1.0: which bytes may be believed. Section 5 of the
 * specification, in its order; docs/trust.md tells what is verified and within which limits.
 *
 * Strict: what has expired is never accepted as new. How long an expired manifest may still be
 * read is the guard's decision (compat/store), over what vdi_trust_load reports.
 *
 * Both functions run no other program and use no clock of their own; only a source reaches out. */

#define VDI_TRUST_MANIFEST "compat.json" /* the target that Vigie publishes */

typedef struct {
    int64_t root_version, timestamp_version, snapshot_version, targets_version; /* 0: none */
    int64_t expires_at;  /* the earliest expiry of the chain that vouches for the target */
    bool is_changed;     /* refresh: the target's bytes are not those that were stored before */
    bool is_partial;     /* load: newer metadata came without its target; the last good is given */
    bool has_conflict;   /* refresh: a timestamp of the same version had other bytes; the stored one
                            stays. Somebody should know. */
    bool is_older;       /* refresh: its timestamp is older than the stored one; both duly signed */
    bool has_more_roots; /* refresh: the chain of roots was longer than one refresh follows */
} VdiTrustReport;

/* Brings the store to what `source` offers and returns the target's bytes, verified, the caller's.
 * `now`: UTC seconds, the fixed start time of the whole run. Every file is stored durably the
 * moment it is accepted; after a failure the last good target still loads, and the next refresh
 * can go on. An address that fails may be followed by another source: nothing is lost.
 *
 * As root, on the trusted store: what is returned and stored may be used. As _vdi, after
 * vdi_trust_repository_collect_into: only the incoming folder is written.
 *
 * Fails with VDI_TRUST_ERROR, or VDI_FILE_ERROR when the store cannot be locked or written. Also
 * then *ret_report holds the versions that were reached. */
bool vdi_trust_refresh(VdiTrustRepository *repository, VdiTrustSource *source,
    const char *target_name, int64_t now, GBytes **ret_target, VdiTrustReport *ret_report,
    GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* One refresh, then each of `target_names` (ended by NULL; none: only the metadata) is searched and
 * stored in turn; the first failure ends it, what was stored stays. For a plain repository. Fails
 * as vdi_trust_refresh. */
bool vdi_trust_download(VdiTrustRepository *repository, VdiTrustSource *source,
    const char *const *target_names, int64_t now, VdiTrustReport *ret_report,
    GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* What is stored, verified again under today's root, asking nobody and writing nothing. Expired
 * metadata still loads: compare ret_report->expires_at with your own clock. Fails with
 * VDI_TRUST_ERROR_NO_ROOT, _MISSING when there is no target yet, or with what makes it
 * unbelievable. The caller's bytes. */
GBytes *vdi_trust_load(const VdiTrustRepository *repository, const char *target_name,
    VdiTrustReport *ret_report, GError **error) G_GNUC_WARN_UNUSED_RESULT;
