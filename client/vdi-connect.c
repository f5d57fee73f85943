/* SPDX-License-Identifier: Apache-2.0 */
#include "base/error.h"
#include "base/program.h"
#include "base/secret.h"
#include "client/options.h"
#include "client/unattended.h"

int main(int argc, char **argv)
{
    bool stop = false;
    g_autoptr(GError) error = NULL;

    vdi_program_start("vdi-connect");
    vdi_secret_protect_process();
    g_autoptr(VdiOptions) options = vdi_options_read(&argc, &argv, &stop, &error);

    if (options == NULL) {
        return vdi_program_fail(error);
    }
    return stop ? VDI_EXIT_OK : vdi_unattended_run(options);
}
