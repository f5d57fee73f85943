/* SPDX-License-Identifier: Apache-2.0 */
#include "compat/trust/source.h"

#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"
#include "base/file.h"
#include "tests/compat/trust/web.h"
#include "tests/support/check.h"

/* The two sources: a folder, and vdi-fetch against a small web server on loopback. */

static void tells_absent_from_all_other_failures(void)
{
    static const struct {
        const char *name;
        size_t max_bytes;
        int code;
        const char *answer;
    } failures[] = {
        {"absent", 5, VDI_TRUST_ERROR_MISSING,
            "HTTP/1.1 404 Not Found\r\nContent-Length: 9\r\n\r\nnot here."},
        {"forbidden", 5, VDI_TRUST_ERROR_MISSING,
            "HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n"},
        {"broken", 5, VDI_TRUST_ERROR_SOURCE, "HTTP/1.1 500 Oh\r\nContent-Length: 0\r\n\r\n"},
        {"elsewhere", 5, VDI_TRUST_ERROR_SOURCE,
            "HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n"},
        {"cut", 50, VDI_TRUST_ERROR_SOURCE, "HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nbytes"},
        {"endless", 5, VDI_TRUST_ERROR_HASH,
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n6\r\nbytes.\r\n0\r\n\r\n"},
        {"encoded", 5, VDI_TRUST_ERROR_SOURCE,
            "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Encoding: gzip\r\n\r\nbytes"},
        {"unasked", 5, VDI_TRUST_ERROR_SOURCE, "HTTP/1.1 304 Not Modified\r\n\r\n"},
    };
    static const char bytes[] = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nbytes";
    g_autoptr(Web) web = web_new();
    g_autofree char *program = test_built("base/vdi-fetch");

    g_autofree char *address = g_strconcat(web_address(web), "/r/", NULL);
    const VdiTrustAddress where = {.address = address, .allow_http = true, .program = program};
    g_autoptr(VdiTrustSource) source = vdi_trust_source_new_fetch(&where);
    GError *error = NULL;

    web_put(web, "/r/2.root.json", bytes);
    web_put(web, "/r/1.%3F.json", bytes);
    web_put(web, "/r/a/HASH.b%20c", bytes);
    g_autoptr(GBytes) got =
        vdi_trust_source_fetch(source, VDI_TRUST_METADATA, "2", "root.json", 5, NULL, &error);

    CHECK_NO_ERROR(error);
    CHECK(got != NULL && g_bytes_get_size(got) == 5);
    for (size_t i = 0; i < G_N_ELEMENTS(failures); i++) {
        g_autofree char *path = g_strconcat("/r/", failures[i].name, NULL);

        web_put(web, path, failures[i].answer);
        g_autoptr(GBytes) none = vdi_trust_source_fetch(source, VDI_TRUST_METADATA, NULL,
            failures[i].name, failures[i].max_bytes, NULL, &error);

        CHECK_ROW(failures[i].name, none == NULL);
        CHECK_ERROR(error, VDI_TRUST_ERROR, failures[i].code);
    }
    g_autoptr(GBytes) odd =
        vdi_trust_source_fetch(source, VDI_TRUST_METADATA, "1", "?.json", 5, NULL, &error);

    CHECK(odd != NULL);
    g_autoptr(GBytes) deep =
        vdi_trust_source_fetch(source, VDI_TRUST_TARGET, "HASH", "a/b c", 5, NULL, &error);

    CHECK(deep != NULL);
    CHECK_NO_ERROR(error);
    g_clear_pointer(&web, web_free);
    /* Nobody listens any more. */
    g_autoptr(GBytes) down =
        vdi_trust_source_fetch(source, VDI_TRUST_METADATA, "2", "root.json", 5, NULL, &error);

    CHECK(down == NULL);
    CHECK_ERROR(error, VDI_TRUST_ERROR, VDI_TRUST_ERROR_SOURCE);
}

/* ---- conditional requests ---- */

typedef struct {
    Web *web;
    VdiTrustServer server;
    char *address, *program;
    GBytes *first, *second; /* what is published, one after the other */
} Conditions;

static const char validators[] = "ETag: \"v1\"\r\nLast-Modified: Sun, 22 Nov 2026 06:00:00 GMT\r\n"
                                 "Cache-Control: max-age=7200\r\n";

static void conditions_clear(Conditions *at)
{
    web_free(at->web);
    vdi_trust_server_forget(&at->server);
    g_free(at->address);
    g_free(at->program);
    g_bytes_unref(at->first);
    g_bytes_unref(at->second);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Conditions, conditions_clear)

static void conditions_init(Conditions *at)
{
    *at = (Conditions){.web = web_new(),
        .program = test_built("base/vdi-fetch"),
        .first = g_bytes_new_static("first", 5),
        .second = g_bytes_new_static("second", 6)};
    at->address = g_strdup(web_address(at->web));
    web_put_file(at->web, "/timestamp.json", validators, at->first);
    web_spare(at->web, "/timestamp.json", "If-None-Match: \"v1\"", validators);
}

/* The timestamp as one who holds `known` gets it. */
static GBytes *get_timestamp(Conditions *at, GBytes *known, GError **error)
{
    const VdiTrustAddress where = {.address = at->address,
        .allow_http = true,
        .program = at->program,
        .server = &at->server,
        .now = 1000};
    g_autoptr(VdiTrustSource) source = vdi_trust_source_new_fetch(&where);

    web_forget(at->web);
    at->server.has_spared = false;
    return vdi_trust_source_fetch(
        source, VDI_TRUST_METADATA, NULL, "timestamp.json", 64, known, error);
}

static bool last_request_has(const Conditions *at, const char *line)
{
    g_autofree char *request = web_request(at->web, 0);

    return request != NULL && strstr(request, line) != NULL;
}

static void does_not_have_sent_again_what_it_holds(void)
{
    g_auto(Conditions) at = {0};
    GError *error = NULL;

    conditions_init(&at);
    g_autoptr(GBytes) first = get_timestamp(&at, NULL, &error);

    CHECK_NO_ERROR(error);
    CHECK(first != NULL && g_bytes_equal(first, at.first));
    CHECK(!last_request_has(&at, "If-") && !last_request_has(&at, "Accept-Encoding"));
    CHECK_TEXT(at.server.etag, "\"v1\"");
    CHECK_TEXT(at.server.last_modified, "Sun, 22 Nov 2026 06:00:00 GMT");
    CHECK_INT(at.server.asked_at, 1000);
    CHECK_INT(at.server.max_age_seconds, 7200);
    g_autoptr(GBytes) again = get_timestamp(&at, first, &error);

    CHECK_NO_ERROR(error);
    CHECK(again == first);
    CHECK(at.server.has_spared);
    CHECK(last_request_has(&at, "If-None-Match: \"v1\"\r\n"));
    CHECK(last_request_has(&at, "If-Modified-Since: Sun, 22 Nov 2026 06:00:00 GMT\r\n"));
    CHECK_TEXT(at.server.etag, "\"v1\"");
    /* Another file is published: it comes, and so do its own validators. */
    web_put_file(at.web, "/timestamp.json", "ETag: W/\"v2\"\r\n", at.second);
    g_autoptr(GBytes) other = get_timestamp(&at, first, &error);

    CHECK_NO_ERROR(error);
    CHECK(other != NULL && g_bytes_equal(other, at.second));
    CHECK(!at.server.has_spared);
    CHECK_TEXT(at.server.etag, "W/\"v2\"");
    CHECK_TEXT(at.server.last_modified, NULL);
}

static void asks_without_condition_for_what_it_does_not_hold(void)
{
    g_auto(Conditions) at = {0};
    GError *error = NULL;

    conditions_init(&at);
    g_autoptr(GBytes) first = get_timestamp(&at, NULL, &error);

    CHECK(first != NULL);
    CHECK_NO_ERROR(error);
    /* The validators are those of other bytes than the caller's: after a restored store, say. */
    g_autoptr(GBytes) whole = get_timestamp(&at, at.second, &error);

    CHECK_NO_ERROR(error);
    CHECK(whole != NULL && g_bytes_equal(whole, at.first));
    CHECK(!last_request_has(&at, "If-"));
    /* A server that says "not modified" to that cannot be followed. */
    web_put_all(at.web, "HTTP/1.1 304 Not Modified\r\n\r\n");
    g_autoptr(GBytes) none = get_timestamp(&at, at.second, &error);

    CHECK(none == NULL);
    CHECK_ERROR(error, VDI_TRUST_ERROR, VDI_TRUST_ERROR_SOURCE);
    /* A server without validators is always asked for all of it. */
    web_put_all(at.web, NULL);
    web_put_file(at.web, "/timestamp.json", "", at.first);
    g_autoptr(GBytes) plain = get_timestamp(&at, NULL, &error);
    g_autoptr(GBytes) again = get_timestamp(&at, plain, &error);

    CHECK_NO_ERROR(error);
    CHECK(again != NULL && again != plain && !last_request_has(&at, "If-"));
}

/* The client asks for the next root, and then for the timestamp. */
static GBytes *get_both(Conditions *at, GBytes *known, GError **error)
{
    const VdiTrustAddress where = {.address = at->address,
        .allow_http = true,
        .program = at->program,
        .server = &at->server,
        .now = 1000};
    g_autoptr(VdiTrustSource) source = vdi_trust_source_new_fetch(&where);
    GError *local = NULL;

    web_forget(at->web);
    g_autoptr(GBytes) root =
        vdi_trust_source_fetch(source, VDI_TRUST_METADATA, "2", "root.json", 64, NULL, &local);

    CHECK(root == NULL);
    CHECK_ERROR(local, VDI_TRUST_ERROR, VDI_TRUST_ERROR_MISSING);
    return vdi_trust_source_fetch(
        source, VDI_TRUST_METADATA, NULL, "timestamp.json", 64, known, error);
}

static void asks_for_root_and_timestamp_over_one_connection(void)
{
    static const char date[] = "Last-Modified: Sun, 22 Nov 2026 06:00:00 GMT\r\n";
    g_auto(Conditions) at = {0};
    GError *error = NULL;

    conditions_init(&at);
    web_keep_connections(at.web);
    g_autoptr(GBytes) first = get_both(&at, NULL, &error);

    CHECK_NO_ERROR(error);
    CHECK(first != NULL && g_bytes_equal(first, at.first));
    CHECK_TEXT(at.server.etag, "\"v1\"");
    CHECK_INT(web_n_requests(at.web), 2);
    CHECK_INT(web_n_connections(at.web), 1);
    g_autoptr(GBytes) again = get_both(&at, first, &error);

    CHECK_NO_ERROR(error);
    CHECK(again == first && at.server.has_spared);
    CHECK_INT(web_n_requests(at.web), 2);
    CHECK_INT(web_n_connections(at.web), 1);
    /* "Not modified", but the caller holds other bytes, or none: it is asked again, for all. */
    g_autoptr(GBytes) other = get_both(&at, at.second, &error);

    CHECK_NO_ERROR(error);
    CHECK(other != NULL && g_bytes_equal(other, at.first) && !at.server.has_spared);
    CHECK_INT(web_n_requests(at.web), 3);
    g_autofree char *last = web_request(at.web, 2);

    CHECK(last != NULL && strstr(last, "If-") == NULL);
    /* A date alone is a condition, too. */
    web_put_file(at.web, "/timestamp.json", date, at.second);
    g_autoptr(GBytes) dated = get_both(&at, NULL, &error);
    g_autoptr(GBytes) redated = get_both(&at, dated, &error);
    g_autofree char *dated_request = web_request(at.web, 1);

    CHECK_NO_ERROR(error);
    CHECK_TEXT(at.server.etag, NULL);
    CHECK(redated != NULL && g_bytes_equal(redated, at.second));
    CHECK(dated_request != NULL && strstr(dated_request, "If-Modified-Since: Sun, 22") != NULL
        && strstr(dated_request, "If-None-Match") == NULL);
    /* Neither is there. */
    web_put_all(at.web, "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n");
    g_autoptr(GBytes) none = get_both(&at, first, &error);

    CHECK(none == NULL);
    CHECK_ERROR(error, VDI_TRUST_ERROR, VDI_TRUST_ERROR_MISSING);
    CHECK_INT(web_n_requests(at.web), 2);
}

static void remembers_how_long_a_server_asks_to_be_left_alone(void)
{
    g_auto(Conditions) at = {0};
    GError *error = NULL;

    conditions_init(&at);
    web_put_all(at.web, "HTTP/1.1 503 Busy\r\nContent-Length: 0\r\nRetry-After: 1200\r\n\r\n");
    g_autoptr(GBytes) none = get_timestamp(&at, NULL, &error);

    CHECK(none == NULL);
    CHECK_ERROR(error, VDI_TRUST_ERROR, VDI_TRUST_ERROR_SOURCE);
    CHECK_INT(at.server.retry_after_seconds, 1200);
}

static void gives_all_files_together_one_time(void)
{
    g_autoptr(Web) web = web_new();
    g_autofree char *program = test_built("base/vdi-fetch");
    const VdiTrustAddress where = {
        .address = web_address(web), .allow_http = true, .program = program, .seconds = 1};
    g_autoptr(VdiTrustSource) source = vdi_trust_source_new_fetch(&where);
    GError *error = NULL;

    web_put_silence(web, "/2.root.json");
    web_put(web, "/timestamp.json", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nbytes");
    g_autoptr(GBytes) slow =
        vdi_trust_source_fetch(source, VDI_TRUST_METADATA, "2", "root.json", 5, NULL, &error);

    CHECK(slow == NULL);
    CHECK_ERROR(error, VDI_TRUST_ERROR, VDI_TRUST_ERROR_SOURCE);
    g_autoptr(GBytes) late =
        vdi_trust_source_fetch(source, VDI_TRUST_METADATA, NULL, "timestamp.json", 5, NULL, &error);

    CHECK(late == NULL);
    CHECK(error != NULL && strstr(error->message, "all files together") != NULL);
    CHECK_ERROR(error, VDI_TRUST_ERROR, VDI_TRUST_ERROR_SOURCE);
}

static void says_when_its_program_is_missing(void)
{
    static const char *const names[] = {"timestamp.json", "2.root.json", "2.targets.json"};
    VdiTrustServer server = {0};
    const VdiTrustAddress rows[] = {
        {.address = "https://x", .program = "/nonexistent/vdi-fetch"},
        {.address = "https://x/", .program = "/nonexistent/vdi-fetch", .server = &server},
        {.address = "/", .program = "/nonexistent/vdi-fetch"},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(rows) * G_N_ELEMENTS(names); i++) {
        const char *name = names[i % G_N_ELEMENTS(names)];
        g_autoptr(VdiTrustSource) source =
            vdi_trust_source_new_fetch(&rows[i / G_N_ELEMENTS(names)]);
        GError *error = NULL;
        g_autoptr(GBytes) none =
            vdi_trust_source_fetch(source, VDI_TRUST_METADATA, NULL, name, 5, NULL, &error);

        CHECK_ROW(name, none == NULL);
        CHECK_ERROR(error, VDI_TRUST_ERROR, VDI_TRUST_ERROR_SOURCE);
    }
}

static void says_that_its_program_said_nothing(void)
{
    const VdiTrustAddress where = {.address = "https://x", .program = "/bin/false"};
    g_autoptr(VdiTrustSource) source = vdi_trust_source_new_fetch(&where);
    GError *error = NULL;
    g_autoptr(GBytes) none =
        vdi_trust_source_fetch(source, VDI_TRUST_METADATA, NULL, "timestamp.json", 5, NULL, &error);

    CHECK(none == NULL);
    CHECK_TEXT(error != NULL ? error->message : NULL, "timestamp.json: vdi-fetch said nothing");
    CHECK_ERROR(error, VDI_TRUST_ERROR, VDI_TRUST_ERROR_SOURCE);
}

#define A16 "aaaaaaaaaaaaaaaa"
#define A64 A16 A16 A16 A16
#define A256 A64 A64 A64 A64

/* What the network's process says is no more believed than the network. */
static void reads_the_reply_strictly(void)
{
    static const struct {
        const char *name, *says, *etag;
        int max_age;
    } replies[] = {
        {"all of it", "etag: \"x\"\nmax-age: 5\n", "\"x\"", 5},
        {"the wrong order", "max-age: 5\netag: \"x\"\n", NULL, 5},
        {"twice", "etag: a\netag: b\nmax-age: 5\n", "a", 0},
        {"an empty one", "etag: \nmax-age: 5\n", NULL, 0},
        {"escape codes", "etag: \033[2J\n", NULL, 0},
        {"the longest", "etag: " A256 "\nmax-age: 5\n", A256, 5},
        {"one that is longer", "etag: b" A256 "\nmax-age: 5\n", NULL, 0},
        {"an accent", "etag: \"\303\251\"\n", NULL, 0},
        {"a delete", "etag: \"\177\"\nmax-age: 5\n", NULL, 0},
        {"a number with a sign", "max-age: +5\n", NULL, 0},
        {"a number over the ceiling", "max-age: 86401\n", NULL, 0},
        {"no end of line", "etag: \"x\"", NULL, 0},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(replies); i++) {
        g_autofree char *program = g_build_filename(test_folder(), "fake-fetch", NULL);
        g_autofree char *words = g_build_filename(test_folder(), "words", NULL);
        g_autofree char *script = g_strdup_printf("#!/bin/sh\ncat '%s' >&2\n", words);
        VdiTrustServer server = {0};
        const VdiTrustAddress where = {
            .address = "https://x", .program = program, .server = &server, .now = 1000};
        GError *error = NULL;

        CHECK(vdi_file_write_text(program, script, 0755, &error)
            && vdi_file_write_text(words, replies[i].says, 0644, &error));
        g_autoptr(VdiTrustSource) source = vdi_trust_source_new_fetch(&where);
        g_autoptr(GBytes) got = vdi_trust_source_fetch(
            source, VDI_TRUST_METADATA, NULL, "timestamp.json", 64, NULL, &error);

        CHECK_NO_ERROR(error);
        CHECK_ROW(replies[i].name, got != NULL);
        CHECK_ROW(replies[i].name, g_strcmp0(server.etag, replies[i].etag) == 0);
        CHECK_ROW(replies[i].name, server.max_age_seconds == replies[i].max_age);
        vdi_trust_server_forget(&server);
    }
}

static void reads_nothing_but_files_from_a_folder(void)
{
    g_autofree char *folder = g_build_filename(test_folder(), "folder", NULL);
    g_autofree char *file = g_build_filename(folder, "file", NULL);
    g_autofree char *link = g_build_filename(folder, "link", NULL);
    g_autofree char *fifo = g_build_filename(folder, "fifo", NULL);
    g_autofree char *deep = g_build_filename(folder, "deep", NULL);
    static const struct {
        const char *name;
        int code;
    } failures[] = {
        {"link", VDI_TRUST_ERROR_SOURCE},
        {"fifo", VDI_TRUST_ERROR_SOURCE},
        {"deep", VDI_TRUST_ERROR_SOURCE},
        {"deep/file", VDI_TRUST_ERROR_MISSING},
        {"absent", VDI_TRUST_ERROR_MISSING},
        {"file/below", VDI_TRUST_ERROR_MISSING},
    };

    CHECK(vdi_file_write_text(file, "bytes", 0644, NULL));
    CHECK(symlink("file", link) == 0 && mkfifo(fifo, 0600) == 0 && symlink(".", deep) == 0);
    g_autoptr(VdiTrustSource) source = vdi_trust_source_new_folder(folder);
    GError *error = NULL;
    g_autoptr(GBytes) got =
        vdi_trust_source_fetch(source, VDI_TRUST_TARGET, NULL, "file", 5, NULL, &error);

    CHECK_NO_ERROR(error);
    CHECK(got != NULL && g_bytes_get_size(got) == 5);
    for (size_t i = 0; i < G_N_ELEMENTS(failures); i++) {
        g_autoptr(GBytes) none = vdi_trust_source_fetch(
            source, VDI_TRUST_TARGET, NULL, failures[i].name, 5, NULL, &error);

        CHECK_ROW(failures[i].name, none == NULL);
        CHECK_ERROR(error, VDI_TRUST_ERROR, failures[i].code);
    }
    g_autoptr(GBytes) large =
        vdi_trust_source_fetch(source, VDI_TRUST_TARGET, NULL, "file", 4, NULL, &error);

    CHECK(large == NULL);
    CHECK_ERROR(error, VDI_TRUST_ERROR, VDI_TRUST_ERROR_HASH);
    /* A regular file, and nothing lies at its beginning: EIO. */
    g_autoptr(VdiTrustSource) broken = vdi_trust_source_new_folder("/proc/self");
    g_autoptr(GBytes) unread =
        vdi_trust_source_fetch(broken, VDI_TRUST_TARGET, NULL, "mem", 5, NULL, &error);

    CHECK(unread == NULL);
    CHECK_ERROR(error, VDI_TRUST_ERROR, VDI_TRUST_ERROR_SOURCE);
}

static void makes_safe_names(void)
{
    static const struct {
        VdiTrustKind kind;
        const char *prefix, *name, *safe;
    } names[] = {
        {VDI_TRUST_METADATA, NULL, "timestamp.json", "timestamp.json"},
        {VDI_TRUST_METADATA, "7", "targets.json", "7.targets.json"},
        {VDI_TRUST_METADATA, "1", "../x.json", "1...%2Fx.json"},
        {VDI_TRUST_METADATA, NULL, "/x", "%2Fx"},
        {VDI_TRUST_METADATA, NULL, "a\nb#?%", "a%0Ab%23%3F%25"},
        {VDI_TRUST_METADATA, NULL, "..", NULL},
        {VDI_TRUST_METADATA, NULL, "", NULL},
        {VDI_TRUST_METADATA, "1", "", NULL},
        {VDI_TRUST_TARGET, "h", "a/b", "a/h.b"},
        {VDI_TRUST_TARGET, NULL, "é", "%C3%A9"},
        {VDI_TRUST_TARGET, NULL, "../b", NULL},
        {VDI_TRUST_TARGET, NULL, "a/../../b", NULL},
        {VDI_TRUST_TARGET, NULL, "/b", NULL},
        {VDI_TRUST_TARGET, "h", "a/", NULL},
        {VDI_TRUST_TARGET, NULL, "a//b", NULL},
        {VDI_TRUST_TARGET, NULL, "a/./b", NULL},
        {VDI_TRUST_TARGET, "h", "", NULL},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
        g_autofree char *safe =
            vdi_trust_source_name(names[i].kind, names[i].prefix, names[i].name, NULL);

        CHECK_TEXT(safe, names[i].safe);
    }
}

const Test tests[] = {
    {"tells absent from all other failures", tells_absent_from_all_other_failures},
    {"does not have sent again what it holds", does_not_have_sent_again_what_it_holds},
    {"asks without condition for what it does not hold",
        asks_without_condition_for_what_it_does_not_hold},
    {"asks for root and timestamp over one connection",
        asks_for_root_and_timestamp_over_one_connection},
    {"remembers how long a server asks to be left alone",
        remembers_how_long_a_server_asks_to_be_left_alone},
    {"gives all files together one time", gives_all_files_together_one_time},
    {"says when its program is missing", says_when_its_program_is_missing},
    {"says that its program said nothing", says_that_its_program_said_nothing},
    {"reads the reply strictly", reads_the_reply_strictly},
    {"reads nothing but files from a folder", reads_nothing_but_files_from_a_folder},
    {"makes safe names", makes_safe_names},
    TEST_END,
};
