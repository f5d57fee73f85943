/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "compat/rules/change.h"
#include "compat/rules/verdict.h"

/* What to hold of a change: the smallest set of its items without which no blocking rule becomes
 * true by it, why each of them, and what would end that. docs/manifest.md, "The hold, exactly".
 *
 * Only what a blocking rule looks at can matter, and two items matter to each other only when one
 * rule looks at both (or a chain of rules does). What hangs together so is decided by itself: where
 * what may be held does not prevent a break, nothing of that part is held, and the others are. */

/* A fact of a rule's condition that keeps the hold alive: as soon as it is otherwise, the rule asks
 * for the hold no more. */
typedef struct {
    const VdiCondition *fact; /* the manifest's */
    bool is_so;               /* false: it stands below a `not`, and ends the hold by coming true */
    const char *version;      /* where its range ends above what is there; NULL: nowhere */
    bool is_beyond;           /* only what is above `version` is out of it, not that itself */
} VdiHoldEnd;

#define VDI_HOLD_ENDS_MAX 16 /* of one item and rule; more are left out */

/* Why an item is held: that rule becomes true when it alone is let in. */
typedef struct {
    size_t item; /* of the change */
    size_t rule; /* among the rules in force */
} VdiHoldReason;

typedef struct {
    const VdiRuleInForce *rules; /* what it was made of; borrowed */
    const VdiFacts *before;
    const VdiChange *change;
    bool *held; /* one an item of the change */
    size_t n_held;
    GArray *reasons; /* of VdiHoldReason, by item, then by organisation and rule: each item that is
                        held has one */
    GArray *not_prevented; /* of size_t, rules in force: becoming true, and what may be held does
                              not prevent it */
    bool is_enough;        /* not_prevented is empty */
    bool is_smallest;      /* false: the search was cut short; the set is right but may be larger */
} VdiHoldSet;

void vdi_hold_set_clear(VdiHoldSet *set);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(VdiHoldSet, vdi_hold_set_clear)

/* `never` (may be NULL) marks items that must not be held. The order of rules and of items decides
 * nothing. Bounded: beside a few looks at every rule, about VDI_HOLD_EFFORT_MAX facts are looked
 * at, whatever the rules are. The set borrows rules, facts and change. */
#define VDI_HOLD_EFFORT_MAX ((size_t) 4 * 1000 * 1000)

void vdi_evaluate_hold(const VdiRuleInForce *rules, size_t n_rules, const VdiFacts *before,
    const VdiChange *change, const bool *never, int64_t now, VdiHoldSet *ret_set);

/* The first reason of an item that is held; NULL: it is not. */
const VdiHoldReason *vdi_hold_reason(const VdiHoldSet *set, size_t item);

/* What would end a rule's being true of a machine as it is. Returns how many: none when it is not.
 */
size_t vdi_hold_ends_now(
    const VdiCondition *when, const VdiFacts *facts, VdiHoldEnd ret_ends[VDI_HOLD_ENDS_MAX]);

/* What would end that. Returns how many. */
size_t vdi_hold_ends(
    const VdiHoldSet *set, const VdiHoldReason *reason, VdiHoldEnd ret_ends[VDI_HOLD_ENDS_MAX]);
