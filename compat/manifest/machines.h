/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "compat/host/inventory.h"
#include "compat/rules/lint.h"

/* Machines that an author has in files, one a file (docs/inventory.md). */
typedef struct {
    GPtrArray *inventories; /* of VdiInventory */
    VdiLintMachine *each;   /* the same, borrowed */
    size_t n;
} VdiMachines;

/* `paths`: ended by NULL; NULL: none. An error names the file. */
VdiMachines *vdi_machines_load(char *const *paths, GError **error) G_GNUC_WARN_UNUSED_RESULT;
void vdi_machines_free(VdiMachines *machines);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(VdiMachines, vdi_machines_free)
