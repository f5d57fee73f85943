/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "compat/trust/metadata.h"

/* The author's side of a repository: one folder with
 *
 *   keys/NAME.pem     private keys, 0600; which of them sign for a role, root says
 *   metadata/         what is published, and nothing else: N.root.json, N.targets.json,
 *                     N.snapshot.json, timestamp.json, HASH.compat.json
 *
 * Section 6 of the specification. Nothing is overwritten but timestamp.json. */

/* Lifetimes that we write, in days. */
enum {
    VDI_AUTHOR_ROOT_DAYS = 730,
    VDI_AUTHOR_TARGETS_DAYS = 180,
    VDI_AUTHOR_SNAPSHOT_DAYS = 30,
    VDI_AUTHOR_TIMESTAMP_DAYS = 7,
};

/* What is staged, or published, now. */
typedef struct {
    int64_t version[VDI_N_ROLES];
    int64_t expires_at[VDI_N_ROLES];
} VdiAuthorState;

/* Three new keys (root, targets, and one for snapshot and timestamp) and root 1. A folder that has
 * keys or metadata already is refused: VDI_TRUST_ERROR_REFUSED. */
bool vdi_author_init(const char *folder, int64_t now, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Raises the versions and signs: targets over `target`, then snapshot, then timestamp. `name` is
 * the target's. REFUSED when the keys that are here do not reach a role's threshold. */
bool vdi_author_sign(const char *folder, const char *name, GBytes *target, int64_t now,
    VdiAuthorState *ret_state, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Snapshot and timestamp alone, over the targets that are staged: for a timer on a machine that has
 * only the online key. */
bool vdi_author_renew(const char *folder, int64_t now, VdiAuthorState *ret_state,
    GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Hex SHA-256 of root 1: what people compare before they believe it. */
char *vdi_author_fingerprint(const char *folder, GError **error) G_GNUC_WARN_UNUSED_RESULT;
