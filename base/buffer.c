/* SPDX-License-Identifier: Apache-2.0 */
#include "base/buffer.h"

#include <string.h>

#include "base/secret.h"

enum { FIRST_ROOM_BYTES = 256 };

void vdi_buffer_append(VdiBuffer *buffer, const void *data, size_t size)
{
    if (size == 0) {
        return;
    }
    if (buffer->size + size > buffer->room) {
        /* realloc would leave the old block, unwiped, to whoever allocates next. */
        size_t room = MAX(2 * (buffer->size + size), (size_t) FIRST_ROOM_BYTES);
        char *larger = g_malloc(room);

        if (buffer->size > 0) {
            memcpy(larger, buffer->data, buffer->size);
        }
        size_t kept = buffer->size;

        vdi_buffer_clear(buffer);
        *buffer = (VdiBuffer){larger, kept, room};
    }
    memcpy(buffer->data + buffer->size, data, size);
    buffer->size += size;
}

void vdi_buffer_append_text(VdiBuffer *buffer, const char *text)
{
    vdi_buffer_append(buffer, text, strlen(text));
}

static void free_kept(gpointer data)
{
    VdiBuffer *kept = data;

    vdi_buffer_clear(kept);
    g_free(kept);
}

GBytes *vdi_buffer_steal(VdiBuffer *buffer)
{
    VdiBuffer *kept = g_memdup2(buffer, sizeof *buffer);

    *buffer = (VdiBuffer){0};
    return g_bytes_new_with_free_func(kept->data, kept->size, free_kept, kept);
}

void vdi_buffer_clear(VdiBuffer *buffer)
{
    if (buffer->data != NULL) {
        vdi_secret_wipe(buffer->data, buffer->size);
        g_free(buffer->data);
    }
    *buffer = (VdiBuffer){0};
}
