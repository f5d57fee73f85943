/* SPDX-License-Identifier: Apache-2.0 */
#include "compat/guard/report.h"

#include <glib/gi18n.h>
#include <stdio.h>
#include <string.h>

#include "base/program.h"
#include "base/text.h"
#include "compat/guard/report_private.h"
#include "compat/rules/explain.h"
#include "compat/rules/explain_hold.h"

void vdi_guard_report_free(VdiGuardReport *report)
{
    if (report != NULL) {
        vdi_hold_set_clear(&report->held);
        g_clear_pointer(&report->after, vdi_verdict_free);
        g_clear_pointer(&report->coming, vdi_verdict_free);
        g_clear_pointer(&report->now, vdi_verdict_free);
        g_clear_pointer(&report->change, vdi_change_free);
        g_free(report);
    }
}

static void judge_change(VdiGuardReport *report)
{
    const VdiGuardCase *judged = report->judged;
    int64_t now = judged->context->now;
    size_t n_rules = 0;
    const VdiRuleInForce *rules = vdi_guard_case_rules(judged, &n_rules);
    g_autofree bool *never = vdi_limits_never(vdi_guard_limits(judged->guard), report->change);
    g_autoptr(VdiFacts) after = vdi_change_apply(judged->facts, report->change, NULL);

    report->coming = vdi_evaluate_change(rules, n_rules, judged->facts, report->change, NULL, now);
    report->after = vdi_evaluate(rules, n_rules, after, now);
    vdi_evaluate_hold(rules, n_rules, judged->facts, report->change, never, now, &report->held);
}

VdiGuardReport *vdi_guard_report_new(
    const VdiGuardCase *judged, VdiChange *take_change, const char *source)
{
    VdiGuardReport *report = g_new0(VdiGuardReport, 1);

    report->judged = judged;
    report->now = vdi_guard_case_now(judged);
    report->change = take_change;
    report->source = source;
    if (take_change != NULL) {
        judge_change(report);
    }
    return report;
}

static bool blocks(const VdiVerdict *verdict)
{
    return verdict != NULL && vdi_verdict_effect(verdict) == VDI_EFFECT_BLOCK;
}

bool vdi_guard_report_is_broken(const VdiGuardReport *report)
{
    return blocks(report->now);
}

bool vdi_guard_report_would_break(const VdiGuardReport *report)
{
    return blocks(report->coming);
}

bool vdi_guard_report_ends_broken(const VdiGuardReport *report)
{
    return blocks(report->after);
}

/* ---- what both forms need ---- */

bool vdi_guard_report_find_rule(
    const VdiGuardReport *report, const VdiFinding *finding, size_t *ret_rule)
{
    size_t n_rules = 0;
    const VdiRuleInForce *rules = vdi_guard_case_rules(report->judged, &n_rules);

    for (size_t i = 0; i < n_rules; i++) {
        if (rules[i].rule == finding->rule
            && strcmp(rules[i].organisation, finding->organisation) == 0) {
            *ret_rule = i;
            return true;
        }
    }
    return false;
}

int64_t vdi_guard_report_until(const VdiGuardReport *report, size_t rule)
{
    const VdiLimits *limits = vdi_guard_limits(report->judged->guard);
    int64_t now = report->judged->context->now;
    int64_t until = vdi_guard_case_until(report->judged, rule);

    until = until != 0 ? until : G_MAXINT64;
    for (guint i = 0; i < report->held.reasons->len; i++) {
        const VdiHoldReason *reason = &g_array_index(report->held.reasons, VdiHoldReason, i);
        const VdiChangeItem *item = vdi_change_item(report->change, reason->item);

        if (reason->rule == rule) {
            until = MIN(until, now + vdi_limits_seconds(limits, item->name, item->is_security));
        }
    }
    return until;
}

bool vdi_guard_report_is_not_prevented(const VdiGuardReport *report, size_t rule)
{
    for (guint i = 0; i < report->held.not_prevented->len; i++) {
        if (g_array_index(report->held.not_prevented, size_t, i) == rule) {
            return true;
        }
    }
    return false;
}

bool vdi_guard_report_ends(const VdiGuardReport *report, const VdiFinding *now)
{
    const VdiFinding *finding = NULL;

    for (size_t i = 0; (finding = vdi_verdict_finding(report->after, i)) != NULL; i++) {
        if (finding->rule == now->rule && strcmp(finding->organisation, now->organisation) == 0) {
            return false;
        }
    }
    return now->truth == VDI_TRUTH_TRUE;
}

/* ---- for people ---- */

static void print_finding(const VdiFinding *finding, bool is_coming)
{
    g_autofree char *sentence = vdi_explain_finding(finding, g_get_language_names());
    g_autofree char *reasons = vdi_explain_reasons(finding);

    if (finding->truth == VDI_TRUTH_UNKNOWN) {
        printf(is_coming ? _("then unknown: %s\n") : _("unknown: %s\n"), sentence);
        return;
    }
    printf(is_coming ? _("then %s: %s\n") : "%s: %s\n", vdi_effect_name(finding->effect), sentence);
    if (reasons != NULL) {
        printf("  %s\n", reasons);
    }
}

static void print_judged(const VdiGuardCase *judged)
{
    if (judged->manifest != NULL) {
        printf(_("Judged by unsigned rules of %s, as their author would; nothing is changed.\n"),
            vdi_manifest_id(judged->manifest));
    }
    if (judged->inventory == NULL) {
        printf(_("Rules in force: %zu. Packages on this computer: %zu.\n"),
            vdi_guard_case_n_rules(judged), vdi_facts_n_packages(judged->facts));
        return;
    }
    g_autofree char *name = vdi_text_clean(
        judged->inventory->name != NULL ? judged->inventory->name : _("without a name"));

    printf(_("Rules in force: %zu. Packages on the machine %s, as it was written down: %zu.\n"),
        vdi_guard_case_n_rules(judged), name, vdi_facts_n_packages(judged->facts));
}

void vdi_guard_print_now(const VdiGuardReport *report)
{
    const VdiFinding *finding = NULL;
    size_t i = 0;

    print_judged(report->judged);
    for (; (finding = vdi_verdict_finding(report->now, i)) != NULL; i++) {
        print_finding(finding, false);
    }
    if (i == 0 && vdi_guard_case_is_usable(report->judged)) {
        puts(report->judged->inventory == NULL
                ? _("Nothing that is known here keeps this computer from its desktops.")
                : _("Nothing that is known here keeps that machine from its desktops."));
    }
}

/* Of so many rules: each takes a look at the whole change. */
enum { HOLDS_SHOWN = 64 };

/* What would be held for a rule, until when, and what would end that. */
static void print_hold(const VdiGuardReport *report, size_t rule)
{
    g_autofree char *held = vdi_explain_held(report->change, &report->held, rule);
    g_auto(GStrv) ends = vdi_explain_ends(&report->held, rule);

    if (vdi_guard_report_is_not_prevented(report, rule)) {
        puts(_("  Nothing of it that may be held would prevent that."));
        return;
    }
    if (*held == '\0') {
        puts(_("  What is held for another rule prevents that."));
        return;
    }
    const VdiHost *host = report->judged->host;

    if (host != NULL && host->ops->hold == NULL) {
        printf(
            _("  To be left out by hand, for %s cannot be told yet: %s.\n"), host->ops->name, held);
        return;
    }
    g_autofree char *until =
        vdi_explain_until(vdi_guard_report_until(report, rule), report->judged->context->now);

    printf(_("  Would be held: %s.\n"), held);
    printf("  %s\n", until);
    for (size_t i = 0; ends[i] != NULL; i++) {
        printf("  %s\n", ends[i]);
    }
}

static void print_coming(const VdiGuardReport *report)
{
    const VdiFinding *finding = NULL;
    size_t rule = 0, n_holds = 0, i = 0;

    for (; (finding = vdi_verdict_finding(report->coming, i)) != NULL; i++) {
        print_finding(finding, true);
        if (finding->effect == VDI_EFFECT_BLOCK && n_holds < HOLDS_SHOWN
            && vdi_guard_report_find_rule(report, finding, &rule)) {
            print_hold(report, rule);
            n_holds++;
        }
    }
    if (i == 0) {
        puts(_("Nothing that is known here would be broken by that."));
    }
    if (!report->held.is_smallest) {
        puts(_("The search was cut short: a smaller part might do."));
    }
}

void vdi_guard_print_change(const VdiGuardReport *report)
{
    const VdiFinding *finding = NULL;

    print_coming(report);
    for (size_t i = 0; (finding = vdi_verdict_finding(report->now, i)) != NULL; i++) {
        if (vdi_guard_report_ends(report, finding)) {
            printf(_("Rule %s of %s, which is true now, is not true after that.\n"),
                finding->rule->id, finding->organisation);
        }
    }
}

void vdi_guard_print_problems(const VdiGuardCase *judged)
{
    for (size_t i = 0; judged->manifest == NULL && i < vdi_guard_n_organisations(judged->guard);
         i++) {
        const VdiOrganisation *organisation = vdi_guard_organisation(judged->guard, i);

        if (organisation->problem != NULL && organisation->state != VDI_STORE_GRACE) {
            vdi_program_warn(organisation->problem);
        }
    }
    for (const char *const *problem = vdi_guard_problems(judged->guard); *problem != NULL;
         problem++) {
        vdi_program_warn(*problem);
    }
    for (guint i = 0; i < judged->problems->len; i++) {
        vdi_program_warn(judged->problems->pdata[i]);
    }
}
