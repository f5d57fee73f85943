/* SPDX-License-Identifier: Apache-2.0 */
#include "client/launch.h"

#include <errno.h>
#include <fcntl.h>
#include <glib-unix.h>
#include <string.h>
#include <sys/socket.h>

#include "base/error.h"
#include "base/text.h"
#include "client/connector.h"
#include "client/session_process.h"
#include "client/session_words.h"
#include "protocol/session/channel.h"

enum {
    GRACE_MS = 2000, /* from STOP to SIGKILL */
    CA_MAX_BYTES = VDI_MESSAGE_MAX_BYTES - (int) sizeof(VdiMessageOpen),
};

struct VdiLaunch {
    const VdiLaunchDelegate *delegate;
    void *user;
    GSubprocess *child;
    GCancellable *cancellable; /* of the connecting and the waiting */
    VdiFd control;             /* ours */
    VdiFd view;                /* the viewer's, until it is taken */
    guint reading, grace;      /* sources; 0: none */
    bool is_stopping;
    bool has_said;        /* the session named its end itself */
    GError *failure;      /* why it ends; NULL: a log-off, or asked for */
    VdiMessageOpen *open; /* waits for its socket; wiped when it went */
    char *host;           /* whom it was opened for; NULL: nobody yet */
    uint16_t port;
    VdiSessionTally tally;
    GBytes *ca;
    VdiMessage message; /* the one being read */
};

static void open_clear(VdiLaunch *launch)
{
    if (launch->open != NULL) {
        vdi_secret_wipe(launch->open, sizeof *launch->open);
        g_clear_pointer(&launch->open, g_free);
    }
    g_clear_pointer(&launch->ca, g_bytes_unref);
}

static void close_control(VdiLaunch *launch)
{
    g_clear_handle_id(&launch->reading, g_source_remove);
    vdi_fd_close(launch->control);
    launch->control = -1;
}

void vdi_launch_free(VdiLaunch *launch)
{
    if (launch == NULL) {
        return;
    }
    g_cancellable_cancel(launch->cancellable);
    g_clear_handle_id(&launch->grace, g_source_remove);
    close_control(launch);
    vdi_fd_close(launch->view);
    if (launch->child != NULL) {
        g_subprocess_force_exit(launch->child);
    }
    g_clear_object(&launch->child);
    g_clear_object(&launch->cancellable);
    g_clear_error(&launch->failure);
    open_clear(launch);
    g_free(launch->host);
    g_free(launch);
}

static gboolean on_grace_over(gpointer data)
{
    VdiLaunch *launch = data;

    launch->grace = 0;
    g_subprocess_force_exit(launch->child);
    return G_SOURCE_REMOVE;
}

/* It has a moment to go by itself. */
static void expect_end(VdiLaunch *launch)
{
    if (launch->grace == 0) {
        launch->grace = g_timeout_add(GRACE_MS, on_grace_over, launch);
    }
}

/* The first reason counts; what follows from it does not. */
static void end_because(VdiLaunch *launch, GError *take_reason)
{
    if (launch->failure == NULL && !launch->has_said) {
        launch->failure = take_reason;
    } else {
        g_error_free(take_reason);
    }
    vdi_launch_stop(launch);
}

/* Never waits: a session that asks and does not read would hold the loop. */
static void say(VdiLaunch *launch, const void *message, size_t size, int passed)
{
    g_autoptr(GError) error = NULL;

    if (launch->control >= 0
        && !vdi_channel_try_send(launch->control, message, size, passed, &error)) {
        expect_end(launch); /* why, the end of the process says */
    }
}

/* ---- connections, made for a session that may make none ---- */

static void on_first_socket(GObject *source, GAsyncResult *result, gpointer data)
{
    g_autoptr(GError) error = NULL;
    g_auto(VdiFd) fd = vdi_connector_finish(result, &error);
    VdiLaunch *launch = data;

    if (g_error_matches(error, G_IO_ERROR, G_IO_ERROR_CANCELLED)) {
        return;
    }
    if (fd < 0) {
        end_because(launch, g_steal_pointer(&error));
        return;
    }
    g_autoptr(GError) local = NULL;
    size_t ca_size = 0;
    const void *ca = launch->ca != NULL ? g_bytes_get_data(launch->ca, &ca_size) : NULL;

    launch->open->has_socket = 1;
    /* The first of all that it is told, and smaller than a socket's room. */
    if (launch->control >= 0
        && !vdi_channel_send(
            launch->control, launch->open, sizeof *launch->open, ca, ca_size, fd, &local)) {
        expect_end(launch); /* why, the end of the process says */
    }
    open_clear(launch);
}

static void on_next_socket(GObject *source, GAsyncResult *result, gpointer data)
{
    g_autoptr(GError) error = NULL;
    g_auto(VdiFd) fd = vdi_connector_finish(result, &error);
    VdiLaunch *launch = data;

    if (g_error_matches(error, G_IO_ERROR, G_IO_ERROR_CANCELLED)) {
        return;
    }
    const VdiMessageSocket answer = {
        .kind = VDI_MESSAGE_SOCKET, .error = fd >= 0 ? 0 : EHOSTUNREACH};

    say(launch, &answer, sizeof answer, fd);
}

/* ---- what the session says, read as if the hostile server had said it ---- */

static void on_need_socket(VdiLaunch *launch)
{
    const VdiMessageNeedSocket *wanted = (const VdiMessageNeedSocket *) &launch->message;

    if (!vdi_session_words_may_reach(wanted, launch->host, launch->port)) {
        const VdiMessageSocket refusal = {.kind = VDI_MESSAGE_SOCKET, .error = EACCES};

        say(launch, &refusal, sizeof refusal, -1);
        return;
    }
    vdi_connector_start(launch->host, launch->port, launch->cancellable, on_next_socket, launch);
}

static void on_ended(VdiLaunch *launch)
{
    const VdiMessageEnded *ended = (const VdiMessageEnded *) &launch->message;

    if (launch->has_said || launch->failure != NULL) {
        return;
    }
    launch->has_said = true;
    expect_end(launch);
    launch->failure = vdi_session_words_error(ended);
}

static void obey(VdiLaunch *launch)
{
    const VdiMessagePhase *phase = (const VdiMessagePhase *) &launch->message;

    switch (launch->message.kind) {
    case VDI_MESSAGE_NEED_SOCKET:
        on_need_socket(launch);
        break;
    case VDI_MESSAGE_IDENTITY:
        launch->delegate->identity(
            launch, (const VdiMessageIdentity *) &launch->message, launch->user);
        break;
    case VDI_MESSAGE_PHASE:
        launch->delegate->phase(launch, (VdiPhase) phase->phase, launch->user);
        break;
    case VDI_MESSAGE_ENDED:
        on_ended(launch);
        break;
    default: /* READY: nothing waits for it */
        break;
    }
}

static const char *judge_word(VdiLaunch *launch, size_t size)
{
    const char *wrong = vdi_session_words_judge(&launch->message, size);

    return wrong != NULL ? wrong : vdi_session_words_count(&launch->tally, &launch->message);
}

static gboolean on_control(gint fd, GIOCondition condition, gpointer data)
{
    VdiLaunch *launch = data;
    g_autoptr(GError) error = NULL;
    g_auto(VdiFd) passed = -1;
    ssize_t size = vdi_channel_receive(fd, &launch->message, &passed, &error);

    if (size < 0 && error == NULL) {
        return G_SOURCE_CONTINUE;
    }
    if (size <= 0) {
        launch->reading = 0;
        if (error != NULL) {
            end_because(launch, g_steal_pointer(&error));
        }
        expect_end(launch); /* why, the end of the process says */
        return G_SOURCE_REMOVE;
    }
    const char *wrong = judge_word(launch, (size_t) size);

    if (wrong != NULL) {
        launch->reading = 0;
        end_because(launch,
            g_error_new(
                VDI_SESSION_ERROR, VDI_SESSION_ERROR_MESSAGE, "the session sent %s", wrong));
        return G_SOURCE_REMOVE;
    }
    obey(launch); /* last: the delegate may end us */
    return G_SOURCE_CONTINUE;
}

/* ---- beginning and end ---- */

/* What it said last may still lie in the socket. */
static void read_the_rest(VdiLaunch *launch)
{
    while (launch->control >= 0 && !launch->has_said) {
        g_auto(VdiFd) passed = -1;
        ssize_t size = vdi_channel_receive(launch->control, &launch->message, &passed, NULL);

        if (size <= 0 || judge_word(launch, (size_t) size) != NULL) {
            return;
        }
        if (launch->message.kind == VDI_MESSAGE_ENDED) {
            on_ended(launch);
        }
    }
}

static void judge_end(VdiLaunch *launch)
{
    bool by_signal = g_subprocess_get_if_signaled(launch->child);

    read_the_rest(launch);
    if (launch->failure != NULL || launch->has_said || launch->is_stopping) {
        return;
    }
    launch->failure = by_signal
        ? g_error_new(VDI_SESSION_ERROR, VDI_SESSION_ERROR_CRASHED,
            "vdi-session was ended by signal %d", g_subprocess_get_term_sig(launch->child))
        : g_error_new(VDI_SESSION_ERROR, VDI_SESSION_ERROR_CRASHED,
            "vdi-session ended with status %d and without a word",
            g_subprocess_get_exit_status(launch->child));
}

static void on_child_end(GObject *source, GAsyncResult *result, gpointer data)
{
    g_autoptr(GError) error = NULL;

    if (!g_subprocess_wait_finish(G_SUBPROCESS(source), result, &error)) {
        return; /* the launch is gone */
    }
    VdiLaunch *launch = data;
    const VdiLaunchDelegate *delegate = launch->delegate;

    g_cancellable_cancel(launch->cancellable);
    judge_end(launch); /* reads its last words, which may start the grace time */
    g_clear_handle_id(&launch->grace, g_source_remove);
    close_control(launch);
    g_clear_object(&launch->child);
    g_autoptr(GError) failure = g_steal_pointer(&launch->failure);

    delegate->ended(launch, failure, launch->user); /* last: it may free us */
}

VdiLaunch *vdi_launch_new(
    const char *program, const VdiLaunchDelegate *delegate, void *user, GError **error)
{
    g_auto(VdiFd) their_control = -1;
    g_auto(VdiFd) their_view = -1;
    g_autoptr(VdiLaunch) launch = g_new0(VdiLaunch, 1);

    launch->delegate = delegate;
    launch->user = user;
    launch->control = launch->view = -1;
    launch->cancellable = g_cancellable_new();
    if (!vdi_channel_pair(&launch->control, &their_control, error)
        || !vdi_channel_pair(&launch->view, &their_view, error)) {
        return NULL;
    }
    launch->child = vdi_session_process_start(program, their_control, their_view, error);
    their_control = their_view = -1;
    if (launch->child == NULL) {
        return NULL;
    }
    /* Ours alone, so that read_the_rest does not wait. Sending waits by itself. */
    (void) fcntl(launch->control, F_SETFL, O_NONBLOCK);
    launch->reading = g_unix_fd_add(launch->control, G_IO_IN | G_IO_HUP, on_control, launch);
    g_subprocess_wait_async(launch->child, launch->cancellable, on_child_end, launch);
    return g_steal_pointer(&launch);
}

VdiFd vdi_launch_take_view(VdiLaunch *launch)
{
    VdiFd view = launch->view;

    launch->view = -1;
    return view;
}

bool vdi_launch_open(
    VdiLaunch *launch, const VdiTarget *target, const VdiLaunchOptions *options, GError **error)
{
    VdiMessageOpen *message = g_new0(VdiMessageOpen, 1);
    const char *password = target->password != NULL ? vdi_secret_text(target->password) : "";

    g_assert(launch->open == NULL);
    launch->open = message;
    if (options->ca_file != NULL) {
        launch->ca = vdi_file_read(options->ca_file, CA_MAX_BYTES, error);
        if (launch->ca == NULL) {
            open_clear(launch);
            return false;
        }
        message->ca_bytes = (uint32_t) g_bytes_get_size(launch->ca);
    }
    message->kind = VDI_MESSAGE_OPEN;
    message->width = options->width;
    message->height = options->height;
    message->scale_percent = options->scale_percent;
    message->port = target->port;
    /* All were checked when the broker named them (protocol/broker/target). */
    g_assert(g_strlcpy(message->host, target->host, sizeof message->host) < sizeof message->host);
    g_assert(g_strlcpy(message->user, target->user, sizeof message->user) < sizeof message->user);
    g_assert(g_strlcpy(message->domain, target->domain, sizeof message->domain)
        < sizeof message->domain);
    g_assert(g_strlcpy(message->password, password, sizeof message->password)
        < sizeof message->password);
    (void) g_strlcpy(message->pin, target->pin != NULL ? target->pin : "", sizeof message->pin);
    launch->host = g_strdup(target->host);
    launch->port = target->port;
    vdi_connector_start(target->host, target->port, launch->cancellable, on_first_socket, launch);
    return true;
}

void vdi_launch_answer_identity(VdiLaunch *launch, bool accept)
{
    const VdiMessageIdentityAnswer answer = {
        .kind = VDI_MESSAGE_IDENTITY_ANSWER, .accept = accept ? 1 : 0};

    launch->tally.awaits_identity = false;
    say(launch, &answer, sizeof answer, -1);
}

void vdi_launch_stop(VdiLaunch *launch)
{
    const VdiMessageNumber stop = {.kind = VDI_MESSAGE_STOP};

    if (launch->is_stopping || launch->child == NULL) {
        return;
    }
    launch->is_stopping = true;
    say(launch, &stop, sizeof stop, -1);
    expect_end(launch);
}

int vdi_launch_pid(const VdiLaunch *launch)
{
    const char *id = launch->child != NULL ? g_subprocess_get_identifier(launch->child) : NULL;
    guint64 pid = 0;

    return id != NULL && g_ascii_string_to_unsigned(id, 10, 1, INT_MAX, &pid, NULL) ? (int) pid : 0;
}
