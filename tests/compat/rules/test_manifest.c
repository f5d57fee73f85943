/* SPDX-License-Identifier: Apache-2.0 */
#include "compat/rules/manifest.h"

#include <string.h>

#include "base/error.h"
#include "compat/rules/fact_kind.h"
#include "tests/compat/rules/rules_support.h"
#include "tests/support/check.h"

#define HEAD                                                                                       \
    "{'schema': 'https://vigie.example/manifest/1', 'id': 'test', "                                \
    "'issued': '2011-02-09T08:00:00Z', 'rules': ["
#define TAIL "]}"
#define TEXTS "'title': {'en': 'T'}, 'message': {'en': 'M'}"
#define WHEN "'when': {'update': 'KB1'}"
#define GOOD "{'id': 'GOOD', 'effect': 'info', " TEXTS ", " WHEN "}"

static const char incident[] = HEAD
    "{'id': 'VDI-2011-001', 'effect': 'block',"
    " 'title': {'en': 'A Windows 7 update breaks the View client', 'fr': 'Une mise à jour'},"
    " 'message': {'en': 'Install client {fixed} first.'},"
    " 'when': {'all': ["
    "   {'os': {'id': 'windows', 'version': 'vers:generic/>=6.1|<6.2'}},"
    "   {'client': {'id': 'view-client', 'version': 'vers:generic/<4.5.0.353760'}},"
    "   {'any': [{'update': 'KB2482017'}, {'update': 'KB2467023'}]}]},"
    " 'remedies': ["
    "   {'category': 'vendor_fix', 'action': 'upgrade-client', 'version': '4.5.0.353760'},"
    "   {'category': 'workaround', 'action': 'remove-update', 'text': {'en': 'Take it out.'}}],"
    " 'expires': '2011-08-01T00:00:00Z', 'rollout': {'percent': 50, 'salt': 'x'},"
    " 'supersedes': ['VDI-2010-009'], 'x-ticket': 7,"
    " 'references': [{'url': 'https://example.com/', 'title': 'A page', 'x-verified': true}]}" TAIL;

static void check_incident(const VdiManifest *manifest)
{
    const VdiRule *rule = vdi_manifest_find(manifest, "VDI-2011-001");

    CHECK_TEXT(vdi_manifest_id(manifest), "test");
    CHECK_INT(vdi_manifest_issued_at(manifest), 1297238400);
    CHECK_INT(vdi_manifest_n_rules(manifest), 1);
    CHECK(vdi_manifest_rule(manifest, 1) == NULL && vdi_manifest_find(manifest, "X") == NULL);
    if (rule == NULL) {
        CHECK(rule != NULL);
        return;
    }
    CHECK(rule->effect == VDI_EFFECT_BLOCK && rule->unreadable == NULL);
    CHECK_TEXT(rule->title[2], "fr");
    CHECK_TEXT(rule->message[1], "Install client {fixed} first.");
    CHECK_INT(rule->expires_at, 1312156800);
    CHECK_INT(rule->rollout_percent, 50);
    CHECK_TEXT(rule->rollout_salt, "x");
    CHECK_INT(rule->n_remedies, 2);
    CHECK_INT(rule->remedies[0].category, VDI_REMEDY_VENDOR_FIX);
    CHECK_INT(rule->remedies[0].action, VDI_ACTION_UPGRADE_CLIENT);
    CHECK_TEXT(rule->remedies[0].version, "4.5.0.353760");
    CHECK_TEXT(rule->remedies[1].text[1], "Take it out.");
    CHECK_TEXT(rule->references[0].url, "https://example.com/");
    CHECK(rule->n_references == 1 && rule->references[0].is_verified);
    CHECK_TEXT(rule->supersedes[0], "VDI-2010-009");
    CHECK_INT(rule->when->n_parts, 3);
    CHECK_TEXT(rule->when->parts[1]->name, "view-client");
}

static void a_whole_rule_is_read(void)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(VdiManifest) manifest = manifest_of(incident, VDI_MANIFEST_AUTHOR, &error);

    if (CHECK_NO_ERROR(error)) {
        check_incident(manifest);
    }
}

/* For both readers. */
static void what_is_no_manifest_is_refused(void)
{
    static const struct {
        const char *name, *text;
        VdiManifestError code;
    } rows[] = {
        {"nothing", "", VDI_MANIFEST_ERROR_FORMAT},
        {"broken JSON", "{'schema': ", VDI_MANIFEST_ERROR_FORMAT},
        {"broken JSON within a rule", HEAD "{'id': }" TAIL, VDI_MANIFEST_ERROR_FORMAT},
        {"a duplicate member within a rule", HEAD "{'id': 'A', 'id': 'B'}" TAIL,
            VDI_MANIFEST_ERROR_FORMAT},
        {"no schema", "{'id': 'a', 'issued': '2011-02-09T08:00:00Z', 'rules': []}",
            VDI_MANIFEST_ERROR_FORMAT},
        {"another schema",
            "{'schema': 'https://example.com/1', 'id': 'a', 'issued': '2011-02-09T08:00:00Z', "
            "'rules': []}",
            VDI_MANIFEST_ERROR_FORMAT},
        {"schema 0",
            "{'schema': 'https://vigie.example/manifest/0', 'id': 'a', "
            "'issued': '2011-02-09T08:00:00Z', 'rules': []}",
            VDI_MANIFEST_ERROR_FORMAT},
        {"a higher major", "{'schema': 'https://vigie.example/manifest/2', 'rules': []}",
            VDI_MANIFEST_ERROR_SCHEMA},
        {"a major of two digits", "{'schema': 'https://vigie.example/manifest/10', 'rules': []}",
            VDI_MANIFEST_ERROR_SCHEMA},
        {"no rules",
            "{'schema': 'https://vigie.example/manifest/1', 'id': 'a', "
            "'issued': '2011-02-09T08:00:00Z'}",
            VDI_MANIFEST_ERROR_FORMAT},
        {"rules that are no array",
            "{'schema': 'https://vigie.example/manifest/1', 'id': 'a', "
            "'issued': '2011-02-09T08:00:00Z', 'rules': {}}",
            VDI_MANIFEST_ERROR_FORMAT},
        {"an id that is no name",
            "{'schema': 'https://vigie.example/manifest/1', 'id': '../a', "
            "'issued': '2011-02-09T08:00:00Z', 'rules': []}",
            VDI_MANIFEST_ERROR_FORMAT},
        {"a time that is none",
            "{'schema': 'https://vigie.example/manifest/1', 'id': 'a', 'issued': 'today', "
            "'rules': []}",
            VDI_MANIFEST_ERROR_FORMAT},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        for (int strictness = VDI_MANIFEST_READER; strictness <= VDI_MANIFEST_AUTHOR;
             strictness++) {
            g_autoptr(GError) error = NULL;
            g_autoptr(VdiManifest) manifest = manifest_of(rows[i].text, strictness, &error);

            CHECK_ROW(rows[i].name, manifest == NULL);
            CHECK_ERROR(error, VDI_MANIFEST_ERROR, rows[i].code);
        }
    }
}

#define RULE(inside) "{'id': 'R', " inside "}"

/* The author's tool says where; a machine keeps the rule as one that it cannot use, and the other.
 */
static void what_a_rule_may_not_say(void)
{
    static const struct {
        const char *rule, *error;
    } rows[] = {
        {"7", "rules[0]: it must be an object"},
        {"{}", "rules[0].id: it is missing"},
        {"{'id': 'a/b'}", "rules[0].id: letters, digits, dots, hyphens, underscores"},
        {GOOD, "rules[1].id: an earlier rule has it"},
        {RULE("'effect': 'stop'"), "rules[0].effect: \"stop\" is none of info, advise, block"},
        {RULE("'effect': null"), "rules[0].effect: it must be a string"},
        {RULE("'effect': 'block', " TEXTS ", " WHEN),
            "rules[0].expires: a rule that blocks must have it, as 2026-12-31T00:00:00Z"},
        {RULE("'effect': 'block', 'expiry': '2026-12-31T00:00:00Z', " TEXTS ", " WHEN),
            "rules[0].expiry: nobody knows this member; did you mean expires?"},
        {RULE("'effect': 'info', " TEXTS ", " WHEN ", 'remedy': []"),
            "rules[0].remedy: nobody knows this member; did you mean remedies?"},
        {RULE("'effect': 'info', " TEXTS ", " WHEN ", 'remedies': [{'categories': 'workaround'}]"),
            "rules[0].remedies[0].categories: nobody knows this member; did you mean category?"},
        {RULE("'effect': 'info', " TEXTS ", 'when': {'build': {'versions': 'vers:generic/1'}}"),
            "rules[0].when.build: versions: nobody knows this member; did you mean version?"},
        {RULE("'effect': 'info', 'expires': '2011', " TEXTS ", " WHEN),
            "rules[0].expires: it must be a time as 2026-11-22T08:00:00Z"},
        {RULE("'effect': 'info', 'title': {'fr': 'T'}, 'message': {'en': 'M'}, " WHEN),
            "rules[0].title.en: it is missing"},
        {RULE("'effect': 'info', 'title': {'en': 'T', '!': 'x'}, 'message': {'en': 'M'}, " WHEN),
            "rules[0].title: \"!\" is no language tag"},
        {RULE("'effect': 'info', " TEXTS), "rules[0].when: it is missing"},
        {RULE("'effect': 'info', " TEXTS ", " WHEN ", 'colour': 'red'"),
            "rules[0].colour: nobody knows this member"},
        {RULE("'effect': 'info', " TEXTS ", " WHEN ", 'rollout': {'percent': 101}"),
            "rules[0].rollout.percent: 101; 0 to 100 are allowed"},
        {RULE("'effect': 'info', " TEXTS ", " WHEN ", 'rollout': {'percent': 1, 'a': 1}"),
            "rules[0].rollout.a: nobody knows this member"},
        {RULE("'effect': 'info', " TEXTS ", " WHEN ", 'remedies': [{'category': 'pray'}]"),
            "rules[0].remedies[0].category: \"pray\" is none of vendor_fix, mitigation, "
            "workaround, "
            "no_fix_planned, none_available"},
        {RULE("'effect': 'info', " TEXTS ", " WHEN
              ", 'remedies': [{'category': 'workaround', 'action': 'pray'}]"),
            "rules[0].remedies[0].action: \"pray\" is none of upgrade-client, upgrade-package, "
            "install-update, remove-update, change-setting"},
        {RULE("'effect': 'info', " TEXTS ", " WHEN
              ", 'remedies': [{'category': 'vendor_fix', 'package': 'openssl'}]"),
            "rules[0].remedies[0].package: it does not begin with pkg:"},
        {RULE("'effect': 'info', " TEXTS ", " WHEN ", 'supersedes': [7]"),
            "rules[0].supersedes[0]: it must be a rule's id"},
        {RULE("'effect': 'info', " TEXTS ", " WHEN ", 'references': ['https://example.com']"),
            "rules[0].references[0]: it must be an object"},
        {RULE("'effect': 'info', " TEXTS ", 'when': []"),
            "rules[0].when: it must be an object with exactly one of all, any, not, or a fact"},
        {RULE("'effect': 'info', " TEXTS ", 'when': {'update': 'a', 'arch': 'b'}"),
            "rules[0].when: it must be an object with exactly one of all, any, not, or a fact"},
        {RULE("'effect': 'info', " TEXTS ", 'when': {'all': []}"),
            "rules[0].when.all: it must be an array of 1 to 1024 conditions"},
        {RULE("'effect': 'info', " TEXTS ", 'when': {'moon': 'full'}"),
            "rules[0].when.moon: no such fact; known are os, kernel, arch, package, update, build, "
            "client, engine, library, setting, peer"},
        {RULE("'effect': 'info', " TEXTS
              ", 'when': {'all': [{'update': 'a'}, {'package': {'purl': 'x', "
              "'version': 'vers:deb/<1'}}]}"),
            "rules[0].when.all[1].package: purl: it does not begin with pkg:"},
        {RULE("'effect': 'info', " TEXTS
              ", 'when': {'not': {'any': [{'package': {'purl': 'pkg:deb/debian/a', "
              "'version': 'vers:npm/<1'}}]}}"),
            "rules[0].when.not.any[0].package: version: \"vers:npm/<1\": it has a type whose "
            "versions "
            "nobody here can compare; known are deb, rpm, alpm, semver, generic, openssl, "
            "datetime"},
        {RULE("'effect': 'info', " TEXTS ", 'when': {'package': {'purl': 'pkg:deb/debian/a'}}"),
            "rules[0].when.package: version: it is missing"},
        {RULE("'effect': 'info', " TEXTS
              ", 'when': {'package': {'purl': 'pkg:deb/debian/a?epoch=1', "
              "'version': 'vers:deb/<1'}}"),
            "rules[0].when.package: purl: a qualifier other than arch and distro"},
        {RULE("'effect': 'info', " TEXTS ", 'when': {'peer': {'key': 'os-build'}}"),
            "rules[0].when.peer: it needs a value or a version, and not both"},
        {RULE("'effect': 'info', " TEXTS ", 'when': {'os': {}}"),
            "rules[0].when.os: it needs an id or a version"},
        {RULE("'effect': 'info', " TEXTS ", 'when': {'arch': ''}"),
            "rules[0].when.arch: it must have 1 to 256 bytes"},
        {RULE("'effect': 7"), "rules[0].effect: it must be a string"},
        {"{'id': 7}", "rules[0].id: it must be a string"},
        {RULE("'effect': 'info', 'expires': 7, " TEXTS ", " WHEN),
            "rules[0].expires: it must be a string"},
        {RULE("'effect': 'info', 'title': 'T', 'message': {'en': 'M'}, " WHEN),
            "rules[0].title: it must be an object"},
        {RULE("'effect': 'info', 'title': {'en': 7}, 'message': {'en': 'M'}, " WHEN),
            "rules[0].title.en: it must be a string"},
        {RULE("'effect': 'info', 'title': {'en': ''}, 'message': {'en': 'M'}, " WHEN),
            "rules[0].title.en: 0 bytes; 1 to 512 are allowed"},
        {RULE("'effect': 'info', 'title': {'en': 'T'}, " WHEN), "rules[0].message: it is missing"},
        {RULE("'effect': 'info', 'title': {'en': 'T'}, 'message': {'en': 'M', 'fr': null}, " WHEN),
            "rules[0].message.fr: it must be a string"},
        {RULE("'effect': 'info', 'title': {'en': 'T'}, 'message': {}, " WHEN),
            "rules[0].message.en: it is missing"},
        {RULE("'effect': 'info', " TEXTS ", " WHEN ", 'rollout': 10"),
            "rules[0].rollout: it must be an object"},
        {RULE("'effect': 'info', " TEXTS ", " WHEN ", 'rollout': {}"),
            "rules[0].rollout.percent: it is missing"},
        {RULE("'effect': 'info', " TEXTS ", " WHEN ", 'rollout': {'percent': '10'}"),
            "rules[0].rollout.percent: it must be a number"},
        {RULE("'effect': 'info', " TEXTS ", " WHEN ", 'rollout': {'percent': 10, 'salt': 7}"),
            "rules[0].rollout.salt: it must be a string"},
        {RULE("'effect': 'info', " TEXTS ", " WHEN ", 'remedies': {}"),
            "rules[0].remedies: it must be an array"},
        {RULE("'effect': 'info', " TEXTS ", " WHEN ", 'remedies': [{}]"),
            "rules[0].remedies[0].category: it is missing"},
        {RULE("'effect': 'info', " TEXTS ", " WHEN ", 'remedies': [{'category': 'workaround'}, 7]"),
            "rules[0].remedies[1]: it must be an object"},
        {RULE("'effect': 'info', " TEXTS ", " WHEN
              ", 'remedies': [{'category': 'workaround', 'text': 'T'}]"),
            "rules[0].remedies[0].text: it must be an object"},
        {RULE("'effect': 'info', " TEXTS ", " WHEN
              ", 'remedies': [{'category': 'workaround', 'text': {}}]"),
            "rules[0].remedies[0].text.en: it is missing"},
        {RULE("'effect': 'info', " TEXTS ", " WHEN
              ", 'remedies': [{'category': 'workaround', 'text': {'en': 7}}]"),
            "rules[0].remedies[0].text.en: it must be a string"},
        {RULE("'effect': 'info', " TEXTS ", " WHEN
              ", 'remedies': [{'category': 'workaround', 'text': {'en': 'T', '1': 'x'}}]"),
            "rules[0].remedies[0].text: \"1\" is no language tag"},
        {RULE("'effect': 'info', " TEXTS ", " WHEN
              ", 'remedies': [{'category': 'workaround', 'version': ''}]"),
            "rules[0].remedies[0].version: 0 bytes; 1 to 256 are allowed"},
        {RULE("'effect': 'info', " TEXTS ", " WHEN
              ", 'remedies': [{'category': 'workaround', 'update': 7}]"),
            "rules[0].remedies[0].update: it must be a string"},
        {RULE("'effect': 'info', " TEXTS ", " WHEN
              ", 'remedies': [{'category': 'workaround', 'colour': 'red'}]"),
            "rules[0].remedies[0].colour: nobody knows this member"},
        {RULE("'effect': 'info', " TEXTS ", " WHEN ", 'references': 7"),
            "rules[0].references: it must be an array"},
        {RULE("'effect': 'info', " TEXTS ", " WHEN ", 'references': [{}]"),
            "rules[0].references[0].url: it is missing"},
        {RULE("'effect': 'info', " TEXTS ", " WHEN ", 'references': [{'url': 'a', 'title': 7}]"),
            "rules[0].references[0].title: it must be a string"},
        {RULE("'effect': 'info', " TEXTS ", " WHEN
              ", 'references': [{'url': 'a', 'x-verified': 'yes'}]"),
            "rules[0].references[0].x-verified: it must be true or false"},
        {RULE("'effect': 'info', " TEXTS ", " WHEN
              ", 'references': [{'url': 'a'}, {'url': 'a', 'b': 1}]"),
            "rules[0].references[1].b: nobody knows this member"},
        {RULE("'effect': 'info', " TEXTS ", " WHEN ", 'supersedes': 'A'"),
            "rules[0].supersedes: it must be an array"},
        {RULE("'effect': 'info', " TEXTS ", 'when': null"),
            "rules[0].when: it must be an object with exactly one of all, any, not, or a fact"},
        {RULE("'effect': 'info', " TEXTS ", 'when': {}"),
            "rules[0].when: it must be an object with exactly one of all, any, not, or a fact"},
        {RULE("'effect': 'info', " TEXTS ", 'when': {'not': []}"),
            "rules[0].when.not: it must be an object with exactly one of all, any, not, or a fact"},
        {RULE("'effect': 'info', " TEXTS ", 'when': {'any': {'update': 'a'}}"),
            "rules[0].when.any: it must be an array of 1 to 1024 conditions"},
        {RULE("'effect': 'info', " TEXTS ", 'when': {'any': [{'update': 'a'}, 7]}"),
            "rules[0].when.any[1]: it must be an object with exactly one of all, any, not, or a "
            "fact"},
        {RULE("'effect': 'info', " TEXTS ", 'when': {'update': 7}"),
            "rules[0].when.update: it must be a string"},
        {RULE("'effect': 'info', " TEXTS
              ", 'when': {'all': [{'update': 'a'}, {'package': 'openssl'}]}"),
            "rules[0].when.all[1].package: it must be an object"},
        {RULE("'effect': 'info', " TEXTS
              ", 'when': {'all': [{'update': 'a'}, {'package': {'version': 'vers:deb/1'}}]}"),
            "rules[0].when.all[1].package: purl: it is missing"},
        {RULE("'effect': 'info', " TEXTS ", 'when': {'all': [{'update': 'a'}, {'package': {'purl': "
              "'pkg:deb/debian/a', 'version': 7}}]}"),
            "rules[0].when.all[1].package: version: it must be a string"},
        {RULE("'effect': 'info', " TEXTS
              ", 'when': {'package': {'purl': 'pkg:deb/debian/a', 'version': '<1'}}"),
            "rules[0].when.package: version: \"<1\": it is not vers:TYPE/CONSTRAINTS"},
        {RULE("'effect': 'info', " TEXTS
              ", 'when': {'package': {'purl': 'pkg:deb/debian/a', 'version': 'vers:deb/>2|<1'}}"),
            "rules[0].when.package: version: \"vers:deb/>2|<1\": its versions are not sorted: 1 is "
            "below 2"},
        {RULE("'effect': 'info', " TEXTS
              ", 'when': {'package': {'purl': 'pkg:deb/debian/a', 'version': 'vers:deb/x:1'}}"),
            "rules[0].when.package: version: \"vers:deb/x:1\": \"x:1\" is no version of type deb"},
        {RULE("'effect': 'info', " TEXTS
              ", 'when': {'package': {'purl': 'pkg:deb/debian/a*', 'version': 'vers:deb/1'}}"),
            "rules[0].when.package: purl: a package's name holds no *"},
        {RULE("'effect': 'info', " TEXTS
              ", 'when': {'package': {'purl': 'pkg:deb/debian/a#b', 'version': 'vers:deb/1'}}"),
            "rules[0].when.package: purl: a subpath means nothing here"},
        {RULE("'effect': 'info', " TEXTS
              ", 'when': {'package': {'purl': 'pkg:deb/debian/a?arch=source', 'version': "
              "'vers:deb/1'}}"),
            "rules[0].when.package: purl: source packages are not looked at; name the binary "
            "package"},
        {RULE("'effect': 'info', " TEXTS ", 'when': {'package': {'purl': 'pkg:deb/debian/a', "
              "'version': 'vers:deb/1', 'a': 1}}"),
            "rules[0].when.package: a: nobody knows this member"},
        {RULE("'effect': 'info', " TEXTS ", 'when': {'client': {'version': 'vers:generic/1'}}"),
            "rules[0].when.client: id: it is missing"},
        {RULE("'effect': 'info', " TEXTS
              ", 'when': {'client': {'id': '', 'version': 'vers:generic/1'}}"),
            "rules[0].when.client: id: 0 bytes; 1 to 256 are allowed"},
        {RULE("'effect': 'info', " TEXTS ", 'when': {'engine': {}}"),
            "rules[0].when.engine: version: it is missing"},
        {RULE("'effect': 'info', " TEXTS
              ", 'when': {'peer': {'key': 'a', 'value': 'b', 'version': 'vers:generic/1'}}"),
            "rules[0].when.peer: it needs a value or a version, and not both"},
        {RULE("'effect': 'info', " TEXTS ", 'when': {'library': {}}"),
            "rules[0].when.library: soname: it is missing"},
        {RULE("'effect': 'info', " TEXTS ", 'when': {'setting': {'key': 'a', 'b': 'c'}}"),
            "rules[0].when.setting: b: nobody knows this member"},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        bool is_second = strcmp(rows[i].rule, GOOD) == 0;
        g_autofree char *text = is_second ? g_strconcat(HEAD GOOD ", ", rows[i].rule, TAIL, NULL)
                                          : g_strconcat(HEAD, rows[i].rule, ", " GOOD TAIL, NULL);
        g_autoptr(GError) error = NULL;
        g_autoptr(VdiManifest) refused = manifest_of(text, VDI_MANIFEST_AUTHOR, &error);
        g_autoptr(VdiManifest) kept = manifest_of(text, VDI_MANIFEST_READER, NULL);

        CHECK(refused == NULL);
        CHECK_TEXT(error != NULL ? error->message : NULL, rows[i].error);
        CHECK_ERROR(error, VDI_MANIFEST_ERROR, VDI_MANIFEST_ERROR_RULE);
        CHECK_ROW(rows[i].error, kept != NULL && vdi_manifest_n_rules(kept) == 2);
        const VdiRule *rule = kept != NULL ? vdi_manifest_rule(kept, is_second ? 1 : 0) : NULL;

        CHECK_ROW(rows[i].error,
            rule != NULL && rule->unreadable != NULL && rule->effect == VDI_EFFECT_NONE
                && g_str_has_suffix(rows[i].error, rule->unreadable));
        CHECK_ROW(
            rows[i].error, kept != NULL && vdi_manifest_find(kept, "GOOD")->unreadable == NULL);
    }
}

static void next_years_manifest_keeps_what_this_reader_knows(void)
{
    static const char text[] =
        "{'schema': 'https://vigie.example/manifest/1.4', 'id': 'test', "
        "'issued': '2027-11-01T00:00:00Z', 'signed-by': {'a': 'new member'}, 'rules': ["
        "{'id': 'NEW-FACT', 'effect': 'block', " TEXTS ", 'expires': '2028-01-01T00:00:00Z',"
        " 'supersedes': ['OLD'],"
        " 'when': {'any': [{'update': 'KB1'}, {'firmware': {'id': 'x'}}]}},"
        "{'id': 'NEW-EFFECT', 'effect': 'quarantine', " TEXTS ", " WHEN "},"
        "{'id': 'NEW-SCHEME', 'effect': 'info', " TEXTS ","
        " 'when': {'client': {'id': 'a', 'version': 'vers:calver/<2027'}}},"
        "{'id': 'NEW-MEMBER', 'effect': 'info', " TEXTS ", " WHEN ", 'audience': 'all'},"
        "{'id': 'OLD', 'effect': 'info', " TEXTS ", " WHEN "},"
        "{'id': 'EXTENDED', 'effect': 'info', " TEXTS ", " WHEN ", 'x-audience': 'all'}]}";
    g_autoptr(GError) error = NULL;
    g_autoptr(VdiManifest) manifest = manifest_of(text, VDI_MANIFEST_READER, &error);
    static const char *const unknown[] = {"NEW-FACT", "NEW-EFFECT", "NEW-SCHEME", "NEW-MEMBER"};

    if (!CHECK_NO_ERROR(error)) {
        return;
    }
    CHECK_INT(vdi_manifest_n_rules(manifest), 6);
    for (size_t i = 0; i < G_N_ELEMENTS(unknown); i++) {
        const VdiRule *rule = vdi_manifest_find(manifest, unknown[i]);

        CHECK_ROW(unknown[i], rule != NULL && rule->unreadable != NULL && rule->when == NULL);
        CHECK_ROW(unknown[i], rule != NULL && g_strcmp0(rule->title[1], "T") == 0);
    }
    CHECK(vdi_manifest_find(manifest, "OLD")->unreadable == NULL);
    CHECK(!vdi_manifest_find(manifest, "OLD")->is_superseded);
    CHECK(vdi_manifest_find(manifest, "EXTENDED")->unreadable == NULL);
}

static void the_schema_names_every_kind_of_fact(void)
{
    g_autofree char *path = test_source("docs/manifest.schema.json");
    g_autoptr(GMappedFile) file = g_mapped_file_new(path, false, NULL);
    g_autofree char *text = file != NULL
        ? g_strndup(g_mapped_file_get_contents(file), g_mapped_file_get_length(file))
        : g_strdup("");

    for (const VdiFactKind *kind = vdi_fact_kinds(); kind->name != NULL; kind++) {
        g_autofree char *row = g_strdup_printf("{\"required\": [\"%s\"]}", kind->name);

        CHECK_ROW(kind->name, strstr(text, row) != NULL);
    }
}

static char *nested(int levels)
{
    GString *text = g_string_new(NULL);

    for (int i = 1; i < levels; i++) {
        g_string_append(text, "{'all': [");
    }
    g_string_append(text, "{'update': 'KB1'}");
    for (int i = 1; i < levels; i++) {
        g_string_append(text, "]}");
    }
    return g_string_free(text, false);
}

static void depth_has_a_ceiling(void)
{
    g_autofree char *deepest = nested(VDI_CONDITION_DEPTH_MAX);
    g_autofree char *deeper = nested(VDI_CONDITION_DEPTH_MAX + 1);
    g_autoptr(GError) error = NULL;
    g_autoptr(VdiManifest) manifest = manifest_of_condition(deepest, &error);

    CHECK_NO_ERROR(error);
    CHECK(manifest != NULL);
    g_autoptr(VdiManifest) refused = manifest_of_condition(deeper, &error);

    CHECK(refused == NULL && error != NULL && strstr(error->message, "16 levels") != NULL);
    CHECK_ERROR(error, VDI_MANIFEST_ERROR, VDI_MANIFEST_ERROR_RULE);
}

static void a_rule_over_64_KiB_is_kept_as_unreadable(void)
{
    g_autofree char *blanks = g_strnfill(VDI_RULE_MAX_BYTES, ' ');
    g_autofree char *text = g_strconcat(
        HEAD "{'id': 'BIG', ", blanks, "'effect': 'info', " TEXTS ", " WHEN "}, " GOOD TAIL, NULL);
    g_autoptr(VdiManifest) manifest = manifest_of(text, VDI_MANIFEST_READER, NULL);

    CHECK(manifest != NULL && vdi_manifest_n_rules(manifest) == 2);
    CHECK_TEXT(vdi_manifest_rule(manifest, 0)->unreadable, "larger than 64 KiB");
    CHECK(vdi_manifest_rule(manifest, 1)->unreadable == NULL);
}

static void the_number_of_rules_has_a_ceiling(void)
{
    g_autoptr(GString) text = g_string_new(HEAD);

    for (int i = 0; i <= VDI_MANIFEST_MAX_RULES; i++) {
        g_string_append(text, i == 0 ? "7" : ",7");
    }
    g_string_append(text, TAIL);
    g_autoptr(GError) error = NULL;
    g_autoptr(VdiManifest) manifest = manifest_of(text->str, VDI_MANIFEST_READER, &error);

    CHECK(manifest == NULL);
    CHECK_ERROR(error, VDI_MANIFEST_ERROR, VDI_MANIFEST_ERROR_FORMAT);
}

const Test tests[] = {
    {"a whole rule is read", a_whole_rule_is_read},
    {"what is no manifest is refused", what_is_no_manifest_is_refused},
    {"what a rule may not say", what_a_rule_may_not_say},
    {"next year's manifest keeps what this reader knows",
        next_years_manifest_keeps_what_this_reader_knows},
    {"the schema names every kind of fact", the_schema_names_every_kind_of_fact},
    {"depth has a ceiling", depth_has_a_ceiling},
    {"a rule over 64 KiB is kept as unreadable", a_rule_over_64_KiB_is_kept_as_unreadable},
    {"the number of rules has a ceiling", the_number_of_rules_has_a_ceiling},
    TEST_END,
};
