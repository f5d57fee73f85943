/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "base/json.h"
#include "compat/trust/key.h"

/* What a verified parent says of a file: its length and hashes. SHA-256 and SHA-512 are known;
 * others are carried by some repositories and count for nothing. */

typedef struct {
    int64_t length; /* bytes; -1: not stated */
    bool is_listed; /* a list of hashes was given, perhaps of unknown ones alone */
    bool has_sha256, has_sha512;
    uint8_t sha256[VDI_SHA256_BYTES];
    uint8_t sha512[VDI_SHA512_BYTES];
} VdiDigest;

/* Reads the members "length" and "hashes" of `object`. Where `is_target`, both must be there. Fails
 * with VDI_JSON_ERROR. */
bool vdi_digest_read(VdiJson *object, bool is_target, VdiDigest *ret_digest,
    GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The length is exactly the stated one and every known hash fits; when hashes are listed, at least
 * one must be known. VDI_TRUST_ERROR_HASH. */
bool vdi_digest_check(
    const VdiDigest *digest, GBytes *bytes, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* A hash in hex, as it stands before a file's name; NULL when none is known. */
char *vdi_digest_prefix(const VdiDigest *digest);

/* For the author: length and SHA-256 of `bytes`, as members of `object`. */
void vdi_digest_write(VdiJson *object, GBytes *bytes);
