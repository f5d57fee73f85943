/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "tests/compat/trust/scene.h"

/* A machine that follows a repository on disk, with a program of its own (store_update) for each
 * refresh, so that the program can be disturbed; and what must hold whatever happened to it. */

typedef struct {
    const char *name;
    const char *old, *new; /* what loads before and after; NULL: nothing */
    bool collects;         /* the refresher: into the incoming folder, the store is only read */
    void (*publish)(Scene *scene, int step); /* 0: the old state; 1: the new one */
} MachineKind;

typedef struct {
    const MachineKind *kind;
    char *argv[8]; /* of store_update, ended by NULL */
    char *root, *web;
    char *before, *incoming_before; /* the store and the incoming folder as they were */
    char *store, *incoming;         /* what is disturbed */
    char *names;                    /* of what an undisturbed run leaves */
    GHashTable *allowed;            /* contents that a file may have, by checksum */
} Machine;

Machine *machine_new(const MachineKind *kind);
void machine_free(Machine *machine);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Machine, machine_free)

/* The old state again. */
void machine_start_over(const Machine *machine);

/* What the program writes in. */
const char *machine_written(const Machine *machine);

/* After the program ended with `status` (128 + signal when it was killed or aborted, which
 * `may_die`): success was the new state; the old or the new state loads; every file is whole;
 * nobody holds the lock; and the next refresh succeeds and leaves nothing that an undisturbed one
 * would not. Says what does not hold. */
bool machine_is_whole(const Machine *machine, int status, bool may_die);

/* One refresh in this process, from `source`, into the store or, unless NULL, `incoming`. */
bool machine_refresh(
    const Machine *machine, const char *store, const char *source, const char *incoming);
/* What loads; NULL when nothing was ever accepted; "?" when there is something, and it does not. */
char *machine_load(const Machine *machine, const char *store);

/* The kinds: a new timestamp alone; everything new, with new keys; the same from nothing; and into
 * the incoming folder. Ended by one without a name. */
extern const MachineKind machine_kinds[];
