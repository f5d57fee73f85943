/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "compat/inventory/fleet_stream.h"
#include "compat/simulation/simulation.h"

/* A simulation over a whole fleet, on all processors: one thread reads, the others are each given a
 * stretch of the fleet and a simulator, and give both back. Nothing is shared but what nobody
 * changes. What comes out does not depend on who was quicker. */

#define VDI_SIMULATION_THREADS_MAX 16
#define VDI_SIMULATION_MISTAKES_MAX 20 /* those that are kept as sentences */

/* `threads`: 0 for as many as there are processors. Adds to `tally`; what cannot be read is counted
 * there, and the first of it comes back as sentences ("FILE, line 7: …"; of char *). `seen`: called
 * with the bytes taken so far, now and then; NULL: by nobody. */
typedef void (*VdiSimulationSeen)(uint64_t taken, void *user);
GPtrArray *vdi_simulation_run(const VdiSimulation *simulation, VdiFleetStream *stream,
    unsigned threads, VdiTally *tally, VdiSimulationSeen seen, void *user);
