/* SPDX-License-Identifier: Apache-2.0 */
#include "protocol/session/view.h"

#include <fcntl.h>
#include <glib-unix.h>
#include <linux/input-event-codes.h>
#include <string.h>
#include <sys/socket.h>

#include "base/error.h"
#include "base/file.h"
#include "protocol/session/channel.h"

enum {
    N_BUTTONS = 8,       /* BTN_LEFT to BTN_TASK */
    WAITING_MAX = 1024,  /* messages that a session may leave unread */
    WORD_MAX_BYTES = 32, /* every message that a viewer sends */
};

/* A message that waits for room in the socket. */
typedef struct {
    union {
        uint32_t kind;
        unsigned char bytes[WORD_MAX_BYTES];
    } message;
    size_t size;
    VdiFd passed; /* a copy of our own; -1 */
} Waiting;

struct VdiView {
    VdiFd fd;
    const VdiViewDelegate *delegate;
    void *user;
    guint reading, writing; /* sources; 0: none */

    VdiPicture *picture;
    uint32_t generation;
    uint32_t serial; /* of the last frame */
    unsigned index;
    bool is_owed; /* the last frame was not taken yet */

    GQueue waiting;  /* of Waiting */
    GError *failure; /* found while sending; told from the loop */
    uint16_t x, y;   /* where the pointer was last */
    bool keys[KEY_CNT];
    bool buttons[N_BUTTONS];
    VdiMessage message; /* the one being read */
};

static void waiting_free(gpointer data)
{
    Waiting *waiting = data;

    vdi_fd_close(waiting->passed);
    g_free(waiting);
}

/* ---- speaking ---- */

/* Told from the loop, never from within a call of the owner's. */
static void fail_later(VdiView *view, GError *error)
{
    if (view->failure == NULL) {
        view->failure = error;
        shutdown(view->fd, SHUT_RDWR);
    } else {
        g_error_free(error);
    }
}

/* Sends what waits, in order, as far as there is room. */
static gboolean on_room(gint fd, GIOCondition condition, gpointer data)
{
    VdiView *view = data;
    Waiting *first = NULL;
    GError *error = NULL;

    while ((first = g_queue_peek_head(&view->waiting)) != NULL) {
        if (!vdi_channel_try_send(view->fd, &first->message, first->size, first->passed, &error)) {
            break;
        }
        waiting_free(g_queue_pop_head(&view->waiting));
    }
    if (error != NULL) {
        g_queue_clear_full(&view->waiting, waiting_free);
        g_error_free(error); /* it is gone: the reading side says so */
        first = NULL;
    }
    if (first == NULL) {
        view->writing = 0;
        return G_SOURCE_REMOVE;
    }
    return G_SOURCE_CONTINUE;
}

static void say(VdiView *view, const void *message, size_t size, int passed)
{
    g_autoptr(GError) error = NULL;

    g_assert(size <= WORD_MAX_BYTES);
    if (view->reading == 0 || view->failure != NULL) {
        return; /* gone */
    }
    if (g_queue_is_empty(&view->waiting)) {
        if (vdi_channel_try_send(view->fd, message, size, passed, &error) || error != NULL) {
            return;
        }
    }
    Waiting *last = g_queue_peek_tail(&view->waiting);
    uint32_t kind = *(const uint32_t *) message;

    if (last != NULL && kind == VDI_MESSAGE_POINTER && last->message.kind == kind) {
        memcpy(last->message.bytes, message, size);
        return;
    }
    if (g_queue_get_length(&view->waiting) >= WAITING_MAX) {
        fail_later(view,
            g_error_new_literal(VDI_SESSION_ERROR, VDI_SESSION_ERROR_MESSAGE,
                "the session no longer reads what it is told"));
        return;
    }
    Waiting *waiting = g_new0(Waiting, 1);

    memcpy(waiting->message.bytes, message, size);
    waiting->size = size;
    waiting->passed = passed >= 0 ? fcntl(passed, F_DUPFD_CLOEXEC, 3) : -1;
    g_queue_push_tail(&view->waiting, waiting);
    if (view->writing == 0) {
        view->writing = g_unix_fd_add(view->fd, G_IO_OUT, on_room, view);
    }
}

/* ---- listening ---- */

static bool refuse(const char *why, GError **error)
{
    g_set_error(error, VDI_SESSION_ERROR, VDI_SESSION_ERROR_MESSAGE, "the session %s", why);
    return false;
}

/* The delegate may free the view: each of these calls it last. */

static bool take_size(VdiView *view, size_t size, GError **error)
{
    const VdiMessageSize *wanted = (const VdiMessageSize *) &view->message;
    g_autoptr(VdiPicture) former = NULL;
    VdiPicture *picture = NULL;

    if (size != sizeof *wanted) {
        return refuse("sent a size of a wrong length", error);
    }
    picture = vdi_picture_new(view->generation + 1, wanted->width, wanted->height, error);
    if (picture == NULL) {
        return false;
    }
    VdiMessagePicture announcement = vdi_picture_announce(picture);

    view->generation++;
    former = view->picture;
    view->picture = picture;
    view->is_owed = false;
    view->index = 0;
    say(view, &announcement, sizeof announcement, picture->fd);
    view->delegate->picture(view, picture, view->user);
    return true;
}

static bool damage_is_inside(const VdiMessageFrame *frame, const VdiPicture *picture)
{
    for (size_t i = 0; i < frame->n_damage; i++) {
        const VdiRectangle *area = &frame->damage[i];

        if (area->width == 0 || area->height == 0
            || (uint32_t) area->x + area->width > picture->width
            || (uint32_t) area->y + area->height > picture->height) {
            return false;
        }
    }
    return true;
}

static bool take_frame(VdiView *view, size_t size, GError **error)
{
    const VdiMessageFrame *frame = (const VdiMessageFrame *) &view->message;

    if (size != sizeof *frame) {
        return refuse("sent a frame of a wrong length", error);
    }
    if (frame->generation > view->generation || view->picture == NULL) {
        return refuse("sent a frame of an unknown picture", error);
    }
    if (frame->serial <= view->serial) {
        return refuse("sent a frame out of order", error);
    }
    if (frame->generation < view->generation) {
        view->serial = frame->serial;
        return true;
    }
    if (view->is_owed) {
        return refuse("sent a frame before the last was taken", error);
    }
    if (frame->index > 1 || frame->n_damage < 1 || frame->n_damage > VDI_FRAME_MAX_DAMAGE
        || !damage_is_inside(frame, view->picture)) {
        return refuse("sent damage outside the picture", error);
    }
    view->serial = frame->serial;
    view->index = frame->index;
    view->is_owed = true;
    view->delegate->frame(view, frame->index, frame->damage, frame->n_damage, view->user);
    return true;
}

static bool take_cursor(VdiView *view, size_t size, GError **error)
{
    const VdiMessageCursor *cursor = (const VdiMessageCursor *) &view->message;

    if (size < sizeof *cursor || cursor->width > VDI_CURSOR_MAX || cursor->height > VDI_CURSOR_MAX
        || (cursor->width == 0) != (cursor->height == 0)
        || size != sizeof *cursor + (size_t) cursor->width * cursor->height * 4) {
        return refuse("sent a pointer of a wrong size", error);
    }
    if (cursor->width > 0 && (cursor->hot_x >= cursor->width || cursor->hot_y >= cursor->height)) {
        return refuse("sent a pointer that points elsewhere", error);
    }
    if (view->delegate->cursor != NULL) {
        view->delegate->cursor(view, cursor, view->message.bytes + sizeof *cursor, view->user);
    }
    return true;
}

static const struct {
    uint32_t kind;
    bool (*take)(VdiView *view, size_t size, GError **error);
} kinds[] = {
    {VDI_MESSAGE_FRAME, take_frame},
    {VDI_MESSAGE_SIZE, take_size},
    {VDI_MESSAGE_CURSOR, take_cursor},
};

static bool take_message(VdiView *view, size_t size, GError **error)
{
    for (size_t i = 0; i < G_N_ELEMENTS(kinds); i++) {
        if (kinds[i].kind == view->message.kind) {
            return kinds[i].take(view, size, error);
        }
    }
    return refuse("sent a message of an unknown kind", error);
}

static gboolean close_view(VdiView *view, const GError *error)
{
    view->reading = 0;
    g_clear_handle_id(&view->writing, g_source_remove);
    g_queue_clear_full(&view->waiting, waiting_free);
    shutdown(view->fd, SHUT_RDWR);
    view->delegate->closed(view, error, view->user);
    return G_SOURCE_REMOVE;
}

/* One message a turn, so that a talkative session does not starve the window. */
static gboolean on_message(gint fd, GIOCondition condition, gpointer data)
{
    VdiView *view = data;
    g_autoptr(GError) error = NULL;
    g_auto(VdiFd) passed = -1;

    if (view->failure != NULL) {
        g_autoptr(GError) failure = g_steal_pointer(&view->failure);

        return close_view(view, failure);
    }
    ssize_t size = vdi_channel_receive(view->fd, &view->message, &passed, &error);

    if (size == 0) {
        return close_view(view, NULL);
    }
    if (size < 0 && error == NULL) {
        return G_SOURCE_CONTINUE;
    }
    if (size < 0 || (passed >= 0 && !refuse("sent a descriptor", &error))
        || !take_message(view, (size_t) size, &error)) {
        return close_view(view, error);
    }
    return G_SOURCE_CONTINUE; /* the view may be gone: GLib knows, we must not look */
}

VdiView *vdi_view_new(int fd, const VdiViewDelegate *delegate, void *user)
{
    VdiView *view = g_new0(VdiView, 1);

    g_assert(delegate->picture != NULL && delegate->frame != NULL && delegate->closed != NULL);
    view->fd = fd;
    view->delegate = delegate;
    view->user = user;
    g_queue_init(&view->waiting);
    g_unix_set_fd_nonblocking(fd, TRUE, NULL);
    view->reading = g_unix_fd_add(fd, G_IO_IN | G_IO_HUP | G_IO_ERR, on_message, view);
    return view;
}

void vdi_view_free(VdiView *view)
{
    if (view == NULL) {
        return;
    }
    g_clear_handle_id(&view->reading, g_source_remove);
    g_clear_handle_id(&view->writing, g_source_remove);
    g_queue_clear_full(&view->waiting, waiting_free);
    g_clear_error(&view->failure);
    vdi_picture_free(view->picture);
    vdi_fd_close(view->fd);
    g_free(view);
}

const VdiPicture *vdi_view_picture(const VdiView *view)
{
    return view->picture;
}

unsigned vdi_view_index(const VdiView *view)
{
    return view->index;
}

void vdi_view_taken(VdiView *view)
{
    VdiMessageNumber taken = {VDI_MESSAGE_TAKEN, view->serial};

    if (view->is_owed) {
        view->is_owed = false;
        say(view, &taken, sizeof taken, -1);
    }
}

/* ---- input ---- */

void vdi_view_key(VdiView *view, uint16_t evdev_code, uint16_t state)
{
    VdiMessageKey key = {VDI_MESSAGE_KEY, evdev_code, state};

    if (evdev_code == 0 || evdev_code >= KEY_CNT || state > 2) {
        return;
    }
    view->keys[evdev_code] = state != 0;
    say(view, &key, sizeof key, -1);
}

void vdi_view_pointer(VdiView *view, uint16_t x, uint16_t y)
{
    VdiMessagePointer pointer = {VDI_MESSAGE_POINTER, x, y};

    view->x = x;
    view->y = y;
    say(view, &pointer, sizeof pointer, -1);
}

void vdi_view_button(VdiView *view, uint16_t x, uint16_t y, uint16_t evdev_button, bool down)
{
    VdiMessageButton button = {VDI_MESSAGE_BUTTON, x, y, evdev_button, down};

    if (evdev_button < BTN_LEFT || evdev_button >= BTN_LEFT + N_BUTTONS) {
        return;
    }
    view->x = x;
    view->y = y;
    view->buttons[evdev_button - BTN_LEFT] = down;
    say(view, &button, sizeof button, -1);
}

void vdi_view_wheel(VdiView *view, uint16_t x, uint16_t y, int16_t vertical, int16_t horizontal)
{
    VdiMessageWheel wheel = {VDI_MESSAGE_WHEEL, x, y, vertical, horizontal};

    say(view, &wheel, sizeof wheel, -1);
}

void vdi_view_focus(VdiView *view, bool focused, uint16_t locks)
{
    VdiMessageFocus focus = {VDI_MESSAGE_FOCUS, focused, locks};

    for (uint16_t code = 0; !focused && code < KEY_CNT; code++) {
        if (view->keys[code]) {
            vdi_view_key(view, code, 0);
        }
    }
    for (uint16_t i = 0; !focused && i < N_BUTTONS; i++) {
        if (view->buttons[i]) {
            vdi_view_button(view, view->x, view->y, (uint16_t) (BTN_LEFT + i), false);
        }
    }
    say(view, &focus, sizeof focus, -1);
}

void vdi_view_resize(VdiView *view, uint32_t width, uint32_t height, uint32_t scale_percent)
{
    VdiMessageResize resize = {VDI_MESSAGE_RESIZE, width, height, scale_percent};

    say(view, &resize, sizeof resize, -1);
}
