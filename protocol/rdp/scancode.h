/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <stdint.h>

/* Keys: from evdev's codes (linux/input-event-codes.h; X11's keycode minus 8) to the scancodes that
 * RDP sends, which are those of a PC keyboard, set 1 ([MS-RDPBCGR] 2.2.8.1.1.3.1.1.1). Ours,
 * because the library's table is global, bound to X, and was off by 8 without xkbfile. */

#define VDI_SCANCODE_NONE 0u
#define VDI_SCANCODE_EXTENDED 0x100u /* preceded by E0 */
#define VDI_SCANCODE_PAUSE 0x200u    /* a sequence of its own, without a release */

/* VDI_SCANCODE_NONE for a key that no PC keyboard has. */
uint16_t vdi_scancode(uint16_t evdev_code);
