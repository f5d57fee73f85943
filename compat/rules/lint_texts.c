/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "compat/rules/explain_hole.h"
#include "compat/rules/lint_private.h"

/* ---- holes ---- */

/* What a rule has not that does not fill its hole. */
static const struct {
    const char *hole, *of_rule, *of_remedy;
} hole_rows[] = {
    {"{package}", "the condition names no package", "neither it nor the condition names a package"},
    {"{version}", "the condition has no versions of a package, client, engine or build",
        "this remedy has no version"},
    {"{fixed}", "no remedy has a version", "no remedy has a version"},
    {"{update}", "only the text of a remedy with an update may say it",
        "this remedy has no update"},
    {"{until}", "the rule has no expires", "the rule has no expires"},
};

static bool is_known(const char *hole)
{
    for (size_t i = 0; i < G_N_ELEMENTS(hole_rows); i++) {
        if (strcmp(hole_rows[i].hole, hole) == 0) {
            return true;
        }
    }
    return false;
}

static void check_hole(VdiLint *lint, const VdiRemedy *remedy, const char *place, const char *hole)
{
    if (vdi_explain_fills(lint->rule, remedy, hole)) {
        return;
    }
    for (size_t i = 0; i < G_N_ELEMENTS(hole_rows); i++) {
        if (strcmp(hole_rows[i].hole, hole) == 0) {
            vdi_lint_add(lint->findings, lint->i, place, VDI_LINT_ERROR,
                "Nothing fills the hole %s: %s.", hole,
                remedy != NULL ? hole_rows[i].of_remedy : hole_rows[i].of_rule);
            return;
        }
    }
    vdi_lint_add(lint->findings, lint->i, place, VDI_LINT_ERROR,
        "Nothing fills the hole %s; known are {package}, {version}, {fixed}, {update}, {until}.",
        hole);
}

/* A word in braces is meant as a hole, however it is written; "{6F45DC1E-…}" is none. */
static void check_brace(VdiLint *lint, const VdiRemedy *remedy, const char *place, const char *at)
{
    size_t blanks = strspn(at + 1, " ");
    const char *word = at + 1 + blanks;
    size_t length = strspn(word, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ_");
    const char *end = word + length + strspn(word + length, " ");
    g_autofree char *written = g_strndup(at, (gsize) (end - at) + (*end == '}'));
    g_autofree char *lower = g_ascii_strdown(word, (gssize) length);
    g_autofree char *hole = g_strconcat("{", lower, "}", NULL);
    const char *next = strpbrk(end, "{}");
    bool stays_open = *end != '}' && (next == NULL || *next == '{') && blanks == 0;

    if (length > 0 && (stays_open || (*end != '}' && is_known(hole)))) {
        vdi_lint_add(lint->findings, lint->i, place, VDI_LINT_ERROR,
            "The hole %s is not closed; write %s.", g_strchomp(written), hole);
    } else if (*end == '}' && is_known(hole) && strcmp(written, hole) != 0) {
        vdi_lint_add(lint->findings, lint->i, place, VDI_LINT_ERROR,
            "Nothing fills the hole %s; write %s.", written, hole);
    } else if (length > 0 && *end == '}') {
        check_hole(lint, remedy, place, is_known(hole) ? hole : written);
    }
}

static void check_holes(VdiLint *lint, const VdiRemedy *remedy, const char *place, const char *text)
{
    for (const char *at = strchr(text, '{'); at != NULL; at = strchr(at + 1, '{')) {
        check_brace(lint, remedy, place, at);
    }
}

/* ---- whose version {fixed} is ---- */

/* A cause within the condition is that package. */
static bool names_package(const VdiCondition *condition, const VdiPurl *package)
{
    if (condition->op == VDI_CONDITION_FACT) {
        return condition->purl != NULL && strcmp(condition->purl->type, package->type) == 0
            && strcmp(condition->purl->name, package->name) == 0;
    }
    for (size_t k = 0; condition->op != VDI_CONDITION_NOT && k < condition->n_parts; k++) {
        if (names_package(condition->parts[k], package)) {
            return true;
        }
    }
    return false;
}

/* In some `any` one part is about `a` and another about `b`: either of them is enough. */
static bool are_alternatives(const VdiCondition *condition, const VdiPurl *a, const VdiPurl *b)
{
    for (size_t k = 0; condition->op != VDI_CONDITION_NOT && k < condition->n_parts; k++) {
        const VdiCondition *part = condition->parts[k];

        if (are_alternatives(part, a, b)
            || (condition->op == VDI_CONDITION_ANY && names_package(condition, b)
                && names_package(part, a) && !names_package(part, b))) {
            return true;
        }
    }
    return false;
}

/* Of a vendor's fix; NULL: it is none, or names neither a package nor a version. */
static VdiPurl *fixed_package(const VdiRemedy *remedy)
{
    bool is_fix = remedy->category == VDI_REMEDY_VENDOR_FIX && remedy->version != NULL
        && remedy->package != NULL;

    return is_fix ? vdi_purl_parse(remedy->package, NULL) : NULL;
}

/* The first fix fills the hole; who needs the second would read the wrong version. */
static void check_whose_fix(VdiLint *lint, const char *place)
{
    const VdiRule *rule = lint->rule;
    g_autoptr(VdiPurl) first = NULL;

    for (size_t k = 0; k < rule->n_remedies; k++) {
        g_autoptr(VdiPurl) package = fixed_package(&rule->remedies[k]);

        if (first == NULL) {
            first = g_steal_pointer(&package);
        } else if (package != NULL && are_alternatives(rule->when, first, package)) {
            vdi_lint_add(lint->findings, lint->i, place, VDI_LINT_WARNING,
                "{fixed} is the version of %s (%s) alone, and for others the fix is one of %s "
                "(%s): write no version, or two rules.",
                first->name, first->type, package->name, package->type);
            return;
        }
    }
}

/* ---- languages ---- */

static bool has_language(VdiTexts texts, const char *tag)
{
    for (size_t k = 0; texts[k] != NULL; k += 2) {
        if (g_ascii_strcasecmp(texts[k], tag) == 0) {
            return true;
        }
    }
    return false;
}

/* Whoever reads French for one rule would read English for the next. */
static void check_languages(VdiLint *lint, const char *member, VdiTexts texts)
{
    for (guint k = 0; k < lint->languages->len; k++) {
        const char *tag = lint->languages->pdata[k];

        if (!has_language(texts, tag)) {
            vdi_lint_add(lint->findings, lint->i, member, VDI_LINT_WARNING,
                "The language %s is missing; other texts of this list have it.", tag);
        }
    }
}

static void check_texts(VdiLint *lint, const VdiRemedy *remedy, const char *member, VdiTexts texts)
{
    for (size_t k = 0; texts[k] != NULL; k += 2) {
        g_autofree char *place = g_strconcat(member, ".", texts[k], NULL);

        check_holes(lint, remedy, place, texts[k + 1]);
        if (remedy == NULL && strstr(texts[k + 1], "{fixed}") != NULL) {
            check_whose_fix(lint, place);
        }
    }
    check_languages(lint, member, texts);
}

void vdi_lint_check_texts(VdiLint *lint)
{
    const VdiRule *rule = lint->rule;

    check_texts(lint, NULL, "title", rule->title);
    check_texts(lint, NULL, "message", rule->message);
    for (size_t k = 0; k < rule->n_remedies; k++) {
        g_autofree char *place = g_strdup_printf("remedies[%zu].text", k);

        if (rule->remedies[k].text[0] != NULL) {
            check_texts(lint, &rule->remedies[k], place, rule->remedies[k].text);
        }
    }
}
