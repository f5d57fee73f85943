/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/ui/painter.h"

#include <glib-unix.h>

#include "protocol/session/channel.h"
#include "protocol/session/picture.h"

struct Painter {
    VdiFd fd;
    guint source;
    uint32_t width, height;
    VdiPicture *picture;
    unsigned round;
    unsigned index;
    uint32_t serial, taken;
    GString *input;
};

static void note(Painter *painter, char *text)
{
    if (painter->input->len > 0) {
        g_string_append(painter->input, ", ");
    }
    g_string_append(painter->input, text);
    g_free(text);
}

static const char *const states[] = {"up", "down", "repeat"};

static void hear(Painter *painter, const VdiMessage *message, VdiFd *passed)
{
    const VdiMessageKey *key = (const void *) message;
    const VdiMessagePointer *pointer = (const void *) message;
    const VdiMessageButton *button = (const void *) message;
    const VdiMessageWheel *wheel = (const void *) message;
    const VdiMessageFocus *focus = (const void *) message;

    switch (message->kind) {
    case VDI_MESSAGE_PICTURE:
        vdi_picture_free(painter->picture);
        painter->picture = vdi_picture_take(*passed, (const void *) message, NULL);
        *passed = -1;
        break;
    case VDI_MESSAGE_TAKEN:
        painter->taken = ((const VdiMessageNumber *) message)->number;
        break;
    case VDI_MESSAGE_KEY:
        note(painter, g_strdup_printf("key %u %s", key->code, states[key->state % 3]));
        break;
    case VDI_MESSAGE_POINTER:
        note(painter, g_strdup_printf("move %u %u", pointer->x, pointer->y));
        break;
    case VDI_MESSAGE_BUTTON:
        note(painter,
            g_strdup_printf("button %u %s at %u %u", button->button, states[button->down % 3],
                button->x, button->y));
        break;
    case VDI_MESSAGE_WHEEL:
        note(painter, g_strdup_printf("wheel %d %d", wheel->vertical, wheel->horizontal));
        break;
    case VDI_MESSAGE_FOCUS:
        note(painter, g_strdup_printf("focus %u", focus->focused));
        break;
    default:
        note(painter, g_strdup_printf("message %u", message->kind));
        break;
    }
}

static gboolean on_message(int fd, GIOCondition condition, gpointer data)
{
    Painter *painter = data;
    VdiMessage message;
    g_auto(VdiFd) passed = -1;

    if (vdi_channel_receive(fd, &message, &passed, NULL) <= 0) {
        painter->source = 0;
        return G_SOURCE_REMOVE;
    }
    hear(painter, &message, &passed);
    return G_SOURCE_CONTINUE;
}

Painter *painter_new(uint32_t width, uint32_t height, VdiFd *ret_view)
{
    Painter *painter = g_new0(Painter, 1);
    VdiMessageSize size = {VDI_MESSAGE_SIZE, width, height};

    painter->width = width;
    painter->height = height;
    painter->input = g_string_new(NULL);
    g_assert(vdi_channel_pair(&painter->fd, ret_view, NULL));
    g_unix_set_fd_nonblocking(painter->fd, true, NULL);
    painter->source = g_unix_fd_add(painter->fd, G_IO_IN | G_IO_HUP, on_message, painter);
    g_assert(vdi_channel_send(painter->fd, &size, sizeof size, NULL, 0, -1, NULL));
    return painter;
}

void painter_free(Painter *painter)
{
    if (painter != NULL) {
        g_clear_handle_id(&painter->source, g_source_remove);
        vdi_fd_close(painter->fd);
        vdi_picture_free(painter->picture);
        g_string_free(painter->input, true);
        g_free(painter);
    }
}

/* No two neighbours are alike, and no two rounds. */
uint32_t painter_color(unsigned round, uint32_t x, uint32_t y)
{
    return ((x * 7 + round * 61) & 0xff) << 16 | ((y * 5 + round * 17) & 0xff) << 8
        | ((x ^ y) & 0xff);
}

void painter_paint(Painter *painter, const VdiRectangle *part)
{
    g_assert(painter->picture != NULL);
    VdiRectangle all = {0, 0, (uint16_t) painter->width, (uint16_t) painter->height};
    VdiRectangle damage = part != NULL ? *part : all;
    VdiMessageFrame frame = {.kind = VDI_MESSAGE_FRAME,
        .generation = painter->picture->generation,
        .serial = ++painter->serial,
        .n_damage = 1,
        .damage = {damage}};
    unsigned former = painter->index;

    painter->index = 1 - former;
    painter->round++;
    frame.index = (uint16_t) painter->index;
    unsigned char *into = vdi_picture_pixels(painter->picture, painter->index);

    memcpy(into, vdi_picture_pixels(painter->picture, former), painter->picture->size_bytes / 2);
    for (uint32_t y = damage.y; y < (uint32_t) damage.y + damage.height; y++) {
        for (uint32_t x = damage.x; x < (uint32_t) damage.x + damage.width; x++) {
            uint32_t color = painter_color(painter->round, x, y);

            memcpy(into + y * painter->picture->stride + x * 4, &color, 4);
        }
    }
    g_assert(vdi_channel_send(painter->fd, &frame, sizeof frame, NULL, 0, -1, NULL));
}

unsigned painter_round(const Painter *painter)
{
    return painter->round;
}

bool painter_has_picture(const Painter *painter)
{
    return painter->picture != NULL;
}

bool painter_was_taken(const Painter *painter)
{
    return painter->serial == painter->taken;
}

void painter_point(Painter *painter, uint16_t size, uint32_t bgra)
{
    VdiMessageCursor cursor = {VDI_MESSAGE_CURSOR, size, size, 0, 0};
    g_autofree uint32_t *pixels = g_new(uint32_t, (size_t) size * size);

    for (size_t i = 0; i < (size_t) size * size; i++) {
        pixels[i] = bgra;
    }
    g_assert(vdi_channel_send(
        painter->fd, &cursor, sizeof cursor, pixels, (size_t) size * size * 4, -1, NULL));
}

char *painter_input(Painter *painter)
{
    char *input = g_strdup(painter->input->str);

    g_string_truncate(painter->input, 0);
    return input;
}
