/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "compat/rules/manifest.h"

/* Our own words for a remedy that brings none, before the holes are filled that a rule's texts may
 * have as well. What the remedy leaves out (which update, which setting) the condition says. */
char *vdi_explain_remedy(const VdiRule *rule, const VdiRemedy *remedy);

/* The setting that the condition asks for; NULL: none, or several. Borrowed. */
const char *vdi_explain_setting(const VdiRule *rule);
