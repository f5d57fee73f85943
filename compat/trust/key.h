/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <stdint.h>

#include "base/json.h"
#include "base/secret.h"

/* Keys, signatures and digests: the one home of OpenSSL in this room.
 *
 * Public keys of the three kinds that the specification names: Ed25519, ECDSA over P-256 with
 * SHA-256, and RSASSA-PSS with SHA-256 (at least 2048 bits, any salt). We sign with Ed25519
 * alone. All fail with VDI_TRUST_ERROR_KEY. */

typedef struct VdiKey VdiKey;

/* A key object as it stands in metadata under the name `keyid`. Its name must be the SHA-256 of
 * its canonical form, with or without members beyond keytype, scheme and keyval; OpenSSL must agree
 * that it holds the announced kind. Whoever fails here is not used and never counts; it does not
 * spoil the file. */
VdiKey *vdi_key_read(const char *keyid, VdiJson *object, GError **error) G_GNUC_WARN_UNUSED_RESULT;
void vdi_key_free(VdiKey *key);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(VdiKey, vdi_key_free)

bool vdi_key_verify(const VdiKey *key, GBytes *message, GBytes *signature);
/* The same public value, whatever it is called and however it is written. */
bool vdi_key_is_same(const VdiKey *a, const VdiKey *b);

/* Hex SHA-256 of the canonical form. */
char *vdi_key_id(VdiJson *object);

#define VDI_SHA256_BYTES 32
#define VDI_SHA512_BYTES 64
void vdi_key_sha256(GBytes *bytes, uint8_t ret_digest[VDI_SHA256_BYTES]);
void vdi_key_sha512(GBytes *bytes, uint8_t ret_digest[VDI_SHA512_BYTES]);

/* ---- the author's half ---- */

typedef struct VdiPrivateKey VdiPrivateKey;

VdiPrivateKey *vdi_private_key_generate(void);
/* PKCS#8 PEM, mode 0600; an existing file is left alone (VDI_FILE_ERROR_WRITE). With a passphrase
 * (NULL: none) it is sealed: AES-256 under scrypt. */
bool vdi_private_key_save(const VdiPrivateKey *key, const char *path, const VdiSecret *passphrase,
    GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* A file that others may read is refused. A sealed one whose passphrase is missing (NULL) or wrong
 * fails with VDI_TRUST_ERROR_PASSPHRASE; nobody is asked from here. */
VdiPrivateKey *vdi_private_key_load(
    const char *path, const VdiSecret *passphrase, GError **error) G_GNUC_WARN_UNUSED_RESULT;
void vdi_private_key_free(VdiPrivateKey *key);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(VdiPrivateKey, vdi_private_key_free)

GBytes *vdi_private_key_sign(const VdiPrivateKey *key, GBytes *message);
/* Its public half, as an object for metadata. */
VdiJson *vdi_private_key_public(const VdiPrivateKey *key);

/* The public half of somebody else's Ed25519 key, in PEM ("BEGIN PUBLIC KEY"), as such an object.
 */
VdiJson *vdi_public_key_load(const char *path, GError **error) G_GNUC_WARN_UNUSED_RESULT;
