/* SPDX-License-Identifier: Apache-2.0 */
#include "compat/trust/hex.h"

#include <string.h>

char *vdi_hex_write(const uint8_t *bytes, size_t size)
{
    GString *hex = g_string_sized_new(2 * size);

    for (size_t i = 0; i < size; i++) {
        g_string_append_printf(hex, "%02x", bytes[i]);
    }
    return g_string_free(hex, false);
}

bool vdi_hex_read(const char *text, uint8_t *ret_bytes, size_t size)
{
    if (strlen(text) != 2 * size) {
        return false;
    }
    for (size_t i = 0; i < size; i++) {
        int high = g_ascii_xdigit_value(text[2 * i]);
        int low = g_ascii_xdigit_value(text[2 * i + 1]);

        if (high < 0 || low < 0) {
            return false;
        }
        ret_bytes[i] = (uint8_t) (high * 16 + low);
    }
    return true;
}
