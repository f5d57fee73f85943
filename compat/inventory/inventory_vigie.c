/* SPDX-License-Identifier: Apache-2.0 */
/* Our own form: every fact has a place. */
#include "compat/inventory/inventory_vigie.h"

#include "compat/host/clients.h"

const VdiInventoryFact vdi_inventory_facts[] = {
    {"machine", VDI_FACT_MACHINE},
    {"kernel", VDI_FACT_KERNEL},
    {"arch", VDI_FACT_ARCH},
    {"build", VDI_FACT_BUILD},
    {NULL, VDI_FACT_LAST},
};

const VdiInventoryWhole vdi_inventory_wholes[] = {
    {"clients", vdi_facts_clients_known, vdi_facts_set_clients_known},
    {"packages", vdi_facts_packages_known, vdi_facts_set_packages_known},
    {"settings", vdi_facts_settings_known, vdi_facts_set_settings_known},
    {"updates", vdi_facts_updates_known, vdi_facts_set_updates_known},
    {NULL, NULL, NULL},
};

static bool is_vigie(const VdiInventoryDocument *document)
{
    return vdi_json_type(document->head) == VDI_JSON_OBJECT
        && vdi_json_has(document->head, "format");
}

/* Not what is unknown; an empty text says as little. */
static void add_known(VdiJson *object, const char *name, const char *text)
{
    if (text != NULL && *text != '\0') {
        vdi_inventory_add_text(object, name, text);
    }
}

static void add_os(VdiJson *head, const VdiFacts *facts)
{
    const char *id = vdi_facts_get(facts, VDI_FACT_OS_ID);
    const char *version = vdi_facts_get(facts, VDI_FACT_OS_VERSION);
    const char *const *like = vdi_facts_os_like(facts);

    if (id == NULL && version == NULL && like == NULL) {
        return;
    }
    VdiJson *os = vdi_json_add_object(head, "os");

    add_known(os, "id", id);
    add_known(os, "version", version);
    if (like != NULL) {
        VdiJson *words = vdi_json_add_array(os, "like");

        for (size_t i = 0; like[i] != NULL && i < VDI_INVENTORY_LIKE_MAX; i++) {
            vdi_inventory_add_text(words, NULL, like[i]);
        }
    }
}

static VdiJson *head_of(const VdiInventory *inventory)
{
    VdiJson *head = vdi_json_new_object();
    const char *engine = vdi_facts_get(inventory->facts, VDI_FACT_ENGINE);
    const char *package = vdi_facts_package_of(inventory->facts, NULL);

    vdi_json_add_integer(head, "format", VDI_INVENTORY_VIGIE_FORMAT);
    add_known(head, "name", inventory->name);
    add_os(head, inventory->facts);
    for (const VdiInventoryFact *row = vdi_inventory_facts; row->name != NULL; row++) {
        add_known(head, row->name, vdi_facts_get(inventory->facts, row->fact));
    }
    if (engine != NULL || package != NULL) {
        VdiJson *json = vdi_json_add_object(head, "engine");

        add_known(json, "version", engine);
        add_known(json, "package", package);
    }
    return head;
}

/* What may be known not to be there. */
static VdiJson *new_pair(const char *first, const char *key, const char *second, const char *value)
{
    VdiJson *json = vdi_json_new_object();

    vdi_inventory_add_text(json, first, key);
    vdi_inventory_add_text(json, second, value);
    if (value == NULL) {
        vdi_json_add_boolean(json, "absent", true);
    }
    return json;
}

/* Clients, settings and what the peer said: `ask` gives each its value. The keys are taken. */
static void put_pairs(VdiInventoryWriter *writer, const char *list, const char **taken,
    const VdiFacts *facts, VdiTruth (*ask)(const VdiFacts *, const char *, const char **))
{
    g_autofree const char **keys = taken;
    bool is_clients = ask == vdi_facts_client;
    bool has_any = false;

    for (size_t i = 0; keys[i] != NULL; i++) {
        const char *value = NULL;

        (void) ask(facts, keys[i], &value);
        if (is_clients && value == NULL && vdi_clients_derive_absence(facts, keys[i])) {
            continue; /* the packages say it already */
        }
        if (!has_any) {
            vdi_inventory_begin_list(writer, list);
            has_any = true;
        }
        VdiJson *json =
            new_pair(is_clients ? "id" : "key", keys[i], is_clients ? "version" : "value", value);

        if (is_clients) {
            add_known(json, "package", vdi_facts_package_of(facts, keys[i]));
        }
        vdi_inventory_take_element(writer, json);
    }
    if (has_any) {
        vdi_inventory_end_list(writer);
    }
}

static void put_packages(VdiInventoryWriter *writer, const GPtrArray *packages)
{
    if (packages->len == 0) {
        return;
    }
    vdi_inventory_begin_list(writer, "packages");
    for (guint i = 0; i < packages->len; i++) {
        const VdiPackage *package = packages->pdata[i];
        VdiJson *json = vdi_json_new_object();

        vdi_inventory_add_text(json, "type", package->type);
        add_known(json, "namespace", package->namespace);
        vdi_inventory_add_text(json, "name", package->name);
        vdi_inventory_add_text(json, "version", package->version);
        add_known(json, "arch", package->arch);
        vdi_inventory_take_element(writer, json);
    }
    vdi_inventory_end_list(writer);
}

static int compare_items(gconstpointer a, gconstpointer b)
{
    const VdiChangeItem *left = *(const VdiChangeItem *const *) a;
    const VdiChangeItem *right = *(const VdiChangeItem *const *) b;
    const char *const lefts[] = {
        left->type, left->namespace, left->name, left->arch, left->before, left->after};
    const char *const rights[] = {
        right->type, right->namespace, right->name, right->arch, right->before, right->after};
    int order = 0;

    for (size_t i = 0; i < G_N_ELEMENTS(lefts) && order == 0; i++) {
        order = g_strcmp0(lefts[i], rights[i]);
    }
    return order != 0 ? order : left->is_security - right->is_security;
}

static void put_pending(VdiInventoryWriter *writer, const VdiChange *pending)
{
    g_autoptr(GPtrArray) items = g_ptr_array_new();

    for (size_t i = 0; i < vdi_change_n_items(pending); i++) {
        g_ptr_array_add(items, (gpointer) vdi_change_item(pending, i));
    }
    g_ptr_array_sort(items, compare_items);
    vdi_inventory_begin_list(writer, "pending");
    for (guint i = 0; i < items->len; i++) {
        const VdiChangeItem *item = items->pdata[i];
        VdiJson *json = vdi_json_new_object();

        vdi_inventory_add_text(json, "type", item->type);
        add_known(json, "namespace", item->namespace);
        vdi_inventory_add_text(json, "name", item->name);
        add_known(json, "arch", item->arch);
        add_known(json, "before", item->before);
        add_known(json, "after", item->after);
        if (item->is_security) {
            vdi_json_add_boolean(json, "security", true);
        }
        vdi_inventory_take_element(writer, json);
    }
    vdi_inventory_end_list(writer);
}

static char *print_with(const VdiInventory *inventory, const GPtrArray *packages)
{
    const VdiFacts *facts = inventory->facts;
    const char **whole = g_new0(const char *, G_N_ELEMENTS(vdi_inventory_wholes));
    size_t n_whole = 0;
    VdiInventoryWriter writer;

    for (const VdiInventoryWhole *row = vdi_inventory_wholes; row->name != NULL; row++) {
        if (row->is_known(facts)) {
            whole[n_whole++] = row->name;
        }
    }
    vdi_inventory_begin(&writer, head_of(inventory));
    vdi_inventory_take_texts(&writer, "whole", whole);
    put_pairs(&writer, "clients", vdi_facts_clients(facts), facts, vdi_facts_client);
    vdi_inventory_take_texts(&writer, "updates", vdi_facts_updates(facts));
    vdi_inventory_take_texts(&writer, "libraries", vdi_facts_libraries(facts));
    put_pairs(&writer, "settings", vdi_facts_settings(facts), facts, vdi_facts_setting);
    put_pairs(&writer, "peer", vdi_facts_peers(facts), facts, vdi_facts_peer);
    put_packages(&writer, packages);
    if (inventory->pending != NULL) {
        put_pending(&writer, inventory->pending);
    }
    return vdi_inventory_end(&writer);
}

static char *print_vigie(const VdiInventory *inventory)
{
    g_autoptr(GPtrArray) packages = vdi_inventory_packages(inventory);

    return print_with(inventory, packages);
}

char *vdi_inventory_vigie_print_line(const VdiInventory *inventory, const GPtrArray *packages)
{
    g_autofree char *lines = print_with(inventory, packages);
    g_auto(GStrv) each = g_strsplit(lines, "\n", -1);

    for (size_t i = 0; each[i] != NULL; i++) {
        g_strstrip(each[i]); /* no text holds a line break */
    }
    return g_strjoinv("", each);
}

const VdiInventoryForm vdi_inventory_form_vigie = {
    .name = "vigie",
    .is_this = is_vigie,
    .read = vdi_inventory_vigie_read,
    .print = print_vigie,
};
