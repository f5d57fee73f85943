/* SPDX-License-Identifier: Apache-2.0 */
#include "compat/rules/condition.h"

#include <string.h>

#include "base/error.h"
#include "compat/rules/fact_kind.h"

void vdi_condition_free(VdiCondition *condition)
{
    if (condition == NULL) {
        return;
    }
    for (size_t i = 0; i < condition->n_parts; i++) {
        vdi_condition_free(condition->parts[i]);
    }
    g_free(condition->parts);
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

/* `all` is decided by one that is false, `any` by one that is true; what was missing before that
 * decision is then of no interest. */
static VdiTruth evaluate_parts(
    const VdiCondition *condition, const VdiFacts *facts, GPtrArray *unknowns)
{
    VdiTruth decides = condition->op == VDI_CONDITION_ALL ? VDI_TRUTH_FALSE : VDI_TRUTH_TRUE;
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

bool vdi_condition_mentions(
    const VdiCondition *condition, const VdiFacts *facts, const char *type, const char *name)
{
    if (condition->op == VDI_CONDITION_FACT) {
        return condition->kind->mentions != NULL
            && condition->kind->mentions(condition, facts, type, name);
    }
    for (size_t i = 0; i < condition->n_parts; i++) {
        if (vdi_condition_mentions(condition->parts[i], facts, type, name)) {
            return true;
        }
    }
    return false;
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
        return condition->kind->mentions == NULL || condition->purl != NULL;
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

/* ---- the compiled form: operator, then the parts; or the kind's name and its members ---- */

static bool broken(GError **error)
{
    g_set_error_literal(error, VDI_MANIFEST_ERROR, VDI_MANIFEST_ERROR_COMPILED,
        "a condition is not as it was written");
    return false;
}

static VdiCondition *load(VdiCompiledReader *reader, int depth, GError **error);

static VdiCondition *load_fact(VdiCompiledReader *reader, GError **error)
{
    const char *texts[VDI_FACT_MEMBERS_MAX] = {NULL};
    const VdiFactKind *kind = vdi_fact_kind(vdi_compiled_read_text(reader, false));

    for (size_t i = 0; kind != NULL && i < kind->n_members; i++) {
        texts[i] = vdi_compiled_read_text(reader, kind->members[i].is_optional);
    }
    if (kind == NULL || reader->is_broken) {
        (void) broken(error);
        return NULL;
    }
    return vdi_fact_new(kind, texts, error);
}

static bool load_parts(
    VdiCompiledReader *reader, VdiCondition *condition, int depth, GError **error)
{
    /* Each part takes a byte at least. */
    size_t n_parts = vdi_compiled_read_number(reader, (uint64_t) (reader->end - reader->at));

    if (reader->is_broken || n_parts == 0 || (condition->op == VDI_CONDITION_NOT && n_parts != 1)) {
        return broken(error);
    }
    condition->parts = g_new0(VdiCondition *, n_parts);
    for (; condition->n_parts < n_parts; condition->n_parts++) {
        VdiCondition *part = load(reader, depth + 1, error);

        if (part == NULL) {
            return false;
        }
        condition->parts[condition->n_parts] = part;
    }
    return true;
}

static VdiCondition *load(VdiCompiledReader *reader, int depth, GError **error)
{
    VdiConditionOperator op = vdi_compiled_read_number(reader, VDI_CONDITION_FACT);

    if (depth > VDI_CONDITION_DEPTH_MAX || reader->is_broken) {
        (void) broken(error);
        return NULL;
    }
    if (op == VDI_CONDITION_FACT) {
        return load_fact(reader, error);
    }
    g_autoptr(VdiCondition) condition = g_new0(VdiCondition, 1);

    condition->op = op;
    return load_parts(reader, condition, depth, error) ? g_steal_pointer(&condition) : NULL;
}

VdiCondition *vdi_condition_load(VdiCompiledReader *reader, GError **error)
{
    return load(reader, 1, error);
}
