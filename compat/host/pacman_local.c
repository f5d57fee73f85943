/* SPDX-License-Identifier: Apache-2.0 */
#include "compat/host/pacman_local.h"

#include <string.h>

#include "base/error.h"
#include "base/file.h"
#include "base/text.h"
#include "compat/host/package_type.h"

/* What is wanted of a desc: the line after "%NAME%" and so on. */
typedef struct {
    char *name, *version, *arch;
} Entry;

static void entry_free(gpointer data)
{
    Entry *entry = data;

    g_free(entry->name);
    g_free(entry->version);
    g_free(entry->arch);
    g_free(entry);
}

static bool fail(const char *path, const char *what, GError **error)
{
    g_set_error(error, VDI_HOST_ERROR, VDI_HOST_ERROR_DATABASE, "%s: %s", path, what);
    return false;
}

static char **field_of(Entry *entry, const char *line)
{
    const struct {
        const char *title;
        char **field;
    } fields[] = {
        {"%NAME%", &entry->name},
        {"%VERSION%", &entry->version},
        {"%ARCH%", &entry->arch},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(fields); i++) {
        if (strcmp(line, fields[i].title) == 0) {
            return fields[i].field;
        }
    }
    return NULL;
}

/* Titles in percent signs, each followed by its lines and by an empty one, the last as well: what
 * is cut off does not end so. */
static bool parse_desc(const char *path, const char *text, Entry *entry, GError **error)
{
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);

    if (!g_str_has_suffix(text, "\n\n")) {
        return fail(path, "the file is cut off", error);
    }
    for (size_t i = 0; lines[i] != NULL && lines[i + 1] != NULL; i++) {
        char **field = field_of(entry, lines[i]);

        if (field != NULL && *field != NULL) {
            return fail(path, "a field twice", error);
        }
        if (field != NULL) {
            *field = g_strdup(lines[i + 1]);
        }
    }
    if (entry->name == NULL || !vdi_package_type_is_name(entry->name) || entry->version == NULL
        || !vdi_package_type_is_version(entry->version)
        || (entry->arch != NULL && !vdi_package_type_is_name(entry->arch))) {
        return fail(path, "no package's name and version stand there", error);
    }
    return true;
}

static Entry *read_entry(const char *folder, const char *name, GError **error)
{
    g_autofree char *path = g_build_filename(folder, name, "desc", NULL);
    g_autoptr(GError) local = NULL;
    g_autoptr(GBytes) bytes = vdi_file_read(path, VDI_PACMAN_DESC_MAX_BYTES, &local);
    Entry *entry = g_new0(Entry, 1);

    if (bytes == NULL) {
        entry_free(entry);
        g_set_error(error, VDI_HOST_ERROR, VDI_HOST_ERROR_DATABASE, "%s", local->message);
        return NULL;
    }
    size_t size = 0;
    const char *data = g_bytes_get_data(bytes, &size);
    g_autofree char *text = g_strndup(data != NULL ? data : "", size);
    bool good = parse_desc(path, text, entry, error);
    g_autofree char *expected =
        good ? g_strconcat(entry->name, "-", entry->version, NULL) : g_strdup("");

    if (good && strcmp(expected, name) != 0) {
        good = fail(path, "it is of another package than its folder says", error);
    }
    if (!good) {
        g_clear_pointer(&entry, entry_free);
    }
    return entry;
}

/* True while pacman may be changing the list. */
static bool is_locked(const char *folder, GError **error)
{
    g_autofree char *lock = g_build_filename(folder, "db.lck", NULL);

    return g_file_test(lock, G_FILE_TEST_EXISTS)
        && !fail(lock, "pacman is at work, or was killed at it; its list is in motion", error);
}

static bool read_entries(const char *folder, char *const *names, GPtrArray *entries, GError **error)
{
    for (size_t i = 0; names[i] != NULL; i++) {
        g_autofree char *inner = g_build_filename(folder, names[i], NULL);

        if (!g_file_test(inner, G_FILE_TEST_IS_DIR)) {
            continue; /* ALPM_DB_VERSION */
        }
        Entry *entry = read_entry(folder, names[i], error);

        if (entry == NULL) {
            return false;
        }
        g_ptr_array_add(entries, entry);
    }
    if (entries->len == 0 || entries->len > VDI_PACMAN_PACKAGES_MAX) {
        return fail(
            folder, entries->len == 0 ? "no package is installed" : "more than allowed", error);
    }
    return true;
}

static GStrv list_names(const char *list, GError **error)
{
    g_autoptr(GError) local = NULL;
    GStrv names = vdi_file_names(list, &local);

    if (names == NULL) {
        g_set_error(error, VDI_HOST_ERROR, VDI_HOST_ERROR_DATABASE, "%s", local->message);
    }
    return names;
}

bool vdi_pacman_local_read(
    const char *folder, const char *namespace, VdiFacts *facts, GError **error)
{
    g_autofree char *list = g_build_filename(folder, "local", NULL);
    g_autoptr(GPtrArray) entries = g_ptr_array_new_with_free_func(entry_free);

    if (is_locked(folder, error)) {
        return false;
    }
    g_auto(GStrv) names = list_names(list, error);

    if (names == NULL || !read_entries(list, names, entries, error)) {
        return false;
    }
    /* Who began and ended meanwhile left other names behind. */
    g_auto(GStrv) again = list_names(list, error);

    if (again == NULL || is_locked(folder, error)) {
        return false;
    }
    if (!g_strv_equal((const char *const *) names, (const char *const *) again)) {
        return fail(list, "the list changed while it was read", error);
    }
    for (guint i = 0; i < entries->len; i++) {
        const Entry *entry = entries->pdata[i];

        (void) vdi_package_type_add(
            facts, "alpm", namespace, entry->name, entry->version, entry->arch);
    }
    vdi_facts_set_packages_known(facts);
    return true;
}
