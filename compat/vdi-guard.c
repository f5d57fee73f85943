/* SPDX-License-Identifier: Apache-2.0 */
#include <glib/gi18n.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/error.h"
#include "base/program.h"
#include "base/text.h"
#include "compat/command.h"

static char *describe_commands(void)
{
    g_autoptr(GString) text = g_string_new(_("Commands:"));

    for (const VdiCommand *command = vdi_commands; command->name != NULL; command++) {
        g_autofree char *usage = g_strconcat(command->name, " ", command->arguments, NULL);

        g_string_append_printf(text, "\n  %-28s %s", usage, _(command->about));
    }
    return g_string_free(g_steal_pointer(&text), false);
}

static const VdiCommand *find_command(const char *name, GError **error)
{
    for (const VdiCommand *command = vdi_commands; command->name != NULL; command++) {
        if (g_strcmp0(name, command->name) == 0) {
            return command;
        }
    }
    g_autofree char *shown = vdi_text_quote(name);

    g_set_error(error, VDI_PROGRAM_ERROR, VDI_PROGRAM_ERROR_USAGE, "no command %s", shown);
    return NULL;
}

int main(int argc, char **argv)
{
    const GOptionEntry none[] = {G_OPTION_ENTRY_NULL};
    g_autoptr(GError) error = NULL;
    VdiCommandContext context = {0};
    bool stop = false;
    int status = VDI_EXIT_OK;

    umask(022); /* what root writes here, everyone reads */
    vdi_program_start("vdi-guard");
    g_autofree char *about = describe_commands();

    if (!vdi_program_options(none, "COMMAND …", about, &argc, &argv, &stop, &error)) {
        return vdi_program_fail(error);
    }
    if (stop) {
        return VDI_EXIT_OK;
    }
    const VdiCommand *command = find_command(argc > 1 ? argv[1] : NULL, &error);

    if (command == NULL || !command->run(&context, argc - 1, argv + 1, &status, &error)) {
        status = vdi_program_fail(error);
    }
    vdi_command_context_clear(&context);
    if (fflush(stdout) != 0 && status == VDI_EXIT_OK) {
        status = VDI_EXIT_SOFTWARE;
    }
    return status;
}
