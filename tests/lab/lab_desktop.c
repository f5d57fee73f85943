/* SPDX-License-Identifier: Apache-2.0 */

/* What is on the screen of a lab desktop: a still picture, something alive beside it, and a line
 * that shows the keys and clicks which arrived. Where each of them is, it writes into a file:
 *
 *     still=X,Y,W,H      never changes once the file is there
 *     alive=X,Y,W,H      changes all the time
 *     echo=X,Y,W,H       shows what was typed
 *     swatch=X,Y         one pixel: LAB_IDLE, after a key LAB_KEY, after a click LAB_CLICK
 *
 * With --log each key and button is also a line there: "key-down a", "button-up 1 640 400". */

#include <glib-unix.h>
#include <xcb/xcb.h>
#include <xcb/xcb_keysyms.h>
#include <xkbcommon/xkbcommon.h>

#include "base/file.h"
#include "base/program.h"
#include "tests/lab/face.h"

typedef struct {
    char *title, *ready_file, *log;
    int hue, frames_per_second;
} Options;

static void options_clear(Options *options)
{
    g_free(options->title);
    g_free(options->ready_file);
    g_free(options->log);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Options, options_clear)

typedef struct {
    const Options *options;
    GMainLoop *loop;
    xcb_connection_t *connection;
    xcb_screen_t *screen;
    xcb_window_t window;
    xcb_key_symbols_t *symbols;
    LabFace *face;
    GString *typed;
    int64_t started_at;
} Desktop;

static void note(const Desktop *desktop, const char *line)
{
    if (desktop->options->log != NULL
        && !vdi_file_append_line(desktop->options->log, line, 0600, NULL)) {
        g_printerr("%s\n", line);
    }
}

/* The second column of the keyboard's table is shift's, the fifth and sixth AltGr's. */
static xcb_keysym_t keysym_of(const Desktop *desktop, const xcb_key_press_event_t *event)
{
    int column = (event->state & XCB_MOD_MASK_5) != 0 ? 4 : 0;
    bool is_shifted = (event->state & (XCB_MOD_MASK_SHIFT | XCB_MOD_MASK_LOCK)) != 0;
    xcb_keysym_t plain = xcb_key_symbols_get_keysym(desktop->symbols, event->detail, column);
    xcb_keysym_t shifted = xcb_key_symbols_get_keysym(desktop->symbols, event->detail, column + 1);

    return is_shifted && shifted != XCB_NO_SYMBOL ? shifted : plain;
}

static void type_key(Desktop *desktop, xcb_keysym_t keysym)
{
    char text[8] = "";

    if (keysym == XKB_KEY_BackSpace && desktop->typed->len > 0) {
        const char *last =
            g_utf8_find_prev_char(desktop->typed->str, desktop->typed->str + desktop->typed->len);

        g_string_truncate(desktop->typed, (gsize) (last - desktop->typed->str));
    } else if (keysym == XKB_KEY_Return || keysym == XKB_KEY_Escape) {
        g_string_truncate(desktop->typed, 0);
    } else if (xkb_keysym_to_utf8(keysym, text, sizeof(text)) > 0
        && g_unichar_isprint(g_utf8_get_char(text))) {
        g_string_append(desktop->typed, text);
    }
    while (g_utf8_strlen(desktop->typed->str, -1) > 60) {
        const char *second = g_utf8_next_char(desktop->typed->str);

        g_string_erase(desktop->typed, 0, second - desktop->typed->str);
    }
    lab_face_echo(desktop->face, desktop->typed->str, LAB_KEY);
}

static void handle_key(Desktop *desktop, const xcb_key_press_event_t *event, bool is_down)
{
    xcb_keysym_t keysym = keysym_of(desktop, event);
    char name[64] = "";
    g_autofree char *line = NULL;

    (void) xkb_keysym_get_name(keysym, name, sizeof(name));
    line = g_strdup_printf("key-%s %s", is_down ? "down" : "up", name);
    note(desktop, line);
    if (is_down) {
        type_key(desktop, keysym);
    }
}

static void handle_button(Desktop *desktop, const xcb_button_press_event_t *event, bool is_down)
{
    g_autofree char *line = g_strdup_printf("button-%s %u %d %d", is_down ? "down" : "up",
        event->detail, event->event_x, event->event_y);

    note(desktop, line);
    if (is_down) {
        g_string_printf(
            desktop->typed, "button %u at %d, %d", event->detail, event->event_x, event->event_y);
        lab_face_echo(desktop->face, desktop->typed->str, LAB_CLICK);
        g_string_truncate(desktop->typed, 0);
    }
}

static gboolean handle_events(gint fd, GIOCondition condition, gpointer data)
{
    Desktop *desktop = data;
    xcb_generic_event_t *event = NULL;

    while ((event = xcb_poll_for_event(desktop->connection)) != NULL) {
        switch (event->response_type & 0x7f) {
        case XCB_KEY_PRESS:
        case XCB_KEY_RELEASE:
            handle_key(desktop, (xcb_key_press_event_t *) event,
                (event->response_type & 0x7f) == XCB_KEY_PRESS);
            break;
        case XCB_BUTTON_PRESS:
        case XCB_BUTTON_RELEASE:
            handle_button(desktop, (xcb_button_press_event_t *) event,
                (event->response_type & 0x7f) == XCB_BUTTON_PRESS);
            break;
        case XCB_MAPPING_NOTIFY:
            xcb_refresh_keyboard_mapping(desktop->symbols, (xcb_mapping_notify_event_t *) event);
            break;
        default: /* the picture is the window's background: the server mends it by itself */
            break;
        }
        free(event);
    }
    if (xcb_connection_has_error(desktop->connection)) {
        g_main_loop_quit(desktop->loop);
    }
    xcb_flush(desktop->connection);
    return G_SOURCE_CONTINUE;
}

static gboolean animate(gpointer data)
{
    Desktop *desktop = data;
    int64_t now = g_get_real_time();

    lab_face_animate(desktop->face, now, now - desktop->started_at);
    xcb_flush(desktop->connection);
    return G_SOURCE_CONTINUE;
}

static gboolean stop(gpointer data)
{
    g_main_loop_quit(((Desktop *) data)->loop);
    return G_SOURCE_CONTINUE;
}

/* Until all that was asked before is done. */
static void wait_for_server(xcb_connection_t *connection)
{
    free(xcb_get_input_focus_reply(connection, xcb_get_input_focus(connection), NULL));
}

static bool open_display(Desktop *desktop)
{
    int n = 0;

    desktop->connection = xcb_connect(NULL, &n);
    if (xcb_connection_has_error(desktop->connection)) {
        return false;
    }
    desktop->screen = xcb_setup_roots_iterator(xcb_get_setup(desktop->connection)).data;
    desktop->symbols = xcb_key_symbols_alloc(desktop->connection);
    desktop->window = xcb_generate_id(desktop->connection);
    const uint32_t values[] = {1,
        XCB_EVENT_MASK_KEY_PRESS | XCB_EVENT_MASK_KEY_RELEASE | XCB_EVENT_MASK_BUTTON_PRESS
            | XCB_EVENT_MASK_BUTTON_RELEASE};

    xcb_create_window(desktop->connection, XCB_COPY_FROM_PARENT, desktop->window,
        desktop->screen->root, 0, 0, desktop->screen->width_in_pixels,
        desktop->screen->height_in_pixels, 0, XCB_WINDOW_CLASS_INPUT_OUTPUT,
        desktop->screen->root_visual, XCB_CW_OVERRIDE_REDIRECT | XCB_CW_EVENT_MASK, values);
    desktop->face = lab_face_new(desktop->connection, desktop->screen, desktop->window,
        desktop->options->title != NULL ? desktop->options->title : "Desktop",
        desktop->options->hue);
    xcb_map_window(desktop->connection, desktop->window);
    xcb_set_input_focus(
        desktop->connection, XCB_INPUT_FOCUS_POINTER_ROOT, desktop->window, XCB_CURRENT_TIME);
    lab_face_echo(desktop->face, "", LAB_IDLE);
    wait_for_server(desktop->connection);
    return true;
}

static void desktop_clear(Desktop *desktop)
{
    lab_face_free(desktop->face);
    if (desktop->symbols != NULL) {
        xcb_key_symbols_free(desktop->symbols);
    }
    xcb_disconnect(desktop->connection);
    g_clear_pointer(&desktop->loop, g_main_loop_unref);
    g_string_free(desktop->typed, TRUE);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Desktop, desktop_clear)

static int run(const Options *options)
{
    g_auto(Desktop) desktop = {.options = options,
        .loop = g_main_loop_new(NULL, FALSE),
        .typed = g_string_new(NULL),
        .started_at = g_get_real_time()};
    g_autoptr(GError) error = NULL;

    if (!open_display(&desktop)) {
        g_printerr("lab-desktop: no display %s\n", g_getenv("DISPLAY"));
        return 69;
    }
    g_autofree char *layout = lab_face_layout(desktop.face);

    if (options->ready_file != NULL
        && !vdi_file_write_text(options->ready_file, layout, 0600, &error)) {
        return vdi_program_fail(error);
    }
    g_unix_fd_add(
        xcb_get_file_descriptor(desktop.connection), G_IO_IN | G_IO_HUP, handle_events, &desktop);
    g_unix_signal_add(SIGTERM, stop, &desktop);
    g_unix_signal_add(SIGINT, stop, &desktop);
    g_timeout_add(1000 / (guint) CLAMP(options->frames_per_second, 1, 60), animate, &desktop);
    g_main_loop_run(desktop.loop);
    return 0;
}

int main(int argc, char **argv)
{
    g_auto(Options) options = {.hue = 212, .frames_per_second = 10};
    g_autoptr(GError) error = NULL;
    bool is_done = false;
    const GOptionEntry entries[] = {
        {"title", 0, 0, G_OPTION_ARG_STRING, &options.title, "written large", "TEXT"},
        {"hue", 0, 0, G_OPTION_ARG_INT, &options.hue, "its colour, 0 to 359 (212)", "DEGREES"},
        {"fps", 0, 0, G_OPTION_ARG_INT, &options.frames_per_second, "of the part that lives (10)",
            "NUMBER"},
        {"ready-file", 0, 0, G_OPTION_ARG_FILENAME, &options.ready_file,
            "write there what is where, once it is shown", "FILE"},
        {"log", 0, 0, G_OPTION_ARG_FILENAME, &options.log, "log keys and buttons", "FILE"},
        G_OPTION_ENTRY_NULL,
    };

    vdi_program_start("lab-desktop");
    if (!vdi_program_options(entries, NULL, NULL, &argc, &argv, &is_done, &error)) {
        return vdi_program_fail(error);
    }
    return is_done ? 0 : run(&options);
}
