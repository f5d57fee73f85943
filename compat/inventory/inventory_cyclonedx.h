/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "compat/inventory/inventory_form.h"

/* A list of components as CycloneDX 1.2 to 1.7 write it in JSON (https://cyclonedx.org). A package
 * is a component with a package URL and a version. What the format has no member for is written in
 * our own form, as a property of the metadata: so nothing is lost, and others pass over it. */

#define VDI_INVENTORY_PROPERTY "vigie:inventory"

bool vdi_inventory_cyclonedx_read(const VdiInventoryDocument *document, VdiInventory *inventory,
    GError **error) G_GNUC_WARN_UNUSED_RESULT;
