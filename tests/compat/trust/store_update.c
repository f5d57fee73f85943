/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>

#include "compat/trust/client.h"

/* One refresh from a folder, as a program of its own, so that it can be killed:
 *
 *   store_update ROOT STORE SOURCE NOW [INCOMING]
 *
 * Exits with 0 or, after one sentence, 1. */

int main(int argc, char **argv)
{
    guint64 now = 0;
    g_autoptr(GError) error = NULL;
    g_autoptr(GBytes) target = NULL;
    VdiTrustReport report = {0};

    if (argc < 5 || !g_ascii_string_to_unsigned(argv[4], 10, 0, G_MAXINT64, &now, NULL)) {
        return 64;
    }
    g_autoptr(VdiTrustRepository) repository = vdi_trust_repository_new(argv[1], argv[2]);
    g_autoptr(VdiTrustSource) source = vdi_trust_source_new_folder(argv[3]);

    if (argc > 5) {
        vdi_trust_repository_collect_into(repository, argv[5]);
    }
    if (!vdi_trust_refresh(
            repository, source, VDI_TRUST_MANIFEST, (int64_t) now, &target, &report, &error)) {
        fprintf(stderr, "%s\n", error->message);
        return 1;
    }
    return 0;
}
