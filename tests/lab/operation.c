/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/lab/operation.h"

#include "base/text.h"
#include "tests/lab/document.h"
#include "tests/lab/screen.h"

struct LabOperation {
    const char *name, *response;
    int since; /* the first version that knows it */
    bool needs_sign_in;
    const char *(*answer)(LabTurn *turn, const xmlNode *request);
};

static const char *succeed(LabTurn *turn)
{
    g_string_append(turn->out, "<result>ok</result>");
    return "ok";
}

static const char *fail(LabTurn *turn, const char *code, const char *message)
{
    g_string_append(turn->out, "<result>error</result>");
    lab_write_text(turn->out, "error-code", code);
    lab_write_text(turn->out, "error-message", message);
    lab_write_text(turn->out, "user-message", message);
    g_string_append_printf(turn->detail, "%scode=%s", turn->detail->len > 0 ? " " : "", code);
    return "error";
}

static void forget(LabTurn *turn)
{
    lab_sessions_forget(turn->broker->sessions, turn->session);
    turn->session = NULL;
}

static const LabScreen *screen_that_stands(const LabTurn *turn)
{
    return lab_screen_find(turn->broker->scenario->screens[turn->session->screen]);
}

static const char *ask(LabTurn *turn, const char *result, const char *refusal)
{
    lab_write_text(turn->out, "result", result);
    lab_screen_write(
        turn->out, screen_that_stands(turn), turn->broker->scenario, turn->session, refusal);
    return result;
}

static const char *answer_locale(LabTurn *turn, const xmlNode *request)
{
    g_autofree char *locale = lab_node_text(lab_node_find(request, "locale"));
    g_autofree char *quoted = vdi_text_quote(locale);

    g_string_append_printf(turn->detail, "locale=%s", quoted);
    return succeed(turn);
}

static const char *answer_configuration(LabTurn *turn, const xmlNode *request)
{
    if (turn->session != NULL && turn->session->is_signed_in) {
        return fail(turn, "ALREADY_AUTHENTICATED", "You are signed in already.");
    }
    return ask(turn, "ok", NULL);
}

static const char *refuse(LabTurn *turn, const LabScreen *screen)
{
    turn->is_unfinished = true;
    turn->session->n_wrong++;
    if (turn->session->n_wrong >= turn->broker->scenario->attempts) {
        forget(turn);
        return fail(turn, "AUTHENTICATION_FAILED", "Maximum login attempts exceeded.");
    }
    return ask(turn, "partial", lab_screen_refusal(screen));
}

static const char *answer_authentication(LabTurn *turn, const xmlNode *request)
{
    const LabScenario *scenario = turn->broker->scenario;
    const xmlNode *answer = lab_node_find(request, "screen");
    g_autofree char *description = lab_screen_describe(answer);

    g_string_append(turn->detail, description);
    if (turn->session == NULL || turn->session->is_signed_in) {
        return fail(turn, "ALREADY_AUTHENTICATED", "You are signed in already.");
    }
    const LabScreen *screen = screen_that_stands(turn);

    if (!lab_screen_is_meant(screen, answer)) {
        turn->is_unfinished = true;
        forget(turn);
        return fail(turn, "AUTHENTICATION_FAILED", "Another question was asked.");
    }
    if (!lab_screen_accepts(screen, scenario, turn->session, answer)) {
        return refuse(turn, screen);
    }
    turn->session->n_wrong = 0;
    if (scenario->screens[turn->session->screen + 1] != NULL) {
        turn->session->screen++;
        turn->is_unfinished = true;
        return ask(turn, "partial", NULL);
    }
    turn->session->is_signed_in = true;
    succeed(turn);
    lab_write_switch(turn->out, "logout-on-cert-removal-enabled", false);
    return "ok";
}

static const char *answer_tunnel(LabTurn *turn, const xmlNode *request)
{
    succeed(turn);
    lab_write_switch(turn->out, "bypass-tunnel", true);
    return "ok";
}

static char *running_key(const LabTurn *turn, const char *desktop_id)
{
    return g_strdup_printf("%s\n%s", turn->session->user->name, desktop_id);
}

static void write_desktop(LabTurn *turn, const LabDesktop *desktop)
{
    g_autofree char *key = running_key(turn, desktop->id);
    const char *session_id = g_hash_table_lookup(turn->broker->running, key);
    GString *out = turn->out;

    g_string_append(out, "<desktop>");
    lab_write_text(out, "id", desktop->id);
    lab_write_text(out, "name", desktop->name);
    lab_write_text(out, "type", "free");
    lab_write_text(out, "state", "available");
    lab_write_text(out, "session-id", session_id != NULL ? session_id : "");
    lab_write_switch(out, "reset-allowed", true);
    lab_write_switch(out, "reset-allowed-on-session", true);
    lab_write_switch(out, "in-maintenance-mode", desktop->in_maintenance);
    lab_write_switch(out, "expired", desktop->is_expired);
    g_string_append(out, "<protocols>");
    for (char **protocol = desktop->protocols; *protocol != NULL; protocol++) {
        g_string_append(out, "<protocol>");
        lab_write_text(out, "name", *protocol);
        lab_write_switch(out, "is-default", protocol == desktop->protocols);
        g_string_append(out, "</protocol>");
    }
    g_string_append(out, "</protocols></desktop>");
}

static void write_desktops(LabTurn *turn)
{
    const GPtrArray *desktops = turn->broker->scenario->desktops;

    for (guint i = 0; i < desktops->len; i++) {
        if (lab_user_is_entitled(turn->session->user, g_ptr_array_index(desktops, i))) {
            write_desktop(turn, g_ptr_array_index(desktops, i));
        }
    }
}

static const char *answer_desktops(LabTurn *turn, const xmlNode *request)
{
    succeed(turn);
    write_desktops(turn);
    return "ok";
}

static const char *answer_launch_items(LabTurn *turn, const xmlNode *request)
{
    succeed(turn);
    if (lab_node_find(request, "desktops") != NULL) {
        g_string_append(turn->out, "<desktops>");
        write_desktops(turn);
        g_string_append(turn->out, "</desktops>");
    }
    return "ok";
}

static void write_connection(LabTurn *turn, const LabDesktop *desktop, const char *protocol)
{
    g_autofree char *port = g_strdup_printf("%u", desktop->port);

    succeed(turn);
    lab_write_text(turn->out, "id", desktop->id);
    lab_write_text(turn->out, "address", desktop->host);
    lab_write_text(turn->out, "port", port);
    lab_write_text(turn->out, "protocol", protocol);
    if (desktop->user != NULL) {
        lab_write_text(turn->out, "user-name", desktop->user);
    }
    if (desktop->password != NULL) {
        lab_write_text(turn->out, "password", desktop->password);
    }
    if (desktop->domain != NULL) {
        lab_write_text(turn->out, "domain-name", desktop->domain);
    }
    lab_write_switch(turn->out, "enable-usb", false);
    lab_write_switch(turn->out, "enable-mmr", false);
}

static const char *answer_connection(LabTurn *turn, const xmlNode *request)
{
    g_autofree char *id = lab_node_text(lab_node_find(request, "desktop-id"));
    g_autofree char *protocol = lab_node_text(lab_node_find(request, "protocol/name"));
    g_autofree char *quoted = vdi_text_quote(id);
    const LabDesktop *desktop = lab_scenario_desktop(turn->broker->scenario, id);

    g_string_append_printf(turn->detail, "desktop=%s", quoted);
    if (desktop == NULL || !lab_user_is_entitled(turn->session->user, desktop)) {
        return fail(turn, "NOT_ENTITLED", "You are not entitled to this desktop.");
    }
    if (!g_strv_contains((const char *const *) desktop->protocols, protocol)) {
        return fail(turn, "PROTOCOL_NOT_SUPPORTED", "This desktop does not speak that protocol.");
    }
    if (desktop->in_maintenance || desktop->is_expired || desktop->is_unavailable
        || desktop->host == NULL) {
        return fail(turn, "DESKTOP_NOT_AVAILABLE", "No machine is free for this desktop.");
    }
    write_connection(turn, desktop, protocol);
    g_hash_table_replace(turn->broker->running, running_key(turn, id),
        g_strdup_printf("S-%u", ++turn->broker->n_sessions));
    return "ok";
}

static const char *answer_kill(LabTurn *turn, const xmlNode *request)
{
    g_autofree char *id = lab_node_text(lab_node_find(request, "session-id"));
    g_autofree char *prefix = running_key(turn, "");
    GHashTableIter running;
    gpointer key, value;

    g_hash_table_iter_init(&running, turn->broker->running);
    while (g_hash_table_iter_next(&running, &key, &value)) {
        if (g_str_equal(value, id) && g_str_has_prefix(key, prefix)) {
            g_hash_table_iter_remove(&running);
            return succeed(turn);
        }
    }
    return fail(turn, "SESSION_NOT_FOUND", "There is no such session.");
}

static const char *answer_reset(LabTurn *turn, const xmlNode *request)
{
    g_autofree char *id = lab_node_text(lab_node_find(request, "desktop-id"));
    g_autofree char *key = running_key(turn, id);
    const LabDesktop *desktop = lab_scenario_desktop(turn->broker->scenario, id);

    if (desktop == NULL || !lab_user_is_entitled(turn->session->user, desktop)) {
        return fail(turn, "NOT_ENTITLED", "You are not entitled to this desktop.");
    }
    g_hash_table_remove(turn->broker->running, key);
    return succeed(turn);
}

static const char *answer_logout(LabTurn *turn, const xmlNode *request)
{
    forget(turn);
    return succeed(turn);
}

static const LabOperation operations[] = {
    {"set-locale", "set-locale", 20, false, answer_locale},
    {"get-configuration", "configuration", 10, false, answer_configuration},
    {"do-submit-authentication", "submit-authentication", 10, false, answer_authentication},
    {"get-tunnel-connection", "tunnel-connection", 10, true, answer_tunnel},
    {"get-desktops", "desktops", 10, true, answer_desktops},
    {"get-launch-items", "launch-items", 90, true, answer_launch_items},
    {"get-desktop-connection", "desktop-connection", 10, true, answer_connection},
    {"kill-session", "kill-session", 10, true, answer_kill},
    {"reset-desktop", "reset-desktop", 10, true, answer_reset},
    {"do-logout", "logout", 10, true, answer_logout},
};

const LabOperation *lab_operation_find(const char *name, int version)
{
    for (size_t i = 0; i < G_N_ELEMENTS(operations); i++) {
        if (g_ascii_strcasecmp(operations[i].name, name) == 0 && operations[i].since <= version) {
            return &operations[i];
        }
    }
    return NULL;
}

static const char *answer(const LabOperation *operation, LabTurn *turn, const xmlNode *request)
{
    const LabBroker *broker = turn->broker;
    bool is_signed_in = turn->session != NULL && turn->session->is_signed_in;

    /* A broker of 1.0 knew no "notexecuted". */
    if (operation->needs_sign_in && !is_signed_in && turn->is_unfinished && turn->version > 10) {
        g_string_append(turn->out, "<result>notexecuted</result>");
        return "notexecuted";
    }
    if (operation->needs_sign_in && !is_signed_in) {
        return fail(turn, "NOT_AUTHENTICATED", "Sign in first.");
    }
    const char *fault =
        lab_faults_operation(broker->faults, broker->n_requests, operation->response);

    if (fault != NULL) {
        g_string_append(turn->out, fault);
        return "fault";
    }
    return operation->answer(turn, request);
}

const char *lab_operation_answer(
    const LabOperation *operation, LabTurn *turn, const xmlNode *request)
{
    g_string_append_printf(turn->out, "<%s>", operation->response);
    const char *result = answer(operation, turn, request);

    g_string_append_printf(turn->out, "</%s>", operation->response);
    return result;
}
