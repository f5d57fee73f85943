/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <string.h>

#include "compat/host/host.h"

/* For shell tests: what a back end says of the system below ROOT, line by line and sorted.
 *
 *   lines ROOT APT-CONFIG|- facts
 *   lines ROOT APT-CONFIG|- installed
 *   lines ROOT APT-CONFIG|- offers [NAME VERSION]…     with these held
 *   lines ROOT APT-CONFIG|- bring NAME ARCH VERSION
 *   lines ROOT APT-CONFIG|- pending
 *
 * A failure is its sentence on stderr and status 1. */

static int compare_lines(gconstpointer a, gconstpointer b)
{
    return strcmp(*(const char *const *) a, *(const char *const *) b);
}

static void print_sorted(GPtrArray *lines)
{
    g_ptr_array_sort(lines, compare_lines);
    for (guint i = 0; i < lines->len; i++) {
        puts(lines->pdata[i]);
    }
}

static const char *or_dash(const char *text)
{
    return text != NULL ? text : "-";
}

static bool print_installed(VdiHost *host, GError **error)
{
    g_autoptr(VdiFacts) facts = vdi_facts_new();
    g_autoptr(GPtrArray) lines = g_ptr_array_new_with_free_func(g_free);

    if (!vdi_host_look(host, facts, error)) {
        return false;
    }
    for (size_t i = 0; i < vdi_facts_n_packages(facts); i++) {
        const VdiPackage *package = vdi_facts_package(facts, i);

        g_ptr_array_add(lines,
            g_strdup_printf("%s/%s/%s %s %s", package->type, or_dash(package->namespace),
                package->name, package->version, or_dash(package->arch)));
    }
    print_sorted(lines);
    return true;
}

static bool print_facts(VdiHost *host, GError **error)
{
    g_autoptr(VdiFacts) facts = vdi_facts_new();
    bool known = vdi_host_look(host, facts, error);

    printf("back-end %s\narch %s\nengine %s\n", host->ops->name,
        or_dash(vdi_facts_get(facts, VDI_FACT_ARCH)),
        or_dash(vdi_facts_get(facts, VDI_FACT_ENGINE)));
    return known;
}

static bool print_change(VdiChange *change)
{
    g_autoptr(GPtrArray) lines = g_ptr_array_new_with_free_func(g_free);

    if (change == NULL) {
        return false;
    }
    for (size_t i = 0; i < vdi_change_n_items(change); i++) {
        const VdiChangeItem *item = vdi_change_item(change, i);

        g_ptr_array_add(lines,
            g_strdup_printf("%s %s %s -> %s%s", item->name, or_dash(item->arch),
                or_dash(item->before), or_dash(item->after), item->is_security ? " security" : ""));
    }
    print_sorted(lines);
    vdi_change_free(change);
    return true;
}

static bool print_offers(VdiHost *host, int argc, char **argv, GError **error)
{
    g_autoptr(GPtrArray) holds = g_ptr_array_new_with_free_func((GDestroyNotify) vdi_hold_free);

    for (int i = 0; i + 1 < argc; i += 2) {
        g_ptr_array_add(
            holds, vdi_hold_new(argv[i], argv[i + 1], "corp", "R1", "for a test", 1, false));
    }
    return print_change(host->ops->offers(host, holds->len > 0 ? holds : NULL, error));
}

static bool print_pending(VdiHost *host, GError **error)
{
    g_autoptr(VdiFacts) facts = vdi_facts_new();
    const char *source = NULL;
    VdiChange *change =
        vdi_host_look(host, facts, error) ? vdi_host_pending(host, facts, &source, error) : NULL;

    if (change != NULL) {
        printf("of %s\n", source);
    }
    return print_change(change);
}

static bool answer(VdiHost *host, int argc, char **argv, GError **error)
{
    if (strcmp(argv[0], "facts") == 0) {
        return print_facts(host, error);
    }
    if (strcmp(argv[0], "installed") == 0) {
        return print_installed(host, error);
    }
    if (strcmp(argv[0], "pending") == 0) {
        return print_pending(host, error);
    }
    if (strcmp(argv[0], "bring") == 0 && argc == 4) {
        const VdiChangeItem candidate = {
            .type = (char *) host->ops->type, .name = argv[1], .arch = argv[2], .after = argv[3]};

        return print_change(host->ops->bring(host, &candidate, error));
    }
    return print_offers(host, argc - 1, argv + 1, error);
}

int main(int argc, char **argv)
{
    g_autoptr(GError) error = NULL;

    if (argc < 4) {
        return 64;
    }
    const VdiHostOptions options = {.apt_config = strcmp(argv[2], "-") != 0 ? argv[2] : NULL};
    g_autoptr(VdiPaths) paths = vdi_paths_new_system(argv[1]);
    g_autoptr(VdiHost) host = vdi_host_new(paths, &options, &error);

    if (host == NULL || !answer(host, argc - 3, argv + 3, &error)) {
        fprintf(stderr, "%s\n", error->message);
        return 1;
    }
    return 0;
}
