/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <glib.h>

/* Bytes that grow and leave no copy behind: what travels to or from a broker may hold a password.
 * The ceiling is the caller's to keep. Zeroed is empty. */

typedef struct {
    char *data; /* no NUL at its end; NULL while empty */
    size_t size, room;
} VdiBuffer;

void vdi_buffer_append(VdiBuffer *buffer, const void *data, size_t size);
void vdi_buffer_append_text(VdiBuffer *buffer, const char *text);

/* The content, wiped when its last reference goes; the buffer is empty afterwards. */
GBytes *vdi_buffer_steal(VdiBuffer *buffer);

/* Wiped and given back. */
void vdi_buffer_clear(VdiBuffer *buffer);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(VdiBuffer, vdi_buffer_clear)
