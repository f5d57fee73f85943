/* SPDX-License-Identifier: Apache-2.0 */
#include "protocol/session/picture.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/error.h"
#include "base/file.h"
#include "protocol/session/screenshot.h"
#include "tests/support/check.h"

enum { WIDTH = 64, HEIGHT = 48, BOTH = 2 * WIDTH * HEIGHT * 4 };

static const VdiMessagePicture announced = {VDI_MESSAGE_PICTURE, 1, WIDTH, HEIGHT, WIDTH * 4};

static void both_sides_see_the_same_pixels(void)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(VdiPicture) shown = vdi_picture_new(3, WIDTH, HEIGHT, &error);

    if (!CHECK_NO_ERROR(error)) {
        return;
    }
    VdiMessagePicture message = vdi_picture_announce(shown);
    g_autoptr(VdiPicture) painted = vdi_picture_take(dup(shown->fd), &message, &error);

    if (!CHECK_NO_ERROR(error)) {
        return;
    }
    CHECK_INT(painted->generation, 3);
    CHECK_INT(vdi_picture_pixels(shown, 1)[0], 0);
    vdi_picture_pixels(painted, 1)[0] = 99;
    CHECK_INT(vdi_picture_pixels(shown, 1)[0], 99);
    CHECK_INT(vdi_picture_pixels(shown, 0)[0], 0);
}

static void nobody_can_change_its_size_afterwards(void)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(VdiPicture) picture = vdi_picture_new(1, WIDTH, HEIGHT, &error);

    if (!CHECK_NO_ERROR(error)) {
        return;
    }
    CHECK(ftruncate(picture->fd, 0) != 0);
    CHECK(ftruncate(picture->fd, BOTH * 2) != 0);
    CHECK(fcntl(picture->fd, F_ADD_SEALS, F_SEAL_WRITE) != 0);
}

static const struct {
    const char *name;
    uint32_t width, height;
    bool is_made;
} sizes[] = {
    {"an ordinary size", 1920, 1080, true},
    {"the smallest", VDI_PICTURE_MIN, VDI_PICTURE_MIN, true},
    {"no width", 0, 1080, false},
    {"no height", 1920, 0, false},
    {"below the smallest", VDI_PICTURE_MIN - 1, 600, false},
    {"over the largest", VDI_PICTURE_MAX + 1, 600, false},
    {"sides whose product overflows", 0x40000001, 0x40000001, false},
    {"a negative number taken for a size", 0xffffffff, 600, false},
};

static void makes_only_pictures_within_the_ceilings(void)
{
    for (size_t i = 0; i < G_N_ELEMENTS(sizes); i++) {
        g_autoptr(GError) error = NULL;
        g_autoptr(VdiPicture) picture = vdi_picture_new(1, sizes[i].width, sizes[i].height, &error);

        CHECK_ROW(sizes[i].name, (picture != NULL) == sizes[i].is_made);
        CHECK_ROW(sizes[i].name, (error == NULL) == sizes[i].is_made);
    }
}

static void refuses_a_memfd_that_is_not_sealed(void)
{
    g_autoptr(GError) error = NULL;
    int fd = memfd_create("loose", MFD_CLOEXEC | MFD_ALLOW_SEALING);

    CHECK_INT(ftruncate(fd, BOTH), 0);
    g_autoptr(VdiPicture) picture = vdi_picture_take(fd, &announced, &error);

    CHECK(picture == NULL);
    CHECK_ERROR(error, VDI_SESSION_ERROR, VDI_SESSION_ERROR_MESSAGE);
}

static void refuses_a_memfd_that_is_smaller_than_announced(void)
{
    g_autoptr(GError) error = NULL;
    int fd = memfd_create("small", MFD_CLOEXEC | MFD_ALLOW_SEALING);

    CHECK_INT(ftruncate(fd, BOTH - 4096), 0);
    CHECK_INT(fcntl(fd, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_SEAL), 0);
    g_autoptr(VdiPicture) picture = vdi_picture_take(fd, &announced, &error);

    CHECK(picture == NULL);
    CHECK_ERROR(error, VDI_SESSION_ERROR, VDI_SESSION_ERROR_MESSAGE);
}

static void refuses_what_is_no_memfd(void)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(VdiPicture) picture =
        vdi_picture_take(open("/dev/zero", O_RDWR | O_CLOEXEC), &announced, &error);

    CHECK(picture == NULL);
    CHECK_ERROR(error, VDI_SESSION_ERROR, VDI_SESSION_ERROR_MESSAGE);
}

static void refuses_an_odd_stride(void)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(VdiPicture) shown = vdi_picture_new(1, WIDTH, HEIGHT, &error);
    VdiMessagePicture message = vdi_picture_announce(shown);

    message.stride = 4;
    g_autoptr(VdiPicture) picture = vdi_picture_take(dup(shown->fd), &message, &error);

    CHECK(picture == NULL);
    CHECK_ERROR(error, VDI_SESSION_ERROR, VDI_SESSION_ERROR_MESSAGE);
}

static void a_screenshot_is_a_png_that_only_its_owner_reads(void)
{
    g_autofree char *path = g_build_filename(test_folder(), "shot.png", NULL);
    g_autoptr(GError) error = NULL;
    g_autoptr(VdiPicture) picture = vdi_picture_new(1, WIDTH, HEIGHT, &error);

    CHECK(vdi_screenshot_check(path, &error));
    CHECK(vdi_screenshot_write(picture, 0, path, &error));
    CHECK_NO_ERROR(error);
    g_autoptr(GBytes) file = vdi_file_read(path, 1 << 20, &error);

    CHECK(file != NULL && g_bytes_get_size(file) > 24
        && memcmp(g_bytes_get_data(file, NULL), "\x89PNG\r\n\x1a\n", 8) == 0);
    CHECK(g_file_test(path, G_FILE_TEST_IS_REGULAR));
    CHECK_INT(access(path, R_OK), 0);
}

static void an_unwritable_screenshot_is_known_beforehand(void)
{
    g_autofree char *absent = g_build_filename(test_folder(), "no", "such", "shot.png", NULL);
    const char *paths[] = {absent, "/proc/shot.png", "", "/dev/null", "/tmp/"};

    for (size_t i = 0; i < G_N_ELEMENTS(paths); i++) {
        g_autoptr(GError) error = NULL;

        CHECK_ROW(paths[i], !vdi_screenshot_check(paths[i], &error));
        CHECK_ERROR(error, VDI_PROGRAM_ERROR, VDI_PROGRAM_ERROR_OUTPUT);
    }
}

static void a_screenshot_that_cannot_be_written_is_an_error(void)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(VdiPicture) picture = vdi_picture_new(1, WIDTH, HEIGHT, &error);

    CHECK(!vdi_screenshot_write(picture, 0, "/proc/no/shot.png", &error));
    CHECK_ERROR(error, VDI_PROGRAM_ERROR, VDI_PROGRAM_ERROR_OUTPUT);
}

const Test tests[] = {
    {"both sides see the same pixels", both_sides_see_the_same_pixels},
    {"nobody can change its size afterwards", nobody_can_change_its_size_afterwards},
    {"makes only pictures within the ceilings", makes_only_pictures_within_the_ceilings},
    {"refuses a memfd that is not sealed", refuses_a_memfd_that_is_not_sealed},
    {"refuses a memfd that is smaller than announced",
        refuses_a_memfd_that_is_smaller_than_announced},
    {"refuses what is no memfd", refuses_what_is_no_memfd},
    {"refuses an odd stride", refuses_an_odd_stride},
    {"a screenshot is a PNG that only its owner reads",
        a_screenshot_is_a_png_that_only_its_owner_reads},
    {"an unwritable screenshot is known beforehand", an_unwritable_screenshot_is_known_beforehand},
    {"a screenshot that cannot be written is an error",
        a_screenshot_that_cannot_be_written_is_an_error},
    TEST_END,
};
