/* SPDX-License-Identifier: Apache-2.0 */
#include "compat/trust/metadata.h"

#include <string.h>

#include "base/error.h"
#include "base/text.h"

enum { NAME_MAX_BYTES = 1024, SPEC_VERSION_MAX = 32 };

static bool fail(const char *what, GError **error)
{
    g_set_error(error, VDI_TRUST_ERROR, VDI_TRUST_ERROR_FORMAT, "%s", what);
    return false;
}

/* "1", "1.0", "1.0.34": real repositories write all three. */
static bool is_spec_1(const char *version)
{
    return g_str_equal(version, "1")
        || (g_str_has_prefix(version, "1.") && strspn(version, "0123456789.") == strlen(version));
}

/* A root that is not the last is not judged by its date, and some early ones of well-known
 * repositories carry a fraction or an offset: refusing them would cut the chain. */
static bool read_expires(VdiMetadata *draft, VdiJson *object, GError **error)
{
    g_autofree char *text = NULL;

    if (draft->role != VDI_ROLE_ROOT) {
        return vdi_json_time(object, "expires", &draft->expires_at, error);
    }
    if (!vdi_json_text(object, "expires", 1, 64, &text, error)) {
        return false;
    }
    if (!vdi_text_read_time(text, &draft->expires_at)) {
        draft->expires_at = VDI_METADATA_EXPIRES_UNKNOWN;
    }
    return true;
}

static bool read_head(VdiMetadata *draft, VdiJson *object, GError **error)
{
    g_autofree char *type = NULL, *spec = NULL;

    if (!vdi_json_text(object, "_type", 1, 64, &type, error)
        || !vdi_json_text(object, "spec_version", 1, SPEC_VERSION_MAX, &spec, error)
        || !vdi_json_integer(object, "version", 1, VDI_JSON_INTEGER_MAX, &draft->version, error)
        || !read_expires(draft, object, error)) {
        return false;
    }
    if (!g_str_equal(type, vdi_role_name(draft->role))) {
        g_autofree char *shown = vdi_text_quote(type);

        g_set_error(error, VDI_TRUST_ERROR, VDI_TRUST_ERROR_FORMAT, "_type: %s instead of %s",
            shown, vdi_role_name(draft->role));
        return false;
    }
    if (!is_spec_1(spec)) {
        return fail("spec_version: only version 1 is known", error);
    }
    return true;
}

/* ---- root ---- */

static bool read_role(VdiMetadata *draft, VdiJson *roles, VdiRole role, GError **error)
{
    VdiJson *object = NULL;

    if (!vdi_json_object(roles, vdi_role_name(role), &object, error)
        || !vdi_signers_read(object, draft->keys, &draft->signers[role], error)) {
        g_prefix_error(error, "roles.%s: ", vdi_role_name(role));
        return false;
    }
    vdi_json_ignore_rest(object);
    return true;
}

static bool read_root(VdiMetadata *draft, VdiJson *object, GError **error)
{
    VdiJson *roles = NULL;

    if ((vdi_json_has(object, "consistent_snapshot")
            && !vdi_json_boolean(object, "consistent_snapshot", &draft->consistent_snapshot, error))
        || (draft->keys = vdi_signers_read_keys(object, error)) == NULL
        || !vdi_json_object(object, "roles", &roles, error)) {
        return false;
    }
    for (VdiRole role = VDI_ROLE_ROOT; role < VDI_N_ROLES; role++) {
        if (!read_role(draft, roles, role, error)) {
            return false;
        }
    }
    vdi_json_ignore_rest(roles);
    return true;
}

/* ---- timestamp, snapshot, targets ---- */

static bool read_files(VdiMetadata *draft, VdiJson *object, const char *required, GError **error)
{
    VdiJson *meta = NULL;

    if (!vdi_json_object(object, "meta", &meta, error)) {
        return false;
    }
    g_autofree const char **names = vdi_json_names(meta);

    for (size_t i = 0; names[i] != NULL; i++) {
        VdiJson *entry = NULL;
        VdiMetaFile file = {0};

        if (!vdi_json_object(meta, names[i], &entry, error)
            || !vdi_json_integer(entry, "version", 1, VDI_JSON_INTEGER_MAX, &file.version, error)
            || !vdi_digest_read(entry, false, &file.digest, error)) {
            g_prefix_error(error, "meta: ");
            return false;
        }
        vdi_json_ignore_rest(entry);
        g_hash_table_insert(draft->files, g_strdup(names[i]), g_memdup2(&file, sizeof file));
    }
    if (!g_hash_table_contains(draft->files, required)) {
        g_set_error(
            error, VDI_TRUST_ERROR, VDI_TRUST_ERROR_FORMAT, "meta: %s is missing", required);
        return false;
    }
    return true;
}

/* A timestamp speaks of the snapshot alone (specification 4.6). */
static bool read_timestamp(VdiMetadata *draft, VdiJson *object, GError **error)
{
    if (!read_files(draft, object, "snapshot.json", error)) {
        return false;
    }
    if (g_hash_table_size(draft->files) != 1) {
        return fail("meta: a timestamp lists the snapshot and nothing else", error);
    }
    return true;
}

static bool read_snapshot(VdiMetadata *draft, VdiJson *object, GError **error)
{
    return read_files(draft, object, "targets.json", error);
}

static bool read_delegations(VdiMetadata *draft, VdiJson *object, GError **error)
{
    VdiJson *delegations = NULL;

    if (!vdi_json_has(object, "delegations")) {
        return true;
    }
    if (vdi_json_object(object, "delegations", &delegations, error)) {
        draft->delegations = vdi_delegations_read(delegations, error);
    }
    if (draft->delegations == NULL) {
        g_prefix_error(error, "delegations: ");
    }
    return draft->delegations != NULL;
}

static bool read_targets(VdiMetadata *draft, VdiJson *object, GError **error)
{
    VdiJson *targets = NULL;

    if (!vdi_json_object(object, "targets", &targets, error)) {
        return false;
    }
    g_autofree const char **paths = vdi_json_names(targets);

    for (size_t i = 0; paths[i] != NULL; i++) {
        VdiJson *entry = NULL;
        VdiDigest digest = {0};

        if (strlen(paths[i]) < 1 || strlen(paths[i]) > NAME_MAX_BYTES) {
            return fail("targets: a path that is empty or too long", error);
        }
        if (!vdi_json_object(targets, paths[i], &entry, error)
            || !vdi_digest_read(entry, true, &digest, error)) {
            g_prefix_error(error, "targets: ");
            return false;
        }
        vdi_json_ignore_rest(entry);
        g_hash_table_insert(draft->targets, g_strdup(paths[i]), g_memdup2(&digest, sizeof digest));
    }
    return read_delegations(draft, object, error);
}

typedef struct {
    size_t max_bytes;
    bool (*read)(VdiMetadata *draft, VdiJson *object, GError **error);
} RoleRow;

static const RoleRow role_rows[VDI_N_ROLES] = {
    [VDI_ROLE_ROOT] = {VDI_METADATA_ROOT_MAX_BYTES, read_root},
    [VDI_ROLE_TIMESTAMP] = {VDI_METADATA_TIMESTAMP_MAX_BYTES, read_timestamp},
    [VDI_ROLE_SNAPSHOT] = {VDI_METADATA_MAX_BYTES, read_snapshot},
    [VDI_ROLE_TARGETS] = {VDI_METADATA_MAX_BYTES, read_targets},
};

size_t vdi_metadata_max_bytes(VdiRole role)
{
    return role_rows[role].max_bytes;
}

VdiMetadata *vdi_metadata_take(VdiRole role, VdiEnvelope *envelope, GError **error)
{
    g_autoptr(VdiMetadata) draft = g_new0(VdiMetadata, 1);
    g_autoptr(GError) local = NULL;
    VdiJson *object = vdi_envelope_signed(envelope);

    draft->role = role;
    draft->name = g_strdup(vdi_role_name(role));
    draft->envelope = envelope;
    draft->files = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    draft->targets = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    if (!read_head(draft, object, &local) || !role_rows[role].read(draft, object, &local)) {
        g_set_error(error, VDI_TRUST_ERROR, VDI_TRUST_ERROR_FORMAT, "%s", local->message);
        return NULL;
    }
    vdi_json_ignore_rest(object);
    return g_steal_pointer(&draft);
}

void vdi_metadata_free(VdiMetadata *metadata)
{
    if (metadata == NULL) {
        return;
    }
    for (int role = 0; role < VDI_N_ROLES; role++) {
        vdi_signers_clear(&metadata->signers[role]);
    }
    g_free(metadata->name);
    vdi_delegations_free(metadata->delegations);
    g_clear_pointer(&metadata->keys, g_hash_table_unref);
    g_hash_table_unref(metadata->files);
    g_hash_table_unref(metadata->targets);
    vdi_envelope_free(metadata->envelope);
    g_free(metadata);
}

static VdiMetadata *verify(
    VdiRole role, GBytes *document, const VdiSigners *signers, GError **error)
{
    g_autoptr(VdiEnvelope) envelope =
        vdi_envelope_parse(document, vdi_metadata_max_bytes(role), error);

    if (envelope == NULL || vdi_envelope_verify(envelope, signers, error) != VDI_VERIFIED) {
        return NULL;
    }
    return vdi_metadata_take(role, g_steal_pointer(&envelope), error);
}

VdiMetadata *vdi_metadata_verify(
    VdiRole role, GBytes *document, const VdiMetadata *root, GError **error)
{
    return verify(role, document, &root->signers[role], error);
}

VdiMetadata *vdi_metadata_verify_delegated(
    const VdiDelegation *delegation, GBytes *document, GError **error)
{
    VdiMetadata *metadata = verify(VDI_ROLE_TARGETS, document, &delegation->signers, error);

    if (metadata != NULL) {
        g_free(metadata->name);
        metadata->name = g_strdup(delegation->name);
    }
    return metadata;
}

VdiMetadata *vdi_metadata_verify_root(GBytes *document, const VdiMetadata *previous, GError **error)
{
    g_autoptr(VdiEnvelope) envelope =
        vdi_envelope_parse(document, VDI_METADATA_ROOT_MAX_BYTES, error);

    if (envelope == NULL
        || (previous != NULL
            && vdi_envelope_verify(envelope, &previous->signers[VDI_ROLE_ROOT], error)
                != VDI_VERIFIED)) {
        return NULL;
    }
    g_autoptr(VdiMetadata) root =
        vdi_metadata_take(VDI_ROLE_ROOT, g_steal_pointer(&envelope), error);

    if (root == NULL
        || vdi_envelope_verify(root->envelope, &root->signers[VDI_ROLE_ROOT], error)
            != VDI_VERIFIED) {
        return NULL;
    }
    return g_steal_pointer(&root);
}

const VdiMetaFile *vdi_metadata_file(const VdiMetadata *metadata, const char *name)
{
    return g_hash_table_lookup(metadata->files, name);
}

const VdiDigest *vdi_metadata_target(const VdiMetadata *metadata, const char *path)
{
    return g_hash_table_lookup(metadata->targets, path);
}
