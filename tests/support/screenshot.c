/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/support/screenshot.h"

#include <math.h>
#include <stdlib.h>
#include <xcb/xcb.h>

GBytes *screenshot_read(const char *display, uint32_t *ret_width, uint32_t *ret_height)
{
    xcb_connection_t *connection = xcb_connect(display, NULL);
    GBytes *pixels = NULL;

    if (xcb_connection_has_error(connection) == 0) {
        const xcb_screen_t *screen = xcb_setup_roots_iterator(xcb_get_setup(connection)).data;
        xcb_get_image_reply_t *image = xcb_get_image_reply(connection,
            xcb_get_image(connection, XCB_IMAGE_FORMAT_Z_PIXMAP, screen->root, 0, 0,
                screen->width_in_pixels, screen->height_in_pixels, ~0u),
            NULL);

        if (image != NULL) {
            *ret_width = screen->width_in_pixels;
            *ret_height = screen->height_in_pixels;
            pixels =
                g_bytes_new(xcb_get_image_data(image), (size_t) xcb_get_image_data_length(image));
            free(image);
        }
    }
    xcb_disconnect(connection);
    return pixels;
}

double screenshot_compare(const unsigned char *a, size_t stride_a, const unsigned char *b,
    size_t stride_b, const VdiRectangle *area)
{
    double sum = 0;

    for (size_t y = area->y; y < (size_t) area->y + area->height; y++) {
        for (size_t x = area->x; x < (size_t) area->x + area->width; x++) {
            for (size_t channel = 0; channel < 3; channel++) {
                double difference = (double) a[y * stride_a + x * 4 + channel]
                    - (double) b[y * stride_b + x * 4 + channel];

                sum += difference * difference;
            }
        }
    }
    double mean = sum / (3.0 * area->width * area->height);

    return mean == 0 ? 99 : 10 * log10(255.0 * 255.0 / mean);
}
