/* SPDX-License-Identifier: Apache-2.0 */
#include "compat/rules/condition.h"

#include <string.h>

#include "tests/compat/rules/rules_support.h"
#include "tests/support/check.h"

#define A "{'package': {'purl': 'pkg:deb/debian/a', 'version': 'vers:deb/>=2'}}"
#define B "{'package': {'purl': 'pkg:rpm/fedora/b', 'version': 'vers:rpm/<3'}}"
#define VIEW "{'client': {'id': 'view', 'version': 'vers:generic/<4.5'}}"
#define ENGINE "{'engine': {'version': 'vers:generic/<4'}}"
#define UPDATE "{'update': 'KB1'}"
#define BUILD "{'build': {'version': 'vers:generic/<2'}}"
#define ARCH "{'arch': 'amd64'}"
#define SAFE "{'setting': {'key': 'safe', 'value': 'on'}}"

static void note_name(const char *type, const char *name, void *user)
{
    g_string_append_printf(user, "%s/%s ", type, name);
}

static bool note_item(size_t i, void *user)
{
    g_string_append_printf(user, "%zu ", i);
    return false;
}

static bool is_first(size_t i, void *user)
{
    return true;
}

/* A client that comes from one of two packages, and a transaction that changes much. */
static VdiFacts *machine(void)
{
    VdiFacts *facts = vdi_facts_new();

    vdi_facts_set_client_package(facts, "view", "deb", "view-client");
    vdi_facts_set_client_package(facts, "view", "deb", "view-client-free");
    vdi_facts_set_engine_package(facts, "deb", "libfreerdp3-3");
    return facts;
}

static VdiChange *transaction(void)
{
    VdiChange *change = vdi_change_new();

    vdi_change_add(change, "deb", "debian", "a", "amd64", "1", "2", false);
    vdi_change_add(change, "rpm", "fedora", "a", "x86_64", "1", "2", false);
    vdi_change_add(change, "deb", "debian", "a", "i386", "1", "2", false);
    vdi_change_add(change, "deb", "debian", "view-client-free", NULL, "1", "2", false);
    vdi_change_add(change, VDI_CHANGE_CLIENT, NULL, "view", NULL, "1", "2", false);
    vdi_change_add(change, "deb", "debian", "libfreerdp3-3", NULL, "1", "2", false);
    vdi_change_add(change, VDI_CHANGE_UPDATE, NULL, "KB1", NULL, NULL, "1", false);
    vdi_change_add(change, VDI_CHANGE_BUILD, NULL, VDI_CHANGE_BUILD_NAME, NULL, "1", "2", false);
    return change;
}

static void what_a_condition_looks_at_is_found_in_a_change(void)
{
    static const struct {
        const char *name, *condition, *items, *packages;
        bool is_about_packages;
    } rows[] = {
        {"a package of each architecture", A, "2 0 ", "deb/a ", true},
        {"not of another type", B, "", "rpm/b ", true},
        {"a client, and what it may come from", VIEW, "4 3 ", "", false},
        {"the engine's package", ENGINE, "5 ", "", false},
        {"an update", UPDATE, "6 ", "", false},
        {"the build", BUILD, "7 ", "", false},
        {"nothing of what no transaction changes", ARCH, "", "", true},
        {"below operators, in order", "{'all': [{'not': " UPDATE "}, {'any': [" ARCH "," A "]}]}",
            "6 2 0 ", "deb/a ", false},
        {"packages and what never changes", "{'any': [" A ", {'not': " B "}," ARCH "]}", "2 0 ",
            "deb/a rpm/b ", true},
    };
    g_autoptr(VdiFacts) facts = machine();
    g_autoptr(VdiChange) change = transaction();

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(VdiManifest) manifest = manifest_of_condition(rows[i].condition, NULL);
        const VdiCondition *when = vdi_manifest_rule(manifest, 0)->when;
        g_autoptr(GString) items = g_string_new(NULL), packages = g_string_new(NULL);

        CHECK_ROW(rows[i].name,
            !vdi_condition_find_items(when, facts, change, note_item, items)
                && strcmp(items->str, rows[i].items) == 0);
        CHECK_ROW(rows[i].name,
            vdi_condition_find_items(when, facts, change, is_first, NULL)
                == (*rows[i].items != '\0'));
        vdi_condition_visit_packages(when, note_name, packages);
        CHECK_ROW(rows[i].name, strcmp(packages->str, rows[i].packages) == 0);
        CHECK_ROW(rows[i].name, vdi_condition_is_about_packages(when) == rows[i].is_about_packages);
    }
}

static void an_item_is_mentioned_by_type_and_name(void)
{
    static const struct {
        const char *name, *type, *item;
        bool of_machine, of_nobody; /* with facts, and without */
    } rows[] = {
        {"the package", "deb", "a", true, true},
        {"another of that type", "deb", "b", false, false},
        {"that name of another type", "rpm", "a", false, false},
        {"the client", VDI_CHANGE_CLIENT, "view", true, true},
        {"what the client comes from", "deb", "view-client", true, false},
        {"what the engine comes from", "deb", "libfreerdp3-3", true, false},
    };
    g_autoptr(VdiFacts) facts = machine();
    g_autoptr(VdiManifest) manifest =
        manifest_of_condition("{'any': [" A "," VIEW "," ENGINE "]}", NULL);
    const VdiCondition *when = vdi_manifest_rule(manifest, 0)->when;

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        CHECK_ROW(rows[i].name,
            vdi_condition_mentions(when, facts, rows[i].type, rows[i].item) == rows[i].of_machine);
        CHECK_ROW(rows[i].name,
            vdi_condition_mentions(when, NULL, rows[i].type, rows[i].item) == rows[i].of_nobody);
    }
}

static void two_conditions_are_equal_when_they_say_the_same(void)
{
    static const struct {
        const char *name, *a, *b;
        bool equal;
    } rows[] = {
        {"the same", "{'all': [" A "," SAFE "]}", "{'all': [" A "," SAFE "]}", true},
        {"another operator", "{'all': [" A "," B "]}", "{'any': [" A "," B "]}", false},
        {"a part more", "{'all': [" A "," B "]}", "{'all': [" A "," B "," B "]}", false},
        {"another part", "{'all': [" A "," B "]}", "{'all': [" A "," ARCH "]}", false},
        {"another order", "{'all': [" A "," B "]}", "{'all': [" B "," A "]}", false},
        {"another kind", ENGINE, BUILD, false},
        {"another name", ARCH, "{'arch': 'i386'}", false},
        {"another value", SAFE, "{'setting': {'key': 'safe', 'value': 'off'}}", false},
        {"a value or none", SAFE, "{'setting': {'key': 'safe'}}", false},
        {"another package", A,
            "{'package': {'purl': 'pkg:deb/debian/a?arch=i386', 'version': 'vers:deb/>=2'}}",
            false},
        {"another range", A, "{'package': {'purl': 'pkg:deb/debian/a', 'version': 'vers:deb/>=3'}}",
            false},
        {"a range or none", "{'os': {'id': 'a', 'version': 'vers:generic/1'}}",
            "{'os': {'id': 'a'}}", false},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(VdiManifest) a = manifest_of_condition(rows[i].a, NULL);
        g_autoptr(VdiManifest) b = manifest_of_condition(rows[i].b, NULL);
        const VdiCondition *left = vdi_manifest_rule(a, 0)->when;
        const VdiCondition *right = vdi_manifest_rule(b, 0)->when;

        CHECK_ROW(rows[i].name, vdi_condition_equal(left, right) == rows[i].equal);
        CHECK_ROW(rows[i].name, vdi_condition_equal(right, left) == rows[i].equal);
    }
}

/* ---- reasons ---- */

typedef struct {
    const VdiFacts *facts;
    GString *out;
} Said;

static bool note_reason(const VdiCondition *fact, VdiTruth truth, bool is_decisive, void *user)
{
    const Said *said = user;
    g_autofree char *text = vdi_condition_fact_text(fact, said->facts);

    g_string_append_printf(
        said->out, "%s%s%s; ", is_decisive ? "!" : "", truth == VDI_TRUTH_TRUE ? "" : "not ", text);
    return true;
}

/* With `!` before those without which it would not be true. */
static void a_condition_has_the_facts_that_make_it_true(void)
{
    static const struct {
        const char *name, *condition, *reasons;
    } rows[] = {
        {"each of all", "{'all': [" A "," ARCH "]}", "!package pkg:deb/debian/a 2; !arch amd64; "},
        {"the one of any", "{'any': [" UPDATE "," A "]}", "!package pkg:deb/debian/a 2; "},
        {"two of any, none of which is needed", "{'any': [" A "," ARCH "," UPDATE "]}",
            "package pkg:deb/debian/a 2; arch amd64; "},
        {"what is not so", "{'not': " UPDATE "}", "!not update KB1; "},
        {"all of what none is so", "{'not': {'any': [" UPDATE "," SAFE "]}}",
            "!not update KB1; !not setting safe off; "},
        {"the one that is not so", "{'not': {'all': [" UPDATE "," ARCH "]}}", "!not update KB1; "},
        {"two that are not so", "{'not': {'all': [" UPDATE "," SAFE "]}}",
            "not update KB1; not setting safe off; "},
        {"twice not", "{'not': {'not': " VIEW "}}", "!client view 4.0; "},
        {"what is needed below what is not",
            "{'any': [{'all': [" A "," ARCH "]}, {'all': [" A "," VIEW "]}]}",
            "package pkg:deb/debian/a 2; arch amd64; package pkg:deb/debian/a 2; client view "
            "4.0; "},
        {"what is unknown is no reason", "{'any': [" BUILD "," A "]}",
            "!package pkg:deb/debian/a 2; "},
        {"a system and its version", "{'os': {'id': 'debian', 'version': 'vers:generic/12'}}",
            "!os debian 12; "},
        {"kernel, engine and peer",
            "{'all': [{'kernel': {'version': 'vers:generic/6'}}, {'engine': {'version': "
            "'vers:generic/3'}}, {'peer': {'key': 'os-build', 'version': 'vers:generic/7'}}]}",
            "!kernel 6; !engine 3; !peer os-build 7; "},
        {"a library has no more to say", "{'library': {'soname': 'l.so'}}", "!library l.so; "},
    };
    g_autoptr(VdiFacts) facts = vdi_facts_new();

    vdi_facts_set(facts, VDI_FACT_OS_ID, "debian");
    vdi_facts_set(facts, VDI_FACT_OS_VERSION, "12");
    vdi_facts_set(facts, VDI_FACT_ARCH, "amd64");
    vdi_facts_set(facts, VDI_FACT_KERNEL, "6");
    vdi_facts_set(facts, VDI_FACT_ENGINE, "3");
    vdi_facts_set_updates_known(facts);
    vdi_facts_set_packages_known(facts);
    vdi_facts_add_package(facts, "deb", "debian", "a", "2", "amd64");
    vdi_facts_add_package(facts, "deb", "debian", "a", "1", "i386");
    vdi_facts_add_library(facts, "l.so");
    vdi_facts_set_client(facts, "view", "4.0");
    vdi_facts_set_setting(facts, "safe", "off");
    vdi_facts_set_peer(facts, "os-build", "7");
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(VdiManifest) manifest = manifest_of_condition(rows[i].condition, NULL);
        const VdiCondition *when = vdi_manifest_rule(manifest, 0)->when;
        g_autoptr(GString) out = g_string_new(NULL);
        Said said = {facts, out};

        CHECK_ROW(rows[i].name, vdi_condition_evaluate(when, facts, NULL) == VDI_TRUTH_TRUE);
        vdi_condition_visit_reasons(when, facts, note_reason, &said);
        CHECK_TEXT(out->str, rows[i].reasons);
    }
}

static void a_condition_weighs_what_it_costs(void)
{
    g_autoptr(VdiManifest) manifest =
        manifest_of_condition("{'all': [" ARCH ", {'not': " A "}]}", NULL);

    CHECK_INT(vdi_condition_weight(vdi_manifest_rule(manifest, 0)->when), 2);
    vdi_condition_free(NULL);
}

const Test tests[] = {
    {"what a condition looks at is found in a change",
        what_a_condition_looks_at_is_found_in_a_change},
    {"an item is mentioned by type and name", an_item_is_mentioned_by_type_and_name},
    {"two conditions are equal when they say the same",
        two_conditions_are_equal_when_they_say_the_same},
    {"a condition has the facts that make it true", a_condition_has_the_facts_that_make_it_true},
    {"a condition weighs what it costs", a_condition_weighs_what_it_costs},
    TEST_END,
};
