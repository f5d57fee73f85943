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

bool vdi_rule_is_alive(const VdiRule *rule, int64_t now)
{
    return rule->unreadable == NULL && !rule->is_superseded
        && (rule->expires_at == 0 || now < rule->expires_at);
}

bool vdi_rule_applies(const VdiRule *rule, const VdiFacts *facts, int64_t now)
{
    return vdi_rule_is_alive(rule, now) && is_in_rollout(rule, facts);
}

typedef struct {
    const VdiFacts *facts;
    GPtrArray *names; /* of char * */
} Reasons;

/* One more than is shown tells that there are more. */
static bool note_reason(const VdiCondition *fact, VdiTruth truth, bool is_decisive, void *user)
{
    const Reasons *reasons = user;
    g_autofree char *text = vdi_condition_fact_text(fact, reasons->facts);
    g_autofree char *reason = g_strconcat(truth == VDI_TRUTH_TRUE ? "" : "not ", text, NULL);

    if (!g_ptr_array_find_with_equal_func(reasons->names, reason, g_str_equal, NULL)) {
        g_ptr_array_add(reasons->names, g_steal_pointer(&reason));
    }
    return reasons->names->len <= VDI_FINDING_NAMES_MAX;
}

/* `why` holds what is unknown, or nothing. */
static void add_finding(VdiVerdict *verdict, const VdiRuleInForce *in_force, const VdiFacts *facts,
    VdiTruth truth, GPtrArray *why)
{
    bool is_true = truth == VDI_TRUTH_TRUE;
    Reasons reasons = {facts, why};

    if (is_true) {
        vdi_condition_visit_reasons(in_force->rule->when, facts, note_reason, &reasons);
    }
    vdi_verdict_add(verdict, in_force->organisation, in_force->rule, truth,
        is_true ? in_force->effect : VDI_EFFECT_NONE, in_force->reduced, why);
}

static void add_unreadable(VdiVerdict *verdict, const VdiRuleInForce *in_force)
{
    g_autoptr(GPtrArray) why = g_ptr_array_new();

    g_ptr_array_add(why, (gpointer) in_force->rule->unreadable);
    vdi_verdict_add(verdict, in_force->organisation, in_force->rule, VDI_TRUTH_UNKNOWN,
        VDI_EFFECT_NONE, in_force->reduced, why);
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
            g_autoptr(GPtrArray) why = g_ptr_array_new_with_free_func(g_free);
            VdiTruth truth = vdi_condition_evaluate(rule->when, facts, why);

            if (truth != VDI_TRUTH_FALSE) {
                add_finding(verdict, &rules[i], facts, truth, why);
            }
        }
    }
    vdi_verdict_sort(verdict);
    return verdict;
}

static bool is_let_in(size_t i, void *user)
{
    const bool *left_out = user;

    return left_out == NULL || !left_out[i];
}

VdiVerdict *vdi_evaluate_change(const VdiRuleInForce *rules, size_t n_rules, const VdiFacts *before,
    const VdiChange *change, const bool *left_out, int64_t now)
{
    VdiVerdict *verdict = vdi_verdict_new();
    g_autoptr(VdiFacts) after = vdi_change_apply(before, change, left_out);

    for (size_t i = 0; i < n_rules; i++) {
        const VdiRule *rule = rules[i].rule;

        if (!vdi_rule_applies(rule, before, now)
            || !vdi_condition_find_items(
                rule->when, before, change, is_let_in, (gpointer) left_out)) {
            continue;
        }
        g_autoptr(GPtrArray) why = g_ptr_array_new_with_free_func(g_free);
        VdiTruth truth = vdi_condition_evaluate(rule->when, after, why);
        bool was_true = truth == VDI_TRUTH_TRUE
            && vdi_condition_evaluate(rule->when, before, NULL) == VDI_TRUTH_TRUE;

        if (truth != VDI_TRUTH_FALSE && !was_true) {
            add_finding(verdict, &rules[i], after, truth, why);
        }
    }
    vdi_verdict_sort(verdict);
    return verdict;
}
