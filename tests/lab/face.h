/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <glib.h>
#include <stdint.h>
#include <xcb/xcb.h>

/* The picture of a lab desktop, drawn with cairo: a still part, a part that is alive, and a line
 * that echoes. */

#define LAB_IDLE 0x8a94a6
#define LAB_KEY 0x2eb872
#define LAB_CLICK 0xf08c2e

typedef struct LabFace LabFace;

/* The still part becomes the background of `window`, so that it needs no drawing again. `hue`: 0 to
 * 359. */
LabFace *lab_face_new(xcb_connection_t *connection, xcb_screen_t *screen, xcb_window_t window,
    const char *title, int hue);
void lab_face_free(LabFace *face);

/* `real_us`: the clock; `age_us`: how long it runs. */
void lab_face_animate(LabFace *face, int64_t real_us, int64_t age_us);

/* `colour`: of the swatch. */
void lab_face_echo(LabFace *face, const char *text, uint32_t colour);

/* "still=X,Y,W,H" and so on, a line each. Yours. */
char *lab_face_layout(const LabFace *face);
