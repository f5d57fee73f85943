/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "compat/rules/lint.h"

/* Adds to `findings` each client that a rule names and no table of ours does: more often a slip of
 * the pen than a client of a site's own. */
void vdi_client_lint(const VdiManifest *manifest, GPtrArray *findings);
