/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "compat/inventory/fleet_text.h"

/* A fleet: inventories of many machines in one stream of lines (docs/inventory.md).
 *
 *   @ lap-0042 os=debian version=12 arch=amd64 kernel=6.1.0-25-amd64 packages=3
 *   libc6 2.36-9+deb12u10 amd64
 *   libc6 2.36-9+deb12u10 i386
 *   libssl3 3.0.15-1~deb12u1
 *
 * A line that begins with `@` begins a machine; each of the others is one installed package: name,
 * version, and if need be architecture and type, `-` for what is not said. Words hold printable
 * ASCII; fleet_text.h writes what else there is in a text.
 *
 * This cursor copies nothing and knows no rule: it is what reads gigabytes. fleet_facts.h makes
 * facts of what it finds, fleet_stream.h brings the text. */

#define VDI_FLEET_MACHINE_MAX_BYTES ((size_t) 16 * 1024 * 1024) /* of text, in one machine */
#define VDI_FLEET_PACKAGES_MAX 200000                           /* in one machine */
#define VDI_FLEET_WORDS_MAX 65536                               /* in one head line */
#define VDI_FLEET_WORD_MAX 8192                                 /* bytes, as it is written */

/* Words of a head line: KEY=VALUE, or KEY:NAME=VALUE, or KEY:NAME for what is known not to be
 * there. */
typedef enum {
    VDI_FLEET_OS,
    VDI_FLEET_VERSION,
    VDI_FLEET_LIKE, /* several */
    VDI_FLEET_ARCH,
    VDI_FLEET_KERNEL,
    VDI_FLEET_BUILD,
    VDI_FLEET_ENGINE,
    VDI_FLEET_MACHINE,  /* the number for rollouts */
    VDI_FLEET_TYPE,     /* of packages whose line does not say it: deb/debian */
    VDI_FLEET_PACKAGES, /* how many lines follow; or "unknown": others may be there as well */
    VDI_FLEET_UPDATES,  /* "whole": no others are there */
    VDI_FLEET_CLIENTS,  /* "whole" */
    VDI_FLEET_SETTINGS, /* "whole" */
    VDI_FLEET_UPDATE,   /* several */
    VDI_FLEET_LIBRARY,  /* several; with the first one the list is whole */
    VDI_FLEET_CLIENT,   /* by name, as are the next two */
    VDI_FLEET_SETTING,
    VDI_FLEET_PEER,
    VDI_FLEET_N_KEYS,
} VdiFleetKey;

typedef struct {
    VdiFleetKey key;
    VdiFleetText name; /* of KEY:NAME */
    VdiFleetText value;
    VdiFleetText whole;
} VdiFleetWord;

typedef struct {
    VdiFleetText name;
    VdiFleetText version, arch, type;
    VdiFleetText rest; /* all that stands behind the name */
    uint32_t hash;     /* vdi_fleet_hash of the name */
} VdiFleetPackage;

typedef enum {
    VDI_FLEET_END,
    VDI_FLEET_HEAD,       /* a machine begins: `machine`, `words`, `type` */
    VDI_FLEET_LINE,       /* `package` */
    VDI_FLEET_WHOLE,      /* that was its last line, and all of it counts */
    VDI_FLEET_UNREADABLE, /* a mistake at `mistake_line`: nothing of the machine counts */
} VdiFleetStep;

typedef struct {
    const char *at, *end;
    size_t line;              /* lines taken so far */
    bool is_cut;              /* what follows of the last machine was thrown away */
    bool is_inside;           /* a machine was begun */
    VdiFleetText machine;     /* its name */
    GArray *words;            /* of VdiFleetWord */
    VdiFleetText type;        /* of its packages: "deb", "deb/debian"; size 0: nobody knows */
    VdiFleetText distributor; /* of its packages, where `type` does not say it */
    size_t n_packages, n_due;
    VdiFleetPackage package;
    const char *mistake;
    size_t mistake_line;
} VdiFleetCursor;

/* `text` is borrowed; text[size] is a zero byte. It begins with a machine. `is_cut`: the last one
 * was too large to be given whole. */
void vdi_fleet_cursor_init(VdiFleetCursor *cursor, const char *text, size_t size, bool is_cut);
void vdi_fleet_cursor_clear(VdiFleetCursor *cursor);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(VdiFleetCursor, vdi_fleet_cursor_clear)
/* The same cursor over another text. */
void vdi_fleet_cursor_reset(VdiFleetCursor *cursor, const char *text, size_t size, bool is_cut);

VdiFleetStep vdi_fleet_next(VdiFleetCursor *cursor);

const char *vdi_fleet_key_name(VdiFleetKey key);
