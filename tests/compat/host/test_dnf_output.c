/* SPDX-License-Identifier: Apache-2.0 */
#include "compat/host/dnf_output.h"

#include <string.h>

#include "base/error.h"
#include "tests/compat/host/host_support.h"
#include "tests/support/check.h"

/* As dnf 4.14 writes it: `dnf -C -d3 --assumeno upgrade`. */
static const char four[] =
    "DNF version: 4.14.0\n"
    "cachedir: /var/cache/dnf\n"
    "repo: using cache for: lab\n"
    "Last metadata expiration check: 0:00:30 ago on Sun Nov 22 09:45:52 2026.\n"
    "--> Starting dependency resolution\n"
    "---> Package libnew.x86_64 2.0-1 will be installed\n"
    "---> Package old.x86_64 1.0-1 will be obsoleted\n"
    "---> Package libexample1.x86_64 1.0-1 will be upgraded\n"
    "---> Package libexample1.x86_64 1:1.1-1 will be an upgrade\n"
    "---> Package kernel-core.x86_64 6.11.3-200 will be erased\n"
    "---> Package python3.11.noarch 3.11.9-1~rc2^git1 will be upgraded\n"
    "---> Package python3.11.x86_64 3.11.9-1 will be an upgrade\n"
    "--> Finished dependency resolution\n"
    "Dependencies resolved.\n"
    "================================================================================\n"
    " Package               Architecture     Version             Repository     Size\n";

static const char four_items[] = "libnew/x86_64 ->2.0-1 libexample1/x86_64 1.0-1>1:1.1-1 "
                                 "python3.11/x86_64 3.11.9-1~rc2^git1>3.11.9-1 old/x86_64 1.0-1>- "
                                 "kernel-core/x86_64 6.11.3-200>- ";

/* As dnf 5 writes it on Fedora 41 and later (its issues 1898, 2365 and 1508 show such tables). */
static const char five[] =
    "Updating and loading repositories:\n"
    "Repositories loaded.\n"
    "Package                      Arch   Version                 Repository      Size\n"
    "Upgrading:\n"
    " efi-filesystem              noarch 5-13.fc41               updates      0.0   B\n"
    "   replacing efi-filesystem  noarch 5-12.fc41               fedora       0.0   B\n"
    " qemu-img                    x86_64 2:9.1.2-1.fc41          updates     22.9 MiB\n"
    "   replacing qemu-img        x86_64 2:9.1.1-2.fc41          <unknown>   22.9 MiB\n"
    " unbound-libs                i686   0:1.22.0-8.fc41         updates      1.5 MiB\n"
    "   replacing unbound-libs    i686   0:1.21.1-1.fc41         fedora       1.5 MiB\n"
    " unbound-libs                x86_64 0:1.22.0-8.fc41         updates      1.4 MiB\n"
    "   replacing unbound-libs    x86_64 0:1.21.1-1.fc41         fedora       1.4 MiB\n"
    "Installing:\n"
    " openh264                    x86_64 2.6.0-2.fc43            cisco        1.1 MiB\n"
    "   replacing noopenh264      x86_64 2.6.0-1.fc43            @commandline 39.2 KiB\n"
    "Installing dependencies:\n"
    " libnew                      x86_64 1.0-1                   updates      1.1 MiB\n"
    "Reinstalling:\n"
    " same                        x86_64 1.0-1                   updates      1.1 MiB\n"
    "   replacing same            x86_64 1.0-1                   updates      1.1 MiB\n"
    "Removing:\n"
    " kernel                      x86_64 6.11.2-300.fc41         updates      0.0   B\n"
    "Installing groups:\n"
    " VideoLAN Client\n"
    "\n"
    "Transaction Summary:\n"
    " Installing:         2 packages\n"
    " Reinstalling:       1 package\n"
    " Upgrading:          4 packages\n"
    " Replacing:          6 packages\n"
    " Removing:           1 package\n"
    "\n"
    "Total size of inbound packages is 26 MiB. Need to download 26 MiB.\n"
    "After this operation, 112 KiB extra will be used (install 30 MiB, remove 30 MiB).\n"
    " Skipping packages with conflicts:\n"
    " python3                     x86_64 3.14.0~b2-3.fc43        rawhide     28.9 KiB\n";

static const char five_items[] =
    "efi-filesystem/noarch 5-12.fc41>5-13.fc41 qemu-img/x86_64 2:9.1.1-2.fc41>2:9.1.2-1.fc41 "
    "unbound-libs/i686 1.21.1-1.fc41>1.22.0-8.fc41 "
    "unbound-libs/x86_64 1.21.1-1.fc41>1.22.0-8.fc41 openh264/x86_64 ->2.6.0-2.fc43 "
    "libnew/x86_64 ->1.0-1 noopenh264/x86_64 2.6.0-1.fc43>- kernel/x86_64 6.11.2-300.fc41>- ";

static char *read_words(const char *text, size_t size, bool is_five, GError **error)
{
    g_autoptr(VdiOffer) offer = vdi_offer_new("rpm", "fedora");
    g_autoptr(GBytes) output = g_bytes_new(text, size);

    return vdi_dnf_output_read(output, is_five, offer, error) ? print_offer(offer) : NULL;
}

static void what_dnf_would_do_is_read(void)
{
    static const struct {
        const char *name, *output, *items;
        bool is_five;
    } rows[] = {
        {"dnf 4", four, four_items, false},
        {"dnf 5", five, five_items, true},
        {"nothing, dnf 4", "Dependencies resolved.\nNothing to do.\nComplete!\n", "", false},
        {"nothing, dnf 5", "Repositories loaded.\nNothing to do.\n", "", true},
        {"dnf 5 explains first",
            "Problem 1: cannot install both a-2-1.noarch from x and a-1-1.noarch from @System\n"
            "  - installed package b-1-1.noarch requires a = 1, but none can be installed\n"
            "Nothing to do.\n",
            "", true},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(GError) error = NULL;
        g_autofree char *items =
            read_words(rows[i].output, strlen(rows[i].output), rows[i].is_five, &error);

        CHECK_NO_ERROR(error);
        CHECK_ROW(rows[i].name, g_strcmp0(items, rows[i].items) == 0);
    }
}

static void a_cut_anywhere_is_never_a_shorter_answer(void)
{
    for (size_t size = 0; size < strlen(four); size++) {
        g_autofree char *items = read_words(four, size, false, NULL);

        CHECK(items == NULL || strcmp(items, four_items) == 0);
    }
    for (size_t size = 0; size < strlen(five); size++) {
        g_autofree char *items = read_words(five, size, true, NULL);

        CHECK(items == NULL || strcmp(items, five_items) == 0);
    }
}

static void what_is_not_understood_is_refused(void)
{
    static const struct {
        const char *name, *output;
        bool is_five;
    } rows[] = {
        {"silence", "", false},
        {"silence of dnf 5", "", true},
        {"an unknown step", "---> Package a.noarch 1-1 will be frozen\nDependencies resolved.\n",
            false},
        {"no architecture", "---> Package a 1-1 will be installed\nDependencies resolved.\n",
            false},
        {"a name with an escape",
            "---> Package a\x1b[1m.noarch 1-1 will be installed\nDependencies resolved.\n", false},
        {"a row with an arrow",
            "Upgrading:\n a noarch 1-1 -> 2-1 updates 1.0 MiB\n"
            "Transaction Summary:\n Upgrading: 1 package\n",
            true},
        {"a heading of its own",
            "Improving:\n a noarch 1-1 updates 1.0 MiB\n"
            "Transaction Summary:\n Upgrading: 1 package\n",
            true},
        {"more rows than counted",
            "Upgrading:\n a noarch 1-1 updates 1.0 MiB\n b noarch 1-1 updates 1.0 MiB\n"
            "Transaction Summary:\n Upgrading: 1 package\n",
            true},
        {"what is replaced is not named",
            "Upgrading:\n a noarch 1-1 updates 1.0 MiB\n"
            "Transaction Summary:\n Upgrading: 1 package\n Replacing: 1 package\n",
            true},
        {"no number", "Transaction Summary:\n Upgrading: some packages\n", true},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(GError) error = NULL;
        g_autofree char *items =
            read_words(rows[i].output, strlen(rows[i].output), rows[i].is_five, &error);

        CHECK_ROW(rows[i].name, items == NULL);
        CHECK_ERROR(error, VDI_HOST_ERROR, VDI_HOST_ERROR_OFFER);
    }
}

static void an_advisory_marks_its_version_and_newer_ones(void)
{
    static const struct {
        const char *name, *output;
        bool is_marked;
    } rows[] = {
        {"dnf 4", "LAB-2026-1 Important/Sec. lib-a-1:1.1-1.x86_64\n", true},
        {"dnf 5",
            "Name Type Severity Package Issued\n"
            "FEDORA-2024-635a54eb7e secu Importan lib-a-1:1.1-1.x86_64 2024-05-12 04:16:43\n",
            true},
        {"an older version was the repair", "X Important/Sec. lib-a-1:1.0-9.x86_64\n", true},
        {"a newer version will be the repair", "X Important/Sec. lib-a-1:1.2-1.x86_64\n", false},
        {"another architecture", "X Important/Sec. lib-a-1:1.1-1.i686\n", false},
        {"another package", "X Important/Sec. lib-1:1.1-1.x86_64\n", false},
        {"no advisory", "", false},
        {"noise", "- -- . .x a.b -.- --.x86_64 lib-a.x86_64 lib-a-.x86_64\n", false},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(VdiOffer) offer = vdi_offer_new("rpm", "fedora");
        g_autoptr(GBytes) output = bytes_of(rows[i].output);
        g_autoptr(GError) error = NULL;

        CHECK(vdi_offer_comes(offer, "lib-a", "x86_64", "1:1.1-1", NULL));
        CHECK(vdi_dnf_output_mark_security(output, offer, &error));
        CHECK_NO_ERROR(error);
        g_autofree char *items = print_offer(offer);

        CHECK_ROW(rows[i].name, (strchr(items, '!') != NULL) == rows[i].is_marked);
    }
}

const Test tests[] = {
    {"what dnf would do is read", what_dnf_would_do_is_read},
    {"a cut anywhere is never a shorter answer", a_cut_anywhere_is_never_a_shorter_answer},
    {"what is not understood is refused", what_is_not_understood_is_refused},
    {"an advisory marks its version and newer ones", an_advisory_marks_its_version_and_newer_ones},
    TEST_END,
};
