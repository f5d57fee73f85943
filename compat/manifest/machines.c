/* SPDX-License-Identifier: Apache-2.0 */
#include "compat/manifest/machines.h"

#include <string.h>

#include "base/error.h"
#include "base/file.h"
#include "base/json.h"

/* ---- a verdict that says whose it is ---- */

static bool is_verdict(VdiJson *json)
{
    return vdi_json_type(json) == VDI_JSON_OBJECT && vdi_json_has(json, "findings")
        && vdi_json_has(json, "effect");
}

static VdiInventory *read_verdict(VdiJson *verdict, GError **error)
{
    VdiJson *machine = NULL;

    if (!vdi_json_has(verdict, "machine")) {
        g_set_error_literal(error, VDI_JSON_ERROR, VDI_JSON_ERROR_MEMBER,
            "machine: it is missing; run vdi-guard check --json --with-machine there");
        return NULL;
    }
    if (!vdi_json_object(verdict, "machine", &machine, error)) {
        return NULL;
    }
    char *text = vdi_json_print(machine);
    g_autoptr(GBytes) bytes = g_bytes_new_take(text, strlen(text));

    return vdi_inventory_read(bytes, error);
}

static VdiInventory *read_machine(const char *path, GBytes *bytes, GError **error)
{
    g_autoptr(GError) local = NULL;
    VdiInventory *inventory = vdi_inventory_read(bytes, &local);
    g_autoptr(VdiJson) json =
        inventory == NULL ? vdi_json_parse(bytes, VDI_INVENTORY_MAX_BYTES, NULL) : NULL;

    if (json != NULL && is_verdict(json)) {
        g_clear_error(&local);
        inventory = read_verdict(json, &local);
    }
    if (inventory == NULL) {
        g_propagate_prefixed_error(error, g_steal_pointer(&local), "%s: ", path);
    }
    return inventory;
}

VdiInventory *vdi_machine_load(const char *path, GError **error)
{
    g_autoptr(GBytes) bytes = vdi_file_read_argument(path, VDI_INVENTORY_MAX_BYTES, error);

    return bytes != NULL ? read_machine(path, bytes, error) : NULL;
}

/* ---- many of them ---- */

/* A fleet: each line that begins with @ begins a machine. */
static bool is_fleet(GBytes *bytes)
{
    size_t size = 0;
    const char *text = g_bytes_get_data(bytes, &size);

    return size > 0 && *text == '@';
}

static const char *next_machine(const char *at, const char *end)
{
    for (; at < end; at++) {
        if (*at == '\n' && at + 1 < end && at[1] == '@') {
            return at + 1;
        }
    }
    return end;
}

static bool load_fleet(VdiMachines *machines, const char *path, GBytes *bytes, GError **error)
{
    size_t size = 0;
    const char *text = g_bytes_get_data(bytes, &size);
    size_t n = 0;

    for (const char *at = text; at < text + size; n++) {
        const char *next = next_machine(at, text + size);
        g_autoptr(GBytes) one =
            g_bytes_new_from_bytes(bytes, (size_t) (at - text), (size_t) (next - at));
        VdiInventory *inventory = vdi_inventory_read(one, error);

        if (inventory == NULL) {
            g_prefix_error(error, "%s: machine %zu: ", path, n + 1);
            return false;
        }
        g_ptr_array_add(machines->inventories, inventory);
        g_ptr_array_add(machines->names,
            g_strdup_printf("%s: %s", path, inventory->name != NULL ? inventory->name : "-"));
        at = next;
    }
    return true;
}

static bool load(VdiMachines *machines, const char *path, GError **error)
{
    g_autoptr(GBytes) bytes = vdi_file_read_argument(path, VDI_INVENTORY_MAX_BYTES, error);

    if (bytes == NULL) {
        return false;
    }
    if (is_fleet(bytes)) {
        return load_fleet(machines, path, bytes, error);
    }
    VdiInventory *inventory = read_machine(path, bytes, error);

    if (inventory != NULL) {
        g_ptr_array_add(machines->inventories, inventory);
        g_ptr_array_add(machines->names, g_strdup(path));
    }
    return inventory != NULL;
}

VdiMachines *vdi_machines_load(char *const *paths, GError **error)
{
    g_autoptr(VdiMachines) machines = g_new0(VdiMachines, 1);

    machines->inventories = g_ptr_array_new_with_free_func((GDestroyNotify) vdi_inventory_free);
    machines->names = g_ptr_array_new_with_free_func(g_free);
    for (size_t i = 0; paths != NULL && paths[i] != NULL; i++) {
        if (!load(machines, paths[i], error)) {
            return NULL;
        }
    }
    machines->n = machines->inventories->len;
    machines->each = g_new0(VdiLintMachine, machines->n + 1);
    for (size_t i = 0; i < machines->n; i++) {
        const VdiInventory *inventory = machines->inventories->pdata[i];

        machines->each[i] = (VdiLintMachine){inventory->facts, inventory->pending};
    }
    return g_steal_pointer(&machines);
}

void vdi_machines_free(VdiMachines *machines)
{
    if (machines != NULL) {
        g_clear_pointer(&machines->inventories, g_ptr_array_unref);
        g_clear_pointer(&machines->names, g_ptr_array_unref);
        g_free(machines->each);
        g_free(machines);
    }
}
