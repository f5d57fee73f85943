/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <gio/gio.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/file.h"

/* The viewer's end of the status socket to vdi-connect (protocol/session/message.h).
 * vdi-connect closes its end when all is over; the viewer closes its own when the person closes
 * the window. The viewer says one thing: how large its window is. */

typedef struct VdiStatusLine VdiStatusLine;

typedef struct {
    /* Not yet cleaned; `detail` is NULL when there is none. */
    void (*said)(const char *headline, const char *detail, void *user);
    void (*view)(VdiFd view, void *user); /* yours */
    /* The other side is gone, or said what it must not. Nothing is called afterwards. */
    void (*closed)(void *user);
} VdiStatusDelegate;

/* Takes `fd` over. */
VdiStatusLine *vdi_status_line_new(VdiFd fd, const VdiStatusDelegate *delegate, void *user);
void vdi_status_line_free(VdiStatusLine *line);
/* The other way, once: the room that the picture has (VdiMessageResize). */
void vdi_status_line_tell_size(
    VdiStatusLine *line, uint32_t width, uint32_t height, uint32_t scale_percent);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(VdiStatusLine, vdi_status_line_free)
