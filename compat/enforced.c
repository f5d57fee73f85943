/* SPDX-License-Identifier: Apache-2.0 */
#include "compat/enforced.h"

#include <string.h>

#include "base/error.h"
#include "base/file.h"
#include "compat/prepared.h"

#define MAGIC "VDIENFO1"
/* floor, never held, of each organisation: name, compiled manifest, rules with their ends */
#define TYPE "(xasa(saya(sx)))"
#define ORGANISATION_TYPE "(saya(sx))"

struct VdiEnforced {
    GVariant *file;       /* texts are borrowed from it */
    GPtrArray *manifests; /* of VdiManifest */
    GArray *rules;        /* of VdiRuleInForce */
    GArray *untils;       /* of int64_t */
    const char **never;   /* NULL-terminated; the texts are the file's */
};

static char *file_path(const VdiPaths *paths)
{
    return g_build_filename(paths->state, "enforced.rules", NULL);
}

/* One organisation: the rows from `first` on that are its own. */
static size_t add_organisation(
    GVariantBuilder *builder, const VdiEnforcedRow *rows, size_t n_rows, size_t first)
{
    size_t end = first;

    g_variant_builder_open(builder, G_VARIANT_TYPE(ORGANISATION_TYPE));
    g_variant_builder_add(builder, "s", rows[first].organisation);
    g_variant_builder_add_value(
        builder, g_variant_new_from_bytes(G_VARIANT_TYPE("ay"), rows[first].compiled, true));
    g_variant_builder_open(builder, G_VARIANT_TYPE("a(sx)"));
    while (end < n_rows && strcmp(rows[end].organisation, rows[first].organisation) == 0) {
        g_variant_builder_add(builder, "(sx)", rows[end].rule, rows[end].until);
        end++;
    }
    g_variant_builder_close(builder);
    g_variant_builder_close(builder);
    return end;
}

GBytes *vdi_enforced_print(
    const VdiEnforcedRow *rows, size_t n_rows, int64_t floor, const char *const *never)
{
    GVariantBuilder builder;

    g_variant_builder_init(&builder, G_VARIANT_TYPE(TYPE));
    g_variant_builder_add(&builder, "x", floor);
    g_variant_builder_add(&builder, "^as", never);
    g_variant_builder_open(&builder, G_VARIANT_TYPE("a" ORGANISATION_TYPE));
    for (size_t i = 0; i < n_rows;) {
        i = add_organisation(&builder, rows, n_rows, i);
    }
    g_variant_builder_close(&builder);
    return vdi_prepared_wrap(MAGIC, g_variant_builder_end(&builder));
}

bool vdi_enforced_write(const VdiPaths *paths, GBytes *file, GError **error)
{
    g_autofree char *path = file_path(paths);

    return vdi_file_write(path, file, 0644, error);
}

void vdi_enforced_free(VdiEnforced *enforced)
{
    if (enforced != NULL) {
        g_clear_pointer(&enforced->rules, g_array_unref);
        g_clear_pointer(&enforced->untils, g_array_unref);
        g_clear_pointer(&enforced->manifests, g_ptr_array_unref);
        g_free(enforced->never);
        g_clear_pointer(&enforced->file, g_variant_unref);
        g_free(enforced);
    }
}

/* `rules`: a(sx) */
static bool take_rules(VdiEnforced *enforced, const char *organisation, const VdiManifest *manifest,
    GVariant *rules, int64_t now, GError **error)
{
    size_t n_rules = g_variant_n_children(rules);

    for (size_t i = 0; i < n_rules; i++) {
        const char *id = NULL;
        int64_t until = 0;

        g_variant_get_child(rules, i, "(&sx)", &id, &until);
        const VdiRule *rule = vdi_manifest_find(manifest, id);

        if (rule == NULL) {
            g_set_error(error, VDI_MANIFEST_ERROR, VDI_MANIFEST_ERROR_COMPILED,
                "a rule that its manifest does not have");
            return false;
        }
        if (now < until && rule->unreadable == NULL) {
            const VdiRuleInForce in_force = {organisation, rule, VDI_EFFECT_BLOCK, NULL};

            g_array_append_val(enforced->rules, in_force);
            g_array_append_val(enforced->untils, until);
        }
    }
    return true;
}

static bool take_organisation(VdiEnforced *enforced, GVariant *value, int64_t now, GError **error)
{
    g_autoptr(GVariant) bytes = g_variant_get_child_value(value, 1);
    g_autoptr(GVariant) rules = g_variant_get_child_value(value, 2);
    g_autoptr(GBytes) compiled = g_variant_get_data_as_bytes(bytes);
    VdiManifest *manifest = vdi_manifest_load(compiled, error);
    const char *organisation = NULL;

    if (manifest == NULL) {
        return false;
    }
    g_ptr_array_add(enforced->manifests, manifest);
    g_variant_get_child(value, 0, "&s", &organisation);
    return take_rules(enforced, organisation, manifest, rules, now, error);
}

static bool take(VdiEnforced *enforced, int64_t now, GError **error)
{
    g_autoptr(GVariant) never = g_variant_get_child_value(enforced->file, 1);
    g_autoptr(GVariant) organisations = g_variant_get_child_value(enforced->file, 2);
    int64_t floor = 0;

    g_variant_get_child(enforced->file, 0, "x", &floor);
    enforced->never = g_variant_get_strv(never, NULL);
    for (size_t i = 0; now >= floor && i < g_variant_n_children(organisations); i++) {
        g_autoptr(GVariant) organisation = g_variant_get_child_value(organisations, i);

        if (!take_organisation(enforced, organisation, now, error)) {
            return false;
        }
    }
    return true;
}

VdiEnforced *vdi_enforced_read(const VdiPaths *paths, int64_t now, GError **error)
{
    g_autofree char *path = file_path(paths);
    g_autoptr(GBytes) bytes =
        vdi_file_read_trusted(paths->root, path, VDI_PREPARED_MAX_BYTES, error);
    g_autoptr(VdiEnforced) enforced = g_new0(VdiEnforced, 1);

    enforced->file = bytes != NULL ? vdi_prepared_unwrap(bytes, MAGIC, TYPE, error) : NULL;
    if (enforced->file == NULL) {
        return NULL;
    }
    enforced->manifests = g_ptr_array_new_with_free_func((GDestroyNotify) vdi_manifest_free);
    enforced->rules = g_array_new(false, false, sizeof(VdiRuleInForce));
    enforced->untils = g_array_new(false, false, sizeof(int64_t));
    return take(enforced, now, error) ? g_steal_pointer(&enforced) : NULL;
}

const VdiRuleInForce *vdi_enforced_rules(const VdiEnforced *enforced, size_t *ret_n_rules)
{
    *ret_n_rules = enforced->rules->len;
    return (const VdiRuleInForce *) (const void *) enforced->rules->data;
}

int64_t vdi_enforced_until(const VdiEnforced *enforced, size_t i)
{
    return g_array_index(enforced->untils, int64_t, i);
}

bool vdi_enforced_is_never_held(const VdiEnforced *enforced, const char *package)
{
    for (size_t i = 0; enforced->never[i] != NULL; i++) {
        if (g_pattern_match_simple(enforced->never[i], package)) {
            return true;
        }
    }
    return false;
}
