/* SPDX-License-Identifier: Apache-2.0 */
#include "compat/host/apt.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "base/file.h"
#include "compat/host/apt_output.h"
#include "compat/host/apt_pins.h"
#include "compat/host/child.h"
#include "compat/host/dpkg_status.h"

#define APT_GET "/usr/bin/apt-get"
#define APT_CONFIG "/usr/bin/apt-config"
#define DPKG_STATUS "/var/lib/dpkg/status"
#define KEPT_BACK "packages have been kept back"

static bool present(const VdiHost *host)
{
    g_autofree char *status = vdi_paths_below(host->paths, DPKG_STATUS);

    return access(status, F_OK) == 0;
}

static bool installed(VdiHost *host, VdiFacts *facts, GError **error)
{
    g_autofree char *status = vdi_paths_below(host->paths, DPKG_STATUS);

    g_autofree char *info = vdi_paths_below(host->paths, "/var/lib/dpkg/info");

    return vdi_dpkg_status_read(status, info, host->namespace, facts, error);
}

/* For a system below another root nobody named a configuration of: this machine's is not its. */
static char *own_config(VdiHost *host, GError **error)
{
    const char *scratch = vdi_host_scratch(host, error);

    if (scratch == NULL) {
        return NULL;
    }
    g_autofree char *path = g_build_filename(scratch, "apt.conf", NULL);
    g_autofree char *text = g_strdup_printf("Dir \"%s/\";\nDir::State::status \"%s%s\";\n",
        host->paths->root, host->paths->root, DPKG_STATUS);

    return vdi_file_write_text(path, text, 0600, error) ? g_steal_pointer(&path) : NULL;
}

static GBytes *run(VdiHost *host, const char *const *argv, GError **error)
{
    g_autofree char *config = g_strdup(host->apt_config);

    if (config == NULL && *host->paths->root != '\0') {
        config = own_config(host, error);
        if (config == NULL) {
            return NULL;
        }
    }
    g_autofree char *setting = config != NULL ? g_strconcat("APT_CONFIG=", config, NULL) : NULL;
    const char *const settings[] = {setting, NULL};
    const VdiChildQuestion question = {
        .argv = argv, .settings = settings, .failure = VDI_HOST_ERROR_OFFER};

    return vdi_child_ask(&question, error);
}

/* What apt-config tells as `NAME='VALUE'`, one a line; NULL. */
static char *find_setting(const char *text, const char *name)
{
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    size_t length = strlen(name);

    for (size_t i = 0; lines[i] != NULL; i++) {
        if (strncmp(lines[i], name, length) == 0 && lines[i][length] == '=') {
            return g_shell_unquote(lines[i] + length + 1, NULL);
        }
    }
    return NULL;
}

/* Where apt reads its preferences, and, when asked for, what architecture it means when it names
 * none. */
static char *preferences_folder(VdiHost *host, char **ret_arch, GError **error)
{
    const char *const argv[] = {APT_CONFIG, "shell", "FOLDER", "Dir::Etc::preferencesparts/d",
        "ARCH", "APT::Architecture", NULL};
    g_autoptr(GBytes) output = run(host, argv, error);

    if (output == NULL) {
        return NULL;
    }
    g_autofree char *text = g_strndup(g_bytes_get_data(output, NULL), g_bytes_get_size(output));
    g_autofree char *folder = find_setting(text, "FOLDER");

    if (folder == NULL || !g_path_is_absolute(folder)) {
        g_set_error(error, VDI_HOST_ERROR, VDI_HOST_ERROR_OFFER,
            "apt-config does not tell where preferences lie");
        return NULL;
    }
    if (ret_arch != NULL) {
        *ret_arch = find_setting(text, "ARCH");
    }
    return g_steal_pointer(&folder);
}

/* Everybody's preferences but ours, as links; in place of ours the ones to be tried. A first
 * matching pin wins in the order of file names, so the names stay. */
static bool link_preferences(
    const char *from, const char *to, const GPtrArray *holds, GError **error)
{
    g_auto(GStrv) names = vdi_file_list(from);
    g_auto(GStrv) old = vdi_file_list(to);

    for (size_t i = 0; old[i] != NULL; i++) {
        g_autofree char *path = g_build_filename(to, old[i], NULL);

        (void) g_unlink(path);
    }
    if (!vdi_file_make_folder(to, 0755, error)) {
        return false;
    }
    for (size_t i = 0; names[i] != NULL; i++) {
        g_autofree char *target = g_build_filename(from, names[i], NULL);
        g_autofree char *link = g_build_filename(to, names[i], NULL);

        if (strcmp(names[i], VDI_APT_PINS_NAME) != 0 && symlink(target, link) != 0) {
            g_set_error(
                error, VDI_HOST_ERROR, VDI_HOST_ERROR_OFFER, "%s: %s", link, g_strerror(errno));
            return false;
        }
    }
    return holds == NULL || vdi_apt_pins_write(to, holds, error);
}

/* `ret_kept_back`, which may be NULL: does apt leave out what it could install otherwise? */
static VdiChange *simulate(VdiHost *host, const GPtrArray *holds, const char *command,
    const char *argument, bool *ret_kept_back, GError **error)
{
    g_autofree char *arch = NULL;
    g_autofree char *folder = preferences_folder(host, &arch, error);
    const char *scratch = folder != NULL ? vdi_host_scratch(host, error) : NULL;

    if (scratch == NULL) {
        return NULL;
    }
    g_autofree char *preferences = g_build_filename(scratch, "preferences.d", NULL);
    g_autofree char *option = g_strconcat("Dir::Etc::preferencesparts=", preferences, "/", NULL);
    const char *const argv[] = {APT_GET, "-q", "-s", "-o", "Debug::NoLocking=true", "-o", option,
        "-o", "APT::Get::Show-User-Simulation-Note=false", command, argument, NULL};

    if (!link_preferences(folder, preferences, holds, error)) {
        return NULL;
    }
    g_autoptr(GBytes) output = run(host, argv, error);

    if (output != NULL && ret_kept_back != NULL) {
        size_t size = 0;
        const char *data = g_bytes_get_data(output, &size);

        *ret_kept_back = size > 0 && memmem(data, size, KEPT_BACK, strlen(KEPT_BACK)) != NULL;
    }
    return output != NULL ? vdi_apt_output_read(output, host->namespace, arch, error) : NULL;
}

typedef struct {
    const VdiChange *change;
    const char *arch;
} Wanted;

static bool is_of_arch(size_t i, void *user)
{
    const Wanted *wanted = user;

    return g_strcmp0(vdi_change_item(wanted->change, i)->arch, wanted->arch) == 0;
}

/* Adds what comes in `other`, of packages that `change` does not touch. */
static void add_missing(const VdiChange *other, VdiChange *change)
{
    for (size_t i = 0; i < vdi_change_n_items(other); i++) {
        const VdiChangeItem *item = vdi_change_item(other, i);
        Wanted wanted = {change, item->arch};

        if (item->after != NULL
            && !vdi_change_find(change, item->type, item->name, is_of_arch, &wanted)) {
            vdi_change_add(change, item->type, item->namespace, item->name, item->arch,
                item->before, item->after, item->is_security);
        }
    }
}

/* What a dist-upgrade keeps back for the sake of something else, an upgrade may install: both may
 * be typed. The second question is asked only when something was kept back. */
static VdiChange *offers(VdiHost *host, const GPtrArray *holds, GError **error)
{
    bool kept_back = false;
    g_autoptr(VdiChange) change = simulate(host, holds, "dist-upgrade", NULL, &kept_back, error);

    if (change != NULL && kept_back) {
        g_autoptr(VdiChange) other = simulate(host, holds, "upgrade", NULL, NULL, error);

        if (other == NULL) {
            return NULL;
        }
        add_missing(other, change);
    }
    return g_steal_pointer(&change);
}

static VdiChange *bring(VdiHost *host, const VdiChangeItem *candidate, GError **error)
{
    /* A package of architecture "all" is asked for by its bare name. */
    bool named = candidate->arch != NULL && strcmp(candidate->arch, "all") != 0;
    g_autofree char *argument = g_strconcat(candidate->name, named ? ":" : "",
        named ? candidate->arch : "", "=", candidate->after, NULL);

    return simulate(host, NULL, "install", argument, NULL, error);
}

static bool hold(VdiHost *host, const GPtrArray *holds, GError **error)
{
    g_autofree char *folder = preferences_folder(host, NULL, error);

    return folder != NULL && vdi_apt_pins_write(folder, holds, error);
}

static GPtrArray *list(VdiHost *host, GError **error)
{
    g_autofree char *folder = preferences_folder(host, NULL, error);

    return folder != NULL ? vdi_apt_pins_read(folder, error) : NULL;
}

const VdiHostOps vdi_host_apt = {
    .name = "apt",
    .type = "deb",
    .present = present,
    .installed = installed,
    .offers = offers,
    .bring = bring,
    .hold = hold,
    .list = list,
};
