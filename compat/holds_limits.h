/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "compat/holds.h"

/* The second half of vdi_holds_decide: what local limits leave of the holds that rules ask for.
 * `wanted`: of VdiHold, with `until` as the rule allows; what is kept is taken out of it. */
void vdi_holds_limit(const VdiHoldsInput *input, GPtrArray *wanted, VdiHolds *holds);

/* Records that a hold is not made; NULL package and version where no single one is to blame. */
void vdi_holds_refuse(VdiHolds *holds, const char *package, const char *version,
    const char *organisation, const char *rule, VdiNotHeldWhy why);
