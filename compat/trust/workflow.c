/* SPDX-License-Identifier: Apache-2.0 */
#include "compat/trust/workflow.h"

#include "base/error.h"

/* Paragraphs in brackets are those of section 5 of the specification. */

enum { ROOTS_MAX = 64 };

/* One refresh, from load to target. */
typedef struct {
    VdiChain *chain;
    VdiTrustSource *source;
    int64_t now; /* [5.1] */
    VdiTrustReport *report;
    GBytes *target; /* once verified */
} Run;

static bool fail(VdiTrustError code, VdiRole role, const char *what, GError **error)
{
    g_set_error(error, VDI_TRUST_ERROR, (int) code, "%s: %s", vdi_role_name(role), what);
    return false;
}

static bool fail_versions(
    VdiTrustError code, VdiRole role, int64_t offered, int64_t wanted, GError **error)
{
    g_set_error(error, VDI_TRUST_ERROR, (int) code,
        "%s: version %" G_GINT64_FORMAT " is offered, %" G_GINT64_FORMAT " was expected",
        vdi_role_name(role), offered, wanted);
    return false;
}

/* ---- root [5.3] ---- */

/* [5.3.11] Done before the new root is stored, so that a death in between leaves no old file that
 * the new root might still take for its own. */
static bool forget_after_rotation(Run *run, const VdiMetadata *next, GError **error)
{
    const VdiMetadata *root = run->chain->of[VDI_ROLE_ROOT];

    return (vdi_metadata_same_signers(root, next, VDI_ROLE_TIMESTAMP)
               && vdi_metadata_same_signers(root, next, VDI_ROLE_SNAPSHOT))
        || vdi_chain_forget(run->chain, error);
}

/* Takes `bytes` for version N + 1 of the root. */
static bool take_next_root(Run *run, GBytes *bytes, GError **error)
{
    const VdiMetadata *root = run->chain->of[VDI_ROLE_ROOT];
    g_autoptr(VdiMetadata) next = vdi_metadata_verify_root(bytes, root, error);

    if (next == NULL) {
        g_prefix_error(error, "root %" G_GINT64_FORMAT ": ", root->version + 1);
        return false;
    }
    if (next->version != root->version + 1) {
        return fail_versions(
            next->version <= root->version ? VDI_TRUST_ERROR_ROLLBACK : VDI_TRUST_ERROR_VERSION,
            VDI_ROLE_ROOT, next->version, root->version + 1, error);
    }
    if (!forget_after_rotation(run, next, error) || !vdi_chain_accept(run->chain, next, error)) {
        return false;
    }
    next = NULL; /* trusted: the run's */
    return true;
}

static bool update_root(Run *run, GError **error)
{
    for (int i = 0; i < ROOTS_MAX; i++) {
        g_autofree char *prefix =
            g_strdup_printf("%" G_GINT64_FORMAT, vdi_chain_version(run->chain, VDI_ROLE_ROOT) + 1);
        g_autoptr(GError) local = NULL;
        g_autoptr(GBytes) bytes = vdi_trust_source_fetch(run->source, VDI_TRUST_METADATA, prefix,
            "root.json", VDI_METADATA_ROOT_MAX_BYTES, NULL, &local);

        if (bytes == NULL && g_error_matches(local, VDI_TRUST_ERROR, VDI_TRUST_ERROR_MISSING)) {
            return true;
        }
        if (bytes == NULL) {
            g_propagate_error(error, g_steal_pointer(&local));
            return false;
        }
        if (!take_next_root(run, bytes, error)) {
            return false;
        }
    }
    run->report->has_more_roots = true;
    return true;
}

/* [5.3.10] and for the others [5.4.4], [5.5.6], [5.6.5]. */
static bool check_expiry(const Run *run, const VdiMetadata *metadata, GError **error)
{
    return metadata->expires_at > run->now
        || fail(VDI_TRUST_ERROR_EXPIRED, metadata->role, "it has expired", error);
}

/* ---- timestamp [5.4] ---- */

static bool check_timestamp(
    const Run *run, const VdiMetadata *before, const VdiMetadata *next, GError **error)
{
    const VdiMetaFile *announced = vdi_metadata_file(next, "snapshot.json");

    if (before != NULL) {
        int64_t seen = vdi_metadata_file(before, "snapshot.json")->version;

        if (next->version < before->version) {
            return fail_versions(VDI_TRUST_ERROR_ROLLBACK, VDI_ROLE_TIMESTAMP, next->version,
                before->version, error);
        }
        if (announced->version < seen) {
            return fail_versions(
                VDI_TRUST_ERROR_ROLLBACK, VDI_ROLE_SNAPSHOT, announced->version, seen, error);
        }
    }
    return check_expiry(run, next, error);
}

static bool update_timestamp(Run *run, GError **error)
{
    const VdiMetadata *before = run->chain->of[VDI_ROLE_TIMESTAMP];
    g_autoptr(GBytes) bytes = vdi_trust_source_fetch(run->source, VDI_TRUST_METADATA, NULL,
        "timestamp.json", VDI_METADATA_TIMESTAMP_MAX_BYTES,
        before != NULL ? vdi_envelope_bytes(before->envelope) : NULL, error);
    g_autoptr(VdiMetadata) next = bytes != NULL
        ? vdi_metadata_verify(VDI_ROLE_TIMESTAMP, bytes, run->chain->of[VDI_ROLE_ROOT], error)
        : NULL;

    if (next == NULL) {
        g_prefix_error(error, "timestamp: ");
        return false;
    }
    if (before != NULL && next->version == before->version) {
        /* [5.4.3.1] Nothing new. Whether what is here is still fresh is asked all the same. */
        run->report->has_conflict = !g_bytes_equal(bytes, vdi_envelope_bytes(before->envelope));
        return check_expiry(run, before, error);
    }
    if (!check_timestamp(run, before, next, error) || !vdi_chain_accept(run->chain, next, error)) {
        return false;
    }
    next = NULL;
    return true;
}

/* ---- snapshot [5.5] and targets [5.6]: a file that a verified one announces ---- */

/* [5.5.5] No version falls, none vanishes. */
static bool check_snapshot(const VdiMetadata *before, const VdiMetadata *next, GError **error)
{
    GHashTableIter iter;
    gpointer name = NULL, file = NULL;

    if (before == NULL) {
        return true;
    }
    g_hash_table_iter_init(&iter, before->files);
    while (g_hash_table_iter_next(&iter, &name, &file)) {
        const VdiMetaFile *seen = file;
        const VdiMetaFile *now = vdi_metadata_file(next, name);

        if (now == NULL) {
            return fail(VDI_TRUST_ERROR_ROLLBACK, VDI_ROLE_SNAPSHOT,
                "a role that it listed has vanished", error);
        }
        if (now->version < seen->version) {
            return fail_versions(
                VDI_TRUST_ERROR_ROLLBACK, VDI_ROLE_TARGETS, now->version, seen->version, error);
        }
    }
    return true;
}

static GBytes *fetch_announced(
    const Run *run, VdiRole role, const VdiMetaFile *announced, GError **error)
{
    size_t max_bytes = vdi_metadata_max_bytes(role);
    g_autofree char *name = g_strconcat(vdi_role_name(role), ".json", NULL);
    g_autofree char *prefix = run->chain->of[VDI_ROLE_ROOT]->consistent_snapshot
        ? g_strdup_printf("%" G_GINT64_FORMAT, announced->version)
        : NULL;

    if (announced->digest.length > (int64_t) max_bytes) {
        fail(VDI_TRUST_ERROR_HASH, role, "the announced length is over the ceiling", error);
        return NULL;
    }
    if (announced->digest.length > 0) {
        max_bytes = (size_t) announced->digest.length;
    }
    g_autoptr(GBytes) bytes = vdi_trust_source_fetch(
        run->source, VDI_TRUST_METADATA, prefix, name, max_bytes, NULL, error);

    if (bytes == NULL || !vdi_digest_check(&announced->digest, bytes, error)) {
        g_prefix_error(error, "%s: ", vdi_role_name(role));
        return NULL;
    }
    return g_steal_pointer(&bytes);
}

static bool update_announced(Run *run, VdiRole role, const VdiMetaFile *announced, GError **error)
{
    const VdiMetadata *before = run->chain->of[role];

    if (vdi_chain_is_announced(announced, before)) {
        return check_expiry(run, before, error);
    }
    g_autoptr(GBytes) bytes = fetch_announced(run, role, announced, error);
    g_autoptr(VdiMetadata) next = NULL;

    if (bytes == NULL) {
        return false;
    }
    next = vdi_metadata_verify(role, bytes, run->chain->of[VDI_ROLE_ROOT], error);
    if (next == NULL) {
        g_prefix_error(error, "%s: ", vdi_role_name(role));
        return false;
    }
    if (next->version != announced->version) {
        return fail_versions(
            VDI_TRUST_ERROR_VERSION, role, next->version, announced->version, error);
    }
    if ((role == VDI_ROLE_SNAPSHOT && !check_snapshot(before, next, error))
        || !check_expiry(run, next, error) || !vdi_chain_accept(run->chain, next, error)) {
        return false;
    }
    next = NULL;
    return true;
}

/* ---- target [5.7] ---- */

static const VdiDigest *find_target(const Run *run, GError **error)
{
    const VdiMetadata *targets = run->chain->of[VDI_ROLE_TARGETS];
    const VdiDigest *digest = vdi_metadata_target(targets, run->chain->target_name);

    if (digest == NULL) {
        g_set_error(error, VDI_TRUST_ERROR, VDI_TRUST_ERROR_MISSING, "%s: no role announces it%s",
            run->chain->target_name,
            targets->has_delegations ? " (delegated roles are not searched)" : "");
    } else if (digest->length > (int64_t) VDI_METADATA_TARGET_MAX_BYTES) {
        g_set_error(error, VDI_TRUST_ERROR, VDI_TRUST_ERROR_HASH,
            "%s: the announced length is over the ceiling", run->chain->target_name);
        digest = NULL;
    }
    return digest;
}

static bool fetch_target(Run *run, const VdiDigest *digest, const char *prefix, GError **error)
{
    g_autoptr(GBytes) bytes = vdi_trust_source_fetch(run->source, VDI_TRUST_TARGET, prefix,
        run->chain->target_name, (size_t) digest->length, NULL, error);

    if (bytes == NULL || !vdi_digest_check(digest, bytes, error)) {
        g_prefix_error(error, "%s: ", run->chain->target_name);
        return false;
    }
    run->target = g_steal_pointer(&bytes);
    return true;
}

static bool update_target(Run *run, GError **error)
{
    const VdiDigest *digest = find_target(run, error);
    g_autoptr(GBytes) stored =
        vdi_trust_repository_target(run->chain->repository, run->chain->target_name);

    if (digest == NULL) {
        return false;
    }
    g_autofree char *hash = vdi_digest_prefix(digest);
    const char *prefix = run->chain->of[VDI_ROLE_ROOT]->consistent_snapshot ? hash : NULL;

    if (vdi_chain_is_target(run->chain->of[VDI_ROLE_TARGETS], run->chain->target_name, stored)) {
        run->target = g_steal_pointer(&stored);
        return true;
    }
    if (hash == NULL) {
        g_set_error(error, VDI_TRUST_ERROR, VDI_TRUST_ERROR_HASH,
            "%s: only hashes of an unknown kind are listed", run->chain->target_name);
        return false;
    }
    if (!fetch_target(run, digest, prefix, error)
        || !vdi_trust_repository_store_target(
            run->chain->repository, run->chain->target_name, prefix, run->target, error)) {
        return false;
    }
    run->report->is_changed = true;
    return true;
}

/* ---- the whole ---- */

static bool update(Run *run, GError **error)
{
    if (!update_root(run, error)) {
        return false;
    }
    vdi_chain_drop_unbelievable(run->chain);
    return check_expiry(run, run->chain->of[VDI_ROLE_ROOT], error) && update_timestamp(run, error)
        && update_announced(run, VDI_ROLE_SNAPSHOT,
            vdi_metadata_file(run->chain->of[VDI_ROLE_TIMESTAMP], "snapshot.json"), error)
        && update_announced(run, VDI_ROLE_TARGETS,
            vdi_metadata_file(run->chain->of[VDI_ROLE_SNAPSHOT], "targets.json"), error)
        && update_target(run, error);
}

bool vdi_workflow_run(VdiChain *chain, VdiTrustSource *source, int64_t now, GBytes **ret_target,
    VdiTrustReport *report, GError **error)
{
    Run run = {.chain = chain, .source = source, .now = now, .report = report};

    if (!update(&run, error)) {
        return false;
    }
    *ret_target = g_steal_pointer(&run.target);
    return true;
}
