/* SPDX-License-Identifier: Apache-2.0 */
#include <glib/gi18n.h>
#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "base/text.h"
#include "compat/guard/report.h"
#include "compat/holds_file.h"
#include "compat/rules/explain.h"
#include "compat/rules/explain_condition.h"
#include "compat/rules/explain_hold.h"

static void print_words(const VdiRuleInForce *in_force)
{
    const char *const *languages = g_get_language_names();
    g_autofree char *title = vdi_explain_title(in_force->rule, languages);
    g_autofree char *message = vdi_explain_message(in_force->rule, languages);
    g_auto(GStrv) remedies = vdi_explain_remedies(in_force->rule, languages);

    printf(_("%s of %s: %s\n"), in_force->rule->id, in_force->organisation, title);
    printf("  %s\n", message);
    for (size_t i = 0; remedies[i] != NULL; i++) {
        printf("  - %s\n", remedies[i]);
    }
}

static void print_effect(const VdiRuleInForce *in_force, int64_t until)
{
    g_autofree char *end = vdi_text_time(until);
    const char *effect = vdi_effect_name(in_force->effect);

    if (until != 0) {
        printf(_("  Effect here: %s, until %s at the latest.\n"), effect, end);
    } else {
        printf(_("  Effect here: %s.\n"), effect);
    }
    if (in_force->reduced != NULL) {
        g_autofree char *reduced = vdi_text_clean(in_force->reduced);

        printf(_("  %s\n"), reduced);
    }
}

static const VdiFinding *find(const VdiVerdict *verdict, const VdiRuleInForce *in_force)
{
    const VdiFinding *finding = NULL;

    for (size_t i = 0; (finding = vdi_verdict_finding(verdict, i)) != NULL; i++) {
        if (finding->rule == in_force->rule
            && strcmp(finding->organisation, in_force->organisation) == 0) {
            return finding;
        }
    }
    return NULL;
}

/* Why a rule that could be judged says nothing. */
static const char *sentence_of_silence(const VdiRuleInForce *in_force, int64_t now)
{
    if (in_force->rule->is_superseded) {
        return _("  Another rule replaces it: it says nothing here.");
    }
    if (in_force->rule->expires_at != 0 && in_force->rule->expires_at <= now) {
        return _("  It has ended: it says nothing.");
    }
    return _("  It is not rolled out to this machine.");
}

static void print_truth(
    const VdiGuardCase *judged, const VdiRuleInForce *in_force, const VdiFinding *finding)
{
    const VdiRule *rule = in_force->rule;
    int64_t now = judged->context->now;

    if (rule->unreadable != NULL) {
        g_autofree char *why = vdi_text_clean(rule->unreadable);

        printf(_("  This version of Vigie does not understand it: %s\n"), why);
        return;
    }
    if (!vdi_rule_applies(rule, judged->facts, now)) {
        puts(sentence_of_silence(in_force, now));
    } else if (finding == NULL) {
        puts(judged->inventory == NULL ? _("  It is not true of this computer now.")
                                       : _("  It is not true of that machine."));
    } else if (finding->truth == VDI_TRUTH_UNKNOWN) {
        puts(_("  Whether it is true cannot be told here."));
    } else {
        puts(judged->inventory == NULL ? _("  It is true of this computer now.")
                                       : _("  It is true of that machine."));
    }
    g_auto(GStrv) lines = vdi_explain_condition(rule->when, judged->facts);

    g_auto(GStrv) ends = vdi_explain_ends_now(rule->when, judged->facts);

    for (size_t i = 0; lines[i] != NULL; i++) {
        printf("    %s\n", lines[i]);
    }
    for (size_t i = 0; ends[i] != NULL; i++) {
        printf("  %s\n", ends[i]);
    }
}

/* ---- what is held for it now, and what would end that ---- */

typedef struct {
    const VdiHold *hold;
    VdiChange *change;
} Held;

static bool add_held(const VdiPackage *package, void *user)
{
    const Held *held = user;

    vdi_change_add(held->change, package->type, package->namespace, package->name, package->arch,
        package->version, held->hold->version, held->hold->is_security);
    return false;
}

/* As if what is held were let in. */
static VdiChange *change_of(const VdiGuardCase *judged, const VdiHost *host, const VdiHolds *holds,
    const VdiRuleInForce *in_force)
{
    VdiChange *change = vdi_change_new();

    for (guint i = 0; i < holds->holds->len; i++) {
        const VdiHold *hold = holds->holds->pdata[i];
        Held held = {hold, change};
        size_t n_before = vdi_change_n_items(change);

        if (strcmp(hold->rule, in_force->rule->id) != 0
            || strcmp(hold->organisation, in_force->organisation) != 0) {
            continue;
        }
        for (size_t k = 0; k < vdi_facts_n_packages(judged->facts); k++) {
            const VdiPackage *package = vdi_facts_package(judged->facts, k);

            if (strcmp(package->name, hold->package) == 0) {
                (void) add_held(package, &held);
            }
        }
        if (vdi_change_n_items(change) == n_before && host != NULL) {
            vdi_change_add(change, host->ops->type, host->namespace, hold->package, NULL, NULL,
                hold->version, hold->is_security);
        }
    }
    return change;
}

static void print_holds(VdiGuardCase *judged, const VdiRuleInForce *in_force)
{
    g_autofree char *problem = NULL;
    g_autoptr(VdiHolds) holds = vdi_holds_read(judged->context->paths, &problem);
    g_autoptr(VdiChange) change = NULL;
    g_auto(VdiHoldSet) set = {0};

    change = change_of(judged, vdi_guard_case_host(judged, NULL), holds, in_force);
    for (guint i = 0; i < holds->holds->len; i++) {
        const VdiHold *hold = holds->holds->pdata[i];

        if (strcmp(hold->rule, in_force->rule->id) == 0
            && strcmp(hold->organisation, in_force->organisation) == 0) {
            g_autofree char *until = vdi_explain_until(hold->until, judged->context->now);

            printf(_("  Held for it: %s %s. %s\n"), hold->package, hold->version, until);
        }
    }
    if (vdi_change_n_items(change) == 0) {
        return;
    }
    vdi_evaluate_hold(in_force, 1, judged->facts, change, NULL, judged->context->now, &set);
    g_auto(GStrv) ends = vdi_explain_ends(&set, 0);

    for (size_t i = 0; ends[i] != NULL; i++) {
        printf("    %s\n", ends[i]);
    }
}

bool vdi_guard_command_explain(VdiCall *call, GError **error)
{
    const GOptionEntry own[] = {G_OPTION_ENTRY_NULL};
    g_autoptr(VdiGuardCase) judged = vdi_guard_case_read(call, own, 1, 1, error);
    bool is_found = false, blocks = false;
    size_t n_rules = 0;

    if (judged == NULL) {
        return false;
    }
    g_autoptr(VdiVerdict) verdict = vdi_guard_case_now(judged);
    const VdiRuleInForce *rules = vdi_guard_case_rules(judged, &n_rules);

    for (size_t i = 0; i < n_rules; i++) {
        if (strcmp(rules[i].rule->id, call->argv[1]) == 0) {
            const VdiFinding *finding = find(verdict, &rules[i]);

            print_words(&rules[i]);
            print_effect(&rules[i], vdi_guard_case_until(judged, i));
            print_truth(judged, &rules[i], finding);
            if (judged->manifest == NULL && judged->inventory == NULL) {
                print_holds(judged, &rules[i]);
            }
            blocks = blocks || (finding != NULL && finding->effect == VDI_EFFECT_BLOCK);
            is_found = true;
        }
    }
    if (!is_found && vdi_guard_case_is_usable(judged)) {
        g_autofree char *shown = vdi_text_quote(call->argv[1]);

        g_set_error(error, VDI_GUARD_ERROR, VDI_GUARD_ERROR_UNKNOWN_RULE, "%s", shown);
        return false;
    }
    vdi_guard_print_problems(judged);
    return vdi_guard_case_end(judged, blocks, call, error);
}
