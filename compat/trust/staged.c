/* SPDX-License-Identifier: Apache-2.0 */
#include "compat/trust/staged.h"

#include <string.h>

#include "base/error.h"
#include "base/file.h"
#include "compat/trust/hex.h"

#define PUBLISHED "published"
enum { PUBLISHED_MAX_BYTES = 32 };

static const char *const places[] = {[VDI_STAGED_COMPLETE] = "metadata",
    [VDI_STAGED_WAITING] = "staged",
    [VDI_STAGED_PUBLISHED] = ""};

char *vdi_staged_name(VdiRole role, int64_t version)
{
    return role == VDI_ROLE_TIMESTAMP
        ? g_strdup("timestamp.json")
        : g_strdup_printf("%" G_GINT64_FORMAT ".%s.json", version, vdi_role_name(role));
}

static char *path_of(const char *folder, VdiStagedState state, VdiRole role, int64_t version)
{
    g_autofree char *name = vdi_staged_name(role, version);

    return g_build_filename(folder, places[state], name, NULL);
}

/* The N of N.ROLE.json; 0 when it is another file. */
static int64_t version_in(const char *file, VdiRole role)
{
    g_autofree char *suffix = g_strdup_printf(".%s.json", vdi_role_name(role));
    guint64 version = 0;

    if (!g_str_has_suffix(file, suffix)) {
        return 0;
    }
    g_autofree char *number = g_strndup(file, strlen(file) - strlen(suffix));

    return g_ascii_string_to_unsigned(
               number, 10, 1, (guint64) VDI_STAGED_VERSION_MAX, &version, NULL)
        ? (int64_t) version
        : 0;
}

/* The highest N of N.ROLE.json; 0 when there is none. */
static int64_t latest_version(const char *folder, VdiStagedState state, VdiRole role)
{
    g_autofree char *place = g_build_filename(folder, places[state], NULL);
    g_auto(GStrv) names = vdi_file_list(place);
    int64_t latest = 0;

    for (size_t i = 0; names[i] != NULL; i++) {
        latest = MAX(latest, version_in(names[i], role));
    }
    return latest;
}

static VdiMetadata *parse(VdiRole role, GBytes *bytes, GError **error)
{
    g_autoptr(VdiEnvelope) envelope =
        vdi_envelope_parse(bytes, vdi_metadata_max_bytes(role), error);

    return envelope != NULL ? vdi_metadata_take(role, g_steal_pointer(&envelope), error) : NULL;
}

/* A folder that came back from a signer may still hold what waited before it went. */
static bool is_left_over(const char *folder, VdiStagedState state, VdiRole role, int64_t version)
{
    return state == VDI_STAGED_WAITING && role != VDI_ROLE_TIMESTAMP
        && version <= latest_version(folder, VDI_STAGED_COMPLETE, role);
}

bool vdi_staged_read(const char *folder, VdiStagedState state, VdiRole role,
    VdiMetadata **ret_metadata, GError **error)
{
    int64_t version = latest_version(folder, state, role);

    if (is_left_over(folder, state, role, version)) {
        *ret_metadata = NULL;
        return true;
    }
    g_autofree char *path = path_of(folder, state, role, MAX(version, 1));
    g_autoptr(GError) local = NULL;
    g_autoptr(GBytes) bytes = vdi_file_read(path, vdi_metadata_max_bytes(role), &local);

    if (g_error_matches(local, VDI_FILE_ERROR, VDI_FILE_ERROR_ABSENT)) {
        *ret_metadata = NULL;
        return true;
    }
    VdiMetadata *metadata = bytes != NULL ? parse(role, bytes, &local) : NULL;

    if (metadata == NULL) {
        g_propagate_prefixed_error(error, g_steal_pointer(&local), "%s: ", path);
        return false;
    }
    *ret_metadata = metadata;
    return true;
}

GPtrArray *vdi_staged_read_roots(const char *folder, VdiStagedState state, GError **error)
{
    int64_t latest = MAX(latest_version(folder, state, VDI_ROLE_ROOT), 1);
    g_autoptr(GPtrArray) roots = g_ptr_array_new_with_free_func((GDestroyNotify) vdi_metadata_free);
    VdiMetadata *root = NULL;

    for (int64_t version = 1; version <= latest; version++) {
        g_autofree char *path = path_of(folder, state, VDI_ROLE_ROOT, version);
        g_autoptr(GBytes) bytes = vdi_file_read(path, VDI_METADATA_ROOT_MAX_BYTES, error);

        if (bytes == NULL) {
            return NULL;
        }
        root = vdi_metadata_verify_root(bytes, root, error);
        if (root == NULL) {
            g_prefix_error(error, "%s: ", path);
            return NULL;
        }
        g_ptr_array_add(roots, root);
    }
    return g_steal_pointer(&roots);
}

int64_t vdi_staged_published_root(const char *folder)
{
    g_autofree char *path = g_build_filename(folder, PUBLISHED, NULL);
    g_autoptr(GBytes) bytes = vdi_file_read(path, PUBLISHED_MAX_BYTES, NULL);
    g_autofree char *text = bytes != NULL
        ? g_strndup(g_bytes_get_data(bytes, NULL), g_bytes_get_size(bytes))
        : g_strdup("");
    guint64 version = 1;

    return g_ascii_string_to_unsigned(
               g_strchomp(text), 10, 1, (guint64) VDI_STAGED_VERSION_MAX, &version, NULL)
        ? (int64_t) version
        : 1;
}

void vdi_staged_note_published(const char *folder, int64_t root)
{
    g_autofree char *path = g_build_filename(folder, PUBLISHED, NULL);
    g_autofree char *text = g_strdup_printf("%" G_GINT64_FORMAT "\n", root);
    g_autoptr(GBytes) bytes = g_bytes_new(text, strlen(text));
    g_autoptr(GError) local = NULL;

    if (vdi_staged_published_root(folder) != root && !vdi_file_write(path, bytes, 0644, &local)) {
        g_debug("%s", local->message);
    }
}

static bool version_of(
    const char *folder, VdiStagedState state, VdiRole role, int64_t *ret_version, GError **error)
{
    g_autoptr(VdiMetadata) metadata = NULL;

    if (!vdi_staged_read(folder, state, role, &metadata, error)) {
        return false;
    }
    *ret_version =
        metadata != NULL && metadata->version <= VDI_STAGED_VERSION_MAX ? metadata->version : 0;
    return true;
}

bool vdi_staged_next_version(const char *folder, VdiRole role, int64_t *ret_version, GError **error)
{
    int64_t complete = 0, waiting = 0;

    if (!version_of(folder, VDI_STAGED_COMPLETE, role, &complete, error)
        || !version_of(folder, VDI_STAGED_WAITING, role, &waiting, error)) {
        return false;
    }
    *ret_version = MAX(complete, waiting) + 1;
    return true;
}

bool vdi_staged_write(const char *folder, VdiStagedState state, VdiRole role, int64_t version,
    GBytes *bytes, GError **error)
{
    g_autofree char *path = path_of(folder, state, role, version);

    if (g_bytes_get_size(bytes) > vdi_metadata_max_bytes(role)) {
        g_set_error(error, VDI_TRUST_ERROR, VDI_TRUST_ERROR_REFUSED,
            "%s: it would be larger than a client takes", vdi_role_name(role));
        return false;
    }
    return vdi_file_write(path, bytes, 0644, error);
}

bool vdi_staged_drop(const char *folder, VdiRole role, GError **error)
{
    g_autofree char *place = g_build_filename(folder, places[VDI_STAGED_WAITING], NULL);
    g_auto(GStrv) names = vdi_file_list(place);
    bool done = true;

    for (size_t i = 0; names[i] != NULL && done; i++) {
        g_autofree char *path = g_build_filename(place, names[i], NULL);
        bool is_of_role = role == VDI_ROLE_TIMESTAMP ? g_str_equal(names[i], "timestamp.json")
                                                     : version_in(names[i], role) != 0;

        done = !is_of_role || vdi_file_remove(path, error);
    }
    return done;
}

bool vdi_staged_write_target(const char *folder, const char *name, GBytes *target, GError **error)
{
    uint8_t digest[VDI_SHA256_BYTES];

    vdi_key_sha256(target, digest);
    g_autofree char *hash = vdi_hex_write(digest, sizeof digest);
    g_autofree char *file = g_strdup_printf("%s.%s", hash, name);
    g_autofree char *path = g_build_filename(folder, places[VDI_STAGED_COMPLETE], file, NULL);

    return vdi_file_write(path, target, 0644, error);
}

bool vdi_staged_read_target(
    const char *folder, VdiStagedState state, const char *name, GBytes **ret_target, GError **error)
{
    g_autoptr(VdiMetadata) targets = NULL;

    if (!vdi_staged_read(folder, state, VDI_ROLE_TARGETS, &targets, error)) {
        return false;
    }
    if (targets == NULL) {
        *ret_target = NULL;
        return true;
    }
    const VdiDigest *digest = vdi_metadata_target(targets, name);

    if (digest == NULL || g_hash_table_size(targets->targets) != 1
        || targets->delegations != NULL) {
        g_set_error(error, VDI_TRUST_ERROR, VDI_TRUST_ERROR_REFUSED,
            "targets %" G_GINT64_FORMAT ": they hold something else than %s", targets->version,
            name);
        return false;
    }
    g_autofree char *hash = vdi_digest_prefix(digest);
    g_autofree char *file = g_strdup_printf("%s.%s", hash != NULL ? hash : "", name);
    g_autofree char *path = g_build_filename(folder, places[VDI_STAGED_COMPLETE], file, NULL);
    g_autoptr(GBytes) target = vdi_file_read(path, VDI_METADATA_TARGET_MAX_BYTES, error);

    if (target == NULL || !vdi_digest_check(digest, target, error)) {
        return false;
    }
    *ret_target = g_steal_pointer(&target);
    return true;
}
