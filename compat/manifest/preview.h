/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <stdint.h>

#include "compat/local_limits.h"
#include "compat/manifest/cause.h"
#include "compat/rules/change.h"
#include "compat/rules/manifest.h"

/* What a rule would do on one machine, on stdout: now, by what its package manager would do, and if
 * what the rule is about came. */

typedef struct {
    const char *name;         /* "this machine", "laptop.json" */
    const VdiFacts *facts;    /* before */
    const VdiChange *pending; /* what is on offer; NULL: not said */
} VdiPreviewMachine;

/* `causes`: of VdiCause, what the rule is about. */
void vdi_preview_print(const VdiRule *rule, const VdiPreviewMachine *machine,
    const GPtrArray *causes, const VdiLimits *limits, int64_t now);
