/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "compat/trust/metadata.h"
#include "compat/trust/repository.h"

/* The chain of trust of one repository, in memory: at most one trusted file a role, from the root
 * to what vouches for a target. It begins as what is stored, and grows by what the client accepts.
 */

typedef struct {
    VdiTrustRepository *repository; /* borrowed */
    const char *target_name;        /* borrowed; NULL: no target is asked for */
    VdiMetadata *of[VDI_N_ROLES];   /* NULL: none, or none that is believable today */
    GPtrArray *delegated;           /* of VdiMetadata: from the first delegated role down to the one
                                       that announces the target; NULL: not searched yet */
    bool is_kept;                   /* the last good state was put aside by this run */
} VdiChain;

void vdi_chain_clear(VdiChain *chain);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(VdiChain, vdi_chain_clear)

/* What is stored, each file verified under the stored root (specification 5.2). A store whose root
 * is damaged begins again at the root of trust. */
bool vdi_chain_load(VdiChain *chain, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Judges all files again by the keys of today's root: a revoked key takes them along. */
void vdi_chain_drop_unbelievable(VdiChain *chain);

/* `next` becomes the trusted file of its top-level role, stored durably; the chain's from then on.
 * On failure it stays the caller's. */
bool vdi_chain_accept(VdiChain *chain, VdiMetadata *next, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Stores the metadata of a role, delegated or not; it stays the caller's. */
bool vdi_chain_store(
    VdiChain *chain, const VdiMetadata *metadata, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Forgets timestamp and snapshot, stored or not (5.3.11). */
bool vdi_chain_forget(VdiChain *chain, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* What the snapshot announces of a delegated role; NULL when it does not list it. The snapshot is
 * there. */
const VdiMetaFile *vdi_chain_listed(const VdiChain *chain, const VdiDelegation *delegation);

/* The stored metadata of a delegated role, if it is the announced one and believable through this
 * very delegation: what another delegator believes counts for nothing. NULL otherwise; yours. */
VdiMetadata *vdi_chain_stored(const VdiChain *chain, const VdiDelegation *delegation);

/* The announced version, length and hashes. */
bool vdi_chain_is_announced(const VdiMetaFile *file, const VdiMetadata *metadata);

/* Who announces the target: a delegated role, or targets. Borrowed; NULL: nobody is known to. */
const VdiMetadata *vdi_chain_voucher(const VdiChain *chain);

/* `targets` names the target, and `bytes` are it. Both may be NULL. */
bool vdi_chain_is_target(const VdiMetadata *targets, const char *name, GBytes *bytes);

/* Every link fits the next one, down to a target of these bytes: searched in what is stored. */
bool vdi_chain_is_whole(VdiChain *chain, GBytes *target);

/* The earliest expiry. The chain must be whole. */
int64_t vdi_chain_expires_at(const VdiChain *chain);

int64_t vdi_chain_version(const VdiChain *chain, VdiRole role); /* 0: none */
