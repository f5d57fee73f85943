/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "base/file.h"
#include "compat/rules/explain.h"
#include "compat/rules/lint.h"
#include "tests/compat/rules/incident.h"
#include "tests/support/check.h"

/* Every rule of docs/examples as an author's tool sees it, and as people read it. What it does to
 * machines is test_incidents.c's. */

enum { PAGE_BYTES = 256 * 1024 };

/* ---- what an author's tool says of them ---- */

static bool is_among(const GPtrArray *parts, const char *sentence)
{
    for (guint i = 0; i < parts->len; i++) {
        if (strstr(sentence, parts->pdata[i]) != NULL) {
            return true;
        }
    }
    return false;
}

/* On the day of its issue: no error, and no warning that the fixture does not explain. */
static void lint_has_nothing_against_them(void)
{
    g_autoptr(GPtrArray) ids = incident_ids();

    for (guint i = 0; i < ids->len; i++) {
        const char *id = ids->pdata[i];
        g_autoptr(VdiManifest) manifest = incident_manifest(INCIDENT_EXAMPLES, id);
        g_autoptr(Incident) incident = incident_read(id);

        if (manifest == NULL || incident == NULL) {
            continue;
        }
        g_autoptr(GPtrArray) findings = vdi_lint(manifest, vdi_manifest_issued_at(manifest));
        g_autoptr(GString) said = g_string_new(NULL);

        for (guint k = 0; k < findings->len; k++) {
            const VdiLintFinding *finding = g_ptr_array_index(findings, k);
            g_autofree char *name =
                g_strdup_printf("%s: %s: %s", id, finding->place, finding->sentence);

            g_string_append_printf(said, "%s\n", finding->sentence);
            CHECK_ROW(name, finding->level != VDI_LINT_ERROR);
            CHECK_ROW(name, is_among(incident->warned, finding->sentence));
        }
        for (guint k = 0; k < incident->warned->len; k++) {
            g_autofree char *name = g_strdup_printf(
                "%s is not warned of \"%s\"", id, (const char *) incident->warned->pdata[k]);

            CHECK_ROW(name, strstr(said->str, incident->warned->pdata[k]) != NULL);
        }
    }
}

/* ---- what people are told ---- */

static bool has_language(VdiTexts texts, const char *tag)
{
    for (size_t i = 0; texts[i] != NULL; i += 2) {
        if (strcmp(texts[i], tag) == 0) {
            return true;
        }
    }
    return false;
}

/* Everything that one language says of a rule. */
static char *say_rule(const VdiRule *rule, const char *language)
{
    const char *const languages[] = {language, NULL};
    g_autofree char *title = vdi_explain_title(rule, languages);
    g_autofree char *message = vdi_explain_message(rule, languages);
    g_auto(GStrv) remedies = vdi_explain_remedies(rule, languages);
    g_autofree char *lines = g_strjoinv("\n", remedies);

    return g_strjoin("\n", title, message, lines, NULL);
}

static void each_has_an_english_and_a_french_sentence(void)
{
    g_autoptr(GPtrArray) ids = incident_ids();

    for (guint i = 0; i < ids->len; i++) {
        const char *id = ids->pdata[i];
        g_autoptr(VdiManifest) manifest = incident_manifest(INCIDENT_EXAMPLES, id);

        for (size_t k = 0; manifest != NULL && k < vdi_manifest_n_rules(manifest); k++) {
            const VdiRule *rule = vdi_manifest_rule(manifest, k);
            g_autofree char *english = say_rule(rule, "en");
            g_autofree char *french = say_rule(rule, "fr");

            CHECK_ROW(rule->id, has_language(rule->title, "fr"));
            CHECK_ROW(rule->id, has_language(rule->message, "fr"));
            CHECK_ROW(rule->id, strcmp(english, french) != 0);
            CHECK_ROW(english, strpbrk(english, "{}") == NULL); /* every hole is filled */
            CHECK_ROW(french, strpbrk(french, "{}") == NULL);
            CHECK_ROW(rule->id, rule->n_remedies > 0 && rule->n_references > 0);
            for (size_t n = 0; n < rule->n_remedies; n++) {
                VdiTexts text = rule->remedies[n].text;

                CHECK_ROW(rule->id, has_language(text, "en") == has_language(text, "fr"));
            }
        }
    }
}

/* Whoever cites what nobody has seen says so, and the page names every incident. */
static void what_is_not_verified_is_said(void)
{
    g_autoptr(GPtrArray) ids = incident_ids();
    g_autofree char *page_file = test_source("docs/incidents.md");
    g_autoptr(GBytes) page = vdi_file_read(page_file, PAGE_BYTES, NULL);

    CHECK(page != NULL);
    for (guint i = 0; page != NULL && i < ids->len; i++) {
        const char *id = ids->pdata[i];
        g_autofree char *file = incident_path(INCIDENT_EXAMPLES, id);
        g_autoptr(GBytes) bytes = vdi_file_read(file, VDI_MANIFEST_MAX_BYTES, NULL);
        g_autofree char *text = g_strndup(g_bytes_get_data(bytes, NULL), g_bytes_get_size(bytes));
        g_autofree char *row = g_strdup_printf("| [%s](examples/%s.json) |", id, id);

        CHECK_ROW(id, strstr(text, "\"x-note\": ") != NULL);
        CHECK_ROW(row,
            g_strstr_len(g_bytes_get_data(page, NULL), (gssize) g_bytes_get_size(page), row)
                != NULL);
    }
}

const Test tests[] = {
    {"lint has nothing against them", lint_has_nothing_against_them},
    {"each has an English and a French sentence", each_has_an_english_and_a_french_sentence},
    {"what is not verified is said", what_is_not_verified_is_said},
    TEST_END,
};
