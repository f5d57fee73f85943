/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/process.h"
#include "tests/compat/trust/graph.h"
#include "tests/compat/trust/web.h"
#include "tests/support/check.h"

/* `vdi-guard tuf` as it is compared with other clients: its exit status, the files that it leaves,
 * and exactly what it asks a server for. */

enum { OUTPUT_MAX = 65536, DEADLINE_MS = 50000, WORDS_MAX = 24 };

typedef struct {
    Scene *scene;
    Web *web;
    char *program, *metadata, *targets;
} Machine;

static void machine_clear(Machine *machine)
{
    scene_free(machine->scene);
    web_free(machine->web);
    g_free(machine->program);
    g_free(machine->metadata);
    g_free(machine->targets);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Machine, machine_clear)

/* Puts all of the scene on the server: metadata below /m, targets below /t. */
static void publish(Machine *machine)
{
    GHashTableIter iter;
    gpointer name = NULL, bytes = NULL;

    g_hash_table_iter_init(&iter, machine->scene->files);
    while (g_hash_table_iter_next(&iter, &name, &bytes)) {
        g_autofree char *metadata = g_strconcat("/m/", name, NULL);
        g_autofree char *target = g_strconcat("/t/", name, NULL);

        web_put_file(machine->web, metadata, "", bytes);
        web_put_file(machine->web, target, "", bytes);
    }
}

static Machine new_machine(const char *name)
{
    Machine machine = {.scene = scene_new(name), .web = web_new()};

    machine.program = test_built("compat/vdi-guard");
    machine.metadata = g_build_filename(machine.scene->folder, "D", NULL);
    machine.targets = g_build_filename(machine.scene->folder, "T", NULL);
    CHECK(vdi_file_make_folder(machine.metadata, 0755, NULL));
    return machine;
}

/* "{m}" and "{t}" are the two addresses, "{D}" and "{T}" the two folders, "{root}" the root of
 * trust. */
static char *expand(const Machine *machine, const char *word)
{
    g_autofree char *m = g_strconcat(web_address(machine->web), "/m", NULL);
    g_autofree char *t = g_strconcat(web_address(machine->web), "/t/", NULL);
    g_autofree char *root = g_build_filename(machine->scene->folder, "placed-root.json", NULL);
    const char *const holes[][2] = {{"{m}", m}, {"{t}", t}, {"{D}", machine->metadata},
        {"{T}", machine->targets}, {"{root}", root}};

    for (size_t i = 0; i < G_N_ELEMENTS(holes); i++) {
        if (g_str_equal(word, holes[i][0])) {
            return g_strdup(holes[i][1]);
        }
    }
    return g_strdup(word);
}

/* Runs `words` (separated by blanks), behind `before` (NULL: nothing). Its exit status. */
static int run(Machine *machine, const char *before, const char *words)
{
    g_autofree char *line = g_strdup_printf("%s%s%s tuf %s", before != NULL ? before : "",
        before != NULL ? " " : "", machine->program, words);
    g_auto(GStrv) argv = g_strsplit(line, " ", WORDS_MAX);
    VdiProcessOptions options = {.max_bytes = OUTPUT_MAX, .deadline_ms = DEADLINE_MS};
    g_auto(VdiProcessResult) result = {0};
    g_autoptr(GError) error = NULL;

    for (size_t i = 0; argv[i] != NULL; i++) {
        char *word = argv[i];

        argv[i] = expand(machine, word);
        g_free(word);
    }
    web_forget(machine->web);
    if (!vdi_process_run((const char *const *) argv, &options, &result, &error)) {
        g_error("%s", error->message);
    }
    /* Nothing on standard output; a failure is one sentence. */
    CHECK_INT(g_bytes_get_size(result.output), 0);
    CHECK((*result.errors != '\0') == (result.status != 0));
    return result.status;
}

#define INIT "--metadata-dir {D} init {root}"
#define REFRESH "--metadata-dir {D} --metadata-url {m} refresh"
#define DOWNLOAD(names)                                                                            \
    "--metadata-dir {D} --metadata-url {m} " names " --target-base-url {t} --target-dir {T} "      \
    "download"
#define AT(time) " --now " time
#define NOW AT("2027-01-15T08:00:00Z")

/* The paths asked for since the last run, joined by blanks. */
static char *asked(Machine *machine)
{
    g_autoptr(GString) out = g_string_new(NULL);

    for (guint i = 0; i < web_n_requests(machine->web); i++) {
        g_autofree char *head = web_request(machine->web, i);
        g_auto(GStrv) words = g_strsplit(head, " ", 3);

        g_string_append_printf(out, "%s%s", i > 0 ? " " : "", words[1]);
    }
    return g_string_free(g_steal_pointer(&out), false);
}

static char *listed(const char *folder)
{
    g_auto(GStrv) names = vdi_file_list(folder);

    return g_strjoinv(" ", names);
}

static char *content(const char *folder, const char *name)
{
    g_autofree char *path = g_build_filename(folder, name, NULL);
    g_autoptr(GBytes) bytes = vdi_file_read(path, OUTPUT_MAX, NULL);
    const char *data = bytes != NULL ? g_bytes_get_data(bytes, NULL) : NULL;

    if (bytes == NULL) {
        return NULL;
    }
    return g_strndup(data != NULL ? data : "", g_bytes_get_size(bytes));
}

static void a_first_refresh_asks_for_four_files(void)
{
    g_auto(Machine) machine = new_machine("first");

    scene_release(machine.scene, &(Release){1, 1, 1, .content = "one"});
    publish(&machine);
    CHECK_INT(run(&machine, NULL, INIT), 0);
    CHECK_INT(web_n_requests(machine.web), 0);
    CHECK_INT(run(&machine, NULL, REFRESH NOW), 0);
    g_autofree char *requests = asked(&machine);
    g_autofree char *files = listed(machine.metadata);

    CHECK_TEXT(requests, "/m/2.root.json /m/timestamp.json /m/1.snapshot.json /m/1.targets.json");
    CHECK_TEXT(files, ".lock root.json snapshot.json targets.json timestamp.json");
    CHECK_INT(run(&machine, NULL, REFRESH NOW), 0);
    g_autofree char *again = asked(&machine);

    CHECK_TEXT(again, "/m/2.root.json /m/timestamp.json");
}

static void stores_the_very_bytes(void)
{
    static const char *const names[] = {"timestamp", "snapshot", "targets"};
    g_auto(Machine) machine = new_machine("bytes");

    scene_release(machine.scene, &(Release){1, 1, 1, .content = "one"});
    publish(&machine);
    CHECK_INT(run(&machine, NULL, INIT), 0);
    CHECK_INT(run(&machine, NULL, REFRESH NOW), 0);
    for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
        g_autofree char *published =
            i == 0 ? g_strdup("timestamp.json") : g_strdup_printf("1.%s.json", names[i]);
        g_autofree char *stored = g_strconcat(names[i], ".json", NULL);
        g_autofree char *path = g_build_filename(machine.metadata, stored, NULL);
        g_autoptr(GBytes) bytes = vdi_file_read(path, OUTPUT_MAX, NULL);

        CHECK_ROW(
            names[i], bytes != NULL && g_bytes_equal(bytes, scene_get(machine.scene, published)));
    }
}

static void a_download_refreshes_first_and_follows_delegations(void)
{
    static const SceneDelegation ways[] = {TO("targets", "A"), TO("A", "B"), END};
    static const SceneTarget targets[] = {
        {"targets", "top", "by targets"}, {"B", "compat.json", "deep"}, {.role = NULL}};
    g_autofree char *hash = g_compute_checksum_for_string(G_CHECKSUM_SHA256, "deep", -1);
    g_autofree char *expected = g_strdup_printf(
        "/m/2.root.json /m/timestamp.json /m/1.snapshot.json /m/1.targets.json /m/1.A.json "
        "/m/1.B.json /t/%s.compat.json",
        hash);
    g_auto(Machine) machine = new_machine("download");

    scene_graph(machine.scene, &(SceneGraph){1, ways, .targets = targets});
    publish(&machine);
    CHECK_INT(run(&machine, NULL, INIT), 0);
    CHECK_INT(run(&machine, NULL, DOWNLOAD("--target-name compat.json") NOW), 0);
    g_autofree char *requests = asked(&machine);
    g_autofree char *files = listed(machine.metadata);
    g_autofree char *stored = listed(machine.targets);
    g_autofree char *text = content(machine.targets, "compat.json");

    CHECK_TEXT(requests, expected);
    CHECK_TEXT(files, ".lock A.json B.json root.json snapshot.json targets.json timestamp.json");
    CHECK_TEXT(stored, "compat.json");
    CHECK_TEXT(text, "deep");
    /* What is there already is not asked for; one that is not, is. */
    CHECK_INT(run(&machine, NULL,
                  DOWNLOAD("--target-name compat.json --target-name top --target-name none "
                           "--target-name compat.json") NOW),
        1);
    g_autofree char *top_hash = g_compute_checksum_for_string(G_CHECKSUM_SHA256, "by targets", -1);
    g_autofree char *only_top =
        g_strdup_printf("/m/2.root.json /m/timestamp.json /t/%s.top", top_hash);
    g_autofree char *again = asked(&machine);

    CHECK_TEXT(again, only_top);
}

static void a_target_that_nobody_announces_still_refreshes(void)
{
    g_auto(Machine) machine = new_machine("none");

    scene_release(machine.scene, &(Release){1, 1, 1, .content = "one"});
    publish(&machine);
    CHECK_INT(run(&machine, NULL, INIT), 0);
    CHECK_INT(run(&machine, NULL, DOWNLOAD("--target-name nonexistent") NOW), 1);
    g_autofree char *requests = asked(&machine);
    g_autofree char *files = listed(machine.metadata);

    CHECK_TEXT(requests, "/m/2.root.json /m/timestamp.json /m/1.snapshot.json /m/1.targets.json");
    CHECK_TEXT(files, ".lock root.json snapshot.json targets.json timestamp.json");
}

static void a_root_of_trust_that_is_broken_asks_for_nothing(void)
{
    g_auto(Machine) machine = new_machine("broken");
    g_autofree char *placed = g_build_filename(machine.scene->folder, "placed-root.json", NULL);
    g_autofree char *stored = g_build_filename(machine.metadata, "root.json", NULL);

    scene_release(machine.scene, &(Release){1, 1, 1, .content = "one"});
    publish(&machine);
    /* There is none yet. */
    CHECK_INT(run(&machine, NULL, REFRESH NOW), 1);
    CHECK_INT(web_n_requests(machine.web), 0);
    scene_flip(machine.scene, "1.root.json");
    CHECK(vdi_file_write(placed, scene_get(machine.scene, "1.root.json"), 0644, NULL));
    CHECK_INT(run(&machine, NULL, INIT), 1);
    CHECK(!g_file_test(stored, G_FILE_TEST_EXISTS));
    /* Somebody has copied it there by hand. */
    CHECK(vdi_file_write(stored, scene_get(machine.scene, "1.root.json"), 0644, NULL));
    CHECK_INT(run(&machine, NULL, REFRESH NOW), 1);
    CHECK_INT(web_n_requests(machine.web), 0);
}

static void init_does_not_replace_a_trusted_root(void)
{
    g_auto(Machine) machine = new_machine("twice");

    scene_root(machine.scene, 2, SCENE_LATER, scene_roles, (const int[]){0, -1});
    scene_release(machine.scene, &(Release){1, 1, 1, .content = "one"});
    publish(&machine);
    CHECK_INT(run(&machine, NULL, INIT), 0);
    CHECK_INT(run(&machine, NULL, REFRESH NOW), 0);
    g_autofree char *before = content(machine.metadata, "root.json");

    CHECK_INT(run(&machine, NULL, INIT), 1);
    g_autofree char *after = content(machine.metadata, "root.json");

    CHECK_TEXT(after, before);
}

static void is_strict_and_keeps_what_was_accepted_before_a_failure(void)
{
    static const struct {
        const char *name;
        Release release;
        const char *missing, *files;
    } rows[] = {
        {"an expired timestamp", {2, 2, 2, .content = "x", .timestamp_expires = SCENE_NOW - 1},
            NULL, ".lock root.json"},
        {"an expired snapshot", {2, 2, 2, .content = "x", .snapshot_expires = SCENE_NOW - 1}, NULL,
            ".lock root.json timestamp.json"},
        {"expired targets", {2, 2, 2, .content = "x", .targets_expires = SCENE_NOW - 1}, NULL,
            ".lock root.json snapshot.json timestamp.json"},
        {"no timestamp", {2, 2, 2, .content = "x"}, "timestamp.json", ".lock root.json"},
        {"no snapshot", {2, 2, 2, .content = "x"}, "2.snapshot.json",
            ".lock root.json timestamp.json"},
        {"no targets", {2, 2, 2, .content = "x"}, "2.targets.json",
            ".lock root.json snapshot.json timestamp.json"},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *name = g_strdup_printf("strict-%zu", i);
        g_auto(Machine) machine = new_machine(name);

        scene_release(machine.scene, &rows[i].release);
        if (rows[i].missing != NULL) {
            scene_remove(machine.scene, rows[i].missing);
        }
        publish(&machine);
        CHECK_INT(run(&machine, NULL, INIT), 0);
        CHECK_INT(run(&machine, NULL, REFRESH NOW), 1);
        g_autofree char *files = listed(machine.metadata);

        CHECK_TEXT(files, rows[i].files);
    }
}

static void stores_odd_names_inside_the_folders(void)
{
    static const SceneDelegation ways[] = {TO("targets", "../A?"), END};
    static const SceneTarget targets[] = {
        {"targets", "a/b", "below"}, {"targets", "../x", "no"}, {.role = NULL}};
    g_autofree char *hash = g_compute_checksum_for_string(G_CHECKSUM_SHA256, "below", -1);
    g_autofree char *target = g_strdup_printf(" /t/a/%s.b", hash);
    g_auto(Machine) machine = new_machine("odd");

    scene_graph(machine.scene, &(SceneGraph){1, ways, .targets = targets});
    publish(&machine);
    CHECK_INT(run(&machine, NULL, INIT), 0);
    CHECK_INT(run(&machine, NULL, DOWNLOAD("--target-name a/b") NOW), 0);
    g_autofree char *requests = asked(&machine);

    CHECK(g_str_has_suffix(requests, target));
    CHECK_INT(run(&machine, NULL, DOWNLOAD("--target-name missing") NOW), 1);
    g_autofree char *by_role = asked(&machine);
    g_autofree char *files = listed(machine.metadata);

    CHECK(g_str_has_suffix(by_role, " /m/1...%2FA%3F.json"));
    CHECK_TEXT(files, "%2E.%2FA%3F.json .lock root.json snapshot.json targets.json timestamp.json");
    /* No address can be made of this one, so it is not asked for. */
    CHECK_INT(run(&machine, NULL, DOWNLOAD("--target-name ../x") NOW), 1);
    g_autofree char *stored = listed(machine.targets);
    g_autofree char *none = asked(&machine);

    CHECK_TEXT(none, "/m/2.root.json /m/timestamp.json");
    CHECK_TEXT(stored, "a%2Fb");
}

static void downloads_an_empty_target(void)
{
    g_auto(Machine) machine = new_machine("empty");

    scene_release(machine.scene, &(Release){1, 1, 1, .content = ""});
    publish(&machine);
    CHECK_INT(run(&machine, NULL, INIT), 0);
    CHECK_INT(run(&machine, NULL, DOWNLOAD("--target-name compat.json") NOW), 0);
    g_autofree char *text = content(machine.targets, "compat.json");

    CHECK_TEXT(text, "");
}

static void usage_errors_are_failures_like_all_others(void)
{
    static const char *const lines[] = {
        "",
        "refresh",
        "--metadata-dir {D}",
        "--metadata-dir {D} init",
        "--metadata-dir {D} init {root} twice",
        "--metadata-dir {D} refresh",
        "--metadata-dir {D} --metadata-url {m} refresh now",
        "--metadata-dir {D} --metadata-url {m} download",
        "--metadata-dir {D} --metadata-url {m} fetch",
        "--metadata-dir {D} --metadata-url {m} --bogus refresh",
        "--metadata-dir {D} --metadata-url {m} --target-name x refresh",
        "--metadata-dir {D} --metadata-url {m} --target-name x --target-dir {T} download",
        "--metadata-dir {D} --metadata-url ftp://127.0.0.1/ refresh",
        ("--metadata-dir {D} --metadata-url {m} --target-name x --target-base-url {t} "
         "--target-dir {D} download"),
    };
    g_auto(Machine) machine = new_machine("usage");

    CHECK_INT(run(&machine, NULL, INIT), 0);
    for (size_t i = 0; i < G_N_ELEMENTS(lines); i++) {
        int status = run(&machine, NULL, lines[i]);

        CHECK_ROW(lines[i], status == 1);
        CHECK_ROW(lines[i], web_n_requests(machine.web) == 0);
    }
}

/* The clock is the system's: whoever fakes that one is believed. */
static void takes_the_time_from_the_system(void)
{
    g_auto(Machine) machine = new_machine("clock");
    int64_t now = g_get_real_time() / G_USEC_PER_SEC;

    if (!g_file_test("/usr/bin/faketime", G_FILE_TEST_IS_EXECUTABLE)) {
        skip("faketime");
        return;
    }
    if (TEST_IS_SANITIZED) {
        skip("a sanitizer lets no other library come first (run a plain build)");
        return;
    }
    scene_release(machine.scene,
        &(Release){1, 1, 1, .content = "one", .timestamp_expires = now + 20 * 24 * 3600});
    publish(&machine);
    CHECK_INT(run(&machine, NULL, INIT), 0);
    CHECK_INT(run(&machine, NULL, REFRESH), 0);
    CHECK_INT(run(&machine, "/usr/bin/faketime -f +10d", REFRESH), 0);
    CHECK_INT(run(&machine, "/usr/bin/faketime -f +30d", REFRESH), 1);
    CHECK_INT(run(&machine, NULL, REFRESH), 0);
}

const Test tests[] = {
    {"a first refresh asks for four files", a_first_refresh_asks_for_four_files},
    {"stores the very bytes", stores_the_very_bytes},
    {"a download refreshes first and follows delegations",
        a_download_refreshes_first_and_follows_delegations},
    {"a target that nobody announces still refreshes",
        a_target_that_nobody_announces_still_refreshes},
    {"a root of trust that is broken asks for nothing",
        a_root_of_trust_that_is_broken_asks_for_nothing},
    {"init does not replace a trusted root", init_does_not_replace_a_trusted_root},
    {"is strict, and keeps what was accepted before a failure",
        is_strict_and_keeps_what_was_accepted_before_a_failure},
    {"stores odd names inside the folders", stores_odd_names_inside_the_folders},
    {"downloads an empty target", downloads_an_empty_target},
    {"usage errors are failures like all others", usage_errors_are_failures_like_all_others},
    {"takes the time from the system", takes_the_time_from_the_system},
    TEST_END,
};
