/* SPDX-License-Identifier: Apache-2.0 */
#include <stdarg.h>
#include <string.h>

#include "base/text.h"
#include "compat/rules/evaluate.h"
#include "compat/rules/fact_kind.h"
#include "compat/rules/lint_private.h"

/* ---- findings ---- */

static void finding_free(void *data)
{
    VdiLintFinding *finding = data;

    g_free(finding->place);
    g_free(finding->sentence);
    g_free(finding);
}

GPtrArray *vdi_lint_findings_new(void)
{
    return g_ptr_array_new_with_free_func(finding_free);
}

void vdi_lint_add(GPtrArray *findings, size_t rule, const char *member, VdiLintLevel level,
    const char *format, ...)
{
    VdiLintFinding *finding = g_new0(VdiLintFinding, 1);
    va_list arguments;

    va_start(arguments, format);
    g_autofree char *sentence = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    finding->rule = rule;
    finding->place = member != NULL ? g_strdup_printf("rules[%zu].%s", rule, member)
                                    : g_strdup_printf("rules[%zu]", rule);
    finding->level = level;
    finding->sentence = vdi_text_clean(sentence);
    g_ptr_array_add(findings, finding);
}

static int by_rule(gconstpointer a, gconstpointer b)
{
    const VdiLintFinding *left = *(const VdiLintFinding *const *) a;
    const VdiLintFinding *right = *(const VdiLintFinding *const *) b;

    return left->rule < right->rule ? -1 : left->rule > right->rule ? 1 : 0;
}

/* GLib's sort is stable. */
void vdi_lint_sort(GPtrArray *findings)
{
    g_ptr_array_sort(findings, by_rule);
}

/* ---- places ---- */

static const char *operator_name(const VdiCondition *condition)
{
    switch (condition->op) {
    case VDI_CONDITION_ALL:
        return "all";
    case VDI_CONDITION_ANY:
        return "any";
    case VDI_CONDITION_NOT:
        return "not";
    case VDI_CONDITION_FACT:
        return condition->kind->name;
    }
    g_assert_not_reached();
}

void vdi_lint_append_part(GString *place, const VdiCondition *condition, size_t k)
{
    g_string_append_printf(place, ".%s", operator_name(condition));
    if (condition->op == VDI_CONDITION_ALL || condition->op == VDI_CONDITION_ANY) {
        g_string_append_printf(place, "[%zu]", k);
    }
}

char *vdi_lint_part_name(const GString *place, const VdiCondition *condition, size_t k)
{
    g_autoptr(GString) name = g_string_new(place->str);

    vdi_lint_append_part(name, condition, k);
    g_string_append_printf(name, ".%s", operator_name(condition->parts[k]));
    return g_string_free(g_steal_pointer(&name), false);
}

static void visit(const VdiCondition *condition, GString *place, VdiLintVisitor visitor, void *user)
{
    gsize length = place->len;

    if (condition->op == VDI_CONDITION_FACT) {
        g_string_append_printf(place, ".%s", condition->kind->name);
        visitor(condition, place->str, user);
        g_string_truncate(place, length);
        return;
    }
    for (size_t k = 0; k < condition->n_parts; k++) {
        vdi_lint_append_part(place, condition, k);
        visit(condition->parts[k], place, visitor, user);
        g_string_truncate(place, length);
    }
}

void vdi_lint_visit(const VdiCondition *condition, VdiLintVisitor visitor, void *user)
{
    g_autoptr(GString) place = g_string_new("when");

    visit(condition, place, visitor, user);
}

bool vdi_lint_is_exception(const char *place)
{
    return strstr(place, ".not.") != NULL;
}

/* ---- rules ---- */

bool vdi_lint_is_alive(const VdiRule *rule, int64_t now)
{
    return vdi_rule_is_alive(rule, now) && rule->rollout_percent > 0;
}
