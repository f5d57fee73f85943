/* SPDX-License-Identifier: Apache-2.0 */
#include "compat/trust/chain.h"

void vdi_chain_clear(VdiChain *chain)
{
    for (int role = 0; role < VDI_N_ROLES; role++) {
        g_clear_pointer(&chain->of[role], vdi_metadata_free);
    }
}

static void trust(VdiChain *chain, VdiMetadata *metadata)
{
    vdi_metadata_free(chain->of[metadata->role]);
    chain->of[metadata->role] = metadata;
}

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
        g_autoptr(GBytes) bytes = vdi_trust_repository_read(chain->repository, role);

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

bool vdi_chain_is_announced(const VdiMetaFile *file, const VdiMetadata *metadata)
{
    return metadata != NULL && metadata->version == file->version
        && vdi_digest_check(&file->digest, vdi_envelope_bytes(metadata->envelope), NULL);
}

bool vdi_chain_is_target(const VdiMetadata *targets, const char *name, GBytes *bytes)
{
    const VdiDigest *digest = targets != NULL ? vdi_metadata_target(targets, name) : NULL;

    return digest != NULL && bytes != NULL && vdi_digest_check(digest, bytes, NULL);
}

bool vdi_chain_is_whole(const VdiChain *chain, GBytes *target)
{
    const VdiMetadata *timestamp = chain->of[VDI_ROLE_TIMESTAMP];
    const VdiMetadata *snapshot = chain->of[VDI_ROLE_SNAPSHOT];
    const VdiMetadata *targets = chain->of[VDI_ROLE_TARGETS];

    return timestamp != NULL && snapshot != NULL
        && vdi_chain_is_announced(vdi_metadata_file(timestamp, "snapshot.json"), snapshot)
        && vdi_chain_is_announced(vdi_metadata_file(snapshot, "targets.json"), targets)
        && vdi_chain_is_target(targets, chain->target_name, target);
}

int64_t vdi_chain_expires_at(const VdiChain *chain)
{
    int64_t earliest = G_MAXINT64;

    for (int role = 0; role < VDI_N_ROLES; role++) {
        earliest = MIN(earliest, chain->of[role]->expires_at);
    }
    return earliest;
}

int64_t vdi_chain_version(const VdiChain *chain, VdiRole role)
{
    return chain->of[role] != NULL ? chain->of[role]->version : 0;
}

/* Newer metadata may arrive without the target that it announces. Before the first file changes,
 * what vouches for the target that is here is put aside, so that it still loads. */
static bool keep_last_good(VdiChain *chain, GError **error)
{
    g_autoptr(GBytes) target = NULL;

    if (chain->is_kept) {
        return true;
    }
    chain->is_kept = true;
    target = vdi_trust_repository_target(chain->repository, chain->target_name);
    return !vdi_chain_is_whole(chain, target)
        || vdi_trust_repository_keep(chain->repository,
            vdi_envelope_bytes(chain->of[VDI_ROLE_TARGETS]->envelope), vdi_chain_expires_at(chain),
            error);
}

bool vdi_chain_accept(VdiChain *chain, VdiMetadata *next, GError **error)
{
    if (!keep_last_good(chain, error)
        || !vdi_trust_repository_store(chain->repository, next->role, next->version,
            vdi_envelope_bytes(next->envelope), error)) {
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
        if (!vdi_trust_repository_forget(chain->repository, forgotten[i], error)) {
            return false;
        }
        g_clear_pointer(&chain->of[forgotten[i]], vdi_metadata_free);
    }
    return true;
}
