/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <freerdp/graphics.h>

#include "protocol/rdp/paint.h"

/* The desktop's pointer: converted to BGRA32 when it comes, sent when the viewer has room for it.
 * Only the latest counts. */

void vdi_cursor_register(rdpGraphics *graphics);
void vdi_cursor_flush(VdiPaint *paint);
