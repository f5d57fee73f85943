/* SPDX-License-Identifier: Apache-2.0 */
#include <stdint.h>
#include <string.h>

#include "compat/rules/purl.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool has_qualifier(const VdiPurl *purl, const char *key, const char *value)
{
    return g_strcmp0(vdi_purl_qualifier(purl, key), value) == 0;
}

static void check_same(const VdiPurl *a, const VdiPurl *b)
{
    guint n_a = a->qualifiers != NULL ? g_hash_table_size(a->qualifiers) : 0;
    guint n_b = b->qualifiers != NULL ? g_hash_table_size(b->qualifiers) : 0;
    GHashTableIter iter;
    gpointer key = NULL, value = NULL;

    g_assert(strcmp(a->type, b->type) == 0 && strcmp(a->name, b->name) == 0);
    g_assert(g_strcmp0(a->namespace, b->namespace) == 0);
    g_assert(g_strcmp0(a->version, b->version) == 0);
    g_assert(g_strcmp0(a->subpath, b->subpath) == 0);
    g_assert(n_a == n_b);
    if (n_a > 0) {
        g_hash_table_iter_init(&iter, a->qualifiers);
        while (g_hash_table_iter_next(&iter, &key, &value)) {
            g_assert(has_qualifier(b, key, value));
        }
    }
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
