/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "base/error.h"
#include "compat/trust/accepted.h"
#include "tests/compat/trust/graph.h"
#include "tests/support/check.h"

/* Delegated roles over time: what is stored of them, for whom, and how long. */

static const SceneDelegation ways[] = {TO("targets", "A"), TO("A", "B"), END};

static Scene *machine(const char *name)
{
    Scene *scene = graph_machine(name, false);

    scene_graph(scene, &(SceneGraph){1, ways, .targets = TARGETS({"B", "compat.json", "one"})});
    g_autofree char *got = scene_refresh(scene, NULL);

    CHECK_TEXT(got, "one");
    return scene;
}

static void asks_for_a_role_only_when_it_has_changed(void)
{
    g_autoptr(Scene) scene = machine("again");
    g_autofree char *same = scene_refresh(scene, NULL);
    g_autofree char *requests = scene_requests(scene);

    CHECK_TEXT(same, "one");
    CHECK_TEXT(requests, "2.root.json timestamp.json");
    scene_graph(scene, &(SceneGraph){2, ways, .targets = TARGETS({"B", "compat.json", "two"})});
    g_autofree char *changed = scene_refresh(scene, NULL);
    g_autofree char *order = graph_visited(scene);

    CHECK_TEXT(changed, "two");
    CHECK_TEXT(order, "A B");
}

static void a_stored_role_is_verified_under_todays_delegation(void)
{
    static const SceneDelegation rotated[] = {TO("targets", "A"), TO("A", "B", .key = 7), END};
    g_autoptr(Scene) scene = machine("rotated");
    g_autoptr(GBytes) old = g_bytes_ref(scene_get(scene, "1.B.json"));
    GError *error = NULL;

    /* The delegator takes another key; the role's own file stays as it was. */
    scene_graph(scene, &(SceneGraph){2, rotated, .targets = TARGETS({"B", "compat.json", "two"})});
    scene_put(scene, "2.B.json", old);
    g_autofree char *refused = scene_refresh(scene, &error);

    CHECK(refused == NULL);
    CHECK_ERROR(error, VDI_TRUST_ERROR, VDI_TRUST_ERROR_HASH);
    g_autofree char *still = scene_load(scene, NULL);

    CHECK_TEXT(still, "one");
    CHECK(scene->report.is_partial);
    scene_graph(
        scene, &(SceneGraph){3, rotated, .targets = TARGETS({"B", "compat.json", "three"})});
    g_autofree char *got = scene_refresh(scene, &error);

    CHECK_NO_ERROR(error);
    CHECK_TEXT(got, "three");
}

static void refuses_an_older_or_vanished_delegated_role(void)
{
    static const SceneDelegation without[] = {TO("targets", "A"), END};
    g_autoptr(Scene) scene = machine("older");
    g_autofree char *older = NULL;
    GError *error = NULL;

    scene_graph(scene, &(SceneGraph){2, ways, .targets = TARGETS({"B", "compat.json", "two"})});
    g_autofree char *got = scene_refresh(scene, NULL);

    CHECK_TEXT(got, "two");
    scene_graph(
        scene, &(SceneGraph){3, without, .targets = TARGETS({"A", "compat.json", "three"})});
    CHECK(scene_refuses(
        scene, VDI_TRUST_ERROR_ROLLBACK, (const char *const[]){"timestamp.json", NULL}, "two"));
    scene_put_signed(scene, "timestamp.json",
        "{\"_type\":\"timestamp\",\"spec_version\":\"1.0\",\"version\":4,"
        "\"expires\":\"2038-01-01T00:00:00Z\",\"meta\":{\"snapshot.json\":{\"version\":4}}}",
        1);
    scene_put_signed(scene, "4.snapshot.json",
        "{\"_type\":\"snapshot\",\"spec_version\":\"1.0\",\"version\":4,"
        "\"expires\":\"2038-01-01T00:00:00Z\",\"meta\":{\"targets.json\":{\"version\":4},"
        "\"A.json\":{\"version\":4},\"B.json\":{\"version\":1}}}",
        2);
    older = scene_refresh(scene, &error);
    CHECK(older == NULL);
    CHECK_ERROR(error, VDI_TRUST_ERROR, VDI_TRUST_ERROR_ROLLBACK);
}

static void loads_the_last_good_through_its_whole_chain(void)
{
    static const SceneDelegation revoked[] = {TO("targets", "A", .key = 8), TO("A", "B"), END};
    g_autoptr(Scene) scene = machine("kept");
    g_autofree char *loaded = scene_load(scene, NULL);
    g_autofree char *hash = g_compute_checksum_for_string(G_CHECKSUM_SHA256, "two", -1);
    g_autofree char *target = g_strdup_printf("%s.compat.json", hash);

    CHECK_TEXT(loaded, "one");
    CHECK(!scene->report.is_partial);
    /* All metadata is newer; its target does not come. */
    scene_graph(scene, &(SceneGraph){2, revoked, .targets = TARGETS({"B", "compat.json", "two"})});
    scene_remove(scene, target);
    g_autofree char *refused = scene_refresh(scene, NULL);
    g_autofree char *kept = scene_load(scene, NULL);

    CHECK(refused == NULL);
    CHECK_TEXT(kept, "one");
    CHECK(scene->report.is_partial);
    CHECK_INT(scene->report.targets_version, 1);
    /* A root that takes the key of targets away takes along what hangs on it. */
    scene_root(scene, 2, SCENE_LATER,
        (const SceneRole[VDI_N_ROLES]){{{0, -1}, 1}, {{1, -1}, 1}, {{2, -1}, 1}, {{9, -1}, 1}},
        (const int[]){0, -1});
    g_autofree char *none = scene_refresh(scene, NULL);
    g_autofree char *gone = scene_load(scene, NULL);

    CHECK(none == NULL && gone == NULL);
}

static void the_chain_lasts_as_long_as_its_shortest_link(void)
{
    static const char *const roles[] = {"targets", "A", "B"};

    for (size_t i = 0; i < G_N_ELEMENTS(roles); i++) {
        g_autofree char *name = g_strdup_printf("soon-%zu", i);
        g_autofree char *hash = g_compute_checksum_for_string(G_CHECKSUM_SHA256, "two", -1);
        g_autofree char *target = g_strdup_printf("%s.compat.json", hash);
        g_autoptr(Scene) scene = graph_machine(name, false);

        scene_graph(scene,
            &(SceneGraph){
                1, ways, .targets = TARGETS({"B", "compat.json", "one"}), .soon = roles[i]});
        g_autofree char *got = scene_refresh(scene, NULL);

        CHECK_TEXT(got, "one");
        CHECK_INT(scene->report.expires_at, SCENE_SOON);
        g_autofree char *loaded = scene_load(scene, NULL);

        CHECK_TEXT(loaded, "one");
        CHECK_INT(scene->report.expires_at, SCENE_SOON);
        scene_graph(scene, &(SceneGraph){2, ways, .targets = TARGETS({"B", "compat.json", "two"})});
        scene_remove(scene, target);
        g_autofree char *refused = scene_refresh(scene, NULL);
        g_autofree char *kept = scene_load(scene, NULL);

        CHECK(refused == NULL);
        CHECK_TEXT(kept, "one");
        CHECK_INT(scene->report.expires_at, SCENE_SOON);
    }
}

static void does_not_use_a_stored_role_that_has_expired(void)
{
    g_autoptr(Scene) scene = graph_machine("expired-role", false);
    GError *error = NULL;

    scene_graph(scene,
        &(SceneGraph){1, ways, .targets = TARGETS({"B", "compat.json", "one"}), .soon = "B"});
    g_autofree char *got = scene_refresh(scene, NULL);

    CHECK_TEXT(got, "one");
    scene->now = SCENE_SOON;
    g_autofree char *refused = scene_refresh(scene, &error);

    CHECK(refused == NULL);
    CHECK_ERROR(error, VDI_TRUST_ERROR, VDI_TRUST_ERROR_EXPIRED);
    g_autofree char *still = scene_load(scene, NULL); /* the guard's grace begins */

    CHECK_TEXT(still, "one");
    scene_graph(scene, &(SceneGraph){2, ways, .targets = TARGETS({"B", "compat.json", "two"})});
    g_autofree char *next = scene_refresh(scene, &error);

    CHECK_NO_ERROR(error);
    CHECK_TEXT(next, "two");
}

/* accepted.json as somebody else might have written it: what it holds is judged like all else. */
static void what_was_put_aside_is_judged_by_itself(void)
{
    static const SceneDelegation elsewhere[] = {TO("targets", "A", .paths = {"a/*"}), END};
    static const struct {
        const char *name, *roles[3];
        const SceneDelegation *delegations;
        bool is_believed;
    } rows[] = {
        {"as it was", {"targets", "A", "B"}, ways, true},
        {"the last one is missing", {"targets", "A"}, ways, false},
        {"the middle is missing", {"targets", "B"}, ways, false},
        {"the first is missing", {"A", "B"}, ways, false},
        {"a role that is not trusted for the path", {"targets", "A"}, elsewhere, false},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *name = g_strdup_printf("aside-%zu", i);
        g_autoptr(Scene) scene = machine(name);
        g_autoptr(VdiAccepted) accepted = vdi_accepted_new(G_MAXINT32);
        g_autofree char *path = scene_stored_path(scene, "accepted.json");
        g_autofree char *snapshot = scene_stored_path(scene, "snapshot.json");

        scene_graph(scene,
            &(SceneGraph){1, rows[i].delegations, .soon = "targets",
                .targets = rows[i].delegations == ways ? TARGETS({"B", "compat.json", "one"})
                                                       : TARGETS({"A", "compat.json", "one"})});
        for (size_t k = 0; k < G_N_ELEMENTS(rows[i].roles) && rows[i].roles[k] != NULL; k++) {
            g_autofree char *file = scene_name(scene, 1, rows[i].roles[k]);

            vdi_accepted_add(accepted, rows[i].roles[k], scene_get(scene, file));
        }
        g_autoptr(GBytes) document = vdi_accepted_write(accepted);

        CHECK(vdi_file_write(path, document, 0644, NULL));
        CHECK(vdi_file_remove(snapshot, NULL));
        g_autofree char *loaded = scene_load(scene, NULL);

        CHECK_ROW(rows[i].name, (loaded != NULL) == rows[i].is_believed);
        CHECK_ROW(rows[i].name, loaded == NULL || scene->report.expires_at == SCENE_SOON);
    }
}

/* The format of version 0.1 of this program, one back. */
static void reads_what_was_put_aside_in_the_older_format(void)
{
    g_autoptr(Scene) scene = graph_machine("format-1", false);
    static const SceneDelegation nobody[] = {END};

    scene_graph(
        scene, &(SceneGraph){1, nobody, .targets = TARGETS({"targets", "compat.json", "one"})});
    g_autofree char *got = scene_refresh(scene, NULL);
    GBytes *targets = scene_get(scene, "1.targets.json");
    g_autofree char *encoded =
        g_base64_encode(g_bytes_get_data(targets, NULL), g_bytes_get_size(targets));
    g_autofree char *text = g_strdup_printf(
        "{\"format\":1,\"expires\":\"2027-01-16T00:00:00Z\",\"targets\":\"%s\"}", encoded);
    g_autofree char *path = scene_stored_path(scene, "accepted.json");
    g_autofree char *snapshot = scene_stored_path(scene, "snapshot.json");

    CHECK_TEXT(got, "one");
    CHECK(vdi_file_write_text(path, text, 0644, NULL));
    CHECK(vdi_file_remove(snapshot, NULL));
    g_autofree char *loaded = scene_load(scene, NULL);

    CHECK_TEXT(loaded, "one");
    CHECK(scene->report.is_partial);
    CHECK_INT(scene->report.expires_at, SCENE_SOON);
}

static void reads_nothing_of_what_was_put_aside_and_is_damaged(void)
{
#define BEFORE "{\"format\":2,\"expires\":\"2027-01-16T00:00:00Z\",\"files\":["
    static const struct {
        const char *name, *text;
        bool is_read;
    } rows[] = {
        {"one file", BEFORE "{\"role\":\"targets\",\"metadata\":\"AA==\"}]}", true},
        {"no JSON", "garbage", false},
        {"the older format",
            "{\"format\":1,\"expires\":\"2027-01-16T00:00:00Z\","
            "\"targets\":\"AA==\"}",
            true},
        {"the older format without its file", "{\"format\":1,\"expires\":\"2027-01-16T00:00:00Z\"}",
            false},
        {"no file", BEFORE "]}", false},
        {"a file that is none", BEFORE "1]}", false},
        {"a file without a role", BEFORE "{\"metadata\":\"AA==\"}]}", false},
        {"a file without bytes", BEFORE "{\"role\":\"targets\"}]}", false},
        {"a member more", BEFORE "{\"role\":\"a\",\"metadata\":\"AA==\",\"x\":1}]}", false},
        {"a newer format", "{\"format\":3,\"expires\":\"2027-01-16T00:00:00Z\",\"files\":[]}",
            false},
        {"no date", "{\"format\":2,\"files\":[{\"role\":\"a\",\"metadata\":\"AA==\"}]}", false},
        {"both formats in one",
            BEFORE "{\"role\":\"a\",\"metadata\":\"AA==\"}],\"targets\":\"AA==\"}", false},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(GBytes) document = g_bytes_new_static(rows[i].text, strlen(rows[i].text));
        g_autoptr(GError) error = NULL;
        VdiAccepted *accepted = vdi_accepted_read(document, &error);

        CHECK_ROW(rows[i].name, (accepted != NULL) == rows[i].is_read);
        CHECK_ROW(rows[i].name, (error == NULL) == rows[i].is_read);
        if (accepted != NULL) {
            g_autoptr(GBytes) written = vdi_accepted_write(accepted);
            g_autoptr(VdiAccepted) again = vdi_accepted_read(written, NULL);
            g_autoptr(GBytes) twice = again != NULL ? vdi_accepted_write(again) : NULL;

            CHECK_ROW(rows[i].name, twice != NULL && g_bytes_equal(written, twice));
        }
        vdi_accepted_free(accepted);
    }
}

static void leaves_delegated_roles_in_the_incoming_folder(void)
{
    g_autoptr(Scene) scene = graph_machine("incoming", false);
    g_autofree char *incoming = g_build_filename(scene->folder, "incoming", NULL);
    g_autofree char *root = g_build_filename(scene->folder, "placed-root.json", NULL);
    g_autofree char *store = g_build_filename(scene->folder, "store", NULL);
    g_autoptr(VdiTrustSource) folder = vdi_trust_source_new_folder(incoming);

    for (int version = 1; version <= 2; version++) {
        /* The second time nothing of the delegated roles is new to the store, but for one. */
        for (int again = 0; again < 2; again++) {
            g_autoptr(VdiTrustRepository) fetching = vdi_trust_repository_new(root, store);
            g_autoptr(GBytes) fetched = NULL, applied = NULL;
            VdiTrustReport report = {0};
            GError *error = NULL;

            scene_graph(scene,
                &(SceneGraph){version, ways, .targets = TARGETS({"B", "compat.json", "text"})});
            vdi_trust_repository_collect_into(fetching, incoming);
            CHECK(vdi_trust_refresh(fetching, &scene->source, VDI_TRUST_MANIFEST, SCENE_NOW,
                &fetched, &report, &error));
            CHECK_NO_ERROR(error);
            CHECK(vdi_trust_refresh(scene->repository, folder, VDI_TRUST_MANIFEST, SCENE_NOW,
                &applied, &report, &error));
            CHECK_NO_ERROR(error);
            g_autofree char *loaded = scene_load(scene, NULL);
            g_autofree char *file = g_strdup_printf("%s/%d.B.json", incoming, version);

            CHECK_TEXT(loaded, "text");
            CHECK(g_file_test(file, G_FILE_TEST_EXISTS));
        }
    }
}

/* A repository without consistent snapshots, by way of the incoming folder. */
static void the_incoming_folder_has_the_repositorys_names(void)
{
    g_autoptr(Scene) scene = graph_machine("incoming-plain", true);
    g_autofree char *incoming = g_build_filename(scene->folder, "incoming", NULL);
    g_autofree char *root = g_build_filename(scene->folder, "placed-root.json", NULL);
    g_autofree char *store = g_build_filename(scene->folder, "store", NULL);
    g_autoptr(VdiTrustRepository) fetching = vdi_trust_repository_new(root, store);
    g_autoptr(VdiTrustSource) folder = vdi_trust_source_new_folder(incoming);
    g_autoptr(GBytes) fetched = NULL, applied = NULL;
    GError *error = NULL;

    scene_graph(scene, &(SceneGraph){1, ways, .targets = TARGETS({"B", "compat.json", "text"})});
    vdi_trust_repository_collect_into(fetching, incoming);
    CHECK(vdi_trust_refresh(
        fetching, &scene->source, VDI_TRUST_MANIFEST, SCENE_NOW, &fetched, &scene->report, &error));
    CHECK(vdi_trust_refresh(scene->repository, folder, VDI_TRUST_MANIFEST, SCENE_NOW, &applied,
        &scene->report, &error));
    CHECK_NO_ERROR(error);
    g_auto(GStrv) names = vdi_file_list(incoming);
    g_autofree char *shown = g_strjoinv(" ", names);

    CHECK_TEXT(shown,
        ".lock 1.root.json A.json B.json compat.json snapshot.json targets.json timestamp.json");
}

const Test tests[] = {
    {"asks for a role only when it has changed", asks_for_a_role_only_when_it_has_changed},
    {"a stored role is verified under today's delegation",
        a_stored_role_is_verified_under_todays_delegation},
    {"refuses an older or vanished delegated role", refuses_an_older_or_vanished_delegated_role},
    {"loads the last good through its whole chain", loads_the_last_good_through_its_whole_chain},
    {"the chain lasts as long as its shortest link", the_chain_lasts_as_long_as_its_shortest_link},
    {"does not use a stored role that has expired", does_not_use_a_stored_role_that_has_expired},
    {"what was put aside is judged by itself", what_was_put_aside_is_judged_by_itself},
    {"reads what was put aside in the older format", reads_what_was_put_aside_in_the_older_format},
    {"reads nothing of what was put aside and is damaged",
        reads_nothing_of_what_was_put_aside_and_is_damaged},
    {"leaves delegated roles in the incoming folder",
        leaves_delegated_roles_in_the_incoming_folder},
    {"the incoming folder has the repository's names",
        the_incoming_folder_has_the_repositorys_names},
    TEST_END,
};
