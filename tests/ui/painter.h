/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/file.h"
#include "protocol/session/message.h"

/* The other end of a view socket, in the test's own loop: paints a card whose every pixel is known,
 * and writes down what input comes. */

typedef struct Painter Painter;

/* *ret_view: the viewer's end, yours. */
Painter *painter_new(uint32_t width, uint32_t height, VdiFd *ret_view);
void painter_free(Painter *painter);

/* BGRX of the card at that place, in round `round`. */
uint32_t painter_color(unsigned round, uint32_t x, uint32_t y);

/* Paints the whole card, or only this part of it, anew and sends it; each call is a round. */
void painter_paint(Painter *painter, const VdiRectangle *part);
unsigned painter_round(const Painter *painter);
bool painter_has_picture(const Painter *painter);
bool painter_was_taken(const Painter *painter);

/* A pointer shape of one colour. */
void painter_point(Painter *painter, uint16_t size, uint32_t bgra);

/* What came since the last call, one word each: "key 30 down", "move 3 4", "button 272 down at 3
 * 4", "wheel 120 0", "focus 1"; joined by commas. Yours. */
char *painter_input(Painter *painter);
