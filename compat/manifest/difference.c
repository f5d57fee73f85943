/* SPDX-License-Identifier: Apache-2.0 */
#include "compat/manifest/difference.h"

#include "base/json.h"
#include "base/text.h"
#include "compat/rules/manifest_reader.h"

/* ---- one value ---- */

static char *show(const VdiJson *value)
{
    if (value == NULL) {
        return g_strdup("nothing");
    }
    g_autofree char *text = vdi_json_type(value) == VDI_JSON_TEXT
        ? g_strconcat("\"", vdi_json_as_text(value), "\"", NULL)
        : vdi_json_print(value);

    return vdi_text_clean(text);
}

static bool is_equal(const VdiJson *a, const VdiJson *b)
{
    g_autofree char *left = vdi_json_print(a);
    g_autofree char *right = vdi_json_print(b);

    return g_str_equal(left, right);
}

static VdiJson *member(VdiJson *object, const char *name)
{
    VdiJson *value = NULL;

    return vdi_json_has(object, name) && vdi_json_value(object, name, &value, NULL) ? value : NULL;
}

static VdiJson *element(VdiJson *array, size_t i)
{
    return i < vdi_json_length(array) ? vdi_json_element(array, i) : NULL;
}

static void compare(GPtrArray *lines, const char *place, VdiJson *before, VdiJson *after);

static void compare_part(
    GPtrArray *lines, const char *place, const char *name, VdiJson *before, VdiJson *after)
{
    g_autofree char *shown = vdi_text_clean(name);
    g_autofree char *part = g_strconcat(place, *place != '\0' ? " " : "", shown, NULL);

    compare(lines, part, before, after);
}

static bool is_left_out(const char *name, const char *const *without)
{
    return without != NULL && g_strv_contains(without, name);
}

static void compare_members(GPtrArray *lines, const char *place, VdiJson *before, VdiJson *after,
    const char *const *without)
{
    g_autofree const char **old = vdi_json_names(before);
    g_autofree const char **new = vdi_json_names(after);

    for (size_t i = 0; old[i] != NULL; i++) {
        if (!is_left_out(old[i], without)) {
            compare_part(lines, place, old[i], member(before, old[i]), member(after, old[i]));
        }
    }
    for (size_t i = 0; new[i] != NULL; i++) {
        if (!is_left_out(new[i], without) && !vdi_json_has(before, new[i])) {
            compare_part(lines, place, new[i], NULL, member(after, new[i]));
        }
    }
}

static void compare_elements(GPtrArray *lines, const char *place, VdiJson *before, VdiJson *after)
{
    size_t n = MAX(vdi_json_length(before), vdi_json_length(after));

    for (size_t i = 0; i < n; i++) {
        g_autofree char *number = g_strdup_printf("%zu", i + 1);

        compare_part(lines, place, number, element(before, i), element(after, i));
    }
}

/* NULL is what is not there. As deep as base/json lets a document be. */
static void compare(GPtrArray *lines, const char *place, VdiJson *before, VdiJson *after)
{
    VdiJsonType type = before != NULL ? vdi_json_type(before) : VDI_JSON_NULL;
    bool is_alike = before != NULL && after != NULL && vdi_json_type(after) == type;

    if (is_alike && type == VDI_JSON_OBJECT) {
        compare_members(lines, place, before, after, NULL);
    } else if (is_alike && type == VDI_JSON_ARRAY) {
        compare_elements(lines, place, before, after);
    } else if (!is_alike || !is_equal(before, after)) {
        g_autofree char *old = show(before);
        g_autofree char *new = show(after);

        g_ptr_array_add(lines, g_strdup_printf("  %s: %s, was %s", place, new, old));
    }
}

/* ---- rules ---- */

static VdiJson *rules_of(VdiJson *manifest)
{
    VdiJson *rules = NULL;

    return vdi_json_array(manifest, "rules", 0, VDI_MANIFEST_MAX_RULES, &rules, NULL) ? rules
                                                                                      : NULL;
}

/* Borrowed; NULL when it has none that is a text. */
static const char *text_of(VdiJson *object, const char *name)
{
    VdiJson *value = vdi_json_type(object) == VDI_JSON_OBJECT ? member(object, name) : NULL;

    return value != NULL && vdi_json_type(value) == VDI_JSON_TEXT ? vdi_json_as_text(value) : NULL;
}

/* By id; keys and values are borrowed from `rules`. */
static GHashTable *index_rules(VdiJson *rules)
{
    GHashTable *index = g_hash_table_new(g_str_hash, g_str_equal);

    for (size_t i = 0; rules != NULL && i < vdi_json_length(rules); i++) {
        VdiJson *rule = vdi_json_element(rules, i);
        const char *id = text_of(rule, "id");

        if (id != NULL) {
            g_hash_table_insert(index, (char *) id, rule);
        }
    }
    return index;
}

static void add_rule_line(GPtrArray *lines, const char *verb, VdiJson *rule)
{
    VdiJson *titles = member(rule, "title");
    const char *title =
        titles != NULL && vdi_json_type(titles) == VDI_JSON_OBJECT ? text_of(titles, "en") : NULL;
    g_autofree char *id = vdi_text_clean(text_of(rule, "id"));
    g_autofree char *shown = vdi_text_clean(title);

    g_ptr_array_add(lines, g_strdup_printf("%s %s: \"%s\"", verb, id, shown));
}

static void compare_rule(GPtrArray *lines, VdiJson *before, VdiJson *after)
{
    guint n_lines = lines->len;

    compare_members(lines, "", before, after, NULL);
    if (lines->len > n_lines) {
        g_autofree char *id = vdi_text_clean(text_of(after, "id"));

        g_ptr_array_insert(lines, (int) n_lines, g_strdup_printf("changed %s:", id));
    }
}

static void compare_rules(GPtrArray *lines, VdiJson *before, VdiJson *after)
{
    VdiJson *old_rules = rules_of(before), *new_rules = rules_of(after);
    g_autoptr(GHashTable) old = index_rules(old_rules);
    g_autoptr(GHashTable) new = index_rules(new_rules);

    for (size_t i = 0; old_rules != NULL && i < vdi_json_length(old_rules); i++) {
        VdiJson *rule = vdi_json_element(old_rules, i);
        const char *id = text_of(rule, "id");

        if (id != NULL && !g_hash_table_contains(new, id)) {
            add_rule_line(lines, "removed", rule);
        }
    }
    for (size_t i = 0; new_rules != NULL && i < vdi_json_length(new_rules); i++) {
        VdiJson *rule = vdi_json_element(new_rules, i);
        const char *id = text_of(rule, "id");
        VdiJson *was = id != NULL ? g_hash_table_lookup(old, id) : NULL;

        if (was != NULL) {
            compare_rule(lines, was, rule);
        } else if (id != NULL) {
            add_rule_line(lines, "added", rule);
        }
    }
}

GPtrArray *vdi_difference(GBytes *before, GBytes *after, GError **error)
{
    static const char *const apart[] = {"issued", "rules", NULL};
    g_autoptr(VdiJson) old = vdi_json_parse(before, VDI_MANIFEST_MAX_BYTES, error);
    g_autoptr(VdiJson) new =
        old != NULL ? vdi_json_parse(after, VDI_MANIFEST_MAX_BYTES, error) : NULL;

    if (new == NULL) {
        return NULL;
    }
    GPtrArray *lines = g_ptr_array_new_with_free_func(g_free);

    if (vdi_json_type(old) != VDI_JSON_OBJECT || vdi_json_type(new) != VDI_JSON_OBJECT) {
        compare(lines, "manifest", old, new);
        return lines;
    }
    compare_members(lines, "", old, new, apart);
    if (lines->len > 0) {
        g_ptr_array_insert(lines, 0, g_strdup("changed the manifest itself:"));
    }
    compare_rules(lines, old, new);
    return lines;
}
