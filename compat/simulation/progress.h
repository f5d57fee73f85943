/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <glib.h>
#include <stdint.h>

/* How far a long command is: one line on stderr that is written over, where stderr is a terminal;
 * else nothing at all. It shows numbers of ours and no text from outside. */

typedef struct VdiProgress VdiProgress;

/* `total` in bytes; 0: nobody knows. */
VdiProgress *vdi_progress_new(uint64_t total);
/* At most ten times a second it is seen. */
void vdi_progress_show(VdiProgress *progress, uint64_t taken);
/* The line is gone afterwards. */
void vdi_progress_free(VdiProgress *progress);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(VdiProgress, vdi_progress_free)

/* The line after that many seconds; yours. */
char *vdi_progress_line(uint64_t taken, uint64_t total, double seconds);
