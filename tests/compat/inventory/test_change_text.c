/* SPDX-License-Identifier: Apache-2.0 */
#include "compat/inventory/change_text.h"

#include <string.h>

#include "base/error.h"
#include "tests/support/check.h"

static VdiFacts *machine(void)
{
    VdiFacts *facts = vdi_facts_new();

    vdi_facts_set(facts, VDI_FACT_OS_ID, "debian");
    vdi_facts_set(facts, VDI_FACT_BUILD, "26100.7600");
    vdi_facts_add_package(facts, "deb", "debian", "libssl3", "3.0.16-1", "amd64");
    vdi_facts_add_package(facts, "deb", "debian", "libssl3", "3.0.16-1", "i386");
    vdi_facts_add_package(facts, "deb", "debian", "libstdc++6", "12.2.0-14", "amd64");
    vdi_facts_set_packages_known(facts);
    vdi_facts_set_client(facts, "citrix-workspace", "24.11");
    vdi_facts_set_client(facts, "remmina", NULL);
    return facts;
}

static char *print(const VdiChange *change)
{
    GString *text = g_string_new(NULL);

    for (size_t i = 0; i < vdi_change_n_items(change); i++) {
        const VdiChangeItem *item = vdi_change_item(change, i);

        g_string_append_printf(text, "%s/%s:%s %s>%s ", item->type, item->name,
            item->arch != NULL ? item->arch : "", item->before != NULL ? item->before : "",
            item->after != NULL ? item->after : "");
    }
    return g_string_free(text, false);
}

static void words_say_what_changes(void)
{
    static const struct {
        const char *word, *expected;
    } rows[] = {
        {"libssl3=3.0.17-1",
            "deb/libssl3:i386 3.0.16-1>3.0.17-1 deb/libssl3:amd64 3.0.16-1>3.0.17-1 "},
        {"libssl3:amd64=3.0.17-1", "deb/libssl3:amd64 3.0.16-1>3.0.17-1 "},
        {"libssl3:amd64=", "deb/libssl3:amd64 3.0.16-1> "},
        {"libstdc++6=1:13", "deb/libstdc++6:amd64 12.2.0-14>1:13 "},
        {"new=1.0", "deb/new: >1.0 "},
        {"new:arm64=1.0", "deb/new:arm64 >1.0 "},
        {"pkg:deb/debian/libstdc%2B%2B6=13", "deb/libstdc++6:amd64 12.2.0-14>13 "},
        {"pkg:deb/debian/libssl3?arch=i386=3.0.17-1", "deb/libssl3:i386 3.0.16-1>3.0.17-1 "},
        {"pkg:rpm/fedora/openssl-libs=1:3.2.1-2", "rpm/openssl-libs: >1:3.2.1-2 "},
        {"citrix-workspace=25.8", "client/citrix-workspace: 24.11>25.8 "},
        {"client:citrix-workspace=25.8", "client/citrix-workspace: 24.11>25.8 "},
        {"client:citrix-workspace=", "client/citrix-workspace: 24.11> "},
        {"client:horizon-client=8.15", "client/horizon-client: >8.15 "},
        {"remmina=1.4", "deb/remmina: >1.4 "},
        {"build=26100.7623", "build/windows: 26100.7600>26100.7623 "},
        {"KB5074109", "update/KB5074109: >KB5074109 "},
        {"DSA-5532-1", "update/DSA-5532-1: >DSA-5532-1 "},
    };
    g_autoptr(VdiFacts) facts = machine();

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(VdiChange) change = vdi_change_new();
        g_autoptr(GError) error = NULL;

        CHECK_ROW(rows[i].word, vdi_change_text_add(change, facts, rows[i].word, &error));
        CHECK_NO_ERROR(error);
        g_autofree char *said = print(change);

        CHECK_TEXT(said, rows[i].expected);
    }
}

static void other_words_are_refused(void)
{
    static const char *const words[] = {"", "=", "=1", "libssl3", "openssl 3", "libssl3=3 0",
        "new=", "new:arm64=", "libssl3:arm64=", "pkg:deb=1", "pkg:deb/debian/libssl3@1=2",
        "client:=1", "client:horizon-client=", "remmina=", "build=", "build=26100b", "KB",
        "kb5074109", "a=\x1b[31m"};
    g_autoptr(VdiFacts) facts = machine();

    for (size_t i = 0; i < G_N_ELEMENTS(words); i++) {
        g_autoptr(VdiChange) change = vdi_change_new();
        g_autoptr(GError) error = NULL;

        CHECK_ROW(words[i], !vdi_change_text_add(change, facts, words[i], &error));
        CHECK_ROW(words[i], vdi_change_n_items(change) == 0);
        CHECK_ROW(words[i], error == NULL || strchr(error->message, '\x1b') == NULL);
        CHECK_ERROR(error, VDI_HOST_ERROR, VDI_HOST_ERROR_CHANGE);
    }
}

static void files_are_recognised(void)
{
    static const struct {
        const char *name, *content, *expected; /* NULL: refused */
    } rows[] = {
        {"words", "# what comes\n\n  new=1.0 \nKB1\n", "deb/new: >1.0 update/KB1: >KB1 "},
        {"words without an end", "new=1.0", "deb/new: >1.0 "},
        {"nothing", "", ""},
        {"apt's list", "VERSION 3\nA::B=c\n\nlib - - none < 2 amd64 same /var/lib.deb\n",
            "deb/lib:amd64 >2 "},
        {"apt's list, cut", "VERSION 3\nA::B=c\n\nlib - - none < 2 amd64 same /var", NULL},
        {"an inventory",
            "{\"format\": 1, \"pending\": [{\"type\": \"update\", \"name\": \"KB1\", "
            "\"after\": \"1\"}]}",
            "update/KB1: >1 "},
        {"an inventory that does not say", "{\"format\": 1}", NULL},
        {"broken JSON", "{\"format\": 1", NULL},
        {"a word that is none", "new=1.0\nlibssl3\n", NULL},
    };
    g_autoptr(VdiFacts) facts = machine();

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(GBytes) bytes = g_bytes_new(rows[i].content, strlen(rows[i].content));
        g_autoptr(GError) error = NULL;
        g_autoptr(VdiChange) change = vdi_change_text_read(bytes, facts, &error);
        g_autofree char *said = change != NULL ? print(change) : NULL;

        CHECK_ROW(rows[i].name, g_strcmp0(said, rows[i].expected) == 0);
        CHECK_ROW(rows[i].name, (error != NULL) == (rows[i].expected == NULL));
    }
}

static void a_file_says_where_its_mistake_is(void)
{
    static const char content[] = "new=1.0\n\nlibssl3\n";
    static const char nul[] = "new=1.0\0x";
    g_autoptr(VdiFacts) facts = machine();
    g_autoptr(GBytes) bytes = g_bytes_new_static(content, sizeof content - 1);
    g_autoptr(GBytes) with_nul = g_bytes_new_static(nul, sizeof nul - 1);
    g_autoptr(GError) error = NULL;

    CHECK(vdi_change_text_read(bytes, facts, &error) == NULL);
    CHECK(error != NULL && g_str_has_prefix(error->message, "line 3: \"libssl3\": "));
    CHECK_ERROR(error, VDI_HOST_ERROR, VDI_HOST_ERROR_CHANGE);
    CHECK(vdi_change_text_read(with_nul, facts, &error) == NULL);
    CHECK_ERROR(error, VDI_HOST_ERROR, VDI_HOST_ERROR_CHANGE);
}

const Test tests[] = {
    {"words say what changes", words_say_what_changes},
    {"other words are refused", other_words_are_refused},
    {"files are recognised", files_are_recognised},
    {"a file says where its mistake is", a_file_says_where_its_mistake_is},
    TEST_END,
};
