/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/display.h"

#include <math.h>

/* The fallback: damage is invalidated, GTK's draw handler paints it at the next tick of the frame
 * clock, and only then is the frame taken, so a session never paints faster than the screen. */

typedef struct {
    VdiDisplay display;
    GdkWindow *window; /* a reference */
    void (*taken)(void *user);
    void *user;
    bool is_pending; /* a frame was invalidated and not yet painted */
} CairoDisplay;

static void take(CairoDisplay *cairo)
{
    if (cairo->is_pending) {
        cairo->is_pending = false;
        cairo->taken(cairo->user);
    }
}

static VdiDisplay *create(
    GdkWindow *window, const VdiPicture *picture, void (*taken)(void *user), void *user)
{
    CairoDisplay *cairo = g_new0(CairoDisplay, 1);

    cairo->display.ops = &vdi_display_cairo;
    cairo->window = g_object_ref(window);
    cairo->taken = taken;
    cairo->user = user;
    return &cairo->display;
}

static void destroy(VdiDisplay *display)
{
    CairoDisplay *cairo = (CairoDisplay *) display;

    take(cairo);
    g_object_unref(cairo->window);
    g_free(cairo);
}

/* One pixel more on each side when scaled: the filter reads its neighbours. */
static GdkRectangle in_window(const VdiPlacement *placement, const VdiRectangle *damage)
{
    double scale = placement->scale / placement->device_scale;
    double x = (double) placement->x / placement->device_scale;
    double y = (double) placement->y / placement->device_scale;
    int edge = scale == 1 ? 0 : 1;
    int left = (int) floor(x + damage->x * scale) - edge;
    int top = (int) floor(y + damage->y * scale) - edge;
    int right = (int) ceil(x + (damage->x + damage->width) * scale) + edge;
    int bottom = (int) ceil(y + (damage->y + damage->height) * scale) + edge;

    return (GdkRectangle){left, top, right - left, bottom - top};
}

static void show(VdiDisplay *display, const VdiPlacement *placement, unsigned index,
    const VdiRectangle *damage, size_t n_damage)
{
    CairoDisplay *cairo = (CairoDisplay *) display;

    cairo->is_pending = true;
    /* A window that is not on the screen is never drawn: its session would wait for ever. */
    if (!gdk_window_is_viewable(cairo->window)) {
        take(cairo);
        return;
    }
    for (size_t i = 0; i < n_damage; i++) {
        GdkRectangle rectangle = in_window(placement, &damage[i]);

        gdk_window_invalidate_rect(cairo->window, &rectangle, false);
    }
}

static void painted(VdiDisplay *display)
{
    take((CairoDisplay *) display);
}

const VdiDisplayOps vdi_display_cairo = {"cairo", true, create, destroy, show, painted};
