/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/lab/face.h"

#include <cairo-xcb.h>
#include <math.h>

#define MARGIN 48
#define GAP 32

typedef struct {
    int x, y, width, height;
} Area;

struct LabFace {
    xcb_connection_t *connection;
    xcb_window_t window;
    cairo_surface_t *surface; /* the window */
    Area screen, still, alive, echo, swatch;
    double red, green, blue; /* of the title */
};

static xcb_visualtype_t *find_visual(xcb_screen_t *screen)
{
    xcb_depth_iterator_t depth = xcb_screen_allowed_depths_iterator(screen);

    for (; depth.rem > 0; xcb_depth_next(&depth)) {
        xcb_visualtype_iterator_t visual = xcb_depth_visuals_iterator(depth.data);

        for (; visual.rem > 0; xcb_visualtype_next(&visual)) {
            if (visual.data->visual_id == screen->root_visual) {
                return visual.data;
            }
        }
    }
    g_error("the screen's visual is not among its own");
}

static void set_rgb(cairo_t *cairo, uint32_t rgb)
{
    cairo_set_source_rgb(
        cairo, (rgb >> 16) / 255.0, ((rgb >> 8) & 0xff) / 255.0, (rgb & 0xff) / 255.0);
}

/* Full saturation at mid lightness, a third of the wheel apart for each channel. */
static void choose_colour(LabFace *face, int hue)
{
    face->red = 0.36 + 0.30 * cos(hue * G_PI / 180);
    face->green = 0.36 + 0.30 * cos((hue - 120) * G_PI / 180);
    face->blue = 0.36 + 0.30 * cos((hue - 240) * G_PI / 180);
}

static void rounded(cairo_t *cairo, const Area *area, double radius)
{
    double left = area->x + radius, right = area->x + area->width - radius;
    double top = area->y + radius, bottom = area->y + area->height - radius;

    cairo_new_sub_path(cairo);
    cairo_arc(cairo, right, top, radius, -G_PI_2, 0);
    cairo_arc(cairo, right, bottom, radius, 0, G_PI_2);
    cairo_arc(cairo, left, bottom, radius, G_PI_2, G_PI);
    cairo_arc(cairo, left, top, radius, G_PI, 1.5 * G_PI);
    cairo_close_path(cairo);
}

static void write_text(
    cairo_t *cairo, double x, double y, double size, cairo_font_weight_t weight, const char *text)
{
    cairo_select_font_face(cairo, "DejaVu Sans", CAIRO_FONT_SLANT_NORMAL, weight);
    cairo_set_font_size(cairo, size);
    cairo_move_to(cairo, x, y);
    cairo_show_text(cairo, text);
}

/* The largest of the sizes up to `size` at which `text` is no wider than `width`. */
static double fitting(cairo_t *cairo, double size, double width, const char *text)
{
    cairo_text_extents_t extents;

    cairo_select_font_face(cairo, "DejaVu Sans", CAIRO_FONT_SLANT_NORMAL, CAIRO_FONT_WEIGHT_BOLD);
    cairo_set_font_size(cairo, size);
    cairo_text_extents(cairo, text, &extents);
    return extents.width <= width ? size : floor(size * width / extents.width);
}

static void draw_wall(const LabFace *face, cairo_t *cairo)
{
    cairo_pattern_t *sky = cairo_pattern_create_linear(0, 0, 0, face->screen.height);

    cairo_pattern_add_color_stop_rgb(
        sky, 0, face->red * 0.35, face->green * 0.35, face->blue * 0.35);
    cairo_pattern_add_color_stop_rgb(sky, 1, face->red, face->green, face->blue);
    cairo_set_source(cairo, sky);
    cairo_paint(cairo);
    cairo_pattern_destroy(sky);
    for (int i = 0; i < 3; i++) { /* three hills, each lighter than the one behind it */
        double base = face->screen.height * (0.62 + 0.12 * i);

        cairo_set_source_rgba(cairo, 1, 1, 1, 0.06);
        cairo_move_to(cairo, 0, face->screen.height);
        for (int x = 0; x <= face->screen.width; x += 8) {
            cairo_line_to(cairo, x, base + 46 * sin(x / (170.0 + 60 * i) + 1.7 * i));
        }
        cairo_line_to(cairo, face->screen.width, face->screen.height);
        cairo_fill(cairo);
    }
}

static void draw_bars(cairo_t *cairo, const Area *area)
{
    static const uint32_t colours[] = {
        0xffffff, 0xf2c230, 0x37b7c3, 0x3fa34d, 0xa34fb0, 0xd64545, 0x2f5fd0, 0x202733};
    double width = area->width / (double) G_N_ELEMENTS(colours);

    for (size_t i = 0; i < G_N_ELEMENTS(colours); i++) {
        set_rgb(cairo, colours[i]);
        cairo_rectangle(cairo, floor(area->x + i * width), area->y, ceil(width), area->height);
        cairo_fill(cairo);
    }
}

static void draw_ramp(const LabFace *face, cairo_t *cairo, const Area *area)
{
    cairo_pattern_t *ramp = cairo_pattern_create_linear(area->x, 0, area->x + area->width, 0);

    cairo_pattern_add_color_stop_rgb(ramp, 0, 0.08, 0.1, 0.13);
    cairo_pattern_add_color_stop_rgb(ramp, 0.5, face->red, face->green, face->blue);
    cairo_pattern_add_color_stop_rgb(ramp, 1, 1, 1, 1);
    cairo_set_source(cairo, ramp);
    cairo_rectangle(cairo, area->x, area->y, area->width, area->height);
    cairo_fill(cairo);
    cairo_pattern_destroy(ramp);
}

static void draw_card(const LabFace *face, cairo_t *cairo, const char *title)
{
    const Area *card = &face->still;
    Area bars = {card->x + GAP, card->y + card->height - 200, card->width - 2 * GAP, 96};
    Area ramp = {bars.x, bars.y + bars.height + 16, bars.width, 40};

    cairo_set_source_rgb(cairo, 0.97, 0.98, 0.99);
    rounded(cairo, card, 18);
    cairo_fill(cairo);
    cairo_set_source_rgb(cairo, face->red, face->green, face->blue);
    rounded(cairo, &(Area){card->x + GAP, card->y + 44, 12, 84}, 6);
    cairo_fill(cairo);
    cairo_set_source_rgb(cairo, 0.11, 0.14, 0.19);
    write_text(cairo, card->x + GAP + 36, card->y + 104,
        fitting(cairo, 50, card->width - 2 * GAP - 36, title), CAIRO_FONT_WEIGHT_BOLD, title);
    cairo_set_source_rgb(cairo, 0.35, 0.4, 0.47);
    write_text(cairo, card->x + GAP, card->y + 190, 22, CAIRO_FONT_WEIGHT_NORMAL,
        "A remote desktop of the lab.");
    write_text(cairo, card->x + GAP, card->y + 226, 22, CAIRO_FONT_WEIGHT_NORMAL,
        "This side stands still; the other is alive.");
    draw_bars(cairo, &bars);
    draw_ramp(face, cairo, &ramp);
}

static void draw_still(const LabFace *face, cairo_t *cairo, const char *title)
{
    draw_wall(face, cairo);
    draw_card(face, cairo, title);
    set_rgb(cairo, 0x161b24);
    rounded(cairo, &face->alive, 18);
    cairo_fill(cairo);
    set_rgb(cairo, 0x161b24);
    rounded(cairo, &face->echo, 12);
    cairo_fill(cairo);
}

static void place(LabFace *face)
{
    int width = face->screen.width, height = face->screen.height;
    int upper = height - 2 * MARGIN - GAP - 56; /* the height of the two cards */
    int alive = width / 3;

    face->still = (Area){MARGIN, MARGIN, width - 2 * MARGIN - GAP - alive, upper};
    face->alive = (Area){width - MARGIN - alive, MARGIN, alive, upper};
    face->echo = (Area){MARGIN, height - MARGIN - 56, width - 2 * MARGIN, 56};
    face->swatch = (Area){face->echo.x + 12, face->echo.y + 12, 32, 32};
}

LabFace *lab_face_new(xcb_connection_t *connection, xcb_screen_t *screen, xcb_window_t window,
    const char *title, int hue)
{
    LabFace *face = g_new0(LabFace, 1);
    xcb_visualtype_t *visual = find_visual(screen);
    xcb_pixmap_t pixmap = xcb_generate_id(connection);

    face->connection = connection;
    face->window = window;
    face->screen = (Area){0, 0, screen->width_in_pixels, screen->height_in_pixels};
    place(face);
    choose_colour(face, hue);
    xcb_create_pixmap(connection, screen->root_depth, pixmap, window, screen->width_in_pixels,
        screen->height_in_pixels);
    cairo_surface_t *still = cairo_xcb_surface_create(
        connection, pixmap, visual, face->screen.width, face->screen.height);
    cairo_t *cairo = cairo_create(still);

    draw_still(face, cairo, title);
    cairo_destroy(cairo);
    cairo_surface_finish(still);
    cairo_surface_destroy(still);
    xcb_change_window_attributes(connection, window, XCB_CW_BACK_PIXMAP, &pixmap);
    xcb_free_pixmap(connection, pixmap);
    face->surface = cairo_xcb_surface_create(
        connection, window, visual, face->screen.width, face->screen.height);
    return face;
}

void lab_face_free(LabFace *face)
{
    if (face != NULL) {
        cairo_surface_finish(face->surface);
        cairo_surface_destroy(face->surface);
        g_free(face);
    }
}

/* Between 0 and `range`, there and back. */
static double bounce(double distance, double range)
{
    double at = fmod(distance, 2 * range);

    return at < range ? at : 2 * range - at;
}

static void draw_clock(const LabFace *face, cairo_t *cairo, int64_t real_us)
{
    g_autoptr(GDateTime) now = g_date_time_new_from_unix_utc(real_us / G_USEC_PER_SEC);
    g_autofree char *clock = g_date_time_format(now, "%H:%M:%S");

    cairo_set_source_rgb(cairo, 0.9, 0.93, 0.97);
    write_text(cairo, face->alive.x + GAP, face->alive.y + face->alive.height - GAP, 44,
        CAIRO_FONT_WEIGHT_BOLD, clock);
}

void lab_face_animate(LabFace *face, int64_t real_us, int64_t age_us)
{
    cairo_t *cairo = cairo_create(face->surface);
    double seconds = (double) age_us / G_USEC_PER_SEC;
    double radius = 36;
    double x = bounce(seconds * 150, face->alive.width - 2 * radius);
    double y = bounce(seconds * 110, face->alive.height - 110 - 2 * radius);

    rounded(cairo, &face->alive, 18);
    cairo_clip(cairo);
    cairo_push_group(cairo); /* shown at once: no half-drawn frame is ever seen */
    set_rgb(cairo, 0x161b24);
    cairo_paint(cairo);
    cairo_set_source_rgb(cairo, face->red * 1.4, face->green * 1.4, face->blue * 1.4);
    cairo_arc(cairo, face->alive.x + radius + x, face->alive.y + radius + y, radius, 0, 2 * G_PI);
    cairo_fill(cairo);
    draw_clock(face, cairo, real_us);
    cairo_pop_group_to_source(cairo);
    cairo_paint(cairo);
    cairo_destroy(cairo);
    cairo_surface_flush(face->surface);
}

void lab_face_echo(LabFace *face, const char *text, uint32_t colour)
{
    cairo_t *cairo = cairo_create(face->surface);

    set_rgb(cairo, 0x161b24);
    rounded(cairo, &face->echo, 12);
    cairo_fill(cairo);
    set_rgb(cairo, colour);
    cairo_rectangle(cairo, face->swatch.x, face->swatch.y, face->swatch.width, face->swatch.height);
    cairo_fill(cairo);
    cairo_set_source_rgb(cairo, 0.9, 0.93, 0.97);
    write_text(cairo, face->swatch.x + 52, face->swatch.y + 25, 24, CAIRO_FONT_WEIGHT_NORMAL,
        *text != '\0' ? text : "Type or click: it shows here.");
    cairo_destroy(cairo);
    cairo_surface_flush(face->surface);
}

static void write_area(GString *out, const char *name, const Area *area)
{
    g_string_append_printf(
        out, "%s=%d,%d,%d,%d\n", name, area->x, area->y, area->width, area->height);
}

char *lab_face_layout(const LabFace *face)
{
    GString *out = g_string_new(NULL);

    write_area(out, "still", &face->still);
    write_area(out, "alive", &face->alive);
    write_area(out, "echo", &face->echo);
    g_string_append_printf(out, "swatch=%d,%d\n", face->swatch.x + face->swatch.width / 2,
        face->swatch.y + face->swatch.height / 2);
    return g_string_free(out, FALSE);
}
