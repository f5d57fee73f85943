/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

/* A picture as tests look at it: opaque pixels, 0xRRGGBB, row after row. */

#define LAB_BITMAP_SIDE_MAX 16384

typedef struct {
    uint32_t width, height;
    uint32_t *pixels;
} LabBitmap;

typedef struct {
    uint32_t x, y, width, height;
} LabArea;

LabBitmap *lab_bitmap_new(uint32_t width, uint32_t height);
void lab_bitmap_free(LabBitmap *bitmap);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(LabBitmap, lab_bitmap_free)

LabBitmap *lab_bitmap_read(const char *path, GError **error) G_GNUC_WARN_UNUSED_RESULT;
bool lab_bitmap_write(
    const LabBitmap *bitmap, const char *path, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Peak signal to noise over the three channels in `area` (NULL: all of it), in dB; INFINITY where
 * both are the same. -1 when the area is not within both pictures. */
double lab_bitmap_psnr(const LabBitmap *one, const LabBitmap *other, const LabArea *area);
