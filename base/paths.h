/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <glib.h>
#include <stdbool.h>

/* Where things lie (docs/architecture.md). A program makes one in its main and passes it down.
 *
 * The system's places, below `root`, are written by root and read by everyone. A person without
 * root on their machine has the same under the XDG folders: such a store can only advise. */

typedef struct {
    char *root;       /* "" for /; a folder for throw-away systems, as in apt's Dir */
    char *config;     /* ROOT/etc/vdi: vdi.conf, guard.conf, conf.d, orgs/NAME */
    char *state;      /* ROOT/var/lib/vdi: orgs/NAME, incoming, inbox, holds.json, audit.jsonl */
    bool is_personal; /* the XDG folders of this user */
} VdiPaths;

/* `root` is NULL or "" for /, else an absolute folder. */
VdiPaths *vdi_paths_new_system(const char *root);
VdiPaths *vdi_paths_new_personal(void);
/* The system's if this process is root or `root` was given, or if the system has a store; else the
 * person's. */
VdiPaths *vdi_paths_new(const char *root);
void vdi_paths_free(VdiPaths *paths);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(VdiPaths, vdi_paths_free)

/* Joined below ROOT: vdi_paths_below(paths, "/var/lib/dpkg/status"). */
char *vdi_paths_below(const VdiPaths *paths, const char *absolute);

/* A file of the build tree that this program runs from ("compat/vdi-guard"); NULL when there is
 * none, as with an installed program. */
char *vdi_paths_in_build(const char *below);

/* This user may replace the store: root for the system's, anyone for their own. */
bool vdi_paths_may_write(const VdiPaths *paths);
