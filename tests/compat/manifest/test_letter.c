/* SPDX-License-Identifier: Apache-2.0 */
#include "compat/manifest/letter.h"

#include <string.h>

#include "compat/rules/manifest_reader.h"
#include "tests/support/check.h"

/* A manifest of one rule. */
static VdiManifest *make(const char *when, const char *remedies)
{
    g_autofree char *text =
        g_strdup_printf("{\"schema\": \"" VDI_MANIFEST_SCHEMA "\", \"id\": \"site\","
                        " \"issued\": \"2026-11-22T08:00:00Z\", \"rules\": [{\"id\": \"EX-1\","
                        " \"effect\": \"advise\", \"title\": {\"en\": \"t\"}, \"message\": {\"en\":"
                        " \"m\"}, \"when\": %s, \"remedies\": [%s]}]}",
            when, remedies);
    g_autoptr(GBytes) bytes = g_bytes_new(text, strlen(text));
    GError *error = NULL;
    VdiManifest *manifest = vdi_manifest_parse(bytes, VDI_MANIFEST_AUTHOR, &error);

    CHECK_NO_ERROR(error);
    return manifest;
}

#define PACKAGE(name)                                                                              \
    "{\"package\": {\"purl\": \"pkg:deb/debian/" name "\", \"version\": \"vers:deb/<2\"}}"

/* In English; the French stands in the golden files. */
static const struct {
    const char *name, *when, *remedies, *pending, *installed, *fixed;
} rows[] = {
    {"the fix is a later version of what breaks", PACKAGE("a"),
        "{\"category\": \"vendor_fix\", \"action\": \"upgrade-package\","
        " \"package\": \"pkg:deb/debian/a\", \"version\": \"2\"}",
        "Wait: do not install it before version 2 is offered.", "Upgrade a to version 2 or later.",
        "It is already fixed: a has version 2 or later."},
    {"the fix is another package", "{\"all\": [" PACKAGE("a") ", " PACKAGE("b") "]}",
        "{\"category\": \"vendor_fix\", \"action\": \"upgrade-package\","
        " \"package\": \"pkg:deb/debian/b\", \"version\": \"2\"}",
        "Upgrade b to version 2 or later first; then install the update.",
        "Upgrade b to version 2 or later.", "It is already fixed: b has version 2 or later."},
    {"no version is known", PACKAGE("a"),
        "{\"category\": \"vendor_fix\", \"action\": \"upgrade-package\","
        " \"package\": \"pkg:deb/debian/a\"}",
        "Wait: do not install it yet.", "Upgrade a.", "It is already fixed on your computer."},
    {"the client", "{\"update\": \"KB1\"}",
        "{\"category\": \"vendor_fix\", \"action\": \"upgrade-client\", \"version\": \"4.5\"}",
        "Upgrade the client to version 4.5 or later first; then install the update.",
        "Upgrade the client to version 4.5 or later.",
        "It is already fixed: the client has version 4.5 or later."},
    {"the client, no version", "{\"update\": \"KB1\"}",
        "{\"category\": \"vendor_fix\", \"action\": \"upgrade-client\"}",
        "Upgrade the client first; then install the update.", "Upgrade the client.",
        "It is already fixed on your computer."},
    {"another update", "{\"update\": \"KB1\"}",
        "{\"category\": \"vendor_fix\", \"action\": \"install-update\", \"update\": \"KB2\"}",
        "Install the update KB2 instead, which repairs it.",
        "Install the update KB2, which repairs it.",
        "It is already fixed: the update KB2 is installed."},
    {"one of two updates", "{\"update\": \"KB1\"}",
        "{\"category\": \"vendor_fix\", \"action\": \"install-update\", \"update\": \"KB2\"},"
        "{\"category\": \"vendor_fix\", \"action\": \"install-update\", \"update\": \"KB3\"},"
        "{\"category\": \"workaround\", \"action\": \"remove-update\", \"update\": \"KB1\"}",
        "Install the update KB2 or KB3 instead, which repairs it.",
        "Install the update KB2 or KB3, which repairs it.",
        "It is already fixed: the update KB2 or KB3 is installed."},
    {"remove the only update that is named", "{\"update\": \"KB1\"}",
        "{\"category\": \"workaround\", \"action\": \"remove-update\"}",
        "Wait: do not install it yet.", "Remove the update KB1.",
        "It is already fixed on your computer."},
    {"remove one of two", "{\"any\": [{\"update\": \"KB1\"}, {\"update\": \"KB2\"}]}",
        "{\"category\": \"workaround\", \"action\": \"remove-update\"}",
        "Wait: do not install it yet.", "Remove the update.",
        "It is already fixed on your computer."},
    {"a setting", PACKAGE("a"), "{\"category\": \"mitigation\", \"action\": \"change-setting\"}",
        "Wait: do not install it yet.", "Ask for the setting that has to be changed (see below).",
        "It is already fixed on your computer."},
    {"a remedy's own words", PACKAGE("a"),
        "{\"category\": \"workaround\", \"text\": {\"en\": \"Turn it off and on.\"}}",
        "Wait: do not install it yet.", "Turn it off and on.",
        "It is already fixed on your computer."},
    {"the first remedy that says what to do", PACKAGE("a"),
        "{\"category\": \"no_fix_planned\"},"
        "{\"category\": \"workaround\", \"action\": \"remove-update\", \"update\": \"KB7\"}",
        "Wait: do not install it yet.", "Remove the update KB7.",
        "It is already fixed on your computer."},
    {"none", PACKAGE("a"), "{\"category\": \"none_available\"}", "Wait: do not install it yet.",
        "Ask before you change anything (see below).", "It is already fixed on your computer."},
};

/* Without its line breaks, as somebody reads it. */
static char *read_letter(const VdiLetter *letter)
{
    g_autofree char *text = vdi_letter_text(letter);
    g_auto(GStrv) words = g_strsplit_set(text, " \n", -1);
    GString *out = g_string_new(NULL);

    for (size_t i = 0; words[i] != NULL; i++) {
        g_string_append_printf(out, "%s%s", *words[i] != '\0' ? " " : "", words[i]);
    }
    return g_string_free(out, false);
}

static bool has_case(const char *text, const char *heading, const char *action)
{
    g_autofree char *both = g_strdup_printf(" %s %s ", heading, action);

    return strstr(text, both) != NULL;
}

static void gives_each_case_its_one_action(void)
{
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(VdiManifest) manifest = make(rows[i].when, rows[i].remedies);

        if (manifest == NULL) {
            CHECK_ROW(rows[i].name, false);
            continue;
        }
        const VdiLetter letter = {.rule = vdi_manifest_rule(manifest, 0), .organisation = "site"};
        g_autofree char *text = read_letter(&letter);
        g_autofree char *fixed = g_strdup_printf("3. %s", rows[i].fixed);

        CHECK_ROW(
            rows[i].name, has_case(text, "1. The update is not yet installed.", rows[i].pending));
        CHECK_ROW(rows[i].name, has_case(text, "2. The update is installed.", rows[i].installed));
        CHECK_ROW(
            rows[i].name, has_case(text, fixed, "Nothing to do: go on installing your updates."));
    }
}

static void gives_no_cases_where_nothing_is_installed(void)
{
    g_autoptr(VdiManifest) manifest = make("{\"peer\": {\"key\": \"os-build\", \"value\": \"1\"}}",
        "{\"category\": \"workaround\", \"text\": {\"en\": \"Use another desktop.\"}}");
    const VdiLetter letter = {.rule = vdi_manifest_rule(manifest, 0), .organisation = "site"};
    g_autofree char *text = vdi_letter_text(&letter);

    CHECK(strstr(text, "What to do: Use another desktop.\n") != NULL);
    CHECK(strstr(text, "not yet installed") == NULL && strstr(text, "It concerns") == NULL);
}

/* What stands under `not` repairs; it does not break. */
static void names_what_breaks_alone(void)
{
    g_autoptr(VdiManifest) manifest = make(
        "{\"all\": [" PACKAGE("a") ", " PACKAGE("a") ", {\"not\": {\"update\": \"KB9\"}}]}", "");
    const VdiLetter letter = {.rule = vdi_manifest_rule(manifest, 0), .organisation = "site"};
    g_autofree char *text = vdi_letter_text(&letter);

    CHECK(strstr(text, "It concerns:\n- a, versions before 2\n\n") != NULL);
    CHECK(strstr(text, "KB9") == NULL);
}

#define BIDI "\342\200\256"

static void shows_hostile_texts_as_text(void)
{
    g_autofree char *flood = g_strnfill(10000, 'x');
    g_autofree char *title =
        g_strconcat("a\r\nBcc: v@example.com\r\n\r\n--boundary\033[2J" BIDI, flood, NULL);
    const char *const title_texts[] = {"en", title, NULL};
    const char *const message_texts[] = {"en",
        "Sign in at https://evil.example/login?a=b now, or file:///etc/passwd, "
        "hxhttps://https://two.example",
        "fr", "Ici : https://evil.example", NULL};
    const VdiReference references[] = {
        {"https://evil.example/page", "Press https://evil.example here", false},
        {"https://it.example.com.evil.example/", NULL, true},
        {"https://it.example.com@evil.example/", NULL, true},
        {"http://it.example.com/plain", NULL, true},
        {"https://it.example.com:444/port", NULL, true},
        {"javascript:alert(1)", NULL, true},
        {"https://IT.example.com/known", NULL, true},
    };
    const VdiRule rule = {.id = "EX-1\r\nX: y",
        .effect = VDI_EFFECT_BLOCK,
        .title = title_texts,
        .message = message_texts,
        .references = references,
        .n_references = G_N_ELEMENTS(references),
        .expires_at = 1795334400,
        .rollout_percent = 100};
    const VdiLetter letter = {.rule = &rule,
        .organisation = "site",
        .contact = "it\r\nX: y",
        .site = "https://it.example.com/updates"};
    g_autofree char *subject = vdi_letter_subject(&letter);
    g_autofree char *text = vdi_letter_text(&letter);
    g_auto(GStrv) links = g_strsplit(text, "://", -1);

    CHECK(strpbrk(subject, "\r\n\033") == NULL && strstr(subject, BIDI) == NULL);
    CHECK(g_utf8_strlen(subject, -1) < 250);
    CHECK(strpbrk(text, "\r\033") == NULL && strstr(text, BIDI) == NULL);
    CHECK(strstr(text, "\nBcc:") == NULL && strstr(text, "\nX: y") == NULL);
    CHECK(strlen(text) < 8000);
    /* The site and its one page, in each language; nothing else is a link. */
    CHECK_INT(g_strv_length(links) - 1, 4);
    CHECK(strstr(text, "https://IT.example.com/known\n") != NULL);
    CHECK(strstr(text, "evil.example/login?a=b") != NULL);
    CHECK(strstr(text, "Press evil.example here") != NULL);
    CHECK(strstr(text, "two.example") != NULL);
}

static void wraps_its_lines(void)
{
    g_autofree char *word = g_strnfill(90, 'w');
    g_autofree char *message = g_strconcat("Short words and then ", word,
        " and now so many more of them that another line is due, and an « apposition en "
        "français » : oui ; non ! vraiment ?",
        NULL);
    const char *const title_texts[] = {"en", "t", NULL};
    const char *const message_texts[] = {"en", message, NULL};
    const VdiRule rule = {.id = "EX-1", .title = title_texts, .message = message_texts};
    const VdiLetter letter = {.rule = &rule, .organisation = "site"};
    g_autofree char *text = vdi_letter_text(&letter);
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);

    for (size_t i = 0; lines[i] != NULL; i++) {
        CHECK(g_utf8_strlen(lines[i], -1) <= 72 || g_str_equal(lines[i], word));
        CHECK(strchr(":;?!", lines[i][0]) == NULL || lines[i][0] == '\0');
        CHECK(!g_str_has_prefix(lines[i], "»") && !g_str_has_suffix(lines[i], "«"));
    }
}

static void says_over_what_is_over(void)
{
    g_autoptr(VdiManifest) manifest = make(PACKAGE("a"), "");
    const VdiLetter letter = {.rule = vdi_manifest_rule(manifest, 0),
        .organisation = "site",
        .over_at = 1798761600, /* 2027-01-01 */
        .file = "site.vdi"};
    g_autofree char *subject = vdi_letter_subject(&letter);
    g_autofree char *text = read_letter(&letter);

    CHECK_TEXT(subject, "[site] Over: t / Terminé : t");
    CHECK(strstr(text, "It is over since 1 January 2027") != NULL);
    CHECK(strstr(text, "C'est terminé depuis le 1er janvier 2027") != NULL);
    CHECK(strstr(text, "install your updates, all of them") != NULL);
    CHECK(strstr(text, "not yet installed") == NULL);
    CHECK(strstr(text, "The attached file site.vdi") != NULL);
}

static void has_one_title_without_french(void)
{
    g_autoptr(VdiManifest) manifest = make(PACKAGE("a"), "");
    const VdiLetter letter = {.rule = vdi_manifest_rule(manifest, 0), .organisation = "site"};
    g_autofree char *subject = vdi_letter_subject(&letter);

    CHECK_TEXT(subject, "[site] t");
}

const Test tests[] = {
    {"gives each of the three cases its one action", gives_each_case_its_one_action},
    {"gives no cases where nothing is installed", gives_no_cases_where_nothing_is_installed},
    {"names what breaks, and nothing else", names_what_breaks_alone},
    {"shows hostile texts as text, and links to the site alone", shows_hostile_texts_as_text},
    {"wraps its lines as each language does", wraps_its_lines},
    {"says that a rule is over", says_over_what_is_over},
    {"has one title where the rule has no French", has_one_title_without_french},
    TEST_END,
};
