/* SPDX-License-Identifier: Apache-2.0 */
#include "compat/rules/facts.h"

#include "compat/rules/change.h"
#include "compat/rules/version.h"
#include "tests/compat/rules/rules_support.h"
#include "tests/support/check.h"

static void note_source(const char *type, const char *name, void *user)
{
    g_string_append_printf(user, "%s/%s ", type, name);
}

static void of_several_sources_the_first_that_is_installed_counts(void)
{
    g_autoptr(VdiFacts) facts = vdi_facts_new();
    g_autoptr(VdiChange) change = vdi_change_new();
    g_autoptr(GString) sources = g_string_new(NULL);

    vdi_facts_set_client_package(facts, "c", "deb", "c-pro");
    vdi_facts_set_client_package(facts, "c", "deb", "c-free");
    vdi_facts_set_client_package(facts, "c", "rpm", "c");
    vdi_facts_set_client(facts, "c", "1.0");
    CHECK(vdi_facts_package_of(facts, "c") == NULL);
    CHECK(vdi_facts_package_of(facts, NULL) == NULL);
    vdi_facts_add_package(facts, "deb", "debian", "c-free", "1.0-1", "amd64");
    CHECK_TEXT(vdi_facts_package_of(facts, "c"), "deb/c-free");
    vdi_facts_visit_packages_of(facts, "c", note_source, sources);
    vdi_facts_visit_packages_of(facts, NULL, note_source, sources);
    CHECK_TEXT(sources->str, "deb/c-pro deb/c-free rpm/c ");
    CHECK(vdi_facts_is_package_of(facts, "c", "deb", "c-pro"));
    CHECK(!vdi_facts_is_package_of(facts, "c", "rpm", "c-pro"));
    CHECK(!vdi_facts_is_package_of(facts, "d", "deb", "c-pro"));
    CHECK(!vdi_facts_is_package_of(facts, NULL, "deb", "c-pro"));
    vdi_change_add(change, "deb", "debian", "c-pro", "amd64", NULL, "9.0-1", false);
    g_autoptr(VdiFacts) after = vdi_change_apply(facts, change, NULL);

    CHECK_TEXT(client_version(after, "c"), "9.0");
    CHECK_TEXT(client_version(facts, "c"), "1.0");
}

static void the_version_of_a_client_is_what_its_maker_calls_it(void)
{
    static const struct {
        const char *packaged, *upstream;
    } rows[] = {{"1:3.15.0+dfsg-2.1", "3.15.0"}, {"3.15.0~rc1-1", "3.15.0~rc1"}, {"1.", "1."},
        {"v2", "v2"}, {"7", "7"}};

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *upstream = vdi_version_upstream(rows[i].packaged);

        CHECK_TEXT(upstream, rows[i].upstream);
    }
}

/* In whatever order they were added. */
static void of_several_architectures_the_machines_own_counts(void)
{
    static const struct {
        const char *name, *own, *first, *second, *version;
    } rows[] = {
        {"its own", "amd64", "amd64", "i386", "2"},
        {"its own, said last", "i386", "amd64", "i386", "3"},
        {"none is its own: the first by name", "arm64", "i386", "amd64", "3"},
        {"nobody knows which is its own", NULL, "i386", "amd64", "3"},
        {"one architecture twice: the newer text", "amd64", "amd64", "amd64", "3"},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(VdiFacts) facts = vdi_facts_new();
        g_autoptr(VdiChange) change = vdi_change_new();

        vdi_facts_set_client_package(facts, "c", "deb", "c");
        vdi_facts_set(facts, VDI_FACT_ARCH, rows[i].own);
        vdi_change_add(change, "deb", "debian", "c", rows[i].first, NULL, "2", false);
        vdi_change_add(change, "deb", "debian", "c", rows[i].second, NULL, "3", false);
        g_autoptr(VdiFacts) after = vdi_change_apply(facts, change, NULL);

        CHECK_TEXT(client_version(after, "c"), rows[i].version);
    }
}

static bool note_version(const VdiPackage *package, void *user)
{
    g_string_append_printf(user, "%s ", package->version);
    return false;
}

static void what_is_replaced_goes_before_anything_comes(void)
{
    static const struct {
        const char *name, *arch, *before, *item_arch, *item_before, *left;
    } rows[] = {
        {"of the same architecture", "amd64", "1", "amd64", "1", "2 "},
        {"of another", "i386", "1", "amd64", "1", "2 1 "},
        {"of none that is known", NULL, "1", "amd64", "1", "2 "},
        {"for all architectures", "all", "1", "amd64", "1", "2 "},
        {"by one for all of them", "amd64", "1", "noarch", "1", "2 "},
        {"by one for any", "amd64", "1", "any", "1", "2 "},
        {"another version than the one that is here", "amd64", "1", "amd64", "0", "2 "},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(VdiFacts) facts = vdi_facts_new();
        g_autoptr(VdiChange) change = vdi_change_new();
        g_autoptr(GString) left = g_string_new(NULL), others = g_string_new(NULL);

        vdi_facts_add_package(facts, "deb", "debian", "a", rows[i].before, rows[i].arch);
        vdi_facts_add_package(facts, "rpm", "fedora", "a", "7", rows[i].arch);
        vdi_change_add(
            change, "deb", "debian", "a", rows[i].item_arch, rows[i].item_before, "2", false);
        g_autoptr(VdiFacts) after = vdi_change_apply(facts, change, NULL);

        CHECK(!vdi_facts_find_packages(after, "deb", "a", note_version, left));
        CHECK(!vdi_facts_find_packages(after, "rpm", "a", note_version, others));
        CHECK_TEXT(left->str, rows[i].left);
        CHECK_TEXT(others->str, "7 ");
    }
}

static void what_goes_is_absent_and_what_nobody_knows_unknown(void)
{
    g_autoptr(VdiFacts) facts = vdi_facts_new();
    g_autoptr(VdiChange) change = vdi_change_new();

    vdi_facts_set(facts, VDI_FACT_BUILD, "1");
    vdi_facts_set(facts, VDI_FACT_ENGINE, "3");
    vdi_facts_set_engine_package(facts, "deb", "engine");
    vdi_facts_add_update(facts, "KB1");
    vdi_facts_set_client(facts, "c", "1");
    vdi_change_add(change, VDI_CHANGE_UPDATE, NULL, "KB1", NULL, "1", NULL, false);
    vdi_change_add(change, VDI_CHANGE_CLIENT, NULL, "c", NULL, "1", NULL, false);
    vdi_change_add(change, VDI_CHANGE_BUILD, NULL, VDI_CHANGE_BUILD_NAME, NULL, "1", NULL, false);
    vdi_change_add(change, "deb", "debian", "engine", NULL, "3", NULL, false);
    g_autoptr(VdiFacts) after = vdi_change_apply(facts, change, NULL);

    CHECK(vdi_facts_has_update(after, "KB1") == VDI_TRUTH_FALSE);
    CHECK(vdi_facts_has_update(after, "KB2") == VDI_TRUTH_UNKNOWN);
    CHECK_TEXT(client_version(after, "c"), "absent");
    CHECK_TEXT(client_version(after, "d"), "unknown");
    CHECK(vdi_facts_get(after, VDI_FACT_BUILD) == NULL);
    CHECK(vdi_facts_get(after, VDI_FACT_ENGINE) == NULL);
    CHECK(vdi_facts_has_library(after, "l.so") == VDI_TRUTH_UNKNOWN);
    vdi_facts_free(NULL);
    vdi_change_free(NULL);
}

static void lists_are_sorted(void)
{
    g_autoptr(VdiFacts) facts = vdi_facts_new();
    g_autofree const char **none = vdi_facts_libraries(facts);

    CHECK(none[0] == NULL);
    vdi_facts_add_library(facts, "b.so");
    vdi_facts_add_library(facts, "a.so");
    g_autofree const char **libraries = vdi_facts_libraries(facts);

    CHECK_TEXT(libraries[0], "a.so");
    CHECK_TEXT(libraries[1], "b.so");
    CHECK(libraries[2] == NULL);
}

const Test tests[] = {
    {"of several sources the first that is installed counts",
        of_several_sources_the_first_that_is_installed_counts},
    {"the version of a client is what its maker calls it",
        the_version_of_a_client_is_what_its_maker_calls_it},
    {"of several architectures the machine's own counts",
        of_several_architectures_the_machines_own_counts},
    {"what is replaced goes before anything comes", what_is_replaced_goes_before_anything_comes},
    {"what goes is absent, and what nobody knows unknown",
        what_goes_is_absent_and_what_nobody_knows_unknown},
    {"lists are sorted", lists_are_sorted},
    TEST_END,
};
