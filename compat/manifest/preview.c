/* SPDX-License-Identifier: Apache-2.0 */
#include "compat/manifest/preview.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"
#include "compat/rules/evaluate.h"
#include "compat/rules/explain_condition.h"
#include "compat/rules/explain_hold.h"
#include "compat/rules/hold.h"

typedef struct {
    VdiRuleInForce rule;
    const VdiPreviewMachine *machine;
    const VdiLimits *limits;
    int64_t now;
} Preview;

static VdiTruth print_now(const Preview *preview)
{
    static const char *const words[] = {
        [VDI_TRUTH_TRUE] = "broken",
        [VDI_TRUTH_FALSE] = "not broken",
        [VDI_TRUTH_UNKNOWN] = "it cannot be told, and nothing is blocked",
    };
    const VdiCondition *when = preview->rule.rule->when;
    VdiTruth truth = vdi_condition_evaluate(when, preview->machine->facts, NULL);
    g_auto(GStrv) lines = vdi_explain_condition(when, preview->machine->facts);

    printf("  now: %s\n", words[truth]);
    for (size_t k = 0; lines[k] != NULL; k++) {
        printf("    %s\n", lines[k]);
    }
    return truth;
}

/* One line a package: two architectures are one. Then what goes in all the same. */
static void print_held(const Preview *preview, const VdiChange *change, const VdiHoldSet *set)
{
    g_autoptr(GHashTable) said = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);

    for (size_t k = 0; k < vdi_change_n_items(change); k++) {
        const VdiChangeItem *item = vdi_change_item(change, k);
        g_autofree char *words = vdi_explain_item(item);

        if (!set->held[k] || !g_hash_table_add(said, g_strdup(words))) {
            continue;
        }
        int64_t longest =
            preview->now + vdi_limits_seconds(preview->limits, item->name, item->is_security);
        g_autofree char *day = vdi_text_day(MIN(longest, preview->rule.rule->expires_at));

        printf("    %s is held, until %s at the latest\n", words, day);
    }
    g_auto(GStrv) ends = vdi_explain_ends(set, 0);
    size_t n_others = vdi_change_n_items(change) - set->n_held;

    for (size_t k = 0; set->n_held > 0 && ends[k] != NULL; k++) {
        printf("    %s\n", ends[k]);
    }

    if (set->n_held > 0 && n_others > 0) {
        printf("    all others are installed (%zu)\n", n_others);
    }
}

static bool would_break(const Preview *preview, const VdiChange *change)
{
    g_autoptr(VdiVerdict) verdict =
        vdi_evaluate_change(&preview->rule, 1, preview->machine->facts, change, NULL, preview->now);
    const VdiFinding *finding = vdi_verdict_finding(verdict, 0);

    return finding != NULL && finding->truth == VDI_TRUTH_TRUE;
}

static bool would_mend(const Preview *preview, const VdiChange *change)
{
    const VdiCondition *when = preview->rule.rule->when;
    g_autoptr(VdiFacts) after = vdi_change_apply(preview->machine->facts, change, NULL);

    return vdi_condition_evaluate(when, preview->machine->facts, NULL) == VDI_TRUTH_TRUE
        && vdi_condition_evaluate(when, after, NULL) == VDI_TRUTH_FALSE;
}

/* `what` begins the line: what would happen. */
static void print_change(const Preview *preview, const char *what, const VdiChange *change)
{
    g_auto(VdiHoldSet) set = {0};

    if (!would_break(preview, change)) {
        printf("  %s: %s\n", what,
            would_mend(preview, change) ? "it would work again" : "nothing is held");
        return;
    }
    if (preview->rule.effect != VDI_EFFECT_BLOCK) {
        printf("  %s: people are told, nothing is held\n", what);
        return;
    }
    g_autofree bool *never = vdi_limits_never(preview->limits, change);

    vdi_evaluate_hold(
        &preview->rule, 1, preview->machine->facts, change, never, preview->now, &set);
    if (set.is_enough) {
        printf("  %s: it would be broken\n", what);
        print_held(preview, change, &set);
    } else {
        printf("  %s: it would be broken, and what could prevent it is never held; people are "
               "told\n",
            what);
    }
}

static bool is_on_offer(const VdiChange *pending, const VdiChangeItem *wanted)
{
    for (size_t k = 0; pending != NULL && k < vdi_change_n_items(pending); k++) {
        const VdiChangeItem *item = vdi_change_item(pending, k);

        if (strcmp(item->name, wanted->name) == 0 && strcmp(item->type, wanted->type) == 0
            && g_strcmp0(item->after, wanted->after) == 0) {
            return true;
        }
    }
    return false;
}

/* ---- if what is bad came ---- */

typedef struct {
    VdiChange *change;
    const VdiCause *cause;
    const char *newer; /* what is there is newer: it does not come there; borrowed, NULL */
} Coming;

/* What is there, against what is bad; what cannot be compared counts as older. */
static int order_of(const VdiCause *cause, const char *version)
{
    return vdi_version_is_valid(cause->scheme, version)
        ? cause->scheme->compare(version, cause->version)
        : -1;
}

static bool replace_package(const VdiPackage *package, void *user)
{
    Coming *coming = user;

    int order = order_of(coming->cause, package->version);

    coming->newer = order > 0 ? package->version : coming->newer;
    if (order < 0) {
        vdi_change_add(coming->change, package->type, package->namespace, package->name,
            package->arch, package->version, coming->cause->version, false);
    }
    return false;
}

/* Nothing where it is there already, or what it would replace is not installed. */
static VdiChange *make_change(const VdiCause *cause, const VdiFacts *facts, const char **ret_newer)
{
    VdiChange *change = vdi_change_new();
    Coming coming = {change, cause, NULL};
    const char *build = vdi_facts_get(facts, VDI_FACT_BUILD);

    switch (cause->kind) {
    case VDI_CAUSE_PACKAGE:
        (void) vdi_facts_find_packages(
            facts, cause->purl->type, cause->purl->name, replace_package, &coming);
        break;
    case VDI_CAUSE_UPDATE:
        if (vdi_facts_has_update(facts, cause->name) == VDI_TRUTH_FALSE) {
            vdi_change_add(
                change, VDI_CHANGE_UPDATE, NULL, cause->name, NULL, NULL, cause->name, false);
        }
        break;
    case VDI_CAUSE_BUILD:
        if (build != NULL && order_of(cause, build) > 0) {
            coming.newer = build;
        } else if (build != NULL && strcmp(build, cause->version) != 0) {
            vdi_change_add(
                change, VDI_CHANGE_BUILD, NULL, "windows", NULL, build, cause->version, false);
        }
        break;
    }
    *ret_newer = coming.newer;
    return change;
}

static bool is_installed(const VdiPackage *package, void *user)
{
    return true;
}

static void print_cause(const Preview *preview, const VdiCause *cause)
{
    const VdiFacts *facts = preview->machine->facts;
    const char *newer = NULL;
    g_autoptr(VdiChange) change = make_change(cause, facts, &newer);
    g_autofree char *words = vdi_cause_words(cause);
    g_autofree char *what = g_strdup_printf("if %s came", words);

    if (cause->kind == VDI_CAUSE_PACKAGE && vdi_facts_packages_known(facts)
        && !vdi_facts_find_packages(
            facts, cause->purl->type, cause->purl->name, is_installed, NULL)) {
        printf("  %s is not installed there\n", cause->name);
    } else if (vdi_change_n_items(change) == 0 && newer != NULL) {
        g_autofree char *shown = vdi_text_clean(newer);

        printf("  %s does not come there: %s is newer\n", words, shown);
    } else if (vdi_change_n_items(change) > 0
        && !is_on_offer(preview->machine->pending, vdi_change_item(change, 0))) {
        print_change(preview, what, change);
    }
}

void vdi_preview_print(const VdiRule *rule, const VdiPreviewMachine *machine,
    const GPtrArray *causes, const VdiLimits *limits, int64_t now)
{
    const Preview preview = {{"", rule, rule->effect, NULL}, machine, limits, now};
    g_autofree char *shown = vdi_text_clean(machine->name);

    printf("on %s\n", shown);
    VdiTruth now_broken = print_now(&preview);

    if (machine->pending != NULL) {
        g_autofree char *what = g_strdup_printf(
            "by what is on offer there (changes: %zu)", vdi_change_n_items(machine->pending));

        print_change(&preview, what, machine->pending);
    }
    for (guint k = 0; k < causes->len && now_broken != VDI_TRUTH_TRUE; k++) {
        print_cause(&preview, causes->pdata[k]);
    }
}
