/* SPDX-License-Identifier: Apache-2.0 */
#include "client/unattended.h"

#include <glib-unix.h>
#include <glib/gi18n.h>
#include <signal.h>

#include "base/error.h"
#include "base/text.h"
#include "client/answers.h"
#include "client/connection.h"
#include "client/headless.h"
#include "client/profile.h"
#include "client/report.h"
#include "client/viewer.h"
#include "compat/rules/explain.h"
#include "protocol/session/screenshot.h"

enum { STATUS_TERMINATED = 143 };

typedef struct {
    const VdiOptions *options;
    VdiConnection *connection;
    VdiReport *report;
    VdiHeadless *headless;
    VdiViewer *viewer;
    char *chosen;         /* id of the desktop, while the viewer is asked for its size */
    GHashTable *answered; /* names of screens: none is answered twice */
    guint deadline;       /* source of the first picture's; 0: none */
    bool has_screenshot, was_terminated;
    GError *error; /* ours comes before the connection's */
    bool is_over;
} Unattended;

/* The first reason counts. */
static void give_up(Unattended *run, GError *take_error)
{
    if (run->error == NULL) {
        run->error = take_error;
    } else {
        g_error_free(take_error);
    }
    vdi_connection_stop(run->connection);
}

/* ---- the guard ---- */

static void on_verdict(
    VdiConnection *connection, const VdiVerdict *verdict, GStrv warnings, void *user)
{
    Unattended *run = user;
    const VdiFinding *finding = NULL;

    for (size_t i = 0; warnings[i] != NULL; i++) {
        vdi_report_warning(run->report, warnings[i]);
    }
    for (size_t i = 0; (finding = vdi_verdict_finding(verdict, i)) != NULL; i++) {
        vdi_report_finding(run->report, finding, vdi_connection_is_blocked_by(connection, finding));
    }
}

static bool accept_risks(Unattended *run, GError **error)
{
    const VdiVerdict *verdict = vdi_connection_verdict(run->connection);
    const VdiFinding *finding = NULL;

    for (size_t i = 0; (finding = vdi_verdict_finding(verdict, i)) != NULL; i++) {
        const char *rule = finding->rule->id;

        if (!vdi_connection_is_blocked_by(run->connection, finding)
            || !g_strv_contains((const char *const *) run->options->accepted_risks, rule)) {
            continue;
        }
        if (!vdi_connection_accept_risk(run->connection, rule, error)) {
            return false;
        }
        vdi_report_accepted(run->report, rule);
    }
    return true;
}

static GError *blocked(const Unattended *run)
{
    const VdiVerdict *verdict = vdi_connection_verdict(run->connection);
    g_autoptr(GString) sentences = g_string_new(NULL);
    const VdiFinding *finding = NULL;

    for (size_t i = 0; (finding = vdi_verdict_finding(verdict, i)) != NULL; i++) {
        if (vdi_connection_is_blocked_by(run->connection, finding)) {
            g_autofree char *sentence = vdi_explain_finding(finding, g_get_language_names());

            g_string_append_printf(sentences, "%s%s", sentences->len > 0 ? " " : "", sentence);
        }
    }
    return g_error_new(VDI_GUARD_ERROR, VDI_GUARD_ERROR_BLOCKED, "%s", sentences->str);
}

static void face_guard(Unattended *run)
{
    g_autoptr(GError) error = NULL;

    if (!accept_risks(run, &error)) {
        give_up(run, g_steal_pointer(&error));
    } else if (vdi_connection_state(run->connection) == VDI_STATE_GUARD) {
        give_up(run, blocked(run));
    }
}

/* ---- the viewer ---- */

/* The desktop is asked for in the size that it will have. */
static void on_viewer_sized(uint32_t width, uint32_t height, uint32_t scale_percent, void *user)
{
    Unattended *run = user;

    if (width > 0) {
        vdi_connection_set_size(run->connection, width, height, scale_percent);
    }
    vdi_connection_choose(run->connection, run->chosen);
}

static void on_viewer_ended(const GError *error, void *user)
{
    Unattended *run = user;

    g_clear_pointer(&run->viewer, vdi_viewer_free);
    if (error != NULL) {
        give_up(run, g_error_copy(error));
        return;
    }
    vdi_connection_stop(run->connection);
}

static const VdiViewerDelegate viewer_delegate = {on_viewer_sized, on_viewer_ended};

/* Before the broker prepares the desktop: the window is there before the picture. */
static void open_viewer(Unattended *run)
{
    const char *title = vdi_options_text(run->options, "desktop");
    g_autoptr(GError) error = NULL;

    run->viewer =
        vdi_viewer_new(title != NULL ? title : _("Desktop"), &viewer_delegate, run, &error);
    if (run->viewer == NULL) {
        give_up(run, g_steal_pointer(&error));
    }
}

/* ---- sign-in and choice ---- */

static void on_ask(VdiConnection *connection, const VdiScreen *screen, void *user)
{
    Unattended *run = user;
    g_autoptr(GError) error = NULL;

    if (screen->error != NULL) {
        g_autofree char *shown = vdi_text_quote(screen->error);

        give_up(run,
            g_error_new(VDI_BROKER_ERROR, VDI_BROKER_ERROR_REFUSED, "the broker says %s", shown));
        return;
    }
    if (!screen->is_known || !g_hash_table_add(run->answered, g_strdup(screen->name))) {
        give_up(run,
            vdi_answers_unanswerable(screen,
                screen->is_known ? "it is asked a second time" : "it is none that is known"));
        return;
    }
    GPtrArray *answers = vdi_answers_to(run->options, screen, &error);

    if (answers == NULL) {
        give_up(run, g_steal_pointer(&error));
        return;
    }
    vdi_connection_take_answers(connection, answers);
}

static void on_choose(VdiConnection *connection, GPtrArray *desktops, void *user)
{
    Unattended *run = user;
    g_autoptr(GError) error = NULL;
    const VdiDesktop *desktop =
        vdi_answers_desktop(desktops, vdi_options_text(run->options, "desktop"), &error);

    if (desktop == NULL) {
        give_up(run, g_steal_pointer(&error));
        return;
    }
    if (run->options->has_display) {
        run->chosen = g_strdup(desktop->id);
        open_viewer(run);
    } else {
        vdi_connection_choose(connection, desktop->id);
    }
}

/* Nobody is here who could compare a fingerprint. */
static void on_identity(VdiConnection *connection, const VdiMessageIdentity *identity, void *user)
{
    g_autofree char *subject = vdi_text_quote(identity->subject);
    Unattended *run = user;

    vdi_connection_answer_identity(connection, false);
    give_up(run,
        g_error_new(VDI_SESSION_ERROR, VDI_SESSION_ERROR_CERTIFICATE,
            "nobody vouches for %s, public key SHA-256 %s", subject, identity->key_sha256));
}

/* ---- the picture ---- */

static gboolean on_deadline(gpointer data)
{
    Unattended *run = data;

    run->deadline = 0;
    give_up(run,
        g_error_new(VDI_SESSION_ERROR, VDI_SESSION_ERROR_DEADLINE, "%" G_GUINT64_FORMAT " s",
            vdi_settings_number(run->options->settings, VDI_PROFILE_CONNECT, "timeout")));
    return G_SOURCE_REMOVE;
}

static void on_settled(const VdiPicture *picture, unsigned index, void *user)
{
    Unattended *run = user;
    g_autoptr(GError) error = NULL;

    g_clear_handle_id(&run->deadline, g_source_remove);
    if (run->options->screenshot != NULL) {
        if (!vdi_screenshot_write(picture, index, run->options->screenshot, &error)) {
            give_up(run, g_steal_pointer(&error));
            return;
        }
        run->has_screenshot = true;
        vdi_report_screenshot(
            run->report, run->options->screenshot, picture->width, picture->height);
    }
    if (run->options->once) {
        vdi_connection_stop(run->connection);
    }
}

static void on_view_closed(const GError *error, void *user)
{
    Unattended *run = user;

    if (error != NULL) {
        give_up(run, g_error_copy(error));
    }
}

static const VdiHeadlessDelegate headless_delegate = {on_settled, on_view_closed};

static void on_view(VdiConnection *connection, VdiFd view, void *user)
{
    Unattended *run = user;

    if (run->viewer != NULL) {
        vdi_viewer_show(run->viewer, view, _("Opening the desktop…"));
        vdi_fd_close(view);
        return;
    }
    run->headless = vdi_headless_new(view, &headless_delegate, run);
}

/* ---- the way ---- */

static void on_state(VdiConnection *connection, VdiState state, void *user)
{
    Unattended *run = user;

    vdi_report_state(run->report, state);
    if (state == VDI_STATE_GUARD) {
        face_guard(run);
    } else if (state == VDI_STATE_OPENING) {
        run->deadline = g_timeout_add_seconds(
            (guint) vdi_settings_number(run->options->settings, VDI_PROFILE_CONNECT, "timeout"),
            on_deadline, run);
    } else if (state == VDI_STATE_STOPPING) {
        g_clear_handle_id(&run->deadline, g_source_remove);
    }
}

static void on_phase(VdiConnection *connection, VdiPhase phase, void *user)
{
    Unattended *run = user;

    vdi_report_phase(run->report, phase);
    if (phase == VDI_PHASE_FIRST_FRAME && run->options->screenshot == NULL) {
        g_clear_handle_id(&run->deadline, g_source_remove);
    }
}

static void on_ended(VdiConnection *connection, const GError *error, void *user)
{
    Unattended *run = user;

    if (run->error == NULL && error != NULL) {
        run->error = g_error_copy(error);
    }
    if (run->error == NULL && !run->was_terminated && run->options->screenshot != NULL
        && !run->has_screenshot) {
        run->error = g_error_new_literal(VDI_SESSION_ERROR, VDI_SESSION_ERROR_DISCONNECTED,
            "the session ended before its picture was whole");
    }
    run->is_over = true;
}

static const VdiConnectionDelegate delegate = {
    .state = on_state,
    .verdict = on_verdict,
    .ask = on_ask,
    .choose = on_choose,
    .identity = on_identity,
    .view = on_view,
    .phase = on_phase,
    .ended = on_ended,
};

static gboolean on_terminate(gpointer data)
{
    Unattended *run = data;

    run->was_terminated = true;
    vdi_connection_stop(run->connection);
    return G_SOURCE_CONTINUE;
}

static gboolean on_interrupt(gpointer data)
{
    Unattended *run = data;

    give_up(run, g_error_new_literal(VDI_CLIENT_ERROR, VDI_CLIENT_ERROR_CANCELLED, "interrupted"));
    return G_SOURCE_CONTINUE;
}

static VdiConnection *make_connection(Unattended *run)
{
    const VdiSettings *settings = run->options->settings;
    const VdiConnectionOptions options = {
        .server = vdi_options_text(run->options, "server"),
        .ca_file = vdi_options_text(run->options, "ca-file"),
        .paths = run->options->paths,
        .width = (uint32_t) vdi_settings_number(settings, VDI_PROFILE_CONNECT, "width"),
        .height = (uint32_t) vdi_settings_number(settings, VDI_PROFILE_CONNECT, "height"),
        .scale_percent = 100,
        .refresh_guard = vdi_settings_switch(settings, VDI_PROFILE_GUARD, "refresh"),
        .only_advise = vdi_profile_only_advises(settings),
    };

    return vdi_connection_new(&options, &delegate, run);
}

int vdi_unattended_run(const VdiOptions *options)
{
    Unattended run = {.options = options};

    run.report = vdi_report_new(options->json);
    run.answered = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    run.connection = make_connection(&run);
    guint terminate = g_unix_signal_add(SIGTERM, on_terminate, &run);
    guint interrupt = g_unix_signal_add(SIGINT, on_interrupt, &run);

    vdi_connection_start(run.connection);
    while (!run.is_over) {
        g_main_context_iteration(NULL, true);
    }
    const VdiConnectionTimes times = vdi_connection_times(run.connection);
    int status = vdi_report_end(run.report, run.error, &times);

    g_source_remove(terminate);
    g_source_remove(interrupt);
    vdi_headless_free(run.headless);
    vdi_viewer_free(run.viewer);
    vdi_connection_free(run.connection);
    g_hash_table_unref(run.answered);
    g_free(run.chosen);
    vdi_report_free(run.report);
    g_clear_error(&run.error);
    return run.was_terminated && status == VDI_EXIT_OK ? STATUS_TERMINATED : status;
}
