/* SPDX-License-Identifier: Apache-2.0 */
#include "compat/refresh.h"

#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/error.h"
#include "base/file.h"
#include "compat/schedule.h"
#include "compat/store.h"
#include "tests/compat/guard/getting.h"
#include "tests/support/check.h"

#define DAY ((int64_t) 24 * 3600)
#define ISSUED "2027-01-01T00:00:00Z"

/* It follows version 1 at "/v". */
static Getting *follower(const char *name)
{
    Getting *getting = getting_new(name);
    g_autofree char *url = g_strconcat(web_address(getting->web), "/v", NULL);

    getting_configure(getting, url, "");
    getting_release(getting, 1, ISSUED);
    getting_publish(getting, "/v", 1);
    CHECK(getting_refresh(getting));
    CHECK_INT(getting_version(getting), 1);
    return getting;
}

static bool request_has(const Getting *getting, guint i, const char *text)
{
    g_autofree char *request = web_request(getting->web, i);

    return request != NULL && strstr(request, text) != NULL;
}

/* ---- several addresses ---- */

static const struct {
    const char *name, *answer;
} bad_servers[] = {
    {"nothing is there", "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"},
    {"it is broken", "HTTP/1.1 500 Oh\r\nContent-Length: 0\r\n\r\n"},
    {"it sends elsewhere",
        "HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n"},
    {"a page for people", "HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\n<html>"},
    {"a content encoding",
        "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Encoding: gzip\r\n\r\n{}"},
    {"cut short", "HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n{"},
    {"no HTTP", "220 mail ready\r\n"},
};

static void a_good_address_after_a_bad_one_is_enough(void)
{
    for (size_t i = 0; i < G_N_ELEMENTS(bad_servers); i++) {
        g_autofree char *name = g_strdup_printf("bad-%zu", i);
        g_autoptr(Getting) getting = getting_new(name);
        g_autoptr(Web) bad = web_new();
        g_autofree char *urls =
            g_strdup_printf("%s/v %s/v", web_address(bad), web_address(getting->web));

        web_put_all(bad, bad_servers[i].answer);
        getting_configure(getting, urls, "");
        getting_release(getting, 1, ISSUED);
        getting_publish(getting, "/v", 1);
        for (int again = 0; again < 3; again++) {
            CHECK_ROW(bad_servers[i].name, getting_refresh(getting));
            CHECK_ROW(bad_servers[i].name, getting_version(getting) == 1);
            /* It is said each time, and recorded once. */
            CHECK_ROW(bad_servers[i].name, getting_n_problems(getting) == 1);
            CHECK_ROW(bad_servers[i].name, getting_audited(getting, "\"refused\"") == 1);
        }
    }
}

static void an_address_that_was_mended_and_breaks_again_is_recorded_again(void)
{
    g_autoptr(Getting) getting = follower("mended");

    for (int i = 1; i <= 2; i++) {
        web_put_all(getting->web, bad_servers[1].answer);
        CHECK(!getting_refresh(getting));
        CHECK(!getting_refresh(getting));
        CHECK_INT(getting_audited(getting, "\"refused\""), i);
        web_put_all(getting->web, NULL);
        CHECK(getting_refresh(getting));
    }
}

/* A mirror that lags behind: what it offers was right once. */
static void an_older_list_is_refused_and_the_next_address_asked(void)
{
    g_autoptr(Getting) getting = follower("older");
    g_autofree char *urls =
        g_strdup_printf("%s/old %s/v", web_address(getting->web), web_address(getting->web));

    getting_publish(getting, "/old", 1);
    getting_release(getting, 2, ISSUED);
    getting_publish(getting, "/v", 2);
    CHECK(getting_refresh(getting));
    getting_configure(getting, urls, "");
    CHECK(getting_refresh(getting));
    CHECK_INT(getting_version(getting), 2);
    CHECK_INT(getting_n_problems(getting), 1);
    CHECK(getting->report.problems->len == 1
        && strstr(getting->report.problems->pdata[0], "/old: timestamp") != NULL);
    CHECK(getting_refresh(getting));
    CHECK_INT(getting_audited(getting, "\"refused\""), 1);
}

/* ---- conditional requests ---- */

static void an_unchanged_list_is_not_sent_again(void)
{
    g_autoptr(Getting) getting = follower("unchanged");

    CHECK(getting_refresh(getting));
    CHECK_INT(web_n_requests(getting->web), 2);
    CHECK(request_has(getting, 0, "GET /v/2.root.json"));
    CHECK(!request_has(getting, 0, "If-"));
    CHECK(request_has(getting, 1, "GET /v/timestamp.json"));
    CHECK(request_has(getting, 1, "If-None-Match: \"t1\""));
    getting_release(getting, 2, ISSUED);
    getting_publish(getting, "/v", 2);
    CHECK(getting_refresh(getting));
    CHECK_INT(getting_version(getting), 2);
}

/* The memory says that the ETag of list 2 belongs to list 1, as when a server makes the same ETag
 * of both: for a day at most nothing new is seen. */
static void a_lying_memory_hides_nothing_for_longer_than_a_day(void)
{
    g_autoptr(Getting) getting = follower("lying");
    g_autofree char *path =
        g_build_filename(getting->paths->state, "orgs/example/.memory.json", NULL);
    g_autoptr(GBytes) one = g_bytes_ref(scene_get(getting->scene, "timestamp.json"));
    g_autofree char *url = g_strconcat(web_address(getting->web), "/v", NULL);

    getting_release(getting, 2, ISSUED);
    getting_publish(getting, "/v", 2);
    for (int64_t after = DAY - 1; after <= DAY; after++) {
        g_autoptr(VdiTrustMemory) memory = vdi_trust_memory_read(path);
        VdiTrustServer *server = vdi_trust_memory_server(memory, url, SCENE_NOW);

        vdi_trust_server_keep(server, one, "\"t2\"", NULL, SCENE_NOW);
        CHECK(vdi_trust_memory_write(memory, path, NULL));
        getting->now = SCENE_NOW + after;
        CHECK(getting_refresh(getting));
        CHECK_INT(getting_version(getting), after < DAY ? 1 : 2);
    }
}

static void an_expired_list_is_asked_for_whole_at_once(void)
{
    g_autoptr(Getting) getting = follower("expired");
    g_autofree char *path =
        g_build_filename(getting->paths->state, "orgs/example/.memory.json", NULL);
    g_autofree char *url = g_strconcat(web_address(getting->web), "/v", NULL);
    g_autoptr(VdiTrustMemory) memory = vdi_trust_memory_read(path);

    getting->now = SCENE_LATER + 10;
    vdi_trust_server_keep(vdi_trust_memory_server(memory, url, getting->now),
        scene_get(getting->scene, "timestamp.json"), "\"t2\"", NULL, getting->now);
    CHECK(vdi_trust_memory_write(memory, path, NULL));
    scene_root(getting->scene, 2, SCENE_LATER + DAY, scene_roles, (const int[]){0, -1});
    scene_release(getting->scene,
        &(Release){2, 2, 2,
            .content = "{\"schema\": \"https://vigie.example/manifest/1\", \"id\": \"example\", "
                       "\"issued\": \"" ISSUED "\", \"rules\": []}",
            .timestamp_expires = SCENE_LATER + DAY, .snapshot_expires = SCENE_LATER + DAY,
            .targets_expires = SCENE_LATER + DAY});
    getting_publish(getting, "/v", 2);
    CHECK(getting_refresh(getting));
    CHECK_INT(getting_version(getting), 2);
    CHECK_INT(getting_n_problems(getting), 0);
}

static void a_damaged_memory_costs_a_whole_request(void)
{
    g_autoptr(Getting) getting = follower("damaged");
    g_autofree char *path =
        g_build_filename(getting->paths->state, "orgs/example/.memory.json", NULL);

    CHECK(vdi_file_write_text(path, "{\"format\": 1, ", 0644, NULL));
    CHECK(getting_refresh(getting));
    CHECK_INT(web_n_requests(getting->web), 2);
    CHECK(!request_has(getting, 1, "If-"));
    CHECK(getting_refresh(getting));
    CHECK(request_has(getting, 1, "If-None-Match"));
}

/* ---- when ---- */

static int64_t next_in(const Getting *getting)
{
    return vdi_refresh_next(getting->paths, "example", getting->now) - getting->now;
}

static void the_next_refresh_follows_from_the_last(void)
{
    g_autoptr(Getting) getting = follower("next");
    g_autofree char *url = g_strconcat(web_address(getting->web), "/v", NULL);

    CHECK(next_in(getting) > 0 && next_in(getting) <= VDI_SCHEDULE_DEFAULT);
    getting_configure(getting, url, "refresh-minutes = 15\n");
    CHECK(next_in(getting) > 0 && next_in(getting) <= 15 * 60);
    web_put_all(getting->web, bad_servers[1].answer);
    CHECK(!getting_refresh(getting));
    CHECK(next_in(getting) <= VDI_SCHEDULE_BASE);
    web_put_all(
        getting->web, "HTTP/1.1 503 Busy\r\nRetry-After: 7200\r\nContent-Length: 0\r\n\r\n");
    CHECK(!getting_refresh(getting));
    CHECK(next_in(getting) >= 7200 && next_in(getting) <= 7200 + 2 * VDI_SCHEDULE_BASE);
    /* Plain refresh goes all the same, and a success forgets it. */
    web_put_all(getting->web, NULL);
    CHECK(getting_refresh(getting));
    CHECK(next_in(getting) > 0 && next_in(getting) <= 15 * 60);
    /* The clock was set back by ten years: what it said before is worth nothing. */
    getting->now -= 3650 * DAY;
    CHECK(next_in(getting) <= 0);
}

static void a_setting_outside_its_bounds_is_refused(void)
{
    static const char *const lines[] = {"refresh-minutes = 14\n", "refresh-minutes = 1441\n",
        "refresh-minutes = 6h\n", "refresh-minutes = -1\n"};
    g_autoptr(Getting) getting = follower("bounds");

    for (size_t i = 0; i < G_N_ELEMENTS(lines); i++) {
        getting_configure(getting, "https://x", lines[i]);
        CHECK_ROW(lines[i], !getting_refresh(getting));
        CHECK_ROW(lines[i], getting_n_problems(getting) == 1);
    }
}

/* ---- what another user left ---- */

/* Three times, as apply comes again and again; true when each time so much was said. */
static bool apply_says(Getting *getting, guint n_problems)
{
    bool right = true;

    for (int i = 0; i < 3; i++) {
        vdi_apply_report_clear(&getting->report);
        getting->report = (VdiApplyReport){0};
        vdi_refresh_incoming(getting->paths, getting->now, &getting->report);
        right = right && getting_n_problems(getting) == n_problems;
    }
    return right;
}

static void an_incoming_list_that_is_older_is_nothing_new(void)
{
    g_autoptr(Getting) getting = follower("stale");
    g_autofree char *incoming = vdi_store_incoming(getting->paths, "example");

    getting_publish_folder(getting, incoming);
    CHECK(apply_says(getting, 0)); /* the same */
    getting_release(getting, 2, ISSUED);
    getting_publish(getting, "/v", 2);
    CHECK(getting_refresh(getting));
    CHECK(apply_says(getting, 0)); /* an older one */
    CHECK_INT(getting_version(getting), 2);
    getting_publish_folder(getting, incoming);
    getting->now = SCENE_LATER + 10;
    CHECK(apply_says(getting, 0)); /* the same, and both have expired */
    CHECK_INT(getting_version(getting), 2);
    CHECK_INT(getting_audited(getting, "\"refused\""), 0);
}

static void a_rollback_in_the_incoming_folder_is_recorded_once(void)
{
    g_autoptr(Getting) getting = follower("rollback");
    g_autofree char *incoming = vdi_store_incoming(getting->paths, "example");
    g_autofree char *timestamp = g_build_filename(incoming, "timestamp.json", NULL);

    getting_release(getting, 2, ISSUED);
    getting_publish(getting, "/v", 2);
    CHECK(getting_refresh(getting));
    scene_release(getting->scene, &(Release){3, 3, 1, .content = "older targets"});
    getting_publish_folder(getting, incoming);
    CHECK(apply_says(getting, 1));
    CHECK_INT(getting_audited(getting, "\"refused\""), 1);
    CHECK_INT(getting_version(getting), 2);
    /* Another trouble is another event. */
    CHECK(vdi_file_write_text(timestamp, "{}", 0644, NULL));
    CHECK(apply_says(getting, 1));
    CHECK_INT(getting_audited(getting, "\"refused\""), 2);
}

/* ---- two at once ---- */

/* A second machine's worth of settings over the same state. */
static VdiPaths *share_state(const Getting *getting, const char *folder, const char *name)
{
    g_autofree char *config = g_build_filename(getting->folder, name, NULL);
    g_autofree char *org = g_build_filename(config, "orgs/example", NULL);
    g_autofree char *conf = g_build_filename(org, "org.conf", NULL);
    g_autofree char *root = g_build_filename(org, "root.json", NULL);
    g_autofree char *text = g_strdup_printf("[organisation]\nurl = %s\n", folder);
    VdiPaths *paths = g_new0(VdiPaths, 1);

    CHECK(vdi_file_write_text(conf, text, 0644, NULL)
        && vdi_file_write(root, scene_get(getting->scene, "1.root.json"), 0644, NULL));
    paths->root = g_strdup("");
    paths->config = g_steal_pointer(&config);
    paths->state = g_strdup(getting->paths->state);
    paths->is_personal = true;
    return paths;
}

/* Refreshes in a child. */
static pid_t start_refreshing(const VdiPaths *paths, int64_t now)
{
    pid_t pid = fork();

    if (pid == 0) {
        VdiApplyReport report = {0};

        (void) vdi_refresh_organisation(paths, "example", now, &report);
        _exit(0);
    }
    return pid;
}

/* The slower one has the older and larger list: its compiled rules are ready when the other's have
 * long been written, and must not come after them. */
static void two_refreshers_at_once_leave_one_whole_state(void)
{
    enum { ROUNDS = 6, RULES = 3000 };
    g_autoptr(Getting) getting = getting_new("two");
    g_autoptr(VdiLimits) limits = vdi_limits_read(getting->paths);

    for (int round = 1; round <= ROUNDS; round++) {
        g_autofree char *older = g_strdup_printf("%s/web-%d", getting->folder, 2 * round - 1);
        g_autofree char *newer = g_strdup_printf("%s/web-%d", getting->folder, 2 * round);
        VdiTrustReport report = {0};

        getting_release_large(getting, 2 * round - 1, RULES);
        getting_publish_folder(getting, older);
        getting_release(getting, 2 * round, ISSUED);
        getting_publish_folder(getting, newer);
        g_autoptr(VdiPaths) behind = share_state(getting, older, "behind");
        g_autoptr(VdiPaths) ahead = share_state(getting, newer, "ahead");
        pid_t first = start_refreshing(behind, getting->now);
        pid_t second = start_refreshing(ahead, getting->now);

        CHECK(waitpid(first, NULL, 0) == first && waitpid(second, NULL, 0) == second);
        g_autoptr(VdiTrustRepository) repository = vdi_store_repository(ahead, "example");
        g_autoptr(GBytes) target = vdi_trust_load(repository, VDI_TRUST_MANIFEST, &report, NULL);
        g_autoptr(VdiStore) store = vdi_store_open(ahead, "example", limits, getting->now);

        CHECK(target != NULL);
        CHECK_INT(report.targets_version, 2 * round);
        CHECK_INT(store->organisation.version, 2 * round); /* of the compiled rules */
    }
}

static void a_killed_holder_of_the_lock_stops_nobody(void)
{
    g_autoptr(Getting) getting = follower("killed");
    g_autofree char *lock = g_build_filename(getting->paths->state, "orgs/example/.lock", NULL);
    int ready[2] = {-1, -1};
    char byte = 0;

    CHECK(pipe(ready) == 0);
    pid_t pid = fork();

    if (pid == 0) {
        VdiFd held = vdi_file_lock(lock, 0, NULL);

        (void) !write(ready[1], held >= 0 ? "y" : "n", 1);
        for (;;) {
            pause();
        }
    }
    CHECK(read(ready[0], &byte, 1) == 1 && byte == 'y');
    close(ready[0]);
    close(ready[1]);
    /* While it lives: not now, within the five seconds of the lock, and nothing is lost. */
    CHECK(!getting_refresh(getting));
    CHECK_INT(getting_n_problems(getting), 1);
    CHECK_INT(getting_version(getting), 1);
    kill(pid, SIGKILL);
    CHECK(waitpid(pid, NULL, 0) == pid);
    CHECK(getting_refresh(getting));
}

const Test tests[] = {
    {"a good address after a bad one is enough", a_good_address_after_a_bad_one_is_enough},
    {"an address that was mended and breaks again is recorded again",
        an_address_that_was_mended_and_breaks_again_is_recorded_again},
    {"an older list is refused, and the next address asked",
        an_older_list_is_refused_and_the_next_address_asked},
    {"an unchanged list is not sent again", an_unchanged_list_is_not_sent_again},
    {"a lying memory hides nothing for longer than a day",
        a_lying_memory_hides_nothing_for_longer_than_a_day},
    {"an expired list is asked for whole, at once", an_expired_list_is_asked_for_whole_at_once},
    {"a damaged memory costs a whole request", a_damaged_memory_costs_a_whole_request},
    {"the next refresh follows from the last", the_next_refresh_follows_from_the_last},
    {"a setting outside its bounds is refused", a_setting_outside_its_bounds_is_refused},
    {"an incoming list that is older is nothing new",
        an_incoming_list_that_is_older_is_nothing_new},
    {"a rollback in the incoming folder is recorded once",
        a_rollback_in_the_incoming_folder_is_recorded_once},
    {"two refreshers at once leave one whole state", two_refreshers_at_once_leave_one_whole_state},
    {"a killed holder of the lock stops nobody", a_killed_holder_of_the_lock_stops_nobody},
    TEST_END,
};
