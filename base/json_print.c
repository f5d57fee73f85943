/* SPDX-License-Identifier: Apache-2.0 */
#include "base/json.h"

/* Ours and not json-c's, which leaves out what it finds no memory for and says nothing. */

static void print_text(GString *out, const char *text)
{
    static const char letters[] = {['\b'] = 'b',
        ['\t'] = 't',
        ['\n'] = 'n',
        ['\f'] = 'f',
        ['\r'] = 'r',
        ['"'] = '"',
        ['\\'] = '\\'};

    g_string_append_c(out, '"');
    for (const char *p = text; *p != '\0'; p++) {
        size_t byte = (unsigned char) *p;
        char letter = byte < sizeof letters ? letters[byte] : '\0';

        if (letter != '\0') {
            g_string_append_c(out, '\\');
            g_string_append_c(out, letter);
        } else if (byte < ' ') {
            g_string_append_printf(out, "\\u%04x", (unsigned) byte);
        } else {
            g_string_append_c(out, *p);
        }
    }
    g_string_append_c(out, '"');
}

/* Two blanks a level; a negative one is one line. */
static void print_break(GString *out, int level)
{
    if (level >= 0) {
        g_string_append_printf(out, "\n%*s", 2 * level, "");
    }
}

static void print_value(GString *out, VdiJson *value, int level);

/* An array or an object; a negative level is one line. */
static void print_all(GString *out, VdiJson *value, const char **names, int level)
{
    size_t length = vdi_json_length(value);
    int inner = level >= 0 ? level + 1 : level;

    g_string_append_c(out, names != NULL ? '{' : '[');
    for (size_t i = 0; i < length; i++) {
        g_string_append(out, i > 0 ? "," : "");
        print_break(out, inner);
        if (names != NULL) {
            print_text(out, names[i]);
            g_string_append(out, level >= 0 ? ": " : ":");
        }
        print_value(out, vdi_json_element(value, i), inner);
    }
    if (length > 0) {
        print_break(out, level);
    }
    g_string_append_c(out, names != NULL ? '}' : ']');
}

static void print_value(GString *out, VdiJson *value, int level)
{
    g_autofree const char **names = NULL;

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
        print_text(out, vdi_json_as_text(value));
        break;
    case VDI_JSON_ARRAY:
        print_all(out, value, NULL, level);
        break;
    case VDI_JSON_OBJECT:
        names = vdi_json_names(value);
        print_all(out, value, names, level);
        break;
    }
}

char *vdi_json_print(const VdiJson *json)
{
    GString *out = g_string_new(NULL);

    print_value(out, (VdiJson *) json, -1); /* what it remembers of its children is not its value */
    return g_string_free(out, false);
}

char *vdi_json_print_pretty(const VdiJson *json)
{
    GString *out = g_string_new(NULL);

    print_value(out, (VdiJson *) json, 0);
    g_string_append_c(out, '\n');
    return g_string_free(out, false);
}
