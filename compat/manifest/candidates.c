/* SPDX-License-Identifier: Apache-2.0 */
#include "compat/manifest/candidates.h"

#include <stdio.h>
#include <string.h>

#include "base/text.h"

/* Cleaned; both ends of one change. */
static void print_line(const char *name, const char *before, const char *after)
{
    g_autofree char *shown = vdi_text_clean(name);
    g_autofree char *from = vdi_text_clean(before != NULL ? before : "(not there)");
    g_autofree char *to = vdi_text_clean(after != NULL ? after : "(gone)");

    printf("  %-32s %s -> %s\n", shown, from, to);
}

/* ---- packages ---- */

/* "deb/libssl3:amd64" → version; of several versions the last. */
static GHashTable *index_packages(const VdiFacts *facts)
{
    GHashTable *index = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);

    for (size_t i = 0; i < vdi_facts_n_packages(facts); i++) {
        const VdiPackage *package = vdi_facts_package(facts, i);

        g_hash_table_insert(index,
            g_strdup_printf("%s/%s:%s", package->type, package->name,
                package->arch != NULL ? package->arch : ""),
            (gpointer) package->version);
    }
    return index;
}

static int by_text(gconstpointer a, gconstpointer b)
{
    return strcmp(*(const char *const *) a, *(const char *const *) b);
}

static GPtrArray *sorted_keys(GHashTable *a, GHashTable *b)
{
    GPtrArray *keys = g_ptr_array_new();
    GHashTableIter at;
    gpointer key = NULL;

    g_hash_table_iter_init(&at, a);
    while (g_hash_table_iter_next(&at, &key, NULL)) {
        g_ptr_array_add(keys, key);
    }
    g_hash_table_iter_init(&at, b);
    while (g_hash_table_iter_next(&at, &key, NULL)) {
        if (!g_hash_table_contains(a, key)) {
            g_ptr_array_add(keys, key);
        }
    }
    g_ptr_array_sort(keys, by_text);
    return keys;
}

/* "libssl3" of "deb/libssl3:amd64". */
static char *name_in(const char *key)
{
    const char *name = strchr(key, '/') + 1;

    return g_strndup(name, (gsize) (strrchr(name, ':') - name));
}

static size_t print_packages(const VdiFacts *before, const VdiFacts *after)
{
    g_autoptr(GHashTable) old = index_packages(before), new = index_packages(after);
    g_autoptr(GPtrArray) keys = sorted_keys(old, new);
    g_autofree char *last = NULL;
    size_t n = 0;

    for (guint k = 0; k < keys->len; k++) {
        const char *from = g_hash_table_lookup(old, keys->pdata[k]);
        const char *to = g_hash_table_lookup(new, keys->pdata[k]);
        g_autofree char *name = name_in(keys->pdata[k]);

        /* Another architecture of the same is the same candidate. */
        if (g_strcmp0(from, to) != 0 && g_strcmp0(last, name) != 0) {
            print_line(name, from, to);
            n++;
            g_free(last);
            last = g_steal_pointer(&name);
        }
    }
    return n;
}

/* ---- what is no package ---- */

static size_t print_updates(const VdiFacts *before, const VdiFacts *after)
{
    g_autofree const char **updates = vdi_facts_updates(after);
    size_t n = 0;

    for (size_t k = 0; updates[k] != NULL; k++) {
        if (vdi_facts_has_update(before, updates[k]) != VDI_TRUTH_TRUE) {
            print_line(updates[k], NULL, "installed");
            n++;
        }
    }
    return n;
}

static size_t print_build(const VdiFacts *before, const VdiFacts *after)
{
    const char *from = vdi_facts_get(before, VDI_FACT_BUILD);
    const char *to = vdi_facts_get(after, VDI_FACT_BUILD);

    if (to == NULL || g_strcmp0(from, to) == 0) {
        return 0;
    }
    g_autofree char *name = g_strconcat("build=", to, NULL);

    print_line(name, from, to);
    return 1;
}

size_t vdi_candidates_print_difference(const VdiInventory *before, const VdiInventory *after)
{
    return print_packages(before->facts, after->facts) + print_updates(before->facts, after->facts)
        + print_build(before->facts, after->facts);
}

size_t vdi_candidates_print_pending(const VdiInventory *inventory)
{
    size_t n = inventory->pending != NULL ? vdi_change_n_items(inventory->pending) : 0;

    for (size_t k = 0; k < n; k++) {
        const VdiChangeItem *item = vdi_change_item(inventory->pending, k);

        print_line(item->name, item->before, item->after);
    }
    return n;
}
