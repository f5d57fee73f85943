/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "compat/rules/fact_kind.h"
#include "compat/rules/implication.h"
#include "compat/rules/lint_private.h"

static bool blocks(const VdiLint *lint)
{
    return lint->rule->effect == VDI_EFFECT_BLOCK;
}

/* ---- facts ---- */

typedef struct {
    bool names_cause, has_build;
    char *update, *peer; /* the place of the first; NULL: none */
} Census;

static void census_clear(Census *census)
{
    g_free(census->update);
    g_free(census->peer);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Census, census_clear)

static void remember(char **slot, const char *place)
{
    if (*slot == NULL) {
        *slot = g_strdup(place);
    }
}

static void count_fact(const VdiCondition *fact, const char *place, void *user)
{
    Census *census = user;

    census->names_cause = census->names_cause || fact->kind->names_cause;
    census->has_build = census->has_build || strcmp(fact->kind->name, "build") == 0;
    if (strcmp(fact->kind->name, "update") == 0) {
        remember(&census->update, place);
    } else if (strcmp(fact->kind->name, "peer") == 0) {
        remember(&census->peer, place);
    }
}

static void check_facts_together(VdiLint *lint)
{
    g_auto(Census) census = {0};

    vdi_lint_visit(lint->rule->when, count_fact, &census);
    if (blocks(lint) && !census.names_cause) {
        vdi_lint_add(lint->findings, lint->i, "when", VDI_LINT_ERROR,
            "A rule that blocks must name a package, update, build, client, engine or library.");
    }
    if (census.update != NULL && !census.has_build) {
        vdi_lint_add(lint->findings, lint->i, census.update, VDI_LINT_WARNING,
            "An update without a build: cumulative updates make its name wrong after a month.");
    }
    if (blocks(lint) && census.peer != NULL) {
        vdi_lint_add(lint->findings, lint->i, census.peer, VDI_LINT_WARNING,
            "The peer is unknown when updates are installed: the rule acts at connect time only.");
    }
}

static bool has_own_order(const char *type)
{
    return vdi_version_scheme(type) != NULL && strcmp(type, "generic") != 0;
}

static void check_range(VdiLint *lint, const VdiCondition *fact, const char *place)
{
    g_autofree char *at = g_strconcat(place, ".version", NULL);

    if (vdi_range_is_only_unequal(fact->range)) {
        vdi_lint_add(
            lint->findings, lint->i, at, VDI_LINT_ERROR, "A range of != alone matches no version.");
    } else if (fact->kind->names_cause && !vdi_range_is_any(fact->range)
        && !vdi_range_has_upper_end(fact->range) && !vdi_lint_is_exception(place)) {
        vdi_lint_add(lint->findings, lint->i, at, VDI_LINT_WARNING,
            "A range without an upper end will also catch the version that is repaired.");
    }
}

/* A mistake that compares (">=1.0-1|<foo=1.0-2") would hold nothing, or everything. */
static void check_versions(VdiLint *lint, const VdiCondition *fact, const char *place)
{
    g_autofree char *at = g_strconcat(place, ".version", NULL);
    const char *version = NULL;

    for (size_t i = 0; (version = vdi_range_version(fact->range, i)) != NULL; i++) {
        const char *fault = vdi_version_fault(vdi_range_scheme(fact->range), version);

        if (fault != NULL) {
            vdi_lint_add(lint->findings, lint->i, at, VDI_LINT_ERROR,
                "%s is no version of a package: %s.", version, fault);
        }
    }
}

static void check_fact(const VdiCondition *fact, const char *place, void *user)
{
    VdiLint *lint = user;

    if (fact->range != NULL) {
        check_range(lint, fact, place);
    }
    if (fact->purl == NULL) {
        return;
    }
    check_versions(lint, fact, place);
    if (fact->purl->version != NULL) {
        g_autofree char *at = g_strconcat(place, ".purl", NULL);

        vdi_lint_add(lint->findings, lint->i, at, VDI_LINT_ERROR,
            "A package is named without a version: the range says which.");
    }
    if (has_own_order(fact->purl->type)
        && strcmp(vdi_range_scheme(fact->range)->name, fact->purl->type) != 0) {
        g_autofree char *at = g_strconcat(place, ".version", NULL);

        vdi_lint_add(lint->findings, lint->i, at, VDI_LINT_ERROR,
            "The range is of another type than the package, so the two never compare: write "
            "vers:%s/….",
            fact->purl->type);
    }
}

/* ---- any version ---- */

/* It is true of some versions only, or of one update: what may block. */
static bool is_bounded(const VdiCondition *condition)
{
    if (condition->op == VDI_CONDITION_FACT) {
        return condition->kind->names_cause
            && (condition->range == NULL || !vdi_range_is_any(condition->range));
    }
    for (size_t k = 0; k < condition->n_parts; k++) {
        bool is_part = is_bounded(condition->parts[k]);

        if (condition->op == VDI_CONDITION_ALL && is_part) {
            return true;
        }
        if (condition->op == VDI_CONDITION_ANY && !is_part) {
            return false;
        }
    }
    return condition->op == VDI_CONDITION_ANY;
}

/* Any version of a client is a fair question beside a package that breaks it; alone it would cut
 * off everyone who has that client. */
static void check_any_version(
    VdiLint *lint, const VdiCondition *condition, GString *place, bool is_narrowed)
{
    gsize length = place->len;

    if (condition->op == VDI_CONDITION_FACT) {
        if (condition->kind->names_cause && condition->range != NULL
            && vdi_range_is_any(condition->range) && !is_narrowed) {
            g_string_append_printf(place, ".%s.version", condition->kind->name);
            vdi_lint_add(lint->findings, lint->i, place->str, VDI_LINT_ERROR,
                "A rule that blocks may not ask for any version: say which ones break.");
            g_string_truncate(place, length);
        }
        return;
    }
    bool narrows = is_narrowed || (condition->op == VDI_CONDITION_ALL && is_bounded(condition));

    for (size_t k = 0; k < condition->n_parts; k++) {
        vdi_lint_append_part(place, condition, k);
        check_any_version(lint, condition->parts[k], place, narrows);
        g_string_truncate(place, length);
    }
}

/* ---- conditions that say nothing ---- */

/* Either one or the other is true of every machine. */
static bool leave_nothing(const VdiCondition *a, const VdiCondition *b, unsigned *budget)
{
    return (a->op == VDI_CONDITION_NOT && vdi_condition_implies(a->parts[0], b, budget))
        || (b->op == VDI_CONDITION_NOT && vdi_condition_implies(b->parts[0], a, budget));
}

/* In an `all`, what follows from another part; in an `any`, what leads to one. */
static bool is_idle(const VdiCondition *condition, const VdiCondition *part,
    const VdiCondition *other, unsigned *budget)
{
    return condition->op == VDI_CONDITION_ALL ? vdi_condition_implies(other, part, budget)
                                              : vdi_condition_implies(part, other, budget);
}

typedef struct {
    VdiLintLevel level;
    const char *before, *after; /* the other part's name */
} Sentence;

static const Sentence never = {
    VDI_LINT_ERROR, "It can never be true: this and ", " exclude each other."};
static const Sentence always = {VDI_LINT_ERROR, "It is always true: this is the opposite of ", "."};
static const Sentence idle = {VDI_LINT_WARNING, "It adds nothing: ", " says as much."};

static void add_about_part(VdiLint *lint, const VdiCondition *condition, const GString *place,
    size_t k, size_t other, const Sentence *sentence)
{
    g_autofree char *at = vdi_lint_part_name(place, condition, k);
    g_autofree char *named = vdi_lint_part_name(place, condition, other);

    vdi_lint_add(lint->findings, lint->i, at, sentence->level, "%s%s%s", sentence->before, named,
        sentence->after);
}

static void check_two_parts(
    VdiLint *lint, const VdiCondition *condition, const GString *place, size_t k, size_t n)
{
    const VdiCondition *a = condition->parts[k], *b = condition->parts[n];

    if (condition->op == VDI_CONDITION_ALL && vdi_condition_excludes(a, b, &lint->budget)) {
        add_about_part(lint, condition, place, n, k, &never);
    } else if (condition->op == VDI_CONDITION_ANY && leave_nothing(a, b, &lint->budget)) {
        add_about_part(lint, condition, place, n, k, &always);
    } else if (is_idle(condition, b, a, &lint->budget)) {
        add_about_part(lint, condition, place, n, k, &idle);
    } else if (is_idle(condition, a, b, &lint->budget)) {
        add_about_part(lint, condition, place, k, n, &idle);
    }
}

static void check_parts(VdiLint *lint, const VdiCondition *condition, GString *place)
{
    gsize length = place->len;

    for (size_t n = 0; n < condition->n_parts; n++) {
        for (size_t k = 0; k < n; k++) {
            check_two_parts(lint, condition, place, k, n);
        }
        vdi_lint_append_part(place, condition, n);
        check_parts(lint, condition->parts[n], place);
        g_string_truncate(place, length);
    }
}

void vdi_lint_check_condition(VdiLint *lint)
{
    g_autoptr(GString) place = g_string_new("when");

    check_facts_together(lint);
    vdi_lint_visit(lint->rule->when, check_fact, lint);
    if (blocks(lint)) {
        check_any_version(lint, lint->rule->when, place, false);
    }
    check_parts(lint, lint->rule->when, place);
}
