/* SPDX-License-Identifier: Apache-2.0 */
#include "compat/schedule.h"

#include "tests/support/check.h"

#define NOW ((int64_t) 1794000000)
#define HOUR ((int64_t) 3600)

enum { MACHINES = 100000 };

static char *machine_id(int i)
{
    return g_strdup_printf("%032x", i);
}

/* ---- one machine ---- */

static const VdiSchedule usual = {.machine = "0123456789abcdef0123456789abcdef",
    .organisation = "example",
    .interval_seconds = 6 * HOUR,
    .tried_at = NOW,
    .succeeded_at = NOW};

/* The first of its places after `at`, found the slow way. */
static int64_t place_after(int64_t at)
{
    VdiSchedule schedule = usual;

    schedule.tried_at = schedule.succeeded_at = at;
    return vdi_schedule_next(&schedule, at);
}

static void is_due_when_nothing_is_known(void)
{
    static const struct {
        const char *name;
        int64_t tried_at, succeeded_at, failures, wait_seconds;
    } rows[] = {
        {"never tried", 0, 0, 0, 0},
        {"tried in the future", NOW + 1, NOW - HOUR, 0, 0},
        {"succeeded in the future", NOW - HOUR, NOW + 10 * 365 * 24 * HOUR, 0, 0},
        {"failed in the future", NOW + HOUR, 0, 7, 24 * HOUR},
        {"before 1970", -1, -1, 0, 0},
        {"succeeded never, and did not fail", NOW - 7 * HOUR, 0, 0, 0},
        {"long ago", NOW - 100 * 24 * HOUR, NOW - 100 * 24 * HOUR, 0, 24 * HOUR},
        {"failed long ago", NOW - 100 * 24 * HOUR, 0, G_MAXINT32, 24 * HOUR},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        VdiSchedule schedule = usual;

        schedule.tried_at = rows[i].tried_at;
        schedule.succeeded_at = rows[i].succeeded_at;
        schedule.failures = rows[i].failures;
        schedule.wait_seconds = rows[i].wait_seconds;
        CHECK_ROW(rows[i].name, vdi_schedule_next(&schedule, NOW) <= NOW);
    }
}

static void comes_once_in_an_interval_at_its_own_place(void)
{
    int64_t first = place_after(NOW);

    CHECK(first > NOW && first <= NOW + 6 * HOUR);
    CHECK_INT(place_after(first - 1), first);
    CHECK_INT(place_after(first), first + 6 * HOUR);
    /* Whenever it asked in between, and however late it was. */
    CHECK_INT(place_after(first + HOUR), first + 6 * HOUR);
    CHECK_INT(place_after(first + 6 * HOUR - 1), first + 6 * HOUR);
    /* A machine that slept through its place comes when it wakes. */
    CHECK(vdi_schedule_next(&usual, NOW + 48 * HOUR) <= NOW + 48 * HOUR);
}

static void keeps_intervals_and_waits_within_bounds(void)
{
    static const struct {
        const char *name;
        int64_t interval, wait, failures, least, most; /* after NOW */
    } rows[] = {
        {"the usual", 6 * HOUR, 0, 0, 1, 6 * HOUR},
        {"an interval of nothing", 0, 0, 0, 1, HOUR / 4},
        {"an interval below nothing", -5, 0, 0, 1, HOUR / 4},
        {"an interval of a year", 8760 * HOUR, 0, 0, 1, 24 * HOUR},
        {"a short max-age does not hurry", 6 * HOUR, 1, 0, 1, 6 * HOUR},
        {"a long max-age waits", 6 * HOUR, 12 * HOUR, 0, 12 * HOUR - HOUR / 4, 18 * HOUR},
        {"a max-age of a year is a day", 6 * HOUR, 8760 * HOUR, 0, 24 * HOUR - HOUR / 4, 30 * HOUR},
        {"the first failure", 6 * HOUR, 0, 1, 0, HOUR / 12},
        {"the third", 6 * HOUR, 0, 3, 0, HOUR / 3},
        {"the hundredth", 6 * HOUR, 0, 100, 0, 6 * HOUR},
        {"a failure of a quick one", HOUR / 4, 0, 100, 0, HOUR / 4},
        {"Retry-After", 6 * HOUR, HOUR, 1, HOUR, HOUR + HOUR / 12},
        {"a Retry-After of a second", 6 * HOUR, 1, 1, HOUR / 4, HOUR / 3},
        {"a Retry-After of a year", 6 * HOUR, 8760 * HOUR, 1, 24 * HOUR, 24 * HOUR + HOUR / 12},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        int64_t least = G_MAXINT64, most = 0;

        for (int m = 0; m < 1000; m++) {
            g_autofree char *machine = machine_id(m);
            const VdiSchedule schedule = {.machine = machine,
                .organisation = "example",
                .interval_seconds = rows[i].interval,
                .tried_at = NOW,
                .succeeded_at = rows[i].failures > 0 ? 0 : NOW,
                .failures = rows[i].failures,
                .wait_seconds = rows[i].wait};
            int64_t after = vdi_schedule_next(&schedule, NOW) - NOW;

            least = MIN(least, after);
            most = MAX(most, after);
        }
        CHECK_ROW(rows[i].name, least >= rows[i].least);
        CHECK_ROW(rows[i].name, most <= rows[i].most);
        /* And they use all the room that there is. */
        CHECK_ROW(rows[i].name, most - least > (rows[i].most - rows[i].least) * 9 / 10);
    }
}

static void a_server_that_names_the_interval_is_asked_once_in_it(void)
{
    int64_t now = NOW, first = place_after(NOW);
    VdiSchedule schedule = usual;

    schedule.wait_seconds = 6 * HOUR;
    /* A timer looks every ten minutes, and each refresh takes half a minute. */
    for (int n_refreshes = 0; n_refreshes < 40; now += HOUR / 6) {
        if (vdi_schedule_next(&schedule, now) <= now) {
            schedule.tried_at = schedule.succeeded_at = now + 30;
            n_refreshes++;
        }
    }
    CHECK((now - first) / (6 * HOUR) >= 39 && (now - first) / (6 * HOUR) <= 40);
}

static void each_organisation_has_its_own_place(void)
{
    VdiSchedule other = usual;

    other.organisation = "public-feed";
    CHECK(vdi_schedule_next(&other, NOW) != vdi_schedule_next(&usual, NOW));
    other.machine = NULL; /* nothing tells it from others: still a place in the interval */
    CHECK(vdi_schedule_next(&other, NOW) > NOW);
}

/* ---- all machines ---- */

/* The most that fall into one second, of those that come at `at`, in millionths of all. */
static int64_t crowd(const int64_t *at, int64_t from, int64_t seconds)
{
    g_autofree int *counts = g_new0(int, (gsize) seconds);
    int most = 0;

    for (int i = 0; i < MACHINES; i++) {
        CHECK(at[i] >= from && at[i] < from + seconds);
        if (at[i] >= from && at[i] < from + seconds) {
            counts[at[i] - from]++;
            most = MAX(most, counts[at[i] - from]);
        }
    }
    return (int64_t) most * 1000000 / MACHINES;
}

/* All of them asked, or failed, in the very same second. */
static int64_t *next_of_all(int64_t failures, int64_t wait_seconds)
{
    int64_t *at = g_new0(int64_t, MACHINES);

    for (int i = 0; i < MACHINES; i++) {
        g_autofree char *machine = machine_id(i);
        const VdiSchedule schedule = {.machine = machine,
            .organisation = "example",
            .interval_seconds = 6 * HOUR,
            .tried_at = NOW,
            .succeeded_at = failures > 0 ? 0 : NOW,
            .failures = failures,
            .wait_seconds = wait_seconds};

        at[i] = vdi_schedule_next(&schedule, NOW);
    }
    return at;
}

static void a_hundred_thousand_machines_spread_evenly(void)
{
    static const struct {
        const char *name;
        int64_t failures, wait_seconds;
        int64_t from, seconds; /* after NOW: when they come */
        int64_t millionths;    /* of all, in one second at most */
    } rows[] = {
        /* Even would be 46 millionths a second: 21,600 seconds. */
        {"after all asked at once", 0, 0, 1, 6 * HOUR, 250},
        {"after all were told to wait a day", 0, 24 * HOUR, 24 * HOUR - HOUR / 4, 6 * HOUR, 250},
        /* Even would be 3333: 300 seconds. */
        {"after all failed at once", 1, 0, 0, HOUR / 12, 4500},
        {"after all were sent away for an hour", 1, HOUR, HOUR, HOUR / 12, 4500},
        {"after all failed ten times", 10, 0, 0, 6 * HOUR, 250},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree int64_t *at = next_of_all(rows[i].failures, rows[i].wait_seconds);

        CHECK_ROW(
            rows[i].name, crowd(at, NOW + rows[i].from, rows[i].seconds) <= rows[i].millionths);
    }
}

/* One server is away for two hours; the machines come each at its place, fail, back off. */
static void a_server_that_returns_is_not_run_over(void)
{
    enum { AWAY = 2 * 3600, WATCHED = 9 * 3600 };
    g_autofree int *counts = g_new0(int, WATCHED);
    int most = 0, served = 0;

    for (int i = 0; i < MACHINES; i++) {
        g_autofree char *machine = machine_id(i);
        VdiSchedule schedule = {.machine = machine,
            .organisation = "example",
            .interval_seconds = 6 * HOUR,
            .tried_at = NOW,
            .succeeded_at = NOW};

        for (int64_t now = NOW; now < NOW + AWAY || schedule.failures > 0;) {
            now = MAX(now, vdi_schedule_next(&schedule, now));
            if (now >= NOW + AWAY + 6 * HOUR) {
                break;
            }
            counts[now - NOW]++;
            schedule.tried_at = now;
            schedule.failures = now < NOW + AWAY ? schedule.failures + 1 : 0;
            schedule.succeeded_at = now < NOW + AWAY ? schedule.succeeded_at : now;
            now += 1;
        }
        served += schedule.failures == 0 && schedule.succeeded_at >= NOW + AWAY;
    }
    for (int second = 0; second < WATCHED; second++) {
        most = MAX(most, counts[second]);
    }
    CHECK_INT(served, MACHINES);
    CHECK(most <= MACHINES / 1000); /* no second above one in a thousand */
}

const Test tests[] = {
    {"is due when nothing is known", is_due_when_nothing_is_known},
    {"comes once in an interval, at its own place", comes_once_in_an_interval_at_its_own_place},
    {"keeps intervals and waits within bounds", keeps_intervals_and_waits_within_bounds},
    {"a server that names the interval is asked once in it",
        a_server_that_names_the_interval_is_asked_once_in_it},
    {"each organisation has its own place", each_organisation_has_its_own_place},
    {"a hundred thousand machines spread evenly", a_hundred_thousand_machines_spread_evenly},
    {"a server that returns is not run over", a_server_that_returns_is_not_run_over},
    TEST_END,
};
