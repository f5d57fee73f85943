/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <gtk/gtk.h>
#include <stdbool.h>

#include "base/file.h"
#include "protocol/session/view.h"

/* One desktop as a widget: shows the picture of a view socket and sends keyboard and pointer back.
 * Pixel for pixel where it fits, smaller where the window is smaller, black around it. When the
 * session is gone it keeps the last picture.
 *
 * In a full screen the keyboard can be grabbed, so that Alt+Tab goes to the desktop; pressing and
 * releasing Ctrl+Alt lets it go, a click on the desktop takes it again.
 *
 * Signals:
 *   "picture"  the first frame of a picture, or one of another size, is there
 *   "released" the person pressed Ctrl+Alt
 *   "closed"   (const char *detail) the session is gone; detail NULL, or what was wrong */

#define VDI_TYPE_DESKTOP_VIEW (vdi_desktop_view_get_type())
G_DECLARE_FINAL_TYPE(VdiDesktopView, vdi_desktop_view, VDI, DESKTOP_VIEW, GtkWidget)

GtkWidget *vdi_desktop_view_new(void);

/* Takes `fd`, the viewer's end of a view socket, over; an earlier one is closed. */
void vdi_desktop_view_open(VdiDesktopView *self, VdiFd fd);
/* Closes the view socket and forgets the picture. */
void vdi_desktop_view_close(VdiDesktopView *self);

/* NULL before the first frame; borrowed until the loop turns. */
const VdiPicture *vdi_desktop_view_picture(VdiDesktopView *self);
/* A copy of what is shown, or NULL. */
cairo_surface_t *vdi_desktop_view_snapshot(VdiDesktopView *self);
/* "x11", "cairo": what shows the picture at this moment; NULL: nothing does. */
const char *vdi_desktop_view_display(VdiDesktopView *self);
/* Only this back end; NULL: the first that can. */
void vdi_desktop_view_force_display(VdiDesktopView *self, const char *name);

/* The keys of `window` go to the desktop first while it has the focus: Tab, Alt+letter, F10. */
void vdi_desktop_view_take_keys(VdiDesktopView *self, GtkWindow *window);
/* Whether the keyboard is to be grabbed while the desktop has the focus. */
void vdi_desktop_view_set_grab(VdiDesktopView *self, bool grab);
bool vdi_desktop_view_is_grabbed(VdiDesktopView *self);
void vdi_desktop_view_send_ctrl_alt_del(VdiDesktopView *self);
