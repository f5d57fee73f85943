/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <glib.h>
#include <stdbool.h>

#include "protocol/session/picture.h"

/* The viewer's end of the view socket, in a GMainLoop: makes the pictures that the session asks
 * for, checks every frame as if the hostile server had sent it, and acknowledges it when told. One
 * object a desktop, used by the window, by vdi-viewer and by vdi-connect without a display. */

typedef struct VdiView VdiView;

typedef struct {
    /* A new picture: black until the first frame. The old one is gone when this returns, and a
     * frame of it that was not taken yet is withdrawn: it is not to be taken any more. */
    void (*picture)(VdiView *view, const VdiPicture *picture, void *user);
    /* Picture `index` is whole and may be shown. It is left alone until vdi_view_taken, which must
     * be called once for each frame, now or later; the other picture may be painted at any time.
     * Rectangles are inside the picture. */
    void (*frame)(
        VdiView *view, unsigned index, const VdiRectangle *damage, size_t n_damage, void *user);
    /* 0 × 0: no pointer is shown. `pixels` is BGRA32, borrowed. NULL: not wanted. */
    void (*cursor)(
        VdiView *view, const VdiMessageCursor *cursor, const unsigned char *pixels, void *user);
    /* The session is gone, or said what no healthy one says (then `error` is set: the owner of the
     * control socket should end it). Nothing is called afterwards. */
    void (*closed)(VdiView *view, const GError *error, void *user);
} VdiViewDelegate;

/* Takes `fd` over. The delegate is borrowed; it may free the view from any of its functions. */
VdiView *vdi_view_new(int fd, const VdiViewDelegate *delegate, void *user);
void vdi_view_free(VdiView *view);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(VdiView, vdi_view_free)

/* NULL before the first SIZE. */
const VdiPicture *vdi_view_picture(const VdiView *view);
/* The picture shown last; valid once a frame came. */
unsigned vdi_view_index(const VdiView *view);
void vdi_view_taken(VdiView *view);

/* Input; silently dropped when the session is gone. Key-ups are never dropped before that. Motion
 * over motion coalesces when the socket is full. */
void vdi_view_key(VdiView *view, uint16_t evdev_code, uint16_t state);
void vdi_view_pointer(VdiView *view, uint16_t x, uint16_t y);
void vdi_view_button(VdiView *view, uint16_t x, uint16_t y, uint16_t evdev_button, bool down);
void vdi_view_wheel(VdiView *view, uint16_t x, uint16_t y, int16_t vertical, int16_t horizontal);
/* Out of focus: releases every key that is down, then says so. */
void vdi_view_focus(VdiView *view, bool focused, uint16_t locks);
void vdi_view_resize(VdiView *view, uint32_t width, uint32_t height, uint32_t scale_percent);
