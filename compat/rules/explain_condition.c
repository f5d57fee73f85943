/* SPDX-License-Identifier: Apache-2.0 */
#include "compat/rules/explain_condition.h"

#include <glib/gi18n.h>
#include <string.h>

#include "compat/rules/explain_hole.h"
#include "compat/rules/fact_kind.h"

#define N_TRUTHS (VDI_TRUTH_TRUE + 1)

static const char *const operator_rows[VDI_CONDITION_FACT][N_TRUTHS] = {
    [VDI_CONDITION_ALL] = {[VDI_TRUTH_TRUE] = N_("All of this is true:"),
        [VDI_TRUTH_FALSE] = N_("Not all of this is true:"),
        [VDI_TRUTH_UNKNOWN] = N_("Whether all of this is true is unknown:")},
    [VDI_CONDITION_ANY] = {[VDI_TRUTH_TRUE] = N_("One of these at least is true:"),
        [VDI_TRUTH_FALSE] = N_("None of these is true:"),
        [VDI_TRUTH_UNKNOWN] = N_("Whether one of these is true is unknown:")},
    [VDI_CONDITION_NOT] = {[VDI_TRUTH_TRUE] = N_(
                               "The rule makes an exception where this is true; here it is false:"),
        [VDI_TRUTH_FALSE] = N_("The rule makes an exception where this is true, as it is here:"),
        [VDI_TRUTH_UNKNOWN] =
            N_("The rule makes an exception where this is true; here that is unknown:")},
};

/* With what is there, and without. */
static const char *const fact_rows[N_TRUTHS][2] = {
    [VDI_TRUTH_TRUE] = {N_("true: {fact}; here it is {known}"), N_("true: {fact}")},
    [VDI_TRUTH_FALSE] = {N_("not true: {fact}; here it is {known}"), N_("not true: {fact}")},
    [VDI_TRUTH_UNKNOWN] = {N_("unknown: {fact}; here it is {known}"), N_("unknown: {fact}")},
};

/* "package pkg:deb/debian/libssl3 >=3.0.17, <3.0.18", "setting proxy on". */
static char *name_fact(const VdiCondition *fact)
{
    g_autofree char *name = vdi_condition_fact_name(fact);
    g_autofree char *range = fact->range != NULL ? vdi_explain_range(fact->range) : NULL;
    const char *wanted = range != NULL ? range : fact->value;

    return wanted != NULL ? g_strconcat(name, " ", wanted, NULL) : g_steal_pointer(&name);
}

static void add_line(GStrvBuilder *lines, int depth, const char *sentence)
{
    g_autofree char *line = g_strdup_printf("%*s%s", 2 * depth, "", sentence);

    g_strv_builder_add(lines, line);
}

/* A system answers in the words of the question: its id, its version, or both. NULL: nothing is
 * known beyond whether it is so. */
static char *name_known(const VdiCondition *fact, const VdiFacts *facts)
{
    const char *known = fact->kind->known != NULL ? fact->kind->known(fact, facts) : NULL;
    const char *id = vdi_facts_get(facts, VDI_FACT_OS_ID);

    if (strcmp(fact->kind->name, "os") != 0 || fact->name == NULL || id == NULL) {
        return g_strdup(known);
    }
    bool asks_version = fact->range != NULL && known != NULL && strcmp(id, fact->name) == 0;

    return asks_version ? g_strconcat(id, " ", known, NULL) : g_strdup(id);
}

static void add_fact(
    GStrvBuilder *lines, int depth, const VdiCondition *fact, const VdiFacts *facts)
{
    VdiTruth truth = vdi_condition_evaluate(fact, facts, NULL);
    g_autofree char *known = name_known(fact, facts);
    g_autofree char *name = name_fact(fact);
    const char *const holes[] = {"{fact}", name, "{known}", known, NULL};
    g_autofree char *sentence =
        vdi_explain_fill(_(fact_rows[truth][known == NULL || *known == '\0']), holes);

    add_line(lines, depth, sentence);
}

/* At most VDI_CONDITION_DEPTH_MAX deep. */
static void add(
    GStrvBuilder *lines, int depth, const VdiCondition *condition, const VdiFacts *facts)
{
    if (condition->op == VDI_CONDITION_FACT) {
        add_fact(lines, depth, condition, facts);
        return;
    }
    VdiTruth truth = vdi_condition_evaluate(condition, facts, NULL);

    add_line(lines, depth, _(operator_rows[condition->op][truth]));
    for (size_t i = 0; i < condition->n_parts; i++) {
        add(lines, depth + 1, condition->parts[i], facts);
    }
}

GStrv vdi_explain_condition(const VdiCondition *condition, const VdiFacts *facts)
{
    g_autoptr(GStrvBuilder) lines = g_strv_builder_new();

    add(lines, 0, condition, facts);
    return g_strv_builder_end(lines);
}
