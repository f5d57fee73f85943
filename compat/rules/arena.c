/* SPDX-License-Identifier: Apache-2.0 */
#include "compat/rules/arena.h"

#include <stdint.h>
#include <string.h>

enum { BLOCK_BYTES = 32 * 1024, ALIGNMENT = 8 };
G_STATIC_ASSERT(ALIGNMENT >= sizeof(void *) && ALIGNMENT >= sizeof(int64_t));

struct VdiArena {
    GPtrArray *blocks; /* the first is BLOCK_BYTES large and stays */
    char *at, *end;    /* what is left of the last */
};

static void add_block(VdiArena *arena, size_t size)
{
    arena->at = g_malloc(size);
    arena->end = arena->at + size;
    g_ptr_array_add(arena->blocks, arena->at);
}

VdiArena *vdi_arena_new(void)
{
    VdiArena *arena = g_new0(VdiArena, 1);

    arena->blocks = g_ptr_array_new_with_free_func(g_free);
    add_block(arena, BLOCK_BYTES);
    return arena;
}

void vdi_arena_free(VdiArena *arena)
{
    if (arena != NULL) {
        g_ptr_array_unref(arena->blocks);
        g_free(arena);
    }
}

void *vdi_arena_take(VdiArena *arena, size_t n, size_t size)
{
    g_assert(size > 0 && n <= (SIZE_MAX - ALIGNMENT) / size);
    size_t bytes = (n * size + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;

    if (bytes > (size_t) (arena->end - arena->at)) {
        add_block(arena, MAX(bytes, (size_t) BLOCK_BYTES));
    }
    void *taken = arena->at;

    arena->at += bytes;
    return memset(taken, 0, bytes);
}

void vdi_arena_reset(VdiArena *arena)
{
    g_ptr_array_set_size(arena->blocks, 1);
    arena->at = arena->blocks->pdata[0];
    arena->end = arena->at + BLOCK_BYTES;
}
