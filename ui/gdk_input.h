/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <gtk/gtk.h>
#include <stdbool.h>

#include "protocol/session/view.h"
#include "ui/display.h"

/* GDK's events as a desktop wants them: evdev codes, pixels of the desktop, 120ths of a notch. */

typedef struct VdiGdkInput VdiGdkInput;

/* The view is borrowed. */
VdiGdkInput *vdi_gdk_input_new(VdiView *view);
void vdi_gdk_input_free(VdiGdkInput *input);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(VdiGdkInput, vdi_gdk_input_free)

/* Sends what the event means to the desktop; false: it means nothing there. */
bool vdi_gdk_input_event(VdiGdkInput *input, const GdkEvent *event, const VdiPlacement *placement);

/* True once after Ctrl and the left Alt were pressed together and let go with no other key or
 * button in between: the way out of a grab. */
bool vdi_gdk_input_take_chord(VdiGdkInput *input);

/* The desktop loses the keyboard: releases every key. Or gets it, with the lock keys as they are.
 */
void vdi_gdk_input_focus(VdiGdkInput *input, bool focused, GdkKeymap *keymap);

/* Presses `codes` (evdev; ended by 0) in order, then lets them go: Ctrl+Alt+Del. */
void vdi_gdk_input_type(VdiGdkInput *input, const uint16_t *codes);
