/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <stdbool.h>

#include "base/file.h"
#include "protocol/session/view.h"

/* A viewer without a screen: takes the frames, so that the session goes on, and finds the moment
 * for a screenshot.
 *
 * The picture is *whole* when every pixel was painted once. It is *settled* when, from then on,
 * SETTLE_MS passed in which nothing was painted that had not been painted since: a clock or a
 * cursor that repaints its own place again and again does not hold it up, a window that is still
 * being drawn does. After SETTLE_MAX_MS it counts as settled whatever moves. */

typedef struct VdiHeadless VdiHeadless;

typedef struct {
    /* Once. The picture may be read until this returns. */
    void (*settled)(const VdiPicture *picture, unsigned index, void *user);
    /* The session is gone, or misbehaved (`error`). Nothing is called afterwards. */
    void (*closed)(const GError *error, void *user);
} VdiHeadlessDelegate;

/* Takes `view` over. The delegate is borrowed. */
VdiHeadless *vdi_headless_new(VdiFd view, const VdiHeadlessDelegate *delegate, void *user);
void vdi_headless_free(VdiHeadless *headless);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(VdiHeadless, vdi_headless_free)
