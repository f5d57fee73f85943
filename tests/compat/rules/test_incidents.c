/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "compat/rules/evaluate.h"
#include "compat/rules/explain_hold.h"
#include "compat/rules/fact_kind.h"
#include "tests/compat/rules/incident.h"
#include "tests/support/check.h"

/* Every incident of docs/examples: an affected, a fixed and an unrelated machine, before and after
 * the update, as tests/compat/rules/incidents/ says. */

enum { RULES_MAX = 8 };

typedef struct {
    VdiRuleInForce rules[RULES_MAX];
    size_t n_rules;
} RuleSet;

static RuleSet rules_of(const VdiManifest *manifest)
{
    RuleSet set = {.n_rules = vdi_manifest_n_rules(manifest)};

    g_assert(set.n_rules <= RULES_MAX);
    for (size_t i = 0; i < set.n_rules; i++) {
        const VdiRule *rule = vdi_manifest_rule(manifest, i);

        set.rules[i] = (VdiRuleInForce){"example-corp", rule, rule->effect, NULL};
    }
    return set;
}

/* ---- what comes out ---- */

/* "none", an effect's name, or "unknown: FACT, FACT" where nothing is true. */
static char *say(const VdiVerdict *verdict)
{
    g_autoptr(GPtrArray) unknowns = g_ptr_array_new();
    const VdiFinding *finding = NULL;

    if (vdi_verdict_effect(verdict) != VDI_EFFECT_NONE) {
        return g_strdup(vdi_effect_name(vdi_verdict_effect(verdict)));
    }
    for (size_t i = 0; (finding = vdi_verdict_finding(verdict, i)) != NULL; i++) {
        for (size_t k = 0; finding->unknowns != NULL && finding->unknowns[k] != NULL; k++) {
            if (!g_ptr_array_find_with_equal_func(
                    unknowns, finding->unknowns[k], g_str_equal, NULL)) {
                g_ptr_array_add(unknowns, finding->unknowns[k]);
            }
        }
    }
    if (unknowns->len == 0) {
        return g_strdup("none");
    }
    g_ptr_array_add(unknowns, NULL);
    g_autofree char *names = g_strjoinv(", ", (GStrv) unknowns->pdata);

    return g_strconcat("unknown: ", names, NULL);
}

static char *say_now(const RuleSet *set, const VdiFacts *facts, int64_t now)
{
    g_autoptr(VdiVerdict) verdict = vdi_evaluate(set->rules, set->n_rules, facts, now);

    return say(verdict);
}

/* The names of what is held, in the order of the change. */
static char *say_held(const VdiChange *change, const VdiHoldSet *held)
{
    GString *names = g_string_new(NULL);

    for (size_t i = 0; i < vdi_change_n_items(change); i++) {
        if (held->held[i]) {
            g_string_append_printf(
                names, "%s%s", names->len > 0 ? " " : "", vdi_change_item(change, i)->name);
        }
    }
    return g_string_free(names, false);
}

#define IT_ENDS "It ends "

/* What would end it before its rules do: people's sentences, without their frame. */
static char *say_ends(const RuleSet *set, const VdiHoldSet *held)
{
    GString *sentences = g_string_new(NULL);

    for (size_t i = 0; i < set->n_rules; i++) {
        g_auto(GStrv) ends = vdi_explain_ends(held, i);

        for (size_t k = 0; ends[k] != NULL; k++) {
            size_t frame = g_str_has_prefix(ends[k], IT_ENDS) ? strlen(IT_ENDS) : 0;

            g_string_append_printf(
                sentences, "%s%s", sentences->len > 0 ? "; " : "", ends[k] + frame);
            g_string_truncate(sentences, sentences->len - strlen("."));
        }
    }
    return g_string_free(sentences, false);
}

static bool same(const char *id, const IncidentCase *row, const char *what, const char *actual,
    const char *expected)
{
    g_autofree char *name =
        g_strdup_printf("%s, %s: %s is \"%s\", not \"%s\"", id, row->name, what, actual, expected);

    return CHECK_ROW(name, strcmp(actual, expected) == 0);
}

static bool breaks(const RuleSet *set, const IncidentCase *row, const bool *left_out, int64_t now)
{
    g_autoptr(VdiVerdict) verdict =
        vdi_evaluate_change(set->rules, set->n_rules, row->facts, row->change, left_out, now);

    return vdi_verdict_effect(verdict) == VDI_EFFECT_BLOCK;
}

static void judge(const char *id, const VdiManifest *manifest, const IncidentCase *row)
{
    RuleSet set = rules_of(manifest);
    int64_t now = vdi_manifest_issued_at(manifest);
    g_autoptr(VdiFacts) after_facts = vdi_change_apply(row->facts, row->change, NULL);
    g_autofree char *before = say_now(&set, row->facts, now);
    g_autofree char *after = say_now(&set, after_facts, now);
    g_auto(VdiHoldSet) held = {0};

    vdi_evaluate_hold(set.rules, set.n_rules, row->facts, row->change, NULL, now, &held);
    g_autofree char *names = say_held(row->change, &held);
    g_autofree char *ends = say_ends(&set, &held);

    same(id, row, "before", before, row->before);
    same(id, row, "after", after, row->after);
    same(id, row, "held", names, row->held);
    same(id, row, "what ends it", ends, row->ends);
    CHECK_ROW(row->name, held.is_enough && held.is_smallest);
    /* What breaks it is held; without that, nothing breaks; with less, it would. */
    CHECK_ROW(row->name, breaks(&set, row, NULL, now) == (held.n_held > 0));
    CHECK_ROW(row->name, !breaks(&set, row, held.held, now));
    for (size_t i = 0; i < vdi_change_n_items(row->change); i++) {
        if (held.held[i]) {
            held.held[i] = false;
            CHECK_ROW(row->name, breaks(&set, row, held.held, now));
            held.held[i] = true;
        }
    }
}

static void each_machine_before_and_after(void)
{
    g_autoptr(GPtrArray) ids = incident_ids();

    for (guint i = 0; i < ids->len; i++) {
        const char *id = ids->pdata[i];
        g_autoptr(VdiManifest) manifest = incident_manifest(INCIDENT_EXAMPLES, id);
        g_autoptr(Incident) incident = incident_read(id);

        for (guint k = 0; manifest != NULL && incident != NULL && k < incident->cases->len; k++) {
            judge(id, manifest, incident->cases->pdata[k]);
        }
    }
}

/* Two products, two fixes: whether an author writes two rules or one. */
static void one_rule_says_the_same_as_two(void)
{
    g_autoptr(VdiManifest) two = incident_manifest(INCIDENT_EXAMPLES, "2022-01-l2tp");
    g_autoptr(VdiManifest) one = incident_manifest(INCIDENT_MACHINES, "2022-01-l2tp-in-one");
    g_autoptr(Incident) incident = incident_read("2022-01-l2tp");

    if (two == NULL || one == NULL || incident == NULL) {
        return;
    }
    CHECK_INT(vdi_manifest_n_rules(two), 2);
    CHECK_INT(vdi_manifest_n_rules(one), 1);
    for (guint i = 0; i < incident->cases->len; i++) {
        judge("2022-01-l2tp-in-one", one, incident->cases->pdata[i]);
    }
}

/* No hold and no sentence outlasts its rule. */
static void nothing_is_left_when_a_rule_has_expired(void)
{
    g_autoptr(GPtrArray) ids = incident_ids();

    for (guint i = 0; i < ids->len; i++) {
        const char *id = ids->pdata[i];
        g_autoptr(VdiManifest) manifest = incident_manifest(INCIDENT_EXAMPLES, id);
        g_autoptr(Incident) incident = incident_read(id);
        int64_t last = 0;

        if (manifest == NULL || incident == NULL) {
            continue;
        }
        RuleSet set = rules_of(manifest);

        for (size_t k = 0; k < set.n_rules; k++) {
            CHECK_ROW(id, set.rules[k].rule->expires_at > vdi_manifest_issued_at(manifest));
            last = MAX(last, set.rules[k].rule->expires_at);
        }
        for (guint k = 0; k < incident->cases->len; k++) {
            const IncidentCase *row = incident->cases->pdata[k];
            g_autofree char *then = say_now(&set, row->facts, last);
            g_auto(VdiHoldSet) held = {0};

            vdi_evaluate_hold(set.rules, set.n_rules, row->facts, row->change, NULL, last, &held);
            same(id, row, "when it has expired", then, "none");
            CHECK_ROW(row->name, held.n_held == 0 && !breaks(&set, row, NULL, last));
        }
    }
}

/* ---- that nothing is missing ---- */

static guint count_cases(const Incident *incident, const char *kind)
{
    guint n_cases = 0;

    for (guint i = 0; i < incident->cases->len; i++) {
        const IncidentCase *row = incident->cases->pdata[i];

        n_cases += g_str_has_prefix(row->name, kind);
    }
    return n_cases;
}

static void note_peer(const VdiCondition *fact, void *user)
{
    bool *has_peer = user;

    *has_peer = *has_peer || strcmp(fact->kind->name, "peer") == 0;
}

/* An affected, a fixed and an unrelated machine; where the other side decides, before it has
 * spoken as well. */
static void each_incident_has_its_machines(void)
{
    g_autoptr(GPtrArray) ids = incident_ids();
    guint n_cases = 0;

    for (guint i = 0; i < ids->len; i++) {
        const char *id = ids->pdata[i];
        g_autoptr(VdiManifest) manifest = incident_manifest(INCIDENT_EXAMPLES, id);
        g_autoptr(Incident) incident = incident_read(id);
        bool has_peer = false, is_unknown = false;

        if (manifest == NULL || incident == NULL) {
            continue;
        }
        n_cases += incident->cases->len;
        CHECK_ROW(id, count_cases(incident, "affected: ") >= 2);
        CHECK_ROW(id, count_cases(incident, "fixed: ") >= 1);
        CHECK_ROW(id, count_cases(incident, "unrelated: ") >= 1);
        vdi_condition_visit_facts(vdi_manifest_rule(manifest, 0)->when, note_peer, &has_peer);
        for (guint k = 0; k < incident->cases->len; k++) {
            const IncidentCase *row = incident->cases->pdata[k];

            is_unknown = is_unknown || g_str_has_prefix(row->before, "unknown: peer ");
        }
        CHECK_ROW(id, has_peer == is_unknown);
    }
    CHECK(n_cases > 150);
}

const Test tests[] = {
    {"each machine, before and after", each_machine_before_and_after},
    {"one rule says the same as two", one_rule_says_the_same_as_two},
    {"nothing is left when a rule has expired", nothing_is_left_when_a_rule_has_expired},
    {"each incident has its machines", each_incident_has_its_machines},
    TEST_END,
};
