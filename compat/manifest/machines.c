/* SPDX-License-Identifier: Apache-2.0 */
#include "compat/manifest/machines.h"

VdiMachines *vdi_machines_load(char *const *paths, GError **error)
{
    g_autoptr(VdiMachines) machines = g_new0(VdiMachines, 1);

    machines->inventories = g_ptr_array_new_with_free_func((GDestroyNotify) vdi_inventory_free);
    for (size_t i = 0; paths != NULL && paths[i] != NULL; i++) {
        VdiInventory *inventory = vdi_inventory_load(paths[i], error);

        if (inventory == NULL) {
            return NULL;
        }
        g_ptr_array_add(machines->inventories, inventory);
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
        g_free(machines->each);
        g_free(machines);
    }
}
