/* SPDX-License-Identifier: Apache-2.0 */
#include "compat/trust/canonical.h"

#include <stdlib.h>
#include <string.h>

static void write_text(GString *out, const char *text)
{
    g_string_append_c(out, '"');
    for (const char *p = text; *p != '\0'; p++) {
        if (*p == '"' || *p == '\\') {
            g_string_append_c(out, '\\');
        }
        g_string_append_c(out, *p);
    }
    g_string_append_c(out, '"');
}

/* Byte order of UTF-8 is code point order. */
static int by_bytes(const void *a, const void *b)
{
    return strcmp(*(const char *const *) a, *(const char *const *) b);
}

static void write_value(GString *out, VdiJson *value);

static void write_object(GString *out, VdiJson *object)
{
    g_autofree const char **names = vdi_json_names(object);

    qsort(names, vdi_json_length(object), sizeof *names, by_bytes);
    g_string_append_c(out, '{');
    for (size_t i = 0; names[i] != NULL; i++) {
        VdiJson *member = NULL;
        bool found = vdi_json_value(object, names[i], &member, NULL);

        g_assert(found);
        g_string_append(out, i > 0 ? "," : "");
        write_text(out, names[i]);
        g_string_append_c(out, ':');
        write_value(out, member);
    }
    g_string_append_c(out, '}');
}

static void write_array(GString *out, VdiJson *array)
{
    g_string_append_c(out, '[');
    for (size_t i = 0; i < vdi_json_length(array); i++) {
        g_string_append(out, i > 0 ? "," : "");
        write_value(out, vdi_json_element(array, i));
    }
    g_string_append_c(out, ']');
}

/* As deep as vdi_json_parse lets a document be. */
static void write_value(GString *out, VdiJson *value)
{
    switch (vdi_json_type(value)) {
    case VDI_JSON_NULL:
        g_string_append(out, "null");
        break;
    case VDI_JSON_BOOLEAN:
        g_string_append(out, vdi_json_as_boolean(value) ? "true" : "false");
        break;
    case VDI_JSON_INTEGER:
        g_string_append_printf(out, "%" G_GINT64_FORMAT, vdi_json_as_integer(value));
        break;
    case VDI_JSON_TEXT:
        write_text(out, vdi_json_as_text(value));
        break;
    case VDI_JSON_ARRAY:
        write_array(out, value);
        break;
    case VDI_JSON_OBJECT:
        write_object(out, value);
        break;
    }
}

GBytes *vdi_canonical_write(VdiJson *value)
{
    GString *out = g_string_new(NULL);

    write_value(out, value);
    return g_string_free_to_bytes(out);
}
