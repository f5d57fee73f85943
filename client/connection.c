/* SPDX-License-Identifier: Apache-2.0 */
#include "client/connection.h"

#include <locale.h>
#include <string.h>

#include "base/error.h"
#include "base/text.h"
#include "client/errand.h"
#include "client/preflight.h"

typedef enum {
    EVENT_START,
    EVENT_BLOCKED,   /* both the broker's first word and the verdict are there; it blocks */
    EVENT_CLEAR,     /* the same; nothing stands in the way */
    EVENT_SCREEN,    /* the broker asks */
    EVENT_LISTED,    /* it asks no more, and named its desktops */
    EVENT_ANSWERED,  /* the person did */
    EVENT_REFRESHED, /* the person wants the list anew */
    EVENT_CHOSEN,
    EVENT_TARGET,
    EVENT_SIGNED_IN, /* the desktop is there */
    EVENT_FAILED,    /* `failure` says why; or the session ended, in good order where it is NULL */
    EVENT_STOP,
    EVENT_ALONE, /* nobody who was told to stop is left */
    EVENT_LOGGED_OUT,
} Event;

/* In the table: any state before STOPPING. */
#define STATE_ANY ((VdiState) -1)

struct VdiConnection {
    const VdiConnectionDelegate *delegate;
    void *user;
    char *server, *ca_file, *session_program;
    VdiPaths *paths;
    VdiConnectionOptions options; /* its texts are the copies above */

    VdiState state;
    VdiBroker *broker; /* NULL while an errand has it */
    VdiErrand *errand;
    VdiPreflight *preflight;
    VdiLaunch *launch;
    bool has_begun; /* the broker's first answer is here */
    const VdiVerdict *verdict;
    VdiScreen *screen;
    GPtrArray *desktops;
    GPtrArray *answers; /* on their way to the broker */
    const VdiDesktop *chosen;
    VdiTarget *target;
    GError *failure;
    guint alone; /* source; 0: none */
    int64_t started_us;
    VdiConnectionTimes times;
};

static void handle(VdiConnection *connection, Event event);

static int64_t elapsed_ms(const VdiConnection *connection)
{
    return MAX((g_get_monotonic_time() - connection->started_us) / 1000, 1);
}

/* The first failure counts. */
static void fail(VdiConnection *connection, GError *take_error)
{
    if (connection->failure == NULL && connection->state < VDI_STATE_STOPPING) {
        connection->failure = take_error;
    } else {
        g_error_free(take_error);
    }
    handle(connection, EVENT_FAILED);
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
        fail(connection, g_steal_pointer(&error));
        return;
    }
    handle(
        connection, vdi_preflight_is_blocked(connection->preflight) ? EVENT_BLOCKED : EVENT_CLEAR);
}

static void on_preflight(VdiPreflight *preflight, void *user)
{
    judge(user);
}

bool vdi_connection_accept_risk(VdiConnection *connection, const char *rule, GError **error)
{
    g_assert(connection->state == VDI_STATE_GUARD);
    if (!vdi_preflight_accept_risk(connection->preflight, rule, error)) {
        return false;
    }
    if (!vdi_preflight_is_blocked(connection->preflight)) {
        handle(connection, EVENT_CLEAR);
    }
    return true;
}

bool vdi_connection_is_blocked_by(const VdiConnection *connection, const VdiFinding *finding)
{
    return vdi_preflight_is_blocked_by(connection->preflight, finding);
}

/* ---- the session ---- */

static void on_phase(VdiLaunch *launch, VdiPhase phase, void *user)
{
    VdiConnection *connection = user;

    if (phase == VDI_PHASE_SIGNED_IN) {
        connection->times.connected_ms = elapsed_ms(connection);
        handle(connection, EVENT_SIGNED_IN);
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
        handle(connection, EVENT_STOP);
    } else if (connection->state < VDI_STATE_OPENING) {
        /* One that was started early and died early; opening starts another and says so. */
        g_debug("vdi-session ended before it was needed: %s",
            error != NULL ? error->message : "no error");
    } else if (error != NULL) {
        fail(connection, g_error_copy(error));
    } else {
        handle(connection, EVENT_FAILED);
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
        handle(connection, EVENT_LOGGED_OUT);
        return;
    }
    if (connection->state == VDI_STATE_STOPPING) {
        handle(connection, EVENT_STOP);
        return;
    }
    if (words->error != NULL) {
        fail(connection, g_steal_pointer(&words->error));
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
        handle(connection, EVENT_TARGET);
    } else {
        handle(connection, connection->screen != NULL ? EVENT_SCREEN : EVENT_LISTED);
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

static void do_start(VdiConnection *connection)
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
        fail(connection, g_steal_pointer(&error));
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

static void do_pass_guard(VdiConnection *connection)
{
    handle(connection, connection->screen != NULL ? EVENT_SCREEN : EVENT_LISTED);
}

static void do_ask(VdiConnection *connection)
{
    connection->delegate->ask(connection, connection->screen, connection->user);
}

static void do_answer(VdiConnection *connection)
{
    send_errand(connection, VDI_ERRAND_ANSWER);
}

static void do_list(VdiConnection *connection)
{
    send_errand(connection, VDI_ERRAND_LIST);
}

static void do_choose(VdiConnection *connection)
{
    connection->delegate->choose(connection, connection->desktops, connection->user);
}

static void do_connect(VdiConnection *connection)
{
    send_errand(connection, VDI_ERRAND_CONNECT);
}

static void do_open(VdiConnection *connection)
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
        fail(connection, g_steal_pointer(&error));
        return;
    }
    connection->delegate->view(
        connection, vdi_launch_take_view(connection->launch), connection->user);
}

static gboolean on_alone(gpointer data)
{
    VdiConnection *connection = data;

    connection->alone = 0;
    handle(connection, EVENT_ALONE);
    return G_SOURCE_REMOVE;
}

/* Everyone is told first; comes again when one of them is gone. */
static void do_tell_everyone(VdiConnection *connection)
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

static void do_log_out(VdiConnection *connection)
{
    if (connection->broker == NULL) {
        handle(connection, EVENT_LOGGED_OUT);
    } else {
        send_errand(connection, VDI_ERRAND_END);
    }
}

static void do_end(VdiConnection *connection)
{
    connection->delegate->ended(connection, connection->failure, connection->user);
}

static const struct {
    VdiState from;
    Event event;
    VdiState to;
    void (*act)(VdiConnection *connection);
} transitions[] = {
    {VDI_STATE_IDLE, EVENT_START, VDI_STATE_REACHING, do_start},
    {VDI_STATE_REACHING, EVENT_BLOCKED, VDI_STATE_GUARD, NULL},
    {VDI_STATE_REACHING, EVENT_CLEAR, VDI_STATE_REACHING, do_pass_guard},
    {VDI_STATE_GUARD, EVENT_CLEAR, VDI_STATE_GUARD, do_pass_guard},
    {VDI_STATE_REACHING, EVENT_SCREEN, VDI_STATE_SIGN_IN, do_ask},
    {VDI_STATE_REACHING, EVENT_LISTED, VDI_STATE_CHOOSING, do_choose},
    {VDI_STATE_GUARD, EVENT_SCREEN, VDI_STATE_SIGN_IN, do_ask},
    {VDI_STATE_GUARD, EVENT_LISTED, VDI_STATE_CHOOSING, do_choose},
    {VDI_STATE_SIGN_IN, EVENT_ANSWERED, VDI_STATE_SIGNING_IN, do_answer},
    {VDI_STATE_SIGNING_IN, EVENT_SCREEN, VDI_STATE_SIGN_IN, do_ask},
    {VDI_STATE_SIGNING_IN, EVENT_LISTED, VDI_STATE_CHOOSING, do_choose},
    {VDI_STATE_CHOOSING, EVENT_REFRESHED, VDI_STATE_SIGNING_IN, do_list},
    {VDI_STATE_CHOOSING, EVENT_CHOSEN, VDI_STATE_ASKING, do_connect},
    {VDI_STATE_ASKING, EVENT_TARGET, VDI_STATE_OPENING, do_open},
    {VDI_STATE_OPENING, EVENT_SIGNED_IN, VDI_STATE_OPEN, NULL},
    {VDI_STATE_STOPPING, EVENT_STOP, VDI_STATE_STOPPING, do_tell_everyone},
    {VDI_STATE_STOPPING, EVENT_ALONE, VDI_STATE_STOPPING, do_log_out},
    {VDI_STATE_STOPPING, EVENT_LOGGED_OUT, VDI_STATE_ENDED, do_end},
    {STATE_ANY, EVENT_FAILED, VDI_STATE_STOPPING, do_tell_everyone},
    {STATE_ANY, EVENT_STOP, VDI_STATE_STOPPING, do_tell_everyone},
};

/* What no row names is too late, or too early, and changes nothing. */
static void handle(VdiConnection *connection, Event event)
{
    for (size_t i = 0; i < G_N_ELEMENTS(transitions); i++) {
        bool is_here = transitions[i].from == connection->state
            || (transitions[i].from == STATE_ANY && connection->state < VDI_STATE_STOPPING);

        if (transitions[i].event != event || !is_here) {
            continue;
        }
        if (connection->state != transitions[i].to) {
            connection->state = transitions[i].to;
            connection->delegate->state(connection, connection->state, connection->user);
        }
        /* Whoever was told may have moved on already: stopped it, accepted a risk. */
        if (transitions[i].act != NULL && connection->state == transitions[i].to) {
            transitions[i].act(connection);
        }
        return;
    }
}

/* ---- the public side ---- */

VdiConnection *vdi_connection_new(
    const VdiConnectionOptions *options, const VdiConnectionDelegate *delegate, void *user)
{
    VdiConnection *connection = g_new0(VdiConnection, 1);

    connection->delegate = delegate;
    connection->user = user;
    connection->options = *options;
    connection->server = g_strdup(options->server);
    connection->ca_file = g_strdup(options->ca_file);
    connection->session_program = g_strdup(options->session_program);
    connection->options.session_program = connection->session_program;
    connection->paths = options->paths->is_personal ? vdi_paths_new_personal()
                                                    : vdi_paths_new_system(options->paths->root);
    return connection;
}

void vdi_connection_free(VdiConnection *connection)
{
    if (connection == NULL) {
        return;
    }
    if (connection->errand != NULL) {
        vdi_errand_give_up(connection->errand);
    }
    g_clear_handle_id(&connection->alone, g_source_remove);
    vdi_launch_free(connection->launch);
    vdi_preflight_free(connection->preflight);
    vdi_broker_free(connection->broker);
    vdi_screen_free(connection->screen);
    g_clear_pointer(&connection->desktops, g_ptr_array_unref);
    g_clear_pointer(&connection->answers, g_ptr_array_unref);
    vdi_target_free(connection->target);
    g_clear_error(&connection->failure);
    vdi_paths_free(connection->paths);
    g_free(connection->server);
    g_free(connection->ca_file);
    g_free(connection->session_program);
    g_free(connection);
}

void vdi_connection_start(VdiConnection *connection)
{
    g_assert(connection->state == VDI_STATE_IDLE);
    connection->started_us = g_get_monotonic_time();
    handle(connection, EVENT_START);
}

VdiState vdi_connection_state(const VdiConnection *connection)
{
    return connection->state;
}

const VdiGuard *vdi_connection_guard(const VdiConnection *connection)
{
    return connection->preflight != NULL ? vdi_preflight_guard(connection->preflight) : NULL;
}

const VdiVerdict *vdi_connection_verdict(const VdiConnection *connection)
{
    return connection->verdict;
}

void vdi_connection_take_answers(VdiConnection *connection, GPtrArray *answers)
{
    if (connection->state != VDI_STATE_SIGN_IN) {
        g_ptr_array_unref(answers);
        return;
    }
    connection->answers = answers;
    handle(connection, EVENT_ANSWERED);
}

void vdi_connection_choose(VdiConnection *connection, const char *desktop_id)
{
    if (connection->state != VDI_STATE_CHOOSING) {
        return;
    }
    for (size_t i = 0; i < connection->desktops->len; i++) {
        const VdiDesktop *desktop = g_ptr_array_index(connection->desktops, i);

        if (strcmp(desktop->id, desktop_id) == 0) {
            connection->chosen = desktop;
            handle(connection, EVENT_CHOSEN);
            return;
        }
    }
    g_autofree char *shown = vdi_text_quote(desktop_id);

    fail(connection,
        g_error_new(VDI_BROKER_ERROR, VDI_BROKER_ERROR_NO_DESKTOP, "no desktop %s", shown));
}

void vdi_connection_refresh_list(VdiConnection *connection)
{
    handle(connection, EVENT_REFRESHED);
}

void vdi_connection_answer_identity(VdiConnection *connection, bool accept)
{
    if (connection->launch != NULL) {
        vdi_launch_answer_identity(connection->launch, accept);
    }
}

void vdi_connection_stop(VdiConnection *connection)
{
    handle(connection, EVENT_STOP);
}

VdiConnectionTimes vdi_connection_times(const VdiConnection *connection)
{
    return connection->times;
}

int vdi_connection_session_pid(const VdiConnection *connection)
{
    return connection->launch != NULL ? vdi_launch_pid(connection->launch) : 0;
}
