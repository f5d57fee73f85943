/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "base/json.h"
#include "compat/guard/case.h"

/* The verdict on a case, computed once and shown in two forms: sentences for people, JSON for
 * programs (docs/guard.md). */

typedef struct {
    const VdiGuardCase *judged;
    VdiVerdict *now;
    VdiChange *change;  /* what would happen to the machine; NULL: nothing was asked about */
    const char *source; /* who says so: "apt"; NULL: the person who asks */
    VdiVerdict *coming; /* what the change would make true, or unknown */
    VdiVerdict *after;  /* true or unknown of the machine when it is done */
    VdiHoldSet held;    /* what of it would be held */
} VdiGuardReport;

/* `change` is taken over; NULL: the machine as it is alone. `source` is borrowed. */
VdiGuardReport *vdi_guard_report_new(
    const VdiGuardCase *judged, VdiChange *take_change, const char *source);
void vdi_guard_report_free(VdiGuardReport *report);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(VdiGuardReport, vdi_guard_report_free)

/* A blocking rule is true now; would become true; is true when the change is done. */
bool vdi_guard_report_is_broken(const VdiGuardReport *report);
bool vdi_guard_report_would_break(const VdiGuardReport *report);
bool vdi_guard_report_ends_broken(const VdiGuardReport *report);

/* The parts of what is printed. */
void vdi_guard_print_now(const VdiGuardReport *report);
void vdi_guard_print_change(const VdiGuardReport *report);

/* What could not be used or read, each on a line of stderr. */
void vdi_guard_print_problems(const VdiGuardCase *judged);

/* All of it as one JSON object, to stdout. */
void vdi_guard_print_json(const VdiGuardReport *report, bool with_machine);
