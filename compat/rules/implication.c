/* SPDX-License-Identifier: Apache-2.0 */
#include "compat/rules/implication.h"

#include <string.h>

#include "compat/rules/fact_kind.h"

/* ---- one fact and another ---- */

/* Every package that `narrow` names, `wide` names too. */
static bool names_all_of(const VdiPurl *wide, const VdiPurl *narrow)
{
    char *const *asked = wide->qualifiers;

    if (strcmp(wide->name, narrow->name) != 0 || strcmp(wide->type, narrow->type) != 0
        || (wide->namespace != NULL && g_strcmp0(wide->namespace, narrow->namespace) != 0)) {
        return false;
    }
    for (size_t i = 0; asked != NULL && asked[i] != NULL; i += 2) {
        if (g_strcmp0(vdi_purl_qualifier(narrow, asked[i]), asked[i + 1]) != 0) {
            return false;
        }
    }
    return true;
}

bool vdi_purl_is_same(const VdiPurl *a, const VdiPurl *b)
{
    return names_all_of(a, b) && names_all_of(b, a);
}

/* What `b` leaves open, `a` may say. */
static bool fact_implies(const VdiCondition *a, const VdiCondition *b)
{
    return a->kind == b->kind && (b->name == NULL || g_strcmp0(a->name, b->name) == 0)
        && (b->value == NULL || g_strcmp0(a->value, b->value) == 0)
        && (b->purl == NULL || names_all_of(b->purl, a->purl))
        && (b->range == NULL || (a->range != NULL && vdi_range_is_within(a->range, b->range)));
}

/* A machine has one value of it, or one for each name. */
static bool has_one_value(const VdiCondition *fact)
{
    return fact->range != NULL || fact->value != NULL || strcmp(fact->kind->name, "arch") == 0
        || strcmp(fact->kind->name, "os") == 0;
}

/* One fact, asked for two values or two ranges that have nothing in common. */
static bool fact_excludes(const VdiCondition *a, const VdiCondition *b)
{
    if (a->kind != b->kind || !has_one_value(a) || !has_one_value(b)) {
        return false;
    }
    bool is_named_by_value = strcmp(a->kind->name, "arch") == 0 || strcmp(a->kind->name, "os") == 0;

    if (is_named_by_value && a->name != NULL && b->name != NULL && strcmp(a->name, b->name) != 0) {
        return true;
    }
    if ((!is_named_by_value && g_strcmp0(a->name, b->name) != 0)
        || (a->purl != NULL && !vdi_purl_is_same(a->purl, b->purl))) {
        return false;
    }
    if (a->range != NULL && b->range != NULL
        && vdi_range_scheme(a->range) == vdi_range_scheme(b->range)) {
        return !vdi_range_intersects(a->range, b->range);
    }
    return a->value != NULL && b->value != NULL && strcmp(a->value, b->value) != 0;
}

/* ---- conditions ---- */

typedef enum { FOLLOWS, IS_EXCLUDED } Claim;

/* What it means for all parts of `b`, it means for `b`. */
static bool goes_into_parts(const VdiCondition *b, Claim claim)
{
    return b->op == (claim == FOLLOWS ? VDI_CONDITION_ALL : VDI_CONDITION_ANY);
}

/* Where `a` is true, does `b` follow, or is it excluded? As deep as a condition may be. */
static bool holds(const VdiCondition *a, const VdiCondition *b, Claim claim, unsigned *budget)
{
    if (*budget == 0) {
        return false;
    }
    (*budget)--;
    if (b->op == VDI_CONDITION_NOT) {
        return holds(a, b->parts[0], claim == FOLLOWS ? IS_EXCLUDED : FOLLOWS, budget);
    }
    if (a->op == VDI_CONDITION_NOT && a->parts[0]->op == VDI_CONDITION_NOT) {
        return holds(a->parts[0]->parts[0], b, claim, budget);
    }
    if (a->op == VDI_CONDITION_ANY) {
        for (size_t i = 0; i < a->n_parts; i++) {
            if (!holds(a->parts[i], b, claim, budget)) {
                return false;
            }
        }
        return true;
    }
    if (goes_into_parts(b, claim)) {
        for (size_t i = 0; i < b->n_parts; i++) {
            if (!holds(a, b->parts[i], claim, budget)) {
                return false;
            }
        }
        return true;
    }
    if (a->op == VDI_CONDITION_NOT && claim == IS_EXCLUDED
        && holds(b, a->parts[0], FOLLOWS, budget)) {
        return true;
    }
    for (size_t i = 0; a->op == VDI_CONDITION_ALL && i < a->n_parts; i++) {
        if (holds(a->parts[i], b, claim, budget)) {
            return true;
        }
    }
    for (size_t i = 0; i < b->n_parts; i++) {
        if (holds(a, b->parts[i], claim, budget)) {
            return true;
        }
    }
    if (a->op != VDI_CONDITION_FACT || b->op != VDI_CONDITION_FACT) {
        return false;
    }
    return claim == FOLLOWS ? fact_implies(a, b) : fact_excludes(a, b);
}

bool vdi_condition_implies(const VdiCondition *a, const VdiCondition *b, unsigned *budget)
{
    return holds(a, b, FOLLOWS, budget);
}

bool vdi_condition_excludes(const VdiCondition *a, const VdiCondition *b, unsigned *budget)
{
    return holds(a, b, IS_EXCLUDED, budget);
}
