/* SPDX-License-Identifier: Apache-2.0 */
#include "compat/rules/fact_kind.h"
#include "compat/rules/hold.h"

/* What would end a hold: the facts that its rule cannot do without, as the machine would be with
 * the item let in. They are looked for when somebody asks: of a hold of thousands of items, for
 * thousands of rules, few ever do. */

typedef struct {
    const VdiFacts *after;
    const VdiChangeItem *item; /* NULL: nothing is let in */
    VdiHoldEnd *ends;
    size_t n_ends;
} Ends;

static bool note_end(const VdiCondition *fact, VdiTruth truth, bool is_decisive, void *user)
{
    Ends *ends = user;
    VdiHoldEnd end = {.fact = fact, .is_so = truth == VDI_TRUTH_TRUE};

    /* What the item itself takes away is there as long as it is held: that ends nothing. */
    if (!is_decisive
        || (ends->item != NULL && !end.is_so
            && vdi_condition_mentions(fact, ends->after, ends->item->type, ends->item->name))) {
        return true;
    }
    if (end.is_so && fact->range != NULL) {
        const char *known = fact->kind->known(fact, ends->after);

        end.version = vdi_range_end_above(fact->range, known, &end.is_beyond);
    }
    ends->ends[ends->n_ends++] = end;
    return ends->n_ends < VDI_HOLD_ENDS_MAX;
}

static size_t find_ends(const VdiCondition *when, const VdiFacts *after, const VdiChangeItem *item,
    VdiHoldEnd ret_ends[VDI_HOLD_ENDS_MAX])
{
    Ends ends = {after, item, ret_ends, 0};

    if (vdi_condition_evaluate(when, after, NULL) == VDI_TRUTH_TRUE) {
        vdi_condition_visit_reasons(when, after, note_end, &ends);
    }
    return ends.n_ends;
}

size_t vdi_hold_ends_now(
    const VdiCondition *when, const VdiFacts *facts, VdiHoldEnd ret_ends[VDI_HOLD_ENDS_MAX])
{
    return find_ends(when, facts, NULL, ret_ends);
}

size_t vdi_hold_ends(
    const VdiHoldSet *set, const VdiHoldReason *reason, VdiHoldEnd ret_ends[VDI_HOLD_ENDS_MAX])
{
    size_t n_items = vdi_change_n_items(set->change);
    const VdiCondition *when = set->rules[reason->rule].rule->when;
    g_autofree bool *held = g_memdup2(set->held, n_items * sizeof *held);

    held[reason->item] = false;
    g_autoptr(VdiFacts) after = vdi_change_apply(set->before, set->change, held);

    return find_ends(when, after, vdi_change_item(set->change, reason->item), ret_ends);
}
