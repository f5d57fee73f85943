/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <glib.h>
#include <stdbool.h>

#include "compat/rules/verdict.h"

/* A verdict in words for people: the one place where terminal, window, log and hook take them from.
 * Texts of the manifest are cleaned (base/text) and fall back: exact tag, language, "en". Holes are
 * filled from the rule ({fixed}, {package}, {version}, {update}, {until}), the first three with one
 * package where a fix names it; an unknown one, or one that the rule has nothing for, stands as it
 * is. `languages` is g_get_language_names() or a list
 * of the test's; our own words come from the catalogue of the process. */

/* The rule's id when it has no title. */
char *vdi_explain_title(const VdiRule *rule, const char *const *languages);
char *vdi_explain_message(const VdiRule *rule, const char *const *languages);
/* One sentence a remedy; NULL-terminated. */
GStrv vdi_explain_remedies(const VdiRule *rule, const char *const *languages);
/* All of it in one paragraph: "TITLE. MESSAGE REMEDY … (rule ID of ORGANISATION)". */
char *vdi_explain_finding(const VdiFinding *finding, const char *const *languages);

/* "Rule ID of ORGANISATION." */
char *vdi_explain_source(const VdiFinding *finding);
/* Why it is true here, one sentence with the facts as the machine knows them; NULL: it is not. */
char *vdi_explain_reasons(const VdiFinding *finding);
