/* SPDX-License-Identifier: Apache-2.0 */
#include <CUnit/Basic.h>
#include <glib.h>
#include <glib/gstdio.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/check.h"

static char *folder;
static unsigned n_skipped;

static void fail_at(int line, const char *file, char *what)
{
    (void) CU_assertImplementation(CU_FALSE, (unsigned) line, what, file, "", CU_FALSE);
}

bool check_text(const char *actual, const char *expected, int line, const char *file)
{
    if (g_strcmp0(actual, expected) == 0) {
        return true;
    }
    g_autofree char *what = g_strdup_printf("got \"%s\", expected \"%s\"",
        actual != NULL ? actual : "(NULL)", expected != NULL ? expected : "(NULL)");

    fail_at(line, file, what);
    return false;
}

bool check_int(long long actual, long long expected, const char *name, int line, const char *file)
{
    if (actual == expected) {
        return true;
    }
    g_autofree char *what = g_strdup_printf("%s is %lld, expected %lld", name, actual, expected);

    fail_at(line, file, what);
    return false;
}

bool check_row(const char *row, bool value, const char *condition, int line, const char *file)
{
    if (value) {
        return true;
    }
    g_autofree char *what = g_strdup_printf("row \"%s\": %s", row, condition);

    fail_at(line, file, what);
    return false;
}

bool check_error(GError **error, GQuark domain, int code, int line, const char *file)
{
    bool right = *error != NULL && (*error)->domain == domain && (*error)->code == code;

    if (!right) {
        g_autofree char *what = *error == NULL
            ? g_strdup("no error was set")
            : g_strdup_printf("got %s %d: %s", g_quark_to_string((*error)->domain), (*error)->code,
                (*error)->message);

        fail_at(line, file, what);
    }
    g_clear_error(error);
    return right;
}

bool check_no_error(GError **error, int line, const char *file)
{
    if (*error == NULL) {
        return true;
    }
    g_autofree char *what = g_strdup_printf("unexpected error: %s", (*error)->message);

    fail_at(line, file, what);
    g_clear_error(error);
    return false;
}

void skip(const char *missing)
{
    printf("SKIP: %s: %s\n", CU_get_current_test()->pName, missing);
    n_skipped++;
}

static void remove_tree(const char *path)
{
    g_autoptr(GDir) dir =
        g_file_test(path, G_FILE_TEST_IS_SYMLINK) ? NULL : g_dir_open(path, 0, NULL);
    const char *name = NULL;

    while (dir != NULL && (name = g_dir_read_name(dir)) != NULL) {
        g_autofree char *inner = g_build_filename(path, name, NULL);

        remove_tree(inner);
    }
    (void) g_remove(path);
}

const char *test_folder(void)
{
    if (folder == NULL) {
        folder = g_dir_make_tmp("vigie-test-XXXXXX", NULL);
        g_assert(folder != NULL);
    }
    return folder;
}

static char *below(const char *variable, const char *path)
{
    const char *top = g_getenv(variable);

    g_assert(top != NULL); /* meson test sets it */
    return g_build_filename(top, path, NULL);
}

char *test_source(const char *path)
{
    return below("VDI_TEST_SOURCE", path);
}

char *test_built(const char *path)
{
    return below("VDI_TEST_BUILD", path);
}

/* CU_basic_run_tests returns 0 when tests fail; so the number of failures is asked for. */
int main(int argc, char **argv)
{
    unsigned n_tests = 0;

    setlocale(LC_ALL, "");
    if (CU_initialize_registry() != CUE_SUCCESS) {
        return EXIT_FAILURE;
    }
    g_autofree char *name = g_path_get_basename(argv[0]);
    CU_pSuite suite = CU_add_suite(name, NULL, NULL);

    for (const Test *test = tests; test->name != NULL; test++) {
        if (argc < 2 || strcmp(argv[1], test->name) == 0) {
            CU_add_test(suite, test->name, test->run);
            n_tests++;
        }
    }
    CU_basic_set_mode(CU_BRM_VERBOSE);
    CU_basic_run_tests();
    unsigned failed = CU_get_number_of_tests_failed();

    printf("\n%u passed, %u failed, %u skipped\n", n_tests - failed - n_skipped, failed, n_skipped);
    CU_cleanup_registry();
    if (folder != NULL) {
        remove_tree(folder);
        g_free(folder);
    }
    return failed > 0 || n_tests == 0 ? EXIT_FAILURE : EXIT_SUCCESS;
}
