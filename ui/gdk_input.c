/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/gdk_input.h"

#include <linux/input-event-codes.h>
#include <math.h>

enum {
    EVDEV_OFFSET = 8, /* X11 and Wayland keycodes begin at 8 */
    NOTCH = 120,
};

typedef enum { CHORD_NONE, CHORD_HELD, CHORD_DONE } Chord;

struct VdiGdkInput {
    VdiView *view;
    bool held[KEY_CNT];
    Chord chord;
    double wheel_x, wheel_y; /* parts of a 120th that were not sent yet */
    uint16_t x, y;           /* the pointer's last place on the desktop */
};

static const struct {
    guint gdk;
    uint16_t evdev;
} buttons[] = {
    {1, BTN_LEFT},
    {2, BTN_MIDDLE},
    {3, BTN_RIGHT},
    {8, BTN_SIDE},
    {9, BTN_EXTRA},
};

VdiGdkInput *vdi_gdk_input_new(VdiView *view)
{
    VdiGdkInput *input = g_new0(VdiGdkInput, 1);

    input->view = view;
    return input;
}

void vdi_gdk_input_free(VdiGdkInput *input)
{
    g_free(input);
}

static void follow_chord(VdiGdkInput *input, uint16_t code, bool down)
{
    bool is_part = code == KEY_LEFTCTRL || code == KEY_RIGHTCTRL || code == KEY_LEFTALT;
    bool both =
        (input->held[KEY_LEFTCTRL] || input->held[KEY_RIGHTCTRL]) && input->held[KEY_LEFTALT];

    if (!is_part) {
        input->chord = CHORD_NONE;
    } else if (down && both) {
        input->chord = CHORD_HELD;
    } else if (!down && input->chord == CHORD_HELD) {
        input->chord = CHORD_DONE;
    }
}

static bool send_key(VdiGdkInput *input, const GdkEventKey *event)
{
    int code = event->hardware_keycode - EVDEV_OFFSET;
    bool down = event->type == GDK_KEY_PRESS;

    if (code <= 0 || code >= KEY_CNT) {
        return false;
    }
    bool is_repeat = down && input->held[code];

    input->held[code] = down;
    if (!is_repeat) {
        follow_chord(input, (uint16_t) code, down);
    }
    vdi_view_key(input->view, (uint16_t) code, is_repeat ? 2 : down ? 1 : 0);
    return true;
}

static uint16_t on_desktop(
    double at, int device_scale, int offset, double scale, uint32_t size_pixels)
{
    double pixel = floor((at * device_scale - offset) / scale);

    return (uint16_t) CLAMP(pixel, 0, (double) size_pixels - 1);
}

/* Beside the picture counts as its edge, so that a drag may leave it. */
static bool place(VdiGdkInput *input, double x, double y, const VdiPlacement *placement)
{
    const VdiPicture *picture = vdi_view_picture(input->view);

    if (picture == NULL) {
        return false;
    }
    input->x =
        on_desktop(x, placement->device_scale, placement->x, placement->scale, picture->width);
    input->y =
        on_desktop(y, placement->device_scale, placement->y, placement->scale, picture->height);
    return true;
}

static bool send_button(
    VdiGdkInput *input, const GdkEventButton *event, const VdiPlacement *placement)
{
    input->chord = CHORD_NONE;
    for (size_t i = 0; i < G_N_ELEMENTS(buttons); i++) {
        if (buttons[i].gdk == event->button && place(input, event->x, event->y, placement)) {
            vdi_view_button(
                input->view, input->x, input->y, buttons[i].evdev, event->type == GDK_BUTTON_PRESS);
            return true;
        }
    }
    return false;
}

/* Whole 120ths of what has gathered; the rest stays. */
static int16_t whole(double *gathered)
{
    double units = CLAMP(trunc(*gathered), -32767, 32767);

    *gathered -= units;
    return (int16_t) units;
}

static bool send_wheel(
    VdiGdkInput *input, const GdkEventScroll *event, const VdiPlacement *placement)
{
    static const struct {
        GdkScrollDirection direction;
        double x, y;
    } notches[] = {
        {GDK_SCROLL_UP, 0, -1},
        {GDK_SCROLL_DOWN, 0, 1},
        {GDK_SCROLL_LEFT, -1, 0},
        {GDK_SCROLL_RIGHT, 1, 0},
    };
    double x = event->delta_x, y = event->delta_y;

    for (size_t i = 0; i < G_N_ELEMENTS(notches); i++) {
        if (event->direction == notches[i].direction) {
            x = notches[i].x;
            y = notches[i].y;
        }
    }
    if (!place(input, event->x, event->y, placement)) {
        return false;
    }
    input->wheel_x += x * NOTCH;
    input->wheel_y -= y * NOTCH; /* GDK counts down, we count up */
    int16_t horizontal = whole(&input->wheel_x), vertical = whole(&input->wheel_y);

    if (horizontal != 0 || vertical != 0) {
        vdi_view_wheel(input->view, input->x, input->y, vertical, horizontal);
    }
    return true;
}

bool vdi_gdk_input_event(VdiGdkInput *input, const GdkEvent *event, const VdiPlacement *placement)
{
    switch (event->type) {
    case GDK_KEY_PRESS:
    case GDK_KEY_RELEASE:
        return send_key(input, &event->key);
    case GDK_BUTTON_PRESS:
    case GDK_BUTTON_RELEASE:
        return send_button(input, &event->button, placement);
    case GDK_MOTION_NOTIFY:
        if (!place(input, event->motion.x, event->motion.y, placement)) {
            return false;
        }
        vdi_view_pointer(input->view, input->x, input->y);
        return true;
    case GDK_SCROLL:
        return send_wheel(input, &event->scroll, placement);
    default:
        return false; /* double clicks come as single ones too */
    }
}

bool vdi_gdk_input_take_chord(VdiGdkInput *input)
{
    bool done = input->chord == CHORD_DONE;

    if (done) {
        input->chord = CHORD_NONE;
    }
    return done;
}

void vdi_gdk_input_focus(VdiGdkInput *input, bool focused, GdkKeymap *keymap)
{
    uint16_t locks = (gdk_keymap_get_scroll_lock_state(keymap) ? VDI_LOCK_SCROLL : 0)
        | (gdk_keymap_get_num_lock_state(keymap) ? VDI_LOCK_NUM : 0)
        | (gdk_keymap_get_caps_lock_state(keymap) ? VDI_LOCK_CAPS : 0);

    memset(input->held, 0, sizeof(input->held));
    input->chord = CHORD_NONE;
    input->wheel_x = input->wheel_y = 0;
    vdi_view_focus(input->view, focused, locks);
}

void vdi_gdk_input_type(VdiGdkInput *input, const uint16_t *codes)
{
    size_t n = 0;

    for (; codes[n] != 0; n++) {
        vdi_view_key(input->view, codes[n], 1);
    }
    while (n-- > 0) {
        vdi_view_key(input->view, codes[n], 0);
    }
}
