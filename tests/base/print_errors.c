/* SPDX-License-Identifier: Apache-2.0 */

/* Prints docs/errors.md from the table in base/error.c; a test holds the two together. */
#include <stdio.h>

#include "base/error.h"

int main(void)
{
    puts("# Every failure that a person may meet\n\n"
         "Printed from the table in `base/error.c` by `tests/base/print_errors`, and held to it by "
         "a test.\n"
         "The name is what `--json` says; the exit status is explained in "
         "[exit-codes.md](exit-codes.md).\n\n"
         "| name | exit | what happened | what to do next |\n|---|--:|---|---|");
    for (const VdiErrorRow *row = vdi_error_rows(); row->name != NULL; row++) {
        printf("| `%s` | %d | %s | %s |\n", row->name, row->exit_status, row->headline, row->hint);
    }
    return 0;
}
