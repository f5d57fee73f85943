/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <freerdp/graphics.h>
#include <stdbool.h>

#include "protocol/session/message.h"

/* The desktop's pointer: converted to BGRA32 when it comes, sent when the viewer has room for it.
 * Only the latest counts. */

typedef struct VdiCursor {
    int view;                         /* the socket; borrowed */
    struct VdiCursorMessage *waiting; /* for room in the socket; NULL: none does */
} VdiCursor;

void vdi_cursor_register(rdpGraphics *graphics);
void vdi_cursor_clear(VdiCursor *cursor);

/* Sends what waits, if there is room. False: the viewer is gone. */
bool vdi_cursor_flush(VdiCursor *cursor);
