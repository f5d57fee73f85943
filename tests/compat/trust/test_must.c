/* SPDX-License-Identifier: Apache-2.0 */
#include "base/error.h"
#include "base/file.h"
#include "tests/compat/trust/scene.h"

/* What the specification demands of a client and no other file here is about; docs/trust.md maps
 * all of it, paragraph by paragraph. */

#define SIGNERS(...) ((const int[]){__VA_ARGS__, -1})

/* Dates for releases: what is judged is the time that was given, and no clock of the machine. */
#define YEAR_2011 ((int64_t) 1300000000)
#define YEAR_2096 ((int64_t) 4000000000)

static void release_until(Scene *scene, int64_t at)
{
    scene_release(scene,
        &(Release){.timestamp = 1,
            .snapshot = 1,
            .targets = 1,
            .content = "one",
            .timestamp_expires = at,
            .snapshot_expires = at,
            .targets_expires = at});
}

static void judges_by_the_time_at_which_the_refresh_began(void)
{
    static const struct {
        const char *name;
        int64_t now, expires_at;
        bool is_fresh;
    } rows[] = {
        {"fresh in a year that is long over", YEAR_2011, YEAR_2011 + 1, true},
        {"the second at which it ends", YEAR_2011, YEAR_2011, false},
        {"fresh in a year to come", YEAR_2096, YEAR_2096 + 1, true},
        {"over in a year to come", YEAR_2096, YEAR_2096 - 1, false},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *name = g_strdup_printf("began-%zu", i);
        g_autoptr(Scene) scene = scene_new(name);

        scene->now = rows[i].now;
        scene_root(scene, 2, YEAR_2096 + 1, scene_roles, SIGNERS(0));
        release_until(scene, rows[i].expires_at);
        g_autofree char *got = scene_refresh(scene, NULL);

        CHECK_ROW(rows[i].name, (got != NULL) == rows[i].is_fresh);
    }
}

/* What expires while it is fetched was fresh when the refresh began. */
static GBytes *fetch_slowly(VdiTrustSource *source, const VdiTrustRequest *request, GError **error)
{
    Scene *scene = (Scene *) source;

    scene->now += 1000;
    return scene->quick(source, request, error);
}

static void does_not_age_while_it_refreshes(void)
{
    g_autoptr(Scene) scene = scene_new("slow");

    release_until(scene, SCENE_NOW + 1);
    scene->quick = scene->source.fetch;
    scene->source.fetch = fetch_slowly;
    CHECK_REFRESH(scene, "one");
    CHECK(scene->now > SCENE_NOW + 1);
}

static void follows_an_expired_root_of_trust_to_a_fresh_one(void)
{
    g_autoptr(Scene) scene = scene_new("old-root");

    scene->now = SCENE_LATER + 1;
    scene_root(scene, 2, YEAR_2096, scene_roles, SIGNERS(0));
    release_until(scene, YEAR_2096);
    CHECK_REFRESH(scene, "one");
    CHECK_INT(scene->report.root_version, 2);
}

static void passes_an_expired_root_on_the_way(void)
{
    g_autoptr(Scene) scene = scene_machine("expired-between");

    scene_root(scene, 2, SCENE_NOW - 1, scene_roles, SIGNERS(0));
    scene_root(scene, 3, SCENE_LATER, scene_roles, SIGNERS(0));
    CHECK_REFRESH(scene, "one");
    CHECK_INT(scene->report.root_version, 3);
}

/* The specification's own example, section 6.1. */
static void needs_two_of_the_old_root_and_three_of_the_new(void)
{
    static const SceneRole two[VDI_N_ROLES] = {
        {{0, 4, -1}, 2}, {{1, -1}, 1}, {{2, -1}, 1}, {{3, -1}, 1}};
    static const SceneRole three[VDI_N_ROLES] = {
        {{5, 6, 7, -1}, 3}, {{1, -1}, 1}, {{2, -1}, 1}, {{3, -1}, 1}};
    static const struct {
        const char *name;
        int signers[6];
        bool is_enough;
    } rows[] = {
        {"one of the old", {0, 5, 6, 7, -1}, false},
        {"two of the new", {0, 4, 5, 6, -1}, false},
        {"the old alone", {0, 4, -1}, false},
        {"the new alone", {5, 6, 7, -1}, false},
        {"both", {0, 4, 5, 6, 7, -1}, true},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *name = g_strdup_printf("two-three-%zu", i);
        g_autoptr(Scene) scene = scene_machine(name);

        scene_root(scene, 2, SCENE_LATER, two, SIGNERS(0, 4));
        CHECK_REFRESH(scene, "one");
        scene_root(scene, 3, SCENE_LATER, three, rows[i].signers);
        g_autofree char *got = scene_refresh(scene, NULL);

        CHECK_ROW(rows[i].name, (got != NULL) == rows[i].is_enough);
        CHECK_ROW(rows[i].name, scene->report.root_version == (rows[i].is_enough ? 3 : 2));
    }
}

static void needs_the_threshold_of_each_role(void)
{
    static const struct {
        const char *name;
        SceneRole roles[VDI_N_ROLES]; /* one of them needs two keys */
        Release twice, both;          /* by one key twice; by two */
    } rows[] = {
        {"timestamp", {{{0, -1}, 1}, {{1, 5, -1}, 2}, {{2, -1}, 1}, {{3, -1}, 1}},
            {2, 2, 2, .content = "two", .timestamp_also = 1},
            {2, 2, 2, .content = "two", .timestamp_also = 5}},
        {"snapshot", {{{0, -1}, 1}, {{1, -1}, 1}, {{2, 5, -1}, 2}, {{3, -1}, 1}},
            {2, 2, 2, .content = "two", .snapshot_also = 2},
            {3, 2, 2, .content = "two", .snapshot_also = 5}},
        {"targets", {{{0, -1}, 1}, {{1, -1}, 1}, {{2, -1}, 1}, {{3, 5, -1}, 2}},
            {2, 2, 2, .content = "two", .targets_also = 3},
            {3, 3, 2, .content = "two", .targets_also = 5}},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *name = g_strconcat("threshold-", rows[i].name, NULL);
        g_autoptr(Scene) scene = scene_new(name);
        g_autoptr(GError) error = NULL;

        scene_root(scene, 2, SCENE_LATER, rows[i].roles, SIGNERS(0));
        scene_release(scene, &(Release){1, 1, 1, .content = "one"});
        g_autofree char *alone = scene_refresh(scene, &error);

        CHECK_ROW(rows[i].name, alone == NULL);
        CHECK_ROW(rows[i].name, g_error_matches(error, VDI_TRUST_ERROR, VDI_TRUST_ERROR_SIGNATURE));
        scene_release(scene, &rows[i].twice);
        g_autofree char *twice = scene_refresh(scene, NULL);

        CHECK_ROW(rows[i].name, twice == NULL);
        scene_release(scene, &rows[i].both);
        g_autofree char *both = scene_refresh(scene, NULL);

        CHECK_ROW(rows[i].name, g_strcmp0(both, "two") == 0);
    }
}

static void stores_the_very_bytes_without_their_version(void)
{
    static const struct {
        const char *stored, *published;
    } rows[] = {
        {"root.json", "2.root.json"},
        {"timestamp.json", "timestamp.json"},
        {"snapshot.json", "2.snapshot.json"},
        {"targets.json", "2.targets.json"},
    };
    g_autoptr(Scene) scene = scene_machine("bytes");

    scene_root(scene, 2, SCENE_LATER, scene_roles, SIGNERS(0));
    scene_release(scene, &(Release){2, 2, 2, .content = "two"});
    CHECK_REFRESH(scene, "two");
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(GBytes) bytes = scene_stored(scene, rows[i].stored);

        CHECK_ROW(rows[i].stored,
            bytes != NULL && g_bytes_equal(bytes, scene_get(scene, rows[i].published)));
    }
}

static void asks_by_plain_names_where_root_says_so(void)
{
    g_autoptr(Scene) scene = scene_new("plain");

    scene->has_plain_names = true;
    scene_root(scene, 2, SCENE_LATER, scene_roles, SIGNERS(0));
    scene_release(scene, &(Release){1, 1, 1, .content = "one"});
    CHECK_REFRESH(scene, "one");
    g_autofree char *requests = scene_requests(scene);

    CHECK_TEXT(
        requests, "2.root.json 3.root.json timestamp.json snapshot.json targets.json compat.json");
    scene->has_plain_names = false;
    scene_root(scene, 3, SCENE_LATER, scene_roles, SIGNERS(0));
    scene_release(scene, &(Release){2, 2, 2, .content = "two"});
    CHECK_REFRESH(scene, "two");
    g_autofree char *versioned = scene_requests(scene);

    CHECK(g_str_has_prefix(
        versioned, "3.root.json 4.root.json timestamp.json 2.snapshot.json 2.targets.json "));
}

/* Length and hash of the target, each alone. */
static void refuses_a_target_other_than_announced(void)
{
    static const char *const contents[] = {"two ", "tw", "", "own"};

    for (size_t i = 0; i < G_N_ELEMENTS(contents); i++) {
        g_autofree char *name = g_strdup_printf("target-%zu", i);
        g_autoptr(Scene) scene = scene_machine(name);

        scene_release(scene, &(Release){2, 2, 2, .content = "two"});
        scene_put_text(scene, scene_steps()[SCENE_STEPS - 1].file, contents[i]);
        g_autofree char *got = scene_refresh(scene, NULL);
        g_autofree char *still = scene_load(scene, NULL);

        CHECK_ROW(contents[i], got == NULL && g_strcmp0(still, "one") == 0);
    }
}

const Test tests[] = {
    {"judges by the time at which the refresh began",
        judges_by_the_time_at_which_the_refresh_began},
    {"does not age while it refreshes", does_not_age_while_it_refreshes},
    {"follows an expired root of trust to a fresh one",
        follows_an_expired_root_of_trust_to_a_fresh_one},
    {"passes an expired root on the way", passes_an_expired_root_on_the_way},
    {"needs two of the old root and three of the new",
        needs_two_of_the_old_root_and_three_of_the_new},
    {"needs the threshold of each role", needs_the_threshold_of_each_role},
    {"stores the very bytes without their version", stores_the_very_bytes_without_their_version},
    {"asks by plain names where root says so", asks_by_plain_names_where_root_says_so},
    {"refuses a target other than announced", refuses_a_target_other_than_announced},
    TEST_END,
};
