/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <gtk/gtk.h>

#include "base/paths.h"
#include "base/settings.h"

/* The application's window: header bar, pages, one visit at a time. */

#define VDI_TYPE_WINDOW (vdi_window_get_type())
G_DECLARE_FINAL_TYPE(VdiWindow, vdi_window, VDI, WINDOW, GtkApplicationWindow)

/* `paths` and `settings` are borrowed and outlive the window. */
GtkWidget *vdi_window_new(
    GtkApplication *application, const VdiPaths *paths, const VdiSettings *settings);

/* Begins a visit; `user` NULL: not known. Nothing happens while another one lasts. */
void vdi_window_connect(VdiWindow *self, const char *address, const char *user);
