/* SPDX-License-Identifier: Apache-2.0 */
#include "compat/rules/explain_condition.h"

#include "compat/rules/explain_hold.h"
#include "tests/compat/rules/rules_support.h"
#include "tests/support/check.h"

static VdiFacts *machine(void)
{
    VdiFacts *facts = vdi_facts_new();

    vdi_facts_set(facts, VDI_FACT_OS_ID, "debian");
    vdi_facts_set(facts, VDI_FACT_OS_VERSION, "13");
    vdi_facts_set(facts, VDI_FACT_ARCH, "amd64");
    vdi_facts_set(facts, VDI_FACT_BUILD, "26100.7625");
    vdi_facts_add_package(facts, "deb", "debian", "lib", "2.0-1", "amd64");
    vdi_facts_set_packages_known(facts);
    vdi_facts_set_client(facts, "remmina", "1.4");
    vdi_facts_set_client(facts, "nomachine", "");
    vdi_facts_set_setting(facts, "proxy", "none");
    return facts;
}

#define YES "{'arch': 'amd64'}"
#define NO "{'arch': 'arm64'}"
#define MAYBE "{'update': 'KB1'}"
#define LIB(range) "{'package': {'purl': 'pkg:deb/debian/lib', 'version': '" range "'}}"
#define CLIENT(range) "{'client': {'id': 'remmina', 'version': '" range "'}}"

static void each_fact_stands_beside_what_is_there(void)
{
    static const struct {
        const char *condition, *expected; /* lines with | between them */
    } rows[] = {
        {YES, "true: arch amd64"},
        {NO, "not true: arch arm64"},
        {MAYBE, "unknown: update KB1"},
        {"{'os': {'id': 'windows'}}", "not true: os windows; here it is debian"},
        {"{'os': {'id': 'debian', 'version': 'vers:generic/12'}}",
            "not true: os debian 12; here it is debian 13"},
        {"{'os': {'id': 'debian'}}", "true: os debian; here it is debian"},
        {"{'os': {'id': 'windows', 'version': 'vers:generic/<12'}}",
            "not true: os windows <12; here it is debian"},
        {"{'os': {'version': 'vers:generic/13'}}", "true: os 13; here it is 13"},
        {LIB("vers:deb/>=2|<3"), "true: package pkg:deb/debian/lib >=2, <3; here it is 2.0-1"},
        {LIB("vers:rpm/>=2|<3"), "unknown: package pkg:deb/debian/lib >=2, <3; here it is 2.0-1"},
        {"{'package': {'purl': 'pkg:deb/debian/x', 'version': 'vers:deb/*'}}",
            "not true: package pkg:deb/debian/x *"},
        {"{'client': {'id': 'nomachine', 'version': 'vers:generic/<9'}}",
            "unknown: client nomachine <9"},
        {"{'setting': {'key': 'proxy', 'value': 'on'}}",
            "not true: setting proxy on; here it is none"},
        {"{'all': [" YES "," YES "]}",
            "All of this is true:|  true: arch amd64|"
            "  true: arch amd64"},
        {"{'all': [" NO "]}", "Not all of this is true:|  not true: arch arm64"},
        {"{'all': [" MAYBE "]}", "Whether all of this is true is unknown:|  unknown: update KB1"},
        {"{'any': [" YES "]}", "One of these at least is true:|  true: arch amd64"},
        {"{'any': [" NO "]}", "None of these is true:|  not true: arch arm64"},
        {"{'any': [" MAYBE "]}", "Whether one of these is true is unknown:|  unknown: update KB1"},
        {"{'not': " NO "}",
            "The rule makes an exception where this is true; here it is false:|"
            "  not true: arch arm64"},
        {"{'not': " YES "}",
            "The rule makes an exception where this is true, as it is here:|  true: arch amd64"},
        {"{'not': {'any': [" MAYBE "]}}",
            "The rule makes an exception where this is true; here that is unknown:|"
            "  Whether one of these is true is unknown:|    unknown: update KB1"},
    };
    g_autoptr(VdiFacts) facts = machine();

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(VdiManifest) manifest = manifest_of_condition(rows[i].condition, NULL);
        g_auto(GStrv) lines = vdi_explain_condition(vdi_manifest_rule(manifest, 0)->when, facts);
        g_autofree char *said = g_strjoinv("|", lines);

        CHECK_TEXT(said, rows[i].expected);
    }
}

static void what_would_end_it_is_said_of_what_is_true(void)
{
    static const struct {
        const char *condition, *expected;
    } rows[] = {
        {"{'all': [" LIB("vers:deb/>=2|<3") "," CLIENT("vers:generic/<2.0") "]}",
            "It ends with lib 3 or later.|It ends with the client remmina 2.0 or later."},
        {"{'all': [" LIB("vers:deb/>=2|<3") ", {'not': " CLIENT("vers:generic/>=2.0|<3") "}]}",
            "It ends with lib 3 or later.|It ends with the client remmina >=2.0, <3."},
        {"{'any': [" LIB("vers:deb/>=2|<3") "," CLIENT("vers:generic/<2.0") "]}", ""},
        {"{'build': {'version': 'vers:generic/>=26100.7623|<26100.7627'}}",
            "It ends with the Windows build 26100.7627 or later."},
        {LIB("vers:deb/<2"), ""},
        {MAYBE, ""},
    };
    g_autoptr(VdiFacts) facts = machine();

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(VdiManifest) manifest = manifest_of_condition(rows[i].condition, NULL);
        g_auto(GStrv) lines = vdi_explain_ends_now(vdi_manifest_rule(manifest, 0)->when, facts);
        g_autofree char *said = g_strjoinv("|", lines);

        CHECK_TEXT(said, rows[i].expected);
    }
}

const Test tests[] = {
    {"each fact stands beside what is there", each_fact_stands_beside_what_is_there},
    {"what would end it is said of what is true", what_would_end_it_is_said_of_what_is_true},
    TEST_END,
};
