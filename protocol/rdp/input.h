/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <freerdp/input.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "protocol/session/channel.h"

/* What the person does, from the viewer's words to RDP. */

typedef struct {
    uint32_t width, height; /* of the desktop: positions are kept inside */
} VdiInputArea;

/* True when the message was one of input and was sent; false: of another kind, or of a wrong
 * length, or it could not be sent (then the loop learns of the broken link by itself). */
bool vdi_input_take(
    rdpInput *input, const VdiMessage *message, size_t size, const VdiInputArea *area);
