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
    g_autoptr(GBytes) stored = vdi_trust_repository_read(chain->repository, root->name);
    GBytes *bytes = vdi_envelope_bytes(root->envelope);

    return (stored != NULL && g_bytes_equal(stored, bytes))
        || vdi_trust_repository_store(chain->repository, root->name, root->version, bytes, error);
}

/* What the incoming folder needs besides what this run accepted. */
static bool offer_chain(VdiChain *chain, GBytes *target, GError **error)
{
    const VdiDigest *digest = vdi_metadata_target(vdi_chain_voucher(chain), chain->target_name);
    g_autofree char *hash = vdi_digest_prefix(digest);

    if (!vdi_trust_repository_is_collecting(chain->repository)) {
        return true;
    }
    for (VdiRole role = VDI_ROLE_TIMESTAMP; role < VDI_N_ROLES; role++) {
        if (!vdi_chain_store(chain, chain->of[role], error)) {
            return false;
        }
    }
    return vdi_trust_repository_store_target(chain->repository, chain->target_name,
        chain->of[VDI_ROLE_ROOT]->consistent_snapshot ? hash : NULL, target, error);
}

static bool update(VdiRun *run, GError **error)
{
    return vdi_chain_load(run->chain, error) && store_first_root(run->chain, error)
        && vdi_workflow_update(run, error);
}

static GBytes *get_target(VdiRun *run, GError **error)
{
    g_autoptr(GBytes) target = vdi_workflow_target(run, error);

    if (target == NULL || !offer_chain(run->chain, target, error)) {
        return NULL;
    }
    run->report->expires_at = vdi_chain_expires_at(run->chain);
    return g_steal_pointer(&target);
}

/* The first failure is the one to tell. */
static bool finish(const VdiRun *run, bool done, GError **error)
{
    report_chain(run->chain, run->report);
    return vdi_trust_repository_finish(run->chain->repository, done, done ? error : NULL) && done;
}

bool vdi_trust_refresh(VdiTrustRepository *repository, VdiTrustSource *source,
    const char *target_name, int64_t now, GBytes **ret_target, VdiTrustReport *ret_report,
    GError **error)
{
    g_auto(VdiChain) chain = {.repository = repository, .target_name = target_name};
    VdiRun run = {.chain = &chain, .source = source, .now = now, .report = ret_report};

    *ret_report = (VdiTrustReport){0};
    if (!vdi_trust_repository_lock(repository, error)) {
        return false;
    }
    g_autoptr(GBytes) target = update(&run, error) ? get_target(&run, error) : NULL;

    if (!finish(&run, target != NULL, error)) {
        return false;
    }
    *ret_target = g_steal_pointer(&target);
    return true;
}

bool vdi_trust_download(VdiTrustRepository *repository, VdiTrustSource *source,
    const char *const *target_names, int64_t now, VdiTrustReport *ret_report, GError **error)
{
    g_auto(VdiChain) chain = {.repository = repository};
    VdiRun run = {.chain = &chain, .source = source, .now = now, .report = ret_report};

    g_assert(!vdi_trust_repository_keeps(repository));
    *ret_report = (VdiTrustReport){0};
    if (!vdi_trust_repository_lock(repository, error)) {
        return false;
    }
    bool done = update(&run, error);

    for (size_t i = 0; done && target_names[i] != NULL; i++) {
        chain.target_name = target_names[i];
        g_autoptr(GBytes) target = get_target(&run, error);

        done = target != NULL;
    }
    return finish(&run, done, error);
}

/* ---- what is stored ---- */

/* Those who vouched for the target, each believable today through the one before it, down to the
 * one that announces it. The last one; yours. */
static VdiMetadata *verify_kept(
    const VdiChain *chain, const VdiAccepted *kept, VdiTrustReport *report)
{
    g_autoptr(VdiMetadata) last = NULL;

    report->expires_at = MIN(kept->expires_at, chain->of[VDI_ROLE_ROOT]->expires_at);
    for (guint i = 0; i < kept->files->len; i++) {
        const VdiAcceptedFile *file = g_ptr_array_index(kept->files, i);
        const VdiDelegation *delegation =
            i > 0 ? vdi_delegations_find(last->delegations, file->role) : NULL;
        VdiMetadata *next = NULL;

        if (i == 0) {
            next =
                vdi_metadata_verify(VDI_ROLE_TARGETS, file->bytes, chain->of[VDI_ROLE_ROOT], NULL);
        } else if (delegation != NULL && vdi_delegation_covers(delegation, chain->target_name)) {
            next = vdi_metadata_verify_delegated(delegation, file->bytes, NULL);
        }
        if (next == NULL) {
            return NULL;
        }
        report->expires_at = MIN(report->expires_at, next->expires_at);
        report->targets_version = i == 0 ? next->version : report->targets_version;
        vdi_metadata_free(last);
        last = next;
    }
    return g_steal_pointer(&last);
}

/* The target while newer metadata has come without it: by what vouched for it when it was accepted,
 * if whoever signed that may still sign today. */
static bool load_last_good(VdiChain *chain, GBytes *target, VdiTrustReport *report, GError **error)
{
    g_autoptr(VdiAccepted) kept = vdi_trust_repository_kept(chain->repository);
    g_autoptr(VdiMetadata) voucher = kept != NULL ? verify_kept(chain, kept, report) : NULL;

    if (!vdi_chain_is_target(voucher, chain->target_name, target)) {
        g_set_error(error, VDI_TRUST_ERROR, VDI_TRUST_ERROR_SIGNATURE,
            "%s: nobody who may sign today vouches for the stored copy", chain->target_name);
        return false;
    }
    report->is_partial = true;
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

/* Where the reason is whose the files are, that is the one to tell. */
static void tell(const VdiTrustRepository *repository, GError *take_failure, GError **error)
{
    g_autoptr(GError) failure = take_failure;

    if (g_error_matches(failure, VDI_TRUST_ERROR, VDI_TRUST_ERROR_NO_ROOT)
        || vdi_trust_repository_check(repository, error)) {
        g_propagate_error(error, g_steal_pointer(&failure));
    }
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
            tell(repository, g_steal_pointer(&local), error);
            return NULL;
        }
    }
}
