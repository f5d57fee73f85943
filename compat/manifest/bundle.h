/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "compat/trust/trial.h"

/* The author's side of compat/trust/bundle. */

/* What an author's folder has signed, or a web root publishes, packed and named: a welcome still
 * lacks its words. */
VdiBundle *vdi_manifest_bundle_pack(VdiBundleKind kind, const char *folder, int64_t from_root,
    int64_t now, VdiTrustReport *ret_report, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Versions and freshness, one line on stdout. */
void vdi_manifest_bundle_print(const VdiTrustReport *report);

/* The update bundle of what an author's folder has signed, or a web root publishes: its bytes,
 * which our own client has accepted from root `from_root` on. */
GBytes *vdi_manifest_bundle_make(const char *folder, int64_t from_root, int64_t now,
    VdiTrustReport *ret_report, GError **error) G_GNUC_WARN_UNUSED_RESULT;
