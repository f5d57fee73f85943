/* SPDX-License-Identifier: Apache-2.0 */
#include "compat/rules/explain_hold.h"

#include <libintl.h>
#include <locale.h>
#include <string.h>

#include "compat/rules/explain.h"
#include "tests/compat/rules/rules_support.h"
#include "tests/support/check.h"

static const char incident[] =
    "{'id': 'VDI-2011-001', 'effect': 'block', 'expires': '2026-12-24T00:00:00Z',"
    " 'title': {'en': 'An update breaks the View client',"
    "  'fr': 'Une mise à jour casse le client View', 'fr-CA': 'Une mise à jour brise le client'},"
    " 'message': {'en': 'Install client {fixed} before {until}; {package} {version}, {other}.',"
    "  'fr': 'Installez le client {fixed} avant le {until}.'},"
    " 'when': {'all': [{'package': {'purl': 'pkg:deb/debian/libssl3',"
    "   'version': 'vers:deb/>=3.0.2|<3.0.7'}},"
    "  {'client': {'id': 'view-client', 'version': 'vers:generic/<4.5.0.353760'}}]},"
    " 'remedies': ["
    "  {'category': 'workaround', 'action': 'remove-update', 'update': 'KB2482017'},"
    "  {'category': 'vendor_fix', 'action': 'upgrade-client', 'version': '4.5.0.353760'},"
    "  {'category': 'vendor_fix', 'action': 'upgrade-package', 'version': '3.0.7',"
    "   'package': 'pkg:deb/debian/openssl'},"
    "  {'category': 'no_fix_planned'},"
    "  {'category': 'mitigation', 'text': {'en': 'Wait until {until}.', 'fr': 'Attendez.'}}]}";

#define FRENCH "fr_FR.UTF-8"

/* French words from the catalogue of the build tree; English again when it ends. */
static void speak(const char *language)
{
    g_autofree char *catalogues = test_built("po");

    bindtextdomain("vigie", catalogues);
    bind_textdomain_codeset("vigie", "UTF-8");
    textdomain("vigie");
    setlocale(LC_ALL, strcmp(language, "fr") == 0 ? FRENCH : "C.UTF-8");
}

/* Newer C libraries translate nothing in C.UTF-8, so the build makes the locale (package locales).
 */
static bool has_french(void)
{
    bool has = setlocale(LC_ALL, FRENCH) != NULL;

    setlocale(LC_ALL, "C.UTF-8");
    if (!has) {
        skip("the locale " FRENCH);
    }
    return has;
}

static void holes_are_filled_from_the_rule(void)
{
    const char *const english[] = {"en", NULL};
    g_autoptr(VdiManifest) manifest = manifest_of_rules(incident);
    const VdiRule *rule = vdi_manifest_rule(manifest, 0);
    g_autofree char *title = vdi_explain_title(rule, english);
    g_autofree char *message = vdi_explain_message(rule, english);

    CHECK_TEXT(title, "An update breaks the View client");
    CHECK_TEXT(message,
        "Install client 4.5.0.353760 before 2026-12-24; libssl3 >=3.0.2, <3.0.7, {other}.");
}

/* "{package} {fixed}" is one thing, also where the rule names another package first. */
static void holes_speak_of_the_package_that_the_fix_repairs(void)
{
    static const struct {
        const char *name, *remedies, *message;
    } rows[] = {
        {"a fix that names its package",
            "{'category': 'vendor_fix', 'version': '1.20.20-1',"
            " 'package': 'pkg:deb/debian/network-manager-l2tp'}",
            "network-manager-l2tp <1.20.20-1, 1.20.20-1"},
        {"a fix that names none", "{'category': 'vendor_fix', 'version': '6.8.0-61'}",
            "linux-image-6.8.0-60-generic *, 6.8.0-61"},
        {"no fix", "{'category': 'none_available'}", "linux-image-6.8.0-60-generic *, {fixed}"},
        {"a fix elsewhere",
            "{'category': 'vendor_fix', 'version': '2', 'package': 'pkg:deb/debian/other'}",
            "other *, 2"},
        {"the vendor's before a way around it",
            "{'category': 'workaround', 'version': '6.8.0-59',"
            " 'package': 'pkg:deb/debian/linux-image-6.8.0-60-generic'},"
            " {'category': 'vendor_fix', 'version': '1.20.20-1',"
            " 'package': 'pkg:deb/debian/network-manager-l2tp'}",
            "network-manager-l2tp <1.20.20-1, 1.20.20-1"},
    };
    const char *const english[] = {"en", NULL};

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *text =
            g_strdup_printf("{'id': 'R', 'effect': 'info', 'title': {'en': 'T'},"
                            " 'message': {'en': '{package} {version}, {fixed}'}, 'when': {'all': ["
                            " {'package': {'purl': 'pkg:deb/debian/linux-image-6.8.0-60-generic',"
                            "  'version': 'vers:deb/*'}},"
                            " {'package': {'purl': 'pkg:deb/debian/network-manager-l2tp',"
                            "  'version': 'vers:deb/<1.20.20-1'}}]}, 'remedies': [%s]}",
                rows[i].remedies);
        g_autoptr(VdiManifest) manifest = manifest_of_rules(text);
        g_autofree char *message = vdi_explain_message(vdi_manifest_rule(manifest, 0), english);

        CHECK_TEXT(message, rows[i].message);
    }
}

/* A remedy that leaves out which is told by the condition. */
static void a_remedy_names_what_the_condition_asks_for(void)
{
    static const struct {
        const char *when, *action, *sentence;
    } rows[] = {
        {"{'update': 'KB1'}", "remove-update", "Remove the update KB1."},
        {"{'all': [{'any': [{'update': 'KB1'}, {'update': 'KB2'}]}, {'not': {'update': 'KB3'}}]}",
            "remove-update", "Remove the updates that are installed of these: KB1, KB2."},
        {"{'not': {'update': 'KB3'}}", "remove-update", "Remove the update."},
        {"{'update': 'KB1'}", "install-update", "Install the update that repairs it."},
        {"{'not': {'setting': {'key': 'rollback'}}}", "change-setting",
            "Change the setting rollback, or ask your administrator to."},
        {"{'any': [{'setting': {'key': 'a'}}, {'setting': {'key': 'b'}}]}", "change-setting",
            "Change the setting, or ask your administrator to."},
    };
    const char *const english[] = {"en", NULL};

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *text = g_strdup_printf(
            "{'id': 'R', 'effect': 'info', 'title': {'en': 'T'}, 'message': {'en': 'M'}, 'when': "
            "%s, 'remedies': [{'category': 'workaround', 'action': '%s'}]}",
            rows[i].when, rows[i].action);
        g_autoptr(VdiManifest) manifest = manifest_of_rules(text);
        g_auto(GStrv) said = vdi_explain_remedies(vdi_manifest_rule(manifest, 0), english);

        CHECK_TEXT(said[0], rows[i].sentence);
    }
}

static void languages_fall_back(void)
{
    static const struct {
        const char *name, *languages[4], *title;
    } rows[] = {
        {"the exact tag", {"fr_CA.UTF-8", "fr_CA", NULL}, "Une mise à jour brise le client"},
        {"its language", {"fr_BE.UTF-8", NULL}, "Une mise à jour casse le client View"},
        {"the language alone", {"fr", NULL}, "Une mise à jour casse le client View"},
        {"the second that is read", {"de_DE.UTF-8", "fr", NULL},
            "Une mise à jour casse le client View"},
        {"English", {"de_DE.UTF-8", "C", NULL}, "An update breaks the View client"},
        {"none at all", {NULL}, "An update breaks the View client"},
    };
    g_autoptr(VdiManifest) manifest = manifest_of_rules(incident);

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *title =
            vdi_explain_title(vdi_manifest_rule(manifest, 0), rows[i].languages);

        CHECK_ROW(rows[i].name, strcmp(title, rows[i].title) == 0);
    }
}

static void each_remedy_has_its_sentence(void)
{
    static const char *const english[] = {"Remove the update KB2482017.",
        "Upgrade the client to version 4.5.0.353760 or later.",
        "Upgrade openssl to version 3.0.7 or later.", "No fix is planned.",
        "Wait until 2026-12-24."};
    static const char *const french[] = {"Désinstallez la mise à jour KB2482017.",
        "Mettez le client à jour vers la version 4.5.0.353760 ou une version ultérieure.",
        "Mettez openssl à jour vers la version 3.0.7 ou une version ultérieure.",
        "Aucun correctif n'est prévu.", "Attendez."};

    if (!has_french()) {
        return;
    }
    const char *const tags[][2] = {{"en", NULL}, {"fr", NULL}};
    g_autoptr(VdiManifest) manifest = manifest_of_rules(incident);

    for (size_t language = 0; language < 2; language++) {
        speak(tags[language][0]);
        g_auto(GStrv) sentences =
            vdi_explain_remedies(vdi_manifest_rule(manifest, 0), tags[language]);

        CHECK_INT(g_strv_length(sentences), 5);
        for (size_t i = 0; i < 5; i++) {
            CHECK_TEXT(sentences[i], language == 0 ? english[i] : french[i]);
        }
    }
    speak("en");
}

static void every_action_and_category_has_words(void)
{
    const char *const english[] = {"en", NULL};

    for (int category = 0; category < VDI_REMEDY_N_CATEGORIES; category++) {
        for (int action = 0; action < VDI_ACTION_N; action++) {
            const char *const none[] = {NULL};
            const VdiRemedy remedy = {.category = category, .action = action, .text = none};
            const VdiRule rule = {.id = "R", .remedies = &remedy, .n_remedies = 1};
            g_auto(GStrv) sentences = vdi_explain_remedies(&rule, english);

            CHECK(sentences[0] != NULL && g_str_has_suffix(sentences[0], "."));
            CHECK(strchr(sentences[0], '{') == NULL); /* nothing unfilled without a version */
        }
    }
}

static char *finding_in(const VdiRule *rule, VdiTruth truth, const char *language,
    const char *reduced, const char *unknown)
{
    const char *const languages[] = {language, NULL};
    char *unknowns[] = {(char *) unknown, NULL};
    VdiFinding finding = {(char *) "example-corp", rule, truth, VDI_EFFECT_NONE, (char *) reduced,
        unknown != NULL ? unknowns : NULL, NULL};

    speak(language);
    char *text = vdi_explain_finding(&finding, languages);

    speak("en");
    return text;
}

static void a_finding_is_one_paragraph(void)
{
    if (!has_french()) {
        return;
    }
    g_autoptr(VdiManifest) manifest = manifest_of_rules(
        "{'id': 'R', 'effect': 'info', 'title': {'en': 'It breaks', 'fr': 'Ça casse'},"
        " 'message': {'en': 'Do something.', 'fr': 'Faites quelque chose.'},"
        " 'remedies': [{'category': 'vendor_fix', 'action': 'upgrade-client', 'version': '2'}],"
        " 'when': {'update': 'KB1'}}");
    const VdiRule *rule = vdi_manifest_rule(manifest, 0);
    g_autofree char *english = finding_in(rule, VDI_TRUTH_TRUE, "en", NULL, NULL);
    g_autofree char *french = finding_in(rule, VDI_TRUTH_TRUE, "fr", NULL, NULL);
    g_autofree char *unknown = finding_in(rule, VDI_TRUTH_UNKNOWN, "en", NULL, "update KB1");
    g_autofree char *inconnu = finding_in(rule, VDI_TRUTH_UNKNOWN, "fr", NULL, "update KB1");
    g_autofree char *reduced = finding_in(rule, VDI_TRUTH_TRUE, "en", "The list is old.", NULL);

    CHECK_TEXT(english,
        "It breaks. Do something. Upgrade the client to version 2 or later. "
        "Rule R of example-corp.");
    CHECK_TEXT(french,
        "Ça casse. Faites quelque chose. Mettez le client à jour vers la version 2 "
        "ou une version ultérieure. Règle R de example-corp.");
    CHECK_TEXT(unknown,
        "It breaks. It cannot be told whether this concerns this computer, so it "
        "blocks nothing; missing: update KB1. Rule R of example-corp.");
    CHECK_TEXT(inconnu,
        "Ça casse. On ne peut pas dire si cela concerne cet ordinateur, donc rien "
        "n'est bloqué\302\240; il manque\302\240: update KB1. Règle R de example-corp.");
    CHECK_TEXT(reduced,
        "It breaks. Do something. Upgrade the client to version 2 or later. The "
        "list is old. Rule R of example-corp.");
}

static void a_rule_that_is_not_understood_says_why(void)
{
    g_autoptr(VdiManifest) manifest =
        manifest_of("{'schema': 'https://vigie.example/manifest/1', 'id': 'a',"
                    " 'issued': '2026-01-01T00:00:00Z', 'rules': [{'id': 'R', 'effect': 'pray'}]}",
            VDI_MANIFEST_READER, NULL);
    const VdiRule *rule = vdi_manifest_rule(manifest, 0);
    g_autofree char *text = finding_in(rule, VDI_TRUTH_UNKNOWN, "en", NULL, rule->unreadable);

    CHECK_TEXT(text,
        "R. This version of Vigie does not understand this rule (effect: \"pray\" is "
        "none of info, advise, block); it holds nothing. Rule R of example-corp.");
}

static void text_from_outside_is_cleaned(void)
{
    g_autoptr(VdiManifest) manifest =
        manifest_of_rules("{'id': 'R', 'effect': 'info', 'title': {'en': 'a\\u001b[31mb\\u202e'},"
                          " 'message': {'en': 'c\\nd'}, 'when': {'update': 'KB1'},"
                          " 'remedies': [{'category': 'vendor_fix', 'action': 'upgrade-client',"
                          "  'version': '1\\u009b2'}]}");
    const char *const english[] = {"en", NULL};
    const VdiRule *rule = vdi_manifest_rule(manifest, 0);
    g_autofree char *title = vdi_explain_title(rule, english);
    g_autofree char *message = vdi_explain_message(rule, english);
    g_auto(GStrv) remedies = vdi_explain_remedies(rule, english);

    CHECK_TEXT(title, "a\357\277\275[31mb\357\277\275");
    CHECK_TEXT(message, "c d");
    CHECK_TEXT(remedies[0], "Upgrade the client to version 1\357\277\2752 or later.");
}

static void what_the_rule_has_nothing_for_stands_as_it_is(void)
{
    static const struct {
        const char *name, *remedies, *message;
    } rows[] = {
        {"no remedy", "[]", "{fixed} {package} {version} {update} {until}"},
        {"a remedy without a version", "[{'category': 'workaround'}]",
            "{fixed} {package} {version} {update} {until}"},
        {"the version of any remedy",
            "[{'category': 'workaround'}, {'category': 'mitigation', 'version': '7'}]",
            "7 {package} {version} {update} {until}"},
        {"the vendor's before another's",
            "[{'category': 'mitigation', 'version': '7'}, {'category': 'vendor_fix', "
            "'version': '8'}]",
            "8 {package} {version} {update} {until}"},
    };
    const char *const english[] = {"en", NULL};

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *rule = g_strdup_printf(
            "{'id': 'R', 'effect': 'info', 'title': {'en': 'T'}, 'when': {'arch': 'amd64'}, "
            "'message': {'en': '{fixed} {package} {version} {update} {until}'}, 'remedies': %s}",
            rows[i].remedies);
        g_autoptr(VdiManifest) manifest = manifest_of_rules(rule);
        g_autofree char *message = vdi_explain_message(vdi_manifest_rule(manifest, 0), english);

        CHECK_TEXT(message, rows[i].message);
    }
}

static void a_finding_says_what_it_has(void)
{
    const char *const none[] = {NULL};
    const VdiRule rule = {.id = "R", .title = none, .message = none, .supersedes = none};
    char *facts[] = {(char *) "package pkg:deb/debian/a 1", (char *) "not update KB1\033", NULL};
    const VdiFinding finding = {.rule = &rule, .truth = VDI_TRUTH_TRUE, .reasons = facts};
    const VdiFinding unknown = {.rule = &rule, .truth = VDI_TRUTH_UNKNOWN};
    const char *const english[] = {"en", NULL};
    g_autofree char *text = vdi_explain_finding(&finding, english);
    g_autofree char *reasons = vdi_explain_reasons(&finding);
    g_autofree char *nothing = vdi_explain_finding(&unknown, english);

    CHECK_TEXT(text, "R. Rule R.");
    CHECK_TEXT(reasons,
        "It concerns this computer because of: package pkg:deb/debian/a 1, not update "
        "KB1\357\277\275.");
    CHECK(vdi_explain_reasons(&unknown) == NULL);
    CHECK(g_str_has_suffix(nothing, "missing: . Rule R."));
}

/* ---- holds ---- */

enum { NOW = 1794000000, DAY = 24 * 3600 }; /* 2026-11-06T21:20:00Z */

/* A library that breaks an older client unless a setting says otherwise; both architectures come.
 */
static GStrv explain_library(const VdiManifest *manifest, const char *language)
{
    const char *const languages[] = {language, NULL};
    const VdiRuleInForce rule = {"corp", vdi_manifest_rule(manifest, 0), VDI_EFFECT_BLOCK, NULL};
    g_autoptr(VdiFacts) facts = vdi_facts_new();
    g_autoptr(VdiChange) change = vdi_change_new();
    g_auto(VdiHoldSet) set = {0};

    vdi_facts_set_packages_known(facts);
    vdi_facts_add_package(facts, "deb", "debian", "libssl3", "3.0.1", "amd64");
    vdi_facts_add_package(facts, "deb", "debian", "libold", "1", "amd64");
    vdi_facts_set_client(facts, "view-client", "4.0");
    vdi_facts_set_setting(facts, "safe", NULL);
    vdi_change_add(change, "deb", "debian", "libssl3", "amd64", "3.0.1", "3.0.2-1", false);
    vdi_change_add(change, "deb", "debian", "libssl3", "i386", NULL, "3.0.2-1", false);
    vdi_change_add(change, "deb", "debian", "libold", "amd64", "1", NULL, false);
    vdi_evaluate_hold(&rule, 1, facts, change, NULL, NOW, &set);
    speak(language);
    GStrv lines = vdi_explain_hold(change, &set, &rule, 0, NOW + 2 * DAY + 1, NOW, languages);

    speak("en");
    return lines;
}

static void a_hold_says_what_and_why_and_what_would_end_it(void)
{
    static const char *const english[] = {
        ("libssl3 3.0.2-1, libold (its removal) must not be installed now. It breaks. Wait. "
         "Rule R of corp."),
        "It is held for 3 more days at most, until 2026-11-08T21:20:01Z.",
        "It ends with the client view-client 4.5 or later.", "It ends when the setting safe is on.",
        "It ends with libssl3 later than 3.0.6."};
    static const char *const french[] = {
        ("À ne pas installer maintenant : libssl3 3.0.2-1, libold (sa suppression). Ça casse. "
         "Attendez. Règle R de corp."),
        "Retenu encore 3 jours au plus, jusqu'au 2026-11-08T21:20:01Z.",
        "Cela prend fin avec le client view-client 4.5 ou plus récent.",
        "Cela prend fin quand le réglage safe vaut on.",
        "Cela prend fin avec une version de libssl3 postérieure à 3.0.6."};

    if (!has_french()) {
        return;
    }
    g_autoptr(VdiManifest) manifest =
        manifest_of_rules("{'id': 'R', 'effect': 'block', 'expires': '2027-01-01T00:00:00Z',"
                          " 'title': {'en': 'It breaks', 'fr': 'Ça casse'},"
                          " 'message': {'en': 'Wait.', 'fr': 'Attendez.'},"
                          " 'when': {'all': ["
                          "  {'client': {'id': 'view-client', 'version': 'vers:generic/<4.5'}},"
                          "  {'not': {'setting': {'key': 'safe', 'value': 'on'}}},"
                          "  {'any': [{'not': {'package': {'purl': 'pkg:deb/debian/libold',"
                          "    'version': 'vers:deb/>=1'}}},"
                          "   {'package': {'purl': 'pkg:deb/debian/libssl3',"
                          "    'version': 'vers:deb/>=3.0.2|<=3.0.6'}}]}]}}");
    g_auto(GStrv) in_english = explain_library(manifest, "en");
    g_auto(GStrv) in_french = explain_library(manifest, "fr");

    CHECK_INT(g_strv_length(in_english), G_N_ELEMENTS(english));
    CHECK_INT(g_strv_length(in_french), G_N_ELEMENTS(french));
    for (size_t i = 0; in_english[i] != NULL && i < G_N_ELEMENTS(english); i++) {
        CHECK_TEXT(in_english[i], english[i]);
    }
    for (size_t i = 0; in_french[i] != NULL && i < G_N_ELEMENTS(french); i++) {
        CHECK_TEXT(in_french[i], french[i]);
    }
}

const Test tests[] = {
    {"holes are filled from the rule", holes_are_filled_from_the_rule},
    {"holes speak of the package that the fix repairs",
        holes_speak_of_the_package_that_the_fix_repairs},
    {"a remedy names what the condition asks for", a_remedy_names_what_the_condition_asks_for},
    {"languages fall back", languages_fall_back},
    {"each remedy has its sentence", each_remedy_has_its_sentence},
    {"every action and category has words", every_action_and_category_has_words},
    {"a finding is one paragraph", a_finding_is_one_paragraph},
    {"a rule that is not understood says why", a_rule_that_is_not_understood_says_why},
    {"text from outside is cleaned", text_from_outside_is_cleaned},
    {"what the rule has nothing for stands as it is",
        what_the_rule_has_nothing_for_stands_as_it_is},
    {"a finding says what it has", a_finding_says_what_it_has},
    {"a hold says what and why, and what would end it",
        a_hold_says_what_and_why_and_what_would_end_it},
    TEST_END,
};
