/* SPDX-License-Identifier: Apache-2.0 */
#include "compat/host/libraries.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <link.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "compat/host/needed.h"
#include "config.h"
#include "tests/support/check.h"

/* ---- what the dynamic linker did for this very process ---- */

static int collect(struct dl_phdr_info *info, size_t size, void *user)
{
    GHashTable *loaded = user;

    /* The program itself has no name, the kernel's own page no folder. */
    if (strchr(info->dlpi_name, '/') != NULL) {
        g_hash_table_insert(
            loaded, g_path_get_basename(info->dlpi_name), g_strdup(info->dlpi_name));
    }
    return 0;
}

/* Name → path. */
static GHashTable *loaded_here(void)
{
    GHashTable *loaded = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);

    (void) dl_iterate_phdr(collect, loaded);
    return loaded;
}

static char *self(void)
{
    return g_file_read_link("/proc/self/exe", NULL);
}

static void check_same(const char *row, const GPtrArray *names, GHashTable *loaded)
{
    CHECK_ROW(row, names != NULL);
    if (names == NULL) {
        return;
    }
    CHECK_INT(names->len, g_hash_table_size(loaded));
    for (guint i = 0; i < names->len; i++) {
        CHECK_ROW(names->pdata[i], g_hash_table_contains(loaded, names->pdata[i]));
    }
}

static void the_dynamic_linker_loads_the_same(void)
{
    g_autoptr(GHashTable) loaded = loaded_here();
    g_autofree char *program = self();
    g_autoptr(GPtrArray) names = vdi_libraries_of("", program);

    check_same("this process", names, loaded);
}

/* ---- below another root: a cache that is of no use there, and links to this machine's ---- */

static void make_link(const char *root, const char *name, const char *target)
{
    g_autofree char *path = g_build_filename(root, "usr/lib", name, NULL);

    CHECK(symlink(target, path) == 0);
}

static char *make_root(const char *name, GHashTable *loaded)
{
    char *root = g_build_filename(test_folder(), name, NULL);
    g_autofree char *folder = g_build_filename(root, "usr/lib", NULL);
    GHashTableIter iter;
    gpointer key = NULL, value = NULL;

    CHECK(vdi_file_make_folder(folder, 0755, NULL));
    g_hash_table_iter_init(&iter, loaded);
    while (g_hash_table_iter_next(&iter, &key, &value)) {
        make_link(root, key, value);
    }
    return root;
}

static void a_cache_that_cannot_be_used_is_as_none(void)
{
    static const struct {
        const char *name, *content;
        size_t size;
    } rows[] = {
        {"none", NULL, 0},
        {"empty", "", 0},
        {"of another kind", "ld.so-1.7.0 and more than a header is long, and then some more", 62},
        {"cut", "glibc-ld.so.cache1.1\xff\xff\xff\x7f", 24},
        {"more entries than it has",
            "glibc-ld.so.cache1.1\xff\xff\xff\x7f\0\0\0\0"
            "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0",
            48},
        {"a name and a path beyond its end",
            "glibc-ld.so.cache1.1\x01\0\0\0\0\0\0\0"
            "\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0"
            "\x03\0\0\0\xff\xff\0\0\xff\xff\xff\xff\0\0\0\0\0\0\0\0\0\0\0\0",
            72},
    };
    g_autoptr(GHashTable) loaded = loaded_here();
    g_autofree char *program = self();
    g_autofree char *root = make_root("caches", loaded);
    g_autofree char *path = g_build_filename(root, "etc/ld.so.cache", NULL);

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(GBytes) bytes = g_bytes_new_static(rows[i].content, rows[i].size);

        CHECK(rows[i].content == NULL || vdi_file_write(path, bytes, 0644, NULL));
        g_autoptr(GPtrArray) names = vdi_libraries_of(root, program);

        check_same(rows[i].name, names, loaded);
    }
}

static void a_list_that_is_not_whole_is_none(void)
{
    g_autoptr(GHashTable) loaded = loaded_here();
    g_autofree char *program = self();
    g_autofree char *root = make_root("half", loaded);
    GHashTableIter iter;
    gpointer key = NULL;

    g_hash_table_iter_init(&iter, loaded);
    while (g_hash_table_iter_next(&iter, &key, NULL)) {
        g_autofree char *path = g_build_filename(root, "usr/lib", key, NULL);
        g_autofree char *aside = g_strconcat(path, ".aside", NULL);

        CHECK(g_rename(path, aside) == 0);
        g_autoptr(GPtrArray) names = vdi_libraries_of(root, program);

        CHECK_ROW(key, names == NULL);
        CHECK(g_rename(aside, path) == 0);
    }
}

/* Its library lies where only the program says. */
static void a_folder_that_the_program_names_is_looked_in(void)
{
    g_autofree char *program = test_built("tests/compat/host/beside");
    g_auto(VdiNeeded) needed = {0};
    g_autoptr(GPtrArray) names = vdi_libraries_of("", program);

    CHECK(vdi_needed_read(program, &needed) && g_str_has_prefix(needed.runpath, "$ORIGIN"));
    CHECK(names != NULL);
    if (names != NULL) {
        CHECK(g_ptr_array_find_with_equal_func(names, "libbeside.so", g_str_equal, NULL));
    }
}

/* ---- files that are none ---- */

static GBytes *some_library(void)
{
    g_autoptr(GHashTable) loaded = loaded_here();
    GHashTableIter iter;
    gpointer key = NULL, value = NULL;

    g_hash_table_iter_init(&iter, loaded);
    while (g_hash_table_iter_next(&iter, &key, &value)) {
        if (g_str_has_prefix(key, "libcunit") || g_str_has_prefix(key, "libglib")) {
            return vdi_file_read(value, 64 * 1024 * 1024, NULL);
        }
    }
    return NULL;
}

static void check_says_little(const char *path)
{
    g_auto(VdiNeeded) needed = {0};

    if (vdi_needed_read(path, &needed)) {
        CHECK(needed.names->len <= VDI_NEEDED_MAX);
        for (guint i = 0; i < needed.names->len; i++) {
            CHECK(strlen(needed.names->pdata[i]) < 256);
        }
    }
}

static void a_file_with_any_byte_changed_is_survived(void)
{
    g_autoptr(GBytes) library = some_library();
    g_autofree char *path = g_build_filename(test_folder(), "changed.so", NULL);
    size_t size = 0;

    CHECK(library != NULL && vdi_file_write(path, library, 0644, NULL));
    if (library == NULL) {
        return;
    }
    const char *data = g_bytes_get_data(library, &size);
    g_auto(VdiFd) fd = open(path, O_RDWR | O_CLOEXEC);

    CHECK(fd >= 0);
    /* Header and segments whole, the rest by samples: it holds the dynamic section. */
    for (size_t at = 0; at < size; at += at < 2048 ? 1 : MAX(size / 4096, 1)) {
        static const uint8_t others[] = {0x00, 0xff, 0x80};

        for (size_t k = 0; k < G_N_ELEMENTS(others); k++) {
            CHECK(pwrite(fd, &others[k], 1, (off_t) at) == 1);
            check_says_little(path);
        }
        CHECK(pwrite(fd, data + at, 1, (off_t) at) == 1);
    }
}

static void a_cut_file_says_nothing(void)
{
    g_autoptr(GBytes) library = some_library();
    g_autofree char *path = g_build_filename(test_folder(), "cut.so", NULL);

    if (library == NULL) {
        return;
    }
    for (size_t size = 0; size < 200; size += 7) {
        g_autoptr(GBytes) part = g_bytes_new_from_bytes(library, 0, size);
        VdiNeeded needed;

        CHECK(vdi_file_write(path, part, 0644, NULL));
        CHECK(!vdi_needed_read(path, &needed));
    }
    VdiNeeded needed;

    CHECK(!vdi_needed_read(test_folder(), &needed));
    CHECK(!vdi_needed_read("/nonexistent", &needed));
}

static void without_vdi_session_nothing_is_known(void)
{
    g_autofree char *root = g_build_filename(test_folder(), "bare", NULL);
    g_autoptr(VdiPaths) paths = vdi_paths_new_system(root);
    g_autoptr(VdiFacts) facts = vdi_facts_new();

    vdi_libraries_look(paths, facts);
    CHECK(vdi_facts_has_library(facts, "libc.so.6") == VDI_TRUTH_UNKNOWN);
}

static void the_engine_s_libraries_are_facts(void)
{
    g_autoptr(GHashTable) loaded = loaded_here();
    g_autofree char *root = make_root("engine", loaded);
    g_autofree char *program = self();
    g_autofree char *engine = g_strconcat(root, VDI_LIBEXECDIR "/vdi-session", NULL);
    g_autofree char *folder = g_path_get_dirname(engine);
    g_autoptr(VdiPaths) paths = vdi_paths_new_system(root);
    g_autoptr(VdiFacts) facts = vdi_facts_new();

    CHECK(vdi_file_make_folder(folder, 0755, NULL) && symlink(program, engine) == 0);
    vdi_libraries_look(paths, facts);
    CHECK(vdi_facts_has_library(facts, "libc.so.6") == VDI_TRUTH_TRUE);
    CHECK(vdi_facts_has_library(facts, "libnothing.so.1") == VDI_TRUTH_FALSE);
}

const Test tests[] = {
    {"the dynamic linker loads the same", the_dynamic_linker_loads_the_same},
    {"a cache that cannot be used is as none", a_cache_that_cannot_be_used_is_as_none},
    {"a list that is not whole is none", a_list_that_is_not_whole_is_none},
    {"a folder that the program names is looked in", a_folder_that_the_program_names_is_looked_in},
    {"a file with any byte changed is survived", a_file_with_any_byte_changed_is_survived},
    {"a cut file says nothing", a_cut_file_says_nothing},
    {"without vdi-session nothing is known", without_vdi_session_nothing_is_known},
    {"the engine's libraries are facts", the_engine_s_libraries_are_facts},
    TEST_END,
};
