/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <glib.h>
#include <stdbool.h>

#include "base/json.h"
#include "compat/rules/facts.h"

/* A condition: `all`, `any`, `not`, or one fact. Three-valued after Kleene: unknown stays unknown
 * under `not`, decides nothing under `all` and `any`. The kinds of fact are rows of a table in
 * condition.c: name, parse, evaluate, explain. */

#define VDI_CONDITION_DEPTH_MAX 16

typedef struct VdiCondition VdiCondition;

/* Fails with VDI_MANIFEST_ERROR_RULE: "all[1].package: …". */
VdiCondition *vdi_condition_parse(VdiJson *json, GError **error) G_GNUC_WARN_UNUSED_RESULT;
void vdi_condition_free(VdiCondition *condition);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(VdiCondition, vdi_condition_free)

/* Is it true of that machine? Names of the facts that were missing are added to `unknowns` (of char
 * *, owned by it; NULL: not wanted). */
VdiTruth vdi_condition_evaluate(
    const VdiCondition *condition, const VdiFacts *facts, GPtrArray *unknowns);

/* Does it look at a package of that type and name at all? What mentions nothing of a transaction
 * cannot be made true by it. */
bool vdi_condition_mentions(const VdiCondition *condition, const char *type, const char *name);

/* Calls back for each package that it names, in order. */
typedef void (*VdiConditionVisitor)(const char *type, const char *name, void *user);
void vdi_condition_visit_packages(
    const VdiCondition *condition, VdiConditionVisitor visitor, void *user);

/* For the compiled form. */
GVariant *vdi_condition_to_variant(const VdiCondition *condition);
VdiCondition *vdi_condition_from_variant(
    GVariant *variant, GError **error) G_GNUC_WARN_UNUSED_RESULT;
