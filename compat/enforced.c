/* SPDX-License-Identifier: Apache-2.0 */
#include "compat/enforced.h"

#include <string.h>

#include "base/error.h"
#include "base/file.h"
#include "compat/prepared.h"

#define MAGIC "VDIENFO3"
/* Of each organisation: name, compiled manifest, its rules (until when, which in the manifest). */
#define RULES_TYPE "a(xu)"
#define ORGANISATION_TYPE "(say" RULES_TYPE ")"
/* floor, never held, organisations */
#define TYPE "(xasa" ORGANISATION_TYPE ")"

/* One "(xu)". */
typedef struct {
    int64_t until;
    uint32_t number;
    uint32_t padding;
} Entry;
G_STATIC_ASSERT(sizeof(Entry) == 16);

struct VdiEnforced {
    GVariant *file; /* texts are borrowed from it */
    GVariant *organisations;
    GPtrArray *manifests; /* of VdiManifest */
    GArray *rules;        /* of VdiRuleInForce */
    GArray *untils;       /* of int64_t */
    const char **never;   /* NULL-terminated; the texts are the file's */
};

static char *file_path(const VdiPaths *paths)
{
    return g_build_filename(paths->state, "enforced.rules", NULL);
}

/* ---- writing ---- */

/* One organisation: the rows from `first` on that are its own. */
static size_t add_organisation(
    GVariantBuilder *builder, const VdiEnforcedRow *rows, size_t n_rows, size_t first)
{
    size_t i = first;

    g_variant_builder_open(builder, G_VARIANT_TYPE(ORGANISATION_TYPE));
    g_variant_builder_add(builder, "s", rows[first].organisation);
    g_variant_builder_add_value(
        builder, g_variant_new_from_bytes(G_VARIANT_TYPE("ay"), rows[first].compiled, true));
    g_variant_builder_open(builder, G_VARIANT_TYPE(RULES_TYPE));
    for (; i < n_rows && strcmp(rows[i].organisation, rows[first].organisation) == 0; i++) {
        g_variant_builder_add(builder, "(xu)", rows[i].until, (uint32_t) rows[i].rule->number);
    }
    g_variant_builder_close(builder);
    g_variant_builder_close(builder);
    return i;
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
        g_clear_pointer(&enforced->organisations, g_variant_unref);
        g_clear_pointer(&enforced->file, g_variant_unref);
        g_free(enforced);
    }
}

/* ---- reading ---- */

VdiEnforced *vdi_enforced_read(const VdiPaths *paths, GError **error)
{
    g_autofree char *path = file_path(paths);
    g_autoptr(GBytes) bytes =
        vdi_file_read_trusted(paths->root, path, VDI_PREPARED_MAX_BYTES, error);
    g_autoptr(VdiEnforced) enforced = g_new0(VdiEnforced, 1);

    enforced->file = bytes != NULL ? vdi_prepared_unwrap(bytes, MAGIC, TYPE, error) : NULL;
    if (enforced->file == NULL) {
        return NULL;
    }
    g_autoptr(GVariant) never = g_variant_get_child_value(enforced->file, 1);

    enforced->never = g_variant_get_strv(never, NULL);
    enforced->organisations = g_variant_get_child_value(enforced->file, 2);
    enforced->manifests = g_ptr_array_new_with_free_func((GDestroyNotify) vdi_manifest_free);
    enforced->rules = g_array_new(false, false, sizeof(VdiRuleInForce));
    enforced->untils = g_array_new(false, false, sizeof(int64_t));
    return g_steal_pointer(&enforced);
}

bool vdi_enforced_drop(const VdiPaths *paths, const char *organisation, GError **error)
{
    g_autofree char *path = file_path(paths);
    g_autoptr(VdiEnforced) enforced = vdi_enforced_read(paths, NULL);
    GVariantBuilder builder;
    bool is_there = false;

    /* What cannot be read enforces nothing, and is no loss. */
    if (enforced == NULL) {
        return vdi_file_remove(path, error);
    }
    g_variant_builder_init(&builder, G_VARIANT_TYPE(TYPE));
    for (size_t i = 0; i < 2; i++) {
        g_autoptr(GVariant) child = g_variant_get_child_value(enforced->file, i);

        g_variant_builder_add_value(&builder, child);
    }
    g_variant_builder_open(&builder, G_VARIANT_TYPE("a" ORGANISATION_TYPE));
    for (size_t i = 0; i < g_variant_n_children(enforced->organisations); i++) {
        g_autoptr(GVariant) one = g_variant_get_child_value(enforced->organisations, i);
        const char *name = NULL;

        g_variant_get_child(one, 0, "&s", &name);
        if (strcmp(name, organisation) == 0) {
            is_there = true;
        } else {
            g_variant_builder_add_value(&builder, one);
        }
    }
    g_variant_builder_close(&builder);
    g_autoptr(GBytes) file = vdi_prepared_wrap(MAGIC, g_variant_builder_end(&builder));

    return !is_there || vdi_enforced_write(paths, file, error);
}

static bool is_before_floor(const VdiEnforced *enforced, int64_t now)
{
    int64_t floor = 0;

    g_variant_get_child(enforced->file, 0, "x", &floor);
    return now < floor;
}

static const Entry *entries_of(GVariant *rules, size_t *ret_n)
{
    return g_variant_get_fixed_array(rules, ret_n, sizeof(Entry));
}

bool vdi_enforced_is_any(const VdiEnforced *enforced, int64_t now)
{
    for (size_t i = 0;
         !is_before_floor(enforced, now) && i < g_variant_n_children(enforced->organisations);
         i++) {
        g_autoptr(GVariant) organisation = g_variant_get_child_value(enforced->organisations, i);
        g_autoptr(GVariant) rules = g_variant_get_child_value(organisation, 2);
        size_t n = 0;
        const Entry *entries = entries_of(rules, &n);

        for (size_t k = 0; k < n; k++) {
            if (now < entries[k].until) {
                return true;
            }
        }
    }
    return false;
}

/* ---- which rules the change could make true ---- */

typedef struct {
    GHashTable *names; /* of const char *: the change's packages */
    bool is_named;
} Concern;

static void look_for_name(const char *type, const char *name, void *user)
{
    Concern *concern = user;

    concern->is_named = concern->is_named || g_hash_table_contains(concern->names, name);
}

/* What is about more than packages may be made true by anything. */
static bool could_change(const VdiCondition *when, const void *user)
{
    Concern concern = {(GHashTable *) user, !vdi_condition_is_about_packages(when)};

    vdi_condition_visit_packages(when, look_for_name, &concern);
    return concern.is_named;
}

static bool load_organisation(
    VdiEnforced *enforced, GVariant *organisation, GHashTable *names, int64_t now, GError **error)
{
    g_autoptr(GVariant) bytes = g_variant_get_child_value(organisation, 1);
    g_autoptr(GVariant) rules = g_variant_get_child_value(organisation, 2);
    g_autoptr(GBytes) compiled = g_variant_get_data_as_bytes(bytes);
    VdiManifest *manifest = vdi_manifest_load(compiled, error);
    const char *name = NULL;
    size_t n = 0;
    const Entry *entries = entries_of(rules, &n);

    if (manifest == NULL) {
        return false;
    }
    g_ptr_array_add(enforced->manifests, manifest);
    g_variant_get_child(organisation, 0, "&s", &name);
    for (size_t i = 0; i < n; i++) {
        if (entries[i].number >= vdi_manifest_n_rules(manifest)) {
            g_set_error(error, VDI_MANIFEST_ERROR, VDI_MANIFEST_ERROR_COMPILED,
                "a rule is enforced that is not there");
            return false;
        }
        if (now < entries[i].until
            && vdi_manifest_passes(manifest, entries[i].number, could_change, names)) {
            const VdiRuleInForce in_force = {
                name, vdi_manifest_rule(manifest, entries[i].number), VDI_EFFECT_BLOCK, NULL};

            g_array_append_val(enforced->rules, in_force);
            g_array_append_val(enforced->untils, entries[i].until);
        }
    }
    return true;
}

bool vdi_enforced_load(VdiEnforced *enforced, const VdiChange *change, int64_t now, GError **error)
{
    g_autoptr(GHashTable) names = g_hash_table_new(g_str_hash, g_str_equal);

    for (size_t i = 0; i < vdi_change_n_items(change); i++) {
        g_hash_table_add(names, vdi_change_item(change, i)->name);
    }
    for (size_t i = 0;
         !is_before_floor(enforced, now) && i < g_variant_n_children(enforced->organisations);
         i++) {
        g_autoptr(GVariant) organisation = g_variant_get_child_value(enforced->organisations, i);

        if (!load_organisation(enforced, organisation, names, now, error)) {
            return false;
        }
    }
    return true;
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
