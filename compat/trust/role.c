/* SPDX-License-Identifier: Apache-2.0 */
#include "compat/trust/role.h"

const char *vdi_role_name(VdiRole role)
{
    static const char *const names[VDI_N_ROLES] = {"root", "timestamp", "snapshot", "targets"};

    return names[role];
}
