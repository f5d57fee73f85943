/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <stdbool.h>

#include "compat/rules/manifest.h"

/* Holes in sentences ("{fixed}"), and what fills them. */

/* A text of the rule, or of that remedy of it (NULL: of the rule): cleaned, its holes filled from
 * the rule. One that is unknown, or that the rule has nothing for, stands as it is. Yours. */
char *vdi_explain_fill_text(const char *text, const VdiRule *rule, const VdiRemedy *remedy);
/* Is that hole filled in such a text? */
bool vdi_explain_fills(const VdiRule *rule, const VdiRemedy *remedy, const char *hole);

/* A sentence of our own. `holes`: "{name}", its value, …, NULL. Values are cleaned; a hole whose
 * value is NULL, or that is not named, stands as it is. Yours. */
char *vdi_explain_fill(const char *sentence, const char *const *holes);

/* ">=3.0.2, <3.0.7". Yours. */
char *vdi_explain_range(const VdiRange *range);
