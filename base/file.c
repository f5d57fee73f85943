/* SPDX-License-Identifier: Apache-2.0 */
#include "base/file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"
#include "base/text.h"

enum { READ_BLOCK = 65536, LARGE_FILE = 2 * 1024 * 1024, LOCK_POLL_US = 20000 };

/* What a killed writer leaves behind: this and six characters. No file of ours is called so. */
#define TEMPORARY_PREFIX ".vdi-"
#define TEMPORARY_LENGTH (sizeof TEMPORARY_PREFIX - 1 + 6)

void vdi_fd_close(VdiFd fd)
{
    if (fd >= 0) {
        close(fd);
    }
}

static bool fail(VdiFileError code, const char *path, const char *what, GError **error)
{
    g_autofree char *shown = vdi_text_clean(path);

    g_set_error(error, VDI_FILE_ERROR, (int) code, "%s: %s", shown, what);
    return false;
}

/* `saved` is errno as the call left it. */
static bool fail_errno(VdiFileError code, const char *path, int saved, GError **error)
{
    return fail(code == VDI_FILE_ERROR_READ && (saved == ENOENT || saved == ENOTDIR)
            ? VDI_FILE_ERROR_ABSENT
            : code,
        path, g_strerror(saved), error);
}

/* For all of a file, and one byte more to see its end; a pipe is read block by block. */
static size_t first_room(int fd, size_t max_bytes)
{
    struct stat status;
    bool is_file = fstat(fd, &status) == 0 && S_ISREG(status.st_mode) && status.st_size > 0;

    return is_file ? MIN((size_t) status.st_size, max_bytes) + 1 : READ_BLOCK;
}

/* Where the system has large pages, a large file comes into a few of them: handing out small ones
 * takes as long as verifying what is read. Advice: whether it is taken makes no difference. */
static void ask_for_large_pages(const GByteArray *array)
{
    uintptr_t page = (uintptr_t) sysconf(_SC_PAGESIZE);
    uintptr_t begin = ((uintptr_t) array->data + page - 1) / page * page;

    if (array->len >= LARGE_FILE) {
        (void) madvise(
            (void *) begin, array->len - (begin - (uintptr_t) array->data), MADV_HUGEPAGE);
    }
}

static GBytes *read_all(int fd, const char *name, size_t max_bytes, GError **error)
{
    g_autoptr(GByteArray) array = g_byte_array_new();
    size_t size = 0;

    g_byte_array_set_size(array, (guint) first_room(fd, max_bytes));
    ask_for_large_pages(array);
    for (;;) {
        if (size == array->len) {
            g_byte_array_set_size(array, array->len + READ_BLOCK);
        }
        ssize_t n = read(fd, array->data + size, array->len - size);

        if (n < 0 && errno == EINTR) {
            continue;
        }
        if (n < 0) {
            fail_errno(VDI_FILE_ERROR_READ, name, errno, error);
            return NULL;
        }
        if (n == 0) {
            g_byte_array_set_size(array, (guint) size);
            return g_byte_array_free_to_bytes(g_steal_pointer(&array));
        }
        size += (size_t) n;
        if (size > max_bytes) {
            g_autofree char *what = g_strdup_printf("more than %zu bytes", max_bytes);

            fail(VDI_FILE_ERROR_LARGE, name, what, error);
            return NULL;
        }
    }
}

GBytes *vdi_file_read_fd(int fd, size_t max_bytes, GError **error)
{
    g_autofree char *name = g_strdup_printf("descriptor %d", fd);

    return read_all(fd, name, max_bytes, error);
}

/* -1: it is no regular file, or cannot be opened. */
static VdiFd open_regular(const char *path, int flags, struct stat *ret_status, GError **error)
{
    g_auto(VdiFd) fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY | flags);

    if (fd < 0 && errno == ELOOP && (flags & O_NOFOLLOW) != 0) {
        fail(VDI_FILE_ERROR_UNTRUSTED, path, "a link is in its place", error);
        return -1;
    }
    if (fd < 0 || fstat(fd, ret_status) != 0) {
        fail_errno(VDI_FILE_ERROR_READ, path, errno, error);
        return -1;
    }
    if (!S_ISREG(ret_status->st_mode)) {
        fail(VDI_FILE_ERROR_READ, path, "not a regular file", error);
        return -1;
    }
    VdiFd opened = fd;

    fd = -1;
    return opened;
}

GBytes *vdi_file_read(const char *path, size_t max_bytes, GError **error)
{
    struct stat status;
    g_auto(VdiFd) fd = open_regular(path, 0, &status, error);

    return fd >= 0 ? read_all(fd, path, max_bytes, error) : NULL;
}

GBytes *vdi_file_read_argument(const char *path, size_t max_bytes, GError **error)
{
    return strcmp(path, "-") == 0 ? vdi_file_read_fd(STDIN_FILENO, max_bytes, error)
                                  : vdi_file_read(path, max_bytes, error);
}

static VdiFd open_own(const char *path, GError **error)
{
    struct stat status;
    g_auto(VdiFd) fd = open_regular(path, O_NOFOLLOW, &status, error);

    if (fd >= 0
        && ((status.st_uid != 0 && status.st_uid != geteuid())
            || (status.st_mode & (S_IWGRP | S_IWOTH)) != 0)) {
        fail(
            VDI_FILE_ERROR_UNTRUSTED, path, "it is somebody else's, or others may write it", error);
        return -1;
    }
    VdiFd opened = fd;

    fd = -1;
    return opened;
}

GBytes *vdi_file_read_own(const char *path, size_t max_bytes, GError **error)
{
    g_auto(VdiFd) fd = open_own(path, error);

    return fd >= 0 ? read_all(fd, path, max_bytes, error) : NULL;
}

bool vdi_file_check_own(const char *path, GError **error)
{
    g_auto(VdiFd) fd = open_own(path, error);

    return fd >= 0;
}

static bool only_root_writes(int fd)
{
    struct stat status;

    return fstat(fd, &status) == 0 && status.st_uid == 0
        && (status.st_mode & (S_IWGRP | S_IWOTH)) == 0;
}

/* Walks from `root` to `path` by descriptors, so that nothing can change between look and use. */
static VdiFd open_trusted(const char *root, const char *path, GError **error)
{
    g_auto(VdiFd) at = open(*root != '\0' ? root : "/", O_PATH | O_DIRECTORY | O_CLOEXEC);
    g_auto(GStrv) parts = NULL;

    g_assert(g_str_has_prefix(path, root));
    parts = g_strsplit(path + strlen(root), "/", -1);
    for (size_t i = 0;; i++) {
        if (at < 0) {
            fail_errno(VDI_FILE_ERROR_READ, path, errno, error);
            return -1;
        }
        if (!only_root_writes(at)) {
            fail(VDI_FILE_ERROR_UNTRUSTED, path,
                "it or a folder above it is not root's, or others may write there", error);
            return -1;
        }
        while (parts[i] != NULL && *parts[i] == '\0') {
            i++;
        }
        if (parts[i] == NULL) {
            VdiFd found = at;

            at = -1;
            return found;
        }
        g_assert(strcmp(parts[i], "..") != 0);
        VdiFd next = openat(at, parts[i], O_PATH | O_NOFOLLOW | O_CLOEXEC);
        int saved = errno;
        struct stat status;

        if (next >= 0 && fstat(next, &status) == 0 && S_ISLNK(status.st_mode)) {
            vdi_fd_close(next);
            fail(VDI_FILE_ERROR_UNTRUSTED, path, "a link is in the way", error);
            return -1;
        }
        vdi_fd_close(at);
        at = next;
        errno = saved;
    }
}

GBytes *vdi_file_read_trusted(const char *root, const char *path, size_t max_bytes, GError **error)
{
    g_auto(VdiFd) found = open_trusted(root, path, error);
    struct stat status;

    if (found < 0) {
        return NULL;
    }
    if (fstat(found, &status) != 0 || !S_ISREG(status.st_mode)) {
        fail(VDI_FILE_ERROR_READ, path, "not a regular file", error);
        return NULL;
    }
    g_autofree char *same = g_strdup_printf("/proc/self/fd/%d", found);
    g_auto(VdiFd) fd = open(same, O_RDONLY | O_CLOEXEC | O_NOCTTY);

    if (fd < 0) {
        fail_errno(VDI_FILE_ERROR_READ, path, errno, error);
        return NULL;
    }
    return read_all(fd, path, max_bytes, error);
}

bool vdi_file_is_trusted(const char *root, const char *path)
{
    g_auto(VdiFd) found = open_trusted(root, path, NULL);

    return found >= 0;
}

bool vdi_file_make_folder(const char *path, mode_t mode, GError **error)
{
    if (g_mkdir_with_parents(path, (int) mode) != 0) {
        return fail_errno(VDI_FILE_ERROR_WRITE, path, errno, error);
    }
    return true;
}

static bool write_all(int fd, GBytes *bytes)
{
    size_t size = 0;
    const char *data = g_bytes_get_data(bytes, &size);

    while (size > 0) {
        ssize_t n = write(fd, data, size);

        if (n == 0) {
            errno = ENOSPC; /* and not to be asked for ever */
        }
        if (n == 0 || (n < 0 && errno != EINTR)) {
            return false;
        }
        data += MAX(n, 0);
        size -= (size_t) MAX(n, 0);
    }
    return true;
}

/* Some file systems cannot make a folder durable, and say so with EINVAL. */
static bool sync_folder(int fd)
{
    return g_fsync(fd) == 0 || errno == EINVAL;
}

/* Atomic, like rename, but never over another file. */
static int rename_to_new(const char *from, const char *to)
{
    int done = renameat2(AT_FDCWD, from, AT_FDCWD, to, RENAME_NOREPLACE);

    return done != 0 && errno == EINVAL && link(from, to) == 0 ? unlink(from) : done; /* NFS */
}

/* Whole under a temporary name first; `settle` gives it its own. */
static bool write_whole(const char *path, GBytes *bytes, mode_t mode,
    int (*settle)(const char *from, const char *to), GError **error)
{
    g_autofree char *folder = g_path_get_dirname(path);
    g_autofree char *temporary = g_build_filename(folder, TEMPORARY_PREFIX "XXXXXX", NULL);

    if (!vdi_file_make_folder(folder, (mode & 077) != 0 ? 0755 : 0700, error)) {
        return false;
    }
    g_auto(VdiFd) at = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    g_auto(VdiFd) fd = at >= 0 ? g_mkstemp_full(temporary, O_RDWR | O_CLOEXEC, 0600) : -1;

    if (fd < 0) {
        return fail_errno(VDI_FILE_ERROR_WRITE, path, errno, error);
    }
    if (!write_all(fd, bytes) || fchmod(fd, mode) != 0 || g_fsync(fd) != 0
        || settle(temporary, path) != 0) {
        int saved = errno;

        unlink(temporary);
        return fail_errno(VDI_FILE_ERROR_WRITE, path, saved, error);
    }
    return sync_folder(at) || fail_errno(VDI_FILE_ERROR_WRITE, path, errno, error);
}

bool vdi_file_write(const char *path, GBytes *bytes, mode_t mode, GError **error)
{
    return write_whole(path, bytes, mode, rename, error);
}

bool vdi_file_create(const char *path, GBytes *bytes, mode_t mode, GError **error)
{
    return write_whole(path, bytes, mode, rename_to_new, error);
}

bool vdi_file_write_text(const char *path, const char *text, mode_t mode, GError **error)
{
    g_autoptr(GBytes) bytes = g_bytes_new_static(text, strlen(text));

    return vdi_file_write(path, bytes, mode, error);
}

bool vdi_file_append_line(const char *path, const char *line, mode_t mode, GError **error)
{
    g_autofree char *folder = g_path_get_dirname(path);
    g_autofree char *ended = g_strconcat(line, "\n", NULL);

    g_assert(strchr(line, '\n') == NULL);
    if (!vdi_file_make_folder(folder, 0755, error)) {
        return false;
    }
    g_auto(VdiFd) fd =
        open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NOCTTY, mode);

    if (fd < 0) {
        return fail_errno(VDI_FILE_ERROR_WRITE, path, errno, error);
    }
    ssize_t size = (ssize_t) strlen(ended);
    ssize_t written = write(fd, ended, (size_t) size);

    if (written == size) {
        return true;
    }
    int code = written < 0 ? errno : ENOSPC;

    /* Half a line would spoil the next one too. */
    if (written > 0 && ftruncate(fd, lseek(fd, 0, SEEK_CUR) - written) != 0) {
        code = errno;
    }
    return fail_errno(VDI_FILE_ERROR_WRITE, path, code, error);
}

bool vdi_file_remove(const char *path, GError **error)
{
    if (unlink(path) != 0 && errno != ENOENT && errno != ENOTDIR) {
        return fail_errno(VDI_FILE_ERROR_WRITE, path, errno, error);
    }
    return true;
}

/* Takes `opened`, -1 with errno set when there is none. */
static VdiFd lock_fd(int opened, const char *path, unsigned deadline_ms, GError **error)
{
    g_auto(VdiFd) fd = opened;
    gint64 deadline = g_get_monotonic_time() + (gint64) deadline_ms * 1000;

    if (fd < 0) {
        fail_errno(VDI_FILE_ERROR_WRITE, path, errno, error);
        return -1;
    }
    while (flock(fd, LOCK_EX | LOCK_NB) != 0) {
        if (g_get_monotonic_time() >= deadline) {
            fail(VDI_FILE_ERROR_BUSY, path, "another process holds its lock", error);
            return -1;
        }
        g_usleep(LOCK_POLL_US);
    }
    VdiFd held = fd;

    fd = -1;
    return held;
}

VdiFd vdi_file_lock(const char *path, unsigned deadline_ms, GError **error)
{
    g_autofree char *folder = g_path_get_dirname(path);

    if (!vdi_file_make_folder(folder, 0755, error)) {
        return -1;
    }
    return lock_fd(open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NOCTTY, 0600), path,
        deadline_ms, error);
}

VdiFd vdi_file_lock_folder(const char *path, unsigned deadline_ms, GError **error)
{
    return lock_fd(open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC), path, deadline_ms, error);
}

static int by_name(gconstpointer a, gconstpointer b)
{
    return strcmp(*(const char *const *) a, *(const char *const *) b);
}

/* GDir cannot tell the end of a folder from a failure on the way there. */
GStrv vdi_file_names(const char *path, GError **error)
{
    DIR *folder = opendir(path);
    g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
    struct dirent *entry = NULL;

    while (folder != NULL && (errno = 0, entry = readdir(folder)) != NULL) {
        if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0) {
            g_ptr_array_add(names, g_strdup(entry->d_name));
        }
    }
    int saved = errno;

    if (folder != NULL) {
        closedir(folder);
    }
    if (folder == NULL || saved != 0) {
        fail_errno(VDI_FILE_ERROR_READ, path, saved, error);
        return NULL;
    }
    g_ptr_array_sort(names, by_name);
    g_ptr_array_add(names, NULL);
    return (GStrv) g_ptr_array_free(g_steal_pointer(&names), false);
}

GStrv vdi_file_list(const char *path)
{
    GStrv names = vdi_file_names(path, NULL);

    return names != NULL ? names : g_new0(char *, 1);
}

void vdi_file_remove_leftovers(const char *folder)
{
    g_auto(GStrv) names = vdi_file_list(folder);

    for (size_t i = 0; names[i] != NULL; i++) {
        g_autofree char *path = g_build_filename(folder, names[i], NULL);

        if (g_str_has_prefix(names[i], TEMPORARY_PREFIX) && strlen(names[i]) == TEMPORARY_LENGTH) {
            unlink(path);
        }
    }
}
