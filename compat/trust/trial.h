/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "compat/trust/bundle.h"
#include "compat/trust/client.h"
#include "compat/trust/welcome.h"

/* A client that lives as long as one question: what would a machine believe that has nothing but
 * this root? Its store is a folder of its own, gone afterwards. */

/* The target's bytes, yours. `now` 0: expiry is not judged, all else is; compare
 * ret_report->expires_at yourself. *ret_root: the last root of the chain (yours; NULL on failure);
 * `ret_root` may be NULL. */
GBytes *vdi_trial_run(GBytes *root, VdiTrustSource *source, const char *name, int64_t now,
    VdiTrustReport *ret_report, GBytes **ret_root, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* A client that believes the root with which the bundle's own chain begins. This is no trust: it
 * says that the file is whole, and what it holds. */
GBytes *vdi_trial_bundle(const VdiBundle *bundle, const char *name, int64_t now,
    VdiTrustReport *ret_report, GBytes **ret_root, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The words of a welcome: of the same organisation, and signed under `root`, the last one of its
 * chain. */
VdiWelcome *vdi_trial_welcome(
    const VdiBundle *bundle, GBytes *root, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Packs what a client with root `from_root` asks for in `folder` (files under their repository
 * names) into `bundle`, so that what is in it is what a client accepts, delegated roles too. The
 * target's bytes, yours. */
GBytes *vdi_trial_pack(VdiBundle *bundle, const char *folder, int64_t from_root, const char *name,
    int64_t now, VdiTrustReport *ret_report, GError **error) G_GNUC_WARN_UNUSED_RESULT;
