/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <stddef.h>
#include <stdint.h>

#include "protocol/session/message.h"

/* Which parts of a picture are not as they should be: at most VDI_FRAME_MAX_DAMAGE rectangles,
 * which always cover what was added, and more when there were too many. */

typedef struct {
    VdiRectangle area[VDI_FRAME_MAX_DAMAGE];
    size_t n;
} VdiDamage;

/* The part of the rectangle that lies inside width × height is added. */
void vdi_damage_add(VdiDamage *damage, int x, int y, int area_width, int area_height,
    uint32_t width, uint32_t height);
void vdi_damage_add_all(VdiDamage *damage, uint32_t width, uint32_t height);
