/* SPDX-License-Identifier: Apache-2.0 */
#include "compat/manifest/webroot.h"

#include <limits.h>
#include <string.h>

#include "base/error.h"
#include "base/file.h"

static char *line_path(const char *folder)
{
    return g_build_filename(folder, "webroot", NULL);
}

char *vdi_webroot_recall(const char *folder, GError **error)
{
    g_autofree char *path = line_path(folder);
    g_autoptr(GError) local = NULL;
    g_autoptr(GBytes) bytes = vdi_file_read(path, PATH_MAX, &local);

    if (bytes == NULL) {
        if (!g_error_matches(local, VDI_FILE_ERROR, VDI_FILE_ERROR_ABSENT)) {
            g_propagate_error(error, g_steal_pointer(&local));
        }
        return NULL;
    }
    size_t size = 0;
    const char *text = g_bytes_get_data(bytes, &size);
    g_autofree char *line = g_strndup(text, size);

    line[strcspn(line, "\n")] = '\0';
    if (!g_path_is_absolute(line)) {
        g_set_error(error, VDI_FILE_ERROR, VDI_FILE_ERROR_READ,
            "%s: one line is due, an absolute path; remove the file and give --to", path);
        return NULL;
    }
    return g_steal_pointer(&line);
}

bool vdi_webroot_remember(const char *folder, const char *webroot, GError **error)
{
    g_autofree char *path = line_path(folder);
    g_autofree char *whole = g_canonicalize_filename(webroot, NULL);
    g_autofree char *line = g_strconcat(whole, "\n", NULL);

    return vdi_file_write_text(path, line, 0644, error);
}
