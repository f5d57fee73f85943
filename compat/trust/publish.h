/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "compat/trust/client.h"

/* From the author's folder to where clients read: any folder that a web server, a mail or a stick
 * can carry. Nothing is published that our own client would refuse, and nothing that it would not
 * ask for: no key, no draft, nothing that waits for signatures. */

/* A client that has only root 1 of `folder` (files under their repository names): what it would
 * accept now. The target's bytes, yours. */
GBytes *vdi_publish_verify(const char *folder, const char *name, int64_t now,
    VdiTrustReport *ret_report, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Publishes what is complete in `folder`. First the rehearsal (rehearsal.h); then what clients do
 * not see yet is copied, each file whole and durably, and last, by one rename, the timestamp that
 * names it: whoever reads in between, and whatever is left by a crash, reads the old state. What is
 * published stays; nothing is replaced but the timestamp. One publisher at a time.
 *
 * Where a new root comes with new keys, its timestamp is signed by the old ones too, if they were
 * there (author.h), and goes before the root: no client falls between them.
 *
 * VDI_TRUST_ERROR_REFUSED says what is wrong: what clients would refuse, a stale copy of the
 * folder, somebody else's web root, a web root with private keys in it. */
bool vdi_publish(const char *folder, const char *webroot, const char *name, int64_t now,
    VdiTrustReport *ret_report, GError **error) G_GNUC_WARN_UNUSED_RESULT;
