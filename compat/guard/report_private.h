/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "compat/guard/report.h"

/* What both forms of a report need. */

/* Which of the rules in force a finding is about. */
bool vdi_guard_report_find_rule(
    const VdiGuardReport *report, const VdiFinding *finding, size_t *ret_rule);
/* Until when that rule would hold at most: its own end, or a local limit's. */
int64_t vdi_guard_report_until(const VdiGuardReport *report, size_t rule);
/* The change makes it true, and nothing that may be held prevents it. */
bool vdi_guard_report_is_not_prevented(const VdiGuardReport *report, size_t rule);
/* True now, and neither true nor unknown after the change. */
bool vdi_guard_report_ends(const VdiGuardReport *report, const VdiFinding *now);
