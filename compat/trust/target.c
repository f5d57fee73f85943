/* SPDX-License-Identifier: Apache-2.0 */
#include "base/error.h"
#include "base/text.h"
#include "compat/trust/announced.h"
#include "compat/trust/search.h"
#include "compat/trust/workflow.h"

static void prefix_name(GError **error, const char *name)
{
    g_autofree char *shown = vdi_text_quote(name);

    g_prefix_error(error, "%s: ", shown);
}

/* ---- who announces it [5.6.7] ---- */

/* What is stored is used where it may be; what is not yet is fetched and stored. */
static VdiMetadata *load_delegated(void *user, const VdiDelegation *delegation, GError **error)
{
    VdiRun *run = user;
    const VdiAnnounced announced = {
        vdi_chain_listed(run->chain, delegation), VDI_ROLE_TARGETS, delegation};

    if (announced.file == NULL) {
        g_set_error(error, VDI_TRUST_ERROR, VDI_TRUST_ERROR_MISSING,
            "the snapshot does not list this delegated role");
        prefix_name(error, delegation->name);
        return NULL;
    }
    g_autoptr(VdiMetadata) metadata = vdi_chain_stored(run->chain, delegation);
    bool is_new = metadata == NULL;

    if (is_new) {
        metadata = vdi_announced_fetch(run, &announced, error);
    }
    if (metadata == NULL || !vdi_announced_check_expiry(run, metadata, error)) {
        return NULL;
    }
    /* Who only fills the incoming folder leaves there what is not new, too. */
    if ((is_new || vdi_trust_repository_is_collecting(run->chain->repository))
        && !vdi_chain_store(run->chain, metadata, error)) {
        return NULL;
    }
    return g_steal_pointer(&metadata);
}

static const VdiDigest *find(VdiRun *run, GError **error)
{
    VdiChain *chain = run->chain;
    GPtrArray *delegated =
        vdi_search_run(chain->of[VDI_ROLE_TARGETS], chain->target_name, load_delegated, run, error);

    g_clear_pointer(&chain->delegated, g_ptr_array_unref);
    chain->delegated = delegated;
    if (delegated == NULL) {
        return NULL;
    }
    const VdiDigest *digest = vdi_metadata_target(vdi_chain_voucher(chain), chain->target_name);

    if (digest->length > (int64_t) VDI_METADATA_TARGET_MAX_BYTES) {
        g_set_error(error, VDI_TRUST_ERROR, VDI_TRUST_ERROR_HASH,
            "the announced length is over the ceiling");
        prefix_name(error, chain->target_name);
        return NULL;
    }
    return digest;
}

/* ---- fetching it [5.7] ---- */

static GBytes *fetch(const VdiRun *run, const VdiDigest *digest, const char *hash, GError **error)
{
    const char *name = run->chain->target_name;
    const char *prefix = run->chain->of[VDI_ROLE_ROOT]->consistent_snapshot ? hash : NULL;
    /* A source has no ceiling of nothing: an empty target is held by its length and hashes. */
    g_autoptr(GBytes) bytes = vdi_trust_source_fetch(
        run->source, VDI_TRUST_TARGET, prefix, name, MAX((size_t) digest->length, 1), NULL, error);

    if (bytes == NULL || !vdi_digest_check(digest, bytes, error)) {
        prefix_name(error, name);
        return NULL;
    }
    return vdi_trust_repository_store_target(run->chain->repository, name, prefix, bytes, error)
        ? g_steal_pointer(&bytes)
        : NULL;
}

GBytes *vdi_workflow_target(VdiRun *run, GError **error)
{
    const char *name = run->chain->target_name;
    const VdiDigest *digest = find(run, error);

    if (digest == NULL) {
        return NULL;
    }
    g_autoptr(GBytes) stored = vdi_trust_repository_target(run->chain->repository, name);
    g_autofree char *hash = vdi_digest_prefix(digest);

    if (vdi_chain_is_target(vdi_chain_voucher(run->chain), name, stored)) {
        return g_steal_pointer(&stored);
    }
    if (hash == NULL) {
        g_set_error(error, VDI_TRUST_ERROR, VDI_TRUST_ERROR_HASH,
            "only hashes of an unknown kind are listed");
        prefix_name(error, name);
        return NULL;
    }
    GBytes *target = fetch(run, digest, hash, error);

    if (target != NULL) {
        run->report->is_changed = true;
    }
    return target;
}
