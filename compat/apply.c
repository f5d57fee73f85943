/* SPDX-License-Identifier: Apache-2.0 */
#include "compat/apply.h"

#include <string.h>

#include "base/error.h"
#include "base/file.h"
#include "base/text.h"
#include "compat/audit.h"
#include "compat/enforced.h"
#include "compat/guard.h"
#include "compat/holds.h"
#include "compat/holds_file.h"
#include "compat/host/libraries.h"
#include "config.h"

enum { LOCK_MS = 60 * 1000 };

#define DAY ((int64_t) 24 * 3600)
#define CLOCK_SLACK ((int64_t) 3600)

void vdi_apply_report_clear(VdiApplyReport *report)
{
    g_clear_pointer(&report->problems, g_ptr_array_unref);
}

void vdi_apply_say(VdiApplyReport *report, const char *sentence)
{
    if (report->problems == NULL) {
        report->problems = g_ptr_array_new_with_free_func(g_free);
    }
    g_ptr_array_add(report->problems, vdi_text_clean(sentence));
}

void vdi_apply_record(
    const VdiPaths *paths, int64_t now, const VdiAuditEntry *entry, VdiApplyReport *report)
{
    g_autoptr(GError) error = NULL;

    if (!vdi_audit_record(paths, now, entry, &error) && vdi_paths_may_write(paths)) {
        vdi_apply_say(report, error->message);
    }
}

void vdi_apply_add_problem(const VdiPaths *paths, int64_t now, VdiAuditEvent event,
    const char *organisation, const char *sentence, VdiApplyReport *report)
{
    const VdiAuditEntry entry = {.event = event, .organisation = organisation, .text = sentence};

    vdi_apply_say(report, sentence);
    vdi_apply_record(paths, now, &entry, report);
}

/* ---- believing ---- */

/* The compiled rules follow the target at once, and before any other refresh: the repository is
 * locked until it is closed. */
bool vdi_apply_believe(const VdiPaths *paths, const char *name, VdiTrustSource *source, int64_t now,
    VdiApplyReport *report, GError **error)
{
    g_autoptr(VdiTrustRepository) repository = vdi_store_repository(paths, name);
    g_autofree char *incoming = vdi_store_incoming(paths, name);
    g_autoptr(GBytes) target = NULL;
    VdiTrustReport trust = {0};
    bool only_collects = !vdi_paths_may_write(paths);

    if (only_collects) {
        vdi_trust_repository_collect_into(repository, incoming);
    }
    report->is_older = false;
    if (!vdi_store_check_root(paths, name, error)) {
        return false;
    }
    bool done =
        vdi_trust_refresh(repository, source, VDI_TRUST_MANIFEST, now, &target, &trust, error);

    report->is_older = trust.is_older;
    if (!done) {
        return false;
    }
    if (only_collects) {
        return true;
    }
    if (!vdi_store_accept(paths, name, target, &trust, error)) {
        return false;
    }
    if (trust.has_conflict) {
        vdi_apply_add_problem(paths, now, VDI_AUDIT_REFUSED, name,
            "a timestamp of the same version had other content", report);
    }
    if (trust.is_changed) {
        const VdiAuditEntry entry = {
            .event = VDI_AUDIT_REFRESHED, .organisation = name, .manifest = trust.targets_version};

        vdi_apply_record(paths, now, &entry, report);
    }
    return true;
}

/* ---- holding ---- */

static bool is_in(const GPtrArray *holds, const VdiHold *wanted)
{
    for (guint i = 0; i < holds->len; i++) {
        if (vdi_hold_compare(&holds->pdata[i], &wanted) == 0) {
            return true;
        }
    }
    return false;
}

static void record_holds(const VdiPaths *paths, int64_t now, VdiAuditEvent event,
    const GPtrArray *holds, const GPtrArray *known, VdiApplyReport *report)
{
    for (guint i = 0; i < holds->len; i++) {
        const VdiHold *hold = holds->pdata[i];
        const VdiAuditEntry entry = {.event = event,
            .organisation = hold->organisation,
            .rule = hold->rule,
            .package = hold->package,
            .version = hold->version,
            .text = hold->reason,
            .until = hold->until};

        if (!is_in(known, hold)) {
            vdi_apply_record(paths, now, &entry, report);
        }
    }
}

static bool was_refused(const VdiHolds *holds, const VdiNotHeld *wanted)
{
    for (guint i = 0; i < holds->not_held->len; i++) {
        const VdiNotHeld *not_held = holds->not_held->pdata[i];

        if (g_strcmp0(not_held->package, wanted->package) == 0
            && g_strcmp0(not_held->version, wanted->version) == 0
            && strcmp(not_held->rule, wanted->rule) == 0 && not_held->why == wanted->why) {
            return true;
        }
    }
    return false;
}

/* What has changed since the last time, once each. */
static void record_changes(const VdiPaths *paths, int64_t now, const VdiHolds *before,
    const VdiHolds *after, VdiApplyReport *report)
{
    record_holds(paths, now, VDI_AUDIT_RELEASED, before->holds, after->holds, report);
    record_holds(paths, now, VDI_AUDIT_HELD, after->holds, before->holds, report);
    if (after->all_advice) {
        const VdiAuditEntry entry = {
            .event = VDI_AUDIT_ALL_ADVICE, .text = vdi_not_held_sentence(VDI_NOT_HELD_SUDDEN)};

        if (!before->all_advice) {
            vdi_apply_record(paths, now, &entry, report);
        }
        return;
    }
    for (guint i = 0; i < after->not_held->len; i++) {
        const VdiNotHeld *not_held = after->not_held->pdata[i];
        const VdiAuditEntry entry = {.event = VDI_AUDIT_LIMIT,
            .organisation = not_held->organisation,
            .rule = not_held->rule,
            .package = not_held->package,
            .version = not_held->version,
            .text = vdi_not_held_sentence(not_held->why)};

        if (!was_refused(before, not_held)) {
            vdi_apply_record(paths, now, &entry, report);
        }
    }
}

/* The end of a rule for vdi-hook: its own, its list's, the first of its holds', and never later
 * than a longest hold from now (counted in whole days, so that the file seldom changes). */
static int64_t enforce_until(const VdiGuard *guard, size_t i, const VdiHolds *holds, int64_t now)
{
    size_t n_rules = 0;
    const VdiRuleInForce *in_force = &vdi_guard_rules(guard, &n_rules)[i];
    int64_t until = MIN(
        vdi_guard_rule_until(guard, i), now - now % DAY + vdi_guard_limits(guard)->longest_seconds);

    for (guint k = 0; k < holds->holds->len; k++) {
        const VdiHold *hold = holds->holds->pdata[k];

        if (strcmp(hold->rule, in_force->rule->id) == 0
            && strcmp(hold->organisation, in_force->organisation) == 0) {
            until = MIN(until, hold->until);
        }
    }
    return until;
}

static GBytes *print_enforced(const VdiGuard *guard, const VdiHolds *holds, int64_t now)
{
    size_t n_rules = 0;
    const VdiRuleInForce *rules = vdi_guard_rules(guard, &n_rules);
    g_autoptr(GArray) rows = g_array_new(false, false, sizeof(VdiEnforcedRow));
    int64_t floor = VDI_RELEASED_AT;

    for (size_t i = 0; i < n_rules; i++) {
        const VdiStore *store = vdi_guard_rule_store(guard, i);
        const VdiEnforcedRow row = {rules[i].organisation, store->compiled, rules[i].rule,
            enforce_until(guard, i, holds, now)};

        if (rules[i].effect == VDI_EFFECT_BLOCK && row.until > now
            && rules[i].rule->unreadable == NULL && !rules[i].rule->is_superseded
            && !vdi_holds_is_reduced(holds, rules[i].organisation, rules[i].rule->id)) {
            g_array_append_val(rows, row);
            floor = MAX(floor, store->organisation.issued_at - CLOCK_SLACK);
        }
    }
    return vdi_enforced_print((const VdiEnforcedRow *) (const void *) rows->data, rows->len, floor,
        (const char *const *) vdi_guard_limits(guard)->never);
}

static VdiHolds *decide(const VdiPaths *paths, const VdiGuard *guard, VdiHost *host,
    const VdiHolds *previous, int64_t now, VdiApplyReport *report)
{
    size_t n_rules = 0;
    const VdiRuleInForce *rules = vdi_guard_rules(guard, &n_rules);
    g_autoptr(VdiFacts) facts = vdi_facts_new();
    g_autofree int64_t *untils = g_new0(int64_t, MAX(n_rules, 1));
    g_autofree char *problem = NULL;
    g_autoptr(GError) error = NULL;

    for (size_t i = 0; i < n_rules; i++) {
        untils[i] = vdi_guard_rule_until(guard, i);
    }
    /* Packages that cannot be read stay unknown, and unknown holds nothing. */
    if (!vdi_host_look(host, facts, &error)) {
        vdi_apply_add_problem(paths, now, VDI_AUDIT_PROBLEM, NULL, error->message, report);
    }
    vdi_libraries_look(paths, facts);
    const VdiHoldsInput input = {
        .rules = rules,
        .untils = untils,
        .n_rules = n_rules,
        .facts = facts,
        .host = host,
        .limits = vdi_guard_limits(guard),
        .previous = previous,
        .now = now,
    };
    VdiHolds *holds = vdi_holds_decide(&input, &problem);

    if (problem != NULL) {
        vdi_apply_add_problem(paths, now, VDI_AUDIT_PROBLEM, NULL, problem, report);
    }
    return holds;
}

/* Pins first: whatever else cannot be written, they must not outlive their reason. */
static bool put_in_force(const VdiPaths *paths, const VdiGuard *guard, VdiHost *host,
    const VdiHolds *holds, int64_t now, GError **error)
{
    g_autoptr(GBytes) enforced = print_enforced(guard, holds, now);

    return (host->ops->hold == NULL || host->ops->hold(host, holds->holds, error))
        && vdi_enforced_write(paths, enforced, error) && vdi_holds_write(paths, holds, error);
}

bool vdi_apply_holds(const VdiPaths *paths, const VdiHostOptions *options, int64_t now,
    VdiApplyReport *report, GError **error)
{
    g_autofree char *lock_path = g_build_filename(paths->state, "apply.lock", NULL);
    g_auto(VdiFd) lock = vdi_file_lock(lock_path, LOCK_MS, error);
    g_autofree char *problem = NULL;

    if (lock < 0) {
        return false;
    }
    g_autoptr(VdiHost) host = vdi_host_new(paths, options, error);

    if (host == NULL) {
        return false;
    }
    g_autoptr(VdiGuard) guard = vdi_guard_open(paths, now);
    g_autoptr(VdiHolds) before = vdi_holds_read(paths, &problem);

    if (problem != NULL) {
        vdi_apply_add_problem(paths, now, VDI_AUDIT_PROBLEM, NULL, problem, report);
    }
    g_autoptr(VdiHolds) after = decide(paths, guard, host, before, now, report);

    if (!put_in_force(paths, guard, host, after, now, error)) {
        return false;
    }
    record_changes(paths, now, before, after, report);
    report->n_held = after->holds->len;
    report->all_advice = after->all_advice;
    return true;
}
