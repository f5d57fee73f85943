/* SPDX-License-Identifier: Apache-2.0 */
#include "compat/rules/hold_search.h"

#include <string.h>

/* By increasing size, and never a set twice. Where a set does not suffice, some rule is broken;
 * every larger set that does suffice holds another item that this rule looks at. So the next item
 * is one of these, and those that were tried before it are kept out. */

typedef struct {
    size_t n_security, n_packages;
} Cost;

typedef struct {
    const VdiHoldPart *part;
    size_t n_items, size; /* of the change; of the sets that are looked for */
    size_t effort_left;
    bool *held;
    size_t *kept_out; /* 0: not; else the depth that did it */
    bool *best;       /* once found */
    Cost best_cost;
    bool is_found, was_too_small;
} Search;

/* The first rule that is true after the change without what is held; NULL: none. */
static const VdiHoldRule *find_broken(Search *search)
{
    const VdiHoldPart *part = search->part;
    g_autoptr(VdiFacts) after = vdi_change_apply(part->before, part->change, search->held);

    search->effort_left -= MIN(search->effort_left, part->weight);
    for (guint i = 0; i < part->rules->len; i++) {
        const VdiHoldRule *rule = g_ptr_array_index(part->rules, i);

        if (vdi_condition_evaluate(rule->in_force->rule->when, after, NULL) == VDI_TRUTH_TRUE) {
            return rule;
        }
    }
    return NULL;
}

static bool is_same_package(const VdiChangeItem *a, const VdiChangeItem *b)
{
    return strcmp(a->name, b->name) == 0 && strcmp(a->type, b->type) == 0;
}

/* Two architectures of one package are two items and one package; they are neighbours. */
static Cost cost_of(const Search *search)
{
    const VdiChangeItem *last = NULL;
    Cost cost = {0};

    for (size_t i = 0; i < search->n_items; i++) {
        const VdiChangeItem *item = vdi_change_item(search->part->change, i);

        if (search->held[i]) {
            cost.n_security += item->is_security;
            cost.n_packages += last == NULL || !is_same_package(last, item);
            last = item;
        }
    }
    return cost;
}

/* Of one size: fewest security updates, then fewest packages, then the first by name. */
static bool is_better(const Search *search, Cost cost)
{
    size_t i = 0;

    if (cost.n_security != search->best_cost.n_security) {
        return cost.n_security < search->best_cost.n_security;
    }
    if (cost.n_packages != search->best_cost.n_packages) {
        return cost.n_packages < search->best_cost.n_packages;
    }
    /* No set is looked at twice: these two differ. */
    while (search->held[i] == search->best[i]) {
        i++;
        g_assert(i < search->n_items);
    }
    return search->held[i];
}

static void take(Search *search)
{
    Cost cost = cost_of(search);

    if (!search->is_found || is_better(search, cost)) {
        memcpy(search->best, search->held, search->n_items * sizeof *search->best);
        search->best_cost = cost;
        search->is_found = true;
    }
}

static void search_from(Search *search, size_t n_held)
{
    const VdiHoldRule *broken = find_broken(search);

    if (broken == NULL) {
        take(search);
        return;
    }
    for (guint i = 0; i < broken->items->len && search->effort_left > 0; i++) {
        size_t item = g_array_index(broken->items, size_t, i);

        if (search->held[item] || search->part->never[item] || search->kept_out[item] != 0) {
            continue;
        }
        if (n_held == search->size) {
            search->was_too_small = true;
            break;
        }
        search->held[item] = true;
        search_from(search, n_held + 1);
        search->held[item] = false;
        search->kept_out[item] = n_held + 1;
    }
    for (guint i = 0; i < broken->items->len; i++) {
        size_t item = g_array_index(broken->items, size_t, i);

        if (search->kept_out[item] == n_held + 1) {
            search->kept_out[item] = 0;
        }
    }
}

/* Lets go what is not needed, security updates first, until nothing more can go. */
static void make_lean(Search *search)
{
    bool has_changed = true;

    while (has_changed) {
        has_changed = false;
        for (size_t k = 0; k < 2 * search->n_items && search->effort_left > 0; k++) {
            size_t item = search->n_items - 1 - k % search->n_items;
            bool is_turn =
                vdi_change_item(search->part->change, item)->is_security == (k < search->n_items);

            if (search->held[item] && is_turn) {
                search->held[item] = false;
                search->held[item] = find_broken(search) != NULL;
                has_changed = has_changed || !search->held[item];
            }
        }
    }
}

/* Whatever may be spent: a few tries cost no more than to look at the rules in the first place. */
enum { TRIES_MIN = 4 };

static VdiHoldQuality search_best(Search *search)
{
    for (; !search->is_found && search->was_too_small && search->effort_left > 0; search->size++) {
        search->was_too_small = false;
        search_from(search, 0);
    }
    if (search->is_found) {
        memcpy(search->held, search->best, search->n_items * sizeof *search->held);
    }
    if (search->effort_left > 0) {
        return search->is_found ? VDI_HOLD_SMALLEST : VDI_HOLD_IMPOSSIBLE;
    }
    /* Nothing smaller does; others of this size may be better. */
    return search->is_found ? VDI_HOLD_LEAN : VDI_HOLD_GENEROUS;
}

/* Everything, and then less. */
static VdiHoldQuality search_other(Search *search)
{
    for (size_t i = 0; i < search->n_items; i++) {
        search->held[i] = !search->part->never[i];
    }
    if (find_broken(search) != NULL) {
        memset(search->held, 0, search->n_items * sizeof *search->held);
        return VDI_HOLD_NOT_FOUND;
    }
    make_lean(search);
    return search->effort_left > 0 ? VDI_HOLD_LEAN : VDI_HOLD_GENEROUS;
}

VdiHoldQuality vdi_hold_search(const VdiHoldPart *part, VdiHoldEffort *effort, bool *held)
{
    size_t n_items = vdi_change_n_items(part->change);
    g_autofree size_t *kept_out = g_new0(size_t, n_items);
    g_autofree bool *best = g_new0(bool, n_items);
    /* Half of what is left, so that one hard part leaves something to the next. */
    size_t for_best = MAX(effort->best / 2, TRIES_MIN * part->weight);
    size_t for_other = MAX(effort->other / 2, TRIES_MIN * part->weight);
    Search search = {.part = part,
        .n_items = n_items,
        .effort_left = for_best,
        .held = held,
        .kept_out = kept_out,
        .best = best,
        .was_too_small = true};
    VdiHoldQuality quality = search_best(&search);

    effort->best -= MIN(effort->best, for_best - search.effort_left);
    if (quality == VDI_HOLD_GENEROUS) {
        search.effort_left = for_other;
        quality = search_other(&search);
        effort->other -= MIN(effort->other, for_other - search.effort_left);
    }
    return quality;
}
