/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <gtk/gtk.h>
#include <stdbool.h>

#include "ui/desktop_view.h"

/* The session on the whole screen: the keyboard is the desktop's, and a bar above the picture has
 * the way back. Ctrl+Alt, or the pointer at the upper edge, brings the bar; a click on the desktop
 * takes it away. The bar stands beside the picture, never over it: the picture is a window of the X
 * server's own, which nothing of GTK's can cover. */

typedef struct VdiFullScreen VdiFullScreen;

/* `content` goes below the bar. All are borrowed. */
VdiFullScreen *vdi_full_screen_new(GtkWindow *window, VdiDesktopView *view, GtkWidget *content);
void vdi_full_screen_free(VdiFullScreen *full_screen);

/* Bar and content; for the window. `asked`: the person wants to disconnect. */
GtkWidget *vdi_full_screen_widget(VdiFullScreen *full_screen);
void vdi_full_screen_on_disconnect(
    VdiFullScreen *full_screen, void (*asked)(void *user), void *user);

void vdi_full_screen_set(VdiFullScreen *full_screen, bool on);
bool vdi_full_screen_is_on(const VdiFullScreen *full_screen);
