/* SPDX-License-Identifier: Apache-2.0 */
#include "compat/rules/condition.h"

#include <string.h>

#include "compat/rules/fact_kind.h"

void vdi_condition_free(VdiCondition *condition)
{
    if (condition == NULL) {
        return;
    }
    vdi_purl_free(condition->purl);
    vdi_range_free(condition->range);
    g_free(condition);
}

char *vdi_condition_fact_name(const VdiCondition *fact)
{
    g_autofree char *purl = fact->purl != NULL ? vdi_purl_print(fact->purl) : NULL;
    const char *which = purl != NULL ? purl : fact->name;

    return which != NULL ? g_strconcat(fact->kind->name, " ", which, NULL)
                         : g_strdup(fact->kind->name);
}

char *vdi_condition_fact_text(const VdiCondition *fact, const VdiFacts *facts)
{
    g_autofree char *name = vdi_condition_fact_name(fact);
    const char *known = fact->kind->known != NULL ? fact->kind->known(fact, facts) : NULL;

    return known != NULL ? g_strconcat(name, " ", known, NULL) : g_steal_pointer(&name);
}

static VdiTruth evaluate_fact(const VdiCondition *fact, const VdiFacts *facts, GPtrArray *unknowns)
{
    VdiTruth truth = fact->kind->evaluate(fact, facts);

    if (truth == VDI_TRUTH_UNKNOWN && unknowns != NULL) {
        g_ptr_array_add(unknowns, vdi_condition_fact_name(fact));
    }
    return truth;
}

static VdiTruth negate(VdiTruth truth)
{
    switch (truth) {
    case VDI_TRUTH_TRUE:
        return VDI_TRUTH_FALSE;
    case VDI_TRUTH_FALSE:
        return VDI_TRUTH_TRUE;
    case VDI_TRUTH_UNKNOWN:
        return VDI_TRUTH_UNKNOWN;
    }
    g_assert_not_reached();
}

/* `all` is decided by one that is false, `any` by one that is true. */
static VdiTruth decisive_truth(const VdiCondition *condition)
{
    return condition->op == VDI_CONDITION_ALL ? VDI_TRUTH_FALSE : VDI_TRUTH_TRUE;
}

/* What was missing before one part decided is of no interest. */
static VdiTruth evaluate_parts(
    const VdiCondition *condition, const VdiFacts *facts, GPtrArray *unknowns)
{
    VdiTruth decides = decisive_truth(condition);
    VdiTruth result = negate(decides);
    guint n_unknowns = unknowns != NULL ? unknowns->len : 0;

    for (size_t i = 0; i < condition->n_parts; i++) {
        VdiTruth part = vdi_condition_evaluate(condition->parts[i], facts, unknowns);

        if (part == decides) {
            if (unknowns != NULL) {
                g_ptr_array_set_size(unknowns, (int) n_unknowns);
            }
            return decides;
        }
        if (part == VDI_TRUTH_UNKNOWN) {
            result = VDI_TRUTH_UNKNOWN;
        }
    }
    return result;
}

VdiTruth vdi_condition_evaluate(
    const VdiCondition *condition, const VdiFacts *facts, GPtrArray *unknowns)
{
    switch (condition->op) {
    case VDI_CONDITION_ALL:
    case VDI_CONDITION_ANY:
        return evaluate_parts(condition, facts, unknowns);
    case VDI_CONDITION_NOT:
        return negate(vdi_condition_evaluate(condition->parts[0], facts, unknowns));
    case VDI_CONDITION_FACT:
        return evaluate_fact(condition, facts, unknowns);
    }
    g_assert_not_reached();
}

typedef struct {
    const VdiFacts *facts;
    VdiReasonVisitor visitor;
    void *user;
} Reasons;

static size_t count_parts(const VdiCondition *condition, const VdiFacts *facts, VdiTruth truth)
{
    size_t n = 0;

    for (size_t i = 0; i < condition->n_parts; i++) {
        n += vdi_condition_evaluate(condition->parts[i], facts, NULL) == truth;
    }
    return n;
}

/* `condition` has that truth. Where one part decides, each that does is a reason, and decisive only
 * if it is alone; elsewhere every part has that truth too, and each is needed. */
static bool visit_reasons(
    const VdiCondition *condition, VdiTruth truth, bool is_decisive, const Reasons *reasons)
{
    if (condition->op == VDI_CONDITION_FACT) {
        return reasons->visitor(condition, truth, is_decisive, reasons->user);
    }
    if (condition->op == VDI_CONDITION_NOT) {
        return visit_reasons(condition->parts[0], negate(truth), is_decisive, reasons);
    }
    bool is_needed = is_decisive
        && (truth != decisive_truth(condition)
            || count_parts(condition, reasons->facts, truth) == 1);

    for (size_t i = 0; i < condition->n_parts; i++) {
        const VdiCondition *part = condition->parts[i];

        if (vdi_condition_evaluate(part, reasons->facts, NULL) == truth
            && !visit_reasons(part, truth, is_needed, reasons)) {
            return false;
        }
    }
    return true;
}

void vdi_condition_visit_reasons(
    const VdiCondition *condition, const VdiFacts *facts, VdiReasonVisitor visitor, void *user)
{
    const Reasons reasons = {facts, visitor, user};

    (void) visit_reasons(condition, VDI_TRUTH_TRUE, true, &reasons);
}

void vdi_condition_visit_facts(const VdiCondition *condition, VdiFactVisitor visitor, void *user)
{
    if (condition->op == VDI_CONDITION_FACT) {
        visitor(condition, user);
    }
    for (size_t i = 0; i < condition->n_parts; i++) {
        vdi_condition_visit_facts(condition->parts[i], visitor, user);
    }
}

typedef struct {
    const VdiFacts *facts;
    const VdiChange *change; /* or NULL: the one item of this type and name */
    const char *type, *name;
    VdiItemVisitor visitor;
    void *user;
    bool is_found;
} ItemSearch;

static void look_up_item(const char *type, const char *name, void *user)
{
    ItemSearch *search = user;

    if (search->is_found) {
        return;
    }
    search->is_found = search->change != NULL
        ? vdi_change_find(search->change, type, name, search->visitor, search->user)
        : strcmp(name, search->name) == 0 && strcmp(type, search->type) == 0;
}

static void search_fact(const VdiCondition *fact, void *user)
{
    ItemSearch *search = user;

    if (!search->is_found && fact->kind->visit_items != NULL) {
        fact->kind->visit_items(fact, search->facts, look_up_item, search);
    }
}

bool vdi_condition_find_items(const VdiCondition *condition, const VdiFacts *facts,
    const VdiChange *change, VdiItemVisitor visitor, void *user)
{
    ItemSearch search = {.facts = facts, .change = change, .visitor = visitor, .user = user};

    vdi_condition_visit_facts(condition, search_fact, &search);
    return search.is_found;
}

bool vdi_condition_mentions(
    const VdiCondition *condition, const VdiFacts *facts, const char *type, const char *name)
{
    ItemSearch search = {.facts = facts, .type = type, .name = name};

    vdi_condition_visit_facts(condition, search_fact, &search);
    return search.is_found;
}

static void weigh(const VdiCondition *fact, void *user)
{
    size_t *weight = user;

    *weight += 1 + (fact->range != NULL ? strlen(vdi_range_text(fact->range)) / 16 : 0);
}

size_t vdi_condition_weight(const VdiCondition *condition)
{
    size_t weight = 0;

    vdi_condition_visit_facts(condition, weigh, &weight);
    return weight;
}

void vdi_condition_visit_packages(
    const VdiCondition *condition, VdiConditionVisitor visitor, void *user)
{
    if (condition->purl != NULL) {
        visitor(condition->purl->type, condition->purl->name, user);
    }
    for (size_t i = 0; i < condition->n_parts; i++) {
        vdi_condition_visit_packages(condition->parts[i], visitor, user);
    }
}

bool vdi_condition_is_about_packages(const VdiCondition *condition)
{
    if (condition->op == VDI_CONDITION_FACT) {
        return condition->kind->visit_items == NULL || condition->purl != NULL;
    }
    for (size_t i = 0; i < condition->n_parts; i++) {
        if (!vdi_condition_is_about_packages(condition->parts[i])) {
            return false;
        }
    }
    return true;
}

static bool same_purl(const VdiPurl *a, const VdiPurl *b)
{
    g_autofree char *left = a != NULL ? vdi_purl_print(a) : NULL;
    g_autofree char *right = b != NULL ? vdi_purl_print(b) : NULL;

    return g_strcmp0(left, right) == 0;
}

static bool same_range(const VdiRange *a, const VdiRange *b)
{
    return g_strcmp0(a != NULL ? vdi_range_text(a) : NULL, b != NULL ? vdi_range_text(b) : NULL)
        == 0;
}

bool vdi_condition_equal(const VdiCondition *a, const VdiCondition *b)
{
    if (a->op != b->op || a->n_parts != b->n_parts || a->kind != b->kind
        || g_strcmp0(a->name, b->name) != 0 || g_strcmp0(a->value, b->value) != 0
        || !same_purl(a->purl, b->purl) || !same_range(a->range, b->range)) {
        return false;
    }
    for (size_t i = 0; i < a->n_parts; i++) {
        if (!vdi_condition_equal(a->parts[i], b->parts[i])) {
            return false;
        }
    }
    return true;
}
