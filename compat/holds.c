/* SPDX-License-Identifier: Apache-2.0 */
#include "compat/holds.h"

#include <string.h>

#include "compat/holds_limits.h"
#include "compat/rules/explain.h"
#include "compat/rules/hold.h"
#include "compat/rules/purl.h"

/* What is left is asked for again after each round of holds; more would be a circle. */
enum { ROUNDS_MAX = 8 };

typedef struct {
    const VdiHoldsInput *input;
    GArray *rules;     /* of VdiRuleInForce: those that block */
    GArray *untils;    /* of int64_t */
    GPtrArray *wanted; /* of VdiHold */
    VdiHolds *holds;
} Decision;

static const VdiRuleInForce *rules_of(const Decision *decision)
{
    return (const VdiRuleInForce *) (const void *) decision->rules->data;
}

static void take_blocking(Decision *decision)
{
    const VdiHoldsInput *input = decision->input;

    for (size_t i = 0; i < input->n_rules; i++) {
        const VdiRuleInForce *in_force = &input->rules[i];

        if (in_force->effect == VDI_EFFECT_BLOCK && in_force->rule->unreadable == NULL
            && input->untils[i] > input->now
            && vdi_rule_applies(in_force->rule, input->facts, input->now)) {
            g_array_append_val(decision->rules, *in_force);
            g_array_append_val(decision->untils, input->untils[i]);
        }
    }
}

static bool is_mentioned(const Decision *decision, const VdiChangeItem *item)
{
    for (guint i = 0; i < decision->rules->len; i++) {
        if (vdi_condition_mentions(
                rules_of(decision)[i].rule->when, decision->input->facts, item->type, item->name)) {
            return true;
        }
    }
    return false;
}

/* What no pin can keep out: removals, and what this machine never holds. */
/* A removal is not held by a pin. */
static bool *never_of(const Decision *decision, const VdiChange *change)
{
    bool *never = vdi_limits_never(decision->input->limits, change);

    for (size_t i = 0; i < vdi_change_n_items(change); i++) {
        never[i] = never[i] || vdi_change_item(change, i)->after == NULL;
    }
    return never;
}

static bool contains(const VdiChange *change, const VdiChangeItem *wanted)
{
    for (size_t i = 0; i < vdi_change_n_items(change); i++) {
        const VdiChangeItem *item = vdi_change_item(change, i);

        if (strcmp(item->name, wanted->name) == 0 && g_strcmp0(item->after, wanted->after) == 0) {
            return true;
        }
    }
    return false;
}

static bool breaks(const Decision *decision, const VdiChange *change)
{
    g_autoptr(VdiVerdict) verdict = vdi_evaluate_change(rules_of(decision), decision->rules->len,
        decision->input->facts, change, NULL, decision->input->now);

    return vdi_verdict_effect(verdict) == VDI_EFFECT_BLOCK;
}

/* The package that a remedy names. */
static bool is_named(const VdiRule *rule, const VdiChangeItem *item)
{
    for (size_t i = 0; i < rule->n_remedies; i++) {
        const char *package = rule->remedies[i].package;
        g_autoptr(VdiPurl) purl = package != NULL ? vdi_purl_parse(package, NULL) : NULL;

        if (purl != NULL && strcmp(purl->type, item->type) == 0
            && strcmp(purl->name, item->name) == 0) {
            return true;
        }
    }
    return false;
}

/* May installing that item cure the rule? Its condition looks at it (or at the client or engine
 * that comes from it), or a remedy names it. */
static bool may_cure(const Decision *decision, const VdiRule *rule, const VdiChangeItem *item)
{
    return item->after != NULL
        && (vdi_condition_mentions(rule->when, decision->input->facts, item->type, item->name)
            || is_named(rule, item));
}

/* Is there a remedy on offer that comes with that very version, and is all good once both are in?
 * Then a pin would keep the cure out; vdi-hook still stops the version when it comes alone. */
static bool is_needed_by_remedy(const Decision *decision, const VdiRule *rule,
    const VdiChange *offered, const VdiChangeItem *held)
{
    for (size_t i = 0; i < vdi_change_n_items(offered); i++) {
        const VdiChangeItem *remedy = vdi_change_item(offered, i);

        if (strcmp(remedy->name, held->name) == 0 || !may_cure(decision, rule, remedy)) {
            continue;
        }
        g_autoptr(VdiChange) brought =
            decision->input->host->ops->bring(decision->input->host, remedy, NULL);

        if (brought != NULL && contains(brought, held) && !breaks(decision, brought)) {
            return true;
        }
    }
    return false;
}

static void want(Decision *decision, const VdiChangeItem *item, const VdiRuleInForce *in_force)
{
    static const char *const languages[] = {"en", NULL};
    g_autofree char *reason = vdi_explain_title(in_force->rule, languages);
    int64_t until = g_array_index(decision->untils, int64_t, in_force - rules_of(decision));

    for (guint i = 0; i < decision->wanted->len; i++) {
        VdiHold *hold = decision->wanted->pdata[i];

        if (strcmp(hold->package, item->name) == 0 && strcmp(hold->version, item->after) == 0) {
            hold->is_security = hold->is_security || item->is_security;
            return;
        }
    }
    g_ptr_array_add(decision->wanted,
        vdi_hold_new(item->name, item->after, in_force->organisation, in_force->rule->id, reason,
            until, item->is_security));
}

/* Finds what must be left out of `change` so that it breaks nothing, and wants it held. `offered`
 * NULL: no remedy excuses anything. True when something new is wanted. */
static bool hold_in(Decision *decision, const VdiChange *change, const VdiChange *offered)
{
    const VdiHoldsInput *input = decision->input;
    g_autofree bool *never = never_of(decision, change);
    g_auto(VdiHoldSet) set = {0};
    guint n_before = decision->wanted->len;

    vdi_evaluate_hold(
        rules_of(decision), decision->rules->len, input->facts, change, never, input->now, &set);
    for (guint i = 0; i < set.not_prevented->len && offered == NULL; i++) {
        const VdiRuleInForce *in_force =
            &rules_of(decision)[g_array_index(set.not_prevented, size_t, i)];

        if (!vdi_holds_is_reduced(decision->holds, in_force->organisation, in_force->rule->id)) {
            vdi_holds_refuse(decision->holds, NULL, NULL, in_force->organisation,
                in_force->rule->id, VDI_NOT_HELD_NEVER);
        }
    }
    for (size_t i = 0; i < vdi_change_n_items(change); i++) {
        const VdiChangeItem *item = vdi_change_item(change, i);
        const VdiHoldReason *reason = vdi_hold_reason(&set, i);

        if (reason != NULL
            && (offered == NULL
                || !is_needed_by_remedy(
                    decision, rules_of(decision)[reason->rule].rule, offered, item))) {
            want(decision, item, &rules_of(decision)[reason->rule]);
        }
    }
    return decision->wanted->len > n_before;
}

static void judge_candidates(Decision *decision, const VdiChange *offered)
{
    VdiHost *host = decision->input->host;

    for (size_t i = 0; i < vdi_change_n_items(offered); i++) {
        const VdiChangeItem *item = vdi_change_item(offered, i);

        if (item->after == NULL || !is_mentioned(decision, item)) {
            continue;
        }
        /* What cannot be installed alone is judged with all the rest, below. */
        g_autoptr(VdiChange) brought = host->ops->bring(host, item, NULL);

        if (brought != NULL) {
            (void) hold_in(decision, brought, offered);
        }
    }
}

/* Once a version is kept out, an older one may be offered in its place, or two that are harmless
 * alone may break together: so the package manager is asked again, with these holds. */
static bool judge_rest(Decision *decision, const VdiChange *offered, GError **error)
{
    VdiHost *host = decision->input->host;

    if (decision->wanted->len == 0 && !hold_in(decision, offered, NULL)) {
        return true;
    }
    for (int round = 0; round < ROUNDS_MAX; round++) {
        g_autoptr(VdiChange) left = host->ops->offers(host, decision->wanted, error);

        if (left == NULL) {
            return false;
        }
        if (!hold_in(decision, left, NULL)) {
            return true;
        }
    }
    return true;
}

/* The package manager is silent: what was held stays, as long as its rule blocks. */
static void keep_previous(Decision *decision)
{
    const GPtrArray *previous = decision->input->previous->holds;

    g_ptr_array_set_size(decision->wanted, 0);
    for (guint i = 0; i < previous->len; i++) {
        const VdiHold *hold = previous->pdata[i];

        for (guint k = 0; k < decision->rules->len; k++) {
            const VdiRuleInForce *in_force = &rules_of(decision)[k];

            if (strcmp(hold->rule, in_force->rule->id) == 0
                && strcmp(hold->organisation, in_force->organisation) == 0) {
                g_ptr_array_add(decision->wanted,
                    vdi_hold_new(hold->package, hold->version, hold->organisation, hold->rule,
                        hold->reason, g_array_index(decision->untils, int64_t, k),
                        hold->is_security));
            }
        }
    }
}

VdiHolds *vdi_holds_decide(const VdiHoldsInput *input, char **ret_problem)
{
    g_autoptr(GArray) rules = g_array_new(false, false, sizeof(VdiRuleInForce));
    g_autoptr(GArray) untils = g_array_new(false, false, sizeof(int64_t));
    g_autoptr(GPtrArray) wanted = g_ptr_array_new_with_free_func((GDestroyNotify) vdi_hold_free);
    g_autoptr(VdiHolds) holds = vdi_holds_new();
    g_autoptr(GError) error = NULL;
    Decision decision = {input, rules, untils, wanted, holds};

    *ret_problem = NULL;
    take_blocking(&decision);
    if (rules->len > 0) {
        g_autoptr(VdiChange) offered = input->host->ops->offers(input->host, NULL, &error);

        if (offered != NULL) {
            judge_candidates(&decision, offered);
        }
        if (offered == NULL || !judge_rest(&decision, offered, &error)) {
            *ret_problem = g_strdup(error->message);
            keep_previous(&decision);
        }
    }
    vdi_holds_limit(input, wanted, holds);
    return g_steal_pointer(&holds);
}
