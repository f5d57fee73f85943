/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/display.h"

/* First come, first served. */
static const VdiDisplayOps *const displays[] = {&vdi_display_x11, &vdi_display_cairo};

VdiPlacement vdi_placement_fit(const VdiPicture *picture, int width, int height, int device_scale)
{
    double wide = (double) width * device_scale, high = (double) height * device_scale;
    double scale = CLAMP(MIN(wide / picture->width, high / picture->height), 0.01, 1);

    return (VdiPlacement){
        .x = (int) (wide - picture->width * scale) / 2,
        .y = (int) (high - picture->height * scale) / 2,
        .scale = scale,
        .device_scale = device_scale,
    };
}

VdiDisplay *vdi_display_better(const VdiDisplayOps *current, const char *forced, GdkWindow *window,
    const VdiPicture *picture, const VdiPlacement *placement, void (*taken)(void *user), void *user)
{
    for (size_t i = 0; i < G_N_ELEMENTS(displays); i++) {
        if ((forced != NULL && !g_str_equal(forced, displays[i]->name))
            || (placement->scale != 1 && !displays[i]->scales)) {
            continue;
        }
        VdiDisplay *display =
            displays[i] == current ? NULL : displays[i]->create(window, picture, taken, user);

        if (display != NULL || displays[i] == current) {
            return display;
        }
    }
    return NULL;
}

void vdi_display_paint(
    cairo_t *cr, const VdiPicture *picture, unsigned index, const VdiPlacement *placement)
{
    cairo_surface_t *surface =
        cairo_image_surface_create_for_data(vdi_picture_pixels(picture, index), CAIRO_FORMAT_RGB24,
            (int) picture->width, (int) picture->height, (int) picture->stride);

    cairo_save(cr);
    cairo_set_source_rgb(cr, 0, 0, 0);
    cairo_paint(cr);
    cairo_scale(cr, 1.0 / placement->device_scale, 1.0 / placement->device_scale);
    cairo_translate(cr, placement->x, placement->y);
    cairo_scale(cr, placement->scale, placement->scale);
    cairo_set_source_surface(cr, surface, 0, 0);
    /* Pixel for pixel must stay exact; smaller than that wants a filter. */
    cairo_pattern_set_filter(
        cairo_get_source(cr), placement->scale == 1 ? CAIRO_FILTER_NEAREST : CAIRO_FILTER_GOOD);
    cairo_rectangle(cr, 0, 0, picture->width, picture->height);
    cairo_fill(cr);
    cairo_restore(cr);
    /* What covers its target whole, cairo 1.16 keeps in a shared image of its own and, when GDK
     * then copies the target to the window, forgets: the window would stay black. */
    cairo_surface_flush(cairo_get_group_target(cr));
    cairo_surface_destroy(surface);
}
