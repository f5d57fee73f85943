/* SPDX-License-Identifier: Apache-2.0 */
#include "compat/manifest/command.h"

#include "base/error.h"
#include "base/program.h"

bool vdi_manifest_command_words(VdiManifestCall *call, const GOptionEntry *entries,
    const char *usage, size_t n, const char **words, GError **error)
{
    static const GOptionEntry none[] = {G_OPTION_ENTRY_NULL};

    if (!vdi_program_command_options(
            entries != NULL ? entries : none, usage, &call->argc, &call->argv, error)) {
        return false;
    }
    int first = call->argc > 1 && g_str_equal(call->argv[1], "--") ? 2 : 1;

    if (call->argc - first != (int) n) {
        g_set_error(error, VDI_PROGRAM_ERROR, VDI_PROGRAM_ERROR_USAGE, "usage: vdi-manifest %s %s",
            call->argv[0], usage);
        return false;
    }
    for (size_t i = 0; i < n; i++) {
        words[i] = call->argv[first + (int) i];
    }
    return true;
}
