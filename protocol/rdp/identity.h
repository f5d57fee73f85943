/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <glib.h>
#include <stdbool.h>

#include "protocol/session/message.h"

/* Is this the desktop that was meant? Its certificate, judged with OpenSSL and by nothing else: a
 * pinned key, else chain, name, purpose and dates. FreeRDP's own check took wildcards over several
 * labels, certificates of clients and names with a NUL. */

typedef struct VdiIdentity VdiIdentity;

/* Reads the system's authorities: before the doors are closed, and before anybody waits. */
VdiIdentity *vdi_identity_new(void);
void vdi_identity_free(VdiIdentity *identity);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(VdiIdentity, vdi_identity_free)

/* From now on only this PEM's authorities are trusted. Fails with VDI_SESSION_ERROR_CERTIFICATE. */
bool vdi_identity_trust_only(
    VdiIdentity *identity, GBytes *pem, GError **error) G_GNUC_WARN_UNUSED_RESULT;

typedef enum {
    VDI_IDENTITY_GOOD,
    VDI_IDENTITY_DOUBTFUL, /* *ret_question says why: somebody may decide */
    VDI_IDENTITY_BAD,      /* another key than the pinned one, or no certificate at all */
} VdiIdentityVerdict;

/* `chain`: PEM, the server's own first. `pin`: SHA-256 of its public key (SubjectPublicKeyInfo) in
 * lower-case hex, or "": a key that matches is good whatever else the certificate says. */
VdiIdentityVerdict vdi_identity_judge(VdiIdentity *identity, const void *chain, size_t size,
    const char *host, const char *pin, VdiMessageIdentity *ret_question);
