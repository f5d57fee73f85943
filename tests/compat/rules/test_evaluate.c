/* SPDX-License-Identifier: Apache-2.0 */
#include "compat/rules/evaluate.h"

#include <string.h>

#include "tests/compat/rules/rules_support.h"
#include "tests/support/check.h"

enum { NOW = 1794000000 }; /* 2026-11-06 */

static VdiFacts *debian(void)
{
    const char *like[] = {"debian", NULL};
    VdiFacts *facts = vdi_facts_new();

    vdi_facts_set(facts, VDI_FACT_OS_ID, "ubuntu");
    vdi_facts_set(facts, VDI_FACT_OS_VERSION, "22.04");
    vdi_facts_set_os_like(facts, like);
    vdi_facts_set(facts, VDI_FACT_ARCH, "amd64");
    vdi_facts_set(facts, VDI_FACT_MACHINE, "machine-1");
    vdi_facts_add_package(facts, "deb", "ubuntu", "openssl", "3.0.2-1", "amd64");
    vdi_facts_add_package(facts, "deb", "ubuntu", "libssl3", "3.0.2-1", "amd64");
    vdi_facts_add_package(facts, "deb", "ubuntu", "libssl3", "3.0.9-1", "i386");
    vdi_facts_add_package(facts, "deb", "ubuntu", "odd", "", "amd64");
    vdi_facts_set_packages_known(facts);
    vdi_facts_set_client(facts, "vigie", "1.2.0");
    vdi_facts_set_clients_known(facts);
    vdi_facts_set_engine_package(facts, "deb", "libfreerdp3-3");
    vdi_facts_set(facts, VDI_FACT_ENGINE, "3.5.0");
    vdi_facts_add_library(facts, "libssl.so.3");
    vdi_facts_set_setting(facts, "proxy", NULL);
    vdi_facts_set_setting(facts, "kir", "on");
    return facts;
}

#define PACKAGE(purl, range) "{'package': {'purl': '" purl "', 'version': '" range "'}}"
#define YES "{'arch': 'amd64'}"
#define NO "{'arch': 'arm64'}"
#define MAYBE "{'kernel': {'version': 'vers:generic/<6'}}"

static void conditions_have_three_values(void)
{
    static const struct {
        const char *name, *condition;
        VdiTruth truth;
    } rows[] = {
        {"all: true and unknown", "{'all': [" YES "," MAYBE "]}", VDI_TRUTH_UNKNOWN},
        {"all: false and unknown", "{'all': [" NO "," MAYBE "]}", VDI_TRUTH_FALSE},
        {"all: unknown and false", "{'all': [" MAYBE "," NO "]}", VDI_TRUTH_FALSE},
        {"all: unknown twice", "{'all': [" MAYBE "," MAYBE "]}", VDI_TRUTH_UNKNOWN},
        {"all: true twice", "{'all': [" YES "," YES "]}", VDI_TRUTH_TRUE},
        {"any: true and unknown", "{'any': [" MAYBE "," YES "]}", VDI_TRUTH_TRUE},
        {"any: false and unknown", "{'any': [" NO "," MAYBE "]}", VDI_TRUTH_UNKNOWN},
        {"any: false twice", "{'any': [" NO "," NO "]}", VDI_TRUTH_FALSE},
        {"not: unknown", "{'not': " MAYBE "}", VDI_TRUTH_UNKNOWN},
        {"not: true", "{'not': " YES "}", VDI_TRUTH_FALSE},
        {"not: false", "{'not': " NO "}", VDI_TRUTH_TRUE},
        {"os by id", "{'os': {'id': 'ubuntu'}}", VDI_TRUTH_TRUE},
        {"os of another id and an odd version",
            "{'os': {'id': 'windows', 'version': 'vers:semver/<1.0.0'}}", VDI_TRUTH_FALSE},
        {"os in its range", "{'os': {'id': 'ubuntu', 'version': 'vers:generic/>=22|<23'}}",
            VDI_TRUTH_TRUE},
        {"a package in its range", PACKAGE("pkg:deb/ubuntu/openssl", "vers:deb/<3.0.7"),
            VDI_TRUTH_TRUE},
        {"by the distributor that the system is like",
            PACKAGE("pkg:deb/debian/openssl", "vers:deb/<3.0.7"), VDI_TRUTH_TRUE},
        {"of another distributor", PACKAGE("pkg:deb/fedora/openssl", "vers:deb/<3.0.7"),
            VDI_TRUTH_FALSE},
        {"one architecture in the range suffices",
            PACKAGE("pkg:deb/debian/libssl3", "vers:deb/>=3.0.9"), VDI_TRUTH_TRUE},
        {"of the architecture that is asked for",
            PACKAGE("pkg:deb/debian/libssl3?arch=amd64", "vers:deb/>=3.0.9"), VDI_TRUTH_FALSE},
        {"of this release",
            PACKAGE("pkg:deb/ubuntu/openssl?distro=ubuntu-22.04", "vers:deb/<3.0.7"),
            VDI_TRUTH_TRUE},
        {"of another release",
            PACKAGE("pkg:deb/ubuntu/openssl?distro=ubuntu-24.04", "vers:deb/<3.0.7"),
            VDI_TRUTH_FALSE},
        {"of a release by its code name",
            PACKAGE("pkg:deb/ubuntu/openssl?distro=jammy", "vers:deb/<3.0.7"), VDI_TRUTH_UNKNOWN},
        {"a package that is not installed", PACKAGE("pkg:deb/debian/absent", "vers:deb/<3.0.7"),
            VDI_TRUTH_FALSE},
        {"not: a package that is not installed",
            "{'not': " PACKAGE("pkg:deb/debian/absent", "vers:deb/*") "}", VDI_TRUTH_TRUE},
        {"a package of another type", PACKAGE("pkg:rpm/fedora/openssl", "vers:rpm/<3.0.7"),
            VDI_TRUTH_FALSE},
        {"a range of another type than its package",
            PACKAGE("pkg:deb/debian/openssl", "vers:rpm/<3.0.7"), VDI_TRUTH_UNKNOWN},
        {"a version that cannot be compared", PACKAGE("pkg:deb/debian/odd", "vers:deb/<3.0.7"),
            VDI_TRUTH_UNKNOWN},
        {"updates that nobody has looked for", "{'update': 'KB1'}", VDI_TRUTH_UNKNOWN},
        {"a client in its range", "{'client': {'id': 'vigie', 'version': 'vers:generic/<2'}}",
            VDI_TRUTH_TRUE},
        {"a client that is not there", "{'client': {'id': 'other', 'version': 'vers:generic/<2'}}",
            VDI_TRUTH_FALSE},
        {"the engine", "{'engine': {'version': 'vers:semver/>=3.6.0'}}", VDI_TRUTH_FALSE},
        {"a build that nobody knows", "{'build': {'version': 'vers:generic/<2'}}",
            VDI_TRUTH_UNKNOWN},
        {"a library that is loaded", "{'library': {'soname': 'libssl.so.3'}}", VDI_TRUTH_TRUE},
        {"a library that is not", "{'library': {'soname': 'libssl.so.1.1'}}", VDI_TRUTH_FALSE},
        {"a setting that is not set", "{'setting': {'key': 'proxy'}}", VDI_TRUTH_FALSE},
        {"a setting that is set", "{'setting': {'key': 'kir'}}", VDI_TRUTH_TRUE},
        {"a setting of that value", "{'setting': {'key': 'kir', 'value': 'on'}}", VDI_TRUTH_TRUE},
        {"a setting of another value", "{'setting': {'key': 'kir', 'value': 'off'}}",
            VDI_TRUTH_FALSE},
        {"a setting that nobody has read", "{'setting': {'key': 'a'}}", VDI_TRUTH_UNKNOWN},
        {"a peer that has not spoken", "{'peer': {'key': 'rdp-security', 'value': 'nla'}}",
            VDI_TRUTH_UNKNOWN},
    };
    g_autoptr(VdiFacts) facts = debian();

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(GError) error = NULL;
        g_autoptr(VdiManifest) manifest = manifest_of_condition(rows[i].condition, &error);
        g_autoptr(GPtrArray) unknowns = g_ptr_array_new_with_free_func(g_free);

        CHECK_ROW(rows[i].name, manifest != NULL);
        if (!CHECK_NO_ERROR(error)) {
            continue;
        }
        VdiTruth truth =
            vdi_condition_evaluate(vdi_manifest_rule(manifest, 0)->when, facts, unknowns);

        CHECK_ROW(rows[i].name, truth == rows[i].truth);
        CHECK_ROW(rows[i].name, (unknowns->len > 0) == (truth == VDI_TRUTH_UNKNOWN));
    }
}

static void without_a_package_list_absence_is_unknown(void)
{
    g_autoptr(VdiFacts) facts = vdi_facts_new();
    g_autoptr(VdiManifest) manifest =
        manifest_of_condition(PACKAGE("pkg:deb/debian/openssl", "vers:deb/<3"), NULL);
    g_autoptr(GPtrArray) unknowns = g_ptr_array_new_with_free_func(g_free);

    CHECK(vdi_condition_evaluate(vdi_manifest_rule(manifest, 0)->when, facts, unknowns)
        == VDI_TRUTH_UNKNOWN);
    CHECK_INT(unknowns->len, 1);
    CHECK_TEXT(g_ptr_array_index(unknowns, 0), "package pkg:deb/debian/openssl");
}

static void the_peer_is_known_once_it_has_spoken(void)
{
    g_autoptr(VdiFacts) facts = vdi_facts_new();
    g_autoptr(VdiManifest) manifest = manifest_of_condition(
        "{'all': [{'peer': {'key': 'rdp-security', 'value': 'nla'}},"
        " {'peer': {'key': 'os-build', 'version': 'vers:generic/>=26100|<26100.3775'}},"
        " {'engine': {'version': 'vers:generic/<99'}}]}",
        NULL);
    const VdiCondition *when = vdi_manifest_rule(manifest, 0)->when;

    vdi_facts_set(facts, VDI_FACT_ENGINE, "3.5.0");
    CHECK(vdi_condition_evaluate(when, facts, NULL) == VDI_TRUTH_UNKNOWN);
    vdi_facts_set_peer(facts, "rdp-security", "nla");
    vdi_facts_set_peer(facts, "os-build", "26100"); /* as the wire tells it: any revision of it */
    CHECK(vdi_condition_evaluate(when, facts, NULL) == VDI_TRUTH_UNKNOWN);
    vdi_facts_set_peer(facts, "os-build", "26200");
    CHECK(vdi_condition_evaluate(when, facts, NULL) == VDI_TRUTH_FALSE);
    vdi_facts_set_peer(facts, "os-build", "26100.3476");
    CHECK(vdi_condition_evaluate(when, facts, NULL) == VDI_TRUTH_TRUE);
    vdi_facts_set_peer(facts, "os-build", "26100.3775");
    CHECK(vdi_condition_evaluate(when, facts, NULL) == VDI_TRUTH_FALSE);
}

/* ---- verdicts ---- */

#define TEXTS "'title': {'en': 'T'}, 'message': {'en': 'M'}"

static VdiVerdict *verdict_of(const VdiManifest *manifest, const VdiFacts *facts, int64_t now)
{
    g_autofree VdiRuleInForce *rules = g_new0(VdiRuleInForce, vdi_manifest_n_rules(manifest));

    for (size_t i = 0; i < vdi_manifest_n_rules(manifest); i++) {
        const VdiRule *rule = vdi_manifest_rule(manifest, i);

        rules[i] = (VdiRuleInForce){"corp", rule, rule->effect, NULL};
    }
    return vdi_evaluate(rules, vdi_manifest_n_rules(manifest), facts, now);
}

static void the_gravest_finding_comes_first_and_what_is_false_not_at_all(void)
{
    g_autoptr(VdiFacts) facts = debian();
    g_autoptr(VdiManifest) manifest = manifest_of_rules(
        "{'id': 'INFO', 'effect': 'info', " TEXTS ", 'when': " YES "},"
        "{'id': 'FALSE', 'effect': 'info', " TEXTS ", 'when': " NO "},"
        "{'id': 'UNKNOWN', 'effect': 'block', 'expires': '2027-01-01T00:00:00Z', " TEXTS
        ", 'when': " MAYBE "},"
        "{'id': 'B', 'effect': 'block', 'expires': '2027-01-01T00:00:00Z', " TEXTS ", 'when': " YES
        "},"
        "{'id': 'A', 'effect': 'block', 'expires': '2027-01-01T00:00:00Z', " TEXTS ", 'when': " YES
        "}");
    g_autoptr(VdiVerdict) verdict = verdict_of(manifest, facts, NOW);
    static const char *const order[] = {"A", "B", "INFO", "UNKNOWN"};

    CHECK_INT(verdict->findings->len, 4);
    for (size_t i = 0; i < verdict->findings->len && i < 4; i++) {
        CHECK_TEXT(vdi_verdict_finding(verdict, i)->rule->id, order[i]);
    }
    CHECK_INT(vdi_verdict_effect(verdict), VDI_EFFECT_BLOCK);
    const VdiFinding *unknown = vdi_verdict_finding(verdict, 3);

    CHECK_INT(unknown->effect, VDI_EFFECT_NONE);
    CHECK_TEXT(unknown->unknowns[0], "kernel");
    CHECK(vdi_verdict_finding(verdict, 4) == NULL);
}

/* An organisation that may not even inform here still comes before what nobody knows. */
static void what_is_true_comes_before_what_is_unknown(void)
{
    g_autoptr(VdiFacts) facts = debian();
    g_autoptr(VdiManifest) manifest =
        manifest_of_rules("{'id': 'B', 'effect': 'info', " TEXTS ", 'when': " YES "},"
                          "{'id': 'A', 'effect': 'info', " TEXTS ", 'when': " MAYBE "}");
    const VdiRule *yes = vdi_manifest_rule(manifest, 0), *maybe = vdi_manifest_rule(manifest, 1);
    const VdiRuleInForce rules[] = {{"b", maybe, VDI_EFFECT_INFO, NULL},
        {"b", yes, VDI_EFFECT_NONE, "silenced"}, {"a", maybe, VDI_EFFECT_INFO, NULL},
        {"a", yes, VDI_EFFECT_NONE, NULL}};
    static const char *const order[] = {"a B", "b B", "a A", "b A"};
    g_autoptr(VdiVerdict) verdict = vdi_evaluate(rules, G_N_ELEMENTS(rules), facts, NOW);

    CHECK_INT(verdict->findings->len, G_N_ELEMENTS(order));
    for (size_t i = 0; i < G_N_ELEMENTS(order); i++) {
        const VdiFinding *finding = vdi_verdict_finding(verdict, i);
        g_autofree char *name = g_strconcat(finding->organisation, " ", finding->rule->id, NULL);

        CHECK_TEXT(name, order[i]);
    }
    CHECK_TEXT(vdi_verdict_finding(verdict, 1)->reduced, "silenced");
    vdi_verdict_free(NULL);
}

static void each_reason_is_named_once(void)
{
    g_autoptr(VdiFacts) facts = debian();
    g_autoptr(VdiManifest) manifest = manifest_of_rules(
        "{'id': 'A', 'effect': 'info', " TEXTS ", 'when': {'all': [" YES "," YES "]}},"
        "{'id': 'B', 'effect': 'info', " TEXTS ", 'when': {'all': [" MAYBE "," MAYBE "]}}");
    g_autoptr(VdiVerdict) verdict = verdict_of(manifest, facts, NOW);

    CHECK_INT(g_strv_length(vdi_verdict_finding(verdict, 0)->reasons), 1);
    CHECK(vdi_verdict_finding(verdict, 0)->unknowns == NULL);
    CHECK_INT(g_strv_length(vdi_verdict_finding(verdict, 1)->unknowns), 1);
    CHECK(vdi_verdict_finding(verdict, 1)->reasons == NULL);
}

static void a_release_that_cannot_be_told_is_unknown(void)
{
    static const struct {
        const char *name, *id, *version;
    } rows[] = {{"no system", NULL, "22.04"}, {"no version", "ubuntu", NULL}};
    g_autoptr(VdiManifest) manifest =
        manifest_of_condition(PACKAGE("pkg:deb/debian/a?distro=ubuntu-22.04", "vers:deb/<3"), NULL);

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(VdiFacts) facts = vdi_facts_new();

        vdi_facts_set_packages_known(facts);
        vdi_facts_set(facts, VDI_FACT_OS_ID, rows[i].id);
        vdi_facts_set(facts, VDI_FACT_OS_VERSION, rows[i].version);
        vdi_facts_add_package(facts, "deb", "debian", "a", "1", NULL);
        CHECK_ROW(rows[i].name,
            vdi_condition_evaluate(vdi_manifest_rule(manifest, 0)->when, facts, NULL)
                == VDI_TRUTH_UNKNOWN);
    }
}

static void windows_has_no_packages_of_another_system(void)
{
    static const struct {
        const char *name, *purl, *os;
        VdiTruth truth;
    } rows[] = {
        {"dpkg's", "pkg:deb/debian/a", "windows", VDI_TRUTH_FALSE},
        {"rpm's", "pkg:rpm/fedora/a", "windows", VDI_TRUTH_FALSE},
        {"pacman's", "pkg:alpm/arch/a", "windows", VDI_TRUTH_FALSE},
        {"a package of no system", "pkg:generic/a", "windows", VDI_TRUTH_UNKNOWN},
        {"a system whose packages nobody read", "pkg:deb/debian/a", "debian", VDI_TRUTH_UNKNOWN},
        {"no system", "pkg:deb/debian/a", NULL, VDI_TRUTH_UNKNOWN},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *condition =
            g_strdup_printf("{'package': {'purl': '%s', 'version': 'vers:%s/*'}}", rows[i].purl,
                strstr(rows[i].purl, "deb") != NULL           ? "deb"
                    : strstr(rows[i].purl, "rpm") != NULL     ? "rpm"
                    : strstr(rows[i].purl, "generic") != NULL ? "generic"
                                                              : "alpm");
        g_autoptr(VdiManifest) manifest = manifest_of_condition(condition, NULL);
        g_autoptr(VdiFacts) facts = vdi_facts_new();

        if (rows[i].os != NULL) {
            vdi_facts_set(facts, VDI_FACT_OS_ID, rows[i].os);
        }
        CHECK_ROW(rows[i].name,
            vdi_condition_evaluate(vdi_manifest_rule(manifest, 0)->when, facts, NULL)
                == rows[i].truth);
    }
}

static void packages_without_an_order_of_their_own_are_compared_as_the_rule_says(void)
{
    static const struct {
        const char *name, *purl, *range;
        VdiTruth truth;
    } rows[] = {
        {"generic, as dotted numbers", "pkg:generic/tool", "vers:generic/<3", VDI_TRUTH_TRUE},
        {"generic, as another order", "pkg:generic/tool", "vers:semver/<3.0.0", VDI_TRUTH_TRUE},
        {"a type that has no order here", "pkg:npm/tool", "vers:semver/<2.0.0", VDI_TRUTH_FALSE},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *condition = g_strdup_printf(
            "{'package': {'purl': '%s', 'version': '%s'}}", rows[i].purl, rows[i].range);
        g_autoptr(VdiManifest) manifest = manifest_of_condition(condition, NULL);
        g_autoptr(VdiFacts) facts = vdi_facts_new();

        vdi_facts_set_packages_known(facts);
        vdi_facts_add_package(facts, "generic", NULL, "tool", "2.0.0", NULL);
        vdi_facts_add_package(facts, "npm", NULL, "tool", "2.0.0", NULL);
        CHECK_ROW(rows[i].name,
            vdi_condition_evaluate(vdi_manifest_rule(manifest, 0)->when, facts, NULL)
                == rows[i].truth);
    }
}

static void unknown_and_unreadable_rules_never_block(void)
{
    g_autoptr(VdiFacts) facts = debian();
    g_autoptr(VdiManifest) manifest =
        manifest_of("{'schema': 'https://vigie.example/manifest/1', 'id': 'a', "
                    "'issued': '2026-01-01T00:00:00Z', 'rules': [{'id': 'R', 'effect': 'block', "
                    "'expires': '2027-01-01T00:00:00Z', " TEXTS ", 'when': {'any': [" YES
                    ", {'moon': 'full'}]}}]}",
            VDI_MANIFEST_READER, NULL);
    g_autoptr(VdiVerdict) verdict = verdict_of(manifest, facts, NOW);

    CHECK_INT(vdi_verdict_effect(verdict), VDI_EFFECT_NONE);
    CHECK_TEXT(vdi_verdict_finding(verdict, 0)->unknowns[0],
        "when.any[1].moon: no such fact; known are os, kernel, arch, package, update, build, "
        "client, engine, library, setting, peer");
}

static void a_rule_ends_with_its_expiry(void)
{
    g_autoptr(VdiFacts) facts = debian();
    g_autoptr(VdiManifest) manifest = manifest_of_condition(YES, NULL);
    int64_t expires_at = vdi_manifest_rule(manifest, 0)->expires_at;
    g_autoptr(VdiVerdict) before = verdict_of(manifest, facts, expires_at - 1);
    g_autoptr(VdiVerdict) after = verdict_of(manifest, facts, expires_at);

    CHECK_INT(before->findings->len, 1);
    CHECK_INT(after->findings->len, 0);
}

static void a_rule_that_is_replaced_says_nothing(void)
{
    g_autoptr(VdiFacts) facts = debian();
    g_autoptr(VdiManifest) manifest = manifest_of_rules(
        "{'id': 'OLD', 'effect': 'info', " TEXTS ", 'when': " YES "},"
        "{'id': 'NEW', 'effect': 'info', 'supersedes': ['OLD', 'NEW'], " TEXTS ", 'when': " NO "}");
    g_autoptr(VdiVerdict) verdict = verdict_of(manifest, facts, NOW);

    CHECK_INT(verdict->findings->len, 0);
    CHECK(!vdi_manifest_find(manifest, "NEW")->is_superseded);
}

static void raising_the_percentage_only_adds_machines(void)
{
    int n_before = 0;

    for (int percent = 0; percent <= 100; percent += 10) {
        g_autofree char *rule = g_strdup_printf(
            "{'id': 'R', 'effect': 'info', 'rollout': {'percent': %d}, " TEXTS ", 'when': " YES "}",
            percent);
        g_autoptr(VdiManifest) manifest = manifest_of_rules(rule);
        static bool was_in[1000];
        int n_in = 0;

        for (int i = 0; i < 1000; i++) {
            g_autoptr(VdiFacts) facts = vdi_facts_new();
            g_autofree char *machine = g_strdup_printf("machine-%d", i);

            vdi_facts_set(facts, VDI_FACT_MACHINE, machine);
            bool is_in = vdi_rule_applies(vdi_manifest_rule(manifest, 0), facts, NOW);

            CHECK(percent == 0 || is_in || !was_in[i]);
            was_in[i] = is_in;
            n_in += is_in;
        }
        CHECK(n_in >= n_before && ABS(n_in - percent * 10) < 50);
        n_before = n_in;
    }
    CHECK_INT(n_before, 1000);
}

/* SHA-256 of "R\0machine-1\0", computed by sha256sum: its first four bytes modulo 10,000. */
static void the_rollout_number_is_the_documented_one(void)
{
    g_autoptr(VdiFacts) facts = vdi_facts_new();
    g_autoptr(VdiManifest) below = manifest_of_rules(
        "{'id': 'R', 'effect': 'info', 'rollout': {'percent': 63}, " TEXTS ", 'when': " YES "}");
    g_autoptr(VdiManifest) above = manifest_of_rules(
        "{'id': 'R', 'effect': 'info', 'rollout': {'percent': 64}, " TEXTS ", 'when': " YES "}");

    CHECK(!vdi_rule_applies(vdi_manifest_rule(above, 0), facts, NOW)); /* no machine: not in */
    vdi_facts_set(facts, VDI_FACT_MACHINE, "machine-1");
    CHECK(!vdi_rule_applies(vdi_manifest_rule(below, 0), facts, NOW));
    CHECK(vdi_rule_applies(vdi_manifest_rule(above, 0), facts, NOW));
}

/* "Not said" is no "no": an inventory may tell neither architecture nor distributor. */
static void what_a_package_does_not_tell_is_unknown(void)
{
    static const struct {
        const char *name, *purl, *range, *os;
        VdiTruth truth;
    } rows[] = {
        {"an architecture", "pkg:deb/debian/a?arch=i386", "vers:deb/<2", "debian",
            VDI_TRUTH_UNKNOWN},
        {"of a version that is outside", "pkg:deb/debian/a?arch=i386", "vers:deb/<1", "debian",
            VDI_TRUTH_FALSE},
        {"of another distributor", "pkg:deb/ubuntu/a?arch=i386", "vers:deb/<2", "debian",
            VDI_TRUTH_FALSE},
        {"a distributor", "pkg:deb/debian/a", "vers:deb/<2", NULL, VDI_TRUTH_UNKNOWN},
        {"a distributor that nobody asks for", "pkg:generic/a", "vers:deb/<2", NULL,
            VDI_TRUTH_FALSE},
        {"nothing that is asked for", "pkg:deb/debian/a", "vers:deb/<2", "debian", VDI_TRUTH_TRUE},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *condition = g_strdup_printf(
            "{'package': {'purl': '%s', 'version': '%s'}}", rows[i].purl, rows[i].range);
        g_autoptr(VdiManifest) manifest = manifest_of_condition(condition, NULL);
        g_autoptr(VdiFacts) facts = vdi_facts_new();

        if (rows[i].os != NULL) {
            vdi_facts_set(facts, VDI_FACT_OS_ID, rows[i].os);
        }
        vdi_facts_add_package(facts, "deb", NULL, "a", "1.0-1", NULL);
        vdi_facts_set_packages_known(facts);
        CHECK_ROW(rows[i].name,
            manifest != NULL
                && vdi_condition_evaluate(vdi_manifest_rule(manifest, 0)->when, facts, NULL)
                    == rows[i].truth);
    }
}

const Test tests[] = {
    {"Windows has no packages of another system", windows_has_no_packages_of_another_system},
    {"conditions have three values", conditions_have_three_values},
    {"without a package list absence is unknown", without_a_package_list_absence_is_unknown},
    {"the peer is known once it has spoken", the_peer_is_known_once_it_has_spoken},
    {"the gravest finding comes first, and what is false not at all",
        the_gravest_finding_comes_first_and_what_is_false_not_at_all},
    {"what is true comes before what is unknown", what_is_true_comes_before_what_is_unknown},
    {"each reason is named once", each_reason_is_named_once},
    {"a release that cannot be told is unknown", a_release_that_cannot_be_told_is_unknown},
    {"packages without an order of their own are compared as the rule says",
        packages_without_an_order_of_their_own_are_compared_as_the_rule_says},
    {"unknown and unreadable rules never block", unknown_and_unreadable_rules_never_block},
    {"a rule ends with its expiry", a_rule_ends_with_its_expiry},
    {"a rule that is replaced says nothing", a_rule_that_is_replaced_says_nothing},
    {"raising the percentage only adds machines", raising_the_percentage_only_adds_machines},
    {"the rollout number is the documented one", the_rollout_number_is_the_documented_one},
    {"what a package does not tell is unknown", what_a_package_does_not_tell_is_unknown},
    TEST_END,
};
