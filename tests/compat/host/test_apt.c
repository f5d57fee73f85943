/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>
#include <sys/stat.h>

#include "base/error.h"
#include "base/file.h"
#include "compat/host/apt_output.h"
#include "compat/host/apt_pins.h"
#include "compat/host/system.h"
#include "tests/support/check.h"

enum { UNTIL = 1794000000 };

static VdiChange *read_text(const char *text, GError **error)
{
    g_autoptr(GBytes) output = g_bytes_new(text, strlen(text));

    return vdi_apt_output_read(output, "debian", "amd64", error);
}

static char *print(const VdiChange *change)
{
    GString *text = g_string_new(NULL);

    for (size_t i = 0; i < vdi_change_n_items(change); i++) {
        const VdiChangeItem *item = vdi_change_item(change, i);

        g_string_append_printf(text, "%s/%s %s>%s%s ", item->name,
            item->arch != NULL ? item->arch : "?", item->before != NULL ? item->before : "-",
            item->after != NULL ? item->after : "-", item->is_security ? "!" : "");
    }
    return g_string_free(text, false);
}

static void what_apt_would_do_is_read(void)
{
    static const struct {
        const char *name, *output, *items;
    } rows[] = {
        {"an upgrade", "Inst bash [5.2-2+b8] (5.2-2+b13 Debian:12.15/oldstable [amd64])\n",
            "bash/amd64 5.2-2+b8>5.2-2+b13 "},
        {"from the security archive",
            "Inst perl [5.36.0-7+deb12u2] (5.36.0-7+deb12u4 Debian-Security:12/oldstable-security "
            "[amd64]) []\n",
            "perl/amd64 5.36.0-7+deb12u2>5.36.0-7+deb12u4! "},
        {"from two archives, one of them for security",
            "Inst x [1] (2 Ubuntu:22.04/jammy-updates, Ubuntu:22.04/jammy-security [amd64])\n",
            "x/amd64 1>2! "},
        {"a label that only sounds like it", "Inst x [1] (2 My security shop:1/main [all])\n",
            "x/all 1>2 "},
        {"new", "Inst zsh (5.9-4+b15 Debian:12.15/oldstable [amd64])\n", "zsh/amd64 ->5.9-4+b15 "},
        {"without an origin", "Inst x [1] (2 [all])\n", "x/all 1>2 "},
        {"no release file", "Inst x [1] (2 localhost [all])\n", "x/all 1>2 "},
        {"a foreign architecture", "Inst lib:i386 [1] (2 Debian:12/stable [i386])\n",
            "lib/i386 1>2 "},
        {"what it breaks on the way",
            "Inst libperl5.36 [1] (2 Debian:12/stable [amd64]) [perl:amd64 on perl:amd64]\n",
            "libperl5.36/amd64 1>2 "},
        {"removals", "Remv a [1]\nRemv b:i386 [2] [x ]\nPurg c [3]\n",
            "a/amd64 1>- b/i386 2>- c/amd64 3>- "},
        {"all else is chatter", "Reading package lists...\nConf x (1 [all])\nInstances\n", ""},
        {"nothing", "", ""},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(GError) error = NULL;
        g_autoptr(VdiChange) change = read_text(rows[i].output, &error);
        g_autofree char *items = change != NULL ? print(change) : NULL;

        CHECK_ROW(rows[i].name, g_strcmp0(items, rows[i].items) == 0);
        CHECK_NO_ERROR(error);
    }
}

static void what_is_not_understood_is_refused(void)
{
    static const struct {
        const char *name, *output;
    } rows[] = {
        {"no version", "Inst bash\n"},
        {"no architecture", "Inst bash [1] (2)\n"},
        {"cut off", "Inst bash [1] (2 Debian:12/st"},
        {"an escape in the name", "Inst b\x1b[1m [1] (2 [all])\n"},
        {"a pattern for a version", "Inst bash [1] (2* [all])\n"},
        {"a removal without a version", "Remv bash\n"},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(GError) error = NULL;

        CHECK_ROW(rows[i].name, read_text(rows[i].output, &error) == NULL);
        CHECK_ERROR(error, VDI_HOST_ERROR, VDI_HOST_ERROR_OFFER);
    }
}

static GPtrArray *two_holds(void)
{
    GPtrArray *holds = g_ptr_array_new_with_free_func((GDestroyNotify) vdi_hold_free);

    g_ptr_array_add(
        holds, vdi_hold_new("libz", "1:2-1", "corp", "R2", "two\nlines \x1b[1m", UNTIL, false));
    g_ptr_array_add(
        holds, vdi_hold_new("liba", "3.0~rc1", "corp", "R1", "can't connect", UNTIL, true));
    return holds;
}

static void pins_are_read_back_as_they_were_written(void)
{
    g_autoptr(GPtrArray) holds = two_holds();
    g_autoptr(GError) error = NULL;
    g_autofree char *text = vdi_apt_pins_print(holds, &error);

    CHECK_NO_ERROR(error);
    CHECK(strstr(text, "Package: liba:any\nPin: version 3.0~rc1\nPin-Priority: -1\n") != NULL);
    CHECK(strchr(text, '\x1b') == NULL);
    g_autoptr(GPtrArray) again = vdi_apt_pins_parse(text, &error);

    CHECK_NO_ERROR(error);
    CHECK(again != NULL && again->len == 2);
    if (again != NULL && again->len == 2) {
        const VdiHold *first = again->pdata[0];

        CHECK_TEXT(first->package, "liba");
        CHECK_TEXT(first->version, "3.0~rc1");
        CHECK_TEXT(first->rule, "R1");
        CHECK_TEXT(first->organisation, "corp");
        CHECK_TEXT(first->reason, "can't connect");
        CHECK_INT(first->until, UNTIL);
    }
}

static void an_empty_set_leaves_no_file(void)
{
    g_autofree char *folder = g_build_filename(test_folder(), "preferences.d", NULL);
    g_autofree char *path = g_build_filename(folder, VDI_APT_PINS_NAME, NULL);
    g_autoptr(GPtrArray) holds = two_holds();
    g_autoptr(GPtrArray) none = g_ptr_array_new();
    g_autoptr(GError) error = NULL;
    struct stat before, after;

    CHECK(vdi_apt_pins_write(folder, holds, &error));
    CHECK(stat(path, &before) == 0);
    CHECK(vdi_apt_pins_write(folder, holds, &error));
    CHECK(stat(path, &after) == 0 && before.st_ino == after.st_ino); /* not written again */
    g_autoptr(GPtrArray) again = vdi_apt_pins_read(folder, &error);

    CHECK(again != NULL && again->len == 2);
    CHECK(vdi_apt_pins_write(folder, none, &error));
    CHECK(!g_file_test(path, G_FILE_TEST_EXISTS));
    CHECK(vdi_apt_pins_write(folder, none, &error));
    CHECK_NO_ERROR(error);
}

static void what_would_be_a_pattern_or_another_line_is_not_written(void)
{
    static const char *const versions[] = {"1*", "1?", "[1]", "/1/", "1 2", "1\nPackage: *", ""};

    for (size_t i = 0; i < G_N_ELEMENTS(versions); i++) {
        g_autoptr(GPtrArray) holds = g_ptr_array_new_with_free_func((GDestroyNotify) vdi_hold_free);
        g_autoptr(GError) error = NULL;

        g_ptr_array_add(holds, vdi_hold_new("lib", versions[i], "o", "R", "", UNTIL, false));
        CHECK_ROW(versions[i], vdi_apt_pins_print(holds, &error) == NULL);
        CHECK_ERROR(error, VDI_HOST_ERROR, VDI_HOST_ERROR_HOLD);
    }
}

static void a_file_that_a_person_has_changed_is_not_ours(void)
{
    g_autoptr(GPtrArray) holds = two_holds();
    g_autofree char *text = vdi_apt_pins_print(holds, NULL);
    g_autofree char *changed = g_strconcat(text, "\nPackage: *\nPin: release a=x\n", NULL);
    g_autoptr(GError) error = NULL;

    CHECK(vdi_apt_pins_parse(changed, &error) == NULL);
    CHECK_ERROR(error, VDI_HOST_ERROR, VDI_HOST_ERROR_HOLD);
    CHECK(vdi_apt_pins_parse("Package: x\n", &error) == NULL);
    CHECK_ERROR(error, VDI_HOST_ERROR, VDI_HOST_ERROR_HOLD);
}

static void the_machine_has_a_number_of_its_own(void)
{
    g_autofree char *root = g_build_filename(test_folder(), "root", NULL);
    g_autofree char *path = g_build_filename(root, "etc/machine-id", NULL);
    g_autoptr(VdiPaths) paths = vdi_paths_new_system(root);

    CHECK(vdi_system_machine(paths) == NULL);
    CHECK(vdi_file_write_text(path, "0123456789abcdef0123456789abcdef\n", 0644, NULL));
    g_autofree char *first = vdi_system_machine(paths);
    g_autofree char *again = vdi_system_machine(paths);

    CHECK(first != NULL && strlen(first) == 32);
    CHECK_TEXT(again, first);
    CHECK(first != NULL && strstr(first, "0123456789abcdef") == NULL);
    CHECK(vdi_file_write_text(path, "uninitialized\n", 0644, NULL));
    CHECK(vdi_system_machine(paths) == NULL);
}

const Test tests[] = {
    {"what apt would do is read", what_apt_would_do_is_read},
    {"what is not understood is refused", what_is_not_understood_is_refused},
    {"pins are read back as they were written", pins_are_read_back_as_they_were_written},
    {"an empty set leaves no file, and the same set is not written twice",
        an_empty_set_leaves_no_file},
    {"what would be a pattern or another line is not written",
        what_would_be_a_pattern_or_another_line_is_not_written},
    {"a file that a person has changed is not ours", a_file_that_a_person_has_changed_is_not_ours},
    {"the machine has a number of its own", the_machine_has_a_number_of_its_own},
    TEST_END,
};
