/* SPDX-License-Identifier: Apache-2.0 */
#include "client/coverage.h"

#include "tests/support/check.h"

static void a_pixel_counts_once(void)
{
    static const VdiRectangle half = {0, 0, 10, 4};
    static const VdiRectangle overlapping[] = {{0, 2, 10, 4}, {3, 3, 2, 2}};
    static const VdiRectangle rest = {0, 0, 10, 8};
    VdiCoverage coverage = {0};

    vdi_coverage_init(&coverage, 10, 8);
    CHECK_INT(vdi_coverage_add(&coverage, &half, 1), 40);
    CHECK_INT(vdi_coverage_add(&coverage, &half, 1), 0);
    CHECK_INT(vdi_coverage_add(&coverage, overlapping, 2), 20);
    CHECK_INT(coverage.n_left, 20);
    CHECK_INT(vdi_coverage_add(&coverage, &rest, 1), 20);
    CHECK_INT(coverage.n_left, 0);
    vdi_coverage_clear(&coverage);
}

const Test tests[] = {
    {"a pixel counts once", a_pixel_counts_once},
    TEST_END,
};
