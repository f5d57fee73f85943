/* SPDX-License-Identifier: Apache-2.0 */
#include "client/coverage.h"

#include <string.h>

void vdi_coverage_init(VdiCoverage *coverage, uint32_t width, uint32_t height)
{
    vdi_coverage_clear(coverage);
    coverage->width = width;
    coverage->height = height;
    coverage->n_left = (size_t) width * height;
    coverage->painted = g_malloc0(coverage->n_left);
}

void vdi_coverage_clear(VdiCoverage *coverage)
{
    g_free(coverage->painted);
    *coverage = (VdiCoverage){0};
}

static size_t add_row(unsigned char *row, size_t width)
{
    size_t n_new = 0;

    for (size_t x = 0; x < width; x++) {
        n_new += row[x] == 0;
    }
    memset(row, 1, width);
    return n_new;
}

size_t vdi_coverage_add(VdiCoverage *coverage, const VdiRectangle *damage, size_t n_damage)
{
    size_t n_new = 0;

    for (size_t i = 0; i < n_damage; i++) {
        const VdiRectangle *rectangle = &damage[i];

        g_assert((uint32_t) rectangle->x + rectangle->width <= coverage->width);
        g_assert((uint32_t) rectangle->y + rectangle->height <= coverage->height);
        for (size_t y = rectangle->y; y < (size_t) rectangle->y + rectangle->height; y++) {
            n_new +=
                add_row(coverage->painted + y * coverage->width + rectangle->x, rectangle->width);
        }
    }
    coverage->n_left -= n_new;
    return n_new;
}
