/* SPDX-License-Identifier: Apache-2.0 */
#include "protocol/session/picture.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"
#include "base/file.h"

enum {
    N_PICTURES = 2,
    BYTES_PER_PIXEL = 4,
    SIZE_SEALS = F_SEAL_SHRINK | F_SEAL_GROW,
};

static bool refuse(const char *why, GError **error)
{
    g_set_error(error, VDI_SESSION_ERROR, VDI_SESSION_ERROR_MESSAGE, "the picture %s", why);
    return false;
}

static bool check_shape(uint32_t width, uint32_t height, uint32_t stride, GError **error)
{
    if (width < VDI_PICTURE_MIN || width > VDI_PICTURE_MAX || height < VDI_PICTURE_MIN
        || height > VDI_PICTURE_MAX) {
        g_set_error(error, VDI_SESSION_ERROR, VDI_SESSION_ERROR_MESSAGE,
            "a picture of %u × %u pixels", width, height);
        return false;
    }
    return stride == width * BYTES_PER_PIXEL || refuse("has an odd stride", error);
}

static bool map(VdiPicture *picture, int protection, GError **error)
{
    void *memory = mmap(NULL, picture->size_bytes, protection, MAP_SHARED, picture->fd, 0);

    if (memory == MAP_FAILED) {
        g_set_error(error, VDI_SESSION_ERROR, VDI_SESSION_ERROR_MESSAGE,
            "the picture cannot be mapped: %s", g_strerror(errno));
        return false;
    }
    picture->memory = memory;
    return true;
}

static VdiPicture *describe(int fd, uint32_t generation, uint32_t width, uint32_t height)
{
    VdiPicture *picture = g_new0(VdiPicture, 1);

    picture->fd = fd;
    picture->generation = generation;
    picture->width = width;
    picture->height = height;
    picture->stride = width * BYTES_PER_PIXEL;
    picture->size_bytes = (size_t) N_PICTURES * height * picture->stride;
    return picture;
}

VdiPicture *vdi_picture_new(uint32_t generation, uint32_t width, uint32_t height, GError **error)
{
    if (!check_shape(width, height, width * BYTES_PER_PIXEL, error)) {
        return NULL;
    }
    g_autoptr(VdiPicture) picture = describe(
        memfd_create("vdi-picture", MFD_CLOEXEC | MFD_ALLOW_SEALING), generation, width, height);

    if (picture->fd < 0 || ftruncate(picture->fd, (off_t) picture->size_bytes) != 0
        || fcntl(picture->fd, F_ADD_SEALS, SIZE_SEALS | F_SEAL_SEAL) != 0) {
        g_set_error(error, VDI_SESSION_ERROR, VDI_SESSION_ERROR_START,
            "the picture cannot be made: %s", g_strerror(errno));
        return NULL;
    }
    return map(picture, PROT_READ, error) ? g_steal_pointer(&picture) : NULL;
}

VdiPicture *vdi_picture_take(int fd, const VdiMessagePicture *announced, GError **error)
{
    g_autoptr(VdiPicture) picture =
        describe(fd, announced->generation, announced->width, announced->height);
    struct stat status;

    if (!check_shape(announced->width, announced->height, announced->stride, error)) {
        return NULL;
    }
    /* Seals first: a size that was looked at before may have changed since. */
    int seals = fcntl(fd, F_GET_SEALS);

    if (seals < 0 || (seals & SIZE_SEALS) != SIZE_SEALS) {
        refuse("is not sealed", error);
        return NULL;
    }
    if (fstat(fd, &status) != 0 || status.st_size < 0
        || (size_t) status.st_size != picture->size_bytes) {
        refuse("is not as large as announced", error);
        return NULL;
    }
    return map(picture, PROT_READ | PROT_WRITE, error) ? g_steal_pointer(&picture) : NULL;
}

void vdi_picture_free(VdiPicture *picture)
{
    if (picture == NULL) {
        return;
    }
    if (picture->memory != NULL) {
        munmap(picture->memory, picture->size_bytes);
    }
    vdi_fd_close(picture->fd);
    g_free(picture);
}

unsigned char *vdi_picture_pixels(const VdiPicture *picture, unsigned index)
{
    g_assert(index < N_PICTURES);
    return picture->memory + (size_t) index * picture->height * picture->stride;
}

VdiMessagePicture vdi_picture_announce(const VdiPicture *picture)
{
    return (VdiMessagePicture){
        .kind = VDI_MESSAGE_PICTURE,
        .generation = picture->generation,
        .width = picture->width,
        .height = picture->height,
        .stride = picture->stride,
    };
}
