/* SPDX-License-Identifier: Apache-2.0 */
#include "compat/rules/rule_reader.h"

#include <string.h>

#include "base/error.h"
#include "base/text.h"
#include "compat/rules/condition_reader.h"

enum {
    REMEDIES_MAX = 32,
    TITLE_MAX = 512,
    MESSAGE_MAX = 4096,
    URL_MAX = 2048,
};

static bool fail(const char *what, GError **error)
{
    g_set_error_literal(error, VDI_MANIFEST_ERROR, VDI_MANIFEST_ERROR_RULE, what);
    return false;
}

/* True, or what base/json, purl and range said keeps its sentence and becomes the rule's error. */
static bool settled(bool read, GError *local, GError **error)
{
    if (!read) {
        (void) fail(local->message, error);
        g_error_free(local);
    }
    return read;
}

/* ---- texts by language ---- */

static bool is_language(const char *tag)
{
    size_t length = strlen(tag);

    return length >= 2 && length <= 35 && g_ascii_isalpha(*tag) && tag[length - 1] != '-'
        && strspn(tag, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-") == length;
}

/* Errors begin with what continues their place: "." or ":". */
static bool write_texts(
    VdiJson *object, size_t max_bytes, VdiCompiledWriter *writer, GError **error)
{
    size_t n = vdi_json_length(object);

    if (n > VDI_RULE_MAX_ENTRIES) {
        return fail(": more than 64 languages", error);
    }
    vdi_compiled_write_number(writer, n);
    for (size_t i = 0; i < n; i++) {
        const char *tag = vdi_json_name(object, i);
        g_autofree char *text = NULL;
        GError *local = NULL;

        if (!is_language(tag)) {
            g_autofree char *shown = vdi_text_quote(tag);
            g_autofree char *what = g_strdup_printf(": %s is no language tag", shown);

            return fail(what, error);
        }
        if (!vdi_json_text(object, tag, 1, max_bytes, &text, &local)) {
            g_prefix_error(&local, ".");
            return settled(false, local, error);
        }
        vdi_compiled_write_text(writer, tag);
        vdi_compiled_write_text(writer, text);
    }
    return true;
}

/* {"en": "…", "fr": "…"}: English always. */
static bool read_texts(
    VdiJson *rule, const char *name, size_t max_bytes, VdiCompiledWriter *writer, GError **error)
{
    VdiJson *object = NULL;
    GError *local = NULL;

    if (!vdi_json_object(rule, name, &object, &local)) {
        return settled(false, local, error);
    }
    bool read = vdi_json_has(object, "en") ? write_texts(object, max_bytes, writer, error)
                                           : fail(".en: it is missing", error);

    if (!read) {
        g_prefix_error(error, "%s", name);
    }
    return read;
}

/* ---- remedies, references, what it supersedes ---- */

/* The element `i` is an object, or it is an error. */
static bool element_object(VdiJson *array, size_t i, VdiJson **ret_object, GError **error)
{
    *ret_object = vdi_json_element(array, i);
    return vdi_json_type(*ret_object) == VDI_JSON_OBJECT || fail(": it must be an object", error);
}

static bool optional_text(
    VdiJson *object, const char *name, size_t max_bytes, char **ret_text, GError **error)
{
    GError *local = NULL;
    bool read =
        !vdi_json_has(object, name) || vdi_json_text(object, name, 1, max_bytes, ret_text, &local);

    return settled(read, local, error);
}

static bool read_action(VdiJson *remedy, int *ret_action, GError **error)
{
    GError *local = NULL;

    if (!vdi_json_has(remedy, "action")) {
        return true;
    }
    /* [0] stands for none and is no word of the format. */
    bool read = vdi_json_word(remedy, "action", &vdi_remedy_actions[1], ret_action, &local);

    *ret_action += read ? 1 : 0;
    return settled(read, local, error);
}

/* Canonical; a remedy may name the version in its purl no more than a rule may. */
static bool read_remedy_package(VdiJson *remedy, char **ret_purl, GError **error)
{
    g_autofree char *text = NULL;
    GError *local = NULL;

    if (!optional_text(remedy, "package", VDI_PURL_MAX_BYTES, &text, error)) {
        return false;
    }
    g_autoptr(VdiPurl) purl = text != NULL ? vdi_purl_parse(text, &local) : NULL;

    if (local != NULL) {
        g_prefix_error(&local, "package: ");
        return settled(false, local, error);
    }
    *ret_purl = purl != NULL ? vdi_purl_print(purl) : NULL;
    return true;
}

static bool read_remedy_text(VdiJson *remedy, VdiCompiledWriter *writer, GError **error)
{
    if (!vdi_json_has(remedy, "text")) {
        vdi_compiled_write_number(writer, 0);
        return true;
    }
    return read_texts(remedy, "text", MESSAGE_MAX, writer, error);
}

static bool read_remedy(VdiJson *remedy, VdiCompiledWriter *writer, GError **error)
{
    static const char *const members[] = {
        "category", "action", "package", "version", "update", "text", NULL};
    g_autofree char *package = NULL, *version = NULL, *update = NULL;
    int category = 0, action = VDI_ACTION_NONE;
    GError *local = NULL;

    if (!vdi_condition_check_members(remedy, members, error)) {
        return false;
    }
    if (!vdi_json_word(remedy, "category", vdi_remedy_categories, &category, &local)) {
        return settled(false, local, error);
    }
    if (!read_action(remedy, &action, error) || !read_remedy_package(remedy, &package, error)
        || !optional_text(remedy, "version", VDI_VERSION_MAX_BYTES, &version, error)
        || !optional_text(remedy, "update", VDI_CONDITION_TEXT_MAX, &update, error)) {
        return false;
    }
    vdi_compiled_write_number(writer, (uint64_t) category);
    vdi_compiled_write_number(writer, (uint64_t) action);
    vdi_compiled_write_text(writer, package);
    vdi_compiled_write_text(writer, version);
    vdi_compiled_write_text(writer, update);
    return read_remedy_text(remedy, writer, error) && vdi_condition_read_end(remedy, error);
}

static bool read_reference(VdiJson *reference, VdiCompiledWriter *writer, GError **error)
{
    g_autofree char *url = NULL, *title = NULL;
    bool is_verified = false;
    GError *local = NULL;

    if (!vdi_json_text(reference, "url", 1, URL_MAX, &url, &local)
        || (vdi_json_has(reference, "x-verified")
            && !vdi_json_boolean(reference, "x-verified", &is_verified, &local))) {
        return settled(false, local, error);
    }
    if (!optional_text(reference, "title", TITLE_MAX, &title, error)
        || !vdi_condition_read_end(reference, error)) {
        return false;
    }
    vdi_compiled_write_text(writer, url);
    vdi_compiled_write_text(writer, title);
    vdi_compiled_write_number(writer, is_verified);
    return true;
}

static bool read_superseded(VdiJson *id, VdiCompiledWriter *writer, GError **error)
{
    if (vdi_json_type(id) != VDI_JSON_TEXT || *vdi_json_as_text(id) == '\0'
        || strlen(vdi_json_as_text(id)) > VDI_RULE_ID_MAX) {
        return fail(": it must be a rule's id", error);
    }
    vdi_compiled_write_text(writer, vdi_json_as_text(id));
    return true;
}

/* The arrays of a rule: each a row. */
typedef struct {
    const char *name;
    size_t max;
    bool holds_objects;
    bool (*read)(VdiJson *element, VdiCompiledWriter *writer, GError **error);
} ArrayRow;

static const ArrayRow array_rows[] = {
    {"remedies", REMEDIES_MAX, true, read_remedy},
    {"references", VDI_RULE_MAX_ENTRIES, true, read_reference},
    {"supersedes", VDI_RULE_MAX_ENTRIES, false, read_superseded},
};

static bool read_array(
    VdiJson *rule, const ArrayRow *row, VdiCompiledWriter *writer, GError **error)
{
    VdiJson *array = NULL;
    GError *local = NULL;

    if (!vdi_json_has(rule, row->name)) {
        vdi_compiled_write_number(writer, 0);
        return true;
    }
    if (!vdi_json_array(rule, row->name, 0, row->max, &array, &local)) {
        return settled(false, local, error);
    }
    vdi_compiled_write_number(writer, vdi_json_length(array));
    for (size_t i = 0; i < vdi_json_length(array); i++) {
        VdiJson *element = vdi_json_element(array, i);

        if ((row->holds_objects && !element_object(array, i, &element, error))
            || !row->read(element, writer, error)) {
            bool goes_on = error != NULL && *error != NULL && (*error)->message[0] == ':';

            g_prefix_error(error, "%s[%zu]%s", row->name, i, goes_on ? "" : ".");
            return false;
        }
    }
    return true;
}

/* ---- one rule ---- */

bool vdi_rule_is_id(const char *id)
{
    return g_ascii_isalnum(*id)
        && strspn(id, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-")
        == strlen(id);
}

static void add_id(GHashTable *ids, char *take_id)
{
    guint number = g_hash_table_size(ids);

    g_hash_table_insert(ids, take_id, GUINT_TO_POINTER(number));
}

static bool read_id(VdiJson *rule, char **ret_id, GError **error)
{
    GError *local = NULL;

    if (!vdi_json_text(rule, "id", 1, VDI_RULE_ID_MAX, ret_id, &local)) {
        return settled(false, local, error);
    }
    return vdi_rule_is_id(*ret_id)
        || fail("id: letters, digits, dots, hyphens, underscores", error);
}

static bool read_rollout(VdiJson *rule, VdiCompiledWriter *writer, GError **error)
{
    g_autofree char *salt = NULL;
    VdiJson *rollout = NULL;
    int64_t percent = 100;
    GError *local = NULL;

    if (vdi_json_has(rule, "rollout")) {
        if (!vdi_json_object(rule, "rollout", &rollout, &local)) {
            return settled(false, local, error);
        }
        if (!vdi_json_integer(rollout, "percent", 0, 100, &percent, &local)) {
            g_prefix_error(&local, "rollout.");
            return settled(false, local, error);
        }
        if (!optional_text(rollout, "salt", VDI_CONDITION_TEXT_MAX, &salt, error)
            || !vdi_condition_read_end(rollout, error)) {
            g_prefix_error(error, "rollout.");
            return false;
        }
    }
    vdi_compiled_write_number(writer, (uint64_t) percent);
    vdi_compiled_write_text(writer, salt);
    return true;
}

static bool read_effect_and_end(VdiJson *rule, VdiCompiledWriter *writer, GError **error)
{
    static const char *const effects[] = {"info", "advise", "block", NULL};
    int effect = 0;
    int64_t expires_at = 0;
    GError *local = NULL;

    if (!vdi_json_word(rule, "effect", effects, &effect, &local)
        || (vdi_json_has(rule, "expires")
            && !vdi_json_time(rule, "expires", &expires_at, &local))) {
        return settled(false, local, error);
    }
    effect += VDI_EFFECT_INFO;
    if (effect == VDI_EFFECT_BLOCK && expires_at == 0) {
        return fail("expires: a rule that blocks must have it, as 2026-12-31T00:00:00Z", error);
    }
    vdi_compiled_write_number(writer, (uint64_t) effect);
    vdi_compiled_write_number(writer, (uint64_t) expires_at);
    return true;
}

static bool read_when(VdiJson *rule, VdiCompiledWriter *writer, GError **error)
{
    VdiJson *when = NULL;
    GError *local = NULL;

    if (!vdi_json_value(rule, "when", &when, &local)) {
        return settled(false, local, error);
    }
    if (!vdi_condition_read(when, writer, error)) {
        g_prefix_error(error, "when");
        return false;
    }
    return true;
}

static bool read_arrays(VdiJson *rule, VdiCompiledWriter *writer, GError **error)
{
    for (size_t i = 0; i < G_N_ELEMENTS(array_rows); i++) {
        if (!read_array(rule, &array_rows[i], writer, error)) {
            return false;
        }
    }
    return true;
}

static bool check_members(VdiJson *rule, GError **error)
{
    static const char *const members[] = {"id", "effect", "title", "message", "when", "remedies",
        "expires", "rollout", "references", "supersedes", NULL};

    return vdi_condition_check_members(rule, members, error);
}

/* In the order in which manifest.c loads. */
bool vdi_rule_read(
    VdiJson *rule, GHashTable *ids, VdiCompiledWriter *writer, size_t *ret_when, GError **error)
{
    g_autofree char *id = NULL;

    if (vdi_json_type(rule) != VDI_JSON_OBJECT) {
        return fail("it must be an object", error);
    }
    if (!read_id(rule, &id, error)) {
        return false;
    }
    if (g_hash_table_contains(ids, id)) {
        return fail("id: an earlier rule has it", error);
    }
    vdi_compiled_write_text(writer, id);
    vdi_compiled_write_text(writer, NULL); /* readable */
    /* First of all: "expiry" explains why `expires` is missing. */
    if (!check_members(rule, error)) {
        return false;
    }
    if (!read_effect_and_end(rule, writer, error) || !read_rollout(rule, writer, error)
        || !read_texts(rule, "title", TITLE_MAX, writer, error)
        || !read_texts(rule, "message", MESSAGE_MAX, writer, error)
        || !read_arrays(rule, writer, error)) {
        return false;
    }
    size_t when = vdi_compiled_writer_mark(writer);

    if (!read_when(rule, writer, error) || !vdi_condition_read_end(rule, error)) {
        return false;
    }
    add_id(ids, g_steal_pointer(&id));
    *ret_when = when;
    return true;
}

void vdi_rule_write_unreadable(
    VdiJson *rule, size_t i, GHashTable *ids, VdiCompiledWriter *writer, const char *why)
{
    g_autofree char *id = NULL;
    bool is_named = rule != NULL && vdi_json_type(rule) == VDI_JSON_OBJECT
        && read_id(rule, &id, NULL) && !g_hash_table_contains(ids, id);

    if (!is_named) {
        g_free(id);
        id = g_strdup_printf("rules[%zu]", i);
    }
    vdi_compiled_write_text(writer, id);
    vdi_compiled_write_text(writer, why);
    vdi_compiled_write_number(writer, VDI_EFFECT_NONE);
    vdi_compiled_write_number(writer, 0);
    vdi_compiled_write_number(writer, 100);
    vdi_compiled_write_text(writer, NULL);
    size_t mark = vdi_compiled_writer_mark(writer);

    if (!is_named || !read_texts(rule, "title", TITLE_MAX, writer, NULL)) {
        vdi_compiled_writer_rewind(writer, mark);
        vdi_compiled_write_number(writer, 0);
    }
    for (int empty = 0; empty < 4; empty++) { /* message, remedies, references, supersedes */
        vdi_compiled_write_number(writer, 0);
    }
    add_id(ids, g_steal_pointer(&id));
}
