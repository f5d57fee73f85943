/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "compat/trust/client.h"

/* Our own client over what is to be published, before anybody else's: from nothing, from every root
 * that machines may have been given, and from what is published now. */

/* A file of the repository, as a client was handed it: what was believed is what is published. */
typedef struct {
    VdiTrustKind kind;
    char *name; /* encoded: "2.root.json", "HASH.compat.json" */
    GBytes *bytes;
} VdiReleaseFile;

/* Clients that have nothing but one of the roots in `folder` (files under their repository names).
 * All that a client with root 1 was handed, as VdiReleaseFile: roots, timestamp, snapshot, targets,
 * targets' files. Fails as a client fails. */
GPtrArray *vdi_rehearse(const char *folder, const char *name, int64_t now,
    VdiTrustReport *ret_report, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* A client that has followed `published` until now goes on to `folder`. Where `published` is none
 * that a client could follow it starts from nothing. */
bool vdi_rehearse_from(const char *published, const char *folder, const char *name, int64_t now,
    GError **error) G_GNUC_WARN_UNUSED_RESULT;
