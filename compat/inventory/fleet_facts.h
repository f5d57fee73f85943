/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "compat/inventory/fleet.h"
#include "compat/rules/facts.h"

/* Between the lines of a fleet and facts. */

/* What the head line says, as facts; no package is in them yet. The cursor stands behind
 * VDI_FLEET_HEAD. `is_wanted`: which of the words; NULL: all. */
typedef bool (*VdiFleetFilter)(const VdiFleetWord *word, const void *user);
VdiFacts *vdi_fleet_head_facts(
    const VdiFleetCursor *cursor, VdiFleetFilter is_wanted, const void *user);

/* The package of VDI_FLEET_LINE, with what its machine's head says of all of them. */
VdiPackage *vdi_fleet_package(const VdiFleetCursor *cursor);
void vdi_fleet_package_free(VdiPackage *package);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(VdiPackage, vdi_fleet_package_free)

/* The one machine that `bytes` hold; which clients it has is derived from its packages where the
 * head does not say it. Fails with VDI_HOST_ERROR_FLEET, saying the line. */
VdiFacts *vdi_fleet_read(GBytes *bytes, char **ret_name, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* One machine. `name` may be NULL. The same facts give the same bytes, in whatever order they were
 * learnt; what was read and written is read and written as the same. */
char *vdi_fleet_print(const char *name, const VdiFacts *facts);
