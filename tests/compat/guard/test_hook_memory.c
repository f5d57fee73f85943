/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <string.h>

#include "base/file.h"
#include "compat/apply.h"
#include "tests/compat/guard/guard_support.h"
#include "tests/support/check.h"
#include "tests/support/injection.h"

/* vdi-hook while each of its allocations fails in turn. It may end as it likes; but a transaction
 * that breaks nothing is never stopped, one that is stopped is told why, and what lies on disk
 * stays as it was. */

enum { BLOCK = 80, STEP = 3 };

#define NOW "2026-11-06T22:00:00Z"
#define HEAD "VERSION 3\nAPT::Architecture=amd64\n\n"
#define BAD HEAD "lib 1.0 amd64 same < 2.0 amd64 same /var/cache/lib.deb\n"
#define GOOD HEAD "lib 1.0 amd64 same < 2.1 amd64 same /var/cache/lib.deb\n"

static VdiPaths *system_that_holds_lib(void)
{
    VdiPaths *paths = guard_system();
    g_autofree char *simulation = vdi_paths_below(paths, "/system.json");
    g_autofree char *rule = guard_rule("R1", "lib", "2.0", "2.1");
    const VdiHostOptions options = {NULL, simulation};
    g_auto(VdiApplyReport) report = {0};

    guard_write(paths, "/var/lib/dpkg/status",
        "Package: lib\nStatus: install ok installed\nArchitecture: amd64\nVersion: 1.0\n\n");
    guard_write(paths, "/system.json", "{\"format\": 1, \"installed\": [], \"offered\": []}");
    guard_organisation(paths, "example", "url = https://updates.example.com/v");
    guard_accept(paths, "example", rule, GUARD_NOW + 10 * GUARD_DAY);
    CHECK(vdi_apply_holds(paths, &options, GUARD_NOW, &report, NULL));
    return paths;
}

/* `nth`: the allocation that fails; 0: none. The library is for the hook alone, not for who starts
 * it. */
static int run_hook(const VdiPaths *paths, const char *transaction, unsigned nth, char **ret_errors)
{
    g_autofree char *hook = test_built("compat/vdi-hook");
    g_autofree char *library = test_built("tests/libno_memory.so");
    g_autofree char *preload = g_strconcat("LD_PRELOAD=", library, NULL);
    g_autofree char *fault = g_strdup_printf("VDI_FAULT_MEMORY=%u", nth);
    g_autofree char *stream = vdi_paths_below(paths, "/stream");
    const char *const argv[] = {"/bin/sh", "-c", "exec 9<\"$1\" && shift && exec env \"$@\"", "sh",
        stream, "APT_HOOK_INFO_FD=9", preload, fault, hook, "--root", paths->root, "--now", NOW,
        NULL};

    guard_write(paths, "/stream", transaction);
    return injection_run_in(argv, NULL, ret_errors);
}

static char *read_state(const VdiPaths *paths)
{
    g_autofree char *enforced = vdi_paths_below(paths, "/var/lib/vdi/enforced.rules");
    g_autofree char *folder = vdi_paths_below(paths, "/var/lib/vdi");
    g_autoptr(GBytes) bytes = vdi_file_read(enforced, 1 << 20, NULL);
    g_auto(GStrv) names = vdi_file_list(folder);
    g_autoptr(GString) joined = g_string_new(NULL);

    CHECK(bytes != NULL);
    g_autofree char *checksum =
        bytes != NULL ? g_compute_checksum_for_bytes(G_CHECKSUM_SHA256, bytes) : NULL;

    for (size_t i = 0; names[i] != NULL; i++) { /* a line about itself is the hook's to write */
        g_string_append(joined, strcmp(names[i], "audit.jsonl") != 0 ? names[i] : "");
    }
    return g_strconcat(joined->str, " ", checksum, NULL);
}

/* Each line is whole: it begins and ends like one. */
static bool is_whole_audit(const VdiPaths *paths)
{
    g_autofree char *audit = guard_read(paths, "/var/lib/vdi/audit.jsonl");
    g_auto(GStrv) lines = g_strsplit(audit != NULL ? audit : "", "\n", -1);

    for (size_t i = 0; lines[i] != NULL; i++) {
        size_t length = strlen(lines[i]);

        if (length > 0 && (lines[i][0] != '{' || lines[i][length - 1] != '}')) {
            return false;
        }
    }
    return true;
}

static void check_every(const VdiPaths *paths, const char *transaction, int usual)
{
    g_autofree char *said = NULL;
    unsigned n_blocks = 0, n_others = 0, n = 1, step = injection_takes_all() ? 1 : STEP;

    CHECK_INT(run_hook(paths, transaction, 0, &said), usual);
    g_autofree char *before = read_state(paths);

    for (bool met = true; met; n += step) {
        g_autofree char *errors = NULL;
        g_autofree char *row = g_strdup_printf("allocation %u", n);
        int status = run_hook(paths, transaction, n, &errors);
        g_autofree char *after = read_state(paths);

        met = errors != NULL && strstr(errors, "allocation failed") != NULL;
        CHECK_ROW(row, status >= 0 && (status != BLOCK || usual == BLOCK));
        CHECK_ROW(row, status != BLOCK || strstr(errors, "vdi-guard release R1") != NULL);
        CHECK_ROW(row, strcmp(before, after) == 0 && is_whole_audit(paths));
        n_blocks += status == BLOCK ? 1 : 0;
        n_others += status == BLOCK ? 0 : 1;
    }
    printf("up to allocation %u in steps of %u: %u blocks, %u others\n", n - step, step, n_blocks,
        n_others);
    CHECK(n > 1 + step);
}

static void what_breaks_nothing_is_never_stopped(void)
{
    if (!guard_is_root() || !injection_may_take_memory()) {
        return;
    }
    g_autoptr(VdiPaths) paths = system_that_holds_lib();

    check_every(paths, GOOD, 0);
}

static void what_is_stopped_is_told_why(void)
{
    if (!guard_is_root() || !injection_may_take_memory()) {
        return;
    }
    g_autoptr(VdiPaths) paths = system_that_holds_lib();

    check_every(paths, BAD, BLOCK);
}

const Test tests[] = {
    {"without memory, what breaks nothing is never stopped", what_breaks_nothing_is_never_stopped},
    {"without memory, what is stopped is told why", what_is_stopped_is_told_why},
    TEST_END,
};
