/* SPDX-License-Identifier: Apache-2.0 */

/* Stands in for libFuzzer: gives a target its corpus, file by file, so that what was found once is
 * tried in every test run. The folder is the one argument. */

#include <glib.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/file.h"

enum { FILE_MAX_BYTES = 1 << 20 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int main(int argc, char **argv)
{
    g_auto(GStrv) names = argc == 2 ? vdi_file_list(argv[1]) : g_new0(char *, 1);
    unsigned n = 0;

    LLVMFuzzerTestOneInput((const uint8_t *) "", 0);
    for (; names[n] != NULL; n++) {
        g_autofree char *path = g_build_filename(argv[1], names[n], NULL);
        g_autoptr(GError) error = NULL;
        g_autoptr(GBytes) bytes = vdi_file_read(path, FILE_MAX_BYTES, &error);

        if (bytes == NULL) {
            fprintf(stderr, "%s\n", error->message);
            return EXIT_FAILURE;
        }
        size_t size = 0;
        const void *data = g_bytes_get_data(bytes, &size);

        LLVMFuzzerTestOneInput(data, size);
    }
    printf("%u inputs\n", n);
    return n > 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
