/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <freerdp/freerdp.h>
#include <glib.h>
#include <stdbool.h>

#include "protocol/rdp/damage.h"
#include "protocol/session/picture.h"

/* From FreeRDP's surface to the viewer's picture. FreeRDP paints into memory of its own; damage is
 * copied into whichever of the two pictures the viewer does not look at, which is then whole, and
 * one message says so. The next waits until that one was taken; meanwhile damage adds up. */

typedef struct VdiPaint {
    int view; /* the socket; borrowed */
    rdpContext *context;
    uint32_t width, height; /* of the desktop */
    VdiPicture *picture;    /* NULL: waiting for one of this size */
    VdiDamage stale[2];     /* what is older in each picture than on the desktop */
    VdiDamage unsent;       /* since the last frame */
    unsigned free;          /* the picture that nobody looks at */
    uint32_t serial;        /* of the last frame */
    bool is_owed;           /* it was not taken yet */
    bool has_painted;       /* anything at all */
    bool is_lost;           /* the viewer is gone */
} VdiPaint;

/* Asks for a picture at once, so that it is there when the desktop is. */
void vdi_paint_begin(VdiPaint *paint, int view, uint32_t width, uint32_t height);
void vdi_paint_clear(VdiPaint *paint);

/* In PostConnect: from here on FreeRDP paints. False: the desktop has an impossible size. */
bool vdi_paint_attach(VdiPaint *paint, rdpContext *context);

/* Takes `fd` over. Of another size than the desktop's: dropped. */
void vdi_paint_take_picture(VdiPaint *paint, int fd, const VdiMessagePicture *announced);
void vdi_paint_taken(VdiPaint *paint, uint32_t serial);

/* Sends what can be sent. True when a frame went out. */
bool vdi_paint_flush(VdiPaint *paint);
