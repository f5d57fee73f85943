/* SPDX-License-Identifier: Apache-2.0 */
#include "compat/host/inventory.h"

#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"
#include "base/file.h"
#include "compat/rules/fact_kind.h"
#include "tests/support/check.h"

static VdiInventory *read_text(const char *text, GError **error)
{
    g_autoptr(GBytes) bytes = g_bytes_new(text, strlen(text));

    return vdi_inventory_read(bytes, error);
}

static char *fixture(const char *name)
{
    g_autofree char *below = g_strconcat("tests/compat/host/inventory/", name, NULL);
    g_autofree char *path = test_source(below);
    g_autoptr(GBytes) bytes = vdi_file_read(path, VDI_INVENTORY_MAX_BYTES, NULL);
    size_t size = 0;
    const char *data = bytes != NULL ? g_bytes_get_data(bytes, &size) : "";

    return g_strndup(data, size);
}

static VdiInventory *read_fixture(const char *name)
{
    g_autofree char *text = fixture(name);
    g_autoptr(GError) error = NULL;
    VdiInventory *inventory = read_text(text, &error);

    CHECK_NO_ERROR(error);
    return inventory;
}

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

/* A rule's question: a fact of that kind, of one or two members. */
static VdiTruth ask(
    const VdiInventory *machine, const char *kind, const char *first, const char *second)
{
    const char *const texts[] = {first, second, NULL, NULL};
    g_autoptr(GError) error = NULL;
    g_autoptr(VdiCondition) fact = vdi_fact_new(vdi_fact_kind(kind), texts, &error);

    CHECK_NO_ERROR(error);
    return fact != NULL ? vdi_condition_evaluate(fact, machine->facts, NULL) : VDI_TRUTH_UNKNOWN;
}

/* ---- our own form ---- */

static void every_fact_is_read(void)
{
    g_autoptr(VdiInventory) machine = read_fixture("vigie-linux.json");
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
        read_text("\xef\xbb\xbf{\"format\":1,\"kernel\":\"6.1\"}", NULL);

    CHECK_TEXT(machine != NULL ? vdi_facts_get(machine->facts, VDI_FACT_KERNEL) : NULL, "6.1");
}

static void what_is_not_said_stays_unknown(void)
{
    g_autoptr(VdiInventory) machine = read_text("{\"format\":1}", NULL);
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
        g_autofree char *text = fixture(names[i]);
        g_autoptr(VdiInventory) machine = read_fixture(names[i]);

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
    g_autoptr(VdiInventory) first = read_text(forward, NULL);
    g_autoptr(VdiInventory) second = read_text(backward, NULL);

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
        g_autoptr(VdiInventory) machine = read_text(rows[i].text, &error);
        bool said = error != NULL && strstr(error->message, rows[i].said) != NULL;

        CHECK_ROW(rows[i].name, machine == NULL && said);
        if (error != NULL && !said) {
            g_printerr("%s: %s\n", rows[i].name, error->message);
        }
    }
}

/* ---- the forms of others ---- */

typedef struct {
    const char *kind, *first, *second;
    VdiTruth truth;
} Question;

static void check_answers(const char *name, const Question *questions, size_t n)
{
    g_autoptr(VdiInventory) machine = read_fixture(name);

    for (size_t i = 0; machine != NULL && i < n; i++) {
        g_autofree char *row = g_strdup_printf("%s: %s %s %s", name, questions[i].kind,
            questions[i].first, questions[i].second != NULL ? questions[i].second : "");

        CHECK_ROW(row,
            ask(machine, questions[i].kind, questions[i].first, questions[i].second)
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
        {"kernel_info", "[{\"version\":\"6.1\",\"arguments\":\"quiet\"}]", "kernel", "vers:deb/6.1",
            NULL, VDI_TRUTH_TRUE},
        {"system_info", "[{\"hostname\":\"h\",\"cpu_type\":\"aarch64\"}]", "arch", "arm64", NULL,
            VDI_TRUTH_TRUE},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(GError) error = NULL;
        g_autoptr(VdiInventory) machine = read_text(rows[i].table, &error);

        CHECK_NO_ERROR(error);
        CHECK_ROW(rows[i].name,
            machine != NULL
                && ask(machine, rows[i].kind, rows[i].first, rows[i].second) == rows[i].truth);
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
        g_autoptr(VdiInventory) machine = read_text(text, NULL);
        const char *id =
            machine != NULL ? vdi_facts_get(machine->facts, VDI_FACT_OS_VERSION) : NULL;

        CHECK_ROW(rows[i].version, g_strcmp0(id, rows[i].id) == 0);
    }
}

static void a_list_that_says_it_is_incomplete_proves_no_absence(void)
{
    g_autoptr(VdiInventory) machine = read_text(
        "{\"bomFormat\":\"CycloneDX\",\"specVersion\":\"1.5\",\"components\":[{\"name\":\"a\","
        "\"purl\":\"pkg:deb/debian/a@1\"}],\"compositions\":[{\"aggregate\":\"incomplete\"}]}",
        NULL);

    CHECK(machine != NULL
        && ask(machine, "package", "pkg:deb/debian/a", "vers:deb/1") == VDI_TRUTH_TRUE);
    CHECK(machine != NULL
        && ask(machine, "package", "pkg:deb/debian/b", "vers:deb/1") == VDI_TRUTH_UNKNOWN);
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
        g_autoptr(VdiInventory) machine = read_text(rows[i].text, &error);
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
        g_autofree char *below = g_strconcat("tests/compat/host/inventory/", rows[i].to, NULL);
        g_autofree char *path = test_source(below);
        g_autoptr(VdiInventory) machine = read_fixture(rows[i].from);

        if (machine == NULL) {
            continue;
        }
        g_autofree char *printed = vdi_inventory_print(machine, rows[i].format);

        if (g_getenv("VDI_UPDATE_GOLDEN") != NULL) {
            CHECK(vdi_file_write_text(path, printed, 0644, NULL));
        }
        g_autofree char *expected = fixture(rows[i].to);

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
        g_autoptr(VdiInventory) machine = read_fixture(names[i]);

        if (machine == NULL) {
            continue;
        }
        g_autofree char *bom = vdi_inventory_print(machine, VDI_INVENTORY_CYCLONEDX);
        g_autofree char *tables = vdi_inventory_print(machine, VDI_INVENTORY_OSQUERY);
        g_autofree char *own = vdi_inventory_print(machine, VDI_INVENTORY_VIGIE);
        g_autoptr(VdiInventory) from_bom = read_text(bom, NULL);
        g_autoptr(VdiInventory) from_tables = read_text(tables, NULL);

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
    g_autoptr(VdiInventory) machine = read_text(many->str, &error);

    CHECK_NO_ERROR(error);
    CHECK(machine != NULL && vdi_facts_n_packages(machine->facts) == 100000);
    CHECK(read_text(too_many->str, &error) == NULL);
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

    CHECK(read_text(deep_text, &error) == NULL);
    CHECK_ERROR(error, VDI_JSON_ERROR, VDI_JSON_ERROR_FORMAT);
    CHECK(read_text(wide_text, &error) == NULL);
    CHECK_ERROR(error, VDI_JSON_ERROR, VDI_JSON_ERROR_LARGE);
    CHECK(read_text(long_text, &error) == NULL);
    CHECK_ERROR(error, VDI_JSON_ERROR, VDI_JSON_ERROR_MEMBER);
    CHECK(vdi_inventory_read(bytes, &error) == NULL);
    CHECK_ERROR(error, VDI_JSON_ERROR, VDI_JSON_ERROR_LARGE);
}

static void what_is_no_plain_file_is_refused(void)
{
    g_autofree char *fifo = g_build_filename(test_folder(), "fifo", NULL);
    g_autofree char *huge = g_build_filename(test_folder(), "huge", NULL);
    g_autofree char *link_path = g_build_filename(test_folder(), "link", NULL);
    g_autofree char *good = test_source("tests/compat/host/inventory/vigie-windows.json");
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
        g_autoptr(VdiInventory) again = read_text(printed, &error);

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
    {"a hundred thousand packages are read, and more than allowed refused",
        a_hundred_thousand_packages_are_read_and_more_than_allowed_refused},
    {"what would cost too much is refused", what_would_cost_too_much_is_refused},
    {"what is no plain file is refused", what_is_no_plain_file_is_refused},
    {"what is printed can always be read", what_is_printed_can_always_be_read},
    TEST_END,
};
