/* SPDX-License-Identifier: Apache-2.0 */
#include "base/buffer.h"

#include <string.h>

#include "tests/support/check.h"

static void what_is_appended_comes_out_in_order(void)
{
    g_auto(VdiBuffer) buffer = {0};
    g_autoptr(GString) expected = g_string_new(NULL);

    for (int i = 0; i < 2000; i++) {
        g_autofree char *piece = g_strdup_printf("<%d>", i);

        vdi_buffer_append_text(&buffer, piece);
        g_string_append(expected, piece);
    }
    vdi_buffer_append(&buffer, NULL, 0);
    CHECK(buffer.size == expected->len && memcmp(buffer.data, expected->str, expected->len) == 0);
    g_autoptr(GBytes) bytes = vdi_buffer_steal(&buffer);

    CHECK(g_bytes_get_size(bytes) == expected->len);
    CHECK(buffer.data == NULL && buffer.size == 0);
}

static void an_empty_buffer_gives_empty_bytes(void)
{
    g_auto(VdiBuffer) buffer = {0};
    g_autoptr(GBytes) bytes = vdi_buffer_steal(&buffer);

    CHECK_INT(g_bytes_get_size(bytes), 0);
}

const Test tests[] = {
    {"what is appended comes out in order", what_is_appended_comes_out_in_order},
    {"an empty buffer gives empty bytes", an_empty_buffer_gives_empty_bytes},
    TEST_END,
};
