/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/display.h"

#include "config.h"

#include <gdk/gdk.h>

#ifdef GDK_WINDOWING_X11
#include <X11/Xlib-xcb.h>
#include <fcntl.h>
#include <gdk/gdkx.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <xcb/shm.h>
#include <xcb/xcbext.h>

/* GDK owns the connection and reads it; we put requests between its own. How we learn that the
 * server has copied: a request with a reply goes out behind the puts, and its reply means that
 * everything before it is done. ShmCompletion would say the same, but Xlib drops the events of
 * extensions that it was not told of. */

typedef struct {
    VdiDisplay display;
    xcb_connection_t *connection; /* GDK's */
    xcb_window_t window;
    xcb_gcontext_t gc;
    xcb_shm_seg_t segment;
    const VdiPicture *picture;
    void (*taken)(void *user);
    void *user;
    GSource *source;
    xcb_get_input_focus_cookie_t cookie;
    bool is_pending;  /* `cookie` was sent, and `taken` not yet called for it */
    bool is_answered; /* its reply is here */
} X11Display;

typedef struct {
    GSource source;
    X11Display *x11;
} ReplySource;

/* Looks only at what GDK has read already, so no event is ever left lying in a queue. */
static gboolean look(GSource *source)
{
    X11Display *x11 = ((ReplySource *) source)->x11;
    void *reply = NULL;
    xcb_generic_error_t *failure = NULL;

    if (x11->is_pending && !x11->is_answered
        && xcb_poll_for_reply(x11->connection, x11->cookie.sequence, &reply, &failure) != 0) {
        free(reply);
        free(failure);
        x11->is_answered = true;
    }
    return x11->is_answered;
}

static gboolean look_first(GSource *source, int *timeout_ms)
{
    *timeout_ms = -1;
    return look(source);
}

static gboolean say_taken(GSource *source, GSourceFunc callback, gpointer data)
{
    X11Display *x11 = ((ReplySource *) source)->x11;

    x11->is_pending = x11->is_answered = false;
    x11->taken(x11->user);
    return G_SOURCE_CONTINUE;
}

static const GSourceFuncs reply_source = {look_first, look, say_taken, NULL, NULL, NULL};

/* Descriptors travel over a local socket alone; on another one libxcb would give up the whole
 * connection. */
static bool is_local(xcb_connection_t *connection)
{
    struct sockaddr_storage peer = {0};
    socklen_t size = sizeof(peer);

    return getpeername(
               xcb_get_file_descriptor(connection), (struct sockaddr *) (void *) &peer, &size)
        == 0
        && peer.ss_family == AF_UNIX;
}

static bool has_shm_1_2(xcb_connection_t *connection)
{
    const xcb_query_extension_reply_t *extension = xcb_get_extension_data(connection, &xcb_shm_id);

    if (extension == NULL || !extension->present) {
        return false;
    }
    xcb_shm_query_version_reply_t *version =
        xcb_shm_query_version_reply(connection, xcb_shm_query_version(connection), NULL);
    bool enough = version != NULL
        && (version->major_version > 1
            || (version->major_version == 1 && version->minor_version >= 2));

    free(version);
    return enough;
}

/* Does the window take our pixels as they are: BGRX32? */
static bool takes_our_pixels(xcb_connection_t *connection, GdkWindow *window)
{
    const xcb_setup_t *setup = xcb_get_setup(connection);
    GdkVisual *visual = gdk_window_get_visual(window);
    guint32 red = 0, blue = 0;

    gdk_visual_get_red_pixel_details(visual, &red, NULL, NULL);
    gdk_visual_get_blue_pixel_details(visual, &blue, NULL, NULL);
    if (G_BYTE_ORDER != G_LITTLE_ENDIAN || setup->image_byte_order != XCB_IMAGE_ORDER_LSB_FIRST
        || gdk_visual_get_depth(visual) != 24 || red != 0xff0000 || blue != 0xff) {
        return false;
    }
    for (xcb_format_iterator_t it = xcb_setup_pixmap_formats_iterator(setup); it.rem > 0;
         xcb_format_next(&it)) {
        if (it.data->depth == 24) {
            return it.data->bits_per_pixel == 32;
        }
    }
    return false;
}

static bool attach(X11Display *x11)
{
    /* The request closes the descriptor that it sends. */
    int sent = fcntl(x11->picture->fd, F_DUPFD_CLOEXEC, 3);

    if (sent < 0) {
        return false;
    }
    x11->segment = xcb_generate_id(x11->connection);
    xcb_generic_error_t *failure = xcb_request_check(
        x11->connection, xcb_shm_attach_fd_checked(x11->connection, x11->segment, sent, true));
    bool attached = failure == NULL;

    free(failure);
    return attached;
}

static VdiDisplay *create(
    GdkWindow *window, const VdiPicture *picture, void (*taken)(void *user), void *user)
{
    if (!GDK_IS_X11_WINDOW(window) || !gdk_window_has_native(window)) {
        return NULL;
    }
    xcb_connection_t *connection = XGetXCBConnection(GDK_WINDOW_XDISPLAY(window));

    if (!is_local(connection) || !has_shm_1_2(connection)
        || !takes_our_pixels(connection, window)) {
        return NULL;
    }
    g_autofree X11Display *x11 = g_new0(X11Display, 1);

    x11->display.ops = &vdi_display_x11;
    x11->connection = connection;
    x11->window = (xcb_window_t) GDK_WINDOW_XID(window);
    x11->picture = picture;
    x11->taken = taken;
    x11->user = user;
    if (!attach(x11)) {
        return NULL;
    }
    x11->gc = xcb_generate_id(connection);
    xcb_create_gc(connection, x11->gc, x11->window, XCB_GC_GRAPHICS_EXPOSURES, (uint32_t[]){0});
    x11->source = g_source_new((GSourceFuncs *) &reply_source, sizeof(ReplySource));
    ((ReplySource *) x11->source)->x11 = x11;
    g_source_attach(x11->source, NULL);
    return &((X11Display *) g_steal_pointer(&x11))->display;
}

static void forget_reply(X11Display *x11)
{
    if (x11->is_pending && !x11->is_answered) {
        xcb_discard_reply(x11->connection, x11->cookie.sequence);
    }
    x11->is_answered = false;
}

static void destroy(VdiDisplay *display)
{
    X11Display *x11 = (X11Display *) display;

    g_source_destroy(x11->source);
    g_source_unref(x11->source);
    xcb_free_gc(x11->connection, x11->gc);
    xcb_shm_detach(x11->connection, x11->segment);
    xcb_flush(x11->connection);
    if (x11->is_pending) {
        forget_reply(x11);
        x11->taken(x11->user);
    }
    g_free(x11);
}

static void put(X11Display *x11, const VdiPlacement *placement, unsigned index, VdiRectangle part)
{
    const VdiPicture *picture = x11->picture;
    uint32_t offset = index * picture->height * picture->stride;
    xcb_void_cookie_t cookie = xcb_shm_put_image_checked(x11->connection, x11->window, x11->gc,
        (uint16_t) (picture->stride / 4), (uint16_t) picture->height, part.x, part.y, part.width,
        part.height, (int16_t) (placement->x + part.x), (int16_t) (placement->y + part.y), 24,
        XCB_IMAGE_FORMAT_Z_PIXMAP, false, x11->segment, offset);

    /* A window that went away meanwhile is no reason for GDK to end the program. */
    xcb_discard_reply(x11->connection, cookie.sequence);
}

static void show(VdiDisplay *display, const VdiPlacement *placement, unsigned index,
    const VdiRectangle *damage, size_t n_damage)
{
    X11Display *x11 = (X11Display *) display;

    for (size_t i = 0; i < n_damage; i++) {
        put(x11, placement, index, damage[i]);
    }
    forget_reply(x11);
    x11->cookie = xcb_get_input_focus(x11->connection);
    x11->is_pending = true;
    xcb_flush(x11->connection);
}

#else

static VdiDisplay *create(
    GdkWindow *window, const VdiPicture *picture, void (*taken)(void *user), void *user)
{
    return NULL;
}

#define destroy NULL
#define show NULL

#endif

const VdiDisplayOps vdi_display_x11 = {"x11", false, create, destroy, show, NULL};
