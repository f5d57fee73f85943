/* SPDX-License-Identifier: Apache-2.0 */

/* Prints docs/exit-codes.md from the table in base/error.c; a test holds the two together. An error
 * whose status has no row here ends it with 1. */
#include <stdbool.h>
#include <stdio.h>

#include "base/error.h"

static const struct {
    int status;
    const char *name, *meaning, *supervisor;
} rows[] = {
    {VDI_EXIT_OK, "OK", "ended by log-off, or what was asked for is done", "end action"},
    {VDI_EXIT_USAGE, "USAGE", "an option, an address or a name that is not understood", "stop"},
    {VDI_EXIT_DATA, "DATAERR", "a manifest, an import or a person's own file is invalid",
        "stop, alert"},
    {VDI_EXIT_NO_HOST, "NOHOST", "a host is unknown", "retry"},
    {VDI_EXIT_UNAVAILABLE, "UNAVAILABLE", "broker or desktop not available, maintenance",
        "retry slowly"},
    {VDI_EXIT_SOFTWARE, "SOFTWARE", "an internal error, a crash of the session", "restart, count"},
    {VDI_EXIT_CANNOT_CREATE, "CANTCREAT", "a file that was asked for cannot be made", "stop"},
    {VDI_EXIT_TEMPORARY, "TEMPFAIL", "network or transport lost", "retry"},
    {VDI_EXIT_PROTOCOL, "PROTOCOL", "negotiation, TLS, version, a broker that is none",
        "retry slowly, report"},
    {VDI_EXIT_NO_PERMISSION, "NOPERM", "refused, locked, expired", "stop, alert"},
    {VDI_EXIT_CONFIG, "CONFIG",
        "configuration, missing credential, a certificate that is not trusted", "stop, alert"},
    {VDI_EXIT_GUARD_BLOCK, "GUARD_BLOCK", "a blocking rule is true of this computer",
        "wait for a change"},
    {VDI_EXIT_GUARD_STALE, "GUARD_STALE",
        "a strict site asks for a fresh compatibility list and there is none", "retry slowly"},
    {VDI_EXIT_DISCONNECTED, "DISCONNECTED", "by the server, another client, idleness",
        "end action"},
    {130, "–", "interrupted (SIGINT), or given up by the person", "–"},
    {143, "–", "ended by SIGTERM, signed out in good order", "–"},
};

static void print_row(size_t i)
{
    printf(
        "| %d | %s | %s | %s |", rows[i].status, rows[i].name, rows[i].meaning, rows[i].supervisor);
    for (const VdiErrorRow *row = vdi_error_rows(); row->name != NULL; row++) {
        if (row->exit_status == rows[i].status) {
            printf(" `%s`", row->name);
        }
    }
    puts(" |");
}

static bool has_row(int status)
{
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        if (rows[i].status == status) {
            return true;
        }
    }
    return false;
}

int main(void)
{
    puts("# Exit statuses\n\n"
         "Printed from the table in `base/error.c` by `tests/client/print_exit_codes`, and held to "
         "it by a test.\n"
         "They are those of sysexits.h, because systemd knows the names, and a small range of our "
         "own. The names in the\n"
         "last column are what `--json` says; [errors.md](errors.md) has their sentences.\n\n"
         "| status | name | meaning | a supervisor should | errors |\n|--:|---|---|---|---|");
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        print_row(i);
    }
    puts("\nA unit that runs `vdi-connect` says `RestartPreventExitStatus=USAGE DATAERR NOPERM "
         "CONFIG` and\n"
         "`SuccessExitStatus=82`. 65 never means that the guard failed: a compatibility list that "
         "is missing, stale or\n"
         "cannot be verified lets the desktop be opened, and says so; 81 exists where a site set "
         "`strict` in `guard.conf`.\n"
         "`vdi-hook` ends with 80 for a proven block, and with nothing else that a package manager "
         "would take for one.");
    for (const VdiErrorRow *row = vdi_error_rows(); row->name != NULL; row++) {
        if (!has_row(row->exit_status)) {
            fprintf(stderr, "%s: status %d has no row\n", row->name, row->exit_status);
            return 1;
        }
    }
    return 0;
}
