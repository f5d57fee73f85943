/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "compat/trust/metadata.h"

/* The metadata in an author's folder.
 *
 *   metadata/   complete: every file reaches its threshold. What is published is named in here
 *   staged/     files of the same names that still wait for signatures. The folder is carried,
 *               without its keys, from one signer to the next
 *   published   the newest root that clients are known to have; a hint
 *
 * Files that were complete once are never changed. A web root holds the same files, without a
 * folder around them; it is only read from here. */

typedef enum { VDI_STAGED_COMPLETE, VDI_STAGED_WAITING, VDI_STAGED_PUBLISHED } VdiStagedState;

/* The newest file of a role as it stands there, whoever signed it: ask vdi_envelope_verify. True
 * with *ret NULL when there is none. */
bool vdi_staged_read(const char *folder, VdiStagedState state, VdiRole role,
    VdiMetadata **ret_metadata, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* All roots (of VdiMetadata), followed from root 1 as a client does. */
GPtrArray *vdi_staged_read_roots(
    const char *folder, VdiStagedState state, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The version of the newest root that was published from this folder; 1 when nobody knows, as in a
 * folder that may only be read where it is published. */
int64_t vdi_staged_published_root(const char *folder);
void vdi_staged_note_published(const char *folder, int64_t root);

/* No author counts as far: a version a second for 34 years. Whoever stole a key may sign the
 * highest version there is, so that clients refuse all that follows; after a rotation they forget
 * it, and here such a file is passed over. */
#define VDI_STAGED_VERSION_MAX ((int64_t) 1 << 30)

/* The version for a role's next file: one that no file here has had. */
bool vdi_staged_next_version(const char *folder, VdiRole role, int64_t *ret_version,
    GError **error) G_GNUC_WARN_UNUSED_RESULT;

bool vdi_staged_write(const char *folder, VdiStagedState state, VdiRole role, int64_t version,
    GBytes *bytes, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Takes what waits of a role away; nothing may wait. */
bool vdi_staged_drop(const char *folder, VdiRole role, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* A target goes to metadata/ at once: its name says its hash, and only what a complete file names
 * is published. */
bool vdi_staged_write_target(
    const char *folder, const char *name, GBytes *target, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The target that the newest targets of that state name; *ret_target NULL when there are none.
 * REFUSED when they name anything else beside it, or let others speak: our author never does, and
 * whoever signs after others should not do it unseen. */
bool vdi_staged_read_target(const char *folder, VdiStagedState state, const char *name,
    GBytes **ret_target, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* "N.root.json", "timestamp.json". */
char *vdi_staged_name(VdiRole role, int64_t version);
