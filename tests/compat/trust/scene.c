/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/compat/trust/scene.h"

#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "base/file.h"
#include "compat/trust/envelope.h"
#include "tests/support/check.h"

const SceneRole scene_roles[VDI_N_ROLES] = {
    [VDI_ROLE_ROOT] = {{0, -1}, 1},
    [VDI_ROLE_TIMESTAMP] = {{1, -1}, 1},
    [VDI_ROLE_SNAPSHOT] = {{2, -1}, 1},
    [VDI_ROLE_TARGETS] = {{3, -1}, 1},
};

static GBytes *source_fetch(VdiTrustSource *source, const VdiTrustRequest *request, GError **error)
{
    Scene *scene = (Scene *) source;
    GBytes *bytes = g_hash_table_lookup(scene->files, request->name);

    g_ptr_array_add(scene->requests, g_strdup(request->name));
    if (request->known != NULL) {
        g_ptr_array_add(scene->held, g_strdup(request->name));
        if (bytes != NULL && g_bytes_equal(bytes, request->known)) {
            return g_bytes_ref(request->known);
        }
    }
    if (bytes == NULL) {
        g_set_error(error, VDI_TRUST_ERROR, VDI_TRUST_ERROR_MISSING, "%s: not here", request->name);
        return NULL;
    }
    if (g_bytes_get_size(bytes) == 0) { /* how a test says "the network is down" */
        g_set_error(error, VDI_TRUST_ERROR, VDI_TRUST_ERROR_SOURCE, "%s: no answer", request->name);
        return NULL;
    }
    return g_bytes_ref(bytes);
}

static void source_free(VdiTrustSource *source)
{
}

static char *root_path(const Scene *scene)
{
    return g_build_filename(scene->folder, "placed-root.json", NULL);
}

static char *store_path(const Scene *scene)
{
    return g_build_filename(scene->folder, "store", NULL);
}

Scene *scene_new(const char *name)
{
    Scene *scene = g_new0(Scene, 1);
    g_autofree char *root = NULL, *store = NULL;

    scene->source = (VdiTrustSource){source_fetch, source_free};
    scene->files =
        g_hash_table_new_full(g_str_hash, g_str_equal, g_free, (GDestroyNotify) g_bytes_unref);
    scene->requests = g_ptr_array_new_with_free_func(g_free);
    scene->held = g_ptr_array_new_with_free_func(g_free);
    scene->folder = g_build_filename(test_folder(), name, NULL);
    scene->now = SCENE_NOW;
    for (int i = 0; i < SCENE_KEYS; i++) {
        scene->keys[i] = vdi_private_key_generate();
    }
    root = root_path(scene);
    store = store_path(scene);
    scene->repository = vdi_trust_repository_new(root, store);
    scene_root(scene, 1, SCENE_LATER, scene_roles, (const int[]){0, -1});
    if (!vdi_file_write(root, scene_get(scene, "1.root.json"), 0644, NULL)) {
        g_error("%s cannot be written", root);
    }
    return scene;
}

void scene_free(Scene *scene)
{
    g_hash_table_unref(scene->files);
    g_ptr_array_unref(scene->requests);
    g_ptr_array_unref(scene->held);
    for (int i = 0; i < SCENE_KEYS; i++) {
        vdi_private_key_free(scene->keys[i]);
    }
    vdi_trust_repository_free(scene->repository);
    g_free(scene->folder);
    g_free(scene);
}

void scene_put(Scene *scene, const char *name, GBytes *bytes)
{
    g_hash_table_insert(scene->files, g_strdup(name), g_bytes_ref(bytes));
}

void scene_put_text(Scene *scene, const char *name, const char *text)
{
    g_autoptr(GBytes) bytes = g_bytes_new(text, strlen(text));

    scene_put(scene, name, bytes);
}

GBytes *scene_get(Scene *scene, const char *name)
{
    return g_hash_table_lookup(scene->files, name);
}

void scene_remove(Scene *scene, const char *name)
{
    g_hash_table_remove(scene->files, name);
}

void scene_flip(Scene *scene, const char *name)
{
    size_t size = 0;
    const void *data = g_bytes_get_data(scene_get(scene, name), &size);
    uint8_t *copy = g_memdup2(data, size);

    copy[size / 2] ^= 1;
    g_autoptr(GBytes) bytes = g_bytes_new_take(copy, size);

    scene_put(scene, name, bytes);
}

/* Takes `signed_part`; returns what was put. */
static GBytes *put_signed(Scene *scene, const char *name, VdiJson *signed_part, const int *signers)
{
    const VdiPrivateKey *keys[SCENE_KEYS + 1] = {NULL};
    g_autoptr(VdiJson) owned = signed_part;

    for (int i = 0; signers[i] >= 0; i++) {
        keys[i] = scene->keys[signers[i]];
    }
    g_autoptr(GBytes) bytes = vdi_signing_write(owned, keys);

    scene_put(scene, name, bytes);
    return scene_get(scene, name);
}

void scene_put_signed_by(Scene *scene, const char *name, const char *text, const int *keys)
{
    g_autoptr(GBytes) raw = g_bytes_new_static(text, strlen(text));
    VdiJson *part = vdi_json_parse(raw, 1 << 24, NULL);

    g_assert(part != NULL);
    (void) put_signed(scene, name, part, keys);
}

void scene_put_signed(Scene *scene, const char *name, const char *text, int key)
{
    scene_put_signed_by(scene, name, text, (const int[]){key, -1});
}

void scene_edit(Scene *scene, const char *name, const char *from, const char *to, int key)
{
    g_autoptr(VdiEnvelope) envelope = vdi_envelope_parse(scene_get(scene, name), 1 << 20, NULL);

    g_assert(envelope != NULL);
    g_autofree char *before = vdi_json_print(vdi_envelope_signed(envelope));
    g_autoptr(GString) text = g_string_new(before);

    if (*from != '\0') {
        guint changed = g_string_replace(text, from, to, 0);

        g_assert(changed > 0);
    }
    scene_put_signed_by(scene, name, text->str, (const int[]){key, -1});
}

void scene_announce_freely(Scene *scene)
{
    static const char head[] = "\"spec_version\":\"1.0\",\"version\":1,"
                               "\"expires\":\"2038-01-01T00:00:00Z\"";
    g_autofree char *snapshot = g_strdup_printf(
        "{\"_type\":\"snapshot\",%s,\"meta\":{\"targets.json\":{\"version\":1}}}", head);
    g_autofree char *timestamp = g_strdup_printf(
        "{\"_type\":\"timestamp\",%s,\"meta\":{\"snapshot.json\":{\"version\":1}}}", head);
    g_autofree char *name = scene_name(scene, 1, "snapshot");

    scene_put_signed(scene, name, snapshot, 2);
    scene_put_signed(scene, "timestamp.json", timestamp, 1);
}

/* Our author always writes consistent snapshots. Takes `root`. */
static VdiJson *without_consistency(VdiJson *root)
{
    g_autoptr(VdiJson) owned = root;
    g_autofree char *text = vdi_json_print(owned);
    g_auto(GStrv) parts = g_strsplit(text, "\"consistent_snapshot\":true", 2);

    g_assert(parts[0] != NULL && parts[1] != NULL);
    g_autofree char *changed = g_strjoinv("\"consistent_snapshot\":false", parts);
    g_autoptr(GBytes) raw = g_bytes_new_static(changed, strlen(changed));
    VdiJson *part = vdi_json_parse(raw, 65536, NULL);

    g_assert(part != NULL);
    return part;
}

void scene_root(Scene *scene, int64_t version, int64_t expires_at,
    const SceneRole roles[VDI_N_ROLES], const int *signers)
{
    const VdiPrivateKey *keys[VDI_N_ROLES][SCENE_KEYS + 1] = {{NULL}};
    VdiSigningRole signing[VDI_N_ROLES];
    g_autofree char *name = g_strdup_printf("%d.root.json", (int) version);
    VdiJson *part = NULL;

    for (int role = 0; role < VDI_N_ROLES; role++) {
        for (int i = 0; roles[role].keys[i] >= 0; i++) {
            keys[role][i] = scene->keys[roles[role].keys[i]];
        }
        signing[role] = (VdiSigningRole){keys[role], roles[role].threshold};
    }
    part = vdi_signing_root(version, expires_at, signing);
    (void) put_signed(
        scene, name, scene->has_plain_names ? without_consistency(part) : part, signers);
}

char *scene_name(const Scene *scene, int64_t version, const char *role)
{
    return scene->has_plain_names ? g_strdup_printf("%s.json", role)
                                  : g_strdup_printf("%" G_GINT64_FORMAT ".%s.json", version, role);
}

static int64_t or_later(int64_t expires_at)
{
    return expires_at != 0 ? expires_at : SCENE_LATER;
}

void scene_release(Scene *scene, const Release *release)
{
    const int timestamp_key[] = {release->timestamp_key != 0 ? release->timestamp_key : 1,
        release->timestamp_also != 0 ? release->timestamp_also : -1, -1};
    const int snapshot_key[] = {release->snapshot_key != 0 ? release->snapshot_key : 2,
        release->snapshot_also != 0 ? release->snapshot_also : -1, -1};
    const int targets_key[] = {release->targets_key != 0 ? release->targets_key : 3,
        release->targets_also != 0 ? release->targets_also : -1, -1};
    g_autofree char *hash = g_compute_checksum_for_string(G_CHECKSUM_SHA256, release->content, -1);
    g_autofree char *target =
        scene->has_plain_names ? g_strdup("compat.json") : g_strdup_printf("%s.compat.json", hash);
    g_autofree char *targets_name = scene_name(scene, release->targets, "targets");
    g_autofree char *snapshot_name = scene_name(scene, release->snapshot, "snapshot");

    scene_put_text(scene, target, release->content);
    VdiJson *targets = vdi_signing_targets(release->targets, or_later(release->targets_expires));

    vdi_signing_add_target(targets, "compat.json", scene_get(scene, target));
    GBytes *targets_bytes = put_signed(scene, targets_name, targets, targets_key);
    GBytes *snapshot_bytes = put_signed(scene, snapshot_name,
        vdi_signing_snapshot(release->snapshot, or_later(release->snapshot_expires),
            release->targets, targets_bytes),
        snapshot_key);

    (void) put_signed(scene, "timestamp.json",
        vdi_signing_timestamp(release->timestamp, or_later(release->timestamp_expires),
            release->snapshot, snapshot_bytes),
        timestamp_key);
}

Scene *scene_machine(const char *name)
{
    Scene *scene = scene_new(name);

    scene_release(scene, &(Release){1, 1, 1, .content = "one"});
    CHECK_REFRESH(scene, "one");
    return scene;
}

const SceneStep *scene_steps(void)
{
    /* SHA-256 of "two". */
    static const SceneStep steps[SCENE_STEPS] = {
        {"timestamp.json", {NULL}},
        {"2.snapshot.json", {"timestamp.json", NULL}},
        {"2.targets.json", {"timestamp.json", "snapshot.json", NULL}},
        {"3fc4ccfe745870e2c0d99f71f30ff0656c8dedd41cc1d7d3d376b0dbe685e2f3.compat.json",
            {"timestamp.json", "snapshot.json", "targets.json", NULL}},
    };

    return steps;
}

static char *to_text(GBytes *bytes)
{
    return g_strndup(g_bytes_get_data(bytes, NULL), g_bytes_get_size(bytes));
}

char *scene_refresh(Scene *scene, GError **error)
{
    g_autoptr(GBytes) target = NULL;

    g_ptr_array_set_size(scene->requests, 0);
    g_ptr_array_set_size(scene->held, 0);
    return vdi_trust_refresh(scene->repository, &scene->source, VDI_TRUST_MANIFEST, scene->now,
               &target, &scene->report, error)
        ? to_text(target)
        : NULL;
}

char *scene_load(Scene *scene, GError **error)
{
    g_autoptr(GBytes) target =
        vdi_trust_load(scene->repository, VDI_TRUST_MANIFEST, &scene->report, error);

    return target != NULL ? to_text(target) : NULL;
}

char *scene_requests(const Scene *scene)
{
    g_autoptr(GString) out = g_string_new(NULL);

    for (guint i = 0; i < scene->requests->len; i++) {
        g_string_append_printf(
            out, "%s%s", i > 0 ? " " : "", (char *) g_ptr_array_index(scene->requests, i));
    }
    return g_string_free(g_steal_pointer(&out), false);
}

void scene_make_plain(Scene *scene)
{
    g_autofree char *metadata = g_build_filename(scene->folder, "D", NULL);
    g_autofree char *targets = g_build_filename(scene->folder, "T", NULL);
    g_autofree char *root = g_build_filename(metadata, "root.json", NULL);

    vdi_trust_repository_free(scene->repository);
    scene->repository = vdi_trust_repository_new_plain(metadata, targets);
    scene->is_plain = true;
    if (!vdi_file_write(root, scene_get(scene, "1.root.json"), 0644, NULL)) {
        g_error("%s cannot be written", root);
    }
}

bool scene_download(Scene *scene, const char *target, GError **error)
{
    const char *const names[] = {target, NULL};

    g_ptr_array_set_size(scene->requests, 0);
    return vdi_trust_download(
        scene->repository, &scene->source, names, scene->now, &scene->report, error);
}

char *scene_stored_path(const Scene *scene, const char *name)
{
    static const char *const beside[] = {"compat.json", "accepted.json", "origin.json", NULL};
    bool is_beside = g_strv_contains(beside, name);

    if (scene->is_plain) {
        return g_build_filename(scene->folder, is_beside ? "T" : "D", name, NULL);
    }
    return is_beside ? g_build_filename(scene->folder, "store", name, NULL)
                     : g_build_filename(scene->folder, "store", "metadata", name, NULL);
}

GBytes *scene_stored(const Scene *scene, const char *name)
{
    g_autofree char *path = scene_stored_path(scene, name);

    return vdi_file_read(path, 1 << 20, NULL);
}

static bool same(GBytes *a, GBytes *b)
{
    return (a == NULL) == (b == NULL) && (a == NULL || g_bytes_equal(a, b));
}

bool scene_refuses(Scene *scene, int code, const char *const *changed, const char *still)
{
    static const char *const names[] = {
        "root.json", "timestamp.json", "snapshot.json", "targets.json", "compat.json"};
    g_autoptr(GPtrArray) before = g_ptr_array_new();
    g_autoptr(GError) error = NULL;
    bool right = true;

    for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
        g_ptr_array_add(before, scene_stored(scene, names[i]));
    }
    g_autofree char *got = scene_refresh(scene, &error);

    if (got != NULL || !g_error_matches(error, VDI_TRUST_ERROR, code)) {
        printf("expected code %d, got %s\n", code, error != NULL ? error->message : "success");
        right = false;
    }
    for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
        GBytes *old = g_ptr_array_index(before, i);
        g_autoptr(GBytes) now = scene_stored(scene, names[i]);
        bool may_change = changed != NULL && g_strv_contains(changed, names[i]);

        if (same(old, now) == may_change) {
            printf("%s %s\n", names[i], may_change ? "did not change" : "changed");
            right = false;
        }
        g_clear_pointer(&old, g_bytes_unref);
    }
    g_autofree char *loaded = scene_load(scene, NULL);

    if (g_strcmp0(loaded, still) != 0) {
        printf("loads \"%s\"\n", loaded != NULL ? loaded : "nothing");
        right = false;
    }
    return right;
}
