/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <glib.h>
#include <stdbool.h>

/* What every main does in the same way: locale, log to stderr, options, the last word on stderr. */

/* First of all. Sets the locale, the message catalogue, the log writer and the program's name. */
void vdi_program_start(const char *name);

/* Reads options by `entries` (ended by G_OPTION_ENTRY_NULL); --help and --version are always there.
 * `usage` follows the program's name in --help ("COMMAND …"; NULL: nothing), `about` below the
 * options. A password on the command line is VDI_PROGRAM_ERROR_SECRET, anything else not understood
 * _USAGE. What is no option stays in argv. True after --version too; then *ret_stop. */
bool vdi_program_options(const GOptionEntry *entries, const char *usage, const char *about,
    int *argc, char ***argv, bool *ret_stop, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* A sub-command's options, from several tables (a NULL among the `n` is passed over): base/command
 * alone. */
bool vdi_program_command_options(const GOptionEntry *const *tables, size_t n, const char *usage,
    const char *about, int *argc, char ***argv, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* "vdi-connect: SENTENCE" on stderr; returns the exit status of the error's row. */
int vdi_program_fail(const GError *error);

/* A warning on stderr, in the same form; the program goes on. `sentence` is clean. */
void vdi_program_warn(const char *sentence);
