/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "compat/inventory/inventory_form.h"

/* What reader and writer of our own form share. */

enum { VDI_INVENTORY_VIGIE_FORMAT = 1, VDI_INVENTORY_LIKE_MAX = 64 };

/* Facts that are one text of the outermost object; ended by a row without a name. */
typedef struct {
    const char *name;
    VdiFactName fact;
} VdiInventoryFact;
extern const VdiInventoryFact vdi_inventory_facts[];

/* Lists of which it can be said that nothing is missing from them; ended by a row without a name.
 */
typedef struct {
    const char *name;
    bool (*is_known)(const VdiFacts *facts);
    void (*set_known)(VdiFacts *facts);
} VdiInventoryWhole;
extern const VdiInventoryWhole vdi_inventory_wholes[];

bool vdi_inventory_vigie_read(const VdiInventoryDocument *document, VdiInventory *inventory,
    GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* In one line, with these packages (of VdiPackage) instead of the inventory's. Yours. */
char *vdi_inventory_vigie_print_line(const VdiInventory *inventory, const GPtrArray *packages);
