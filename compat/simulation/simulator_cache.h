/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "compat/inventory/fleet_facts.h"
#include "compat/simulation/simulation_index.h"

/* What a simulator has met, for simulator.c alone: each thing once, by what rules can see of it. */

/* Beyond this all is counted and forgotten: memory is bounded whatever the fleet is like. */
enum { CACHE_BYTES = 32 * 1024 * 1024, ENTRY_BYTES = 160 };

/* Of each package in each system so many versions are found without hashing. */
enum { RECENT = 4 };

/* Machines that rules cannot tell apart by their packages' names and versions: system and type. */
typedef struct Value Value;
typedef struct {
    uint32_t id;
    char *shown;          /* "debian 12" */
    const Value **recent; /* RECENT a name, by its number: met lately */
} System;

/* Machines that rules cannot tell apart by their head lines. */
typedef struct {
    uint32_t id;
    const System *system;
    GArray *rules; /* of uint32_t: not false without any package of the index */
} Context;

/* A package that was met in a system, in one version and architecture. */
struct Value {
    const VdiSimulationName *name;
    const System *system;
    GArray *rules;       /* of uint32_t: their fact of it is not false */
    VdiPackage *package; /* NULL: it says nothing to any rule */
    VdiFleetText rest;   /* of its line, behind the name */
    uint32_t id;
    char text[]; /* of `rest`: what is compared a hundred million times lies together */
};

/* An outcome, and how many machines have it. */
typedef struct {
    VdiOutcome *outcome;
    uint64_t n;
} Counted;

/* What is left of a machine. */
typedef struct {
    const uint32_t *numbers; /* the context's, then of each package that matters */
    size_t n_numbers;
    const System *system;
    GArray *rules;         /* of uint32_t, rising: those that may be other than false */
    GArray *staged;        /* of uint32_t: those of them that are not rolled out to everybody */
    Counted *sole;         /* when there are none */
    GHashTable *by_choice; /* which of them are rolled out here ("101") → Counted */
} Signature;

typedef struct {
    GStringChunk *texts;
    GHashTable *systems, *contexts;  /* by text */
    GHashTable *values, *signatures; /* sets */
    size_t n_bytes;                  /* about what all of it takes */
    uint32_t n_ids;
} Cache;

void vdi_simulator_cache_init(Cache *cache);
void vdi_simulator_cache_clear(Cache *cache);

/* A copy that lives as long as the cache. */
const char *vdi_simulator_cache_keep(Cache *cache, const char *text, size_t size);

void vdi_simulator_counted_free(void *counted);
