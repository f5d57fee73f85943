/* SPDX-License-Identifier: Apache-2.0 */
#include "base/settings.h"

#include <string.h>

#include "base/error.h"
#include "base/file.h"
#include "base/text.h"

enum { SETTINGS_MAX_BYTES = 1024 * 1024 };

/* What stands in the files, layer by layer; the value in force is found when asked for. */
typedef struct {
    char *site, *person, *command_line;
    bool locked;
    GHashTable *named; /* of a row whose key is ANY: name → Value */
} Value;

#define ANY "*"

struct VdiSettings {
    const VdiSettingRow *rows;
    size_t n_rows;
    Value *values; /* one a row */
};

static void value_clear(Value *value)
{
    g_free(value->site);
    g_free(value->person);
    g_free(value->command_line);
    g_clear_pointer(&value->named, g_hash_table_unref);
}

static void value_free(gpointer data)
{
    value_clear(data);
    g_free(data);
}

void vdi_settings_free(VdiSettings *settings)
{
    if (settings == NULL) {
        return;
    }
    for (size_t i = 0; i < settings->n_rows; i++) {
        value_clear(&settings->values[i]);
    }
    g_free(settings->values);
    g_free(settings);
}

static const VdiSettingRow *find_row(
    const VdiSettings *settings, const char *group, const char *key)
{
    const VdiSettingRow *any = NULL;

    for (size_t i = 0; i < settings->n_rows; i++) {
        const VdiSettingRow *row = &settings->rows[i];

        if (strcmp(row->group, group) == 0 && strcmp(row->key, key) == 0) {
            return row;
        }
        if (strcmp(row->group, group) == 0 && strcmp(row->key, ANY) == 0) {
            any = row;
        }
    }
    return any;
}

/* Where the values of a row's key are kept. */
static Value *slot_of(VdiSettings *settings, const VdiSettingRow *row, const char *key)
{
    Value *value = &settings->values[row - settings->rows];

    if (strcmp(row->key, ANY) != 0) {
        return value;
    }
    if (value->named == NULL) {
        value->named = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, value_free);
    }
    Value *named = g_hash_table_lookup(value->named, key);

    if (named == NULL) {
        named = g_new0(Value, 1);
        g_hash_table_insert(value->named, g_strdup(key), named);
    }
    return named;
}

static bool word_is_known(const char *words, const char *value)
{
    g_auto(GStrv) known = g_strsplit(words, "|", -1);

    return g_strv_contains((const char *const *) known, value);
}

static bool value_is_allowed(const VdiSettingRow *row, const char *value)
{
    uint64_t number = 0;

    switch (row->type) {
    case VDI_SETTING_TEXT:
        return g_utf8_validate(value, -1, NULL);
    case VDI_SETTING_NUMBER:
        return g_ascii_string_to_unsigned(value, 10, row->min, row->max, &number, NULL);
    case VDI_SETTING_WORD:
        return word_is_known(row->words, value);
    case VDI_SETTING_SWITCH:
        return word_is_known("true|false", value);
    }
    return false;
}

static bool fail_key(VdiSettingsError code, const char *where, const char *group, const char *key,
    const char *what, GError **error)
{
    g_autofree char *shown_group = vdi_text_clean(group);
    g_autofree char *shown_key = vdi_text_clean(key);
    g_autofree char *shown_where = vdi_text_clean(where);

    g_set_error(error, VDI_SETTINGS_ERROR, (int) code, "%s: [%s] %s: %s", shown_where, shown_group,
        shown_key, what);
    return false;
}

static bool set(
    char **slot, const VdiSettingRow *row, const char *where, const char *value, GError **error)
{
    if (!value_is_allowed(row, value)) {
        g_autofree char *shown = vdi_text_quote(value);
        g_autofree char *what = row->type == VDI_SETTING_NUMBER
            ? g_strdup_printf("%s is not a whole number from %" G_GUINT64_FORMAT
                              " to %" G_GUINT64_FORMAT,
                shown, row->min, row->max)
            : g_strdup_printf("%s is none of %s", shown,
                row->type == VDI_SETTING_WORD ? row->words : "true|false");

        return fail_key(VDI_SETTINGS_ERROR_KEY, where, row->group, row->key, what, error);
    }
    g_free(*slot);
    *slot = g_strdup(value);
    return true;
}

static bool read_key(VdiSettings *settings, const char *path, bool is_site, const char *group,
    const char *key, const char *text, GError **error)
{
    bool lock = is_site && g_str_has_suffix(key, ".locked");
    g_autofree char *name = g_strndup(key, strlen(key) - (lock ? strlen(".locked") : 0));
    const VdiSettingRow *row = find_row(settings, group, name);

    if (row == NULL) {
        return fail_key(VDI_SETTINGS_ERROR_KEY, path, group, key, "no such setting", error);
    }
    Value *value = slot_of(settings, row, name);

    if (lock) {
        if (!word_is_known("true|false", text)) {
            return fail_key(
                VDI_SETTINGS_ERROR_KEY, path, group, key, "true or false is due", error);
        }
        value->locked = strcmp(text, "true") == 0;
        return true;
    }
    return set(is_site ? &value->site : &value->person, row, path, text, error);
}

static bool read_text(
    VdiSettings *settings, const char *path, bool is_site, GBytes *bytes, GError **error)
{
    g_autoptr(GKeyFile) file = g_key_file_new();
    g_autoptr(GError) local = NULL;
    g_autofree char *text =
        g_strndup(g_bytes_get_data(bytes, NULL) != NULL ? g_bytes_get_data(bytes, NULL) : "",
            g_bytes_get_size(bytes));

    if (!g_key_file_load_from_data(file, text, strlen(text), G_KEY_FILE_NONE, &local)) {
        g_autofree char *shown = vdi_text_clean(local->message);

        g_set_error(error, VDI_SETTINGS_ERROR, VDI_SETTINGS_ERROR_FORMAT, "%s: %s", path, shown);
        return false;
    }
    g_auto(GStrv) groups = g_key_file_get_groups(file, NULL);

    for (size_t i = 0; groups[i] != NULL; i++) {
        g_auto(GStrv) keys = g_key_file_get_keys(file, groups[i], NULL, NULL);

        for (size_t k = 0; keys[k] != NULL; k++) {
            g_autofree char *value = g_key_file_get_value(file, groups[i], keys[k], NULL);

            if (!read_key(settings, path, is_site, groups[i], keys[k], value, error)) {
                return false;
            }
        }
    }
    return true;
}

static bool read_file(
    VdiSettings *settings, const VdiPaths *paths, const char *path, bool is_site, GError **error)
{
    g_autoptr(GError) local = NULL;
    g_autoptr(GBytes) bytes = is_site && !paths->is_personal
        ? vdi_file_read_trusted(paths->root, path, SETTINGS_MAX_BYTES, &local)
        : vdi_file_read(path, SETTINGS_MAX_BYTES, &local);

    if (g_error_matches(local, VDI_FILE_ERROR, VDI_FILE_ERROR_ABSENT)) {
        return true;
    }
    if (bytes == NULL) {
        g_propagate_error(error, g_steal_pointer(&local));
        return false;
    }
    return read_text(settings, path, is_site, bytes, error);
}

/* What organisations bring, below what an administrator says: vdi.conf in CONFIG/orgs/NAME. */
static bool read_organisations(
    VdiSettings *settings, const VdiPaths *paths, const char *file, GError **error)
{
    g_autofree char *folder = g_build_filename(paths->config, "orgs", NULL);
    g_auto(GStrv) names = vdi_file_list(folder);

    for (size_t i = 0; names[i] != NULL; i++) {
        g_autofree char *path = g_build_filename(folder, names[i], file, NULL);

        if (vdi_text_is_name(names[i]) && !read_file(settings, paths, path, true, error)) {
            return false;
        }
    }
    return true;
}

static bool read_drop_ins(VdiSettings *settings, const VdiPaths *paths, GError **error)
{
    g_autofree char *folder = g_build_filename(paths->config, "conf.d", NULL);
    g_auto(GStrv) names = vdi_file_list(folder);

    for (size_t i = 0; names[i] != NULL; i++) {
        g_autofree char *path = g_build_filename(folder, names[i], NULL);

        if (g_str_has_suffix(names[i], ".conf") && !read_file(settings, paths, path, true, error)) {
            return false;
        }
    }
    return true;
}

static VdiSettings *new_settings(const VdiSettingRow *rows)
{
    VdiSettings *settings = g_new0(VdiSettings, 1);

    settings->rows = rows;
    while (rows[settings->n_rows].key != NULL) {
        settings->n_rows++;
    }
    settings->values = g_new0(Value, settings->n_rows);
    return settings;
}

VdiSettings *vdi_settings_read_file(const char *path, const VdiSettingRow *rows, GError **error)
{
    g_autoptr(VdiSettings) settings = new_settings(rows);
    g_autoptr(GBytes) bytes =
        path != NULL ? vdi_file_read(path, SETTINGS_MAX_BYTES, error) : g_bytes_new(NULL, 0);

    return bytes != NULL && read_text(settings, path, true, bytes, error)
        ? g_steal_pointer(&settings)
        : NULL;
}

VdiSettings *vdi_settings_read(const VdiPaths *paths, const char *name, const VdiSettingRow *rows,
    bool ignore_person, GError **error)
{
    g_autoptr(VdiSettings) settings = new_settings(rows);
    g_autofree char *file = g_strconcat(name, ".conf", NULL);
    g_autofree char *main_path = g_build_filename(paths->config, file, NULL);
    g_autofree char *person = g_build_filename(g_get_user_config_dir(), "vdi", file, NULL);
    bool is_clients = strcmp(name, "vdi") == 0;

    if ((is_clients && !read_organisations(settings, paths, file, error))
        || (!paths->is_personal && !read_file(settings, paths, main_path, true, error))
        || (is_clients && !paths->is_personal && !read_drop_ins(settings, paths, error))
        || (!ignore_person && !read_file(settings, paths, person, false, error))) {
        return NULL;
    }
    return g_steal_pointer(&settings);
}

static const Value *value_of(
    const VdiSettings *settings, const char *group, const char *key, const VdiSettingRow **ret_row)
{
    static const Value nothing = {0};

    *ret_row = find_row(settings, group, key);
    g_assert(*ret_row != NULL);
    const Value *value = &settings->values[*ret_row - settings->rows];

    if (strcmp((*ret_row)->key, ANY) != 0) {
        return value;
    }
    value = value->named != NULL ? g_hash_table_lookup(value->named, key) : NULL;
    return value != NULL ? value : &nothing;
}

bool vdi_settings_override(
    VdiSettings *settings, const char *group, const char *key, const char *text, GError **error)
{
    const VdiSettingRow *row = NULL;
    const Value *value = value_of(settings, group, key, &row);

    if (value->locked && g_strcmp0(value->site, text) != 0) {
        return fail_key(VDI_SETTINGS_ERROR_LOCKED, "command line", group, key,
            "the site has set and locked it", error);
    }
    return set(&slot_of(settings, row, key)->command_line, row, "command line", text, error);
}

const char *vdi_settings_text(const VdiSettings *settings, const char *group, const char *key)
{
    const VdiSettingRow *row = NULL;
    const Value *value = value_of(settings, group, key, &row);

    if (value->locked) {
        return value->site != NULL ? value->site : row->built_in;
    }
    if (value->command_line != NULL) {
        return value->command_line;
    }
    if (value->person != NULL) {
        return value->person;
    }
    return value->site != NULL ? value->site : row->built_in;
}

static int by_name(gconstpointer a, gconstpointer b)
{
    return strcmp(*(char *const *) a, *(char *const *) b);
}

GStrv vdi_settings_names(const VdiSettings *settings, const char *group)
{
    const VdiSettingRow *row = find_row(settings, group, ANY);
    GPtrArray *names = g_ptr_array_new();
    GHashTableIter iter;
    gpointer name = NULL;

    g_assert(row != NULL);
    GHashTable *named = settings->values[row - settings->rows].named;

    if (named != NULL) {
        g_hash_table_iter_init(&iter, named);
        while (g_hash_table_iter_next(&iter, &name, NULL)) {
            if (vdi_settings_text(settings, group, name) != NULL) {
                g_ptr_array_add(names, g_strdup(name));
            }
        }
    }
    g_ptr_array_sort(names, by_name);
    g_ptr_array_add(names, NULL);
    return (GStrv) g_ptr_array_free(names, false);
}

uint64_t vdi_settings_number(const VdiSettings *settings, const char *group, const char *key)
{
    const VdiSettingRow *row = NULL;
    uint64_t number = 0;

    (void) value_of(settings, group, key, &row);
    g_assert(row->type == VDI_SETTING_NUMBER && row->built_in != NULL);
    /* Checked when it was read; the built-in value by the tests. */
    g_assert(g_ascii_string_to_unsigned(
        vdi_settings_text(settings, group, key), 10, row->min, row->max, &number, NULL));
    return number;
}

bool vdi_settings_switch(const VdiSettings *settings, const char *group, const char *key)
{
    return g_strcmp0(vdi_settings_text(settings, group, key), "true") == 0;
}

bool vdi_settings_is_locked(const VdiSettings *settings, const char *group, const char *key)
{
    const VdiSettingRow *row = NULL;

    return value_of(settings, group, key, &row)->locked;
}
