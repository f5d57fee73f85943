/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "compat/manifest/letter_words.h"
#include "compat/rules/manifest.h"

/* What a person is to do about a rule: one thing in each of three cases, computed from the first of
 * its remedies that helps. */

/* The facts of a rule that name something on a computer which breaks, in order: of const
 * VdiCondition *, borrowed from the rule. What stands under `not` is no cause. */
GPtrArray *vdi_letter_causes(const VdiRule *rule);

/* Something of it is only known when a person connects: nothing is held for it, and no update of
 * this computer is to blame. */
bool vdi_letter_waits_for_peer(const VdiRule *rule);

typedef struct {
    char *pending;   /* the update is not yet installed: wait, or do something else first */
    char *installed; /* it is: upgrade, remove, …; the remedy's own words when it has some */
    char *fixed;     /* how the third case is told; then there is nothing to do */
} VdiLetterHelp;

VdiLetterHelp vdi_letter_help(const VdiRule *rule, VdiLetterLanguage language);
void vdi_letter_help_clear(VdiLetterHelp *help);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(VdiLetterHelp, vdi_letter_help_clear)
