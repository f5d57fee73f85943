/* SPDX-License-Identifier: Apache-2.0 */
#include <stdint.h>
#include <string.h>

#include "compat/inventory/inventory.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What was written is read, and says the same when it is written again. */
static char *write_and_read(const VdiInventory *machine, VdiInventoryFormat format)
{
    g_autofree char *text = vdi_inventory_print(machine, format);
    g_autoptr(GBytes) bytes = g_bytes_new_static(text, strlen(text));
    g_autoptr(VdiInventory) again = vdi_inventory_read(bytes, NULL);

    g_assert(again != NULL);
    return vdi_inventory_print(again, format);
}

/* Our own form and CycloneDX lose nothing. osquery does, once: what is written from its tables
 * gives the same tables. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    g_autoptr(GBytes) document = g_bytes_new(data, size);
    g_autoptr(VdiInventory) machine = vdi_inventory_read(document, NULL);

    if (machine == NULL) {
        return 0;
    }
    g_autofree char *own = vdi_inventory_print(machine, VDI_INVENTORY_VIGIE);
    g_autofree char *own_again = write_and_read(machine, VDI_INVENTORY_VIGIE);
    g_autofree char *bom = vdi_inventory_print(machine, VDI_INVENTORY_CYCLONEDX);
    g_autofree char *bom_again = write_and_read(machine, VDI_INVENTORY_CYCLONEDX);
    g_autofree char *tables = write_and_read(machine, VDI_INVENTORY_OSQUERY);
    g_autoptr(GBytes) bytes = g_bytes_new_static(tables, strlen(tables));
    g_autoptr(VdiInventory) reduced = vdi_inventory_read(bytes, NULL);

    g_assert(strcmp(own, own_again) == 0);
    g_assert(strcmp(bom, bom_again) == 0);
    g_assert(reduced != NULL);
    g_autofree char *tables_again = write_and_read(reduced, VDI_INVENTORY_OSQUERY);

    g_assert(strcmp(tables, tables_again) == 0);
    for (const char *c = own; *c != '\0'; c++) {
        g_assert((unsigned char) *c >= ' ' || *c == '\n');
    }
    return 0;
}
