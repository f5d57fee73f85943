/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "compat/inventory/inventory.h"
#include "compat/manifest/rule_draft.h"
#include "compat/rules/manifest.h"

/* The options of "draft", and the rule that they describe. */

typedef struct {
    char **bad, **fixed, **clients, **advisories, **inventories;
    char *effect, *expires, *id, *system, *from, *before, *after, *limits;
    char *title_en, *title_fr, *message_en, *message_fr;
    gboolean verified, dry_run;
} VdiComposeOptions;

void vdi_compose_options_clear(VdiComposeOptions *options);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(VdiComposeOptions, vdi_compose_options_clear)

/* Ended by G_OPTION_ENTRY_NULL; g_free it. */
GOptionEntry *vdi_compose_options_entries(VdiComposeOptions *options);

/* What they say, read and checked; holds what `draft` borrows. */
typedef struct {
    VdiRuleDraft draft;
    GPtrArray *causes, *clients, *addresses, *titles;
    char *id;
} VdiComposed;

/* `machine` is where names and versions are looked up that were not given whole; NULL: nowhere.
 * The id is one that neither `manifest` nor a withdrawn rule of `folder` has.
 * VDI_PROGRAM_ERROR_USAGE, …_VALUE, VDI_RANGE_ERROR: nothing of it was understood, and nothing is
 * changed.
 */
VdiComposed *vdi_compose(const VdiComposeOptions *options, const VdiManifest *manifest,
    const char *folder, const VdiFacts *machine, int64_t now,
    GError **error) G_GNUC_WARN_UNUSED_RESULT;
void vdi_composed_free(VdiComposed *composed);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(VdiComposed, vdi_composed_free)
