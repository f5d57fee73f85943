/* SPDX-License-Identifier: Apache-2.0 */
#include "compat/host/pacman_local.h"

#include <glib/gstdio.h>
#include <string.h>

#include "base/error.h"
#include "base/file.h"
#include "tests/compat/host/host_support.h"
#include "tests/support/check.h"

/* As pacman 6.0.2 writes it. */
static const char freerdp[] = "%NAME%\nfreerdp\n\n%VERSION%\n2:3.10.3-1\n\n%BASE%\nfreerdp\n\n"
                              "%DESC%\nA client\n\n%URL%\nhttps://example.com\n\n"
                              "%ARCH%\nx86_64\n\n%BUILDDATE%\n1700000000\n\n"
                              "%INSTALLDATE%\n1795341189\n\n%PACKAGER%\nNobody\n\n"
                              "%SIZE%\n10\n\n%VALIDATION%\nnone\n\n";
static const char base[] = "%NAME%\npacman\n\n%VERSION%\n6.0.2-1\n\n%ARCH%\nx86_64\n\n"
                           "%VALIDATION%\npgp\n\n";

static char *new_database(void)
{
    static int n;
    g_autofree char *name = g_strdup_printf("pacman-%d", n++);
    char *folder = g_build_filename(test_folder(), name, NULL);
    g_autofree char *version = g_build_filename(folder, "local", "ALPM_DB_VERSION", NULL);

    CHECK(vdi_file_write_text(version, "9\n", 0644, NULL));
    return folder;
}

static void put(const char *folder, const char *entry, const char *desc, size_t size)
{
    g_autofree char *inner = g_build_filename(folder, "local", entry, NULL);
    g_autofree char *path = g_build_filename(inner, "desc", NULL);

    CHECK(g_mkdir_with_parents(inner, 0755) == 0);
    CHECK(g_file_set_contents(path, desc, (gssize) size, NULL));
}

static bool is_refused(const char *folder)
{
    g_autoptr(VdiFacts) facts = vdi_facts_new();
    g_autoptr(GError) error = NULL;
    bool read = vdi_pacman_local_read(folder, "arch", facts, &error);

    CHECK(read || g_error_matches(error, VDI_HOST_ERROR, VDI_HOST_ERROR_DATABASE));
    CHECK(read == vdi_facts_packages_known(facts));
    CHECK(read || vdi_facts_n_packages(facts) == 0);
    return !read;
}

static void what_pacman_wrote_is_installed(void)
{
    g_autofree char *folder = new_database();
    g_autoptr(VdiFacts) facts = vdi_facts_new();
    g_autoptr(GError) error = NULL;

    put(folder, "freerdp-2:3.10.3-1", freerdp, strlen(freerdp));
    put(folder, "pacman-6.0.2-1", base, strlen(base));
    CHECK(vdi_pacman_local_read(folder, "arch", facts, &error));
    CHECK_NO_ERROR(error);
    g_autofree char *shown = print_facts(facts);

    CHECK_TEXT(shown, "alpm/arch/freerdp=2:3.10.3-1:x86_64 alpm/arch/pacman=6.0.2-1:x86_64 ");
    CHECK_TEXT(vdi_facts_get(facts, VDI_FACT_ARCH), "x86_64");
}

static void an_entry_that_is_cut_anywhere_is_refused(void)
{
    g_autofree char *folder = new_database();

    put(folder, "pacman-6.0.2-1", base, strlen(base));
    for (size_t size = 0; size < strlen(freerdp); size++) {
        put(folder, "freerdp-2:3.10.3-1", freerdp, size);
        /* What is cut between two fields, behind those that are wanted, is still the truth. */
        bool is_harmless = size > 2 && strncmp(freerdp + size - 2, "\n\n", 2) == 0
            && g_strstr_len(freerdp, (gssize) size, "%VERSION%\n2:3.10.3-1\n\n") != NULL;

        CHECK(is_refused(folder) == !is_harmless);
    }
}

static void damage_is_an_error(void)
{
    static const struct {
        const char *name, *entry, *desc;
    } rows[] = {
        {"of another package", "freerdp-2:3.10.3-1", base},
        {"of another version", "pacman-6.0.3-1", base},
        {"a name twice", "pacman-6.0.2-1", "%NAME%\npacman\n\n%VERSION%\n6.0.2-1\n\n%NAME%\nx\n\n"},
        {"no version", "pacman-6.0.2-1", "%NAME%\npacman\n\n"},
        {"no name", "pacman-6.0.2-1", "%VERSION%\n6.0.2-1\n\n"},
        {"an empty name", "-6.0.2-1", "%NAME%\n\n%VERSION%\n6.0.2-1\n\n"},
        {"an escape in the name", "a\x1b[1m-1-1", "%NAME%\na\x1b[1m\n\n%VERSION%\n1-1\n\n"},
        {"nothing", "pacman-6.0.2-1", ""},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *folder = new_database();

        put(folder, rows[i].entry, rows[i].desc, strlen(rows[i].desc));
        CHECK_ROW(rows[i].name, is_refused(folder));
    }
}

static void a_missing_entry_or_list_is_an_error(void)
{
    g_autofree char *folder = new_database();
    g_autofree char *entry = g_build_filename(folder, "local", "x-1-1", NULL);

    CHECK(is_refused(folder)); /* no package at all */
    put(folder, "pacman-6.0.2-1", base, strlen(base));
    CHECK(!is_refused(folder));
    CHECK(g_mkdir(entry, 0755) == 0);
    CHECK(is_refused(folder));
    CHECK(is_refused("/nonexistent"));
}

static void a_list_that_pacman_works_on_is_not_believed(void)
{
    g_autofree char *folder = new_database();
    g_autofree char *lock = g_build_filename(folder, "db.lck", NULL);

    put(folder, "pacman-6.0.2-1", base, strlen(base));
    CHECK(vdi_file_write_text(lock, "", 0644, NULL));
    CHECK(is_refused(folder));
    CHECK(vdi_file_remove(lock, NULL));
    CHECK(!is_refused(folder));
}

const Test tests[] = {
    {"what pacman wrote is installed", what_pacman_wrote_is_installed},
    {"an entry that is cut anywhere is refused", an_entry_that_is_cut_anywhere_is_refused},
    {"damage is an error", damage_is_an_error},
    {"a missing entry or list is an error", a_missing_entry_or_list_is_an_error},
    {"a list that pacman works on is not believed", a_list_that_pacman_works_on_is_not_believed},
    TEST_END,
};
