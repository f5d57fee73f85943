/* SPDX-License-Identifier: Apache-2.0 */
#include <glib/gi18n.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "base/file.h"
#include "base/program.h"
#include "base/text.h"
#include "compat/apply.h"
#include "compat/audit.h"
#include "compat/guard.h"
#include "compat/guard/command.h"
#include "compat/holds_file.h"
#include "compat/import.h"
#include "compat/refresh.h"
#include "compat/release.h"

static bool is_organisation(char *const *names, const char *name, GError **error)
{
    g_autofree char *shown = vdi_text_quote(name);

    if (g_strv_contains((const char *const *) names, name)) {
        return true;
    }
    g_set_error(error, VDI_GUARD_ERROR, VDI_GUARD_ERROR_ORGANISATION, "%s", shown);
    return false;
}

static GStrv find_due(const VdiGuardContext *context, char *const *names)
{
    g_autoptr(GPtrArray) due = g_ptr_array_new();

    for (size_t i = 0; names[i] != NULL; i++) {
        if (vdi_refresh_next(context->paths, names[i], context->now) <= context->now) {
            g_ptr_array_add(due, g_strdup(names[i]));
        }
    }
    g_ptr_array_add(due, NULL);
    return (GStrv) g_ptr_array_free(g_steal_pointer(&due), false);
}

/* A pin has no end of its own: what ended, with its rule or its list, must be let go also where no
 * network is. */
static bool has_ended_hold(const VdiGuardContext *context)
{
    g_autofree char *problem = NULL;
    g_autoptr(VdiHolds) holds = vdi_holds_read(context->paths, &problem);

    for (guint i = 0; i < holds->holds->len; i++) {
        const VdiHold *hold = holds->holds->pdata[i];

        if (hold->until <= context->now) {
            return true;
        }
    }
    return false;
}

bool vdi_guard_command_refresh(VdiCall *call, GError **error)
{
    gboolean lists_only = false, if_due = false;
    const GOptionEntry own[] = {
        {"if-due", 0, 0, G_OPTION_ARG_NONE, &if_due,
            N_("do nothing unless it is time to: for a timer that looks every few minutes"), NULL},
        {"lists-only", 0, 0, G_OPTION_ARG_NONE, &lists_only,
            N_("leave the holds to the next refresh or apply: asks no package manager"), NULL},
        G_OPTION_ENTRY_NULL,
    };
    g_autoptr(VdiGuardContext) context = vdi_guard_context_read(call, own, 0, G_MAXINT - 1, error);
    g_auto(VdiApplyReport) report = {0};

    if (context == NULL) {
        return false;
    }
    g_auto(GStrv) all = vdi_store_names(context->paths);
    char **names = call->argc > 1 ? call->argv + 1 : all;

    for (size_t i = 0; names[i] != NULL; i++) {
        if (!is_organisation(all, names[i], error)) {
            return false;
        }
    }
    g_auto(GStrv) due = if_due ? find_due(context, names) : g_strdupv(names);

    if (if_due && due[0] == NULL && !has_ended_hold(context)) {
        return true;
    }
    for (size_t i = 0; due[i] != NULL; i++) {
        if (!vdi_refresh_organisation(context->paths, due[i], context->now, &report)) {
            call->status = VDI_EXIT_TEMPORARY;
        }
    }
    if (vdi_paths_may_write(context->paths)) {
        vdi_guard_print_lists(context, due);
    }
    bool done = lists_only || vdi_guard_apply_holds(context, &report, error);

    vdi_guard_print_report(&report);
    return done;
}

/* Run after `apt update` and by a path unit: problems are said and recorded, and fail nobody. */
bool vdi_guard_command_apply(VdiCall *call, GError **error)
{
    g_autoptr(VdiGuardContext) context = vdi_guard_context_read(call, NULL, 0, 0, error);
    g_auto(VdiApplyReport) report = {0};

    if (context == NULL || !vdi_guard_needs_root(context, error)) {
        return false;
    }
    vdi_import_inbox(context->paths, context->now, &report);
    vdi_refresh_incoming(context->paths, context->now, &report);
    bool done = vdi_guard_apply_holds(context, &report, error);

    vdi_guard_print_report(&report);
    return done;
}

/* ---- release ---- */

static const struct {
    char unit;
    int64_t seconds;
} units[] = {{'m', 60}, {'h', 3600}, {'d', 24 * 3600}};

static bool read_duration(const char *text, int64_t *ret_seconds, GError **error)
{
    size_t length = text != NULL ? strlen(text) : 0;

    for (size_t i = 0; length > 1 && i < G_N_ELEMENTS(units); i++) {
        g_autofree char *number = g_strndup(text, length - 1);
        guint64 count = 0;

        if (text[length - 1] == units[i].unit
            && g_ascii_string_to_unsigned(number, 10, 1,
                (guint64) (VDI_RELEASE_MAX_SECONDS / units[i].seconds), &count, NULL)) {
            *ret_seconds = (int64_t) count * units[i].seconds;
            return true;
        }
    }
    return vdi_call_fail_usage("--for: a time of 1m to 30d is due, as in 24h", error);
}

/* A store that cannot be read does not tell its rules: then any name will do, or break-glass would
 * fail when it is needed most. */
static bool is_rule(const VdiGuardContext *context, const char *rule, GError **error)
{
    g_autoptr(VdiGuard) guard = vdi_guard_open(context->paths, context->now);
    size_t n_rules = 0;
    const VdiRuleInForce *rules = vdi_guard_rules(guard, &n_rules);

    for (size_t i = 0; i < n_rules; i++) {
        if (strcmp(rules[i].rule->id, rule) == 0) {
            return true;
        }
    }
    for (size_t i = 0; i < vdi_guard_n_organisations(guard); i++) {
        if (vdi_guard_organisation(guard, i)->state == VDI_STORE_DAMAGED) {
            return true;
        }
    }
    g_autofree char *shown = vdi_text_quote(rule);

    g_set_error(error, VDI_GUARD_ERROR, VDI_GUARD_ERROR_UNKNOWN_RULE, "%s", shown);
    return false;
}

/* At once and without asking anything: the pins of that rule go, and so does all that vdi-hook
 * stands on. What still has a reason comes back with the next apply. */
static bool lift(VdiGuardContext *context, const char *rule, GError **error)
{
    g_autofree char *enforced = g_build_filename(context->paths->state, "enforced.rules", NULL);
    g_autoptr(GPtrArray) kept = g_ptr_array_new();

    /* The gate opens whether or not the package system can be found. */
    if (!vdi_file_remove(enforced, error)) {
        return false;
    }
    g_autoptr(VdiHost) host = vdi_host_new(context->paths, &context->host, error);

    if (host == NULL) {
        return false;
    }
    g_autoptr(GPtrArray) held = host->ops->list(host, NULL);

    for (guint i = 0; held != NULL && i < held->len; i++) {
        const VdiHold *hold = held->pdata[i];

        if (strcmp(rule, VDI_RELEASE_ALL) != 0 && strcmp(hold->rule, rule) != 0) {
            g_ptr_array_add(kept, held->pdata[i]);
        }
    }
    return host->ops->hold == NULL || host->ops->hold(host, kept, error);
}

static bool release(VdiGuardContext *context, const VdiRelease *wanted, GError **error)
{
    g_auto(VdiApplyReport) report = {0};
    g_autoptr(GError) local = NULL;
    const VdiAuditEntry entry = {.event = VDI_AUDIT_RELEASE,
        .rule = wanted->rule,
        .text = wanted->reason,
        .until = wanted->until};
    g_autofree char *until = vdi_text_time(wanted->until);

    /* Lifting comes first: with a full disk it is all that can still be done. */
    bool is_lifted = context->paths->is_personal || lift(context, wanted->rule, &local);

    if (!vdi_releases_add(context->paths, wanted, context->now, error)) {
        if (is_lifted) {
            g_prefix_error(error, "the pins are lifted, but only until the next apply: ");
        }
        return false;
    }
    if (!is_lifted) {
        g_propagate_error(error, g_steal_pointer(&local));
        return false;
    }
    if (!vdi_audit_record(context->paths, context->now, &entry, &local)) {
        vdi_program_warn(local->message);
    }
    printf(_("Released until %s.\n"), until);
    bool done = vdi_guard_apply_holds(context, &report, error);

    vdi_guard_print_report(&report);
    return done;
}

bool vdi_guard_command_release(VdiCall *call, GError **error)
{
    g_autofree char *duration = NULL;
    g_autofree char *reason = NULL;
    gboolean all = false;
    const GOptionEntry own[] = {
        {"all", 0, 0, G_OPTION_ARG_NONE, &all, N_("every rule"), NULL},
        {"for", 0, 0, G_OPTION_ARG_STRING, &duration, N_("how long, as in 24h"), N_("TIME")},
        {"reason", 0, 0, G_OPTION_ARG_STRING, &reason, N_("why: it is recorded"), N_("TEXT")},
        G_OPTION_ENTRY_NULL,
    };
    int64_t seconds = 0;

    g_autoptr(VdiGuardContext) context = vdi_guard_context_read(call, own, 0, 1, error);

    if (context == NULL) {
        return false;
    }
    if ((call->argc == 2) == all) {
        return vdi_call_fail_usage("one rule, or --all, is due", error);
    }
    if (reason == NULL || *reason == '\0') {
        return vdi_call_fail_usage("--reason is due: it is recorded", error);
    }
    if (!read_duration(duration, &seconds, error) || !vdi_guard_needs_root(context, error)
        || (!all && !is_rule(context, call->argv[1], error))) {
        return false;
    }
    g_autofree char *clean = vdi_text_clean(reason);
    const VdiRelease wanted = {.rule = all ? (char *) VDI_RELEASE_ALL : call->argv[1],
        .reason = clean,
        .uid = (int64_t) getuid(),
        .from = context->now,
        .until = context->now + seconds};

    return release(context, &wanted, error);
}
