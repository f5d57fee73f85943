/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "compat/rules/evaluate.h"
#include "tests/compat/rules/rules_support.h"
#include "tests/support/check.h"

enum { NOW = 1794000000 };

#define PACKAGE(name, range)                                                                       \
    "{'package': {'purl': 'pkg:deb/debian/" name "', 'version': 'vers:deb/" range "'}}"
#define BLOCK(id, when)                                                                            \
    "{'id': '" id "', 'effect': 'block', 'expires': '2027-01-01T00:00:00Z', "                      \
    "'title': {'en': 'T'}, 'message': {'en': 'M'}, 'when': " when "}"

static VdiRuleInForce *in_force(const VdiManifest *manifest)
{
    VdiRuleInForce *rules = g_new0(VdiRuleInForce, vdi_manifest_n_rules(manifest));

    for (size_t i = 0; i < vdi_manifest_n_rules(manifest); i++) {
        const VdiRule *rule = vdi_manifest_rule(manifest, i);

        rules[i] = (VdiRuleInForce){"corp", rule, rule->effect, NULL};
    }
    return rules;
}

/* Two libraries and a client that upgrade from 1 to 2; the client may be left out. */
static void upgrade(VdiFacts *facts, VdiChange *change, const char *name)
{
    vdi_facts_add_package(facts, "deb", "debian", name, "1", "amd64");
    vdi_change_add(change, "deb", "debian", name, "amd64", "1", "2", false);
}

static void expect_hold(const char *rules, const char *packages, const char *wanted)
{
    g_autoptr(VdiManifest) manifest = manifest_of_rules(rules);
    g_autofree VdiRuleInForce *forced = in_force(manifest);
    g_autoptr(VdiFacts) facts = vdi_facts_new();
    g_autoptr(VdiChange) change = vdi_change_new();
    g_auto(GStrv) names = g_strsplit(packages, " ", -1);
    g_autoptr(GString) held = g_string_new(NULL);
    g_auto(VdiHoldSet) set = {0};

    vdi_facts_set_packages_known(facts);
    for (size_t i = 0; names[i] != NULL; i++) {
        upgrade(facts, change, names[i]);
    }
    vdi_evaluate_hold(forced, vdi_manifest_n_rules(manifest), facts, change, NULL, NOW, &set);
    for (size_t i = 0; names[i] != NULL; i++) {
        g_string_append_printf(held, "%s%s", set.held[i] ? (held->len > 0 ? " " : "") : "",
            set.held[i] ? names[i] : "");
    }
    CHECK_TEXT(held->str, wanted);
    CHECK(set.is_enough && set.is_smallest);
}

static void holds_what_breaks_and_nothing_else(void)
{
    expect_hold(BLOCK("R", PACKAGE("lib", ">=2")), "app lib other", "lib");
    expect_hold(BLOCK("R", PACKAGE("lib", ">=3")), "app lib other", "");
    expect_hold(BLOCK("R", PACKAGE("lib", "<2")), "app lib", ""); /* true before: nothing new */
}

static void either_alone_suffices_so_both_are_held(void)
{
    expect_hold(BLOCK("R", "{'any': [" PACKAGE("kb1", ">=2") "," PACKAGE("kb2", ">=2") "]}"),
        "kb1 kb2 other", "kb1 kb2");
}

static void both_are_needed_so_the_first_by_name_is_held(void)
{
    expect_hold(
        BLOCK("R", "{'all': [" PACKAGE("b", ">=2") "," PACKAGE("a", ">=2") "]}"), "b a", "a");
}

static void a_fix_in_the_same_transaction_passes(void)
{
    expect_hold(BLOCK("R", "{'all': [" PACKAGE("lib", ">=2") "," PACKAGE("client", "<2") "]}"),
        "lib client", "");
    expect_hold(BLOCK("R", "{'all': [" PACKAGE("lib", ">=2") "," PACKAGE("client", "<3") "]}"),
        "lib client", "lib");
}

static void rules_that_share_a_package_are_solved_together(void)
{
    expect_hold(BLOCK("R1", "{'all': [" PACKAGE("a", ">=2") "," PACKAGE("b", ">=2") "]}") "," BLOCK(
                    "R2", "{'all': [" PACKAGE("b", ">=2") "," PACKAGE("c", ">=2") "]}"),
        "a b c", "b");
}

/* a and c, or b and d: what is found first is not what comes first by name. */
static void of_equals_the_first_by_name_is_held(void)
{
    expect_hold(
        BLOCK("R1", "{'all': [" PACKAGE("b", ">=2") "," PACKAGE("c", ">=2") "]}") "," BLOCK("R2",
            "{'all': [{'any': [" PACKAGE("b", ">=2") "," PACKAGE(
                "d", ">=2") "]}, {'any': [" PACKAGE("c", ">=2") "," PACKAGE("a", ">=2") "]}]}"),
        "a b c d", "a c");
}

static void two_architectures_of_one_package_come_before_two_packages(void)
{
    g_autoptr(VdiManifest) manifest = manifest_of_rules(BLOCK("R1",
        "{'all': [" PACKAGE("a", ">=2") "," PACKAGE("b?arch=amd64", ">=2") "]}") "," BLOCK("R2",
        "{'all': [" PACKAGE("c", ">=2") "," PACKAGE("b?arch=i386", ">=2") "]}"));
    g_autofree VdiRuleInForce *forced = in_force(manifest);
    g_autoptr(VdiFacts) facts = vdi_facts_new();
    g_autoptr(VdiChange) change = vdi_change_new();
    g_auto(VdiHoldSet) set = {0};

    vdi_facts_set_packages_known(facts);
    upgrade(facts, change, "a");
    upgrade(facts, change, "b");
    upgrade(facts, change, "c");
    vdi_change_add(change, "deb", "debian", "b", "i386", NULL, "2", false);
    vdi_evaluate_hold(forced, 2, facts, change, NULL, NOW, &set);
    CHECK_INT(set.n_held, 2);
    CHECK(set.held[1] && set.held[3]);
}

static void a_security_update_is_held_last(void)
{
    g_autoptr(VdiManifest) manifest =
        manifest_of_rules(BLOCK("R", "{'all': [" PACKAGE("a", ">=2") "," PACKAGE("b", ">=2") "]}"));
    g_autofree VdiRuleInForce *forced = in_force(manifest);
    g_autoptr(VdiFacts) facts = vdi_facts_new();
    g_autoptr(VdiChange) change = vdi_change_new();
    g_auto(VdiHoldSet) set = {0};
    g_auto(VdiHoldSet) without = {0};
    const bool never[] = {false, true};

    vdi_facts_set_packages_known(facts);
    vdi_facts_add_package(facts, "deb", "debian", "a", "1", "amd64");
    vdi_change_add(change, "deb", "debian", "a", "amd64", "1", "2", true);
    upgrade(facts, change, "b");
    vdi_evaluate_hold(forced, 1, facts, change, NULL, NOW, &set);
    CHECK(!set.held[0] && set.held[1] && set.n_held == 1);
    vdi_evaluate_hold(forced, 1, facts, change, never, NOW, &without);
    CHECK(without.held[0] && !without.held[1] && without.is_enough);
}

static void where_what_may_be_held_is_not_enough_nothing_of_that_part_is(void)
{
    g_autoptr(VdiManifest) manifest =
        manifest_of_rules(BLOCK("R1", PACKAGE("a", ">=2")) "," BLOCK("R2", PACKAGE("b", ">=2")));
    g_autofree VdiRuleInForce *forced = in_force(manifest);
    g_autoptr(VdiFacts) facts = vdi_facts_new();
    g_autoptr(VdiChange) change = vdi_change_new();
    g_auto(VdiHoldSet) set = {0};
    const bool never[] = {false, true};

    upgrade(facts, change, "a");
    upgrade(facts, change, "b");
    vdi_facts_set_packages_known(facts);
    vdi_evaluate_hold(forced, 2, facts, change, never, NOW, &set);
    CHECK(!set.is_enough && set.n_held == 1 && set.held[0] && !set.held[1]);
    CHECK_INT(set.not_prevented->len, 1);
    CHECK_INT(g_array_index(set.not_prevented, size_t, 0), 1);
    CHECK(vdi_hold_reason(&set, 0)->rule == 0 && vdi_hold_reason(&set, 1) == NULL);
}

/* Forty that each suffice, one of them never held: too many choices to prove that none is enough.
 */
static void where_nothing_is_found_in_time_nothing_is_held(void)
{
    enum { PACKAGES = 40 };
    g_autoptr(GString) when = g_string_new("{'any': [");
    g_autoptr(VdiFacts) facts = vdi_facts_new();
    g_autoptr(VdiChange) change = vdi_change_new();
    g_auto(VdiHoldSet) set = {0};
    bool never[PACKAGES] = {false};

    vdi_facts_set_packages_known(facts);
    for (int i = 0; i < PACKAGES; i++) {
        g_autofree char *name = g_strdup_printf("p%02d", i);

        g_string_append_printf(when, "%s" PACKAGE("%s", ">=2"), i > 0 ? "," : "", name);
        upgrade(facts, change, name);
    }
    never[PACKAGES / 2] = true;
    g_string_append(when, "]}");
    g_autofree char *rule = g_strdup_printf(BLOCK("R", "%s"), when->str);
    g_autoptr(VdiManifest) manifest = manifest_of_rules(rule);
    g_autofree VdiRuleInForce *forced = in_force(manifest);

    vdi_evaluate_hold(forced, 1, facts, change, never, NOW, &set);
    CHECK(!set.is_enough && !set.is_smallest);
    CHECK_INT(set.n_held, 0);
    CHECK_INT(set.not_prevented->len, 1);
}

/* An update and a package of one name, each counted by itself; one item said twice; the rules of
 * two organisations. */
static void items_and_rules_of_one_name_are_told_apart(void)
{
    g_autoptr(VdiManifest) manifest =
        manifest_of_rules(BLOCK("R", "{'any': [" PACKAGE("a", ">=2") ", {'update': 'a'}]}"));
    const VdiRule *rule = vdi_manifest_rule(manifest, 0);
    const VdiRuleInForce rules[] = {
        {"z", rule, VDI_EFFECT_BLOCK, NULL}, {"b", rule, VDI_EFFECT_BLOCK, NULL}};
    g_autoptr(VdiFacts) facts = vdi_facts_new();
    g_autoptr(VdiChange) change = vdi_change_new();
    g_auto(VdiHoldSet) set = {0};

    vdi_facts_set_packages_known(facts);
    vdi_facts_set_updates_known(facts);
    upgrade(facts, change, "a");
    vdi_change_add(change, "deb", "debian", "a", "amd64", "1", "3", false);
    vdi_change_add(change, "deb", "debian", "a", "amd64", "0", "3", false);
    vdi_change_add(change, VDI_CHANGE_UPDATE, NULL, "a", NULL, NULL, "1", false);
    vdi_evaluate_hold(rules, G_N_ELEMENTS(rules), facts, change, NULL, NOW, &set);
    CHECK_INT(set.n_held, 4);
    CHECK_INT(set.reasons->len, 8);
    CHECK_INT(vdi_hold_reason(&set, 0)->rule, 1); /* "b" stands before "z" */
    CHECK(vdi_hold_reason(&set, 4) == NULL);
}

static void advice_holds_nothing(void)
{
    g_autoptr(VdiManifest) manifest = manifest_of_rules(BLOCK("R", PACKAGE("a", ">=2")));
    VdiRuleInForce reduced = {
        "corp", vdi_manifest_rule(manifest, 0), VDI_EFFECT_ADVISE, "the list is old"};
    g_autoptr(VdiFacts) facts = vdi_facts_new();
    g_autoptr(VdiChange) change = vdi_change_new();
    g_auto(VdiHoldSet) set = {0};

    upgrade(facts, change, "a");
    vdi_facts_set_packages_known(facts);
    vdi_evaluate_hold(&reduced, 1, facts, change, NULL, NOW, &set);
    CHECK_INT(set.n_held, 0);
    g_autoptr(VdiVerdict) verdict = vdi_evaluate_change(&reduced, 1, facts, change, NULL, NOW);

    CHECK_INT(vdi_verdict_effect(verdict), VDI_EFFECT_ADVISE);
    CHECK_TEXT(vdi_verdict_finding(verdict, 0)->reduced, "the list is old");
}

/* Forty packages of one rule: too many choices to try, yet what is held must be right and lean. */
static void beyond_its_effort_it_says_so(void)
{
    g_autoptr(GString) when = g_string_new("{'any': [");
    g_autoptr(VdiFacts) facts = vdi_facts_new();
    g_autoptr(VdiChange) change = vdi_change_new();
    g_auto(VdiHoldSet) set = {0};

    vdi_facts_set_packages_known(facts);
    for (int i = 0; i < 40; i++) {
        g_autofree char *name = g_strdup_printf("p%02d", i);

        g_string_append_printf(when,
            "%s{'package': {'purl': 'pkg:deb/debian/%s', 'version': 'vers:deb/>=%d'}}",
            i > 0 ? "," : "", name, i < 20 ? 2 : 3);
        upgrade(facts, change, name);
    }
    g_string_append(when, "]}");
    g_autofree char *rule = g_strdup_printf(BLOCK("R", "%s"), when->str);
    g_autoptr(VdiManifest) manifest = manifest_of_rules(rule);
    g_autofree VdiRuleInForce *forced = in_force(manifest);

    vdi_evaluate_hold(forced, 1, facts, change, NULL, NOW, &set);
    CHECK(set.is_enough && !set.is_smallest);
    CHECK_INT(set.n_held, 20); /* nothing that is not needed is left in it */
    CHECK(set.held[0] && set.held[19] && !set.held[20]);
}

/* ---- changes ---- */

static void clients_and_the_engine_change_with_their_packages(void)
{
    g_autoptr(VdiFacts) facts = vdi_facts_new();
    g_autoptr(VdiChange) change = vdi_change_new();
    const char *version = NULL;

    vdi_facts_set_client(facts, "vigie", "0.1.0");
    vdi_facts_set_client_package(facts, "vigie", "deb", "vigie");
    vdi_facts_set(facts, VDI_FACT_ENGINE, "3.5.0");
    vdi_facts_set_engine_package(facts, "deb", "libfreerdp3-3");
    vdi_change_add(change, "deb", "debian", "vigie", "amd64", "0.1.0-1", "1:0.2.0-1", false);
    vdi_change_add(change, "deb", "debian", "libfreerdp3-3", "amd64", "3.5.0+dfsg-1",
        "3.15.0+dfsg-2.1~bpo12+1", false);
    g_autoptr(VdiFacts) after = vdi_change_apply(facts, change, NULL);

    CHECK(vdi_facts_client(after, "vigie", &version) == VDI_TRUTH_TRUE);
    CHECK_TEXT(version, "0.2.0");
    CHECK_TEXT(vdi_facts_get(after, VDI_FACT_ENGINE), "3.15.0");
    CHECK_TEXT(vdi_facts_get(facts, VDI_FACT_ENGINE), "3.5.0");

    g_autoptr(VdiManifest) manifest =
        manifest_of_rules(BLOCK("R", "{'engine': {'version': 'vers:generic/>=3.15'}}"));
    g_autofree VdiRuleInForce *rules = in_force(manifest);
    g_auto(VdiHoldSet) set = {0};

    vdi_evaluate_hold(rules, 1, facts, change, NULL, NOW, &set);
    CHECK(!set.held[0] && set.held[1] && set.is_enough);
}

static void a_removal_makes_a_package_absent_and_one_architecture_only(void)
{
    g_autoptr(VdiFacts) facts = vdi_facts_new();
    g_autoptr(VdiChange) change = vdi_change_new();
    g_autoptr(VdiManifest) manifest = manifest_of_rules(
        BLOCK("R1", PACKAGE("a", "1")) "," BLOCK("R2", PACKAGE("a?arch=i386", "1")));

    vdi_facts_add_package(facts, "deb", "debian", "a", "1", "amd64");
    vdi_facts_add_package(facts, "deb", "debian", "a", "1", "i386");
    vdi_facts_set_packages_known(facts);
    vdi_change_add(change, "deb", "debian", "a", "i386", "1", NULL, false);
    g_autoptr(VdiFacts) after = vdi_change_apply(facts, change, NULL);

    CHECK(vdi_condition_evaluate(vdi_manifest_rule(manifest, 0)->when, after, NULL)
        == VDI_TRUTH_TRUE);
    CHECK(vdi_condition_evaluate(vdi_manifest_rule(manifest, 1)->when, facts, NULL)
        == VDI_TRUTH_TRUE);
    CHECK(vdi_condition_evaluate(vdi_manifest_rule(manifest, 1)->when, after, NULL)
        == VDI_TRUTH_FALSE);
}

const Test tests[] = {
    {"holds what breaks and nothing else", holds_what_breaks_and_nothing_else},
    {"either alone suffices, so both are held", either_alone_suffices_so_both_are_held},
    {"both are needed, so the first by name is held", both_are_needed_so_the_first_by_name_is_held},
    {"a fix in the same transaction passes", a_fix_in_the_same_transaction_passes},
    {"rules that share a package are solved together",
        rules_that_share_a_package_are_solved_together},
    {"of equals the first by name is held", of_equals_the_first_by_name_is_held},
    {"two architectures of one package come before two packages",
        two_architectures_of_one_package_come_before_two_packages},
    {"a security update is held last", a_security_update_is_held_last},
    {"where what may be held is not enough, nothing of that part is",
        where_what_may_be_held_is_not_enough_nothing_of_that_part_is},
    {"where nothing is found in time, nothing is held",
        where_nothing_is_found_in_time_nothing_is_held},
    {"items and rules of one name are told apart", items_and_rules_of_one_name_are_told_apart},
    {"advice holds nothing", advice_holds_nothing},
    {"beyond its effort it says so", beyond_its_effort_it_says_so},
    {"clients and the engine change with their packages",
        clients_and_the_engine_change_with_their_packages},
    {"a removal makes a package absent, and one architecture only",
        a_removal_makes_a_package_absent_and_one_architecture_only},
    TEST_END,
};
