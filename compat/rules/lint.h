/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <glib.h>

#include "compat/rules/manifest.h"

/* What is wrong with a manifest though it can be read: rules that would do harm, or nothing at all.
 * An error is not signed; a warning is said. What needs a machine, a package manager or a site's
 * limits to judge is not judged here. */

typedef enum { VDI_LINT_WARNING, VDI_LINT_ERROR } VdiLintLevel;

typedef struct {
    char *place; /* "rules[3].expires" */
    VdiLintLevel level;
    const char *sentence; /* N_() */
} VdiLintFinding;

/* Of VdiLintFinding, in the order of the document; empty when all is well. `manifest` was read as
 * the author's tool reads. `now`: UTC seconds. */
GPtrArray *vdi_lint(const VdiManifest *manifest, int64_t now);
