/* SPDX-License-Identifier: Apache-2.0 */
#include "base/error.h"
#include "tests/compat/trust/scene.h"
#include "tests/support/check.h"

/* What a verified file announces, against what comes. */

static void refuses_a_file_other_than_announced(void)
{
    g_autoptr(Scene) scene = scene_machine("other-file");

    scene_release(scene, &(Release){2, 2, 2, .content = "two"});
    scene_put(scene, "2.snapshot.json", scene_get(scene, "1.snapshot.json"));
    CHECK(scene_refuses(scene, VDI_TRUST_ERROR_HASH, CHANGED("timestamp.json"), "one"));
}

/* ---- files that our author never writes ---- */

#define SIGNED(type, version, members)                                                             \
    "{\"_type\":\"" type "\",\"spec_version\":\"1.0\",\"expires\":\"2038-01-01T00:00:00Z\","       \
    "\"version\":" version "," members "}"

static void refuses_a_version_other_than_announced(void)
{
    static const struct {
        const char *name, *snapshot, *targets;
        const char *changed[3];
    } rows[] = {
        {"a snapshot that is newer",
            SIGNED("snapshot", "3", "\"meta\":{\"targets.json\":{\"version\":2}}"), NULL,
            {"timestamp.json", NULL}},
        {"a snapshot that is older",
            SIGNED("snapshot", "1", "\"meta\":{\"targets.json\":{\"version\":2}}"), NULL,
            {"timestamp.json", NULL}},
        {"targets that are newer",
            SIGNED("snapshot", "2", "\"meta\":{\"targets.json\":{\"version\":2}}"),
            SIGNED("targets", "3", "\"targets\":{}"), {"timestamp.json", "snapshot.json", NULL}},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *name = g_strdup_printf("version-%zu", i);
        g_autoptr(Scene) scene = scene_machine(name);

        scene_put_signed(scene, "timestamp.json",
            SIGNED("timestamp", "2", "\"meta\":{\"snapshot.json\":{\"version\":2}}"), 1);
        scene_put_signed(scene, "2.snapshot.json", rows[i].snapshot, 2);
        if (rows[i].targets != NULL) {
            scene_put_signed(scene, "2.targets.json", rows[i].targets, 3);
        }
        CHECK_ROW(
            rows[i].name, scene_refuses(scene, VDI_TRUST_ERROR_VERSION, rows[i].changed, "one"));
    }
}

static void refuses_a_snapshot_from_which_a_role_vanished(void)
{
    g_autoptr(Scene) scene = scene_machine("vanished");

    scene_put_signed(scene, "timestamp.json",
        SIGNED("timestamp", "2", "\"meta\":{\"snapshot.json\":{\"version\":2}}"), 1);
    scene_put_signed(scene, "2.snapshot.json",
        SIGNED("snapshot", "2",
            "\"meta\":{\"targets.json\":{\"version\":1},\"vendor.json\":{\"version\":1}}"),
        2);
    CHECK_REFRESH(scene, "one");
    scene_release(scene, &(Release){3, 3, 2, .content = "two"});
    CHECK(scene_refuses(scene, VDI_TRUST_ERROR_ROLLBACK, CHANGED("timestamp.json"), "one"));
}

static void needs_one_hash_that_it_knows(void)
{
    g_autoptr(Scene) scene = scene_machine("hashes");
    g_autofree char *sha512 = g_compute_checksum_for_string(G_CHECKSUM_SHA512, "two", -1);
    g_autofree char *target = g_strdup_printf("%s.compat.json", sha512);
    g_autofree char *targets =
        g_strdup_printf(SIGNED("targets", "2",
                            "\"targets\":{\"compat.json\":{\"length\":3,\"hashes\":{"
                            "\"sha512\":\"%s\",\"md5\":\"00\"}}}"),
            sha512);

    scene_put_signed(scene, "timestamp.json",
        SIGNED("timestamp", "2",
            "\"meta\":{\"snapshot.json\":{\"version\":2,\"hashes\":{\"md5\":\"00\"}}}"),
        1);
    scene_put_signed(scene, "2.snapshot.json",
        SIGNED("snapshot", "2", "\"meta\":{\"targets.json\":{\"version\":2}}"), 2);
    scene_put_signed(scene, "2.targets.json", targets, 3);
    scene_put_text(scene, target, "two");
    CHECK(scene_refuses(scene, VDI_TRUST_ERROR_HASH, CHANGED("timestamp.json"), "one"));
    scene_put_signed(scene, "timestamp.json",
        SIGNED("timestamp", "3", "\"meta\":{\"snapshot.json\":{\"version\":2}}"), 1);
    CHECK_REFRESH(scene, "two");
}

static void says_when_no_role_announces_the_target(void)
{
    g_autoptr(Scene) scene = scene_machine("unannounced");

    scene_put_signed(scene, "timestamp.json",
        SIGNED("timestamp", "2", "\"meta\":{\"snapshot.json\":{\"version\":2}}"), 1);
    scene_put_signed(scene, "2.snapshot.json",
        SIGNED("snapshot", "2", "\"meta\":{\"targets.json\":{\"version\":2}}"), 2);
    scene_put_signed(scene, "2.targets.json", SIGNED("targets", "2", "\"targets\":{}"), 3);
    CHECK(scene_refuses(scene, VDI_TRUST_ERROR_MISSING,
        CHANGED("timestamp.json", "snapshot.json", "targets.json"), "one"));
}

/* The announced length is what is read at most, and over the ceiling nothing is asked for. */
static void refuses_a_length_over_the_ceiling(void)
{
    g_autoptr(Scene) scene = scene_machine("ceiling");

    scene_put_signed(scene, "timestamp.json",
        SIGNED("timestamp", "2", "\"meta\":{\"snapshot.json\":{\"version\":2,\"length\":262145}}"),
        1);
    CHECK(scene_refuses(scene, VDI_TRUST_ERROR_HASH, CHANGED("timestamp.json"), "one"));
    g_autofree char *requests = scene_requests(scene);

    CHECK_TEXT(requests, "2.root.json timestamp.json");
}

const Test tests[] = {
    {"refuses a file other than announced", refuses_a_file_other_than_announced},
    {"refuses a version other than announced", refuses_a_version_other_than_announced},
    {"refuses a snapshot from which a role vanished",
        refuses_a_snapshot_from_which_a_role_vanished},
    {"needs one hash that it knows", needs_one_hash_that_it_knows},
    {"says when no role announces the target", says_when_no_role_announces_the_target},
    {"refuses a length over the ceiling", refuses_a_length_over_the_ceiling},
    TEST_END,
};
