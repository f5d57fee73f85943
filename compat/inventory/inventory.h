/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <glib.h>
#include <stdbool.h>

#include "compat/rules/change.h"
#include "compat/rules/facts.h"

/* A machine that was written down: its facts, and what its package manager would do. Three forms,
 * in and out (docs/inventory.md): ours, which can say every fact; osquery's tables; a CycloneDX
 * list of components. Reading is strict: what is wrong is said with its place, and nothing of it is
 * used.
 */

#define VDI_INVENTORY_MAX_BYTES ((size_t) 64 * 1024 * 1024)
#define VDI_INVENTORY_MAX_PACKAGES 200000
#define VDI_INVENTORY_TEXT_MAX 2000 /* bytes of one text; at most 500 characters of it */

typedef enum {
    VDI_INVENTORY_VIGIE, /* says everything */
    VDI_INVENTORY_OSQUERY,
    VDI_INVENTORY_CYCLONEDX,
    VDI_INVENTORY_LAST,
} VdiInventoryFormat;

typedef struct {
    char *name;         /* of the machine; NULL: not said */
    VdiFacts *facts;    /* never NULL */
    VdiChange *pending; /* what its package manager would do; NULL: not said */
} VdiInventory;

/* Nothing is known of it yet. */
VdiInventory *vdi_inventory_new(void);
void vdi_inventory_free(VdiInventory *inventory);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(VdiInventory, vdi_inventory_free)

/* Recognises the form by itself; a fleet of one machine is one as well (compat/inventory/fleet.h).
 * Fails with VDI_JSON_ERROR, VDI_RANGE_ERROR_PURL or VDI_HOST_ERROR_FLEET. */
VdiInventory *vdi_inventory_read(GBytes *bytes, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* The same of a regular file, or ("-") of standard input to its end. VDI_FILE_ERROR as well; the
 * file is named. */
VdiInventory *vdi_inventory_load(const char *path, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Ended by a line break; the same machine gives the same bytes, whatever the order in which its
 * facts were learnt. A name is written when there is one. What osquery has no table for is left
 * out; the other two say everything. */
char *vdi_inventory_print(const VdiInventory *inventory, VdiInventoryFormat format);

/* How many packages such a form has no place for. */
size_t vdi_inventory_n_left_out(const VdiInventory *inventory, VdiInventoryFormat format);

/* "vigie", "osquery", "cyclonedx". */
const char *vdi_inventory_format_name(VdiInventoryFormat format);
