/* SPDX-License-Identifier: Apache-2.0 */
#include "compat/enforced.h"

#include <string.h>

#include "base/error.h"
#include "base/file.h"
#include "compat/prepared.h"

#define MAGIC "VDIENFO3"
/* Of each organisation: name, compiled manifest, its rules (until when, where in the manifest),
 * then who could make them true: by a package's name, sorted, which of the rules; and those that
 * need not be about packages. */
#define RULES_TYPE "a(xu)"
#define NAMES_TYPE "a(sau)"
#define ORGANISATION_TYPE "(say" RULES_TYPE NAMES_TYPE "au)"
/* floor, never held, organisations */
#define TYPE "(xasa" ORGANISATION_TYPE ")"

/* One "(xu)". */
typedef struct {
    int64_t until;
    uint32_t place;
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

/* Which rules (by their number among those of their organisation) a package's name stands in. */
typedef struct {
    GTree *by_name; /* char * → GArray of uint32_t */
    uint32_t number;
} Index;

static int compare_names(const void *a, const void *b, void *user)
{
    return strcmp(a, b);
}

static void add_name(const char *type, const char *name, void *user)
{
    Index *index = user;
    GArray *numbers = g_tree_lookup(index->by_name, name);

    if (numbers == NULL) {
        numbers = g_array_new(false, false, sizeof(uint32_t));
        g_tree_insert(index->by_name, g_strdup(name), numbers);
    }
    if (numbers->len == 0 || g_array_index(numbers, uint32_t, numbers->len - 1) != index->number) {
        g_array_append_val(numbers, index->number);
    }
}

static GVariant *numbers_variant(const GArray *numbers)
{
    return g_variant_new_fixed_array(
        G_VARIANT_TYPE_UINT32, numbers->data, numbers->len, sizeof(uint32_t));
}

static gboolean write_name(void *name, void *numbers, void *builder)
{
    g_variant_builder_add(builder, "(s@au)", name, numbers_variant(numbers));
    return false;
}

static void write_rules(
    GVariantBuilder *builder, const VdiEnforcedRow *rows, size_t n_rows, Index *index)
{
    g_autoptr(GArray) others = g_array_new(false, false, sizeof(uint32_t));

    g_variant_builder_open(builder, G_VARIANT_TYPE(RULES_TYPE));
    for (size_t i = 0; i < n_rows; i++) {
        index->number = (uint32_t) i;
        g_variant_builder_add(builder, "(xu)", rows[i].until, rows[i].rule->place);
        if (vdi_condition_is_about_packages(rows[i].rule->when)) {
            vdi_condition_visit_packages(rows[i].rule->when, add_name, index);
        } else {
            g_array_append_val(others, index->number);
        }
    }
    g_variant_builder_close(builder);
    g_variant_builder_open(builder, G_VARIANT_TYPE(NAMES_TYPE));
    g_tree_foreach(index->by_name, write_name, builder);
    g_variant_builder_close(builder);
    g_variant_builder_add_value(builder, numbers_variant(others));
}

/* One organisation: the rows from `first` on that are its own. */
static size_t add_organisation(
    GVariantBuilder *builder, const VdiEnforcedRow *rows, size_t n_rows, size_t first)
{
    size_t end = first;
    Index index = {
        .by_name = g_tree_new_full(compare_names, NULL, g_free, (GDestroyNotify) g_array_unref)};

    while (end < n_rows && strcmp(rows[end].organisation, rows[first].organisation) == 0) {
        end++;
    }
    g_variant_builder_open(builder, G_VARIANT_TYPE(ORGANISATION_TYPE));
    g_variant_builder_add(builder, "s", rows[first].organisation);
    g_variant_builder_add_value(
        builder, g_variant_new_from_bytes(G_VARIANT_TYPE("ay"), rows[first].compiled, true));
    write_rules(builder, rows + first, end - first, &index);
    g_variant_builder_close(builder);
    g_tree_unref(index.by_name);
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

/* The rules that `name` stands in; NULL: none. */
static GVariant *find_name(GVariant *names, const char *name)
{
    size_t low = 0, high = g_variant_n_children(names);

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        g_autoptr(GVariant) entry = g_variant_get_child_value(names, middle);
        const char *found = NULL;

        g_variant_get_child(entry, 0, "&s", &found);
        int order = strcmp(name, found);

        if (order == 0) {
            return g_variant_get_child_value(entry, 1);
        }
        low = order > 0 ? middle + 1 : low;
        high = order < 0 ? middle : high;
    }
    return NULL;
}

/* Marks `numbers` (au) among the `n` rules. */
static bool mark(GVariant *numbers, bool *wanted, size_t n)
{
    size_t n_numbers = 0;
    const uint32_t *number = g_variant_get_fixed_array(numbers, &n_numbers, sizeof *number);

    for (size_t i = 0; i < n_numbers; i++) {
        if (number[i] >= n) {
            return false;
        }
        wanted[number[i]] = true;
    }
    return true;
}

/* Those of an organisation's `n` rules that the change could make true. */
static bool mark_concerned(GVariant *organisation, const VdiChange *change, bool *wanted, size_t n)
{
    g_autoptr(GVariant) names = g_variant_get_child_value(organisation, 3);
    g_autoptr(GVariant) others = g_variant_get_child_value(organisation, 4);

    for (size_t i = 0; i < vdi_change_n_items(change); i++) {
        g_autoptr(GVariant) numbers = find_name(names, vdi_change_item(change, i)->name);

        if (numbers != NULL && !mark(numbers, wanted, n)) {
            return false;
        }
    }
    return mark(others, wanted, n);
}

/* Loads the rules at `places` and puts them in force until `untils`. */
static bool put_in_force(VdiEnforced *enforced, GVariant *organisation, const GArray *places,
    const GArray *untils, GError **error)
{
    g_autoptr(GVariant) bytes = g_variant_get_child_value(organisation, 1);
    g_autoptr(GBytes) compiled = g_variant_get_data_as_bytes(bytes);
    VdiManifest *manifest = vdi_manifest_load_some(
        compiled, (const uint32_t *) (const void *) places->data, places->len, error);
    const char *name = NULL;

    if (manifest == NULL) {
        return false;
    }
    g_ptr_array_add(enforced->manifests, manifest);
    g_variant_get_child(organisation, 0, "&s", &name);
    for (size_t i = 0; i < places->len; i++) {
        const VdiRuleInForce in_force = {
            name, vdi_manifest_rule(manifest, i), VDI_EFFECT_BLOCK, NULL};

        g_array_append_val(enforced->rules, in_force);
    }
    g_array_append_vals(enforced->untils, untils->data, untils->len);
    return true;
}

static bool load_organisation(VdiEnforced *enforced, GVariant *organisation,
    const VdiChange *change, int64_t now, GError **error)
{
    g_autoptr(GVariant) rules = g_variant_get_child_value(organisation, 2);
    g_autoptr(GArray) places = g_array_new(false, false, sizeof(uint32_t));
    g_autoptr(GArray) untils = g_array_new(false, false, sizeof(int64_t));
    size_t n = 0;
    const Entry *entries = entries_of(rules, &n);
    g_autofree bool *wanted = g_new0(bool, n + 1);

    if (!mark_concerned(organisation, change, wanted, n)) {
        g_set_error(error, VDI_MANIFEST_ERROR, VDI_MANIFEST_ERROR_COMPILED,
            "an index names a rule that is not there");
        return false;
    }
    for (size_t i = 0; i < n; i++) {
        if (wanted[i] && now < entries[i].until) {
            g_array_append_val(places, entries[i].place);
            g_array_append_val(untils, entries[i].until);
        }
    }
    return places->len == 0 || put_in_force(enforced, organisation, places, untils, error);
}

bool vdi_enforced_load(VdiEnforced *enforced, const VdiChange *change, int64_t now, GError **error)
{
    for (size_t i = 0;
         !is_before_floor(enforced, now) && i < g_variant_n_children(enforced->organisations);
         i++) {
        g_autoptr(GVariant) organisation = g_variant_get_child_value(enforced->organisations, i);

        if (!load_organisation(enforced, organisation, change, now, error)) {
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
