/* SPDX-License-Identifier: Apache-2.0 */
#include "base/paths.h"

#include <unistd.h>

#include "config.h"

enum { ROOM_DEPTH_MAX = 4 }; /* BUILD/protocol/rdp/program, and tests */

VdiPaths *vdi_paths_new_system(const char *root)
{
    VdiPaths *paths = g_new0(VdiPaths, 1);

    g_assert(root == NULL || *root == '\0' || g_path_is_absolute(root));
    paths->root = g_strdup(root != NULL && g_strcmp0(root, "/") != 0 ? root : "");
    while (g_str_has_suffix(paths->root, "/")) {
        paths->root[strlen(paths->root) - 1] = '\0';
    }
    paths->config = vdi_paths_below(paths, "/etc/vdi");
    paths->state = vdi_paths_below(paths, "/var/lib/vdi");
    return paths;
}

VdiPaths *vdi_paths_new_personal(void)
{
    VdiPaths *paths = g_new0(VdiPaths, 1);

    paths->root = g_strdup("");
    paths->config = g_build_filename(g_get_user_config_dir(), "vdi", NULL);
    paths->state = g_build_filename(g_get_user_state_dir(), "vdi", NULL);
    paths->is_personal = true;
    return paths;
}

VdiPaths *vdi_paths_new(const char *root)
{
    g_autoptr(VdiPaths) system = vdi_paths_new_system(root);
    g_autofree char *orgs = g_build_filename(system->config, "orgs", NULL);

    if (geteuid() == 0 || *system->root != '\0' || g_file_test(orgs, G_FILE_TEST_IS_DIR)) {
        return g_steal_pointer(&system);
    }
    return vdi_paths_new_personal();
}

void vdi_paths_free(VdiPaths *paths)
{
    if (paths != NULL) {
        g_free(paths->root);
        g_free(paths->config);
        g_free(paths->state);
        g_free(paths);
    }
}

char *vdi_paths_below(const VdiPaths *paths, const char *absolute)
{
    return g_strconcat(paths->root, absolute, NULL);
}

char *vdi_paths_in_build(const char *below)
{
    g_autofree char *self = g_file_read_link("/proc/self/exe", NULL);

    if (self == NULL || g_str_has_prefix(self, VDI_BINDIR "/")
        || g_str_has_prefix(self, VDI_LIBEXECDIR "/")) {
        return NULL;
    }
    g_autofree char *at = g_path_get_dirname(self);

    for (int up = 0; up < ROOM_DEPTH_MAX; up++) {
        g_autofree char *candidate = g_build_filename(at, below, NULL);
        g_autofree char *above = g_path_get_dirname(at);

        if (g_file_test(candidate, G_FILE_TEST_EXISTS)) {
            return g_steal_pointer(&candidate);
        }
        g_free(at);
        at = g_steal_pointer(&above);
    }
    return NULL;
}

bool vdi_paths_may_write(const VdiPaths *paths)
{
    return paths->is_personal || geteuid() == 0;
}
