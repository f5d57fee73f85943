/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/text.h"
#include "compat/rules/evaluate.h"
#include "compat/rules/explain.h"
#include "compat/rules/explain_hold.h"
#include "tests/compat/rules/rules_support.h"
#include "tests/support/check.h"

/* Signed lists of somebody who means harm, up to every ceiling of the format: what is said of them
 * is right, and neither time nor memory runs away. A watchdog ends what would not end; how long
 * things take is the bench's question. */

enum { NOW = 1794000000, WATCHDOG_SECONDS = 300, MEMORY_MAX = 1 << 30 };

/* A sanitizer makes all of it ten times slower. */
enum { SLOWER = TEST_IS_SANITIZED ? 10 : 1 };

/* ---- lists ---- */

typedef struct {
    GString *rules; /* their JSON, single quotes */
    int n_rules;
    VdiFacts *facts;
    VdiChange *change;
} Hostile;

static void hostile_init(Hostile *hostile)
{
    const struct rlimit limit = {MEMORY_MAX, MEMORY_MAX};

    alarm(WATCHDOG_SECONDS);
    if (!TEST_IS_SANITIZED) {
        (void) setrlimit(RLIMIT_AS, &limit);
    }
    *hostile = (Hostile){g_string_new(NULL), 0, vdi_facts_new(), vdi_change_new()};
    vdi_facts_set_packages_known(hostile->facts);
    vdi_facts_set_updates_known(hostile->facts);
}

static void hostile_clear(Hostile *hostile)
{
    g_string_free(hostile->rules, true);
    vdi_change_free(hostile->change);
    vdi_facts_free(hostile->facts);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Hostile, hostile_clear)

static void add_rule(Hostile *hostile, const char *when)
{
    g_string_append_printf(hostile->rules,
        "%s{'id': 'R%05d', 'effect': 'block', 'expires': '2027-01-01T00:00:00Z', "
        "'title': {'en': 'T'}, 'message': {'en': '{package}{version}{fixed}'}, 'when': %s}",
        hostile->n_rules > 0 ? "," : "", hostile->n_rules, when);
    hostile->n_rules++;
}

/* A package that goes from 1 to 2. */
static void add_upgrade(Hostile *hostile, const char *name)
{
    vdi_facts_add_package(hostile->facts, "deb", "debian", name, "1", "amd64");
    vdi_change_add(hostile->change, "deb", "debian", name, "amd64", "1", "2", false);
}

static void add_update(Hostile *hostile, const char *name)
{
    vdi_change_add(hostile->change, VDI_CHANGE_UPDATE, NULL, name, NULL, NULL, "1", false);
}

/* {'any': [{'any': [fact, fact, …]}, …]}: 1,024 parts a level, `n` in all. */
static char *any_of(const char *op, int n, char *(*fact)(int i))
{
    GString *out = g_string_new(NULL);

    g_string_append_printf(out, "{'%s': [", op);
    for (int i = 0; i < n; i++) {
        g_autofree char *text = fact(i);
        const char *between = i == 0 ? "" : ",";

        if (i % 1000 == 0) {
            g_string_append_printf(out, "%s{'%s': [", i > 0 ? "]}," : "", op);
            between = "";
        }
        g_string_append_printf(out, "%s%s", between, text);
    }
    g_string_append(out, "]}]}");
    return g_string_free(out, false);
}

static char *update_fact(int i)
{
    return g_strdup_printf("{'update':'%x'}", i);
}

static char *package_fact(int i)
{
    return g_strdup_printf("{'package':{'purl':'pkg:deb/debian/p%d','version':'vers:deb/>=2'}}", i);
}

/* ---- what is asked of each ---- */

static char *held_names(const VdiHoldSet *set)
{
    GString *names = g_string_new(NULL);

    for (size_t i = 0; i < vdi_change_n_items(set->change); i++) {
        if (set->held[i]) {
            g_string_append_printf(names, "%s ", vdi_change_item(set->change, i)->name);
        }
    }
    return g_string_free(names, false);
}

static void check_sentences(const VdiHoldSet *set, const VdiRuleInForce *rules)
{
    static const char *const english[] = {"en", NULL};
    const VdiHoldReason *reason = &g_array_index(set->reasons, VdiHoldReason, 0);
    g_auto(GStrv) lines =
        vdi_explain_hold(set->change, set, rules, reason->rule, NOW + 3600, NOW, english);

    CHECK(g_strv_length(lines) >= 2 && g_strv_length(lines) <= 2 + VDI_HOLD_ENDS_MAX);
    for (size_t i = 0; lines[i] != NULL; i++) {
        CHECK(g_utf8_strlen(lines[i], -1) < 4 * VDI_TEXT_MAX);
        CHECK(strpbrk(lines[i], "\n\033") == NULL);
    }
}

/* Without what is held nothing breaks that can be prevented, each item has a rule that needs it,
 * and the same is said again. */
static void judge(const Hostile *hostile, VdiHoldSet *ret_set, VdiManifest **ret_manifest)
{
    VdiManifest *manifest = manifest_of_rules(hostile->rules->str);
    size_t n_rules = vdi_manifest_n_rules(manifest);
    static VdiRuleInForce rules[VDI_MANIFEST_MAX_RULES];
    g_auto(VdiHoldSet) again = {0};

    for (size_t i = 0; i < n_rules; i++) {
        const VdiRule *rule = vdi_manifest_rule(manifest, i);

        CHECK(rule->unreadable == NULL);
        rules[i] = (VdiRuleInForce){"corp", rule, rule->effect, NULL};
    }
    g_autoptr(VdiVerdict) now = vdi_evaluate(rules, n_rules, hostile->facts, NOW);
    g_autoptr(VdiVerdict) then =
        vdi_evaluate_change(rules, n_rules, hostile->facts, hostile->change, NULL, NOW);

    CHECK_INT(vdi_verdict_effect(now), VDI_EFFECT_NONE);
    vdi_evaluate_hold(rules, n_rules, hostile->facts, hostile->change, NULL, NOW, ret_set);
    vdi_evaluate_hold(rules, n_rules, hostile->facts, hostile->change, NULL, NOW, &again);
    g_autoptr(VdiVerdict) left =
        vdi_evaluate_change(rules, n_rules, hostile->facts, hostile->change, ret_set->held, NOW);
    g_autofree char *names = held_names(ret_set), *same_names = held_names(&again);

    CHECK(ret_set->is_enough);
    CHECK((vdi_verdict_effect(then) == VDI_EFFECT_BLOCK) == (ret_set->n_held > 0));
    CHECK(vdi_verdict_effect(left) != VDI_EFFECT_BLOCK);
    CHECK_TEXT(same_names, names);
    CHECK(ret_set->reasons->len >= ret_set->n_held);
    for (guint i = 0; i < ret_set->reasons->len; i++) {
        CHECK(ret_set->held[g_array_index(ret_set->reasons, VdiHoldReason, i).item]);
    }
    if (ret_set->n_held > 0) {
        check_sentences(ret_set, rules);
    }
    *ret_manifest = manifest;
}

/* ---- tests ---- */

static void thousands_of_updates_each_of_which_suffices(void)
{
    enum { UPDATES = 2900, RULES = 100 / SLOWER };
    g_auto(Hostile) hostile = {0};
    g_auto(VdiHoldSet) set = {0};
    g_autoptr(VdiManifest) manifest = NULL;
    g_autofree char *any = any_of("any", UPDATES, update_fact);

    hostile_init(&hostile);
    for (int i = 0; i < RULES; i++) {
        add_rule(&hostile, any);
    }
    for (int i = 0; i < UPDATES; i++) {
        g_autofree char *name = g_strdup_printf("%x", i);

        add_update(&hostile, name);
    }
    add_update(&hostile, "bystander");
    judge(&hostile, &set, &manifest);
    CHECK(set.n_held == UPDATES && !set.held[UPDATES]);
    CHECK(!set.is_smallest); /* it is, but nobody could prove it */
    CHECK_INT(set.reasons->len, UPDATES * RULES);
}

static void thousands_of_updates_that_break_together(void)
{
    enum { UPDATES = 2900, RULES = 100 / SLOWER };
    g_auto(Hostile) hostile = {0};
    g_auto(VdiHoldSet) set = {0};
    g_autoptr(VdiManifest) manifest = NULL;
    g_autofree char *all = any_of("all", UPDATES, update_fact);

    hostile_init(&hostile);
    for (int i = 0; i < RULES; i++) {
        add_rule(&hostile, all);
    }
    for (int i = UPDATES; i-- > 0;) {
        g_autofree char *name = g_strdup_printf("%x", i);

        add_update(&hostile, name);
    }
    judge(&hostile, &set, &manifest);
    CHECK_INT(set.n_held, 1);
    CHECK(set.held[UPDATES - 1]); /* "0", the first by name */
}

/* One part of everything: each package hangs together with the next. */
static void a_chain_of_rules_through_every_package(void)
{
    enum { PACKAGES = 5000 / SLOWER };
    g_auto(Hostile) hostile = {0};
    g_auto(VdiHoldSet) set = {0};
    g_autoptr(VdiManifest) manifest = NULL;

    hostile_init(&hostile);
    for (int i = 0; i < PACKAGES; i++) {
        g_autofree char *name = g_strdup_printf("p%d", i);
        g_autofree char *left = package_fact(i), *right = package_fact(i + 1);
        g_autofree char *when = g_strdup_printf("{'all': [%s,%s]}", left, right);

        add_upgrade(&hostile, name);
        add_rule(&hostile, when);
    }
    judge(&hostile, &set, &manifest);
    CHECK(!set.is_smallest && set.n_held >= PACKAGES / 2 - 1);
}

static void sixteen_thousand_rules_about_one_package(void)
{
    enum { RULES = VDI_MANIFEST_MAX_RULES / SLOWER };
    g_auto(Hostile) hostile = {0};
    g_auto(VdiHoldSet) set = {0};
    g_autoptr(VdiManifest) manifest = NULL;
    g_autofree char *when = package_fact(0);

    hostile_init(&hostile);
    for (int i = 0; i < RULES; i++) {
        add_rule(&hostile, when);
    }
    add_upgrade(&hostile, "p0");
    judge(&hostile, &set, &manifest);
    CHECK(set.n_held == 1 && set.is_smallest);
    CHECK_INT(set.reasons->len, RULES);
}

static char *long_version(int i)
{
    g_autofree char *digits = g_strnfill(50, '9');

    return g_strdup_printf("1%s%02d", digits, i);
}

/* Ranges of 64 long constraints, below `all` and `not` down to the last level. */
static void long_ranges_far_down(void)
{
    enum { LEVELS = 13, CONSTRAINTS = 64 };
    g_auto(Hostile) hostile = {0};
    g_auto(VdiHoldSet) set = {0};
    g_autoptr(VdiManifest) manifest = NULL;
    g_autoptr(GString) range = g_string_new("vers:deb/");
    g_autoptr(GString) when = g_string_new(NULL);
    g_autofree char *outside = long_version(CONSTRAINTS - 1), *inside = long_version(0);

    hostile_init(&hostile);
    for (int i = 0; i < CONSTRAINTS; i++) {
        g_autofree char *end = long_version(i);

        g_string_append_printf(range, "%s%s%s", i > 0 ? "|" : "", i % 2 == 0 ? ">=" : "<", end);
    }
    for (int i = 0; i < LEVELS; i++) {
        g_string_append(when, i % 2 == 0 ? "{'all': [" : "{'not': ");
    }
    g_string_append(when, "{'all': [{'any': [");
    for (int i = 0; i < 14; i++) {
        g_string_append_printf(when, "%s{'package': {'purl': 'pkg:deb/debian/p', 'version': '%s'}}",
            i > 0 ? "," : "", range->str);
    }
    g_string_append(when, "]}]}");
    for (int i = LEVELS; i-- > 0;) {
        g_string_append(when, i % 2 == 0 ? "]}" : "}");
    }
    for (int i = 0; i < 120 / SLOWER; i++) {
        add_rule(&hostile, when->str);
    }
    CHECK(strlen(when->str) < VDI_RULE_MAX_BYTES && range->len < VDI_RANGE_MAX_BYTES);
    vdi_facts_add_package(hostile.facts, "deb", "debian", "p", outside, "amd64");
    vdi_change_add(hostile.change, "deb", "debian", "p", "amd64", outside, inside, false);
    judge(&hostile, &set, &manifest);
    CHECK(set.n_held == 1 && set.is_smallest);
}

static void a_chain_of_rules_that_replace_each_other(void)
{
    enum { RULES = 5000 / SLOWER };
    g_autoptr(GString) rules = g_string_new(NULL);
    g_autofree char *when = package_fact(0);
    int n_left = 0;

    alarm(WATCHDOG_SECONDS);
    for (int i = 0; i < RULES; i++) {
        g_string_append_printf(rules,
            "%s{'id': 'R%d', 'effect': 'info', 'supersedes': ['R%d', 'R%d', 'nobody'], "
            "'title': {'en': 'T'}, 'message': {'en': 'M'}, 'when': %s}",
            i > 0 ? "," : "", i, i - 1, i, when);
    }
    g_autoptr(VdiManifest) manifest = manifest_of_rules(rules->str);
    g_autoptr(VdiFacts) facts = vdi_facts_new();

    for (size_t i = 0; i < RULES; i++) {
        n_left += vdi_rule_applies(vdi_manifest_rule(manifest, i), facts, NOW);
    }
    CHECK_INT(n_left, 1);
}

/* Of a machine that nobody could look at everything is unknown, and unknown never blocks. */
static void what_is_unknown_is_named_and_blocks_nothing(void)
{
    g_auto(Hostile) hostile = {0};
    g_auto(VdiHoldSet) set = {0};
    g_autofree char *any = any_of("any", 2900, update_fact);
    g_autoptr(VdiFacts) nothing = vdi_facts_new();

    hostile_init(&hostile);
    add_rule(&hostile, any);
    g_autoptr(VdiManifest) manifest = manifest_of_rules(hostile.rules->str);
    const VdiRuleInForce rule = {"corp", vdi_manifest_rule(manifest, 0), VDI_EFFECT_BLOCK, NULL};

    vdi_change_add(hostile.change, "deb", "debian", "p", "amd64", "1", "2", false);
    g_autoptr(VdiVerdict) verdict = vdi_evaluate(&rule, 1, nothing, NOW);
    const VdiFinding *finding = vdi_verdict_finding(verdict, 0);
    g_autofree char *sentence = vdi_explain_finding(finding, (const char *const[]){"en", NULL});

    CHECK_INT(vdi_verdict_effect(verdict), VDI_EFFECT_NONE);
    CHECK_INT(g_strv_length(finding->unknowns), VDI_FINDING_NAMES_MAX + 1);
    CHECK_TEXT(finding->unknowns[VDI_FINDING_NAMES_MAX], "…");
    CHECK(strlen(sentence) < 2000);
    vdi_evaluate_hold(&rule, 1, nothing, hostile.change, NULL, NOW, &set);
    CHECK_INT(set.n_held, 0);
}

static void a_hundred_thousand_packages_with_odd_names_and_versions(void)
{
    enum { PACKAGES = 100000 / SLOWER };
    g_auto(Hostile) hostile = {0};
    g_auto(VdiHoldSet) set = {0};
    g_autoptr(VdiManifest) manifest = NULL;
    g_autofree char *when = package_fact(7);
    g_autofree char *absurd = g_strnfill(VDI_VERSION_MAX_BYTES + 1, '9');

    hostile_init(&hostile);
    add_rule(&hostile, when);
    for (int i = 0; i < PACKAGES; i++) {
        g_autofree char *name = g_strdup_printf("p%d\n\033[31m", i);

        vdi_facts_add_package(
            hostile.facts, "deb", "debian", name, i % 2 == 0 ? absurd : "\n", "amd64");
        vdi_change_add(hostile.change, "deb", "debian", name, "amd64", "1", absurd, false);
    }
    add_upgrade(&hostile, "p7");
    judge(&hostile, &set, &manifest);
    CHECK(set.n_held == 1 && set.held[PACKAGES]);
}

static void a_version_that_cannot_be_compared_is_unknown(void)
{
    g_auto(Hostile) hostile = {0};
    g_auto(VdiHoldSet) set = {0};
    g_autoptr(VdiManifest) manifest = NULL;
    g_autofree char *when = package_fact(0);
    g_autofree char *absurd = g_strnfill(VDI_VERSION_MAX_BYTES + 1, '9');

    hostile_init(&hostile);
    add_rule(&hostile, when);
    vdi_change_add(hostile.change, "deb", "debian", "p0", "amd64", NULL, absurd, false);
    judge(&hostile, &set, &manifest);
    CHECK_INT(set.n_held, 0);
}

const Test tests[] = {
    {"thousands of updates, each of which suffices", thousands_of_updates_each_of_which_suffices},
    {"thousands of updates that break together", thousands_of_updates_that_break_together},
    {"a chain of rules through every package", a_chain_of_rules_through_every_package},
    {"sixteen thousand rules about one package", sixteen_thousand_rules_about_one_package},
    {"long ranges far down", long_ranges_far_down},
    {"a chain of rules that replace each other", a_chain_of_rules_that_replace_each_other},
    {"what is unknown is named, and blocks nothing", what_is_unknown_is_named_and_blocks_nothing},
    {"a hundred thousand packages with odd names and versions",
        a_hundred_thousand_packages_with_odd_names_and_versions},
    {"a version that cannot be compared is unknown", a_version_that_cannot_be_compared_is_unknown},
    TEST_END,
};
