/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>

#include "base/error.h"
#include "base/file.h"
#include "tests/compat/trust/scene.h"
#include "tests/support/check.h"

/* The chain of roots: what a new root needs, and what it takes along. */

#define SIGNERS(...) ((const int[]){__VA_ARGS__, -1})

static const SceneRole rotated_root[VDI_N_ROLES] = {
    {{4, -1}, 1}, {{1, -1}, 1}, {{2, -1}, 1}, {{3, -1}, 1}};

static void accepts_what_old_and_new_keys_signed(void)
{
    g_autoptr(Scene) scene = scene_machine("both");

    scene_root(scene, 2, SCENE_LATER, rotated_root, SIGNERS(0, 4));
    scene_root(scene, 3, SCENE_LATER, rotated_root, SIGNERS(4));
    g_autofree char *got = scene_refresh(scene, NULL);
    g_autofree char *requests = scene_requests(scene);

    CHECK_TEXT(got, "one");
    CHECK_INT(scene->report.root_version, 3);
    CHECK_TEXT(requests, "2.root.json 3.root.json 4.root.json timestamp.json");
}

static void refuses_roots(void)
{
    static const SceneRole too_high[VDI_N_ROLES] = {
        {{0, 4, -1}, 3}, {{1, -1}, 1}, {{2, -1}, 1}, {{3, -1}, 1}};
    static const struct {
        const char *name;
        const SceneRole *roles;
        int64_t version; /* inside; the file is 2.root.json */
        int signers[3];
        int code;
    } rows[] = {
        {"signed by the new key alone", rotated_root, 2, {4, -1}, VDI_TRUST_ERROR_SIGNATURE},
        {"signed by the old key alone", rotated_root, 2, {0, -1}, VDI_TRUST_ERROR_SIGNATURE},
        {"signed by a wrong old key", rotated_root, 2, {3, 4, -1}, VDI_TRUST_ERROR_SIGNATURE},
        {"unsigned", rotated_root, 2, {-1}, VDI_TRUST_ERROR_SIGNATURE},
        {"a threshold above its keys", too_high, 2, {0, 4, -1}, VDI_TRUST_ERROR_SIGNATURE},
        {"version skipped", rotated_root, 3, {0, 4, -1}, VDI_TRUST_ERROR_VERSION},
        {"version repeated", rotated_root, 1, {0, 4, -1}, VDI_TRUST_ERROR_ROLLBACK},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *name = g_strdup_printf("root-%zu", i);
        g_autofree char *made = g_strdup_printf("%d.root.json", (int) rows[i].version);
        g_autoptr(Scene) scene = scene_machine(name);

        scene_root(scene, rows[i].version, SCENE_LATER, rows[i].roles, rows[i].signers);
        scene_put(scene, "2.root.json", scene_get(scene, made));
        CHECK_ROW(rows[i].name, scene_refuses(scene, rows[i].code, NULL, "one"));
    }
}

static void stops_when_it_cannot_know_whether_there_is_a_newer_one(void)
{
    g_autoptr(Scene) scene = scene_machine("down");

    scene_put_text(scene, "2.root.json", "");
    CHECK(scene_refuses(scene, VDI_TRUST_ERROR_SOURCE, NULL, "one"));
}

static void keeps_an_expired_newer_root_and_nothing_after_it(void)
{
    g_autoptr(Scene) scene = scene_machine("expired");

    scene_root(scene, 2, SCENE_NOW, scene_roles, SIGNERS(0));
    scene_release(scene, &(Release){2, 2, 2, .content = "two"});
    CHECK(scene_refuses(scene, VDI_TRUST_ERROR_EXPIRED, CHANGED("root.json"), "one"));
    scene_root(scene, 3, SCENE_LATER, scene_roles, SIGNERS(0));
    g_autofree char *got = scene_refresh(scene, NULL);

    CHECK_TEXT(got, "two");
}

static void counts_distinct_keys_of_the_threshold(void)
{
    static const SceneRole two_of_three[VDI_N_ROLES] = {
        {{4, 5, 6, -1}, 2}, {{1, -1}, 1}, {{2, -1}, 1}, {{3, -1}, 1}};
    g_autoptr(Scene) scene = scene_machine("threshold");
    GError *error = NULL;

    scene_root(scene, 2, SCENE_LATER, two_of_three, SIGNERS(0, 4, 6));
    scene_root(scene, 3, SCENE_LATER, two_of_three, SIGNERS(5));
    g_autofree char *got = scene_refresh(scene, &error);

    CHECK(got == NULL);
    CHECK_ERROR(error, VDI_TRUST_ERROR, VDI_TRUST_ERROR_SIGNATURE);
    CHECK_INT(scene->report.root_version, 2);
    scene_root(scene, 3, SCENE_LATER, two_of_three, SIGNERS(5, 6));
    g_autofree char *next = scene_refresh(scene, NULL);

    CHECK_TEXT(next, "one");
    CHECK_INT(scene->report.root_version, 3);
}

/* Whoever stole an online key signs the highest version there is. A new root with other keys lets
 * versions begin again. */
static void recovers_from_a_fast_forward_by_rotation(void)
{
    static const struct {
        const char *name;
        SceneRole roles[VDI_N_ROLES];
        int timestamp_key, snapshot_key;
    } rows[] = {
        {"timestamp", {{{0, -1}, 1}, {{4, -1}, 1}, {{2, -1}, 1}, {{3, -1}, 1}}, 4, 2},
        {"snapshot", {{{0, -1}, 1}, {{1, -1}, 1}, {{5, -1}, 1}, {{3, -1}, 1}}, 1, 5},
        {"both", {{{0, -1}, 1}, {{4, -1}, 1}, {{5, -1}, 1}, {{3, -1}, 1}}, 4, 5},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *name = g_strdup_printf("forward-%zu", i);
        g_autoptr(Scene) scene = scene_machine(name);

        scene_release(scene, &(Release){2147483647, 2147483647, 100, .content = "false"});
        g_autofree char *forged = scene_refresh(scene, NULL);

        CHECK_ROW(rows[i].name, g_strcmp0(forged, "false") == 0);
        scene_root(scene, 2, SCENE_LATER, rows[i].roles, SIGNERS(0));
        scene_release(scene,
            &(Release){1, 1, 1, .content = "one", .timestamp_key = rows[i].timestamp_key,
                .snapshot_key = rows[i].snapshot_key});
        g_autofree char *got = scene_refresh(scene, NULL);

        CHECK_ROW(rows[i].name, g_strcmp0(got, "one") == 0);
    }
}

/* Whoever forwarded the versions could do so again: nothing was recovered from. */
static void forgets_no_version_for_one_more_key(void)
{
    static const SceneRole added[VDI_N_ROLES] = {
        {{0, -1}, 1}, {{1, 4, -1}, 1}, {{2, 5, -1}, 1}, {{3, -1}, 1}};
    g_autoptr(Scene) scene = scene_machine("one-more");

    scene_release(scene, &(Release){9, 9, 9, .content = "nine"});
    g_autofree char *got = scene_refresh(scene, NULL);

    CHECK_TEXT(got, "nine");
    scene_root(scene, 2, SCENE_LATER, added, SIGNERS(0));
    scene_release(
        scene, &(Release){8, 8, 8, .content = "eight", .timestamp_key = 4, .snapshot_key = 5});
    CHECK(scene_refuses(scene, VDI_TRUST_ERROR_ROLLBACK, CHANGED("root.json"), "nine"));
}

static void does_not_load_what_a_revoked_key_signed(void)
{
    static const SceneRole revoked[VDI_N_ROLES] = {
        {{0, -1}, 1}, {{1, -1}, 1}, {{2, -1}, 1}, {{5, -1}, 1}};
    g_autoptr(Scene) scene = scene_machine("revoked");
    GError *error = NULL;

    scene_root(scene, 2, SCENE_LATER, revoked, SIGNERS(0));
    g_autofree char *refused = scene_refresh(scene, &error);

    CHECK(refused == NULL);
    CHECK_ERROR(error, VDI_TRUST_ERROR, VDI_TRUST_ERROR_SIGNATURE);
    g_autofree char *loaded = scene_load(scene, &error);

    CHECK(loaded == NULL);
    CHECK_ERROR(error, VDI_TRUST_ERROR, VDI_TRUST_ERROR_SIGNATURE);
    scene_release(scene, &(Release){2, 2, 2, .content = "one", .targets_key = 5});
    g_autofree char *got = scene_refresh(scene, &error);

    CHECK_NO_ERROR(error);
    CHECK_TEXT(got, "one");
}

static void keeps_the_last_good_through_a_rotation_of_online_keys(void)
{
    static const SceneRole rotated[VDI_N_ROLES] = {
        {{0, -1}, 1}, {{4, -1}, 1}, {{4, -1}, 1}, {{3, -1}, 1}};
    g_autoptr(Scene) scene = scene_machine("online");

    scene_root(scene, 2, SCENE_LATER, rotated, SIGNERS(0));
    scene_remove(scene, "timestamp.json");
    CHECK(scene_refuses(scene, VDI_TRUST_ERROR_MISSING,
        CHANGED("root.json", "timestamp.json", "snapshot.json"), "one"));
    CHECK(scene->report.is_partial);
    CHECK_INT(scene->report.expires_at, SCENE_LATER);
}

static void follows_64_roots_in_one_refresh_and_goes_on_in_the_next(void)
{
    g_autoptr(Scene) scene = scene_machine("many");

    for (int version = 2; version <= 80; version++) {
        scene_root(scene, version, SCENE_LATER, scene_roles, SIGNERS(0));
    }
    g_autofree char *first = scene_refresh(scene, NULL);

    CHECK_TEXT(first, "one");
    CHECK_INT(scene->report.root_version, 65);
    CHECK(scene->report.has_more_roots);
    g_autofree char *second = scene_refresh(scene, NULL);

    CHECK_TEXT(second, "one");
    CHECK_INT(scene->report.root_version, 80);
    CHECK(!scene->report.has_more_roots);
}

static void starts_anew_when_the_administrator_places_another_root(void)
{
    g_autoptr(Scene) scene = scene_machine("placed");
    g_autoptr(Scene) other = scene_new("placed-other");
    g_autofree char *path = g_build_filename(scene->folder, "placed-root.json", NULL);
    GError *error = NULL;

    scene_root(scene, 2, SCENE_LATER, rotated_root, SIGNERS(0, 4));
    g_autofree char *before = scene_refresh(scene, NULL);

    CHECK_TEXT(before, "one");
    CHECK(vdi_file_write(path, scene_get(other, "1.root.json"), 0644, NULL));
    g_autofree char *old = scene_load(scene, &error);

    CHECK(old == NULL);
    g_clear_error(&error);
    scene_release(other, &(Release){1, 1, 1, .content = "other"});
    g_autoptr(GBytes) got = NULL;

    CHECK(vdi_trust_refresh(scene->repository, &other->source, VDI_TRUST_MANIFEST, SCENE_NOW, &got,
        &scene->report, &error));
    CHECK_NO_ERROR(error);
    CHECK_INT(scene->report.root_version, 1);
}

const Test tests[] = {
    {"accepts what old and new keys signed", accepts_what_old_and_new_keys_signed},
    {"refuses a root that is not the next one, signed by both", refuses_roots},
    {"stops when it cannot know whether there is a newer one",
        stops_when_it_cannot_know_whether_there_is_a_newer_one},
    {"keeps an expired newer root and nothing after it",
        keeps_an_expired_newer_root_and_nothing_after_it},
    {"counts distinct keys of the threshold", counts_distinct_keys_of_the_threshold},
    {"recovers from a fast-forward by rotation", recovers_from_a_fast_forward_by_rotation},
    {"forgets no version for one more key", forgets_no_version_for_one_more_key},
    {"does not load what a revoked key signed", does_not_load_what_a_revoked_key_signed},
    {"keeps the last good through a rotation of online keys",
        keeps_the_last_good_through_a_rotation_of_online_keys},
    {"follows 64 roots in one refresh and goes on in the next",
        follows_64_roots_in_one_refresh_and_goes_on_in_the_next},
    {"starts anew when the administrator places another root",
        starts_anew_when_the_administrator_places_another_root},
    TEST_END,
};
