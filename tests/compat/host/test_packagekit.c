/* SPDX-License-Identifier: Apache-2.0 */
#include "compat/host/packagekit.h"

#include <string.h>

#include "base/error.h"
#include "base/file.h"
#include "tests/compat/host/host_support.h"
#include "tests/support/check.h"

static VdiFacts *machine(void)
{
    VdiFacts *facts = vdi_facts_new();

    vdi_facts_add_package(facts, "rpm", "fedora", "powertop", "1.7-1.fc41", "x86_64");
    vdi_facts_add_package(facts, "rpm", "fedora", "lib", "1-1", "x86_64");
    vdi_facts_add_package(facts, "rpm", "fedora", "lib", "1-2", "i686");
    vdi_facts_add_package(facts, "rpm", "fedora", "kernel", "6-1", "x86_64");
    vdi_facts_add_package(facts, "rpm", "fedora", "kernel", "6-2", "x86_64");
    vdi_facts_set_packages_known(facts);
    return facts;
}

static char *read_words(const char *text, GError **error)
{
    g_autoptr(VdiFacts) facts = machine();
    g_autoptr(GBytes) content = bytes_of(text);
    g_autoptr(VdiChange) change = vdi_packagekit_read(content, "rpm", "fedora", facts, error);

    return print_change(change);
}

static void what_is_prepared_is_the_change(void)
{
    static const struct {
        const char *name, *content, *items;
    } rows[] = {
        {"a key file",
            "[update]\nprepared_ids=powertop;1:1.8-1.fc41;x86_64;updates,new;2-1;noarch;fedora\n",
            "powertop/x86_64 1.7-1.fc41>1:1.8-1.fc41 new/noarch ->2-1 "},
        {"plain lines", "powertop;1.8-1.fc41;x86_64;updates\nnew;2-1;noarch;fedora",
            "powertop/x86_64 1.7-1.fc41>1.8-1.fc41 new/noarch ->2-1 "},
        {"each architecture has its own", "lib;2-1;i686;updates\nlib;2-1;x86_64;updates\n",
            "lib/i686 1-2>2-1 lib/x86_64 1-1>2-1 "},
        {"no architecture", "new;2-1;;updates\n", "new/- ->2-1 "},
        {"a kernel comes beside the others", "kernel;6-3;x86_64;updates\n", "kernel/x86_64 ->6-3 "},
        {"what is in already is done", "powertop;1.7-1.fc41;x86_64;x\nlib;1-1;x86_64;x\n", ""},
        {"an empty list", "", ""},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(GError) error = NULL;
        g_autofree char *items = read_words(rows[i].content, &error);

        CHECK_NO_ERROR(error);
        CHECK_ROW(rows[i].name, g_strcmp0(items, rows[i].items) == 0);
    }
}

static void what_is_no_list_is_refused(void)
{
    static const struct {
        const char *name, *content;
    } rows[] = {
        {"three parts", "a;1-1;noarch\n"},
        {"five parts", "a;1-1;noarch;x;y\n"},
        {"a name that is an option", "--x;1-1;noarch;y\n"},
        {"an escape", "a;1\x1b[m;noarch;y\n"},
        {"another group", "[upgrade]\nprepared_ids=a;1-1;noarch;x\n"},
        {"no ids", "[update]\nname=x\n"},
        {"no key file", "[update\n"},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(GError) error = NULL;
        g_autofree char *items = read_words(rows[i].content, &error);

        CHECK_ROW(rows[i].name, items == NULL);
        CHECK_ERROR(error, VDI_HOST_ERROR, VDI_HOST_ERROR_OFFER);
    }
}

/* Of the simulated system nothing is on offer, so what is pending is what is prepared. */
static void what_is_prepared_is_pending(void)
{
    g_autofree char *root = g_build_filename(test_folder(), "root", NULL);
    g_autofree char *file = g_build_filename(root, "var/lib/PackageKit/prepared-update", NULL);
    g_autofree char *system = g_build_filename(test_folder(), "system.json", NULL);
    g_autoptr(VdiPaths) paths = vdi_paths_new_system(root);
    const VdiHostOptions options = {.simulation = system};
    g_autoptr(VdiFacts) facts = vdi_facts_new();
    g_autoptr(GError) error = NULL;
    const char *source = NULL;

    CHECK(vdi_file_write_text(system,
        "{\"format\": 1, \"installed\": [{\"name\": \"a\", \"version\": \"1\", \"arch\": "
        "\"amd64\"}], \"offered\": [{\"name\": \"a\", \"version\": \"2\", \"arch\": \"amd64\"}]}",
        0644, NULL));
    g_autoptr(VdiHost) host = vdi_host_new(paths, &options, &error);

    CHECK(host != NULL && vdi_host_look(host, facts, &error));
    g_autoptr(VdiChange) offered = vdi_host_pending(host, facts, &source, &error);
    g_autofree char *on_offer = print_change(offered);

    CHECK_TEXT(on_offer, "a/amd64 1>2 ");
    CHECK_TEXT(source, "simulated");
    CHECK(vdi_file_write_text(file, "[update]\nprepared_ids=a;3;amd64;x\n", 0644, NULL));
    g_autoptr(VdiChange) prepared = vdi_host_pending(host, facts, &source, &error);
    g_autofree char *ready = print_change(prepared);

    CHECK_TEXT(ready, "a/amd64 1>3 ");
    CHECK_TEXT(source, "packagekit");
    CHECK(vdi_file_write_text(file, "[update]\nprepared_ids=a;3", 0644, NULL));
    CHECK(vdi_host_pending(host, facts, NULL, &error) == NULL);
    CHECK_ERROR(error, VDI_HOST_ERROR, VDI_HOST_ERROR_OFFER);
}

const Test tests[] = {
    {"what is prepared is the change", what_is_prepared_is_the_change},
    {"what is no list is refused", what_is_no_list_is_refused},
    {"what is prepared is pending", what_is_prepared_is_pending},
    TEST_END,
};
