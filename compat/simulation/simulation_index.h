/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "compat/inventory/fleet.h"
#include "compat/simulation/simulation.h"

/* The inside of a simulation, for simulation.c and simulator.c alone: what of a fleet's lines can
 * matter to any rule, found once. */

/* A package's fact in a rule. */
typedef struct {
    const VdiCondition *fact;
    uint32_t rule; /* index into `rules` */
} VdiSimulationLeaf;

/* A package's name that matters. */
typedef struct {
    VdiFleetText text; /* as a fleet writes it */
    uint32_t hash;
    uint32_t number; /* from 0, in no order that matters */
    char *written;
    GArray *leaves;     /* of VdiSimulationLeaf */
    GArray *plan_rules; /* of uint32_t: what the update may make true by this name; may be NULL */
    bool is_watched;    /* in any version: the update changes it, or a client comes from it */
    bool is_of_client;
} VdiSimulationName;

struct VdiSimulation {
    const VdiPlan *plan;
    int64_t now;
    size_t n_manifest_rules;
    VdiRuleInForce *rules; /* those that can say something */
    uint32_t *places;      /* of each in the manifest */
    size_t n_rules;
    bool has_rollout;
    GHashTable *names;    /* a set of VdiSimulationName, by text */
    GArray *client_rules; /* of uint32_t: those that ask for a client, or the engine */
    bool *asks_clients;   /* one a rule: it is one of these */
    bool plan_asks_clients;
    GArray *label_rules; /* of uint32_t: those that ask for an update, build or new package of the
                            plan */
    bool asks[VDI_FLEET_N_KEYS];
    GHashTable *asked; /* of those with names: "setting:fips", "update=KB5034441" */
};

/* NULL: no rule asks for it. */
const VdiSimulationName *vdi_simulation_name(
    const VdiSimulation *simulation, const VdiFleetPackage *package);

/* Does the word matter to what is true of a machine? The number for rollouts is not asked for. */
bool vdi_simulation_asks(const VdiFleetWord *word, const void *simulation);
