/* SPDX-License-Identifier: Apache-2.0 */
#include "compat/rules/lint.h"

#include <string.h>

#include "tests/compat/rules/rules_support.h"
#include "tests/support/check.h"

enum { NOW = 1794000000 }; /* 2026-11-06 */

#define TEXTS "'title': {'en': 'T'}, 'message': {'en': 'M'}"
#define FIX "'remedies': [{'category': 'vendor_fix', 'action': 'upgrade-package', 'version': '3'}]"
#define SOON "'expires': '2026-12-01T00:00:00Z'"
#define WHEN(range) "'when': {'package': {'purl': 'pkg:deb/debian/a', 'version': '" range "'}}"
#define BREAKS WHEN("vers:deb/>=2|<3")

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
        {"'effect': 'block', " SOON ", " TEXTS ", " FIX ", " WHEN("vers:deb/*"), "rules[0].when",
            VDI_LINT_ERROR, "any version"},
        {"'effect': 'info', " TEXTS ", " FIX ", " WHEN("vers:deb/!=2"), "rules[0].when",
            VDI_LINT_ERROR, "!= alone"},
        {"'effect': 'info', " TEXTS ", " FIX ", " WHEN("vers:rpm/<2"), "rules[0].when",
            VDI_LINT_ERROR, "another type"},
        {"'effect': 'info', " TEXTS ", " FIX
         ", 'when': {'package': {'purl': 'pkg:deb/debian/a@1', 'version': 'vers:deb/<2'}}",
            "rules[0].when", VDI_LINT_ERROR, "without a version"},
        {"'effect': 'info', " TEXTS ", " FIX
         ", 'when': {'all': [{'build': {'version': 'vers:generic/<1'}},"
         " {'build': {'version': 'vers:generic/>=2'}}]}",
            "rules[0].when", VDI_LINT_ERROR, "never be true"},
        {"'effect': 'info', " TEXTS ", " FIX
         ", 'when': {'not': {'all': [{'arch': 'a'}, {'arch': 'b'}]}}",
            "rules[0].when", VDI_LINT_ERROR, "never be true"},
        {"'effect': 'info', " TEXTS ", " FIX
         ", 'when': {'all': [{'update': 'a'}, {'not': {'update': 'a'}}]}",
            "rules[0].when", VDI_LINT_ERROR, "never be true"},
        {"'effect': 'info', " TEXTS ", " FIX
         ", 'when': {'any': [{'not': {'update': 'a'}}, {'update': 'a'}]}",
            "rules[0].when", VDI_LINT_ERROR, "always true"},
        {"'effect': 'block', 'expires': '2026-12-24T00:00:00Z', " TEXTS ", " BREAKS
         ", 'remedies': [{'category': 'none_available'}]",
            "rules[0].expires", VDI_LINT_ERROR, "30 days"},
        {"'effect': 'info', 'title': {'en': '{fixd}'}, 'message': {'en': 'M'}, " FIX ", " BREAKS,
            "rules[0].title", VDI_LINT_ERROR, "nothing fills"},
        {"'effect': 'block', 'expires': '2027-11-01T00:00:00Z', " TEXTS ", " FIX ", " BREAKS,
            "rules[0].expires", VDI_LINT_WARNING, "90 days"},
        {"'effect': 'info', 'expires': '2025-11-01T00:00:00Z', " TEXTS ", " FIX ", " BREAKS,
            "rules[0].expires", VDI_LINT_WARNING, "has expired"},
        {"'effect': 'block', " SOON ", 'rollout': {'percent': 10}, " TEXTS ", " FIX ", " BREAKS,
            "rules[0].rollout", VDI_LINT_WARNING, "everyone"},
        {"'effect': 'info', " TEXTS ", " FIX ", " WHEN("vers:deb/>=2"), "rules[0].when",
            VDI_LINT_WARNING, "upper end"},
        {"'effect': 'info', " TEXTS ", " BREAKS, "rules[0].remedies", VDI_LINT_WARNING,
            "vendor's fix"},
        {"'effect': 'info', " TEXTS ", " FIX ", " WHEN("vers:deb/>=2|<4"), "rules[0].remedies",
            VDI_LINT_WARNING, "within a range"},
        {"'effect': 'info', " TEXTS ", " FIX ", 'when': {'update': 'KB1'}", "rules[0].when",
            VDI_LINT_WARNING, "without a build"},
        {"'effect': 'block', " SOON ", " TEXTS ", " FIX
         ", 'when': {'all': [{'engine': {'version': 'vers:generic/<3'}},"
         " {'peer': {'key': 'rdp-security', 'value': 'nla'}}]}",
            "rules[0].when", VDI_LINT_WARNING, "connect time"},
        {"'effect': 'info', 'title': {'en': 'T', 'fr': 'T'}, 'message': {'en': 'M'}, " FIX
         ", " BREAKS,
            "rules[0].title", VDI_LINT_WARNING, "missing"},
        {"'effect': 'info', " TEXTS ", " FIX ", " BREAKS
         ", 'references': [{'url': 'https://a.example', 'x-verified': false}]",
            "rules[0].references", VDI_LINT_WARNING, "verified"},
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

const Test tests[] = {
    {"a good rule has no findings", a_good_rule_has_no_findings},
    {"each fault is found", each_fault_is_found},
    {"what is sound is left alone", what_is_sound_is_left_alone},
    TEST_END,
};
