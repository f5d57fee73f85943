/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "compat/rules/evaluate.h"

/* The smallest hold. Only what a blocking rule mentions can matter, and two items matter to each
 * other only when one rule mentions both (or a chain of rules does): each such group is searched by
 * itself, by increasing size. All tie breakers are sums or sorted names, so the best of each group
 * together are the best of all. */

enum { EFFORT_MAX = 20000 }; /* changes tried in one search: some tens of milliseconds */

typedef struct {
    const VdiFacts *before;
    const VdiChange *change;
    const bool *never;
    GPtrArray *rules; /* of VdiRule: those that block, apply, and are not true before */
    int64_t now;
    unsigned effort_left;
    size_t *by_name; /* the change's items in order of name: what "by name" means */
    size_t n_items;
} Search;

/* One group: which items, in order of name, and which rules. */
typedef struct {
    GArray *items; /* of size_t: those that may be held */
    GPtrArray *rules;
} Group;

typedef struct {
    size_t n_items, n_security, n_packages;
} Cost;

static int compare_items(const VdiChangeItem *a, const VdiChangeItem *b)
{
    int order = strcmp(a->name, b->name);

    order = order != 0 ? order : strcmp(a->type, b->type);
    return order != 0 ? order : g_strcmp0(a->arch, b->arch);
}

static int compare_places(const void *a, const void *b, void *user)
{
    const VdiChange *change = user;
    size_t left = *(const size_t *) a, right = *(const size_t *) b;
    int order = compare_items(vdi_change_item(change, left), vdi_change_item(change, right));

    return order != 0 ? order : (left > right) - (left < right);
}

static bool mentions(const Search *search, const VdiRule *rule, size_t item)
{
    const VdiChangeItem *changed = vdi_change_item(search->change, item);

    return vdi_condition_mentions(rule->when, search->before, changed->type, changed->name);
}

/* Does no rule of the group become true when `held` is left out? */
static bool is_good(Search *search, const Group *group, const bool *held)
{
    g_autoptr(VdiFacts) after = vdi_change_apply(search->before, search->change, held);

    search->effort_left -= search->effort_left > 0 ? 1 : 0;
    for (guint i = 0; i < group->rules->len; i++) {
        const VdiRule *rule = g_ptr_array_index(group->rules, i);

        if (vdi_condition_evaluate(rule->when, after, NULL) == VDI_TRUTH_TRUE) {
            return false;
        }
    }
    return true;
}

/* Two architectures of one package are two items and one package; they are neighbours by name. */
static Cost cost_of(const Search *search, const Group *group, const bool *held)
{
    const VdiChangeItem *last = NULL;
    Cost cost = {0};

    for (guint i = 0; i < group->items->len; i++) {
        size_t item = g_array_index(group->items, size_t, i);
        const VdiChangeItem *changed = vdi_change_item(search->change, item);

        if (!held[item]) {
            continue;
        }
        cost.n_items++;
        cost.n_security += changed->is_security;
        cost.n_packages += last == NULL || strcmp(last->name, changed->name) != 0
            || strcmp(last->type, changed->type) != 0;
        last = changed;
    }
    return cost;
}

static bool is_cheaper(Cost a, Cost b)
{
    if (a.n_security != b.n_security) {
        return a.n_security < b.n_security;
    }
    return a.n_packages < b.n_packages;
}

/* The next choice of `n` among `of`, in the order of its members: 012, 013, …, 123. */
static bool next_choice(size_t *chosen, size_t n, size_t of)
{
    for (size_t i = n; i-- > 0;) {
        if (chosen[i] + (n - i) < of) {
            chosen[i]++;
            for (size_t k = i + 1; k < n; k++) {
                chosen[k] = chosen[k - 1] + 1;
            }
            return true;
        }
    }
    return false;
}

static void mark(const Group *group, const size_t *chosen, size_t n, bool value, bool *held)
{
    for (size_t i = 0; i < n; i++) {
        held[g_array_index(group->items, size_t, chosen[i])] = value;
    }
}

/* All choices of one size; the first of the cheapest is the first by name. */
static bool search_size(Search *search, const Group *group, size_t size, bool *held)
{
    g_autofree size_t *chosen = g_new0(size_t, size + 1);
    g_autofree size_t *best = g_new0(size_t, size + 1);
    Cost best_cost = {0};
    bool found = false;

    for (size_t i = 0; i < size; i++) {
        chosen[i] = i;
    }
    do {
        mark(group, chosen, size, true, held);
        Cost cost = cost_of(search, group, held);

        if ((!found || is_cheaper(cost, best_cost)) && is_good(search, group, held)) {
            memcpy(best, chosen, size * sizeof *best);
            best_cost = cost;
            found = true;
        }
        mark(group, chosen, size, false, held);
    } while (search->effort_left > 0 && next_choice(chosen, size, group->items->len));
    if (found) {
        mark(group, best, size, true, held);
    }
    return found;
}

/* Beyond the effort: everything, then each item that is not needed after all goes, security updates
 * first. */
static bool search_greedily(Search *search, const Group *group, bool *held)
{
    for (guint i = 0; i < group->items->len; i++) {
        held[g_array_index(group->items, size_t, i)] = true;
    }
    if (!is_good(search, group, held)) {
        return false;
    }
    for (int security = 1; security >= 0; security--) {
        for (guint i = group->items->len; i-- > 0;) {
            size_t item = g_array_index(group->items, size_t, i);

            if (vdi_change_item(search->change, item)->is_security != (security == 1)) {
                continue;
            }
            held[item] = false;
            held[item] = !is_good(search, group, held);
        }
    }
    return true;
}

static bool solve_group(Search *search, const Group *group, bool *held, bool *is_smallest)
{
    for (size_t size = 0; size <= group->items->len; size++) {
        bool found = search_size(search, group, size, held);

        if (search->effort_left == 0) {
            *is_smallest = false;
            for (guint i = 0; i < group->items->len; i++) {
                held[g_array_index(group->items, size_t, i)] = false;
            }
            return search_greedily(search, group, held);
        }
        if (found) {
            return true;
        }
    }
    return false;
}

static void add_rules_of(
    const Search *search, size_t item, bool *rule_taken, GPtrArray *rules, bool *ret_grown)
{
    for (guint i = 0; i < search->rules->len; i++) {
        const VdiRule *rule = g_ptr_array_index(search->rules, i);

        if (!rule_taken[i] && mentions(search, rule, item)) {
            rule_taken[i] = true;
            g_ptr_array_add(rules, (gpointer) rule);
            *ret_grown = true;
        }
    }
}

/* Items that the group's rules mention join it, and then the rules of these. */
static void grow_group(const Search *search, size_t first, bool *item_taken, bool *rule_taken,
    GPtrArray *rules, bool *in_group)
{
    bool grown = true;

    item_taken[first] = in_group[first] = true;
    add_rules_of(search, first, rule_taken, rules, &grown);
    while (grown) {
        grown = false;
        for (size_t item = 0; item < search->n_items; item++) {
            for (guint i = 0; !item_taken[item] && i < rules->len; i++) {
                if (mentions(search, g_ptr_array_index(rules, i), item)) {
                    item_taken[item] = in_group[item] = true;
                    add_rules_of(search, item, rule_taken, rules, &grown);
                }
            }
        }
    }
}

static bool solve_group_of(
    Search *search, size_t first, bool *item_taken, bool *rule_taken, bool *held, bool *is_smallest)
{
    g_autofree bool *in_group = g_new0(bool, search->n_items);
    g_autoptr(GPtrArray) rules = g_ptr_array_new();
    g_autoptr(GArray) items = g_array_new(false, false, sizeof(size_t));
    Group group = {items, rules};

    grow_group(search, first, item_taken, rule_taken, rules, in_group);
    for (size_t i = 0; i < search->n_items; i++) {
        size_t item = search->by_name[i];

        if (in_group[item] && (search->never == NULL || !search->never[item])) {
            g_array_append_val(items, item);
        }
    }
    return rules->len == 0 || solve_group(search, &group, held, is_smallest);
}

static void collect_rules(Search *search, const VdiRuleInForce *rules, size_t n_rules)
{
    for (size_t i = 0; i < n_rules; i++) {
        const VdiRule *rule = rules[i].rule;

        if (rules[i].effect == VDI_EFFECT_BLOCK
            && vdi_rule_applies(rule, search->before, search->now)
            && vdi_condition_evaluate(rule->when, search->before, NULL) != VDI_TRUTH_TRUE) {
            g_ptr_array_add(search->rules, (gpointer) rule);
        }
    }
}

void vdi_evaluate_hold(const VdiRuleInForce *rules, size_t n_rules, const VdiFacts *before,
    const VdiChange *change, const bool *never, int64_t now, VdiHoldSet *ret_set)
{
    size_t n_items = vdi_change_n_items(change);
    g_autofree size_t *by_name = g_new0(size_t, n_items + 1);
    g_autofree bool *item_taken = g_new0(bool, n_items + 1);
    g_autoptr(GPtrArray) in_question = g_ptr_array_new();
    Search search = {before, change, never, in_question, now, EFFORT_MAX, by_name, n_items};
    VdiHoldSet set = {g_new0(bool, n_items + 1), 0, true, true};

    for (size_t i = 0; i < n_items; i++) {
        by_name[i] = i;
    }
    g_qsort_with_data(by_name, (int) n_items, sizeof *by_name, compare_places, (void *) change);
    collect_rules(&search, rules, n_rules);
    g_autofree bool *rule_taken = g_new0(bool, in_question->len + 1);

    for (size_t i = 0; i < n_items && set.is_enough; i++) {
        set.is_enough = item_taken[by_name[i]]
            || solve_group_of(
                &search, by_name[i], item_taken, rule_taken, set.held, &set.is_smallest);
    }
    for (size_t i = 0; i < n_items; i++) {
        set.held[i] = set.held[i] && set.is_enough;
        set.n_held += set.held[i];
    }
    *ret_set = set;
}

void vdi_hold_set_clear(VdiHoldSet *set)
{
    g_clear_pointer(&set->held, g_free);
}
