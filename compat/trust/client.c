/* SPDX-License-Identifier: Apache-2.0 */
#include "compat/trust/client.h"

#include "base/error.h"
#include "compat/trust/chain.h"
#include "compat/trust/workflow.h"

enum { LOAD_TRIES = 3 };

static void report_chain(const VdiChain *chain, VdiTrustReport *report)
{
    report->root_version = vdi_chain_version(chain, VDI_ROLE_ROOT);
    report->timestamp_version = vdi_chain_version(chain, VDI_ROLE_TIMESTAMP);
    report->snapshot_version = vdi_chain_version(chain, VDI_ROLE_SNAPSHOT);
    report->targets_version = vdi_chain_version(chain, VDI_ROLE_TARGETS);
}

/* A store that has no root of its own yet, or a damaged one, is given that of the chain. */
static bool store_first_root(const VdiChain *chain, GError **error)
{
    const VdiMetadata *root = chain->of[VDI_ROLE_ROOT];
    g_autoptr(GBytes) stored = vdi_trust_repository_read(chain->repository, VDI_ROLE_ROOT);
    GBytes *bytes = vdi_envelope_bytes(root->envelope);

    return (stored != NULL && g_bytes_equal(stored, bytes))
        || vdi_trust_repository_store(
            chain->repository, VDI_ROLE_ROOT, root->version, bytes, error);
}

/* What the incoming folder needs besides what this run accepted. */
static bool offer_chain(const VdiChain *chain, GBytes *target, GError **error)
{
    const VdiDigest *digest = vdi_metadata_target(chain->of[VDI_ROLE_TARGETS], chain->target_name);
    g_autofree char *hash = vdi_digest_prefix(digest);

    if (!vdi_trust_repository_is_collecting(chain->repository)) {
        return true;
    }
    for (VdiRole role = VDI_ROLE_TIMESTAMP; role < VDI_N_ROLES; role++) {
        if (!vdi_trust_repository_store(chain->repository, role, chain->of[role]->version,
                vdi_envelope_bytes(chain->of[role]->envelope), error)) {
            return false;
        }
    }
    return vdi_trust_repository_store_target(chain->repository, chain->target_name,
        chain->of[VDI_ROLE_ROOT]->consistent_snapshot ? hash : NULL, target, error);
}

static bool refresh(VdiChain *chain, VdiTrustSource *source, int64_t now, GBytes **ret_target,
    VdiTrustReport *report, GError **error)
{
    g_autoptr(GBytes) target = NULL;

    if (!vdi_chain_load(chain, error) || !store_first_root(chain, error)
        || !vdi_workflow_run(chain, source, now, &target, report, error)
        || !offer_chain(chain, target, error)) {
        return false;
    }
    report->expires_at = vdi_chain_expires_at(chain);
    *ret_target = g_steal_pointer(&target);
    return true;
}

bool vdi_trust_refresh(VdiTrustRepository *repository, VdiTrustSource *source,
    const char *target_name, int64_t now, GBytes **ret_target, VdiTrustReport *ret_report,
    GError **error)
{
    g_auto(VdiChain) chain = {.repository = repository, .target_name = target_name};
    g_autoptr(GBytes) target = NULL;

    *ret_report = (VdiTrustReport){0};
    if (!vdi_trust_repository_lock(repository, error)) {
        return false;
    }
    bool done = refresh(&chain, source, now, &target, ret_report, error);

    report_chain(&chain, ret_report);
    /* The first failure is the one to tell. */
    if (!vdi_trust_repository_finish(repository, done, done ? error : NULL) || !done) {
        return false;
    }
    *ret_target = g_steal_pointer(&target);
    return true;
}

/* ---- what is stored ---- */

/* The target while newer metadata has come without it: by what vouched for it when it was accepted,
 * if whoever signed that may still sign today. */
static bool load_last_good(VdiChain *chain, GBytes *target, VdiTrustReport *report, GError **error)
{
    const VdiMetadata *root = chain->of[VDI_ROLE_ROOT];
    int64_t expires_at = 0;
    g_autoptr(GBytes) kept = vdi_trust_repository_kept(chain->repository, &expires_at);
    g_autoptr(VdiMetadata) targets =
        kept != NULL ? vdi_metadata_verify(VDI_ROLE_TARGETS, kept, root, NULL) : NULL;

    if (!vdi_chain_is_target(targets, chain->target_name, target)) {
        g_set_error(error, VDI_TRUST_ERROR, VDI_TRUST_ERROR_SIGNATURE,
            "%s: nobody who may sign today vouches for the stored copy", chain->target_name);
        return false;
    }
    report->is_partial = true;
    report->targets_version = targets->version;
    report->expires_at = MIN(expires_at, MIN(root->expires_at, targets->expires_at));
    return true;
}

static GBytes *load(VdiChain *chain, VdiTrustReport *report, GError **error)
{
    if (!vdi_chain_load(chain, error)) {
        return NULL;
    }
    g_autoptr(GBytes) target = vdi_trust_repository_target(chain->repository, chain->target_name);

    report_chain(chain, report);
    if (target == NULL) {
        g_set_error(error, VDI_TRUST_ERROR, VDI_TRUST_ERROR_MISSING,
            "%s: none has been accepted yet", chain->target_name);
        return NULL;
    }
    if (vdi_chain_is_whole(chain, target)) {
        report->expires_at = vdi_chain_expires_at(chain);
        return g_steal_pointer(&target);
    }
    return load_last_good(chain, target, report, error) ? g_steal_pointer(&target) : NULL;
}

/* A refresh may replace the files one by one while they are read here; what was read then fits
 * together at the next try. */
GBytes *vdi_trust_load(const VdiTrustRepository *repository, const char *target_name,
    VdiTrustReport *ret_report, GError **error)
{
    for (int tries = 1;; tries++) {
        g_auto(VdiChain)
            chain = {.repository = (VdiTrustRepository *) repository, .target_name = target_name};
        g_autoptr(GError) local = NULL;

        *ret_report = (VdiTrustReport){0};
        GBytes *target = load(&chain, ret_report, &local);

        if (target != NULL) {
            return target;
        }
        if (tries == LOAD_TRIES) {
            g_propagate_error(error, g_steal_pointer(&local));
            return NULL;
        }
    }
}
