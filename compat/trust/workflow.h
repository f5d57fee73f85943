/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "compat/trust/chain.h"
#include "compat/trust/client.h"

/* The update itself: section 5 of the specification, row by row. workflow.c brings the top-level
 * roles up to date; target.c finds and fetches a target. */

/* One refresh. All borrowed. */
typedef struct {
    VdiChain *chain; /* loaded and locked; after a failure it holds what was accepted until then */
    VdiTrustSource *source;
    int64_t now; /* the fixed start time (5.1) */
    VdiTrustReport *report;
} VdiRun;

/* 5.3 to 5.6.6. Sets the report's has_conflict and has_more_roots. */
bool vdi_workflow_update(VdiRun *run, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* 5.6.7 and 5.7, for the chain's target: searched among the delegations, fetched unless it is
 * stored, stored. Sets the report's is_changed. The target's bytes, yours. */
GBytes *vdi_workflow_target(VdiRun *run, GError **error) G_GNUC_WARN_UNUSED_RESULT;
