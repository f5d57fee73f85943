/* SPDX-License-Identifier: Apache-2.0 */
#include <gio/gio.h>
#include <linux/input-event-codes.h>
#include <math.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>

#include "base/file.h"
#include "tests/support/check.h"
#include "tests/support/lab.h"
#include "tests/ui/screen.h"

/* The real program against the real lab, by keyboard alone. What page stands is read from the
 * window's name, as a screen reader does; what arrived, from the broker's log and the pixels. */

enum { WIDE = 1440, HIGH = 960, PATIENCE_MS = 30000, STEP_MS = 25 };

typedef struct {
    Screen *screen;
    TestLab *lab;
    GSubprocess *client;
    char *root;
} Scene;

static bool has_title(Scene *scene, const char *wanted)
{
    g_autofree char *title = NULL;

    for (int i = 0; i < PATIENCE_MS / STEP_MS; i++) {
        g_free(title);
        title = screen_title(scene->screen);
        if (g_str_equal(title, wanted)) {
            return true;
        }
        g_usleep(STEP_MS * 1000);
    }
    printf("\n    the window is called \"%s\", not \"%s\"\n", title, wanted);
    screen_keep(scene->screen, "vdi-client-astray");
    return false;
}

/* The screen, once it has stopped changing: pages are drawn a moment after they are named. */
static bool keep(Scene *scene, const char *name)
{
    int wide = 0, high = 0;
    g_autofree uint32_t *before = screen_copy(scene->screen, &wide, &high);

    for (int i = 0; i < 20; i++) {
        g_usleep(6 * STEP_MS * 1000);
        uint32_t *now = screen_copy(scene->screen, &wide, &high);
        bool same = memcmp(before, now, (size_t) wide * (size_t) high * 4) == 0;

        g_free(before);
        before = now;
        if (same) {
            break;
        }
    }
    return screen_keep(scene->screen, name);
}

static bool is_alive(Scene *scene)
{
    return g_subprocess_get_identifier(scene->client) != NULL;
}

static bool start(Scene *scene, const char *const *more)
{
    g_autofree char *program = test_built("ui/vdi-client");
    g_autofree char *state = g_build_filename(test_folder(), "state", NULL);
    g_autoptr(GPtrArray) argv = g_ptr_array_new();
    g_autoptr(GSubprocessLauncher) launcher = g_subprocess_launcher_new(G_SUBPROCESS_FLAGS_NONE);
    const char *const fixed[] = {program, "--ca", scene->lab->ca_file, "--root", scene->root};

    for (size_t i = 0; i < G_N_ELEMENTS(fixed); i++) {
        g_ptr_array_add(argv, (gpointer) fixed[i]);
    }
    for (size_t i = 0; more != NULL && more[i] != NULL; i++) {
        g_ptr_array_add(argv, (gpointer) more[i]);
    }
    g_ptr_array_add(argv, NULL);
    g_subprocess_launcher_setenv(launcher, "XDG_STATE_HOME", state, true);
    g_subprocess_launcher_setenv(launcher, "HOME", test_folder(), true);
    scene->client = g_subprocess_launcher_spawnv(launcher, (const char *const *) argv->pdata, NULL);
    return scene->client != NULL;
}

static bool set_up(Scene *scene)
{
    scene->screen = screen_new(WIDE, HIGH);
    if (scene->screen == NULL) {
        skip("Xvfb");
        return false;
    }
    scene->lab = test_lab_start(NULL);
    scene->root = g_build_filename(test_folder(), "root", NULL);
    screen_move(scene->screen, 60, 600); /* inside: without a window manager keys follow it */
    return scene->lab != NULL;
}

static void tear_down(Scene *scene)
{
    if (scene->client != NULL) {
        g_subprocess_force_exit(scene->client);
        g_subprocess_wait(scene->client, NULL, NULL);
        g_object_unref(scene->client);
    }
    test_lab_stop(scene->lab);
    screen_free(scene->screen);
    g_free(scene->root);
}

static void type_password(Scene *scene)
{
    g_autoptr(GBytes) bytes =
        vdi_file_read(test_lab_user(scene->lab, "ada")->password_file, 1024, NULL);
    g_autofree char *text = g_strndup(g_bytes_get_data(bytes, NULL), g_bytes_get_size(bytes));

    screen_type(scene->screen, text);
    screen_tap(scene->screen, KEY_ENTER);
}

/* PSNR in dB of the lab's still part against the screen, with the picture's corner at (left, top).
 */
static double likeness(const TestLabArea *still, const uint32_t *desktop, int desktop_width,
    const uint32_t *screen, int left, int top)
{
    double sum = 0;

    for (uint32_t y = still->y; y < still->y + still->height; y++) {
        for (uint32_t x = still->x; x < still->x + still->width; x++) {
            uint32_t a = desktop[y * (uint32_t) desktop_width + x];
            uint32_t b = screen[((uint32_t) top + y) * WIDE + (uint32_t) left + x];

            for (int shift = 0; shift < 24; shift += 8) {
                double d = (double) (a >> shift & 0xff) - (double) (b >> shift & 0xff);

                sum += d * d;
            }
        }
    }
    double mean = sum / ((double) still->width * still->height * 3);

    return mean == 0 ? 99 : 10 * log10(255.0 * 255.0 / mean);
}

/* The picture stands somewhere below the header bar; nobody needs to know how high that is. */
static double best_likeness(Scene *scene)
{
    const TestLabDesktop *office = test_lab_desktop(scene->lab, "office");
    int wide = 0, high = 0, screen_wide = 0, screen_high = 0;
    g_autofree uint32_t *desktop = screen_copy_of(office->display, &wide, &high);
    g_autofree uint32_t *screen = screen_copy(scene->screen, &screen_wide, &screen_high);
    double best = 0;

    for (int top = 0; desktop != NULL && top + high <= screen_high; top++) {
        TestLabArea strip = office->still;

        strip.height = 8;
        strip.y += office->still.height / 3;
        if (likeness(&strip, desktop, wide, screen, (screen_wide - wide) / 2, top) > 25) {
            best = MAX(best,
                likeness(&office->still, desktop, wide, screen, (screen_wide - wide) / 2, top));
        }
    }
    return best;
}

static bool shows_office(Scene *scene)
{
    double seen = 0;

    for (int i = 0; i < 200 && seen < 35; i++) {
        seen = best_likeness(scene);
        g_usleep(STEP_MS * 1000);
    }
    if (seen < 35) {
        printf("\n    the still part is only %.1f dB alike\n", seen);
        screen_keep(scene->screen, "vdi-client-astray");
    }
    return seen >= 35;
}

/* The vdi-session that the client started; 0 when there is none. */
static int session_of(Scene *scene)
{
    g_autoptr(GDir) proc = g_dir_open("/proc", 0, NULL);
    const char *name = NULL;

    while ((name = g_dir_read_name(proc)) != NULL) {
        g_autofree char *path = g_build_filename("/proc", name, "stat", NULL);
        g_autoptr(GBytes) bytes = g_ascii_isdigit(*name) ? vdi_file_read(path, 4096, NULL) : NULL;

        if (bytes == NULL) {
            continue;
        }
        g_autofree char *stat = g_strndup(g_bytes_get_data(bytes, NULL), g_bytes_get_size(bytes));
        const char *after = strrchr(stat, ')');
        g_auto(GStrv) words = g_strsplit(after != NULL ? after + 2 : "", " ", 3);

        if (strstr(stat, "(vdi-session)") != NULL && g_strv_length(words) > 1
            && g_str_equal(words[1], g_subprocess_get_identifier(scene->client))) {
            return (int) g_ascii_strtoll(name, NULL, 10);
        }
    }
    return 0;
}

static bool sign_in(Scene *scene)
{
    if (!has_title(scene, "Sign In")) {
        return false;
    }
    type_password(scene);
    return true;
}

static bool was_refused(Scene *scene)
{
    for (int i = 0; i < PATIENCE_MS / STEP_MS; i++) {
        g_autofree char *log = test_lab_log(scene->lab->broker_log);

        if (strstr(log, "submit-authentication") != NULL) {
            return true;
        }
        g_usleep(STEP_MS * 1000);
    }
    return false;
}

/* The lab's swatch turns green when a key arrives there. */
static bool hears_keys(Scene *scene)
{
    const TestLabDesktop *office = test_lab_desktop(scene->lab, "office");

    for (int i = 0; i < PATIENCE_MS / STEP_MS; i++) {
        int wide = 0, high = 0;
        g_autofree uint32_t *desktop = screen_copy_of(office->display, &wide, &high);

        if (desktop != NULL && (desktop[724 * wide + 76] & 0xffffff) == 0x2eb872) {
            return true;
        }
        g_usleep(STEP_MS * 1000);
    }
    return false;
}

static void ctrl_alt(Scene *scene)
{
    screen_key(scene->screen, KEY_LEFTCTRL, true);
    screen_key(scene->screen, KEY_LEFTALT, true);
    screen_key(scene->screen, KEY_LEFTALT, false);
    screen_key(scene->screen, KEY_LEFTCTRL, false);
}

/* What is around the picture is black, what is of the window is not. */
static bool becomes_black(Scene *scene, int x, int y, bool black)
{
    for (int i = 0; i < PATIENCE_MS / STEP_MS; i++) {
        if ((screen_pixel(scene->screen, x, y) == 0) == black) {
            return true;
        }
        g_usleep(STEP_MS * 1000);
    }
    return false;
}

static void signs_in_opens_loses_and_reconnects(void)
{
    Scene scene = {0};

    if (!set_up(&scene)) {
        tear_down(&scene);
        return;
    }
    const char *const options[] = {"--server", scene.lab->broker, "--user", "ada", NULL};

    CHECK(start(&scene, options));
    CHECK(has_title(&scene, "Sign In"));
    screen_resize_window(scene.screen, WIDE, HIGH);
    screen_type(scene.screen, "not the password");
    CHECK(keep(&scene, "vdi-client-sign-in"));
    screen_tap(scene.screen, KEY_ENTER);
    /* A broker on this machine answers before a picture can be taken: its log says that it did. */
    CHECK(was_refused(&scene));
    CHECK(has_title(&scene, "Sign In"));
    CHECK(keep(&scene, "vdi-client-wrong-password"));
    CHECK(sign_in(&scene));
    CHECK(has_title(&scene, "Desktops"));
    CHECK(keep(&scene, "vdi-client-desktops"));
    screen_tap(scene.screen, KEY_ENTER);
    CHECK(has_title(&scene, "Office"));
    CHECK(shows_office(&scene));
    screen_type(scene.screen, "vigie");
    CHECK(hears_keys(&scene));
    CHECK(shows_office(&scene));
    CHECK(keep(&scene, "vdi-client-desktop"));

    int session = session_of(&scene);

    CHECK(session > 0 && kill(session, SIGSEGV) == 0);
    CHECK(has_title(&scene, "Disconnected"));
    CHECK(is_alive(&scene));
    CHECK(keep(&scene, "vdi-client-crashed"));
    screen_tap(scene.screen, KEY_ENTER); /* Reconnect has the keyboard */
    CHECK(sign_in(&scene));
    CHECK(has_title(&scene, "Office")); /* without choosing again */
    CHECK(shows_office(&scene));
    CHECK(session_of(&scene) > 0 && session_of(&scene) != session);

    /* Ctrl+Alt leaves the desktop; the first tool of the header bar fills the screen. */
    ctrl_alt(&scene);
    screen_tap(scene.screen, KEY_ENTER);
    CHECK(becomes_black(&scene, 20, 20, true));
    CHECK(keep(&scene, "vdi-client-full-screen"));
    ctrl_alt(&scene); /* brings the bar: Leave Full Screen has the keyboard */
    CHECK(becomes_black(&scene, 20, 20, false));
    CHECK(keep(&scene, "vdi-client-full-screen-bar"));
    screen_tap(scene.screen, KEY_ENTER);
    CHECK(becomes_black(&scene, 20, 80, true)); /* the header bar pushes the picture down */
    CHECK(becomes_black(&scene, 20, 20, false));

    /* The third tool disconnects. */
    ctrl_alt(&scene);
    screen_tap(scene.screen, KEY_TAB);
    screen_tap(scene.screen, KEY_TAB);
    screen_tap(scene.screen, KEY_ENTER);
    CHECK(has_title(&scene, "Vigie"));
    CHECK(keep(&scene, "vdi-client-servers"));
    CHECK(is_alive(&scene));
    tear_down(&scene);
}

static bool publish_rule(Scene *scene)
{
    g_autofree char *script = test_source("tests/ui/publish_rule.sh");
    g_autofree char *build = test_built("");
    g_autoptr(GError) error = NULL;
    g_autoptr(GSubprocess) child =
        g_subprocess_new(G_SUBPROCESS_FLAGS_STDOUT_SILENCE | G_SUBPROCESS_FLAGS_STDERR_SILENCE,
            &error, "/bin/sh", script, build, scene->root, scene->lab->repository, scene->lab->web,
            scene->lab->ca_file, NULL);

    return child != NULL && g_subprocess_wait_check(child, NULL, NULL);
}

static bool nobody_signed_in(Scene *scene)
{
    g_autofree char *log = test_lab_log(scene->lab->broker_log);

    return strstr(log, "submit-authentication") == NULL;
}

static void a_blocking_rule_stands_before_the_password(void)
{
    Scene scene = {0};

    if (!set_up(&scene) || !publish_rule(&scene)) {
        CHECK(scene.lab == NULL);
        tear_down(&scene);
        return;
    }
    const char *const options[] = {"--server", scene.lab->broker, "--user", "ada", NULL};

    CHECK(start(&scene, options));
    CHECK(has_title(&scene, "Blocked"));
    CHECK(nobody_signed_in(&scene));
    CHECK(keep(&scene, "vdi-client-blocked"));
    screen_key(scene.screen, KEY_LEFTSHIFT, true);
    screen_tap(scene.screen, KEY_TAB); /* from Go Back, where Return does no harm */
    screen_key(scene.screen, KEY_LEFTSHIFT, false);
    screen_tap(scene.screen, KEY_ENTER); /* Connect Anyway */
    CHECK(has_title(&scene, "Sign In"));
    screen_tap(scene.screen, KEY_ESC);
    CHECK(has_title(&scene, "Vigie"));
    CHECK(nobody_signed_in(&scene));
    tear_down(&scene);
}

static void a_dead_server_is_said_in_its_place(void)
{
    Scene scene = {0};
    const char *const options[] = {"--server", "https://127.0.0.1:1", NULL};

    if (set_up(&scene)) {
        CHECK(start(&scene, options));
        CHECK(has_title(&scene, "Vigie"));
        CHECK(keep(&scene, "vdi-client-unreachable"));
        CHECK(is_alive(&scene));
    }
    tear_down(&scene);
}

const Test tests[] = {
    {"signs in, opens a desktop, outlives its crash and connects again, all by keyboard",
        signs_in_opens_loses_and_reconnects},
    {"a blocking rule stands before the password, and a person may go on",
        a_blocking_rule_stands_before_the_password},
    {"a server that nobody answers at is said in its place", a_dead_server_is_said_in_its_place},
    TEST_END,
};
