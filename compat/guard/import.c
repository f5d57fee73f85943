/* SPDX-License-Identifier: Apache-2.0 */
/* import: an update that came as a file. */
#include <glib/gi18n.h>
#include <stdio.h>

#include "base/error.h"
#include "base/file.h"
#include "base/program.h"
#include "base/text.h"
#include "compat/guard/command.h"
#include "compat/import.h"
#include "compat/trust/bundle.h"

bool vdi_guard_fail_file(VdiCall *call, GError **error)
{
    if (!vdi_import_is_of_file(*error)) {
        return false;
    }
    (void) vdi_program_fail(*error);
    g_clear_error(error);
    call->status = VDI_EXIT_DATA;
    return true;
}

static bool import(VdiGuardContext *context, const char *path, GError **error)
{
    g_auto(VdiApplyReport) report = {0};
    g_auto(VdiImport) done = {0};
    g_autoptr(GBytes) document = vdi_file_read_argument(path, VDI_BUNDLE_MAX_BYTES, error);

    if (document == NULL) {
        return false;
    }
    if (!vdi_import_update(context->paths, document, context->now, &done, &report, error)) {
        g_autofree char *sentence = vdi_error_sentence(*error);
        const VdiAuditEntry entry = {.event = VDI_AUDIT_REFUSED, .text = sentence};

        if (!vdi_audit_record(context->paths, context->now, &entry, NULL)) {
            vdi_program_warn(_("This could not be recorded."));
        }
        return false;
    }
    if (!done.is_new) {
        printf(_("Nothing new: all of that file is here already.\n"));
    }
    char *names[] = {done.organisation, NULL};

    vdi_guard_print_lists(context, names);
    bool is_held = vdi_guard_apply_holds(context, &report, error);

    vdi_guard_print_report(&report);
    return is_held;
}

bool vdi_guard_command_import(VdiCall *call, GError **error)
{
    g_autoptr(VdiGuardContext) context = vdi_guard_context_read(call, NULL, 1, 1, error);

    if (context == NULL || !vdi_guard_needs_root(context, error)) {
        return false;
    }
    return import(context, call->argv[1], error) || vdi_guard_fail_file(call, error);
}
