/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <gdk/gdk.h>

#include "protocol/session/message.h"

/* The desktop's own pointer shape: BGRA32, premultiplied, one device pixel each. 0 × 0 is a pointer
 * that is not shown. */
GdkCursor *vdi_desktop_cursor_new(GdkDisplay *display, const VdiMessageCursor *cursor,
    const unsigned char *pixels, int device_scale);
