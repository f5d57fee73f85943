/* SPDX-License-Identifier: Apache-2.0 */
#include "compat/inventory/inventory.h"

#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"
#include "base/file.h"
#include "tests/compat/inventory/inventory_support.h"
#include "tests/support/check.h"

static VdiTruth has(const VdiInventory *inventory, const char *type, const char *name)
{
    for (size_t i = 0; i < vdi_facts_n_packages(inventory->facts); i++) {
        const VdiPackage *package = vdi_facts_package(inventory->facts, i);

        if (strcmp(package->type, type) == 0 && strcmp(package->name, name) == 0) {
            return VDI_TRUTH_TRUE;
        }
    }
    return vdi_facts_packages_known(inventory->facts) ? VDI_TRUTH_FALSE : VDI_TRUTH_UNKNOWN;
}

/* ---- our own form ---- */

static void every_fact_is_read(void)
{
    g_autoptr(VdiInventory) machine = inventory_of_fixture("vigie-linux.json");
    const char *value = NULL;

    if (machine == NULL) {
        return;
    }
    const VdiFacts *facts = machine->facts;

    CHECK_TEXT(machine->name, "bureau-17");
    CHECK_TEXT(vdi_facts_get(facts, VDI_FACT_OS_ID), "ubuntu");
    CHECK_TEXT(vdi_facts_get(facts, VDI_FACT_OS_VERSION), "22.04");
    CHECK_TEXT(vdi_facts_os_like(facts)[0], "debian");
    CHECK_TEXT(vdi_facts_get(facts, VDI_FACT_MACHINE), "6b1f0a3c9d2e4f58a7b6c5d4e3f20110");
    CHECK_TEXT(vdi_facts_get(facts, VDI_FACT_KERNEL), "5.15.0-91-generic");
    CHECK_TEXT(vdi_facts_get(facts, VDI_FACT_ARCH), "amd64");
    CHECK(vdi_facts_get(facts, VDI_FACT_BUILD) == NULL);
    CHECK_TEXT(vdi_facts_get(facts, VDI_FACT_ENGINE), "3.10.3");
    CHECK(vdi_facts_is_package_of(facts, NULL, "deb", "libfreerdp3-3"));
    CHECK(vdi_facts_is_package_of(facts, "remmina", "deb", "remmina"));
    CHECK(vdi_facts_client(facts, "remmina", &value) == VDI_TRUTH_TRUE);
    CHECK_TEXT(value, "1.4.25");
    CHECK(vdi_facts_client(facts, "house-client", &value) == VDI_TRUTH_FALSE);
    CHECK(vdi_facts_client(facts, "never-named", &value) == VDI_TRUTH_FALSE);
    CHECK(vdi_facts_has_update(facts, "USN-6509-1") == VDI_TRUTH_TRUE);
    CHECK(vdi_facts_has_update(facts, "USN-1") == VDI_TRUTH_FALSE);
    CHECK(vdi_facts_has_library(facts, "libssl.so.3") == VDI_TRUTH_TRUE);
    CHECK(vdi_facts_has_library(facts, "libssl.so.1.1") == VDI_TRUTH_FALSE);
    CHECK(vdi_facts_setting(facts, "smart-card", &value) == VDI_TRUTH_TRUE);
    CHECK(vdi_facts_setting(facts, "proxy", &value) == VDI_TRUTH_FALSE);
    CHECK(vdi_facts_setting(facts, "other", &value) == VDI_TRUTH_UNKNOWN);
    CHECK(vdi_facts_peer(facts, "os-build", &value) == VDI_TRUTH_TRUE);
    CHECK_INT(vdi_facts_n_packages(facts), 5);
    CHECK(has(machine, "deb", "absent") == VDI_TRUTH_FALSE);
    CHECK_INT(vdi_change_n_items(machine->pending), 3);
    CHECK(vdi_change_item(machine->pending, 0)->is_security);
    CHECK(vdi_change_item(machine->pending, 1)->after == NULL);
}

static void a_byte_order_mark_says_nothing(void)
{
    g_autoptr(VdiInventory) machine =
        inventory_of("\xef\xbb\xbf{\"format\":1,\"kernel\":\"6.1\"}", NULL);

    CHECK_TEXT(machine != NULL ? vdi_facts_get(machine->facts, VDI_FACT_KERNEL) : NULL, "6.1");
}

static void what_is_not_said_stays_unknown(void)
{
    g_autoptr(VdiInventory) machine = inventory_of("{\"format\":1}", NULL);
    const char *value = NULL;

    if (machine == NULL) {
        CHECK(false);
        return;
    }
    CHECK(machine->name == NULL);
    CHECK(machine->pending == NULL);
    CHECK(has(machine, "deb", "libc6") == VDI_TRUTH_UNKNOWN);
    CHECK(vdi_facts_client(machine->facts, "remmina", &value) == VDI_TRUTH_UNKNOWN);
    CHECK(vdi_facts_has_update(machine->facts, "KB1") == VDI_TRUTH_UNKNOWN);
    CHECK(vdi_facts_has_library(machine->facts, "libssl.so.3") == VDI_TRUTH_UNKNOWN);
}

static void our_own_form_is_printed_as_it_was_read(void)
{
    static const char *const names[] = {"vigie-linux.json", "vigie-windows.json"};

    for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
        g_autofree char *text = inventory_fixture(names[i]);
        g_autoptr(VdiInventory) machine = inventory_of_fixture(names[i]);

        if (machine != NULL) {
            g_autofree char *printed = vdi_inventory_print(machine, VDI_INVENTORY_VIGIE);

            CHECK_TEXT(printed, text);
        }
    }
}

static void the_order_in_which_facts_were_learnt_does_not_show(void)
{
    static const char forward[] =
        "{\"format\":1,\"updates\":[\"KB1\",\"KB2\"],\"packages\":["
        "{\"type\":\"deb\",\"name\":\"a\",\"version\":\"1\"},"
        "{\"type\":\"deb\",\"name\":\"b\",\"version\":\"1\"}],\"pending\":["
        "{\"type\":\"deb\",\"name\":\"a\",\"before\":\"1\",\"after\":\"2\"},"
        "{\"type\":\"deb\",\"name\":\"b\",\"after\":\"2\"}]}";
    static const char backward[] =
        "{\"pending\":[{\"name\":\"b\",\"type\":\"deb\",\"after\":\"2\"},"
        "{\"type\":\"deb\",\"name\":\"a\",\"before\":\"1\",\"after\":\"2\"}],\"packages\":["
        "{\"type\":\"deb\",\"name\":\"b\",\"version\":\"1\"},"
        "{\"version\":\"1\",\"type\":\"deb\",\"name\":\"a\"}],"
        "\"updates\":[\"KB2\",\"KB1\",\"KB2\"],\"format\":1}";
    g_autoptr(VdiInventory) first = inventory_of(forward, NULL);
    g_autoptr(VdiInventory) second = inventory_of(backward, NULL);

    if (first == NULL || second == NULL) {
        CHECK(false);
        return;
    }
    for (VdiInventoryFormat format = 0; format < VDI_INVENTORY_LAST; format++) {
        g_autofree char *one = vdi_inventory_print(first, format);
        g_autofree char *other = vdi_inventory_print(second, format);

        CHECK_TEXT(one, other);
    }
}

static void a_mistake_is_said_with_its_place(void)
{
    static const struct {
        const char *name, *text, *said;
    } rows[] = {
        {"no form at all", "{\"a\":1}", "no inventory that is known here"},
        {"a number", "7", "no inventory that is known here"},
        {"a higher format", "{\"format\":2}", "format: 2; 1 to 1 are allowed"},
        {"a member of next year", "{\"format\":1,\"mood\":\"good\"}", "mood: nobody knows"},
        {"a list of next year", "{\"format\":1,\"moods\":[1]}", "moods: nobody knows"},
        {"null", "{\"format\":1,\"kernel\":null}", "kernel: it must be a string"},
        {"a list that is none", "{\"format\":1,\"packages\":{}}", "packages: it must be an array"},
        {"a text for an object", "{\"format\":1,\"os\":\"debian\"}", "os: it must be an object"},
        {"inside an object", "{\"format\":1,\"os\":{\"id\":\"\"}}", "os.id: 0 bytes"},
        {"a text that is none", "{\"format\":1,\"os\":{\"like\":[1]}}", "os.like: "},
        {"not an object",
            "{\"format\":1,\"packages\":[{\"type\":\"deb\",\"name\":\"a\",\"version\":\"1\"},7]}",
            "packages[1]: it must be an object"},
        {"no version", "{\"format\":1,\"packages\":[{\"type\":\"deb\",\"name\":\"a\"}]}",
            "packages[0]: version: it is missing"},
        {"a line break in a name",
            "{\"format\":1,\"packages\":[{\"type\":\"deb\",\"name\":\"a\\nb\",\"version\":\"1\"}]}",
            "packages[0]: name: \"a b\" has a line break"},
        {"an escape in a version",
            "{\"format\":1,\"packages\":[{\"type\":\"deb\",\"name\":\"a\",\"version\":\"\\u001b["
            "2J\"}]}",
            "packages[0]: version: "},
        {"a turned-round name",
            "{\"format\":1,\"packages\":[{\"type\":\"deb\",\"name\":\"\\u202eb\",\"version\":\"1\"}"
            "]}",
            "packages[0]: name: "},
        {"NUL", "{\"format\":1,\"kernel\":\"6\\u00001\"}", "line 1, column 30: NUL in a string"},
        {"a member twice", "{\"format\":1,\"kernel\":\"a\",\"kernel\":\"b\"}",
            "a member stands twice"},
        {"a member of a package twice",
            "{\"format\":1,\"packages\":[{\"type\":\"deb\",\"type\":\"rpm\"}]}",
            "a member stands twice"},
        {"a client twice",
            "{\"format\":1,\"clients\":[{\"id\":\"a\",\"version\":\"1\"},{\"id\":\"a\",\"absent\":"
            "true}]}",
            "clients[1]: id: \"a\" stands twice"},
        {"a client there and absent",
            "{\"format\":1,\"clients\":[{\"id\":\"a\",\"version\":\"1\",\"absent\":true}]}",
            "clients[0]: version: either it is given"},
        {"a client of no package",
            "{\"format\":1,\"clients\":[{\"id\":\"a\",\"version\":\"1\",\"package\":\"deb\"}]}",
            "clients[0]: package: it must be TYPE/NAME"},
        {"a setting twice",
            "{\"format\":1,\"settings\":[{\"key\":\"a\",\"value\":\"1\"},{\"key\":\"a\",\"value\":"
            "\"2\"}]}",
            "settings[1]: key: \"a\" stands twice"},
        {"a change of nothing", "{\"format\":1,\"pending\":[{\"type\":\"deb\",\"name\":\"a\"}]}",
            "pending[0]: after: "},
        {"an update that is a number", "{\"format\":1,\"updates\":[2482017]}", "updates[0]: "},
        {"an unknown list is whole", "{\"format\":1,\"whole\":[\"everything\"]}",
            "whole[0]: \"everything\" is no word"},
        {"a huge number", "{\"format\":99999999999999999999}", "a number beyond 2^53 - 1"},
        {"not whole", "{\"format\":1.0}", "format: it must be a number"},
        {"cut", "{\"format\":1,\"packages\":[{\"type\":\"deb\",\"na",
            "line 1, column 42: a string is not closed"},
        {"empty", "", "it is empty"},
        {"not UTF-8", "{\"format\":1,\"kernel\":\"\xff\"}", "line 1, column 23: not UTF-8"},
        {"UTF-16", "\xff\xfe{", "it is UTF-16"},
        {"two documents", "{\"format\":1}{\"format\":1}", "something follows the end"},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(GError) error = NULL;
        g_autoptr(VdiInventory) machine = inventory_of(rows[i].text, &error);
        bool said = error != NULL && strstr(error->message, rows[i].said) != NULL;

        CHECK_ROW(rows[i].name, machine == NULL && said);
        if (error != NULL && !said) {
            g_printerr("%s: %s\n", rows[i].name, error->message);
        }
    }
}

/* ---- what is too much ---- */

static GString *packages_of(size_t n)
{
    GString *text = g_string_new("{\"format\":1,\"whole\":[\"packages\"],\"packages\":[");

    for (size_t i = 0; i < n; i++) {
        g_string_append_printf(text,
            "%s{\"type\":\"deb\",\"namespace\":\"debian\",\"name\":\"package-%zu\","
            "\"version\":\"1.%zu-1\",\"arch\":\"amd64\"}",
            i > 0 ? "," : "", i, i);
    }
    g_string_append(text, "]}");
    return text;
}

static void a_hundred_thousand_packages_are_read_and_more_than_allowed_refused(void)
{
    g_autoptr(GString) many = packages_of(100000);
    g_autoptr(GString) too_many = packages_of(VDI_INVENTORY_MAX_PACKAGES + 1);
    g_autoptr(GError) error = NULL;
    g_autoptr(VdiInventory) machine = inventory_of(many->str, &error);

    CHECK_NO_ERROR(error);
    CHECK(machine != NULL && vdi_facts_n_packages(machine->facts) == 100000);
    CHECK(inventory_of(too_many->str, &error) == NULL);
    CHECK(error != NULL && strstr(error->message, "200001 elements; at most 200000") != NULL);
    CHECK_ERROR(error, VDI_JSON_ERROR, VDI_JSON_ERROR_MEMBER);
}

static void what_would_cost_too_much_is_refused(void)
{
    g_autofree char *deep = g_strnfill(100000, '[');
    g_autofree char *wide = g_strnfill(2 * 1024 * 1024, ' ');
    g_autofree char *name = g_strnfill(VDI_INVENTORY_TEXT_MAX + 1, 'a');
    g_autofree char *deep_text = g_strconcat("{\"format\":1,\"packages\":", deep, NULL);
    g_autofree char *wide_text = g_strconcat("{\"format\":1,\"os\":{", wide, "}}", NULL);
    g_autofree char *long_text = g_strconcat("{\"format\":1,\"kernel\":\"", name, "\"}", NULL);
    g_autofree char *large = g_malloc0(VDI_INVENTORY_MAX_BYTES + 1);
    g_autoptr(GBytes) bytes = g_bytes_new_static(large, VDI_INVENTORY_MAX_BYTES + 1);
    g_autoptr(GError) error = NULL;

    CHECK(inventory_of(deep_text, &error) == NULL);
    CHECK_ERROR(error, VDI_JSON_ERROR, VDI_JSON_ERROR_FORMAT);
    CHECK(inventory_of(wide_text, &error) == NULL);
    CHECK_ERROR(error, VDI_JSON_ERROR, VDI_JSON_ERROR_LARGE);
    CHECK(inventory_of(long_text, &error) == NULL);
    CHECK_ERROR(error, VDI_JSON_ERROR, VDI_JSON_ERROR_MEMBER);
    CHECK(vdi_inventory_read(bytes, &error) == NULL);
    CHECK_ERROR(error, VDI_JSON_ERROR, VDI_JSON_ERROR_LARGE);
}

static void what_is_no_plain_file_is_refused(void)
{
    g_autofree char *fifo = g_build_filename(test_folder(), "fifo", NULL);
    g_autofree char *huge = g_build_filename(test_folder(), "huge", NULL);
    g_autofree char *link_path = g_build_filename(test_folder(), "link", NULL);
    g_autofree char *good = test_source("tests/compat/inventory/forms/vigie-windows.json");
    g_autoptr(GError) error = NULL;

    CHECK(mkfifo(fifo, 0600) == 0);
    CHECK(vdi_inventory_load(fifo, &error) == NULL);
    CHECK_ERROR(error, VDI_FILE_ERROR, VDI_FILE_ERROR_READ);
    CHECK(vdi_file_write_text(huge, "{", 0600, NULL));
    CHECK(truncate(huge, (off_t) VDI_INVENTORY_MAX_BYTES + 1) == 0);
    CHECK(vdi_inventory_load(huge, &error) == NULL);
    CHECK_ERROR(error, VDI_FILE_ERROR, VDI_FILE_ERROR_LARGE);
    CHECK(vdi_inventory_load(test_folder(), &error) == NULL);
    CHECK_ERROR(error, VDI_FILE_ERROR, VDI_FILE_ERROR_READ);
    CHECK(vdi_inventory_load("/nonexistent/machine", &error) == NULL);
    CHECK_ERROR(error, VDI_FILE_ERROR, VDI_FILE_ERROR_ABSENT);
    CHECK(symlink(good, link_path) == 0);
    g_autoptr(VdiInventory) machine = vdi_inventory_load(link_path, &error);

    CHECK_NO_ERROR(error);
    CHECK(machine != NULL);
    CHECK(truncate(huge, 1) == 0);
    CHECK(vdi_inventory_load(huge, &error) == NULL);
    CHECK(error != NULL && g_str_has_prefix(error->message, huge));
}

/* A live machine may say what no file may: it is cleaned on the way out. */
static void what_is_printed_can_always_be_read(void)
{
    g_autoptr(VdiInventory) machine = vdi_inventory_new();
    g_autofree char *long_name = g_strnfill(5000, 'n');

    vdi_facts_set(machine->facts, VDI_FACT_OS_ID, "de\x1b[31mbian");
    vdi_facts_set(machine->facts, VDI_FACT_OS_VERSION, "");
    vdi_facts_set(machine->facts, VDI_FACT_KERNEL, "\xff\xfe");
    vdi_facts_set_client(machine->facts, "a\nb", "1");
    vdi_facts_add_package(machine->facts, "deb", "debian", long_name, "1\t2", "");
    for (VdiInventoryFormat format = 0; format < VDI_INVENTORY_LAST; format++) {
        g_autofree char *printed = vdi_inventory_print(machine, format);
        g_autoptr(GError) error = NULL;
        g_autoptr(VdiInventory) again = inventory_of(printed, &error);

        CHECK_NO_ERROR(error);
        CHECK_ROW(vdi_inventory_format_name(format), again != NULL);
        CHECK_ROW(vdi_inventory_format_name(format), strchr(printed, '\x1b') == NULL);
    }
}

const Test tests[] = {
    {"every fact is read", every_fact_is_read},
    {"a byte-order mark says nothing", a_byte_order_mark_says_nothing},
    {"what is not said stays unknown", what_is_not_said_stays_unknown},
    {"our own form is printed as it was read", our_own_form_is_printed_as_it_was_read},
    {"the order in which facts were learnt does not show",
        the_order_in_which_facts_were_learnt_does_not_show},
    {"a mistake is said with its place", a_mistake_is_said_with_its_place},
    {"a hundred thousand packages are read, and more than allowed refused",
        a_hundred_thousand_packages_are_read_and_more_than_allowed_refused},
    {"what would cost too much is refused", what_would_cost_too_much_is_refused},
    {"what is no plain file is refused", what_is_no_plain_file_is_refused},
    {"what is printed can always be read", what_is_printed_can_always_be_read},
    TEST_END,
};
