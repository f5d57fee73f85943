/* SPDX-License-Identifier: Apache-2.0 */
#include "protocol/rdp/input.h"

#include <freerdp/scancode.h>
#include <linux/input-event-codes.h>

#include "protocol/rdp/scancode.h"

enum {
    WHEEL_STEP_MAX = 240
}; /* a turn has nine bits, with a sign: [MS-RDPBCGR] 2.2.8.1.1.3.1.1.3 */

static uint16_t inside(uint16_t at, uint32_t size)
{
    return (uint16_t) MIN(at, size > 0 ? size - 1 : 0);
}

static bool take_key(rdpInput *input, const void *message, const VdiInputArea *area)
{
    const VdiMessageKey *key = message;
    uint16_t code = vdi_scancode(key->code);

    if (code == VDI_SCANCODE_NONE) {
        return true;
    }
    if (code == VDI_SCANCODE_PAUSE) {
        return key->state != 1 || freerdp_input_send_keyboard_pause_event(input);
    }
    return freerdp_input_send_keyboard_event_ex(input, key->state != 0, key->state == 2,
        MAKE_RDP_SCANCODE(code, (code & VDI_SCANCODE_EXTENDED) != 0));
}

static bool take_pointer(rdpInput *input, const void *message, const VdiInputArea *area)
{
    const VdiMessagePointer *pointer = message;

    return freerdp_input_send_mouse_event(
        input, PTR_FLAGS_MOVE, inside(pointer->x, area->width), inside(pointer->y, area->height));
}

static const struct {
    uint16_t button, flag;
    bool is_extended;
} buttons[] = {
    {BTN_LEFT, PTR_FLAGS_BUTTON1, false},
    {BTN_RIGHT, PTR_FLAGS_BUTTON2, false},
    {BTN_MIDDLE, PTR_FLAGS_BUTTON3, false},
    {BTN_SIDE, PTR_XFLAGS_BUTTON1, true},
    {BTN_BACK, PTR_XFLAGS_BUTTON1, true},
    {BTN_EXTRA, PTR_XFLAGS_BUTTON2, true},
    {BTN_FORWARD, PTR_XFLAGS_BUTTON2, true},
};

static bool take_button(rdpInput *input, const void *message, const VdiInputArea *area)
{
    const VdiMessageButton *button = message;
    uint16_t x = inside(button->x, area->width);
    uint16_t y = inside(button->y, area->height);

    for (size_t i = 0; i < G_N_ELEMENTS(buttons); i++) {
        if (buttons[i].button != button->button) {
            continue;
        }
        if (buttons[i].is_extended) {
            return freerdp_input_send_extended_mouse_event(
                input, buttons[i].flag | (button->down ? PTR_XFLAGS_DOWN : 0), x, y);
        }
        return freerdp_input_send_mouse_event(
            input, buttons[i].flag | (button->down ? PTR_FLAGS_DOWN : 0), x, y);
    }
    return true;
}

static bool turn(rdpInput *input, uint16_t axis, int amount, uint16_t x, uint16_t y)
{
    while (amount != 0) {
        int step = CLAMP(amount, -WHEEL_STEP_MAX, WHEEL_STEP_MAX);
        uint16_t flags = axis | ((uint16_t) step & WheelRotationMask);

        if (!freerdp_input_send_mouse_event(input, flags, x, y)) {
            return false;
        }
        amount -= step;
    }
    return true;
}

static bool take_wheel(rdpInput *input, const void *message, const VdiInputArea *area)
{
    const VdiMessageWheel *wheel = message;
    uint16_t x = inside(wheel->x, area->width);
    uint16_t y = inside(wheel->y, area->height);

    return turn(input, PTR_FLAGS_WHEEL, wheel->vertical, x, y)
        && turn(input, PTR_FLAGS_HWHEEL, wheel->horizontal, x, y);
}

/* Into focus: the lock keys as they are here. Out of it the viewer has released what was held. */
static bool take_focus(rdpInput *input, const void *message, const VdiInputArea *area)
{
    const VdiMessageFocus *focus = message;

    G_STATIC_ASSERT(VDI_LOCK_SCROLL == KBD_SYNC_SCROLL_LOCK && VDI_LOCK_NUM == KBD_SYNC_NUM_LOCK
        && VDI_LOCK_CAPS == KBD_SYNC_CAPS_LOCK);
    return !focus->focused
        || freerdp_input_send_focus_in_event(
            input, focus->locks & (VDI_LOCK_SCROLL | VDI_LOCK_NUM | VDI_LOCK_CAPS));
}

static const struct {
    uint32_t kind;
    size_t size;
    bool (*take)(rdpInput *input, const void *message, const VdiInputArea *area);
} kinds[] = {
    {VDI_MESSAGE_KEY, sizeof(VdiMessageKey), take_key},
    {VDI_MESSAGE_POINTER, sizeof(VdiMessagePointer), take_pointer},
    {VDI_MESSAGE_BUTTON, sizeof(VdiMessageButton), take_button},
    {VDI_MESSAGE_WHEEL, sizeof(VdiMessageWheel), take_wheel},
    {VDI_MESSAGE_FOCUS, sizeof(VdiMessageFocus), take_focus},
};

bool vdi_input_take(
    rdpInput *input, const VdiMessage *message, size_t size, const VdiInputArea *area)
{
    for (size_t i = 0; i < G_N_ELEMENTS(kinds); i++) {
        if (kinds[i].kind == message->kind) {
            return size == kinds[i].size && kinds[i].take(input, message, area);
        }
    }
    return false;
}
