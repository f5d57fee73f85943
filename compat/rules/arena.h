/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <glib.h>
#include <stddef.h>

/* Memory that is taken in small pieces and given back all at once: what is made of a compiled
 * manifest is thousands of small structs that live and end together. */

typedef struct VdiArena VdiArena;

VdiArena *vdi_arena_new(void);
void vdi_arena_free(VdiArena *arena);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(VdiArena, vdi_arena_free)

/* `n` times `size` bytes, all zero, aligned for any pointer or number. Never NULL. */
void *vdi_arena_take(VdiArena *arena, size_t n, size_t size);
/* All that was taken is given back. */
void vdi_arena_reset(VdiArena *arena);
