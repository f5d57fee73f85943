/* SPDX-License-Identifier: Apache-2.0 */
/* The author's tool: writes, checks, signs and publishes manifests. Needs no network and no root.
 */
#include <glib/gi18n.h>
#include <stdio.h>

#include "base/error.h"
#include "base/program.h"
#include "base/secret.h"
#include "base/text.h"
#include "compat/manifest/command.h"

static const VdiManifestCommand commands[] = {
    {"init", "DIR [--id NAME]", N_("make the keys, root 1 and an empty draft"),
        vdi_manifest_command_init},
    {"add", "DIR RULE.json|- | DIR --id ID --bad PURL --versions VERS …",
        N_("put a rule into the draft"), vdi_manifest_command_add},
    {"remove", "DIR RULE", N_("take a rule out of the draft"), vdi_manifest_command_remove},
    {"show", "DIR", N_("list the rules of the draft"), vdi_manifest_command_show},
    {"sign", "DIR", N_("sign the draft, and all that vouches for it"), vdi_manifest_command_sign},
    {"publish", "DIR --to WEBROOT", N_("copy what is signed to where clients read"),
        vdi_manifest_command_publish},
    {"renew", "DIR", N_("sign again that it is fresh: snapshot and timestamp alone"),
        vdi_manifest_command_renew},
    {"verify", "DIR|WEBROOT", N_("say what a client would accept"), vdi_manifest_command_verify},
};

static char *about(void)
{
    GString *text = g_string_new(_("Commands:\n"));

    for (size_t i = 0; i < G_N_ELEMENTS(commands); i++) {
        g_string_append_printf(text, "  %-8s %s\n           %s\n", commands[i].name,
            commands[i].usage, _(commands[i].help));
    }
    return g_string_free(text, false);
}

static const VdiManifestCommand *find_command(const char *name, GError **error)
{
    for (size_t i = 0; i < G_N_ELEMENTS(commands); i++) {
        if (g_str_equal(commands[i].name, name)) {
            return &commands[i];
        }
    }
    g_autofree char *shown = vdi_text_quote(name);

    g_set_error(error, VDI_PROGRAM_ERROR, VDI_PROGRAM_ERROR_USAGE, "no command %s", shown);
    return NULL;
}

static bool read_now(const char *text, int64_t *ret_now, GError **error)
{
    if (text == NULL) {
        *ret_now = g_get_real_time() / G_USEC_PER_SEC;
        return true;
    }
    if (!vdi_text_read_time(text, ret_now)) {
        g_set_error(error, VDI_PROGRAM_ERROR, VDI_PROGRAM_ERROR_USAGE,
            "--now: a time as 2026-11-22T08:00:00Z");
        return false;
    }
    return true;
}

static bool run(int argc, char **argv, GError **error)
{
    g_autofree char *now_text = NULL, *help = about();
    const GOptionEntry entries[] = {
        {"now", 0, G_OPTION_FLAG_HIDDEN, G_OPTION_ARG_STRING, &now_text, NULL, NULL},
        G_OPTION_ENTRY_NULL,
    };
    VdiManifestCall call = {0};
    bool stop = false;

    if (!vdi_program_options(entries, "COMMAND …", help, &argc, &argv, &stop, error)
        || !read_now(now_text, &call.now, error)) {
        return false;
    }
    if (stop) {
        return true;
    }
    if (argc < 2) {
        g_set_error(error, VDI_PROGRAM_ERROR, VDI_PROGRAM_ERROR_USAGE, "a command is needed");
        return false;
    }
    const VdiManifestCommand *command = find_command(argv[1], error);

    call.argc = argc - 1;
    call.argv = argv + 1;
    return command != NULL && command->run(&call, error);
}

int main(int argc, char **argv)
{
    g_autoptr(GError) error = NULL;

    vdi_program_start("vdi-manifest");
    vdi_secret_protect_process();
    return run(argc, argv, &error) ? VDI_EXIT_OK : vdi_program_fail(error);
}
