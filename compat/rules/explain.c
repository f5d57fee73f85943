/* SPDX-License-Identifier: Apache-2.0 */
#include "compat/rules/explain.h"

#include <glib/gi18n.h>
#include <string.h>

#include "base/text.h"
#include "compat/rules/explain_hole.h"
#include "compat/rules/explain_remedy.h"

/* ---- which language ---- */

static const char *text_in(VdiTexts texts, const char *tag)
{
    for (size_t i = 0; texts[i] != NULL; i += 2) {
        if (g_ascii_strcasecmp(texts[i], tag) == 0) {
            return texts[i + 1];
        }
    }
    return NULL;
}

/* "fr_CA.UTF-8@euro" is the tag "fr-CA". */
static char *tag_of_locale(const char *locale)
{
    char *tag = g_strndup(locale, strcspn(locale, ".@"));

    return g_strdelimit(tag, "_", '-');
}

/* Exact tag, then its language, for each that the person reads; then English. NULL: no text. */
static const char *choose(VdiTexts texts, const char *const *languages)
{
    for (size_t i = 0; languages[i] != NULL; i++) {
        g_autofree char *tag = tag_of_locale(languages[i]);
        g_autofree char *language = g_strndup(tag, strcspn(tag, "-"));
        const char *text = text_in(texts, tag);

        if (text == NULL) {
            text = text_in(texts, language);
        }
        if (text != NULL) {
            return text;
        }
    }
    return text_in(texts, "en");
}

/* ---- sentences ---- */

char *vdi_explain_title(const VdiRule *rule, const char *const *languages)
{
    const char *title = choose(rule->title, languages);

    return vdi_explain_fill_text(title != NULL ? title : rule->id, rule, NULL);
}

char *vdi_explain_message(const VdiRule *rule, const char *const *languages)
{
    const char *message = choose(rule->message, languages);

    return vdi_explain_fill_text(message != NULL ? message : "", rule, NULL);
}

GStrv vdi_explain_remedies(const VdiRule *rule, const char *const *languages)
{
    GPtrArray *sentences = g_ptr_array_new();

    for (size_t i = 0; i < rule->n_remedies; i++) {
        const VdiRemedy *remedy = &rule->remedies[i];
        const char *own = choose(remedy->text, languages);
        g_autofree char *ours = own == NULL ? vdi_explain_remedy(rule, remedy) : NULL;

        g_ptr_array_add(sentences, vdi_explain_fill_text(own != NULL ? own : ours, rule, remedy));
    }
    g_ptr_array_add(sentences, NULL);
    return (GStrv) g_ptr_array_free(sentences, false);
}

/* Titles are often written without a full stop; in a paragraph they need one. */
static void append_sentence(GString *out, const char *sentence)
{
    size_t length = strlen(sentence);

    if (length == 0) {
        return;
    }
    bool is_closed =
        strchr(".!?:", sentence[length - 1]) != NULL || g_str_has_suffix(sentence, "…");

    g_string_append_printf(out, "%s%s%s", out->len > 0 ? " " : "", sentence, is_closed ? "" : ".");
}

static void append_unknowns(GString *out, const VdiFinding *finding)
{
    g_autofree char *names =
        finding->unknowns != NULL ? g_strjoinv(", ", finding->unknowns) : g_strdup("");
    const char *const holes[] = {"{reason}", finding->rule->unreadable, "{facts}", names, NULL};
    g_autofree char *sentence = vdi_explain_fill(finding->rule->unreadable != NULL
            ? _("This version of Vigie does not understand this rule ({reason}); it holds "
                "nothing.")
            : _("It cannot be told whether this concerns this computer, so it blocks nothing; "
                "missing: {facts}."),
        holes);

    append_sentence(out, sentence);
}

char *vdi_explain_source(const VdiFinding *finding)
{
    const char *const holes[] = {
        "{rule}", finding->rule->id, "{organisation}", finding->organisation, NULL};

    return vdi_explain_fill(
        finding->organisation != NULL ? _("Rule {rule} of {organisation}.") : _("Rule {rule}."),
        holes);
}

char *vdi_explain_reasons(const VdiFinding *finding)
{
    if (finding->reasons == NULL) {
        return NULL;
    }
    g_autofree char *facts = g_strjoinv(", ", finding->reasons);
    const char *const holes[] = {"{facts}", facts, NULL};

    return vdi_explain_fill(_("It concerns this computer because of: {facts}."), holes);
}

char *vdi_explain_finding(const VdiFinding *finding, const char *const *languages)
{
    g_autofree char *title = vdi_explain_title(finding->rule, languages);
    g_autofree char *message = vdi_explain_message(finding->rule, languages);
    g_auto(GStrv) remedies = vdi_explain_remedies(finding->rule, languages);
    g_autofree char *source = vdi_explain_source(finding);
    GString *out = g_string_new(NULL);

    append_sentence(out, title);
    if (finding->truth == VDI_TRUTH_UNKNOWN) {
        append_unknowns(out, finding);
    } else {
        append_sentence(out, message);
        for (size_t i = 0; remedies[i] != NULL; i++) {
            append_sentence(out, remedies[i]);
        }
    }
    if (finding->reduced != NULL) {
        append_sentence(out, finding->reduced);
    }
    append_sentence(out, source);
    return g_string_free(out, false);
}
