/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "compat/rules/evaluate.h"

/* What a simulation counts: machines. One that is broken by one rule and would be broken by another
 * counts under both. */

typedef struct {
    uint64_t machines;
    uint64_t broken;       /* a blocking rule is true now */
    uint64_t advised;      /* none is, but one that advises */
    uint64_t would_break;  /* the update makes a blocking rule true */
    uint64_t would_advise; /* none, but one that advises */
    uint64_t held;         /* of `would_break`: holding a part of the update prevents it */
    uint64_t unknown;      /* of some rule nobody can say whether it is true, now or then */
    uint64_t unconcerned;  /* none of this */
} VdiTotals;

typedef struct {
    uint64_t broken,
        would_break; /* true now; made true by the update: whatever the rule's effect */
    uint64_t held, unknown;
} VdiRuleTotals;

typedef struct {
    VdiTotals all;
    uint64_t unreadable; /* machines, and files; they are in no other number */
    uint64_t unnumbered; /* machines that a rollout leaves out because they say no number */
    size_t n_rules;
    VdiRuleTotals *rules; /* in the order of the manifest */
    GHashTable *systems;  /* "debian 12" → VdiTotals */
    GHashTable *holds;    /* "openssl 3.0.17-1" → uint64_t: machines that would hold it */
    GHashTable *missing;  /* "engine" → uint64_t: machines that do not say it */
    GHashTable *touched;  /* a set of VdiPlanItem, borrowed: they change at least one machine */
} VdiTally;

VdiTally *vdi_tally_new(size_t n_rules);
void vdi_tally_free(VdiTally *tally);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(VdiTally, vdi_tally_free)

/* What is true of a machine, or of many that are alike. Texts and arrays are owned. */
typedef struct {
    VdiTotals one;                                 /* of this machine: ones and zeros */
    GArray *broken, *would_break, *held, *unknown; /* of uint32_t: rules, each once */
    GPtrArray *holds, *missing;                    /* of char *, each once */
} VdiOutcome;

/* Of all that `rules` say of that machine, and of the update. `place` of each: its number in the
 * manifest. */
VdiOutcome *vdi_outcome_new(const VdiRuleInForce *rules, const uint32_t *places, size_t n_rules,
    const VdiFacts *facts, const VdiChange *change, int64_t now);
void vdi_outcome_free(VdiOutcome *outcome);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(VdiOutcome, vdi_outcome_free)

/* `n` such machines of that system. */
void vdi_tally_add(VdiTally *tally, const VdiOutcome *outcome, const char *system, uint64_t n);
/* All of `more`. */
void vdi_tally_add_tally(VdiTally *tally, const VdiTally *more);
