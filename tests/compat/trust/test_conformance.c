/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "base/error.h"
#include "compat/trust/envelope.h"
#include "compat/trust/hex.h"
#include "tests/compat/trust/foreign.h"
#include "tests/compat/trust/scene.h"
#include "tests/support/check.h"

/* What independent clients are checked for, group by group, as far as test_client, test_rotation,
 * test_search and test_tuf do not hold it. */

/* A plain machine whose root was changed by hand: `from` became `to`. */
static Scene *with_root(const char *name, int version, const char *from, const char *to)
{
    Scene *scene = scene_new(name);
    g_autofree char *file = g_strdup_printf("%d.root.json", version);

    scene_release(scene, &(Release){1, 1, 1, .content = "one"});
    if (version == 1) {
        scene_edit(scene, file, from, to, 0);
        scene_make_plain(scene);
    } else {
        scene_make_plain(scene);
        scene_root(scene, version, SCENE_LATER, scene_roles, (const int[]){0, -1});
        scene_edit(scene, file, from, to, 0);
    }
    return scene;
}

static void a_root_of_trust_that_lacks_a_member_asks_for_nothing(void)
{
    static const char *const members[] = {"_type", "spec_version", "version", "expires", "keys",
        "roles", "root", "timestamp", "snapshot", "targets", "threshold", "keyids"};

    for (size_t i = 0; i < G_N_ELEMENTS(members); i++) {
        g_autofree char *name = g_strdup_printf("lacks-%zu", i);
        g_autofree char *from = g_strdup_printf("\"%s\":", members[i]);
        g_autofree char *to = g_strdup_printf("\"x-%s\":", members[i]);
        g_autoptr(Scene) scene = with_root(name, 1, from, to);

        CHECK_ROW(members[i], !scene_download(scene, NULL, NULL));
        CHECK_ROW(members[i], scene->requests->len == 0);
    }
}

static void accepts_members_that_it_does_not_know(void)
{
    static const struct {
        const char *name, *from, *to;
    } rows[] = {
        {"in the root",
            "\"consistent_snapshot\":", "\"x\":{\"a\":[1,null]},\"consistent_snapshot\":"},
        {"in a role", "\"threshold\":1}", "\"threshold\":1,\"x\":\"y\"}"},
        {"in a key", "\"scheme\":", "\"x\":{\"a\":1},\"scheme\":"},
        {"an old one in a key", "\"scheme\":", "\"keyid_hash_algorithms\":[\"md5\"],\"scheme\":"},
        {"a fifth role", "\"roles\":{", "\"roles\":{\"mirrors\":{\"keyids\":[],\"threshold\":1},"},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *name = g_strdup_printf("unknown-%zu", i);
        g_autoptr(Scene) scene = with_root(name, 2, rows[i].from, rows[i].to);

        CHECK_ROW(rows[i].name, scene_download(scene, NULL, NULL));
        CHECK_ROW(rows[i].name, scene->report.root_version == 2);
    }
}

/* What the machine keeps, without ".json": "root timestamp". */
static char *trusted(const Scene *scene)
{
    static const char *const names[] = {"root", "timestamp", "snapshot", "targets"};
    g_autoptr(GString) out = g_string_new(NULL);

    for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
        g_autofree char *file = g_strconcat(names[i], ".json", NULL);
        g_autoptr(GBytes) stored = scene_stored(scene, file);

        if (stored != NULL) {
            g_string_append_printf(out, "%s%s", out->len > 0 ? " " : "", names[i]);
        }
    }
    return g_string_free(g_steal_pointer(&out), false);
}

static void refuses_what_nobody_signed_and_keeps_what_came_before(void)
{
    static const struct {
        const char *file, *trusted;
    } rows[] = {
        {"2.root.json", "root"},
        {"timestamp.json", "root"},
        {"1.snapshot.json", "root timestamp"},
        {"1.targets.json", "root timestamp snapshot"},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *name = g_strdup_printf("unsigned-%zu", i);
        g_autoptr(Scene) scene = scene_new(name);
        g_autoptr(GError) error = NULL;

        scene_release(scene, &(Release){1, 1, 1, .content = "one"});
        scene_announce_freely(scene);
        scene_root(scene, 2, SCENE_LATER, scene_roles, (const int[]){0, -1});
        scene_edit(scene, rows[i].file, "", "", -1);
        scene_make_plain(scene);
        CHECK_ROW(rows[i].file, !scene_download(scene, NULL, &error));
        CHECK_ROW(rows[i].file, g_error_matches(error, VDI_TRUST_ERROR, VDI_TRUST_ERROR_SIGNATURE));
        g_autofree char *kept = trusted(scene);

        CHECK_TEXT(kept, rows[i].trusted);
    }
}

static void recovers_from_an_expired_root_of_its_own(void)
{
    g_autoptr(Scene) scene = scene_new("expired-root");
    GError *error = NULL;

    scene_root(scene, 1, SCENE_NOW + 10, scene_roles, (const int[]){0, -1});
    scene_release(scene, &(Release){1, 1, 1, .content = "one"});
    scene_make_plain(scene);
    CHECK(scene_download(scene, NULL, NULL));
    scene->now = SCENE_NOW + 20;
    CHECK(!scene_download(scene, NULL, &error));
    CHECK_ERROR(error, VDI_TRUST_ERROR, VDI_TRUST_ERROR_EXPIRED);
    CHECK_INT(scene->requests->len, 1); /* nothing after the roots */
    scene_root(scene, 2, SCENE_LATER, scene_roles, (const int[]){0, -1});
    CHECK(scene_download(scene, NULL, &error));
    CHECK_NO_ERROR(error);
}

static void asks_by_plain_names_without_consistent_snapshots(void)
{
    g_autoptr(Scene) scene = scene_new("plain-names");

    scene->has_plain_names = true;
    scene_root(scene, 1, SCENE_LATER, scene_roles, (const int[]){0, -1});
    scene_release(scene, &(Release){1, 1, 1, .content = "one"});
    scene_make_plain(scene);
    CHECK(scene_download(scene, "compat.json", NULL));
    g_autofree char *first = scene_requests(scene);

    CHECK_TEXT(first, "2.root.json timestamp.json snapshot.json targets.json compat.json");
    /* A root that turns them on is followed at once. */
    scene->has_plain_names = false;
    scene_root(scene, 2, SCENE_LATER, scene_roles, (const int[]){0, -1});
    scene_release(scene, &(Release){2, 2, 2, .content = "two"});
    CHECK(scene_download(scene, NULL, NULL));
    g_autofree char *second = scene_requests(scene);

    CHECK_TEXT(second, "2.root.json 3.root.json timestamp.json 2.snapshot.json 2.targets.json");
}

/* ---- hashes ---- */

typedef struct {
    const char *name;
    const char *hashes; /* "{256}" and "{512}" are the right ones, "{wrong}" is another's */
    bool is_accepted;
} HashRow;

static const HashRow hash_rows[] = {
    {"SHA-256", "\"sha256\":\"{256}\"", true},
    {"SHA-512", "\"sha512\":\"{512}\"", true},
    {"both", "\"sha256\":\"{256}\",\"sha512\":\"{512}\"", true},
    {"one and an unknown kind", "\"sha3\":\"00\",\"sha256\":\"{256}\"", true},
    {"an unknown kind alone", "\"sha3\":\"00\"", false},
    {"a wrong SHA-256", "\"sha256\":\"{wrong}\"", false},
    {"a wrong SHA-256 beside a right SHA-512", "\"sha256\":\"{wrong}\",\"sha512\":\"{512}\"",
        false},
    {"a wrong SHA-512 beside a right SHA-256", "\"sha512\":\"{wrong}{wrong}\",\"sha256\":\"{256}\"",
        false},
};

static char *fill(const char *hashes, GBytes *bytes)
{
    g_autofree char *sha256 = g_compute_checksum_for_bytes(G_CHECKSUM_SHA256, bytes);
    g_autofree char *sha512 = g_compute_checksum_for_bytes(G_CHECKSUM_SHA512, bytes);
    g_autofree char *wrong = g_compute_checksum_for_string(G_CHECKSUM_SHA256, "another", -1);
    g_autoptr(GString) text = g_string_new(hashes);

    g_string_replace(text, "{256}", sha256, 0);
    g_string_replace(text, "{512}", sha512, 0);
    g_string_replace(text, "{wrong}", wrong, 0);
    return g_string_free(g_steal_pointer(&text), false);
}

#define SIGNED(type, version, members)                                                             \
    "{\"_type\":\"" type "\",\"spec_version\":\"1.0\",\"expires\":\"2038-01-01T00:00:00Z\","       \
    "\"version\":" version "," members "}"

/* `level`: which of the three announcements has the row's hashes. */
static void publish_hashes(Scene *scene, const HashRow *row, int level)
{
    g_autoptr(GBytes) content = g_bytes_new_static("two", 3);
    g_autofree char *good = fill("\"sha256\":\"{256}\"", content);
    g_autofree char *of_target = fill(row->hashes, content);
    g_autofree char *targets = g_strdup_printf(
        SIGNED("targets", "2", "\"targets\":{\"compat.json\":{\"length\":3,\"hashes\":{%s}}}"),
        level == 2 ? of_target : good);

    scene_put_text(scene, "compat.json", "two");
    scene_put_signed(scene, "targets.json", targets, 3);
    g_autofree char *of_targets = fill(row->hashes, scene_get(scene, "targets.json"));
    g_autofree char *snapshot = g_strdup_printf(
        SIGNED("snapshot", "2", "\"meta\":{\"targets.json\":{\"version\":2%s%s%s}}"),
        level == 1 ? ",\"hashes\":{" : "", level == 1 ? of_targets : "", level == 1 ? "}" : "");

    scene_put_signed(scene, "snapshot.json", snapshot, 2);
    g_autofree char *of_snapshot = fill(row->hashes, scene_get(scene, "snapshot.json"));
    g_autofree char *timestamp = g_strdup_printf(
        SIGNED("timestamp", "2", "\"meta\":{\"snapshot.json\":{\"version\":2%s%s%s}}"),
        level == 0 ? ",\"hashes\":{" : "", level == 0 ? of_snapshot : "", level == 0 ? "}" : "");

    scene_put_signed(scene, "timestamp.json", timestamp, 1);
}

static void every_known_hash_must_be_right_and_one_must_be_known(void)
{
    for (size_t i = 0; i < 3 * G_N_ELEMENTS(hash_rows); i++) {
        const HashRow *row = &hash_rows[i / 3];
        g_autofree char *name = g_strdup_printf("hash-%zu", i);
        g_autoptr(Scene) scene = scene_new(name);
        g_autoptr(GError) error = NULL;

        scene->has_plain_names = true;
        scene_root(scene, 1, SCENE_LATER, scene_roles, (const int[]){0, -1});
        scene_release(scene, &(Release){1, 1, 1, .content = "one"});
        scene_make_plain(scene);
        CHECK_ROW(row->name, scene_download(scene, "compat.json", NULL));
        publish_hashes(scene, row, (int) (i % 3));
        bool done = scene_download(scene, "compat.json", &error);
        g_autoptr(GBytes) stored = scene_stored(scene, "compat.json");

        CHECK_ROW(row->name, done == row->is_accepted);
        CHECK_ROW(row->name, done || g_error_matches(error, VDI_TRUST_ERROR, VDI_TRUST_ERROR_HASH));
        CHECK_ROW(row->name,
            stored != NULL && memcmp(g_bytes_get_data(stored, NULL), done ? "two" : "one", 3) == 0);
        CHECK_ROW(row->name,
            scene->report.snapshot_version == (!done && i % 3 == 0 ? 1 : 2)
                && scene->report.targets_version == (!done && i % 3 < 2 ? 1 : 2));
    }
}

static void a_target_swapped_on_the_server_does_not_replace_what_is_here(void)
{
    g_autofree char *hash = g_compute_checksum_for_string(G_CHECKSUM_SHA256, "one", -1);
    g_autofree char *file = g_strdup_printf("%s.compat.json", hash);
    g_autoptr(Scene) scene = scene_new("swapped");
    GError *error = NULL;

    scene_release(scene, &(Release){1, 1, 1, .content = "one"});
    scene_make_plain(scene);
    scene_put_text(scene, file, "two");
    CHECK(!scene_download(scene, "compat.json", &error));
    CHECK_ERROR(error, VDI_TRUST_ERROR, VDI_TRUST_ERROR_HASH);
    g_autoptr(GBytes) none = scene_stored(scene, "compat.json");

    CHECK(none == NULL);
    scene_put_text(scene, file, "one");
    CHECK(scene_download(scene, "compat.json", &error));
    scene_put_text(scene, file, "two");
    CHECK(scene_download(scene, "compat.json", &error)); /* it is here, and not asked for */
    g_autofree char *requests = scene_requests(scene);

    CHECK_TEXT(requests, "2.root.json timestamp.json");
}

/* ---- keys ---- */

/* Root 2 gives timestamp to a key of another kind. */
static void verifies_all_three_kinds_of_keys(void)
{
    static const ForeignKind kinds[] = {FOREIGN_ED25519, FOREIGN_P256, FOREIGN_RSA};

    for (size_t i = 0; i < G_N_ELEMENTS(kinds); i++) {
        g_autofree char *name = g_strdup_printf("kind-%zu", i);
        g_autoptr(Foreign) key = foreign_new(kinds[i]);
        g_autoptr(Foreign) other = foreign_new(kinds[i]);
        g_autoptr(Scene) scene = scene_new(name);
        GError *error = NULL;

        scene_release(scene, &(Release){1, 1, 1, .content = "one"});
        scene_make_plain(scene);
        foreign_publish_root(scene, 2, key);
        foreign_sign(scene, "timestamp.json", key, other);
        CHECK(!scene_download(scene, NULL, &error));
        CHECK_ERROR(error, VDI_TRUST_ERROR, VDI_TRUST_ERROR_SIGNATURE);
        CHECK_INT(scene->report.root_version, 2);
        foreign_sign(scene, "timestamp.json", key, key);
        CHECK(scene_download(scene, NULL, &error));
        CHECK_NO_ERROR(error);
    }
}

const Test tests[] = {
    {"a root of trust that lacks a member asks for nothing",
        a_root_of_trust_that_lacks_a_member_asks_for_nothing},
    {"accepts members that it does not know", accepts_members_that_it_does_not_know},
    {"refuses what nobody signed, and keeps what came before",
        refuses_what_nobody_signed_and_keeps_what_came_before},
    {"recovers from an expired root of its own", recovers_from_an_expired_root_of_its_own},
    {"asks by plain names without consistent snapshots",
        asks_by_plain_names_without_consistent_snapshots},
    {"every known hash must be right, and one must be known",
        every_known_hash_must_be_right_and_one_must_be_known},
    {"a target swapped on the server does not replace what is here",
        a_target_swapped_on_the_server_does_not_replace_what_is_here},
    {"verifies all three kinds of keys", verifies_all_three_kinds_of_keys},
    TEST_END,
};
