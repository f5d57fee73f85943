/* SPDX-License-Identifier: Apache-2.0 */

/* Verifies what a machine has stored of a repository, from its root to the target's last byte: what
 * vdi_trust_load does, and nothing else.
 *
 *   verify ROOT-FILE STORE TARGET */

#include <stdio.h>

#include "compat/trust/client.h"

int main(int argc, char **argv)
{
    g_autoptr(GError) error = NULL;
    VdiTrustReport report = {0};

    if (argc != 4) {
        fprintf(stderr, "usage: verify ROOT-FILE STORE TARGET\n");
        return 64;
    }
    g_autoptr(VdiTrustRepository) repository = vdi_trust_repository_new(argv[1], argv[2]);
    g_autoptr(GBytes) target = vdi_trust_load(repository, argv[3], &report, &error);

    if (target == NULL) {
        fprintf(stderr, "verify: %s\n", error->message);
        return 1;
    }
    return 0;
}
