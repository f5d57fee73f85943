/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "compat/trust/chain.h"
#include "compat/trust/client.h"

/* The update itself: section 5 of the specification from 5.3 to 5.7, row by row. `chain` is loaded
 * and locked. Sets the report's is_changed, has_conflict and has_more_roots. After a failure the
 * chain holds what was accepted until then. */
bool vdi_workflow_run(VdiChain *chain, VdiTrustSource *source, int64_t now, GBytes **ret_target,
    VdiTrustReport *report, GError **error) G_GNUC_WARN_UNUSED_RESULT;
