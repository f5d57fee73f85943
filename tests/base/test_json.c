/* SPDX-License-Identifier: Apache-2.0 */
#include "base/json.h"

#include <string.h>

#include "base/error.h"
#include "tests/support/check.h"

static VdiJson *parse(const char *text, GError **error)
{
    g_autoptr(GBytes) bytes = g_bytes_new_static(text, strlen(text));

    return vdi_json_parse(bytes, 1024 * 1024, error);
}

static void the_reader_is_strict(void)
{
    static const struct {
        const char *name, *text;
        bool is_json;
    } rows[] = {
        {"an object", " {\"a\": [1, -2, true, null, \"x\"]} ", true},
        {"a duplicate member", "{\"a\":1,\"a\":2}", false},
        {"a duplicate member, written with an escape", "{\"a\":1,\"\\u0061\":2}", false},
        {"NUL in a name", "{\"a\\u0000b\":1}", false},
        {"a lone surrogate", "\"\\ud800\"", false},
        {"a pair of surrogates", "\"\\ud83d\\ude00\"", true},
        {"overlong UTF-8", "\"\xc0\xaf\"", false},
        {"single quotes", "'a'", false},
        {"NaN", "NaN", false},
        {"-Infinity", "-Infinity", false},
        {"a fraction", "1.5", false},
        {"an exponent", "1e400", false},
        {"2^53 - 1", "9007199254740991", true},
        {"2^53", "9007199254740992", false},
        {"a huge number", "99999999999999999999", false},
        {"a leading zero", "01", false},
        {"minus zero", "-0", false},
        {"a raw line break in a string", "\"a\nb\"", false},
        {"bytes after the end", "{} {}", false},
        {"a trailing comma", "[1,]", false},
        {"nothing", "", false},
        {"a string that is not closed", "\"a", false},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(GError) error = NULL;
        g_autoptr(VdiJson) json = parse(rows[i].text, &error);

        CHECK_ROW(rows[i].name, (json != NULL) == rows[i].is_json);
        CHECK_ROW(rows[i].name, rows[i].is_json || error->domain == VDI_JSON_ERROR);
    }
}

static void depth_has_a_ceiling(void)
{
    for (int depth = VDI_JSON_DEPTH_MAX; depth <= VDI_JSON_DEPTH_MAX + 1; depth++) {
        g_autofree char *open = g_strnfill((gsize) depth, '[');
        g_autofree char *close = g_strnfill((gsize) depth, ']');
        g_autofree char *text = g_strconcat(open, close, NULL);
        g_autoptr(VdiJson) json = parse(text, NULL);

        CHECK_INT(json != NULL, depth <= VDI_JSON_DEPTH_MAX);
    }
}

static void a_fault_says_where_and_what_may_be_meant(void)
{
    static const struct {
        const char *text, *message;
    } rows[] = {
        {"{\"a\": 1\n \"b\": 2}",
            "line 2, column 2: expected , or }; is a comma missing before it?"},
        {"[1 2]", "line 1, column 4: expected , or ]; is a comma missing before it?"},
        {"\xef\xbb\xbf{}", "line 1, column 1: a byte order mark; save it as UTF-8 without one"},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(GError) error = NULL;
        g_autoptr(VdiJson) json = parse(rows[i].text, &error);

        CHECK_ROW(rows[i].message, json == NULL);
        CHECK_TEXT(error->message, rows[i].message);
    }
}

static void size_has_a_ceiling(void)
{
    g_autoptr(GBytes) bytes = g_bytes_new_static("[1,2,3]", 7);
    g_autoptr(GError) error = NULL;
    g_autoptr(VdiJson) json = vdi_json_parse(bytes, 6, &error);

    CHECK(json == NULL);
    CHECK_ERROR(error, VDI_JSON_ERROR, VDI_JSON_ERROR_LARGE);
}

static void reading_consumes(void)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(VdiJson) json = parse("{\"a\":\"text\",\"b\":7,\"c\":true}", &error);
    g_autofree char *a = NULL;
    int64_t b = 0;
    bool c = false;

    CHECK(vdi_json_text(json, "a", 1, 10, &a, &error));
    CHECK(vdi_json_integer(json, "b", 0, 10, &b, &error));
    CHECK(!vdi_json_end(json, &error));
    CHECK_ERROR(error, VDI_JSON_ERROR, VDI_JSON_ERROR_MEMBER);
    CHECK(vdi_json_boolean(json, "c", &c, &error));
    CHECK(vdi_json_end(json, &error));
    CHECK_TEXT(a, "text");
    CHECK_INT(b, 7);
    CHECK(c);
    CHECK_NO_ERROR(error);
}

static void a_wrong_member_is_named(void)
{
    static const char *const words[] = {"block", "advise", NULL};
    g_autoptr(GError) error = NULL;
    g_autoptr(VdiJson) json = parse("{\"n\":11,\"effect\":\"stop\",\"t\":\"yesterday\"}", &error);
    int64_t n = 0;
    int word = 0;

    CHECK(!vdi_json_integer(json, "n", 0, 10, &n, &error));
    CHECK_TEXT(error->message, "n: 11; 0 to 10 are allowed");
    CHECK_ERROR(error, VDI_JSON_ERROR, VDI_JSON_ERROR_MEMBER);
    CHECK(!vdi_json_word(json, "effect", words, &word, &error));
    CHECK_TEXT(error->message, "effect: \"stop\" is none of block, advise");
    g_clear_error(&error);
    CHECK(!vdi_json_time(json, "t", &n, &error));
    CHECK_ERROR(error, VDI_JSON_ERROR, VDI_JSON_ERROR_MEMBER);
    CHECK(!vdi_json_integer(json, "absent", 0, 10, &n, &error));
    CHECK_ERROR(error, VDI_JSON_ERROR, VDI_JSON_ERROR_MEMBER);
}

static void a_large_array_comes_in_pieces(void)
{
    static const char text[] = "{\"id\":\"x\",\"rules\":[{\"a\":1}, [2] ,\"]\"],\"last\":3}";
    g_autoptr(GBytes) bytes = g_bytes_new_static(text, strlen(text));
    g_autoptr(GPtrArray) elements = NULL;
    g_autoptr(GError) error = NULL;
    g_autoptr(VdiJson) head = vdi_json_parse_split(bytes, 1000, "rules", &elements, &error);

    if (head == NULL) {
        CHECK_NO_ERROR(error);
        return;
    }
    CHECK_INT(elements->len, 3);
    CHECK_INT(vdi_json_length(head), 3);
    GBytes *second = g_ptr_array_index(elements, 1);

    CHECK_INT(g_bytes_get_size(second), 3);
    CHECK(memcmp(g_bytes_get_data(second, NULL), "[2]", 3) == 0);
}

static void a_document_of_several_large_arrays_comes_in_parts(void)
{
    static const char text[] = "{\"a\":[{\"n\":[1]},2],\"b\":{\"c\":[3]},\"d\":[]}";
    g_autoptr(GBytes) bytes = g_bytes_new_static(text, strlen(text));
    g_autoptr(GBytes) list = g_bytes_new_static(" [1, 2,\"x\"] ", 12);
    g_autoptr(GHashTable) arrays = NULL, root = NULL;
    g_autoptr(GError) error = NULL;
    g_autoptr(VdiJson) head = vdi_json_parse_parts(bytes, 1000, &arrays, &error);
    g_autoptr(VdiJson) outer = vdi_json_parse_parts(list, 1000, &root, &error);

    CHECK_NO_ERROR(error);
    if (head == NULL || outer == NULL) {
        CHECK(false);
        return;
    }
    g_autofree char *printed = vdi_json_print(head);
    const GPtrArray *first = g_hash_table_lookup(arrays, "a");
    const GPtrArray *elements = g_hash_table_lookup(root, "");

    CHECK_TEXT(printed, "{\"a\":[],\"b\":{\"c\":[3]},\"d\":[]}");
    CHECK_INT(g_hash_table_size(arrays), 2);
    CHECK(first != NULL && first->len == 2);
    CHECK(memcmp(g_bytes_get_data(first->pdata[0], NULL), "{\"n\":[1]}", 9) == 0);
    CHECK(elements != NULL && elements->len == 3);
    CHECK(vdi_json_type(outer) == VDI_JSON_ARRAY && vdi_json_length(outer) == 0);
}

static void parts_have_ceilings(void)
{
    g_autoptr(GString) many = g_string_new("[0");
    g_autofree char *blanks = g_strnfill(VDI_JSON_HEAD_MAX_BYTES, ' ');
    g_autofree char *wide = g_strconcat("{", blanks, "}", NULL);
    g_autoptr(GHashTable) arrays = NULL;
    g_autoptr(GError) error = NULL;

    for (size_t i = 0; i < VDI_JSON_ELEMENTS_MAX; i++) {
        g_string_append(many, ",0");
    }
    g_string_append_c(many, ']');
    g_autoptr(GBytes) many_bytes = g_bytes_new_static(many->str, many->len);
    g_autoptr(GBytes) wide_bytes = g_bytes_new_static(wide, strlen(wide));

    CHECK(vdi_json_parse_parts(many_bytes, many->len, &arrays, &error) == NULL);
    CHECK_ERROR(error, VDI_JSON_ERROR, VDI_JSON_ERROR_FORMAT);
    CHECK(vdi_json_parse_parts(wide_bytes, strlen(wide), &arrays, &error) == NULL);
    CHECK_ERROR(error, VDI_JSON_ERROR, VDI_JSON_ERROR_LARGE);
    CHECK(arrays == NULL);
}

static void other_programs_may_write_any_number_of_json(void)
{
    static const char *const good[] = {"9.8", "-0.5", "1e5", "1E+5", "1.0e-400", "1e400", "0.0"};
    static const char *const bad[] = {"1.", ".5", "1e", "1e+", "01.5", "+1", "-", "1.5.2", "NaN"};

    for (size_t i = 0; i < G_N_ELEMENTS(good) + G_N_ELEMENTS(bad); i++) {
        bool is_good = i < G_N_ELEMENTS(good);
        const char *number = is_good ? good[i] : bad[i - G_N_ELEMENTS(good)];
        g_autofree char *text = g_strdup_printf("{\"n\":%s}", number);
        g_autoptr(GBytes) bytes = g_bytes_new_static(text, strlen(text));
        g_autoptr(VdiJson) foreign = vdi_json_parse_foreign(bytes, 100, NULL);
        g_autoptr(VdiJson) strict = vdi_json_parse(bytes, 100, NULL);
        int64_t n = 0;

        CHECK_ROW(number, (foreign != NULL) == is_good);
        CHECK_ROW(number, strict == NULL);
        CHECK_ROW(number, foreign == NULL || !vdi_json_integer(foreign, "n", 0, 10, &n, NULL));
    }
}

static void what_is_written_reads_back(void)
{
    g_autoptr(VdiJson) json = vdi_json_new_object();
    g_autoptr(GError) error = NULL;
    VdiJson *list = vdi_json_add_array(json, "list");

    vdi_json_add_text(json, "text", "a/\"b\"\n\xc3\xa9");
    vdi_json_add_integer(list, NULL, -5);
    vdi_json_add_boolean(list, NULL, true);
    vdi_json_add_time(json, "at", 1795334400);
    g_autofree char *written = vdi_json_print(json);

    CHECK_TEXT(written,
        "{\"list\":[-5,true],\"text\":\"a/\\\"b\\\"\\n\xc3\xa9\",\"at\":\"2026-11-22T08:00:00Z\"}");
    g_autoptr(VdiJson) again = parse(written, &error);

    CHECK_NO_ERROR(error);
    CHECK_TEXT(vdi_json_name(again, 1), "text");
    CHECK_INT(vdi_json_as_integer(vdi_json_element(vdi_json_element(again, 0), 0)), -5);
}

static void printing_is_one_line_or_indented(void)
{
    g_autoptr(VdiJson) json =
        parse("{\"a\":[1,{\"b\":null}],\"c\":{},\"d\":[],\"e\":\"\\u0001\\b\\f\\r\\t\x7f\"}", NULL);
    g_autofree char *line = vdi_json_print(json);
    g_autofree char *pretty = vdi_json_print_pretty(json);

    CHECK_TEXT(
        line, "{\"a\":[1,{\"b\":null}],\"c\":{},\"d\":[],\"e\":\"\\u0001\\b\\f\\r\\t\x7f\"}");
    CHECK_TEXT(pretty,
        "{\n  \"a\": [\n    1,\n    {\n      \"b\": null\n    }\n  ],\n  \"c\": {},\n"
        "  \"d\": [],\n  \"e\": \"\\u0001\\b\\f\\r\\t\x7f\"\n}\n");
}

static void names_come_in_the_order_of_the_document(void)
{
    g_autoptr(VdiJson) json = parse("{\"b\":1,\"a\":{},\"\":2}", NULL);
    g_autoptr(VdiJson) empty = parse("{}", NULL);
    g_autofree const char **names = vdi_json_names(json);
    g_autofree const char **none = vdi_json_names(empty);

    CHECK_TEXT(names[0], "b");
    CHECK_TEXT(names[1], "a");
    CHECK_TEXT(names[2], "");
    CHECK(names[3] == NULL && none[0] == NULL);
}

const Test tests[] = {
    {"a fault says where, and what may be meant", a_fault_says_where_and_what_may_be_meant},
    {"names come in the order of the document", names_come_in_the_order_of_the_document},
    {"the reader is strict", the_reader_is_strict},
    {"depth has a ceiling", depth_has_a_ceiling},
    {"size has a ceiling", size_has_a_ceiling},
    {"reading consumes, and what is left over is an error", reading_consumes},
    {"a wrong member is named", a_wrong_member_is_named},
    {"a large array comes in pieces", a_large_array_comes_in_pieces},
    {"a document of several large arrays comes in parts",
        a_document_of_several_large_arrays_comes_in_parts},
    {"parts have ceilings", parts_have_ceilings},
    {"other programs may write any number of JSON, and nobody can ask for it",
        other_programs_may_write_any_number_of_json},
    {"what is written reads back", what_is_written_reads_back},
    {"printing is one line, or indented", printing_is_one_line_or_indented},
    TEST_END,
};
