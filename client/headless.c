/* SPDX-License-Identifier: Apache-2.0 */
#include "client/headless.h"

#include "client/coverage.h"

enum { SETTLE_MS = 300, SETTLE_MAX_MS = 1000 };

struct VdiHeadless {
    const VdiHeadlessDelegate *delegate;
    void *user;
    VdiView *view;
    VdiCoverage coverage; /* until it is whole; from then on since then */
    bool is_whole, is_settled;
    guint settling, longest; /* sources; 0: none */
};

static void stop_waiting(VdiHeadless *headless)
{
    g_clear_handle_id(&headless->settling, g_source_remove);
    g_clear_handle_id(&headless->longest, g_source_remove);
}

static void settle(VdiHeadless *headless)
{
    stop_waiting(headless);
    headless->is_settled = true;
    vdi_coverage_clear(&headless->coverage);
    headless->delegate->settled(
        vdi_view_picture(headless->view), vdi_view_index(headless->view), headless->user);
}

static gboolean on_settled(gpointer data)
{
    VdiHeadless *headless = data;

    headless->settling = 0;
    settle(headless);
    return G_SOURCE_REMOVE;
}

static gboolean on_longest(gpointer data)
{
    VdiHeadless *headless = data;

    headless->longest = 0;
    settle(headless);
    return G_SOURCE_REMOVE;
}

static void on_picture(VdiView *view, const VdiPicture *picture, void *user)
{
    VdiHeadless *headless = user;

    if (headless->is_settled) {
        return;
    }
    stop_waiting(headless);
    headless->is_whole = false;
    vdi_coverage_init(&headless->coverage, picture->width, picture->height);
}

static void wait_from_now(VdiHeadless *headless)
{
    g_clear_handle_id(&headless->settling, g_source_remove);
    headless->settling = g_timeout_add(SETTLE_MS, on_settled, headless);
}

static void on_frame(
    VdiView *view, unsigned index, const VdiRectangle *damage, size_t n_damage, void *user)
{
    VdiHeadless *headless = user;

    if (!headless->is_settled) {
        size_t n_new = vdi_coverage_add(&headless->coverage, damage, n_damage);

        if (headless->is_whole && n_new > 0) {
            wait_from_now(headless);
        } else if (!headless->is_whole && headless->coverage.n_left == 0) {
            headless->is_whole = true;
            vdi_coverage_init(
                &headless->coverage, headless->coverage.width, headless->coverage.height);
            headless->longest = g_timeout_add(SETTLE_MAX_MS, on_longest, headless);
            wait_from_now(headless);
        }
    }
    /* Acknowledged at once: the other half is painted next, and what is shown stays readable until
     * the frame after it is there. */
    vdi_view_taken(view);
}

static void on_closed(VdiView *view, const GError *error, void *user)
{
    VdiHeadless *headless = user;

    stop_waiting(headless);
    headless->delegate->closed(error, headless->user);
}

static const VdiViewDelegate view_delegate = {
    .picture = on_picture, .frame = on_frame, .cursor = NULL, .closed = on_closed};

VdiHeadless *vdi_headless_new(VdiFd view, const VdiHeadlessDelegate *delegate, void *user)
{
    VdiHeadless *headless = g_new0(VdiHeadless, 1);

    headless->delegate = delegate;
    headless->user = user;
    headless->view = vdi_view_new(view, &view_delegate, headless);
    return headless;
}

void vdi_headless_free(VdiHeadless *headless)
{
    if (headless != NULL) {
        stop_waiting(headless);
        vdi_view_free(headless->view);
        vdi_coverage_clear(&headless->coverage);
        g_free(headless);
    }
}
