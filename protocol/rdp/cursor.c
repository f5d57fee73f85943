/* SPDX-License-Identifier: Apache-2.0 */
#include "protocol/rdp/cursor.h"

#include <freerdp/codec/color.h>
#include <freerdp/gdi/gdi.h>
#include <poll.h>
#include <string.h>

#include "protocol/rdp/context.h"
#include "protocol/session/channel.h"

enum { BYTES_PER_PIXEL = 4 };

/* The message, as it goes out. */
typedef struct VdiCursorMessage {
    VdiMessageCursor head;
    unsigned char pixels[VDI_CURSOR_MAX * VDI_CURSOR_MAX * BYTES_PER_PIXEL];
} Message;

/* FreeRDP allocates as many bytes as the prototype says, and frees them itself. */
typedef struct {
    rdpPointer base;
    Message *message; /* NULL: it was larger than we take */
} Pointer;

/* The alpha of a pixel is its own; the viewer wants the colours multiplied by it. */
static void premultiply(unsigned char *pixels, size_t n_pixels)
{
    for (size_t i = 0; i < n_pixels; i++, pixels += BYTES_PER_PIXEL) {
        for (size_t channel = 0; channel < 3; channel++) {
            pixels[channel] = (unsigned char) ((pixels[channel] * pixels[3] + 127) / 255);
        }
    }
}

static BOOL on_new(rdpContext *context, rdpPointer *pointer)
{
    Pointer *ours = (Pointer *) pointer;

    if (pointer->width == 0 || pointer->height == 0 || pointer->width > VDI_CURSOR_MAX
        || pointer->height > VDI_CURSOR_MAX) {
        return TRUE;
    }
    Message *message = g_new0(Message, 1);

    message->head = (VdiMessageCursor){
        .kind = VDI_MESSAGE_CURSOR,
        .width = (uint16_t) pointer->width,
        .height = (uint16_t) pointer->height,
        .hot_x = (uint16_t) MIN(pointer->xPos, pointer->width - 1),
        .hot_y = (uint16_t) MIN(pointer->yPos, pointer->height - 1),
    };
    if (!freerdp_image_copy_from_pointer_data(message->pixels, PIXEL_FORMAT_BGRA32, 0, 0, 0,
            pointer->width, pointer->height, pointer->xorMaskData, pointer->lengthXorMask,
            pointer->andMaskData, pointer->lengthAndMask, pointer->xorBpp,
            &context->gdi->palette)) {
        g_free(message);
        return TRUE; /* a pointer that cannot be shown is no reason to end */
    }
    premultiply(message->pixels, (size_t) pointer->width * pointer->height);
    ours->message = message;
    return TRUE;
}

static void on_free(rdpContext *context, rdpPointer *pointer)
{
    g_clear_pointer(&((Pointer *) pointer)->message, g_free);
}

static BOOL show(rdpContext *context, const Message *message)
{
    VdiCursor *cursor = ((VdiContext *) context)->cursor;

    if (message != NULL) {
        g_free(cursor->waiting);
        cursor->waiting = g_memdup2(message, sizeof *message);
    }
    return TRUE;
}

static BOOL on_set(rdpContext *context, rdpPointer *pointer)
{
    return show(context, ((Pointer *) pointer)->message);
}

static BOOL on_set_null(rdpContext *context)
{
    static const Message none = {.head = {.kind = VDI_MESSAGE_CURSOR}};

    return show(context, &none);
}

/* The desktop wants a plain arrow. */
static BOOL on_set_default(rdpContext *context)
{
    static const char rows[][12] = {"X          ", "XX         ", "X.X        ", "X..X       ",
        "X...X      ", "X....X     ", "X.....X    ", "X......X   ", "X.......X  ", "X........X ",
        "X.....XXXXX", "X..X..X    ", "X.X X..X   ", "XX  X..X   ", "X    X..X  ", "     X..X  ",
        "      XX   "};
    Message *arrow = g_new0(Message, 1);
    unsigned char *pixel = arrow->pixels;

    arrow->head = (VdiMessageCursor){
        .kind = VDI_MESSAGE_CURSOR, .width = sizeof rows[0] - 1, .height = G_N_ELEMENTS(rows)};
    for (size_t y = 0; y < G_N_ELEMENTS(rows); y++) {
        for (size_t x = 0; x < sizeof rows[0] - 1; x++, pixel += BYTES_PER_PIXEL) {
            memset(pixel, rows[y][x] == '.' ? 255 : 0, 3);
            pixel[3] = rows[y][x] == ' ' ? 0 : 255;
        }
    }
    show(context, arrow);
    g_free(arrow);
    return TRUE;
}

/* The person holds the pointer; a desktop does not move it. */
static BOOL on_set_position(rdpContext *context, UINT32 x, UINT32 y)
{
    return TRUE;
}

void vdi_cursor_register(rdpGraphics *graphics)
{
    rdpPointer prototype = {
        .size = sizeof(Pointer),
        .New = on_new,
        .Free = on_free,
        .Set = on_set,
        .SetNull = on_set_null,
        .SetDefault = on_set_default,
        .SetPosition = on_set_position,
    };

    graphics_register_pointer(graphics, &prototype);
}

void vdi_cursor_clear(VdiCursor *cursor)
{
    g_clear_pointer(&cursor->waiting, g_free);
}

bool vdi_cursor_flush(VdiCursor *cursor)
{
    struct pollfd room = {.fd = cursor->view, .events = POLLOUT};
    g_autoptr(GError) error = NULL;

    /* A viewer that is busy is not waited for: the latest pointer is enough for it. */
    if (cursor->waiting == NULL || poll(&room, 1, 0) != 1) {
        return true;
    }
    const VdiMessageCursor *head = &cursor->waiting->head;
    size_t size = (size_t) head->width * head->height * BYTES_PER_PIXEL;
    bool sent = vdi_channel_send(
        cursor->view, head, sizeof *head, cursor->waiting->pixels, size, -1, &error);

    vdi_cursor_clear(cursor);
    return sent;
}
