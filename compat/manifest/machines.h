/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "compat/inventory/inventory.h"
#include "compat/rules/lint.h"

/* Machines that an author has in files: an inventory each, or a fleet of many (docs/inventory.md).
 */
typedef struct {
    GPtrArray *inventories; /* of VdiInventory */
    GPtrArray *names;       /* of char *: the file, and in a fleet the machine */
    VdiLintMachine *each;   /* the same, borrowed */
    size_t n;
} VdiMachines;

/* `paths`: ended by NULL; NULL: none. An error names the file, and in a fleet the machine. */
VdiMachines *vdi_machines_load(char *const *paths, GError **error) G_GNUC_WARN_UNUSED_RESULT;
void vdi_machines_free(VdiMachines *machines);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(VdiMachines, vdi_machines_free)

/* One machine: an inventory, or what "vdi-guard check --json --with-machine" printed there. */
VdiInventory *vdi_machine_load(const char *path, GError **error) G_GNUC_WARN_UNUSED_RESULT;
