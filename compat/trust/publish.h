/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "compat/trust/client.h"

/* From the author's folder to where clients read: any folder that a web server, a mail or a stick
 * can carry. Nothing is published that our own client would refuse. */

/* A client that has only root 1 of `folder` (files under their repository names): what it would
 * accept now. The target's bytes, yours. */
GBytes *vdi_publish_verify(const char *folder, const char *name, int64_t now,
    VdiTrustReport *ret_report, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Copies what is staged in `folder`/metadata into `webroot`: new files first, timestamp.json last,
 * each whole. Before that the client runs over the result, once from root 1 and once from what
 * `webroot` holds now; VDI_TRUST_ERROR_REFUSED says why a client would not follow. */
bool vdi_publish(const char *folder, const char *webroot, const char *name, int64_t now,
    VdiTrustReport *ret_report, GError **error) G_GNUC_WARN_UNUSED_RESULT;
