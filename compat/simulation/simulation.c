/* SPDX-License-Identifier: Apache-2.0 */
#include "compat/simulation/simulation.h"

#include <string.h>

#include "compat/host/clients.h"
#include "compat/rules/evaluate.h"
#include "compat/rules/fact_kind.h"
#include "compat/simulation/simulation_index.h"

/* Which words of a head line a kind of fact looks at. Those of systems and processors always
 * count. */
static const struct {
    const char *kind;
    VdiFleetKey key;
    bool is_by_name; /* and then only those that have the fact's name */
} asked_words[] = {
    {"kernel", VDI_FLEET_KERNEL, false},
    {"build", VDI_FLEET_BUILD, false},
    {"engine", VDI_FLEET_ENGINE, false},
    {"library", VDI_FLEET_LIBRARY, false},
    {"update", VDI_FLEET_UPDATE, true},
    {"client", VDI_FLEET_CLIENT, true},
    {"setting", VDI_FLEET_SETTING, true},
    {"peer", VDI_FLEET_PEER, true},
};

static guint hash_name(gconstpointer name)
{
    return ((const VdiSimulationName *) name)->hash;
}

static gboolean equal_names(gconstpointer a, gconstpointer b)
{
    const VdiSimulationName *left = a, *right = b;

    return left->text.size == right->text.size
        && memcmp(left->text.at, right->text.at, left->text.size) == 0;
}

static void name_free(void *data)
{
    VdiSimulationName *name = data;

    g_free(name->written);
    g_array_unref(name->leaves);
    g_clear_pointer(&name->plan_rules, g_array_unref);
    g_free(name);
}

const VdiSimulationName *vdi_simulation_name(
    const VdiSimulation *simulation, const VdiFleetPackage *package)
{
    const VdiSimulationName key = {.text = package->name, .hash = package->hash};

    return g_hash_table_lookup(simulation->names, &key);
}

/* As it is, or made. */
static VdiSimulationName *own_name(VdiSimulation *simulation, const char *name)
{
    g_autofree char *written = vdi_fleet_encode(name);
    size_t size = strlen(written);
    const VdiFleetPackage line = {.name = {written, size}, .hash = vdi_fleet_hash(written, size)};
    VdiSimulationName *own = (VdiSimulationName *) vdi_simulation_name(simulation, &line);

    if (own == NULL) {
        own = g_new0(VdiSimulationName, 1);
        own->written = g_steal_pointer(&written);
        own->text = (VdiFleetText){own->written, size};
        own->hash = line.hash;
        own->number = g_hash_table_size(simulation->names);
        own->leaves = g_array_new(false, false, sizeof(VdiSimulationLeaf));
        g_hash_table_add(simulation->names, own);
    }
    return own;
}

/* ---- rules ---- */

typedef struct {
    VdiSimulation *simulation;
    uint32_t rule;
} Visit;

static void ask(VdiSimulation *simulation, VdiFleetKey key, const char *name)
{
    simulation->asks[key] = true;
    if (name != NULL) {
        g_autofree char *written = vdi_fleet_encode(name);

        g_hash_table_add(simulation->asked,
            g_strdup_printf(
                "%s%s%s", vdi_fleet_key_name(key), key == VDI_FLEET_UPDATE ? "=" : ":", written));
    }
}

static void visit_fact(const VdiCondition *fact, void *user)
{
    const Visit *visit = user;
    VdiSimulation *simulation = visit->simulation;
    const char *kind = fact->kind->name;

    if (fact->purl != NULL) {
        const VdiSimulationLeaf leaf = {fact, visit->rule};

        g_array_append_val(own_name(simulation, fact->purl->name)->leaves, leaf);
    }
    for (size_t i = 0; i < G_N_ELEMENTS(asked_words); i++) {
        if (strcmp(asked_words[i].kind, kind) == 0) {
            ask(simulation, asked_words[i].key, asked_words[i].is_by_name ? fact->name : NULL);
        }
    }
    if (strcmp(kind, "client") == 0 || strcmp(kind, "engine") == 0) {
        g_array_append_val(simulation->client_rules, visit->rule);
        simulation->asks_clients[visit->rule] = true;
    }
}

static void take_rules(VdiSimulation *simulation, const VdiManifest *manifest)
{
    size_t n = vdi_manifest_n_rules(manifest);

    simulation->n_manifest_rules = n;
    simulation->rules = g_new0(VdiRuleInForce, n);
    simulation->places = g_new0(uint32_t, n);
    simulation->asks_clients = g_new0(bool, n);
    for (size_t i = 0; i < n; i++) {
        const VdiRule *rule = vdi_manifest_rule(manifest, i);
        Visit visit = {simulation, (uint32_t) simulation->n_rules};

        if (!vdi_rule_is_alive(rule, simulation->now)) {
            continue;
        }
        simulation->rules[visit.rule] =
            (VdiRuleInForce){vdi_manifest_id(manifest), rule, rule->effect, NULL};
        simulation->places[visit.rule] = (uint32_t) i;
        simulation->n_rules++;
        simulation->has_rollout = simulation->has_rollout || rule->rollout_percent < 100;
        vdi_condition_visit_facts(rule->when, visit_fact, &visit);
    }
    /* Each of these lists is whole or not. */
    simulation->asks[VDI_FLEET_UPDATES] = simulation->asks[VDI_FLEET_UPDATE];
    simulation->asks[VDI_FLEET_CLIENTS] = simulation->asks[VDI_FLEET_CLIENT];
    simulation->asks[VDI_FLEET_SETTINGS] = simulation->asks[VDI_FLEET_SETTING];
}

/* ---- the update ---- */

static void take_mentions(
    const VdiSimulation *simulation, GArray *rules, const char *type, const char *name)
{
    for (uint32_t i = 0; i < simulation->n_rules; i++) {
        if (vdi_condition_mentions(simulation->rules[i].rule->when, NULL, type, name)) {
            g_array_append_val(rules, i);
        }
    }
}

static void take_package(VdiSimulation *simulation, const VdiPlanItem *item)
{
    VdiSimulationName *name = own_name(simulation, item->name);

    name->is_watched = true;
    if (name->plan_rules == NULL) {
        name->plan_rules = g_array_new(false, false, sizeof(uint32_t));
    }
    for (guint i = 0; i < name->leaves->len; i++) {
        g_array_append_val(
            name->plan_rules, g_array_index(name->leaves, VdiSimulationLeaf, i).rule);
    }
}

static void take_plan(VdiSimulation *simulation)
{
    for (size_t i = 0; i < vdi_plan_n_items(simulation->plan); i++) {
        const VdiPlanItem *item = vdi_plan_item(simulation->plan, i);

        if (vdi_plan_item_is_package(item)) {
            take_package(simulation, item);
            continue;
        }
        take_mentions(simulation, simulation->label_rules, item->type, item->name);
        if (strcmp(item->type, VDI_CHANGE_UPDATE) == 0) {
            ask(simulation, VDI_FLEET_UPDATE, item->name);
        } else if (strcmp(item->type, VDI_CHANGE_CLIENT) == 0) {
            ask(simulation, VDI_FLEET_CLIENT, item->name);
            simulation->plan_asks_clients = true;
        } else {
            ask(simulation, VDI_FLEET_BUILD, NULL);
        }
    }
}

/* Where clients come from matters when somebody asks for a client. */
static void take_carriers(VdiSimulation *simulation, const VdiClientRow *row)
{
    for (const VdiClientCarrier *at = row->carriers; at->type != NULL; at++) {
        if (vdi_version_scheme(at->type) != NULL) {
            VdiSimulationName *name = own_name(simulation, at->name);

            name->is_watched = name->is_of_client = true;
        }
    }
}

static void take_clients(VdiSimulation *simulation)
{
    if (simulation->client_rules->len == 0 && !simulation->asks[VDI_FLEET_CLIENT]) {
        return;
    }
    take_carriers(simulation, vdi_clients_engine());
    for (const VdiClientRow *row = vdi_clients(); row->id != NULL; row++) {
        take_carriers(simulation, row);
    }
}

/* What is new may matter on any machine: no line names it there. */
static void take_new_packages(VdiSimulation *simulation)
{
    for (size_t i = 0; i < vdi_plan_n_items(simulation->plan); i++) {
        const VdiPlanItem *item = vdi_plan_item(simulation->plan, i);

        if (!vdi_plan_item_is_package(item) || item->new_from == NULL) {
            continue;
        }
        const VdiSimulationName *name = own_name(simulation, item->name);

        g_array_append_vals(simulation->label_rules, name->plan_rules->data, name->plan_rules->len);
        if (name->is_of_client) {
            g_array_append_vals(simulation->label_rules, simulation->client_rules->data,
                simulation->client_rules->len);
        }
    }
}

VdiSimulation *vdi_simulation_new(const VdiManifest *manifest, const VdiPlan *plan, int64_t now)
{
    VdiSimulation *simulation = g_new0(VdiSimulation, 1);

    simulation->plan = plan;
    simulation->now = now;
    simulation->names = g_hash_table_new_full(hash_name, equal_names, name_free, NULL);
    simulation->client_rules = g_array_new(false, false, sizeof(uint32_t));
    simulation->label_rules = g_array_new(false, false, sizeof(uint32_t));
    simulation->asked = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    take_rules(simulation, manifest);
    take_plan(simulation);
    take_clients(simulation);
    take_new_packages(simulation);
    return simulation;
}

void vdi_simulation_free(VdiSimulation *simulation)
{
    if (simulation != NULL) {
        g_free(simulation->rules);
        g_free(simulation->places);
        g_free(simulation->asks_clients);
        g_clear_pointer(&simulation->names, g_hash_table_unref);
        g_clear_pointer(&simulation->client_rules, g_array_unref);
        g_clear_pointer(&simulation->label_rules, g_array_unref);
        g_clear_pointer(&simulation->asked, g_hash_table_unref);
        g_free(simulation);
    }
}

/* ---- words ---- */

bool vdi_simulation_asks(const VdiFleetWord *word, const void *user)
{
    const VdiSimulation *simulation = user;

    switch (word->key) {
    case VDI_FLEET_OS:
    case VDI_FLEET_VERSION:
    case VDI_FLEET_LIKE:
    case VDI_FLEET_ARCH: /* also to choose among the packages of a client */
        return true;
    case VDI_FLEET_PACKAGES:
        return vdi_fleet_text_is(word->value, "unknown");
    case VDI_FLEET_MACHINE:
    case VDI_FLEET_TYPE: /* it stands in each package */
    case VDI_FLEET_N_KEYS:
        return false;
    case VDI_FLEET_KERNEL:
    case VDI_FLEET_BUILD:
    case VDI_FLEET_ENGINE:
    case VDI_FLEET_LIBRARY:
    case VDI_FLEET_UPDATES:
    case VDI_FLEET_CLIENTS:
    case VDI_FLEET_SETTINGS:
        return simulation->asks[word->key];
    case VDI_FLEET_UPDATE:
    case VDI_FLEET_CLIENT:
    case VDI_FLEET_SETTING:
    case VDI_FLEET_PEER:
        break;
    }
    if (!simulation->asks[word->key]) {
        return false;
    }
    /* The word without its value; of an update it is the name. */
    bool has_value = word->key != VDI_FLEET_UPDATE && word->value.at != NULL;
    size_t size = word->whole.size - (has_value ? word->value.size + 1 : 0);
    g_autofree char *text = g_strndup(word->whole.at, size);

    return g_hash_table_contains(simulation->asked, text);
}
