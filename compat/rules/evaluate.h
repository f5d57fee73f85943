/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <glib.h>
#include <stdbool.h>

#include "compat/rules/change.h"
#include "compat/rules/manifest.h"
#include "compat/rules/verdict.h"

/* Rules, facts and a moment go in; what is true comes out. Pure. */

/* One rule in force for one organisation. Arrays of these are what guard and hook evaluate. */
typedef struct {
    const char *organisation;
    const VdiRule *rule;
    VdiEffect effect;    /* the rule's, or less where local limits, grace or a release say so */
    const char *reduced; /* why it is less; NULL */
} VdiRuleInForce;

/* Does the rule concern this machine at all today: not expired, in the rollout, readable? */
bool vdi_rule_applies(const VdiRule *rule, const VdiFacts *facts, int64_t now);

/* Broken now: one finding for each rule that is true or unknown. */
VdiVerdict *vdi_evaluate(
    const VdiRuleInForce *rules, size_t n_rules, const VdiFacts *facts, int64_t now);

/* Would be broken by this change: rules true after and not true before. `left_out` as in
 * vdi_change_apply. */
VdiVerdict *vdi_evaluate_change(const VdiRuleInForce *rules, size_t n_rules, const VdiFacts *before,
    const VdiChange *change, const bool *left_out, int64_t now);

/* The smallest set of items without which no blocking rule becomes true by the change. Ties: fewest
 * security updates, then fewest packages, then by name. `never` (may be NULL) marks items that must
 * not be held. */
typedef struct {
    bool *held; /* one an item of the change */
    size_t n_held;
    bool is_smallest; /* false: the search was cut short; the set is right but may be larger */
    bool is_enough;   /* false: what may be held does not prevent it; then nothing is held */
} VdiHoldSet;

void vdi_hold_set_clear(VdiHoldSet *set);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(VdiHoldSet, vdi_hold_set_clear)

void vdi_evaluate_hold(const VdiRuleInForce *rules, size_t n_rules, const VdiFacts *before,
    const VdiChange *change, const bool *never, int64_t now, VdiHoldSet *ret_set);
