/* SPDX-License-Identifier: Apache-2.0 */
#include "compat/prepared.h"

#include <string.h>

#include "base/error.h"

enum { MAGIC_BYTES = 8, CHECKSUM_BYTES = 8, HEAD_BYTES = MAGIC_BYTES + CHECKSUM_BYTES };

/* Tells whether a byte has changed, and no more: these files are believed for where they lie. Each
 * step loses nothing of the sum nor of the word, so a change within one word is always seen, and of
 * others all but one in 2^64. GLib's SHA-256 was here: of a file of some megabytes it took more
 * time than the hook has, and of a small one more than all the rest. */
static uint64_t checksum_of(const guint8 *data, size_t size)
{
    uint64_t sum = size, word = 0;

    for (; size > 0; data += MIN(size, sizeof word), size -= MIN(size, sizeof word)) {
        word = 0;
        memcpy(&word, data, MIN(size, sizeof word));
        sum = (sum ^ word) * 0x9e3779b97f4a7c15; /* odd: it can be undone */
        sum ^= sum >> 32;
    }
    return sum;
}

GBytes *vdi_prepared_wrap(const char *magic, GVariant *value)
{
    g_autoptr(GVariant) sunk = g_variant_ref_sink(value);
    size_t size = g_variant_get_size(sunk);
    guint8 *data = g_malloc(HEAD_BYTES + size);

    g_assert(strlen(magic) == MAGIC_BYTES);
    memcpy(data, magic, MAGIC_BYTES);
    g_variant_store(sunk, data + HEAD_BYTES);
    uint64_t sum = checksum_of(data + HEAD_BYTES, size);

    memcpy(data + MAGIC_BYTES, &sum, CHECKSUM_BYTES);
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

    if (size <= HEAD_BYTES || memcmp(data, magic, MAGIC_BYTES) != 0) {
        return fail("another kind of file, or of another version", error);
    }
    uint64_t sum = checksum_of(data + HEAD_BYTES, size - HEAD_BYTES);

    if (memcmp(&sum, data + MAGIC_BYTES, CHECKSUM_BYTES) != 0) {
        return fail("its checksum is wrong", error);
    }
    /* With the right checksum it is what was written here, in normal form: to check that again at
     * each child would cost more than all the rest. Bounds are looked at in any case. */
    g_autoptr(GBytes) rest = g_bytes_new_from_bytes(bytes, HEAD_BYTES, size - HEAD_BYTES);

    return g_variant_ref_sink(g_variant_new_from_bytes(G_VARIANT_TYPE(type), rest, true));
}
