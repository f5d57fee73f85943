/* SPDX-License-Identifier: Apache-2.0 */
#include <stdint.h>
#include <string.h>

#include "compat/rules/range.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A range on the first line, a version on the second: the range keeps its text, also when that is
 * read again, knows the version exactly when its scheme can compare it, and meets itself unless it
 * is
 * `!=` alone. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    g_autofree char *text = g_strndup((const char *) data, size);
    char *line_end = strchr(text, '\n');
    const char *version = line_end != NULL ? line_end + 1 : "";

    if (line_end != NULL) {
        *line_end = '\0';
    }
    g_autoptr(VdiRange) range = vdi_range_parse(text, NULL);

    if (range == NULL) {
        return 0;
    }
    g_autoptr(VdiRange) again = vdi_range_parse(vdi_range_text(range), NULL);
    VdiTruth contains = vdi_range_contains(range, version);

    g_assert(strcmp(vdi_range_text(range), text) == 0);
    g_assert(again != NULL && strcmp(vdi_range_text(again), text) == 0);
    g_assert(contains == vdi_range_contains(again, version));
    g_assert(
        (contains != VDI_TRUTH_UNKNOWN) == vdi_version_is_valid(vdi_range_scheme(range), version));
    g_assert(vdi_range_intersects(range, range) != vdi_range_is_only_unequal(range));
    return 0;
}
