/* SPDX-License-Identifier: Apache-2.0 */
#include "compat/manifest/letter.h"

#include <string.h>

#include "compat/manifest/letter_help.h"
#include "compat/rules/explain.h"
#include "compat/rules/fact_kind.h"

enum {
    LINE_WIDTH = 72,         /* characters */
    SUBJECT_TITLE_MAX = 100, /* characters of one title */
    CONCERNED_MAX = 12,      /* lines */
};

#define RULER "------------------------------------------------------------------------"

/* One of the two halves, while it is written. */
typedef struct {
    const VdiLetter *letter;
    VdiLetterLanguage language;
    GString *out;
} Half;

static const char *word(const Half *half, VdiLetterWord which)
{
    return vdi_letter_word(which, half->language);
}

static char *title_of(const Half *half)
{
    return vdi_letter_unlink(
        vdi_explain_title(half->letter->rule, vdi_letter_tags(half->language)));
}

/* ---- lines ---- */

/* A French blank before a mark, or after an opening one, is no place to break a line. */
static bool may_break(const char *blank)
{
    return blank[1] != '\0' && strchr(":;?!", blank[1]) == NULL && !g_str_has_prefix(blank + 1, "»")
        && !g_str_has_prefix(blank - strlen("«"), "«");
}

/* The end of the first word of `text`. */
static const char *end_of_word(const char *text)
{
    const char *at = text;

    while (*at != '\0' && (*at != ' ' || (at - text >= 2 && !may_break(at)))) {
        at++;
    }
    return at;
}

/* A paragraph: wrapped, its first line after `first`, the others after as many blanks. */
static void append_wrapped(GString *out, const char *first, const char *text)
{
    int indent = (int) g_utf8_strlen(first, -1);
    long column = indent;
    bool is_at_start = true;

    g_string_append(out, first);
    for (const char *at = text; *at != '\0';) {
        const char *end = end_of_word(at);
        long width = g_utf8_strlen(at, end - at);

        if (!is_at_start && column + 1 + width > LINE_WIDTH) {
            g_string_append_printf(out, "\n%*s", indent, "");
            column = indent;
            is_at_start = true;
        }
        g_string_append_printf(out, "%s%.*s", is_at_start ? "" : " ", (int) (end - at), at);
        column += width + (is_at_start ? 0 : 1);
        is_at_start = false;
        at = end + strspn(end, " ");
    }
    g_string_append_c(out, '\n');
}

static void append_paragraph(Half *half, const char *text)
{
    if (*text != '\0') {
        append_wrapped(half->out, "", text);
        g_string_append_c(half->out, '\n');
    }
}

/* ---- what it concerns ---- */

static const struct {
    const char *comparator;
    VdiLetterWord words;
} comparators[] = {
    {"<=", VDI_WORD_AT_MOST},
    {">=", VDI_WORD_AT_LEAST},
    {"!=", VDI_WORD_EXCEPT},
    {"<", VDI_WORD_BELOW},
    {">", VDI_WORD_ABOVE},
    {"", VDI_WORD_EXACTLY},
};

/* "vers:deb/>=3.10|<3.11" is "from 3.10 on, before 3.11". */
static char *say_range(const Half *half, const VdiRange *range)
{
    g_auto(GStrv) constraints = g_strsplit(strchr(vdi_range_text(range), '/') + 1, "|", -1);
    GString *out = g_string_new(NULL);

    for (size_t i = 0; constraints[i] != NULL; i++) {
        size_t row = 0;

        while (!g_str_has_prefix(constraints[i], comparators[row].comparator)) {
            row++;
        }
        g_autofree char *version =
            vdi_letter_plain(constraints[i] + strlen(comparators[row].comparator));
        g_autofree char *words =
            vdi_letter_fill(word(half, comparators[row].words), "{version}", version, NULL);

        g_string_append_printf(out, "%s%s", i > 0 ? ", " : "", words);
    }
    return g_string_free(out, false);
}

/* The words for each kind of cause. */
static const struct {
    const char *kind;
    VdiLetterWord words;
} kinds[] = {
    {"package", VDI_WORD_PACKAGE},
    {"update", VDI_WORD_UPDATE},
    {"build", VDI_WORD_BUILD},
    {"client", VDI_WORD_CLIENT},
    {"engine", VDI_WORD_ENGINE},
    {"library", VDI_WORD_LIBRARY},
    {"kernel", VDI_WORD_KERNEL},
};

static char *say_cause(const Half *half, const VdiCondition *cause)
{
    size_t row = 0;

    while (!g_str_equal(cause->kind->name, kinds[row].kind)) {
        row++;
    }
    g_autofree char *name = vdi_letter_plain(cause->purl != NULL ? cause->purl->name : cause->name);
    g_autofree char *versions = cause->range != NULL ? say_range(half, cause->range) : NULL;

    return vdi_letter_fill(
        word(half, kinds[row].words), "{name}", name, "{versions}", versions, NULL);
}

static bool stands_in(GPtrArray *lines, const char *line)
{
    return g_ptr_array_find_with_equal_func(lines, line, g_str_equal, NULL);
}

static void append_concerned(Half *half, const GPtrArray *causes)
{
    g_autoptr(GPtrArray) lines = g_ptr_array_new_with_free_func(g_free);

    for (guint i = 0; i < causes->len && lines->len <= CONCERNED_MAX; i++) {
        g_autofree char *line = lines->len < CONCERNED_MAX
            ? say_cause(half, g_ptr_array_index(causes, i))
            : g_strdup(word(half, VDI_WORD_AND_MORE));

        if (!stands_in(lines, line)) {
            g_ptr_array_add(lines, g_steal_pointer(&line));
        }
    }
    append_wrapped(half->out, "", word(half, VDI_WORD_CONCERNS));
    for (guint i = 0; i < lines->len; i++) {
        append_wrapped(half->out, "- ", g_ptr_array_index(lines, i));
    }
    g_string_append_c(half->out, '\n');
}

/* ---- the three cases ---- */

static void append_case(Half *half, const char *number, const char *heading, const char *action)
{
    append_wrapped(half->out, number, heading);
    append_wrapped(half->out, "   ", action);
    g_string_append_c(half->out, '\n');
}

static void append_cases(Half *half, const VdiLetterHelp *help)
{
    append_paragraph(half, word(half, VDI_WORD_DEPENDS));
    append_case(half, "1. ", word(half, VDI_WORD_CASE_PENDING), help->pending);
    append_case(half, "2. ", word(half, VDI_WORD_CASE_INSTALLED), help->installed);
    append_case(half, "3. ", help->fixed, word(half, VDI_WORD_NOTHING_TO_DO));
}

/* Of a rule that blames nothing on this computer: what the other side says of itself, a setting. */
static void append_action(Half *half, const VdiLetterHelp *help)
{
    g_autofree char *line =
        vdi_letter_fill(word(half, VDI_WORD_WHAT_TO_DO), "{action}", help->installed, NULL);

    append_paragraph(half, line);
}

/* ---- the end ---- */

static bool is_on_site(const char *url, const char *site)
{
    g_autoptr(GUri) page = g_uri_parse(url, G_URI_FLAGS_NONE, NULL);
    g_autoptr(GUri) home = site != NULL ? g_uri_parse(site, G_URI_FLAGS_NONE, NULL) : NULL;

    return page != NULL && home != NULL && g_str_equal(g_uri_get_scheme(page), "https")
        && g_uri_get_userinfo(page) == NULL && g_uri_get_host(page) != NULL
        && g_uri_get_host(home) != NULL
        && g_ascii_strcasecmp(g_uri_get_host(page), g_uri_get_host(home)) == 0
        && g_uri_get_port(page) == g_uri_get_port(home);
}

/* As it is, and whole: no blank in it, so nothing wraps it. */
static void append_link(Half *half, const char *url)
{
    g_autofree char *line = vdi_letter_fill(word(half, VDI_WORD_READ_MORE), "{url}", url, NULL);

    append_wrapped(half->out, "", line);
}

static void append_reference(Half *half, const VdiReference *reference)
{
    if (is_on_site(reference->url, half->letter->site)) {
        append_link(half, reference->url);
    } else if (reference->title != NULL) {
        g_autofree char *title = vdi_letter_plain(reference->title);

        append_link(half, title);
    }
}

static void append_site(Half *half)
{
    if (half->letter->site != NULL) {
        append_link(half, half->letter->site);
    }
}

static void append_until(Half *half)
{
    int64_t until = half->letter->rule->expires_at;
    g_autofree char *day = until != 0 ? vdi_letter_day(until, half->language) : NULL;
    g_autofree char *line = vdi_letter_fill(
        word(half, until != 0 ? VDI_WORD_UNTIL : VDI_WORD_UNTIL_TOLD), "{day}", day, NULL);

    append_wrapped(half->out, "", line);
}

static void append_whom_to_ask(Half *half)
{
    g_autofree char *contact = vdi_letter_plain(half->letter->contact);
    g_autofree char *line =
        vdi_letter_fill(word(half, contact != NULL ? VDI_WORD_CONTACT : VDI_WORD_REPLY),
            "{contact}", contact, NULL);

    append_wrapped(half->out, "", line);
}

static void append_end(Half *half)
{
    const VdiLetter *letter = half->letter;
    g_autofree char *rule = vdi_letter_plain(letter->rule->id);
    g_autofree char *organisation = vdi_letter_plain(letter->organisation);
    g_autofree char *source = vdi_letter_fill(
        word(half, VDI_WORD_RULE), "{rule}", rule, "{organisation}", organisation, NULL);
    g_autofree char *bundle =
        vdi_letter_fill(word(half, VDI_WORD_BUNDLE), "{file}", letter->file, NULL);
    bool is_held = letter->over_at == 0 && letter->rule->effect == VDI_EFFECT_BLOCK
        && !vdi_letter_waits_for_peer(letter->rule);
    g_autofree char *machines = g_strconcat(word(half, is_held ? VDI_WORD_HELD : VDI_WORD_LEARN),
        letter->file != NULL ? " " : "", letter->file != NULL ? bundle : "", NULL);

    g_string_append_c(half->out, '\n');
    append_paragraph(half, machines);
    append_wrapped(half->out, "", source);
}

/* ---- the whole ---- */

static void append_in_force(Half *half)
{
    const VdiRule *rule = half->letter->rule;
    g_autofree char *title = title_of(half);
    g_autofree char *message =
        vdi_letter_unlink(vdi_explain_message(rule, vdi_letter_tags(half->language)));

    g_autoptr(GPtrArray) causes = vdi_letter_causes(rule);
    g_auto(VdiLetterHelp) help = vdi_letter_help(rule, half->language);

    append_paragraph(half, title);
    append_paragraph(half, message);
    if (causes->len > 0) {
        append_concerned(half, causes);
    }
    if (causes->len > 0 && !vdi_letter_waits_for_peer(rule)) {
        append_cases(half, &help);
    } else {
        append_action(half, &help);
    }
    append_until(half);
    append_whom_to_ask(half);
    append_site(half);
    for (size_t i = 0; i < rule->n_references; i++) {
        append_reference(half, &rule->references[i]);
    }
    append_end(half);
}

static void append_over(Half *half)
{
    g_autofree char *title = title_of(half);
    g_autofree char *day = vdi_letter_day(half->letter->over_at, half->language);
    g_autofree char *sentence =
        vdi_letter_fill(word(half, VDI_WORD_OVER_SINCE), "{title}", title, "{day}", day, NULL);

    append_paragraph(half, sentence);
    append_paragraph(half, word(half, VDI_WORD_INSTALL_NOW));
    append_whom_to_ask(half);
    append_end(half);
}

char *vdi_letter_text(const VdiLetter *letter)
{
    GString *out = g_string_new(NULL);

    for (VdiLetterLanguage i = 0; i < VDI_LETTER_N_LANGUAGES; i++) {
        g_string_append_printf(out, "%s\n", vdi_letter_word(VDI_WORD_BOTH, i));
    }
    for (VdiLetterLanguage i = 0; i < VDI_LETTER_N_LANGUAGES; i++) {
        Half half = {letter, i, out};

        g_string_append(out, "\n" RULER "\n\n");
        (letter->over_at != 0 ? append_over : append_in_force)(&half);
    }
    return g_string_free(out, false);
}

static char *subject_title(const Half *half)
{
    g_autofree char *title = title_of(half);
    g_autofree char *shown = g_utf8_strlen(title, -1) > SUBJECT_TITLE_MAX
        ? g_strdup_printf(
            "%.*s…", (int) (g_utf8_offset_to_pointer(title, SUBJECT_TITLE_MAX) - title), title)
        : g_strdup(title);

    return half->letter->over_at != 0
        ? vdi_letter_fill(word(half, VDI_WORD_OVER), "{title}", shown, NULL)
        : g_steal_pointer(&shown);
}

/* A rule without French texts has one title. */
char *vdi_letter_subject(const VdiLetter *letter)
{
    const Half english = {letter, VDI_LETTER_ENGLISH, NULL};
    const Half french = {letter, VDI_LETTER_FRENCH, NULL};
    g_autofree char *organisation = vdi_letter_plain(letter->organisation);
    g_autofree char *first = subject_title(&english);
    g_autofree char *second = subject_title(&french);

    return g_str_equal(first, second)
        ? g_strdup_printf("[%s] %s", organisation, first)
        : g_strdup_printf("[%s] %s / %s", organisation, first, second);
}
