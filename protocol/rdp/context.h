/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <freerdp/client.h>

/* What FreeRDP allocates as its context and hands to every callback: the client's part first, else
 * its functions write past it. Each file's callbacks find their own object here and know no
 * other's. */

typedef struct {
    rdpClientContext client;
    struct VdiRdpDesktop *desktop;
    struct VdiPaint *paint;
    struct VdiCursor *cursor;
} VdiContext;
