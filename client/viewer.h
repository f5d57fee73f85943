/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <glib.h>
#include <stdint.h>

#include "base/file.h"

/* vdi-viewer, started by vdi-connect where there is a display: a process of its own, so that
 * vdi-connect links no toolkit. It shows what it is told on its status socket until it gets a view
 * there, and ends when that socket does, or when the person closes it. */

typedef struct VdiViewer VdiViewer;

typedef struct {
    /* At most once: the room that the picture has, in pixels; 0 × 0 when the viewer does not say.
     */
    void (*sized)(uint32_t width, uint32_t height, uint32_t scale_percent, void *user);
    /* Once. Without an error the person closed it, or a signal that ends programs reached it too;
     * else VDI_PROGRAM_ERROR_SCREEN or VDI_PROCESS_ERROR_STATUS. */
    void (*ended)(const GError *error, void *user);
} VdiViewerDelegate;

/* Called from the loop; the delegate is borrowed. Fails with VDI_PROCESS_ERROR_START. */
VdiViewer *vdi_viewer_new(const char *title, const VdiViewerDelegate *delegate, void *user,
    GError **error) G_GNUC_WARN_UNUSED_RESULT;
/* Closes its status socket, which ends it; does not wait. */
void vdi_viewer_free(VdiViewer *viewer);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(VdiViewer, vdi_viewer_free)

/* A sentence for people, in place of the desktop; `detail` may be NULL. */
void vdi_viewer_say(VdiViewer *viewer, const char *headline, const char *detail);
/* The view socket, handed over with the same words. It stays the caller's to close. */
void vdi_viewer_show(VdiViewer *viewer, int view, const char *headline);
