/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "base/file.h"
#include "tests/compat/inventory/inventory_support.h"
#include "tests/support/check.h"

/* The forms of others: osquery's tables, and CycloneDX. */

typedef struct {
    const char *kind, *first, *second;
    VdiTruth truth;
} Question;

static void check_answers(const char *name, const Question *questions, size_t n)
{
    g_autoptr(VdiInventory) machine = inventory_of_fixture(name);

    for (size_t i = 0; machine != NULL && i < n; i++) {
        g_autofree char *row = g_strdup_printf("%s: %s %s %s", name, questions[i].kind,
            questions[i].first, questions[i].second != NULL ? questions[i].second : "");

        CHECK_ROW(row,
            inventory_ask(machine, questions[i].kind, questions[i].first, questions[i].second)
                == questions[i].truth);
    }
}

static void osquery_tables_of_a_debian_like_system_are_read(void)
{
    static const Question questions[] = {
        {"os", "ubuntu", "vers:generic/22.04", VDI_TRUTH_TRUE},
        {"kernel", "vers:deb/5.15.0-91-generic", NULL, VDI_TRUTH_TRUE},
        {"arch", "amd64", NULL, VDI_TRUTH_TRUE},
        {"package", "pkg:deb/ubuntu/libssl3?arch=amd64", "vers:deb/3.0.2-0ubuntu1.12",
            VDI_TRUTH_TRUE},
        {"package", "pkg:deb/debian/libssl3?arch=i386", "vers:deb/<3.0.2-0ubuntu1.12",
            VDI_TRUTH_TRUE},
        {"package", "pkg:deb/ubuntu/openconnect", "vers:deb/*", VDI_TRUTH_FALSE},
        {"package", "pkg:deb/ubuntu/systemd", "vers:deb/*", VDI_TRUTH_FALSE},
        {"client", "remmina", "vers:generic/1.4.25", VDI_TRUTH_TRUE},
        {"client", "openconnect", "vers:generic/*", VDI_TRUTH_FALSE},
        {"engine", "vers:generic/3.10.3", NULL, VDI_TRUTH_TRUE},
        {"update", "KB1", NULL, VDI_TRUTH_UNKNOWN},
    };

    check_answers("osquery-ubuntu.json", questions, G_N_ELEMENTS(questions));
}

static void osquery_tables_of_an_rpm_system_are_read(void)
{
    static const Question questions[] = {
        {"os", "fedora", "vers:generic/39", VDI_TRUTH_TRUE},
        {"arch", "x86_64", NULL, VDI_TRUTH_TRUE},
        {"package", "pkg:rpm/fedora/openssl-libs", "vers:rpm/1:3.1.1-2.fc39", VDI_TRUTH_TRUE},
        {"package", "pkg:rpm/fedora/openssl-libs", "vers:rpm/<1:3.0.0", VDI_TRUTH_FALSE},
        {"package", "pkg:rpm/fedora/rpm", "vers:rpm/4.19.0-2.fc39", VDI_TRUTH_TRUE},
        {"package", "pkg:rpm/fedora/gpg-pubkey", "vers:rpm/18b8e74c-62188d4e", VDI_TRUTH_TRUE},
        {"engine", "vers:generic/2.11.2", NULL, VDI_TRUTH_TRUE},
    };

    check_answers("osquery-fedora.json", questions, G_N_ELEMENTS(questions));
}

static void osquery_tables_of_windows_are_read(void)
{
    static const Question questions[] = {
        {"os", "windows", "vers:generic/>=10.0.26100|<10.0.26200", VDI_TRUTH_TRUE},
        {"build", "vers:generic/26100.7623", NULL, VDI_TRUTH_TRUE},
        {"update", "KB5072033", NULL, VDI_TRUTH_TRUE},
        {"update", "KB2482017", NULL, VDI_TRUTH_FALSE},
        {"arch", "amd64", NULL, VDI_TRUTH_TRUE},
        {"package", "pkg:generic/VMware%20Horizon%20Client", "vers:generic/<8.13", VDI_TRUTH_TRUE},
        {"client", "horizon-client", "vers:generic/8.12.1.28652", VDI_TRUTH_TRUE},
        {"client", "view-client", "vers:generic/*", VDI_TRUTH_FALSE},
        {"client", "citrix-workspace", "vers:generic/*", VDI_TRUTH_UNKNOWN},
        {"package", "pkg:generic/Nothing%20of%20the%20kind", "vers:generic/*", VDI_TRUTH_FALSE},
    };

    check_answers("osquery-windows.json", questions, G_N_ELEMENTS(questions));
}

static void a_cyclonedx_list_is_read(void)
{
    static const Question debian[] = {
        {"os", "debian", "vers:generic/12", VDI_TRUTH_TRUE},
        {"arch", "amd64", NULL, VDI_TRUTH_TRUE},
        {"package", "pkg:deb/debian/libssl3?arch=amd64", "vers:deb/3.0.15-1~deb12u1",
            VDI_TRUTH_TRUE},
        {"package", "pkg:deb/debian/bind9-dnsutils", "vers:deb/1:9.18.33-1~deb12u2",
            VDI_TRUTH_TRUE},
        {"package", "pkg:deb/debian/attr", "vers:deb/1:2.5.1-4", VDI_TRUTH_TRUE},
        {"package", "pkg:deb/debian/libstdc++6", "vers:deb/12.2.0-14", VDI_TRUTH_TRUE},
        {"package", "pkg:npm/left-pad", "vers:semver/1.3.0", VDI_TRUTH_TRUE},
        {"package", "pkg:deb/debian/openssl", "vers:deb/*", VDI_TRUTH_FALSE},
        {"package", "pkg:deb/debian/removed", "vers:deb/*", VDI_TRUTH_FALSE},
        {"client", "remmina", "vers:generic/*", VDI_TRUTH_FALSE},
        {"kernel", "vers:deb/*", NULL, VDI_TRUTH_UNKNOWN},
    };
    static const Question rocky[] = {
        {"os", "rocky", "vers:generic/9.4", VDI_TRUTH_TRUE},
        {"arch", "x86_64", NULL, VDI_TRUTH_TRUE},
        {"package", "pkg:rpm/rhel/openssl-libs", "vers:rpm/1:3.0.7-27.el9", VDI_TRUTH_TRUE},
        {"package", "pkg:rpm/rocky/NetworkManager", "vers:rpm/1:1.46.0-8.el9", VDI_TRUTH_TRUE},
    };

    check_answers("cyclonedx-debian.json", debian, G_N_ELEMENTS(debian));
    check_answers("cyclonedx-rocky.json", rocky, G_N_ELEMENTS(rocky));
}

static void a_bare_table_is_known_by_its_columns(void)
{
    static const struct {
        const char *name, *table, *kind, *first, *second;
        VdiTruth truth;
    } rows[] = {
        {"deb_packages",
            "[{\"name\":\"a\",\"version\":\"1-1\",\"arch\":\"all\",\"revision\":\"1\"}]", "package",
            "pkg:deb/debian/a", "vers:deb/1-1", VDI_TRUTH_TRUE},
        {"rpm_packages, of an unknown distributor",
            "[{\"name\":\"a\",\"version\":\"1\",\"release\":\"1\",\"arch\":\"noarch\"}]", "package",
            "pkg:rpm/fedora/a", "vers:rpm/1-1", VDI_TRUTH_UNKNOWN},
        {"patches", "[{\"hotfix_id\":\"KB1\",\"csname\":\"x\"}]", "update", "KB1", NULL,
            VDI_TRUTH_TRUE},
        {"programs", "[{\"name\":\"A b\",\"version\":\"1\",\"publisher\":\"\"}]", "package",
            "pkg:generic/A%20b", "vers:generic/1", VDI_TRUTH_TRUE},
        {"os_version", "[{\"platform\":\"debian\",\"version\":\"12 (x)\",\"arch\":\"x\"}]", "os",
            "debian", "vers:generic/12", VDI_TRUTH_TRUE},
        {"os_version with its revision",
            "[{\"platform\":\"windows\",\"build\":\"26100\",\"revision\":7623}]", "build",
            "vers:generic/26100.7623", NULL, VDI_TRUTH_TRUE},
        {"os_version without a revision says no build",
            "[{\"platform\":\"windows\",\"build\":\"26100\"}]", "build", "vers:generic/<26100.7623",
            NULL, VDI_TRUTH_UNKNOWN},
        {"os_version of a system with the kernel's words",
            "[{\"platform\":\"arch\",\"arch\":\"x86_64\"}]", "arch", "x86_64", NULL,
            VDI_TRUTH_TRUE},
        {"os_version of one with words of its own",
            "[{\"platform\":\"devuan\",\"platform_like\":\"debian\",\"arch\":\"x86_64\"}]", "arch",
            "amd64", NULL, VDI_TRUTH_TRUE},
        {"kernel_info", "[{\"version\":\"6.1\",\"arguments\":\"quiet\"}]", "kernel", "vers:deb/6.1",
            NULL, VDI_TRUTH_TRUE},
        {"system_info", "[{\"hostname\":\"h\",\"cpu_type\":\"aarch64\"}]", "arch", "arm64", NULL,
            VDI_TRUTH_TRUE},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(GError) error = NULL;
        g_autoptr(VdiInventory) machine = inventory_of(rows[i].table, &error);

        CHECK_NO_ERROR(error);
        CHECK_ROW(rows[i].name,
            machine != NULL
                && inventory_ask(machine, rows[i].kind, rows[i].first, rows[i].second)
                    == rows[i].truth);
    }
}

static void the_version_of_a_system_is_that_of_os_release(void)
{
    static const struct {
        const char *version, *major, *minor, *patch, *id;
    } rows[] = {
        {"12 (bookworm)", "12", "0", "0", "12"},
        {"22.04.3 LTS (Jammy Jellyfish)", "22", "4", "0", "22.04"},
        {"9.4 (Blue Onyx)", "9", "4", "0", "9.4"},
        {"15.6", "15", "6", "0", "15.6"},
        {"3.18.4", "3", "18", "4", "3.18.4"},
        {"20231015", "20231015", "0", "0", "20231015"},
        {"rolling", "0", "0", "0", "rolling"},
        {"forky/sid", "", "", "", "forky/sid"},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *text = g_strdup_printf(
            "{\"os_version\":[{\"platform\":\"x\",\"version\":\"%s\",\"major\":\"%s\","
            "\"minor\":\"%s\",\"patch\":\"%s\"}]}",
            rows[i].version, rows[i].major, rows[i].minor, rows[i].patch);
        g_autoptr(VdiInventory) machine = inventory_of(text, NULL);
        const char *id =
            machine != NULL ? vdi_facts_get(machine->facts, VDI_FACT_OS_VERSION) : NULL;

        CHECK_ROW(rows[i].version, g_strcmp0(id, rows[i].id) == 0);
    }
}

static void a_list_that_says_it_is_incomplete_proves_no_absence(void)
{
    g_autoptr(VdiInventory) machine = inventory_of(
        "{\"bomFormat\":\"CycloneDX\",\"specVersion\":\"1.5\",\"components\":[{\"name\":\"a\","
        "\"purl\":\"pkg:deb/debian/a@1\"}],\"compositions\":[{\"aggregate\":\"incomplete\"}]}",
        NULL);

    CHECK(machine != NULL
        && inventory_ask(machine, "package", "pkg:deb/debian/a", "vers:deb/1") == VDI_TRUTH_TRUE);
    CHECK(machine != NULL
        && inventory_ask(machine, "package", "pkg:deb/debian/b", "vers:deb/1")
            == VDI_TRUTH_UNKNOWN);
}

static void mistakes_of_others_are_said_with_their_place(void)
{
#define BOM "{\"bomFormat\":\"CycloneDX\",\"specVersion\":\"1.5\","
    static const struct {
        const char *name, *text, *said;
    } rows[] = {
        {"an empty array", "[]", "[0]: no table of osquery"},
        {"columns of nobody", "[{\"name\":\"a\",\"version\":\"1\"}]", "[0]: no table of osquery"},
        {"an array of numbers", "[1,2]", "[0]: no table of osquery"},
        {"a table that is no array", "{\"deb_packages\":{},\"patches\":[]}",
            "deb_packages: it must be an array"},
        {"a row that is none", "{\"patches\":[{\"hotfix_id\":\"KB1\"},7]}",
            "patches[1]: it must be an object"},
        {"a package without a name", "{\"deb_packages\":[{\"version\":\"1\"}]}",
            "deb_packages[0]: name: it is missing"},
        {"an rpm without a version", "{\"rpm_packages\":[{\"name\":\"a\",\"version\":\"\"}]}",
            "rpm_packages[0]: version: it is missing"},
        {"a line break in a name", "{\"deb_packages\":[{\"name\":\"a\\nb\",\"version\":\"1\"}]}",
            "deb_packages[0]: name: \"a b\""},
        {"an escape in a program's name",
            "{\"programs\":[{\"name\":\"\\u001b[1m\",\"version\":\"1\"}]}", "programs[0]: name: "},
        {"a table for a text", "{\"patches\":[{\"hotfix_id\":[]}]}", "patches[0]: hotfix_id: "},
        {"a column twice", "[{\"hotfix_id\":\"a\",\"hotfix_id\":\"b\"}]", "stands twice"},
        {"another format", "{\"bomFormat\":\"SPDX\",\"specVersion\":\"1.5\"}", "bomFormat: "},
        {"a version of the next decade", "{\"bomFormat\":\"CycloneDX\",\"specVersion\":\"2.0\"}",
            "specVersion: "},
        {"no version", "{\"bomFormat\":\"CycloneDX\"}", "specVersion: it is missing"},
        {"a package URL that is none", BOM "\"components\":[{\"purl\":\"deb/a\"}]}",
            "components[0]: purl: it does not begin with pkg:"},
        {"a hidden line break", BOM "\"components\":[{\"purl\":\"pkg:deb/debian/a%0Ab@1\"}]}",
            "components[0]: purl: a control character"},
        {"a turned-round name", BOM "\"components\":[{\"purl\":\"pkg:deb/debian/a%E2%80%AEb@1\"}]}",
            "components[0]: purl: it holds a character"},
        {"inside another", BOM "\"components\":[{\"components\":[{},{\"purl\":1}]}]}",
            "components[0]: components[1]: purl: it must be a string"},
        {"metadata that is none", BOM "\"metadata\":[]}", "metadata: it must be an object"},
        {"our own part of next year",
            BOM "\"metadata\":{\"properties\":[{\"name\":\"vigie:inventory\","
                "\"value\":\"{\\\"format\\\":2}\"}]}}",
            "metadata: properties[0]: value: format: 2"},
    };
#undef BOM

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

/* What is written is held by a file for each form; VDI_UPDATE_GOLDEN=1 rewrites them. */
static void each_form_is_written_as_its_file_has_it(void)
{
    static const struct {
        const char *from, *to;
        VdiInventoryFormat format;
    } rows[] = {
        {"vigie-linux.json", "written-osquery.json", VDI_INVENTORY_OSQUERY},
        {"vigie-linux.json", "written-cyclonedx.json", VDI_INVENTORY_CYCLONEDX},
        {"osquery-fedora.json", "written-cyclonedx-rpm.json", VDI_INVENTORY_CYCLONEDX},
        {"cyclonedx-rocky.json", "written-osquery-rpm.json", VDI_INVENTORY_OSQUERY},
        {"osquery-windows.json", "written-osquery-windows.json", VDI_INVENTORY_OSQUERY},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *below = g_strconcat("tests/compat/inventory/forms/", rows[i].to, NULL);
        g_autofree char *path = test_source(below);
        g_autoptr(VdiInventory) machine = inventory_of_fixture(rows[i].from);

        if (machine == NULL) {
            continue;
        }
        g_autofree char *printed = vdi_inventory_print(machine, rows[i].format);

        if (g_getenv("VDI_UPDATE_GOLDEN") != NULL) {
            CHECK(vdi_file_write_text(path, printed, 0644, NULL));
        }
        g_autofree char *expected = inventory_fixture(rows[i].to);

        CHECK_ROW(rows[i].to, strcmp(printed, expected) == 0);
    }
}

/* CycloneDX carries all that we know; osquery what it has columns for, and that is all the same
 * the next time. */
static void a_machine_is_the_same_in_each_form(void)
{
    static const char *const names[] = {"vigie-linux.json", "vigie-windows.json",
        "osquery-ubuntu.json", "osquery-fedora.json", "osquery-windows.json",
        "cyclonedx-debian.json", "cyclonedx-rocky.json"};

    for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
        g_autoptr(VdiInventory) machine = inventory_of_fixture(names[i]);

        if (machine == NULL) {
            continue;
        }
        g_autofree char *bom = vdi_inventory_print(machine, VDI_INVENTORY_CYCLONEDX);
        g_autofree char *tables = vdi_inventory_print(machine, VDI_INVENTORY_OSQUERY);
        g_autofree char *own = vdi_inventory_print(machine, VDI_INVENTORY_VIGIE);
        g_autoptr(VdiInventory) from_bom = inventory_of(bom, NULL);
        g_autoptr(VdiInventory) from_tables = inventory_of(tables, NULL);

        if (from_bom == NULL || from_tables == NULL) {
            CHECK_ROW(names[i], false);
            continue;
        }
        g_autofree char *own_again = vdi_inventory_print(from_bom, VDI_INVENTORY_VIGIE);
        g_autofree char *tables_again = vdi_inventory_print(from_tables, VDI_INVENTORY_OSQUERY);

        CHECK_TEXT(own_again, own);
        CHECK_TEXT(tables_again, tables);
    }
}

static void no_component_stands_twice(void)
{
#define A "{\"type\":\"deb\",\"namespace\":\"debian\",\"name\":\"a\",\"version\":\"1\"}"
    g_autoptr(VdiInventory) machine =
        inventory_of("{\"format\":1,\"packages\":[" A "," A "]}", NULL);
#undef A

    if (machine == NULL) {
        CHECK(false);
        return;
    }
    g_autofree char *bom = vdi_inventory_print(machine, VDI_INVENTORY_CYCLONEDX);
    const char *first = strstr(bom, "pkg:deb/debian/a@1");

    CHECK(first != NULL && strstr(first + 1, "pkg:deb/debian/a@1") == NULL);
}

/* Each list of them is within its ceiling. */
static void more_packages_than_allowed_cannot_hide_in_components(void)
{
    enum { INNER = 1000 };
    g_autoptr(GString) text =
        g_string_new("{\"bomFormat\":\"CycloneDX\",\"specVersion\":\"1.5\",\"components\":[");
    g_autoptr(GError) error = NULL;

    for (size_t i = 0; i <= VDI_INVENTORY_MAX_PACKAGES / INNER; i++) {
        g_string_append(text, i > 0 ? ",{\"components\":[" : "{\"components\":[");
        for (size_t k = 0; k < INNER; k++) {
            g_string_append(text, &",{\"purl\":\"pkg:deb/d/a@1\"}"[k == 0]);
        }
        g_string_append(text, "]}");
    }
    g_string_append(text, "]}");
    CHECK(inventory_of(text->str, &error) == NULL);
    CHECK(error != NULL && strstr(error->message, "more packages than are allowed") != NULL);
}

const Test tests[] = {
    {"osquery's tables of a Debian-like system are read",
        osquery_tables_of_a_debian_like_system_are_read},
    {"osquery's tables of an rpm system are read", osquery_tables_of_an_rpm_system_are_read},
    {"osquery's tables of Windows are read", osquery_tables_of_windows_are_read},
    {"a CycloneDX list is read", a_cyclonedx_list_is_read},
    {"a bare table is known by its columns", a_bare_table_is_known_by_its_columns},
    {"the version of a system is that of os-release",
        the_version_of_a_system_is_that_of_os_release},
    {"a list that says it is incomplete proves no absence",
        a_list_that_says_it_is_incomplete_proves_no_absence},
    {"mistakes of others are said with their place", mistakes_of_others_are_said_with_their_place},
    {"each form is written as its file has it", each_form_is_written_as_its_file_has_it},
    {"a machine is the same in each form", a_machine_is_the_same_in_each_form},
    {"no component stands twice", no_component_stands_twice},
    {"more packages than allowed cannot hide in components",
        more_packages_than_allowed_cannot_hide_in_components},
    TEST_END,
};
