/* SPDX-License-Identifier: Apache-2.0 */

/* The hands and eyes that tests have on an X server ($DISPLAY), and a comparison of pictures.
 * Every command ends with 0 when it did what it says. */

#include <gio/gio.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <xcb/xcb.h>
#include <xcb/xcb_keysyms.h>
#include <xcb/xtest.h>
#include <xkbcommon/xkbcommon.h>

#include "tests/lab/bitmap.h"

typedef struct {
    xcb_connection_t *connection;
    xcb_screen_t *screen;
} Display;

static void display_clear(Display *display)
{
    xcb_disconnect(display->connection);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Display, display_clear)

static bool open_display(Display *display, GError **error)
{
    display->connection = xcb_connect(NULL, NULL);
    if (xcb_connection_has_error(display->connection)) {
        g_set_error(error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND, "no display \"%s\"",
            g_getenv("DISPLAY") != NULL ? g_getenv("DISPLAY") : "");
        return false;
    }
    display->screen = xcb_setup_roots_iterator(xcb_get_setup(display->connection)).data;
    return true;
}

static bool read_number(const char *text, guint64 max, uint32_t *ret_value, GError **error)
{
    guint64 value = 0;

    if (!g_ascii_string_to_unsigned(text, 10, 0, max, &value, error)) {
        return false;
    }
    *ret_value = (uint32_t) value;
    return true;
}

static bool read_numbers(char **texts, size_t n, guint64 max, uint32_t *ret_values, GError **error)
{
    for (size_t i = 0; i < n; i++) {
        if (!read_number(texts[i], max, &ret_values[i], error)) {
            return false;
        }
    }
    return true;
}

/* All screens of the tests are of depth 24 in 32 bits, the server's bytes in our own order. */
static LabBitmap *read_screen(const Display *display, const LabArea *area, GError **error)
{
    xcb_get_image_cookie_t cookie = xcb_get_image(display->connection, XCB_IMAGE_FORMAT_Z_PIXMAP,
        display->screen->root, (int16_t) area->x, (int16_t) area->y, (uint16_t) area->width,
        (uint16_t) area->height, ~0U);
    g_autofree xcb_get_image_reply_t *image =
        xcb_get_image_reply(display->connection, cookie, NULL);
    size_t n = (size_t) area->width * area->height;

    if (image == NULL || (size_t) xcb_get_image_data_length(image) != n * 4) {
        g_set_error(error, G_IO_ERROR, G_IO_ERROR_FAILED, "the screen cannot be read there");
        return NULL;
    }
    LabBitmap *bitmap = lab_bitmap_new(area->width, area->height);

    memcpy(bitmap->pixels, xcb_get_image_data(image), n * 4);
    for (size_t i = 0; i < n; i++) {
        bitmap->pixels[i] &= 0xffffff;
    }
    return bitmap;
}

static bool take_screenshot(char **arguments, GError **error)
{
    g_auto(Display) display = {0};

    if (!open_display(&display, error)) {
        return false;
    }
    LabArea area = {0, 0, display.screen->width_in_pixels, display.screen->height_in_pixels};
    g_autoptr(LabBitmap) bitmap = read_screen(&display, &area, error);

    return bitmap != NULL && lab_bitmap_write(bitmap, arguments[0], error);
}

static void fake(const Display *display, uint8_t type, uint8_t detail, int x, int y)
{
    xcb_test_fake_input(display->connection, type, detail, XCB_CURRENT_TIME, display->screen->root,
        (int16_t) x, (int16_t) y, 0);
}

static void finish(const Display *display)
{
    g_free(xcb_get_input_focus_reply(
        display->connection, xcb_get_input_focus(display->connection), NULL));
}

/* With shift where the key's second column has it. */
static bool press(
    const Display *display, xcb_key_symbols_t *symbols, xcb_keysym_t keysym, GError **error)
{
    g_autofree xcb_keycode_t *codes = xcb_key_symbols_get_keycode(symbols, keysym);
    g_autofree xcb_keycode_t *shifts = xcb_key_symbols_get_keycode(symbols, XKB_KEY_Shift_L);

    if (codes == NULL || codes[0] == XCB_NO_SYMBOL || shifts == NULL) {
        g_set_error(error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND, "no key has the symbol 0x%x", keysym);
        return false;
    }
    bool needs_shift = xcb_key_symbols_get_keysym(symbols, codes[0], 0) != keysym;

    if (needs_shift) {
        fake(display, XCB_KEY_PRESS, shifts[0], 0, 0);
    }
    fake(display, XCB_KEY_PRESS, codes[0], 0, 0);
    fake(display, XCB_KEY_RELEASE, codes[0], 0, 0);
    if (needs_shift) {
        fake(display, XCB_KEY_RELEASE, shifts[0], 0, 0);
    }
    return true;
}

static bool press_all(const xcb_keysym_t *keysyms, size_t n, GError **error)
{
    g_auto(Display) display = {0};

    if (!open_display(&display, error)) {
        return false;
    }
    xcb_key_symbols_t *symbols = xcb_key_symbols_alloc(display.connection);
    bool is_done = true;

    for (size_t i = 0; i < n && is_done; i++) {
        is_done = press(&display, symbols, keysyms[i], error);
    }
    xcb_key_symbols_free(symbols);
    finish(&display);
    return is_done;
}

static bool press_keys(char **arguments, GError **error)
{
    g_autoptr(GArray) keysyms = g_array_new(FALSE, FALSE, sizeof(xcb_keysym_t));

    for (; *arguments != NULL; arguments++) {
        xcb_keysym_t keysym = xkb_keysym_from_name(*arguments, XKB_KEYSYM_NO_FLAGS);

        if (keysym == XKB_KEY_NoSymbol) {
            g_set_error(error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND, "no symbol \"%s\"", *arguments);
            return false;
        }
        g_array_append_val(keysyms, keysym);
    }
    return press_all((const xcb_keysym_t *) (const void *) keysyms->data, keysyms->len, error);
}

static bool type_text(char **arguments, GError **error)
{
    g_autoptr(GArray) keysyms = g_array_new(FALSE, FALSE, sizeof(xcb_keysym_t));

    for (const char *at = arguments[0]; *at != '\0'; at = g_utf8_next_char(at)) {
        xcb_keysym_t keysym = xkb_utf32_to_keysym(g_utf8_get_char(at));

        g_array_append_val(keysyms, keysym);
    }
    return press_all((const xcb_keysym_t *) (const void *) keysyms->data, keysyms->len, error);
}

static bool click(char **arguments, GError **error)
{
    g_auto(Display) display = {0};
    uint32_t at[2];

    if (!read_numbers(arguments, 2, INT16_MAX, at, error) || !open_display(&display, error)) {
        return false;
    }
    fake(&display, XCB_MOTION_NOTIFY, 0, (int) at[0], (int) at[1]);
    fake(&display, XCB_BUTTON_PRESS, 1, 0, 0);
    fake(&display, XCB_BUTTON_RELEASE, 1, 0, 0);
    finish(&display);
    return true;
}

static bool compare(char **arguments, GError **error)
{
    g_autoptr(LabBitmap) one = lab_bitmap_read(arguments[0], error);
    g_autoptr(LabBitmap) other = one != NULL ? lab_bitmap_read(arguments[1], error) : NULL;
    bool has_area = g_strv_length(arguments) == 6;
    uint32_t area[4] = {0};

    if (other == NULL) {
        return false;
    }
    if (!has_area && arguments[2] != NULL) {
        g_set_error(error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT, "an area is X Y WIDTH HEIGHT");
        return false;
    }
    if (has_area && !read_numbers(arguments + 2, 4, LAB_BITMAP_SIDE_MAX, area, error)) {
        return false;
    }
    double psnr = lab_bitmap_psnr(
        one, other, has_area ? &(LabArea){area[0], area[1], area[2], area[3]} : NULL);

    if (psnr < 0) {
        g_set_error(error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
            "the area is not within both pictures (%u×%u and %u×%u)", one->width, one->height,
            other->width, other->height);
        return false;
    }
    char text[G_ASCII_DTOSTR_BUF_SIZE];

    puts(isinf(psnr) ? "inf" : g_ascii_formatd(text, sizeof(text), "%.2f", psnr));
    return true;
}

static bool is_near(uint32_t one, uint32_t other)
{
    for (unsigned shift = 0; shift < 24; shift += 8) {
        if (ABS((int) ((one >> shift) & 0xff) - (int) ((other >> shift) & 0xff)) > 24) {
            return false;
        }
    }
    return true;
}

/* A little leeway for each channel: pictures that came over RDP are not exact. */
static bool wait_for_pixel(char **arguments, GError **error)
{
    g_auto(Display) display = {0};
    uint32_t at[2], timeout_ms = 0;
    guint64 colour = 0;

    if (!read_numbers(arguments, 2, INT16_MAX, at, error)
        || !g_ascii_string_to_unsigned(arguments[2], 16, 0, 0xffffff, &colour, error)
        || !read_number(arguments[3], 3600000, &timeout_ms, error)
        || !open_display(&display, error)) {
        return false;
    }
    int64_t deadline = g_get_monotonic_time() + (int64_t) timeout_ms * 1000;
    LabArea area = {at[0], at[1], 1, 1};

    for (;;) {
        g_autoptr(LabBitmap) pixel = read_screen(&display, &area, error);

        if (pixel == NULL || is_near(pixel->pixels[0], (uint32_t) colour)) {
            return pixel != NULL;
        }
        if (g_get_monotonic_time() > deadline) {
            g_set_error(
                error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT, "the pixel is %06x", pixel->pixels[0]);
            return false;
        }
        g_usleep(20000);
    }
}

static const struct {
    const char *name, *arguments;
    size_t min, max; /* how many */
    bool (*run)(char **arguments, GError **error);
} commands[] = {
    {"screenshot", "OUT.png", 1, 1, take_screenshot},
    {"key", "KEYSYM…", 1, 64, press_keys},
    {"type", "TEXT", 1, 1, type_text},
    {"click", "X Y", 2, 2, click},
    {"psnr", "A.png B.png [X Y WIDTH HEIGHT]", 2, 6, compare},
    {"wait-pixel", "X Y RRGGBB TIMEOUT_MS", 4, 4, wait_for_pixel},
};

int main(int argc, char **argv)
{
    g_autoptr(GError) error = NULL;

    for (size_t i = 0; argc > 1 && i < G_N_ELEMENTS(commands); i++) {
        size_t n = (size_t) argc - 2;

        if (!g_str_equal(commands[i].name, argv[1]) || n < commands[i].min || n > commands[i].max) {
            continue;
        }
        if (commands[i].run(argv + 2, &error)) {
            return 0;
        }
        g_printerr("lab-probe %s: %s\n", argv[1], error->message);
        return 1;
    }
    for (size_t i = 0; i < G_N_ELEMENTS(commands); i++) {
        g_printerr("lab-probe %s %s\n", commands[i].name, commands[i].arguments);
    }
    return 64;
}
