/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "compat/rules/lint.h"

/* The inside of lint, for lint*.c alone. */

typedef struct {
    const VdiManifest *manifest;
    GPtrArray *findings;
    int64_t now;
    const VdiRule *rule; /* that is looked at */
    size_t i;
    const GPtrArray *languages; /* of const char *: the tags of all that the manifest says */
    unsigned budget;            /* of comparisons of conditions, for the whole manifest */
} VdiLint;

/* lint_texts.c: holes and languages */
void vdi_lint_check_texts(VdiLint *lint);

/* lint_condition.c: one rule's condition by itself */
void vdi_lint_check_condition(VdiLint *lint);

/* lint_pairs.c: each rule against those before it */
void vdi_lint_check_pairs(VdiLint *lint);
