/* SPDX-License-Identifier: Apache-2.0 */
#include "compat/manifest/draft.h"

#include <string.h>

#include "base/error.h"
#include "base/file.h"
#include "base/text.h"
#include "compat/rules/lint.h"

static char *draft_path(const char *folder)
{
    return g_build_filename(folder, "compat.json", NULL);
}

static GBytes *read_bytes(const char *folder, GError **error)
{
    g_autofree char *path = draft_path(folder);

    return vdi_file_read(path, VDI_MANIFEST_MAX_BYTES, error);
}

/* A tree is costly for a large manifest; an author's machine can afford one. */
static VdiJson *read_tree(const char *folder, GError **error)
{
    g_autoptr(GBytes) bytes = read_bytes(folder, error);

    return bytes != NULL ? vdi_json_parse(bytes, VDI_MANIFEST_MAX_BYTES, error) : NULL;
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

static GBytes *print(VdiJson *tree, int64_t now, GError **error)
{
    char *text = vdi_json_print_pretty(tree);
    g_autoptr(GBytes) bytes = g_bytes_new_take(text, strlen(text));
    g_autoptr(VdiManifest) read = vdi_manifest_parse(bytes, VDI_MANIFEST_AUTHOR, error);

    return read != NULL && check_lint(read, now, error) ? g_steal_pointer(&bytes) : NULL;
}

static bool write_tree(const char *folder, VdiJson *tree, int64_t now, GError **error)
{
    g_autofree char *path = draft_path(folder);
    g_autoptr(GBytes) bytes = print(tree, now, error);

    return bytes != NULL && vdi_file_write(path, bytes, 0644, error);
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

    return vdi_json_text(rule, "id", 1, VDI_RULE_ID_MAX, &own, NULL) && g_str_equal(own, id);
}

static bool refuse_rule(const char *id, const char *what, GError **error)
{
    g_autofree char *shown = vdi_text_quote(id);

    g_set_error(error, VDI_TRUST_ERROR, VDI_TRUST_ERROR_REFUSED, "rule %s: %s", shown, what);
    return false;
}

bool vdi_draft_create(const char *folder, const char *id, int64_t now, GError **error)
{
    g_autofree char *path = draft_path(folder);
    g_autoptr(VdiJson) tree = vdi_json_new_object();

    vdi_json_add_text(tree, "schema", VDI_MANIFEST_SCHEMA);
    vdi_json_add_text(tree, "id", id);
    vdi_json_add_time(tree, "issued", now);
    (void) vdi_json_add_array(tree, "rules");
    g_autoptr(GBytes) bytes = print(tree, now, error);

    return bytes != NULL && vdi_file_create(path, bytes, 0644, error);
}

/* All rules of `tree` but the one of that id (NULL: all). True when it was there. */
static bool copy_rules(VdiJson *tree, VdiJson *rules, const char *without)
{
    VdiJson *old = NULL;
    bool found = false;

    if (!vdi_json_array(tree, "rules", 0, VDI_MANIFEST_MAX_RULES, &old, NULL)) {
        return false;
    }
    for (size_t i = 0; i < vdi_json_length(old); i++) {
        VdiJson *rule = vdi_json_element(old, i);

        if (without != NULL && has_id(rule, without)) {
            found = true;
        } else {
            vdi_json_add_copy(rules, NULL, rule);
        }
    }
    return found;
}

bool vdi_draft_add(const char *folder, VdiJson *rule, int64_t now, GError **error)
{
    g_autoptr(VdiManifest) manifest = vdi_draft_read(folder, error);
    g_autoptr(VdiJson) tree = manifest != NULL ? read_tree(folder, error) : NULL;
    g_autofree char *id = NULL;
    VdiJson *rules = NULL;

    if (tree == NULL || !vdi_json_text(rule, "id", 1, VDI_RULE_ID_MAX, &id, error)) {
        return false;
    }
    if (vdi_manifest_find(manifest, id) != NULL) {
        return refuse_rule(id, "the manifest has it already; remove it first", error);
    }
    g_autoptr(VdiJson) copy = copy_head(tree, now, &rules);

    (void) copy_rules(tree, rules, NULL);
    vdi_json_add_copy(rules, NULL, rule);
    return write_tree(folder, copy, now, error);
}

bool vdi_draft_remove(const char *folder, const char *id, int64_t now, GError **error)
{
    g_autoptr(VdiJson) tree = read_tree(folder, error);
    VdiJson *rules = NULL;

    if (tree == NULL) {
        return false;
    }
    g_autoptr(VdiJson) copy = copy_head(tree, now, &rules);

    if (!copy_rules(tree, rules, id)) {
        return refuse_rule(id, "the manifest has no such rule", error);
    }
    return write_tree(folder, copy, now, error);
}

VdiManifest *vdi_draft_read(const char *folder, GError **error)
{
    g_autoptr(GBytes) bytes = read_bytes(folder, error);

    return bytes != NULL ? vdi_manifest_parse(bytes, VDI_MANIFEST_AUTHOR, error) : NULL;
}

GBytes *vdi_draft_issue(const char *folder, int64_t now, GError **error)
{
    g_autoptr(VdiManifest) manifest = vdi_draft_read(folder, error);
    g_autoptr(VdiJson) tree = manifest != NULL ? read_tree(folder, error) : NULL;
    VdiJson *rules = NULL;

    if (tree == NULL) {
        return NULL;
    }
    g_autoptr(VdiJson) copy = copy_head(tree, now, &rules);

    (void) copy_rules(tree, rules, NULL);
    return write_tree(folder, copy, now, error) ? read_bytes(folder, error) : NULL;
}
