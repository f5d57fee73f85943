/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

/* The text of a fleet, from files, folders of files and standard input, in stretches of whole
 * machines: whoever reads them needs the memory of some of these, however large the fleet is. A
 * file may also hold one machine in a form of JSON (inventory.h): lines are made of it. */

#define VDI_FLEET_BLOCK_BYTES ((size_t) 1024 * 1024)

/* One stretch. Zeroed at first; its memory is used again. */
typedef struct {
    char *text; /* text[size] is a zero byte */
    size_t size, capacity;
    const char *path;    /* borrowed from the stream; the name of standard input is "-" */
    bool is_first;       /* of that path */
    size_t n_lines_lost; /* in front of it: of a machine that was too large */
    bool is_cut;         /* its last machine is too large to be given whole */
    char *failure;       /* instead of a text: why that path cannot be read; NULL */
} VdiFleetBlock;

void vdi_fleet_block_clear(VdiFleetBlock *block);

typedef struct VdiFleetStream VdiFleetStream;

/* `paths`: files (pipes too), folders, whose files are taken in the order of their names without
 * those that begin with a dot, and "-". VDI_FILE_ERROR when one is not there. */
VdiFleetStream *vdi_fleet_stream_open(
    const char *const *paths, GError **error) G_GNUC_WARN_UNUSED_RESULT;
void vdi_fleet_stream_free(VdiFleetStream *stream);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(VdiFleetStream, vdi_fleet_stream_free)

/* The next stretch. False: there is none. */
bool vdi_fleet_stream_next(VdiFleetStream *stream, VdiFleetBlock *block);

/* How far it is, in bytes. */
uint64_t vdi_fleet_stream_taken(const VdiFleetStream *stream);
/* How far it goes; 0: nobody knows, one of the paths is a pipe. */
uint64_t vdi_fleet_stream_total(const VdiFleetStream *stream);
