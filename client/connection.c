/* SPDX-License-Identifier: Apache-2.0 */
#include "client/connection.h"

#include <string.h>

#include "base/error.h"
#include "base/text.h"
#include "client/connection_private.h"

/* In the table: any state before STOPPING. */
#define STATE_ANY ((VdiState) -1)

static const struct {
    VdiState from;
    VdiConnectionEvent event;
    VdiState to;
    void (*act)(VdiConnection *connection);
} transitions[] = {
    {VDI_STATE_IDLE, VDI_EVENT_START, VDI_STATE_REACHING, vdi_connection_do_start},
    {VDI_STATE_REACHING, VDI_EVENT_BLOCKED, VDI_STATE_GUARD, NULL},
    {VDI_STATE_REACHING, VDI_EVENT_CLEAR, VDI_STATE_REACHING, vdi_connection_do_pass_guard},
    {VDI_STATE_GUARD, VDI_EVENT_CLEAR, VDI_STATE_GUARD, vdi_connection_do_pass_guard},
    {VDI_STATE_REACHING, VDI_EVENT_SCREEN, VDI_STATE_SIGN_IN, vdi_connection_do_ask},
    {VDI_STATE_REACHING, VDI_EVENT_LISTED, VDI_STATE_CHOOSING, vdi_connection_do_choose},
    {VDI_STATE_GUARD, VDI_EVENT_SCREEN, VDI_STATE_SIGN_IN, vdi_connection_do_ask},
    {VDI_STATE_GUARD, VDI_EVENT_LISTED, VDI_STATE_CHOOSING, vdi_connection_do_choose},
    {VDI_STATE_SIGN_IN, VDI_EVENT_ANSWERED, VDI_STATE_SIGNING_IN, vdi_connection_do_answer},
    {VDI_STATE_SIGNING_IN, VDI_EVENT_SCREEN, VDI_STATE_SIGN_IN, vdi_connection_do_ask},
    {VDI_STATE_SIGNING_IN, VDI_EVENT_LISTED, VDI_STATE_CHOOSING, vdi_connection_do_choose},
    {VDI_STATE_CHOOSING, VDI_EVENT_REFRESHED, VDI_STATE_SIGNING_IN, vdi_connection_do_list},
    {VDI_STATE_CHOOSING, VDI_EVENT_CHOSEN, VDI_STATE_ASKING, vdi_connection_do_connect},
    {VDI_STATE_ASKING, VDI_EVENT_TARGET, VDI_STATE_OPENING, vdi_connection_do_open},
    {VDI_STATE_OPENING, VDI_EVENT_SIGNED_IN, VDI_STATE_OPEN, NULL},
    {VDI_STATE_STOPPING, VDI_EVENT_STOP, VDI_STATE_STOPPING, vdi_connection_do_tell_everyone},
    {VDI_STATE_STOPPING, VDI_EVENT_ALONE, VDI_STATE_STOPPING, vdi_connection_do_log_out},
    {VDI_STATE_STOPPING, VDI_EVENT_LOGGED_OUT, VDI_STATE_ENDED, vdi_connection_do_end},
    {STATE_ANY, VDI_EVENT_FAILED, VDI_STATE_STOPPING, vdi_connection_do_tell_everyone},
    {STATE_ANY, VDI_EVENT_STOP, VDI_STATE_STOPPING, vdi_connection_do_tell_everyone},
};

/* What no row names is too late, or too early, and changes nothing. */
void vdi_connection_handle(VdiConnection *connection, VdiConnectionEvent event)
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
    vdi_connection_handle(connection, VDI_EVENT_START);
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
    vdi_connection_handle(connection, VDI_EVENT_ANSWERED);
}

void vdi_connection_set_size(
    VdiConnection *connection, uint32_t width, uint32_t height, uint32_t scale_percent)
{
    connection->options.width = width;
    connection->options.height = height;
    connection->options.scale_percent = scale_percent;
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
            vdi_connection_handle(connection, VDI_EVENT_CHOSEN);
            return;
        }
    }
    g_autofree char *shown = vdi_text_quote(desktop_id);

    vdi_connection_fail(connection,
        g_error_new(VDI_BROKER_ERROR, VDI_BROKER_ERROR_NO_DESKTOP, "no desktop %s", shown));
}

void vdi_connection_refresh_list(VdiConnection *connection)
{
    vdi_connection_handle(connection, VDI_EVENT_REFRESHED);
}

void vdi_connection_answer_identity(VdiConnection *connection, bool accept)
{
    if (connection->launch != NULL) {
        vdi_launch_answer_identity(connection->launch, accept);
    }
}

void vdi_connection_stop(VdiConnection *connection)
{
    vdi_connection_handle(connection, VDI_EVENT_STOP);
}

VdiConnectionTimes vdi_connection_times(const VdiConnection *connection)
{
    return connection->times;
}

int vdi_connection_session_pid(const VdiConnection *connection)
{
    return connection->launch != NULL ? vdi_launch_pid(connection->launch) : 0;
}

bool vdi_connection_accept_risk(VdiConnection *connection, const char *rule, GError **error)
{
    g_assert(connection->state == VDI_STATE_GUARD);
    if (!vdi_preflight_accept_risk(connection->preflight, rule, error)) {
        return false;
    }
    if (!vdi_preflight_is_blocked(connection->preflight)) {
        vdi_connection_handle(connection, VDI_EVENT_CLEAR);
    }
    return true;
}

bool vdi_connection_is_blocked_by(const VdiConnection *connection, const VdiFinding *finding)
{
    return vdi_preflight_is_blocked_by(connection->preflight, finding);
}
