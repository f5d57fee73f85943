/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "compat/rules/hold.h"

/* The search inside one part of a change that hangs together (compat/rules/hold.h). */

/* A rule in question: it blocks, applies, and is not true before. */
typedef struct {
    size_t number; /* among the rules in force */
    const VdiRuleInForce *in_force;
    GArray *items; /* of size_t: what it looks at, ascending, each once */
} VdiHoldRule;

typedef struct {
    const VdiFacts *before;
    GArray *places;    /* of size_t: which items of the whole these are */
    VdiChange *change; /* they alone, in order of name; from here on an item is its number in it */
    bool *never;       /* one an item */
    GPtrArray *rules;  /* of VdiHoldRule, by organisation and id */
    size_t weight;     /* about what it costs to try one set */
} VdiHoldPart;

typedef enum {
    VDI_HOLD_SMALLEST,   /* the best set */
    VDI_HOLD_LEAN,       /* one that needs each of its items */
    VDI_HOLD_GENEROUS,   /* one that may hold more than it needs */
    VDI_HOLD_IMPOSSIBLE, /* there is none */
    VDI_HOLD_NOT_FOUND,  /* there may be one */
} VdiHoldQuality;

/* What may be spent, in the unit of `weight`: on the best set, and where that does not suffice on
 * one that will do. */
typedef struct {
    size_t best, other;
} VdiHoldEffort;

/* Sets `held` (one an item; all false at first) and takes what it spends. */
VdiHoldQuality vdi_hold_search(const VdiHoldPart *part, VdiHoldEffort *effort, bool *held);
