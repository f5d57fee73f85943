/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "base/command.h"
#include "base/paths.h"
#include "compat/host/host.h"
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

/* One line on its list: "acme: list 3, fresh, good until …". */
void vdi_guard_print_organisation(const VdiOrganisation *organisation);

/* guard_look.c, guard_status.c: change nothing, need no rights */
bool vdi_guard_command_check(VdiCall *call, GError **error);
bool vdi_guard_command_explain(VdiCall *call, GError **error);
bool vdi_guard_command_version(VdiCall *call, GError **error);
bool vdi_guard_command_status(VdiCall *call, GError **error);

/* guard_act.c */
bool vdi_guard_command_refresh(VdiCall *call, GError **error);
bool vdi_guard_command_apply(VdiCall *call, GError **error);
bool vdi_guard_command_release(VdiCall *call, GError **error);
