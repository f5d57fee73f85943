/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "compat/guard.h"
#include "compat/guard/command.h"
#include "compat/inventory/inventory.h"
#include "compat/rules/hold.h"

/* What check, what-if and explain judge: by whose rules, and which machine. Rules: the believed
 * ones of this computer, or (--manifest) those of a file that nobody has signed, as their author
 * would. Machine: this one, or (--inventory) one that was written down. Nothing is changed. */

typedef struct {
    VdiGuardContext *context;
    VdiGuard *guard;         /* what this computer believes, and its limits */
    VdiManifest *manifest;   /* judged by instead; NULL */
    VdiInventory *inventory; /* judged instead; NULL: this computer */
    VdiHost *host;           /* NULL: not asked for, none that is known, or another machine */
    VdiFacts *facts;         /* of the machine; an inventory's are its own */
    GArray *own_rules;       /* of VdiRuleInForce: of `manifest` */
    GPtrArray *problems;     /* of char *: sentences */
} VdiGuardCase;

/* Reads the options: those of the command (`own`), those of all commands, and the two above. */
VdiGuardCase *vdi_guard_case_read(VdiCall *call, const GOptionEntry *own, int min_words,
    int max_words, GError **error) G_GNUC_WARN_UNUSED_RESULT;
void vdi_guard_case_free(VdiGuardCase *judged);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(VdiGuardCase, vdi_guard_case_free)

/* The machine's package manager. NULL with VDI_HOST_ERROR: there is none, or the machine is another
 * one. */
VdiHost *vdi_guard_case_host(VdiGuardCase *judged, GError **error) G_GNUC_WARN_UNUSED_RESULT;

const VdiRuleInForce *vdi_guard_case_rules(const VdiGuardCase *judged, size_t *ret_n_rules);
size_t vdi_guard_case_n_rules(const VdiGuardCase *judged);
/* Until when the rule at `i` counts at all; 0: without an end. */
int64_t vdi_guard_case_until(const VdiGuardCase *judged, size_t i);
/* True or unknown of the machine as it is. */
VdiVerdict *vdi_guard_case_now(const VdiGuardCase *judged);

/* At least one organisation's rules say something; of a file they always do. */
bool vdi_guard_case_is_usable(const VdiGuardCase *judged);
/* The exit status of a command, or VDI_GUARD_ERROR_NO_MANIFEST where no organisation is. `blocks`:
 * a blocking rule is true, or would be. */
bool vdi_guard_case_end(const VdiGuardCase *judged, bool blocks, VdiCall *call,
    GError **error) G_GNUC_WARN_UNUSED_RESULT;
