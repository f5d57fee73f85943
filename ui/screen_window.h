/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <gtk/gtk.h>

/* A window as large as the screen it is on, without decoration: full screen where a window manager
 * is there to do it, and where none is (a kiosk's bare X server), placed and focused by itself. */
GtkWidget *vdi_screen_window_new(void);
