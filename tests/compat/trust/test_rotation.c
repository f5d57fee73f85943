/* SPDX-License-Identifier: Apache-2.0 */
#include "base/error.h"
#include "tests/compat/trust/scene.h"
#include "tests/support/check.h"

/* Keys and thresholds that change from version to version. */

enum { VERSIONS_MAX = 4, ONLINE_KEY = 10, TARGETS_KEY = 11, ROOT_KEY = 11 };

/* Who may sign, how many must, who did. Numbers of keys, ended by -1. */
typedef struct {
    int keys[6];
    int threshold;
    int signers[7];
} Signed;

#define KEYS(...)                                                                                  \
    {                                                                                              \
        __VA_ARGS__, -1                                                                            \
    }

typedef struct {
    const char *name;
    bool is_followed; /* to the last one; else to the one before it */
    Signed versions[VERSIONS_MAX];
} RootRow;

#define FIVE KEYS(0, 1, 2, 3, 4)
#define FIVE_LATER KEYS(0, 1, 3, 4, 5)

static const RootRow root_rows[] = {
    {"one key for another", true,
        {{KEYS(1), 1, KEYS(1)}, {KEYS(2), 1, KEYS(2, 1)}, {KEYS(2), 1, KEYS(2)}}},
    {"one key for another, among signatures of strangers", true,
        {{KEYS(1), 1, KEYS(3, 1, 4)}, {KEYS(2), 1, KEYS(3, 2, 1, 4)}, {KEYS(2), 1, KEYS(3, 2, 4)}}},
    {"3 of 5, by others each time", true,
        {{FIVE, 3, KEYS(0, 2, 4)}, {FIVE, 3, KEYS(0, 4, 1)}, {FIVE, 3, KEYS(0, 1, 3)},
            {FIVE, 3, KEYS(0, 1, 3)}}},
    {"3 of 5, one replaced", true, {{FIVE, 3, KEYS(0, 2, 4)}, {FIVE_LATER, 3, KEYS(0, 4, 1)}}},
    {"3 of 5, one replaced, step by step", true,
        {{FIVE, 3, KEYS(0, 2, 4)}, {FIVE_LATER, 3, KEYS(0, 2, 4, 5)},
            {FIVE_LATER, 3, KEYS(0, 4, 5)}}},
    {"3 of 5, all replaced, step by step", true,
        {{FIVE, 3, KEYS(0, 2, 4)}, {KEYS(5, 6, 7, 8, 9), 3, KEYS(0, 2, 4, 5, 6, 7)},
            {KEYS(5, 6, 7, 8, 9), 3, KEYS(5, 6, 7)}}},
    {"a threshold from 1 to 2", true,
        {{KEYS(1, 2, 3), 1, KEYS(1)}, {KEYS(1, 2, 3), 2, KEYS(1, 2)}}},
    {"a threshold from 2 to 1", true,
        {{KEYS(1, 2, 3), 2, KEYS(1, 2)}, {KEYS(1, 2, 3), 1, KEYS(1, 2)},
            {KEYS(1, 2, 3), 1, KEYS(1)}}},
    {"a key and a threshold more", true, {{KEYS(1), 1, KEYS(1)}, {KEYS(1, 2), 2, KEYS(1, 2)}}},
    {"not by the old key", false, {{KEYS(1), 1, KEYS(1)}, {KEYS(2), 1, KEYS(2, 3, 4)}}},
    {"not by the new key", false, {{KEYS(1), 1, KEYS(1)}, {KEYS(2), 1, KEYS(1, 3, 4)}}},
    {"not by 3 of the new ones", false, {{FIVE, 3, KEYS(0, 2, 4)}, {FIVE_LATER, 3, KEYS(0, 2, 4)}}},
    {"not by 3 of the old ones", false, {{FIVE, 3, KEYS(0, 2, 4)}, {FIVE_LATER, 3, KEYS(0, 4, 5)}}},
    {"below the new, higher threshold", false,
        {{KEYS(1, 2, 3), 1, KEYS(1)}, {KEYS(1, 2, 3), 2, KEYS(2)}}},
    {"below the old, higher threshold", false,
        {{KEYS(1, 2, 3), 2, KEYS(1, 2)}, {KEYS(1, 2, 3), 1, KEYS(1)}}},
};

static SceneRole role_of(const Signed *row)
{
    SceneRole role = {.threshold = row->threshold};
    int i = 0;

    for (; row->keys[i] >= 0; i++) {
        role.keys[i] = row->keys[i];
    }
    role.keys[i] = -1;
    return role;
}

static bool is_stored(const Scene *scene, const char *stored, const char *published)
{
    g_autoptr(GBytes) bytes = scene_stored(scene, stored);

    return bytes != NULL && g_bytes_equal(bytes, scene_get((Scene *) scene, published));
}

static void follows_roots_that_old_and_new_keys_signed_and_no_others(void)
{
    for (size_t i = 0; i < G_N_ELEMENTS(root_rows); i++) {
        const RootRow *row = &root_rows[i];
        g_autofree char *name = g_strdup_printf("roots-%zu", i);
        g_autoptr(Scene) scene = scene_new(name);
        int last = 0;

        for (; last < VERSIONS_MAX && row->versions[last].threshold > 0; last++) {
            const SceneRole roles[VDI_N_ROLES] = {role_of(&row->versions[last]),
                {{ONLINE_KEY, -1}, 1}, {{ONLINE_KEY, -1}, 1}, {{TARGETS_KEY, -1}, 1}};

            scene_root(scene, last + 1, SCENE_LATER, roles, row->versions[last].signers);
        }
        scene_make_plain(scene);
        scene_release(scene,
            &(Release){1, 1, 1, .content = "one", .timestamp_key = ONLINE_KEY,
                .snapshot_key = ONLINE_KEY, .targets_key = TARGETS_KEY});
        g_autoptr(GError) error = NULL;
        bool done = scene_download(scene, NULL, &error);
        g_autofree char *kept = g_strdup_printf("%d.root.json", row->is_followed ? last : last - 1);

        CHECK_ROW(row->name, done == row->is_followed);
        CHECK_ROW(
            row->name, done || g_error_matches(error, VDI_TRUST_ERROR, VDI_TRUST_ERROR_SIGNATURE));
        CHECK_ROW(row->name, is_stored(scene, "root.json", kept));
    }
}

typedef struct {
    const char *name;
    bool is_followed;
    Signed version;
} RoleRow;

static const RoleRow role_rows[] = {
    {"one key for another", true, {KEYS(2), 1, KEYS(2)}},
    {"among signatures of strangers", true, {KEYS(1), 1, KEYS(3, 1, 4)}},
    {"not by the new key", false, {KEYS(2), 1, KEYS(1, 3, 4)}},
    {"one of three by a stranger", false, {FIVE_LATER, 3, KEYS(0, 2, 4)}},
    {"one signature too few", false, {FIVE_LATER, 3, KEYS(0, 4)}},
    {"3 of 5: 0 2 4", true, {FIVE, 3, KEYS(0, 2, 4)}},
    {"3 of 5: 0 4 1", true, {FIVE, 3, KEYS(0, 4, 1)}},
    {"3 of 5: 0 1 3", true, {FIVE, 3, KEYS(0, 1, 3)}},
    {"3 of 5: 1 2 3", true, {FIVE, 3, KEYS(1, 2, 3)}},
    {"3 of 5: 2 3 4", true, {FIVE, 3, KEYS(2, 3, 4)}},
};

#define HEAD(type)                                                                                 \
    "{\"_type\":\"" type "\",\"spec_version\":\"1.0.31\",\"version\":1,"                           \
    "\"expires\":\"2038-01-01T00:00:00Z\","

static const char *const texts[VDI_N_ROLES] = {
    [VDI_ROLE_TIMESTAMP] = HEAD("timestamp") "\"meta\":{\"snapshot.json\":{\"version\":1}}}",
    [VDI_ROLE_SNAPSHOT] = HEAD("snapshot") "\"meta\":{\"targets.json\":{\"version\":1}}}",
    [VDI_ROLE_TARGETS] = HEAD("targets") "\"targets\":{}}",
};

static void put_role(Scene *scene, VdiRole role, const int *signers)
{
    g_autofree char *published = role == VDI_ROLE_TIMESTAMP
        ? g_strdup("timestamp.json")
        : scene_name(scene, 1, vdi_role_name(role));

    scene_put_signed_by(scene, published, texts[role], signers);
}

/* One role after the other gets the row's keys, and is signed by those. */
static void follows_other_roles_by_the_keys_of_the_newest_root(void)
{
    for (size_t i = 0; i < G_N_ELEMENTS(role_rows) * (VDI_N_ROLES - 1); i++) {
        const RoleRow *row = &role_rows[i / (VDI_N_ROLES - 1)];
        VdiRole role = (VdiRole) (i % (VDI_N_ROLES - 1)) + VDI_ROLE_TIMESTAMP;
        g_autofree char *name = g_strdup_printf("roles-%zu", i);
        g_autoptr(Scene) scene = scene_new(name);
        SceneRole roles[VDI_N_ROLES] = {{{ROOT_KEY, -1}, 1}, {{ONLINE_KEY, -1}, 1},
            {{ONLINE_KEY, -1}, 1}, {{ONLINE_KEY, -1}, 1}};
        g_autoptr(GError) error = NULL;

        for (VdiRole each = VDI_ROLE_TIMESTAMP; each < VDI_N_ROLES; each++) {
            put_role(scene, each, roles[each].keys);
        }
        scene_root(scene, 1, SCENE_LATER, roles, (const int[]){ROOT_KEY, -1});
        scene_make_plain(scene);
        CHECK_ROW(row->name, scene_download(scene, NULL, NULL));
        roles[role] = role_of(&row->version);
        scene_root(scene, 2, SCENE_LATER, roles, (const int[]){ROOT_KEY, -1});
        put_role(scene, role, row->version.signers);
        bool done = scene_download(scene, NULL, &error);
        g_autofree char *stored = g_strconcat(vdi_role_name(role), ".json", NULL);
        g_autofree char *published =
            role == VDI_ROLE_TIMESTAMP ? g_strdup(stored) : g_strconcat("1.", stored, NULL);

        CHECK_ROW(row->name, done == row->is_followed);
        CHECK_ROW(
            row->name, done || g_error_matches(error, VDI_TRUST_ERROR, VDI_TRUST_ERROR_SIGNATURE));
        CHECK_ROW(row->name, !done || is_stored(scene, stored, published));
        CHECK_ROW(row->name, is_stored(scene, "root.json", "2.root.json"));
    }
}

const Test tests[] = {
    {"follows roots that old and new keys signed, and no others",
        follows_roots_that_old_and_new_keys_signed_and_no_others},
    {"follows other roles by the keys of the newest root",
        follows_other_roles_by_the_keys_of_the_newest_root},
    TEST_END,
};
