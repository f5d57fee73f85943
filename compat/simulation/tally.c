/* SPDX-License-Identifier: Apache-2.0 */
#include "compat/simulation/tally.h"

#include <string.h>

enum { SYSTEMS_MAX = 1000 }; /* what a fleet calls its systems comes from outside */

VdiTally *vdi_tally_new(size_t n_rules)
{
    VdiTally *tally = g_new0(VdiTally, 1);

    tally->n_rules = n_rules;
    tally->rules = g_new0(VdiRuleTotals, n_rules);
    tally->systems = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    tally->holds = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    tally->missing = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    tally->touched = g_hash_table_new(NULL, NULL);
    return tally;
}

void vdi_tally_free(VdiTally *tally)
{
    if (tally != NULL) {
        g_free(tally->rules);
        g_clear_pointer(&tally->systems, g_hash_table_unref);
        g_clear_pointer(&tally->holds, g_hash_table_unref);
        g_clear_pointer(&tally->missing, g_hash_table_unref);
        g_clear_pointer(&tally->touched, g_hash_table_unref);
        g_free(tally);
    }
}

/* ---- one machine ---- */

void vdi_outcome_free(VdiOutcome *outcome)
{
    if (outcome != NULL) {
        g_array_unref(outcome->broken);
        g_array_unref(outcome->would_break);
        g_array_unref(outcome->held);
        g_array_unref(outcome->unknown);
        g_ptr_array_unref(outcome->holds);
        g_ptr_array_unref(outcome->missing);
        g_free(outcome);
    }
}

typedef struct {
    const VdiRuleInForce *rules;
    const uint32_t *places;
    size_t n_rules;
    GHashTable *index_of; /* VdiRule → its index above, plus one */
    GHashTable *missing;  /* a set of what is in the outcome's list */
    bool *is_unknown;     /* one an index: it is in the outcome's list */
} Rules;

static size_t index_of(const Rules *rules, const VdiRule *rule)
{
    size_t i = GPOINTER_TO_SIZE(g_hash_table_lookup(rules->index_of, rule));

    g_assert(i > 0);
    return i - 1;
}

static void take_unknown(VdiOutcome *outcome, const VdiFinding *finding, const Rules *rules)
{
    size_t i = index_of(rules, finding->rule);

    if (!rules->is_unknown[i]) {
        rules->is_unknown[i] = true;
        g_array_append_val(outcome->unknown, rules->places[i]);
    }
    for (size_t k = 0; finding->unknowns != NULL && finding->unknowns[k] != NULL; k++) {
        if (!g_hash_table_contains(rules->missing, finding->unknowns[k])) {
            char *name = g_strdup(finding->unknowns[k]);

            g_ptr_array_add(outcome->missing, name);
            g_hash_table_add(rules->missing, name);
        }
    }
}

/* A rule has one finding a verdict. */
static void take_verdict(
    VdiOutcome *outcome, const VdiVerdict *verdict, const Rules *rules, GArray *true_of)
{
    for (guint i = 0; i < verdict->findings->len; i++) {
        const VdiFinding *finding = vdi_verdict_finding(verdict, i);

        if (finding->truth == VDI_TRUTH_TRUE) {
            g_array_append_val(true_of, rules->places[index_of(rules, finding->rule)]);
        } else {
            take_unknown(outcome, finding, rules);
        }
    }
}

/* Several architectures of one package are held together. */
static void take_item(VdiOutcome *outcome, const VdiChangeItem *item)
{
    bool is_label = strcmp(item->type, VDI_CHANGE_UPDATE) == 0;
    g_autofree char *held =
        is_label ? g_strdup(item->name) : g_strconcat(item->name, " ", item->after, NULL);

    if (!g_ptr_array_find_with_equal_func(outcome->holds, held, g_str_equal, NULL)) {
        g_ptr_array_add(outcome->holds, g_steal_pointer(&held));
    }
}

/* What the smallest hold keeps out, and which rules it serves. */
static void take_hold(VdiOutcome *outcome, const VdiVerdict *verdict, const Rules *rules,
    const VdiFacts *facts, const VdiChange *change, int64_t now)
{
    g_auto(VdiHoldSet) set = {0};

    vdi_evaluate_hold(rules->rules, rules->n_rules, facts, change, NULL, now, &set);
    outcome->one.held = set.is_enough && set.n_held > 0;
    for (size_t i = 0; i < vdi_change_n_items(change); i++) {
        if (set.held[i]) {
            take_item(outcome, vdi_change_item(change, i));
        }
    }
    for (guint i = 0; outcome->one.held && i < verdict->findings->len; i++) {
        const VdiFinding *finding = vdi_verdict_finding(verdict, i);

        if (finding->effect == VDI_EFFECT_BLOCK) {
            g_array_append_val(outcome->held, rules->places[index_of(rules, finding->rule)]);
        }
    }
}

static void take_change(VdiOutcome *outcome, const Rules *rules, const VdiFacts *facts,
    const VdiChange *change, int64_t now)
{
    g_autoptr(VdiVerdict) verdict =
        vdi_evaluate_change(rules->rules, rules->n_rules, facts, change, NULL, now);
    VdiEffect effect = vdi_verdict_effect(verdict);

    take_verdict(outcome, verdict, rules, outcome->would_break);
    outcome->one.would_break = effect == VDI_EFFECT_BLOCK;
    outcome->one.would_advise = effect == VDI_EFFECT_ADVISE;
    if (effect == VDI_EFFECT_BLOCK) {
        take_hold(outcome, verdict, rules, facts, change, now);
    }
}

VdiOutcome *vdi_outcome_new(const VdiRuleInForce *rules, const uint32_t *places, size_t n_rules,
    const VdiFacts *facts, const VdiChange *change, int64_t now)
{
    VdiOutcome *outcome = g_new0(VdiOutcome, 1);
    g_autoptr(VdiVerdict) verdict = vdi_evaluate(rules, n_rules, facts, now);
    g_autoptr(GHashTable) indexes = g_hash_table_new(NULL, NULL);
    g_autoptr(GHashTable) missing = g_hash_table_new(g_str_hash, g_str_equal);
    g_autofree bool *is_unknown = g_new0(bool, n_rules + 1);
    const Rules these = {rules, places, n_rules, indexes, missing, is_unknown};
    VdiEffect effect = vdi_verdict_effect(verdict);

    outcome->broken = g_array_new(false, false, sizeof(uint32_t));
    outcome->would_break = g_array_new(false, false, sizeof(uint32_t));
    outcome->held = g_array_new(false, false, sizeof(uint32_t));
    outcome->unknown = g_array_new(false, false, sizeof(uint32_t));
    outcome->holds = g_ptr_array_new_with_free_func(g_free);
    outcome->missing = g_ptr_array_new_with_free_func(g_free);
    for (size_t i = 0; i < n_rules; i++) {
        g_hash_table_insert(indexes, (gpointer) rules[i].rule, GSIZE_TO_POINTER(i + 1));
    }
    take_verdict(outcome, verdict, &these, outcome->broken);
    outcome->one.machines = 1;
    outcome->one.broken = effect == VDI_EFFECT_BLOCK;
    outcome->one.advised = effect == VDI_EFFECT_ADVISE;
    if (vdi_change_n_items(change) > 0) {
        take_change(outcome, &these, facts, change, now);
    }
    outcome->one.unknown = outcome->unknown->len > 0;
    outcome->one.unconcerned =
        outcome->broken->len == 0 && outcome->would_break->len == 0 && outcome->unknown->len == 0;
    return outcome;
}

/* ---- many ---- */

static void add_totals(VdiTotals *totals, const VdiTotals *more, uint64_t n)
{
    totals->machines += n * more->machines;
    totals->broken += n * more->broken;
    totals->advised += n * more->advised;
    totals->would_break += n * more->would_break;
    totals->would_advise += n * more->would_advise;
    totals->held += n * more->held;
    totals->unknown += n * more->unknown;
    totals->unconcerned += n * more->unconcerned;
}

static void add_number(GHashTable *table, const char *key, uint64_t n)
{
    uint64_t *number = g_hash_table_lookup(table, key);

    if (number == NULL) {
        number = g_new0(uint64_t, 1);
        g_hash_table_insert(table, g_strdup(key), number);
    }
    *number += n;
}

static void add_system(GHashTable *systems, const char *system, const VdiTotals *more, uint64_t n)
{
    bool is_room = g_hash_table_size(systems) < SYSTEMS_MAX;
    VdiTotals *totals = g_hash_table_lookup(systems, system);

    if (totals == NULL && !is_room) {
        system = "others";
        totals = g_hash_table_lookup(systems, system);
    }
    if (totals == NULL) {
        totals = g_new0(VdiTotals, 1);
        g_hash_table_insert(systems, g_strdup(system), totals);
    }
    add_totals(totals, more, n);
}

void vdi_tally_add(VdiTally *tally, const VdiOutcome *outcome, const char *system, uint64_t n)
{
    add_totals(&tally->all, &outcome->one, n);
    add_system(tally->systems, system, &outcome->one, n);
    for (guint i = 0; i < outcome->broken->len; i++) {
        tally->rules[g_array_index(outcome->broken, uint32_t, i)].broken += n;
    }
    for (guint i = 0; i < outcome->would_break->len; i++) {
        tally->rules[g_array_index(outcome->would_break, uint32_t, i)].would_break += n;
    }
    for (guint i = 0; i < outcome->held->len; i++) {
        tally->rules[g_array_index(outcome->held, uint32_t, i)].held += n;
    }
    for (guint i = 0; i < outcome->unknown->len; i++) {
        tally->rules[g_array_index(outcome->unknown, uint32_t, i)].unknown += n;
    }
    for (guint i = 0; i < outcome->holds->len; i++) {
        add_number(tally->holds, g_ptr_array_index(outcome->holds, i), n);
    }
    for (guint i = 0; i < outcome->missing->len; i++) {
        add_number(tally->missing, g_ptr_array_index(outcome->missing, i), n);
    }
}

static void add_numbers(GHashTable *table, GHashTable *more)
{
    GHashTableIter iter;
    gpointer key = NULL, value = NULL;

    g_hash_table_iter_init(&iter, more);
    while (g_hash_table_iter_next(&iter, &key, &value)) {
        add_number(table, key, *(const uint64_t *) value);
    }
}

void vdi_tally_add_tally(VdiTally *tally, const VdiTally *more)
{
    GHashTableIter iter;
    gpointer key = NULL, value = NULL;

    g_assert(tally->n_rules == more->n_rules);
    add_totals(&tally->all, &more->all, 1);
    tally->unreadable += more->unreadable;
    tally->unnumbered += more->unnumbered;
    for (size_t i = 0; i < tally->n_rules; i++) {
        tally->rules[i].broken += more->rules[i].broken;
        tally->rules[i].would_break += more->rules[i].would_break;
        tally->rules[i].held += more->rules[i].held;
        tally->rules[i].unknown += more->rules[i].unknown;
    }
    g_hash_table_iter_init(&iter, more->systems);
    while (g_hash_table_iter_next(&iter, &key, &value)) {
        add_system(tally->systems, key, value, 1);
    }
    add_numbers(tally->holds, more->holds);
    add_numbers(tally->missing, more->missing);
    g_hash_table_iter_init(&iter, more->touched);
    while (g_hash_table_iter_next(&iter, &key, NULL)) {
        g_hash_table_add(tally->touched, key);
    }
}
