/* SPDX-License-Identifier: Apache-2.0 */

/* Signs in, opens the desktop and leaves, over and over in one process: what it holds must not
 * grow.
 *
 *   soak_connect TIMES VDI-CONNECT'S-OPTIONS…
 *
 * The first rounds let libraries settle. Prints descriptors, threads and memory before and after;
 * exit status 1 when one of them grew, or when a round did not end well. */
#include <glib.h>
#include <stdio.h>
#include <unistd.h>

#include "base/error.h"
#include "base/file.h"
#include "base/program.h"
#include "client/unattended.h"

enum { WARM_UP = 10, GROWTH_MAX_KIB = 1024 };

typedef struct {
    unsigned descriptors, threads;
    uint64_t resident_kib;
} Held;

static Held look(void)
{
    g_auto(GStrv) descriptors = vdi_file_list("/proc/self/fd");
    g_auto(GStrv) threads = vdi_file_list("/proc/self/task");
    g_autoptr(GBytes) bytes = vdi_file_read("/proc/self/statm", 1000, NULL);
    g_autofree char *text = g_strndup(g_bytes_get_data(bytes, NULL), g_bytes_get_size(bytes));
    g_auto(GStrv) words = g_strsplit(text, " ", 3);
    uint64_t pages = 0;

    g_assert(g_ascii_string_to_unsigned(words[1], 10, 1, G_MAXUINT64, &pages, NULL));
    return (Held){g_strv_length(descriptors), g_strv_length(threads),
        pages * (uint64_t) sysconf(_SC_PAGESIZE) / 1024};
}

static void print(const char *when, const Held *held)
{
    printf("%s: %u descriptors, %u threads, %" G_GUINT64_FORMAT " KiB resident\n", when,
        held->descriptors, held->threads, held->resident_kib);
}

/* The options are consumed as they are read, so each round has its own copy. */
static bool round_ends_well(int argc, char **argv)
{
    g_auto(GStrv) copy = g_strdupv(argv);
    g_autofree char **words = g_memdup2(copy, sizeof *copy * (gsize) (argc + 1));
    g_autoptr(GError) error = NULL;
    bool stop = false;
    g_autoptr(VdiOptions) options = vdi_options_read(&argc, &words, &stop, &error);

    if (options == NULL) {
        vdi_program_fail(error);
        return false;
    }
    return vdi_unattended_run(options) == VDI_EXIT_OK;
}

int main(int argc, char **argv)
{
    Held before = {0};
    guint64 times = 0;

    vdi_program_start("soak_connect");
    if (argc < 2 || !g_ascii_string_to_unsigned(argv[1], 10, 1, 100000, &times, NULL)) {
        vdi_program_warn("usage: soak_connect TIMES VDI-CONNECT'S-OPTIONS…");
        return VDI_EXIT_USAGE;
    }
    argv[1] = argv[0];
    for (guint64 i = 0; i < times + WARM_UP; i++) {
        if (i == WARM_UP) {
            before = look();
        }
        if (!round_ends_well(argc - 1, argv + 1)) {
            return 1;
        }
    }
    const Held after = look();

    print("before", &before);
    print("after", &after);
    return after.descriptors > before.descriptors || after.threads > before.threads
        || after.resident_kib > before.resident_kib + GROWTH_MAX_KIB;
}
