/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <stdint.h>

#include "compat/local_limits.h"
#include "compat/rules/lint.h"

/* What a machine's own limits leave of the holds that a manifest asks for. */

/* Until when a rule that blocks protects, if nothing better comes: neither a fixed version nor a
 * longer rule. */
typedef struct {
    const VdiRule *rule;
    int64_t at;   /* UTC seconds; when it is `now`, what it names is never held */
    char *reason; /* "the longest hold of libfreerdp3-3 ends (14 days)" */
} VdiDeadline;

/* One for each rule that blocks, holds updates and still says something, the earliest first; of
 * VdiDeadline. Time counts from `now`, as on a machine that is offered today what the rule names.
 * Adds to `findings` what would not be held at all. */
GPtrArray *vdi_limits_lint(const VdiManifest *manifest, const VdiLimits *limits,
    const VdiLintMachine *machines, size_t n_machines, int64_t now, GPtrArray *findings);
