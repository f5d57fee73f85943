/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "base/json.h"
#include "compat/trust/signers.h"

/* A metadata file before anybody knows what it says: {"signed": …, "signatures": […]}. First whose
 * it is (verify), then what it means (metadata.h). The very bytes are kept.
 * Specification sections 4.2.1 and 5, "check for an arbitrary software attack". */

#define VDI_ENVELOPE_SIGNATURES_MAX 64

/* Zero is no trust. */
typedef enum { VDI_NOT_VERIFIED = 0, VDI_VERIFIED } VdiVerification;

typedef struct VdiEnvelope VdiEnvelope;

/* At most `max_bytes`. Unknown members are kept: they were signed. Two signatures under one name
 * refuse the file. Fails with VDI_TRUST_ERROR_FORMAT. */
VdiEnvelope *vdi_envelope_parse(
    GBytes *document, size_t max_bytes, GError **error) G_GNUC_WARN_UNUSED_RESULT;
void vdi_envelope_free(VdiEnvelope *envelope);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(VdiEnvelope, vdi_envelope_free)

/* Counts distinct keys, not their names; who is not of the role, wrong or empty counts for nothing.
 * Below the threshold VDI_TRUST_ERROR_SIGNATURE. */
VdiVerification vdi_envelope_verify(const VdiEnvelope *envelope, const VdiSigners *signers,
    GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Whose signatures count, by the names of `signers`, which owns them; each key once. Yours. */
GPtrArray *vdi_envelope_signed_by(const VdiEnvelope *envelope, const VdiSigners *signers);

/* It has exactly that signature under that name. */
bool vdi_envelope_has(const VdiEnvelope *envelope, const char *keyid, GBytes *signature);

/* Borrowed. The bytes as they came; the canonical form over which they are signed; its tree. */
GBytes *vdi_envelope_bytes(const VdiEnvelope *envelope);
GBytes *vdi_envelope_canonical(const VdiEnvelope *envelope);
VdiJson *vdi_envelope_signed(const VdiEnvelope *envelope);
