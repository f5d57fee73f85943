/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "base/text.h"
#include "compat/rules/fact_kind.h"
#include "compat/rules/implication.h"
#include "compat/rules/lint_private.h"

/* Two rules are compared only when they name the same cause; a rule that says as much as fifty
 * others is told so once. */

/* How a rule stands to an earlier one. */
typedef enum {
    SAME,        /* both are true of the same machines */
    NARROWER,    /* where it is true, the earlier one is */
    WIDER,       /* the other way round */
    OVERLAPPING, /* a package and a version of it are in both */
    N_RELATIONS,
    UNRELATED,
} Relation;

typedef struct {
    size_t first; /* the place of the first of the earlier rules */
    size_t n;
} Related;

typedef struct {
    VdiLint *lint;
    GHashTable *by_cause;  /* "package deb/openssl" → GArray of the places of rules, in order */
    size_t *compared_with; /* one a rule: the place + 1 of the last that it was compared with */
    Related related[N_RELATIONS];
} Pairs;

/* ---- two rules ---- */

typedef struct {
    const VdiCondition *fact; /* of one rule */
    bool meets;
} Meeting;

static void meet(const VdiCondition *other, const char *place, void *user)
{
    Meeting *meeting = user;
    const VdiCondition *fact = meeting->fact;

    if (other->purl != NULL && strcmp(other->purl->name, fact->purl->name) == 0
        && strcmp(other->purl->type, fact->purl->type) == 0
        && vdi_range_intersects(other->range, fact->range) && !vdi_lint_is_exception(place)) {
        meeting->meets = true;
    }
}

typedef struct {
    const VdiRule *other;
    bool meets;
} Overlap;

static void find_meeting(const VdiCondition *fact, const char *place, void *user)
{
    Overlap *overlap = user;
    Meeting meeting = {fact, false};

    if (fact->purl == NULL || overlap->meets || vdi_lint_is_exception(place)) {
        return;
    }
    vdi_lint_visit(overlap->other->when, meet, &meeting);
    overlap->meets = meeting.meets;
}

static Relation relate(const VdiRule *rule, const VdiRule *earlier, unsigned *budget)
{
    bool is_narrower = vdi_condition_implies(rule->when, earlier->when, budget);
    bool is_wider = vdi_condition_implies(earlier->when, rule->when, budget);
    Overlap overlap = {earlier, false};

    if (is_narrower || is_wider) {
        return is_narrower && is_wider ? SAME : is_narrower ? NARROWER : WIDER;
    }
    if (vdi_condition_excludes(rule->when, earlier->when, budget)) {
        return UNRELATED;
    }
    vdi_lint_visit(rule->when, find_meeting, &overlap);
    return overlap.meets ? OVERLAPPING : UNRELATED;
}

/* ---- what one rule recommends, and another says breaks ---- */

typedef struct {
    const VdiPurl *purl;
    const char *version;
    bool is_inside;
} Recommended;

static void look_inside(const VdiCondition *fact, const char *place, void *user)
{
    Recommended *recommended = user;

    if (fact->purl != NULL && strcmp(fact->purl->name, recommended->purl->name) == 0
        && strcmp(fact->purl->type, recommended->purl->type) == 0 && !vdi_lint_is_exception(place)
        && vdi_range_contains(fact->range, recommended->version) == VDI_TRUTH_TRUE) {
        recommended->is_inside = true;
    }
}

static void check_remedies_against(
    Pairs *pairs, const VdiRule *rule, size_t i, const VdiRule *other)
{
    for (size_t k = 0; k < rule->n_remedies && other->effect == VDI_EFFECT_BLOCK; k++) {
        const VdiRemedy *remedy = &rule->remedies[k];
        g_autoptr(VdiPurl) purl =
            remedy->package != NULL ? vdi_purl_parse(remedy->package, NULL) : NULL;
        Recommended recommended = {purl, remedy->version, false};

        if (purl == NULL || remedy->version == NULL) {
            continue;
        }
        vdi_lint_visit(other->when, look_inside, &recommended);
        if (recommended.is_inside) {
            g_autofree char *place = g_strdup_printf("remedies[%zu].version", k);

            vdi_lint_add(pairs->lint->findings, i, place, VDI_LINT_WARNING,
                "It contradicts rule %s, which says that this very version breaks.", other->id);
        }
    }
}

/* ---- one rule and all before it ---- */

static void add_cause(const VdiCondition *fact, const char *place, void *user)
{
    GHashTable *causes = user;

    if (fact->kind->names_cause && !vdi_lint_is_exception(place)) {
        g_hash_table_add(causes,
            fact->purl != NULL
                ? g_strconcat("package ", fact->purl->type, "/", fact->purl->name, NULL)
                : vdi_condition_fact_name(fact));
    }
}

static void compare(Pairs *pairs, size_t earlier)
{
    VdiLint *lint = pairs->lint;
    const VdiRule *other = vdi_manifest_rule(lint->manifest, earlier);

    if (pairs->compared_with[earlier] == lint->i + 1 || lint->budget == 0) {
        return;
    }
    pairs->compared_with[earlier] = lint->i + 1;
    Relation relation = relate(lint->rule, other, &lint->budget);

    if (relation != UNRELATED) {
        Related *related = &pairs->related[relation];

        related->first = related->n == 0 ? earlier : MIN(related->first, earlier);
        related->n++;
    }
    check_remedies_against(pairs, lint->rule, lint->i, other);
    check_remedies_against(pairs, other, earlier, lint->rule);
}

static const struct {
    const char *before, *same, *other;
} sentences[N_RELATIONS] = {
    [SAME] = {"It is true of the same machines as rule ", " and says the same: remove ",
        ", and contradicts it: "},
    [NARROWER] = {"Wherever it is true, so is rule ", ", which says the same: this adds nothing.",
        ", which says something else: "},
    [WIDER] = {"It is true wherever is rule ", ", and says the same: that one adds nothing.",
        ", and says something else: "},
    [OVERLAPPING] = {"It overlaps rule ", ": a version of some package is in the ranges of both.",
        NULL},
};

/* Of two that say the same the one that protects longer stays. */
static char *name_idle(const VdiRule *first, const VdiRule *rule)
{
    bool first_ends =
        first->expires_at != 0 && (rule->expires_at == 0 || first->expires_at < rule->expires_at);

    return first_ends ? g_strdup_printf("rule %s, which ends earlier.", first->id)
                      : g_strdup("this one.");
}

/* Only the first is judged by its effect: the others are counted. */
static void say(const Pairs *pairs, Relation relation)
{
    const Related *related = &pairs->related[relation];
    VdiLint *lint = pairs->lint;

    if (related->n == 0) {
        return;
    }
    const VdiRule *first = vdi_manifest_rule(lint->manifest, related->first);
    bool is_same = first->effect == lint->rule->effect || sentences[relation].other == NULL;
    g_autofree char *more =
        related->n > 1 ? g_strdup_printf(" (and %zu more)", related->n - 1) : g_strdup("");
    g_autofree char *effects = is_same
        ? (relation == SAME ? name_idle(first, lint->rule) : g_strdup(""))
        : g_strdup_printf("that says %s, this %s; the graver counts.",
            vdi_effect_name(first->effect), vdi_effect_name(lint->rule->effect));

    vdi_lint_add(lint->findings, lint->i, "when", VDI_LINT_WARNING, "%s%s%s%s%s",
        sentences[relation].before, first->id, more,
        is_same ? sentences[relation].same : sentences[relation].other, effects);
}

static void check_rule(Pairs *pairs)
{
    VdiLint *lint = pairs->lint;
    g_autoptr(GHashTable) causes = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    GHashTableIter at;
    gpointer cause = NULL;

    memset(pairs->related, 0, sizeof pairs->related);
    vdi_lint_visit(lint->rule->when, add_cause, causes);
    g_hash_table_iter_init(&at, causes);
    while (g_hash_table_iter_next(&at, &cause, NULL)) {
        GArray *earlier = g_hash_table_lookup(pairs->by_cause, cause);

        for (guint k = 0; earlier != NULL && k < earlier->len; k++) {
            compare(pairs, g_array_index(earlier, size_t, k));
        }
        if (earlier == NULL) {
            earlier = g_array_new(false, false, sizeof(size_t));
            g_hash_table_insert(pairs->by_cause, g_strdup(cause), earlier);
        }
        g_array_append_val(earlier, lint->i);
    }
    for (int relation = 0; relation < N_RELATIONS; relation++) {
        say(pairs, (Relation) relation);
    }
}

void vdi_lint_check_pairs(VdiLint *lint)
{
    size_t n_rules = vdi_manifest_n_rules(lint->manifest);
    g_autofree size_t *compared_with = g_new0(size_t, n_rules);
    g_autoptr(GHashTable) by_cause =
        g_hash_table_new_full(g_str_hash, g_str_equal, g_free, (GDestroyNotify) g_array_unref);
    Pairs pairs = {.lint = lint, .by_cause = by_cause, .compared_with = compared_with};

    for (lint->i = 0; lint->i < n_rules; lint->i++) {
        lint->rule = vdi_manifest_rule(lint->manifest, lint->i);
        if (vdi_lint_is_alive(lint->rule, lint->now)) {
            check_rule(&pairs);
        }
    }
    if (lint->budget == 0) {
        vdi_lint_add(lint->findings, n_rules - 1, NULL, VDI_LINT_WARNING,
            "The rules are too many to compare each with all others; some were not.");
    }
}
