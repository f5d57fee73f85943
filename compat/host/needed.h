/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

/* What one program or library asks the dynamic linker for: DT_NEEDED of its ELF file (System V ABI,
 * chapters 4 and 5), read without running anything. `ldd` would run the program's own interpreter.
 * Files of this machine's word size and byte order alone; every offset is checked, and a file that
 * says nonsense says nothing. */

#define VDI_NEEDED_MAX 1024 /* names in one file */

typedef struct {
    uint16_t machine; /* e_machine */
    GPtrArray *names; /* of char *: sonames, in the file's order */
    char *runpath;    /* DT_RUNPATH, or else DT_RPATH: folders with colons between them; NULL */
} VdiNeeded;

/* False: no such file, or none of that kind; then `ret` is left alone. */
bool vdi_needed_read(const char *path, VdiNeeded *ret);
void vdi_needed_clear(VdiNeeded *needed);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(VdiNeeded, vdi_needed_clear)
