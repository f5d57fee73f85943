/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <sys/types.h>

#include "base/file.h"
#include "protocol/session/message.h"

/* A SOCK_SEQPACKET socket: whole messages, with at most one descriptor each. Sends never raise
 * SIGPIPE. Fails with VDI_SESSION_ERROR. */

bool vdi_channel_pair(VdiFd *ret_ours, VdiFd *ret_theirs, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* `tail` (may be NULL) follows the struct in the same datagram. `passed` is a descriptor or -1; it
 * stays the caller's. Waits until it went out. VDI_SESSION_ERROR_LOST when nobody listens. */
bool vdi_channel_send(int channel, const void *message, size_t size, const void *tail,
    size_t tail_size, int passed, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The same without waiting and without a tail, for a loop that must not block: false without
 * `error` set when the socket is full. */
bool vdi_channel_try_send(int channel, const void *message, size_t size, int passed,
    GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Room for any message, aligned for its struct. */
typedef union {
    uint32_t kind;
    int64_t align;
    unsigned char bytes[VDI_MESSAGE_MAX_BYTES];
} VdiMessage;

/* Size of the message; 0 when the other side is gone; -1 on failure. Does not block when the socket
 * is non-blocking and nothing is there: then -1 without `error` set. `*ret_passed` is a descriptor
 * of yours or -1. A message longer than the ceiling, or without a kind, is
 * VDI_SESSION_ERROR_MESSAGE. */
ssize_t vdi_channel_receive(int channel, VdiMessage *ret_message, VdiFd *ret_passed,
    GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* A text field that must end in NUL within its size and be UTF-8 without control characters. */
bool vdi_channel_text_is_sound(const char *field, size_t size);
