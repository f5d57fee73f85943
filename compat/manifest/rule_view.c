/* SPDX-License-Identifier: Apache-2.0 */
#include "compat/manifest/rule_view.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "compat/rules/explain.h"
#include "compat/rules/fact_kind.h"
#include "compat/rules/lint.h"

static const char *const english[] = {"en", NULL};
static const char *const french[] = {"fr", NULL};

void vdi_rule_view_print_line(const VdiRule *rule, int64_t now)
{
    g_autofree char *title = vdi_explain_title(rule, english);
    g_autofree char *until =
        rule->expires_at != 0 ? vdi_text_time(rule->expires_at) : g_strdup("never");

    printf("%-20s %-7s %-21s%s %s\n", rule->id, vdi_effect_name(rule->effect), until,
        rule->expires_at != 0 && rule->expires_at <= now ? " (expired)" : "", title);
}

static const char *operator_words(VdiConditionOperator op)
{
    switch (op) {
    case VDI_CONDITION_ALL:
        return "all of";
    case VDI_CONDITION_ANY:
        return "any of";
    case VDI_CONDITION_NOT:
        return "not";
    case VDI_CONDITION_FACT:
        return "";
    }
    g_assert_not_reached();
}

/* A line each, parts below what joins them. As deep as a condition may be. */
static void show_condition(const VdiCondition *condition, int depth)
{
    if (condition->op != VDI_CONDITION_FACT) {
        printf("%*s%s\n", 2 * depth, "", operator_words(condition->op));
        for (size_t i = 0; i < condition->n_parts; i++) {
            show_condition(condition->parts[i], depth + 1);
        }
        return;
    }
    g_autofree char *name = vdi_condition_fact_name(condition);
    g_autofree char *shown = vdi_text_clean(name);
    g_autofree char *value = vdi_text_clean(condition->value);

    printf("%*s%s%s%s%s%s\n", 2 * depth, "", shown, condition->value != NULL ? " is " : "", value,
        condition->range != NULL ? " in " : "",
        condition->range != NULL ? vdi_range_text(condition->range) : "");
}

/* ---- whom it concerns ---- */

typedef struct {
    GHashTable *said; /* a set of lines */
} Concerned;

/* ", on debian and on systems like it", ", on debian-12 alone"; NULL: on any. Yours. */
static char *where_it_is(const VdiPurl *purl)
{
    const char *distro = vdi_purl_qualifier(purl, "distro");

    if (distro != NULL) {
        return g_strdup_printf(", on %s alone", distro);
    }
    return purl->namespace != NULL
        ? g_strdup_printf(", on %s and on systems like it", purl->namespace)
        : NULL;
}

static void add_concerned(const VdiCondition *fact, const char *place, void *user)
{
    Concerned *concerned = user;
    g_autofree char *where = fact->purl != NULL ? where_it_is(fact->purl) : NULL;
    char *line = NULL;

    if (vdi_lint_is_exception(place)) {
        return;
    }
    if (fact->purl != NULL) {
        line = g_strdup_printf("computers with %s%s", fact->purl->name, where != NULL ? where : "");
    } else if (strcmp(fact->kind->name, "os") == 0 && fact->name != NULL) {
        line = g_strdup_printf("computers with %s", fact->name);
    } else if (strcmp(fact->kind->name, "client") == 0) {
        line = g_strdup_printf("where the client %s is installed", fact->name);
    } else if (strcmp(fact->kind->name, "peer") == 0) {
        line = g_strdup("when they connect: the other side is known only then");
    }
    if (line != NULL && !g_hash_table_contains(concerned->said, line)) {
        g_autofree char *shown = vdi_text_clean(line);

        printf("%s  %s\n", g_hash_table_size(concerned->said) == 0 ? "concerns\n" : "", shown);
        g_hash_table_add(concerned->said, line);
    } else {
        g_free(line);
    }
}

static void show_concerned(const VdiRule *rule)
{
    g_autoptr(GHashTable) said = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    Concerned concerned = {said};

    vdi_lint_visit(rule->when, add_concerned, &concerned);
}

/* ---- the rule ---- */

static void show_texts(const VdiRule *rule, const char *heading, const char *const *languages)
{
    g_autofree char *title = vdi_explain_title(rule, languages);
    g_autofree char *message = vdi_explain_message(rule, languages);

    printf("%s\n  %s\n  %s\n", heading, title, message);
}

static bool speaks_french(const VdiRule *rule)
{
    for (size_t i = 0; rule->title[i] != NULL; i += 2) {
        if (g_str_equal(rule->title[i], "fr")) {
            return true;
        }
    }
    return false;
}

static void show_references(const VdiRule *rule)
{
    for (size_t i = 0; i < rule->n_references; i++) {
        g_autofree char *url = vdi_text_clean(rule->references[i].url);

        printf("%s%s%s\n", i == 0 ? "references\n  " : "  ", url,
            rule->references[i].is_verified ? "" : " (not verified)");
    }
}

void vdi_rule_view_print(const VdiRule *rule, int64_t now)
{
    g_auto(GStrv) remedies = vdi_explain_remedies(rule, english);

    vdi_rule_view_print_line(rule, now);
    if (rule->rollout_percent < 100) {
        printf("on %d in a hundred machines\n", rule->rollout_percent);
    }
    show_texts(rule, "in English", english);
    if (speaks_french(rule)) {
        show_texts(rule, "in French", french);
    }
    printf("broken when\n");
    show_condition(rule->when, 1);
    show_concerned(rule);
    for (size_t i = 0; remedies[i] != NULL; i++) {
        printf("%s%s\n", i == 0 ? "remedies\n  " : "  ", remedies[i]);
    }
    show_references(rule);
}
