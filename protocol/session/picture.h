/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "protocol/session/message.h"

/* The picture that everyone maps: a memfd with two pictures, its size sealed by the side that shows
 * it, so that the side that paints cannot shrink it under the reader (SIGBUS). BGRX32: cairo's
 * RGB24 and a 24-in-32 X ZPixmap. */

typedef struct {
    int fd;
    uint32_t generation;
    uint32_t width, height;
    uint32_t stride;       /* bytes */
    unsigned char *memory; /* both pictures */
    size_t size_bytes;     /* 2 × height × stride */
} VdiPicture;

/* The viewer's: makes, sizes and seals the memfd, maps it to read. Fails with VDI_SESSION_ERROR. */
VdiPicture *vdi_picture_new(
    uint32_t generation, uint32_t width, uint32_t height, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The session's: takes `fd` over, checks its seals and size against what was announced, maps it to
 * write. */
VdiPicture *vdi_picture_take(
    int fd, const VdiMessagePicture *announced, GError **error) G_GNUC_WARN_UNUSED_RESULT;

void vdi_picture_free(VdiPicture *picture);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(VdiPicture, vdi_picture_free)

/* First byte of picture 0 or 1. */
unsigned char *vdi_picture_pixels(const VdiPicture *picture, unsigned index);

/* What goes into the PICTURE message. */
VdiMessagePicture vdi_picture_announce(const VdiPicture *picture);
