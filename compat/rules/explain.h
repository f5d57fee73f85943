/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <glib.h>

#include "compat/rules/verdict.h"

/* A verdict in words for people: the one place where terminal, window, log and hook take them from.
 * Texts of the manifest are cleaned (base/text) and fall back: exact tag, language, "en". Holes
 * such as {fixed} and {package} are filled from the rule; an unknown one stands as it is.
 * `languages` is g_get_language_names() or a list of the test's. */

char *vdi_explain_title(const VdiRule *rule, const char *const *languages);
char *vdi_explain_message(const VdiRule *rule, const char *const *languages);
/* One sentence a remedy; NULL-terminated. */
GStrv vdi_explain_remedies(const VdiRule *rule, const char *const *languages);
/* All of it in one paragraph: "TITLE MESSAGE REMEDY … (rule ID of ORGANISATION)". */
char *vdi_explain_finding(const VdiFinding *finding, const char *const *languages);
