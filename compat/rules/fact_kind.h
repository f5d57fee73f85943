/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "compat/rules/condition.h"

/* The kinds of fact that a condition may ask for. One row is the whole kind: JSON reader, compiled
 * form, evaluation and words are made from it. */

typedef enum {
    VDI_MEMBER_NAME,  /* `name` of the condition */
    VDI_MEMBER_VALUE, /* `value` */
    VDI_MEMBER_PURL,
    VDI_MEMBER_RANGE,
} VdiMemberType;

#define VDI_FACT_MEMBERS_MAX 3

typedef struct {
    const char *name; /* in JSON; NULL in the first: the fact is one word, not an object */
    VdiMemberType type;
    bool is_optional;
} VdiFactMember;

struct VdiFactKind {
    const char *name;
    VdiFactMember members[VDI_FACT_MEMBERS_MAX];
    size_t n_members;
    VdiTruth (*evaluate)(const VdiCondition *fact, const VdiFacts *facts);
    /* What is known of it, a version or a value; NULL, also the function: nothing more than that it
     * is so. Borrowed. */
    const char *(*known)(const VdiCondition *fact, const VdiFacts *facts);
    /* Calls back for each item of a transaction that could change it (compat/rules/change.h).
     * `facts` NULL: packages that stand behind a client or the engine are left out. NULL: no
     * transaction changes it. */
    void (*visit_items)(
        const VdiCondition *fact, const VdiFacts *facts, VdiConditionVisitor visitor, void *user);
    /* What the members must say together; NULL: nothing more. Fails with VDI_MANIFEST_ERROR_RULE.
     */
    bool (*check)(const VdiCondition *fact, GError **error);
    bool names_cause; /* a blocking rule must name at least one such fact */
};

/* NULL: unknown. */
const VdiFactKind *vdi_fact_kind(const char *name);
/* Ended by a row without a name. */
const VdiFactKind *vdi_fact_kinds(void);

/* A fact from the texts of its members, in the row's order. Texts are borrowed. Fails with
 * VDI_RANGE_ERROR or VDI_MANIFEST_ERROR_RULE, naming the member. */
VdiCondition *vdi_fact_new(
    const VdiFactKind *kind, const char *const *texts, GError **error) G_GNUC_WARN_UNUSED_RESULT;
