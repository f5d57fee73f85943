/* SPDX-License-Identifier: Apache-2.0 */
#include "compat/guard/command.h"

#include <glib/gi18n.h>
#include <stdio.h>

#include "base/error.h"
#include "base/program.h"
#include "base/text.h"
#include "compat/guard.h"

static bool is_absolute_or_absent(const char *path, const char *option, GError **error)
{
    g_autofree char *due = g_strdup_printf("%s: an absolute path is due", option);

    return path == NULL || g_path_is_absolute(path) || vdi_call_fail_usage(due, error);
}

VdiGuardContext *vdi_guard_context_read(
    VdiCall *call, const GOptionEntry *own, int min_words, int max_words, GError **error)
{
    g_autofree char *root = NULL;
    g_autofree char *apt_config = NULL;
    g_autofree char *simulation = NULL;
    const GOptionEntry shared[] = {
        {"root", 0, 0, G_OPTION_ARG_FILENAME, &root, N_("guard the system below DIR"), N_("DIR")},
        {"apt-config", 0, 0, G_OPTION_ARG_FILENAME, &apt_config,
            N_("apt's configuration, for a throw-away system"), N_("FILE")},
        {"simulation", 0, 0, G_OPTION_ARG_FILENAME, &simulation,
            N_("a system written in JSON instead of this one"), N_("FILE")},
        G_OPTION_ENTRY_NULL,
    };

    if (!vdi_call_read(call, own, shared, min_words, max_words, error)
        || !is_absolute_or_absent(root, "--root", error)
        || !is_absolute_or_absent(apt_config, "--apt-config", error)
        || !is_absolute_or_absent(simulation, "--simulation", error)) {
        return NULL;
    }
    VdiGuardContext *context = g_new0(VdiGuardContext, 1);

    context->paths = vdi_paths_new(root);
    context->host.apt_config = g_steal_pointer(&apt_config);
    context->host.simulation = g_steal_pointer(&simulation);
    context->now = call->now;
    return context;
}

void vdi_guard_context_free(VdiGuardContext *context)
{
    if (context != NULL) {
        vdi_paths_free(context->paths);
        g_free((char *) context->host.apt_config);
        g_free((char *) context->host.simulation);
        g_free(context);
    }
}

void vdi_guard_print_organisation(const VdiOrganisation *organisation)
{
    g_autofree char *expires = vdi_text_time(organisation->expires_at);
    g_autofree char *version = g_strdup_printf("%" G_GINT64_FORMAT, organisation->version);
    const char *state = vdi_store_state_name(organisation->state);

    if (organisation->version > 0) {
        printf(_("%s: list %s, %s, good until %s%s\n"), organisation->name, version, state, expires,
            organisation->may_block ? "" : _(", may only advise"));
    } else {
        printf("%s: %s\n", organisation->name, state);
    }
}

bool vdi_guard_needs_root(const VdiGuardContext *context, GError **error)
{
    if (vdi_paths_may_write(context->paths)) {
        return true;
    }
    g_set_error(error, VDI_GUARD_ERROR, VDI_GUARD_ERROR_RIGHTS, "%s", context->paths->state);
    return false;
}

void vdi_guard_print_report(const VdiApplyReport *report)
{
    for (guint i = 0; report->problems != NULL && i < report->problems->len; i++) {
        vdi_program_warn(report->problems->pdata[i]);
    }
    if (report->all_advice) {
        vdi_program_warn(_("Too much would be held at once: nothing is, all rules only advise."));
    }
}

bool vdi_guard_apply_holds(VdiGuardContext *context, VdiApplyReport *report, GError **error)
{
    if (context->paths->is_personal || !vdi_paths_may_write(context->paths)) {
        return true;
    }
    if (!vdi_apply_holds(context->paths, &context->host, context->now, report, error)) {
        return false;
    }
    printf(ngettext("%zu version is held.\n", "%zu versions are held.\n", report->n_held),
        report->n_held);
    return true;
}

void vdi_guard_print_lists(const VdiGuardContext *context, char *const *names)
{
    g_autoptr(VdiGuard) guard = vdi_guard_open(context->paths, context->now);

    for (size_t i = 0; i < vdi_guard_n_organisations(guard); i++) {
        const VdiOrganisation *organisation = vdi_guard_organisation(guard, i);

        if (g_strv_contains((const char *const *) names, organisation->name)) {
            vdi_guard_print_organisation(organisation);
        }
    }
}
