/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <stdbool.h>
#include <stdint.h>

/* An X server of a test's own: started on a free display, asked for pictures, given keys and clicks
 * as from a keyboard and a mouse. Ends with its test. */

typedef struct Screen Screen;

/* NULL where there is no Xvfb. DISPLAY of this process and its children is set to it. */
Screen *screen_new(int width, int height);
void screen_free(Screen *screen);
const char *screen_name(const Screen *screen); /* ":7" */

/* BGRX of the pixel on the screen now. */
uint32_t screen_pixel(Screen *screen, int x, int y);
/* What is on the screen, into BUILD/pictures/NAME.png. */
bool screen_keep(Screen *screen, const char *name);
/* A copy of the screen: width × height BGRX, to be freed with g_free. */
uint32_t *screen_copy(Screen *screen, int *ret_width, int *ret_height);

/* evdev codes; the server applies its own keyboard map. */
void screen_key(Screen *screen, int evdev_code, bool down);
void screen_tap(Screen *screen, int evdev_code);
/* Types lower-case letters, digits, and a few signs, as on a US keyboard. */
void screen_type(Screen *screen, const char *text);
void screen_move(Screen *screen, int x, int y);
/* X button: 1 left, 2 middle, 3 right, 4 to 7 wheel, 8 and 9 side. */
void screen_click(Screen *screen, int button);

/* The name of the top-most window that has one, as screen readers say it; "" for none. Yours. */
char *screen_title(Screen *screen);
/* Gives that window this size, in the upper left corner. */
void screen_resize_window(Screen *screen, int width, int height);
/* Another X server's picture, to be freed with g_free; NULL when it cannot be had. */
uint32_t *screen_copy_of(const char *name, int *ret_width, int *ret_height);
