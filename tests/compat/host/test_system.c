/* SPDX-License-Identifier: Apache-2.0 */
#include "compat/host/system.h"

#include "base/file.h"
#include "tests/support/check.h"

static void the_newest_kernel_in_boot_is_the_next(void)
{
    static const struct {
        const char *name;
        const char *files[5];
        const char *expected;
    } rows[] = {
        {"none", {"initrd.img-6.1.0-18-amd64"}, NULL},
        {"one", {"vmlinuz-6.1.0-18-amd64", "vmlinuz"}, "6.1.0-18-amd64"},
        {"numbers are not text", {"vmlinuz-6.1.0-9-amd64", "vmlinuz-6.1.0-18-amd64"},
            "6.1.0-18-amd64"},
        {"of another distribution",
            {"vmlinuz-6.8.5-301.fc40.x86_64", "vmlinuz-6.9.1-200.fc40.x86_64",
                "vmlinuz-0-rescue-6b1f0a3c9d2e4f58a7b6c5d4e3f20110"},
            "6.9.1-200.fc40.x86_64"},
        {"without a release in its name", {"vmlinuz-linux", "vmlinuz-"}, NULL},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *root = g_strdup_printf("%s/kernels-%zu", test_folder(), i);
        g_autoptr(VdiPaths) paths = vdi_paths_new_system(root);

        for (size_t k = 0; rows[i].files[k] != NULL; k++) {
            g_autofree char *path = g_build_filename(root, "boot", rows[i].files[k], NULL);

            CHECK(vdi_file_write_text(path, "", 0644, NULL));
        }
        g_autofree char *next = vdi_system_next_kernel(paths);

        CHECK_ROW(rows[i].name, g_strcmp0(next, rows[i].expected) == 0);
    }
}

const Test tests[] = {
    {"the newest kernel in /boot is the next", the_newest_kernel_in_boot_is_the_next},
    TEST_END,
};
