/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <gtk/gtk.h>
#include <stdbool.h>

#include "protocol/session/picture.h"

/* How a picture reaches the screen: a table of back ends, the first that can is taken.
 *
 *   x11    MIT-SHM 1.2: the X server maps the very memfd that vdi-session paints into, read-only,
 *          and is told which rectangles to copy. Local servers, pixel for pixel.
 *   cairo  everything else: remote X, Wayland, scaled pictures.
 *
 * What a window loses in other ways (uncovered, resized) is repainted by vdi_display_paint from the
 * draw handler, whatever the back end. */

/* Where the picture stands in its window. */
typedef struct {
    int x, y;         /* of its left upper corner; device pixels */
    double scale;     /* of the picture: 1 is pixel for pixel */
    int device_scale; /* device pixels a pixel of GTK, both ways */
} VdiPlacement;

/* In the middle of a window of that size (pixels of GTK): pixel for pixel, or smaller where the
 * window is. */
VdiPlacement vdi_placement_fit(const VdiPicture *picture, int width, int height, int device_scale);

typedef struct VdiDisplay VdiDisplay;

typedef struct {
    const char *name;
    bool scales; /* can show a placement whose scale is not 1 */
    /* NULL where this window, or this connection to the display server, cannot do it. The picture
     * outlives the display. `taken` is called once for each frame, from the loop. */
    VdiDisplay *(*create)(
        GdkWindow *window, const VdiPicture *picture, void (*taken)(void *user), void *user);
    /* A frame that was still on its way counts as taken. */
    void (*destroy)(VdiDisplay *display);
    /* Shows the damage of one frame. */
    void (*show)(VdiDisplay *display, const VdiPlacement *placement, unsigned index,
        const VdiRectangle *damage, size_t n_damage);
    /* The draw handler has just painted. NULL: not waited for. */
    void (*painted)(VdiDisplay *display);
} VdiDisplayOps;

extern const VdiDisplayOps vdi_display_x11;
extern const VdiDisplayOps vdi_display_cairo;

/* Implementations put this first in their struct. */
struct VdiDisplay {
    const VdiDisplayOps *ops;
};

/* The first of the table that can show such a placement, made; NULL when that is `current` (which
 * may be NULL). `forced`: only the one of that name; NULL: any. */
VdiDisplay *vdi_display_better(const VdiDisplayOps *current, const char *forced, GdkWindow *window,
    const VdiPicture *picture, const VdiPlacement *placement, void (*taken)(void *user),
    void *user) G_GNUC_WARN_UNUSED_RESULT;

/* Paints picture `index` and black around it, inside the clip of `cr`. */
void vdi_display_paint(
    cairo_t *cr, const VdiPicture *picture, unsigned index, const VdiPlacement *placement);
