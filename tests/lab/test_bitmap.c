/* SPDX-License-Identifier: Apache-2.0 */
#include <math.h>

#include "tests/lab/bitmap.h"
#include "tests/support/check.h"

static LabBitmap *filled(uint32_t width, uint32_t height, uint32_t pixel)
{
    LabBitmap *bitmap = lab_bitmap_new(width, height);

    for (size_t i = 0; i < (size_t) width * height; i++) {
        bitmap->pixels[i] = pixel;
    }
    return bitmap;
}

static void comes_back_from_a_file(void)
{
    g_autoptr(LabBitmap) bitmap = filled(3, 2, 0x102030);
    g_autofree char *path = g_build_filename(test_folder(), "picture.png", NULL);
    g_autoptr(GError) error = NULL;

    bitmap->pixels[4] = 0xfedcba;
    CHECK(lab_bitmap_write(bitmap, path, &error));
    g_autoptr(LabBitmap) again = error == NULL ? lab_bitmap_read(path, &error) : NULL;

    CHECK_NO_ERROR(error);
    CHECK(again != NULL && isinf(lab_bitmap_psnr(bitmap, again, NULL)));
    CHECK(again != NULL && again->pixels[4] == 0xfedcba);
}

static void refuses_what_is_no_picture(void)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(LabBitmap) bitmap = lab_bitmap_read("/dev/null", &error);

    CHECK(bitmap == NULL && error != NULL);
}

/* Values by hand: 20·log10(255) is 48.13 dB for an error of one level everywhere. */
static const struct {
    const char *name;
    uint32_t one, other;
    LabArea area;
    double psnr;
} rows[] = {
    {"the same is without noise", 0x808080, 0x808080, {0, 0, 4, 4}, (double) INFINITY},
    {"one level everywhere", 0x808080, 0x818181, {0, 0, 4, 4}, 48.13},
    {"the sign does not matter", 0x818181, 0x808080, {1, 1, 2, 2}, 48.13},
    {"one level in one channel of three", 0x808080, 0x808081, {0, 0, 4, 4}, 52.90},
    {"black and white", 0x000000, 0xffffff, {0, 0, 4, 4}, 0.0},
    {"an area outside", 0x000000, 0x000000, {1, 0, 4, 4}, -1.0},
    {"an area that overflows", 0x000000, 0x000000, {2, 0, 0xfffffffe, 1}, -1.0},
    {"an empty area", 0x000000, 0x000000, {0, 0, 0, 4}, -1.0},
};

static void is_compared_in_decibels(void)
{
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(LabBitmap) one = filled(4, 4, rows[i].one);
        g_autoptr(LabBitmap) other = filled(4, 4, rows[i].other);
        double psnr = lab_bitmap_psnr(one, other, &rows[i].area);

        CHECK_ROW(
            rows[i].name, isinf(rows[i].psnr) ? isinf(psnr) : fabs(psnr - rows[i].psnr) < 0.01);
    }
}

const Test tests[] = {
    {"a picture comes back from its file as it was", comes_back_from_a_file},
    {"a file that is no picture is refused", refuses_what_is_no_picture},
    {"pictures are compared in decibels", is_compared_in_decibels},
    TEST_END,
};
