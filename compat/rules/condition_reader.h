/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "base/json.h"
#include "compat/rules/compiled.h"
#include "compat/rules/condition.h"

/* A condition from JSON into the compiled form. Fails with VDI_MANIFEST_ERROR_RULE, saying where:
 * "all[1].package: …". */
bool vdi_condition_read(
    VdiJson *json, VdiCompiledWriter *writer, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Every member of `object` is one of `members` (ended by NULL), or begins with "x-". Asked first,
 * so that a slip is not told as what is missing for it. VDI_MANIFEST_ERROR_RULE otherwise, naming
 * the member that may be meant. */
bool vdi_condition_check_members(
    VdiJson *object, const char *const *members, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Every member of `object` was asked for, or begins with "x-". VDI_MANIFEST_ERROR_RULE otherwise.
 */
bool vdi_condition_read_end(VdiJson *object, GError **error) G_GNUC_WARN_UNUSED_RESULT;
