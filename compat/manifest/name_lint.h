/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "compat/rules/lint.h"

/* Adds to `findings` each client and system that a rule names, no table of ours knows, and that is
 * more often a slip of the pen than a site's own. compat/rules has no such tables. */
void vdi_name_lint(const VdiManifest *manifest, GPtrArray *findings);
