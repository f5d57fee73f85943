/* SPDX-License-Identifier: Apache-2.0 */
#include <gtk/gtk.h>
#include <linux/input-event-codes.h>

#include "tests/support/check.h"
#include "tests/ui/painter.h"
#include "tests/ui/screen.h"
#include "ui/desktop_view.h"
#include "ui/screen_window.h"
#include "ui/style.h"

enum { WIDE = 640, HIGH = 480, PATIENCE_MS = 20000 };

/* A screen with one desktop on it. */
typedef struct {
    Screen *screen;
    Painter *painter;
    GtkWidget *window, *view;
    GString *heard; /* input, since it was last cleared */
    bool closed, released;
} Scene;

static bool gtk_is_ready(void)
{
    static bool tried, ready; /* GTK starts once in a process */

    if (!tried) {
        tried = true;
        Screen *screen = screen_new(800, 600);

        ready = screen != NULL && gtk_init_check(NULL, NULL);
        if (ready) {
            vdi_style_load(gdk_screen_get_default());
            g_object_set_data(G_OBJECT(gdk_display_get_default()), "screen", screen);
        }
    }
    if (!ready) {
        skip("Xvfb");
    }
    return ready;
}

static void on_closed(VdiDesktopView *view, const char *detail, gpointer data)
{
    ((Scene *) data)->closed = true;
}

static void on_released(VdiDesktopView *view, gpointer data)
{
    ((Scene *) data)->released = true;
}

static gboolean tick(gpointer data)
{
    ++*(int *) data;
    return G_SOURCE_CONTINUE;
}

/* Turns the loop until `done`; false when it never is. */
static bool until(bool (*done)(Scene *scene), Scene *scene)
{
    int ticks = 0;
    guint timer = g_timeout_add(10, tick, &ticks); /* a screen does not say that it has changed */
    bool is_done = false;

    while (!(is_done = done(scene)) && ticks < PATIENCE_MS / 10) {
        g_main_context_iteration(NULL, true);
    }
    g_source_remove(timer);
    return is_done;
}

static bool has_picture(Scene *scene)
{
    return painter_has_picture(scene->painter);
}

static bool was_taken(Scene *scene)
{
    return painter_was_taken(scene->painter);
}

static bool is_closed(Scene *scene)
{
    return scene->closed;
}

static bool is_grabbed(Scene *scene)
{
    return vdi_desktop_view_is_grabbed(VDI_DESKTOP_VIEW(scene->view));
}

static bool heard(Scene *scene, const char *words)
{
    g_autofree char *more = painter_input(scene->painter);

    if (*more != '\0') {
        g_string_append_printf(scene->heard, "%s%s", scene->heard->len > 0 ? ", " : "", more);
    }
    return strstr(scene->heard->str, words) != NULL;
}

static bool heard_focus(Scene *scene)
{
    return heard(scene, "focus 1");
}

static bool heard_focus_out(Scene *scene)
{
    return heard(scene, "focus 0");
}

static bool heard_shift(Scene *scene)
{
    return heard(scene, "key 42 down");
}

/* The pointer in the middle of a smaller picture is in the middle of the desktop. */
static bool heard_middle(Scene *scene)
{
    return heard(scene, "move 320 240");
}

static bool heard_all(Scene *scene)
{
    return heard(scene, "wheel 0 120");
}

static bool is_released(Scene *scene)
{
    return scene->released;
}

static bool set_up(Scene *scene, const char *display, int width, int height)
{
    VdiFd view = -1;

    if (!gtk_is_ready()) {
        return false;
    }
    scene->screen = g_object_get_data(G_OBJECT(gdk_display_get_default()), "screen");
    scene->heard = g_string_new(NULL);
    scene->painter = painter_new(WIDE, HIGH, &view);
    scene->view = vdi_desktop_view_new();
    vdi_desktop_view_force_display(VDI_DESKTOP_VIEW(scene->view), display);
    if (width == 0) {
        scene->window = vdi_screen_window_new();
    } else {
        scene->window = gtk_window_new(GTK_WINDOW_POPUP); /* placed by us alone */
        gtk_window_set_default_size(GTK_WINDOW(scene->window), width, height);
    }
    g_signal_connect(scene->view, "closed", G_CALLBACK(on_closed), scene);
    g_signal_connect(scene->view, "released", G_CALLBACK(on_released), scene);
    gtk_container_add(GTK_CONTAINER(scene->window), scene->view);
    vdi_desktop_view_take_keys(VDI_DESKTOP_VIEW(scene->view), GTK_WINDOW(scene->window));
    vdi_desktop_view_open(VDI_DESKTOP_VIEW(scene->view), view);
    gtk_widget_show_all(scene->window);
    gtk_widget_grab_focus(scene->view);
    CHECK(until(has_picture, scene));
    return painter_has_picture(scene->painter);
}

static void tear_down(Scene *scene)
{
    if (scene->window != NULL) {
        gtk_widget_destroy(scene->window);
    }
    painter_free(scene->painter);
    if (scene->heard != NULL) {
        g_string_free(scene->heard, true);
    }
}

/* Pixels of the screen, from (left, top) on, that are not the card's. */
static size_t differences(Scene *scene, int left, int top, unsigned round)
{
    int width = 0, height = 0;
    size_t wrong = 0;
    g_autofree uint32_t *pixels = screen_copy(scene->screen, &width, &height);

    for (int y = 0; y < HIGH; y++) {
        for (int x = 0; x < WIDE; x++) {
            uint32_t seen = pixels[(top + y) * width + left + x] & 0xffffff;

            wrong += seen != painter_color(round, (uint32_t) x, (uint32_t) y);
        }
    }
    return wrong;
}

static bool shows_round(Scene *scene)
{
    return differences(scene, (800 - WIDE) / 2, (600 - HIGH) / 2, painter_round(scene->painter))
        == 0;
}

static void shows_the_card(const char *display)
{
    Scene scene = {0};
    g_autofree char *name = g_strconcat("desktop-view-", display, NULL);

    if (set_up(&scene, display, 0, 0)) {
        painter_paint(scene.painter, NULL);
        CHECK(until(was_taken, &scene));
        CHECK(until(shows_round, &scene));
        CHECK_TEXT(vdi_desktop_view_display(VDI_DESKTOP_VIEW(scene.view)), display);
        CHECK_INT(screen_pixel(scene.screen, 20, 20), 0); /* black around it */
        for (int i = 0; i < 20; i++) {
            painter_paint(scene.painter, NULL);
            CHECK(until(was_taken, &scene));
        }
        CHECK(until(shows_round, &scene));
        CHECK(screen_keep(scene.screen, name));
    }
    tear_down(&scene);
}

static void shows_the_card_x11(void)
{
    shows_the_card("x11");
}

static void shows_the_card_cairo(void)
{
    shows_the_card("cairo");
}

static bool fills_its_window(Scene *scene)
{
    return differences(scene, 0, 0, painter_round(scene->painter)) == 0;
}

/* Nothing of GTK's own is left around it: cairo took another way then, and the window was black. */
static void a_picture_of_the_windows_size_is_shown(void)
{
    Scene scene = {0};

    if (set_up(&scene, "cairo", WIDE, HIGH)) {
        for (int i = 0; i < 5; i++) {
            painter_paint(scene.painter, NULL);
            CHECK(until(was_taken, &scene));
            CHECK(until(fills_its_window, &scene));
        }
    }
    tear_down(&scene);
}

/* Only what was damaged changes on the screen: the picture elsewhere is another one on purpose. */
static void damage_is_all_that_is_copied(void)
{
    Scene scene = {0};
    VdiRectangle part = {100, 50, 64, 32};
    int left = (800 - WIDE) / 2, top = (600 - HIGH) / 2;

    if (set_up(&scene, "x11", 0, 0)) {
        painter_paint(scene.painter, NULL);
        CHECK(until(was_taken, &scene) && until(shows_round, &scene));
        painter_paint(scene.painter, &part);
        CHECK(until(was_taken, &scene));
        CHECK_INT(screen_pixel(scene.screen, left + 100, top + 50), painter_color(2, 100, 50));
        CHECK_INT(screen_pixel(scene.screen, left + 163, top + 81), painter_color(2, 163, 81));
        CHECK_INT(screen_pixel(scene.screen, left + 164, top + 82), painter_color(1, 164, 82));
        CHECK_INT(differences(&scene, left, top, 1), 64 * 32);
    }
    tear_down(&scene);
}

static bool is_smaller(Scene *scene)
{
    return g_strcmp0(vdi_desktop_view_display(VDI_DESKTOP_VIEW(scene->view)), "cairo") == 0;
}

static void a_small_window_shows_all_of_it_smaller(void)
{
    Scene scene = {0};

    if (set_up(&scene, NULL, 320, 300)) {
        painter_paint(scene.painter, NULL);
        CHECK(until(is_smaller, &scene));
        CHECK(until(was_taken, &scene));
        CHECK_INT(screen_pixel(scene.screen, 160, 10), 0); /* 240 of 300 high: black above */
        CHECK(screen_pixel(scene.screen, 160, 150) != 0);
        screen_move(scene.screen, 160, 150);
        CHECK(until(heard_middle, &scene));
    }
    tear_down(&scene);
}

/* The window of GTK that is larger than it was born. */
static void a_window_that_grows_is_filled(void)
{
    Scene scene = {0};

    if (set_up(&scene, "cairo", 320, 300)) {
        painter_paint(scene.painter, NULL);
        CHECK(until(was_taken, &scene));
        gtk_window_resize(GTK_WINDOW(scene.window), 800, 600);
        CHECK(until(shows_round, &scene));
    }
    tear_down(&scene);
}

/* A page that was hidden when its picture came is painted when it is shown. */
static void a_hidden_page_is_painted_when_it_is_shown(void)
{
    Scene scene = {0};

    if (set_up(&scene, NULL, 0, 0)) {
        GtkWidget *stack = gtk_stack_new(), *other = gtk_label_new("other");

        g_object_ref(scene.view);
        gtk_container_remove(GTK_CONTAINER(scene.window), scene.view);
        gtk_container_add(GTK_CONTAINER(scene.window), stack);
        gtk_container_add(GTK_CONTAINER(stack), other);
        gtk_container_add(GTK_CONTAINER(stack), scene.view);
        g_object_unref(scene.view);
        gtk_widget_show_all(stack);
        gtk_stack_set_visible_child(GTK_STACK(stack), other);
        painter_paint(scene.painter, NULL);
        CHECK(until(was_taken, &scene));
        gtk_stack_set_visible_child(GTK_STACK(stack), scene.view);
        CHECK(until(shows_round, &scene));
    }
    tear_down(&scene);
}

static void an_uncovered_part_is_painted_again(void)
{
    Scene scene = {0};

    if (set_up(&scene, "x11", 0, 0)) {
        painter_paint(scene.painter, NULL);
        CHECK(until(was_taken, &scene) && until(shows_round, &scene));
        GtkWidget *cover = gtk_window_new(GTK_WINDOW_POPUP);

        gtk_window_set_default_size(GTK_WINDOW(cover), 300, 300);
        gtk_window_move(GTK_WINDOW(cover), 200, 100);
        gtk_widget_show(cover);
        for (int i = 0; i < 50 && shows_round(&scene); i++) {
            g_main_context_iteration(NULL, true);
        }
        CHECK(!shows_round(&scene));
        gtk_widget_destroy(cover);
        CHECK(until(shows_round, &scene));
    }
    tear_down(&scene);
}

static void input_arrives_as_the_desktop_wants_it(void)
{
    Scene scene = {0};

    if (set_up(&scene, NULL, 0, 0)) {
        painter_paint(scene.painter, NULL);
        CHECK(until(was_taken, &scene) && until(heard_focus, &scene));
        g_string_truncate(scene.heard, 0);
        screen_move(scene.screen, 80 + 10, 60 + 20);
        screen_key(scene.screen, KEY_A, true);
        screen_key(scene.screen, KEY_A, false);
        screen_tap(scene.screen, KEY_TAB);
        screen_tap(scene.screen, KEY_F10);
        screen_click(scene.screen, 3);
        screen_click(scene.screen, 9);
        screen_click(scene.screen, 4);
        screen_click(scene.screen, 7);
        CHECK(until(heard_all, &scene));
        CHECK_TEXT(scene.heard->str,
            "move 10 20, key 30 down, key 30 up, key 15 down, key 15 up, key 68 down, key 68 up, "
            "button 273 down at 10 20, button 273 up at 10 20, "
            "button 276 down at 10 20, button 276 up at 10 20, wheel 120 0, wheel 0 120");
    }
    tear_down(&scene);
}

static void losing_the_focus_releases_what_is_held(void)
{
    Scene scene = {0};

    if (set_up(&scene, NULL, 0, 0)) {
        CHECK(until(heard_focus, &scene));
        screen_key(scene.screen, KEY_LEFTSHIFT, true);
        CHECK(until(heard_shift, &scene));
        gtk_window_set_focus(GTK_WINDOW(scene.window), NULL);
        CHECK(until(heard_focus_out, &scene));
        CHECK_TEXT(scene.heard->str, "focus 1, key 42 down, key 42 up, focus 0");
        screen_key(scene.screen, KEY_LEFTSHIFT, false);
    }
    tear_down(&scene);
}

static void ctrl_and_alt_give_the_keyboard_back(void)
{
    Scene scene = {0};

    if (set_up(&scene, NULL, 0, 0)) {
        vdi_desktop_view_set_grab(VDI_DESKTOP_VIEW(scene.view), true);
        CHECK(until(is_grabbed, &scene));
        screen_key(scene.screen, KEY_LEFTCTRL, true);
        screen_key(scene.screen, KEY_LEFTALT, true);
        screen_tap(scene.screen, KEY_DELETE); /* that was a chord for the desktop */
        screen_key(scene.screen, KEY_LEFTALT, false);
        screen_key(scene.screen, KEY_LEFTCTRL, false);
        screen_key(scene.screen, KEY_RIGHTCTRL, true);
        screen_key(scene.screen, KEY_LEFTALT, true);
        CHECK(!scene.released && is_grabbed(&scene));
        screen_key(scene.screen, KEY_LEFTALT, false);
        screen_key(scene.screen, KEY_RIGHTCTRL, false);
        CHECK(until(is_released, &scene));
        CHECK(!is_grabbed(&scene));
        screen_move(scene.screen, 400, 300);
        screen_click(scene.screen, 1);
        CHECK(until(is_grabbed, &scene));
    }
    tear_down(&scene);
}

static void the_last_picture_stays_when_the_session_dies(void)
{
    Scene scene = {0};

    if (set_up(&scene, NULL, 0, 0)) {
        painter_paint(scene.painter, NULL);
        CHECK(until(was_taken, &scene) && until(shows_round, &scene));
        painter_free(g_steal_pointer(&scene.painter));
        CHECK(until(is_closed, &scene));
        cairo_surface_t *last = vdi_desktop_view_snapshot(VDI_DESKTOP_VIEW(scene.view));

        CHECK(last != NULL && cairo_image_surface_get_width(last) == WIDE);
        cairo_surface_destroy(last);
    }
    tear_down(&scene);
}

static void a_pointer_shape_of_the_desktop_is_taken(void)
{
    Scene scene = {0};

    if (set_up(&scene, NULL, 0, 0)) {
        painter_paint(scene.painter, NULL);
        CHECK(until(was_taken, &scene));
        painter_point(scene.painter, 24, 0xff0000ff);
        painter_point(scene.painter, 0, 0);
        painter_paint(scene.painter, NULL);
        CHECK(until(was_taken, &scene));
        CHECK(!scene.closed);
    }
    tear_down(&scene);
}

const Test tests[] = {
    {"shows every pixel of the card through the X server's mapping", shows_the_card_x11},
    {"shows every pixel of the card through cairo", shows_the_card_cairo},
    {"shows a picture that fills its window through cairo", a_picture_of_the_windows_size_is_shown},
    {"copies what is damaged and no more", damage_is_all_that_is_copied},
    {"shows all of it smaller in a small window", a_small_window_shows_all_of_it_smaller},
    {"fills a window that grows", a_window_that_grows_is_filled},
    {"paints a page that was hidden when its picture came",
        a_hidden_page_is_painted_when_it_is_shown},
    {"paints again what was covered", an_uncovered_part_is_painted_again},
    {"sends keys as evdev codes, places as the desktop's pixels, the wheel in 120ths",
        input_arrives_as_the_desktop_wants_it},
    {"releases what is held when the focus goes", losing_the_focus_releases_what_is_held},
    {"gives the keyboard back on Ctrl+Alt and takes it on a click",
        ctrl_and_alt_give_the_keyboard_back},
    {"keeps the last picture when the session dies", the_last_picture_stays_when_the_session_dies},
    {"takes the desktop's pointer shapes", a_pointer_shape_of_the_desktop_is_taken},
    TEST_END,
};
