/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "compat/inventory/inventory_form.h"

/* What `osqueryi --json` prints: a table is an array of rows, a row an object of columns; several
 * tables are members of one object, by their names. Only the columns that say something to us are
 * read, and those strictly. */

bool vdi_inventory_is_osquery(const VdiInventoryDocument *document);
bool vdi_inventory_osquery_read(const VdiInventoryDocument *document, VdiInventory *inventory,
    GError **error) G_GNUC_WARN_UNUSED_RESULT;
