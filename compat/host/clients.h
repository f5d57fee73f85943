/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <stdbool.h>

#include "base/paths.h"
#include "compat/rules/facts.h"

/* Remote-desktop clients and VPNs that a rule may name ({"client": {"id": …}}): a table of which
 * packages carry them, and where their version lies when they came past the package manager. The
 * guard protects them where our own client is not installed. Also the packages of the engine.
 * docs/beside-another-client.md has the table for people, and a test compares the two. Plain GLib
 * (vdi-hook). */

#define VDI_CLIENT_CARRIERS_MAX 12

typedef struct {
    /* A package system of purl ("deb", "rpm", "alpm"; "generic": Windows' list of programs), then
     * `name` is a package's; or one of
     * "flatpak" (an application's id), "snap" (its name there), "file" (one that tells the
     * version), "folder" (it is there, in a version that nobody knows). */
    const char *type;
    const char *name;
} VdiClientCarrier;

typedef struct {
    const char *id;      /* what manifests call it */
    const char *product; /* what people call it */
    /* Ended by one without a type; the first that is there counts. */
    VdiClientCarrier carriers[VDI_CLIENT_CARRIERS_MAX];
} VdiClientRow;

/* Ended by a row without an id. */
const VdiClientRow *vdi_clients(void);
/* The FreeRDP that vdi-session loads: its packages; no client's id. */
const VdiClientRow *vdi_clients_engine(void);

/* From the packages in `facts`: which clients of the table are installed and which are not, the
 * version of the engine, and from which packages all of these come or would come, so that a
 * transaction is seen as a change of theirs. What the facts say already stays. Clients that no row
 * names stay unknown: nobody has looked for them; so do, on Windows, those of whose row nothing can
 * be found there. */
void vdi_clients_derive(VdiFacts *facts);

/* Do the packages alone say, by that table, that this client is not there? */
bool vdi_clients_derive_absence(const VdiFacts *facts, const char *id);

/* Those that came past the package manager, where no package has them. */
void vdi_clients_look(const VdiPaths *paths, VdiFacts *facts);
