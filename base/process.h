/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <gio/gio.h>
#include <stdbool.h>

/* A child that is run to its end: absolute path, argument vector, no shell, nothing to read, a
 * deadline, a ceiling on what it may say. Blocks; in a program with a loop, call it from a GTask. A
 * child that outlives its deadline or its ceiling is killed, and nobody waits for what it started
 * itself. Children that live on are started with GSubprocessLauncher. */

typedef struct {
    const char *const *environment; /* "NAME=value", the whole of it; NULL inherits the caller's */
    const char *folder;             /* NULL inherits */
    size_t max_bytes;               /* of its stdout, and of its stderr */
    unsigned deadline_ms;
} VdiProcessOptions;

typedef struct {
    int status; /* exit status; 128 + signal for a death by signal */
    GBytes *output;
    char *errors; /* its stderr, not yet cleaned */
} VdiProcessResult;

void vdi_process_result_clear(VdiProcessResult *result);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(VdiProcessResult, vdi_process_result_clear)

/* True when the child ended by itself, whatever its status. Fails with VDI_PROCESS_ERROR. */
bool vdi_process_run(const char *const *argv, const VdiProcessOptions *options,
    VdiProcessResult *ret_result, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The same, and a status other than 0 is VDI_PROCESS_ERROR_STATUS with the last line of its stderr.
 * Returns its stdout. */
GBytes *vdi_process_output(const char *const *argv, const VdiProcessOptions *options,
    GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Where a program of ours lies: beside this one in a build tree, else the installed place. `folder`
 * is its room in the build tree ("base", "compat", "protocol/rdp"). */
char *vdi_process_find(const char *folder, const char *name);
