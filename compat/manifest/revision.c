/* SPDX-License-Identifier: Apache-2.0 */
#include "compat/manifest/revision.h"

#include <string.h>

#include "base/error.h"
#include "base/text.h"
#include "compat/rules/lint.h"

/* A tree is costly for a large manifest; an author's machine can afford one. */
static VdiJson *read_tree(GBytes *manifest, GError **error)
{
    g_autoptr(VdiJson) tree = vdi_json_parse(manifest, VDI_MANIFEST_MAX_BYTES, error);

    if (tree != NULL && vdi_json_type(tree) != VDI_JSON_OBJECT) {
        g_set_error_literal(
            error, VDI_MANIFEST_ERROR, VDI_MANIFEST_ERROR_FORMAT, "a manifest is an object");
        return NULL;
    }
    return g_steal_pointer(&tree);
}

/* What would do harm, or nothing at all, is not written either. */
static bool check_lint(const VdiManifest *manifest, int64_t now, GError **error)
{
    g_autoptr(GPtrArray) findings = vdi_lint(manifest, now);

    for (guint i = 0; i < findings->len; i++) {
        const VdiLintFinding *finding = g_ptr_array_index(findings, i);

        if (finding->level == VDI_LINT_ERROR) {
            g_set_error(error, VDI_MANIFEST_ERROR, VDI_MANIFEST_ERROR_LINT, "%s: %s",
                finding->place, finding->sentence);
            return false;
        }
    }
    return true;
}

static GBytes *print(VdiJson *tree)
{
    char *text = vdi_json_print_pretty(tree);

    return g_bytes_new_take(text, strlen(text));
}

static GBytes *print_checked(VdiJson *tree, int64_t now, GError **error)
{
    g_autoptr(GBytes) bytes = print(tree);
    g_autoptr(VdiManifest) read = vdi_manifest_parse(bytes, VDI_MANIFEST_AUTHOR, error);

    return read != NULL && check_lint(read, now, error) ? g_steal_pointer(&bytes) : NULL;
}

/* A copy of `tree` that is issued `now` and has no rules; *ret_rules is where they go. */
static VdiJson *copy_head(VdiJson *tree, int64_t now, VdiJson **ret_rules)
{
    VdiJson *copy = vdi_json_new_object();

    for (size_t i = 0; i < vdi_json_length(tree); i++) {
        const char *name = vdi_json_name(tree, i);

        if (g_str_equal(name, "issued")) {
            vdi_json_add_time(copy, name, now);
        } else if (!g_str_equal(name, "rules")) {
            vdi_json_add_copy(copy, name, vdi_json_element(tree, i));
        }
    }
    *ret_rules = vdi_json_add_array(copy, "rules");
    return copy;
}

static bool has_id(VdiJson *rule, const char *id)
{
    g_autofree char *own = NULL;

    return id != NULL && vdi_json_type(rule) == VDI_JSON_OBJECT
        && vdi_json_text(rule, "id", 1, VDI_RULE_ID_MAX, &own, NULL) && g_str_equal(own, id);
}

static bool refuse_rule(const char *id, const char *what, GError **error)
{
    g_autofree char *shown = vdi_text_quote(id);

    g_set_error(error, VDI_TRUST_ERROR, VDI_TRUST_ERROR_REFUSED, "rule %s: %s", shown, what);
    return false;
}

typedef enum { EVERY_RULE, ALL_BUT_ONE, ONLY_ONE } Which;

/* The tree of `manifest` with its head and those rules; `id` is the one that is meant (NULL: none).
 * *ret_found says whether it is there. */
static VdiJson *revise(GBytes *manifest, Which which, const char *id, int64_t now,
    VdiJson **ret_rules, bool *ret_found, GError **error)
{
    g_autoptr(VdiJson) tree = read_tree(manifest, error);
    VdiJson *old = NULL;

    *ret_found = false;
    if (tree == NULL || !vdi_json_array(tree, "rules", 0, VDI_MANIFEST_MAX_RULES, &old, error)) {
        return NULL;
    }
    VdiJson *copy = copy_head(tree, now, ret_rules);

    for (size_t i = 0; i < vdi_json_length(old); i++) {
        VdiJson *rule = vdi_json_element(old, i);
        bool is_meant = has_id(rule, id);

        *ret_found = *ret_found || is_meant;
        if (which == EVERY_RULE || is_meant == (which == ONLY_ONE)) {
            vdi_json_add_copy(*ret_rules, NULL, rule);
        }
    }
    return copy;
}

GBytes *vdi_revision_all(GBytes *manifest, int64_t now, GError **error)
{
    VdiJson *rules = NULL;
    bool found = false;
    g_autoptr(VdiJson) tree = revise(manifest, EVERY_RULE, NULL, now, &rules, &found, error);

    return tree != NULL ? print_checked(tree, now, error) : NULL;
}

/* "rules[2].when: …" is "when: …", and "rules[2]: …" the rule's own. */
static void shorten_place(GError **error, size_t rule)
{
    g_autofree char *place = g_strdup_printf("rules[%zu]", rule);
    size_t length = strlen(place);

    if (error == NULL || *error == NULL || !g_str_has_prefix((*error)->message, place)) {
        return;
    }
    const char *rest = (*error)->message + length;
    char *shorter = g_strdup(*rest == '.'  ? rest + 1
            : g_str_has_prefix(rest, ": ") ? rest + 2
                                           : rest);

    g_free((*error)->message);
    (*error)->message = shorter;
}

GBytes *vdi_revision_with(GBytes *manifest, VdiJson *rule, int64_t now, GError **error)
{
    g_autofree char *id = NULL;
    VdiJson *rules = NULL;
    bool found = false;

    if (!vdi_json_text(rule, "id", 1, VDI_RULE_ID_MAX, &id, error)) {
        return NULL;
    }
    g_autoptr(VdiJson) tree = revise(manifest, EVERY_RULE, id, now, &rules, &found, error);

    if (tree == NULL
        || (found
            && !refuse_rule(
                id, "the draft has it already; \"remove\" it, or give \"add\" --replace", error))) {
        return NULL;
    }
    vdi_json_add_copy(rules, NULL, rule);
    g_autoptr(GBytes) bytes = print_checked(tree, now, error);

    if (bytes == NULL) {
        shorten_place(error, vdi_json_length(rules) - 1);
    }
    return g_steal_pointer(&bytes);
}

static bool check_found(bool found, const char *id, GError **error)
{
    return found || refuse_rule(id, "the manifest has no such rule", error);
}

GBytes *vdi_revision_without(GBytes *manifest, const char *id, int64_t now, GError **error)
{
    VdiJson *rules = NULL;
    bool found = false;
    g_autoptr(VdiJson) tree = revise(manifest, ALL_BUT_ONE, id, now, &rules, &found, error);

    return tree != NULL && check_found(found, id, error) ? print_checked(tree, now, error) : NULL;
}

GBytes *vdi_revision_only(GBytes *manifest, const char *id, int64_t now, GError **error)
{
    VdiJson *rules = NULL;
    bool found = false;
    g_autoptr(VdiJson) tree = revise(manifest, ONLY_ONE, id, now, &rules, &found, error);

    return tree != NULL && check_found(found, id, error) ? print(tree) : NULL;
}

GBytes *vdi_revision_first(const char *organisation, int64_t now, GError **error)
{
    g_autoptr(VdiJson) tree = vdi_json_new_object();

    vdi_json_add_text(tree, "schema", VDI_MANIFEST_SCHEMA);
    vdi_json_add_text(tree, "id", organisation);
    vdi_json_add_time(tree, "issued", now);
    (void) vdi_json_add_array(tree, "rules");
    return print_checked(tree, now, error);
}
