/* SPDX-License-Identifier: Apache-2.0 */

/* Whatever a taken-over session says: nothing that reaches the window lies outside its picture, and
 * after the end nothing reaches it. Input: messages, each behind its length in two bytes. */

#include <sys/socket.h>
#include <unistd.h>

#include "protocol/session/channel.h"
#include "protocol/session/view.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

typedef struct {
    bool is_closed;
} Window;

static void on_picture(VdiView *view, const VdiPicture *picture, void *user)
{
    g_assert(!((Window *) user)->is_closed);
    g_assert(picture->width >= VDI_PICTURE_MIN && picture->width <= VDI_PICTURE_MAX);
    g_assert(picture->height >= VDI_PICTURE_MIN && picture->height <= VDI_PICTURE_MAX);
}

static void on_frame(
    VdiView *view, unsigned index, const VdiRectangle *damage, size_t n_damage, void *user)
{
    const VdiPicture *picture = vdi_view_picture(view);

    g_assert(!((Window *) user)->is_closed && index < 2 && n_damage >= 1);
    for (size_t i = 0; i < n_damage; i++) {
        g_assert(damage[i].width > 0 && damage[i].x + damage[i].width <= (int) picture->width);
        g_assert(damage[i].height > 0 && damage[i].y + damage[i].height <= (int) picture->height);
    }
    if (damage[0].x % 2 == 0) {
        vdi_view_taken(view);
    }
}

static void on_cursor(
    VdiView *view, const VdiMessageCursor *cursor, const unsigned char *pixels, void *user)
{
    unsigned sum = 0;

    g_assert(!((Window *) user)->is_closed);
    for (size_t i = 0; i < (size_t) cursor->width * cursor->height * 4; i++) {
        sum += pixels[i]; /* a sanitizer sees what is not ours */
    }
    g_assert(sum <= VDI_CURSOR_MAX * VDI_CURSOR_MAX * 4 * 255);
}

static void on_closed(VdiView *view, const GError *error, void *user)
{
    g_assert(!((Window *) user)->is_closed);
    ((Window *) user)->is_closed = true;
}

static void turn(void)
{
    while (g_main_context_iteration(NULL, FALSE)) {
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const VdiViewDelegate delegate = {on_picture, on_frame, on_cursor, on_closed};
    Window window = {false};
    int ends[2];

    g_assert(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) == 0);
    VdiView *view = vdi_view_new(ends[0], &delegate, &window);

    while (size >= 2 && !window.is_closed) {
        size_t length = MIN((size_t) (data[0] | data[1] << 8), size - 2);

        (void) !send(ends[1], data + 2, length, MSG_NOSIGNAL | MSG_DONTWAIT);
        turn();
        data += 2 + length;
        size -= 2 + length;
    }
    close(ends[1]);
    turn();
    g_assert(window.is_closed);
    vdi_view_free(view);
    return 0;
}
