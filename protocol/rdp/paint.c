/* SPDX-License-Identifier: Apache-2.0 */
#include "protocol/rdp/paint.h"

#include <freerdp/gdi/gdi.h>
#include <string.h>

#include "base/file.h"
#include "protocol/rdp/context.h"
#include "protocol/session/channel.h"

enum { BYTES_PER_PIXEL = 4 };

static void send_or_lose(VdiPaint *paint, const void *message, size_t size)
{
    g_autoptr(GError) error = NULL;

    if (!paint->is_lost && !vdi_channel_send(paint->view, message, size, NULL, 0, -1, &error)) {
        paint->is_lost = true;
    }
}

static bool is_possible(uint32_t width, uint32_t height)
{
    return width >= VDI_PICTURE_MIN && width <= VDI_PICTURE_MAX && height >= VDI_PICTURE_MIN
        && height <= VDI_PICTURE_MAX;
}

static void ask_for_picture(VdiPaint *paint, uint32_t width, uint32_t height)
{
    VdiMessageSize size = {VDI_MESSAGE_SIZE, width, height};

    g_clear_pointer(&paint->picture, vdi_picture_free);
    paint->width = width;
    paint->height = height;
    paint->is_owed = false;
    send_or_lose(paint, &size, sizeof size);
}

static void mark_all(VdiPaint *paint)
{
    vdi_damage_add_all(&paint->stale[0], paint->width, paint->height);
    vdi_damage_add_all(&paint->stale[1], paint->width, paint->height);
    vdi_damage_add_all(&paint->unsent, paint->width, paint->height);
}

void vdi_paint_begin(VdiPaint *paint, int view, uint32_t width, uint32_t height)
{
    paint->view = view;
    ask_for_picture(paint, width, height);
}

void vdi_paint_clear(VdiPaint *paint)
{
    g_clear_pointer(&paint->picture, vdi_picture_free);
}

/* ---- FreeRDP's side ---- */

static BOOL on_begin_paint(rdpContext *context)
{
    HGDI_WND window = context->gdi->primary->hdc->hwnd;

    window->invalid->null = TRUE;
    window->ninvalid = 0;
    return TRUE;
}

/* The library's own reset moved between its versions; here it is right on all of them. */
static BOOL on_end_paint(rdpContext *context)
{
    VdiPaint *paint = ((VdiContext *) context)->paint;
    HGDI_WND window = context->gdi->primary->hdc->hwnd;

    for (INT32 i = 0; i < window->ninvalid; i++) {
        const GDI_RGN *area = &window->cinvalid[i];

        vdi_damage_add(
            &paint->stale[0], area->x, area->y, area->w, area->h, paint->width, paint->height);
        vdi_damage_add(
            &paint->stale[1], area->x, area->y, area->w, area->h, paint->width, paint->height);
        vdi_damage_add(
            &paint->unsent, area->x, area->y, area->w, area->h, paint->width, paint->height);
        paint->has_painted = true;
    }
    window->invalid->null = TRUE;
    window->ninvalid = 0;
    return TRUE;
}

static BOOL on_desktop_resize(rdpContext *context)
{
    VdiPaint *paint = ((VdiContext *) context)->paint;
    uint32_t width = freerdp_settings_get_uint32(context->settings, FreeRDP_DesktopWidth);
    uint32_t height = freerdp_settings_get_uint32(context->settings, FreeRDP_DesktopHeight);

    if (!is_possible(width, height) || !gdi_resize(context->gdi, width, height)) {
        return FALSE;
    }
    if (width != paint->width || height != paint->height) {
        ask_for_picture(paint, width, height);
        paint->has_painted = false; /* the new surface is empty */
    }
    mark_all(paint);
    return TRUE;
}

bool vdi_paint_attach(VdiPaint *paint, rdpContext *context)
{
    uint32_t width = freerdp_settings_get_uint32(context->settings, FreeRDP_DesktopWidth);
    uint32_t height = freerdp_settings_get_uint32(context->settings, FreeRDP_DesktopHeight);

    if (!is_possible(width, height) || !gdi_init(context->instance, PIXEL_FORMAT_BGRX32)) {
        return false;
    }
    paint->context = context;
    context->update->BeginPaint = on_begin_paint;
    context->update->EndPaint = on_end_paint;
    context->update->DesktopResize = on_desktop_resize;
    if (width != paint->width || height != paint->height) {
        ask_for_picture(paint, width, height);
    }
    mark_all(paint);
    return true;
}

/* ---- the viewer's side ---- */

void vdi_paint_take_picture(VdiPaint *paint, int fd, const VdiMessagePicture *announced)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(VdiPicture) picture = vdi_picture_take(fd, announced, &error);

    if (picture == NULL) {
        g_debug("the picture is refused: %s", error->message);
        return;
    }
    if (picture->width != paint->width || picture->height != paint->height) {
        return; /* the desktop has changed its size since it was asked for */
    }
    vdi_picture_free(paint->picture);
    paint->picture = g_steal_pointer(&picture);
    paint->is_owed = false;
    mark_all(paint);
}

void vdi_paint_taken(VdiPaint *paint, uint32_t serial)
{
    if (serial == paint->serial) {
        paint->is_owed = false;
    }
}

static void copy_area(
    const rdpGdi *gdi, const VdiPicture *picture, unsigned index, const VdiRectangle *area)
{
    size_t size = (size_t) area->width * BYTES_PER_PIXEL;
    const unsigned char *from =
        gdi->primary_buffer + (size_t) area->y * gdi->stride + (size_t) area->x * BYTES_PER_PIXEL;
    unsigned char *to = vdi_picture_pixels(picture, index) + (size_t) area->y * picture->stride
        + (size_t) area->x * BYTES_PER_PIXEL;

    for (uint16_t row = 0; row < area->height; row++) {
        memcpy(to, from, size);
        from += gdi->stride;
        to += picture->stride;
    }
}

bool vdi_paint_flush(VdiPaint *paint)
{
    if (paint->picture == NULL || paint->is_owed || !paint->has_painted || paint->unsent.n == 0
        || paint->is_lost) {
        return false;
    }
    const rdpGdi *gdi = paint->context->gdi;
    VdiDamage *stale = &paint->stale[paint->free];

    g_assert(gdi->width >= (INT32) paint->width && gdi->height >= (INT32) paint->height);
    for (size_t i = 0; i < stale->n; i++) {
        copy_area(gdi, paint->picture, paint->free, &stale->area[i]);
    }
    stale->n = 0;
    VdiMessageFrame frame = {
        .kind = VDI_MESSAGE_FRAME,
        .generation = paint->picture->generation,
        .serial = ++paint->serial,
        .index = (uint16_t) paint->free,
        .n_damage = (uint16_t) paint->unsent.n,
    };

    memcpy(frame.damage, paint->unsent.area, paint->unsent.n * sizeof frame.damage[0]);
    paint->unsent.n = 0;
    paint->free = 1 - paint->free;
    paint->is_owed = true;
    send_or_lose(paint, &frame, sizeof frame);
    return true;
}
