/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "compat/rules/hold.h"

/* A hold in words for people, as compat/rules/explain does it for a verdict: what is held, why, and
 * what would end it. */

/* One change: "libssl3 3.0.17-1", "libfoo (its removal)", "KB5074109". */
char *vdi_explain_item(const VdiChangeItem *item);

/* What that rule in force wants held: "libssl3 3.0.17-1, libfoo (its removal)". */
char *vdi_explain_held(const VdiChange *change, const VdiHoldSet *set, size_t rule);

/* What would end it before the rule itself ends, a sentence each: another version, a client that
 * was upgraded, a setting. NULL-terminated; the remedies are the finding's. */
GStrv vdi_explain_ends(const VdiHoldSet *set, size_t rule);

/* The same of a rule that is true of a machine as it is: what would end that. */
GStrv vdi_explain_ends_now(const VdiCondition *when, const VdiFacts *facts);

/* "It is held for 3 more days at most, until …" */
char *vdi_explain_until(int64_t until, int64_t now);

/* For those that are not shown: "12 more rules ask for it." */
char *vdi_explain_more_rules(size_t n);

/* All of it for one rule in force, a line each; NULL-terminated: what is held and the rule's own
 * paragraph, until when, what would end it before. */
GStrv vdi_explain_hold(const VdiChange *change, const VdiHoldSet *set, const VdiRuleInForce *rules,
    size_t rule, int64_t until, int64_t now, const char *const *languages);
