/* SPDX-License-Identifier: Apache-2.0 */
#include "protocol/session/screenshot.h"

#include <glib/gstdio.h>
#include <png.h>
#include <unistd.h>

#include "base/error.h"
#include "base/file.h"
#include "base/text.h"

static bool refuse(const char *path, const char *why, GError **error)
{
    g_autofree char *shown = vdi_text_quote(path);

    g_set_error(error, VDI_PROGRAM_ERROR, VDI_PROGRAM_ERROR_OUTPUT, "%s: %s", shown, why);
    return false;
}

bool vdi_screenshot_check(const char *path, GError **error)
{
    g_autofree char *folder = g_path_get_dirname(path);
    GStatBuf status;

    if (*path == '\0' || g_str_has_suffix(path, G_DIR_SEPARATOR_S)) {
        return refuse(path, "that names no file", error);
    }
    if (g_stat(path, &status) == 0 && !S_ISREG(status.st_mode)) {
        return refuse(path, "that is not a plain file", error);
    }
    if (g_stat(folder, &status) != 0) {
        return refuse(path, "its folder does not exist", error);
    }
    if (!S_ISDIR(status.st_mode)) {
        return refuse(path, "its folder is not a folder", error);
    }
    /* The file is replaced by a rename, so the folder must let us in. The trial is a real one:
     * rights alone say nothing of a read-only file system. */
    g_autofree char *trial = g_build_filename(folder, ".vdi-XXXXXX", NULL);
    g_auto(VdiFd) fd = g_mkstemp(trial);

    if (fd < 0) {
        return refuse(path, "its folder cannot be written", error);
    }
    g_unlink(trial);
    return true;
}

static GBytes *encode(const VdiPicture *picture, unsigned index)
{
    png_image image = {
        .version = PNG_IMAGE_VERSION,
        .width = picture->width,
        .height = picture->height,
        .format = PNG_FORMAT_RGB,
        .flags = PNG_IMAGE_FLAG_FAST,
    };
    size_t n_pixels = (size_t) picture->width * picture->height;
    g_autofree unsigned char *rgb = g_malloc(n_pixels * 3);
    const unsigned char *from = vdi_picture_pixels(picture, index);
    png_alloc_size_t room = PNG_IMAGE_PNG_SIZE_MAX(image);

    for (size_t i = 0; i < n_pixels; i++) {
        rgb[3 * i] = from[4 * i + 2];
        rgb[3 * i + 1] = from[4 * i + 1];
        rgb[3 * i + 2] = from[4 * i];
    }
    g_autofree unsigned char *file = g_malloc(room);

    if (!png_image_write_to_memory(&image, file, &room, 0, rgb, 0, NULL)) {
        return NULL;
    }
    return g_bytes_new_take(g_steal_pointer(&file), room);
}

bool vdi_screenshot_write(
    const VdiPicture *picture, unsigned index, const char *path, GError **error)
{
    g_autoptr(GBytes) file = encode(picture, index);
    g_autoptr(GError) inner = NULL;

    if (file == NULL) {
        return refuse(path, "the picture could not be written as PNG", error);
    }
    return vdi_file_write(path, file, 0600, &inner) || refuse(path, inner->message, error);
}
