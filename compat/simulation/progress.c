/* SPDX-License-Identifier: Apache-2.0 */
#include "compat/simulation/progress.h"

#include <stdbool.h>
#include <stdio.h>
#include <unistd.h>

enum { BAR_CELLS = 30, SHOW_EVERY_US = 100000, WAIT_BEFORE_US = 300000 };

struct VdiProgress {
    bool is_seen; /* by somebody at a terminal */
    uint64_t total;
    gint64 began_at, shown_at; /* monotonic microseconds */
};

VdiProgress *vdi_progress_new(uint64_t total)
{
    VdiProgress *progress = g_new0(VdiProgress, 1);

    progress->is_seen = isatty(STDERR_FILENO) == 1;
    progress->total = total;
    progress->began_at = g_get_monotonic_time();
    return progress;
}

char *vdi_progress_line(uint64_t taken, uint64_t total, double seconds)
{
    double megabytes = (double) taken / 1e6;
    char bar[BAR_CELLS + 1] = "";

    if (total == 0) {
        return g_strdup_printf("%.0f MB, %.0f s", megabytes, seconds);
    }
    double share = CLAMP((double) taken / (double) total, 0, 1);

    for (int i = 0; i < BAR_CELLS; i++) {
        bar[i] = i < (int) (share * BAR_CELLS) ? '#' : '.';
    }
    if (share < 0.02) {
        return g_strdup_printf("[%s] %3.0f %%", bar, share * 100);
    }
    return g_strdup_printf(
        "[%s] %3.0f %%, %.0f s left", bar, share * 100, seconds / share - seconds);
}

void vdi_progress_show(VdiProgress *progress, uint64_t taken)
{
    gint64 now = g_get_monotonic_time();
    bool is_due = progress->is_seen && now - progress->began_at >= WAIT_BEFORE_US
        && now - progress->shown_at >= SHOW_EVERY_US;

    if (is_due) {
        g_autofree char *line = vdi_progress_line(
            taken, progress->total, (double) (now - progress->began_at) / G_USEC_PER_SEC);

        fprintf(stderr, "\r%s\033[K", line);
        progress->shown_at = now;
    }
}

void vdi_progress_free(VdiProgress *progress)
{
    if (progress != NULL) {
        if (progress->shown_at != 0) {
            fputs("\r\033[K", stderr);
        }
        g_free(progress);
    }
}
