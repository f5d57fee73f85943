/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "compat/trust/author.h"

/* Signs `target` as the manifest, whatever the draft says, with the keys that are here. Where none
 * of them is one of targets, nothing is changed: VDI_TRUST_ERROR_REFUSED. *ret_missing (yours) says
 * what others have to sign before it can be published; NULL: nothing. */
bool vdi_manifest_sign_target(VdiAuthor *author, GBytes *target, char **ret_missing,
    GError **error) G_GNUC_WARN_UNUSED_RESULT;
