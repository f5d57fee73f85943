/* SPDX-License-Identifier: Apache-2.0 */
#include "compat/prepared.h"

#include <string.h>

#include "base/error.h"
#include "tests/support/check.h"

/* The files that `apply` prepares: that a byte has changed is always seen. */

#define MAGIC "VDITEST1"
#define TYPE "(sxay)"

static GBytes *wrap(size_t size)
{
    g_autofree uint8_t *data = g_malloc(size + 1);

    for (size_t i = 0; i < size; i++) {
        data[i] = (uint8_t) (i * 7 % 251 * (i % 3)); /* with many zeros */
    }
    GVariant *bytes = g_variant_new_fixed_array(G_VARIANT_TYPE_BYTE, data, size, 1);

    return vdi_prepared_wrap(MAGIC, g_variant_new("(sx@ay)", "text", (gint64) -1, bytes));
}

static bool is_refused(const uint8_t *data, size_t size)
{
    g_autoptr(GBytes) bytes = g_bytes_new(data, size);
    g_autoptr(GError) error = NULL;
    g_autoptr(GVariant) value = vdi_prepared_unwrap(bytes, MAGIC, TYPE, &error);

    return value == NULL && g_error_matches(error, VDI_MANIFEST_ERROR, VDI_MANIFEST_ERROR_COMPILED);
}

static void what_was_wrapped_is_unwrapped(void)
{
    for (size_t size = 0; size < 40; size++) {
        g_autoptr(GBytes) bytes = wrap(size);
        g_autoptr(GError) error = NULL;
        g_autoptr(GVariant) value = vdi_prepared_unwrap(bytes, MAGIC, TYPE, &error);

        CHECK_NO_ERROR(error);
        CHECK(value != NULL && g_variant_n_children(value) == 3);
        CHECK(vdi_prepared_unwrap(bytes, "VDITEST2", TYPE, NULL) == NULL);
    }
}

static void any_changed_bit_is_seen(void)
{
    g_autoptr(GBytes) bytes = wrap(997);
    size_t size = 0;
    const uint8_t *data = g_bytes_get_data(bytes, &size);
    g_autofree uint8_t *copy = g_memdup2(data, size);

    for (size_t bit = 0; bit < 8 * size; bit++) {
        copy[bit / 8] ^= (uint8_t) (1u << bit % 8);
        CHECK(is_refused(copy, size));
        copy[bit / 8] = data[bit / 8];
    }
}

static void what_is_cut_lengthened_or_moved_is_seen(void)
{
    g_autoptr(GBytes) bytes = wrap(301);
    size_t size = 0;
    const uint8_t *data = g_bytes_get_data(bytes, &size);
    g_autofree uint8_t *copy = g_malloc0(size + 64);

    for (size_t cut = 0; cut < size; cut++) {
        CHECK(is_refused(data, cut));
    }
    memcpy(copy, data, size);
    for (size_t more = 1; more <= 64; more++) { /* zeros */
        CHECK(is_refused(copy, size + more));
    }
    for (size_t i = 24; i + 16 <= size; i += 8) { /* a word changes places with the next */
        memcpy(copy + i, data + i + 8, 8);
        memcpy(copy + i + 8, data + i, 8);
        CHECK(memcmp(copy, data, size) == 0 || is_refused(copy, size));
        memcpy(copy, data, size);
    }
}

const Test tests[] = {
    {"what was wrapped is unwrapped", what_was_wrapped_is_unwrapped},
    {"any changed bit is seen", any_changed_bit_is_seen},
    {"what is cut, lengthened or moved is seen", what_is_cut_lengthened_or_moved_is_seen},
    TEST_END,
};
