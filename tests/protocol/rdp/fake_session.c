/* SPDX-License-Identifier: Apache-2.0 */

/* The second implementation of what vdi-session speaks: no network, no FreeRDP, a test card that
 * moves. It accepts every OPEN, asks about no identity, shows that keys and clicks arrive, and ends
 * badly when asked to:
 *
 *     F9   dies of SIGSEGV
 *     F10  says that the desktop ended the connection
 *     F11  says what no healthy session says
 *     F12  logs off
 *
 * The card: eight bars over the upper half; below them a box that wanders; at the lower left a
 * swatch that is grey, green while a key is down, red while a button is. */

#include <linux/input-event-codes.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "protocol/rdp/control.h"
#include "protocol/session/picture.h"

enum {
    FRAME_MS = 33,
    BOX = 48,    /* pixels */
    SWATCH = 32, /* pixels */
    GREY = 0x808080,
    GREEN = 0x20a040,
    RED = 0xd04040,
    GROUND = 0x203040,
    BOX_COLOUR = 0xf0c030,
};

static const uint32_t bars[] = {
    0xffffff, 0xf0c030, 0x38b8c8, 0x40a050, 0xa050b0, 0xd84848, 0x3060d0, 0x202830};

typedef struct {
    VdiControl control;
    int view;
    VdiPicture *picture;
    uint32_t width, height;
    unsigned free, keys, buttons;
    uint32_t serial, step;
    bool is_owed, has_shown, is_over;
} Fake;

static void fill(const Fake *fake, VdiRectangle area, uint32_t colour)
{
    uint32_t right = MIN(area.x + area.width, fake->width);
    uint32_t bottom = MIN(area.y + area.height, fake->height);

    for (uint32_t y = area.y; y < bottom; y++) {
        uint32_t *row = (uint32_t *) (void *) (vdi_picture_pixels(fake->picture, fake->free)
            + (size_t) y * fake->picture->stride);

        for (uint32_t x = area.x; x < right; x++) {
            row[x] = colour;
        }
    }
}

static void paint(const Fake *fake)
{
    uint16_t half = (uint16_t) (fake->height / 2);
    uint16_t bar = (uint16_t) (fake->width / G_N_ELEMENTS(bars));
    uint32_t room = MAX(fake->width, BOX + 1) - BOX;
    uint16_t at = (uint16_t) (fake->step * 7 % room);
    uint32_t swatch = fake->buttons > 0 ? RED : fake->keys > 0 ? GREEN : GREY;

    fill(fake, (VdiRectangle){0, 0, (uint16_t) fake->width, (uint16_t) fake->height}, GROUND);
    for (uint16_t i = 0; i < G_N_ELEMENTS(bars); i++) {
        fill(fake, (VdiRectangle){(uint16_t) (i * bar), 0, bar, half}, bars[i]);
    }
    fill(fake, (VdiRectangle){at, (uint16_t) (half + 8), BOX, BOX}, BOX_COLOUR);
    fill(fake, (VdiRectangle){0, (uint16_t) (fake->height - SWATCH), SWATCH, SWATCH}, swatch);
}

/* The card is painted whole, and said to be: what is shown is right, how little is drawn is not
 * this program's point. */
static void send_frame(Fake *fake)
{
    VdiMessageFrame frame = {
        .kind = VDI_MESSAGE_FRAME,
        .generation = fake->picture->generation,
        .serial = ++fake->serial,
        .index = (uint16_t) fake->free,
        .n_damage = 1,
        .damage = {{0, 0, (uint16_t) fake->width, (uint16_t) fake->height}},
    };

    paint(fake);
    fake->step++;
    fake->free = 1 - fake->free;
    fake->is_owed = true;
    fake->is_over = !vdi_channel_send(fake->view, &frame, sizeof frame, NULL, 0, -1, NULL);
    if (!fake->has_shown) {
        fake->has_shown = true;
        vdi_control_phase(&fake->control, VDI_PHASE_FIRST_FRAME);
    }
}

static void end_badly(Fake *fake, uint16_t key)
{
    g_autoptr(GError) error = NULL;
    uint32_t nonsense = 4711;

    switch (key) {
    case KEY_F9:
        signal(SIGSEGV, SIG_DFL);
        raise(SIGSEGV);
        break;
    case KEY_F10:
        error = g_error_new_literal(VDI_SESSION_ERROR, VDI_SESSION_ERROR_DISCONNECTED,
            "somebody connected to it from elsewhere");
        vdi_control_ended(&fake->control, error);
        fake->is_over = true;
        break;
    case KEY_F11:
        (void) !vdi_channel_send(fake->view, &nonsense, sizeof nonsense, NULL, 0, -1, NULL);
        break;
    case KEY_F12:
        vdi_control_ended(&fake->control, NULL);
        fake->is_over = true;
        break;
    default:
        break;
    }
}

static void take_message(Fake *fake, const VdiMessage *message, VdiFd *passed)
{
    if (message->kind == VDI_MESSAGE_PICTURE) {
        g_clear_pointer(&fake->picture, vdi_picture_free);
        fake->picture = vdi_picture_take(*passed, (const VdiMessagePicture *) message, NULL);
        *passed = -1;
        fake->is_owed = false;
    } else if (message->kind == VDI_MESSAGE_TAKEN) {
        fake->is_owed = false;
    } else if (message->kind == VDI_MESSAGE_KEY) {
        const VdiMessageKey *key = (const VdiMessageKey *) message;

        fake->keys += key->state == 1;
        fake->keys -= key->state == 0 && fake->keys > 0;
        if (key->state == 1) {
            end_badly(fake, key->code);
        }
    } else if (message->kind == VDI_MESSAGE_BUTTON) {
        const VdiMessageButton *button = (const VdiMessageButton *) message;

        fake->buttons += button->down == 1;
        fake->buttons -= button->down == 0 && fake->buttons > 0;
    }
}

static void hear_viewer(Fake *fake)
{
    g_autofree VdiMessage *message = g_new0(VdiMessage, 1);
    g_auto(VdiFd) passed = -1;
    ssize_t size = vdi_channel_receive(fake->view, message, &passed, NULL);

    if (size <= 0) {
        fake->is_over = true;
        return;
    }
    take_message(fake, message, &passed);
}

static void show(Fake *fake)
{
    VdiMessageSize size = {VDI_MESSAGE_SIZE, fake->width, fake->height};

    vdi_control_phase(&fake->control, VDI_PHASE_CONNECTING);
    vdi_control_phase(&fake->control, VDI_PHASE_SECURED);
    vdi_control_phase(&fake->control, VDI_PHASE_SIGNED_IN);
    fake->is_over = !vdi_channel_send(fake->view, &size, sizeof size, NULL, 0, -1, NULL);
    while (!fake->is_over && !fake->control.is_stopped) {
        struct pollfd wait[] = {
            {.fd = fake->control.fd, .events = POLLIN}, {.fd = fake->view, .events = POLLIN}};
        int n = poll(wait, G_N_ELEMENTS(wait), FRAME_MS);

        if (wait[0].revents != 0) {
            vdi_control_listen(&fake->control);
        }
        if (wait[1].revents != 0) {
            hear_viewer(fake);
        }
        if (n == 0 && fake->picture != NULL && !fake->is_owed) {
            send_frame(fake);
        }
    }
}

int main(void)
{
    Fake fake = {.control = {.fd = VDI_SESSION_CONTROL_FD}, .view = VDI_SESSION_VIEW_FD};
    g_autoptr(GBytes) ca = NULL;
    g_autoptr(GError) error = NULL;
    VdiMessageOpen open;
    VdiFd socket = -1;

    vdi_control_ready(&fake.control, 0x00010000);
    if (!vdi_control_wait_for_open(&fake.control, &open, &ca, &socket, &error)) {
        vdi_control_ended(&fake.control, error);
        return EXIT_SUCCESS;
    }
    vdi_fd_close(socket);
    fake.width = open.width;
    fake.height = open.height;
    show(&fake);
    if (fake.control.is_stopped) {
        vdi_control_ended(&fake.control, NULL);
    }
    vdi_picture_free(fake.picture);
    return EXIT_SUCCESS;
}
