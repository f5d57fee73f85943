/* SPDX-License-Identifier: Apache-2.0 */
#include <glib/gi18n.h>
#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "base/file.h"
#include "base/program.h"
#include "compat/guard/report.h"
#include "compat/inventory/change_text.h"

/* What is pending: as the package manager says, or the inventory; or as a file does. */
static VdiChange *ask(VdiGuardCase *judged, const char **ret_source, GError **error)
{
    VdiHost *host = NULL;

    if (judged->inventory != NULL) {
        if (judged->inventory->pending == NULL) {
            g_set_error_literal(error, VDI_HOST_ERROR, VDI_HOST_ERROR_CHANGE,
                "this inventory does not say what is pending");
        }
        *ret_source = "inventory";
        return g_steal_pointer(&judged->inventory->pending);
    }
    host = vdi_guard_case_host(judged, error);
    if (host == NULL) {
        return NULL;
    }
    return vdi_host_pending(host, judged->facts, ret_source, error);
}

static VdiChange *read_file(const VdiGuardCase *judged, const char *path, GError **error)
{
    g_autoptr(GBytes) bytes = vdi_file_read_argument(path, VDI_CHANGE_TEXT_MAX_BYTES, error);
    VdiChange *change = NULL;

    if (bytes != NULL) {
        change = vdi_change_text_read(bytes, judged->facts, error);
        if (change == NULL) {
            g_prefix_error(error, "%s: ", path);
        }
    }
    return change;
}

static void print_pending(const VdiGuardReport *report)
{
    size_t n_items = vdi_change_n_items(report->change);

    if (report->judged->host != NULL) {
        printf(ngettext("Pending, as %s says: %zu change.\n", "Pending, as %s says: %zu changes.\n",
                   n_items),
            report->source, n_items);
    } else {
        printf(ngettext("Pending, as it was written down: %zu change.\n",
                   "Pending, as it was written down: %zu changes.\n", n_items),
            n_items);
    }
    vdi_guard_print_change(report);
}

/* Who gave an inventory that says it, and did not say "none", may think that it was judged. */
static void print_not_judged(const VdiGuardCase *judged)
{
    size_t n_items = judged->inventory != NULL && judged->inventory->pending != NULL
        ? vdi_change_n_items(judged->inventory->pending)
        : 0;

    if (n_items > 0) {
        printf(
            ngettext("%zu change that is pending there was not judged (--pending auto).\n",
                "%zu changes that are pending there were not judged (--pending auto).\n", n_items),
            n_items);
    }
}

bool vdi_guard_command_check(VdiCall *call, GError **error)
{
    gboolean json = false, with_machine = false;
    g_autofree char *pending = NULL;
    const GOptionEntry own[] = {
        {"json", 0, 0, G_OPTION_ARG_NONE, &json, N_("for programs"), NULL},
        {"pending", 0, 0, G_OPTION_ARG_FILENAME, &pending,
            N_("judge what is pending as well: auto asks the package manager, FILE says it; none"),
            N_("auto|none|FILE")},
        {"with-machine", 0, 0, G_OPTION_ARG_NONE, &with_machine,
            N_("with --json: the machine's inventory as well"), NULL},
        G_OPTION_ENTRY_NULL,
    };
    g_autoptr(VdiGuardCase) judged = vdi_guard_case_read(call, own, 0, 0, error);
    VdiChange *change = NULL;
    const char *source = NULL;
    bool is_none = pending == NULL || strcmp(pending, "none") == 0;

    if (judged == NULL) {
        return false;
    }
    if (!is_none) {
        change = strcmp(pending, "auto") == 0 ? ask(judged, &source, error)
                                              : read_file(judged, pending, error);
        if (change == NULL) {
            return false;
        }
    }
    g_autoptr(VdiGuardReport) report = vdi_guard_report_new(judged, change, source);

    if (json) {
        vdi_guard_print_json(report, with_machine);
    } else {
        vdi_guard_print_now(report);
        if (change != NULL) {
            print_pending(report);
        } else if (pending == NULL) {
            print_not_judged(judged);
        }
        vdi_guard_print_problems(judged);
    }
    return vdi_guard_case_end(judged,
        vdi_guard_report_is_broken(report) || vdi_guard_report_would_break(report), call, error);
}
