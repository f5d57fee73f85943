/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "compat/host/host.h"

/* A system that is written down instead of looked at: for tests, simulations, demonstrations. Named
 * by VdiHostOptions.simulation; our holds are kept beside it, in FILE.holds, as apt would read
 * them.
 *
 *   { "format": 1,
 *     "installed": [ {"name": "libexample1", "version": "1.0-1", "arch": "amd64"} ],
 *     "offered": [ {"name": "libexample1", "version": "1.1-1", "arch": "amd64", "security": true,
 *                   "needs": [ {"name": "client", "version": "2.0-1"} ]} ] }
 *
 * Of one name, what is offered later is newer; the newest that is not held is on offer when its
 * name is installed. `needs` comes along, and keeps what needs it back when it is held. */
extern const VdiHostOps vdi_host_simulated;

#define VDI_HOST_SIMULATED_MAX_BYTES ((size_t) 4 * 1024 * 1024)
