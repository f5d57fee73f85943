/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <glib.h>
#include <stdbool.h>

#include "compat/rules/change.h"
#include "compat/rules/hold.h"
#include "compat/rules/manifest.h"
#include "compat/rules/verdict.h"

/* Rules, facts and a moment go in; what is true comes out, and why. Pure. What to hold is the
 * question of compat/rules/hold.h. */

/* Does the rule say anything to anybody: readable, not superseded, not expired? */
bool vdi_rule_is_alive(const VdiRule *rule, int64_t now);
/* Does it concern this machine at all today: alive, and in the rollout? */
bool vdi_rule_applies(const VdiRule *rule, const VdiFacts *facts, int64_t now);

/* Broken now, and what is unknown: one finding for each rule that is true or unknown. */
VdiVerdict *vdi_evaluate(
    const VdiRuleInForce *rules, size_t n_rules, const VdiFacts *facts, int64_t now);

/* Would be broken by this change: rules that look at something in it, are true or unknown after it
 * and not true before. `left_out` as in vdi_change_apply. */
VdiVerdict *vdi_evaluate_change(const VdiRuleInForce *rules, size_t n_rules, const VdiFacts *before,
    const VdiChange *change, const bool *left_out, int64_t now);
