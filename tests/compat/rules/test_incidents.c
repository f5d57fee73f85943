/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "compat/rules/evaluate.h"
#include "compat/rules/lint.h"
#include "compat/rules/manifest_reader.h"
#include "tests/support/check.h"

/* Real incidents as rules (docs/examples): machines before and after, what is held, what passes. */

/* Read strictly, without a lint error on the day of its issue, and through the compiled form. */
static VdiManifest *example(const char *name)
{
    g_autofree char *path = g_strdup_printf("docs/examples/%s.json", name);
    g_autofree char *file = test_source(path);
    g_autoptr(GMappedFile) mapped = g_mapped_file_new(file, false, NULL);
    g_autoptr(GError) error = NULL;

    if (mapped == NULL) {
        CHECK(mapped != NULL);
        return NULL;
    }
    g_autoptr(GBytes) bytes = g_mapped_file_get_bytes(mapped);
    g_autoptr(VdiManifest) manifest = vdi_manifest_parse(bytes, VDI_MANIFEST_AUTHOR, &error);

    if (!CHECK_NO_ERROR(error)) {
        return NULL;
    }
    g_autoptr(GPtrArray) findings = vdi_lint(manifest, vdi_manifest_issued_at(manifest));

    for (guint i = 0; i < findings->len; i++) {
        const VdiLintFinding *finding = g_ptr_array_index(findings, i);

        CHECK_ROW(finding->sentence, finding->level != VDI_LINT_ERROR);
    }
    g_autoptr(GBytes) compiled = vdi_manifest_compile(manifest);

    return vdi_manifest_load(compiled, NULL);
}

static VdiRuleInForce first_rule(const VdiManifest *manifest)
{
    const VdiRule *rule = vdi_manifest_rule(manifest, 0);

    return (VdiRuleInForce){"example-corp", rule, rule->effect, NULL};
}

static VdiEffect effect_now(const VdiManifest *manifest, const VdiFacts *facts)
{
    VdiRuleInForce rule = first_rule(manifest);
    g_autoptr(VdiVerdict) verdict = vdi_evaluate(&rule, 1, facts, vdi_manifest_issued_at(manifest));

    return vdi_verdict_effect(verdict);
}

/* The names of what is held, in the order of the change. */
static char *held(const VdiManifest *manifest, const VdiFacts *before, const VdiChange *change)
{
    VdiRuleInForce rule = first_rule(manifest);
    g_auto(VdiHoldSet) set = {0};
    GString *names = g_string_new(NULL);

    vdi_evaluate_hold(&rule, 1, before, change, NULL, vdi_manifest_issued_at(manifest), &set);
    CHECK(set.is_enough && set.is_smallest);
    for (size_t i = 0; i < vdi_change_n_items(change); i++) {
        if (set.held[i]) {
            g_string_append_printf(
                names, "%s%s", names->len > 0 ? " " : "", vdi_change_item(change, i)->name);
        }
    }
    return g_string_free(names, false);
}

static VdiFacts *windows(const char *os_version, const char *build, const char *client)
{
    VdiFacts *facts = vdi_facts_new();

    vdi_facts_set(facts, VDI_FACT_OS_ID, "windows");
    vdi_facts_set(facts, VDI_FACT_OS_VERSION, os_version);
    vdi_facts_set(facts, VDI_FACT_BUILD, build);
    vdi_facts_set_client(facts, "view-client", client);
    vdi_facts_set_updates_known(facts);
    vdi_facts_set_packages_known(facts);
    vdi_facts_set_setting(facts, "known-issue-rollback", NULL);
    return facts;
}

static VdiChange *updates(const char *first, const char *second, const char *client)
{
    VdiChange *change = vdi_change_new();

    if (first != NULL) {
        vdi_change_add(change, VDI_CHANGE_UPDATE, NULL, first, NULL, NULL, "1", true);
    }
    if (second != NULL) {
        vdi_change_add(change, VDI_CHANGE_UPDATE, NULL, second, NULL, NULL, "1", false);
    }
    if (client != NULL) {
        vdi_change_add(
            change, VDI_CHANGE_CLIENT, NULL, "view-client", NULL, "4.0.1", client, false);
    }
    return change;
}

static void the_view_client_of_2011(void)
{
    static const struct {
        const char *name, *os, *client, *first, *second, *upgrade, *held;
    } rows[] = {
        {"one update", "6.1.7601", "4.0.1", "KB2482017", NULL, NULL, "KB2482017"},
        {"the other", "6.1.7601", "4.0.1", "KB2467023", NULL, NULL, "KB2467023"},
        {"both", "6.1.7601", "4.5.0.293049", "KB2482017", "KB2467023", NULL, "KB2482017 KB2467023"},
        {"both among others", "6.1", "4.0.1", "KB2482017", "KB2454826", NULL, "KB2482017"},
        {"an update that has nothing to do with it", "6.1.7601", "4.0.1", "KB2454826", NULL, NULL,
            ""},
        {"a fixed client", "6.1.7601", "4.5.0.353760", "KB2482017", "KB2467023", NULL, ""},
        {"the client upgrades in the same run", "6.1.7601", "4.0.1", "KB2482017", NULL,
            "4.5.0.353760", ""},
        {"the client upgrades, but not far enough", "6.1.7601", "4.0.1", "KB2482017", NULL,
            "4.5.0.300000", "KB2482017"},
        {"another Windows", "6.0.6002", "4.0.1", "KB2482017", NULL, NULL, ""},
        {"no such client", "6.1.7601", NULL, "KB2482017", NULL, NULL, ""},
    };
    g_autoptr(VdiManifest) manifest = example("2011-02-view");

    for (size_t i = 0; manifest != NULL && i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(VdiFacts) before = windows(rows[i].os, NULL, rows[i].client);
        g_autoptr(VdiChange) change = updates(rows[i].first, rows[i].second, rows[i].upgrade);
        g_autofree char *names = held(manifest, before, change);

        CHECK_ROW(rows[i].name, strcmp(names, rows[i].held) == 0);
        CHECK_ROW(rows[i].name, effect_now(manifest, before) == VDI_EFFECT_NONE);
    }
}

/* It is installed already: a hold comes too late, the verdict does not. */
static void the_view_client_of_2011_when_it_is_too_late(void)
{
    g_autoptr(VdiManifest) manifest = example("2011-02-view");
    g_autoptr(VdiFacts) broken = windows("6.1.7601", NULL, "4.0.1");
    g_autoptr(VdiFacts) fixed = windows("6.1.7601", NULL, "4.5.0.353760");
    g_autoptr(VdiChange) other = updates("KB2467023", NULL, NULL);

    vdi_facts_add_update(broken, "KB2482017");
    vdi_facts_add_update(fixed, "KB2482017");
    CHECK_INT(effect_now(manifest, broken), VDI_EFFECT_BLOCK);
    CHECK_INT(effect_now(manifest, fixed), VDI_EFFECT_NONE);
    g_autofree char *names = held(manifest, broken, other); /* true before: nothing new breaks */

    CHECK_TEXT(names, "");
}

typedef struct {
    const char *type, *namespace, *library, *client;
} System;

static void upgrade(VdiFacts *facts, VdiChange *change, const System *system, const char *name,
    const char *before, const char *after)
{
    vdi_facts_add_package(facts, system->type, system->namespace, name, before, NULL);
    vdi_change_add(change, system->type, system->namespace, name, NULL, before, after, true);
}

static void openssl_3_of_2022(void)
{
    static const struct {
        const char *name;
        System system;
        const char *library, *client, *held; /* versions after; NULL: not in the transaction */
    } rows[] = {
        {"deb: the library alone", {"deb", "ubuntu", "libssl3", "libfreerdp2-2"}, "3.0.2-0ubuntu1",
            NULL, "libssl3"},
        {"deb: with a fixed client", {"deb", "ubuntu", "libssl3", "libfreerdp2-2"},
            "3.0.2-0ubuntu1", "2.8.1+dfsg1-1", ""},
        {"deb: with a client that is not fixed", {"deb", "ubuntu", "libssl3", "libfreerdp2-2"},
            "3.0.2-0ubuntu1", "2.6.1+dfsg1-3", "libssl3"},
        {"rpm: the library alone", {"rpm", "fedora", "openssl-libs", "freerdp-libs"},
            "1:3.0.2-1.fc36", NULL, "openssl-libs"},
        {"rpm: with a fixed client", {"rpm", "fedora", "openssl-libs", "freerdp-libs"},
            "1:3.0.2-1.fc36", "2:2.8.1-1.fc36", ""},
        {"alpm: the library alone", {"alpm", "arch", "openssl", "freerdp"}, "3.0.7-2", NULL,
            "openssl"},
        {"alpm: with a fixed client", {"alpm", "arch", "openssl", "freerdp"}, "3.0.7-2",
            "2:2.8.1-1", ""},
        {"deb: an older library", {"deb", "ubuntu", "libssl3", "libfreerdp2-2"}, "1.1.1f-2", NULL,
            ""},
    };
    const char *like[] = {"debian", NULL};
    g_autoptr(VdiManifest) manifest = example("2022-openssl3");

    for (size_t i = 0; manifest != NULL && i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(VdiFacts) before = vdi_facts_new();
        g_autoptr(VdiChange) change = vdi_change_new();
        const System *system = &rows[i].system;
        bool is_rpm = strcmp(system->type, "rpm") == 0;
        const char *old_client = strcmp(system->type, "deb") == 0 ? "2.2.0-1" : "2:2.2.0-1";

        vdi_facts_set(before, VDI_FACT_OS_ID, system->namespace);
        vdi_facts_set_os_like(before, like);
        vdi_facts_set_packages_known(before);
        upgrade(before, change, system, system->library, is_rpm ? "1:1.1.1l-1" : "1.1.1l-1",
            rows[i].library);
        if (rows[i].client != NULL) {
            upgrade(before, change, system, system->client, old_client, rows[i].client);
        } else {
            vdi_facts_add_package(
                before, system->type, system->namespace, system->client, old_client, NULL);
        }
        g_autofree char *names = held(manifest, before, change);

        CHECK_ROW(rows[i].name, strcmp(names, rows[i].held) == 0);
        CHECK_ROW(rows[i].name, effect_now(manifest, before) == VDI_EFFECT_NONE);
    }
}

static void the_credential_prompt_of_2026(void)
{
    static const struct {
        const char *name, *before, *after, *held;
        VdiEffect after_effect;
    } rows[] = {
        {"the January build of 24H2", "26100.7462", "26100.7623", "windows", VDI_EFFECT_BLOCK},
        {"the January build of 25H2", "26200.7462", "26200.7623", "windows", VDI_EFFECT_BLOCK},
        {"the January build of Windows 10", "19045.6691", "19045.6809", "windows",
            VDI_EFFECT_BLOCK},
        {"the build out of band goes straight in", "19045.6691", "19045.6811", "", VDI_EFFECT_NONE},
        {"from the broken build to the fixed one", "26100.7623", "26100.7627", "", VDI_EFFECT_NONE},
        {"another Windows", "22631.6199", "22631.6491", "", VDI_EFFECT_NONE},
    };
    g_autoptr(VdiManifest) manifest = example("2026-01-credential");

    for (size_t i = 0; manifest != NULL && i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(VdiFacts) before = windows("10.0", rows[i].before, NULL);
        g_autoptr(VdiFacts) after = windows("10.0", rows[i].after, NULL);
        g_autoptr(VdiChange) change = vdi_change_new();

        vdi_change_add(
            change, VDI_CHANGE_BUILD, NULL, "windows", NULL, rows[i].before, rows[i].after, true);
        g_autofree char *names = held(manifest, before, change);

        CHECK_ROW(rows[i].name, strcmp(names, rows[i].held) == 0);
        CHECK_ROW(rows[i].name, effect_now(manifest, after) == rows[i].after_effect);
        vdi_facts_set_setting(after, "known-issue-rollback", "2026-01-credential");
        CHECK_ROW(rows[i].name, effect_now(manifest, after) == VDI_EFFECT_NONE);
    }
}

const Test tests[] = {
    {"the View client of 2011", the_view_client_of_2011},
    {"the View client of 2011, when it is too late", the_view_client_of_2011_when_it_is_too_late},
    {"OpenSSL 3 of 2022", openssl_3_of_2022},
    {"the credential prompt of 2026", the_credential_prompt_of_2026},
    TEST_END,
};
