/* SPDX-License-Identifier: Apache-2.0 */

/* Stands between a client and a server on loopback and counts what passes: the payload of TCP, both
 * ways, and connections.
 *
 *   wire TO-PORT PORT-FILE COUNTS-FILE
 *
 * Writes its own port into PORT-FILE, and after each connection "CONNECTIONS SENT RECEIVED" (as the
 * client sees it) into COUNTS-FILE. Ends by a signal. */

#include <gio/gio.h>
#include <stdio.h>

#include "base/file.h"

typedef struct {
    guint16 to;
    const char *counts;
    GMutex mutex; /* of the three */
    guint64 connections, sent, received;
} Wire;

typedef struct {
    GInputStream *from;
    GOutputStream *to;
    GSocket *end; /* that is told when nothing more comes */
    guint64 bytes;
} Way;

static gpointer pump(gpointer data)
{
    Way *way = data;
    char block[16384];
    gssize n = 0;

    while ((n = g_input_stream_read(way->from, block, sizeof block, NULL, NULL)) > 0
        && g_output_stream_write_all(way->to, block, (gsize) n, NULL, NULL, NULL)) {
        way->bytes += (guint64) n;
    }
    g_socket_shutdown(way->end, FALSE, TRUE, NULL);
    return NULL;
}

static gboolean serve(
    GThreadedSocketService *service, GSocketConnection *client, GObject *source, gpointer data)
{
    Wire *wire = data;
    g_autoptr(GSocketClient) connector = g_socket_client_new();
    g_autoptr(GSocketConnection) server =
        g_socket_client_connect_to_host(connector, "127.0.0.1", wire->to, NULL, NULL);

    if (server == NULL) {
        return TRUE;
    }
    Way up = {g_io_stream_get_input_stream(G_IO_STREAM(client)),
        g_io_stream_get_output_stream(G_IO_STREAM(server)), g_socket_connection_get_socket(server),
        0};
    Way down = {g_io_stream_get_input_stream(G_IO_STREAM(server)),
        g_io_stream_get_output_stream(G_IO_STREAM(client)), g_socket_connection_get_socket(client),
        0};
    GThread *thread = g_thread_new("up", pump, &up);

    pump(&down);
    g_thread_join(thread);
    g_mutex_lock(&wire->mutex);
    wire->connections++;
    wire->sent += up.bytes;
    wire->received += down.bytes;
    g_autofree char *line =
        g_strdup_printf("%" G_GUINT64_FORMAT " %" G_GUINT64_FORMAT " %" G_GUINT64_FORMAT "\n",
            wire->connections, wire->sent, wire->received);

    if (!vdi_file_write_text(wire->counts, line, 0644, NULL)) {
        fprintf(stderr, "wire: %s cannot be written\n", wire->counts);
    }
    g_mutex_unlock(&wire->mutex);
    return TRUE;
}

int main(int argc, char **argv)
{
    if (argc != 4) {
        fprintf(stderr, "usage: wire TO-PORT PORT-FILE COUNTS-FILE\n");
        return 64;
    }
    Wire wire = {.to = (guint16) g_ascii_strtoull(argv[1], NULL, 10), .counts = argv[3]};
    g_autoptr(GSocketService) service = g_threaded_socket_service_new(16);
    g_autoptr(GMainLoop) loop = g_main_loop_new(NULL, FALSE);
    g_autoptr(GInetAddress) loopback = g_inet_address_new_loopback(G_SOCKET_FAMILY_IPV4);
    g_autoptr(GSocketAddress) any = g_inet_socket_address_new(loopback, 0);
    g_autoptr(GSocketAddress) bound = NULL;

    g_mutex_init(&wire.mutex);
    g_signal_connect(service, "run", G_CALLBACK(serve), &wire);
    if (!g_socket_listener_add_address(G_SOCKET_LISTENER(service), any, G_SOCKET_TYPE_STREAM,
            G_SOCKET_PROTOCOL_TCP, NULL, &bound, NULL)) {
        return 69;
    }
    g_autofree char *port =
        g_strdup_printf("%u\n", g_inet_socket_address_get_port(G_INET_SOCKET_ADDRESS(bound)));

    if (!vdi_file_write_text(argv[2], port, 0644, NULL)) {
        return 73;
    }
    g_socket_service_start(service);
    g_main_loop_run(loop);
    return 0;
}
