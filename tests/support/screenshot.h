/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <glib.h>
#include <stdint.h>

#include "protocol/session/message.h"

/* What an X server shows, to compare a picture with. */

/* BGRX, row by row without gaps; NULL when it cannot be read. */
GBytes *screenshot_read(const char *display, uint32_t *ret_width, uint32_t *ret_height);

/* Peak signal-to-noise ratio in dB of an area of two pictures; 99 when they are equal. */
double screenshot_compare(const unsigned char *a, size_t stride_a, const unsigned char *b,
    size_t stride_b, const VdiRectangle *area);
