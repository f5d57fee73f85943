/* SPDX-License-Identifier: Apache-2.0 */
#include "compat/trust/author.h"

#include <string.h>

#include "base/error.h"
#include "base/file.h"
#include "compat/trust/hex.h"
#include "compat/trust/signing.h"

enum { DAY_SECONDS = 86400 };

static const int lifetime_days[VDI_N_ROLES] = {
    [VDI_ROLE_ROOT] = VDI_AUTHOR_ROOT_DAYS,
    [VDI_ROLE_TIMESTAMP] = VDI_AUTHOR_TIMESTAMP_DAYS,
    [VDI_ROLE_SNAPSHOT] = VDI_AUTHOR_SNAPSHOT_DAYS,
    [VDI_ROLE_TARGETS] = VDI_AUTHOR_TARGETS_DAYS,
};

static bool refuse(const char *what, GError **error)
{
    g_set_error(error, VDI_TRUST_ERROR, VDI_TRUST_ERROR_REFUSED, "%s", what);
    return false;
}

static int64_t expiry(VdiRole role, int64_t now)
{
    return now + (int64_t) lifetime_days[role] * DAY_SECONDS;
}

static char *staged_path(const char *folder, VdiRole role, int64_t version)
{
    g_autofree char *name = role == VDI_ROLE_TIMESTAMP
        ? g_strdup("timestamp.json")
        : g_strdup_printf("%" G_GINT64_FORMAT ".%s.json", version, vdi_role_name(role));

    return g_build_filename(folder, "metadata", name, NULL);
}

/* ---- keys ---- */

static GPtrArray *load_keys(const char *folder, GError **error)
{
    g_autoptr(GPtrArray) keys =
        g_ptr_array_new_with_free_func((GDestroyNotify) vdi_private_key_free);
    g_autofree char *place = g_build_filename(folder, "keys", NULL);
    g_auto(GStrv) names = vdi_file_list(place);

    for (size_t i = 0; names[i] != NULL; i++) {
        g_autofree char *path = g_build_filename(place, names[i], NULL);

        if (!g_str_has_suffix(names[i], ".pem")) {
            continue;
        }
        VdiPrivateKey *key = vdi_private_key_load(path, error);

        if (key == NULL) {
            return NULL;
        }
        g_ptr_array_add(keys, key);
    }
    return g_steal_pointer(&keys);
}

/* Those of `keys` that sign for the role, ended by NULL; borrowed. */
static GPtrArray *signers_of(
    const VdiMetadata *root, VdiRole role, const GPtrArray *keys, GError **error)
{
    const VdiSigners *signers = &root->signers[role];
    g_autoptr(GPtrArray) found = g_ptr_array_new();

    for (guint i = 0; i < keys->len; i++) {
        g_autoptr(VdiJson) public_key = vdi_private_key_public(g_ptr_array_index(keys, i));
        g_autofree char *keyid = vdi_key_id(public_key);

        if (g_strv_contains((const char *const *) signers->keyids, keyid)) {
            g_ptr_array_add(found, g_ptr_array_index(keys, i));
        }
    }
    if (found->len < signers->threshold) {
        g_set_error(error, VDI_TRUST_ERROR, VDI_TRUST_ERROR_REFUSED,
            "%s: %" G_GINT64_FORMAT " signatures are needed, the folder holds %u of its keys",
            vdi_role_name(role), signers->threshold, found->len);
        return NULL;
    }
    g_ptr_array_add(found, NULL);
    return g_steal_pointer(&found);
}

/* ---- what is staged ---- */

/* The highest N of N.ROLE.json; 0 when there is none. */
static int64_t latest_version(const char *folder, VdiRole role)
{
    g_autofree char *place = g_build_filename(folder, "metadata", NULL);
    g_auto(GStrv) names = vdi_file_list(place);
    g_autofree char *suffix = g_strdup_printf(".%s.json", vdi_role_name(role));
    guint64 latest = 0;

    for (size_t i = 0; names[i] != NULL; i++) {
        guint64 version = 0;

        if (!g_str_has_suffix(names[i], suffix)) {
            continue;
        }
        g_autofree char *number = g_strndup(names[i], strlen(names[i]) - strlen(suffix));

        if (g_ascii_string_to_unsigned(
                number, 10, 1, (guint64) VDI_SIGNING_VERSION_MAX, &version, NULL)) {
            latest = MAX(latest, version);
        }
    }
    return (int64_t) latest;
}

static VdiMetadata *load_root(const char *folder, GError **error)
{
    int64_t version = latest_version(folder, VDI_ROLE_ROOT);
    g_autofree char *path = staged_path(folder, VDI_ROLE_ROOT, MAX(version, 1));
    g_autoptr(GBytes) bytes = vdi_file_read(path, VDI_METADATA_ROOT_MAX_BYTES, error);

    return bytes != NULL ? vdi_metadata_verify_root(bytes, NULL, error) : NULL;
}

/* The role's newest file; NULL without an error when there is none yet. */
static VdiMetadata *load_latest(
    const char *folder, VdiRole role, const VdiMetadata *root, GError **error)
{
    g_autofree char *path = staged_path(folder, role, MAX(latest_version(folder, role), 1));
    g_autoptr(GError) local = NULL;
    g_autoptr(GBytes) bytes = vdi_file_read(path, vdi_metadata_max_bytes(role), &local);
    VdiMetadata *metadata = NULL;

    if (g_error_matches(local, VDI_FILE_ERROR, VDI_FILE_ERROR_ABSENT)) {
        return NULL;
    }
    if (bytes != NULL) {
        metadata = vdi_metadata_verify(role, bytes, root, &local);
    }
    if (metadata == NULL) {
        g_propagate_prefixed_error(error, g_steal_pointer(&local), "%s: ", path);
    }
    return metadata;
}

/* ---- signing ---- */

typedef struct {
    const char *folder;
    int64_t now;
    VdiMetadata *root;
    GPtrArray *keys;
    VdiAuthorState *state;
} Work;

static void work_clear(Work *work)
{
    vdi_metadata_free(work->root);
    g_clear_pointer(&work->keys, g_ptr_array_unref);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Work, work_clear)

static bool begin(Work *work, GError **error)
{
    work->root = load_root(work->folder, error);
    work->keys = work->root != NULL ? load_keys(work->folder, error) : NULL;
    if (work->keys == NULL) {
        return false;
    }
    if (work->root->expires_at <= work->now) {
        return refuse("root: it has expired; clients would refuse all that follows", error);
    }
    work->state->version[VDI_ROLE_ROOT] = work->root->version;
    work->state->expires_at[VDI_ROLE_ROOT] = work->root->expires_at;
    return true;
}

/* The version that follows the staged one. 0 with an error when what is staged cannot be read. */
static int64_t next_version(const Work *work, VdiRole role, GError **error)
{
    g_autoptr(GError) local = NULL;
    g_autoptr(VdiMetadata) latest = load_latest(work->folder, role, work->root, &local);

    if (local != NULL) {
        g_propagate_error(error, g_steal_pointer(&local));
        return 0;
    }
    if (latest != NULL && latest->version >= VDI_SIGNING_VERSION_MAX) {
        refuse("the version cannot be raised any further", error);
        return 0;
    }
    return latest != NULL ? latest->version + 1 : 1;
}

/* Takes `signed_part`. Returns the file's bytes. */
static GBytes *stage(
    Work *work, VdiRole role, int64_t version, VdiJson *signed_part, GError **error)
{
    g_autoptr(VdiJson) owned = signed_part;
    g_autofree char *path = staged_path(work->folder, role, version);
    g_autoptr(GPtrArray) keys = signers_of(work->root, role, work->keys, error);

    if (keys == NULL) {
        return NULL;
    }
    g_autoptr(GBytes) bytes = vdi_signing_write(owned, (const VdiPrivateKey *const *) keys->pdata);

    if (g_bytes_get_size(bytes) > vdi_metadata_max_bytes(role)) {
        refuse("it would be larger than a client takes", error);
        return NULL;
    }
    if (!vdi_file_write(path, bytes, 0644, error)) {
        return NULL;
    }
    work->state->version[role] = version;
    work->state->expires_at[role] = expiry(role, work->now);
    return g_steal_pointer(&bytes);
}

static GBytes *stage_targets(Work *work, const char *name, GBytes *target, GError **error)
{
    int64_t version = next_version(work, VDI_ROLE_TARGETS, error);
    uint8_t digest[VDI_SHA256_BYTES];

    if (version == 0) {
        return NULL;
    }
    vdi_key_sha256(target, digest);
    g_autofree char *hash = vdi_hex_write(digest, sizeof digest);
    g_autofree char *file = g_strdup_printf("%s.%s", hash, name);
    g_autofree char *path = g_build_filename(work->folder, "metadata", file, NULL);
    VdiJson *signed_part = vdi_signing_targets(version, expiry(VDI_ROLE_TARGETS, work->now));

    vdi_signing_add_target(signed_part, name, target);
    if (!vdi_file_write(path, target, 0644, error)) {
        vdi_json_free(signed_part);
        return NULL;
    }
    return stage(work, VDI_ROLE_TARGETS, version, signed_part, error);
}

/* Snapshot and timestamp over the given targets file. */
static bool stage_freshness(Work *work, int64_t targets_version, GBytes *targets, GError **error)
{
    int64_t version = next_version(work, VDI_ROLE_SNAPSHOT, error);

    if (version == 0) {
        return false;
    }
    g_autoptr(GBytes) snapshot = stage(work, VDI_ROLE_SNAPSHOT, version,
        vdi_signing_snapshot(
            version, expiry(VDI_ROLE_SNAPSHOT, work->now), targets_version, targets),
        error);
    int64_t next = snapshot != NULL ? next_version(work, VDI_ROLE_TIMESTAMP, error) : 0;

    if (next == 0) {
        return false;
    }
    g_autoptr(GBytes) timestamp = stage(work, VDI_ROLE_TIMESTAMP, next,
        vdi_signing_timestamp(next, expiry(VDI_ROLE_TIMESTAMP, work->now), version, snapshot),
        error);

    return timestamp != NULL;
}

/* Before anything is written: all three roles can be signed. */
static bool can_sign(const Work *work, VdiRole from, GError **error)
{
    for (VdiRole role = from; role < VDI_N_ROLES; role++) {
        g_autoptr(GPtrArray) keys = signers_of(work->root, role, work->keys, error);

        if (keys == NULL) {
            return false;
        }
    }
    return true;
}

bool vdi_author_sign(const char *folder, const char *name, GBytes *target, int64_t now,
    VdiAuthorState *ret_state, GError **error)
{
    *ret_state = (VdiAuthorState){0};
    g_auto(Work) work = {.folder = folder, .now = now, .state = ret_state};

    if (!begin(&work, error) || !can_sign(&work, VDI_ROLE_TIMESTAMP, error)) {
        return false;
    }
    g_autoptr(GBytes) targets = stage_targets(&work, name, target, error);

    return targets != NULL
        && stage_freshness(&work, ret_state->version[VDI_ROLE_TARGETS], targets, error);
}

bool vdi_author_renew(const char *folder, int64_t now, VdiAuthorState *ret_state, GError **error)
{
    *ret_state = (VdiAuthorState){0};
    g_auto(Work) work = {.folder = folder, .now = now, .state = ret_state};
    g_autoptr(GError) local = NULL;

    if (!begin(&work, error)) {
        return false;
    }
    g_autoptr(VdiMetadata) targets = load_latest(folder, VDI_ROLE_TARGETS, work.root, &local);

    if (targets == NULL) {
        if (local == NULL) {
            return refuse("nothing has been signed yet", error);
        }
        g_propagate_error(error, g_steal_pointer(&local));
        return false;
    }
    if (targets->expires_at <= now) {
        return refuse("targets: it has expired; sign again", error);
    }
    ret_state->version[VDI_ROLE_TARGETS] = targets->version;
    ret_state->expires_at[VDI_ROLE_TARGETS] = targets->expires_at;
    return stage_freshness(&work, targets->version, vdi_envelope_bytes(targets->envelope), error);
}

/* ---- the beginning ---- */

static bool is_fresh(const char *folder, GError **error)
{
    static const char *const parts[] = {"keys", "metadata"};

    for (size_t i = 0; i < G_N_ELEMENTS(parts); i++) {
        g_autofree char *path = g_build_filename(folder, parts[i], NULL);
        g_auto(GStrv) names = vdi_file_list(path);

        if (names[0] != NULL) {
            g_set_error(error, VDI_TRUST_ERROR, VDI_TRUST_ERROR_REFUSED,
                "%s is not empty; keys are never made twice", path);
            return false;
        }
    }
    return true;
}

bool vdi_author_init(const char *folder, int64_t now, GError **error)
{
    static const char *const names[] = {"root.pem", "targets.pem", "online.pem"};
    VdiPrivateKey *keys[G_N_ELEMENTS(names)] = {NULL};
    bool done = is_fresh(folder, error);

    for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
        g_autofree char *path = g_build_filename(folder, "keys", names[i], NULL);

        keys[i] = vdi_private_key_generate();
        done = done && vdi_private_key_save(keys[i], path, error);
    }
    const VdiPrivateKey *root[] = {keys[0], NULL}, *targets[] = {keys[1], NULL},
                        *online[] = {keys[2], NULL};
    const VdiSigningRole roles[VDI_N_ROLES] = {[VDI_ROLE_ROOT] = {root, 1},
        [VDI_ROLE_TIMESTAMP] = {online, 1},
        [VDI_ROLE_SNAPSHOT] = {online, 1},
        [VDI_ROLE_TARGETS] = {targets, 1}};
    g_autoptr(VdiJson) signed_part = vdi_signing_root(1, expiry(VDI_ROLE_ROOT, now), roles);
    g_autoptr(GBytes) bytes = vdi_signing_write(signed_part, root);
    g_autofree char *path = staged_path(folder, VDI_ROLE_ROOT, 1);

    done = done && vdi_file_create(path, bytes, 0644, error);
    for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
        vdi_private_key_free(keys[i]);
    }
    return done;
}

char *vdi_author_fingerprint(const char *folder, GError **error)
{
    g_autofree char *path = staged_path(folder, VDI_ROLE_ROOT, 1);
    g_autoptr(GBytes) bytes = vdi_file_read(path, VDI_METADATA_ROOT_MAX_BYTES, error);
    uint8_t digest[VDI_SHA256_BYTES];

    if (bytes == NULL) {
        return NULL;
    }
    vdi_key_sha256(bytes, digest);
    return vdi_hex_write(digest, sizeof digest);
}
