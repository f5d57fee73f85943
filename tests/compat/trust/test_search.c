/* SPDX-License-Identifier: Apache-2.0 */
#include "compat/trust/search.h"

#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "tests/compat/trust/graph.h"
#include "tests/support/check.h"

/* Delegated roles: which are asked, in what order, and what is believed of them. */

static char *refresh(Scene *scene, const char *path, GError **error)
{
    g_autoptr(GBytes) target = NULL;

    g_ptr_array_set_size(scene->requests, 0);
    if (!vdi_trust_refresh(
            scene->repository, &scene->source, path, scene->now, &target, &scene->report, error)) {
        return NULL;
    }
    return g_strndup(g_bytes_get_data(target, NULL), g_bytes_get_size(target));
}

typedef struct {
    const char *name;
    SceneDelegation delegations[6];
    const char *visited;
} Graph;

static const Graph graphs[] = {
    {"one delegation", {TO("targets", "A"), END}, "A"},
    {"two on one level", {TO("targets", "A"), TO("targets", "B"), END}, "A B"},
    {"two levels", {TO("targets", "A"), TO("targets", "B"), TO("B", "C"), END}, "A B C"},
    {"depth before breadth",
        {TO("targets", "A"), TO("targets", "B"), TO("A", "C"), TO("A", "D"), END}, "A C D B"},
    {"depth before breadth on three levels",
        {TO("targets", "A"), TO("targets", "B"), TO("A", "C"), TO("C", "D"), END}, "A C D B"},
    {"terminating on the second level ends it all",
        {TO("targets", "A"), TO("targets", "B"), TO("A", "C", .is_terminating = true), TO("A", "D"),
            END},
        "A C"},
    {"terminating, but not for its own roles",
        {TO("targets", "A"), TO("targets", "B"), TO("A", "C", .is_terminating = true), TO("C", "D"),
            END},
        "A C D"},
    {"paths that do not fit leave out a branch",
        {TO("targets", "A", .paths = {"*.py"}), TO("targets", "B"), TO("A", "C"), END}, "B"},
    {"paths that do not fit leave out a branch on the second level",
        {TO("targets", "A"), TO("targets", "B"), TO("A", "C", .paths = {"*.py"}), TO("C", "D"),
            END},
        "A B"},
    {"a circle",
        {TO("targets", "A"), TO("targets", "B"), TO("B", "C"), TO("C", "D"), TO("D", "B"), END},
        "A B C D"},
    {"two parents", {TO("targets", "A"), TO("targets", "B"), TO("B", "C"), TO("A", "C"), END},
        "A C B"},
    {"two parents, one of them for other paths",
        {TO("targets", "A"), TO("targets", "B"), TO("B", "C"), TO("A", "C", .paths = {"*.py"}),
            END},
        "A B C"},
    {"terminating for other paths ends nothing",
        {TO("targets", "A", .paths = {"*.py"}, .is_terminating = true), TO("targets", "B"), END},
        "B"},
    {"a terminating role that was seen already still ends it",
        {TO("targets", "A"), TO("A", "B"), TO("targets", "B", .is_terminating = true),
            TO("targets", "C"), END},
        "A B"},
    {"itself", {TO("targets", "A"), TO("A", "A"), TO("targets", "B"), END}, "A B"},
    {"by hashes",
        {TO("targets", "A", .paths = {"0"}, .member = "path_hash_prefixes"),
            TO("targets", "B", .paths = {"5", "ff"}, .member = "path_hash_prefixes"), END},
        "B"},
};

static void visits_roles_in_pre_order_depth_first(void)
{
    for (size_t i = 0; i < 2 * G_N_ELEMENTS(graphs); i++) {
        const Graph *graph = &graphs[i / 2];
        g_autofree char *name = g_strdup_printf("graph-%zu", i);
        g_autoptr(Scene) scene = graph_machine(name, i % 2 == 1);
        GError *error = NULL;

        scene_graph(scene, &(SceneGraph){1, .delegations = graph->delegations});
        g_autofree char *got = refresh(scene, "missing", &error);
        g_autofree char *order = graph_visited(scene);

        CHECK_ROW(graph->name, got == NULL);
        CHECK_ERROR(error, VDI_TRUST_ERROR, VDI_TRUST_ERROR_MISSING);
        CHECK_ROW(graph->name, g_str_equal(order, graph->visited));
        if (!g_str_equal(order, graph->visited)) {
            printf("visited %s\n", order);
        }
    }
}

static const SceneDelegation tree[] = {
    TO("targets", "A", .paths = {"*.doc", "*.md"}),
    TO("targets", "B", .paths = {"releases/*/*"}),
    TO("B", "C", .paths = {"releases/x/*"}),
    TO("B", "D", .paths = {"releases/y/*.zip"}),
    END,
};

static const SceneTarget tree_targets[] = {
    {"targets", "file", "by targets"},
    {"A", "README.md", "by A"},
    {"A", "readme.MD", "by A, of another name"},
    {"A", "docs/README.md", "by A, who may not"},
    {"C", "releases/x/x_v1", "x by C"},
    {"D", "releases/y/y_v1.zip", "y by D"},
    {"D", "releases/z/z_v1.zip", "z by D, who may not"},
    {"D", "releases/y/Y.ZIP", "by D, in another case"},
    {"C", "releases/x/deep/x_v1", "by C, deeper than it may"},
    {.role = NULL},
};

static void finds_a_target_where_every_role_of_the_chain_may_say_so(void)
{
    static const struct {
        const char *path, *content, *visited; /* content NULL: not found */
    } rows[] = {
        {"file", "by targets", ""},
        {"README.md", "by A", "A"},
        {"releases/x/x_v1", "x by C", "B C"},
        {"releases/y/y_v1.zip", "y by D", "B D"},
        {"releases/z/z_v1.zip", NULL, "B"},
        {"releases/y/Y.ZIP", NULL, "B"},
        {"releases/x/deep/x_v1", NULL, ""},
        {"docs/README.md", NULL, ""},
        {"readme.MD", NULL, ""},
    };

    for (size_t i = 0; i < 2 * G_N_ELEMENTS(rows); i++) {
        g_autofree char *name = g_strdup_printf("tree-%zu", i);
        g_autoptr(Scene) scene = graph_machine(name, i % 2 == 1);

        scene_graph(scene, &(SceneGraph){1, tree, .targets = tree_targets});
        g_autofree char *got = refresh(scene, rows[i / 2].path, NULL);
        g_autofree char *order = graph_visited(scene);

        CHECK_TEXT(got, rows[i / 2].content);
        CHECK_TEXT(order, rows[i / 2].visited);
    }
}

/* C is believed by A (key 5) and by B (key 6), and signed by A's key alone. */
static const SceneDelegation diamond[] = {
    TO("targets", "A", .paths = {"a/*"}),
    TO("targets", "B", .paths = {"b/*"}),
    TO("A", "C", .paths = {"a/*"}, .key = 5),
    TO("B", "C", .paths = {"b/*"}, .key = 6),
    END,
};

static void trust_gained_through_one_parent_does_not_serve_another(void)
{
    static const SceneTarget targets[] = {
        {"C", "a/file", "through A"}, {"C", "b/file", "through B"}, {.role = NULL}};

    for (int i = 0; i < 2; i++) {
        g_autofree char *name = g_strdup_printf("diamond-%d", i);
        g_autoptr(Scene) scene = graph_machine(name, i == 1);
        g_autofree char *metadata = g_build_filename(scene->folder, "D", NULL);
        g_autofree char *folder = g_build_filename(scene->folder, "T", NULL);
        g_autofree char *root = g_build_filename(metadata, "root.json", NULL);
        g_autoptr(VdiTrustRepository) plain = vdi_trust_repository_new_plain(metadata, folder);
        GError *error = NULL;

        CHECK(vdi_file_write(root, scene_get(scene, "1.root.json"), 0644, NULL));
        scene_graph(scene, &(SceneGraph){1, diamond, .targets = targets});
        /* In one run: the role is on this machine already when B is asked. */
        CHECK(!vdi_trust_download(plain, &scene->source,
            (const char *const[]){"a/file", "b/file", NULL}, SCENE_NOW, &scene->report, &error));
        CHECK_ERROR(error, VDI_TRUST_ERROR, VDI_TRUST_ERROR_SIGNATURE);
        g_auto(GStrv) stored = vdi_file_list(folder);

        CHECK_INT(g_strv_length(stored), 1);
        CHECK_TEXT(stored[0], "a%2Ffile");
        /* In another, too; and the way through A is still open. */
        CHECK(!vdi_trust_download(plain, &scene->source, (const char *const[]){"b/file", NULL},
            SCENE_NOW, &scene->report, &error));
        CHECK_ERROR(error, VDI_TRUST_ERROR, VDI_TRUST_ERROR_SIGNATURE);
        CHECK(vdi_trust_download(plain, &scene->source, (const char *const[]){"a/file", NULL},
            SCENE_NOW, &scene->report, &error));
        CHECK_NO_ERROR(error);
    }
}

static void ends_the_search_when_a_role_cannot_be_believed(void)
{
    static const SceneDelegation two[] = {TO("targets", "A"), TO("targets", "B"), END};
    static const SceneTarget targets[] = {{"B", "compat.json", "by B"}, {.role = NULL}};
    static const struct {
        const char *name;
        SceneGraph graph;
        const char *visited;
        int code;
        const char *missing; /* a file that is not there */
    } rows[] = {
        {"not in the snapshot", {1, two, .targets = targets, .unlisted = "A"}, "",
            .code = VDI_TRUST_ERROR_MISSING},
        {"not there", {1, two, .targets = targets}, "A", .code = VDI_TRUST_ERROR_MISSING,
            .missing = "1.A.json"},
        {"expired", {1, two, .targets = targets, .expired = "A"}, "A",
            .code = VDI_TRUST_ERROR_EXPIRED},
        {"another's key", {1, two, .targets = targets, .wrong_key = "A"}, "A",
            .code = VDI_TRUST_ERROR_SIGNATURE},
        {"another hash", {1, two, .targets = targets, .wrong_hash = "A"}, "A",
            .code = VDI_TRUST_ERROR_HASH},
        {"the last one unlisted", {1, two, .targets = targets, .unlisted = "B"}, "A",
            .code = VDI_TRUST_ERROR_MISSING},
        {"the last one expired", {1, two, .targets = targets, .expired = "B"}, "A B",
            .code = VDI_TRUST_ERROR_EXPIRED},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *name = g_strdup_printf("unbelievable-%zu", i);
        g_autoptr(Scene) scene = graph_machine(name, false);
        g_autoptr(GError) error = NULL;

        scene_graph(scene, &rows[i].graph);
        if (rows[i].missing != NULL) {
            scene_remove(scene, rows[i].missing);
        }
        g_autofree char *got = scene_refresh(scene, &error);
        g_autofree char *order = graph_visited(scene);
        g_autoptr(GBytes) stored = scene_stored(scene, "A.json");
        bool keeps_a = rows[i].graph.unlisted != NULL || rows[i].graph.expired != NULL;

        CHECK_ROW(rows[i].name, got == NULL);
        CHECK_ROW(rows[i].name, g_error_matches(error, VDI_TRUST_ERROR, rows[i].code));
        CHECK_ROW(rows[i].name, g_str_equal(order, rows[i].visited));
        CHECK_ROW(rows[i].name, stored == NULL || keeps_a);
        /* The top-level roles before it stay, and a good release is followed. */
        CHECK_INT(scene->report.targets_version, 1);
        scene_graph(scene, &(SceneGraph){2, two, .targets = targets});
        g_autofree char *next = scene_refresh(scene, NULL);

        CHECK_ROW(rows[i].name, g_strcmp0(next, "by B") == 0);
    }
}

static void visits_at_most_32_delegated_roles(void)
{
    for (size_t n = VDI_SEARCH_ROLES_MAX; n <= VDI_SEARCH_ROLES_MAX + 1; n++) {
        g_autofree char *name = g_strdup_printf("many-%zu", n);
        g_autoptr(Scene) scene = graph_machine(name, false);
        g_autofree SceneDelegation *rows = g_new0(SceneDelegation, n + 1);
        g_auto(GStrv) names = g_new0(char *, n + 1);

        for (size_t i = 0; i < n; i++) {
            names[i] = g_strdup_printf("role%zu", i);
            rows[i] = (SceneDelegation) TO("targets", names[i]);
        }
        scene_graph(scene,
            &(SceneGraph){
                1, rows, .targets = TARGETS({names[n - 1], "compat.json", "by the last"})});
        GError *error = NULL;
        g_autofree char *got = scene_refresh(scene, &error);

        if (n == VDI_SEARCH_ROLES_MAX) {
            CHECK_NO_ERROR(error);
            CHECK_TEXT(got, "by the last");
        } else {
            CHECK_ERROR(error, VDI_TRUST_ERROR, VDI_TRUST_ERROR_MISSING);
            CHECK_INT(scene->requests->len, 4 + VDI_SEARCH_ROLES_MAX);
        }
    }
}

static void encodes_the_names_of_roles(void)
{
    static const struct {
        const char *name, *request, *stored;
    } rows[] = {
        {"?", "1.%3F.json", "%3F.json"},
        {"#", "1.%23.json", "%23.json"},
        {"/delegatedrole", "1.%2Fdelegatedrole.json", "%2Fdelegatedrole.json"},
        {"../delegatedrole", "1...%2Fdelegatedrole.json", "%2E.%2Fdelegatedrole.json"},
        {"..", "1....json", "%2E..json"},
        {"a b%20", "1.a%20b%2520.json", "a%20b%2520.json"},
        {"\xc3\xa9", "1.%C3%A9.json", "%C3%A9.json"},
        {"accepted", "1.accepted.json", "accepted.json"},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *name = g_strdup_printf("odd-%zu", i);
        g_autoptr(Scene) scene = graph_machine(name, false);
        const SceneDelegation delegations[] = {TO("targets", rows[i].name), END};

        scene_graph(scene,
            &(SceneGraph){
                1, delegations, .targets = TARGETS({rows[i].name, "compat.json", "odd"})});
        g_autofree char *got = scene_refresh(scene, NULL);
        g_autofree char *store = g_build_filename(scene->folder, "store", "metadata", NULL);
        g_auto(GStrv) stored = vdi_file_list(store);

        CHECK_TEXT(got, "odd");
        CHECK_TEXT(g_ptr_array_index(scene->requests, 4), rows[i].request);
        CHECK_INT(g_strv_length(stored), 5);
        CHECK_ROW(rows[i].name, g_strv_contains((const char *const *) stored, rows[i].stored));
        g_autofree char *loaded = scene_load(scene, NULL);

        CHECK_TEXT(loaded, "odd");
    }
}

const Test tests[] = {
    {"visits roles in pre-order, depth first", visits_roles_in_pre_order_depth_first},
    {"finds a target where every role of the chain may say so",
        finds_a_target_where_every_role_of_the_chain_may_say_so},
    {"trust gained through one parent does not serve another",
        trust_gained_through_one_parent_does_not_serve_another},
    {"ends the search when a role cannot be believed",
        ends_the_search_when_a_role_cannot_be_believed},
    {"visits at most 32 delegated roles", visits_at_most_32_delegated_roles},
    {"encodes the names of roles", encodes_the_names_of_roles},
    TEST_END,
};
