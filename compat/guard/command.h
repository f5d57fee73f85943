/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "base/command.h"
#include "base/paths.h"
#include "compat/apply.h"
#include "compat/store.h"

/* The sub-commands of vdi-guard; their rows are in vdi-guard.c. */

/* Which machine a command is about, and when. */
typedef struct {
    VdiPaths *paths;
    VdiHostOptions host;
    int64_t now; /* UTC seconds */
} VdiGuardContext;

/* First in every command: its own options (NULL: none), those that all share, its words. */
VdiGuardContext *vdi_guard_context_read(VdiCall *call, const GOptionEntry *own, int min_words,
    int max_words, GError **error) G_GNUC_WARN_UNUSED_RESULT;
void vdi_guard_context_free(VdiGuardContext *context);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(VdiGuardContext, vdi_guard_context_free)

/* The store is the system's and this is not root: VDI_GUARD_ERROR_RIGHTS. */
bool vdi_guard_needs_root(const VdiGuardContext *context, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Decides and holds, and says how many. Holds are the system's: with a person's own store, or as
 * another user, nothing is done. */
bool vdi_guard_apply_holds(
    VdiGuardContext *context, VdiApplyReport *report, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* What went wrong on the way, each on a line of stderr. */
void vdi_guard_print_report(const VdiApplyReport *report);

/* One line on its list: "acme: list 3, fresh, good until …". */
void vdi_guard_print_organisation(const VdiOrganisation *organisation);
/* The same of several, by their names; ended by NULL. */
void vdi_guard_print_lists(const VdiGuardContext *context, char *const *names);

/* look.c, what_if.c, explain.c, status.c: change nothing, need no rights */
bool vdi_guard_command_check(VdiCall *call, GError **error);
bool vdi_guard_command_what_if(VdiCall *call, GError **error);
bool vdi_guard_command_explain(VdiCall *call, GError **error);
bool vdi_guard_command_status(VdiCall *call, GError **error);

/* version.c: look at nothing but their words */
bool vdi_guard_command_version(VdiCall *call, GError **error);
bool vdi_guard_command_purl(VdiCall *call, GError **error);

/* inventory.c: changes nothing either */
bool vdi_guard_command_inventory(VdiCall *call, GError **error);

/* act.c */
bool vdi_guard_command_refresh(VdiCall *call, GError **error);
bool vdi_guard_command_apply(VdiCall *call, GError **error);
bool vdi_guard_command_release(VdiCall *call, GError **error);

/* import.c: files that came from elsewhere */
bool vdi_guard_command_import(VdiCall *call, GError **error);
/* enrol.c */
bool vdi_guard_command_enroll(VdiCall *call, GError **error);
bool vdi_guard_command_leave(VdiCall *call, GError **error);

/* A failure that is the file's own is said, and ends a command with VDI_EXIT_DATA: true. */
bool vdi_guard_fail_file(VdiCall *call, GError **error);

/* tuf.c */
bool vdi_guard_command_tuf(VdiCall *call, GError **error);
