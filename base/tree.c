/* SPDX-License-Identifier: Apache-2.0 */
#include "base/tree.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "base/file.h"
#include "base/text.h"

enum { DEPTH_MAX = 16 };

/* 0, or an errno. */
static int remove_at(int at, const char *name, int depth);

/* Takes `fd`, a folder's. */
static int empty(int fd, int depth)
{
    DIR *folder = fdopendir(fd);
    const struct dirent *entry = NULL;
    int code = 0;

    if (folder == NULL) {
        code = errno;
        vdi_fd_close(fd);
        return code;
    }
    while ((entry = readdir(folder)) != NULL) {
        if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0) {
            int one = remove_at(fd, entry->d_name, depth + 1);

            code = code != 0 ? code : one;
        }
    }
    closedir(folder);
    return code;
}

static int remove_at(int at, const char *name, int depth)
{
    if (unlinkat(at, name, 0) == 0 || errno == ENOENT || errno == ENOTDIR) {
        return 0;
    }
    if (errno != EISDIR && errno != EPERM) {
        return errno;
    }
    int saved = errno;
    int fd = openat(at, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

    if (fd < 0) {
        return errno == ENOTDIR ? saved : errno;
    }
    if (depth >= DEPTH_MAX) {
        vdi_fd_close(fd);
        return ELOOP;
    }
    int code = empty(fd, depth);

    return unlinkat(at, name, AT_REMOVEDIR) == 0 || errno == ENOENT ? 0 : code != 0 ? code : errno;
}

bool vdi_tree_remove(const char *path, GError **error)
{
    int code = remove_at(AT_FDCWD, path, 0);

    if (code != 0) {
        g_autofree char *shown = vdi_text_clean(path);

        g_set_error(error, VDI_FILE_ERROR, VDI_FILE_ERROR_WRITE, "%s: %s", shown, g_strerror(code));
    }
    return code == 0;
}
