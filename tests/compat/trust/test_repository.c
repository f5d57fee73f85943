/* SPDX-License-Identifier: Apache-2.0 */
#include "compat/trust/repository.h"

#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "tests/compat/trust/graph.h"
#include "tests/support/check.h"

/* What lies where on disk. */

static void keeps_metadata_in_a_folder_of_its_own(void)
{
    g_autoptr(Scene) scene = scene_new("layout");
    g_autofree char *store = g_build_filename(scene->folder, "store", NULL);
    g_autofree char *metadata = g_build_filename(store, "metadata", NULL);

    scene_release(scene, &(Release){1, 1, 1, .content = "one"});
    g_autofree char *got = scene_refresh(scene, NULL);
    g_auto(GStrv) beside = vdi_file_list(store);
    g_auto(GStrv) trusted = vdi_file_list(metadata);
    g_autofree char *shown_beside = g_strjoinv(" ", beside);
    g_autofree char *shown_trusted = g_strjoinv(" ", trusted);

    CHECK_TEXT(got, "one");
    CHECK_TEXT(shown_beside, ".lock compat.json metadata origin.json");
    CHECK_TEXT(shown_trusted, "root.json snapshot.json targets.json timestamp.json");
}

static void keeps_targets_of_any_name_inside_their_folder(void)
{
    g_autofree char *long_name = g_strnfill(300, 'x');
    g_autofree char *longest = g_strnfill(240, 'x');
    const struct {
        const char *name, *file;
    } rows[] = {
        {"compat.json", "compat.json"},
        {"a/b", "a%2Fb"},
        {"../../etc/passwd", "%2E.%2F..%2Fetc%2Fpasswd"},
        {"..", "%2E."},
        {".", "%2E"},
        {"/absolute", "%2Fabsolute"},
        {"caf\xc3\xa9 \n", "caf%C3%A9%20%0A"},
        {"accepted.json", "accepted.json"},
        {longest, longest},
        {long_name, "=0d4e2ca9e9cbced7a7a5380eb29e1a3783b9b6d0db72de36a1051038e1c1fbc7"},
    };
    g_autofree char *metadata = g_build_filename(test_folder(), "plain", "metadata", NULL);

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *folder = g_strdup_printf("%s/plain/targets-%zu", test_folder(), i);
        g_autoptr(VdiTrustRepository) repository = vdi_trust_repository_new_plain(metadata, folder);
        g_autoptr(GBytes) bytes = g_bytes_new_static("bytes", 5);
        GError *error = NULL;

        CHECK(vdi_trust_repository_store_target(repository, rows[i].name, NULL, bytes, &error));
        CHECK_NO_ERROR(error);
        g_auto(GStrv) names = vdi_file_list(folder);
        g_autoptr(GBytes) again = vdi_trust_repository_target(repository, rows[i].name);

        CHECK_INT(g_strv_length(names), 1);
        CHECK_TEXT(names[0], rows[i].file);
        CHECK_ROW(rows[i].name, again != NULL && g_bytes_equal(again, bytes));
    }
}

static void a_target_does_not_replace_what_the_store_keeps(void)
{
    static const char *const names[] = {
        "metadata", "accepted.json", "origin.json", "rules.compiled"};
    g_autoptr(Scene) scene = scene_new("taken");
    g_autoptr(GBytes) bytes = g_bytes_new_static("bytes", 5);

    for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
        GError *error = NULL;

        CHECK(!vdi_trust_repository_store_target(scene->repository, names[i], NULL, bytes, &error));
        CHECK_ERROR(error, VDI_TRUST_ERROR, VDI_TRUST_ERROR_FORMAT);
    }
    /* Nor where no target is wanted at all. */
    g_autoptr(VdiTrustRepository) bare = vdi_trust_repository_new_plain(scene->folder, NULL);
    GError *error = NULL;

    CHECK(!vdi_trust_repository_store_target(bare, "compat.json", NULL, bytes, &error));
    CHECK_ERROR(error, VDI_TRUST_ERROR, VDI_TRUST_ERROR_FORMAT);
    CHECK(vdi_trust_repository_target(bare, "compat.json") == NULL);
}

static void a_plain_repository_holds_metadata_and_targets_alone(void)
{
    g_autoptr(Scene) scene = scene_new("plain-scene");
    g_autofree char *metadata = g_build_filename(scene->folder, "D", NULL);
    g_autofree char *targets = g_build_filename(scene->folder, "T", NULL);
    g_autofree char *root = g_build_filename(metadata, "root.json", NULL);
    g_autoptr(VdiTrustRepository) repository = vdi_trust_repository_new_plain(metadata, targets);
    VdiTrustReport report = {0};
    GError *error = NULL;
    g_autoptr(GBytes) none = NULL;

    CHECK(!vdi_trust_refresh(
        repository, &scene->source, VDI_TRUST_MANIFEST, SCENE_NOW, &none, &report, &error));
    CHECK_ERROR(error, VDI_TRUST_ERROR, VDI_TRUST_ERROR_NO_ROOT);
    CHECK_INT(scene->requests->len, 0);
    CHECK(vdi_file_write(root, scene_get(scene, "1.root.json"), 0644, NULL));
    for (int version = 1; version <= 2; version++) {
        g_autoptr(GBytes) got = NULL;

        scene_release(scene, &(Release){version, version, version, .content = "one"});
        CHECK(vdi_trust_refresh(
            repository, &scene->source, VDI_TRUST_MANIFEST, SCENE_NOW, &got, &report, &error));
        CHECK_NO_ERROR(error);
    }
    g_auto(GStrv) kept = vdi_file_list(metadata);
    g_auto(GStrv) stored = vdi_file_list(targets);
    g_autofree char *shown = g_strjoinv(" ", kept);

    CHECK_TEXT(shown, ".lock root.json snapshot.json targets.json timestamp.json");
    CHECK_INT(g_strv_length(stored), 1);
    CHECK_TEXT(stored[0], "compat.json");
}

/* Nothing replaces a folder; true when one was made or taken away again. */
static bool put_in_the_way(const char *path)
{
    g_autofree char *inner = g_build_filename(path, "inner", NULL);

    return vdi_file_write_text(inner, "x", 0644, NULL);
}

static bool take_out_of_the_way(const char *path)
{
    g_autofree char *inner = g_build_filename(path, "inner", NULL);

    return unlink(inner) == 0 && rmdir(path) == 0;
}

static void says_which_of_its_files_cannot_be_written(void)
{
    static const struct {
        const char *name;
        bool is_update; /* a first release is there already */
    } rows[] = {
        {"metadata/root.json", false},
        {"origin.json", false},
        {"metadata/timestamp.json", false},
        {"metadata/vendor.json", false},
        {"accepted.json", true},
    };
    static const SceneDelegation delegations[] = {
        TO("targets", "vendor", .paths = {"*.json"}), END};

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *folder = g_strdup_printf("in-the-way-%zu", i);
        g_autoptr(Scene) scene = graph_machine(folder, false);
        g_autofree char *path = g_build_filename(scene->folder, "store", rows[i].name, NULL);
        g_autoptr(GError) error = NULL;

        scene_graph(scene,
            &(SceneGraph){.version = 1,
                .delegations = delegations,
                .targets = TARGETS({"vendor", "compat.json", "one"})});
        if (rows[i].is_update) {
            CHECK_REFRESH(scene, "one");
            scene_graph(scene,
                &(SceneGraph){.version = 2,
                    .delegations = delegations,
                    .targets = TARGETS({"vendor", "compat.json", "two"})});
        }
        CHECK_ROW(rows[i].name, put_in_the_way(path));
        g_autofree char *refused = scene_refresh(scene, &error);

        CHECK_ROW(rows[i].name, refused == NULL && error != NULL);
        CHECK_ROW(rows[i].name,
            error != NULL && error->domain == VDI_FILE_ERROR
                && strstr(error->message, rows[i].name) != NULL);
        CHECK_ROW(rows[i].name, take_out_of_the_way(path));
        CHECK_REFRESH(scene, rows[i].is_update ? "two" : "one");
    }
}

/* Takes what was written away and puts a folder there while the next root is on its way. */
static GBytes *fetch_and_put_in_the_way(
    VdiTrustSource *source, const VdiTrustRequest *request, GError **error)
{
    Scene *scene = (Scene *) source;
    g_autofree char *path = scene_stored_path(scene, "root.json");

    if (g_str_equal(request->name, "2.root.json")) {
        CHECK(unlink(path) == 0 && put_in_the_way(path));
    }
    return scene->quick(source, request, error);
}

static void says_when_the_next_root_cannot_be_written(void)
{
    g_autoptr(Scene) scene = scene_machine("next-root");
    g_autofree char *path = scene_stored_path(scene, "root.json");
    GError *error = NULL;

    scene_root(scene, 2, SCENE_LATER, scene_roles, (const int[]){0, -1});
    scene->quick = scene->source.fetch;
    scene->source.fetch = fetch_and_put_in_the_way;
    g_autofree char *refused = scene_refresh(scene, &error);

    CHECK(refused == NULL);
    CHECK_ERROR(error, VDI_FILE_ERROR, VDI_FILE_ERROR_WRITE);
    scene->source.fetch = scene->quick;
    CHECK(take_out_of_the_way(path));
    CHECK_REFRESH(scene, "one");
    CHECK_INT(scene->report.root_version, 2);
}

static void downloads_nothing_without_its_lock(void)
{
    g_autoptr(Scene) scene = scene_new("no-lock");
    GError *error = NULL;

    scene_release(scene, &(Release){1, 1, 1, .content = "one"});
    scene_make_plain(scene);
    g_autofree char *lock = scene_stored_path(scene, ".lock");

    CHECK(put_in_the_way(lock));
    CHECK(!scene_download(scene, "compat.json", &error));
    CHECK(error != NULL && error->domain == VDI_FILE_ERROR);
    CHECK_INT(scene->requests->len, 0);
    g_clear_error(&error);
    CHECK(take_out_of_the_way(lock));
    CHECK(scene_download(scene, "compat.json", &error));
    CHECK_NO_ERROR(error);
}

/* A rotation, so that there is a root to leave, and what the store holds is of no use. */
static void says_what_cannot_be_left_for_apply(void)
{
    static const char *const names[] = {"2.root.json", "2.snapshot.json", "timestamp.json"};
    SceneRole roles[VDI_N_ROLES];

    memcpy(roles, scene_roles, sizeof roles);
    roles[VDI_ROLE_TIMESTAMP].keys[0] = 5;
    for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
        g_autofree char *folder = g_strdup_printf("no-room-%zu", i);
        g_autoptr(Scene) scene = scene_machine(folder);
        g_autofree char *incoming = g_build_filename(scene->folder, "incoming", NULL);
        g_autofree char *path = g_build_filename(incoming, names[i], NULL);
        g_autofree char *others = g_build_filename(incoming, "others", NULL);
        g_autofree char *root = g_build_filename(scene->folder, "placed-root.json", NULL);
        g_autofree char *store = g_build_filename(scene->folder, "store", NULL);
        g_autoptr(VdiTrustRepository) fetching = vdi_trust_repository_new(root, store);
        g_autoptr(VdiTrustSource) left = vdi_trust_source_new_folder(incoming);
        g_autoptr(GBytes) fetched = NULL, applied = NULL;
        VdiTrustReport report = {0};
        GError *error = NULL;

        scene_root(scene, 2, SCENE_LATER, roles, (const int[]){0, -1});
        scene_release(scene, &(Release){2, 2, 2, .content = "two", .timestamp_key = 5});
        vdi_trust_repository_collect_into(fetching, incoming);
        CHECK_ROW(names[i], put_in_the_way(path) && put_in_the_way(others));
        CHECK_ROW(names[i],
            !vdi_trust_refresh(fetching, &scene->source, VDI_TRUST_MANIFEST, SCENE_NOW, &fetched,
                &report, &error));
        CHECK_ERROR(error, VDI_FILE_ERROR, VDI_FILE_ERROR_WRITE);
        CHECK_ROW(names[i], take_out_of_the_way(path));
        CHECK_ROW(names[i],
            vdi_trust_refresh(fetching, &scene->source, VDI_TRUST_MANIFEST, SCENE_NOW, &fetched,
                &report, &error));
        CHECK_NO_ERROR(error);
        CHECK_ROW(names[i],
            vdi_trust_refresh(
                scene->repository, left, VDI_TRUST_MANIFEST, SCENE_NOW, &applied, &report, &error));
        CHECK_NO_ERROR(error);
        CHECK_INT(report.root_version, 2);
        /* A folder is nobody's metadata: it stays. */
        CHECK_ROW(names[i], take_out_of_the_way(others));
    }
}

const Test tests[] = {
    {"keeps metadata in a folder of its own", keeps_metadata_in_a_folder_of_its_own},
    {"keeps targets of any name inside their folder",
        keeps_targets_of_any_name_inside_their_folder},
    {"a target does not replace what the store keeps",
        a_target_does_not_replace_what_the_store_keeps},
    {"a plain repository holds metadata and targets alone",
        a_plain_repository_holds_metadata_and_targets_alone},
    {"says which of its files cannot be written", says_which_of_its_files_cannot_be_written},
    {"says when the next root cannot be written", says_when_the_next_root_cannot_be_written},
    {"downloads nothing without its lock", downloads_nothing_without_its_lock},
    {"says what cannot be left for apply", says_what_cannot_be_left_for_apply},
    TEST_END,
};
