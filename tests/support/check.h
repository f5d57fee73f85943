/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <CUnit/CUnit.h>
#include <stdbool.h>

/* CUnit as we use it. CU_ASSERT_FATAL leaves by longjmp, past the cleanup attributes: use CHECK,
 * and return where going on makes no sense.
 *
 *     static void refuses_an_older_list(void) { … CHECK(!accepted); }
 *
 *     const Test tests[] = {
 *         {"refuses a list older than the last one seen", refuses_an_older_list},
 *         TEST_END,
 *     };
 *
 * tests/support/main.c runs them: one executable a module. `program [NAME]` runs one test. */

typedef struct {
    const char *name; /* a sentence */
    void (*run)(void);
} Test;

#define TEST_END                                                                                   \
    {                                                                                              \
        NULL, NULL                                                                                 \
    }

extern const Test tests[];

/* Fails the test and goes on. */
#define CHECK(value)                                                                               \
    (void) CU_assertImplementation((value), __LINE__, #value, __FILE__, "", CU_FALSE)

/* The same, printing what was compared. */
#define CHECK_TEXT(actual, expected) check_text((actual), (expected), __LINE__, __FILE__)
#define CHECK_INT(actual, expected)                                                                \
    check_int((long long) (actual), (long long) (expected), #actual, __LINE__, __FILE__)

/* For a row of a table: a row that fails prints its own name. */
#define CHECK_ROW(row, value) check_row((row), (value), #value, __LINE__, __FILE__)

/* `error` is of that domain and code, and is cleared. */
#define CHECK_ERROR(error, domain, code)                                                           \
    check_error(&(error), (domain), (int) (code), __LINE__, __FILE__)
/* `error` is NULL; else it is printed and cleared. */
#define CHECK_NO_ERROR(error) check_no_error(&(error), __LINE__, __FILE__)

/* Some tests make no sense under a sanitizer. gcc and clang say it differently. */
#ifdef __has_feature
#if __has_feature(address_sanitizer)
#define __SANITIZE_ADDRESS__ 1
#endif
#endif
#ifdef __SANITIZE_ADDRESS__
#define TEST_IS_SANITIZED true
#else
#define TEST_IS_SANITIZED false
#endif

/* Says on stdout why this test could not be run ("SKIP: NAME: needs root"): counted as skipped. */
void skip(const char *missing);

/* A fresh folder of this process, removed with all that is in it at the end. Borrowed. */
const char *test_folder(void);
/* A file of the source tree: test_source("tests/compat/…"). Yours. */
char *test_source(const char *path);
/* A file of the build tree. Yours. */
char *test_built(const char *path);

#include <glib.h>
bool check_text(const char *actual, const char *expected, int line, const char *file);
bool check_int(long long actual, long long expected, const char *what, int line, const char *file);
bool check_row(const char *row, bool value, const char *what, int line, const char *file);
bool check_error(GError **error, GQuark domain, int code, int line, const char *file);
bool check_no_error(GError **error, int line, const char *file);
