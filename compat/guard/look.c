/* SPDX-License-Identifier: Apache-2.0 */
#include <glib/gi18n.h>
#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "base/json.h"
#include "base/program.h"
#include "base/text.h"
#include "compat/guard.h"
#include "compat/guard/command.h"
#include "compat/rules/explain.h"

/* ---- check ---- */

/* At least one organisation's rules say something. */
static bool has_usable(const VdiGuard *guard)
{
    for (size_t i = 0; i < vdi_guard_n_organisations(guard); i++) {
        VdiStoreState state = vdi_guard_organisation(guard, i)->state;

        if (state == VDI_STORE_FRESH || state == VDI_STORE_GRACE || state == VDI_STORE_CLOCK) {
            return true;
        }
    }
    return false;
}

static void json_organisations(VdiJson *array, const VdiGuard *guard)
{
    for (size_t i = 0; i < vdi_guard_n_organisations(guard); i++) {
        const VdiOrganisation *organisation = vdi_guard_organisation(guard, i);
        VdiJson *json = vdi_json_add_object(array, NULL);

        vdi_json_add_text(json, "name", organisation->name);
        vdi_json_add_text(json, "state", vdi_store_state_name(organisation->state));
        vdi_json_add_integer(json, "version", organisation->version);
        vdi_json_add_boolean(json, "may-block", organisation->may_block);
        if (organisation->version > 0) {
            vdi_json_add_time(json, "issued", organisation->issued_at);
            vdi_json_add_time(json, "expires", organisation->expires_at);
        }
        if (organisation->problem != NULL) {
            vdi_json_add_text(json, "problem", organisation->problem);
        }
    }
}

static void json_findings(VdiJson *array, const VdiVerdict *verdict)
{
    const VdiFinding *finding = NULL;

    for (size_t i = 0; (finding = vdi_verdict_finding(verdict, i)) != NULL; i++) {
        g_autofree char *sentence = vdi_explain_finding(finding, g_get_language_names());
        VdiJson *json = vdi_json_add_object(array, NULL);

        vdi_json_add_text(json, "organisation", finding->organisation);
        vdi_json_add_text(json, "rule", finding->rule->id);
        vdi_json_add_text(json, "effect", vdi_effect_name(finding->effect));
        vdi_json_add_boolean(json, "known", finding->truth == VDI_TRUTH_TRUE);
        vdi_json_add_text(json, "sentence", sentence);
        if (finding->reduced != NULL) {
            vdi_json_add_text(json, "reduced", finding->reduced);
        }
        VdiJson *unknowns = vdi_json_add_array(json, "unknowns");

        for (size_t k = 0; finding->unknowns != NULL && finding->unknowns[k] != NULL; k++) {
            vdi_json_add_text(unknowns, NULL, finding->unknowns[k]);
        }
    }
}

static void json_texts(VdiJson *array, const char *const *texts)
{
    for (size_t i = 0; texts[i] != NULL; i++) {
        vdi_json_add_text(array, NULL, texts[i]);
    }
}

static void print_check_json(const VdiGuard *guard, const VdiVerdict *verdict)
{
    g_autoptr(VdiJson) json = vdi_json_new_object();

    vdi_json_add_integer(json, "format", 1);
    vdi_json_add_text(json, "effect", vdi_effect_name(vdi_verdict_effect(verdict)));
    vdi_json_add_boolean(json, "usable", has_usable(guard));
    json_organisations(vdi_json_add_array(json, "organisations"), guard);
    json_findings(vdi_json_add_array(json, "findings"), verdict);
    json_texts(vdi_json_add_array(json, "problems"), vdi_guard_problems(guard));
    g_autofree char *text = vdi_json_print_pretty(json);

    fputs(text, stdout);
}

/* One sentence a finding; what could not be looked at is said, and blocks nothing. */
static void print_finding(const VdiFinding *finding)
{
    g_autofree char *sentence = vdi_explain_finding(finding, g_get_language_names());

    if (finding->truth == VDI_TRUTH_UNKNOWN) {
        g_autofree char *missing =
            g_strjoinv(", ", finding->unknowns != NULL ? finding->unknowns : (char *[]){NULL});
        g_autofree char *shown = vdi_text_clean(missing);

        printf(_("unknown: %s (not known: %s)\n"), sentence, shown);
        return;
    }
    printf("%s: %s\n", vdi_effect_name(finding->effect), sentence);
}

static void print_organisations(const VdiGuard *guard)
{
    for (size_t i = 0; i < vdi_guard_n_organisations(guard); i++) {
        const VdiOrganisation *organisation = vdi_guard_organisation(guard, i);

        if (organisation->problem != NULL && organisation->state != VDI_STORE_GRACE) {
            vdi_program_warn(organisation->problem);
        }
    }
}

static void print_check(const VdiGuard *guard, const VdiFacts *facts, const VdiVerdict *verdict)
{
    const VdiFinding *finding = NULL;
    size_t i = 0;

    printf(_("Rules in force: %zu. Packages on this computer: %zu.\n"), vdi_guard_n_rules(guard),
        vdi_facts_n_packages(facts));
    for (; (finding = vdi_verdict_finding(verdict, i)) != NULL; i++) {
        print_finding(finding);
    }
    print_organisations(guard);
    for (const char *const *problem = vdi_guard_problems(guard); *problem != NULL; problem++) {
        vdi_program_warn(*problem);
    }
    if (i == 0 && has_usable(guard)) {
        puts(_("Nothing that is known here keeps this computer from its desktops."));
    }
}

bool vdi_guard_command_check(VdiCall *call, GError **error)
{
    gboolean json = false;
    const GOptionEntry own[] = {
        {"json", 0, 0, G_OPTION_ARG_NONE, &json, N_("for programs"), NULL},
        G_OPTION_ENTRY_NULL,
    };
    g_autoptr(VdiGuardContext) context = vdi_guard_context_read(call, own, 0, 0, error);

    if (context == NULL) {
        return false;
    }
    g_autoptr(VdiGuard) guard = vdi_guard_open(context->paths, context->now);
    g_autoptr(VdiFacts) facts = vdi_guard_look(guard, &context->host);
    g_autoptr(VdiVerdict) verdict = vdi_guard_check(guard, facts);

    if (json) {
        print_check_json(guard, verdict);
    } else {
        print_check(guard, facts, verdict);
    }
    if (!has_usable(guard)) {
        if (vdi_guard_n_organisations(guard) == 0) {
            g_set_error(error, VDI_GUARD_ERROR, VDI_GUARD_ERROR_NO_MANIFEST,
                "no organisation in %s/orgs", context->paths->config);
            return false;
        }
        if (json) {
            print_organisations(guard);
        }
        call->status = VDI_EXIT_TEMPORARY;
        return true;
    }
    call->status =
        vdi_verdict_effect(verdict) == VDI_EFFECT_BLOCK ? VDI_EXIT_GUARD_BLOCK : VDI_EXIT_OK;
    return true;
}

/* ---- explain ---- */

static void print_rule(const VdiGuard *guard, size_t i, const VdiVerdict *verdict)
{
    const char *const *languages = g_get_language_names();
    size_t n_rules = 0;
    const VdiRuleInForce *in_force = &vdi_guard_rules(guard, &n_rules)[i];
    g_autofree char *title = vdi_explain_title(in_force->rule, languages);
    g_autofree char *message = vdi_explain_message(in_force->rule, languages);
    g_auto(GStrv) remedies = vdi_explain_remedies(in_force->rule, languages);
    g_autofree char *until = vdi_text_time(vdi_guard_rule_until(guard, i));
    const VdiFinding *finding = NULL;

    printf(_("%s of %s: %s\n"), in_force->rule->id, in_force->organisation, title);
    printf("  %s\n", message);
    for (size_t k = 0; remedies[k] != NULL; k++) {
        printf("  - %s\n", remedies[k]);
    }
    printf(_("  Effect here: %s, until %s at the latest.\n"), vdi_effect_name(in_force->effect),
        until);
    if (in_force->reduced != NULL) {
        g_autofree char *reduced = vdi_text_clean(in_force->reduced);

        printf(_("  %s\n"), reduced);
    }
    for (size_t k = 0; (finding = vdi_verdict_finding(verdict, k)) != NULL; k++) {
        if (finding->rule == in_force->rule) {
            puts(finding->truth == VDI_TRUTH_TRUE ? _("  It is true of this computer now.")
                                                  : _("  Whether it is true cannot be told here."));
            return;
        }
    }
    puts(_("  It is not true of this computer now."));
}

bool vdi_guard_command_explain(VdiCall *call, GError **error)
{
    g_autoptr(VdiGuardContext) context = vdi_guard_context_read(call, NULL, 1, 1, error);
    bool found = false;

    if (context == NULL) {
        return false;
    }
    g_autoptr(VdiGuard) guard = vdi_guard_open(context->paths, context->now);
    g_autoptr(VdiFacts) facts = vdi_guard_look(guard, &context->host);
    g_autoptr(VdiVerdict) verdict = vdi_guard_check(guard, facts);
    size_t n_rules = 0;
    const VdiRuleInForce *rules = vdi_guard_rules(guard, &n_rules);

    for (size_t i = 0; i < n_rules; i++) {
        if (strcmp(rules[i].rule->id, call->argv[1]) == 0) {
            print_rule(guard, i, verdict);
            found = true;
        }
    }
    if (!found) {
        g_autofree char *shown = vdi_text_quote(call->argv[1]);

        g_set_error(error, VDI_GUARD_ERROR, VDI_GUARD_ERROR_UNKNOWN_RULE, "%s", shown);
    }
    return found;
}
