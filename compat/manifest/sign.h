/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "compat/trust/author.h"

/* Signs `target` as the manifest, whatever the draft says, with the keys that are here.
 * VDI_TRUST_ERROR_REFUSED when it then still waits for others: what is missing is the message. */
bool vdi_manifest_sign_target(
    VdiAuthor *author, GBytes *target, GError **error) G_GNUC_WARN_UNUSED_RESULT;
