/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "compat/trust/canonical.h"

/* Whatever is read has one canonical form: it says the same as the document, it is its own
 * canonical form, and neither order nor spelling of the document shows in it. */

enum { READ_MAX = 1 << 16, WRITTEN_MAX = 1 << 24 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Canonical JSON leaves control characters bare, which no reader of JSON takes. They stand in
 * strings alone. */
static GBytes *escape_controls(GBytes *canonical)
{
    size_t size = 0;
    const char *data = g_bytes_get_data(canonical, &size);
    GString *out = g_string_sized_new(size);

    for (size_t i = 0; i < size; i++) {
        if ((unsigned char) data[i] < ' ') {
            g_string_append_printf(out, "\\u%04x", (unsigned) data[i]);
        } else {
            g_string_append_c(out, data[i]);
        }
    }
    return g_string_free_to_bytes(out);
}

static void check_order(VdiJson *value)
{
    VdiJsonType type = vdi_json_type(value);

    if (type != VDI_JSON_OBJECT && type != VDI_JSON_ARRAY) {
        return;
    }
    g_autofree const char **names = type == VDI_JSON_OBJECT ? vdi_json_names(value) : NULL;

    for (size_t i = 0; i < vdi_json_length(value); i++) {
        g_assert(names == NULL || i == 0 || strcmp(names[i - 1], names[i]) < 0);
        check_order(vdi_json_element(value, i));
    }
}

/* `document` says what has that canonical form; its tree. */
static VdiJson *read_same(GBytes *document, GBytes *canonical)
{
    g_autoptr(VdiJson) value = vdi_json_parse(document, WRITTEN_MAX, NULL);

    g_assert(value != NULL);
    g_autoptr(GBytes) again = vdi_canonical_write(value);

    g_assert(g_bytes_equal(again, canonical));
    return g_steal_pointer(&value);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    g_autoptr(GBytes) document = g_bytes_new(data, size);
    g_autoptr(VdiJson) value = vdi_json_parse(document, READ_MAX, NULL);

    if (value == NULL) {
        return 0;
    }
    g_autoptr(GBytes) canonical = vdi_canonical_write(value);
    g_autoptr(GBytes) escaped = escape_controls(canonical);
    g_autoptr(VdiJson) sorted = read_same(escaped, canonical);

    check_order(sorted);
    char *lines[] = {vdi_json_print(value), vdi_json_print_pretty(value)};

    for (size_t i = 0; i < G_N_ELEMENTS(lines); i++) {
        g_autoptr(GBytes) printed = g_bytes_new_take(lines[i], strlen(lines[i]));

        vdi_json_free(read_same(printed, canonical));
    }
    return 0;
}
