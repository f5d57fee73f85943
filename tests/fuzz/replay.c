/* SPDX-License-Identifier: Apache-2.0 */

/* Stands in for libFuzzer: gives a target its corpus, file by file, so that what was found once is
 * tried in every test run, and mutations of each file, always the same ones. The folder is the one
 * argument. */

#include <glib.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/file.h"

enum { FILE_MAX_BYTES = 1 << 20, MUTATIONS = 400 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A changed byte, a byte more, a byte less, a cut, or a stretch written twice. */
static void mutate(GRand *random, GByteArray *input)
{
    guint at = input->len > 0 ? (guint) g_rand_int_range(random, 0, (int) input->len) : 0;
    guint8 byte = (guint8) g_rand_int_range(random, 0, 256);

    switch (input->len > 0 ? g_rand_int_range(random, 0, 5) : 1) {
    case 0:
        input->data[at] = byte;
        break;
    case 1:
        g_byte_array_append(input, &byte, 1);
        break;
    case 2:
        g_byte_array_remove_index(input, at);
        break;
    case 3:
        g_byte_array_set_size(input, at);
        break;
    default: {
        guint length = MIN(input->len - at, 64);
        g_autofree guint8 *copy = g_memdup2(input->data + at, length);

        g_byte_array_append(input, copy, length);
    }
    }
}

static void run(const uint8_t *data, size_t size)
{
    g_autoptr(GRand) random = g_rand_new_with_seed(20110208);

    LLVMFuzzerTestOneInput(data, size);
    for (int i = 0; i < MUTATIONS; i++) {
        g_autoptr(GByteArray) input = g_byte_array_new();

        g_byte_array_append(input, data, (guint) size);
        for (int k = g_rand_int_range(random, 1, 5); k > 0; k--) {
            mutate(random, input);
        }
        LLVMFuzzerTestOneInput(input->data, input->len);
    }
}

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

        run(data, size);
    }
    printf("%u inputs, %d mutations of each\n", n, MUTATIONS);
    return n > 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
