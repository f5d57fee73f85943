/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "compat/rules/facts.h"

/* The inside of facts, for facts.c and change.c alone.
 *
 * A machine after a change is a thin layer over the machine before: it has its own answer for what
 * the change touches, and asks `below` for the rest. */

typedef struct Installed Installed;
struct Installed {
    VdiPackage package;
    Installed *next; /* of the same name */
};

/* One package that a client may come from. */
typedef struct ClientPackage ClientPackage;
struct ClientPackage {
    const char *id; /* "" is the engine */
    const char *type, *name;
    const char *place;             /* "type/name" */
    ClientPackage *next_of_client; /* less preferred */
    ClientPackage *next_of_name;
};

struct VdiFacts {
    const VdiFacts *below; /* NULL: the machine itself */
    GStringChunk *strings; /* of the machine itself; a layer borrows */
    const char *values[VDI_FACT_LAST];
    GStrv os_like;
    GPtrArray *packages; /* of Installed, in order; owned */
    GHashTable *by_name; /* name → Installed; in a layer NULL stands for "none is left" */
    bool packages_known, updates_known, clients_known, settings_known;
    GHashTable *updates;         /* id → itself, or NULL for "taken out" */
    GHashTable *libraries;       /* a set of sonames; NULL: nobody has looked */
    GHashTable *clients;         /* id → version or NULL */
    GHashTable *client_packages; /* id → ClientPackage */
    GHashTable *package_clients; /* a package's name → ClientPackage */
    GPtrArray *links;            /* of ClientPackage; owned */
    GHashTable *settings;        /* key → value or NULL */
    GHashTable *peer;            /* key → value */
};

/* A layer, with the chains of these names copied into it so that they can be changed. */
VdiFacts *vdi_facts_new_layer(const VdiFacts *below);
/* The chain of a name as it stands in the layer: at first use a copy of the one below. */
Installed *vdi_facts_own_chain(VdiFacts *layer, const char *name);
/* Who may come from a package of that name. */
const ClientPackage *vdi_facts_clients_of(const VdiFacts *facts, const char *name);
/* The first package of a client (or "") that is installed, and its version. NULL: none is. */
const ClientPackage *vdi_facts_source_of(
    const VdiFacts *facts, const char *id, const char **ret_version);
/* Adds to a chain of the layer; texts are borrowed. */
void vdi_facts_push(VdiFacts *layer, const VdiPackage *package);
