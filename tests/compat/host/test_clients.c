/* SPDX-License-Identifier: Apache-2.0 */
#include "compat/host/clients.h"

#include <string.h>

#include "base/file.h"
#include "base/text.h"
#include "compat/rules/change.h"
#include "compat/rules/lint.h"
#include "compat/rules/manifest_reader.h"
#include "compat/rules/version.h"
#include "tests/compat/rules/rules_support.h"
#include "tests/support/check.h"

static VdiFacts *machine(const char *const *packages)
{
    VdiFacts *facts = vdi_facts_new();

    for (size_t i = 0; packages[i] != NULL; i += 3) {
        vdi_facts_add_package(
            facts, packages[i], "debian", packages[i + 1], packages[i + 2], "amd64");
    }
    vdi_facts_set_packages_known(facts);
    return facts;
}

static void every_row_can_be_used(void)
{
    g_autoptr(GHashTable) ids = g_hash_table_new(g_str_hash, g_str_equal);

    for (const VdiClientRow *row = vdi_clients(); row->id != NULL; row++) {
        bool past_packages = false;
        size_t i = 0;

        CHECK_ROW(row->id, vdi_text_is_name(row->id) && g_hash_table_add(ids, (gpointer) row->id));
        for (; i < VDI_CLIENT_CARRIERS_MAX && row->carriers[i].type != NULL; i++) {
            const VdiClientCarrier *carrier = &row->carriers[i];
            bool is_package = vdi_version_scheme(carrier->type) != NULL;
            bool is_path =
                strcmp(carrier->type, "file") == 0 || strcmp(carrier->type, "folder") == 0;

            CHECK_ROW(row->id, !is_package || !past_packages);
            CHECK_ROW(row->id, is_path == g_path_is_absolute(carrier->name));
            past_packages = past_packages || !is_package;
        }
        CHECK_ROW(row->id, i > 0 && i < VDI_CLIENT_CARRIERS_MAX);
    }
}

static void packages_say_which_clients_are_installed(void)
{
    static const struct {
        const char *name;
        const char *packages[7];
        const char *id, *expected;
    } rows[] = {
        {"an epoch and a revision", {"deb", "remmina", "1:1.4.29+dfsg-1"}, "remmina", "1.4.29"},
        {"a pre-release stays whole", {"deb", "remmina", "1.5.0~rc1-1"}, "remmina", "1.5.0~rc1"},
        {"an rpm", {"rpm", "ICAClient", "25.03.0.66-0"}, "citrix-workspace", "25.03.0.66"},
        {"an rpm's name has capitals", {"rpm", "icaclient", "1-0"}, "citrix-workspace", "absent"},
        {"a package of pacman's", {"alpm", "freerdp", "2:3.10.3-1"}, "freerdp", "3.10.3"},
        {"of two the one that the table prefers",
            {"deb", "freerdp2-x11", "2.11.7+dfsg1-6", "deb", "freerdp3-x11", "3.10.3+dfsg-1"},
            "freerdp", "3.10.3"},
        {"of two that are not both there the one that is",
            {"deb", "freerdp2-x11", "2.11.7+dfsg1-6", "deb", "x", "1"}, "freerdp", "2.11.7"},
        {"not installed", {"deb", "x", "1"}, "openvpn", "absent"},
        {"no row has it", {"deb", "x", "1"}, "somebody-elses", "unknown"},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(VdiFacts) facts = machine(rows[i].packages);

        vdi_clients_derive(facts);
        CHECK_ROW(rows[i].name, strcmp(client_version(facts, rows[i].id), rows[i].expected) == 0);
    }
}

static void without_a_list_of_packages_nothing_is_known(void)
{
    g_autoptr(VdiFacts) facts = vdi_facts_new();

    vdi_facts_set_client(facts, "remmina", "1.4.0");
    vdi_facts_set_client(facts, "openvpn", NULL);
    vdi_clients_derive(facts);
    CHECK_TEXT(client_version(facts, "freerdp"), "unknown");
    CHECK_TEXT(client_version(facts, "remmina"), "1.4.0");
    CHECK_TEXT(client_version(facts, "openvpn"), "absent");
}

static void what_is_said_already_stays(void)
{
    static const char *const packages[] = {
        "deb", "vigie", "9.0-1", "deb", "openvpn", "2.6.14-1", NULL};
    g_autoptr(VdiFacts) facts = machine(packages);

    vdi_facts_set_client(facts, "vigie", "0.1.0");
    vdi_facts_set_client(facts, "openvpn", NULL);
    vdi_facts_set(facts, VDI_FACT_ENGINE, "3.5.0");
    vdi_clients_derive(facts);
    CHECK_TEXT(client_version(facts, "vigie"), "0.1.0");
    CHECK_TEXT(client_version(facts, "openvpn"), "absent");
    CHECK_TEXT(vdi_facts_get(facts, VDI_FACT_ENGINE), "3.5.0");
}

static void the_engine_is_the_package_that_carries_it(void)
{
    static const char *const packages[] = {"deb", "libfreerdp-client3-3", "2:3.10.2+dfsg-1", "deb",
        "libfreerdp3-3", "2:3.10.3+dfsg-1~bpo12+1", NULL};
    g_autoptr(VdiFacts) facts = machine(packages);
    g_autoptr(VdiChange) change = vdi_change_new();

    vdi_clients_derive(facts);
    CHECK_TEXT(vdi_facts_get(facts, VDI_FACT_ENGINE), "3.10.3");
    vdi_change_add(change, "deb", "debian", "libfreerdp3-3", "amd64", "2:3.10.3+dfsg-1~bpo12+1",
        "2:3.15.0-1", false);
    vdi_change_add(
        change, "deb", "debian", "libfreerdp-client3-3", "amd64", "2:3.10.2+dfsg-1", NULL, false);
    g_autoptr(VdiFacts) after = vdi_change_apply(facts, change, NULL);

    CHECK_TEXT(vdi_facts_get(after, VDI_FACT_ENGINE), "3.15.0");
    g_autoptr(VdiChange) removal = vdi_change_new();

    vdi_change_add(
        removal, "deb", "debian", "libfreerdp3-3", "amd64", "2:3.10.3+dfsg-1~bpo12+1", NULL, false);
    vdi_change_add(
        removal, "deb", "debian", "libfreerdp-client3-3", "amd64", "2:3.10.2+dfsg-1", NULL, false);
    g_autoptr(VdiFacts) without = vdi_change_apply(facts, removal, NULL);

    CHECK(vdi_facts_get(without, VDI_FACT_ENGINE) == NULL);
}

/* ---- transactions ---- */

typedef struct {
    const char *package, *before, *after;
} Step;

static void a_transaction_changes_clients(void)
{
    static const struct {
        const char *name;
        Step steps[2];
        const char *id, *expected;
    } rows[] = {
        {"an update", {{"freerdp2-x11", "2.11.7+dfsg1-6", "2.11.8+dfsg1-1"}}, "freerdp", "2.11.8"},
        {"a preferred one is added", {{"freerdp3-x11", NULL, "3.10.3-1"}}, "freerdp", "3.10.3"},
        {"one that is not preferred is added", {{"freerdp2-wayland", NULL, "2.9-1"}}, "freerdp",
            "2.11.7"},
        {"the last one goes", {{"freerdp2-x11", "2.11.7+dfsg1-6", NULL}}, "freerdp", "absent"},
        {"one takes the place of the other",
            {{"freerdp2-x11", "2.11.7+dfsg1-6", NULL}, {"freerdp3-sdl", NULL, "3.15.0-1"}},
            "freerdp", "3.15.0"},
        {"one that was not there comes", {{"remmina", NULL, "1.4.29-1"}}, "remmina", "1.4.29"},
        {"another package of that name's type", {{"remmina-common", NULL, "1-1"}}, "remmina",
            "absent"},
    };
    static const char *const packages[] = {"deb", "freerdp2-x11", "2.11.7+dfsg1-6", NULL};

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(VdiFacts) facts = machine(packages);
        g_autoptr(VdiChange) change = vdi_change_new();

        vdi_clients_derive(facts);
        for (size_t k = 0; k < 2 && rows[i].steps[k].package != NULL; k++) {
            const Step *step = &rows[i].steps[k];

            vdi_change_add(
                change, "deb", "debian", step->package, "amd64", step->before, step->after, false);
        }
        g_autoptr(VdiFacts) after = vdi_change_apply(facts, change, NULL);

        CHECK_ROW(rows[i].name, strcmp(client_version(after, rows[i].id), rows[i].expected) == 0);
        CHECK_ROW(rows[i].name, strcmp(client_version(facts, "freerdp"), "2.11.7") == 0);
    }
}

static void a_package_is_of_its_clients_alone(void)
{
    static const char *const none[] = {NULL};
    g_autoptr(VdiFacts) facts = machine(none);

    vdi_clients_derive(facts);
    CHECK(vdi_facts_is_package_of(facts, "freerdp", "alpm", "freerdp"));
    CHECK(vdi_facts_is_package_of(facts, NULL, "alpm", "freerdp"));
    CHECK(vdi_facts_is_package_of(facts, "freerdp", "rpm", "freerdp"));
    CHECK(!vdi_facts_is_package_of(facts, NULL, "rpm", "freerdp"));
    CHECK(!vdi_facts_is_package_of(facts, "freerdp", "deb", "freerdp"));
    CHECK(!vdi_facts_is_package_of(facts, "remmina", "rpm", "freerdp"));
}

static void append_name(const char *type, const char *name, void *user)
{
    g_string_append_printf(user, "%s/%s ", type, name);
}

static void packages_of_a_client_are_visited_in_order(void)
{
    static const char *const none[] = {NULL};
    g_autoptr(VdiFacts) facts = machine(none);
    g_autoptr(GString) names = g_string_new(NULL);

    vdi_clients_derive(facts);
    vdi_facts_visit_packages_of(facts, "strongswan", append_name, names);
    vdi_facts_visit_packages_of(facts, NULL, append_name, names);
    vdi_facts_visit_packages_of(facts, "nobody's", append_name, names);
    CHECK_TEXT(names->str,
        "deb/strongswan-charon deb/strongswan-starter rpm/strongswan alpm/strongswan "
        "deb/libfreerdp3-3 deb/libfreerdp-client3-3 rpm/freerdp-libs rpm/libfreerdp3-3 "
        "alpm/freerdp ");
}

/* What another architecture has is not what is used here: nor becomes the own one news by it. */
static void of_several_architectures_the_same_counts_before_and_after_a_change(void)
{
    static const char *const order[][2] = {{"amd64", "i386"}, {"i386", "amd64"}};

    for (size_t i = 0; i < G_N_ELEMENTS(order); i++) {
        g_autoptr(VdiFacts) facts = vdi_facts_new();
        g_autoptr(VdiChange) change = vdi_change_new();

        vdi_facts_set(facts, VDI_FACT_ARCH, "amd64");
        for (size_t k = 0; k < 2; k++) {
            const char *version = strcmp(order[i][k], "amd64") == 0 ? "3.9-1" : "3.10-1";

            vdi_facts_add_package(facts, "deb", "debian", "libfreerdp3-3", version, order[i][k]);
            vdi_facts_add_package(facts, "deb", "debian", "remmina", version, order[i][k]);
        }
        vdi_facts_set_packages_known(facts);
        vdi_clients_derive(facts);
        vdi_change_add(change, "deb", "debian", "libfreerdp3-3", "i386", "3.10-1", "3.11-1", false);
        vdi_change_add(change, "deb", "debian", "remmina", "i386", "3.10-1", "3.11-1", false);
        g_autoptr(VdiFacts) after = vdi_change_apply(facts, change, NULL);

        CHECK_TEXT(vdi_facts_get(facts, VDI_FACT_ENGINE), "3.9");
        CHECK_TEXT(client_version(facts, "remmina"), "3.9");
        CHECK_TEXT(vdi_facts_get(after, VDI_FACT_ENGINE), "3.9");
        CHECK_TEXT(client_version(after, "remmina"), "3.9");
    }
}

/* ---- past the package manager ---- */

#define CITRIX "/opt/Citrix/ICAClient/pkginf/Ver.core.linuxx64"
#define FLATPAK "/var/lib/flatpak/app/org.remmina.Remmina/current/active/files/share/"
#define METAINFO FLATPAK "metainfo/org.remmina.Remmina.metainfo.xml"
#define APPDATA FLATPAK "appdata/org.remmina.Remmina.appdata.xml"

static void files_tell_what_came_past_the_package_manager(void)
{
    static const struct {
        const char *name, *path, *content, *id, *expected;
    } rows[] = {
        {"a value behind a name", CITRIX, "ID_NAME=x\nID_VERSION=24.11.0.85\n", "citrix-workspace",
            "24.11.0.85"},
        {"a name within another", CITRIX, "OLD_ID_VERSION=1.0\n", "citrix-workspace", ""},
        {"a value that is no version", CITRIX, "ID_VERSION=\x1b[31m\n", "citrix-workspace", ""},
        {"a file without an end", CITRIX, "ID_VERSION=24", "citrix-workspace", "24"},
        {"an empty file", CITRIX, "", "citrix-workspace", ""},
        {"commas for points", "/opt/cisco/anyconnect/update.txt", "4,10,05095\n",
            "cisco-secure-client", "4.10.05095"},
        {"a line before", "/opt/cisco/secureclient/update.txt", "x\n5,1,15,287\n",
            "cisco-secure-client", "5.1.15.287"},
        {"AppStream's newest release", METAINFO,
            "<component><releases>\n<release date=\"2024-01-01\" version=\"1.4.35\"/>\n"
            "<release version=\"1.4.34\"/></releases></component>",
            "remmina", "1.4.35"},
        {"its older name", APPDATA, "<release version='1.4.2' date='x'>", "remmina", "1.4.2"},
        {"one that tells nothing", METAINFO, "<component/>", "remmina", ""},
        {"a release whose version is none", METAINFO,
            "<release version='x'/><release version='1.4.2'/>", "remmina", "1.4.2"},
        {"a snap", "/snap/thincast-client/current/meta/snap.yaml",
            "name: thincast-client\nversion: '1.1.687'\n", "thincast", "1.1.687"},
        {"a folder alone", "/usr/lib/omnissa/view/x", "", "horizon-client", ""},
        {"none of it", "/opt/other", "", "horizon-client", "absent"},
    };
    static const char *const none[] = {NULL};

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *root = g_strdup_printf("%s/root-%zu", test_folder(), i);
        g_autoptr(VdiPaths) paths = vdi_paths_new_system(root);
        g_autofree char *path = vdi_paths_below(paths, rows[i].path);
        g_autoptr(VdiFacts) facts = machine(none);

        CHECK(vdi_file_write_text(path, rows[i].content, 0644, NULL));
        vdi_clients_derive(facts);
        vdi_clients_look(paths, facts);
        CHECK_ROW(rows[i].name, strcmp(client_version(facts, rows[i].id), rows[i].expected) == 0);
    }
}

static void a_package_comes_before_a_file(void)
{
    static const char *const packages[] = {"deb", "icaclient", "25.8.0.88-1", NULL};
    g_autofree char *root = g_build_filename(test_folder(), "both", NULL);
    g_autoptr(VdiPaths) paths = vdi_paths_new_system(root);
    g_autofree char *path = vdi_paths_below(paths, CITRIX);
    g_autoptr(VdiFacts) facts = machine(packages);

    CHECK(vdi_file_write_text(path, "ID_VERSION=13.0\n", 0644, NULL));
    vdi_clients_derive(facts);
    vdi_clients_look(paths, facts);
    CHECK_TEXT(client_version(facts, "citrix-workspace"), "25.8.0.88");
}

/* ---- the page for people ---- */

static char *read_page(void)
{
    g_autofree char *path = test_source("docs/beside-another-client.md");
    g_autoptr(GBytes) bytes = vdi_file_read(path, 1024 * 1024, NULL);

    CHECK(bytes != NULL);
    return bytes != NULL ? g_strndup(g_bytes_get_data(bytes, NULL), g_bytes_get_size(bytes))
                         : g_strdup("");
}

/* The page's row of that client, from its id to the end of the line. */
static char *row_in(const char *page, const char *id)
{
    g_autofree char *begin = g_strdup_printf("\n| `%s` |", id);
    const char *at = strstr(page, begin);

    return at != NULL ? g_strndup(at + 1, strcspn(at + 1, "\n")) : NULL;
}

static void the_page_has_the_table(void)
{
    g_autofree char *page = read_page();
    size_t n_rows = 0, n_on_page = 0;

    for (const VdiClientRow *row = vdi_clients(); row->id != NULL; row++, n_rows++) {
        g_autofree char *line = row_in(page, row->id);

        CHECK_ROW(row->id, line != NULL && strstr(line, row->product) != NULL);
        for (const VdiClientCarrier *at = row->carriers; line != NULL && at->type != NULL; at++) {
            g_autofree char *name = g_strdup_printf("`%s`", at->name);

            CHECK_ROW(name, strstr(line, name) != NULL && strstr(line, at->type) != NULL);
        }
    }
    for (const char *at = strstr(page, "\n| `"); at != NULL; at = strstr(at + 1, "\n| `")) {
        n_on_page++;
    }
    CHECK_INT(n_on_page, n_rows);
}

static void the_page_has_a_rule_that_may_be_signed(void)
{
    g_autofree char *page = read_page();
    g_auto(GStrv) fenced = g_strsplit(page, "```json\n", 2);
    g_autoptr(GError) error = NULL;

    CHECK(fenced[0] != NULL && fenced[1] != NULL);
    if (fenced[0] == NULL || fenced[1] == NULL) {
        return;
    }
    *strstr(fenced[1], "```") = '\0';
    g_autoptr(GBytes) bytes = g_bytes_new(fenced[1], strlen(fenced[1]));
    g_autoptr(VdiManifest) manifest = vdi_manifest_parse(bytes, VDI_MANIFEST_AUTHOR, &error);

    CHECK_NO_ERROR(error);
    if (manifest == NULL) {
        return;
    }
    g_autoptr(GPtrArray) findings = vdi_lint(manifest, vdi_manifest_issued_at(manifest));

    for (guint i = 0; i < findings->len; i++) {
        const VdiLintFinding *finding = findings->pdata[i];

        CHECK_ROW(finding->sentence, finding->level != VDI_LINT_ERROR);
    }
}

const Test tests[] = {
    {"of several architectures the same counts before and after a change",
        of_several_architectures_the_same_counts_before_and_after_a_change},
    {"every row can be used", every_row_can_be_used},
    {"packages say which clients are installed", packages_say_which_clients_are_installed},
    {"without a list of packages nothing is known", without_a_list_of_packages_nothing_is_known},
    {"what is said already stays", what_is_said_already_stays},
    {"the engine is the package that carries it", the_engine_is_the_package_that_carries_it},
    {"a transaction changes clients", a_transaction_changes_clients},
    {"a package is of its clients alone", a_package_is_of_its_clients_alone},
    {"packages of a client are visited in order", packages_of_a_client_are_visited_in_order},
    {"files tell what came past the package manager",
        files_tell_what_came_past_the_package_manager},
    {"a package comes before a file", a_package_comes_before_a_file},
    {"the page has the table", the_page_has_the_table},
    {"the page has a rule that may be signed", the_page_has_a_rule_that_may_be_signed},
    TEST_END,
};
