/* SPDX-License-Identifier: Apache-2.0 */
/* lint: what is wrong with the draft though it can be read. */
#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "base/text.h"
#include "compat/manifest/command.h"
#include "compat/manifest/draft.h"
#include "compat/manifest/limits_lint.h"
#include "compat/manifest/machines.h"
#include "compat/manifest/name_lint.h"
#include "compat/rules/fact_kind.h"

typedef struct {
    char *limits;
    char **inventories;
} Options;

static void options_clear(Options *options)
{
    g_clear_pointer(&options->limits, g_free);
    g_clear_pointer(&options->inventories, g_strfreev);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Options, options_clear)

char *vdi_manifest_finding_text(const VdiManifest *manifest, const VdiLintFinding *finding)
{
    return g_strdup_printf("%s: %s: %s (%s)", finding->place,
        finding->level == VDI_LINT_ERROR ? "error" : "warning", finding->sentence,
        vdi_manifest_rule(manifest, finding->rule)->id);
}

/* Returns how many of them are errors. */
static size_t print_findings(const VdiManifest *manifest, const GPtrArray *findings)
{
    size_t n_errors = 0;

    for (guint i = 0; i < findings->len; i++) {
        const VdiLintFinding *finding = findings->pdata[i];
        g_autofree char *text = vdi_manifest_finding_text(manifest, finding);

        n_errors += finding->level == VDI_LINT_ERROR;
        puts(text);
    }
    return n_errors;
}

static void find_client(const VdiCondition *fact, void *user)
{
    const char **id = user;

    if (*id == NULL && strcmp(fact->kind->name, "client") == 0) {
        *id = fact->name;
    }
}

/* Of what the fixed version is; "": the rule does not say. */
static char *name_fixed(const VdiRule *rule, const VdiRemedy *remedy)
{
    g_autoptr(VdiPurl) package =
        remedy->package != NULL ? vdi_purl_parse(remedy->package, NULL) : NULL;
    const char *client = NULL;

    if (package != NULL) {
        return g_strconcat(package->name, " ", NULL);
    }
    if (remedy->action == VDI_ACTION_UPGRADE_CLIENT) {
        vdi_condition_visit_facts(rule->when, find_client, &client);
    } else if (remedy->action == VDI_ACTION_INSTALL_UPDATE) {
        client = "build";
    }
    return client != NULL ? g_strconcat(client, " ", NULL) : g_strdup("");
}

/* What would be better: " (unless libssl3 3.0.18-1 is there by then)". */
static char *name_fix(const VdiRule *rule)
{
    for (size_t k = 0; k < rule->n_remedies; k++) {
        const VdiRemedy *remedy = &rule->remedies[k];
        const char *what = remedy->version != NULL ? remedy->version : remedy->update;

        if (remedy->category == VDI_REMEDY_VENDOR_FIX && what != NULL) {
            g_autofree char *name =
                remedy->version != NULL ? name_fixed(rule, remedy) : g_strdup("");
            g_autofree char *words = g_strconcat(name, what, NULL);
            g_autofree char *shown = vdi_text_clean(words);

            return g_strdup_printf(" (unless %s is there by then)", shown);
        }
    }
    return g_strdup("");
}

static void print_deadlines(const GPtrArray *deadlines, int64_t now, const char *limits)
{
    if (deadlines->len == 0) {
        return;
    }
    printf("until when each block holds (limits: %s; counted from today)\n",
        limits != NULL ? limits : "built in");
    for (guint i = 0; i < deadlines->len; i++) {
        const VdiDeadline *deadline = deadlines->pdata[i];
        g_autofree char *day = vdi_text_day(deadline->at);
        g_autofree char *fix = name_fix(deadline->rule);

        printf("  %-20s %s  %s%s\n", deadline->rule->id, deadline->at > now ? day : "not held  ",
            deadline->reason, fix);
    }
    const VdiDeadline *first = deadlines->pdata[0];
    g_autofree char *day = vdi_text_day(MAX(first->at, now));

    printf("The fleet breaks on %s if nothing better comes: rule %s, %s.\n", day, first->rule->id,
        first->reason);
}

bool vdi_manifest_command_lint(VdiCall *call, GError **error)
{
    g_auto(Options) options = {0};
    const GOptionEntry entries[] = {
        {"inventory", 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &options.inventories,
            "a machine, as vdi-guard inventory prints it; may be given again", "FILE"},
        {"limits", 0, 0, G_OPTION_ARG_FILENAME, &options.limits,
            "your machines' guard.conf, when it is not what is built in", "guard.conf"},
        G_OPTION_ENTRY_NULL,
    };

    if (!vdi_call_read(call, entries, NULL, 1, 1, error)) {
        return false;
    }
    g_autoptr(VdiManifest) manifest = vdi_draft_or_manifest(call->argv[1], error);
    g_autoptr(VdiLimits) limits =
        manifest != NULL ? vdi_limits_read_file(options.limits, error) : NULL;
    g_autoptr(VdiMachines) machines =
        limits != NULL ? vdi_machines_load(options.inventories, error) : NULL;

    if (machines == NULL) {
        return false;
    }
    g_autoptr(GPtrArray) findings = vdi_lint(manifest, call->now);

    vdi_name_lint(manifest, findings);
    vdi_lint_machines(manifest, machines->each, machines->n, call->now, findings);
    g_autoptr(GPtrArray) deadlines =
        vdi_limits_lint(manifest, limits, machines->each, machines->n, call->now, findings);

    vdi_lint_sort(findings);
    size_t n_errors = print_findings(manifest, findings);

    print_deadlines(deadlines, call->now, options.limits);
    printf("%s: rules: %zu, errors: %zu, warnings: %zu\n", call->argv[1],
        vdi_manifest_n_rules(manifest), n_errors, (size_t) findings->len - n_errors);
    call->status = n_errors > 0 ? VDI_EXIT_DATA : VDI_EXIT_OK;
    return true;
}
