/* SPDX-License-Identifier: Apache-2.0 */
#include "base/command.h"

#include <glib/gi18n.h>
#include <stdio.h>
#include <time.h>

#include "base/error.h"
#include "base/program.h"
#include "base/text.h"

static char *list_commands(const VdiCommand *commands)
{
    GString *text = g_string_new(_("Commands:"));

    for (const VdiCommand *command = commands; command->name != NULL; command++) {
        g_string_append_printf(
            text, "\n  %s %s\n      %s", command->name, command->arguments, _(command->about));
    }
    return g_string_free(text, false);
}

bool vdi_call_fail_usage(const char *detail, GError **error)
{
    g_set_error_literal(error, VDI_PROGRAM_ERROR, VDI_PROGRAM_ERROR_USAGE, detail);
    return false;
}

bool vdi_call_fail_value(const char *detail, GError **error)
{
    g_set_error_literal(error, VDI_PROGRAM_ERROR, VDI_PROGRAM_ERROR_VALUE, detail);
    return false;
}

static const VdiCommand *find_command(const VdiCommand *commands, const char *name, GError **error)
{
    for (const VdiCommand *command = commands; name != NULL && command->name != NULL; command++) {
        if (g_str_equal(name, command->name)) {
            return command;
        }
    }
    g_autofree char *shown = vdi_text_quote(name);
    g_autofree char *detail =
        name != NULL ? g_strdup_printf("no command %s", shown) : g_strdup("a command is due");

    (void) vdi_call_fail_usage(detail, error);
    return NULL;
}

int vdi_command_main(const char *program, const VdiCommand *commands, int argc, char **argv)
{
    static const GOptionEntry none[] = {G_OPTION_ENTRY_NULL};
    g_autoptr(GError) error = NULL;
    VdiCall call = {.now = time(NULL)};
    bool stop = false;

    vdi_program_start(program);
    g_autofree char *about = list_commands(commands);

    if (!vdi_program_options(none, "COMMAND …", about, &argc, &argv, &stop, &error)) {
        return vdi_program_fail(error);
    }
    if (stop) {
        return VDI_EXIT_OK;
    }
    call.command = find_command(commands, argc > 1 ? argv[1] : NULL, &error);
    call.argc = argc - 1;
    call.argv = argv + 1;
    if (call.command == NULL || !call.command->run(&call, &error)) {
        return vdi_program_fail(error);
    }
    /* What was asked for did not reach anybody: a full disk, a closed pipe. */
    return fflush(stdout) == 0 || call.status != VDI_EXIT_OK ? call.status : VDI_EXIT_CANNOT_CREATE;
}

bool vdi_call_read(VdiCall *call, const GOptionEntry *entries, const GOptionEntry *others,
    int min_words, int max_words, GError **error)
{
    const VdiCommand *command = call->command;
    g_autofree char *now = NULL;
    g_autofree char *usage = g_strdup_printf("%s %s", command->name, command->arguments);
    const GOptionEntry hidden[] = {
        {"now", 0, G_OPTION_FLAG_HIDDEN, G_OPTION_ARG_STRING, &now, NULL, NULL},
        G_OPTION_ENTRY_NULL,
    };
    const GOptionEntry *const tables[] = {entries, others, hidden, NULL};

    if (!vdi_program_command_options(tables, G_N_ELEMENTS(tables), usage, _(command->about),
            &call->argc, &call->argv, error)) {
        return false;
    }
    if (call->argc > 1 && g_str_equal(call->argv[1], "--")) {
        call->argv++;
        call->argc--;
    }
    if (call->argc - 1 < min_words || call->argc - 1 > max_words) {
        g_autofree char *due = g_strdup_printf("usage: %s %s", g_get_prgname(), usage);

        return vdi_call_fail_usage(due, error);
    }
    return now == NULL || vdi_text_read_time(now, &call->now)
        || vdi_call_fail_value("--now: a time as 2026-11-22T08:00:00Z is due", error);
}
