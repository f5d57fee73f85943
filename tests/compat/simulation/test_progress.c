/* SPDX-License-Identifier: Apache-2.0 */
#include "compat/simulation/progress.h"

#include "tests/support/check.h"

static void progress_is_one_short_line(void)
{
    g_autofree char *none = vdi_progress_line(0, 1000, 0.5);
    g_autofree char *half = vdi_progress_line(500, 1000, 3);
    g_autofree char *all = vdi_progress_line(1200, 1000, 6);
    g_autofree char *pipe_line = vdi_progress_line(12000000, 0, 6);

    CHECK_TEXT(none, "[..............................]   0 %");
    CHECK_TEXT(half, "[###############...............]  50 %, 3 s left");
    CHECK_TEXT(all, "[##############################] 100 %, 0 s left");
    CHECK_TEXT(pipe_line, "12 MB, 6 s");
}

const Test tests[] = {
    {"progress is one short line", progress_is_one_short_line},
    TEST_END,
};
