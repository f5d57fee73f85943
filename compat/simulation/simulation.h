/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "compat/rules/manifest.h"
#include "compat/simulation/plan.h"
#include "compat/simulation/tally.h"

/* What rules, and an update, mean for each machine of a fleet: the same as vdi_evaluate,
 * vdi_evaluate_change and vdi_evaluate_hold say of all its facts, at a hundred million packages a
 * few seconds.
 *
 * How: most of a machine says nothing to any rule. A package matters only when a rule names it and
 * its version is in (or cannot be compared with) the rule's range, or when the update changes it; a
 * rule matters only when such a package is there, or when it is not false of that system without
 * any package. What is left of a machine is its signature; fleets repeat themselves, so each
 * signature is evaluated once and counted from then on. Nothing here decides what is true: that is
 * compat/rules, over facts that hold what matters.
 *
 * One VdiSimulation is made, then only read, by as many simulators as there are threads; each of
 * these has caches of its own. */

typedef struct VdiSimulation VdiSimulation;

/* Rules that cannot say anything at `now` (expired, superseded, unreadable) are left out. The
 * arguments must outlive it. */
VdiSimulation *vdi_simulation_new(const VdiManifest *manifest, const VdiPlan *plan, int64_t now);
void vdi_simulation_free(VdiSimulation *simulation);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(VdiSimulation, vdi_simulation_free)

typedef struct VdiSimulator VdiSimulator;

VdiSimulator *vdi_simulator_new(const VdiSimulation *simulation);
void vdi_simulator_free(VdiSimulator *simulator);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(VdiSimulator, vdi_simulator_free)

/* A machine that cannot be read. */
typedef struct {
    size_t line; /* of the text, from 1 */
    const char *mistake;
} VdiSimulatorMistake;

/* Takes the machines of a text: whole ones, text[size] a zero byte (vdi_fleet_cursor_init). Adds
 * what was wrong to `mistakes` (of VdiSimulatorMistake). Returns how many lines it has. */
size_t vdi_simulator_take(
    VdiSimulator *simulator, const char *text, size_t size, bool is_cut, GArray *mistakes);

/* What it has counted so far is added to `tally`, and forgotten. */
void vdi_simulator_count(VdiSimulator *simulator, VdiTally *tally);
