/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "compat/trust/metadata.h"
#include "compat/trust/repository.h"

/* The chain of trust of one repository, in memory: at most one trusted file a role, from the root
 * to what vouches for a target. It begins as what is stored, and grows by what the client accepts.
 */

typedef struct {
    VdiTrustRepository *repository; /* borrowed */
    const char *target_name;        /* borrowed */
    VdiMetadata *of[VDI_N_ROLES];   /* NULL: none, or none that is believable today */
    bool is_kept;                   /* the last good state was put aside by this run */
} VdiChain;

void vdi_chain_clear(VdiChain *chain);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(VdiChain, vdi_chain_clear)

/* What is stored, each file verified under the stored root (specification 5.2). A store whose root
 * is damaged begins again at the root of trust. */
bool vdi_chain_load(VdiChain *chain, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Judges all files again by the keys of today's root: a revoked key takes them along. */
void vdi_chain_drop_unbelievable(VdiChain *chain);

/* `next` becomes the trusted file of its role, stored durably; the chain's from then on. On failure
 * it stays the caller's. */
bool vdi_chain_accept(VdiChain *chain, VdiMetadata *next, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Forgets timestamp and snapshot, stored or not (5.3.11). */
bool vdi_chain_forget(VdiChain *chain, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The announced version, length and hashes. */
bool vdi_chain_is_announced(const VdiMetaFile *file, const VdiMetadata *metadata);

/* `targets` names the target, and `bytes` are it. Both may be NULL. */
bool vdi_chain_is_target(const VdiMetadata *targets, const char *name, GBytes *bytes);

/* Every link fits the next one, down to a target of these bytes. */
bool vdi_chain_is_whole(const VdiChain *chain, GBytes *target);

/* The chain must be whole. */
int64_t vdi_chain_expires_at(const VdiChain *chain);

int64_t vdi_chain_version(const VdiChain *chain, VdiRole role); /* 0: none */
