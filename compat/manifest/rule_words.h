/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "compat/manifest/rule_draft.h"

/* What a drafted rule tells people, in every language that we write. Where there is one cause, its
 * versions are holes ({package}, {version}, {fixed}, {until}): they follow the rule when somebody
 * edits it. */

typedef struct {
    const char *tag; /* "en" */
    char *title, *message;
} VdiRuleWords;

/* `i` counts the languages, English first; false past the last. */
bool vdi_rule_words(const VdiRuleDraft *draft, size_t i, VdiRuleWords *ret_words);
void vdi_rule_words_clear(VdiRuleWords *words);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(VdiRuleWords, vdi_rule_words_clear)

/* What to do about a package that nobody has repaired: a remedy's text. NULL past the last. */
const char *vdi_rule_words_keep_away(size_t i, const char **ret_tag);
