/* SPDX-License-Identifier: Apache-2.0 */
#include "compat/trust/workflow.h"

#include "base/error.h"
#include "base/text.h"
#include "compat/trust/announced.h"

/* Paragraphs in brackets are those of section 5 of the specification. */

enum { ROOTS_MAX = 64 };

/* ---- root [5.3] ---- */

static bool keeps_signers(const VdiMetadata *root, const VdiMetadata *next, VdiRole role)
{
    return vdi_signers_are_kept(&root->signers[role], &next->signers[role]);
}

/* [5.3.11] Rotated: a key that could sign no longer may; one more key takes no memory of versions
 * away. Done before the new root is stored, so that a death in between leaves no old file that the
 * new root might still take for its own. */
static bool forget_after_rotation(VdiRun *run, const VdiMetadata *next, GError **error)
{
    const VdiMetadata *root = run->chain->of[VDI_ROLE_ROOT];

    return (keeps_signers(root, next, VDI_ROLE_TIMESTAMP)
               && keeps_signers(root, next, VDI_ROLE_SNAPSHOT))
        || vdi_chain_forget(run->chain, error);
}

/* Takes `bytes` for version N + 1 of the root. */
static bool take_next_root(VdiRun *run, GBytes *bytes, GError **error)
{
    const VdiMetadata *root = run->chain->of[VDI_ROLE_ROOT];
    g_autoptr(VdiMetadata) next = vdi_metadata_verify_root(bytes, root, error);

    if (next == NULL) {
        g_prefix_error(error, "root %" G_GINT64_FORMAT ": ", root->version + 1);
        return false;
    }
    if (next->version != root->version + 1) {
        return vdi_announced_fail_version(
            next->version <= root->version ? VDI_TRUST_ERROR_ROLLBACK : VDI_TRUST_ERROR_VERSION,
            vdi_role_name(VDI_ROLE_ROOT), next->version, root->version + 1, error);
    }
    if (!forget_after_rotation(run, next, error) || !vdi_chain_accept(run->chain, next, error)) {
        return false;
    }
    next = NULL; /* trusted: the run's */
    return true;
}

static bool update_root(VdiRun *run, GError **error)
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

/* ---- timestamp [5.4] ---- */

static bool check_timestamp(
    const VdiRun *run, const VdiMetadata *before, const VdiMetadata *next, GError **error)
{
    const VdiMetaFile *announced = vdi_metadata_file(next, "snapshot.json");

    if (before != NULL) {
        int64_t seen = vdi_metadata_file(before, "snapshot.json")->version;

        if (next->version < before->version) {
            run->report->is_older = true;
            return vdi_announced_fail_version(
                VDI_TRUST_ERROR_ROLLBACK, next->name, next->version, before->version, error);
        }
        if (announced->version < seen) {
            return vdi_announced_fail_version(
                VDI_TRUST_ERROR_ROLLBACK, "snapshot", announced->version, seen, error);
        }
    }
    return vdi_announced_check_expiry(run, next, error);
}

static bool update_timestamp(VdiRun *run, GError **error)
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
        return vdi_announced_check_expiry(run, before, error);
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
            g_autofree char *shown = vdi_text_quote(name);

            g_set_error(error, VDI_TRUST_ERROR, VDI_TRUST_ERROR_ROLLBACK,
                "snapshot: %s, which it listed, has vanished", shown);
            return false;
        }
        if (now->version < seen->version) {
            return vdi_announced_fail_version(
                VDI_TRUST_ERROR_ROLLBACK, name, now->version, seen->version, error);
        }
    }
    return true;
}

static bool update_announced(VdiRun *run, VdiRole role, const VdiMetaFile *file, GError **error)
{
    const VdiMetadata *before = run->chain->of[role];
    const VdiAnnounced announced = {file, role, NULL};

    if (vdi_chain_is_announced(file, before)) {
        return vdi_announced_check_expiry(run, before, error);
    }
    g_autoptr(VdiMetadata) next = vdi_announced_fetch(run, &announced, error);

    if (next == NULL || (role == VDI_ROLE_SNAPSHOT && !check_snapshot(before, next, error))
        || !vdi_announced_check_expiry(run, next, error)
        || !vdi_chain_accept(run->chain, next, error)) {
        return false;
    }
    next = NULL; /* trusted: the chain's */
    return true;
}

/* ---- the whole ---- */

bool vdi_workflow_update(VdiRun *run, GError **error)
{
    if (!update_root(run, error)) {
        return false;
    }
    vdi_chain_drop_unbelievable(run->chain);
    return vdi_announced_check_expiry(run, run->chain->of[VDI_ROLE_ROOT], error)
        && update_timestamp(run, error)
        && update_announced(run, VDI_ROLE_SNAPSHOT,
            vdi_metadata_file(run->chain->of[VDI_ROLE_TIMESTAMP], "snapshot.json"), error)
        && update_announced(run, VDI_ROLE_TARGETS,
            vdi_metadata_file(run->chain->of[VDI_ROLE_SNAPSHOT], "targets.json"), error);
}
