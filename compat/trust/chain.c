/* SPDX-License-Identifier: Apache-2.0 */
#include "compat/trust/chain.h"

#include "base/error.h"
#include "compat/trust/search.h"

void vdi_chain_clear(VdiChain *chain)
{
    for (int role = 0; role < VDI_N_ROLES; role++) {
        g_clear_pointer(&chain->of[role], vdi_metadata_free);
    }
    g_clear_pointer(&chain->delegated, g_ptr_array_unref);
}

static void trust(VdiChain *chain, VdiMetadata *metadata)
{
    vdi_metadata_free(chain->of[metadata->role]);
    chain->of[metadata->role] = metadata;
}

/* ---- what is stored ---- */

static bool load_root(VdiChain *chain, GError **error)
{
    g_autoptr(GBytes) stored = vdi_trust_repository_root(chain->repository, error);

    if (stored == NULL) {
        return false;
    }
    VdiMetadata *root = vdi_metadata_verify_root(stored, NULL, NULL);

    if (root == NULL) {
        g_autoptr(GBytes) placed = vdi_trust_repository_root_of_trust(chain->repository, error);

        root = placed != NULL ? vdi_metadata_verify_root(placed, NULL, error) : NULL;
    }
    if (root == NULL) {
        g_prefix_error(error, "root of trust: ");
        return false;
    }
    trust(chain, root);
    return true;
}

bool vdi_chain_load(VdiChain *chain, GError **error)
{
    if (!load_root(chain, error)) {
        return false;
    }
    for (VdiRole role = VDI_ROLE_TIMESTAMP; role < VDI_N_ROLES; role++) {
        g_autoptr(GBytes) bytes = vdi_trust_repository_read(chain->repository, vdi_role_name(role));

        if (bytes != NULL) {
            chain->of[role] = vdi_metadata_verify(role, bytes, chain->of[VDI_ROLE_ROOT], NULL);
        }
    }
    return true;
}

void vdi_chain_drop_unbelievable(VdiChain *chain)
{
    const VdiMetadata *root = chain->of[VDI_ROLE_ROOT];

    for (VdiRole role = VDI_ROLE_TIMESTAMP; role < VDI_N_ROLES; role++) {
        VdiMetadata *metadata = chain->of[role];

        if (metadata != NULL
            && vdi_envelope_verify(metadata->envelope, &root->signers[role], NULL)
                != VDI_VERIFIED) {
            g_clear_pointer(&chain->of[role], vdi_metadata_free);
        }
    }
}

const VdiMetaFile *vdi_chain_listed(const VdiChain *chain, const VdiDelegation *delegation)
{
    g_autofree char *name = g_strconcat(delegation->name, ".json", NULL);

    return vdi_metadata_file(chain->of[VDI_ROLE_SNAPSHOT], name);
}

VdiMetadata *vdi_chain_stored(const VdiChain *chain, const VdiDelegation *delegation)
{
    const VdiMetaFile *listed = vdi_chain_listed(chain, delegation);
    g_autoptr(GBytes) bytes = vdi_trust_repository_read(chain->repository, delegation->name);
    g_autoptr(VdiMetadata) stored =
        bytes != NULL ? vdi_metadata_verify_delegated(delegation, bytes, NULL) : NULL;

    return listed != NULL && vdi_chain_is_announced(listed, stored) ? g_steal_pointer(&stored)
                                                                    : NULL;
}

static VdiMetadata *load_stored(void *user, const VdiDelegation *delegation, GError **error)
{
    VdiMetadata *stored = vdi_chain_stored(user, delegation);

    if (stored == NULL) {
        g_set_error(error, VDI_TRUST_ERROR, VDI_TRUST_ERROR_MISSING, "a role is not stored");
    }
    return stored;
}

/* ---- what fits what ---- */

bool vdi_chain_is_announced(const VdiMetaFile *file, const VdiMetadata *metadata)
{
    return metadata != NULL && metadata->version == file->version
        && vdi_digest_check(&file->digest, vdi_envelope_bytes(metadata->envelope), NULL);
}

const VdiMetadata *vdi_chain_voucher(const VdiChain *chain)
{
    if (chain->delegated == NULL) {
        return NULL;
    }
    return chain->delegated->len > 0
        ? g_ptr_array_index(chain->delegated, chain->delegated->len - 1)
        : chain->of[VDI_ROLE_TARGETS];
}

bool vdi_chain_is_target(const VdiMetadata *targets, const char *name, GBytes *bytes)
{
    const VdiDigest *digest = targets != NULL ? vdi_metadata_target(targets, name) : NULL;

    return digest != NULL && bytes != NULL && vdi_digest_check(digest, bytes, NULL);
}

bool vdi_chain_is_whole(VdiChain *chain, GBytes *target)
{
    const VdiMetadata *timestamp = chain->of[VDI_ROLE_TIMESTAMP];
    const VdiMetadata *snapshot = chain->of[VDI_ROLE_SNAPSHOT];
    const VdiMetadata *targets = chain->of[VDI_ROLE_TARGETS];

    if (timestamp == NULL || snapshot == NULL
        || !vdi_chain_is_announced(vdi_metadata_file(timestamp, "snapshot.json"), snapshot)
        || !vdi_chain_is_announced(vdi_metadata_file(snapshot, "targets.json"), targets)) {
        return false;
    }
    g_clear_pointer(&chain->delegated, g_ptr_array_unref);
    chain->delegated = vdi_search_run(targets, chain->target_name, load_stored, chain, NULL);
    return vdi_chain_is_target(vdi_chain_voucher(chain), chain->target_name, target);
}

int64_t vdi_chain_expires_at(const VdiChain *chain)
{
    int64_t earliest = G_MAXINT64;

    for (int role = 0; role < VDI_N_ROLES; role++) {
        earliest = MIN(earliest, chain->of[role]->expires_at);
    }
    for (guint i = 0; i < chain->delegated->len; i++) {
        const VdiMetadata *delegated = g_ptr_array_index(chain->delegated, i);

        earliest = MIN(earliest, delegated->expires_at);
    }
    return earliest;
}

int64_t vdi_chain_version(const VdiChain *chain, VdiRole role)
{
    return chain->of[role] != NULL ? chain->of[role]->version : 0;
}

/* ---- what is accepted ---- */

/* Newer metadata may arrive without the target that it announces. Before the first file changes,
 * what vouches for the target that is here is put aside, so that it still loads. */
static bool keep_last_good(VdiChain *chain, GError **error)
{
    if (chain->is_kept || !vdi_trust_repository_keeps(chain->repository)) {
        return true;
    }
    chain->is_kept = true;
    g_autoptr(GBytes) target = vdi_trust_repository_target(chain->repository, chain->target_name);

    if (!vdi_chain_is_whole(chain, target)) {
        return true;
    }
    g_autoptr(VdiAccepted) accepted = vdi_accepted_new(vdi_chain_expires_at(chain));
    const VdiMetadata *targets = chain->of[VDI_ROLE_TARGETS];

    vdi_accepted_add(accepted, targets->name, vdi_envelope_bytes(targets->envelope));
    for (guint i = 0; i < chain->delegated->len; i++) {
        const VdiMetadata *delegated = g_ptr_array_index(chain->delegated, i);

        vdi_accepted_add(accepted, delegated->name, vdi_envelope_bytes(delegated->envelope));
    }
    return vdi_trust_repository_keep(chain->repository, accepted, error);
}

/* The version before its name in a repository; 0: none. */
static int64_t named_version(const VdiChain *chain, const VdiMetadata *metadata)
{
    bool has_version = metadata->role == VDI_ROLE_ROOT
        || (metadata->role != VDI_ROLE_TIMESTAMP && chain->of[VDI_ROLE_ROOT]->consistent_snapshot);

    return has_version ? metadata->version : 0;
}

bool vdi_chain_store(VdiChain *chain, const VdiMetadata *metadata, GError **error)
{
    return keep_last_good(chain, error)
        && vdi_trust_repository_store(chain->repository, metadata->name,
            named_version(chain, metadata), vdi_envelope_bytes(metadata->envelope), error);
}

bool vdi_chain_accept(VdiChain *chain, VdiMetadata *next, GError **error)
{
    if (!vdi_chain_store(chain, next, error)) {
        return false;
    }
    trust(chain, next);
    return true;
}

bool vdi_chain_forget(VdiChain *chain, GError **error)
{
    static const VdiRole forgotten[] = {VDI_ROLE_TIMESTAMP, VDI_ROLE_SNAPSHOT};

    if (!keep_last_good(chain, error)) {
        return false;
    }
    for (size_t i = 0; i < G_N_ELEMENTS(forgotten); i++) {
        if (!vdi_trust_repository_forget(chain->repository, vdi_role_name(forgotten[i]), error)) {
            return false;
        }
        g_clear_pointer(&chain->of[forgotten[i]], vdi_metadata_free);
    }
    return true;
}
