/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

/* A program of sub-commands: one row is the whole command; its parsing, its usage and its line in
 * --help come from there. */

typedef struct VdiCall VdiCall;

typedef struct {
    const char *name;
    const char *arguments; /* behind the name, in usage and --help: "DIR [--id NAME]" */
    const char *about;     /* N_() */
    bool (*run)(VdiCall *call, GError **error);
} VdiCommand;

/* One run of a command. */
struct VdiCall {
    const VdiCommand *command;
    char *
        *argv; /* argv[0] is the command's name; the words stand from 1 on once options are read */
    int argc;
    int64_t now; /* UTC seconds, read once; a hidden --now is for tests */
    int status;  /* the program's exit status when `run` succeeds */
};

/* All of such a program's main: `commands` is ended by a row without a name. Returns the exit
 * status. */
int vdi_command_main(const char *program, const VdiCommand *commands, int argc, char **argv);

/* First in every `run`: reads the options (ended by G_OPTION_ENTRY_NULL; NULL: none), which stand
 * after the command's name, and leaves its words, as many as allowed. VDI_PROGRAM_ERROR_USAGE
 * otherwise. `others` are options that several commands share; NULL: none. */
bool vdi_call_read(VdiCall *call, const GOptionEntry *entries, const GOptionEntry *others,
    int min_words, int max_words, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Fails with VDI_PROGRAM_ERROR_USAGE; `detail` says what is due. Returns false. */
bool vdi_call_fail_usage(const char *detail, GError **error);
/* The same with VDI_PROGRAM_ERROR_VALUE: the option is right, and what stands behind it is not. */
bool vdi_call_fail_value(const char *detail, GError **error);
