/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/support/session_peer.h"

#include <arpa/inet.h>
#include <errno.h>
#include <glib-unix.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/file.h"

extern char **environ;

static VdiFd connect_to(const char *host, uint16_t port, int *ret_error)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port)};
    g_auto(VdiFd) fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    int on = 1;

    inet_pton(AF_INET, host, &address.sin_addr);
    if (connect(fd, (struct sockaddr *) &address, sizeof address) != 0) {
        *ret_error = errno;
        return -1;
    }
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    VdiFd connected = fd;

    fd = -1;
    return connected;
}

static void answer_socket(SessionPeer *peer, const VdiMessageNeedSocket *question)
{
    VdiMessageSocket answer = {VDI_MESSAGE_SOCKET, peer->socket_error};
    g_auto(VdiFd) fd =
        peer->socket_error == 0 ? connect_to(question->host, question->port, &answer.error) : -1;

    peer->n_sockets++;
    (void) !vdi_channel_send(peer->control, &answer, sizeof answer, NULL, 0, fd, NULL);
}

static void answer_identity(SessionPeer *peer, const VdiMessageIdentity *question)
{
    VdiMessageIdentityAnswer answer = {VDI_MESSAGE_IDENTITY_ANSWER, peer->accepts_identity};

    peer->was_asked = true;
    peer->identity = *question;
    (void) !vdi_channel_send(peer->control, &answer, sizeof answer, NULL, 0, -1, NULL);
}

static gboolean on_control(gint fd, GIOCondition condition, gpointer data)
{
    SessionPeer *peer = data;
    g_autofree VdiMessage *message = g_new0(VdiMessage, 1);
    g_auto(VdiFd) passed = -1;
    ssize_t size = vdi_channel_receive(fd, message, &passed, NULL);

    if (size <= 0) {
        peer->has_ended = true;
        peer->watch = 0;
        return G_SOURCE_REMOVE;
    }
    switch (message->kind) {
    case VDI_MESSAGE_READY:
        peer->engine = ((VdiMessageNumber *) message)->number;
        break;
    case VDI_MESSAGE_PHASE:
        peer->phase = ((VdiMessagePhase *) message)->phase;
        break;
    case VDI_MESSAGE_NEED_SOCKET:
        answer_socket(peer, (VdiMessageNeedSocket *) message);
        break;
    case VDI_MESSAGE_IDENTITY:
        answer_identity(peer, (VdiMessageIdentity *) message);
        break;
    case VDI_MESSAGE_ENDED:
        peer->end = *(VdiMessageEnded *) message;
        peer->was_told = true;
        peer->has_ended = true;
        break;
    default:
        break;
    }
    return G_SOURCE_CONTINUE;
}

static void on_picture(VdiView *view, const VdiPicture *picture, void *user)
{
    ((SessionPeer *) user)->n_pictures++;
}

static void on_frame(
    VdiView *view, unsigned index, const VdiRectangle *damage, size_t n_damage, void *user)
{
    SessionPeer *peer = user;

    peer->n_frames++;
    if (!peer->keeps_frames) {
        vdi_view_taken(view);
    }
}

static void on_closed(VdiView *view, const GError *error, void *user)
{
    SessionPeer *peer = user;

    peer->view_closed = true;
    peer->view_error = error != NULL ? g_error_copy(error) : NULL;
}

static const VdiViewDelegate delegate = {on_picture, on_frame, NULL, on_closed};

SessionPeer *session_peer_new(const char *program)
{
    g_autoptr(SessionPeer) peer = g_new0(SessionPeer, 1);
    g_auto(VdiFd) control = -1;
    g_auto(VdiFd) view = -1;
    g_auto(VdiFd) ours = -1;
    char *argv[] = {(char *) program, NULL};
    posix_spawn_file_actions_t actions;
    pid_t pid = 0;

    peer->control = -1;
    if (!vdi_channel_pair(&peer->control, &control, NULL)
        || !vdi_channel_pair(&ours, &view, NULL)) {
        return NULL;
    }
    /* Above 10 first, so that neither lies where the other has to go. */
    VdiFd high_control = fcntl(control, F_DUPFD_CLOEXEC, 10);
    VdiFd high_view = fcntl(view, F_DUPFD_CLOEXEC, 10);

    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, high_control, VDI_SESSION_CONTROL_FD);
    posix_spawn_file_actions_adddup2(&actions, high_view, VDI_SESSION_VIEW_FD);
    int failure = posix_spawn(&pid, program, &actions, NULL, argv, environ);

    posix_spawn_file_actions_destroy(&actions);
    vdi_fd_close(high_control);
    vdi_fd_close(high_view);
    if (failure != 0) {
        return NULL;
    }
    peer->pid = pid;
    peer->view = vdi_view_new(ours, &delegate, peer);
    ours = -1;
    peer->watch = g_unix_fd_add(peer->control, G_IO_IN | G_IO_HUP, on_control, peer);
    return g_steal_pointer(&peer);
}

void session_peer_free(SessionPeer *peer)
{
    if (peer == NULL) {
        return;
    }
    g_clear_handle_id(&peer->watch, g_source_remove);
    vdi_view_free(peer->view);
    vdi_fd_close(peer->control);
    if (peer->pid > 0) {
        kill(peer->pid, SIGKILL);
        waitpid(peer->pid, &peer->wait_status, 0);
    }
    g_clear_error(&peer->view_error);
    g_free(peer);
}

bool session_peer_open(SessionPeer *peer, const SessionTarget *target)
{
    VdiMessageOpen open = {
        .kind = VDI_MESSAGE_OPEN,
        .width = target->width,
        .height = target->height,
        .scale_percent = 100,
        .port = target->port,
    };
    g_autoptr(GBytes) ca =
        target->ca_file != NULL ? vdi_file_read(target->ca_file, 60000, NULL) : NULL;
    size_t ca_size = 0;
    const void *ca_data = ca != NULL ? g_bytes_get_data(ca, &ca_size) : NULL;
    int failure = 0;
    g_auto(VdiFd) socket =
        target->connects_later ? -1 : connect_to(target->host, target->port, &failure);

    open.ca_bytes = (uint32_t) ca_size;
    open.has_socket = socket >= 0;
    g_strlcpy(open.host, target->host, sizeof open.host);
    g_strlcpy(open.user, target->user, sizeof open.user);
    g_strlcpy(open.domain, target->domain, sizeof open.domain);
    g_strlcpy(open.password, target->password, sizeof open.password);
    g_strlcpy(open.pin, target->pin != NULL ? target->pin : "", sizeof open.pin);
    return vdi_channel_send(peer->control, &open, sizeof open, ca_data, ca_size, socket, NULL);
}

void session_peer_stop(SessionPeer *peer)
{
    VdiMessageNumber stop = {VDI_MESSAGE_STOP, 0};

    (void) !vdi_channel_send(peer->control, &stop, sizeof stop, NULL, 0, -1, NULL);
}

static gboolean on_deadline(gpointer data)
{
    *(bool *) data = true;
    return G_SOURCE_CONTINUE;
}

bool session_peer_wait(
    SessionPeer *peer, bool (*is_true)(const SessionPeer *peer), unsigned deadline_ms)
{
    bool is_over = false;
    guint source = g_timeout_add(deadline_ms, on_deadline, &is_over);

    while (!is_over && !is_true(peer)) {
        g_main_context_iteration(NULL, TRUE);
    }
    g_source_remove(source);
    if (peer->has_ended && peer->pid > 0
        && waitpid(peer->pid, &peer->wait_status, WNOHANG) == peer->pid) {
        peer->pid = 0;
    }
    return is_true(peer);
}

bool session_peer_is_ready(const SessionPeer *peer)
{
    return peer->engine != 0;
}

bool session_peer_has_frame(const SessionPeer *peer)
{
    return peer->n_frames > 0 || peer->has_ended;
}

bool session_peer_has_ended(const SessionPeer *peer)
{
    return peer->has_ended;
}

uint32_t session_peer_pixel(const SessionPeer *peer, uint32_t x, uint32_t y)
{
    const VdiPicture *picture = vdi_view_picture(peer->view);
    uint32_t pixel = 0;

    if (peer->n_frames > 0 && picture != NULL && x < picture->width && y < picture->height) {
        memcpy(&pixel,
            vdi_picture_pixels(picture, vdi_view_index(peer->view)) + (size_t) y * picture->stride
                + (size_t) x * 4,
            sizeof pixel);
    }
    return pixel & 0xffffff;
}
