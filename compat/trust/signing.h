/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "compat/trust/key.h"
#include "compat/trust/role.h"

/* Metadata files made and signed: the other direction of metadata.h. What is written here reads
 * back there; whose keys may sign is the caller's knowledge. Always version 1.0 of the
 * specification, with consistent snapshots. */

#define VDI_SIGNING_VERSION_MAX ((int64_t) 0x7fffffff) /* of a file that we write */

typedef struct {
    const VdiPrivateKey *const *keys; /* ended by NULL */
    int64_t threshold;
} VdiSigningRole;

/* The same of keys whose private halves may be elsewhere. */
typedef struct {
    GPtrArray *keys; /* of VdiJson, their public halves */
    int64_t threshold;
} VdiSigningPublicRole;

/* The "signed" part of a file; `expires_at` in UTC seconds. Yours. */
VdiJson *vdi_signing_root(
    int64_t version, int64_t expires_at, const VdiSigningRole roles[VDI_N_ROLES]);
/* The one that follows `previous` (NULL: none), whose unknown members it keeps. */
VdiJson *vdi_signing_next_root(VdiJson *previous, int64_t version, int64_t expires_at,
    const VdiSigningPublicRole roles[VDI_N_ROLES]);
VdiJson *vdi_signing_targets(int64_t version, int64_t expires_at);
void vdi_signing_add_target(VdiJson *targets, const char *path, GBytes *bytes);
VdiJson *vdi_signing_snapshot(
    int64_t version, int64_t expires_at, int64_t targets_version, GBytes *targets);
VdiJson *vdi_signing_timestamp(
    int64_t version, int64_t expires_at, int64_t snapshot_version, GBytes *snapshot);

/* The same content under another version, for as long: all its other members stay. */
VdiJson *vdi_signing_again(VdiJson *signed_part, int64_t version, int64_t expires_at);

/* The file: `signed_part` and a signature of each key (ended by NULL). */
GBytes *vdi_signing_write(VdiJson *signed_part, const VdiPrivateKey *const *keys);

/* `file` with a signature of each key more; one that it has by the same key is replaced. Its
 * "signed" part stays as it is. Fails with VDI_JSON_ERROR. */
GBytes *vdi_signing_add(
    GBytes *file, const VdiPrivateKey *const *keys, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* `file` with those signatures of `other` that are by `keyids` (of char *). That both say the same
 * is for the caller to know. Fails with VDI_JSON_ERROR. */
GBytes *vdi_signing_merge(
    GBytes *file, GBytes *other, const GPtrArray *keyids, GError **error) G_GNUC_WARN_UNUSED_RESULT;
