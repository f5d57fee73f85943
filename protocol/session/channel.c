/* SPDX-License-Identifier: Apache-2.0 */
#include "protocol/session/channel.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include "base/error.h"

/* Room for one descriptor. A sender may still have passed more than one: what the kernel delivers
 * beyond the first is closed, the rest it never installs. */
typedef union {
    struct cmsghdr align;
    char bytes[CMSG_SPACE(sizeof(int))];
} ControlRoom;

static void fail_errno(int saved, const char *doing, GError **error)
{
    bool gone = saved == EPIPE || saved == ECONNRESET || saved == ENOTCONN;

    g_set_error(error, VDI_SESSION_ERROR, gone ? VDI_SESSION_ERROR_LOST : VDI_SESSION_ERROR_MESSAGE,
        "%s the session: %s", doing, g_strerror(saved));
}

bool vdi_channel_pair(VdiFd *ret_ours, VdiFd *ret_theirs, GError **error)
{
    int ends[2];

    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0) {
        g_set_error(
            error, VDI_SESSION_ERROR, VDI_SESSION_ERROR_START, "socketpair: %s", g_strerror(errno));
        return false;
    }
    *ret_ours = ends[0];
    *ret_theirs = ends[1];
    return true;
}

/* 0, or the errno of the refusal. */
static int send_once(int channel, const void *message, size_t size, const void *tail,
    size_t tail_size, int passed, int flags)
{
    struct iovec parts[2] = {{(void *) message, size}, {(void *) tail, tail_size}};
    struct msghdr header = {.msg_iov = parts, .msg_iovlen = tail_size > 0 ? 2 : 1};
    ControlRoom room = {0};

    g_assert(size >= sizeof(uint32_t) && size + tail_size <= VDI_MESSAGE_MAX_BYTES);
    if (passed >= 0) {
        header.msg_control = room.bytes;
        header.msg_controllen = sizeof room.bytes;
        struct cmsghdr *item = CMSG_FIRSTHDR(&header);

        item->cmsg_level = SOL_SOCKET;
        item->cmsg_type = SCM_RIGHTS;
        item->cmsg_len = CMSG_LEN(sizeof(int));
        memcpy(CMSG_DATA(item), &passed, sizeof passed);
    }
    for (;;) {
        if (sendmsg(channel, &header, flags | MSG_NOSIGNAL) >= 0) {
            return 0;
        }
        if (errno != EINTR) {
            return errno;
        }
    }
}

bool vdi_channel_send(int channel, const void *message, size_t size, const void *tail,
    size_t tail_size, int passed, GError **error)
{
    for (;;) {
        int refusal = send_once(channel, message, size, tail, tail_size, passed, 0);

        if (refusal == 0) {
            return true;
        }
        if (refusal != EAGAIN && refusal != ENOBUFS) {
            fail_errno(refusal, "speaking to", error);
            return false;
        }
        struct pollfd room = {.fd = channel, .events = POLLOUT};

        (void) poll(&room, 1, -1); /* a failure shows at the next attempt */
    }
}

bool vdi_channel_try_send(int channel, const void *message, size_t size, int passed, GError **error)
{
    int refusal = send_once(channel, message, size, NULL, 0, passed, MSG_DONTWAIT);

    if (refusal != 0 && refusal != EAGAIN && refusal != ENOBUFS) {
        fail_errno(refusal, "speaking to", error);
    }
    return refusal == 0;
}

/* The first descriptor that came; all others are closed. */
static int take_passed(struct msghdr *header)
{
    int first = -1;

    for (struct cmsghdr *item = CMSG_FIRSTHDR(header); item != NULL;
         item = CMSG_NXTHDR(header, item)) {
        if (item->cmsg_level != SOL_SOCKET || item->cmsg_type != SCM_RIGHTS) {
            continue;
        }
        size_t n = (item->cmsg_len - CMSG_LEN(0)) / sizeof(int);

        for (size_t i = 0; i < n; i++) {
            int fd = -1;

            memcpy(&fd, CMSG_DATA(item) + i * sizeof fd, sizeof fd);
            if (first < 0) {
                first = fd;
            } else {
                close(fd);
            }
        }
    }
    return first;
}

ssize_t vdi_channel_receive(int channel, VdiMessage *ret_message, VdiFd *ret_passed, GError **error)
{
    struct iovec part = {ret_message->bytes, sizeof ret_message->bytes};
    ControlRoom room = {0};
    struct msghdr header = {.msg_iov = &part,
        .msg_iovlen = 1,
        .msg_control = room.bytes,
        .msg_controllen = sizeof room.bytes};
    ssize_t n = -1;

    do {
        n = recvmsg(channel, &header, MSG_CMSG_CLOEXEC);
    } while (n < 0 && errno == EINTR);
    if (n < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) {
        return -1;
    }
    if (n < 0 && (errno == ECONNRESET || errno == EPIPE)) {
        return 0; /* it went with words of ours unread */
    }
    if (n < 0) {
        fail_errno(errno, "listening to", error);
        return -1;
    }
    g_auto(VdiFd) passed = take_passed(&header);

    if (n == 0) {
        return 0;
    }
    if ((header.msg_flags & (MSG_TRUNC | MSG_CTRUNC)) != 0 || (size_t) n < sizeof(uint32_t)) {
        g_set_error(error, VDI_SESSION_ERROR, VDI_SESSION_ERROR_MESSAGE, "a message of %s",
            (size_t) n < sizeof(uint32_t) ? "less than its kind" : "more than its ceiling");
        return -1;
    }
    *ret_passed = passed;
    passed = -1;
    return n;
}

bool vdi_channel_text_is_sound(const char *field, size_t size)
{
    const char *end = memchr(field, '\0', size);

    if (end == NULL || !g_utf8_validate(field, end - field, NULL)) {
        return false;
    }
    for (const char *at = field; at < end; at = g_utf8_next_char(at)) {
        if (g_unichar_iscntrl(g_utf8_get_char(at))) {
            return false;
        }
    }
    return true;
}
