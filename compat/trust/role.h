/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/* The four top-level roles of The Update Framework. */
typedef enum {
    VDI_ROLE_ROOT,
    VDI_ROLE_TIMESTAMP,
    VDI_ROLE_SNAPSHOT,
    VDI_ROLE_TARGETS,
    VDI_N_ROLES,
} VdiRole;

/* "root": in metadata, and before ".json". */
const char *vdi_role_name(VdiRole role);
