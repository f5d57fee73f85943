/* SPDX-License-Identifier: Apache-2.0 */
#include "compat/prepared.h"

#include <string.h>

#include "base/error.h"

enum { MAGIC_BYTES = 8, DIGEST_BYTES = 32, HEAD_BYTES = MAGIC_BYTES + DIGEST_BYTES };

static void digest_of(const void *data, size_t size, guint8 *ret_digest)
{
    g_autoptr(GChecksum) checksum = g_checksum_new(G_CHECKSUM_SHA256);
    gsize length = DIGEST_BYTES;

    g_checksum_update(checksum, data, (gssize) size);
    g_checksum_get_digest(checksum, ret_digest, &length);
}

GBytes *vdi_prepared_wrap(const char *magic, GVariant *value)
{
    g_autoptr(GVariant) sunk = g_variant_ref_sink(value);
    size_t size = g_variant_get_size(sunk);
    guint8 *data = g_malloc(HEAD_BYTES + size);

    g_assert(strlen(magic) == MAGIC_BYTES);
    memcpy(data, magic, MAGIC_BYTES);
    g_variant_store(sunk, data + HEAD_BYTES);
    digest_of(data + HEAD_BYTES, size, data + MAGIC_BYTES);
    return g_bytes_new_take(data, HEAD_BYTES + size);
}

static GVariant *fail(const char *what, GError **error)
{
    g_set_error(error, VDI_MANIFEST_ERROR, VDI_MANIFEST_ERROR_COMPILED, "%s", what);
    return NULL;
}

GVariant *vdi_prepared_unwrap(GBytes *bytes, const char *magic, const char *type, GError **error)
{
    size_t size = 0;
    const guint8 *data = g_bytes_get_data(bytes, &size);
    guint8 digest[DIGEST_BYTES];

    if (size <= HEAD_BYTES || memcmp(data, magic, MAGIC_BYTES) != 0) {
        return fail("another kind of file, or of another version", error);
    }
    digest_of(data + HEAD_BYTES, size - HEAD_BYTES, digest);
    if (memcmp(digest, data + MAGIC_BYTES, DIGEST_BYTES) != 0) {
        return fail("its checksum is wrong", error);
    }
    /* With the right checksum it is what was written here, in normal form: to check that again at
     * each child would cost more than all the rest. Bounds are looked at in any case. */
    g_autoptr(GBytes) rest = g_bytes_new_from_bytes(bytes, HEAD_BYTES, size - HEAD_BYTES);

    return g_variant_ref_sink(g_variant_new_from_bytes(G_VARIANT_TYPE(type), rest, true));
}
