/* SPDX-License-Identifier: Apache-2.0 */
#include "client/connection.h"

#include <gio/gio.h>
#include <string.h>

#include "base/error.h"
#include "base/file.h"
#include "client/headless.h"
#include "tests/support/check.h"

/* A whole connection over the direct broker, a listening socket, a guard that believes a file, and
 * a session that paints a test card (scripted_session.c, which ends as the user's name says). */

typedef struct {
    GSocketListener *listener;
    VdiPaths *paths;
    VdiConnection *connection;
    VdiHeadless *headless;

    const char *user; /* what to sign in as */
    VdiState stop_at; /* ENDED: nowhere */
    bool accepts_risk, accepts_identity;
    bool stops_at_picture;

    GString *way; /* the states, a letter each */
    bool was_asked_before_verdict, has_verdict, was_identified;
    char *risk_error;
    uint32_t width; /* of the settled picture */
    bool is_over;
    GError *error;
} Walk;

static void on_state(VdiConnection *connection, VdiState state, void *user)
{
    Walk *walk = user;

    g_string_append_c(walk->way, "iRGSsCAOoXE"[state]);
    if (state == walk->stop_at) {
        vdi_connection_stop(connection);
    } else if (state == VDI_STATE_GUARD && walk->accepts_risk) {
        g_autoptr(GError) error = NULL;

        if (!vdi_connection_accept_risk(connection, NULL, &error)) {
            walk->risk_error = g_strdup(vdi_error_row(error)->name);
            vdi_connection_stop(connection);
        }
    } else if (state == VDI_STATE_GUARD) {
        vdi_connection_stop(connection);
    }
}

static void on_verdict(
    VdiConnection *connection, const VdiVerdict *verdict, GStrv warnings, void *user)
{
    ((Walk *) user)->has_verdict = true;
}

static void on_ask(VdiConnection *connection, const VdiScreen *screen, void *user)
{
    Walk *walk = user;
    GPtrArray *answers = g_ptr_array_new_with_free_func((GDestroyNotify) vdi_answer_free);

    walk->was_asked_before_verdict = !walk->has_verdict;
    g_ptr_array_add(answers, vdi_answer_new("username", walk->user, NULL));
    g_ptr_array_add(answers, vdi_answer_new("password", NULL, vdi_secret_new("pw", 2)));
    vdi_connection_take_answers(connection, answers);
}

static void on_choose(VdiConnection *connection, GPtrArray *desktops, void *user)
{
    vdi_connection_choose(connection, ((VdiDesktop *) g_ptr_array_index(desktops, 0))->id);
}

static void on_identity(VdiConnection *connection, const VdiMessageIdentity *identity, void *user)
{
    Walk *walk = user;

    walk->was_identified = strcmp(identity->subject, "CN=stranger") == 0;
    vdi_connection_answer_identity(connection, walk->accepts_identity);
}

static void on_settled(const VdiPicture *picture, unsigned index, void *user)
{
    Walk *walk = user;

    walk->width = picture->width;
    if (walk->stops_at_picture) {
        vdi_connection_stop(walk->connection);
    }
}

static void on_closed(const GError *error, void *user)
{
    CHECK(error == NULL);
}

static const VdiHeadlessDelegate headless_delegate = {on_settled, on_closed};

static void on_view(VdiConnection *connection, VdiFd view, void *user)
{
    Walk *walk = user;

    walk->headless = vdi_headless_new(view, &headless_delegate, walk);
}

static void on_phase(VdiConnection *connection, VdiPhase phase, void *user)
{
}

static void on_ended(VdiConnection *connection, const GError *error, void *user)
{
    Walk *walk = user;

    walk->error = error != NULL ? g_error_copy(error) : NULL;
    walk->is_over = true;
}

static const VdiConnectionDelegate delegate = {
    on_state, on_verdict, on_ask, on_choose, on_identity, on_view, on_phase, on_ended};

static void clear(Walk *walk)
{
    vdi_headless_free(walk->headless);
    vdi_connection_free(walk->connection);
    vdi_paths_free(walk->paths);
    g_clear_object(&walk->listener);
    g_string_free(walk->way, true);
    g_free(walk->risk_error);
    g_clear_error(&walk->error);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Walk, clear)

/* `manifest`: the rules that the guard believes; NULL: none. */
static void go(Walk *walk, const char *manifest, const char *flag)
{
    g_autofree char *program = test_built("tests/client/scripted-session");
    g_autofree char *root = g_build_filename(test_folder(), "root-XXXXXX", NULL);

    g_assert(g_mkdtemp(root) != NULL);
    g_autofree char *manifest_path = g_build_filename(root, "manifest.json", NULL);
    g_autofree char *flag_path = g_build_filename(root, flag != NULL ? flag : "-", NULL);

    g_assert(manifest == NULL || vdi_file_write_text(manifest_path, manifest, 0600, NULL));
    g_assert(flag == NULL || vdi_file_write_text(flag_path, "", 0600, NULL));
    walk->listener = g_socket_listener_new();
    guint16 port = g_socket_listener_add_any_inet_port(walk->listener, NULL, NULL);
    g_autofree char *server = g_strdup_printf("rdp://127.0.0.1:%u", port);

    walk->way = g_string_new(NULL);
    walk->paths = vdi_paths_new_system(root);
    const VdiConnectionOptions options = {.server = server,
        .paths = walk->paths,
        .width = 320,
        .height = 200,
        .scale_percent = 100,
        .session_program = program};

    walk->connection = vdi_connection_new(&options, &delegate, walk);
    if (walk->stop_at == VDI_STATE_IDLE) {
        vdi_connection_stop(walk->connection);
    } else {
        vdi_connection_start(walk->connection);
    }
    while (!walk->is_over) {
        g_main_context_iteration(NULL, true);
    }
}

#define RULE(effect)                                                                               \
    "{\"schema\":\"https://vigie.example/manifest/1\",\"id\":\"example-corp\","                    \
    "\"issued\":\"2026-01-01T00:00:00Z\",\"rules\":[{\"id\":\"VDI-1\",\"effect\":\"" effect        \
    "\",\"title\":{\"en\":\"It breaks.\"},\"message\":{\"en\":\"Wait.\"},\"when\":{\"os\":"        \
    "{\"id\":\"debian\"}},\"remedies\":[],\"expires\":\"2100-01-01T00:00:00Z\","                   \
    "\"references\":[]}]}"

static void a_whole_walk_ends_with_a_picture(void)
{
    g_auto(Walk) walk = {.user = "ada", .stop_at = VDI_STATE_ENDED, .stops_at_picture = true};

    go(&walk, NULL, NULL);
    CHECK_TEXT(walk.way->str, "RSsCAOoXE");
    CHECK_NO_ERROR(walk.error);
    CHECK_INT(walk.width, 320);
    const VdiConnectionTimes times = vdi_connection_times(walk.connection);

    CHECK(times.verdict_ms > 0 && times.first_frame_ms >= times.target_ms);
    CHECK_INT(vdi_connection_session_pid(walk.connection), 0);
}

static void a_stop_ends_it_from_every_state(void)
{
    static const struct {
        VdiState state;
        const char *name, *way;
    } rows[] = {
        {VDI_STATE_IDLE, "idle", "XE"},
        {VDI_STATE_REACHING, "reaching", "RXE"},
        {VDI_STATE_SIGN_IN, "sign-in", "RSXE"},
        {VDI_STATE_SIGNING_IN, "signing-in", "RSsXE"},
        {VDI_STATE_CHOOSING, "choosing", "RSsCXE"},
        {VDI_STATE_ASKING, "asking", "RSsCAXE"},
        {VDI_STATE_OPENING, "opening", "RSsCAOXE"},
        {VDI_STATE_OPEN, "open", "RSsCAOoXE"},
        {VDI_STATE_STOPPING, "stopping already", "RSsCAOoXE"},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_auto(Walk) walk = {.user = "ada", .stop_at = rows[i].state, .stops_at_picture = true};

        go(&walk, NULL, NULL);
        CHECK_ROW(rows[i].name, strcmp(walk.way->str, rows[i].way) == 0);
        CHECK_ROW(rows[i].name, walk.error == NULL);
        CHECK_ROW(rows[i].name, vdi_connection_session_pid(walk.connection) == 0);
    }
}

static void a_session_ends_as_it_says(void)
{
    static const struct {
        const char *user, *way, *error; /* NULL: none */
    } rows[] = {
        {"logoff", "RSsCAOoXE", NULL},
        {"crash", "RSsCAOoXE", "session-crashed"},
        {"refused", "RSsCAOXE", "desktop-logon"},
        {"liar", "RSsCAOXE", "session-message"},
        {"stranger", "RSsCAOXE", "desktop-certificate"},
        {"explorer", "RSsCAOXE", "desktop-unknown"},
        {"talker", "RSsCAOXE", "session-message"},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_auto(Walk) walk = {.user = rows[i].user, .stop_at = VDI_STATE_ENDED};

        go(&walk, NULL, NULL);
        CHECK_ROW(rows[i].user, strcmp(walk.way->str, rows[i].way) == 0);
        CHECK_ROW(rows[i].user,
            rows[i].error == NULL ? walk.error == NULL
                                  : walk.error != NULL
                    && strcmp(vdi_error_row(walk.error)->name, rows[i].error) == 0);
    }
}

static void a_deaf_session_is_killed(void)
{
    g_auto(Walk) walk = {.user = "deaf", .stop_at = VDI_STATE_ENDED, .stops_at_picture = true};

    go(&walk, NULL, NULL);
    CHECK_TEXT(walk.way->str, "RSsCAOoXE");
    CHECK_NO_ERROR(walk.error);
}

static void an_identity_that_is_accepted_goes_on(void)
{
    g_auto(Walk) walk = {.user = "stranger",
        .stop_at = VDI_STATE_ENDED,
        .stops_at_picture = true,
        .accepts_identity = true};

    go(&walk, NULL, NULL);
    CHECK(walk.was_identified);
    CHECK_INT(walk.width, 320);
    CHECK_NO_ERROR(walk.error);
}

static void a_session_that_asks_gets_a_connection(void)
{
    g_auto(Walk) walk = {.user = "caller", .stop_at = VDI_STATE_ENDED, .stops_at_picture = true};

    go(&walk, NULL, NULL);
    CHECK_INT(walk.width, 320);
    CHECK_NO_ERROR(walk.error);
}

static void nobody_is_asked_before_the_verdict(void)
{
    g_auto(Walk) walk = {.user = "ada", .stop_at = VDI_STATE_ENDED, .stops_at_picture = true};

    go(&walk, RULE("advise"), NULL);
    CHECK(walk.has_verdict && !walk.was_asked_before_verdict);
    CHECK_TEXT(walk.way->str, "RSsCAOoXE");
}

static void a_block_stands_before_sign_in(void)
{
    g_auto(Walk) walk = {.user = "ada", .stop_at = VDI_STATE_ENDED};

    go(&walk, RULE("block"), NULL);
    CHECK_TEXT(walk.way->str, "RGXE");
    CHECK(walk.has_verdict);
}

static void an_accepted_risk_is_recorded_and_goes_on(void)
{
    g_auto(Walk) walk = {
        .user = "ada", .stop_at = VDI_STATE_ENDED, .stops_at_picture = true, .accepts_risk = true};

    go(&walk, RULE("block"), NULL);
    CHECK_TEXT(walk.way->str, "RGSsCAOoXE");
    g_autofree char *path = g_build_filename(walk.paths->root, "audit", NULL);
    g_autoptr(GBytes) audit = vdi_file_read(path, 4096, NULL);

    CHECK(audit != NULL && g_bytes_get_size(audit) == strlen("example-corp VDI-1\n"));
}

static void a_locked_site_lets_nobody_go_on(void)
{
    g_auto(Walk) walk = {.user = "ada", .stop_at = VDI_STATE_ENDED, .accepts_risk = true};

    go(&walk, RULE("block"), "locked");
    CHECK_TEXT(walk.risk_error, "override-refused");
    CHECK_TEXT(walk.way->str, "RGXE");
}

static void a_strict_site_wants_a_manifest(void)
{
    g_auto(Walk) walk = {.user = "ada", .stop_at = VDI_STATE_ENDED};

    go(&walk, NULL, "strict");
    CHECK_TEXT(walk.way->str, "RXE");
    CHECK_ERROR(walk.error, VDI_GUARD_ERROR, VDI_GUARD_ERROR_STALE);
}

const Test tests[] = {
    {"a whole walk ends with a picture", a_whole_walk_ends_with_a_picture},
    {"a stop ends it from every state", a_stop_ends_it_from_every_state},
    {"a session ends as it says", a_session_ends_as_it_says},
    {"a deaf session is killed", a_deaf_session_is_killed},
    {"an identity that is accepted goes on", an_identity_that_is_accepted_goes_on},
    {"a session that asks gets a connection", a_session_that_asks_gets_a_connection},
    {"nobody is asked before the verdict", nobody_is_asked_before_the_verdict},
    {"a block stands before sign-in", a_block_stands_before_sign_in},
    {"an accepted risk is recorded and goes on", an_accepted_risk_is_recorded_and_goes_on},
    {"a locked site lets nobody go on", a_locked_site_lets_nobody_go_on},
    {"a strict site wants a manifest", a_strict_site_wants_a_manifest},
    TEST_END,
};
