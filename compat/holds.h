/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "compat/host/host.h"
#include "compat/local_limits.h"
#include "compat/rules/evaluate.h"

/* Which versions must not come, decided anew from nothing each time: rules, the machine, what is on
 * offer, and how long each package has been held already. The same input gives the same holds to
 * the byte (STATE/holds.json).
 *
 * First each candidate version by itself, with what the package manager would bring along for it
 * alone; it is let through when a remedy on offer needs that very version (vdi-hook then judges the
 * real transaction). Then all that would still come together, until nothing that is left breaks.
 * Then local limits cut. */

/* How long a package has been held: from the first version on, whatever came since. */
typedef struct {
    char *package;
    bool is_security; /* some version of it came from a security origin */
    int64_t first_at;
    int64_t ended_at; /* no rule has wanted it held since; 0: one does */
} VdiCountdown;

/* A hold that a rule asks for and that is not made. */
typedef enum {
    VDI_NOT_HELD_LIMIT,  /* it was held as long as may be */
    VDI_NOT_HELD_NEVER,  /* only what is never held could prevent the break */
    VDI_NOT_HELD_SUDDEN, /* too much at once: all is advice */
    VDI_NOT_HELD_CLOCK,  /* the clock went back behind its first hold */
    VDI_NOT_HELD_SYSTEM, /* the back end cannot keep anything out */
} VdiNotHeldWhy;

typedef struct {
    char *package, *version; /* NULL where no single one is to blame */
    char *organisation, *rule;
    VdiNotHeldWhy why;
} VdiNotHeld;

typedef struct {
    GPtrArray *holds;      /* of VdiHold, by vdi_hold_compare */
    GPtrArray *countdowns; /* of VdiCountdown, by package */
    GPtrArray *not_held;   /* of VdiNotHeld */
    bool all_advice;       /* the dead man's switch */
} VdiHolds;

VdiHolds *vdi_holds_new(void);
void vdi_holds_free(VdiHolds *holds);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(VdiHolds, vdi_holds_free)

typedef struct {
    const VdiRuleInForce *rules;
    const int64_t *untils; /* one a rule: no hold of its outlasts it */
    size_t n_rules;
    const VdiFacts *facts;
    VdiHost *host;
    const VdiLimits *limits;
    const VdiHolds *previous;
    int64_t now;
} VdiHoldsInput;

/* When the package manager does not say what is on offer, the earlier holds of rules that still
 * block stay, and *ret_problem (yours; else NULL) has the sentence. */
VdiHolds *vdi_holds_decide(const VdiHoldsInput *input, char **ret_problem);

/* "limit", "never", …: in files. */
const char *vdi_not_held_name(VdiNotHeldWhy why);
/* What a local limit did, in words for people. */
const char *vdi_not_held_sentence(VdiNotHeldWhy why);

/* Is a rule cut down to advice by what might not be held? What merely cannot be held here
 * (VDI_NOT_HELD_SYSTEM) breaks no less. */
bool vdi_holds_is_reduced(const VdiHolds *holds, const char *organisation, const char *rule);
