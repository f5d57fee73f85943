/* SPDX-License-Identifier: Apache-2.0 */
#include "compat/host/host.h"

#include <string.h>

#include "base/error.h"
#include "tests/support/check.h"

#define DPKG "var/lib/dpkg/status"
#define RPM "var/lib/rpm/rpmdb.sqlite"
#define RPM_NEW "usr/lib/sysimage/rpm/rpmdb.sqlite"
#define ALPM "var/lib/pacman/local/ALPM_DB_VERSION"

static void put(const char *root, const char *below, const char *text)
{
    g_autofree char *path = g_build_filename(root, below, NULL);
    g_autofree char *folder = g_path_get_dirname(path);

    CHECK(g_mkdir_with_parents(folder, 0755) == 0);
    CHECK(g_file_set_contents(path, text, -1, NULL));
}

static void the_system_that_belongs_to_the_distribution_is_taken(void)
{
    static const struct {
        const char *name, *release;
        const char *databases[3];
        const char *back_end, *namespace;
    } rows[] = {
        {"Debian", "ID=debian\n", {DPKG}, "apt", "debian"},
        {"Ubuntu", "ID=ubuntu\nID_LIKE=debian\n", {DPKG}, "apt", "ubuntu"},
        {"Mint", "ID=linuxmint\nID_LIKE=\"ubuntu debian\"\n", {DPKG}, "apt", "linuxmint"},
        {"rpm's tools on a Debian", "ID=debian\n", {DPKG, RPM}, "apt", "debian"},
        {"dpkg's tools on a Fedora", "ID=fedora\n", {DPKG, RPM_NEW}, "dnf", "fedora"},
        {"all tools on an Arch", "ID=arch\n", {DPKG, RPM, ALPM}, "pacman", "arch"},
        {"Fedora", "ID=fedora\nVERSION_ID=41\n", {RPM_NEW}, "dnf", "fedora"},
        {"an older Fedora", "ID=fedora\nVERSION_ID=35\n", {RPM}, "dnf", "fedora"},
        {"Rocky", "ID=\"rocky\"\nID_LIKE=\"rhel centos fedora\"\n", {RPM}, "dnf", "rocky"},
        {"Leap", "ID=\"opensuse-leap\"\nID_LIKE=\"suse opensuse\"\n", {RPM_NEW}, "zypper",
            "opensuse-leap"},
        {"SLES", "ID=\"sles\"\nID_LIKE=\"suse\"\n", {RPM}, "zypper", "sles"},
        {"Manjaro", "ID=manjaro\nID_LIKE=arch\n", {ALPM}, "pacman", "manjaro"},
        {"of another rpm distribution", "ID=mageia\n", {RPM}, "dnf", "mageia"},
        {"Debian's database first where nobody says", "", {DPKG, RPM}, "apt", "debian"},
        {"an rpm system that does not say", "", {RPM}, "dnf", NULL},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *number = g_strdup_printf("root-%zu", i);
        g_autofree char *root = g_build_filename(test_folder(), number, NULL);
        g_autoptr(VdiPaths) paths = vdi_paths_new_system(root);
        const VdiHostOptions options = {NULL, NULL};
        g_autoptr(GError) error = NULL;

        put(root, "etc/os-release", rows[i].release);
        for (size_t k = 0; k < G_N_ELEMENTS(rows[i].databases); k++) {
            if (rows[i].databases[k] != NULL) {
                put(root, rows[i].databases[k], "");
            }
        }
        g_autoptr(VdiHost) host = vdi_host_new(paths, &options, &error);

        CHECK_NO_ERROR(error);
        CHECK_ROW(rows[i].name, host != NULL && strcmp(host->ops->name, rows[i].back_end) == 0);
        CHECK_ROW(rows[i].name, host != NULL && g_strcmp0(host->namespace, rows[i].namespace) == 0);
    }
}

static void what_was_named_by_hand_comes_first(void)
{
    g_autofree char *root = g_build_filename(test_folder(), "named", NULL);
    g_autoptr(VdiPaths) paths = vdi_paths_new_system(root);
    const VdiHostOptions options = {.simulation = "/nonexistent.json"};

    put(root, "etc/os-release", "ID=debian\n");
    put(root, DPKG, "");
    g_autoptr(VdiHost) host = vdi_host_new(paths, &options, NULL);

    CHECK(host != NULL && strcmp(host->ops->name, "simulated") == 0);
}

static void a_root_without_a_package_system_is_refused(void)
{
    g_autofree char *root = g_build_filename(test_folder(), "bare", NULL);
    g_autoptr(VdiPaths) paths = vdi_paths_new_system(root);
    const VdiHostOptions options = {NULL, NULL};
    g_autoptr(GError) error = NULL;

    put(root, "etc/os-release", "ID=debian\n");
    CHECK(vdi_host_new(paths, &options, &error) == NULL);
    CHECK_ERROR(error, VDI_HOST_ERROR, VDI_HOST_ERROR_DATABASE);
}

const Test tests[] = {
    {"the system that belongs to the distribution is taken",
        the_system_that_belongs_to_the_distribution_is_taken},
    {"what was named by hand comes first", what_was_named_by_hand_comes_first},
    {"a root without a package system is refused", a_root_without_a_package_system_is_refused},
    TEST_END,
};
