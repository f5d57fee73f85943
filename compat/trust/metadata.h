/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "compat/trust/delegation.h"
#include "compat/trust/digest.h"
#include "compat/trust/envelope.h"
#include "compat/trust/role.h"

/* What a metadata file says: of one of the four top-level roles, or of a delegated one, whose
 * format is that of targets. Read it only after vdi_envelope_verify; the one exception is a root,
 * which must be read to know who may sign it. Format: section 4 of the specification, and
 * docs/trust.md for our limits. Immutable. */

#define VDI_METADATA_ROOT_MAX_BYTES ((size_t) 64 * 1024)
#define VDI_METADATA_TIMESTAMP_MAX_BYTES ((size_t) 64 * 1024)
#define VDI_METADATA_MAX_BYTES ((size_t) 256 * 1024) /* snapshot, targets */
#define VDI_METADATA_TARGET_MAX_BYTES ((size_t) 8 * 1024 * 1024)
#define VDI_METADATA_EXPIRES_UNKNOWN (-1)

/* A file as snapshot or timestamp announces it. */
typedef struct {
    int64_t version;
    VdiDigest digest;
} VdiMetaFile;

typedef struct {
    VdiRole role; /* TARGETS for a delegated one */
    char *name;   /* of the role: "targets", "vendor" */
    VdiEnvelope *envelope;
    int64_t version;
    /* UTC seconds. In a root that is written in another form than ours (a fraction, an offset):
     * VDI_METADATA_EXPIRES_UNKNOWN, which is never later than now; intermediate ones are not
     * judged. */
    int64_t expires_at;

    bool consistent_snapshot;        /* root */
    GHashTable *keys;                /* root: keyid → VdiKey, the usable ones */
    VdiSigners signers[VDI_N_ROLES]; /* root */
    GHashTable *files;               /* timestamp, snapshot: "targets.json" → VdiMetaFile */
    GHashTable *targets;             /* targets: path → VdiDigest */
    VdiDelegations *delegations;     /* targets: who else may speak for some paths; NULL: nobody */
} VdiMetadata;

/* Takes the envelope over, also on failure. `_type` must be that of `role`, spec_version of major
 * 1. Fails with VDI_TRUST_ERROR_FORMAT, naming the member. */
VdiMetadata *vdi_metadata_take(
    VdiRole role, VdiEnvelope *envelope, GError **error) G_GNUC_WARN_UNUSED_RESULT;
void vdi_metadata_free(VdiMetadata *metadata);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(VdiMetadata, vdi_metadata_free)

/* The whole way for everything but a root: at most the role's ceiling, the threshold of `root` for
 * the role, then its meaning. */
VdiMetadata *vdi_metadata_verify(VdiRole role, GBytes *document, const VdiMetadata *root,
    GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The same for a delegated role, by the keys and the threshold of this very delegation. */
VdiMetadata *vdi_metadata_verify_delegated(
    const VdiDelegation *delegation, GBytes *document, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The same for a root, by its own threshold, and by that of `previous` unless that is NULL. */
VdiMetadata *vdi_metadata_verify_root(
    GBytes *document, const VdiMetadata *previous, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* NULL when it announces no such file. */
const VdiMetaFile *vdi_metadata_file(const VdiMetadata *metadata, const char *name);
const VdiDigest *vdi_metadata_target(const VdiMetadata *metadata, const char *path);

/* The ceiling of a role's file. */
size_t vdi_metadata_max_bytes(VdiRole role);
