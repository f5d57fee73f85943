/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "base/error.h"
#include "compat/trust/workflow.h"

/* A metadata file that a verified one announces: the steps that snapshot (5.5.1 to 5.5.4), targets
 * (5.6.1 to 5.6.4) and delegated roles have in common. */

typedef struct {
    const VdiMetaFile *file;
    VdiRole role;                    /* TARGETS for a delegated one */
    const VdiDelegation *delegation; /* NULL: root says who may sign */
} VdiAnnounced;

/* Fetched, at most as long as announced; length and hashes, threshold and version checked. Not its
 * expiry, and nothing is stored. Yours. */
VdiMetadata *vdi_announced_fetch(
    const VdiRun *run, const VdiAnnounced *announced, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* 5.3.10, 5.4.4, 5.5.6, 5.6.5. */
bool vdi_announced_check_expiry(
    const VdiRun *run, const VdiMetadata *metadata, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Fails with `code`: the version that is offered is not the one that was expected. Returns false.
 */
bool vdi_announced_fail_version(
    VdiTrustError code, const char *name, int64_t offered, int64_t expected, GError **error);
