/* SPDX-License-Identifier: Apache-2.0 */
#include "compat/rules/facts.h"

#include <stdlib.h>
#include <string.h>

#include "compat/rules/facts_private.h"

VdiFacts *vdi_facts_new(void)
{
    VdiFacts *facts = g_new0(VdiFacts, 1);

    facts->strings = g_string_chunk_new(16 * 1024);
    facts->packages = g_ptr_array_new_with_free_func(g_free);
    facts->by_name = g_hash_table_new(g_str_hash, g_str_equal);
    facts->updates = g_hash_table_new(g_str_hash, g_str_equal);
    facts->clients = g_hash_table_new(g_str_hash, g_str_equal);
    facts->client_packages = g_hash_table_new(g_str_hash, g_str_equal);
    facts->package_clients = g_hash_table_new(g_str_hash, g_str_equal);
    facts->links = g_ptr_array_new_with_free_func(g_free);
    facts->settings = g_hash_table_new(g_str_hash, g_str_equal);
    facts->peer = g_hash_table_new(g_str_hash, g_str_equal);
    return facts;
}

VdiFacts *vdi_facts_new_layer(const VdiFacts *below)
{
    VdiFacts *layer = g_new0(VdiFacts, 1);

    g_assert(below->below == NULL);
    layer->below = below;
    layer->packages = g_ptr_array_new_with_free_func(g_free);
    layer->by_name = g_hash_table_new(g_str_hash, g_str_equal);
    layer->updates = g_hash_table_new(g_str_hash, g_str_equal);
    layer->clients = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, g_free);
    return layer;
}

void vdi_facts_free(VdiFacts *facts)
{
    if (facts == NULL) {
        return;
    }
    g_clear_pointer(&facts->strings, g_string_chunk_free);
    g_strfreev(facts->os_like);
    if (facts->below != NULL) {
        g_free((char *) facts->values[VDI_FACT_ENGINE]);
    }
    g_clear_pointer(&facts->by_name, g_hash_table_unref);
    g_clear_pointer(&facts->packages, g_ptr_array_unref);
    g_clear_pointer(&facts->updates, g_hash_table_unref);
    g_clear_pointer(&facts->libraries, g_hash_table_unref);
    g_clear_pointer(&facts->clients, g_hash_table_unref);
    g_clear_pointer(&facts->client_packages, g_hash_table_unref);
    g_clear_pointer(&facts->package_clients, g_hash_table_unref);
    g_clear_pointer(&facts->links, g_ptr_array_unref);
    g_clear_pointer(&facts->settings, g_hash_table_unref);
    g_clear_pointer(&facts->peer, g_hash_table_unref);
    g_free(facts);
}

/* ---- setting ---- */

static const char *keep(VdiFacts *facts, const char *text)
{
    return text != NULL ? g_string_chunk_insert(facts->strings, text) : NULL;
}

/* For words that many packages share. */
static const char *keep_once(VdiFacts *facts, const char *text)
{
    return text != NULL ? g_string_chunk_insert_const(facts->strings, text) : NULL;
}

static void put(VdiFacts *facts, GHashTable *table, const char *key, const char *value)
{
    g_hash_table_insert(table, (gpointer) keep_once(facts, key), (gpointer) keep(facts, value));
}

void vdi_facts_set(VdiFacts *facts, VdiFactName name, const char *value)
{
    facts->values[name] = keep(facts, value);
}

void vdi_facts_set_os_like(VdiFacts *facts, const char *const *like)
{
    g_strfreev(facts->os_like);
    facts->os_like = g_strdupv((char **) like);
}

void vdi_facts_set_client(VdiFacts *facts, const char *id, const char *version)
{
    put(facts, facts->clients, id, version);
}

void vdi_facts_set_client_package(
    VdiFacts *facts, const char *id, const char *type, const char *name)
{
    g_autofree char *place = g_strconcat(type, "/", name, NULL);
    ClientPackage *link = g_new0(ClientPackage, 1);

    *link = (ClientPackage){.id = keep_once(facts, id),
        .type = keep_once(facts, type),
        .place = keep_once(facts, place)};
    link->name = link->place + strlen(type) + 1;
    link->next_of_name = g_hash_table_lookup(facts->package_clients, link->name);
    g_hash_table_replace(facts->package_clients, (gpointer) link->name, link);
    g_ptr_array_add(facts->links, link);
    ClientPackage *preferred = g_hash_table_lookup(facts->client_packages, id);

    if (preferred == NULL) {
        g_hash_table_insert(facts->client_packages, (gpointer) link->id, link);
        return;
    }
    while (preferred->next_of_client != NULL) {
        preferred = preferred->next_of_client;
    }
    preferred->next_of_client = link;
}

void vdi_facts_set_engine_package(VdiFacts *facts, const char *type, const char *name)
{
    vdi_facts_set_client_package(facts, "", type, name);
}

void vdi_facts_add_update(VdiFacts *facts, const char *id)
{
    put(facts, facts->updates, id, id);
}

void vdi_facts_set_packages_known(VdiFacts *facts)
{
    facts->packages_known = true;
}

void vdi_facts_set_updates_known(VdiFacts *facts)
{
    facts->updates_known = true;
}

void vdi_facts_set_clients_known(VdiFacts *facts)
{
    facts->clients_known = true;
}

void vdi_facts_set_settings_known(VdiFacts *facts)
{
    facts->settings_known = true;
}

void vdi_facts_push(VdiFacts *layer, const VdiPackage *package)
{
    Installed *installed = g_new0(Installed, 1);

    installed->package = *package;
    installed->next = g_hash_table_lookup(layer->by_name, package->name);
    g_hash_table_replace(layer->by_name, (gpointer) package->name, installed);
    g_ptr_array_add(layer->packages, installed);
}

void vdi_facts_add_package(VdiFacts *facts, const char *type, const char *namespace,
    const char *name, const char *version, const char *arch)
{
    VdiPackage package = {.type = keep_once(facts, type),
        .namespace = keep_once(facts, namespace),
        .name = keep(facts, name),
        .version = keep(facts, version),
        .arch = keep_once(facts, arch)};

    vdi_facts_push(facts, &package);
}

void vdi_facts_add_library(VdiFacts *facts, const char *soname)
{
    if (facts->libraries == NULL) {
        facts->libraries = g_hash_table_new(g_str_hash, g_str_equal);
    }
    g_hash_table_add(facts->libraries, (gpointer) keep(facts, soname));
}

void vdi_facts_set_setting(VdiFacts *facts, const char *key, const char *value)
{
    put(facts, facts->settings, key, value);
}

void vdi_facts_set_peer(VdiFacts *facts, const char *key, const char *value)
{
    put(facts, facts->peer, key, value);
}

Installed *vdi_facts_own_chain(VdiFacts *layer, const char *name)
{
    if (!g_hash_table_contains(layer->by_name, name)) {
        const Installed *at = g_hash_table_lookup(layer->below->by_name, name);

        g_hash_table_insert(layer->by_name, (gpointer) name, NULL);
        for (; at != NULL; at = at->next) {
            vdi_facts_push(layer, &at->package);
        }
    }
    return g_hash_table_lookup(layer->by_name, name);
}

/* ---- asking ---- */

const char *vdi_facts_get(const VdiFacts *facts, VdiFactName name)
{
    const char *own = facts->values[name];

    if (own == NULL && facts->below != NULL) {
        return facts->below->values[name];
    }
    return own != NULL && *own != '\0' ? own : NULL;
}

static const VdiFacts *machine(const VdiFacts *facts)
{
    return facts->below != NULL ? facts->below : facts;
}

static int compare_texts(const void *a, const void *b)
{
    return strcmp(*(const char *const *) a, *(const char *const *) b);
}

size_t vdi_facts_n_packages(const VdiFacts *facts)
{
    return machine(facts)->packages->len;
}

const VdiPackage *vdi_facts_package(const VdiFacts *facts, size_t i)
{
    const Installed *installed = g_ptr_array_index(machine(facts)->packages, i);

    return &installed->package;
}

/* Sorted; of no table: none. */
static const char **sorted_keys(GHashTable *table)
{
    guint n = 0;
    gpointer *keys =
        table != NULL ? g_hash_table_get_keys_as_array(table, &n) : g_new0(gpointer, 1);

    qsort(keys, n, sizeof *keys, compare_texts);
    return (const char **) keys;
}

const char **vdi_facts_clients(const VdiFacts *facts)
{
    return sorted_keys(machine(facts)->clients);
}

const char **vdi_facts_updates(const VdiFacts *facts)
{
    return sorted_keys(machine(facts)->updates);
}

const char **vdi_facts_libraries(const VdiFacts *facts)
{
    return sorted_keys(machine(facts)->libraries);
}

const char **vdi_facts_settings(const VdiFacts *facts)
{
    return sorted_keys(machine(facts)->settings);
}

const char **vdi_facts_peers(const VdiFacts *facts)
{
    return sorted_keys(machine(facts)->peer);
}

bool vdi_facts_updates_known(const VdiFacts *facts)
{
    return machine(facts)->updates_known;
}

bool vdi_facts_settings_known(const VdiFacts *facts)
{
    return machine(facts)->settings_known;
}

bool vdi_facts_clients_known(const VdiFacts *facts)
{
    return machine(facts)->clients_known;
}

const char *const *vdi_facts_os_like(const VdiFacts *facts)
{
    return (const char *const *) machine(facts)->os_like;
}

const char *vdi_facts_package_of(const VdiFacts *facts, const char *id)
{
    const ClientPackage *from = vdi_facts_source_of(facts, id != NULL ? id : "", NULL);

    return from != NULL ? from->place : NULL;
}

const char *vdi_facts_package_version_of(const VdiFacts *facts, const char *id)
{
    const char *version = NULL;

    (void) vdi_facts_source_of(facts, id != NULL ? id : "", &version);
    return version;
}

bool vdi_facts_find_packages(const VdiFacts *facts, const char *type, const char *name,
    VdiPackageVisitor visitor, void *user)
{
    gpointer chain = NULL;

    if (!g_hash_table_lookup_extended(facts->by_name, name, NULL, &chain) && facts->below != NULL) {
        chain = g_hash_table_lookup(facts->below->by_name, name);
    }
    for (const Installed *at = chain; at != NULL; at = at->next) {
        if (strcmp(at->package.type, type) == 0 && visitor(&at->package, user)) {
            return true;
        }
    }
    return false;
}

bool vdi_facts_packages_known(const VdiFacts *facts)
{
    return machine(facts)->packages_known;
}

VdiTruth vdi_facts_is_distributor(
    const VdiFacts *facts, const VdiPackage *package, const char *name)
{
    const VdiFacts *system = machine(facts);
    const char *id = system->values[VDI_FACT_OS_ID];

    if (g_strcmp0(package->namespace, name) == 0 || g_strcmp0(id, name) == 0
        || (system->os_like != NULL
            && g_strv_contains((const char *const *) system->os_like, name))) {
        return VDI_TRUTH_TRUE;
    }
    return id != NULL || package->namespace != NULL ? VDI_TRUTH_FALSE : VDI_TRUTH_UNKNOWN;
}

/* In the layer first; NULL there is an answer too. */
static bool look_up(GHashTable *own, GHashTable *below, const char *key, const char **ret_value)
{
    gpointer value = NULL;
    bool found = g_hash_table_lookup_extended(own, key, NULL, &value)
        || (below != NULL && g_hash_table_lookup_extended(below, key, NULL, &value));

    if (found) {
        *ret_value = value;
    }
    return found;
}

static VdiTruth answer(bool found, const char *value, bool whole)
{
    if (!found) {
        return whole ? VDI_TRUTH_FALSE : VDI_TRUTH_UNKNOWN;
    }
    return value != NULL ? VDI_TRUTH_TRUE : VDI_TRUTH_FALSE;
}

VdiTruth vdi_facts_has_update(const VdiFacts *facts, const char *id)
{
    const char *value = NULL;
    bool found =
        look_up(facts->updates, facts->below != NULL ? facts->below->updates : NULL, id, &value);

    return answer(found, value, machine(facts)->updates_known);
}

VdiTruth vdi_facts_client(const VdiFacts *facts, const char *id, const char **ret_version)
{
    bool found = look_up(
        facts->clients, facts->below != NULL ? facts->below->clients : NULL, id, ret_version);

    return answer(found, found ? *ret_version : NULL, machine(facts)->clients_known);
}

VdiTruth vdi_facts_has_library(const VdiFacts *facts, const char *soname)
{
    GHashTable *libraries = machine(facts)->libraries;

    if (libraries == NULL) {
        return VDI_TRUTH_UNKNOWN;
    }
    return g_hash_table_contains(libraries, soname) ? VDI_TRUTH_TRUE : VDI_TRUTH_FALSE;
}

VdiTruth vdi_facts_setting(const VdiFacts *facts, const char *key, const char **ret_value)
{
    bool found = look_up(machine(facts)->settings, NULL, key, ret_value);

    return answer(found, found ? *ret_value : NULL, machine(facts)->settings_known);
}

VdiTruth vdi_facts_peer(const VdiFacts *facts, const char *key, const char **ret_value)
{
    bool found = look_up(machine(facts)->peer, NULL, key, ret_value);

    return answer(found, found ? *ret_value : NULL, false);
}

const ClientPackage *vdi_facts_clients_of(const VdiFacts *facts, const char *name)
{
    return g_hash_table_lookup(machine(facts)->package_clients, name);
}

bool vdi_facts_is_package_of(
    const VdiFacts *facts, const char *id, const char *type, const char *name)
{
    for (const ClientPackage *at = vdi_facts_clients_of(facts, name); at != NULL;
         at = at->next_of_name) {
        if (strcmp(at->id, id != NULL ? id : "") == 0 && strcmp(at->type, type) == 0) {
            return true;
        }
    }
    return false;
}

void vdi_facts_visit_packages_of(
    const VdiFacts *facts, const char *id, VdiPackageNameVisitor visitor, void *user)
{
    GHashTable *packages = machine(facts)->client_packages;

    for (const ClientPackage *at = g_hash_table_lookup(packages, id != NULL ? id : ""); at != NULL;
         at = at->next_of_client) {
        visitor(at->type, at->name, user);
    }
}

typedef struct {
    const char *own_arch;
    const VdiPackage *best;
} Choice;

/* Of several architectures the machine's own counts, then the first by name: in whatever order they
 * were added. */
static bool choose(const VdiPackage *package, void *user)
{
    Choice *choice = user;
    const VdiPackage *best = choice->best;
    bool is_own = g_strcmp0(package->arch, choice->own_arch) == 0;
    bool is_best_own = best != NULL && g_strcmp0(best->arch, choice->own_arch) == 0;
    int order = best != NULL ? g_strcmp0(package->arch, best->arch) : -1;

    order = order != 0 ? order : strcmp(best->version, package->version);
    if (is_own != is_best_own ? is_own : order < 0) {
        choice->best = package;
    }
    return false;
}

const ClientPackage *vdi_facts_source_of(
    const VdiFacts *facts, const char *id, const char **ret_version)
{
    Choice choice = {vdi_facts_get(facts, VDI_FACT_ARCH), NULL};

    for (const ClientPackage *at = g_hash_table_lookup(machine(facts)->client_packages, id);
         at != NULL; at = at->next_of_client) {
        (void) vdi_facts_find_packages(facts, at->type, at->name, choose, &choice);
        if (choice.best != NULL) {
            if (ret_version != NULL) {
                *ret_version = choice.best->version;
            }
            return at;
        }
    }
    return NULL;
}
