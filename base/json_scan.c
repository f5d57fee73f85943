/* SPDX-License-Identifier: Apache-2.0 */
#include "base/json_scan.h"

#include <string.h>

#include "base/error.h"
#include "base/json.h"

static bool fail(const VdiJsonScan *scan, const char *what, GError **error)
{
    const char *line = scan->text;
    size_t n_lines = 1;

    for (const char *at = scan->text; at < scan->at; at++) {
        if (*at == '\n') {
            n_lines++;
            line = at + 1;
        }
    }
    /* What stands before the fault is UTF-8: that is checked first of all. */
    g_set_error(error, VDI_JSON_ERROR, VDI_JSON_ERROR_FORMAT, "line %zu, column %ld: %s", n_lines,
        g_utf8_strlen(line, scan->at - line) + 1, what);
    return false;
}

static void skip_space(VdiJsonScan *scan)
{
    while (scan->at < scan->end && strchr(" \t\n\r", *scan->at) != NULL) {
        scan->at++;
    }
}

static bool take(VdiJsonScan *scan, char c)
{
    if (scan->at < scan->end && *scan->at == c) {
        scan->at++;
        return true;
    }
    return false;
}

static bool scan_hex4(VdiJsonScan *scan, unsigned *ret_unit, GError **error)
{
    unsigned unit = 0;

    for (int i = 0; i < 4; i++, scan->at++) {
        if (scan->at == scan->end || !g_ascii_isxdigit(*scan->at)) {
            return fail(scan, "a \\u escape needs four hexadecimal digits", error);
        }
        unit = unit * 16 + (unsigned) g_ascii_xdigit_value(*scan->at);
    }
    *ret_unit = unit;
    return true;
}

static bool scan_escape(VdiJsonScan *scan, GString *out, GError **error)
{
    static const char escapes[] = "\"\\/bfnrt";
    static const char meanings[] = "\"\\/\b\f\n\r\t";
    unsigned unit = 0, low = 0;

    if (scan->at == scan->end) {
        return fail(scan, "a string is not closed", error);
    }
    char c = *scan->at++;
    const char *found = strchr(escapes, c);

    if (found != NULL) {
        g_string_append_c(out, meanings[found - escapes]);
        return true;
    }
    if (c != 'u') {
        return fail(scan, "an escape that JSON does not know", error);
    }
    if (!scan_hex4(scan, &unit, error)) {
        return false;
    }
    if (unit == 0) {
        return fail(scan, "NUL in a string", error);
    }
    if (unit >= 0xd800 && unit < 0xe000) {
        if (unit >= 0xdc00 || !take(scan, '\\') || !take(scan, 'u')) {
            return fail(scan, "a lone surrogate", error);
        }
        if (!scan_hex4(scan, &low, error)) {
            return false;
        }
        if (low < 0xdc00 || low >= 0xe000) {
            return fail(scan, "a lone surrogate", error);
        }
        unit = 0x10000 + ((unit - 0xd800) << 10) + (low - 0xdc00);
    }
    g_string_append_unichar(out, unit);
    return true;
}

/* Behind the opening quote. The decoded text goes to `out`. */
static bool scan_string(VdiJsonScan *scan, GString *out, GError **error)
{
    g_string_truncate(out, 0);
    while (scan->at < scan->end) {
        unsigned char c = (unsigned char) *scan->at++;

        if (c == '"') {
            return true;
        }
        if (c < 0x20) {
            return fail(scan, "a control character in a string", error);
        }
        if (c == '\\') {
            if (!scan_escape(scan, out, error)) {
                return false;
            }
        } else {
            g_string_append_c(out, (char) c);
        }
    }
    return fail(scan, "a string is not closed", error);
}

static bool scan_digits(VdiJsonScan *scan)
{
    const char *begin = scan->at;

    while (scan->at < scan->end && g_ascii_isdigit(*scan->at)) {
        scan->at++;
    }
    return scan->at > begin;
}

/* Behind the whole part. */
static bool scan_fraction(VdiJsonScan *scan, GError **error)
{
    bool is_right = !take(scan, '.') || scan_digits(scan);

    if (is_right && (take(scan, 'e') || take(scan, 'E'))) {
        (void) (take(scan, '-') || take(scan, '+'));
        is_right = scan_digits(scan);
    }
    return is_right || fail(scan, "not a number as JSON writes it", error);
}

static bool scan_number(VdiJsonScan *scan, GError **error)
{
    const char *begin = scan->at;
    int64_t value = 0;

    (void) take(scan, '-');
    const char *digits = scan->at;

    while (scan->at < scan->end && g_ascii_isdigit(*scan->at)) {
        value = value * 10 + (*scan->at++ - '0');
        if (value > VDI_JSON_INTEGER_MAX) {
            return fail(scan, "a number beyond 2^53 - 1", error);
        }
    }
    bool is_whole = scan->at == scan->end || strchr(".eE", *scan->at) == NULL;

    if (scan->at == digits || (*digits == '0' && scan->at - digits > 1)
        || (*begin == '-' && value == 0 && (is_whole || !scan->takes_fractions))) {
        return fail(scan, "not a number as JSON writes it", error);
    }
    if (!is_whole && !scan->takes_fractions) {
        return fail(scan, "a number that is not whole", error);
    }
    return is_whole || scan_fraction(scan, error);
}

static bool scan_word(VdiJsonScan *scan, GError **error)
{
    static const char *const words[] = {"true", "false", "null"};

    for (size_t i = 0; i < G_N_ELEMENTS(words); i++) {
        size_t length = strlen(words[i]);

        if ((size_t) (scan->end - scan->at) >= length && strncmp(scan->at, words[i], length) == 0) {
            scan->at += length;
            return true;
        }
    }
    return fail(scan, "not a JSON value", error);
}

static bool scan_value(VdiJsonScan *scan, GError **error);

/* `slices`: of VdiJsonSlice; NULL: not wanted. */
static bool scan_elements(VdiJsonScan *scan, GArray *slices, GError **error)
{
    skip_space(scan);
    if (take(scan, ']')) {
        return true;
    }
    do {
        skip_space(scan);
        const char *begin = scan->at;

        if (!scan_value(scan, error)) {
            return false;
        }
        if (slices != NULL) {
            VdiJsonSlice slice = {(size_t) (begin - scan->text), (size_t) (scan->at - begin)};

            if (++scan->n_elements > VDI_JSON_ELEMENTS_MAX) {
                return fail(scan, "more elements than are allowed", error);
            }
            g_array_append_val(slices, slice);
        }
        skip_space(scan);
    } while (take(scan, ','));
    return take(scan, ']') || fail(scan, "expected , or ]; is a comma missing before it?", error);
}

/* An array whose elements are wanted one by one. */
static bool scan_wanted(VdiJsonScan *scan, const char *name, GError **error)
{
    VdiJsonScanArray *array = g_new0(VdiJsonScanArray, 1);
    const char *begin = scan->at++;

    array->name = g_strdup(name);
    array->elements = g_array_new(false, false, sizeof(VdiJsonSlice));
    g_ptr_array_add(scan->arrays, array);
    scan->depth++;
    if (!scan_elements(scan, array->elements, error)) {
        return false;
    }
    scan->depth--;
    array->whole.offset = (size_t) (begin - scan->text);
    array->whole.size = (size_t) (scan->at - begin);
    return true;
}

static bool is_wanted(const VdiJsonScan *scan, const char *name)
{
    return scan->arrays != NULL && scan->at < scan->end && *scan->at == '['
        && (scan->split_name == NULL || strcmp(scan->split_name, name) == 0);
}

static bool scan_member(VdiJsonScan *scan, GHashTable *names, GError **error)
{
    g_autoptr(GString) name = g_string_new(NULL);

    skip_space(scan);
    if (!take(scan, '"')) {
        return fail(scan, "expected a member's name in double quotes", error);
    }
    if (!scan_string(scan, name, error)) {
        return false;
    }
    if (!g_hash_table_add(names, g_strdup(name->str))) {
        return fail(scan, "a member stands twice", error);
    }
    skip_space(scan);
    if (!take(scan, ':')) {
        return fail(scan, "expected :", error);
    }
    skip_space(scan);
    return scan->depth == 1 && is_wanted(scan, name->str) ? scan_wanted(scan, name->str, error)
                                                          : scan_value(scan, error);
}

static bool scan_members(VdiJsonScan *scan, GError **error)
{
    g_autoptr(GHashTable) names = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);

    skip_space(scan);
    if (take(scan, '}')) {
        return true;
    }
    do {
        if (!scan_member(scan, names, error)) {
            return false;
        }
        skip_space(scan);
    } while (take(scan, ','));
    return take(scan, '}') || fail(scan, "expected , or }; is a comma missing before it?", error);
}

static bool scan_nested(VdiJsonScan *scan, bool (*inner)(VdiJsonScan *, GError **), GError **error)
{
    if (scan->depth == VDI_JSON_DEPTH_MAX) {
        return fail(scan, "nested too deeply", error);
    }
    scan->depth++;
    if (!inner(scan, error)) {
        return false;
    }
    scan->depth--;
    return true;
}

static bool scan_array(VdiJsonScan *scan, GError **error)
{
    return scan_elements(scan, NULL, error);
}

static bool scan_value(VdiJsonScan *scan, GError **error)
{
    g_autoptr(GString) text = NULL;

    if (scan->at == scan->end) {
        return fail(scan, "it ends too early", error);
    }
    switch (*scan->at) {
    case '{':
        scan->at++;
        return scan_nested(scan, scan_members, error);
    case '[':
        scan->at++;
        return scan_nested(scan, scan_array, error);
    case '"':
        scan->at++;
        text = g_string_new(NULL);
        return scan_string(scan, text, error);
    default:
        return *scan->at == '-' || g_ascii_isdigit(*scan->at) ? scan_number(scan, error)
                                                              : scan_word(scan, error);
    }
}

void vdi_json_scan_array_free(void *data)
{
    VdiJsonScanArray *array = data;

    g_free(array->name);
    g_array_unref(array->elements);
    g_free(array);
}

bool vdi_json_scan(VdiJsonScan *scan, GBytes *document, size_t max_bytes, GError **error)
{
    size_t size = 0;

    scan->text = scan->at = g_bytes_get_data(document, &size);
    if (size > max_bytes) {
        g_set_error(error, VDI_JSON_ERROR, VDI_JSON_ERROR_LARGE,
            "%zu bytes, at most %zu are allowed", size, max_bytes);
        return false;
    }
    if (size == 0) {
        g_set_error(error, VDI_JSON_ERROR, VDI_JSON_ERROR_FORMAT, "it is empty");
        return false;
    }
    scan->end = scan->text + size;
    if (!g_utf8_validate_len(scan->text, size, &scan->at)) {
        return fail(scan, "not UTF-8, or a NUL", error);
    }
    scan->at = scan->text;
    if (size >= 3 && memcmp(scan->text, "\xef\xbb\xbf", 3) == 0) {
        return fail(scan, "a byte order mark; save it as UTF-8 without one", error);
    }
    skip_space(scan);
    if (!(is_wanted(scan, "") ? scan_wanted(scan, "", error) : scan_value(scan, error))) {
        return false;
    }
    skip_space(scan);
    return scan->at == scan->end || fail(scan, "something follows the end", error);
}
