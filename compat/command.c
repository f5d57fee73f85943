/* SPDX-License-Identifier: Apache-2.0 */
#include "compat/command.h"

#include <glib/gi18n.h>
#include <time.h>

#include "base/error.h"
#include "base/program.h"
#include "base/text.h"

const VdiCommand vdi_commands[] = {
    {"check", "", N_("say whether this computer can use its desktops, and why not"),
        vdi_command_check},
    {"status", "", N_("show lists, holds, releases and what is wrong"), vdi_command_status},
    {"explain", "RULE", N_("say what a rule means and what it does here"), vdi_command_explain},
    {"refresh", "[ORGANISATION…]", N_("fetch the lists, believe what is signed, hold"),
        vdi_command_refresh},
    {"apply", "", N_("believe what was fetched by another user, hold; no network"),
        vdi_command_apply},
    {"release", "RULE", N_("lift a rule for a time (break-glass)"), vdi_command_release},
    {"version", "compare SCHEME A B", N_("print <, = or >"), vdi_command_version},
    {NULL, NULL, NULL, NULL},
};

enum { SHARED_OPTIONS = 4, OWN_OPTIONS_MAX = 8 };

typedef struct {
    char *root, *apt_config, *simulation, *now;
} Shared;

static void shared_clear(Shared *shared)
{
    g_free(shared->root);
    g_free(shared->apt_config);
    g_free(shared->simulation);
    g_free(shared->now);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Shared, shared_clear)

static bool is_absolute_or_absent(const char *path, const char *option, GError **error)
{
    if (path == NULL || g_path_is_absolute(path)) {
        return true;
    }
    g_set_error(
        error, VDI_PROGRAM_ERROR, VDI_PROGRAM_ERROR_USAGE, "%s: an absolute path is due", option);
    return false;
}

static bool take(VdiCommandContext *context, Shared *shared, GError **error)
{
    context->now = time(NULL);
    if (!is_absolute_or_absent(shared->root, "--root", error)
        || !is_absolute_or_absent(shared->apt_config, "--apt-config", error)
        || !is_absolute_or_absent(shared->simulation, "--simulation", error)) {
        return false;
    }
    if (shared->now != NULL && !vdi_text_read_time(shared->now, &context->now)) {
        g_set_error(error, VDI_PROGRAM_ERROR, VDI_PROGRAM_ERROR_USAGE, "--now: not a time");
        return false;
    }
    context->paths = vdi_paths_new(shared->root);
    context->host.apt_config = g_steal_pointer(&shared->apt_config);
    context->host.simulation = g_steal_pointer(&shared->simulation);
    return true;
}

bool vdi_command_options(VdiCommandContext *context, const VdiCommand *command,
    const GOptionEntry *own, int *argc, char ***argv, GError **error)
{
    g_auto(Shared) shared = {NULL, NULL, NULL, NULL};
    GOptionEntry entries[OWN_OPTIONS_MAX + SHARED_OPTIONS + 1] = {
        {"root", 0, 0, G_OPTION_ARG_FILENAME, &shared.root, N_("guard the system below DIR"),
            N_("DIR")},
        {"apt-config", 0, 0, G_OPTION_ARG_FILENAME, &shared.apt_config,
            N_("apt's configuration, for a throw-away system"), N_("FILE")},
        {"simulation", 0, 0, G_OPTION_ARG_FILENAME, &shared.simulation,
            N_("a system written in JSON instead of this one"), N_("FILE")},
        {"now", 0, G_OPTION_FLAG_HIDDEN, G_OPTION_ARG_STRING, &shared.now, NULL, NULL},
    };
    g_autofree char *usage = g_strconcat(command->name, " ", command->arguments, NULL);
    size_t n = SHARED_OPTIONS;

    for (size_t i = 0; own[i].long_name != NULL; i++) {
        g_assert(i < OWN_OPTIONS_MAX);
        entries[n++] = own[i];
    }
    return vdi_program_command_options(entries, usage, argc, argv, error)
        && take(context, &shared, error);
}

void vdi_command_context_clear(VdiCommandContext *context)
{
    g_clear_pointer(&context->paths, vdi_paths_free);
    g_free((char *) context->host.apt_config);
    g_free((char *) context->host.simulation);
}
