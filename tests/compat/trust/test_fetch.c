/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "base/fetch.h"
#include "base/process.h"
#include "tests/compat/trust/web.h"
#include "tests/support/check.h"

/* vdi-fetch against a small web server on loopback. */

static const struct {
    const char *path, *answer;
} pages[] = {
    {"/r/2.root.json",
        "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nETag: \"v1\"\r\n"
        "Last-Modified: Sun, 22 Nov 2026 06:00:00 GMT\r\nCache-Control: public, max-age=3600\r\n"
        "Age: 600\r\n\r\nbytes"},
    {"/r/absent", "HTTP/1.1 404 Not Found\r\nContent-Length: 9\r\n\r\nnot here."},
    {"/r/forbidden", "HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n"},
    {"/r/broken", "HTTP/1.1 500 Oh\r\nContent-Length: 0\r\n\r\n"},
    {"/r/busy", "HTTP/1.1 503 Busy\r\nContent-Length: 0\r\nRetry-After: 1200\r\n\r\n"},
    {"/r/busy-for-years",
        "HTTP/1.1 503 Busy\r\nContent-Length: 0\r\nRetry-After: Fri, 31 Dec 2199 23:59:59 GMT"
        "\r\n\r\n"},
    {"/r/elsewhere",
        "HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n"},
    {"/r/cut", "HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nbytes"},
    {"/r/endless",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
        "20\r\n01234567890123456789012345678901\r\n0\r\n\r\n"},
    {"/r/encoded", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Encoding: gzip\r\n\r\nbytes"},
    {"/r/plain", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Encoding: identity\r\n\r\nbytes"},
    {"/r/odd-words",
        "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nETag: \"caf\xc3\xa9\"\r\n"
        "Cache-Control: no-cache, max-age=60\r\nRetry-After: soon\r\n\r\nbytes"},
    {"/r/unasked", "HTTP/1.1 304 Not Modified\r\n\r\n"},
    {"/r/1.%3F.json", "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nodd"},
    {"/r/a/HASH.b%20c", "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\ndeep"},
};

static Web *pages_new(void)
{
    Web *web = web_new();

    for (size_t i = 0; i < G_N_ELEMENTS(pages); i++) {
        web_put(web, pages[i].path, pages[i].answer);
    }
    web_spare(web, "/r/2.root.json", "If-None-Match: \"v1\"", "ETag: \"v1\"\r\n");
    web_spare(web, "/r/plain", "If-Modified-Since: Sun, 22 Nov 2026 06:00:00 GMT", "");
    web_put_silence(web, "/r/silence");
    web_put_drip(web, "/r/drip");
    return web;
}

/* ---- the program ---- */

typedef struct {
    const char *name;
    const char *options[5]; /* ended by NULL */
    const char *path;       /* below the address; NULL: no URL at all */
    int status;
    const char *output;
} Row;

static const Row rows[] = {
    {"a file", {"--allow-http", "--max-bytes=5", NULL}, "/2.root.json", 0, "bytes"},
    {"404", {"--allow-http", "--max-bytes=5", NULL}, "/absent", VDI_FETCH_EXIT_ABSENT, ""},
    {"403", {"--allow-http", "--max-bytes=5", NULL}, "/forbidden", VDI_FETCH_EXIT_ABSENT, ""},
    {"500", {"--allow-http", "--max-bytes=5", NULL}, "/broken", 69, ""},
    {"a redirect", {"--allow-http", "--max-bytes=5", NULL}, "/elsewhere", 78, ""},
    {"one byte too many", {"--allow-http", "--max-bytes=4", NULL}, "/2.root.json",
        VDI_FETCH_EXIT_LARGE, ""},
    {"chunks without a length", {"--allow-http", "--max-bytes=31", NULL}, "/endless",
        VDI_FETCH_EXIT_LARGE, ""},
    {"cut short", {"--allow-http", "--max-bytes=50", NULL}, "/cut", 75, ""},
    {"not modified", {"--allow-http", "--max-bytes=5", "--etag=\"v1\"", NULL}, "/2.root.json",
        VDI_FETCH_EXIT_NOT_MODIFIED, ""},
    {"unchanged since",
        {"--allow-http", "--max-bytes=5", "--last-modified=Sun, 22 Nov 2026 06:00:00 GMT", NULL},
        "/plain", VDI_FETCH_EXIT_NOT_MODIFIED, ""},
    {"not modified, and nobody had asked", {"--allow-http", "--max-bytes=5", NULL}, "/unasked", 69,
        ""},
    {"a content encoding", {"--allow-http", "--max-bytes=5", NULL}, "/encoded", 75, ""},
    {"no content encoding, by name", {"--allow-http", "--max-bytes=5", NULL}, "/plain", 0, "bytes"},
    {"silence", {"--allow-http", "--max-bytes=5", "--seconds=1", NULL}, "/silence", 75, ""},
    {"a byte now and then", {"--allow-http", "--max-bytes=5000", "--seconds=2", NULL}, "/drip", 75,
        ""},
    {"an etag that is none", {"--allow-http", "--max-bytes=5", "--etag=a\nb", NULL}, "/2.root.json",
        64, ""},
    {"a date that is none", {"--allow-http", "--max-bytes=5", "--last-modified=", NULL},
        "/2.root.json", 64, ""},
    {"too long a time", {"--allow-http", "--max-bytes=5", "--seconds=121", NULL}, "/2.root.json",
        64, ""},
    {"plain http without leave", {"--max-bytes=5", NULL}, "/2.root.json", 78, ""},
    {"no ceiling", {"--allow-http", NULL}, "/2.root.json", 64, ""},
    {"a ceiling of nothing", {"--allow-http", "--max-bytes=0", NULL}, "/2.root.json", 64, ""},
    {"no address", {"--max-bytes=5", NULL}, NULL, 64, ""},
};

/* What it says beside the bytes, at the head of its standard error. */
static const struct {
    Row row;
    const char *reply;
} replies[] = {
    {{"what the server says", {"--allow-http", "--max-bytes=5", "--reply", NULL}, "/2.root.json", 0,
         "bytes"},
        "etag: \"v1\"\nlast-modified: Sun, 22 Nov 2026 06:00:00 GMT\nmax-age: 3000\n"},
    {{"what it says of an unchanged file",
         {"--allow-http", "--max-bytes=5", "--reply", "--etag=\"v1\"", NULL}, "/2.root.json",
         VDI_FETCH_EXIT_NOT_MODIFIED, ""},
        "etag: \"v1\"\n"},
    {{"a busy server", {"--allow-http", "--max-bytes=5", "--reply", NULL}, "/busy", 69, ""},
        "retry-after: 1200\n"},
    {{"a server that is busy for years", {"--allow-http", "--max-bytes=5", "--reply", NULL},
         "/busy-for-years", 69, ""},
        "retry-after: 86400\n"},
    {{"words that are none", {"--allow-http", "--max-bytes=5", "--reply", NULL}, "/odd-words", 0,
         "bytes"},
        ""},
};

/* Its exit status and output are the row's; returns its standard error. Yours. */
static char *check_row_of(const Row *row, Web *web)
{
    g_autofree char *program = test_built("base/vdi-fetch");
    g_autofree char *url =
        g_strconcat(web_address(web), "/r", row->path != NULL ? row->path : "", NULL);
    const char *argv[8] = {program};
    VdiProcessOptions options = {.max_bytes = 65536, .deadline_ms = 60000};
    g_auto(VdiProcessResult) result = {0};
    GError *error = NULL;
    size_t n = 1;

    for (size_t o = 0; row->options[o] != NULL; o++) {
        argv[n++] = row->options[o];
    }
    argv[n] = row->path != NULL ? url : NULL;
    CHECK(vdi_process_run(argv, &options, &result, &error));
    CHECK_NO_ERROR(error);
    size_t size = 0;
    const char *data = g_bytes_get_data(result.output, &size);
    g_autofree char *output = g_strndup(data != NULL ? data : "", size);

    CHECK_ROW(row->name, result.status == row->status);
    CHECK_ROW(row->name, g_strcmp0(output, row->output) == 0);
    return g_steal_pointer(&result.errors);
}

/* One sentence when something went wrong, none otherwise. */
static bool is_right_sentence(const Row *row, const char *said)
{
    bool is_quiet = row->status == 0 || row->status == VDI_FETCH_EXIT_NOT_MODIFIED;

    return (*said == '\0') == is_quiet;
}

static void answers_by_exit_status(void)
{
    g_autoptr(Web) web = pages_new();

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *said = check_row_of(&rows[i], web);

        CHECK_ROW(rows[i].name, is_right_sentence(&rows[i], said));
    }
}

static void says_what_the_server_said_when_asked(void)
{
    g_autoptr(Web) web = pages_new();

    for (size_t i = 0; i < G_N_ELEMENTS(replies); i++) {
        const Row *row = &replies[i].row;
        g_autofree char *said = check_row_of(row, web);
        bool has_reply = g_str_has_prefix(said, replies[i].reply);

        CHECK_ROW(row->name, has_reply);
        CHECK_ROW(row->name, has_reply && is_right_sentence(row, said + strlen(replies[i].reply)));
    }
}

/* ---- where there is no such file, another ---- */

static void asks_for_the_other_over_the_same_connection(void)
{
    static const struct {
        const char *name, *path, *then;
        int status;
        const char *output, *reply;
        guint n_requests;
    } both[] = {
        {"the first is there", "/1.%3F.json", "/2.root.json", 0, "odd", "", 1},
        {"the first is not", "/absent", "/plain", VDI_FETCH_EXIT_THEN, "bytes", "", 2},
        {"the other is unchanged", "/absent", "/2.root.json", VDI_FETCH_EXIT_NOT_MODIFIED, "",
            "etag: \"v1\"\n", 2},
        {"neither is there", "/absent", "/forbidden", VDI_FETCH_EXIT_ABSENT, "", "", 2},
        {"the other fails", "/absent", "/busy", 69, "", "retry-after: 1200\n", 2},
        {"the first fails", "/busy", "/plain", 69, "", "retry-after: 1200\n", 1},
        {"the other is too large", "/absent", "/endless", VDI_FETCH_EXIT_LARGE, "", "", 2},
    };
    g_autoptr(Web) web = pages_new();
    g_autofree char *program = test_built("base/vdi-fetch");

    web_keep_connections(web);
    for (size_t i = 0; i < G_N_ELEMENTS(both); i++) {
        g_autofree char *url = g_strconcat(web_address(web), "/r", both[i].path, NULL);
        g_autofree char *then = g_strconcat("--then=", web_address(web), "/r", both[i].then, NULL);
        const char *const argv[] = {
            program, "--allow-http", "--reply", "--max-bytes=16", "--etag=\"v1\"", then, url, NULL};
        VdiProcessOptions options = {.max_bytes = 65536, .deadline_ms = 60000};
        g_auto(VdiProcessResult) result = {0};
        GError *error = NULL;

        web_forget(web);
        CHECK(vdi_process_run(argv, &options, &result, &error));
        CHECK_NO_ERROR(error);
        size_t size = 0;
        const char *data = g_bytes_get_data(result.output, &size);
        g_autofree char *output = g_strndup(data != NULL ? data : "", size);
        g_autofree char *first = web_request(web, 0);

        CHECK_ROW(both[i].name, result.status == both[i].status);
        CHECK_ROW(both[i].name, g_strcmp0(output, both[i].output) == 0);
        CHECK_ROW(both[i].name, g_str_has_prefix(result.errors, both[i].reply));
        CHECK_ROW(both[i].name, web_n_requests(web) == both[i].n_requests);
        CHECK_ROW(both[i].name, web_n_connections(web) == 1);
        /* The condition is the other's. */
        CHECK_ROW(both[i].name, first != NULL && strstr(first, "If-None-Match") == NULL);
    }
}

static void asks_for_no_encoding(void)
{
    g_autoptr(Web) web = pages_new();
    g_autofree char *said = check_row_of(&rows[0], web);
    g_autofree char *request = web_request(web, 0);

    CHECK_TEXT(said, "");
    CHECK(request != NULL && strcasestr(request, "Accept-Encoding") == NULL);
    CHECK(request != NULL && strstr(request, "\r\nIf-") == NULL);
}

const Test tests[] = {
    {"answers by exit status", answers_by_exit_status},
    {"says what the server said when asked", says_what_the_server_said_when_asked},
    {"asks for the other over the same connection", asks_for_the_other_over_the_same_connection},
    {"asks for no encoding", asks_for_no_encoding},
    TEST_END,
};
