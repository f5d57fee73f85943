/* SPDX-License-Identifier: Apache-2.0 */
#include "base/secret.h"

#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "base/file.h"
#include "tests/support/check.h"

static VdiSecret *through_a_pipe(const char *text, size_t size, GError **error)
{
    int ends[2];

    if (pipe(ends) != 0 || write(ends[1], text, size) != (ssize_t) size) {
        return NULL;
    }
    close(ends[1]);
    VdiSecret *secret = vdi_secret_read_fd(ends[0], error);

    close(ends[0]);
    return secret;
}

static void a_descriptor_gives_one_line(void)
{
    static const struct {
        const char *name, *text;
        size_t size;
        const char *secret; /* NULL: refused */
    } rows[] = {
        {"a line", "s3cret\n", 7, "s3cret"},
        {"no line end", "s3cret", 6, "s3cret"},
        {"a line end of Windows", "s3cret\r\n", 8, "s3cret"},
        {"what follows is not read into it", "s3cret\nmore\n", 12, "s3cret"},
        {"blanks belong to it", " s ", 3, " s "},
        {"nothing", "", 0, ""},
        {"a NUL", "s\0x", 3, NULL},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(GError) error = NULL;
        g_autoptr(VdiSecret) secret = through_a_pipe(rows[i].text, rows[i].size, &error);

        CHECK_ROW(rows[i].name, (secret != NULL) == (rows[i].secret != NULL));
        CHECK_ROW(
            rows[i].name, secret == NULL || strcmp(vdi_secret_text(secret), rows[i].secret) == 0);
        CHECK_ROW(rows[i].name, error == NULL || strstr(error->message, "s3cret") == NULL);
    }
}

static void a_long_one_is_refused(void)
{
    g_autofree char *text = g_strnfill(VDI_SECRET_MAX + 1, 'x');
    g_autoptr(GError) error = NULL;

    g_autoptr(VdiSecret) longest = through_a_pipe(text, VDI_SECRET_MAX, &error);

    CHECK(longest != NULL);
    CHECK(through_a_pipe(text, VDI_SECRET_MAX + 1, &error) == NULL);
    CHECK_ERROR(error, VDI_FILE_ERROR, VDI_FILE_ERROR_LARGE);
}

static void a_file_must_be_its_owners_alone(void)
{
    g_autofree char *path = g_build_filename(test_folder(), "password", NULL);
    g_autofree char *link = g_build_filename(test_folder(), "link", NULL);
    g_autoptr(GError) error = NULL;

    CHECK(vdi_file_write_text(path, "s3cret\n", 0600, &error));
    g_autoptr(VdiSecret) secret = vdi_secret_read_file(path, &error);

    CHECK(secret != NULL && strcmp(vdi_secret_text(secret), "s3cret") == 0);
    CHECK_INT(symlink(path, link), 0);
    CHECK(vdi_secret_read_file(link, &error) == NULL);
    CHECK_ERROR(error, VDI_FILE_ERROR, VDI_FILE_ERROR_PRIVATE);
    CHECK_INT(g_chmod(path, 0640), 0);
    CHECK(vdi_secret_read_file(path, &error) == NULL);
    CHECK_ERROR(error, VDI_FILE_ERROR, VDI_FILE_ERROR_PRIVATE);
}

static void a_copy_is_its_own(void)
{
    VdiSecret *first = vdi_secret_new("abc", 3);
    g_autoptr(VdiSecret) second = vdi_secret_copy(first);

    vdi_secret_free(first);
    CHECK_TEXT(vdi_secret_text(second), "abc");
}

const Test tests[] = {
    {"a descriptor gives one line", a_descriptor_gives_one_line},
    {"a long one is refused", a_long_one_is_refused},
    {"a file must be its owner's alone", a_file_must_be_its_owners_alone},
    {"a copy is its own", a_copy_is_its_own},
    TEST_END,
};
