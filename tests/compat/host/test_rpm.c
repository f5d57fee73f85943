/* SPDX-License-Identifier: Apache-2.0 */
#include "compat/host/rpm.h"

#include <string.h>

#include "base/error.h"
#include "base/file.h"
#include "tests/compat/host/host_support.h"
#include "tests/support/check.h"

/* As rpm 4.18 writes it, with the query of rpm.c. */
static const char recorded[] = "libexample1\t0:1.0-1\tx86_64\n"
                               "libexample1\t0:1.0-1\ti686\n"
                               "gpg-pubkey\t0:0608b895-4bd22942\t(none)\n"
                               "freerdp-libs\t2:3.10.3-1.fc41\tx86_64\n"
                               "kernel-core\t0:6.11.4-301.fc41\tx86_64\n"
                               "kernel-core\t0:6.11.5-300.fc41\tx86_64\n"
                               "rpm\t0:4.20.0-1.fc41\tx86_64\n"
                               "tzdata\t0:2024a-9.fc41~rc1^git2\tnoarch\n";

static void what_rpm_lists_is_installed(void)
{
    g_autoptr(VdiFacts) facts = vdi_facts_new();
    g_autoptr(GBytes) output = bytes_of(recorded);
    g_autoptr(GError) error = NULL;

    CHECK(vdi_rpm_read(output, "fedora", facts, &error));
    CHECK_NO_ERROR(error);
    g_autofree char *shown = print_facts(facts);

    CHECK_TEXT(shown,
        "rpm/fedora/libexample1=1.0-1:x86_64 rpm/fedora/libexample1=1.0-1:i686 "
        "rpm/fedora/freerdp-libs=2:3.10.3-1.fc41:x86_64 "
        "rpm/fedora/kernel-core=6.11.4-301.fc41:x86_64 "
        "rpm/fedora/kernel-core=6.11.5-300.fc41:x86_64 rpm/fedora/rpm=4.20.0-1.fc41:x86_64 "
        "rpm/fedora/tzdata=2024a-9.fc41~rc1^git2:noarch ");
    CHECK(vdi_facts_packages_known(facts));
    CHECK_TEXT(vdi_facts_get(facts, VDI_FACT_ARCH), "x86_64");
}

static void what_cannot_be_leaves_packages_unknown(void)
{
    static const struct {
        const char *name, *output;
    } rows[] = {
        {"nothing", ""},
        {"empty lines", "\n\n"},
        {"only keys", "gpg-pubkey\t0:0608b895-4bd22942\t(none)\n"},
        {"two fields", "a\t0:1-1\n"},
        {"four fields", "a\t0:1-1\tnoarch\tx\n"},
        {"a name with an escape", "a\x1b[1m\t0:1-1\tnoarch\n"},
        {"a name that is an option", "--root\t0:1-1\tnoarch\n"},
        {"a version with a blank", "a\t0:1 1-1\tnoarch\n"},
        {"a version with a pattern", "a\t0:1*-1\tnoarch\n"},
        {"words of its own", "warning: something happened\n"},
        {"no end of the line", "a\t0:1-1\tx86_6"},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(VdiFacts) facts = vdi_facts_new();
        g_autoptr(GBytes) output = bytes_of(rows[i].output);
        g_autoptr(GError) error = NULL;

        CHECK_ROW(rows[i].name, !vdi_rpm_read(output, "fedora", facts, &error));
        CHECK_ERROR(error, VDI_HOST_ERROR, VDI_HOST_ERROR_DATABASE);
        CHECK_ROW(rows[i].name, !vdi_facts_packages_known(facts));
        CHECK_ROW(rows[i].name, vdi_facts_n_packages(facts) == 0);
    }
}

static void a_list_that_is_cut_in_a_line_is_refused(void)
{
    for (size_t size = 1; size < sizeof recorded - 1; size++) {
        g_autoptr(VdiFacts) facts = vdi_facts_new();
        g_autoptr(GBytes) output = g_bytes_new(recorded, size);
        bool at_end = recorded[size - 1] == '\n';

        CHECK(vdi_rpm_read(output, "fedora", facts, NULL) == at_end);
        CHECK(vdi_facts_packages_known(facts) == at_end);
    }
}

static void a_system_without_a_database_is_not_rpms(void)
{
    g_autofree char *root = g_build_filename(test_folder(), "root", NULL);
    g_autofree char *older = g_build_filename(root, "var/lib/rpm", NULL);
    g_autoptr(VdiPaths) paths = vdi_paths_new_system(root);
    const VdiHost host = {.paths = paths};

    CHECK(!vdi_rpm_present(&host));
    CHECK(vdi_file_make_folder(older, 0755, NULL));
    CHECK(vdi_rpm_present(&host));
}

const Test tests[] = {
    {"what rpm lists is installed", what_rpm_lists_is_installed},
    {"what cannot be leaves packages unknown", what_cannot_be_leaves_packages_unknown},
    {"a list that is cut in a line is refused", a_list_that_is_cut_in_a_line_is_refused},
    {"a system without a database is not rpm's", a_system_without_a_database_is_not_rpms},
    TEST_END,
};
