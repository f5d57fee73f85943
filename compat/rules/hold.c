/* SPDX-License-Identifier: Apache-2.0 */
#include "compat/rules/hold.h"

#include <stdlib.h>
#include <string.h>

#include "compat/rules/evaluate.h"
#include "compat/rules/hold_search.h"

typedef struct {
    const VdiRuleInForce *rules;
    const VdiFacts *before;
    const VdiChange *change;
    const bool *never;
    size_t n_items;
    size_t *order;    /* the change's items by name; from here on an item is its place in it */
    size_t *place_of; /* of an item of the change */
    size_t *parent;   /* a forest: places that hang together have one root, the first of them */
    size_t *number_in_part;
    GPtrArray *in_question; /* of VdiHoldRule, by organisation and id */
    VdiHoldEffort effort;
    VdiHoldSet *set;
} Hold;

/* ---- items in the order of their names ---- */

static int compare_items(const VdiChangeItem *a, const VdiChangeItem *b)
{
    int order = strcmp(a->name, b->name);

    order = order != 0 ? order : strcmp(a->type, b->type);
    order = order != 0 ? order : g_strcmp0(a->arch, b->arch);
    order = order != 0 ? order : g_strcmp0(a->before, b->before);
    return order != 0 ? order : g_strcmp0(a->after, b->after);
}

static int compare_places(const void *a, const void *b, void *user)
{
    const VdiChange *change = user;

    return compare_items(
        vdi_change_item(change, *(const size_t *) a), vdi_change_item(change, *(const size_t *) b));
}

static void sort_items(Hold *hold)
{
    for (size_t i = 0; i < hold->n_items; i++) {
        hold->order[i] = hold->parent[i] = i;
    }
    g_qsort_with_data(hold->order, (int) hold->n_items, sizeof *hold->order, compare_places,
        (void *) hold->change);
    for (size_t i = 0; i < hold->n_items; i++) {
        hold->place_of[hold->order[i]] = i;
    }
}

/* ---- rules in question ---- */

static void rule_free(void *data)
{
    VdiHoldRule *rule = data;

    g_array_unref(rule->items);
    g_free(rule);
}

static int compare_rules(const void *a, const void *b)
{
    const VdiHoldRule *left = *(VdiHoldRule *const *) a, *right = *(VdiHoldRule *const *) b;
    int order = strcmp(left->in_force->organisation, right->in_force->organisation);

    return order != 0 ? order : strcmp(left->in_force->rule->id, right->in_force->rule->id);
}

static int compare_numbers(const void *a, const void *b)
{
    size_t left = *(const size_t *) a, right = *(const size_t *) b;

    return (left > right) - (left < right);
}

typedef struct {
    const Hold *hold;
    GArray *items;
} Found;

static bool note_item(size_t i, void *user)
{
    const Found *found = user;

    g_array_append_val(found->items, found->hold->place_of[i]);
    return false;
}

/* What the rule looks at, ascending, each once. */
static GArray *items_of(const Hold *hold, const VdiRule *rule)
{
    GArray *items = g_array_new(false, false, sizeof(size_t));
    Found found = {hold, items};
    guint n = 0;

    (void) vdi_condition_find_items(rule->when, hold->before, hold->change, note_item, &found);
    g_array_sort(items, compare_numbers);
    for (guint i = 0; i < items->len; i++) {
        if (n == 0 || g_array_index(items, size_t, n - 1) != g_array_index(items, size_t, i)) {
            g_array_index(items, size_t, n++) = g_array_index(items, size_t, i);
        }
    }
    g_array_set_size(items, n);
    return items;
}

static size_t root_of(const Hold *hold, size_t place)
{
    while (hold->parent[place] != place) {
        hold->parent[place] = hold->parent[hold->parent[place]];
        place = hold->parent[place];
    }
    return place;
}

static void hang_together(Hold *hold, const GArray *items)
{
    for (guint i = 1; i < items->len; i++) {
        size_t a = root_of(hold, g_array_index(items, size_t, 0));
        size_t b = root_of(hold, g_array_index(items, size_t, i));

        hold->parent[MAX(a, b)] = MIN(a, b);
    }
}

static void collect_rules(Hold *hold, size_t n_rules, int64_t now)
{
    for (size_t i = 0; i < n_rules; i++) {
        const VdiRuleInForce *in_force = &hold->rules[i];
        const VdiRule *rule = in_force->rule;

        if (in_force->effect != VDI_EFFECT_BLOCK || !vdi_rule_applies(rule, hold->before, now)) {
            continue;
        }
        g_autoptr(GArray) items = items_of(hold, rule);

        if (items->len > 0
            && vdi_condition_evaluate(rule->when, hold->before, NULL) != VDI_TRUTH_TRUE) {
            VdiHoldRule *in_question = g_new0(VdiHoldRule, 1);

            in_question->number = i;
            in_question->in_force = in_force;
            in_question->items = g_steal_pointer(&items);
            hang_together(hold, in_question->items);
            g_ptr_array_add(hold->in_question, in_question);
        }
    }
    g_ptr_array_sort(hold->in_question, compare_rules);
}

/* ---- why, and what ends it ---- */

static bool is_true(const VdiHoldRule *rule, const VdiFacts *facts)
{
    return vdi_condition_evaluate(rule->in_force->rule->when, facts, NULL) == VDI_TRUTH_TRUE;
}

static bool looks_at(const VdiHoldRule *rule, size_t item)
{
    return bsearch(&item, rule->items->data, rule->items->len, sizeof item, compare_numbers)
        != NULL;
}

static void add_reason(Hold *hold, const VdiHoldPart *part, size_t i, const VdiHoldRule *rule)
{
    const VdiHoldReason reason = {
        hold->order[g_array_index(part->places, size_t, i)], rule->number};

    g_array_append_val(hold->set->reasons, reason);
}

/* The item at `i` of the part is let in alone, the others stay held: which rules are true then? */
static void add_reasons(Hold *hold, const VdiHoldPart *part, size_t i, bool *held)
{
    held[i] = false;
    g_autoptr(VdiFacts) after = vdi_change_apply(part->before, part->change, held);

    held[i] = true;
    for (guint k = 0; k < part->rules->len; k++) {
        const VdiHoldRule *rule = g_ptr_array_index(part->rules, k);

        if (looks_at(rule, i) && is_true(rule, after)) {
            add_reason(hold, part, i, rule);
        }
    }
}

/* Where more may be held than is needed, one that is let in alone need not break anything, and to
 * try each would be too much work: there all are let in, and at least one rule looks at it. */
static void add_rough_reasons(
    Hold *hold, const VdiHoldPart *part, const bool *held, const VdiFacts *all_in)
{
    g_autofree bool *has_reason = g_new0(bool, part->places->len);

    for (int round = 0; round < 2; round++) {
        for (guint k = 0; k < part->rules->len; k++) {
            const VdiHoldRule *rule = g_ptr_array_index(part->rules, k);
            bool is_reason = round == 1 || is_true(rule, all_in);

            for (guint i = 0; i < rule->items->len && is_reason; i++) {
                size_t item = g_array_index(rule->items, size_t, i);

                if (held[item] && (round == 0 || !has_reason[item])) {
                    add_reason(hold, part, item, rule);
                    has_reason[item] = true;
                }
            }
        }
    }
}

/* ---- parts ---- */

static void part_free(void *data)
{
    VdiHoldPart *part = data;

    if (part != NULL) {
        g_array_unref(part->places);
        g_ptr_array_unref(part->rules);
        g_clear_pointer(&part->change, vdi_change_free);
        g_free(part->never);
        g_free(part);
    }
}

static VdiHoldPart *part_new(const Hold *hold)
{
    VdiHoldPart *part = g_new0(VdiHoldPart, 1);

    part->before = hold->before;
    part->places = g_array_new(false, false, sizeof(size_t));
    part->rules = g_ptr_array_new();
    return part;
}

/* Each at the place of its first item; elsewhere NULL. */
static GPtrArray *make_parts(const Hold *hold)
{
    GPtrArray *parts = g_ptr_array_new_full((guint) hold->n_items, part_free);

    g_ptr_array_set_size(parts, (int) hold->n_items);
    for (guint i = 0; i < hold->in_question->len; i++) {
        VdiHoldRule *rule = g_ptr_array_index(hold->in_question, i);
        size_t root = root_of(hold, g_array_index(rule->items, size_t, 0));

        if (parts->pdata[root] == NULL) {
            parts->pdata[root] = part_new(hold);
        }
        VdiHoldPart *part = parts->pdata[root];

        g_ptr_array_add(part->rules, rule);
        part->weight += vdi_condition_weight(rule->in_force->rule->when);
    }
    for (size_t place = 0; place < hold->n_items; place++) {
        VdiHoldPart *part = parts->pdata[root_of(hold, place)];

        if (part != NULL) {
            hold->number_in_part[place] = part->places->len;
            g_array_append_val(part->places, place);
        }
    }
    return parts;
}

/* Its items become a change of their own, and its rules speak of them. */
static void complete_part(const Hold *hold, VdiHoldPart *part)
{
    enum { APPLYING = 4 }; /* what an item costs beside a fact */
    guint n = part->places->len;
    g_autofree size_t *items = g_new0(size_t, n);

    part->never = g_new0(bool, n);
    part->weight += (size_t) APPLYING * n;
    for (guint i = 0; i < n; i++) {
        items[i] = hold->order[g_array_index(part->places, size_t, i)];
        part->never[i] = hold->never != NULL && hold->never[items[i]];
    }
    part->change = vdi_change_part(hold->change, items, n);
    for (guint i = 0; i < part->rules->len; i++) {
        GArray *looked_at = ((VdiHoldRule *) g_ptr_array_index(part->rules, i))->items;

        for (guint k = 0; k < looked_at->len; k++) {
            size_t *item = &g_array_index(looked_at, size_t, k);

            *item = hold->number_in_part[*item];
        }
    }
}

static void solve_part(Hold *hold, VdiHoldPart *part)
{
    VdiHoldSet *set = hold->set;
    g_autofree bool *held = g_new0(bool, part->places->len);

    complete_part(hold, part);
    g_autoptr(VdiFacts) all_in = vdi_change_apply(part->before, part->change, NULL);
    VdiHoldQuality quality = vdi_hold_search(part, &hold->effort, held);

    bool is_exact = quality == VDI_HOLD_SMALLEST || quality == VDI_HOLD_IMPOSSIBLE;
    bool is_none = quality == VDI_HOLD_IMPOSSIBLE || quality == VDI_HOLD_NOT_FOUND;

    set->is_smallest = set->is_smallest && is_exact;
    for (guint i = 0; i < part->rules->len && is_none; i++) {
        const VdiHoldRule *rule = g_ptr_array_index(part->rules, i);

        if (is_true(rule, all_in)) {
            g_array_append_val(set->not_prevented, rule->number);
            set->is_enough = false;
        }
    }
    for (guint i = 0; i < part->places->len; i++) {
        set->held[hold->order[g_array_index(part->places, size_t, i)]] = held[i];
        set->n_held += held[i];
        if (held[i] && quality != VDI_HOLD_GENEROUS) {
            add_reasons(hold, part, i, held);
        }
    }
    if (quality == VDI_HOLD_GENEROUS) {
        add_rough_reasons(hold, part, held, all_in);
    }
}

/* ---- the whole ---- */

static int compare_reasons(const void *a, const void *b)
{
    const VdiHoldReason *left = a, *right = b;

    return (left->item > right->item) - (left->item < right->item);
}

void vdi_evaluate_hold(const VdiRuleInForce *rules, size_t n_rules, const VdiFacts *before,
    const VdiChange *change, const bool *never, int64_t now, VdiHoldSet *ret_set)
{
    size_t n_items = vdi_change_n_items(change);
    g_autofree size_t *numbers = g_new0(size_t, 4 * n_items + 1);
    g_autoptr(GPtrArray) in_question = g_ptr_array_new_with_free_func(rule_free);
    Hold hold = {.rules = rules,
        .before = before,
        .change = change,
        .never = never,
        .n_items = n_items,
        .order = numbers,
        .place_of = numbers + n_items,
        .parent = numbers + 2 * n_items,
        .number_in_part = numbers + 3 * n_items,
        .in_question = in_question,
        .effort = {VDI_HOLD_EFFORT_MAX / 2, VDI_HOLD_EFFORT_MAX / 2},
        .set = ret_set};

    *ret_set = (VdiHoldSet){.rules = rules,
        .before = before,
        .change = change,
        .held = g_new0(bool, n_items + 1),
        .reasons = g_array_new(false, false, sizeof(VdiHoldReason)),
        .not_prevented = g_array_new(false, false, sizeof(size_t)),
        .is_enough = true,
        .is_smallest = true};
    sort_items(&hold);
    collect_rules(&hold, n_rules, now);
    g_autoptr(GPtrArray) parts = make_parts(&hold);

    for (guint i = 0; i < parts->len; i++) {
        if (parts->pdata[i] != NULL) {
            solve_part(&hold, parts->pdata[i]);
        }
    }
    g_array_sort(ret_set->reasons, compare_reasons);
}

void vdi_hold_set_clear(VdiHoldSet *set)
{
    g_clear_pointer(&set->held, g_free);
    g_clear_pointer(&set->reasons, g_array_unref);
    g_clear_pointer(&set->not_prevented, g_array_unref);
}

const VdiHoldReason *vdi_hold_reason(const VdiHoldSet *set, size_t item)
{
    guint low = 0, high = set->reasons->len;

    /* They are sorted; the first whose item is not below. */
    while (low < high) {
        guint middle = low + (high - low) / 2;

        if (g_array_index(set->reasons, VdiHoldReason, middle).item < item) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    const VdiHoldReason *found = (const VdiHoldReason *) (const void *) set->reasons->data + low;

    return low < set->reasons->len && found->item == item ? found : NULL;
}
