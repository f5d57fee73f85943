/* SPDX-License-Identifier: Apache-2.0 */
/* A thief with the online key: snapshot and timestamp of a version of his choice, over the targets
 * 1 that are in a folder of files under their repository names.
 *
 *   forge KEY FOLDER VERSION TIME
 */
#include <stdio.h>

#include "base/file.h"
#include "base/text.h"
#include "compat/trust/metadata.h"
#include "compat/trust/signing.h"

static GBytes *sign(VdiJson *part, const VdiPrivateKey *key, const char *folder, const char *name)
{
    const VdiPrivateKey *const keys[] = {key, NULL};
    g_autofree char *path = g_build_filename(folder, name, NULL);
    g_autoptr(VdiJson) owned = part;
    g_autoptr(GBytes) bytes = vdi_signing_write(owned, keys);

    return vdi_file_write(path, bytes, 0644, NULL) ? g_steal_pointer(&bytes) : NULL;
}

int main(int argc, char **argv)
{
    guint64 number = 0;
    int64_t now = 0;

    if (argc != 5 || !g_ascii_string_to_unsigned(argv[3], 10, 1, 0x7fffffff, &number, NULL)
        || !vdi_text_read_time(argv[4], &now)) {
        fprintf(stderr, "forge KEY FOLDER VERSION TIME\n");
        return 2;
    }
    int64_t version = (int64_t) number, later = now + 6 * 86400;
    g_autofree char *path = g_build_filename(argv[2], "1.targets.json", NULL);
    g_autofree char *name = g_strdup_printf("%" G_GINT64_FORMAT ".snapshot.json", version);
    g_autoptr(VdiPrivateKey) key = vdi_private_key_load(argv[1], NULL, NULL);
    g_autoptr(GBytes) targets = vdi_file_read(path, VDI_METADATA_MAX_BYTES, NULL);

    if (key == NULL || targets == NULL) {
        fprintf(stderr, "no key or no targets\n");
        return 1;
    }
    g_autoptr(GBytes) snapshot =
        sign(vdi_signing_snapshot(version, later, 1, targets), key, argv[2], name);
    g_autoptr(GBytes) timestamp = snapshot != NULL
        ? sign(vdi_signing_timestamp(version, later, version, snapshot), key, argv[2],
            "timestamp.json")
        : NULL;

    return timestamp != NULL ? 0 : 1;
}
