/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <stdint.h>

#include "base/json.h"

/* A rule against versions of one package, from options: so that nobody types JSON for the usual
 * case. */

typedef struct {
    char *id, *bad, *versions, *effect, *expires, *fixed;
    char *title_en, *title_fr, *message_en, *message_fr;
} VdiRuleOptions;

void vdi_rule_options_clear(VdiRuleOptions *options);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(VdiRuleOptions, vdi_rule_options_clear)

/* Ended by G_OPTION_ENTRY_NULL; g_free it. */
GOptionEntry *vdi_rule_options_entries(VdiRuleOptions *options);

/* Any of them was given. */
bool vdi_rule_options_are_given(const VdiRuleOptions *options);

/* The rule as it stands in a manifest; whether it may stand there, the parser says. Without
 * --expires a rule ends 90 days after `now`. VDI_PROGRAM_ERROR_USAGE names what is missing. */
VdiJson *vdi_rule_options_write(
    const VdiRuleOptions *options, int64_t now, GError **error) G_GNUC_WARN_UNUSED_RESULT;
