/* SPDX-License-Identifier: Apache-2.0 */
#include <locale.h>

#include "base/error.h"
#include "client/connection_private.h"

static int64_t elapsed_ms(const VdiConnection *connection)
{
    return MAX((g_get_monotonic_time() - connection->started_us) / 1000, 1);
}

void vdi_connection_fail(VdiConnection *connection, GError *take_error)
{
    if (connection->failure == NULL && connection->state < VDI_STATE_STOPPING) {
        connection->failure = take_error;
    } else {
        g_error_free(take_error);
    }
    vdi_connection_handle(connection, VDI_EVENT_FAILED);
}

/* ---- the guard ---- */

/* Both the broker's first word and the store are needed: the verdict is about this peer. */
static void judge(VdiConnection *connection)
{
    g_autoptr(GError) error = NULL;

    if (connection->state != VDI_STATE_REACHING || !connection->has_begun
        || !vdi_preflight_is_ready(connection->preflight)) {
        return;
    }
    connection->verdict = vdi_preflight_judge(
        connection->preflight, connection->broker->ops->protocol(connection->broker));
    connection->times.verdict_ms = elapsed_ms(connection);
    connection->delegate->verdict(connection, connection->verdict,
        vdi_preflight_warnings(connection->preflight), connection->user);
    if (!vdi_preflight_check_strict(connection->preflight, &error)) {
        vdi_connection_fail(connection, g_steal_pointer(&error));
        return;
    }
    vdi_connection_handle(connection,
        vdi_preflight_is_blocked(connection->preflight) ? VDI_EVENT_BLOCKED : VDI_EVENT_CLEAR);
}

static void on_preflight(VdiPreflight *preflight, void *user)
{
    judge(user);
}

/* ---- the session ---- */

static void on_phase(VdiLaunch *launch, VdiPhase phase, void *user)
{
    VdiConnection *connection = user;

    if (phase == VDI_PHASE_SIGNED_IN) {
        connection->times.connected_ms = elapsed_ms(connection);
        vdi_connection_handle(connection, VDI_EVENT_SIGNED_IN);
    }
    if (phase == VDI_PHASE_FIRST_FRAME && connection->times.first_frame_ms == 0) {
        connection->times.first_frame_ms = elapsed_ms(connection);
    }
    connection->delegate->phase(connection, phase, connection->user);
}

static void on_identity(VdiLaunch *launch, const VdiMessageIdentity *identity, void *user)
{
    VdiConnection *connection = user;

    /* Another key than the one that was named is never a question. */
    if (identity->problem == VDI_IDENTITY_PIN) {
        vdi_launch_answer_identity(launch, false);
    } else {
        connection->delegate->identity(connection, identity, connection->user);
    }
}

static void on_session_ended(VdiLaunch *launch, const GError *error, void *user)
{
    VdiConnection *connection = user;

    g_clear_pointer(&connection->launch, vdi_launch_free);
    if (connection->state == VDI_STATE_STOPPING) {
        vdi_connection_handle(connection, VDI_EVENT_STOP);
    } else if (connection->state < VDI_STATE_OPENING) {
        /* One that was started early and died early; opening starts another and says so. */
        g_debug("vdi-session ended before it was needed: %s",
            error != NULL ? error->message : "no error");
    } else if (error != NULL) {
        vdi_connection_fail(connection, g_error_copy(error));
    } else {
        vdi_connection_handle(connection, VDI_EVENT_FAILED);
    }
}

static const VdiLaunchDelegate launch_delegate = {on_phase, on_identity, on_session_ended};

static bool start_session(VdiConnection *connection, GError **error)
{
    if (connection->launch == NULL) {
        connection->launch = vdi_launch_new(
            connection->options.session_program, &launch_delegate, connection, error);
    }
    return connection->launch != NULL;
}

/* ---- the broker ---- */

static void on_errand(VdiErrandWords *words, void *user)
{
    VdiConnection *connection = user;

    connection->errand = NULL;
    connection->broker = g_steal_pointer(&words->broker);
    if (words->kind == VDI_ERRAND_END) {
        vdi_connection_handle(connection, VDI_EVENT_LOGGED_OUT);
        return;
    }
    if (connection->state == VDI_STATE_STOPPING) {
        vdi_connection_handle(connection, VDI_EVENT_STOP);
        return;
    }
    if (words->error != NULL) {
        vdi_connection_fail(connection, g_steal_pointer(&words->error));
        return;
    }
    if (words->desktops != NULL) {
        g_clear_pointer(&connection->desktops, g_ptr_array_unref);
        connection->desktops = g_steal_pointer(&words->desktops);
        if (connection->times.signed_in_ms == 0) {
            connection->times.signed_in_ms = elapsed_ms(connection);
        }
    }
    vdi_screen_free(connection->screen);
    connection->screen = g_steal_pointer(&words->screen);
    connection->target = g_steal_pointer(&words->target);
    if (words->kind == VDI_ERRAND_BEGIN) {
        connection->has_begun = true;
        judge(connection);
    } else if (words->kind == VDI_ERRAND_CONNECT) {
        vdi_connection_handle(connection, VDI_EVENT_TARGET);
    } else {
        vdi_connection_handle(
            connection, connection->screen != NULL ? VDI_EVENT_SCREEN : VDI_EVENT_LISTED);
    }
}

static void send_errand(VdiConnection *connection, VdiErrandKind kind)
{
    VdiErrandWords *words = g_new0(VdiErrandWords, 1);

    g_assert(connection->errand == NULL && connection->broker != NULL);
    words->kind = kind;
    words->broker = g_steal_pointer(&connection->broker);
    words->answers = g_steal_pointer(&connection->answers);
    if (kind == VDI_ERRAND_CONNECT) {
        words->list = g_ptr_array_ref(connection->desktops);
        words->desktop = connection->chosen;
    }
    connection->errand = vdi_errand_start(words, on_errand, connection);
}

/* ---- what happens on the way from one state to the next ---- */

void vdi_connection_do_start(VdiConnection *connection)
{
    const VdiBrokerOptions options = {
        .ca_file = connection->ca_file, .locale = setlocale(LC_MESSAGES, NULL)};
    const VdiPreflightOptions preflight = {
        .now = g_get_real_time() / G_USEC_PER_SEC,
        .refresh = connection->options.refresh_guard,
        .only_advise = connection->options.only_advise,
    };
    g_autoptr(GError) error = NULL;
    g_autoptr(GError) early = NULL;

    connection->broker = vdi_broker_new(connection->server, &options, &error);
    if (connection->broker == NULL) {
        vdi_connection_fail(connection, g_steal_pointer(&error));
        return;
    }
    connection->preflight =
        vdi_preflight_new(connection->paths, &preflight, on_preflight, connection);
    send_errand(connection, VDI_ERRAND_BEGIN);
    /* Its libraries load while the broker thinks. If it cannot be, opening says so. */
    if (!start_session(connection, &early)) {
        g_debug("early start: %s", early->message);
    }
}

void vdi_connection_do_pass_guard(VdiConnection *connection)
{
    vdi_connection_handle(
        connection, connection->screen != NULL ? VDI_EVENT_SCREEN : VDI_EVENT_LISTED);
}

void vdi_connection_do_ask(VdiConnection *connection)
{
    connection->delegate->ask(connection, connection->screen, connection->user);
}

void vdi_connection_do_answer(VdiConnection *connection)
{
    send_errand(connection, VDI_ERRAND_ANSWER);
}

void vdi_connection_do_list(VdiConnection *connection)
{
    send_errand(connection, VDI_ERRAND_LIST);
}

void vdi_connection_do_choose(VdiConnection *connection)
{
    connection->delegate->choose(connection, connection->desktops, connection->user);
}

void vdi_connection_do_connect(VdiConnection *connection)
{
    send_errand(connection, VDI_ERRAND_CONNECT);
}

void vdi_connection_do_open(VdiConnection *connection)
{
    const VdiLaunchOptions options = {
        .width = connection->options.width,
        .height = connection->options.height,
        .scale_percent = connection->options.scale_percent,
        .ca_file = connection->ca_file,
    };
    g_autoptr(GError) error = NULL;

    connection->times.target_ms = elapsed_ms(connection);
    bool opened = start_session(connection, &error)
        && vdi_launch_open(connection->launch, connection->target, &options, &error);

    g_clear_pointer(&connection->target, vdi_target_free);
    if (!opened) {
        vdi_connection_fail(connection, g_steal_pointer(&error));
        return;
    }
    connection->delegate->view(
        connection, vdi_launch_take_view(connection->launch), connection->user);
}

static gboolean on_alone(gpointer data)
{
    VdiConnection *connection = data;

    connection->alone = 0;
    vdi_connection_handle(connection, VDI_EVENT_ALONE);
    return G_SOURCE_REMOVE;
}

/* Everyone is told first; comes again when one of them is gone. */
void vdi_connection_do_tell_everyone(VdiConnection *connection)
{
    if (connection->errand != NULL) {
        vdi_errand_cancel(connection->errand);
    }
    if (connection->launch != NULL) {
        vdi_launch_stop(connection->launch);
    }
    /* From the loop: whoever called stop is not called back before it returns. */
    if (connection->errand == NULL && connection->launch == NULL && connection->alone == 0) {
        connection->alone = g_idle_add(on_alone, connection);
    }
}

void vdi_connection_do_log_out(VdiConnection *connection)
{
    if (connection->broker == NULL) {
        vdi_connection_handle(connection, VDI_EVENT_LOGGED_OUT);
    } else {
        send_errand(connection, VDI_ERRAND_END);
    }
}

void vdi_connection_do_end(VdiConnection *connection)
{
    connection->delegate->ended(connection, connection->failure, connection->user);
}
