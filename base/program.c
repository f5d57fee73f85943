/* SPDX-License-Identifier: Apache-2.0 */
#include "base/program.h"

#include <glib/gi18n.h>
#include <locale.h>
#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "base/paths.h"
#include "base/text.h"
#include "config.h"

void vdi_program_start(const char *name)
{
    g_autofree char *built = vdi_paths_in_build("po/fr/LC_MESSAGES/vigie.mo");
    g_autofree char *po =
        built != NULL ? g_strndup(built, strlen(built) - strlen("/fr/LC_MESSAGES/vigie.mo")) : NULL;

    setlocale(LC_ALL, "");
    bindtextdomain("vigie", po != NULL ? po : VDI_LOCALEDIR);
    bind_textdomain_codeset("vigie", "UTF-8");
    textdomain("vigie");
    g_set_prgname(name);
    /* Without this GLib writes info and debug to stdout, into what --json prints. */
    g_log_writer_default_set_use_stderr(true);
}

/* Wiping argv would come too late: /proc has shown it since the start. So it is refused. */
static bool refuse_secrets(int argc, char **argv, GError **error)
{
    static const char *const names[] = {"--password", "--passphrase"};

    for (int i = 1; i < argc && strcmp(argv[i], "--") != 0; i++) {
        size_t length = strcspn(argv[i], "=");

        for (size_t n = 0; n < G_N_ELEMENTS(names); n++) {
            if (strlen(names[n]) == length && strncmp(argv[i], names[n], length) == 0) {
                g_set_error(
                    error, VDI_PROGRAM_ERROR, VDI_PROGRAM_ERROR_SECRET, "option %s", names[n]);
                return false;
            }
        }
    }
    return true;
}

static bool parse(GOptionContext *context, int *argc, char ***argv, GError **error)
{
    g_autoptr(GError) local = NULL;

    if (!refuse_secrets(*argc, *argv, error)) {
        return false;
    }
    if (!g_option_context_parse(context, argc, argv, &local)) {
        g_autofree char *shown = vdi_text_clean(local->message);

        g_set_error(error, VDI_PROGRAM_ERROR, VDI_PROGRAM_ERROR_USAGE, "%s", shown);
        return false;
    }
    return true;
}

bool vdi_program_options(const GOptionEntry *entries, const char *usage, const char *about,
    int *argc, char ***argv, bool *ret_stop, GError **error)
{
    gboolean version = false;
    const GOptionEntry common[] = {
        {"version", 0, 0, G_OPTION_ARG_NONE, &version, N_("print the version and stop"), NULL},
        G_OPTION_ENTRY_NULL,
    };
    g_autoptr(GOptionContext) context = g_option_context_new(usage);

    g_option_context_add_main_entries(context, entries, "vigie");
    g_option_context_add_main_entries(context, common, "vigie");
    g_option_context_set_translation_domain(context, "vigie");
    g_option_context_set_description(context, about);
    /* A sub-command's options are its own. */
    g_option_context_set_strict_posix(context, usage != NULL && strstr(usage, "COMMAND") != NULL);
    if (!parse(context, argc, argv, error)) {
        return false;
    }
    if (version) {
        printf("%s %s\n", g_get_prgname(), VDI_VERSION);
    }
    *ret_stop = version;
    return true;
}

bool vdi_program_command_options(const GOptionEntry *const *tables, size_t n, const char *usage,
    const char *about, int *argc, char ***argv, GError **error)
{
    g_autoptr(GOptionContext) context = g_option_context_new(usage);

    for (size_t i = 0; i < n; i++) {
        if (tables[i] != NULL) {
            g_option_context_add_main_entries(context, tables[i], "vigie");
        }
    }
    g_option_context_set_translation_domain(context, "vigie");
    g_option_context_set_summary(context, about);
    return parse(context, argc, argv, error);
}

int vdi_program_fail(const GError *error)
{
    g_autofree char *sentence = vdi_error_sentence(error);

    vdi_program_warn(sentence);
    return vdi_error_row(error)->exit_status;
}

void vdi_program_warn(const char *sentence)
{
    fprintf(stderr, "%s: %s\n", g_get_prgname(), sentence);
}
