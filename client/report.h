/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <glib.h>
#include <stdbool.h>

#include "client/connection.h"

/* What vdi-connect says while it works: sentences for people on stderr; with --json one object a
 * line on stdout, its fields v, ts, event, state, session, code, detail, elapsed_ms, rule_id
 * (docs/connect.md). No secret comes here. */

typedef struct VdiReport VdiReport;

VdiReport *vdi_report_new(bool json);
void vdi_report_free(VdiReport *report);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(VdiReport, vdi_report_free)

void vdi_report_state(VdiReport *report, VdiState state);
void vdi_report_phase(VdiReport *report, VdiPhase phase);
/* A sentence, clean: the program goes on. */
void vdi_report_warning(VdiReport *report, const char *sentence);
/* One rule that is true or unknown, whatever it does; `is_blocking`: it stands in the way. */
void vdi_report_finding(VdiReport *report, const VdiFinding *finding, bool is_blocking);
void vdi_report_accepted(VdiReport *report, const char *rule);
void vdi_report_screenshot(VdiReport *report, const char *path, uint32_t width, uint32_t height);
/* The end: `error` may be NULL. Gives the exit status. */
int vdi_report_end(VdiReport *report, const GError *error,
    const VdiConnectionTimes *times) G_GNUC_WARN_UNUSED_RESULT;
