/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

/* When the next refresh of an organisation is due. Pure: times and numbers in, a time out.
 *
 * Every machine has its own place in the interval, made of what it is and of the organisation's
 * name. So any number of machines spread evenly over the whole of it, and do so again at once after
 * whatever brought them together: a Monday, a power cut, a server that was away. */

/* An interval, and what a server asks for, in seconds: no less, no more. */
#define VDI_SCHEDULE_MIN ((int64_t) 15 * 60)
#define VDI_SCHEDULE_MAX ((int64_t) 24 * 3600)
/* Whoever is on line has a new rule within the hour. */
#define VDI_SCHEDULE_DEFAULT ((int64_t) 3600)

/* After failures: a wait between nothing and a window that begins with this and doubles up to the
 * interval (full jitter). Nobody sits waiting here, so it begins where a broker's retries end. */
#define VDI_SCHEDULE_BASE ((int64_t) 5 * 60)

typedef struct {
    const char *machine; /* what tells it from all others; NULL: nothing does */
    const char *organisation;
    int64_t interval_seconds;
    int64_t tried_at, succeeded_at; /* UTC seconds; 0: never */
    int64_t failures;               /* since it last succeeded */
    int64_t wait_seconds;           /* Retry-After, or max-age; 0: none */
} VdiSchedule;

/* UTC seconds; at most `now` when it is due. So it is when nothing was tried yet, and when the last
 * try lies in the future: then the clock was set, and what it said is worth nothing. */
int64_t vdi_schedule_next(const VdiSchedule *schedule, int64_t now);
