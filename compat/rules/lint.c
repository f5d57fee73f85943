/* SPDX-License-Identifier: Apache-2.0 */
#include "compat/rules/lint.h"

#include <glib/gi18n.h>
#include <string.h>

#include "compat/rules/explain.h"
#include "compat/rules/fact_kind.h"

enum { DAY = 24 * 60 * 60 };

typedef struct {
    GPtrArray *findings;
    const VdiRule *rule;
    size_t i;
    int64_t now;
} Lint;

static void finding_free(void *data)
{
    VdiLintFinding *finding = data;

    g_free(finding->place);
    g_free(finding);
}

static void add(Lint *lint, VdiLintLevel level, const char *member, const char *sentence)
{
    VdiLintFinding *finding = g_new0(VdiLintFinding, 1);

    finding->place = g_strdup_printf("rules[%zu].%s", lint->i, member);
    finding->level = level;
    finding->sentence = sentence;
    g_ptr_array_add(lint->findings, finding);
}

static bool blocks(const Lint *lint)
{
    return lint->rule->effect == VDI_EFFECT_BLOCK;
}

/* ---- facts ---- */

typedef struct {
    bool names_cause, has_update, has_build, has_peer;
} Census;

static void count_fact(const VdiCondition *fact, void *user)
{
    Census *census = user;

    census->names_cause = census->names_cause || fact->kind->names_cause;
    census->has_update = census->has_update || strcmp(fact->kind->name, "update") == 0;
    census->has_build = census->has_build || strcmp(fact->kind->name, "build") == 0;
    census->has_peer = census->has_peer || strcmp(fact->kind->name, "peer") == 0;
}

static void check_facts_together(Lint *lint)
{
    Census census = {0};

    vdi_condition_visit_facts(lint->rule->when, count_fact, &census);
    if (blocks(lint) && !census.names_cause) {
        add(lint, VDI_LINT_ERROR, "when",
            N_("A rule that blocks must name a package, update, build, client, engine or "
               "library."));
    }
    if (census.has_update && !census.has_build) {
        add(lint, VDI_LINT_WARNING, "when",
            N_("An update without a build: cumulative updates make its name wrong after a month."));
    }
    if (blocks(lint) && census.has_peer) {
        add(lint, VDI_LINT_WARNING, "when",
            N_("The peer is unknown when updates are installed: the rule acts at connect time "
               "only."));
    }
}

static bool has_own_order(const char *type)
{
    return vdi_version_scheme(type) != NULL && strcmp(type, "generic") != 0;
}

static void check_range(Lint *lint, const VdiCondition *fact)
{
    if (blocks(lint) && vdi_range_is_any(fact->range)) {
        add(lint, VDI_LINT_ERROR, "when",
            N_("A rule that blocks may not ask for any version: say which ones break."));
    } else if (vdi_range_is_only_unequal(fact->range)) {
        add(lint, VDI_LINT_ERROR, "when", N_("A range of != alone matches no version."));
    } else if (fact->kind->names_cause && !vdi_range_is_any(fact->range)
        && !vdi_range_has_upper_end(fact->range)) {
        add(lint, VDI_LINT_WARNING, "when",
            N_("A range without an upper end will also catch the version that is repaired."));
    }
}

static void check_fact(const VdiCondition *fact, void *user)
{
    Lint *lint = user;

    if (fact->range != NULL) {
        check_range(lint, fact);
    }
    if (fact->purl == NULL) {
        return;
    }
    if (fact->purl->version != NULL) {
        add(lint, VDI_LINT_ERROR, "when",
            N_("A package is named without a version: the range says which."));
    }
    if (has_own_order(fact->purl->type)
        && strcmp(vdi_range_scheme(fact->range)->name, fact->purl->type) != 0) {
        add(lint, VDI_LINT_ERROR, "when",
            N_("The range is of another type than the package: the two never compare."));
    }
}

/* ---- conditions that say nothing ---- */

static bool is_opposite(const VdiCondition *a, const VdiCondition *b)
{
    return (a->op == VDI_CONDITION_NOT && vdi_condition_equal(a->parts[0], b))
        || (b->op == VDI_CONDITION_NOT && vdi_condition_equal(b->parts[0], a));
}

static bool same_text(const char *a, const char *b)
{
    return g_strcmp0(a, b) == 0;
}

/* One fact, asked for two values or two ranges that exclude each other. */
static bool excludes(const VdiCondition *a, const VdiCondition *b)
{
    if (a->op != VDI_CONDITION_FACT || b->op != VDI_CONDITION_FACT || a->kind != b->kind
        || strcmp(a->kind->name, "update") == 0 || strcmp(a->kind->name, "library") == 0) {
        return false;
    }
    if (strcmp(a->kind->name, "arch") == 0 || strcmp(a->kind->name, "os") == 0) {
        if (a->name != NULL && b->name != NULL && strcmp(a->name, b->name) != 0) {
            return true;
        }
    } else if (!same_text(a->name, b->name)) {
        return false;
    }
    if (a->purl != NULL) {
        g_autofree char *left = vdi_purl_print(a->purl), *right = vdi_purl_print(b->purl);

        if (strcmp(left, right) != 0) {
            return false;
        }
    }
    if (a->range != NULL && b->range != NULL
        && vdi_range_scheme(a->range) == vdi_range_scheme(b->range)) {
        return !vdi_range_intersects(a->range, b->range);
    }
    return a->value != NULL && b->value != NULL && strcmp(a->value, b->value) != 0;
}

static void check_condition(Lint *lint, const VdiCondition *condition)
{
    for (size_t i = 0; i < condition->n_parts; i++) {
        for (size_t k = 0; k < i; k++) {
            const VdiCondition *a = condition->parts[k], *b = condition->parts[i];

            if (condition->op == VDI_CONDITION_ALL && (is_opposite(a, b) || excludes(a, b))) {
                add(lint, VDI_LINT_ERROR, "when",
                    N_("It can never be true: two of its parts exclude each other."));
            } else if (condition->op == VDI_CONDITION_ANY && is_opposite(a, b)) {
                add(lint, VDI_LINT_ERROR, "when",
                    N_("It is always true: one of its parts is the opposite of another."));
            }
        }
        check_condition(lint, condition->parts[i]);
    }
}

/* ---- remedies, texts, dates ---- */

typedef struct {
    const char *version;
    bool is_inside;
} FixedVersion;

static void look_inside(const VdiCondition *fact, void *user)
{
    FixedVersion *fixed = user;

    if (fact->range != NULL && fact->kind->names_cause && !vdi_range_is_any(fact->range)
        && vdi_range_contains(fact->range, fixed->version) == VDI_TRUTH_TRUE) {
        fixed->is_inside = true;
    }
}

static void check_remedies(Lint *lint)
{
    const VdiRule *rule = lint->rule;
    bool has_fix = false, has_other = false;

    for (size_t i = 0; i < rule->n_remedies; i++) {
        const VdiRemedy *remedy = &rule->remedies[i];
        FixedVersion fixed = {remedy->version, false};

        has_fix = has_fix || remedy->category == VDI_REMEDY_VENDOR_FIX;
        has_other = has_other || remedy->category != VDI_REMEDY_NONE_AVAILABLE;
        if (remedy->version != NULL && remedy->category == VDI_REMEDY_VENDOR_FIX) {
            vdi_condition_visit_facts(rule->when, look_inside, &fixed);
        }
        if (fixed.is_inside) {
            add(lint, VDI_LINT_WARNING, "remedies",
                N_("The fixed version lies within a range that breaks."));
        }
    }
    if (!has_fix) {
        add(lint, VDI_LINT_WARNING, "remedies", N_("No vendor's fix is named."));
    }
    if (blocks(lint) && rule->n_remedies > 0 && !has_other
        && rule->expires_at > lint->now + 30 * DAY) {
        add(lint, VDI_LINT_ERROR, "expires",
            N_("A rule that blocks and has no remedy must expire within 30 days."));
    }
}

static void check_holes(Lint *lint, const char *member, const char *text)
{
    for (const char *at = strchr(text, '{'); at != NULL; at = strchr(at + 1, '{')) {
        size_t length = strspn(at + 1, "abcdefghijklmnopqrstuvwxyz_");
        g_autofree char *hole = g_strndup(at, length + 2);

        if (length > 0 && at[length + 1] == '}' && !vdi_explain_is_hole(hole)) {
            add(lint, VDI_LINT_ERROR, member, N_("A text has a hole that nothing fills."));
        }
    }
}

static bool has_language(VdiTexts texts, const char *tag)
{
    for (size_t i = 0; texts[i] != NULL; i += 2) {
        if (strcmp(texts[i], tag) == 0) {
            return true;
        }
    }
    return false;
}

static void check_texts(Lint *lint, const char *member, VdiTexts texts, VdiTexts other)
{
    for (size_t i = 0; texts[i] != NULL; i += 2) {
        check_holes(lint, member, texts[i + 1]);
        if (!has_language(other, texts[i])) {
            add(lint, VDI_LINT_WARNING, member,
                N_("A language that stands here is missing in the other text."));
        }
    }
}

static void check_end(Lint *lint)
{
    const VdiRule *rule = lint->rule;

    if (rule->expires_at > lint->now + 90 * DAY) {
        add(lint, VDI_LINT_WARNING, "expires",
            N_("It expires in more than 90 days; a machine's own limits end a hold before."));
    }
    if (rule->expires_at != 0 && rule->expires_at <= lint->now) {
        add(lint, VDI_LINT_WARNING, "expires", N_("It has expired and says nothing any more."));
    }
    if (blocks(lint) && rule->rollout_percent < 100) {
        add(lint, VDI_LINT_WARNING, "rollout", N_("A rule that blocks does not concern everyone."));
    }
    for (size_t i = 0; i < rule->n_references; i++) {
        if (!rule->references[i].is_verified) {
            add(lint, VDI_LINT_WARNING, "references",
                N_("A reference is not marked as verified (x-verified)."));
        }
    }
}

GPtrArray *vdi_lint(const VdiManifest *manifest, int64_t now)
{
    GPtrArray *findings = g_ptr_array_new_with_free_func(finding_free);

    for (size_t i = 0; i < vdi_manifest_n_rules(manifest); i++) {
        const VdiRule *rule = vdi_manifest_rule(manifest, i);
        Lint lint = {findings, rule, i, now};

        if (rule->unreadable != NULL) {
            add(&lint, VDI_LINT_ERROR, "", rule->unreadable);
            continue;
        }
        check_end(&lint);
        check_texts(&lint, "title", rule->title, rule->message);
        check_texts(&lint, "message", rule->message, rule->title);
        check_remedies(&lint);
        check_facts_together(&lint);
        vdi_condition_visit_facts(rule->when, check_fact, &lint);
        check_condition(&lint, rule->when);
    }
    return findings;
}
