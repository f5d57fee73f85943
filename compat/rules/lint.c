/* SPDX-License-Identifier: Apache-2.0 */
#include "compat/rules/lint.h"

#include <string.h>

#include "compat/rules/fact_kind.h"
#include "compat/rules/lint_private.h"

enum {
    DAY = 24 * 60 * 60,
    COMPARISONS_MAX = 5 * 1000 * 1000, /* half a second or so */
    FINDINGS_MAX = 100 * 1000,         /* nobody reads more */
    LANGUAGES_MAX = 64,                /* that are asked of every text */
};

static bool blocks(const VdiLint *lint)
{
    return lint->rule->effect == VDI_EFFECT_BLOCK;
}

static void warn(VdiLint *lint, const char *member, const char *sentence)
{
    vdi_lint_add(lint->findings, lint->i, member, VDI_LINT_WARNING, "%s", sentence);
}

static void refuse(VdiLint *lint, const char *member, const char *sentence)
{
    vdi_lint_add(lint->findings, lint->i, member, VDI_LINT_ERROR, "%s", sentence);
}

/* ---- remedies, dates ---- */

typedef struct {
    const VdiRemedy *remedy;
    VdiPurl *package; /* of the remedy; NULL: it names none */
    bool is_inside;
} Fix;

/* A fact of what the remedy repairs; where it does not say what that is, any. */
static bool is_repaired(const VdiCondition *fact, const Fix *fix)
{
    if (fix->package != NULL) {
        return fact->purl != NULL && strcmp(fact->purl->name, fix->package->name) == 0
            && strcmp(fact->purl->type, fix->package->type) == 0;
    }
    return fix->remedy->action != VDI_ACTION_UPGRADE_CLIENT
        || strcmp(fact->kind->name, "client") == 0;
}

static void look_inside(const VdiCondition *fact, const char *place, void *user)
{
    Fix *fix = user;

    if (fact->range != NULL && fact->kind->names_cause && !vdi_range_is_any(fact->range)
        && !vdi_lint_is_exception(place) && is_repaired(fact, fix)
        && vdi_range_contains(fact->range, fix->remedy->version) == VDI_TRUTH_TRUE) {
        fix->is_inside = true;
    }
}

static void check_fixed_version(VdiLint *lint, size_t k)
{
    const VdiRemedy *remedy = &lint->rule->remedies[k];
    g_autoptr(VdiPurl) package =
        remedy->package != NULL ? vdi_purl_parse(remedy->package, NULL) : NULL;
    Fix fix = {remedy, package, false};

    if (remedy->version == NULL || remedy->category != VDI_REMEDY_VENDOR_FIX) {
        return;
    }
    vdi_lint_visit(lint->rule->when, look_inside, &fix);
    if (fix.is_inside) {
        g_autofree char *place = g_strdup_printf("remedies[%zu].version", k);

        warn(lint, place, "The fixed version lies within a range that breaks.");
    }
}

static void check_remedies(VdiLint *lint)
{
    const VdiRule *rule = lint->rule;
    bool has_fix = false, has_other = false;

    for (size_t k = 0; k < rule->n_remedies; k++) {
        has_fix = has_fix || rule->remedies[k].category == VDI_REMEDY_VENDOR_FIX;
        has_other = has_other || rule->remedies[k].category != VDI_REMEDY_NONE_AVAILABLE;
        check_fixed_version(lint, k);
    }
    if (!has_fix) {
        warn(lint, "remedies", "No vendor's fix is named.");
    }
    if (blocks(lint) && rule->n_remedies > 0 && !has_other
        && rule->expires_at > lint->now + 30 * DAY) {
        refuse(lint, "expires", "A rule that blocks and has no remedy must expire within 30 days.");
    }
}

static void check_end(VdiLint *lint)
{
    const VdiRule *rule = lint->rule;

    if (rule->expires_at > lint->now + 90 * DAY) {
        warn(lint, "expires",
            "It expires in more than 90 days; a machine's own limits end a hold before.");
    } else if (rule->expires_at != 0 && rule->expires_at <= lint->now) {
        warn(lint, "expires", "It has expired and says nothing any more.");
    } else if (rule->expires_at != 0 && rule->expires_at <= lint->now + DAY) {
        warn(lint, "expires",
            "It expires within a day: machines that are off meanwhile never hear of it.");
    }
    if (rule->rollout_percent == 0) {
        warn(lint, "rollout.percent", "It concerns no machine at all.");
    } else if (blocks(lint) && rule->rollout_percent < 100) {
        warn(lint, "rollout.percent", "A rule that blocks does not concern everyone.");
    }
}

static void check_references(VdiLint *lint)
{
    for (size_t k = 0; k < lint->rule->n_references; k++) {
        if (!lint->rule->references[k].is_verified) {
            g_autofree char *place = g_strdup_printf("references[%zu].x-verified", k);

            warn(lint, place, "This reference is not marked as verified.");
        }
    }
}

/* ---- what replaces what ---- */

/* `by_id`: id → rule. */
static void check_supersedes(VdiLint *lint, GHashTable *by_id)
{
    for (size_t k = 0; lint->rule->supersedes[k] != NULL; k++) {
        const VdiRule *old = g_hash_table_lookup(by_id, lint->rule->supersedes[k]);
        g_autofree char *place = g_strdup_printf("supersedes[%zu]", k);

        if (old == lint->rule) {
            warn(lint, place, "A rule does not replace itself.");
        } else if (old == NULL) {
            warn(lint, place, "No rule of this list has that id.");
        }
    }
}

/* `superseded_by`: id of a rule → that which replaces it first. */
static void check_superseded(VdiLint *lint, GHashTable *superseded_by)
{
    const VdiRule *newer = g_hash_table_lookup(superseded_by, lint->rule->id);

    if (newer != NULL) {
        vdi_lint_add(lint->findings, lint->i, NULL, VDI_LINT_WARNING,
            "Rule %s replaces it: only machines that cannot read that one still use it.",
            newer->id);
    }
}

static GHashTable *rules_by_id(const VdiManifest *manifest)
{
    GHashTable *by_id = g_hash_table_new(g_str_hash, g_str_equal);

    for (size_t i = vdi_manifest_n_rules(manifest); i-- > 0;) {
        const VdiRule *rule = vdi_manifest_rule(manifest, i);

        g_hash_table_insert(by_id, (gpointer) rule->id, (gpointer) rule);
    }
    return by_id;
}

static GHashTable *find_superseded(const VdiManifest *manifest)
{
    GHashTable *superseded_by = g_hash_table_new(g_str_hash, g_str_equal);

    for (size_t i = vdi_manifest_n_rules(manifest); i-- > 0;) {
        const VdiRule *rule = vdi_manifest_rule(manifest, i);

        for (size_t k = 0; rule->unreadable == NULL && rule->supersedes[k] != NULL; k++) {
            if (strcmp(rule->supersedes[k], rule->id) != 0) {
                g_hash_table_insert(superseded_by, (gpointer) rule->supersedes[k], (gpointer) rule);
            }
        }
    }
    return superseded_by;
}

static void add_languages(GHashTable *set, GPtrArray *languages, VdiTexts texts)
{
    for (size_t k = 0; texts[k] != NULL; k += 2) {
        if (languages->len < LANGUAGES_MAX && g_hash_table_add(set, (gpointer) texts[k])) {
            g_ptr_array_add(languages, (gpointer) texts[k]);
        }
    }
}

/* The tags, in the order in which the manifest has them first, the first of them; borrowed. */
static GPtrArray *find_languages(const VdiManifest *manifest)
{
    g_autoptr(GHashTable) set = g_hash_table_new(g_str_hash, g_str_equal);
    GPtrArray *languages = g_ptr_array_new();

    for (size_t i = 0; i < vdi_manifest_n_rules(manifest); i++) {
        const VdiRule *rule = vdi_manifest_rule(manifest, i);

        add_languages(set, languages, rule->title);
        add_languages(set, languages, rule->message);
    }
    return languages;
}

GPtrArray *vdi_lint(const VdiManifest *manifest, int64_t now)
{
    GPtrArray *findings = vdi_lint_findings_new();
    g_autoptr(GPtrArray) languages = find_languages(manifest);
    g_autoptr(GHashTable) superseded_by = find_superseded(manifest);
    g_autoptr(GHashTable) by_id = rules_by_id(manifest);
    VdiLint lint = {.manifest = manifest,
        .findings = findings,
        .now = now,
        .languages = languages,
        .budget = COMPARISONS_MAX};

    for (lint.i = 0; lint.i < vdi_manifest_n_rules(manifest); lint.i++) {
        lint.rule = vdi_manifest_rule(manifest, lint.i);
        if (findings->len >= FINDINGS_MAX) {
            refuse(
                &lint, NULL, "More was found than is told: from this rule on nobody has looked.");
            break;
        }
        if (lint.rule->unreadable != NULL) {
            refuse(&lint, NULL, lint.rule->unreadable);
            continue;
        }
        check_superseded(&lint, superseded_by);
        check_end(&lint);
        vdi_lint_check_texts(&lint);
        check_remedies(&lint);
        check_references(&lint);
        check_supersedes(&lint, by_id);
        vdi_lint_check_condition(&lint);
        vdi_lint_check_names(&lint);
        vdi_lint_check_releases(&lint);
    }
    vdi_lint_check_pairs(&lint);
    vdi_lint_sort(findings);
    return findings;
}
