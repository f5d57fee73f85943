/* SPDX-License-Identifier: Apache-2.0 */
#include "compat/host/dpkg_status.h"

#include <string.h>

#include "base/error.h"
#include "base/file.h"
#include "base/process.h"
#include "tests/support/check.h"

#define GOOD "Package: a\nStatus: install ok installed\nArchitecture: amd64\nVersion: 1.0-1\n\n"

static void collect(const char *name, const char *version, const char *arch, void *user)
{
    GString *text = user;

    g_string_append_printf(text, "%s:%s=%s ", name, arch, version);
}

static char *read_text(const char *content, GError **error)
{
    g_autofree char *path = g_build_filename(test_folder(), "status", NULL);
    GString *text = g_string_new(NULL);

    CHECK(vdi_file_write_text(path, content, 0644, NULL));
    if (!vdi_dpkg_status_visit(path, collect, text, error)) {
        g_string_free(text, true);
        return NULL;
    }
    return g_string_free(text, false);
}

static void packages_whose_files_are_there_count(void)
{
    static const struct {
        const char *name, *content, *expected;
    } rows[] = {
        {"one", GOOD, "a:amd64=1.0-1 "},
        {"removed, configuration left",
            GOOD "Package: b\nStatus: deinstall ok config-files\nVersion: 1\nArchitecture: all\n",
            "a:amd64=1.0-1 "},
        {"unpacked and half-configured",
            "Package: b\nStatus: install ok unpacked\nVersion: 2\nArchitecture: i386\n\n"
            "Package: c\nStatus: install ok half-configured\nVersion: 3\nArchitecture: i386\n",
            "b:i386=2 c:i386=3 "},
        {"held by a person",
            "Package: b\nStatus: hold ok installed\nVersion: 2\nArchitecture: all\n", "b:all=2 "},
        {"continued lines are no fields",
            "Package: a\nStatus: install ok installed\nDescription: x\n Version: 9\n .\n"
            "Architecture: all\nVersion: 1\n",
            "a:all=1 "},
        {"two architectures of one name",
            GOOD "Package: a\nStatus: install ok installed\nArchitecture: i386\nVersion: 1.0-1\n",
            "a:amd64=1.0-1 a:i386=1.0-1 "},
        {"a version that nobody can compare",
            "Package: a\nStatus: install ok installed\nArchitecture: all\nVersion: %_\"x\n",
            "a:all=%_\"x "},
        {"empty lines between", "\n\n" GOOD "\n\n", "a:amd64=1.0-1 "},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(GError) error = NULL;
        g_autofree char *ended = g_strconcat(rows[i].content, "\n", NULL);
        g_autofree char *found = read_text(ended, &error);

        CHECK_ROW(rows[i].name, g_strcmp0(found, rows[i].expected) == 0);
        CHECK_NO_ERROR(error);
    }
}

static void damage_is_an_error(void)
{
    static const struct {
        const char *name, *content;
    } rows[] = {
        {"cut in a line", GOOD "Package: b\nStatus: install ok inst"},
        {"cut between fields", GOOD "Package: b\n"},
        {"no version", "Package: b\nStatus: install ok installed\nArchitecture: all\n"},
        {"no architecture", "Package: b\nStatus: install ok installed\nVersion: 1\n"},
        {"a line that is no field", "Package: b\ngarbage\n"},
        {"a line without a name", "Package: b\n: x\n"},
        {"a continued line first", " x\nPackage: b\n"},
        {"a state of its own", "Package: b\nStatus: install ok wonderful\n"},
        {"a field twice", "Package: b\nPackage: c\nStatus: install ok not-installed\n"},
        {"a name with an escape", "Package: b\x1b[31m\nStatus: install ok not-installed\n"},
        {"a name with a blank", "Package: b c\nStatus: install ok not-installed\n"},
        {"a version with a blank",
            "Package: b\nStatus: install ok installed\nVersion: 1 2\nArchitecture: all\n"},
        {"nothing installed", "Package: b\nStatus: deinstall ok config-files\nVersion: 1\n"},
        {"only empty lines", "\n\n\n"},
        {"empty", ""},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(GError) error = NULL;
        g_autofree char *ended = g_strconcat(rows[i].content, "\n", NULL);
        g_autofree char *found = read_text(ended, &error);

        CHECK_ROW(rows[i].name, found == NULL);
        CHECK_ERROR(error, VDI_HOST_ERROR, VDI_HOST_ERROR_DATABASE);
    }
}

static void nulls_and_long_names_are_damage(void)
{
    g_autofree char *path = g_build_filename(test_folder(), "odd", NULL);
    static const char nul[] = "Package: b\0c\nStatus: install ok installed\nVersion: 1\n"
                              "Architecture: all\n";
    g_autoptr(GBytes) bytes = g_bytes_new_static(nul, sizeof nul - 1);
    g_autoptr(GString) text = g_string_new(NULL);
    g_autoptr(GError) error = NULL;

    CHECK(vdi_file_write(path, bytes, 0644, NULL));
    CHECK(!vdi_dpkg_status_visit(path, collect, text, &error));
    CHECK_ERROR(error, VDI_HOST_ERROR, VDI_HOST_ERROR_DATABASE);
    g_autofree char *name = g_strnfill(300, 'a');
    g_autofree char *long_name =
        g_strdup_printf("Package: %s\nStatus: install ok not-installed\n", name);
    g_autofree char *found = read_text(long_name, &error);

    CHECK(found == NULL);
    CHECK_ERROR(error, VDI_HOST_ERROR, VDI_HOST_ERROR_DATABASE);
}

static void what_is_no_file_is_an_error(void)
{
    g_autoptr(GString) text = g_string_new(NULL);
    g_autoptr(GError) error = NULL;

    CHECK(!vdi_dpkg_status_visit(test_folder(), collect, text, &error));
    CHECK_ERROR(error, VDI_HOST_ERROR, VDI_HOST_ERROR_DATABASE);
    CHECK(!vdi_dpkg_status_visit("/nonexistent/status", collect, text, &error));
    CHECK_ERROR(error, VDI_HOST_ERROR, VDI_HOST_ERROR_DATABASE);
}

/* Three entries, and what dpkg would have beside them. */
static void a_cut_anywhere_is_never_a_shorter_answer(void)
{
    static const char whole[] =
        GOOD "Package: b\nStatus: deinstall ok config-files\nArchitecture: all\nVersion: 2\n\n"
             "Package: c\nStatus: install ok installed\nArchitecture: i386\nVersion: 1:3\n"
             "Description: what\n it is\n\n";
    static const char *const lists[] = {"a.list", "b.list", "c:i386.list", "c:i386.md5sums"};
    g_autofree char *path = g_build_filename(test_folder(), "cut", NULL);
    g_autofree char *info = g_build_filename(test_folder(), "info", NULL);

    CHECK(g_mkdir_with_parents(info, 0755) == 0);
    for (size_t i = 0; i < G_N_ELEMENTS(lists); i++) {
        g_autofree char *list = g_build_filename(info, lists[i], NULL);

        CHECK(g_file_set_contents(list, "", 0, NULL));
    }
    for (size_t size = 0; size <= strlen(whole); size++) {
        g_autoptr(VdiFacts) facts = vdi_facts_new();
        g_autoptr(GError) error = NULL;
        bool is_whole = size == strlen(whole);

        CHECK(g_file_set_contents(path, whole, (gssize) size, NULL));
        CHECK(vdi_dpkg_status_read(path, info, "debian", facts, &error) == is_whole);
        CHECK(vdi_facts_packages_known(facts) == is_whole);
        CHECK(vdi_facts_n_packages(facts) == (is_whole ? 2 : 0));
        CHECK(is_whole || g_error_matches(error, VDI_HOST_ERROR, VDI_HOST_ERROR_DATABASE));
    }
}

static void this_machine_has_as_many_lists_as_entries(void)
{
    g_autoptr(VdiFacts) facts = vdi_facts_new();
    g_autoptr(GError) error = NULL;

    if (!g_file_test("/var/lib/dpkg/status", G_FILE_TEST_EXISTS)) {
        skip("dpkg is not here");
        return;
    }
    CHECK(vdi_dpkg_status_read(
        "/var/lib/dpkg/status", "/var/lib/dpkg/info", "debian", facts, &error));
    CHECK_NO_ERROR(error);
}

static void a_damaged_list_leaves_packages_unknown(void)
{
    g_autofree char *path = g_build_filename(test_folder(), "half", NULL);
    g_autoptr(VdiFacts) facts = vdi_facts_new();
    g_autoptr(GError) error = NULL;

    CHECK(vdi_file_write_text(path, GOOD "Package: b\nStatus: ins", 0644, NULL));
    CHECK(!vdi_dpkg_status_read(path, NULL, "debian", facts, &error));
    CHECK_ERROR(error, VDI_HOST_ERROR, VDI_HOST_ERROR_DATABASE);
    CHECK_INT(vdi_facts_n_packages(facts), 0);
    CHECK(!vdi_facts_packages_known(facts));
}

static void this_machine_says_what_dpkg_query_says(void)
{
    const char *const argv[] = {
        "/usr/bin/dpkg-query", "-W", "-f", "${db:Status-Status} ${binary:Package}\n", NULL};
    const VdiProcessOptions options = {.max_bytes = 16 * 1024 * 1024, .deadline_ms = 60000};
    g_autoptr(GString) text = g_string_new(NULL);
    g_autoptr(GError) error = NULL;

    if (!g_file_test(argv[0], G_FILE_TEST_IS_EXECUTABLE)) {
        skip("dpkg-query is not here");
        return;
    }
    g_autoptr(GBytes) output = vdi_process_output(argv, &options, &error);

    CHECK_NO_ERROR(error);
    if (output == NULL) {
        return;
    }
    g_autofree char *said = g_strndup(g_bytes_get_data(output, NULL), g_bytes_get_size(output));
    g_auto(GStrv) lines = g_strsplit(said, "\n", -1);
    size_t n_said = 0, n_found = 0;

    for (size_t i = 0; lines[i] != NULL; i++) {
        n_said += g_str_has_prefix(lines[i], "installed ") ? 1 : 0;
    }
    CHECK(vdi_dpkg_status_visit("/var/lib/dpkg/status", collect, text, &error));
    CHECK_NO_ERROR(error);
    for (const char *at = text->str; *at != '\0'; at++) {
        n_found += *at == ' ' ? 1 : 0;
    }
    CHECK_INT(n_found, n_said);
}

const Test tests[] = {
    {"packages whose files are there count", packages_whose_files_are_there_count},
    {"damage is an error", damage_is_an_error},
    {"NUL bytes and long names are damage", nulls_and_long_names_are_damage},
    {"what is no file is an error", what_is_no_file_is_an_error},
    {"a cut anywhere is never a shorter answer", a_cut_anywhere_is_never_a_shorter_answer},
    {"this machine has as many lists as entries", this_machine_has_as_many_lists_as_entries},
    {"a damaged list leaves packages unknown", a_damaged_list_leaves_packages_unknown},
    {"this machine says what dpkg-query says", this_machine_says_what_dpkg_query_says},
    TEST_END,
};
