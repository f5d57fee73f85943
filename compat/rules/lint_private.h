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

/* lint_finding.c: beside what lint.h has of it, the place of a finding */
GPtrArray *vdi_lint_findings_new(void);
/* `place` grows by what names part `k` of the condition; the caller cuts it again. */
void vdi_lint_append_part(GString *place, const VdiCondition *condition, size_t k);
/* The place of that part: "when.all[1].package". Yours. */
char *vdi_lint_part_name(const GString *place, const VdiCondition *condition, size_t k);

/* lint_texts.c: holes and languages */
void vdi_lint_check_texts(VdiLint *lint);

/* lint_condition.c: one rule's condition by itself */
void vdi_lint_check_condition(VdiLint *lint);

/* lint_names.c: names and versions that no machine has */
void vdi_lint_check_names(VdiLint *lint);

/* lint_releases.c: versions of one release in a rule about all */
void vdi_lint_check_releases(VdiLint *lint);

/* lint_pairs.c: each rule against those before it */
void vdi_lint_check_pairs(VdiLint *lint);
