/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/desktop_cursor.h"

#include <string.h>

GdkCursor *vdi_desktop_cursor_new(GdkDisplay *display, const VdiMessageCursor *cursor,
    const unsigned char *pixels, int device_scale)
{
    if (cursor->width == 0 || cursor->height == 0) {
        return gdk_cursor_new_for_display(display, GDK_BLANK_CURSOR);
    }
    cairo_surface_t *surface =
        cairo_image_surface_create(CAIRO_FORMAT_ARGB32, cursor->width, cursor->height);
    unsigned char *into = cairo_image_surface_get_data(surface);
    size_t stride = (size_t) cairo_image_surface_get_stride(surface);
    size_t row = (size_t) cursor->width * 4;

    for (size_t y = 0; y < cursor->height; y++) {
        memcpy(into + y * stride, pixels + y * row, row);
    }
    cairo_surface_mark_dirty(surface);
    cairo_surface_set_device_scale(surface, device_scale, device_scale);
    GdkCursor *shape = gdk_cursor_new_from_surface(display, surface,
        (double) cursor->hot_x / device_scale, (double) cursor->hot_y / device_scale);

    cairo_surface_destroy(surface);
    return shape;
}
