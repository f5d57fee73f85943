/* SPDX-License-Identifier: Apache-2.0 */
#include "base/file.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/error.h"
#include "tests/support/check.h"

static char *in_folder(const char *name)
{
    return g_build_filename(test_folder(), name, NULL);
}

static bool holds(const char *path, const char *text)
{
    g_autoptr(GBytes) bytes = vdi_file_read(path, 1000, NULL);

    return bytes != NULL && g_bytes_get_size(bytes) == strlen(text)
        && memcmp(g_bytes_get_data(bytes, NULL), text, strlen(text)) == 0;
}

static void what_is_written_is_read(void)
{
    g_autofree char *path = in_folder("deep/er/file");
    g_autoptr(GError) error = NULL;
    struct stat status;

    CHECK(vdi_file_write_text(path, "one", 0644, &error));
    CHECK(vdi_file_write_text(path, "two", 0600, &error));
    CHECK_NO_ERROR(error);
    CHECK(holds(path, "two"));
    CHECK(stat(path, &status) == 0 && (status.st_mode & 0777) == 0600);
    g_autofree char *folder = in_folder("deep/er");
    g_auto(GStrv) names = vdi_file_list(folder);

    CHECK_INT(g_strv_length(names), 1); /* no temporary name is left */
}

static void reading_has_a_ceiling(void)
{
    g_autofree char *path = in_folder("ceiling");
    g_autoptr(GError) error = NULL;

    CHECK(vdi_file_write_text(path, "12345", 0644, &error));
    g_autoptr(GBytes) all = vdi_file_read(path, 5, &error);

    CHECK(all != NULL);
    CHECK(vdi_file_read(path, 4, &error) == NULL);
    CHECK_ERROR(error, VDI_FILE_ERROR, VDI_FILE_ERROR_LARGE);
}

static void only_regular_files_are_read(void)
{
    g_autofree char *fifo = in_folder("fifo");
    g_autofree char *absent = in_folder("absent");
    g_autoptr(GError) error = NULL;

    CHECK_INT(mkfifo(fifo, 0600), 0);
    CHECK(vdi_file_read(fifo, 10, &error) == NULL);
    CHECK_ERROR(error, VDI_FILE_ERROR, VDI_FILE_ERROR_READ);
    CHECK(vdi_file_read(test_folder(), 10, &error) == NULL);
    CHECK_ERROR(error, VDI_FILE_ERROR, VDI_FILE_ERROR_READ);
    CHECK(vdi_file_read(absent, 10, &error) == NULL);
    CHECK_ERROR(error, VDI_FILE_ERROR, VDI_FILE_ERROR_ABSENT);
}

static void a_file_is_believed_for_where_it_lies(void)
{
    static const struct {
        const char *name, *path, *change;
        mode_t mode;
        bool is_trusted;
    } rows[] = {
        {"root's alone", "a/b/file", NULL, 0, true},
        {"a file that the group may write", "a/b/file", "a/b/file", 0664, false},
        {"a folder that others may write", "a/b/file", "a", 0777, false},
        {"a sticky folder like /tmp", "a/b/file", "a/b", 01777, false},
        {"a link to it", "link", NULL, 0, false},
        {"below a link", "folder-link/b/file", NULL, 0, false},
    };

    if (geteuid() != 0) {
        skip("root's own files (run as root)");
        return;
    }
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *root = g_strdup_printf("%s/trusted-%zu", test_folder(), i);
        g_autofree char *file = g_build_filename(root, "a/b/file", NULL);
        g_autofree char *link = g_build_filename(root, "link", NULL);
        g_autofree char *folder_link = g_build_filename(root, "folder-link", NULL);
        g_autofree char *asked = g_build_filename(root, rows[i].path, NULL);

        CHECK_ROW(rows[i].name, vdi_file_write_text(file, "x", 0644, NULL));
        CHECK_ROW(rows[i].name, symlink("a/b/file", link) == 0);
        CHECK_ROW(rows[i].name, symlink("a", folder_link) == 0);
        if (rows[i].change != NULL) {
            g_autofree char *changed = g_build_filename(root, rows[i].change, NULL);

            CHECK_ROW(rows[i].name, g_chmod(changed, (int) rows[i].mode) == 0);
        }
        g_autoptr(GError) error = NULL;
        g_autoptr(GBytes) bytes = vdi_file_read_trusted(root, asked, 10, &error);

        CHECK_ROW(rows[i].name, (bytes != NULL) == rows[i].is_trusted);
        CHECK_ROW(rows[i].name, vdi_file_is_trusted(root, asked) == rows[i].is_trusted);
        CHECK_ROW(rows[i].name,
            rows[i].is_trusted || g_error_matches(error, VDI_FILE_ERROR, VDI_FILE_ERROR_UNTRUSTED));
    }
}

static void a_file_is_believed_for_whose_it_is(void)
{
    static const struct {
        const char *name;
        mode_t mode;
        uid_t owner; /* 0: whoever runs this */
        bool is_link, is_believed;
    } rows[] = {
        {"our own", 0644, 0, false, true},
        {"for us alone", 0600, 0, false, true},
        {"the group may write", 0664, 0, false, false},
        {"all may write", 0666, 0, false, false},
        {"somebody else's", 0644, 65534, false, false},
        {"a link in its place", 0644, 0, true, false},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *path = g_strdup_printf("%s/whose-%zu", test_folder(), i);
        g_autofree char *aim = g_strconcat(path, "-aim", NULL);
        const char *written = rows[i].is_link ? aim : path;
        g_autoptr(GError) error = NULL;

        if (rows[i].owner != 0 && geteuid() != 0) {
            continue;
        }
        CHECK_ROW(rows[i].name, vdi_file_write_text(written, "x", rows[i].mode, NULL));
        CHECK_ROW(rows[i].name, !rows[i].is_link || symlink(aim, path) == 0);
        CHECK_ROW(rows[i].name,
            rows[i].owner == 0 || chown(path, rows[i].owner, (gid_t) rows[i].owner) == 0);
        g_autoptr(GBytes) bytes = vdi_file_read_own(path, 10, &error);

        CHECK_ROW(rows[i].name, (bytes != NULL) == rows[i].is_believed);
        CHECK_ROW(rows[i].name,
            rows[i].is_believed
                || g_error_matches(error, VDI_FILE_ERROR, VDI_FILE_ERROR_UNTRUSTED));
    }
    g_autofree char *absent = in_folder("nobody's");
    g_autoptr(GError) error = NULL;

    CHECK(vdi_file_read_own(absent, 10, &error) == NULL);
    CHECK_ERROR(error, VDI_FILE_ERROR, VDI_FILE_ERROR_ABSENT);
    CHECK(vdi_file_read_own(test_folder(), 10, &error) == NULL);
    CHECK_ERROR(error, VDI_FILE_ERROR, VDI_FILE_ERROR_READ);
}

static void a_folder_that_cannot_be_read_is_not_an_empty_one(void)
{
    g_autofree char *file = in_folder("names/file");
    g_autofree char *folder = in_folder("names");
    g_autofree char *absent = in_folder("no-names");
    g_autoptr(GError) error = NULL;

    CHECK(vdi_file_write_text(file, "x", 0644, NULL));
    g_auto(GStrv) names = vdi_file_names(folder, &error);

    CHECK(names != NULL && g_strv_length(names) == 1);
    CHECK_NO_ERROR(error);
    CHECK(vdi_file_names(file, &error) == NULL);
    CHECK_ERROR(error, VDI_FILE_ERROR, VDI_FILE_ERROR_ABSENT);
    CHECK(vdi_file_names(absent, &error) == NULL);
    CHECK_ERROR(error, VDI_FILE_ERROR, VDI_FILE_ERROR_ABSENT);
}

static void lines_are_appended(void)
{
    g_autofree char *path = in_folder("lines");
    g_autoptr(GError) error = NULL;

    CHECK(vdi_file_append_line(path, "one", 0644, &error));
    CHECK(vdi_file_append_line(path, "two", 0644, &error));
    CHECK_NO_ERROR(error);
    CHECK(holds(path, "one\ntwo\n"));
}

static void a_line_without_room_leaves_no_half(void)
{
    g_autofree char *path = in_folder("full");
    g_autoptr(GError) error = NULL;
    struct rlimit before;

    CHECK(vdi_file_append_line(path, "one", 0644, &error));
    CHECK_INT(getrlimit(RLIMIT_FSIZE, &before), 0);
    const struct rlimit tight = {6, before.rlim_max};

    signal(SIGXFSZ, SIG_IGN);
    CHECK_INT(setrlimit(RLIMIT_FSIZE, &tight), 0);
    bool is_written = vdi_file_append_line(path, "two, and longer", 0644, &error);

    CHECK_INT(setrlimit(RLIMIT_FSIZE, &before), 0);
    CHECK(!is_written);
    CHECK_ERROR(error, VDI_FILE_ERROR, VDI_FILE_ERROR_WRITE);
    CHECK(vdi_file_append_line(path, "three", 0644, NULL));
    CHECK(holds(path, "one\nthree\n"));
}

static void a_failed_write_leaves_the_old_file(void)
{
    g_autofree char *path = in_folder("kept");
    g_autofree char *beneath = in_folder("kept/not-a-folder");
    g_autoptr(GError) error = NULL;

    CHECK(vdi_file_write_text(path, "old", 0644, &error));
    CHECK(!vdi_file_write_text(beneath, "new", 0644, &error));
    CHECK_ERROR(error, VDI_FILE_ERROR, VDI_FILE_ERROR_WRITE);
    CHECK(holds(path, "old"));
}

static void a_lock_ends_with_its_process(void)
{
    g_autofree char *path = in_folder("lock");
    g_autoptr(GError) error = NULL;
    int ready[2];

    if (pipe(ready) != 0) {
        CHECK(false);
        return;
    }
    pid_t child = fork();

    if (child == 0) {
        VdiFd held = vdi_file_lock(path, 0, NULL);

        if (write(ready[1], held >= 0 ? "y" : "n", 1) == 1) {
            pause();
        }
        _exit(0);
    }
    char answer = 0;

    CHECK_INT(read(ready[0], &answer, 1), 1);
    CHECK_INT(answer, 'y');
    CHECK(vdi_file_lock(path, 40, &error) < 0);
    CHECK_ERROR(error, VDI_FILE_ERROR, VDI_FILE_ERROR_BUSY);
    kill(child, SIGKILL);
    waitpid(child, NULL, 0);
    g_auto(VdiFd) mine = vdi_file_lock(path, 5000, &error);
    struct stat status;

    CHECK(stat(path, &status) == 0 && (status.st_mode & 07777) == 0600);

    CHECK(mine >= 0);
    CHECK_NO_ERROR(error);
    close(ready[0]);
    close(ready[1]);
}

static void a_file_is_created_once(void)
{
    g_autofree char *path = in_folder("secret/once");
    g_autofree char *link = in_folder("secret/link");
    g_autofree char *aim = in_folder("secret/aim");
    g_autoptr(GBytes) one = g_bytes_new_static("one", 3);
    g_autoptr(GBytes) two = g_bytes_new_static("two", 3);
    GError *error = NULL;
    struct stat status;

    CHECK(vdi_file_create(path, one, 0600, &error));
    CHECK_NO_ERROR(error);
    CHECK(!vdi_file_create(path, two, 0600, &error));
    CHECK_ERROR(error, VDI_FILE_ERROR, VDI_FILE_ERROR_WRITE);
    CHECK(holds(path, "one"));
    CHECK(stat(path, &status) == 0 && (status.st_mode & 07777) == 0600);
    CHECK(symlink(aim, link) == 0);
    CHECK(!vdi_file_create(link, two, 0600, &error));
    CHECK_ERROR(error, VDI_FILE_ERROR, VDI_FILE_ERROR_WRITE);
    CHECK(stat(aim, &status) != 0);
}

static void the_mode_is_the_one_asked_for(void)
{
    static const mode_t modes[] = {0644, 0600, 0640};
    mode_t before = umask(077);

    for (size_t i = 0; i < G_N_ELEMENTS(modes); i++) {
        g_autofree char *path = in_folder("mode");
        struct stat status;

        CHECK(vdi_file_write_text(path, "x", modes[i], NULL));
        CHECK(stat(path, &status) == 0 && (status.st_mode & 07777) == modes[i]);
    }
    umask(before);
}

static void a_link_is_replaced_and_not_written_through(void)
{
    g_autofree char *path = in_folder("a-link");
    g_autofree char *aim = in_folder("its-aim");
    struct stat status;

    CHECK(vdi_file_write_text(aim, "aim", 0644, NULL));
    CHECK(symlink(aim, path) == 0);
    CHECK(vdi_file_write_text(path, "new", 0644, NULL));
    CHECK(holds(aim, "aim"));
    CHECK(holds(path, "new"));
    CHECK(lstat(path, &status) == 0 && S_ISREG(status.st_mode));
}

static void what_a_killed_writer_left_is_removed(void)
{
    static const char *const names[] = {".vdi-AbC123", ".vdi-settings", ".vdi-", "file", ".lock"};
    g_autofree char *folder = in_folder("leftovers");

    for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
        g_autofree char *path = g_build_filename(folder, names[i], NULL);

        CHECK(vdi_file_write_text(path, "x", 0644, NULL));
    }
    vdi_file_remove_leftovers(folder);
    g_auto(GStrv) left = vdi_file_list(folder);
    g_autofree char *joined = g_strjoinv(" ", left);

    CHECK_TEXT(joined, ".lock .vdi- .vdi-settings file");
    vdi_file_remove_leftovers("/nonexistent");
}

const Test tests[] = {
    {"a file is created once", a_file_is_created_once},
    {"what is written is read, and replaced whole", what_is_written_is_read},
    {"reading has a ceiling", reading_has_a_ceiling},
    {"only regular files are read", only_regular_files_are_read},
    {"a file is believed for where it lies", a_file_is_believed_for_where_it_lies},
    {"a file is believed for whose it is", a_file_is_believed_for_whose_it_is},
    {"a folder that cannot be read is not an empty one",
        a_folder_that_cannot_be_read_is_not_an_empty_one},
    {"lines are appended", lines_are_appended},
    {"a line without room leaves no half", a_line_without_room_leaves_no_half},
    {"the mode is the one asked for, whatever the umask", the_mode_is_the_one_asked_for},
    {"a link is replaced and not written through", a_link_is_replaced_and_not_written_through},
    {"what a killed writer left is removed", what_a_killed_writer_left_is_removed},
    {"a write that fails leaves the old file", a_failed_write_leaves_the_old_file},
    {"a lock ends with its process", a_lock_ends_with_its_process},
    TEST_END,
};
