/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/ui/screen.h"

#include <gio/gio.h>
#include <glib-unix.h>
#include <linux/input-event-codes.h>
#include <png.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>
#include <xcb/xcb.h>
#include <xcb/xtest.h>

#include "base/file.h"

struct Screen {
    GSubprocess *server;
    char *name;
    xcb_connection_t *connection;
    xcb_window_t root;
    int width, height;
};

static void die_with_test(gpointer data)
{
    prctl(PR_SET_PDEATHSIG, SIGKILL);
}

/* Xvfb writes the number of the display that it found free. */
static char *start_server(Screen *screen, const char *program)
{
    int ends[2];
    char number[16] = {0};
    size_t n = 0;
    g_autofree char *size = g_strdup_printf("%dx%dx24", screen->width, screen->height);
    g_autoptr(GSubprocessLauncher) launcher =
        g_subprocess_launcher_new(G_SUBPROCESS_FLAGS_STDERR_SILENCE);

    if (!g_unix_open_pipe(ends, FD_CLOEXEC, NULL)) {
        return NULL;
    }
    g_subprocess_launcher_take_fd(launcher, ends[1], 3);
    g_subprocess_launcher_set_child_setup(launcher, die_with_test, NULL, NULL);
    screen->server = g_subprocess_launcher_spawn(launcher, NULL, program, "-displayfd", "3",
        "-screen", "0", size, "-nolisten", "tcp", "-noreset", NULL);
    g_subprocess_launcher_close(launcher);
    while (n + 1 < sizeof number && read(ends[0], number + n, 1) == 1 && number[n] != '\n') {
        n++;
    }
    close(ends[0]);
    number[n] = '\0';
    return n > 0 ? g_strdup_printf(":%s", number) : NULL;
}

Screen *screen_new(int width, int height)
{
    g_autofree char *program = g_find_program_in_path("Xvfb");

    if (program == NULL) {
        return NULL;
    }
    Screen *screen = g_new0(Screen, 1);

    screen->width = width;
    screen->height = height;
    screen->name = start_server(screen, program);
    screen->connection = screen->name != NULL ? xcb_connect(screen->name, NULL) : NULL;
    if (screen->connection == NULL || xcb_connection_has_error(screen->connection) != 0) {
        screen_free(screen);
        return NULL;
    }
    screen->root = xcb_setup_roots_iterator(xcb_get_setup(screen->connection)).data->root;
    g_setenv("DISPLAY", screen->name, true);
    return screen;
}

void screen_free(Screen *screen)
{
    if (screen == NULL) {
        return;
    }
    if (screen->connection != NULL) {
        xcb_disconnect(screen->connection);
    }
    if (screen->server != NULL) {
        g_subprocess_force_exit(screen->server);
        g_subprocess_wait(screen->server, NULL, NULL);
        g_object_unref(screen->server);
    }
    g_free(screen->name);
    g_free(screen);
}

const char *screen_name(const Screen *screen)
{
    return screen->name;
}

static bool read_area(Screen *screen, int x, int y, int width, int height, uint32_t *pixels)
{
    xcb_get_image_reply_t *image = xcb_get_image_reply(screen->connection,
        xcb_get_image(screen->connection, XCB_IMAGE_FORMAT_Z_PIXMAP, screen->root, (int16_t) x,
            (int16_t) y, (uint16_t) width, (uint16_t) height, UINT32_MAX),
        NULL);
    size_t size = (size_t) width * (size_t) height * 4;
    bool whole = image != NULL && (size_t) xcb_get_image_data_length(image) >= size;

    if (whole) {
        memcpy(pixels, xcb_get_image_data(image), size);
    }
    free(image);
    return whole;
}

uint32_t screen_pixel(Screen *screen, int x, int y)
{
    uint32_t pixel = 0;

    return read_area(screen, x, y, 1, 1, &pixel) ? pixel & 0xffffff : UINT32_MAX;
}

uint32_t *screen_copy(Screen *screen, int *ret_width, int *ret_height)
{
    uint32_t *pixels = g_new0(uint32_t, (size_t) screen->width * (size_t) screen->height);

    if (!read_area(screen, 0, 0, screen->width, screen->height, pixels)) {
        g_free(pixels);
        return NULL;
    }
    *ret_width = screen->width;
    *ret_height = screen->height;
    return pixels;
}

bool screen_keep(Screen *screen, const char *name)
{
    int width = 0, height = 0;
    g_autofree uint32_t *pixels = screen_copy(screen, &width, &height);
    g_autofree char *folder = g_build_filename(g_getenv("VDI_TEST_BUILD"), "pictures", NULL);
    g_autofree char *file = g_strconcat(folder, "/", name, ".png", NULL);
    png_image image = {.version = PNG_IMAGE_VERSION,
        .width = (png_uint_32) width,
        .height = (png_uint_32) height,
        .format = PNG_FORMAT_BGRA};

    if (pixels == NULL || !vdi_file_make_folder(folder, 0755, NULL)) {
        return false;
    }
    for (size_t i = 0; i < (size_t) width * (size_t) height; i++) {
        pixels[i] |= 0xff000000;
    }
    return png_image_write_to_file(&image, file, 0, pixels, 0, NULL) != 0;
}

uint32_t *screen_copy_of(const char *name, int *ret_width, int *ret_height)
{
    xcb_connection_t *connection = xcb_connect(name, NULL);
    uint32_t *pixels = NULL;

    if (xcb_connection_has_error(connection) == 0) {
        const xcb_screen_t *root = xcb_setup_roots_iterator(xcb_get_setup(connection)).data;
        Screen other = {.connection = connection,
            .root = root->root,
            .width = root->width_in_pixels,
            .height = root->height_in_pixels};

        pixels = screen_copy(&other, ret_width, ret_height);
    }
    xcb_disconnect(connection);
    return pixels;
}

static char *title_of(Screen *screen, xcb_window_t window)
{
    const char atom_name[] = "_NET_WM_NAME";
    xcb_intern_atom_reply_t *atom = xcb_intern_atom_reply(screen->connection,
        xcb_intern_atom(screen->connection, false, sizeof atom_name - 1, atom_name), NULL);
    xcb_get_property_reply_t *property = atom == NULL
        ? NULL
        : xcb_get_property_reply(screen->connection,
            xcb_get_property(
                screen->connection, false, window, atom->atom, XCB_GET_PROPERTY_TYPE_ANY, 0, 64),
            NULL);
    char *title = property != NULL && xcb_get_property_value_length(property) > 0
        ? g_strndup(
            xcb_get_property_value(property), (size_t) xcb_get_property_value_length(property))
        : NULL;

    free(atom);
    free(property);
    return title;
}

/* The mapped child of the root that has a name; its name is yours. */
static xcb_window_t named_window(Screen *screen, char **ret_title)
{
    xcb_query_tree_reply_t *tree = xcb_query_tree_reply(
        screen->connection, xcb_query_tree(screen->connection, screen->root), NULL);
    xcb_window_t found = XCB_NONE;

    *ret_title = NULL;
    for (int i = tree != NULL ? xcb_query_tree_children_length(tree) : 0; i-- > 0;) {
        xcb_window_t window = xcb_query_tree_children(tree)[i];
        xcb_get_window_attributes_reply_t *about = xcb_get_window_attributes_reply(
            screen->connection, xcb_get_window_attributes(screen->connection, window), NULL);
        bool mapped = about != NULL && about->map_state == XCB_MAP_STATE_VIEWABLE;

        free(about);
        if (mapped && (*ret_title = title_of(screen, window)) != NULL) {
            found = window;
            break;
        }
    }
    free(tree);
    return found;
}

char *screen_title(Screen *screen)
{
    char *title = NULL;

    (void) named_window(screen, &title);
    return title != NULL ? title : g_strdup("");
}

void screen_resize_window(Screen *screen, int width, int height)
{
    g_autofree char *title = NULL;
    xcb_window_t window = named_window(screen, &title);
    const uint32_t values[] = {0, 0, (uint32_t) width, (uint32_t) height};

    xcb_configure_window(screen->connection, window,
        XCB_CONFIG_WINDOW_X | XCB_CONFIG_WINDOW_Y | XCB_CONFIG_WINDOW_WIDTH
            | XCB_CONFIG_WINDOW_HEIGHT,
        values);
    xcb_flush(screen->connection);
}

static void send(Screen *screen, uint8_t type, int detail, int x, int y)
{
    xcb_test_fake_input(screen->connection, type, (uint8_t) detail, XCB_CURRENT_TIME, screen->root,
        (int16_t) x, (int16_t) y, 0);
    free(xcb_get_input_focus_reply(
        screen->connection, xcb_get_input_focus(screen->connection), NULL));
}

void screen_key(Screen *screen, int evdev_code, bool down)
{
    send(screen, down ? XCB_KEY_PRESS : XCB_KEY_RELEASE, evdev_code + 8, 0, 0);
}

void screen_tap(Screen *screen, int evdev_code)
{
    screen_key(screen, evdev_code, true);
    screen_key(screen, evdev_code, false);
}

void screen_type(Screen *screen, const char *text)
{
    static const struct {
        char sign;
        int code;
        bool shifted;
    } keys[] = {
        {'a', KEY_A, false},
        {'b', KEY_B, false},
        {'c', KEY_C, false},
        {'d', KEY_D, false},
        {'e', KEY_E, false},
        {'f', KEY_F, false},
        {'g', KEY_G, false},
        {'h', KEY_H, false},
        {'i', KEY_I, false},
        {'j', KEY_J, false},
        {'k', KEY_K, false},
        {'l', KEY_L, false},
        {'m', KEY_M, false},
        {'n', KEY_N, false},
        {'o', KEY_O, false},
        {'p', KEY_P, false},
        {'q', KEY_Q, false},
        {'r', KEY_R, false},
        {'s', KEY_S, false},
        {'t', KEY_T, false},
        {'u', KEY_U, false},
        {'v', KEY_V, false},
        {'w', KEY_W, false},
        {'x', KEY_X, false},
        {'y', KEY_Y, false},
        {'z', KEY_Z, false},
        {'0', KEY_0, false},
        {'1', KEY_1, false},
        {'2', KEY_2, false},
        {'3', KEY_3, false},
        {'4', KEY_4, false},
        {'5', KEY_5, false},
        {'6', KEY_6, false},
        {'7', KEY_7, false},
        {'8', KEY_8, false},
        {'9', KEY_9, false},
        {'-', KEY_MINUS, false},
        {'.', KEY_DOT, false},
        {'/', KEY_SLASH, false},
        {' ', KEY_SPACE, false},
        {':', KEY_SEMICOLON, true},
        {'!', KEY_1, true},
        {'_', KEY_MINUS, true},
        {'+', KEY_EQUAL, true},
        {'@', KEY_2, true},
        {'#', KEY_3, true},
        {'=', KEY_EQUAL, false},
        {'&', KEY_7, true},
        {'<', KEY_COMMA, true},
        {'>', KEY_DOT, true},
        {',', KEY_COMMA, false},
    };

    for (; *text != '\0'; text++) {
        bool upper = g_ascii_isupper(*text);
        char sign = g_ascii_tolower(*text);

        for (size_t i = 0; i < G_N_ELEMENTS(keys); i++) {
            if (keys[i].sign != sign) {
                continue;
            }
            bool shifted = upper || keys[i].shifted;

            if (shifted) {
                screen_key(screen, KEY_LEFTSHIFT, true);
            }
            screen_tap(screen, keys[i].code);
            if (shifted) {
                screen_key(screen, KEY_LEFTSHIFT, false);
            }
        }
    }
}

void screen_move(Screen *screen, int x, int y)
{
    send(screen, XCB_MOTION_NOTIFY, 0, x, y);
}

void screen_click(Screen *screen, int button)
{
    send(screen, XCB_BUTTON_PRESS, button, 0, 0);
    send(screen, XCB_BUTTON_RELEASE, button, 0, 0);
}
