/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <glib.h>
#include <stdbool.h>

#include "compat/rules/change.h"

/* An update that somebody thinks of, for machines that are not known yet: what it would bring.
 *
 *   openssl=3.0.17-1              that package, where it is installed in an older version
 *   pkg:deb/debian/openssl@3.0.17 the same, of that type alone
 *   +pkg:deb/debian/linux-image-6.12.57@6.12.57-1
 *                                 the same, and new where it is not installed, on every machine of
 *                                 that system
 *   windows=26100.7623            the Windows build, where it is older
 *   client:horizon-client=2406    a client, where it is installed in an older version
 *   KB5034441, RHSA-2026:1234     an update or advisory, where it is not installed; KB… on Windows
 */

#define VDI_PLAN_MAX_ITEMS 1000
#define VDI_PLAN_MAX_BYTES ((size_t) 256 * 1024) /* of a file */

typedef struct {
    char *type;     /* of a package: a purl's, or NULL for any; else VDI_CHANGE_… */
    char *new_from; /* of a package that comes where it is not installed: the distributor */
    char *name;     /* of the package; the update's, the client's; "windows" */
    char *version;  /* what it goes to; of an update its name */
} VdiPlanItem;

typedef struct VdiPlan VdiPlan;

VdiPlan *vdi_plan_new(void);
void vdi_plan_free(VdiPlan *plan);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(VdiPlan, vdi_plan_free)

/* One word as above. VDI_PROGRAM_ERROR_VALUE otherwise. */
bool vdi_plan_add(VdiPlan *plan, const char *word, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* One word a line; empty lines and those that begin with `#` are passed over. */
bool vdi_plan_add_file(VdiPlan *plan, const char *path, GError **error) G_GNUC_WARN_UNUSED_RESULT;

size_t vdi_plan_n_items(const VdiPlan *plan);
const VdiPlanItem *vdi_plan_item(const VdiPlan *plan, size_t i);
bool vdi_plan_item_is_package(const VdiPlanItem *item);

/* "openssl 3.0.17-1", "KB5034441": for people. Yours. */
char *vdi_plan_item_text(const VdiPlanItem *item);

/* What the update would do to that machine. Never NULL. `touched` (NULL: not asked): a set to which
 * those items of the plan are added that do something there. */
VdiChange *vdi_plan_change(const VdiPlan *plan, const VdiFacts *facts, GHashTable *touched);
