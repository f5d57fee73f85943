/* SPDX-License-Identifier: Apache-2.0 */
#include "compat/rules/explain.h"

#include <glib/gi18n.h>
#include <string.h>

#include "base/text.h"
#include "compat/rules/explain_remedy.h"
#include "compat/rules/fact_kind.h"

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

/* ---- holes ---- */

/* The remedy whose version {fixed} is: this one's own, the vendor's, or the first that has one. */
static const VdiRemedy *fixing_remedy(const VdiRule *rule, const VdiRemedy *remedy)
{
    const VdiRemedy *fixing = remedy != NULL && remedy->version != NULL ? remedy : NULL;

    for (size_t i = 0; i < rule->n_remedies && fixing == NULL; i++) {
        bool is_fix = rule->remedies[i].category == VDI_REMEDY_VENDOR_FIX;

        fixing = is_fix && rule->remedies[i].version != NULL ? &rule->remedies[i] : NULL;
    }
    for (size_t i = 0; i < rule->n_remedies && fixing == NULL; i++) {
        fixing = rule->remedies[i].version != NULL ? &rule->remedies[i] : NULL;
    }
    return fixing;
}

/* What the holes speak of: the package that {fixed} repairs, or else what the rule names first. So
 * "{package} {fixed}" is one thing. */
typedef struct {
    VdiPurl *repaired; /* NULL: no remedy says */
    const VdiCondition *package, *ranged;
    bool is_found; /* `package` and `ranged` are what is repaired */
} Subject;

static void subject_clear(Subject *subject)
{
    vdi_purl_free(subject->repaired);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Subject, subject_clear)

static bool has_versions(const VdiCondition *fact)
{
    return fact->range != NULL
        && (fact->purl != NULL || strcmp(fact->kind->name, "client") == 0
            || strcmp(fact->kind->name, "engine") == 0 || strcmp(fact->kind->name, "build") == 0);
}

static void find_subject(const VdiCondition *fact, void *user)
{
    Subject *subject = user;

    if (!subject->is_found && subject->repaired != NULL && fact->purl != NULL
        && strcmp(fact->purl->type, subject->repaired->type) == 0
        && strcmp(fact->purl->name, subject->repaired->name) == 0) {
        subject->package = fact;
        subject->ranged = fact;
        subject->is_found = true;
    }
    if (subject->package == NULL && fact->purl != NULL) {
        subject->package = fact;
    }
    if (subject->ranged == NULL && has_versions(fact)) {
        subject->ranged = fact;
    }
}

static Subject subject_of(const VdiRule *rule, const VdiRemedy *remedy)
{
    const VdiRemedy *fixing = fixing_remedy(rule, remedy);
    Subject subject = {.repaired = fixing != NULL && fixing->package != NULL
            ? vdi_purl_parse(fixing->package, NULL)
            : NULL};

    if (rule->when != NULL) {
        vdi_condition_visit_facts(rule->when, find_subject, &subject);
    }
    return subject;
}

static char *fill_fixed(const VdiRule *rule, const VdiRemedy *remedy)
{
    const VdiRemedy *fixing = fixing_remedy(rule, remedy);

    return fixing != NULL ? g_strdup(fixing->version) : NULL;
}

static char *fill_package(const VdiRule *rule, const VdiRemedy *remedy)
{
    g_autoptr(VdiPurl) purl =
        remedy != NULL && remedy->package != NULL ? vdi_purl_parse(remedy->package, NULL) : NULL;
    g_auto(Subject) subject = subject_of(rule, remedy);

    if (purl == NULL) {
        purl = g_steal_pointer(&subject.repaired);
    }
    if (purl != NULL) {
        return g_strdup(purl->name);
    }
    return subject.package != NULL ? g_strdup(subject.package->purl->name) : NULL;
}

char *vdi_explain_range(const VdiRange *range)
{
    const char *constraints = strchr(vdi_range_text(range), '/') + 1;
    g_auto(GStrv) parts = g_strsplit(constraints, "|", -1);

    return g_strjoinv(", ", parts);
}

/* In a remedy its own version; elsewhere the versions that break, as the rule writes them. */
static char *fill_version(const VdiRule *rule, const VdiRemedy *remedy)
{
    g_auto(Subject) subject = subject_of(rule, remedy);

    if (remedy != NULL) {
        return g_strdup(remedy->version);
    }
    if (subject.ranged == NULL) {
        return NULL;
    }
    return vdi_explain_range(subject.ranged->range);
}

static char *fill_update(const VdiRule *rule, const VdiRemedy *remedy)
{
    return remedy != NULL ? g_strdup(remedy->update) : NULL;
}

/* The day, in the form that every language reads. */
static char *fill_until(const VdiRule *rule, const VdiRemedy *remedy)
{
    g_autofree char *time = rule->expires_at != 0 ? vdi_text_time(rule->expires_at) : NULL;

    return time != NULL ? g_strndup(time, strlen("2011-08-01")) : NULL;
}

static const struct {
    const char *hole;
    char *(*fill)(const VdiRule *rule, const VdiRemedy *remedy);
} hole_rows[] = {
    {"{fixed}", fill_fixed},
    {"{package}", fill_package},
    {"{version}", fill_version},
    {"{update}", fill_update},
    {"{until}", fill_until},
};

/* A hole that is unknown, or that the rule has nothing for, stands as it is. */
static char *fill(const char *text, const VdiRule *rule, const VdiRemedy *remedy)
{
    g_autoptr(GString) out = g_string_new(NULL);
    const char *at = text;

    while (*at != '\0') {
        char *value = NULL;
        size_t length = 0;

        for (size_t i = 0; i < G_N_ELEMENTS(hole_rows) && length == 0; i++) {
            if (g_str_has_prefix(at, hole_rows[i].hole)) {
                length = strlen(hole_rows[i].hole);
                value = hole_rows[i].fill(rule, remedy);
            }
        }
        if (value != NULL) {
            g_string_append(out, value);
            at += length;
        } else {
            g_string_append_c(out, *at++);
        }
        g_free(value);
    }
    return vdi_text_clean(out->str);
}

bool vdi_explain_fills(const VdiRule *rule, const VdiRemedy *remedy, const char *hole)
{
    for (size_t i = 0; i < G_N_ELEMENTS(hole_rows); i++) {
        if (strcmp(hole_rows[i].hole, hole) == 0) {
            g_autofree char *value = hole_rows[i].fill(rule, remedy);

            return value != NULL;
        }
    }
    return false;
}

/* ---- sentences ---- */

char *vdi_explain_title(const VdiRule *rule, const char *const *languages)
{
    const char *title = choose(rule->title, languages);

    return fill(title != NULL ? title : rule->id, rule, NULL);
}

char *vdi_explain_message(const VdiRule *rule, const char *const *languages)
{
    const char *message = choose(rule->message, languages);

    return fill(message != NULL ? message : "", rule, NULL);
}

GStrv vdi_explain_remedies(const VdiRule *rule, const char *const *languages)
{
    GPtrArray *sentences = g_ptr_array_new();

    for (size_t i = 0; i < rule->n_remedies; i++) {
        const VdiRemedy *remedy = &rule->remedies[i];
        const char *own = choose(remedy->text, languages);
        g_autofree char *ours = own == NULL ? vdi_explain_remedy(rule, remedy) : NULL;

        g_ptr_array_add(sentences, fill(own != NULL ? own : ours, rule, remedy));
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

char *vdi_explain_fill(const char *sentence, const char *const *holes)
{
    GString *out = g_string_new(NULL);

    for (const char *at = sentence; *at != '\0';) {
        const char *const *hole = holes;

        while (*hole != NULL && !(hole[1] != NULL && g_str_has_prefix(at, hole[0]))) {
            hole += 2;
        }
        if (*hole != NULL) {
            g_autofree char *shown = vdi_text_clean(hole[1]);

            g_string_append(out, shown);
            at += strlen(hole[0]);
        } else {
            g_string_append_c(out, *at++);
        }
    }
    return g_string_free(out, false);
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
