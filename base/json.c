/* SPDX-License-Identifier: Apache-2.0 */
#include "base/json.h"

#include <json-c/json.h>
#include <string.h>

#include "base/error.h"
#include "base/json_scan.h"
#include "base/text.h"

/* One value of a tree. json-c owns the data; this adds what a consuming reader needs. */
struct VdiJson {
    struct json_object *value; /* a reference of the root alone; the others borrow */
    bool is_root;
    GHashTable *children; /* json-c's value → VdiJson: made when first asked for */
    GHashTable *consumed; /* objects: names asked for; NULL until the first */
};

static VdiJson *wrap(struct json_object *value, bool is_root)
{
    VdiJson *json = g_new0(VdiJson, 1);

    json->value = value;
    json->is_root = is_root;
    return json;
}

/* Bytes that passed the scan, which is stricter than json-c: it cannot refuse them. Its own
 * strictness stays off, for 0.18's takes the bytes of UTF-8 for control characters. */
static VdiJson *build(const char *text, size_t size)
{
    struct json_tokener *tokener = json_tokener_new_ex(VDI_JSON_DEPTH_MAX + 1);

    if (tokener == NULL) {
        g_error("out of memory");
    }
    struct json_object *value = json_tokener_parse_ex(tokener, text, (int) size);

    /* A number or a word at the very end waits for what may follow. */
    if (json_tokener_get_error(tokener) == json_tokener_continue) {
        value = json_tokener_parse_ex(tokener, "\0", 1);
    }
    g_assert(json_tokener_get_error(tokener) == json_tokener_success);
    json_tokener_free(tokener);
    return wrap(value, true);
}

VdiJson *vdi_json_parse(GBytes *document, size_t max_bytes, GError **error)
{
    VdiJsonScan scan = {0};

    g_assert(max_bytes <= G_MAXINT);
    if (!vdi_json_scan(&scan, document, max_bytes, error)) {
        return NULL;
    }
    return build(scan.text, (size_t) (scan.end - scan.text));
}

VdiJson *vdi_json_parse_foreign(GBytes *document, size_t max_bytes, GError **error)
{
    VdiJsonScan scan = {.takes_fractions = true};

    g_assert(max_bytes <= G_MAXINT);
    if (!vdi_json_scan(&scan, document, max_bytes, error)) {
        return NULL;
    }
    return build(scan.text, (size_t) (scan.end - scan.text));
}

/* The document with its arrays empty. */
static GString *head_of(const VdiJsonScan *scan)
{
    GString *head = g_string_new(NULL);
    const char *at = scan->text;

    for (guint i = 0; i < scan->arrays->len; i++) {
        const VdiJsonScanArray *array = g_ptr_array_index(scan->arrays, i);
        const char *begin = scan->text + array->whole.offset;

        g_string_append_len(head, at, begin - at);
        g_string_append(head, "[]");
        at = begin + array->whole.size;
    }
    g_string_append_len(head, at, scan->end - at);
    return head;
}

static GPtrArray *elements_of(GBytes *document, const VdiJsonScanArray *array)
{
    GPtrArray *elements = g_ptr_array_new_with_free_func((GDestroyNotify) g_bytes_unref);

    for (guint i = 0; i < array->elements->len; i++) {
        const VdiJsonSlice *slice = &g_array_index(array->elements, VdiJsonSlice, i);

        g_ptr_array_add(elements, g_bytes_new_from_bytes(document, slice->offset, slice->size));
    }
    return elements;
}

VdiJson *vdi_json_parse_split(
    GBytes *document, size_t max_bytes, const char *name, GPtrArray **ret_elements, GError **error)
{
    g_autoptr(GPtrArray) arrays = g_ptr_array_new_with_free_func(vdi_json_scan_array_free);
    VdiJsonScan scan = {.split_name = name, .arrays = arrays};

    g_assert(max_bytes <= G_MAXINT);
    if (!vdi_json_scan(&scan, document, max_bytes, error)) {
        return NULL;
    }
    if (arrays->len == 0) {
        g_set_error(error, VDI_JSON_ERROR, VDI_JSON_ERROR_MEMBER, "%s: an array is missing", name);
        return NULL;
    }
    g_autoptr(GString) head = head_of(&scan);

    *ret_elements = elements_of(document, g_ptr_array_index(arrays, 0));
    return build(head->str, head->len);
}

VdiJson *vdi_json_parse_parts(
    GBytes *document, size_t max_bytes, GHashTable **ret_arrays, GError **error)
{
    g_autoptr(GPtrArray) arrays = g_ptr_array_new_with_free_func(vdi_json_scan_array_free);
    VdiJsonScan scan = {.arrays = arrays, .takes_fractions = true};

    g_assert(max_bytes <= G_MAXINT);
    if (!vdi_json_scan(&scan, document, max_bytes, error)) {
        return NULL;
    }
    g_autoptr(GString) head = head_of(&scan);

    if (head->len > VDI_JSON_HEAD_MAX_BYTES) {
        g_set_error(error, VDI_JSON_ERROR, VDI_JSON_ERROR_LARGE,
            "%zu bytes without its lists, at most %zu are allowed", head->len,
            VDI_JSON_HEAD_MAX_BYTES);
        return NULL;
    }
    *ret_arrays =
        g_hash_table_new_full(g_str_hash, g_str_equal, g_free, (GDestroyNotify) g_ptr_array_unref);
    for (guint i = 0; i < arrays->len; i++) {
        VdiJsonScanArray *array = g_ptr_array_index(arrays, i);

        g_hash_table_insert(
            *ret_arrays, g_steal_pointer(&array->name), elements_of(document, array));
    }
    return build(head->str, head->len);
}

void vdi_json_free(VdiJson *json)
{
    if (json == NULL) {
        return;
    }
    g_clear_pointer(&json->children, g_hash_table_unref);
    g_clear_pointer(&json->consumed, g_hash_table_unref);
    if (json->is_root) {
        json_object_put(json->value);
    }
    g_free(json);
}

static VdiJson *child(VdiJson *json, struct json_object *value)
{
    if (json->children == NULL) {
        json->children = g_hash_table_new_full(NULL, NULL, NULL, (GDestroyNotify) vdi_json_free);
    }
    VdiJson *known = g_hash_table_lookup(json->children, value);

    if (known == NULL) {
        known = wrap(value, false);
        g_hash_table_insert(json->children, value, known);
    }
    return known;
}

VdiJsonType vdi_json_type(const VdiJson *json)
{
    switch (json_object_get_type(json->value)) {
    case json_type_boolean:
        return VDI_JSON_BOOLEAN;
    case json_type_int:
        return VDI_JSON_INTEGER;
    case json_type_string:
        return VDI_JSON_TEXT;
    case json_type_array:
        return VDI_JSON_ARRAY;
    case json_type_object:
        return VDI_JSON_OBJECT;
    default:
        return VDI_JSON_NULL;
    }
}

static bool fail_member(const char *name, const char *what, GError **error)
{
    g_autofree char *shown = vdi_text_clean(name);

    g_set_error(error, VDI_JSON_ERROR, VDI_JSON_ERROR_MEMBER, "%s: %s", shown, what);
    return false;
}

bool vdi_json_has(const VdiJson *object, const char *name)
{
    return json_object_object_get_ex(object->value, name, NULL);
}

bool vdi_json_value(VdiJson *object, const char *name, VdiJson **ret_value, GError **error)
{
    struct json_object *value = NULL;

    if (vdi_json_type(object) != VDI_JSON_OBJECT) {
        return fail_member(name, "what should hold it is not an object", error);
    }
    if (!json_object_object_get_ex(object->value, name, &value)) {
        return fail_member(name, "it is missing", error);
    }
    if (object->consumed == NULL) {
        object->consumed = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    }
    g_hash_table_add(object->consumed, g_strdup(name));
    *ret_value = child(object, value);
    return true;
}

static bool typed(
    VdiJson *object, const char *name, VdiJsonType type, VdiJson **ret_value, GError **error)
{
    static const char *const wanted[] = {[VDI_JSON_NULL] = "it must be null",
        [VDI_JSON_BOOLEAN] = "it must be true or false",
        [VDI_JSON_INTEGER] = "it must be a number",
        [VDI_JSON_TEXT] = "it must be a string",
        [VDI_JSON_ARRAY] = "it must be an array",
        [VDI_JSON_OBJECT] = "it must be an object"};
    VdiJson *value = NULL;

    if (!vdi_json_value(object, name, &value, error)) {
        return false;
    }
    if (vdi_json_type(value) != type) {
        return fail_member(name, wanted[type], error);
    }
    *ret_value = value;
    return true;
}

bool vdi_json_text(VdiJson *object, const char *name, size_t min_bytes, size_t max_bytes,
    char **ret_text, GError **error)
{
    VdiJson *value = NULL;

    if (!typed(object, name, VDI_JSON_TEXT, &value, error)) {
        return false;
    }
    size_t length = strlen(vdi_json_as_text(value));

    if (length < min_bytes || length > max_bytes) {
        g_autofree char *what =
            g_strdup_printf("%zu bytes; %zu to %zu are allowed", length, min_bytes, max_bytes);

        return fail_member(name, what, error);
    }
    *ret_text = g_strdup(vdi_json_as_text(value));
    return true;
}

bool vdi_json_integer(
    VdiJson *object, const char *name, int64_t min, int64_t max, int64_t *ret_value, GError **error)
{
    VdiJson *value = NULL;

    if (!typed(object, name, VDI_JSON_INTEGER, &value, error)) {
        return false;
    }
    int64_t number = vdi_json_as_integer(value);

    if (number < min || number > max) {
        g_autofree char *what = g_strdup_printf("%" G_GINT64_FORMAT "; %" G_GINT64_FORMAT
                                                " to %" G_GINT64_FORMAT " are allowed",
            number, min, max);

        return fail_member(name, what, error);
    }
    *ret_value = number;
    return true;
}

bool vdi_json_boolean(VdiJson *object, const char *name, bool *ret_value, GError **error)
{
    VdiJson *value = NULL;

    if (!typed(object, name, VDI_JSON_BOOLEAN, &value, error)) {
        return false;
    }
    *ret_value = vdi_json_as_boolean(value);
    return true;
}

bool vdi_json_time(VdiJson *object, const char *name, int64_t *ret_at, GError **error)
{
    VdiJson *value = NULL;

    if (!typed(object, name, VDI_JSON_TEXT, &value, error)) {
        return false;
    }
    return vdi_text_read_time(vdi_json_as_text(value), ret_at)
        || fail_member(name, "it must be a time as 2026-11-22T08:00:00Z", error);
}

bool vdi_json_word(
    VdiJson *object, const char *name, const char *const *words, int *ret_index, GError **error)
{
    VdiJson *value = NULL;

    if (!typed(object, name, VDI_JSON_TEXT, &value, error)) {
        return false;
    }
    for (int i = 0; words[i] != NULL; i++) {
        if (strcmp(words[i], vdi_json_as_text(value)) == 0) {
            *ret_index = i;
            return true;
        }
    }
    g_autofree char *shown = vdi_text_quote(vdi_json_as_text(value));
    g_autofree char *known = g_strjoinv(", ", (char **) words);
    g_autofree char *what = g_strdup_printf("%s is none of %s", shown, known);

    return fail_member(name, what, error);
}

bool vdi_json_object(VdiJson *object, const char *name, VdiJson **ret_object, GError **error)
{
    return typed(object, name, VDI_JSON_OBJECT, ret_object, error);
}

bool vdi_json_array(VdiJson *object, const char *name, size_t min_elements, size_t max_elements,
    VdiJson **ret_array, GError **error)
{
    VdiJson *value = NULL;

    if (!typed(object, name, VDI_JSON_ARRAY, &value, error)) {
        return false;
    }
    size_t length = vdi_json_length(value);

    if (length < min_elements || length > max_elements) {
        g_autofree char *what = g_strdup_printf(
            "%zu elements; %zu to %zu are allowed", length, min_elements, max_elements);

        return fail_member(name, what, error);
    }
    *ret_array = value;
    return true;
}

bool vdi_json_end(VdiJson *object, GError **error)
{
    for (size_t i = 0; i < vdi_json_length(object); i++) {
        const char *name = vdi_json_name(object, i);

        if (object->consumed == NULL || !g_hash_table_contains(object->consumed, name)) {
            return fail_member(name, "nobody knows this member", error);
        }
    }
    return true;
}

void vdi_json_ignore_rest(VdiJson *object)
{
    g_assert(vdi_json_type(object) == VDI_JSON_OBJECT);
}

size_t vdi_json_length(const VdiJson *json)
{
    return vdi_json_type(json) == VDI_JSON_ARRAY ? json_object_array_length(json->value)
                                                 : (size_t) json_object_object_length(json->value);
}

static struct lh_entry *entry(VdiJson *object, size_t i)
{
    struct lh_entry *at = json_object_get_object(object->value)->head;

    while (i-- > 0) {
        at = at->next;
    }
    return at;
}

const char *vdi_json_name(VdiJson *object, size_t i)
{
    return lh_entry_k(entry(object, i));
}

VdiJson *vdi_json_element(VdiJson *json, size_t i)
{
    if (vdi_json_type(json) == VDI_JSON_ARRAY) {
        return child(json, json_object_array_get_idx(json->value, i));
    }
    return child(json, lh_entry_v(entry(json, i)));
}

const char **vdi_json_names(VdiJson *object)
{
    const char **names = g_new0(const char *, vdi_json_length(object) + 1);
    size_t n = 0;

    for (struct lh_entry *at = json_object_get_object(object->value)->head; at != NULL;
         at = at->next) {
        names[n++] = lh_entry_k(at);
    }
    return names;
}

const char *vdi_json_as_text(const VdiJson *json)
{
    return json_object_get_string(json->value);
}

int64_t vdi_json_as_integer(const VdiJson *json)
{
    return json_object_get_int64(json->value);
}

bool vdi_json_as_boolean(const VdiJson *json)
{
    return json_object_get_boolean(json->value);
}

/* ---- writing ---- */

static struct json_object *made(struct json_object *value)
{
    if (value == NULL) {
        g_error("out of memory");
    }
    return value;
}

static void add(VdiJson *parent, const char *name, struct json_object *value)
{
    int failed = name != NULL ? json_object_object_add(parent->value, name, value)
                              : json_object_array_add(parent->value, value);

    if (failed != 0) {
        g_error("out of memory");
    }
}

VdiJson *vdi_json_new_object(void)
{
    return wrap(made(json_object_new_object()), true);
}

VdiJson *vdi_json_new_array(void)
{
    return wrap(made(json_object_new_array()), true);
}

VdiJson *vdi_json_add_object(VdiJson *parent, const char *name)
{
    struct json_object *value = made(json_object_new_object());

    add(parent, name, value);
    return child(parent, value);
}

VdiJson *vdi_json_add_array(VdiJson *parent, const char *name)
{
    struct json_object *value = made(json_object_new_array());

    add(parent, name, value);
    return child(parent, value);
}

void vdi_json_add_text(VdiJson *parent, const char *name, const char *text)
{
    add(parent, name, made(json_object_new_string(text)));
}

void vdi_json_add_integer(VdiJson *parent, const char *name, int64_t value)
{
    g_assert(value >= -VDI_JSON_INTEGER_MAX && value <= VDI_JSON_INTEGER_MAX);
    add(parent, name, made(json_object_new_int64(value)));
}

void vdi_json_add_boolean(VdiJson *parent, const char *name, bool value)
{
    add(parent, name, made(json_object_new_boolean(value)));
}

void vdi_json_add_time(VdiJson *parent, const char *name, int64_t at)
{
    g_autofree char *text = vdi_text_time(at);

    vdi_json_add_text(parent, name, text);
}

void vdi_json_add_copy(VdiJson *parent, const char *name, const VdiJson *value)
{
    struct json_object *copy = NULL;

    if (value->value != NULL && json_object_deep_copy(value->value, &copy, NULL) != 0) {
        g_error("out of memory");
    }
    add(parent, name, copy);
}
