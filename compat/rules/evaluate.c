/* SPDX-License-Identifier: Apache-2.0 */
#include "compat/rules/evaluate.h"

#include <string.h>

/* The number of a machine among 10,000: the first four bytes of SHA-256 over salt and machine, each
 * ended by a zero byte. Raising the percentage only adds machines. */
static bool is_in_rollout(const VdiRule *rule, const VdiFacts *facts)
{
    const char *machine = vdi_facts_get(facts, VDI_FACT_MACHINE);
    const char *salt = rule->rollout_salt != NULL ? rule->rollout_salt : rule->id;
    uint8_t digest[32];
    gsize length = sizeof digest;

    if (rule->rollout_percent >= 100 || machine == NULL) {
        return rule->rollout_percent >= 100;
    }
    g_autoptr(GChecksum) checksum = g_checksum_new(G_CHECKSUM_SHA256);

    g_checksum_update(checksum, (const guchar *) salt, (gssize) strlen(salt) + 1);
    g_checksum_update(checksum, (const guchar *) machine, (gssize) strlen(machine) + 1);
    g_checksum_get_digest(checksum, digest, &length);
    uint32_t number = (uint32_t) digest[0] << 24 | (uint32_t) digest[1] << 16
        | (uint32_t) digest[2] << 8 | digest[3];

    return number % 10000 < (uint32_t) rule->rollout_percent * 100;
}

bool vdi_rule_applies(const VdiRule *rule, const VdiFacts *facts, int64_t now)
{
    return rule->unreadable == NULL && !rule->is_superseded
        && (rule->expires_at == 0 || now < rule->expires_at) && is_in_rollout(rule, facts);
}

static void add_unreadable(VdiVerdict *verdict, const VdiRuleInForce *in_force)
{
    char *why[] = {(char *) in_force->rule->unreadable, NULL};

    vdi_verdict_add(verdict, in_force->organisation, in_force->rule, VDI_TRUTH_UNKNOWN,
        VDI_EFFECT_NONE, in_force->reduced, why);
}

static void add_finding(
    VdiVerdict *verdict, const VdiRuleInForce *in_force, VdiTruth truth, GPtrArray *unknowns)
{
    bool is_true = truth == VDI_TRUTH_TRUE;

    g_ptr_array_add(unknowns, NULL);
    vdi_verdict_add(verdict, in_force->organisation, in_force->rule, truth,
        is_true ? in_force->effect : VDI_EFFECT_NONE, in_force->reduced,
        is_true ? NULL : (GStrv) unknowns->pdata);
}

VdiVerdict *vdi_evaluate(
    const VdiRuleInForce *rules, size_t n_rules, const VdiFacts *facts, int64_t now)
{
    VdiVerdict *verdict = vdi_verdict_new();

    for (size_t i = 0; i < n_rules; i++) {
        const VdiRule *rule = rules[i].rule;

        if (rule->unreadable != NULL) {
            add_unreadable(verdict, &rules[i]);
        } else if (vdi_rule_applies(rule, facts, now)) {
            g_autoptr(GPtrArray) unknowns = g_ptr_array_new_with_free_func(g_free);
            VdiTruth truth = vdi_condition_evaluate(rule->when, facts, unknowns);

            if (truth != VDI_TRUTH_FALSE) {
                add_finding(verdict, &rules[i], truth, unknowns);
            }
        }
    }
    vdi_verdict_sort(verdict);
    return verdict;
}

static bool mentions_any(
    const VdiRule *rule, const VdiFacts *facts, const VdiChange *change, const bool *left_out)
{
    for (size_t i = 0; i < vdi_change_n_items(change); i++) {
        const VdiChangeItem *item = vdi_change_item(change, i);

        if ((left_out == NULL || !left_out[i])
            && vdi_condition_mentions(rule->when, facts, item->type, item->name)) {
            return true;
        }
    }
    return false;
}

VdiVerdict *vdi_evaluate_change(const VdiRuleInForce *rules, size_t n_rules, const VdiFacts *before,
    const VdiChange *change, const bool *left_out, int64_t now)
{
    VdiVerdict *verdict = vdi_verdict_new();
    g_autoptr(VdiFacts) after = vdi_change_apply(before, change, left_out);

    for (size_t i = 0; i < n_rules; i++) {
        const VdiRule *rule = rules[i].rule;

        if (!vdi_rule_applies(rule, before, now) || !mentions_any(rule, before, change, left_out)) {
            continue;
        }
        g_autoptr(GPtrArray) unknowns = g_ptr_array_new_with_free_func(g_free);
        VdiTruth truth = vdi_condition_evaluate(rule->when, after, unknowns);
        bool was_true = truth == VDI_TRUTH_TRUE
            && vdi_condition_evaluate(rule->when, before, NULL) == VDI_TRUTH_TRUE;

        if (truth != VDI_TRUTH_FALSE && !was_true) {
            add_finding(verdict, &rules[i], truth, unknowns);
        }
    }
    vdi_verdict_sort(verdict);
    return verdict;
}
