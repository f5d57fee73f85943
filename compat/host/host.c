/* SPDX-License-Identifier: Apache-2.0 */
#include "compat/host/host.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <string.h>

#include "base/error.h"
#include "base/file.h"
#include "compat/host/apt.h"
#include "compat/host/clients.h"
#include "compat/host/dnf.h"
#include "compat/host/package_type.h"
#include "compat/host/packagekit.h"
#include "compat/host/pacman.h"
#include "compat/host/simulated.h"
#include "compat/host/site_facts.h"
#include "compat/host/system.h"
#include "compat/host/zypper.h"

/* In the order in which they are asked, each with the distributions whose own it is (ID or ID_LIKE
 * of os-release): rpm's tools may stand on a Debian, dpkg's on a Fedora. What was named by hand
 * fits any. */
static const struct {
    const VdiHostOps *ops;
    const char *systems[5];
} back_ends[] = {
    {&vdi_host_simulated, {NULL}},
    {&vdi_host_apt, {"debian", "ubuntu", NULL}},
    {&vdi_host_dnf, {"fedora", "rhel", "centos", NULL}},
    {&vdi_host_zypper, {"suse", "opensuse", NULL}},
    {&vdi_host_pacman, {"arch", NULL}},
};

static bool fits(const VdiFacts *facts, const char *const *systems)
{
    const VdiPackage nobodys = {NULL, NULL, NULL, NULL, NULL};
    bool found = *systems == NULL;

    for (; *systems != NULL; systems++) {
        found = found || vdi_facts_is_distributor(facts, &nobodys, *systems) == VDI_TRUTH_TRUE;
    }
    return found;
}

static const VdiHostOps *choose(const VdiHost *host, const VdiFacts *facts)
{
    const VdiHostOps *first = NULL;

    for (size_t i = 0; i < G_N_ELEMENTS(back_ends); i++) {
        const VdiHostOps *ops = back_ends[i].ops;

        if (!ops->present(host)) {
            continue;
        }
        if (fits(facts, back_ends[i].systems)) {
            return ops;
        }
        first = first != NULL ? first : ops;
    }
    return first;
}

VdiHold *vdi_hold_new(const char *package, const char *version, const char *organisation,
    const char *rule, const char *reason, int64_t until, bool is_security)
{
    VdiHold *hold = g_new0(VdiHold, 1);

    hold->package = g_strdup(package);
    hold->version = g_strdup(version);
    hold->organisation = g_strdup(organisation);
    hold->rule = g_strdup(rule);
    hold->reason = g_strdup(reason);
    hold->until = until;
    hold->is_security = is_security;
    return hold;
}

void vdi_hold_free(VdiHold *hold)
{
    if (hold != NULL) {
        g_free(hold->package);
        g_free(hold->version);
        g_free(hold->organisation);
        g_free(hold->rule);
        g_free(hold->reason);
        g_free(hold);
    }
}

int vdi_hold_compare(gconstpointer a, gconstpointer b)
{
    const VdiHold *left = *(const VdiHold *const *) a, *right = *(const VdiHold *const *) b;
    int order = strcmp(left->package, right->package);

    return order != 0 ? order : strcmp(left->version, right->version);
}

/* A scratch folder holds files and folders of links, one level deep. */
static void remove_folder(const char *path)
{
    g_auto(GStrv) names = vdi_file_list(path);

    for (size_t i = 0; names[i] != NULL; i++) {
        g_autofree char *inner = g_build_filename(path, names[i], NULL);

        if (g_file_test(inner, G_FILE_TEST_IS_DIR) && !g_file_test(inner, G_FILE_TEST_IS_SYMLINK)) {
            remove_folder(inner);
        } else {
            (void) g_unlink(inner);
        }
    }
    (void) g_rmdir(path);
}

void vdi_host_free(VdiHost *host)
{
    if (host != NULL) {
        if (host->scratch != NULL) {
            remove_folder(host->scratch);
        }
        g_free(host->apt_config);
        g_free(host->simulation);
        g_free(host->namespace);
        g_free(host->scratch);
        g_free(host);
    }
}

VdiHost *vdi_host_new(const VdiPaths *paths, const VdiHostOptions *options, GError **error)
{
    g_autoptr(VdiHost) host = g_new0(VdiHost, 1);
    g_autoptr(VdiFacts) facts = vdi_facts_new();

    host->paths = paths;
    host->apt_config = g_strdup(options->apt_config);
    host->simulation = g_strdup(options->simulation);
    vdi_system_look(paths, facts);
    host->namespace = g_strdup(vdi_facts_get(facts, VDI_FACT_OS_ID));
    host->ops = choose(host, facts);
    if (host->ops == NULL) {
        g_set_error(error, VDI_HOST_ERROR, VDI_HOST_ERROR_DATABASE,
            "no package system that is known here was found below %s/", paths->root);
        return NULL;
    }
    if (host->namespace == NULL && strcmp(host->ops->type, "deb") == 0) {
        host->namespace = g_strdup("debian");
    }
    return g_steal_pointer(&host);
}

bool vdi_host_look(VdiHost *host, VdiFacts *facts, GError **error)
{
    vdi_system_look(host->paths, facts);
    vdi_package_type_look(facts, host->ops->type);
    vdi_site_facts_look(host->paths, facts);
    bool is_whole = host->ops->installed(host, facts, error);

    vdi_clients_derive(facts);
    vdi_clients_look(host->paths, facts);
    return is_whole;
}

VdiChange *vdi_host_pending(
    VdiHost *host, const VdiFacts *facts, const char **ret_source, GError **error)
{
    VdiChange *change = NULL;

    if (!vdi_packagekit_prepared(host, facts, &change, error)) {
        return NULL;
    }
    if (ret_source != NULL) {
        *ret_source = change != NULL ? "packagekit" : host->ops->name;
    }
    return change != NULL ? change : host->ops->offers(host, NULL, error);
}

GPtrArray *vdi_host_list_none(VdiHost *host, GError **error)
{
    return g_ptr_array_new_with_free_func((GDestroyNotify) vdi_hold_free);
}

const char *vdi_host_scratch(VdiHost *host, GError **error)
{
    if (host->scratch != NULL) {
        return host->scratch;
    }
    /* Root's are where nobody else writes; others have /tmp. */
    bool own = !host->paths->is_personal && vdi_paths_may_write(host->paths);
    g_autofree char *folder =
        g_build_filename(own ? host->paths->state : "/tmp", "vdi-guard-XXXXXX", NULL);

    if (own && !vdi_file_make_folder(host->paths->state, 0755, error)) {
        return NULL;
    }
    if (g_mkdtemp(folder) == NULL) {
        g_set_error(
            error, VDI_FILE_ERROR, VDI_FILE_ERROR_WRITE, "%s: %s", folder, g_strerror(errno));
        return NULL;
    }
    host->scratch = g_steal_pointer(&folder);
    return host->scratch;
}
