/* SPDX-License-Identifier: Apache-2.0 */
#include "compat/holds.h"

#include <string.h>

#include "base/file.h"
#include "compat/apply.h"
#include "compat/holds_file.h"
#include "compat/rules/manifest_reader.h"
#include "tests/compat/guard/guard_support.h"
#include "tests/support/check.h"

#define LIB(version) "{'name': 'lib', 'version': '" version "'}"
#define CLIENT(version) "{'name': 'client', 'version': '" version "'}"
#define PACKAGE(name, range)                                                                       \
    "{'package': {'purl': 'pkg:deb/debian/" name "', 'version': 'vers:deb/" range "'}}"
#define RULE(id, when)                                                                             \
    "{'id': '" id "', 'effect': 'block', 'title': {'en': 'It breaks'}, 'message': {'en': 'Wait.'}" \
    ", 'when': " when ", 'expires': '2027-02-01T00:00:00Z'}"
#define LIB_BREAKS RULE("R1", PACKAGE("lib", ">=2.0|<2.1"))
#define LIB_BREAKS_OLD_CLIENT                                                                      \
    RULE("R1", "{'all': [" PACKAGE("lib", ">=2.0") ", " PACKAGE("client", "<2.0") "]}")

/* One decision upon a system that is written down. */
typedef struct {
    VdiPaths *paths;
    VdiHost *host;
    VdiFacts *facts;
    VdiManifest *manifest;
    VdiLimits *limits;
    VdiHolds *previous;
    VdiRuleInForce *rules;
    int64_t *untils;
    size_t n_rules;
} World;

static void world_clear(World *world)
{
    g_clear_pointer(&world->previous, vdi_holds_free);
    g_clear_pointer(&world->limits, vdi_limits_free);
    g_clear_pointer(&world->facts, vdi_facts_free);
    g_clear_pointer(&world->host, vdi_host_free);
    g_clear_pointer(&world->manifest, vdi_manifest_free);
    g_clear_pointer(&world->paths, vdi_paths_free);
    g_clear_pointer(&world->rules, g_free);
    g_clear_pointer(&world->untils, g_free);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(World, world_clear)

static char *quoted(const char *text)
{
    char *copy = g_strdup(text);

    for (char *at = copy; *at != '\0'; at++) {
        *at = *at == '\'' ? '"' : *at;
    }
    return copy;
}

static void write_system(const VdiPaths *paths, const char *installed, const char *offered)
{
    g_autofree char *text =
        g_strdup_printf("{'format': 1, 'installed': [%s], 'offered': [%s]}", installed, offered);
    g_autofree char *json = quoted(text);

    guard_write(paths, "/system.json", json);
}

static bool world_init(World *world, const char *installed, const char *offered, const char *rules)
{
    g_autoptr(GError) error = NULL;

    world->paths = guard_system();
    write_system(world->paths, installed, offered);
    g_autofree char *simulation = vdi_paths_below(world->paths, "/system.json");
    const VdiHostOptions options = {NULL, simulation};
    g_autofree char *text =
        g_strdup_printf("{'schema': '" VDI_MANIFEST_SCHEMA "', 'id': 'example', "
                        "'issued': '2026-11-05T00:00:00Z', 'rules': [%s]}",
            rules);
    g_autofree char *json = quoted(text);
    g_autoptr(GBytes) document = g_bytes_new(json, strlen(json));

    world->host = vdi_host_new(world->paths, &options, &error);
    world->facts = vdi_facts_new();
    world->limits = vdi_limits_read(world->paths);
    world->previous = vdi_holds_new();
    world->manifest = vdi_manifest_parse(document, VDI_MANIFEST_AUTHOR, &error);
    CHECK(world->host != NULL && vdi_host_look(world->host, world->facts, &error));
    CHECK_NO_ERROR(error);
    if (world->manifest == NULL) {
        return false;
    }
    world->n_rules = vdi_manifest_n_rules(world->manifest);
    world->rules = g_new0(VdiRuleInForce, world->n_rules);
    world->untils = g_new0(int64_t, world->n_rules);
    for (size_t i = 0; i < world->n_rules; i++) {
        world->rules[i] = (VdiRuleInForce){
            "example", vdi_manifest_rule(world->manifest, i), VDI_EFFECT_BLOCK, NULL};
        world->untils[i] = GUARD_NOW + 80 * GUARD_DAY;
    }
    return true;
}

static VdiHolds *decide(const World *world, int64_t now, char **ret_problem)
{
    const VdiHoldsInput input = {.rules = world->rules,
        .untils = world->untils,
        .n_rules = world->n_rules,
        .facts = world->facts,
        .host = world->host,
        .limits = world->limits,
        .previous = world->previous,
        .now = now};

    return vdi_holds_decide(&input, ret_problem);
}

/* "lib 2.0 client 3.0 " */
static char *print(const VdiHolds *holds)
{
    GString *text = g_string_new(NULL);

    for (guint i = 0; i < holds->holds->len; i++) {
        const VdiHold *hold = holds->holds->pdata[i];

        g_string_append_printf(text, "%s %s ", hold->package, hold->version);
    }
    return g_string_free(text, false);
}

static void the_smallest_part_is_held(void)
{
    static const struct {
        const char *name, *installed, *offered, *rules, *held;
    } rows[] = {
        {"the library arrives alone", LIB("1.0") "," CLIENT("1.0"), LIB("2.0"),
            LIB_BREAKS_OLD_CLIENT, "lib 2.0 "},
        {"the remedy is independent of it", LIB("1.0") "," CLIENT("1.0"),
            LIB("2.0") "," CLIENT("2.0"), LIB_BREAKS_OLD_CLIENT, "lib 2.0 "},
        {"the remedy needs it", LIB("1.0") "," CLIENT("1.0"),
            LIB("2.0") ", {'name': 'client', 'version': '2.0', 'needs': [" LIB("2.0") "]}",
            LIB_BREAKS_OLD_CLIENT, ""},
        {"the remedy is installed", LIB("1.0") "," CLIENT("2.0"), LIB("2.0"), LIB_BREAKS_OLD_CLIENT,
            ""},
        {"broken already", LIB("2.0") "," CLIENT("1.0"), CLIENT("1.5"), LIB_BREAKS_OLD_CLIENT, ""},
        {"others are let through", LIB("1.0") ", {'name': 'x', 'version': '1'}",
            LIB("2.0") ", {'name': 'x', 'version': '2'}", LIB_BREAKS, "lib 2.0 "},
        {"the fixed version is on offer", LIB("1.0"), LIB("2.0") "," LIB("2.1"), LIB_BREAKS, ""},
        {"an older bad one is behind the newest", LIB("1.0"), LIB("2.0") "," LIB("2.0.5"),
            LIB_BREAKS, "lib 2.0 lib 2.0.5 "},
        {"a good one is behind the bad one", LIB("1.0"), LIB("1.5") "," LIB("2.0"), LIB_BREAKS,
            "lib 2.0 "},
        {"what brings it along is not pinned itself", LIB("1.0") ", {'name': 'x', 'version': '1'}",
            LIB("2.0") ", {'name': 'x', 'version': '2', 'needs': [" LIB("2.0") "]}", LIB_BREAKS,
            "lib 2.0 "},
        {"harmless alone, together not",
            "{'name': 'a', 'version': '1'}, {'name': 'b', 'version': '1'}",
            "{'name': 'a', 'version': '2'}, {'name': 'b', 'version': '2'}",
            RULE("R1", "{'all': [" PACKAGE("a", ">=2") "," PACKAGE("b", ">=2") "]}"), "a 2 "},
        {"a security update is the last to be held",
            "{'name': 'a', 'version': '1'}, {'name': 'b', 'version': '1'}",
            "{'name': 'a', 'version': '2', 'security': true}, {'name': 'b', 'version': '2'}",
            RULE("R1", "{'all': [" PACKAGE("a", ">=2") "," PACKAGE("b", ">=2") "]}"), "b 2 "},
        {"nothing is on offer", LIB("1.0"), "", LIB_BREAKS, ""},
        {"dpkg is never held", "{'name': 'dpkg', 'version': '1'}",
            "{'name': 'dpkg', 'version': '2'}", RULE("R1", PACKAGE("dpkg", ">=2")), ""},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_auto(World) world = {0};

        if (!world_init(&world, rows[i].installed, rows[i].offered, rows[i].rules)) {
            CHECK_ROW(rows[i].name, false);
            continue;
        }
        g_autofree char *problem = NULL;
        g_autoptr(VdiHolds) holds = decide(&world, GUARD_NOW, &problem);
        g_autofree char *held = print(holds);

        CHECK_ROW(rows[i].name, problem == NULL);
        if (!check_row(rows[i].name, strcmp(held, rows[i].held) == 0, held, __LINE__, __FILE__)) {
            continue;
        }
    }
}

static void what_is_never_held_is_said(void)
{
    g_auto(World) world = {0};
    g_autofree char *problem = NULL;

    CHECK(world_init(&world, "{'name': 'dpkg', 'version': '1'}", "{'name': 'dpkg', 'version': '2'}",
        RULE("R1", PACKAGE("dpkg", ">=2"))));
    g_autoptr(VdiHolds) holds = decide(&world, GUARD_NOW, &problem);

    CHECK(holds->not_held->len == 1);
    CHECK(vdi_holds_is_reduced(holds, "example", "R1"));
    CHECK(holds->not_held->len == 1
        && ((VdiNotHeld *) holds->not_held->pdata[0])->why == VDI_NOT_HELD_NEVER);
}

/* A back end that cannot keep anything out promises nothing; the rule stays as grave as it is. */
static void what_cannot_be_held_here_is_advice(void)
{
    g_auto(World) world = {0};
    g_autofree char *problem = NULL;
    g_autoptr(GError) error = NULL;

    CHECK(world_init(&world, LIB("1.0"), LIB("2.0"), LIB_BREAKS));
    VdiHostOps only_looks = *world.host->ops;

    only_looks.hold = NULL;
    world.host->ops = &only_looks;
    g_autoptr(VdiHolds) holds = decide(&world, GUARD_NOW, &problem);

    CHECK(problem == NULL && holds->holds->len == 0 && holds->countdowns->len == 0);
    CHECK(holds->not_held->len == 1);
    CHECK(holds->not_held->len == 1
        && ((VdiNotHeld *) holds->not_held->pdata[0])->why == VDI_NOT_HELD_SYSTEM);
    CHECK(!vdi_holds_is_reduced(holds, "example", "R1"));
    CHECK(vdi_holds_write(world.paths, holds, &error));
    g_autoptr(VdiHolds) again = vdi_holds_read(world.paths, &problem);

    CHECK(problem == NULL && again->not_held->len == 1);
    CHECK(again->not_held->len == 1
        && ((VdiNotHeld *) again->not_held->pdata[0])->why == VDI_NOT_HELD_SYSTEM);
}

static void add_countdown(const World *world, int64_t first_at, bool is_security)
{
    VdiCountdown *countdown = g_new0(VdiCountdown, 1);

    countdown->package = g_strdup("lib");
    countdown->first_at = first_at;
    countdown->is_security = is_security;
    g_ptr_array_add(world->previous->countdowns, countdown);
}

static void a_hold_ends_at_the_local_limit(void)
{
    static const struct {
        const char *name, *offered;
        int64_t held_for;
        bool was_security, is_held;
    } rows[] = {
        {"on the last day", LIB("2.0"), 14 * GUARD_DAY - 1, false, true},
        {"after fourteen days", LIB("2.0"), 14 * GUARD_DAY, false, false},
        {"a newer candidate does not start anew", LIB("2.0.7"), 14 * GUARD_DAY, false, false},
        {"a security update for three days", "{'name': 'lib', 'version': '2.0', 'security': true}",
            3 * GUARD_DAY - 1, false, true},
        {"and no longer", "{'name': 'lib', 'version': '2.0', 'security': true}", 3 * GUARD_DAY,
            false, false},
        {"once security, always short", LIB("2.0"), 3 * GUARD_DAY, true, false},
        {"the clock went back", LIB("2.0"), -2 * 3600, false, false},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_auto(World) world = {0};
        g_autofree char *problem = NULL;

        CHECK(world_init(&world, LIB("1.0"), rows[i].offered, LIB_BREAKS));
        add_countdown(&world, GUARD_NOW - rows[i].held_for, rows[i].was_security);
        g_autoptr(VdiHolds) holds = decide(&world, GUARD_NOW, &problem);

        CHECK_ROW(rows[i].name, holds->holds->len == (rows[i].is_held ? 1 : 0));
        CHECK_ROW(rows[i].name, vdi_holds_is_reduced(holds, "example", "R1") != rows[i].is_held);
    }
}

static void a_rule_that_comes_back_does_not_start_anew(void)
{
    g_auto(World) world = {0};
    g_autofree char *problem = NULL;

    CHECK(world_init(&world, LIB("1.0"), LIB("2.0"), LIB_BREAKS));
    add_countdown(&world, GUARD_NOW - 10 * GUARD_DAY, false);
    size_t n_rules = world.n_rules;

    world.n_rules = 0; /* withdrawn */
    VdiHolds *without = decide(&world, GUARD_NOW, &problem);

    CHECK(without->holds->len == 0 && without->countdowns->len == 1);
    vdi_holds_free(world.previous);
    world.previous = without;
    world.n_rules = n_rules;
    g_autoptr(VdiHolds) again = decide(&world, GUARD_NOW + 3 * GUARD_DAY, &problem);

    CHECK(again->holds->len == 1);
    CHECK(again->holds->len == 1
        && ((VdiHold *) again->holds->pdata[0])->until == GUARD_NOW + 4 * GUARD_DAY);
}

static void too_much_at_once_is_all_advice(void)
{
    g_auto(World) world = {0};
    g_autofree char *problem = NULL;
    g_autoptr(GString) installed = g_string_new(LIB("1.0"));
    g_autoptr(GString) offered = g_string_new(LIB("2.0"));
    g_autoptr(GString) any = g_string_new(PACKAGE("lib", ">=2.0"));

    for (int i = 0; i < 10; i++) {
        g_string_append_printf(installed, ", {'name': 'p%d', 'version': '1'}", i);
        g_string_append_printf(offered, ", {'name': 'p%d', 'version': '2'}", i);
        g_string_append_printf(any,
            ", {'package': {'purl': 'pkg:deb/debian/p%d', "
            "'version': 'vers:deb/>=2'}}",
            i);
    }
    g_autofree char *rule = g_strdup_printf(RULE("R1", "{'any': [%s]}"), any->str);

    CHECK(world_init(&world, installed->str, offered->str, rule));
    g_autoptr(VdiHolds) holds = decide(&world, GUARD_NOW, &problem);

    CHECK(holds->all_advice);
    CHECK(holds->holds->len == 0);
    CHECK(vdi_holds_is_reduced(holds, "example", "R1"));
    world.limits->sudden_packages_max = 11;
    g_autoptr(VdiHolds) allowed = decide(&world, GUARD_NOW, &problem);

    CHECK(!allowed->all_advice);
    CHECK_INT(allowed->holds->len, 11);
}

static void a_silent_package_manager_keeps_what_was_held(void)
{
    g_auto(World) world = {0};
    g_autofree char *problem = NULL;
    g_autofree char *second = NULL;

    CHECK(world_init(&world, LIB("1.0"), LIB("2.0"), LIB_BREAKS));
    VdiHolds *before = decide(&world, GUARD_NOW, &problem);

    CHECK(before->holds->len == 1);
    vdi_holds_free(world.previous);
    world.previous = before;
    guard_write(world.paths, "/system.json", "{");
    g_autoptr(VdiHolds) after = decide(&world, GUARD_NOW + 60, &second);

    CHECK(second != NULL);
    CHECK(after->holds->len == 1);
    world.rules[0].effect = VDI_EFFECT_ADVISE;
    g_free(second);
    g_autoptr(VdiHolds) released = decide(&world, GUARD_NOW + 60, &second);

    CHECK(released->holds->len == 0);
}

static void holds_are_read_as_they_were_written(void)
{
    g_auto(World) world = {0};
    g_autofree char *problem = NULL;

    if (!guard_is_root()) {
        return;
    }
    CHECK(world_init(&world, LIB("1.0") ", {'name': 'dpkg', 'version': '1'}",
        LIB("2.0") ", {'name': 'dpkg', 'version': '2'}",
        LIB_BREAKS "," RULE("R2", PACKAGE("dpkg", ">=2"))));
    g_autoptr(VdiHolds) holds = decide(&world, GUARD_NOW, &problem);

    CHECK(vdi_holds_write(world.paths, holds, NULL));
    g_autofree char *first = guard_read(world.paths, "/var/lib/vdi/holds.json");
    g_autoptr(VdiHolds) again = vdi_holds_read(world.paths, &problem);

    CHECK(problem == NULL);
    CHECK(vdi_holds_write(world.paths, again, NULL));
    g_autofree char *second = guard_read(world.paths, "/var/lib/vdi/holds.json");

    CHECK_TEXT(second, first);
    guard_write(world.paths, "/var/lib/vdi/holds.json", "{\"format\": 2}");
    g_autoptr(VdiHolds) none = vdi_holds_read(world.paths, &problem);

    CHECK(problem != NULL && none->holds->len == 0);
}

static void apply(const VdiPaths *paths, int64_t now, size_t n_held)
{
    g_autofree char *simulation = vdi_paths_below(paths, "/system.json");
    const VdiHostOptions options = {NULL, simulation};
    g_auto(VdiApplyReport) report = {0};
    g_autoptr(GError) error = NULL;

    CHECK(vdi_apply_holds(paths, &options, now, &report, &error));
    CHECK_NO_ERROR(error);
    CHECK_INT(report.n_held, n_held);
    CHECK(report.problems == NULL);
}

static void two_runs_give_the_same_bytes_and_the_end_leaves_nothing(void)
{
    static const char *const files[] = {"/var/lib/vdi/holds.json", "/system.json.holds/vigie.pref"};
    g_autoptr(VdiPaths) paths = guard_system();
    char *first[G_N_ELEMENTS(files)] = {NULL};

    if (!guard_is_root()) {
        return;
    }
    write_system(paths, LIB("1.0"), LIB("2.0") ", {'name': 'x', 'version': '1'}");
    guard_organisation(paths, "example", "url = https://updates.example.com/v");
    guard_accept(paths, "example", LIB_BREAKS, GUARD_NOW + 80 * GUARD_DAY);
    apply(paths, GUARD_NOW, 1);
    for (size_t i = 0; i < G_N_ELEMENTS(files); i++) {
        first[i] = guard_read(paths, files[i]);
        CHECK(first[i] != NULL);
    }
    apply(paths, GUARD_NOW + 3600, 1);
    for (size_t i = 0; i < G_N_ELEMENTS(files); i++) {
        g_autofree char *second = guard_read(paths, files[i]);

        CHECK_TEXT(second, first[i]);
        g_free(first[i]);
    }
    write_system(paths, LIB("1.0"), LIB("2.0") "," LIB("2.1"));
    apply(paths, GUARD_NOW + 7200, 0);
    g_autofree char *pins = guard_read(paths, files[1]);
    g_autofree char *audit = guard_read(paths, "/var/lib/vdi/audit.jsonl");
    g_auto(GStrv) lines = g_strsplit(audit, "\n", -1);

    CHECK(pins == NULL);
    CHECK_INT(g_strv_length(lines), 3); /* held once, released once, and the end */
    CHECK(strstr(lines[0], "\"event\":\"held\"") != NULL);
    CHECK(strstr(lines[1], "\"event\":\"released\"") != NULL);
}

const Test tests[] = {
    {"the smallest part is held", the_smallest_part_is_held},
    {"what is never held is said", what_is_never_held_is_said},
    {"what cannot be held here is advice", what_cannot_be_held_here_is_advice},
    {"a hold ends at the local limit", a_hold_ends_at_the_local_limit},
    {"a rule that comes back does not start anew", a_rule_that_comes_back_does_not_start_anew},
    {"too much at once is all advice", too_much_at_once_is_all_advice},
    {"a silent package manager keeps what was held", a_silent_package_manager_keeps_what_was_held},
    {"holds are read as they were written", holds_are_read_as_they_were_written},
    {"two runs give the same bytes, and the end leaves nothing",
        two_runs_give_the_same_bytes_and_the_end_leaves_nothing},
    TEST_END,
};
