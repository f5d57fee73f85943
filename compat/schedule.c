/* SPDX-License-Identifier: Apache-2.0 */
#include "compat/schedule.h"

/* A number below `range` that is this machine's own, for this organisation and this occasion. */
static int64_t place(const VdiSchedule *schedule, int64_t occasion, int64_t range)
{
    g_autoptr(GChecksum) checksum = g_checksum_new(G_CHECKSUM_SHA256);
    g_autofree char *text = g_strdup_printf("%s\n%s\n%" G_GINT64_FORMAT,
        schedule->machine != NULL ? schedule->machine : "", schedule->organisation, occasion);
    guint8 digest[32];
    gsize size = sizeof digest;
    uint64_t number = 0;

    g_checksum_update(checksum, (const guchar *) text, -1);
    g_checksum_get_digest(checksum, digest, &size);
    for (int i = 0; i < 4; i++) {
        number = number << 8 | digest[i];
    }
    return (int64_t) (number * (uint64_t) range >> 32); /* range is at most a day: it fits */
}

static int64_t bound(int64_t seconds)
{
    return CLAMP(seconds, VDI_SCHEDULE_MIN, VDI_SCHEDULE_MAX);
}

/* The first of this machine's places in the interval that is not before `at`. */
static int64_t next_place(const VdiSchedule *schedule, int64_t interval, int64_t at)
{
    int64_t first = place(schedule, 0, interval);
    int64_t passed = (at - first + interval - 1) / interval;

    return first + MAX(passed, 0) * interval;
}

/* A timer looks now and then, and asking takes its time: so much is forgiven, or one who may ask
 * every six hours would ask every twelve. */
static int64_t after_success(const VdiSchedule *schedule, int64_t interval)
{
    int64_t wait = schedule->wait_seconds > 0 ? bound(schedule->wait_seconds) : 0;

    return next_place(schedule, interval, schedule->succeeded_at + MAX(wait - VDI_SCHEDULE_MIN, 1));
}

static int64_t after_failure(const VdiSchedule *schedule, int64_t interval)
{
    int64_t wait = schedule->wait_seconds > 0 ? bound(schedule->wait_seconds) : 0;
    int64_t window = VDI_SCHEDULE_BASE;

    for (int64_t i = 1; i < schedule->failures && window < interval; i++) {
        window *= 2;
    }
    return schedule->tried_at + wait + place(schedule, schedule->tried_at, MIN(window, interval));
}

int64_t vdi_schedule_next(const VdiSchedule *schedule, int64_t now)
{
    int64_t interval = bound(schedule->interval_seconds);

    if (schedule->tried_at <= 0 || schedule->tried_at > now || schedule->succeeded_at > now) {
        return now;
    }
    return schedule->failures > 0 ? after_failure(schedule, interval)
                                  : after_success(schedule, interval);
}
