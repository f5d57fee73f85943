/* SPDX-License-Identifier: Apache-2.0 */
#include "protocol/rdp/scancode.h"

#include <glib.h>
#include <linux/input-event-codes.h>

#define E0 VDI_SCANCODE_EXTENDED

/* Evdev numbered its first 88 keys after set 1, so that most of those rows repeat their number.
 * They are written out all the same: here is where somebody looks for a key. */
/* clang-format off */
static const uint16_t table[] = {
    [KEY_ESC] = 0x01, [KEY_1] = 0x02, [KEY_2] = 0x03, [KEY_3] = 0x04, [KEY_4] = 0x05,
    [KEY_5] = 0x06, [KEY_6] = 0x07, [KEY_7] = 0x08, [KEY_8] = 0x09, [KEY_9] = 0x0A,
    [KEY_0] = 0x0B, [KEY_MINUS] = 0x0C, [KEY_EQUAL] = 0x0D, [KEY_BACKSPACE] = 0x0E,
    [KEY_TAB] = 0x0F, [KEY_Q] = 0x10, [KEY_W] = 0x11, [KEY_E] = 0x12, [KEY_R] = 0x13,
    [KEY_T] = 0x14, [KEY_Y] = 0x15, [KEY_U] = 0x16, [KEY_I] = 0x17, [KEY_O] = 0x18,
    [KEY_P] = 0x19, [KEY_LEFTBRACE] = 0x1A, [KEY_RIGHTBRACE] = 0x1B, [KEY_ENTER] = 0x1C,
    [KEY_LEFTCTRL] = 0x1D, [KEY_A] = 0x1E, [KEY_S] = 0x1F, [KEY_D] = 0x20, [KEY_F] = 0x21,
    [KEY_G] = 0x22, [KEY_H] = 0x23, [KEY_J] = 0x24, [KEY_K] = 0x25, [KEY_L] = 0x26,
    [KEY_SEMICOLON] = 0x27, [KEY_APOSTROPHE] = 0x28, [KEY_GRAVE] = 0x29,
    [KEY_LEFTSHIFT] = 0x2A, [KEY_BACKSLASH] = 0x2B, [KEY_Z] = 0x2C, [KEY_X] = 0x2D,
    [KEY_C] = 0x2E, [KEY_V] = 0x2F, [KEY_B] = 0x30, [KEY_N] = 0x31, [KEY_M] = 0x32,
    [KEY_COMMA] = 0x33, [KEY_DOT] = 0x34, [KEY_SLASH] = 0x35, [KEY_RIGHTSHIFT] = 0x36,
    [KEY_KPASTERISK] = 0x37, [KEY_LEFTALT] = 0x38, [KEY_SPACE] = 0x39, [KEY_CAPSLOCK] = 0x3A,
    [KEY_F1] = 0x3B, [KEY_F2] = 0x3C, [KEY_F3] = 0x3D, [KEY_F4] = 0x3E, [KEY_F5] = 0x3F,
    [KEY_F6] = 0x40, [KEY_F7] = 0x41, [KEY_F8] = 0x42, [KEY_F9] = 0x43, [KEY_F10] = 0x44,
    [KEY_NUMLOCK] = 0x45, [KEY_SCROLLLOCK] = 0x46,
    [KEY_KP7] = 0x47, [KEY_KP8] = 0x48, [KEY_KP9] = 0x49, [KEY_KPMINUS] = 0x4A,
    [KEY_KP4] = 0x4B, [KEY_KP5] = 0x4C, [KEY_KP6] = 0x4D, [KEY_KPPLUS] = 0x4E,
    [KEY_KP1] = 0x4F, [KEY_KP2] = 0x50, [KEY_KP3] = 0x51, [KEY_KP0] = 0x52, [KEY_KPDOT] = 0x53,
    [KEY_102ND] = 0x56, [KEY_F11] = 0x57, [KEY_F12] = 0x58,

    [KEY_KPENTER] = E0 | 0x1C, [KEY_RIGHTCTRL] = E0 | 0x1D, [KEY_KPSLASH] = E0 | 0x35,
    [KEY_SYSRQ] = E0 | 0x37, [KEY_RIGHTALT] = E0 | 0x38,
    [KEY_HOME] = E0 | 0x47, [KEY_UP] = E0 | 0x48, [KEY_PAGEUP] = E0 | 0x49,
    [KEY_LEFT] = E0 | 0x4B, [KEY_RIGHT] = E0 | 0x4D, [KEY_END] = E0 | 0x4F,
    [KEY_DOWN] = E0 | 0x50, [KEY_PAGEDOWN] = E0 | 0x51, [KEY_INSERT] = E0 | 0x52,
    [KEY_DELETE] = E0 | 0x53, [KEY_LEFTMETA] = E0 | 0x5B, [KEY_RIGHTMETA] = E0 | 0x5C,
    [KEY_COMPOSE] = E0 | 0x5D, [KEY_MENU] = E0 | 0x5D,
    [KEY_PAUSE] = VDI_SCANCODE_PAUSE,

    /* Japan, Korea, Brazil */
    [KEY_ZENKAKUHANKAKU] = 0x29, [KEY_RO] = 0x73, [KEY_KATAKANA] = 0x78, [KEY_HIRAGANA] = 0x77,
    [KEY_HENKAN] = 0x79, [KEY_KATAKANAHIRAGANA] = 0x70, [KEY_MUHENKAN] = 0x7B,
    [KEY_KPJPCOMMA] = 0x7E, [KEY_YEN] = 0x7D, [KEY_HANGEUL] = 0x72, [KEY_HANJA] = 0x71,
    [KEY_KPCOMMA] = 0x7E, [KEY_KPEQUAL] = 0x59,

    /* F13 on, as Windows numbers them */
    [KEY_F13] = 0x64, [KEY_F14] = 0x65, [KEY_F15] = 0x66, [KEY_F16] = 0x67, [KEY_F17] = 0x68,
    [KEY_F18] = 0x69, [KEY_F19] = 0x6A, [KEY_F20] = 0x6B, [KEY_F21] = 0x6C, [KEY_F22] = 0x6D,
    [KEY_F23] = 0x6E, [KEY_F24] = 0x76,

    /* media, browser, power */
    [KEY_MUTE] = E0 | 0x20, [KEY_VOLUMEDOWN] = E0 | 0x2E, [KEY_VOLUMEUP] = E0 | 0x30,
    [KEY_NEXTSONG] = E0 | 0x19, [KEY_PREVIOUSSONG] = E0 | 0x10, [KEY_STOPCD] = E0 | 0x24,
    [KEY_PLAYPAUSE] = E0 | 0x22, [KEY_CALC] = E0 | 0x21, [KEY_MAIL] = E0 | 0x6C,
    [KEY_MEDIA] = E0 | 0x6D, [KEY_COMPUTER] = E0 | 0x6B, [KEY_HOMEPAGE] = E0 | 0x32,
    [KEY_WWW] = E0 | 0x32, [KEY_BACK] = E0 | 0x6A, [KEY_FORWARD] = E0 | 0x69,
    [KEY_REFRESH] = E0 | 0x67, [KEY_STOP] = E0 | 0x68, [KEY_SEARCH] = E0 | 0x65,
    [KEY_BOOKMARKS] = E0 | 0x66, [KEY_POWER] = E0 | 0x5E, [KEY_SLEEP] = E0 | 0x5F,
    [KEY_WAKEUP] = E0 | 0x63,
};
/* clang-format on */

uint16_t vdi_scancode(uint16_t evdev_code)
{
    return evdev_code < G_N_ELEMENTS(table) ? table[evdev_code] : VDI_SCANCODE_NONE;
}
