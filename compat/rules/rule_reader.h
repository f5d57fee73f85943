/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "base/json.h"
#include "compat/rules/compiled.h"
#include "compat/rules/manifest.h"

/* One rule from JSON into the compiled form, in the order in which manifest.c loads it. `ids`
 * are those so far (char *, its own) with the number of their rule; this rule's is added. */

/* `ret_when`: the mark at which its condition begins. Fails with VDI_MANIFEST_ERROR_RULE, saying
 * where: "when.all[1].package: …". What was written by then is the caller's to take back. */
bool vdi_rule_read(VdiJson *rule, GHashTable *ids, VdiCompiledWriter *writer, size_t *ret_when,
    GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* What can be said of a rule that this version cannot use: its id and title, if these can be had,
 * else "rules[i]"; and why. `rule` may be NULL. */
void vdi_rule_write_unreadable(
    VdiJson *rule, size_t i, GHashTable *ids, VdiCompiledWriter *writer, const char *why);

/* Letters, digits, dots, hyphens, underscores; the first is a letter or a digit. */
bool vdi_rule_is_id(const char *id);
