/* SPDX-License-Identifier: Apache-2.0 */
#include <gio/gio.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"
#include "base/fetch.h"
#include "base/file.h"
#include "base/process.h"
#include "compat/trust/source.h"
#include "tests/support/check.h"

/* vdi-fetch, and the source that starts it, against a small web server on loopback. */

typedef struct {
    const char *path, *answer;
} Page;

static const Page pages[] = {
    {"/r/2.root.json", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nETag: \"v1\"\r\n\r\nbytes"},
    {"/r/absent", "HTTP/1.1 404 Not Found\r\nContent-Length: 4\r\n\r\nnone"},
    {"/r/forbidden", "HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n"},
    {"/r/broken", "HTTP/1.1 500 Oh\r\nContent-Length: 0\r\n\r\n"},
    {"/r/elsewhere",
        "HTTP/1.1 302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0\r\n\r\n"},
    {"/r/cut", "HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nbytes"},
    {"/r/endless",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
        "20\r\n01234567890123456789012345678901\r\n0\r\n\r\n"},
    {"/r/1.%3F.json", "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nodd"},
    {"/r/a/HASH.b%20c", "HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\ndeep"},
};

/* One request, one answer, then the connection ends. */
static gboolean serve(
    GThreadedSocketService *service, GSocketConnection *connection, GObject *source, gpointer data)
{
    char request[4096] = "";
    gsize size = 0;

    while (strstr(request, "\r\n\r\n") == NULL && size < sizeof request - 1) {
        gssize n = g_input_stream_read(g_io_stream_get_input_stream(G_IO_STREAM(connection)),
            request + size, sizeof request - 1 - size, NULL, NULL);

        if (n <= 0) {
            return true;
        }
        size += (gsize) n;
    }
    g_auto(GStrv) words = g_strsplit(request, " ", 3);
    const char *answer = pages[1].answer;

    for (size_t i = 0; i < G_N_ELEMENTS(pages); i++) {
        answer = g_str_equal(words[1], pages[i].path) ? pages[i].answer : answer;
    }
    if (strstr(request, "If-None-Match: \"v1\"") != NULL) {
        answer = "HTTP/1.1 304 Not Modified\r\n\r\n";
    }
    g_output_stream_write_all(g_io_stream_get_output_stream(G_IO_STREAM(connection)), answer,
        strlen(answer), NULL, NULL, NULL);
    return true;
}

typedef struct {
    GMainContext *context;
    GMainLoop *loop;
    GSocketService *service;
    GThread *thread;
    char *address;
} Server;

static gpointer turn(gpointer data)
{
    Server *server = data;

    g_main_context_push_thread_default(server->context);
    g_main_loop_run(server->loop);
    g_main_context_pop_thread_default(server->context);
    return NULL;
}

static void server_start(Server *server)
{
    server->context = g_main_context_new();
    server->loop = g_main_loop_new(server->context, false);
    g_main_context_push_thread_default(server->context);
    server->service = g_threaded_socket_service_new(4);
    g_signal_connect(server->service, "run", G_CALLBACK(serve), NULL);
    g_autoptr(GInetAddress) loopback = g_inet_address_new_loopback(G_SOCKET_FAMILY_IPV4);
    g_autoptr(GSocketAddress) any = g_inet_socket_address_new(loopback, 0);
    g_autoptr(GSocketAddress) bound = NULL;

    if (!g_socket_listener_add_address(G_SOCKET_LISTENER(server->service), any,
            G_SOCKET_TYPE_STREAM, G_SOCKET_PROTOCOL_TCP, NULL, &bound, NULL)) {
        g_error("no port on loopback");
    }
    g_socket_service_start(server->service);
    g_main_context_pop_thread_default(server->context);
    server->address = g_strdup_printf(
        "http://127.0.0.1:%u/r", g_inet_socket_address_get_port(G_INET_SOCKET_ADDRESS(bound)));
    server->thread = g_thread_new("server", turn, server);
}

static void server_stop(Server *server)
{
    g_main_loop_quit(server->loop);
    g_thread_join(server->thread);
    g_socket_service_stop(server->service);
    g_socket_listener_close(G_SOCKET_LISTENER(server->service));
    g_object_unref(server->service);
    g_main_loop_unref(server->loop);
    g_main_context_unref(server->context);
    g_free(server->address);
}

/* ---- the program ---- */

typedef struct {
    const char *name;
    const char *options[4]; /* ended by NULL */
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
    {"plain http without leave", {"--max-bytes=5", NULL}, "/2.root.json", 78, ""},
    {"no ceiling", {"--allow-http", NULL}, "/2.root.json", 64, ""},
    {"a ceiling of nothing", {"--allow-http", "--max-bytes=0", NULL}, "/2.root.json", 64, ""},
    {"no address", {"--max-bytes=5", NULL}, NULL, 64, ""},
};

static void answers_by_exit_status(void)
{
    Server server = {0};
    g_autofree char *program = test_built("base/vdi-fetch");

    server_start(&server);
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *url =
            g_strconcat(server.address, rows[i].path != NULL ? rows[i].path : "", NULL);
        const char *argv[8] = {program};
        size_t n = 1;
        VdiProcessOptions options = {.max_bytes = 65536, .deadline_ms = 60000};
        g_auto(VdiProcessResult) result = {0};
        GError *error = NULL;

        for (size_t o = 0; rows[i].options[o] != NULL; o++) {
            argv[n++] = rows[i].options[o];
        }
        argv[n] = rows[i].path != NULL ? url : NULL;
        CHECK(vdi_process_run(argv, &options, &result, &error));
        CHECK_NO_ERROR(error);
        size_t size = 0;
        const char *data = g_bytes_get_data(result.output, &size);
        g_autofree char *output = g_strndup(data != NULL ? data : "", size);

        CHECK_ROW(rows[i].name, result.status == rows[i].status);
        CHECK_ROW(rows[i].name, g_strcmp0(output, rows[i].output) == 0);
        /* One sentence when something went wrong, none otherwise. */
        bool is_quiet = rows[i].status == 0 || rows[i].status == VDI_FETCH_EXIT_NOT_MODIFIED;

        CHECK_ROW(rows[i].name, (*result.errors == '\0') == is_quiet);
    }
    server_stop(&server);
}

/* ---- the source ---- */

static void tells_absent_from_all_other_failures(void)
{
    static const struct {
        const char *name;
        size_t max_bytes;
        int code;
    } failures[] = {
        {"absent", 5, VDI_TRUST_ERROR_MISSING},
        {"forbidden", 5, VDI_TRUST_ERROR_MISSING},
        {"broken", 5, VDI_TRUST_ERROR_SOURCE},
        {"elsewhere", 5, VDI_TRUST_ERROR_SOURCE},
        {"cut", 50, VDI_TRUST_ERROR_SOURCE},
        {"endless", 31, VDI_TRUST_ERROR_HASH},
    };
    Server server = {0};
    g_autofree char *program = test_built("base/vdi-fetch");

    server_start(&server);
    g_autofree char *address = g_strconcat(server.address, "/", NULL);
    const VdiTrustAddress where = {.address = address, .allow_http = true, .program = program};
    g_autoptr(VdiTrustSource) source = vdi_trust_source_new_fetch(&where);
    GError *error = NULL;
    g_autoptr(GBytes) got =
        vdi_trust_source_fetch(source, VDI_TRUST_METADATA, "2", "root.json", 5, NULL, &error);

    CHECK_NO_ERROR(error);
    CHECK(got != NULL && g_bytes_get_size(got) == 5);
    for (size_t i = 0; i < G_N_ELEMENTS(failures); i++) {
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
    server_stop(&server);
    /* Nobody listens any more. */
    g_autoptr(GBytes) down =
        vdi_trust_source_fetch(source, VDI_TRUST_METADATA, "2", "root.json", 5, NULL, &error);

    CHECK(down == NULL);
    CHECK_ERROR(error, VDI_TRUST_ERROR, VDI_TRUST_ERROR_SOURCE);
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
    };

    for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
        g_autofree char *safe =
            vdi_trust_source_name(names[i].kind, names[i].prefix, names[i].name, NULL);

        CHECK_TEXT(safe, names[i].safe);
    }
}

const Test tests[] = {
    {"answers by exit status", answers_by_exit_status},
    {"tells absent from all other failures", tells_absent_from_all_other_failures},
    {"reads nothing but files from a folder", reads_nothing_but_files_from_a_folder},
    {"makes safe names", makes_safe_names},
    TEST_END,
};
