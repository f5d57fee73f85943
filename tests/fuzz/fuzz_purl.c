/* SPDX-License-Identifier: Apache-2.0 */
#include <stdint.h>
#include <string.h>

#include "compat/rules/purl.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_same(const VdiPurl *a, const VdiPurl *b)
{
    g_assert(strcmp(a->type, b->type) == 0 && strcmp(a->name, b->name) == 0);
    g_assert(g_strcmp0(a->namespace, b->namespace) == 0);
    g_assert(g_strcmp0(a->version, b->version) == 0);
    g_assert(g_strcmp0(a->subpath, b->subpath) == 0);
    g_assert((a->qualifiers == NULL) == (b->qualifiers == NULL));
    g_assert(a->qualifiers == NULL
        || g_strv_equal((const char *const *) a->qualifiers, (const char *const *) b->qualifiers));
}

/* What was read and printed is read again as the same, is printed as the same, and is plain. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    g_autofree char *text = g_strndup((const char *) data, size);
    g_autoptr(VdiPurl) once = vdi_purl_parse(text, NULL);

    if (once == NULL) {
        return 0;
    }
    g_autofree char *printed = vdi_purl_print(once);
    g_autoptr(VdiPurl) twice = vdi_purl_parse(printed, NULL);

    g_assert(twice != NULL);
    g_autofree char *again = vdi_purl_print(twice);

    g_assert(strcmp(printed, again) == 0);
    check_same(once, twice);
    for (const char *c = printed; *c != '\0'; c++) {
        g_assert(g_ascii_isalnum(*c) || strchr(".-_~%:/@?=&#", *c) != NULL);
    }
    return 0;
}
