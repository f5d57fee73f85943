/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "compat/simulation/plan.h"
#include "compat/simulation/tally.h"

/* A tally for people and for programs. What is listed by number stands with the greatest first,
 * then by name; rules stand in the order of the manifest. Texts from outside are cleaned. */

typedef struct {
    const VdiManifest *manifest;
    const VdiPlan *plan;
    int64_t at;
    const VdiTally *tally;
} VdiSimulationResult;

/* Lines for a terminal; rules that concern no machine are only counted. */
char *vdi_tally_print_table(const VdiSimulationResult *result);
/* One JSON object (docs/admin.md). */
char *vdi_tally_print_json(const VdiSimulationResult *result);
/* RFC 4180, with a head line; no cell is one that a spreadsheet would execute. */
char *vdi_tally_print_csv(const VdiSimulationResult *result);

/* The keys of a table of numbers in their order; NULL-terminated: the array is yours (g_free). */
const char **vdi_tally_sorted(GHashTable *numbers);
