/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/lab/server.h"

#include <arpa/inet.h>
#include <gio/gio.h>
#include <glib-unix.h>
#include <microhttpd.h>
#include <string.h>

#include "base/file.h"
#include "base/text.h"

#define PEM_MAX (64 * 1024)
#define IDLE_SECONDS 120

typedef struct {
    struct MHD_Daemon *daemon;
    GMainLoop *loop;
    LabAnswer answer;
    gpointer data;
    guint timer;    /* libmicrohttpd's own next deadline */
    GList *delayed; /* of Exchange: answers that are held back */
} Server;

/* A request and its answer, from the first header to the last byte sent. */
typedef struct {
    Server *server;
    struct MHD_Connection *connection;
    GByteArray *body;
    LabReply reply;
    guint delay;
    bool is_decided, is_too_large;
} Exchange;

GOptionEntry *lab_server_entries(LabServerOptions *options, const GOptionEntry *own, size_t n_own)
{
    const GOptionEntry entries[] = {
        {"certificate", 0, 0, G_OPTION_ARG_FILENAME, &options->certificate,
            "serve TLS with this chain (PEM)", "FILE"},
        {"key", 0, 0, G_OPTION_ARG_FILENAME, &options->key, "its private key (PEM)", "FILE"},
        {"port", 0, 0, G_OPTION_ARG_INT, &options->port, "listen there (default: a free port)",
            "NUMBER"},
        {"port-file", 0, 0, G_OPTION_ARG_FILENAME, &options->port_file,
            "write the port there, once it listens", "FILE"},
        {"log", 0, 0, G_OPTION_ARG_FILENAME, &options->log, "log there (default: stderr)", "FILE"},
        G_OPTION_ENTRY_NULL,
    };

    GOptionEntry *all = g_new(GOptionEntry, n_own + G_N_ELEMENTS(entries));

    memcpy(all, own, n_own * sizeof(*own));
    memcpy(all + n_own, entries, sizeof(entries));
    return all;
}

void lab_server_options_clear(LabServerOptions *options)
{
    g_free(options->certificate);
    g_free(options->key);
    g_free(options->port_file);
    g_free(options->log);
    memset(options, 0, sizeof(*options));
}

void lab_server_log(const LabServerOptions *options, const char *line)
{
    g_autofree char *now = vdi_text_time(g_get_real_time() / G_USEC_PER_SEC);
    g_autofree char *entry = g_strconcat(now, " ", line, NULL);
    g_autoptr(GError) error = NULL;

    if (options->log == NULL) {
        g_printerr("%s\n", entry);
    } else if (!vdi_file_append_line(options->log, entry, 0600, &error)) {
        g_printerr("%s (%s)\n", entry, error->message);
    }
}

const char *lab_request_header(const LabRequest *request, const char *name)
{
    return MHD_lookup_connection_value(
        (struct MHD_Connection *) request->connection, MHD_HEADER_KIND, name);
}

const char *lab_request_cookie(const LabRequest *request, const char *name)
{
    return MHD_lookup_connection_value(
        (struct MHD_Connection *) request->connection, MHD_COOKIE_KIND, name);
}

void lab_reply_header(LabReply *reply, const char *name, const char *value)
{
    g_hash_table_replace(reply->headers, g_strdup(name), g_strdup(value));
}

static Exchange *exchange_new(Server *server, struct MHD_Connection *connection)
{
    Exchange *exchange = g_new0(Exchange, 1);

    exchange->server = server;
    exchange->connection = connection;
    exchange->body = g_byte_array_new();
    exchange->reply.status = MHD_HTTP_OK;
    exchange->reply.body = g_string_new(NULL);
    exchange->reply.headers = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    return exchange;
}

static void exchange_free(Exchange *exchange)
{
    if (exchange->delay != 0) {
        g_source_remove(exchange->delay);
    }
    exchange->server->delayed = g_list_remove(exchange->server->delayed, exchange);
    g_byte_array_unref(exchange->body);
    g_string_free(exchange->reply.body, TRUE);
    g_hash_table_unref(exchange->reply.headers);
    g_free(exchange);
}

static gboolean turn(gpointer data);

static void run_daemon(Server *server)
{
    MHD_UNSIGNED_LONG_LONG timeout_ms = 0;

    (void) MHD_run(server->daemon);
    g_clear_handle_id(&server->timer, g_source_remove);
    if (MHD_get_timeout(server->daemon, &timeout_ms) == MHD_YES) {
        server->timer = g_timeout_add((guint) MIN(timeout_ms, 60000), turn, server);
    }
}

static gboolean turn(gpointer data)
{
    Server *server = data;

    server->timer = 0; /* this very source ends */
    run_daemon(server);
    return G_SOURCE_REMOVE;
}

static gboolean readable(gint fd, GIOCondition condition, gpointer data)
{
    run_daemon(data);
    return G_SOURCE_CONTINUE;
}

static void resume(Exchange *exchange)
{
    exchange->delay = 0;
    exchange->server->delayed = g_list_remove(exchange->server->delayed, exchange);
    MHD_resume_connection(exchange->connection);
}

static gboolean delay_is_over(gpointer data)
{
    Exchange *exchange = data;
    Server *server = exchange->server;

    resume(exchange);
    run_daemon(server);
    return G_SOURCE_REMOVE;
}

/* Half of the body, then an end that breaks the promise of Content-Length. */
static ssize_t read_cut_body(void *data, uint64_t position, char *buffer, size_t max)
{
    const Exchange *exchange = data;
    size_t half = exchange->reply.body->len / 2;

    if (position >= half) {
        return MHD_CONTENT_READER_END_WITH_ERROR;
    }
    size_t size = MIN(max, half - (size_t) position);

    memcpy(buffer, exchange->reply.body->str + position, size);
    return (ssize_t) size;
}

static enum MHD_Result send_reply(Exchange *exchange)
{
    LabReply *reply = &exchange->reply;
    struct MHD_Response *response = reply->is_cut
        ? MHD_create_response_from_callback(reply->body->len, 4096, read_cut_body, exchange, NULL)
        : MHD_create_response_from_buffer(
            reply->body->len, reply->body->str, MHD_RESPMEM_MUST_COPY);
    GHashTableIter headers;
    gpointer name, value;

    if (response == NULL) {
        return MHD_NO;
    }
    g_hash_table_iter_init(&headers, reply->headers);
    while (g_hash_table_iter_next(&headers, &name, &value)) {
        (void) MHD_add_response_header(response, name, value);
    }
    enum MHD_Result queued = MHD_queue_response(exchange->connection, reply->status, response);

    MHD_destroy_response(response);
    return queued;
}

static void decide(Exchange *exchange, const char *path, const char *method)
{
    g_autoptr(GBytes) body = g_bytes_new(exchange->body->data, exchange->body->len);
    LabRequest request = {method, path, body, exchange->connection};

    exchange->is_decided = true;
    if (exchange->is_too_large) {
        exchange->reply.status = MHD_HTTP_CONTENT_TOO_LARGE;
        return;
    }
    exchange->server->answer(&request, &exchange->reply, exchange->server->data);
    if (exchange->reply.delay_ms > 0) {
        MHD_suspend_connection(exchange->connection);
        exchange->delay = g_timeout_add(exchange->reply.delay_ms, delay_is_over, exchange);
        exchange->server->delayed = g_list_prepend(exchange->server->delayed, exchange);
    }
}

/* libmicrohttpd calls this once for the head, again for each piece of the body, and with no piece
 * when it is whole; after a delay, once more. */
static enum MHD_Result handle(void *data, struct MHD_Connection *connection, const char *path,
    const char *method, const char *version, const char *piece, size_t *piece_size, void **state)
{
    Exchange *exchange = *state;

    if (exchange == NULL) {
        *state = exchange_new(data, connection);
        return MHD_YES;
    }
    if (*piece_size > 0) {
        exchange->is_too_large |= exchange->body->len + *piece_size > LAB_BODY_MAX;
        if (!exchange->is_too_large) {
            g_byte_array_append(exchange->body, (const guint8 *) piece, (guint) *piece_size);
        }
        *piece_size = 0;
        return MHD_YES;
    }
    if (!exchange->is_decided) {
        decide(exchange, path, method);
    }
    return exchange->delay != 0 ? MHD_YES : send_reply(exchange);
}

static void completed(void *data, struct MHD_Connection *connection, void **state,
    enum MHD_RequestTerminationCode how)
{
    g_clear_pointer((Exchange **) state, exchange_free);
}

static gboolean stop(gpointer data)
{
    g_main_loop_quit(((Server *) data)->loop);
    return G_SOURCE_CONTINUE;
}

/* Ended by NUL, as libmicrohttpd wants it. */
static char *read_pem(const char *path, GError **error)
{
    g_autoptr(GBytes) pem = vdi_file_read(path, PEM_MAX, error);

    return pem != NULL ? g_strndup(g_bytes_get_data(pem, NULL), g_bytes_get_size(pem)) : NULL;
}

static bool start_daemon(Server *server, const LabServerOptions *options, GError **error)
{
    bool is_tls = options->certificate != NULL;
    g_autofree char *certificate = is_tls ? read_pem(options->certificate, error) : NULL;
    g_autofree char *key = certificate != NULL ? read_pem(options->key, error) : NULL;
    struct sockaddr_in address = {.sin_family = AF_INET,
        .sin_port = htons((uint16_t) options->port),
        .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    struct MHD_OptionItem tls[] = {
        {is_tls ? MHD_OPTION_HTTPS_MEM_CERT : MHD_OPTION_END, 0, certificate},
        {MHD_OPTION_HTTPS_MEM_KEY, 0, key},
        {MHD_OPTION_END, 0, NULL},
    };
    unsigned flags =
        MHD_USE_EPOLL | MHD_USE_ERROR_LOG | MHD_ALLOW_SUSPEND_RESUME | (is_tls ? MHD_USE_TLS : 0);

    if (is_tls && key == NULL) {
        return false;
    }
    server->daemon = MHD_start_daemon(flags, 0, NULL, NULL, handle, server, MHD_OPTION_SOCK_ADDR,
        &address, MHD_OPTION_CONNECTION_TIMEOUT, (unsigned) IDLE_SECONDS,
        MHD_OPTION_NOTIFY_COMPLETED, completed, server, MHD_OPTION_ARRAY, tls, MHD_OPTION_END);
    if (server->daemon == NULL) {
        g_set_error(error, G_IO_ERROR, G_IO_ERROR_FAILED, "cannot serve on 127.0.0.1 port %d",
            options->port);
        return false;
    }
    return true;
}

static bool write_port(const Server *server, const LabServerOptions *options, GError **error)
{
    const union MHD_DaemonInfo *info =
        MHD_get_daemon_info(server->daemon, MHD_DAEMON_INFO_BIND_PORT);
    g_autofree char *port = g_strdup_printf("%u\n", info->port);

    if (options->port_file == NULL) {
        g_printerr("listening on 127.0.0.1 port %s", port);
        return true;
    }
    return vdi_file_write_text(options->port_file, port, 0600, error);
}

bool lab_server_run(
    const LabServerOptions *options, LabAnswer answer, gpointer data, GError **error)
{
    Server server = {.answer = answer, .data = data};

    if (!start_daemon(&server, options, error)) {
        return false;
    }
    const union MHD_DaemonInfo *epoll =
        MHD_get_daemon_info(server.daemon, MHD_DAEMON_INFO_EPOLL_FD);
    guint sources[] = {
        g_unix_fd_add(epoll->epoll_fd, G_IO_IN, readable, &server),
        g_unix_signal_add(SIGTERM, stop, &server),
        g_unix_signal_add(SIGINT, stop, &server),
    };
    bool is_ready = write_port(&server, options, error);

    server.loop = g_main_loop_new(NULL, FALSE);
    if (is_ready) {
        run_daemon(&server);
        g_main_loop_run(server.loop);
    }
    for (size_t i = 0; i < G_N_ELEMENTS(sources); i++) {
        g_source_remove(sources[i]);
    }
    while (server.delayed != NULL) { /* libmicrohttpd may not be stopped with answers held back */
        Exchange *exchange = server.delayed->data;

        g_source_remove(exchange->delay);
        resume(exchange);
    }
    g_clear_handle_id(&server.timer, g_source_remove);
    MHD_stop_daemon(server.daemon);
    g_main_loop_unref(server.loop);
    return is_ready;
}
