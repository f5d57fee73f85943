/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/paths.h"
#include "compat/audit.h"
#include "compat/host/host.h"
#include "compat/trust/source.h"

/* What vdi-guard does as root: believes what came in, decides what is held, has it held. Each step
 * does what it can when another fails; problems are collected as sentences, recorded, and stop
 * nobody's update. */

typedef struct {
    GPtrArray *problems; /* of char *, clean sentences; NULL: none */
    size_t n_held;       /* afterwards */
    bool all_advice;     /* the dead man's switch */
    bool is_older;       /* what was offered last is an older list than the one here, duly signed */
} VdiApplyReport;

void vdi_apply_report_clear(VdiApplyReport *report);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(VdiApplyReport, vdi_apply_report_clear)

/* Says a problem, a clean sentence or not; and records it. `organisation` may be NULL. */
void vdi_apply_say(VdiApplyReport *report, const char *sentence);
/* In the audit; that it cannot be written there is a problem, but not where this user may not. */
void vdi_apply_record(
    const VdiPaths *paths, int64_t now, const VdiAuditEntry *entry, VdiApplyReport *report);

/* Says a problem and records it. `organisation` may be NULL. */
void vdi_apply_add_problem(const VdiPaths *paths, int64_t now, VdiAuditEvent event,
    const char *organisation, const char *sentence, VdiApplyReport *report);

/* From one source into an organisation's trusted store; as a user who may not write there, into the
 * incoming folder. On failure the last good list stays. */
bool vdi_apply_believe(const VdiPaths *paths, const char *name, VdiTrustSource *source, int64_t now,
    VdiApplyReport *report, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Decides and holds, under a lock. No network. Fails only when another one is at it for long
 * (VDI_FILE_ERROR_BUSY) or nothing can be written. */
bool vdi_apply_holds(const VdiPaths *paths, const VdiHostOptions *options, int64_t now,
    VdiApplyReport *report, GError **error) G_GNUC_WARN_UNUSED_RESULT;
