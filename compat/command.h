/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/paths.h"
#include "compat/host/host.h"

/* The sub-commands of vdi-guard: a table of rows, each with its own options. What all share is read
 * before the command's name or after it. */

typedef struct {
    VdiPaths *paths;
    VdiHostOptions host;
    int64_t now;
} VdiCommandContext;

typedef struct {
    const char *name;
    const char *arguments; /* in --help, after the name */
    const char *about;
    /* argv[0] is the command's name. Returns the exit status, or fails. */
    bool (*run)(VdiCommandContext *context, int argc, char **argv, int *ret_status, GError **error);
} VdiCommand;

/* Options that every command takes: merges `own` (ended by G_OPTION_ENTRY_NULL) with the shared
 * ones, reads them, and fills `context`. What is no option stays in argv. */
bool vdi_command_options(VdiCommandContext *context, const VdiCommand *command,
    const GOptionEntry *own, int *argc, char ***argv, GError **error) G_GNUC_WARN_UNUSED_RESULT;
void vdi_command_context_clear(VdiCommandContext *context);

/* Ended by a row without a name. */
extern const VdiCommand vdi_commands[];

/* The rows, by file: looking changes nothing, acting needs rights. */
bool vdi_command_check(
    VdiCommandContext *context, int argc, char **argv, int *ret_status, GError **error);
bool vdi_command_status(
    VdiCommandContext *context, int argc, char **argv, int *ret_status, GError **error);
bool vdi_command_explain(
    VdiCommandContext *context, int argc, char **argv, int *ret_status, GError **error);
bool vdi_command_version(
    VdiCommandContext *context, int argc, char **argv, int *ret_status, GError **error);
bool vdi_command_refresh(
    VdiCommandContext *context, int argc, char **argv, int *ret_status, GError **error);
bool vdi_command_apply(
    VdiCommandContext *context, int argc, char **argv, int *ret_status, GError **error);
bool vdi_command_release(
    VdiCommandContext *context, int argc, char **argv, int *ret_status, GError **error);
