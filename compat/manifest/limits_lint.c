/* SPDX-License-Identifier: Apache-2.0 */
#include "compat/manifest/limits_lint.h"

#include <string.h>

#include "base/text.h"
#include "compat/rules/evaluate.h"
#include "compat/rules/fact_kind.h"

enum { HOUR = 3600, DAY = 24 * HOUR };

typedef struct {
    const VdiLimits *limits;
    const VdiLintMachine *machines;
    size_t n_machines;
    int64_t now;
    GPtrArray *findings;
} Judge;

static void deadline_free(gpointer data)
{
    VdiDeadline *deadline = data;

    g_free(deadline->reason);
    g_free(deadline);
}

static char *spell(int64_t seconds)
{
    return seconds % DAY == 0 && seconds > 3 * DAY
        ? g_strdup_printf("%" G_GINT64_FORMAT " days", seconds / DAY)
        : g_strdup_printf("%" G_GINT64_FORMAT " hours", seconds / HOUR);
}

/* ---- how long one rule holds ---- */

typedef struct {
    const Judge *judge;
    size_t rule;
    bool holds;          /* something that it names may be held */
    bool is_refused;     /* something is never held */
    bool waits_for_peer; /* it acts when a person connects, and holds nothing */
    int64_t seconds;     /* the shortest time that what it names may be held */
    char *name;          /* what that is; NULL: what a client or the engine comes from */
} Life;

static void life_clear(Life *life)
{
    g_free(life->name);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Life, life_clear)

/* Some machine is offered it from a security origin. */
static bool is_security(const Judge *judge, const char *name)
{
    for (size_t m = 0; m < judge->n_machines; m++) {
        const VdiChange *pending = judge->machines[m].pending;

        for (size_t k = 0; pending != NULL && k < vdi_change_n_items(pending); k++) {
            const VdiChangeItem *item = vdi_change_item(pending, k);

            if (item->is_security && strcmp(item->name, name) == 0) {
                return true;
            }
        }
    }
    return false;
}

static void shorten(Life *life, const char *name, int64_t seconds)
{
    if (!life->holds || seconds < life->seconds) {
        g_free(life->name);
        life->name = g_strdup(name);
        life->seconds = seconds;
    }
    life->holds = true;
}

static void judge_fact(const VdiCondition *fact, const char *place, void *user)
{
    Life *life = user;
    const VdiLimits *limits = life->judge->limits;
    bool is_update = strcmp(fact->kind->name, "update") == 0;
    const char *name = fact->purl != NULL ? fact->purl->name : is_update ? fact->name : NULL;

    if (vdi_lint_is_exception(place)) {
        return;
    }
    if (strcmp(fact->kind->name, "peer") == 0) {
        life->waits_for_peer = true;
    }
    if (name != NULL && vdi_limits_is_never_held(limits, name)) {
        life->is_refused = true;
        vdi_lint_add(life->judge->findings, life->rule, place, VDI_LINT_WARNING,
            "Machines never hold %s: the rule can only advise about it.", name);
    } else if (name != NULL) {
        shorten(life, name, vdi_limits_seconds(limits, name, is_security(life->judge, name)));
    } else if (strcmp(fact->kind->name, "build") == 0 || strcmp(fact->kind->name, "engine") == 0) {
        shorten(life, NULL, limits->longest_seconds);
    }
}

static VdiDeadline *judge_rule(const Judge *judge, const VdiRule *rule, const Life *life)
{
    VdiDeadline *deadline = g_new0(VdiDeadline, 1);

    deadline->rule = rule;
    if (judge->limits->mode != VDI_GUARD_ENFORCE || (life->is_refused && !life->holds)) {
        deadline->at = judge->now;
        deadline->reason = g_strdup(judge->limits->mode != VDI_GUARD_ENFORCE
                ? "these limits make every block advice"
                : "what it names is never held");
    } else if (!life->holds || rule->expires_at <= judge->now + life->seconds) {
        deadline->at = rule->expires_at;
        deadline->reason = g_strdup("the rule expires");
    } else {
        g_autofree char *length = spell(life->seconds);

        deadline->at = judge->now + life->seconds;
        deadline->reason = g_strdup_printf("the longest hold%s%s ends (%s)",
            life->name != NULL ? " of " : "", life->name != NULL ? life->name : "", length);
    }
    return deadline;
}

/* ---- how much one machine holds at once ---- */

static size_t count_packages(const VdiChange *change, const VdiHoldSet *set)
{
    g_autoptr(GHashTable) names = g_hash_table_new(g_str_hash, g_str_equal);

    for (size_t k = 0; k < vdi_change_n_items(change); k++) {
        if (set->held[k]) {
            g_hash_table_add(names, vdi_change_item(change, k)->name);
        }
    }
    return g_hash_table_size(names);
}

static void judge_machine(const Judge *judge, const VdiLintMachine *machine,
    const VdiRuleInForce *rules, size_t n_rules, size_t first)
{
    size_t most = MIN(judge->limits->packages_max, judge->limits->sudden_packages_max);
    g_autoptr(VdiVerdict) verdict =
        vdi_evaluate_change(rules, n_rules, machine->facts, machine->pending, NULL, judge->now);
    g_auto(VdiHoldSet) set = {0};
    size_t n_true = 0;
    const VdiFinding *finding = NULL;

    for (size_t k = 0; (finding = vdi_verdict_finding(verdict, k)) != NULL; k++) {
        n_true += finding->truth == VDI_TRUTH_TRUE;
    }
    vdi_evaluate_hold(rules, n_rules, machine->facts, machine->pending, NULL, judge->now, &set);
    size_t n_packages = count_packages(machine->pending, &set);

    if (n_packages > most || n_true > judge->limits->sudden_rules_max) {
        vdi_lint_add(judge->findings, first, NULL, VDI_LINT_WARNING,
            "On one of the inventories %zu rules would hold %zu packages at once, and %zu rules "
            "and %zu packages are allowed: all of it becomes advice.",
            n_true, n_packages, judge->limits->sudden_rules_max, most);
    }
}

/* ---- the manifest ---- */

static int by_time(gconstpointer a, gconstpointer b)
{
    const VdiDeadline *left = *(const VdiDeadline *const *) a;
    const VdiDeadline *right = *(const VdiDeadline *const *) b;

    return left->at < right->at ? -1 : left->at > right->at ? 1 : 0;
}

GPtrArray *vdi_limits_lint(const VdiManifest *manifest, const VdiLimits *limits,
    const VdiLintMachine *machines, size_t n_machines, int64_t now, GPtrArray *findings)
{
    const Judge judge = {limits, machines, n_machines, now, findings};
    GPtrArray *deadlines = g_ptr_array_new_with_free_func(deadline_free);
    size_t n_rules = vdi_manifest_n_rules(manifest), n_blocks = 0, first = 0;
    g_autofree VdiRuleInForce *blocks = g_new0(VdiRuleInForce, n_rules + 1);

    for (size_t i = 0; i < n_rules; i++) {
        const VdiRule *rule = vdi_manifest_rule(manifest, i);
        g_auto(Life) life = {.judge = &judge, .rule = i};

        if (rule->effect != VDI_EFFECT_BLOCK || !vdi_lint_is_alive(rule, now)) {
            continue;
        }
        first = n_blocks == 0 ? i : first;
        blocks[n_blocks++] = (VdiRuleInForce){vdi_manifest_id(manifest), rule, rule->effect, NULL};
        vdi_lint_visit(rule->when, judge_fact, &life);
        if (!life.waits_for_peer) {
            g_ptr_array_add(deadlines, judge_rule(&judge, rule, &life));
        }
    }
    for (size_t m = 0; m < n_machines; m++) {
        if (machines[m].pending != NULL) {
            judge_machine(&judge, &machines[m], blocks, n_blocks, first);
        }
    }
    g_ptr_array_sort(deadlines, by_time);
    return deadlines;
}
