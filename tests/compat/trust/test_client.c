/* SPDX-License-Identifier: Apache-2.0 */
#include "compat/trust/client.h"

#include "base/error.h"
#include "base/file.h"
#include "tests/compat/trust/scene.h"
#include "tests/support/check.h"

static void asks_for_five_files_in_order(void)
{
    g_autoptr(Scene) scene = scene_new("order");

    scene_release(scene, &(Release){1, 1, 1, .content = "one"});
    CHECK_REFRESH(scene, "one");
    g_autofree char *requests = scene_requests(scene);
    g_autofree char *hash = g_compute_checksum_for_string(G_CHECKSUM_SHA256, "one", -1);
    g_autofree char *expected = g_strdup_printf(
        "2.root.json timestamp.json 1.snapshot.json 1.targets.json %s.compat.json", hash);

    CHECK_TEXT(requests, expected);
    CHECK(scene->report.is_changed);
    CHECK_INT(scene->report.expires_at, SCENE_LATER);
    CHECK(scene->held->len == 0);
    g_autoptr(GBytes) stored = scene_stored(scene, "timestamp.json");

    CHECK(stored != NULL && g_bytes_equal(stored, scene_get(scene, "timestamp.json")));
}

static void asks_for_no_more_than_changed(void)
{
    g_autoptr(Scene) scene = scene_machine("unchanged");

    CHECK_REFRESH(scene, "one");
    g_autofree char *requests = scene_requests(scene);

    CHECK_TEXT(requests, "2.root.json timestamp.json");
    CHECK(!scene->report.is_changed);
    CHECK(!scene->report.has_conflict);
}

/* Every other name is new with each version: it is not here, or it is not asked for. */
static void says_what_it_holds_of_the_timestamp_alone(void)
{
    g_autoptr(Scene) scene = scene_machine("held");

    scene_release(scene, &(Release){2, 2, 2, .content = "two"});
    CHECK_REFRESH(scene, "two");
    CHECK_INT(scene->held->len, 1);
    CHECK_TEXT(scene->held->len > 0 ? scene->held->pdata[0] : NULL, "timestamp.json");
}

static void follows_a_new_release(void)
{
    g_autoptr(Scene) scene = scene_machine("new");

    scene_release(scene, &(Release){2, 2, 2, .content = "two"});
    CHECK_REFRESH(scene, "two");
    CHECK_INT(scene->report.timestamp_version, 2);
    g_autofree char *loaded = scene_load(scene, NULL);

    CHECK_TEXT(loaded, "two");
    CHECK(!scene->report.is_partial);
}

static void follows_renewed_freshness_alone(void)
{
    g_autoptr(Scene) scene = scene_machine("renewed");

    scene_release(
        scene, &(Release){2, 2, 1, .content = "one", .timestamp_expires = SCENE_LATER - 5});
    CHECK_REFRESH(scene, "one");
    g_autofree char *requests = scene_requests(scene);

    CHECK_TEXT(requests, "2.root.json timestamp.json 2.snapshot.json");
    CHECK_INT(scene->report.expires_at, SCENE_LATER - 5);
}

static void refuses_an_older_timestamp(void)
{
    g_autoptr(Scene) scene = scene_machine("rollback-timestamp");

    scene_release(scene, &(Release){3, 2, 2, .content = "two"});
    CHECK_REFRESH(scene, "two");
    scene_release(scene, &(Release){2, 2, 2, .content = "two"});
    CHECK(scene_refuses(scene, VDI_TRUST_ERROR_ROLLBACK, NULL, "two"));
}

static void refuses_an_older_snapshot_in_a_newer_timestamp(void)
{
    g_autoptr(Scene) scene = scene_machine("rollback-snapshot");

    scene_release(scene, &(Release){2, 3, 2, .content = "two"});
    CHECK_REFRESH(scene, "two");
    scene_release(scene, &(Release){3, 2, 2, .content = "two"});
    CHECK(scene_refuses(scene, VDI_TRUST_ERROR_ROLLBACK, NULL, "two"));
}

static void refuses_older_targets_in_a_newer_snapshot(void)
{
    g_autoptr(Scene) scene = scene_machine("rollback-targets");

    scene_release(scene, &(Release){2, 2, 3, .content = "three"});
    CHECK_REFRESH(scene, "three");
    scene_release(scene, &(Release){3, 3, 2, .content = "two"});
    CHECK(scene_refuses(scene, VDI_TRUST_ERROR_ROLLBACK, CHANGED("timestamp.json"), "three"));
}

static void refuses_older_targets_although_the_local_snapshot_has_expired(void)
{
    g_autoptr(Scene) scene = scene_machine("rollback-expired");

    scene_release(
        scene, &(Release){2, 2, 3, .content = "three", .snapshot_expires = SCENE_NOW + 10});
    CHECK_REFRESH(scene, "three");
    scene->now = SCENE_NOW + 20;
    scene_release(scene, &(Release){3, 3, 2, .content = "two"});
    CHECK(scene_refuses(scene, VDI_TRUST_ERROR_ROLLBACK, CHANGED("timestamp.json"), "three"));
}

static void keeps_a_timestamp_of_equal_version(void)
{
    g_autoptr(Scene) scene = scene_machine("equal");

    scene_release(scene, &(Release){1, 2, 2, .content = "two"});
    CHECK_REFRESH(scene, "one");
    CHECK(scene->report.has_conflict);
}

static void refuses_what_has_expired(void)
{
    static const struct {
        const char *name;
        Release release;
        const char *changed[3];
    } rows[] = {
        {"timestamp", {2, 2, 2, .content = "two", .timestamp_expires = SCENE_NOW}, {NULL}},
        {"snapshot", {2, 2, 2, .content = "two", .snapshot_expires = SCENE_NOW},
            {"timestamp.json", NULL}},
        {"targets", {2, 2, 2, .content = "two", .targets_expires = SCENE_NOW},
            {"timestamp.json", "snapshot.json", NULL}},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *name = g_strconcat("expired-", rows[i].name, NULL);
        g_autoptr(Scene) scene = scene_machine(name);

        scene_release(scene, &rows[i].release);
        CHECK_ROW(
            rows[i].name, scene_refuses(scene, VDI_TRUST_ERROR_EXPIRED, rows[i].changed, "one"));
    }
}

static void does_not_call_an_expired_stored_timestamp_fresh(void)
{
    g_autoptr(Scene) scene = scene_machine("stale");

    scene->now = SCENE_LATER;
    CHECK(scene_refuses(scene, VDI_TRUST_ERROR_EXPIRED, NULL, "one"));
    CHECK_INT(scene->report.expires_at, SCENE_LATER); /* what the guard measures its grace from */
}

static void recovers_from_expiry(void)
{
    g_autoptr(Scene) scene = scene_machine("recovers");

    scene_release(
        scene, &(Release){2, 2, 2, .content = "two", .timestamp_expires = SCENE_NOW + 10});
    CHECK_REFRESH(scene, "two");
    scene->now = SCENE_NOW + 20;
    CHECK(scene_refuses(scene, VDI_TRUST_ERROR_EXPIRED, NULL, "two"));
    scene_release(scene, &(Release){3, 3, 2, .content = "two"});
    CHECK_REFRESH(scene, "two");
}

static void keeps_the_last_good_byte_for_byte_when_a_bit_flips(void)
{
    const SceneStep *rows = scene_steps();

    for (size_t i = 0; i < SCENE_STEPS; i++) {
        g_autofree char *name = g_strdup_printf("flip-%zu", i);
        g_autoptr(Scene) scene = scene_machine(name);

        scene_release(scene, &(Release){2, 2, 2, .content = "two"});
        scene_flip(scene, rows[i].file);
        g_autofree char *got = scene_refresh(scene, NULL);

        CHECK_ROW(rows[i].file, got == NULL);
        g_autofree char *loaded = scene_load(scene, NULL);

        CHECK_ROW(rows[i].file, g_strcmp0(loaded, "one") == 0);
        CHECK_ROW(rows[i].file, scene->report.is_partial == (i > 0));
        CHECK_ROW(rows[i].file, scene->report.expires_at == SCENE_LATER);
        /* The next honest refresh goes on from there. */
        scene_release(scene, &(Release){3, 3, 3, .content = "three"});
        g_autofree char *next = scene_refresh(scene, NULL);

        CHECK_ROW(rows[i].file, g_strcmp0(next, "three") == 0);
    }
}

static void goes_on_after_a_file_was_missing(void)
{
    const SceneStep *rows = scene_steps();

    for (size_t i = 0; i < SCENE_STEPS; i++) {
        g_autofree char *name = g_strdup_printf("missing-%zu", i);
        g_autoptr(Scene) scene = scene_machine(name);

        scene_release(scene, &(Release){2, 2, 2, .content = "two"});
        g_autoptr(GBytes) held = g_bytes_ref(scene_get(scene, rows[i].file));

        scene_remove(scene, rows[i].file);
        CHECK_ROW(
            rows[i].file, scene_refuses(scene, VDI_TRUST_ERROR_MISSING, rows[i].changed, "one"));
        scene_put(scene, rows[i].file, held);
        g_autofree char *next = scene_refresh(scene, NULL);

        CHECK_ROW(rows[i].file, g_strcmp0(next, "two") == 0);
    }
}

static void refuses_what_is_too_large(void)
{
    static const char *const files[] = {
        "2.root.json", "timestamp.json", "2.snapshot.json", "2.targets.json"};
    g_autofree char *blanks = g_strnfill(300 * 1024, ' ');

    for (size_t i = 0; i < G_N_ELEMENTS(files); i++) {
        g_autofree char *name = g_strdup_printf("large-%zu", i);
        g_autoptr(Scene) scene = scene_machine(name);

        scene_release(scene, &(Release){2, 2, 2, .content = "two"});
        scene_put_text(scene, files[i], blanks);
        g_autoptr(GError) error = NULL;
        g_autofree char *got = scene_refresh(scene, &error);

        CHECK_ROW(files[i], got == NULL);
        CHECK_ROW(files[i], g_error_matches(error, VDI_TRUST_ERROR, VDI_TRUST_ERROR_HASH));
    }
}

static void refuses_the_wrong_key_of_each_role(void)
{
    static const struct {
        const char *name;
        Release release;
        const char *changed[3];
    } rows[] = {
        {"timestamp", {2, 2, 2, .content = "two", .timestamp_key = 2}, {NULL}},
        {"snapshot", {2, 2, 2, .content = "two", .snapshot_key = 1}, {"timestamp.json", NULL}},
        {"targets", {2, 2, 2, .content = "two", .targets_key = 1},
            {"timestamp.json", "snapshot.json", NULL}},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *name = g_strconcat("wrong-key-", rows[i].name, NULL);
        g_autoptr(Scene) scene = scene_machine(name);

        scene_release(scene, &rows[i].release);
        CHECK_ROW(
            rows[i].name, scene_refuses(scene, VDI_TRUST_ERROR_SIGNATURE, rows[i].changed, "one"));
    }
}

static void refuses_a_snapshot_served_as_timestamp(void)
{
    static const SceneRole roles[VDI_N_ROLES] = {
        {{0, -1}, 1}, {{1, -1}, 1}, {{1, -1}, 1}, {{3, -1}, 1}};
    g_autoptr(Scene) scene = scene_machine("type");

    scene_root(scene, 2, SCENE_LATER, roles, (const int[]){0, -1});
    scene_release(scene, &(Release){2, 2, 2, .content = "two", .snapshot_key = 1});
    scene_put(scene, "timestamp.json", scene_get(scene, "2.snapshot.json"));
    g_autoptr(GError) error = NULL;
    g_autofree char *got = scene_refresh(scene, &error);

    CHECK(got == NULL);
    CHECK_ERROR(error, VDI_TRUST_ERROR, VDI_TRUST_ERROR_FORMAT);
}

static void asks_nobody_when_the_root_of_trust_is_broken(void)
{
    g_autoptr(Scene) scene = scene_new("broken-root");
    g_autofree char *path = g_build_filename(scene->folder, "placed-root.json", NULL);
    g_autoptr(GError) error = NULL;

    scene_release(scene, &(Release){1, 1, 1, .content = "one"});
    scene_flip(scene, "1.root.json");
    CHECK(vdi_file_write(path, scene_get(scene, "1.root.json"), 0644, NULL));
    g_autofree char *got = scene_refresh(scene, &error);

    CHECK(got == NULL && error != NULL);
    g_clear_error(&error);
    CHECK_INT(scene->requests->len, 0);
    CHECK(vdi_file_remove(path, NULL));
    g_autofree char *none = scene_refresh(scene, &error);

    CHECK(none == NULL);
    CHECK_ERROR(error, VDI_TRUST_ERROR, VDI_TRUST_ERROR_NO_ROOT);
    CHECK_INT(scene->requests->len, 0);
}

static void begins_again_at_the_root_of_trust_when_the_store_is_damaged(void)
{
    static const char *const files[] = {
        "root.json", "timestamp.json", "snapshot.json", "targets.json", "compat.json"};

    for (size_t i = 0; i < G_N_ELEMENTS(files); i++) {
        g_autofree char *name = g_strdup_printf("damaged-%zu", i);
        g_autoptr(Scene) scene = scene_machine(name);
        g_autofree char *path = scene_stored_path(scene, files[i]);

        CHECK(vdi_file_write_text(path, "{}", 0644, NULL));
        g_autofree char *got = scene_refresh(scene, NULL);

        CHECK_ROW(files[i], g_strcmp0(got, "one") == 0);
    }
}

static void loads_nothing_before_the_first_refresh(void)
{
    g_autoptr(Scene) scene = scene_new("never");
    GError *error = NULL;
    g_autofree char *loaded = scene_load(scene, &error);

    CHECK(loaded == NULL);
    CHECK_ERROR(error, VDI_TRUST_ERROR, VDI_TRUST_ERROR_MISSING);
}

static void does_not_load_a_stored_target_that_was_changed(void)
{
    g_autoptr(Scene) scene = scene_machine("changed-target");
    g_autofree char *path = scene_stored_path(scene, "compat.json");
    GError *error = NULL;

    CHECK(vdi_file_write_text(path, "zero", 0644, NULL));
    g_autofree char *loaded = scene_load(scene, &error);

    CHECK(loaded == NULL);
    CHECK_ERROR(error, VDI_TRUST_ERROR, VDI_TRUST_ERROR_SIGNATURE);
}

static void leaves_in_the_incoming_folder_what_apply_needs(void)
{
    g_autoptr(Scene) scene = scene_machine("incoming");
    g_autofree char *incoming = g_build_filename(scene->folder, "incoming", NULL);
    g_autofree char *root = g_build_filename(scene->folder, "placed-root.json", NULL);
    g_autofree char *store = g_build_filename(scene->folder, "store", NULL);
    g_autoptr(VdiTrustRepository) fetching = vdi_trust_repository_new(root, store);
    g_autoptr(GBytes) fetched = NULL, applied = NULL;
    VdiTrustReport report = {0};
    GError *error = NULL;

    scene_root(scene, 2, SCENE_LATER, scene_roles, (const int[]){0, -1});
    scene_release(scene, &(Release){2, 2, 2, .content = "two"});
    vdi_trust_repository_collect_into(fetching, incoming);
    CHECK(vdi_trust_refresh(
        fetching, &scene->source, VDI_TRUST_MANIFEST, SCENE_NOW, &fetched, &report, &error));
    CHECK_NO_ERROR(error);
    g_autofree char *untouched = scene_load(scene, NULL);

    CHECK_TEXT(untouched, "one");
    g_autoptr(VdiTrustSource) folder = vdi_trust_source_new_folder(incoming);

    CHECK(vdi_trust_refresh(
        scene->repository, folder, VDI_TRUST_MANIFEST, SCENE_NOW, &applied, &report, &error));
    CHECK_NO_ERROR(error);
    CHECK_INT(report.root_version, 2);
    g_autofree char *loaded = scene_load(scene, NULL);

    CHECK_TEXT(loaded, "two");
    g_clear_pointer(&fetched, g_bytes_unref);
    g_clear_pointer(&applied, g_bytes_unref);
    /* Nothing new: a second pair of runs is as good, and the folder holds no old files. */
    CHECK(vdi_trust_refresh(
        fetching, &scene->source, VDI_TRUST_MANIFEST, SCENE_NOW, &fetched, &report, &error));
    CHECK(vdi_trust_refresh(
        scene->repository, folder, VDI_TRUST_MANIFEST, SCENE_NOW, &applied, &report, &error));
    CHECK_NO_ERROR(error);
    g_auto(GStrv) names = vdi_file_list(incoming);

    CHECK_INT(g_strv_length(names), 5); /* the lock and four files; root 2 is in the store */
    CHECK_TEXT(names[0], ".lock");
    CHECK_TEXT(names[1], "2.snapshot.json");
    CHECK_TEXT(names[2], "2.targets.json");
    CHECK_TEXT(names[4], "timestamp.json");
}

/* Whoever writes what follows from a refresh does it before the next one begins. */
static void keeps_others_out_until_the_repository_is_closed(void)
{
    g_autoptr(Scene) scene = scene_machine("lock");
    g_autofree char *root = g_build_filename(scene->folder, "placed-root.json", NULL);
    g_autofree char *store = g_build_filename(scene->folder, "store", NULL);
    g_autofree char *path = g_build_filename(store, ".lock", NULL);
    g_autoptr(VdiTrustRepository) second = vdi_trust_repository_new(root, store);
    GError *error = NULL;
    g_auto(VdiFd) while_open = vdi_file_lock(path, 0, &error);

    CHECK(while_open < 0);
    CHECK_ERROR(error, VDI_FILE_ERROR, VDI_FILE_ERROR_BUSY);
    CHECK_REFRESH(scene, "one"); /* it holds its own lock already */
    g_clear_pointer(&scene->repository, vdi_trust_repository_free);
    CHECK(vdi_trust_repository_lock(second, &error));
    CHECK_NO_ERROR(error);
}

static void leaves_the_incoming_folder_alone_after_a_failure(void)
{
    g_autoptr(Scene) scene = scene_machine("incoming-failure");
    g_autofree char *incoming = g_build_filename(scene->folder, "incoming", NULL);
    g_autoptr(GBytes) fetched = NULL;
    VdiTrustReport report = {0};

    scene_release(scene, &(Release){2, 2, 2, .content = "two"});
    scene_flip(scene, "2.targets.json");
    vdi_trust_repository_collect_into(scene->repository, incoming);
    CHECK(!vdi_trust_refresh(
        scene->repository, &scene->source, VDI_TRUST_MANIFEST, SCENE_NOW, &fetched, &report, NULL));
    g_auto(GStrv) names = vdi_file_list(incoming);

    CHECK_INT(g_strv_length(names), 1); /* the lock */
}

const Test tests[] = {
    {"asks for five files in order", asks_for_five_files_in_order},
    {"asks for no more than changed", asks_for_no_more_than_changed},
    {"says what it holds of the timestamp alone", says_what_it_holds_of_the_timestamp_alone},
    {"follows a new release", follows_a_new_release},
    {"follows renewed freshness alone", follows_renewed_freshness_alone},
    {"refuses an older timestamp", refuses_an_older_timestamp},
    {"refuses an older snapshot in a newer timestamp",
        refuses_an_older_snapshot_in_a_newer_timestamp},
    {"refuses older targets in a newer snapshot", refuses_older_targets_in_a_newer_snapshot},
    {"refuses older targets although the local snapshot has expired",
        refuses_older_targets_although_the_local_snapshot_has_expired},
    {"keeps a timestamp of equal version", keeps_a_timestamp_of_equal_version},
    {"refuses what has expired", refuses_what_has_expired},
    {"does not call an expired stored timestamp fresh",
        does_not_call_an_expired_stored_timestamp_fresh},
    {"recovers from expiry", recovers_from_expiry},
    {"keeps the last good byte for byte when a bit flips",
        keeps_the_last_good_byte_for_byte_when_a_bit_flips},
    {"goes on after a file was missing", goes_on_after_a_file_was_missing},
    {"refuses what is too large", refuses_what_is_too_large},
    {"refuses the wrong key of each role", refuses_the_wrong_key_of_each_role},
    {"refuses a snapshot served as timestamp", refuses_a_snapshot_served_as_timestamp},
    {"asks nobody when the root of trust is broken", asks_nobody_when_the_root_of_trust_is_broken},
    {"begins again at the root of trust when the store is damaged",
        begins_again_at_the_root_of_trust_when_the_store_is_damaged},
    {"loads nothing before the first refresh", loads_nothing_before_the_first_refresh},
    {"does not load a stored target that was changed",
        does_not_load_a_stored_target_that_was_changed},
    {"leaves in the incoming folder what apply needs",
        leaves_in_the_incoming_folder_what_apply_needs},
    {"keeps others out until the repository is closed",
        keeps_others_out_until_the_repository_is_closed},
    {"leaves the incoming folder alone after a failure",
        leaves_the_incoming_folder_alone_after_a_failure},
    TEST_END,
};
