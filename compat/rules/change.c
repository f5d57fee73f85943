/* SPDX-License-Identifier: Apache-2.0 */
#include "compat/rules/change.h"

#include <string.h>

#include "compat/rules/facts_private.h"
#include "compat/rules/version.h"

struct VdiChange {
    GPtrArray *items;    /* of VdiChangeItem */
    GHashTable *by_name; /* name → place + 1 of the last item of that name */
    GArray *same_name;   /* of size_t: of each item the same of the one before it; 0: none */
};

static void item_free(void *data)
{
    VdiChangeItem *item = data;

    g_free(item->type);
    g_free(item->namespace);
    g_free(item->name);
    g_free(item->arch);
    g_free(item->before);
    g_free(item->after);
    g_free(item);
}

VdiChange *vdi_change_new(void)
{
    VdiChange *change = g_new0(VdiChange, 1);

    change->items = g_ptr_array_new_with_free_func(item_free);
    change->by_name = g_hash_table_new(g_str_hash, g_str_equal);
    change->same_name = g_array_new(false, false, sizeof(size_t));
    return change;
}

void vdi_change_free(VdiChange *change)
{
    if (change != NULL) {
        g_ptr_array_unref(change->items);
        g_clear_pointer(&change->by_name, g_hash_table_unref);
        g_clear_pointer(&change->same_name, g_array_unref);
        g_free(change);
    }
}

void vdi_change_add(VdiChange *change, const char *type, const char *namespace, const char *name,
    const char *arch, const char *before, const char *after, bool is_security)
{
    VdiChangeItem *item = g_new0(VdiChangeItem, 1);

    g_assert(before != NULL || after != NULL);
    item->type = g_strdup(type);
    item->namespace = g_strdup(namespace);
    item->name = g_strdup(name);
    item->arch = g_strdup(arch);
    item->before = g_strdup(before);
    item->after = g_strdup(after);
    item->is_security = is_security;
    size_t last = GPOINTER_TO_SIZE(g_hash_table_lookup(change->by_name, item->name));

    g_array_append_val(change->same_name, last);
    g_ptr_array_add(change->items, item);
    g_hash_table_insert(change->by_name, item->name, GSIZE_TO_POINTER(change->items->len));
}

size_t vdi_change_n_items(const VdiChange *change)
{
    return change->items->len;
}

const VdiChangeItem *vdi_change_item(const VdiChange *change, size_t i)
{
    return g_ptr_array_index(change->items, i);
}

bool vdi_change_find(
    const VdiChange *change, const char *type, const char *name, VdiItemVisitor visitor, void *user)
{
    size_t at = GPOINTER_TO_SIZE(g_hash_table_lookup(change->by_name, name));

    for (; at > 0; at = g_array_index(change->same_name, size_t, at - 1)) {
        if (strcmp(vdi_change_item(change, at - 1)->type, type) == 0 && visitor(at - 1, user)) {
            return true;
        }
    }
    return false;
}

VdiChange *vdi_change_part(const VdiChange *change, const size_t *items, size_t n_items)
{
    VdiChange *part = g_new0(VdiChange, 1);

    part->items = g_ptr_array_sized_new((guint) n_items);
    for (size_t i = 0; i < n_items; i++) {
        g_ptr_array_add(part->items, g_ptr_array_index(change->items, items[i]));
    }
    return part;
}

/* ---- applying ---- */

static bool is_any_arch(const char *arch)
{
    return arch == NULL || strcmp(arch, "all") == 0 || strcmp(arch, "noarch") == 0
        || strcmp(arch, "any") == 0;
}

static bool is_replaced(const VdiPackage *package, const VdiChangeItem *item, bool same_version)
{
    bool same_arch = is_any_arch(package->arch) || is_any_arch(item->arch)
        || strcmp(package->arch, item->arch) == 0;

    return strcmp(package->type, item->type) == 0 && same_arch
        && (!same_version || g_strcmp0(package->version, item->before) == 0);
}

/* Takes out what the item replaces: the version that it names. A package manager that names another
 * than the one that was here still replaces the one of that architecture. */
static void take_out(VdiFacts *after, const VdiChangeItem *item)
{
    const Installed *before = g_hash_table_lookup(after->below->by_name, item->name);
    bool same_version = false;

    for (const Installed *at = before; at != NULL; at = at->next) {
        same_version = same_version || is_replaced(&at->package, item, true);
    }
    Installed *first = vdi_facts_own_chain(after, item->name);
    Installed **link = &first;

    while (*link != NULL) {
        if (is_replaced(&(*link)->package, item, same_version)) {
            *link = (*link)->next; /* `packages` still owns it */
        } else {
            link = &(*link)->next;
        }
    }
    g_hash_table_replace(after->by_name, item->name, first);
}

static void put_in(VdiFacts *after, const VdiChangeItem *item)
{
    VdiPackage package = {item->type, item->namespace, item->name, item->after, item->arch};

    (void) vdi_facts_own_chain(after, item->name);
    vdi_facts_push(after, &package);
}

/* Clients and the engine come from packages: what changes these changes them. An engine that is
 * gone is an empty value, so that the layer does not ask below. */
static void apply_to_clients(VdiFacts *after, const VdiChangeItem *item)
{
    for (const ClientPackage *at = vdi_facts_clients_of(after, item->name); at != NULL;
         at = at->next_of_name) {
        if (strcmp(at->type, item->type) != 0) {
            continue;
        }
        const char *packaged = NULL;
        bool is_there = vdi_facts_source_of(after, at->id, &packaged) != NULL;
        char *version = is_there ? vdi_version_upstream(packaged) : NULL;

        if (*at->id == '\0') {
            g_free((char *) after->values[VDI_FACT_ENGINE]);
            after->values[VDI_FACT_ENGINE] = version != NULL ? version : g_strdup("");
        } else {
            g_hash_table_insert(after->clients, (gpointer) at->id, version);
        }
    }
}

static bool is_package(const VdiChangeItem *item)
{
    return strcmp(item->type, VDI_CHANGE_UPDATE) != 0 && strcmp(item->type, VDI_CHANGE_CLIENT) != 0
        && strcmp(item->type, VDI_CHANGE_BUILD) != 0;
}

static void remove_item(VdiFacts *after, const VdiChangeItem *item)
{
    if (is_package(item)) {
        take_out(after, item);
    } else if (strcmp(item->type, VDI_CHANGE_UPDATE) == 0) {
        g_hash_table_replace(after->updates, item->name, NULL);
    } else if (strcmp(item->type, VDI_CHANGE_CLIENT) == 0) {
        g_hash_table_insert(after->clients, item->name, NULL);
    } else {
        after->values[VDI_FACT_BUILD] = "";
    }
}

static void add_item(VdiFacts *after, const VdiChangeItem *item)
{
    if (is_package(item)) {
        put_in(after, item);
    } else if (strcmp(item->type, VDI_CHANGE_UPDATE) == 0) {
        g_hash_table_replace(after->updates, item->name, item->name);
    } else if (strcmp(item->type, VDI_CHANGE_CLIENT) == 0) {
        g_hash_table_insert(after->clients, item->name, g_strdup(item->after));
    } else {
        after->values[VDI_FACT_BUILD] = item->after;
    }
}

VdiFacts *vdi_change_apply(const VdiFacts *before, const VdiChange *change, const bool *left_out)
{
    enum { REMOVE, ADD, CLIENTS, N_STEPS };
    VdiFacts *after = vdi_facts_new_layer(before);

    for (int step = 0; step < N_STEPS; step++) {
        for (size_t i = 0; i < change->items->len; i++) {
            const VdiChangeItem *item = g_ptr_array_index(change->items, i);

            if (left_out != NULL && left_out[i]) {
                continue;
            }
            if (step == REMOVE && item->before != NULL) {
                remove_item(after, item);
            } else if (step == ADD && item->after != NULL) {
                add_item(after, item);
            } else if (step == CLIENTS && is_package(item)) {
                apply_to_clients(after, item);
            }
        }
    }
    return after;
}
