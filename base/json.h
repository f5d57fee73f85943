/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

/* JSON, read strictly and consumed. The bytes are checked before json-c sees them: UTF-8, grammar,
 * duplicate members, NUL, whole numbers within ±(2^53 − 1), depth, size. json-c alone keeps the
 * last of two equal members, cuts names at NUL, saturates numbers and takes NaN.
 *
 * A reader asks for each member by name and type, then says vdi_json_end: a member that nobody
 * asked for is an error. Writing goes through the same type. */

#define VDI_JSON_DEPTH_MAX 48
#define VDI_JSON_ELEMENTS_MAX 500000 /* that are handed out as slices */
#define VDI_JSON_HEAD_MAX_BYTES ((size_t) 1024 * 1024)
#define VDI_JSON_INTEGER_MAX ((int64_t) 9007199254740991) /* 2^53 − 1 */

typedef enum {
    VDI_JSON_NULL,
    VDI_JSON_BOOLEAN,
    VDI_JSON_INTEGER,
    VDI_JSON_TEXT,
    VDI_JSON_ARRAY,
    VDI_JSON_OBJECT,
} VdiJsonType;

typedef struct VdiJson VdiJson;

/* The whole document must be one value; white space may follow. Fails with VDI_JSON_ERROR. */
VdiJson *vdi_json_parse(
    GBytes *document, size_t max_bytes, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* For a document that is large because of one array: a member `name` of the outermost object. The
 * result has that array empty; its elements come as slices of `document`, each to be parsed by
 * itself, so that only one of them is in memory as a tree. `ret_elements`: of GBytes; yours. */
VdiJson *vdi_json_parse_split(GBytes *document, size_t max_bytes, const char *name,
    GPtrArray **ret_elements, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* For a large document that another program may have written. Every array that is a member of the
 * outermost object is left empty in the result, its elements are in `ret_arrays` by its name
 * (char * → GPtrArray of GBytes; yours); "" is the outermost value, when that is an array. What is
 * left without them has at most VDI_JSON_HEAD_MAX_BYTES.
 * Numbers that are not whole pass, here and in vdi_json_parse_foreign: there is no way to ask for
 * one. */
VdiJson *vdi_json_parse_parts(GBytes *document, size_t max_bytes, GHashTable **ret_arrays,
    GError **error) G_GNUC_WARN_UNUSED_RESULT;
VdiJson *vdi_json_parse_foreign(
    GBytes *document, size_t max_bytes, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Only a value that vdi_json_parse or vdi_json_new_… returned; the others are borrowed from it. */
void vdi_json_free(VdiJson *json);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(VdiJson, vdi_json_free)

VdiJsonType vdi_json_type(const VdiJson *json);

/* Members of an object. All fail with VDI_JSON_ERROR_MEMBER, naming the member, when it is absent
 * or of another type or outside the range; ask vdi_json_has first for one that may be absent.
 * Lengths in bytes. Texts are yours, values borrowed. */
bool vdi_json_has(const VdiJson *object, const char *name);
bool vdi_json_text(VdiJson *object, const char *name, size_t min_bytes, size_t max_bytes,
    char **ret_text, GError **error) G_GNUC_WARN_UNUSED_RESULT;
bool vdi_json_integer(VdiJson *object, const char *name, int64_t min, int64_t max,
    int64_t *ret_value, GError **error) G_GNUC_WARN_UNUSED_RESULT;
bool vdi_json_boolean(
    VdiJson *object, const char *name, bool *ret_value, GError **error) G_GNUC_WARN_UNUSED_RESULT;
bool vdi_json_time(
    VdiJson *object, const char *name, int64_t *ret_at, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* One of `words` (ended by NULL); gives its index. */
bool vdi_json_word(VdiJson *object, const char *name, const char *const *words, int *ret_index,
    GError **error) G_GNUC_WARN_UNUSED_RESULT;
bool vdi_json_object(VdiJson *object, const char *name, VdiJson **ret_object,
    GError **error) G_GNUC_WARN_UNUSED_RESULT;
bool vdi_json_array(VdiJson *object, const char *name, size_t min_elements, size_t max_elements,
    VdiJson **ret_array, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Of any type. */
bool vdi_json_value(VdiJson *object, const char *name, VdiJson **ret_value,
    GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Every member must have been asked for. */
bool vdi_json_end(VdiJson *object, GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Instead of vdi_json_end, where a format lets unknown members through. */
void vdi_json_ignore_rest(VdiJson *object);

/* An object as a map, an array as a list: in the order of the document, borrowed. `i` is in range.
 */
size_t vdi_json_length(const VdiJson *json);
const char *vdi_json_name(VdiJson *object, size_t i);
VdiJson *vdi_json_element(VdiJson *json, size_t i);
/* All names of an object, NULL-terminated: the array is yours (g_free), the names are borrowed. */
const char **vdi_json_names(VdiJson *object);

/* Plain values; the type must be that. */
const char *vdi_json_as_text(const VdiJson *json);
int64_t vdi_json_as_integer(const VdiJson *json);
bool vdi_json_as_boolean(const VdiJson *json);

/* Writing. `name` is NULL when `parent` is an array. What is added is the parent's. */
VdiJson *vdi_json_new_object(void);
VdiJson *vdi_json_new_array(void);
VdiJson *vdi_json_add_object(VdiJson *parent, const char *name);
VdiJson *vdi_json_add_array(VdiJson *parent, const char *name);
void vdi_json_add_text(VdiJson *parent, const char *name, const char *text);
void vdi_json_add_integer(VdiJson *parent, const char *name, int64_t value);
void vdi_json_add_boolean(VdiJson *parent, const char *name, bool value);
void vdi_json_add_time(VdiJson *parent, const char *name, int64_t at);
/* A copy of a value of another document, deep. */
void vdi_json_add_copy(VdiJson *parent, const char *name, const VdiJson *value);

/* One line, or indented by two blanks and ended by a line break. */
char *vdi_json_print(const VdiJson *json);
char *vdi_json_print_pretty(const VdiJson *json);
