/* SPDX-License-Identifier: Apache-2.0 */
#include "compat/trust/digest.h"

#include <string.h>

#include "base/error.h"
#include "compat/trust/hex.h"

enum { HASHES_MAX = 16 };

static bool read_hash(VdiJson *hashes, const char *name, uint8_t *ret_hash, size_t size,
    bool *ret_has, GError **error)
{
    g_autofree char *text = NULL;

    if (!vdi_json_has(hashes, name)) {
        return true;
    }
    if (!vdi_json_text(hashes, name, 2 * size, 2 * size, &text, error)) {
        return false;
    }
    if (!vdi_hex_read(text, ret_hash, size)) {
        g_set_error(
            error, VDI_JSON_ERROR, VDI_JSON_ERROR_MEMBER, "%s: it must be hexadecimal", name);
        return false;
    }
    *ret_has = true;
    return true;
}

bool vdi_digest_read(VdiJson *object, bool is_target, VdiDigest *ret_digest, GError **error)
{
    VdiDigest digest = {.length = -1};
    VdiJson *hashes = NULL;

    if ((is_target || vdi_json_has(object, "length"))
        && !vdi_json_integer(
            object, "length", is_target ? 0 : 1, VDI_JSON_INTEGER_MAX, &digest.length, error)) {
        return false;
    }
    if (is_target || vdi_json_has(object, "hashes")) {
        if (!vdi_json_object(object, "hashes", &hashes, error)) {
            return false;
        }
        if (vdi_json_length(hashes) < 1 || vdi_json_length(hashes) > HASHES_MAX) {
            g_set_error(error, VDI_JSON_ERROR, VDI_JSON_ERROR_MEMBER,
                "hashes: %zu of them; 1 to %d are allowed", vdi_json_length(hashes), HASHES_MAX);
            return false;
        }
        digest.is_listed = true;
        if (!read_hash(
                hashes, "sha256", digest.sha256, sizeof digest.sha256, &digest.has_sha256, error)
            || !read_hash(
                hashes, "sha512", digest.sha512, sizeof digest.sha512, &digest.has_sha512, error)) {
            return false;
        }
    }
    *ret_digest = digest;
    return true;
}

static bool fail(const char *what, GError **error)
{
    g_set_error(error, VDI_TRUST_ERROR, VDI_TRUST_ERROR_HASH, "%s", what);
    return false;
}

bool vdi_digest_check(const VdiDigest *digest, GBytes *bytes, GError **error)
{
    uint8_t computed[VDI_SHA512_BYTES];

    if (digest->length >= 0 && (size_t) digest->length != g_bytes_get_size(bytes)) {
        g_set_error(error, VDI_TRUST_ERROR, VDI_TRUST_ERROR_HASH,
            "%zu bytes, %" G_GINT64_FORMAT " were announced", g_bytes_get_size(bytes),
            digest->length);
        return false;
    }
    if (digest->is_listed && !digest->has_sha256 && !digest->has_sha512) {
        return fail("only hashes of an unknown kind are listed for it", error);
    }
    if (digest->has_sha256) {
        vdi_key_sha256(bytes, computed);
        if (memcmp(computed, digest->sha256, VDI_SHA256_BYTES) != 0) {
            return fail("its SHA-256 is not the announced one", error);
        }
    }
    if (digest->has_sha512) {
        vdi_key_sha512(bytes, computed);
        if (memcmp(computed, digest->sha512, VDI_SHA512_BYTES) != 0) {
            return fail("its SHA-512 is not the announced one", error);
        }
    }
    return true;
}

char *vdi_digest_prefix(const VdiDigest *digest)
{
    if (digest->has_sha256) {
        return vdi_hex_write(digest->sha256, VDI_SHA256_BYTES);
    }
    return digest->has_sha512 ? vdi_hex_write(digest->sha512, VDI_SHA512_BYTES) : NULL;
}

void vdi_digest_write(VdiJson *object, GBytes *bytes)
{
    uint8_t digest[VDI_SHA256_BYTES];

    vdi_key_sha256(bytes, digest);
    g_autofree char *hex = vdi_hex_write(digest, sizeof digest);

    vdi_json_add_integer(object, "length", (int64_t) g_bytes_get_size(bytes));
    vdi_json_add_text(vdi_json_add_object(object, "hashes"), "sha256", hex);
}
