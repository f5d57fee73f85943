/* SPDX-License-Identifier: Apache-2.0 */
#include <gio/gio.h>
#include <linux/input-event-codes.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

#include "protocol/session/channel.h"
#include "tests/support/check.h"
#include "tests/ui/painter.h"
#include "tests/ui/screen.h"

enum { WIDE = 800, HIGH = 600, PATIENCE_MS = 20000 };

/* The real program on a screen of its own, vdi-connect's and vdi-session's part played by the test.
 */
typedef struct {
    Screen *screen;
    Painter *painter;
    GSubprocess *viewer;
    VdiFd status; /* our end */
    GString *heard;
} Scene;

static gboolean tick(gpointer data)
{
    ++*(int *) data;
    return G_SOURCE_CONTINUE;
}

static bool until(bool (*done)(Scene *scene), Scene *scene)
{
    int ticks = 0;
    guint timer = g_timeout_add(20, tick, &ticks);
    bool is_done = false;

    while (!(is_done = done(scene)) && ticks < PATIENCE_MS / 20) {
        g_main_context_iteration(NULL, true);
    }
    g_source_remove(timer);
    return is_done;
}

static bool set_up(Scene *scene)
{
    VdiFd theirs = -1, view = -1;
    g_autofree char *program = test_built("ui/vdi-viewer");

    scene->status = -1;
    scene->heard = g_string_new(NULL);
    scene->screen = screen_new(WIDE, HIGH);
    if (scene->screen == NULL) {
        skip("Xvfb");
        return false;
    }
    /* Born with the environment of this moment. */
    g_autoptr(GSubprocessLauncher) launcher = g_subprocess_launcher_new(G_SUBPROCESS_FLAGS_NONE);

    g_assert(vdi_channel_pair(&scene->status, &theirs, NULL));
    scene->painter = painter_new(WIDE, HIGH, &view);
    g_subprocess_launcher_take_fd(launcher, view, 3);
    g_subprocess_launcher_take_fd(launcher, theirs, 4);
    scene->viewer = g_subprocess_launcher_spawn(launcher, NULL, program, "--title", "Office", NULL);
    return scene->viewer != NULL;
}

/* With a view socket, or -1. */
static void say(Scene *scene, const char *headline, const char *detail, int view)
{
    VdiMessageStatus status = {.kind = VDI_MESSAGE_STATUS};

    g_strlcpy(status.headline, headline, sizeof status.headline);
    g_strlcpy(status.detail, detail, sizeof status.detail);
    CHECK(vdi_channel_try_send(scene->status, &status, sizeof status, view, NULL));
}

/* Exit status of the viewer, which has been told to end, or ends by itself. */
static int ending(Scene *scene)
{
    CHECK(g_subprocess_wait(scene->viewer, NULL, NULL));
    return g_subprocess_get_if_exited(scene->viewer) ? g_subprocess_get_exit_status(scene->viewer)
                                                     : -1;
}

static void tear_down(Scene *scene)
{
    if (scene->viewer != NULL) {
        g_subprocess_force_exit(scene->viewer);
        g_subprocess_wait(scene->viewer, NULL, NULL);
        g_object_unref(scene->viewer);
    }
    painter_free(scene->painter);
    vdi_fd_close(scene->status);
    screen_free(scene->screen);
    g_string_free(scene->heard, true);
}

static bool is_dark(Scene *scene)
{
    return painter_has_picture(scene->painter) && screen_pixel(scene->screen, 5, 5) == 0x1d1d20
        && screen_pixel(scene->screen, WIDE - 5, HIGH - 5) == 0x1d1d20;
}

static bool shows_card(Scene *scene)
{
    int width = 0, height = 0;
    g_autofree uint32_t *pixels = screen_copy(scene->screen, &width, &height);
    unsigned round = painter_round(scene->painter);
    bool same = pixels != NULL;

    for (uint32_t y = 0; same && y < HIGH; y++) {
        for (uint32_t x = 0; same && x < WIDE; x++) {
            same = (pixels[y * WIDE + x] & 0xffffff) == painter_color(round, x, y);
        }
    }
    return same;
}

static bool heard(Scene *scene, const char *words)
{
    g_autofree char *more = painter_input(scene->painter);

    g_string_append_printf(scene->heard, "%s%s", scene->heard->len > 0 && *more ? ", " : "", more);
    return strstr(scene->heard->str, words) != NULL;
}

/* What vdi-connect asks the desktop's size from. */
static bool says_its_size(Scene *scene)
{
    g_autofree VdiMessage *message = g_new(VdiMessage, 1);
    g_auto(VdiFd) passed = -1;
    const VdiMessageResize *size = (const VdiMessageResize *) message;
    struct pollfd room = {.fd = scene->status, .events = POLLIN};

    return poll(&room, 1, 0) == 1
        && vdi_channel_receive(scene->status, message, &passed, NULL) == sizeof *size
        && size->kind == VDI_MESSAGE_RESIZE && size->width == WIDE && size->height == HIGH
        && size->scale_percent == 100;
}

static void tells_the_room_that_it_has(void)
{
    Scene scene = {0};

    if (set_up(&scene)) {
        CHECK(until(says_its_size, &scene));
    }
    tear_down(&scene);
}

static bool heard_focus(Scene *scene)
{
    return heard(scene, "focus 1");
}

static bool heard_key(Scene *scene)
{
    return heard(scene, "key 30 down, key 30 up");
}

static bool heard_click(Scene *scene)
{
    return heard(scene, "move 400 300, button 272 down at 400 300, button 272 up at 400 300");
}

static void waits_then_fills_the_screen(void)
{
    Scene scene = {0};

    if (set_up(&scene)) {
        say(&scene, "Asking the broker…", "https://broker.example.com", -1);
        CHECK(until(is_dark, &scene));
        CHECK(screen_keep(scene.screen, "vdi-viewer-waiting"));
        painter_paint(scene.painter, NULL);
        CHECK(until(shows_card, &scene));
        CHECK(screen_keep(scene.screen, "vdi-viewer-desktop"));
        CHECK(until(heard_focus, &scene));
        screen_tap(scene.screen, KEY_A);
        CHECK(until(heard_key, &scene));
        screen_move(scene.screen, 400, 300);
        screen_click(scene.screen, 1);
        CHECK(until(heard_click, &scene));
        vdi_fd_close(scene.status);
        scene.status = -1;
        CHECK_INT(ending(&scene), 0);
    }
    tear_down(&scene);
}

static void goes_back_to_waiting_when_the_session_dies(void)
{
    Scene scene = {0};

    if (set_up(&scene)) {
        CHECK(until(is_dark, &scene));
        painter_paint(scene.painter, NULL);
        CHECK(until(shows_card, &scene));
        VdiFd view = -1;
        Painter *second = painter_new(WIDE, HIGH, &view);

        painter_free(scene.painter);
        scene.painter = second;
        say(&scene, "The connection to the desktop was lost.", "Trying again in 3 seconds", -1);
        say(&scene, "Opening the desktop…", "", view);
        vdi_fd_close(view);
        CHECK(until(is_dark, &scene));
        painter_paint(scene.painter, NULL);
        CHECK(until(shows_card, &scene));
    }
    tear_down(&scene);
}

static void ends_when_it_hears_what_must_not_be_said(void)
{
    static const struct {
        const char *name;
        VdiMessageStatus status;
        size_t size;
    } rows[] = {
        {"another kind", {.kind = VDI_MESSAGE_STOP}, sizeof(VdiMessageStatus)},
        {"a part of it", {.kind = VDI_MESSAGE_STATUS}, sizeof(VdiMessageStatus) - 1},
        {"an escape", {VDI_MESSAGE_STATUS, "\033[2J", ""}, sizeof(VdiMessageStatus)},
        {"no UTF-8", {VDI_MESSAGE_STATUS, "ok", "\xff"}, sizeof(VdiMessageStatus)},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        Scene scene = {0};

        if (set_up(&scene)) {
            CHECK_ROW(rows[i].name,
                vdi_channel_try_send(scene.status, &rows[i].status, rows[i].size, -1, NULL));
            CHECK_ROW(rows[i].name, ending(&scene) == 0);
        }
        tear_down(&scene);
    }
}

static void says_usage_without_its_sockets(void)
{
    Screen *screen = screen_new(WIDE, HIGH);
    g_autofree char *program = test_built("ui/vdi-viewer");
    g_autoptr(GSubprocess) viewer = screen != NULL
        ? g_subprocess_new(G_SUBPROCESS_FLAGS_STDERR_SILENCE, NULL, program, NULL)
        : NULL;

    if (viewer == NULL) {
        skip("Xvfb");
    } else {
        CHECK(g_subprocess_wait(viewer, NULL, NULL));
        CHECK_INT(g_subprocess_get_exit_status(viewer), 64);
    }
    screen_free(screen);
}

const Test tests[] = {
    {"waits in words, then fills the screen, and ends with vdi-connect",
        waits_then_fills_the_screen},
    {"waits again when the session dies, and takes the next one",
        goes_back_to_waiting_when_the_session_dies},
    {"tells the room that it has", tells_the_room_that_it_has},
    {"ends when it hears what must not be said", ends_when_it_hears_what_must_not_be_said},
    {"says that it is not started by hand", says_usage_without_its_sockets},
    TEST_END,
};
