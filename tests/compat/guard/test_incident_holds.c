/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "base/file.h"
#include "compat/holds.h"
#include "compat/holds_limits.h"
#include "compat/rules/manifest_reader.h"
#include "tests/compat/guard/guard_support.h"
#include "tests/support/check.h"

/* The incidents of docs/examples against a computer's own limits: how long a hold of theirs lasts,
 * and who is told when it ends. What is held at all is tests/compat/rules/test_incidents.c's. */

#define HOUR ((int64_t) 3600)

/* One example in force on one computer, on the day of its issue. */
typedef struct {
    VdiPaths *paths;
    VdiManifest *manifest;
    VdiLimits *limits;
    VdiHost *host;
    VdiFacts *facts;
    VdiRuleInForce rule;
    int64_t issued_at;
} World;

static void world_clear(World *world)
{
    g_clear_pointer(&world->facts, vdi_facts_free);
    g_clear_pointer(&world->host, vdi_host_free);
    g_clear_pointer(&world->limits, vdi_limits_free);
    g_clear_pointer(&world->manifest, vdi_manifest_free);
    g_clear_pointer(&world->paths, vdi_paths_free);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(World, world_clear)

static bool world_init(World *world, const char *id)
{
    g_autofree char *name = g_strdup_printf("docs/examples/%s.json", id);
    g_autofree char *file = test_source(name);
    g_autoptr(GError) error = NULL;
    g_autoptr(GBytes) bytes = vdi_file_read(file, VDI_MANIFEST_MAX_BYTES, &error);

    world->manifest = bytes != NULL ? vdi_manifest_parse(bytes, VDI_MANIFEST_AUTHOR, &error) : NULL;
    if (!CHECK_NO_ERROR(error)) {
        return false;
    }
    world->paths = guard_system();
    world->limits = vdi_limits_read(world->paths);
    world->issued_at = vdi_manifest_issued_at(world->manifest);
    world->rule = (VdiRuleInForce){
        "example-corp", vdi_manifest_rule(world->manifest, 0), VDI_EFFECT_BLOCK, NULL};
    return true;
}

static VdiHoldsInput input_of(const World *world, const VdiHolds *previous, int64_t now)
{
    return (VdiHoldsInput){.rules = &world->rule,
        .untils = &world->rule.rule->expires_at,
        .n_rules = 1,
        .facts = world->facts,
        .host = world->host,
        .limits = world->limits,
        .previous = previous,
        .now = now};
}

/* A package of these incidents, and the days for which it is held at most. */
static void what_everything_stands_on_is_held_three_days(void)
{
    static const struct {
        const char *package;
        bool is_security;
        int64_t days;
    } rows[] = {
        {"libssl3", false, 3},             /* 2022-openssl3, deb */
        {"openssl-libs", false, 3},        /* rpm */
        {"openssl", false, 3},             /* alpm */
        {"linux-image-generic", false, 3}, /* 2018-04-xl2tpd-kernel */
        {"linux", false, 3},               /* 2017-12-ipsec-kernel */
        {"linux-lts", false, 3},
        {"kernel-core", false, 3},
        {"libfreerdp2-2", true, 3}, /* 2020-06-freerdp: a security update */
        {"xrdp", true, 3},          /* 2023-09-xrdp */
        {"windows", true, 3},       /* 2024-04-vpn */
        {"xl2tpd", false, 14},
        {"linuxlogo", false, 14},
        {"openvpn3", false, 14},
        {"remmina", false, 14},
    };
    g_autoptr(VdiPaths) paths = guard_system();
    g_autoptr(VdiLimits) limits = vdi_limits_read(paths);

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        CHECK_ROW(rows[i].package,
            vdi_limits_seconds(limits, rows[i].package, rows[i].is_security)
                == rows[i].days * GUARD_DAY);
        CHECK_ROW(rows[i].package, !vdi_limits_is_never_held(limits, rows[i].package));
    }
}

/* ---- through a package manager ---- */

#define LIB(version) "{\"name\": \"libssl3\", \"version\": \"" version "\"}"
#define FREERDP(version, needs)                                                                    \
    "{\"name\": \"libfreerdp2-2\", \"version\": \"" version "\", \"needs\": [" needs "]}"
#define OLD LIB("1.1.1f-1ubuntu2") ", " FREERDP("2.2.0+dfsg1-0ubuntu0.20.04.3", "")
#define NEW_LIB LIB("3.0.2-0ubuntu1")

static bool offer(World *world, const char *installed, const char *offered)
{
    g_autofree char *system = g_strdup_printf(
        "{\"format\": 1, \"installed\": [%s], \"offered\": [%s]}", installed, offered);
    g_autoptr(GError) error = NULL;

    guard_write(world->paths, "/system.json", system);
    g_autofree char *simulation = vdi_paths_below(world->paths, "/system.json");
    const VdiHostOptions options = {NULL, simulation};

    g_clear_pointer(&world->host, vdi_host_free);
    g_clear_pointer(&world->facts, vdi_facts_free);
    world->host = vdi_host_new(world->paths, &options, &error);
    world->facts = vdi_facts_new();
    (void) (world->host != NULL && vdi_host_look(world->host, world->facts, &error));
    return CHECK_NO_ERROR(error);
}

static VdiHolds *decide(const World *world, const VdiHolds *previous, int64_t now)
{
    const VdiHoldsInput input = input_of(world, previous, now);
    g_autofree char *problem = NULL;
    VdiHolds *holds = vdi_holds_decide(&input, &problem);

    CHECK(problem == NULL);
    return holds;
}

static void the_library_alone_is_held_72_hours_and_no_more(void)
{
    g_auto(World) world = {0};

    if (!world_init(&world, "2022-openssl3") || !offer(&world, OLD, NEW_LIB)) {
        return;
    }
    VdiHolds *holds = vdi_holds_new();

    for (int64_t hours = 0; hours <= 96; hours += 24) {
        VdiHolds *next = decide(&world, holds, world.issued_at + hours * HOUR);

        vdi_holds_free(holds);
        holds = next;
        CHECK_INT(holds->holds->len, hours < 72 ? 1 : 0);
        CHECK_INT(holds->not_held->len, hours < 72 ? 0 : 1);
        if (hours < 72 && holds->holds->len == 1) {
            const VdiHold *hold = holds->holds->pdata[0];

            CHECK_TEXT(hold->package, "libssl3");
            CHECK_INT(hold->until, world.issued_at + 72 * HOUR);
        } else if (holds->not_held->len == 1) {
            const VdiNotHeld *not_held = holds->not_held->pdata[0];

            CHECK_TEXT(not_held->package, "libssl3");
            CHECK_INT(not_held->why, VDI_NOT_HELD_LIMIT);
        }
    }
    vdi_holds_free(holds);
}

static void with_its_engine_the_library_is_not_pinned(void)
{
    g_auto(World) world = {0};
    g_autoptr(VdiHolds) nothing = vdi_holds_new();

    if (!world_init(&world, "2022-openssl3")
        || !offer(&world, OLD, NEW_LIB ", " FREERDP("2.8.1+dfsg1-1", NEW_LIB))) {
        return;
    }
    g_autoptr(VdiHolds) holds = decide(&world, nothing, world.issued_at);

    CHECK_INT(holds->holds->len, 0);
    CHECK_INT(holds->not_held->len, 0);
}

/* A rule about some hosts waits for the host; a site that has no others says so. */
static void what_a_site_states_of_its_hosts_counts_when_updates_come(void)
{
    static const struct {
        const char *name, *conf;
        guint n_holds;
    } rows[] = {
        {"it states nothing", "[connect]\nuser = ada\n", 0},
        {"all its hosts are Windows 7", "[peer]\nos-build = 7601\n", 1},
        {"none of them is", "[peer]\nos-build = 19045\n", 0},
    };

    if (!guard_is_root()) {
        return;
    }
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_auto(World) world = {0};
        g_autoptr(VdiHolds) nothing = vdi_holds_new();

        if (!world_init(&world, "2020-06-freerdp")) {
            return;
        }
        guard_write(world.paths, "/etc/os-release", "ID=ubuntu\nVERSION_ID=\"18.04\"\n");
        guard_write(world.paths, "/etc/vdi/vdi.conf", rows[i].conf);
        if (!offer(&world, FREERDP("2.0.0~git20170725.1.1648deb+dfsg1-7", ""),
                FREERDP("2.1.1+dfsg1-0ubuntu0.18.04.1", ""))) {
            return;
        }
        g_autoptr(VdiHolds) holds = decide(&world, nothing, world.issued_at);

        CHECK_ROW(rows[i].name, holds->holds->len == rows[i].n_holds);
    }
}

/* ---- a repair that is a month away ---- */

static VdiHolds *limit_build(
    const World *world, const VdiHolds *previous, const char *build, int64_t now)
{
    const VdiHoldsInput input = input_of(world, previous, now);
    VdiHolds *holds = vdi_holds_new();
    g_autoptr(GPtrArray) wanted = g_ptr_array_new_with_free_func((GDestroyNotify) vdi_hold_free);

    g_ptr_array_add(wanted,
        vdi_hold_new("windows", build, "example-corp", world->rule.rule->id, "VPN",
            world->rule.rule->expires_at, true));
    vdi_holds_limit(&input, wanted, holds);
    return holds;
}

/* Held three days; then people are told that it is held no longer, and why; a newer build that
 * breaks as well does not start the clock anew. */
static void the_limit_comes_long_before_the_repair(void)
{
    g_auto(World) world = {0};

    if (!world_init(&world, "2024-04-vpn") || !offer(&world, "", "")) {
        return;
    }
    const char *id = world.rule.rule->id;
    g_autoptr(VdiHolds) nothing = vdi_holds_new();
    g_autoptr(VdiHolds) first = limit_build(&world, nothing, "22631.3447", world.issued_at);
    int64_t ends = world.issued_at + 3 * GUARD_DAY;
    g_autoptr(VdiHolds) last = limit_build(&world, first, "22631.3447", ends - HOUR);
    g_autoptr(VdiHolds) over = limit_build(&world, last, "22631.3447", ends);
    g_autoptr(VdiHolds) newer = limit_build(&world, over, "22631.3527", ends + 11 * GUARD_DAY);

    CHECK_INT(first->holds->len, 1);
    CHECK_INT(last->holds->len, 1);
    CHECK(!vdi_holds_is_reduced(last, "example-corp", id));
    CHECK_INT(over->holds->len, 0);
    CHECK(vdi_holds_is_reduced(over, "example-corp", id));
    CHECK_INT(newer->holds->len, 0);
    CHECK(ends < world.rule.rule->expires_at);
    if (CHECK_INT(over->not_held->len, 1)) {
        const VdiNotHeld *not_held = over->not_held->pdata[0];

        CHECK_INT(not_held->why, VDI_NOT_HELD_LIMIT);
        CHECK_TEXT(
            vdi_not_held_sentence(not_held->why), "it was held as long as this computer allows");
    }
}

/* Nothing is held, so no limit cuts it: the sentence stands for as long as the rule does. */
static void advice_outlasts_the_longest_hold(void)
{
    g_auto(World) world = {0};

    if (!world_init(&world, "2025-02-input")) {
        return;
    }
    int64_t last = world.rule.rule->expires_at - 1;

    world.facts = vdi_facts_new();
    world.rule.effect = world.rule.rule->effect;
    vdi_facts_set_peer(world.facts, "os-build", "26100.3194");
    g_autoptr(VdiVerdict) verdict = vdi_evaluate(&world.rule, 1, world.facts, last);

    CHECK(last - world.issued_at > world.limits->longest_seconds);
    CHECK_INT(vdi_verdict_effect(verdict), VDI_EFFECT_ADVISE);
}

const Test tests[] = {
    {"what everything stands on is held three days", what_everything_stands_on_is_held_three_days},
    {"the library alone is held 72 hours and no more",
        the_library_alone_is_held_72_hours_and_no_more},
    {"with its engine the library is not pinned", with_its_engine_the_library_is_not_pinned},
    {"what a site states of its hosts counts when updates come",
        what_a_site_states_of_its_hosts_counts_when_updates_come},
    {"the limit comes long before the repair", the_limit_comes_long_before_the_repair},
    {"advice outlasts the longest hold", advice_outlasts_the_longest_hold},
    TEST_END,
};
