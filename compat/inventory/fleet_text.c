/* SPDX-License-Identifier: Apache-2.0 */
#include "compat/inventory/fleet_text.h"

/* As it is, at that place of a text of that size? */
static bool stands_for_itself(char c, size_t i, size_t size)
{
    return vdi_fleet_is_plain(c) && !(i == 0 && c == '@') && !(i == 0 && c == '-' && size == 1);
}

char *vdi_fleet_encode(const char *text)
{
    if (text == NULL) {
        return g_strdup("-");
    }
    size_t size = strlen(text);
    GString *out = g_string_sized_new(size + 8);

    for (size_t i = 0; i < size; i++) {
        if (stands_for_itself(text[i], i, size)) {
            g_string_append_c(out, text[i]);
        } else {
            g_string_append_printf(out, "%%%02X", (unsigned char) text[i]);
        }
    }
    return g_string_free(out, false);
}

static char *decode(VdiFleetText text)
{
    GString *out = g_string_sized_new(text.size);

    for (size_t i = 0; i < text.size; i++) {
        char c = text.at[i];

        if (c == '%' && i + 2 < text.size) {
            c = (char) (g_ascii_xdigit_value(text.at[i + 1]) * 16
                + g_ascii_xdigit_value(text.at[i + 2]));
            i += 2;
        }
        g_string_append_c(out, c);
    }
    return g_string_free(out, false);
}

char *vdi_fleet_decode(VdiFleetText text)
{
    return text.at == NULL || vdi_fleet_text_is(text, "-") ? NULL : decode(text);
}

bool vdi_fleet_is_as_written(VdiFleetText text)
{
    for (size_t i = 0; i < text.size; i++) {
        if (text.at[i] != '%') {
            continue;
        }
        if (i + 2 >= text.size || !g_ascii_isxdigit(text.at[i + 1])
            || !g_ascii_isxdigit(text.at[i + 2]) || memcmp(text.at + i, "%00", 3) == 0) {
            return false;
        }
        i += 2;
    }
    g_autofree char *decoded = decode(text);
    g_autofree char *again = vdi_fleet_encode(decoded);

    return vdi_fleet_text_is(text, again);
}

uint32_t vdi_fleet_hash(const char *text, size_t size)
{
    uint32_t hash = VDI_FLEET_HASH_BEGIN;

    for (size_t i = 0; i < size; i++) {
        hash = vdi_fleet_hash_byte(hash, text[i]);
    }
    return hash;
}
