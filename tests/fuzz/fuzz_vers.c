/* SPDX-License-Identifier: Apache-2.0 */
#include <stdint.h>
#include <string.h>

#include "compat/rules/purl.h"
#include "compat/rules/range.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_purl(const char *text)
{
    g_autoptr(VdiPurl) once = vdi_purl_parse(text, NULL);
    g_autofree char *printed = once != NULL ? vdi_purl_print(once) : NULL;
    /* Printing may encode what was written plainly, past the ceiling. */
    g_autoptr(VdiPurl) twice = once != NULL && strlen(printed) <= VDI_PURL_MAX_BYTES
        ? vdi_purl_parse(printed, NULL)
        : NULL;
    g_autofree char *again = twice != NULL ? vdi_purl_print(twice) : g_strdup(printed);

    g_assert(once == NULL || strlen(printed) > VDI_PURL_MAX_BYTES || twice != NULL);
    g_assert(g_strcmp0(printed, again) == 0);
}

/* A range on the first line, a version on the second: the range keeps its text, knows the version
 * exactly when its scheme can compare it, and meets itself unless it is `!=` alone. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    g_autofree char *text = g_strndup((const char *) data, size);
    char *line_end = strchr(text, '\n');
    const char *version = line_end != NULL ? line_end + 1 : "";

    if (line_end != NULL) {
        *line_end = '\0';
    }
    g_autoptr(VdiRange) range = vdi_range_parse(text, NULL);

    check_purl(text);
    if (range != NULL) {
        bool is_known = vdi_version_is_valid(vdi_range_scheme(range), version);

        g_assert(strcmp(vdi_range_text(range), text) == 0);
        g_assert((vdi_range_contains(range, version) != VDI_TRUTH_UNKNOWN) == is_known);
        g_assert(vdi_range_intersects(range, range) != vdi_range_is_only_unequal(range));
    }
    return 0;
}
