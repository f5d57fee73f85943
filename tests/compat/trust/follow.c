/* SPDX-License-Identifier: Apache-2.0 */
/* A machine that follows a repository, as our client does, one refresh a run:
 *
 *   follow STORE ROOT WEBROOT TIME
 *
 * Prints the versions and the target; ends with 1 and the reason when the refresh failed. */
#include <stdio.h>

#include "base/text.h"
#include "compat/trust/client.h"

int main(int argc, char **argv)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GBytes) target = NULL;
    VdiTrustReport report = {0};
    int64_t now = 0;

    if (argc != 5 || !vdi_text_read_time(argv[4], &now)) {
        fprintf(stderr, "follow STORE ROOT WEBROOT TIME\n");
        return 2;
    }
    g_autoptr(VdiTrustRepository) repository = vdi_trust_repository_new(argv[2], argv[1]);
    g_autoptr(VdiTrustSource) source = vdi_trust_source_new_folder(argv[3]);
    bool done =
        vdi_trust_refresh(repository, source, VDI_TRUST_MANIFEST, now, &target, &report, &error);

    printf("root %d timestamp %d snapshot %d targets %d\n", (int) report.root_version,
        (int) report.timestamp_version, (int) report.snapshot_version,
        (int) report.targets_version);
    if (!done) {
        printf("refused: %s\n", error->message);
        return 1;
    }
    printf("%.*s\n", (int) g_bytes_get_size(target), (const char *) g_bytes_get_data(target, NULL));
    return 0;
}
