/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/file.h"
#include "compat/trust/accepted.h"

/* What one machine keeps of a repository. Files hold the very bytes that were received and are
 * replaced whole and durably, each the moment it is accepted.
 *
 *   metadata/ROLE.json   trusted metadata, rollback's memory: root, timestamp, snapshot, targets.
 * In a folder of its own, so that no role's name can take another file's place compat.json the
 * target, as last accepted accepted.json        the targets metadata that vouched for compat.json,
 * and until when: what keeps the last good manifest whole while newer metadata has come without it
 *   origin.json          the root of trust that this store began with; when the administrator puts
 *                        another one in its place, the chain of roots starts anew from there
 *
 * Names from metadata are percent-encoded, slashes too, so that each is one file's name; what would
 * be too long for one is "=" and the SHA-256 of the name.
 *
 * This module reads and writes; believing is the client's. Fails with VDI_FILE_ERROR. */

typedef struct VdiTrustRepository VdiTrustRepository;

/* `root_file`: the root of trust, placed by an administrator (CONFIG/orgs/NAME/root.json).
 * That nobody else could have written it is for the caller to check.
 * `folder`: the store (STATE/orgs/NAME); made when first written. Opening does not read. */
VdiTrustRepository *vdi_trust_repository_new(const char *root_file, const char *folder);
void vdi_trust_repository_free(VdiTrustRepository *repository);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(VdiTrustRepository, vdi_trust_repository_free)

/* Metadata and targets alone, each in a folder of the caller's: no accepted.json, no origin.json.
 * Trust begins at the root.json that lies in `metadata`. `targets` may be NULL: none can be
 * stored. */
VdiTrustRepository *vdi_trust_repository_new_plain(const char *metadata, const char *targets);

/* For `refresh` as _vdi: the store is only read. What the client accepts is left in `incoming`
 * under its repository names, for `apply` to read through a folder source; roots even after a
 * failure, all else only when the refresh was whole; timestamp.json last; what is of no use any
 * more is removed, but for names that begin with a dot, which are the refresher's own. The caller's
 * user must be able to write there, nowhere else. */
void vdi_trust_repository_collect_into(VdiTrustRepository *repository, const char *incoming);
bool vdi_trust_repository_is_collecting(const VdiTrustRepository *repository);

/* One refresh at a time: a lock in the store (or the incoming or metadata folder), held until the
 * repository is freed or its process ends: whoever writes more beside the store from what a refresh
 * returned is still alone. VDI_FILE_ERROR_BUSY after 5 s. The client takes it by itself; twice is
 * once. With it, what killed writers left behind is removed. */
bool vdi_trust_repository_lock(
    VdiTrustRepository *repository, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* ---- for the client ---- */

/* The root to begin with: the stored one; the root of trust when there is none, or when the
 * administrator has placed another. VDI_TRUST_ERROR_NO_ROOT without a root of trust: who took it
 * away has left that organisation, whatever the store still holds. */
GBytes *vdi_trust_repository_root(
    const VdiTrustRepository *repository, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* The root of trust alone: for a store whose own root is damaged. */
GBytes *vdi_trust_repository_root_of_trust(
    const VdiTrustRepository *repository, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* A role is known by its name, a delegated one by whatever that is. NULL when the file is absent,
 * cannot be read, or is not the owner's alone (vdi_file_read_own): a stored root is believed
 * because it lies there. */
GBytes *vdi_trust_repository_read(const VdiTrustRepository *repository, const char *role);
GBytes *vdi_trust_repository_target(const VdiTrustRepository *repository, const char *name);

/* VDI_FILE_ERROR_UNTRUSTED names a file of the store that others than its owner could have written,
 * or a link in its place. Such a file counts as absent, and the next refresh replaces it; this says
 * why a store that looks whole does not load. */
bool vdi_trust_repository_check(
    const VdiTrustRepository *repository, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* `version`: that stands before its name in a repository; 0: none does. */
bool vdi_trust_repository_store(VdiTrustRepository *repository, const char *role, int64_t version,
    GBytes *bytes, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* `hash`: the prefix of its name in a repository; NULL without consistent snapshots. */
bool vdi_trust_repository_store_target(VdiTrustRepository *repository, const char *name,
    const char *hash, GBytes *bytes, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* After a rotation of their keys (specification 5.3.11). */
bool vdi_trust_repository_forget(
    VdiTrustRepository *repository, const char *role, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* accepted.json is kept here: not by a plain repository, nor where only the incoming folder is
 * written. */
bool vdi_trust_repository_keeps(const VdiTrustRepository *repository);
/* Keeping the same again writes nothing. */
bool vdi_trust_repository_keep(VdiTrustRepository *repository, const VdiAccepted *accepted,
    GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* NULL when there is none that can be read. */
VdiAccepted *vdi_trust_repository_kept(const VdiTrustRepository *repository);

/* The end of a refresh; writes the incoming folder. */
bool vdi_trust_repository_finish(
    VdiTrustRepository *repository, bool whole, GError **error) G_GNUC_WARN_UNUSED_RESULT;
