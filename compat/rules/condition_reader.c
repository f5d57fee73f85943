/* SPDX-License-Identifier: Apache-2.0 */
#include "compat/rules/condition_reader.h"

#include <string.h>

#include "base/error.h"
#include "base/text.h"
#include "compat/rules/condition_compiled.h"
#include "compat/rules/fact_kind.h"

static bool fail(const char *what, GError **error)
{
    g_set_error_literal(error, VDI_MANIFEST_ERROR, VDI_MANIFEST_ERROR_RULE, what);
    return false;
}

/* Errors of json, purl and range become errors of the rule; their sentence stays. */
static bool translate(GError *from, GError **error)
{
    (void) fail(from->message, error);
    g_error_free(from);
    return false;
}

bool vdi_condition_read_end(VdiJson *object, GError **error)
{
    GError *local = NULL;

    for (size_t i = 0; i < vdi_json_length(object); i++) {
        const char *name = vdi_json_name(object, i);
        VdiJson *ignored = NULL;

        if (g_str_has_prefix(name, "x-") && !vdi_json_value(object, name, &ignored, &local)) {
            return translate(local, error);
        }
    }
    return vdi_json_end(object, &local) || translate(local, error);
}

bool vdi_condition_check_members(VdiJson *object, const char *const *members, GError **error)
{
    for (size_t i = 0; i < vdi_json_length(object); i++) {
        const char *name = vdi_json_name(object, i);
        const char *nearest = NULL;

        if (g_str_has_prefix(name, "x-") || g_strv_contains(members, name)) {
            continue;
        }
        nearest = vdi_text_nearest(name, members);
        g_autofree char *shown = vdi_text_clean(name);
        g_autofree char *what = g_strdup_printf("%s: nobody knows this member%s%s%s", shown,
            nearest != NULL ? "; did you mean " : "", nearest != NULL ? nearest : "",
            nearest != NULL ? "?" : "");

        return fail(what, error);
    }
    return true;
}

/* The texts of a fact's members; `ret_texts` keeps NULL for what may be absent and is. */
static bool read_members(VdiJson *json, const VdiFactKind *kind, char **ret_texts, GError **error)
{
    const char *members[VDI_FACT_MEMBERS_MAX + 1] = {NULL};
    GError *local = NULL;

    for (size_t i = 0; i < kind->n_members; i++) {
        members[i] = kind->members[i].name;
    }
    if (!vdi_condition_check_members(json, members, error)) {
        return false;
    }
    for (size_t i = 0; i < kind->n_members; i++) {
        const VdiFactMember *member = &kind->members[i];
        size_t max = member->type == VDI_MEMBER_RANGE ? VDI_RANGE_MAX_BYTES
            : member->type == VDI_MEMBER_PURL         ? VDI_PURL_MAX_BYTES
                                                      : VDI_CONDITION_TEXT_MAX;

        if (member->is_optional && !vdi_json_has(json, member->name)) {
            continue;
        }
        if (!vdi_json_text(json, member->name, 1, max, &ret_texts[i], &local)) {
            return translate(local, error);
        }
    }
    return vdi_condition_read_end(json, error);
}

/* A fact that is one word: {"update": "KB2482017"}. */
static bool read_word(VdiJson *json, char **ret_text, GError **error)
{
    if (vdi_json_type(json) != VDI_JSON_TEXT) {
        return fail("it must be a string", error);
    }
    const char *text = vdi_json_as_text(json);

    if (*text == '\0' || strlen(text) > VDI_CONDITION_TEXT_MAX) {
        return fail("it must have 1 to 256 bytes", error);
    }
    *ret_text = g_strdup(text);
    return true;
}

static bool read_fact(
    VdiJson *json, const VdiFactKind *kind, VdiCompiledWriter *writer, GError **error)
{
    char *texts[VDI_FACT_MEMBERS_MAX + 1] = {NULL};
    GError *local = NULL;
    bool is_word = kind->members[0].name == NULL;
    bool is_read = is_word                       ? read_word(json, &texts[0], error)
        : vdi_json_type(json) == VDI_JSON_OBJECT ? read_members(json, kind, texts, error)
                                                 : fail("it must be an object", error);
    g_autoptr(VdiCondition) fact =
        is_read ? vdi_fact_new(kind, (const char *const *) texts, &local) : NULL;

    if (fact != NULL) {
        vdi_condition_write_fact(fact, writer);
    }
    for (size_t i = 0; i < VDI_FACT_MEMBERS_MAX; i++) {
        g_free(texts[i]);
    }
    if (local != NULL) {
        return translate(local, error);
    }
    return is_read;
}

static bool read_condition(VdiJson *json, int depth, VdiCompiledWriter *writer, GError **error);

static bool read_parts(VdiJson *json, const char *name, VdiConditionOperator op, int depth,
    VdiCompiledWriter *writer, GError **error)
{
    if (vdi_json_type(json) != VDI_JSON_ARRAY || vdi_json_length(json) == 0
        || vdi_json_length(json) > VDI_CONDITION_PARTS_MAX) {
        return fail("it must be an array of 1 to 1024 conditions", error);
    }
    vdi_compiled_write_number(writer, op);
    vdi_compiled_write_number(writer, vdi_json_length(json));
    for (size_t i = 0; i < vdi_json_length(json); i++) {
        if (!read_condition(vdi_json_element(json, i), depth + 1, writer, error)) {
            g_prefix_error(error, "[%zu]", i);
            return false;
        }
    }
    return true;
}

static bool fail_kind(GError **error)
{
    g_autoptr(GString) what = g_string_new("no such fact; known are");

    for (const VdiFactKind *kind = vdi_fact_kinds(); kind->name != NULL; kind++) {
        g_string_append_printf(what, "%s %s", kind == vdi_fact_kinds() ? "" : ",", kind->name);
    }
    return fail(what->str, error);
}

/* One member's name is a condition's whole meaning: an operator, or a kind of fact. */
static bool read_named(
    VdiJson *json, const char *name, int depth, VdiCompiledWriter *writer, GError **error)
{
    if (strcmp(name, "all") == 0) {
        return read_parts(json, name, VDI_CONDITION_ALL, depth, writer, error);
    }
    if (strcmp(name, "any") == 0) {
        return read_parts(json, name, VDI_CONDITION_ANY, depth, writer, error);
    }
    if (strcmp(name, "not") == 0) {
        vdi_compiled_write_number(writer, VDI_CONDITION_NOT);
        vdi_compiled_write_number(writer, 1);
        return read_condition(json, depth + 1, writer, error);
    }
    const VdiFactKind *kind = vdi_fact_kind(name);

    return kind != NULL ? read_fact(json, kind, writer, error) : fail_kind(error);
}

/* Errors come with their place before them: "." or "[" continues it, ":" ends it, anything else
 * begins the sentence. */
static void prefix_place(GError **error, const char *name)
{
    g_autofree char *shown = vdi_text_clean(name);
    bool goes_on = error != NULL && *error != NULL && strchr(".[:", (*error)->message[0]) != NULL;

    g_prefix_error(error, ".%s%s", shown, goes_on ? "" : ": ");
}

static bool read_condition(VdiJson *json, int depth, VdiCompiledWriter *writer, GError **error)
{
    if (depth > VDI_CONDITION_DEPTH_MAX) {
        return fail(": more than 16 levels", error);
    }
    const char *name = NULL;
    size_t n_names = 0;

    if (vdi_json_type(json) == VDI_JSON_OBJECT) {
        for (size_t i = 0; i < vdi_json_length(json); i++) {
            const char *at = vdi_json_name(json, i);

            if (!g_str_has_prefix(at, "x-")) {
                name = at;
                n_names++;
            }
        }
    }
    if (n_names != 1) {
        return fail(": it must be an object with exactly one of all, any, not, or a fact", error);
    }
    VdiJson *value = NULL;
    GError *local = NULL;

    if (!vdi_json_value(json, name, &value, &local)) {
        return translate(local, error);
    }
    if (!read_named(value, name, depth, writer, error)) {
        prefix_place(error, name);
        return false;
    }
    return true;
}

bool vdi_condition_read(VdiJson *json, VdiCompiledWriter *writer, GError **error)
{
    return read_condition(json, 1, writer, error);
}
