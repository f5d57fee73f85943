/* SPDX-License-Identifier: Apache-2.0 */
#include "compat/host/libraries.h"

#include <string.h>

#include "base/file.h"
#include "compat/host/needed.h"
#include "config.h"

enum { LIBRARIES_MAX = 2000 };

#define CACHE_MAX_BYTES ((size_t) 8 * 1024 * 1024)
#define CACHE_MAGIC "glibc-ld.so.cache1.1"

/* ---- ld.so.cache, as ldconfig writes it since glibc 2.2 (dl-cache.h) ---- */

typedef struct {
    char magic[20];
    uint32_t n_entries, n_string_bytes;
    uint32_t others[5];
} CacheHeader;
G_STATIC_ASSERT(sizeof(CacheHeader) == 48);

typedef struct {
    int32_t flags;
    uint32_t name, path; /* offsets from the header */
    uint32_t others[3];
} CacheEntry;
G_STATIC_ASSERT(sizeof(CacheEntry) == 24);

/* One file that is loaded. */
typedef struct {
    char *name; /* its soname, as it was asked for; NULL: the program itself */
    char *path;
    VdiNeeded needed;
} File;

typedef struct {
    const char *root;
    GBytes *cache; /* NULL: there is none */
    size_t n_entries;
    GHashTable *in_cache; /* soname → its first entry's number; those of one name are neighbours */
    uint16_t machine;
    GHashTable *seen; /* sonames */
    GPtrArray *files; /* of File, in the order in which they were found */
} Search;

static const char *const origins[] = {"$ORIGIN", "${ORIGIN}"};

static void file_free(void *data)
{
    File *file = data;

    g_free(file->name);
    g_free(file->path);
    vdi_needed_clear(&file->needed);
    g_free(file);
}

static CacheEntry cache_entry(const Search *search, size_t i)
{
    const char *data = g_bytes_get_data(search->cache, NULL);
    CacheEntry entry;

    memcpy(&entry, data + sizeof(CacheHeader) + i * sizeof entry, sizeof entry);
    return entry;
}

/* A text with its end within the file; else "". */
static const char *cache_text(const Search *search, uint32_t offset)
{
    size_t size = 0;
    const char *data = g_bytes_get_data(search->cache, &size);

    return offset < size && memchr(data + offset, '\0', size - offset) != NULL ? data + offset : "";
}

static void read_cache(Search *search)
{
    g_autofree char *path = g_strconcat(search->root, "/etc/ld.so.cache", NULL);
    size_t size = 0;
    CacheHeader header;

    search->cache = vdi_file_read(path, CACHE_MAX_BYTES, NULL);
    const char *data = search->cache != NULL ? g_bytes_get_data(search->cache, &size) : NULL;

    if (size < sizeof header) {
        return;
    }
    memcpy(&header, data, sizeof header);
    if (memcmp(header.magic, CACHE_MAGIC, sizeof header.magic) != 0
        || header.n_entries > (size - sizeof header) / sizeof(CacheEntry)) {
        return;
    }
    search->n_entries = header.n_entries;
    for (size_t i = search->n_entries; i-- > 0;) {
        const char *name = cache_text(search, cache_entry(search, i).name);

        g_hash_table_insert(search->in_cache, (gpointer) name, GSIZE_TO_POINTER(i));
    }
}

/* ---- finding ---- */

static bool read_ours(const Search *search, const char *path, File *file)
{
    VdiNeeded needed;

    if (!vdi_needed_read(path, &needed)) {
        return false;
    }
    if (needed.machine != search->machine) {
        vdi_needed_clear(&needed);
        return false;
    }
    file->path = g_strdup(path);
    file->needed = needed;
    return true;
}

static bool find_in_cache(const Search *search, const char *name, File *file)
{
    gpointer first = NULL;

    if (!g_hash_table_lookup_extended(search->in_cache, name, NULL, &first)) {
        return false;
    }
    for (size_t i = GPOINTER_TO_SIZE(first); i < search->n_entries; i++) {
        CacheEntry entry = cache_entry(search, i);

        if (strcmp(cache_text(search, entry.name), name) != 0) {
            return false;
        }
        g_autofree char *path = g_strconcat(search->root, cache_text(search, entry.path), NULL);

        if (read_ours(search, path, file)) {
            return true;
        }
    }
    return false;
}

/* `folders` with colons between them; $ORIGIN is the folder of the file that names them. */
static bool find_in(
    const Search *search, const char *folders, const File *by, const char *name, File *file)
{
    g_auto(GStrv) parts = g_strsplit(folders, ":", -1);
    g_autofree char *origin = g_path_get_dirname(by->path);

    for (size_t i = 0; parts[i] != NULL; i++) {
        const char *rest = NULL;

        for (size_t k = 0; rest == NULL && k < G_N_ELEMENTS(origins); k++) {
            rest = g_str_has_prefix(parts[i], origins[k]) ? parts[i] + strlen(origins[k]) : NULL;
        }
        g_autofree char *path = rest != NULL ? g_strconcat(origin, rest, "/", name, NULL)
                                             : g_strconcat(search->root, parts[i], "/", name, NULL);

        if (read_ours(search, path, file)) {
            return true;
        }
    }
    return false;
}

static bool find(const Search *search, const File *by, const char *name, File *file)
{
    return (by->needed.runpath != NULL && find_in(search, by->needed.runpath, by, name, file))
        || find_in_cache(search, name, file)
        || find_in(search, "/lib64:/usr/lib64:/lib:/usr/lib", by, name, file);
}

/* What one file asks for and is not yet known. False: something of it is not to be found, or there
 * is no end. */
static bool take(Search *search, const File *by)
{
    for (guint i = 0; i < by->needed.names->len; i++) {
        const char *name = by->needed.names->pdata[i];
        g_autofree File *file = g_new0(File, 1);

        if (g_hash_table_contains(search->seen, name)) {
            continue;
        }
        if (search->files->len > LIBRARIES_MAX || !find(search, by, name, file)) {
            return false;
        }
        file->name = g_strdup(name);
        g_hash_table_add(search->seen, file->name);
        g_ptr_array_add(search->files, g_steal_pointer(&file));
    }
    return true;
}

static GPtrArray *follow(Search *search, const char *program)
{
    GPtrArray *names = g_ptr_array_new_with_free_func(g_free);
    File *first = g_new0(File, 1);

    first->path = g_strdup(program);
    g_ptr_array_add(search->files, first);
    if (!vdi_needed_read(program, &first->needed)) {
        g_ptr_array_unref(names);
        return NULL;
    }
    search->machine = first->needed.machine;
    read_cache(search);
    for (guint i = 0; i < search->files->len; i++) {
        const File *file = search->files->pdata[i];

        if (!take(search, file)) {
            g_ptr_array_unref(names);
            return NULL;
        }
        if (i > 0) {
            g_ptr_array_add(names, g_strdup(file->name));
        }
    }
    return names;
}

GPtrArray *vdi_libraries_of(const char *root, const char *program)
{
    g_autoptr(GHashTable) in_cache = g_hash_table_new(g_str_hash, g_str_equal);
    g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);
    g_autoptr(GPtrArray) files = g_ptr_array_new_with_free_func(file_free);
    Search search = {.root = root, .in_cache = in_cache, .seen = seen, .files = files};
    GPtrArray *names = follow(&search, program);

    g_clear_pointer(&search.cache, g_bytes_unref);
    return names;
}

void vdi_libraries_look(const VdiPaths *paths, VdiFacts *facts)
{
    g_autofree char *installed = vdi_paths_below(paths, VDI_LIBEXECDIR "/vdi-session");
    g_autofree char *built =
        *paths->root == '\0' ? vdi_paths_in_build("protocol/rdp/vdi-session") : NULL;
    g_autoptr(GPtrArray) names = vdi_libraries_of(paths->root, built != NULL ? built : installed);

    for (guint i = 0; names != NULL && i < names->len; i++) {
        vdi_facts_add_library(facts, names->pdata[i]);
    }
}
