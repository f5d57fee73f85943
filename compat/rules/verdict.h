/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <glib.h>
#include <stdbool.h>

#include "compat/rules/manifest.h"

/* One rule in force for one organisation. Arrays of these are what guard and hook evaluate. */
typedef struct {
    const char *organisation;
    const VdiRule *rule;
    VdiEffect effect;    /* the rule's, or less where local limits, grace or a release say so */
    const char *reduced; /* why it is less; NULL */
} VdiRuleInForce;

/* What the rules say of a machine: one finding a rule that is true or unknown, the gravest first,
 * then by organisation and rule. What is false is not in it. */

typedef struct {
    char *organisation;
    const VdiRule *rule; /* the manifest's: it must outlive the verdict */
    VdiTruth truth;      /* true or unknown */
    VdiEffect
        effect;     /* in force: after expiry, grace, local limits and releases; NONE if unknown */
    char *reduced;  /* why `effect` is less than the rule's; NULL */
    GStrv unknowns; /* names of missing facts, or why the rule is unreadable; NULL */
    GStrv reasons;  /* the facts that make it true, with what is known of them; NULL */
} VdiFinding;

#define VDI_FINDING_NAMES_MAX 16 /* unknowns or reasons; after more of them stands "…" */

typedef struct {
    GPtrArray *findings; /* of VdiFinding */
} VdiVerdict;

VdiVerdict *vdi_verdict_new(void);
void vdi_verdict_free(VdiVerdict *verdict);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(VdiVerdict, vdi_verdict_free)

/* `why`: reasons of what is true, unknowns of what is not. Copied, each name once, the first of
 * them. */
void vdi_verdict_add(VdiVerdict *verdict, const char *organisation, const VdiRule *rule,
    VdiTruth truth, VdiEffect effect, const char *reduced, const GPtrArray *why);
void vdi_verdict_sort(VdiVerdict *verdict);

/* The gravest effect in force. */
VdiEffect vdi_verdict_effect(const VdiVerdict *verdict);
const VdiFinding *vdi_verdict_finding(const VdiVerdict *verdict, size_t i); /* NULL past the last */
