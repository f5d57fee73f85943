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

/* The "signed" part of a file; `expires_at` in UTC seconds. Yours. */
VdiJson *vdi_signing_root(
    int64_t version, int64_t expires_at, const VdiSigningRole roles[VDI_N_ROLES]);
VdiJson *vdi_signing_targets(int64_t version, int64_t expires_at);
void vdi_signing_add_target(VdiJson *targets, const char *path, GBytes *bytes);
VdiJson *vdi_signing_snapshot(
    int64_t version, int64_t expires_at, int64_t targets_version, GBytes *targets);
VdiJson *vdi_signing_timestamp(
    int64_t version, int64_t expires_at, int64_t snapshot_version, GBytes *snapshot);

/* The file: `signed_part` and a signature of each key (ended by NULL). */
GBytes *vdi_signing_write(VdiJson *signed_part, const VdiPrivateKey *const *keys);
