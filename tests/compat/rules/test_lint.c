/* SPDX-License-Identifier: Apache-2.0 */
#include "compat/rules/lint.h"

#include <stdio.h>
#include <string.h>

#include "tests/compat/rules/rules_support.h"
#include "tests/support/check.h"

enum { NOW = 1794000000 }; /* 2026-11-06 */

#define TEXTS "'title': {'en': 'T'}, 'message': {'en': 'M'}"
#define FIX "'remedies': [{'category': 'vendor_fix', 'action': 'upgrade-package', 'version': '3'}]"
#define SOON "'expires': '2026-12-01T00:00:00Z'"
#define WHEN(range) "'when': {'package': {'purl': 'pkg:deb/debian/a', 'version': '" range "'}}"
#define BREAKS WHEN("vers:deb/>=2|<3")

#define TWO_FIXES                                                                                  \
    "'remedies': [{'category': 'vendor_fix', 'package': 'pkg:deb/debian/a', 'version': '3'},"      \
    " {'category': 'vendor_fix', 'package': 'pkg:deb/debian/b', 'version': '4'}]"
#define PART_A "{'package': {'purl': 'pkg:deb/debian/a', 'version': 'vers:deb/>=2|<3'}}"
#define PART_B "{'package': {'purl': 'pkg:deb/debian/b', 'version': 'vers:deb/>=2|<4'}}"

#define GOOD_B "{'id': 'B', 'effect': 'block', " SOON ", " TEXTS ", " FIX ", " BREAKS "}"

static bool finds(
    const GPtrArray *findings, VdiLintLevel level, const char *place, const char *part)
{
    for (guint i = 0; i < findings->len; i++) {
        const VdiLintFinding *finding = g_ptr_array_index(findings, i);

        if (finding->level == level && strcmp(finding->place, place) == 0
            && strstr(finding->sentence, part) != NULL) {
            return true;
        }
    }
    return false;
}

static void a_good_rule_has_no_findings(void)
{
    g_autoptr(VdiManifest) manifest =
        manifest_of_rules("{'id': 'R', 'effect': 'block', " SOON ", " TEXTS ", " FIX ", " BREAKS
                          ", 'references': [{'url': 'https://a.example', 'x-verified': true}]}");
    g_autoptr(GPtrArray) findings = vdi_lint(manifest, NOW);

    CHECK_INT(findings->len, 0);
}

static void each_fault_is_found(void)
{
    static const struct {
        const char *rule, *place;
        VdiLintLevel level;
        const char *part;
    } rows[] = {
        {"'effect': 'block', " SOON ", " TEXTS ", " FIX ", 'when': {'arch': 'amd64'}",
            "rules[0].when", VDI_LINT_ERROR, "must name a package"},
        {"'effect': 'block', " SOON ", " TEXTS ", " FIX ", " WHEN("vers:deb/*"),
            "rules[0].when.package.version", VDI_LINT_ERROR, "any version"},
        {"'effect': 'info', " TEXTS ", " FIX ", " WHEN("vers:deb/!=2"),
            "rules[0].when.package.version", VDI_LINT_ERROR, "!= alone"},
        {"'effect': 'info', " TEXTS ", " FIX ", " WHEN("vers:rpm/<2"),
            "rules[0].when.package.version", VDI_LINT_ERROR, "write vers:deb/"},
        {"'effect': 'info', " TEXTS ", " FIX ", " WHEN("vers:deb/>=1.0-1|<foo%3D1.0-2"),
            "rules[0].when.package.version", VDI_LINT_ERROR, "not begin with a digit"},
        {"'effect': 'info', " TEXTS ", " FIX
         ", 'when': {'package': {'purl': 'pkg:deb/debian/a@1', 'version': 'vers:deb/<2'}}",
            "rules[0].when.package.purl", VDI_LINT_ERROR, "without a version"},
        {"'effect': 'info', " TEXTS ", " FIX
         ", 'when': {'all': [{'build': {'version': 'vers:generic/<1'}},"
         " {'build': {'version': 'vers:generic/>=2'}}]}",
            "rules[0].when.all[1].build", VDI_LINT_ERROR, "never be true"},
        {"'effect': 'info', " TEXTS ", " FIX
         ", 'when': {'not': {'all': [{'arch': 'a'}, {'arch': 'b'}]}}",
            "rules[0].when.not.all[1].arch", VDI_LINT_ERROR, "never be true"},
        {"'effect': 'info', " TEXTS ", " FIX
         ", 'when': {'all': [{'update': 'a'}, {'not': {'update': 'a'}}]}",
            "rules[0].when.all[1].not", VDI_LINT_ERROR, "never be true"},
        {"'effect': 'info', " TEXTS ", " FIX
         ", 'when': {'any': [{'not': {'update': 'a'}}, {'update': 'a'}]}",
            "rules[0].when.any[1].update", VDI_LINT_ERROR, "always true"},
        {"'effect': 'block', 'expires': '2026-12-24T00:00:00Z', " TEXTS ", " BREAKS
         ", 'remedies': [{'category': 'none_available'}]",
            "rules[0].expires", VDI_LINT_ERROR, "30 days"},
        {"'effect': 'info', 'title': {'en': '{fixd}'}, 'message': {'en': 'M'}, " FIX ", " BREAKS,
            "rules[0].title.en", VDI_LINT_ERROR, "Nothing fills the hole {fixd}"},
        {"'effect': 'block', 'expires': '2027-11-01T00:00:00Z', " TEXTS ", " FIX ", " BREAKS,
            "rules[0].expires", VDI_LINT_WARNING, "90 days"},
        {"'effect': 'info', 'expires': '2025-11-01T00:00:00Z', " TEXTS ", " FIX ", " BREAKS,
            "rules[0].expires", VDI_LINT_WARNING, "has expired"},
        {"'effect': 'block', " SOON ", 'rollout': {'percent': 10}, " TEXTS ", " FIX ", " BREAKS,
            "rules[0].rollout.percent", VDI_LINT_WARNING, "everyone"},
        {"'effect': 'info', " TEXTS ", " FIX ", " WHEN("vers:deb/>=2"),
            "rules[0].when.package.version", VDI_LINT_WARNING, "upper end"},
        {"'effect': 'info', " TEXTS ", " BREAKS, "rules[0].remedies", VDI_LINT_WARNING,
            "vendor's fix"},
        {"'effect': 'info', " TEXTS ", " FIX ", " WHEN("vers:deb/>=2|<4"),
            "rules[0].remedies[0].version", VDI_LINT_WARNING, "within a range"},
        {"'effect': 'info', " TEXTS ", " FIX ", 'when': {'update': 'KB1'}", "rules[0].when.update",
            VDI_LINT_WARNING, "without a build"},
        {"'effect': 'block', " SOON ", " TEXTS ", " FIX
         ", 'when': {'all': [{'engine': {'version': 'vers:generic/<3'}},"
         " {'peer': {'key': 'rdp-security', 'value': 'nla'}}]}",
            "rules[0].when.all[1].peer", VDI_LINT_WARNING, "connect time"},
        {"'effect': 'info', 'title': {'en': 'T', 'fr': 'T'}, 'message': {'en': 'M'}, " FIX
         ", " BREAKS,
            "rules[0].message", VDI_LINT_WARNING, "language fr is missing"},
        {"'effect': 'info', " TEXTS ", " FIX ", " BREAKS
         ", 'references': [{'url': 'https://a.example', 'x-verified': false}]",
            "rules[0].references[0].x-verified", VDI_LINT_WARNING, "verified"},
        {"'effect': 'block', " SOON ", " TEXTS ", 'when': {'client': {'id': 'c', 'version': "
         "'vers:generic/<4'}}, 'remedies': [{'category': "
         "'vendor_fix', 'action': 'upgrade-client', 'version': '3'}]",
            "rules[0].remedies[0].version", VDI_LINT_WARNING, "within a range"},
        {"'effect': 'info', " TEXTS ", " FIX
         ", 'when': {'all': [{'peer': {'key': 'a', 'value': 'b'}},"
         " {'peer': {'key': 'c', 'value': 'd'}}, {'engine': {'version': 'vers:generic/>=1'}}]}",
            "rules[0].when.all[2].engine.version", VDI_LINT_WARNING, "upper end"},
        {"'effect': 'block', " SOON ", " TEXTS ", " FIX
         ", 'when': {'not': {'package': {'purl': 'pkg:deb/debian/a', 'version': 'vers:deb/*'}}}",
            "rules[0].when.not.package.version", VDI_LINT_ERROR, "any version"},
        {"'effect': 'block', " SOON ", " TEXTS ", " FIX
         ", 'when': {'any': [{'all': [{'client': {'id': 'c', 'version': 'vers:generic/*'}},"
         " {'arch': 'a'}]}, {'update': 'KB1'}]}",
            "rules[0].when.any[0].all[0].client.version", VDI_LINT_ERROR, "any version"},
        {"'effect': 'info', 'expires': '2026-11-07T00:00:00Z', " TEXTS ", " FIX ", " BREAKS,
            "rules[0].expires", VDI_LINT_WARNING, "within a day"},
        {"'effect': 'block', " SOON ", 'rollout': {'percent': 0}, " TEXTS ", " FIX ", " BREAKS,
            "rules[0].rollout.percent", VDI_LINT_WARNING, "no machine"},
        {"'effect': 'info', " TEXTS ", " BREAKS
         ", 'remedies': [{'category': 'vendor_fix', 'text': {'en': 'A {hole}.'}}]",
            "rules[0].remedies[0].text.en", VDI_LINT_ERROR, "{hole}"},
        {"'effect': 'info', " TEXTS ", " FIX ", 'when': {'update': 'kb5074109'}",
            "rules[0].when.update", VDI_LINT_ERROR, "write KB5074109"},
        {"'effect': 'info', " TEXTS ", " FIX ", 'when': {'update': '5074109'}",
            "rules[0].when.update", VDI_LINT_WARNING, "did you mean KB5074109?"},
        {"'effect': 'info', " TEXTS ", " FIX ", 'when': {'update': 'KB5074109 '}",
            "rules[0].when.update", VDI_LINT_ERROR, "begins or ends with a blank"},
        {"'effect': 'info', " TEXTS ", " FIX ", 'when': {'os': {'id': 'Windows'}}",
            "rules[0].when.os", VDI_LINT_WARNING, "did you mean windows?"},
        {"'effect': 'info', " TEXTS ", " FIX
         ", 'when': {'client': {'id': 'c', 'version': 'vers:deb/<4'}}",
            "rules[0].when.client.version", VDI_LINT_WARNING, "did you mean vers:generic?"},
        {"'effect': 'info', " TEXTS ", " BREAKS
         ", 'remedies': [{'category': 'vendor_fix', 'package': 'pkg:deb/debian/b'}]",
            "rules[0].remedies[0].package", VDI_LINT_WARNING, "names other packages"},
        {"'effect': 'info', " TEXTS ", " BREAKS
         ", 'remedies': [{'category': 'vendor_fix', 'package': 'pkg:deb/debian/a', 'version': "
         "'v3'}]",
            "rules[0].remedies[0].version", VDI_LINT_ERROR, "v3 is no version"},
        {"'effect': 'info', " TEXTS ", 'when': {'client': {'id': 'c', 'version': "
         "'vers:generic/<8.12'}}, 'remedies': [{'category': "
         "'vendor_fix', 'action': 'upgrade-client', 'version': 'v8.12'}]",
            "rules[0].remedies[0].version", VDI_LINT_ERROR, "v8.12 is no version"},
        {"'effect': 'info', 'supersedes': ['R'], " TEXTS ", " FIX ", " BREAKS,
            "rules[0].supersedes[0]", VDI_LINT_WARNING, "itself"},
        {"'effect': 'info', 'supersedes': ['GONE'], " TEXTS ", " FIX ", " BREAKS,
            "rules[0].supersedes[0]", VDI_LINT_WARNING, "No rule of this list"},
        {"'effect': 'block', " SOON ", " TEXTS ", " FIX
         ", 'when': {'any': [{'client': {'id': 'c', 'version': 'vers:generic/*'}},"
         " {'package': {'purl': 'pkg:deb/debian/a', 'version': 'vers:deb/2'}}]}",
            "rules[0].when.any[0].client.version", VDI_LINT_ERROR, "any version"},
        {"'effect': 'info', " TEXTS ", " FIX
         ", 'when': {'all': [{'all': [{'build': {'version': 'vers:generic/<1'}},"
         " {'arch': 'a'}]}, {'build': {'version': 'vers:generic/>=2|<3'}}]}",
            "rules[0].when.all[1].build", VDI_LINT_ERROR, "never be true"},
        {"'effect': 'info', " TEXTS ", " FIX
         ", 'when': {'any': [{'build': {'version': 'vers:generic/>=1|<3'}},"
         " {'all': [{'arch': 'a'}, {'build': {'version': 'vers:generic/2'}}]}]}",
            "rules[0].when.any[1].all", VDI_LINT_WARNING, "when.any[0].build says as much"},
        {"'effect': 'info', " TEXTS ", " FIX ", 'when': {'all': [{'setting': {'key': 'k'}},"
         " {'setting': {'key': 'k', 'value': 'v'}}]}",
            "rules[0].when.all[0].setting", VDI_LINT_WARNING, "when.all[1].setting says as much"},
        {"'effect': 'info', " TEXTS ", " FIX
         ", 'when': {'package': {'purl': 'pkg:rpm/fedora/a', 'version': "
         "'vers:rpm/>=2:3.16.0-1.fc42|<2:3.16.0-3.fc42'}}",
            "rules[0].when.package.version", VDI_LINT_WARNING,
            "of Fedora 42; the rule also looks at other releases: write ?distro=fedora-42"},
        {"'effect': 'info', " TEXTS ", " FIX
         ", 'when': {'package': {'purl': 'pkg:rpm/rhel/a', 'version': "
         "'vers:rpm/>=1-1|<1-2.el9_4'}}",
            "rules[0].when.package.version", VDI_LINT_WARNING, "of Enterprise Linux 9; "},
        {"'effect': 'info', " TEXTS ", " FIX ", " WHEN("vers:deb/>=3.0.15-1~deb12u1|<3.1"),
            "rules[0].when.package.version", VDI_LINT_WARNING, "?distro=debian-12"},
        {"'effect': 'info', " TEXTS ", " FIX ", " WHEN("vers:deb/<3.0.15-1+deb12u2"),
            "rules[0].when.package.version", VDI_LINT_WARNING, "?distro=debian-12"},
        {"'effect': 'info', " TEXTS ", " FIX ", " WHEN("vers:deb/<2.1-0ubuntu0.20.04.1"),
            "rules[0].when.package.version", VDI_LINT_WARNING, "?distro=ubuntu-20.04"},
        {"'effect': 'info', " TEXTS ", " FIX ", " WHEN("vers:deb/<2.1-1.fc42"),
            "rules[0].when.package.version", VDI_LINT_WARNING,
            "is a version of Fedora 42, whose packages are of type rpm, not deb"},
        {"'effect': 'info', " TEXTS ", " FIX
         ", 'when': {'all': [{'any': [{'os': {'id': 'fedora', 'version': 'vers:generic/42'}},"
         " {'os': {'id': 'rhel'}}]}, {'package': {'purl': 'pkg:rpm/fedora/a', 'version': "
         "'vers:rpm/<1-2.fc42'}}]}",
            "rules[0].when.all[1].package.version", VDI_LINT_WARNING, "of Fedora 42"},
        {"'effect': 'info', " TEXTS ", " BREAKS
         ", 'remedies': [{'category': 'workaround', 'action': 'change-setting'}]",
            "rules[0].remedies[0].text", VDI_LINT_WARNING, "does not say which setting"},
        {"'effect': 'info', 'title': {'en': 'T'}, 'message': {'en': 'Wait for "
         "{fixed}.'}, " TWO_FIXES ", 'when': {'any': [" PART_A ", {'all': [" PART_B
         ", {'arch': 'amd64'}]}]}",
            "rules[0].message.en", VDI_LINT_WARNING, "{fixed} is the version of a (deb) alone"},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *rule = g_strdup_printf("{'id': 'R', %s}", rows[i].rule);
        g_autoptr(VdiManifest) manifest = manifest_of_rules(rule);

        if (manifest == NULL) {
            CHECK_ROW(rows[i].rule, manifest != NULL);
            continue;
        }
        g_autoptr(GPtrArray) findings = vdi_lint(manifest, NOW);

        CHECK_ROW(rows[i].rule, finds(findings, rows[i].level, rows[i].place, rows[i].part));
    }
}

static void each_hole_that_stays_open_is_found(void)
{
    static const struct {
        const char *when, *remedies, *message, *remedy, *part;
    } rows[] = {
        {"{'update': 'KB1'}", FIX, "{package}", NULL, "{package}: the condition names no package"},
        {"{'update': 'KB1'}", FIX, "{version}", NULL, "{version}: the condition has no versions"},
        {"{'update': 'KB1'}", "'remedies': [{'category': 'workaround', 'action': 'remove-update'}]",
            "{fixed}", NULL, "{fixed}: no remedy has a version"},
        {"{'update': 'KB1'}", FIX, "{update}", NULL, "{update}: only the text of a remedy"},
        {"{'update': 'KB1'}", FIX, "{until}", NULL, "{until}: the rule has no expires"},
        {"{'update': 'KB1'}", NULL, "M", "{update}", "{update}: this remedy has no update"},
        {"{'update': 'KB1'}", NULL, "M", "{version}", "{version}: this remedy has no version"},
        {"{'update': 'KB1'}", NULL, "M", "{package}", "{package}: neither it nor the condition"},
        {"{'update': 'KB1'}", FIX, "{Fixed}", NULL, "{Fixed}; write {fixed}"},
        {"{'update': 'KB1'}", FIX, "{ fixed }", NULL, "{ fixed }; write {fixed}"},
        {"{'update': 'KB1'}", FIX, "To {fixed", NULL, "{fixed is not closed; write {fixed}"},
        {"{'update': 'KB1'}", FIX, "{fixed of {fixed}", NULL, "{fixed is not closed"},
        {"{'update': 'KB1'}", FIX, "{fixed or so}", NULL, "{fixed is not closed"},
        {"{'update': 'KB1'}", FIX, "{pakage}", NULL, "{pakage}; known are {package}"},
        {"{'update': 'KB1'}", FIX, "{fixed} {}, {6F45DC1E-5384} and { 1", NULL, NULL},
        {"{'update': 'KB1'}", FIX, "{BADC0DE-5384}", NULL, NULL},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *remedies = rows[i].remedy == NULL
            ? g_strdup(rows[i].remedies)
            : g_strdup_printf(
                "'remedies': [{'category': 'vendor_fix', 'text': {'en': '%s'}}]", rows[i].remedy);
        g_autofree char *rule = g_strdup_printf(
            "{'id': 'R', 'effect': 'info', 'title': {'en': 'T'}, 'message': {'en': '%s'},"
            " 'when': %s, %s}",
            rows[i].message, rows[i].when, remedies);
        const char *place =
            rows[i].remedy != NULL ? "rules[0].remedies[0].text.en" : "rules[0].message.en";
        g_autoptr(VdiManifest) manifest = manifest_of_rules(rule);
        g_autoptr(GPtrArray) findings = vdi_lint(manifest, NOW);
        bool has_error = finds(findings, VDI_LINT_ERROR, place, "");

        CHECK_ROW(rule, has_error == (rows[i].part != NULL));
        CHECK_ROW(rule, !has_error || finds(findings, VDI_LINT_ERROR, place, rows[i].part));
    }
}

/* What looks alike and is sound. */
static void what_is_sound_is_left_alone(void)
{
    g_autoptr(VdiManifest) manifest = manifest_of_rules(
        "{'id': 'R', 'effect': 'block', " SOON ", " TEXTS ", " FIX
        ", 'when': {'all': [{'any': [{'arch': 'a'}, {'arch': 'b'}]},"
        " {'build': {'version': 'vers:generic/>=1|<3'}}, {'not': {'setting': {'key': 'x'}}},"
        " {'setting': {'key': 'y'}}, {'any': [{'update': 'KB1'}, {'update': 'KB2'}]},"
        " {'all': [{'update': 'KB3'}, {'update': 'KB4'}]}]}}");
    g_autoptr(GPtrArray) findings = vdi_lint(manifest, NOW);

    for (guint i = 0; i < findings->len; i++) {
        const VdiLintFinding *finding = g_ptr_array_index(findings, i);

        CHECK_ROW(finding->sentence, false);
    }
}

static void what_else_is_sound_is_left_alone(void)
{
    static const struct {
        const char *name, *rule;
    } rows[] = {
        {"any version of a client beside what breaks it",
            "'effect': 'block', " SOON ", " TEXTS ", " FIX
            ", 'when': {'all': [{'client': {'id': 'c', 'version': 'vers:generic/*'}},"
            " {'any': [{'package': {'purl': 'pkg:deb/debian/a', 'version': 'vers:deb/2'}},"
            " {'package': {'purl': 'pkg:deb/debian/b', 'version': 'vers:deb/2'}}]}]}"},
        {"an exception without an end",
            "'effect': 'block', " SOON ", " TEXTS ", " FIX
            ", 'when': {'all': [{'package': {'purl': 'pkg:deb/debian/a', 'version': 'vers:deb/2'}},"
            " {'not': {'package': {'purl': 'pkg:deb/debian/b', 'version': 'vers:deb/>=7'}}}]}"},
        {"a fix that lies in an exception",
            "'effect': 'block', " SOON ", " TEXTS ", 'remedies': [{'category': 'vendor_fix',"
            " 'version': '7'}], 'when': {'all': [{'package': {'purl': 'pkg:deb/debian/a', "
            "'version': "
            "'vers:deb/2'}}, {'not': {'package': {'purl': 'pkg:deb/debian/b', 'version': "
            "'vers:deb/>=7'}}}]}"},
        {"a fix of another package system",
            "'effect': 'block', " SOON ", " TEXTS ", 'remedies': [{'category': 'vendor_fix',"
            " 'package': 'pkg:deb/debian/a', 'version': '3'}], 'when': {'any': [{'package': "
            "{'purl': "
            "'pkg:deb/debian/a', 'version': 'vers:deb/2'}}, {'package': {'purl': "
            "'pkg:rpm/fedora/a', "
            "'version': 'vers:rpm/>=2|<4'}}]}"},
        {"a fix of the client within a package's range",
            "'effect': 'block', " SOON ", " TEXTS
            ", 'remedies': [{'category': 'vendor_fix', 'action': "
            "'upgrade-client', 'version': '3'}], 'when': {'all': [{'client': {'id': 'c', "
            "'version': "
            "'vers:generic/<3'}}, {'package': {'purl': 'pkg:deb/debian/a', 'version': "
            "'vers:deb/>=2|<4'}}]}"},
        {"a fix and a way around it, the second with the broken version",
            "'effect': 'block', " SOON ", " TEXTS ", 'remedies': [{'category': 'vendor_fix'}, "
            "{'category': 'workaround', 'version': '2'}, {'category': 'none_available'}], " BREAKS},
        {"braces that are no hole",
            "'effect': 'info', 'title': {'en': 'A { and {} and {a b}'}, 'message': "
            "{'en': "
            "'{package}'}, " FIX ", " BREAKS},
        {"packages whose type has no order of its own",
            "'effect': 'info', " TEXTS ", " FIX
            ", 'when': {'all': [{'package': {'purl': 'pkg:generic/a', 'version': "
            "'vers:semver/<2.0.0'}},"
            " {'package': {'purl': 'pkg:npm/a', 'version': 'vers:semver/<2.0.0'}}]}"},
        {"a block without remedies is warned of once",
            "'effect': 'info', 'expires': '2027-01-31T00:00:00Z', " TEXTS ", " FIX ", " BREAKS},
        {"versions of one release, and that release",
            "'effect': 'info', " TEXTS ", " FIX
            ", 'when': {'any': [{'package': {'purl': 'pkg:rpm/fedora/a?distro=fedora-42', "
            "'version': 'vers:rpm/<1-2.fc42'}}, {'all': [{'os': {'id': 'fedora', 'version': "
            "'vers:generic/43'}}, {'package': {'purl': 'pkg:rpm/fedora/a', 'version': "
            "'vers:rpm/<1-2.fc43'}}]}]}"},
        {"a setting that the condition names",
            "'effect': 'info', " TEXTS
            ", 'remedies': [{'category': 'vendor_fix'}, {'category': 'workaround', 'action': "
            "'change-setting'}], 'when': {'all': [{'package': {'purl': 'pkg:deb/debian/a', "
            "'version': 'vers:deb/>=2|<3'}}, {'not': {'setting': {'key': 'k'}}}]}"},
        {"two fixes of what breaks together",
            "'effect': 'info', 'title': {'en': 'T'}, 'message': {'en': '{fixed}'}, " TWO_FIXES
            ", 'when': {'all': [" PART_A ", " PART_B ", {'any': [{'arch': 'x'}, {'arch': 'y'}]}]}"},
        {"two fixes, and no version in the message",
            "'effect': 'info', " TEXTS ", " TWO_FIXES ", 'when': {'any': [" PART_A ", " PART_B
            "]}"},
        {"one version of one release",
            "'effect': 'info', " TEXTS ", " FIX ", " WHEN("vers:deb/2-1~deb12u1|2-1~deb12u2")},
        {"tails that tell no release",
            "'effect': 'info', " TEXTS ", " FIX ", " WHEN("vers:deb/>=2-0ubuntu1.4|<2-1ubuntu0.1")},
        {"either of what excludes each other",
            "'effect': 'info', " TEXTS ", " FIX
            ", 'when': {'any': [{'build': {'version': 'vers:generic/1'}}, {'not': {'arch': 'a'}},"
            " {'all': [{'arch': 'a'}, {'build': {'version': 'vers:generic/2'}}]}]}"},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *rule = g_strdup_printf("{'id': 'R', %s}", rows[i].rule);
        g_autoptr(VdiManifest) manifest = manifest_of_rules(rule);
        g_autoptr(GPtrArray) findings = manifest != NULL ? vdi_lint(manifest, NOW) : NULL;

        CHECK_ROW(rows[i].name, findings != NULL && findings->len == 0);
        if (findings != NULL && findings->len > 0) {
            printf("%s\n", ((VdiLintFinding *) findings->pdata[0])->sentence);
        }
    }
}

/* As a machine reads it: what it cannot use is an error here, and is compared with nothing. */
static void what_cannot_be_read_is_an_error(void)
{
    static const char text[] =
        "{'schema': 'https://vigie.example/manifest/1', 'id': 'a', 'issued': "
        "'2026-11-01T00:00:00Z',"
        " 'rules': [{'id': 'A', 'effect': 'stop', 'supersedes': ['B']}, " GOOD_B "]}";
    g_autoptr(VdiManifest) manifest = manifest_of(text, VDI_MANIFEST_READER, NULL);
    g_autoptr(GPtrArray) findings = vdi_lint(manifest, NOW);

    CHECK_INT(findings->len, 1);
    CHECK(finds(findings, VDI_LINT_ERROR, "rules[0]", "stop"));
}

/* ---- rules beside each other ---- */

#define RULE(id, effect, when)                                                                     \
    "{'id': '" id "', 'effect': '" effect "', " SOON ", " TEXTS ", " FIX ", 'when': " when "}"
#define PACKAGE(range) "{'package': {'purl': 'pkg:deb/debian/a', 'version': '" range "'}}"

#define OTHER(range) "{'package': {'purl': 'pkg:deb/debian/b', 'version': '" range "'}}"

/* Each row: two rules, and what is said of the second; NULL: nothing about the first. */
static void rules_are_compared_with_each_other(void)
{
    static const struct {
        const char *name, *rules, *part;
    } rows[] = {
        {"the same twice",
            RULE("A", "block", PACKAGE("vers:deb/>=2|<3")) "," RULE(
                "B", "block", PACKAGE("vers:deb/>=2|<3")),
            "same machines as rule A and says the same: remove this one."},
        {"the same twice, the first for a shorter time",
            "{'id': 'A', 'effect': 'block', 'expires': '2026-11-20T00:00:00Z', " TEXTS ", " FIX
            ", " BREAKS "}," GOOD_B,
            "says the same: remove rule A, which ends earlier."},
        {"the same with another effect",
            RULE("A", "advise", PACKAGE("vers:deb/>=2|<3")) "," RULE(
                "B", "block", PACKAGE("vers:deb/>=2|<3")),
            "rule A, and contradicts it: that says advise, this block; the graver counts"},
        {"the same in other words",
            RULE("A", "block",
                "{'any': [" PACKAGE("vers:deb/1") ", " PACKAGE("vers:deb/2") "]}") "," RULE("B",
                "block", "{'any': [" PACKAGE("vers:deb/2") ", " PACKAGE("vers:deb/1") "]}"),
            "same machines as rule A"},
        {"narrower",
            RULE("A", "block", PACKAGE("vers:deb/>=2|<3")) "," RULE(
                "B", "block", "{'all': [" PACKAGE("vers:deb/2.1") ", {'arch': 'amd64'}]}"),
            "so is rule A, which says the same"},
        {"narrower and graver",
            RULE("A", "info", PACKAGE("vers:deb/>=2|<3")) "," RULE(
                "B", "block", PACKAGE("vers:deb/2.1")),
            "so is rule A, which says something else: that says info, this block"},
        {"wider",
            RULE("A", "block", PACKAGE("vers:deb/2.1")) "," RULE(
                "B", "block", PACKAGE("vers:deb/>=2|<3")),
            "wherever is rule A, and says the same"},
        {"overlapping",
            RULE("A", "block", PACKAGE("vers:deb/>=2|<3")) "," RULE(
                "B", "advise", PACKAGE("vers:deb/>=2.5|<4")),
            "overlaps rule A"},
        {"beside each other",
            RULE("A", "block", PACKAGE("vers:deb/>=2|<3")) "," RULE(
                "B", "block", PACKAGE("vers:deb/>=3|<4")),
            NULL},
        {"on other systems",
            RULE("A", "block",
                "{'all': [{'os': {'id': 'debian'}}, " PACKAGE("vers:deb/2") "]}") "," RULE("B",
                "block", "{'all': [{'os': {'id': 'ubuntu'}}, " PACKAGE("vers:deb/2") "]}"),
            NULL},
        {"overlapping in one of several",
            RULE("A", "block",
                "{'any': [" OTHER("vers:deb/1") ", " PACKAGE("vers:deb/>=2|<3") "]}") "," RULE("B",
                "block", "{'any': [" OTHER("vers:deb/7") ", " PACKAGE("vers:deb/>=2.5|<4") "]}"),
            "overlaps rule A"},
        {"overlapping in two of two",
            RULE("A", "block",
                "{'any': [" OTHER("vers:deb/>=1|<3") ", " PACKAGE(
                    "vers:deb/>=2|<3") "]}") "," RULE("B", "block",
                "{'any': [" OTHER("vers:deb/>=2|<4") ", " PACKAGE("vers:deb/>=2.5|<4") "]}"),
            "overlaps rule A:"},
        {"one name in two package systems",
            RULE("A", "block",
                "{'any': [{'update': 'KB1'}, {'package': {'purl': 'pkg:rpm/fedora/a', "
                "'version': 'vers:rpm/2'}}]}") "," RULE("B", "block",
                "{'any': [{'update': 'KB1'}, " PACKAGE("vers:deb/2") "]}"),
            NULL},
        {"an exception of the first is no cause",
            RULE("A", "block",
                "{'all': [{'update': 'KB1'}, {'not': " PACKAGE(
                    "vers:deb/>=2|<3") "}]}") "," RULE("B", "block",
                "{'all': [{'update': 'KB1'}, " PACKAGE("vers:deb/>=2.5|<4") "]}"),
            NULL},
        {"without an end they are compared as well",
            "{'id': 'A', 'effect': 'info', " TEXTS ", " FIX
            ", 'when': " PACKAGE("vers:deb/2") "},"
                                               "{'id': 'B', 'effect': 'info', " TEXTS ", " FIX
                                               ", 'when': " PACKAGE("vers:deb/2") "}",
            "same machines as rule A"},
        {"advice contradicts no remedy",
            RULE("A", "advise",
                OTHER("vers:deb/3")) ",{'id': 'B', 'effect': 'block', " SOON ", " TEXTS
                                     ", 'remedies': [{'category': "
                                     "'vendor_fix', 'package': 'pkg:deb/debian/b', 'version': "
                                     "'3'}, {'category': 'mitigation', "
                                     "'package': 'pkg:deb/debian/b'}], 'when': {'all': [" PACKAGE(
                                         "vers:deb/2") ", " OTHER("vers:deb/<3") "]}}",
            NULL},
        {"a remedy that nobody speaks against",
            RULE("A", "block",
                "{'all': [{'update': 'KB1'}, " OTHER("vers:deb/1") ", {'not': " OTHER(
                    "vers:deb/3") "}]}") ",{'id': 'B', 'effect': 'block', " SOON ", " TEXTS
                                         ", 'remedies': [{'category': "
                                         "'vendor_fix', 'package': 'pkg:deb/debian/b', 'version': "
                                         "'3'}, {'category': 'mitigation', "
                                         "'package': 'pkg:deb/debian/b'}], 'when': {'all': "
                                         "[" PACKAGE("vers:deb/2") ", " OTHER("vers:deb/2") "]}}",
            NULL},
        {"an exception is no cause",
            RULE("A", "block", PACKAGE("vers:deb/2")) "," RULE(
                "B", "block", "{'all': [{'update': 'KB1'}, {'not': " PACKAGE("vers:deb/2") "}]}"),
            NULL},
        {"one that has expired is not compared",
            "{'id': 'A', 'effect': 'block', 'expires': '2026-01-01T00:00:00Z', " TEXTS ", " FIX
            ", 'when': " PACKAGE("vers:deb/2") "}," RULE("B", "block", PACKAGE("vers:deb/2")),
            NULL},
        {"one that is replaced is not compared",
            RULE("A", "block",
                PACKAGE("vers:deb/2")) ",{'id': 'B', 'effect': 'block', 'supersedes': ['A'], " SOON
                                       ", " TEXTS ", " FIX ", 'when': " PACKAGE("vers:deb/2") "}",
            NULL},
        {"what one recommends breaks by another",
            RULE("A", "block",
                "{'package': {'purl': 'pkg:deb/debian/b', 'version': 'vers:deb/3'}}") ",{'id': "
                                                                                      "'B', "
                                                                                      "'effect': "
                                                                                      "'block',"
                                                                                      " " SOON
                                                                                      ", " TEXTS
                                                                                      ", "
                                                                                      "'remedies': "
                                                                                      "[{'category'"
                                                                                      ": "
                                                                                      "'vendor_fix'"
                                                                                      ", "
                                                                                      "'package': "
                                                                                      "'pkg:deb/"
                                                                                      "debian/b', "
                                                                                      "'version': "
                                                                                      "'3'}], "
                                                                                      "'when': "
                                                                                      "{'all': "
                                                                                      "[" PACKAGE(
                                                                                          "vers:"
                                                                                          "deb/2") ", {'package': {'purl': 'pkg:deb/debian/b', "
                                                                                                   "'version': 'vers:deb/<3'}}]}}",
            "contradicts rule A, which says that this very version breaks"},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(VdiManifest) manifest = manifest_of_rules(rows[i].rules);

        if (manifest == NULL) {
            CHECK_ROW(rows[i].name, manifest != NULL);
            continue;
        }
        g_autoptr(GPtrArray) findings = vdi_lint(manifest, NOW);
        bool said = false;

        for (guint k = 0; k < findings->len; k++) {
            const VdiLintFinding *finding = g_ptr_array_index(findings, k);
            const char *part = rows[i].part != NULL ? rows[i].part : "rule A";
            bool is_about_end = strstr(finding->sentence, "expired") != NULL
                || strstr(finding->sentence, "replaces it") != NULL;

            said = said
                || (strstr(finding->sentence, part) != NULL && finding->rule == 1 && !is_about_end);
        }
        CHECK_ROW(rows[i].name, said == (rows[i].part != NULL));
    }
}

static void a_replaced_rule_is_named_with_what_replaces_it(void)
{
    g_autoptr(VdiManifest) manifest = manifest_of_rules(RULE("A", "block",
        PACKAGE("vers:deb/2")) ",{'id': 'B', 'effect': 'block', 'supersedes': ['A'], " SOON
                               ", " TEXTS ", " FIX ", 'when': " PACKAGE("vers:deb/2") "}");
    g_autoptr(GPtrArray) findings = vdi_lint(manifest, NOW);

    CHECK(finds(findings, VDI_LINT_WARNING, "rules[0]", "Rule B replaces it"));
    CHECK_INT(findings->len, 1);
}

/* Fifty rules about one package say so in fifty lines, not in two thousand. */
static void many_rules_about_one_package_are_told_once_each(void)
{
    g_autoptr(GString) rules = g_string_new(NULL);

    for (int i = 0; i < 50; i++) {
        g_string_append_printf(rules,
            "%s{'id': 'R%02d', 'effect': 'block', %s, %s, %s, 'when': %s}", i > 0 ? "," : "", i,
            SOON, TEXTS, FIX, PACKAGE("vers:deb/2"));
    }
    g_autoptr(VdiManifest) manifest = manifest_of_rules(rules->str);
    g_autoptr(GPtrArray) findings = vdi_lint(manifest, NOW);

    CHECK_INT(findings->len, 49);
    CHECK(finds(findings, VDI_LINT_WARNING, "rules[49].when", "rule R00 (and 48 more)"));
}

/* The time has a ceiling: five million pairs would want a minute. */
static void a_list_that_is_too_long_to_compare_says_so(void)
{
    g_autoptr(GString) rules = g_string_new(NULL);

    for (int i = 0; i < 3000; i++) {
        g_string_append_printf(rules,
            "%s{'id': 'R%d', 'effect': 'info', %s, %s, 'when': {'any': [%s, %s, {'update': "
            "'KB%d'}, "
            "{'update': 'KC%d'}, {'update': 'KD%d'}]}}",
            i > 0 ? "," : "", i, TEXTS, FIX, PACKAGE("vers:deb/2"), OTHER("vers:deb/2"), i, i, i);
    }
    g_autoptr(VdiManifest) manifest = manifest_of_rules(rules->str);
    g_autoptr(GPtrArray) findings = vdi_lint(manifest, NOW);

    CHECK(finds(findings, VDI_LINT_WARNING, "rules[2999]", "too many to compare"));
    CHECK(finds(findings, VDI_LINT_WARNING, "rules[1].when", "overlaps rule R0"));
}

static void findings_stand_in_the_order_of_the_rules(void)
{
    g_autoptr(VdiManifest) manifest =
        manifest_of_rules(RULE("A", "block", PACKAGE("vers:deb/>=2")) "," RULE(
            "B", "block", PACKAGE("vers:deb/>=2")) "," RULE("C", "block", PACKAGE("vers:deb/>=2")));
    g_autoptr(GPtrArray) findings = vdi_lint(manifest, NOW);

    for (guint i = 1; i < findings->len; i++) {
        const VdiLintFinding *before = g_ptr_array_index(findings, i - 1);
        const VdiLintFinding *finding = g_ptr_array_index(findings, i);

        CHECK(before->rule <= finding->rule);
    }
    CHECK_INT(findings->len, 8);
}

/* ---- against machines ---- */

static VdiFacts *machine_with(const char *version)
{
    VdiFacts *facts = vdi_facts_new();

    vdi_facts_set(facts, VDI_FACT_OS_ID, "debian");
    vdi_facts_set(facts, VDI_FACT_BUILD, "26100.1");
    if (version != NULL) {
        vdi_facts_add_package(facts, "deb", "debian", "a", version, "amd64");
    }
    vdi_facts_set_packages_known(facts);
    return facts;
}

static void what_matches_nothing_is_said(void)
{
    static const struct {
        const char *name, *when, *installed, *offered, *place, *part;
    } rows[] = {
        {"installed", PACKAGE("vers:deb/>=2|<3"), "2.1", NULL, NULL, NULL},
        {"on offer", PACKAGE("vers:deb/>=2|<3"), "1", "2.1", NULL, NULL},
        {"other versions", PACKAGE("vers:deb/>=2|<3"), "1", "3", "rules[0].when.package.version",
            "installed or on offer; there is 1, 3."},
        {"other versions, and nobody said what is on offer", PACKAGE("vers:deb/>=2|<3"), "1", NULL,
            "rules[0].when.package.version", "(what is on offer was not said of all); there is 1."},
        {"not there at all", PACKAGE("vers:deb/>=2|<3"), NULL, NULL, "rules[0].when.package",
            "None of the 1 inventories has it"},
        {"a build", "{'build': {'version': 'vers:generic/>=26200|<26201'}}", NULL, NULL,
            "rules[0].when.build", "None of the 1 inventories"},
        {"what is not known is not judged", "{'update': 'KB1'}", NULL, NULL, NULL, NULL},
        {"an exception is not judged",
            "{'all': [" PACKAGE("vers:deb/1") ", {'not': {'build': {'version': "
                                              "'vers:generic/7'}}}]}",
            "1", NULL, NULL, NULL},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *rule = g_strdup_printf(
            "{'id': 'R', 'effect': 'info', %s, %s, 'when': %s}", TEXTS, FIX, rows[i].when);
        g_autoptr(VdiManifest) manifest = manifest_of_rules(rule);
        g_autoptr(VdiFacts) facts = machine_with(rows[i].installed);
        g_autoptr(VdiChange) change = rows[i].offered != NULL ? vdi_change_new() : NULL;
        const VdiLintMachine machine = {facts, change};
        g_autoptr(GPtrArray) findings = vdi_lint(manifest, NOW);

        if (change != NULL) {
            vdi_change_add(
                change, "deb", "debian", "a", "amd64", rows[i].installed, rows[i].offered, false);
        }
        g_ptr_array_set_size(findings, 0);
        vdi_lint_machines(manifest, &machine, 1, NOW, findings);
        CHECK_ROW(rows[i].name, findings->len == (rows[i].part != NULL ? 1 : 0));
        CHECK_ROW(rows[i].name,
            rows[i].part == NULL || finds(findings, VDI_LINT_WARNING, rows[i].place, rows[i].part));
        vdi_lint_machines(manifest, NULL, 0, NOW, findings);
        CHECK_ROW(rows[i].name, findings->len == (rows[i].part != NULL ? 1 : 0));
    }
}

static void what_says_nothing_any_more_is_not_looked_for(void)
{
    g_autoptr(VdiManifest) manifest =
        manifest_of_rules("{'id': 'A', 'effect': 'block', 'expires': '2026-01-01T00:00:00Z', " TEXTS
                          ", " FIX ", 'when': " PACKAGE("vers:deb/99") "}");
    g_autoptr(VdiFacts) facts = machine_with("1");
    g_autoptr(VdiFacts) other = machine_with("2");
    const VdiLintMachine machines[] = {{facts, NULL}, {other, NULL}};
    g_autoptr(GPtrArray) findings = vdi_lint(manifest, NOW);

    g_ptr_array_set_size(findings, 0);
    vdi_lint_machines(manifest, machines, 2, NOW, findings);
    CHECK_INT(findings->len, 0);
    vdi_lint_machines(manifest, machines, 2, 0, findings);
    CHECK_INT(findings->len, 1);
}

static void a_few_versions_are_named_and_no_more(void)
{
    g_autoptr(VdiManifest) manifest = manifest_of_rules(RULE("A", "block", PACKAGE("vers:deb/99")));
    g_autoptr(GPtrArray) findings = vdi_lint(manifest, NOW);
    VdiLintMachine machines[9] = {{NULL, NULL}};
    g_autoptr(GPtrArray) all = g_ptr_array_new_with_free_func((GDestroyNotify) vdi_facts_free);

    for (size_t m = 0; m < G_N_ELEMENTS(machines); m++) {
        g_autofree char *version = g_strdup_printf("%zu", m % 8);

        machines[m].facts = machine_with(version);
        g_ptr_array_add(all, (gpointer) machines[m].facts);
    }
    vdi_lint_machines(manifest, machines, G_N_ELEMENTS(machines), NOW, findings);
    CHECK(finds(
        findings, VDI_LINT_WARNING, "rules[0].when.package.version", "there is 0, 1, 2, 3, 4, …."));
}

/* Each rule has languages that no other has, and replaces what is nowhere. */
static void what_a_hostile_list_makes_lint_say_has_an_end(void)
{
    enum { RULES = 700, EACH = 60, FINDINGS_MAX = 100 * 1000, OF_ONE_RULE = 300 };
    g_autoptr(GString) rules = g_string_new(NULL);

    for (int i = 0; i < RULES; i++) {
        g_string_append_printf(
            rules, "%s{'id': 'R%d', 'effect': 'info', 'title': {'en': 'T'", i > 0 ? "," : "", i);
        for (int k = 0; k < EACH; k++) {
            g_string_append_printf(rules, ", 'en-%d': 'T'", i * EACH + k + 1000);
        }
        g_string_append(rules, "}, 'message': {'en': 'M'}, " BREAKS ", 'supersedes': ['X'");
        for (int k = 0; k < EACH; k++) {
            g_string_append_printf(rules, ", 'X%d'", k);
        }
        g_string_append(rules, "]}");
    }
    g_autoptr(VdiManifest) manifest = manifest_of_rules(rules->str);

    CHECK(manifest != NULL);
    if (manifest == NULL) {
        return;
    }
    g_autoptr(GPtrArray) findings = vdi_lint(manifest, NOW);
    CHECK(findings->len > FINDINGS_MAX && findings->len < FINDINGS_MAX + OF_ONE_RULE + RULES);
    bool is_said = false;

    for (guint i = 0; i < findings->len; i++) {
        const VdiLintFinding *finding = g_ptr_array_index(findings, i);

        is_said = is_said
            || (finding->level == VDI_LINT_ERROR
                && strstr(finding->sentence, "nobody has looked") != NULL);
    }
    CHECK(is_said);
}

const Test tests[] = {
    {"what a hostile list makes lint say has an end",
        what_a_hostile_list_makes_lint_say_has_an_end},
    {"rules are compared with each other", rules_are_compared_with_each_other},
    {"a replaced rule is named with what replaces it",
        a_replaced_rule_is_named_with_what_replaces_it},
    {"many rules about one package are told once each",
        many_rules_about_one_package_are_told_once_each},
    {"a list that is too long to compare says so", a_list_that_is_too_long_to_compare_says_so},
    {"what else is sound is left alone", what_else_is_sound_is_left_alone},
    {"what cannot be read is an error", what_cannot_be_read_is_an_error},
    {"findings stand in the order of the rules", findings_stand_in_the_order_of_the_rules},
    {"what matches nothing is said", what_matches_nothing_is_said},
    {"what says nothing any more is not looked for", what_says_nothing_any_more_is_not_looked_for},
    {"a few versions are named and no more", a_few_versions_are_named_and_no_more},
    {"a good rule has no findings", a_good_rule_has_no_findings},
    {"each fault is found", each_fault_is_found},
    {"each hole that stays open is found", each_hole_that_stays_open_is_found},
    {"what is sound is left alone", what_is_sound_is_left_alone},
    TEST_END,
};
