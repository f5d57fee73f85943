/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <glib.h>
#include <stdbool.h>

#include "compat/rules/change.h"
#include "compat/rules/manifest.h"

/* What is wrong with a manifest though it can be read: rules that would do harm, or nothing at all.
 * An error is not signed; a warning is said. For authors, and so in English alone. A site's limits
 * are judged by compat/manifest/limits_lint. */

typedef enum { VDI_LINT_WARNING, VDI_LINT_ERROR } VdiLintLevel;

typedef struct {
    size_t rule; /* its place in the manifest */
    char *place; /* as the strict reader names it: "rules[3].when.all[1].package" */
    VdiLintLevel level;
    char *sentence; /* clean */
} VdiLintFinding;

/* Of VdiLintFinding, in the order of the document; empty when all is well. `manifest` was read as
 * the author's tool reads. `now`: UTC seconds. What has ended or is superseded is not compared with
 * the other rules. */
GPtrArray *vdi_lint(const VdiManifest *manifest, int64_t now);

/* The rule still says something: readable, not ended, not superseded, of concern to somebody. */
bool vdi_lint_is_alive(const VdiRule *rule, int64_t now);

/* A machine that is known, and what its package manager would do; NULL: not said. */
typedef struct {
    const VdiFacts *facts;
    const VdiChange *pending;
} VdiLintMachine;

/* Adds to `findings` what matches nothing that any of these machines has or is offered. */
void vdi_lint_machines(const VdiManifest *manifest, const VdiLintMachine *machines,
    size_t n_machines, int64_t now, GPtrArray *findings);

/* For those who add findings of their own. `member` is the place behind "rules[i].", NULL for the
 * rule itself. */
void vdi_lint_add(GPtrArray *findings, size_t rule, const char *member, VdiLintLevel level,
    const char *format, ...) G_GNUC_PRINTF(5, 6);
/* In the order of the rules again; those of one rule stay as they were added. */
void vdi_lint_sort(GPtrArray *findings);

/* Calls back for each fact of a condition, with its place: "when.all[1].package". */
typedef void (*VdiLintVisitor)(const VdiCondition *fact, const char *place, void *user);
void vdi_lint_visit(const VdiCondition *condition, VdiLintVisitor visitor, void *user);
/* Below a `not`: an exception, not a cause. */
bool vdi_lint_is_exception(const char *place);
