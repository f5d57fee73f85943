/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <glib.h>
#include <stddef.h>
#include <stdint.h>

#include "protocol/session/message.h"

/* Which pixels of a picture were painted since it was cleared; exact, one byte a pixel. */

typedef struct {
    uint32_t width, height;
    unsigned char *painted;
    size_t n_left; /* pixels that were not */
} VdiCoverage;

void vdi_coverage_init(VdiCoverage *coverage, uint32_t width, uint32_t height);
void vdi_coverage_clear(VdiCoverage *coverage);

/* Rectangles are inside the picture. Gives the number of pixels that were not painted before. */
size_t vdi_coverage_add(VdiCoverage *coverage, const VdiRectangle *damage, size_t n_damage);
