/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/lab/bitmap.h"

#include <gio/gio.h>
#include <math.h>
#include <png.h>

LabBitmap *lab_bitmap_new(uint32_t width, uint32_t height)
{
    LabBitmap *bitmap = g_new0(LabBitmap, 1);

    g_assert(width <= LAB_BITMAP_SIDE_MAX && height <= LAB_BITMAP_SIDE_MAX);
    bitmap->width = width;
    bitmap->height = height;
    bitmap->pixels = g_new0(uint32_t, (size_t) width * height);
    return bitmap;
}

void lab_bitmap_free(LabBitmap *bitmap)
{
    if (bitmap != NULL) {
        g_free(bitmap->pixels);
        g_free(bitmap);
    }
}

static void fail(GError **error, const char *path, const png_image *image)
{
    g_set_error(error, G_IO_ERROR, G_IO_ERROR_FAILED, "%s: %s", path, image->message);
}

/* libpng's BGRA in memory is our 0xAARRGGBB on the little-endian machines that we run on. */
G_STATIC_ASSERT(G_BYTE_ORDER == G_LITTLE_ENDIAN);

LabBitmap *lab_bitmap_read(const char *path, GError **error)
{
    png_image image = {.version = PNG_IMAGE_VERSION};

    if (!png_image_begin_read_from_file(&image, path)) {
        fail(error, path, &image);
        return NULL;
    }
    if (image.width > LAB_BITMAP_SIDE_MAX || image.height > LAB_BITMAP_SIDE_MAX) {
        png_image_free(&image);
        g_set_error(error, G_IO_ERROR, G_IO_ERROR_FAILED, "%s: too large", path);
        return NULL;
    }
    g_autoptr(LabBitmap) bitmap = lab_bitmap_new(image.width, image.height);
    size_t n = (size_t) image.width * image.height;

    image.format = PNG_FORMAT_BGRA;
    if (!png_image_finish_read(&image, NULL, bitmap->pixels, 0, NULL)) {
        fail(error, path, &image);
        return NULL;
    }
    for (size_t i = 0; i < n; i++) {
        bitmap->pixels[i] &= 0xffffff;
    }
    return g_steal_pointer(&bitmap);
}

bool lab_bitmap_write(const LabBitmap *bitmap, const char *path, GError **error)
{
    png_image image = {.version = PNG_IMAGE_VERSION,
        .width = bitmap->width,
        .height = bitmap->height,
        .format = PNG_FORMAT_RGB};
    size_t n = (size_t) bitmap->width * bitmap->height;
    g_autofree uint8_t *bytes = g_malloc(n * 3);

    for (size_t i = 0; i < n; i++) {
        bytes[3 * i] = (uint8_t) (bitmap->pixels[i] >> 16);
        bytes[3 * i + 1] = (uint8_t) (bitmap->pixels[i] >> 8);
        bytes[3 * i + 2] = (uint8_t) bitmap->pixels[i];
    }
    if (!png_image_write_to_file(&image, path, 0, bytes, 0, NULL)) {
        fail(error, path, &image);
        return false;
    }
    return true;
}

static bool contains(const LabBitmap *bitmap, const LabArea *area)
{
    return area->x <= bitmap->width && area->width <= bitmap->width - area->x
        && area->y <= bitmap->height && area->height <= bitmap->height - area->y;
}

static uint64_t squared_error(uint32_t one, uint32_t other)
{
    uint64_t sum = 0;

    for (unsigned shift = 0; shift < 24; shift += 8) {
        int difference = (int) ((one >> shift) & 0xff) - (int) ((other >> shift) & 0xff);

        sum += (uint64_t) (difference * difference);
    }
    return sum;
}

double lab_bitmap_psnr(const LabBitmap *one, const LabBitmap *other, const LabArea *area)
{
    LabArea all = {0, 0, one->width, one->height};
    uint64_t sum = 0;

    area = area != NULL ? area : &all;
    if (area->width == 0 || area->height == 0 || !contains(one, area) || !contains(other, area)) {
        return -1;
    }
    for (uint32_t y = area->y; y < area->y + area->height; y++) {
        for (uint32_t x = area->x; x < area->x + area->width; x++) {
            sum += squared_error(one->pixels[(size_t) y * one->width + x],
                other->pixels[(size_t) y * other->width + x]);
        }
    }
    double mean = (double) sum / (3.0 * area->width * area->height);

    return sum == 0 ? (double) INFINITY : 10 * log10(255.0 * 255.0 / mean);
}
