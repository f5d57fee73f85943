/* SPDX-License-Identifier: Apache-2.0 */
#include "client/connector.h"

#include <errno.h>
#include <fcntl.h>

#include "base/error.h"
#include "base/text.h"

enum { CONNECT_TIMEOUT_S = 15 };

typedef struct {
    char *host;
    uint16_t port;
} Address;

static void address_free(gpointer data)
{
    Address *address = data;

    g_free(address->host);
    g_free(address);
}

/* A descriptor on its way through a task: never 0, 1 or 2. */
static void close_pointer(gpointer fd)
{
    vdi_fd_close(GPOINTER_TO_INT(fd));
}

static void connect_in_task(GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
    const Address *address = data;
    g_autoptr(GSocketClient) client = g_socket_client_new();
    g_autoptr(GSocketConnectable) where = g_network_address_new(address->host, address->port);
    g_autoptr(GError) local = NULL;

    g_socket_client_set_timeout(client, CONNECT_TIMEOUT_S);
    /* A proxy for web pages is none for RDP. */
    g_socket_client_set_enable_proxy(client, false);
    g_autoptr(GSocketConnection) connection =
        g_socket_client_connect(client, where, cancellable, &local);

    if (connection == NULL) {
        g_autofree char *shown = vdi_text_quote(address->host);
        g_autofree char *why = vdi_text_clean(local->message);

        g_task_return_new_error(task, VDI_SESSION_ERROR,
            local->domain == G_RESOLVER_ERROR ? VDI_SESSION_ERROR_HOST : VDI_SESSION_ERROR_CONNECT,
            "%s, port %u: %s", shown, address->port, why);
        return;
    }
    /* A copy that outlives the GSocket. */
    int fd = fcntl(g_socket_get_fd(g_socket_connection_get_socket(connection)), F_DUPFD_CLOEXEC, 3);

    if (fd < 0) {
        g_task_return_new_error(task, VDI_SESSION_ERROR, VDI_SESSION_ERROR_CONNECT,
            "no descriptor left: %s", g_strerror(errno));
        return;
    }
    g_task_return_pointer(task, GINT_TO_POINTER(fd), close_pointer);
}

void vdi_connector_start(const char *host, uint16_t port, GCancellable *cancellable,
    GAsyncReadyCallback ready, gpointer user)
{
    g_autoptr(GTask) task = g_task_new(NULL, cancellable, ready, user);
    Address *address = g_new0(Address, 1);

    address->host = g_strdup(host);
    address->port = port;
    g_task_set_task_data(task, address, address_free);
    g_task_run_in_thread(task, connect_in_task);
}

VdiFd vdi_connector_finish(GAsyncResult *result, GError **error)
{
    gpointer fd = g_task_propagate_pointer(G_TASK(result), error);

    return fd != NULL ? GPOINTER_TO_INT(fd) : -1;
}
