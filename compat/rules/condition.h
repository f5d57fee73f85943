/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <glib.h>
#include <stdbool.h>

#include "compat/rules/change.h"
#include "compat/rules/facts.h"
#include "compat/rules/purl.h"
#include "compat/rules/range.h"

/* A condition: `all`, `any`, `not`, or one fact. Three-valued after Kleene: unknown stays unknown
 * under `not`, decides nothing under `all` and `any`. The kinds of fact are rows of a table in
 * fact_kind.c; JSON is read by condition_reader.c, the compiled form by condition_compiled.c. */

#define VDI_CONDITION_DEPTH_MAX 16
#define VDI_CONDITION_PARTS_MAX 1024 /* of one `all` or `any` */
#define VDI_CONDITION_TEXT_MAX 256   /* bytes of a plain member: a name, a key, a value */

typedef enum {
    VDI_CONDITION_ALL,
    VDI_CONDITION_ANY,
    VDI_CONDITION_NOT,
    VDI_CONDITION_FACT,
} VdiConditionOperator;

typedef struct VdiFactKind VdiFactKind;
typedef struct VdiCondition VdiCondition;

/* Texts are borrowed: a manifest's from the compiled form that it keeps. */
struct VdiCondition {
    VdiConditionOperator op;
    VdiCondition **parts; /* of all, any, not */
    size_t n_parts;
    const VdiFactKind *kind; /* of a fact; what follows is its members, NULL: not given */
    const char *name;        /* id, key, soname, or the whole fact where it is one word */
    const char *value;
    VdiPurl *purl;
    VdiRange *range;
};

/* Of a fact that vdi_fact_new made; a manifest's conditions are the manifest's. */
void vdi_condition_free(VdiCondition *condition);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(VdiCondition, vdi_condition_free)

/* Is it true of that machine? When it is unknown, the names of the facts that were missing are
 * added to `unknowns` (of char *, owned by it; NULL: not wanted). */
VdiTruth vdi_condition_evaluate(
    const VdiCondition *condition, const VdiFacts *facts, GPtrArray *unknowns);

/* Of a condition that is true: calls back for each fact that makes it so, in order, until a call is
 * false. Below a `not` that is a fact that is false. `is_decisive`: were that fact otherwise, the
 * condition would not be true. */
typedef bool (*VdiReasonVisitor)(
    const VdiCondition *fact, VdiTruth truth, bool is_decisive, void *user);
void vdi_condition_visit_reasons(
    const VdiCondition *condition, const VdiFacts *facts, VdiReasonVisitor visitor, void *user);

/* Calls back for each item of the change that it looks at, some of them more than once; true as
 * soon as one call is. A change that it looks at nothing of cannot make it true. `facts` say which
 * packages a client and the engine come from. */
bool vdi_condition_find_items(const VdiCondition *condition, const VdiFacts *facts,
    const VdiChange *change, VdiItemVisitor visitor, void *user);

/* Does it look at items of that type and name? `facts` NULL: what a client and the engine come from
 * is left out. */
bool vdi_condition_mentions(
    const VdiCondition *condition, const VdiFacts *facts, const char *type, const char *name);

/* About what it costs to evaluate: 1 a fact, and 1 more for each 16 bytes of its range. */
size_t vdi_condition_weight(const VdiCondition *condition);

/* Calls back for each package that it names, in order. */
typedef void (*VdiConditionVisitor)(const char *type, const char *name, void *user);
void vdi_condition_visit_packages(
    const VdiCondition *condition, VdiConditionVisitor visitor, void *user);

/* Nothing but an item of one of those packages can change what it says. */
bool vdi_condition_is_about_packages(const VdiCondition *condition);

/* Calls back for each fact in it, in order. */
typedef void (*VdiFactVisitor)(const VdiCondition *fact, void *user);
void vdi_condition_visit_facts(const VdiCondition *condition, VdiFactVisitor visitor, void *user);

bool vdi_condition_equal(const VdiCondition *a, const VdiCondition *b);

/* "package pkg:deb/debian/openssl", "peer os-build": what a person is told is missing. */
char *vdi_condition_fact_name(const VdiCondition *fact);
/* The same with what is known of it: "package pkg:deb/debian/openssl 3.0.2-1". */
char *vdi_condition_fact_text(const VdiCondition *fact, const VdiFacts *facts);
