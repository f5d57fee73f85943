/* SPDX-License-Identifier: Apache-2.0 */
#include "compat/manifest/letter_help.h"

#include "compat/rules/explain.h"
#include "compat/rules/fact_kind.h"

/* ---- what breaks ---- */

static void collect_causes(const VdiCondition *condition, GPtrArray *causes)
{
    if (condition->op == VDI_CONDITION_FACT) {
        if (condition->kind->names_cause || g_str_equal(condition->kind->name, "kernel")) {
            g_ptr_array_add(causes, (void *) condition);
        }
    } else if (condition->op != VDI_CONDITION_NOT) {
        for (size_t i = 0; i < condition->n_parts; i++) {
            collect_causes(condition->parts[i], causes);
        }
    }
}

GPtrArray *vdi_letter_causes(const VdiRule *rule)
{
    GPtrArray *causes = g_ptr_array_new();

    if (rule->when != NULL) {
        collect_causes(rule->when, causes);
    }
    return causes;
}

static void note_peer(const VdiCondition *fact, void *user)
{
    bool *waits = user;

    *waits = *waits || g_str_equal(fact->kind->name, "peer");
}

bool vdi_letter_waits_for_peer(const VdiRule *rule)
{
    bool waits = false;

    if (rule->when != NULL) {
        vdi_condition_visit_facts(rule->when, note_peer, &waits);
    }
    return waits;
}

/* ---- what helps ---- */

/* The names that the rule's first remedy speaks of; NULL where it does not. */
typedef struct {
    const VdiRemedy *remedy; /* NULL: the rule has none that helps */
    char *package, *version, *update;
    bool is_cause; /* the fix is a later version of the only thing that breaks */
} Help;

static void help_clear(Help *help)
{
    g_clear_pointer(&help->package, g_free);
    g_clear_pointer(&help->version, g_free);
    g_clear_pointer(&help->update, g_free);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Help, help_clear)

static const VdiRemedy *first_remedy(const VdiRule *rule)
{
    for (size_t i = 0; i < rule->n_remedies; i++) {
        if (rule->remedies[i].action != VDI_ACTION_NONE || rule->remedies[i].text[0] != NULL) {
            return &rule->remedies[i];
        }
    }
    return NULL;
}

/* NULL: none is named, or several. */
static const char *only_update(const GPtrArray *causes)
{
    const char *update = NULL;

    for (guint i = 0; i < causes->len; i++) {
        const VdiCondition *cause = g_ptr_array_index(causes, i);

        if (g_str_equal(cause->kind->name, "update")) {
            if (update != NULL) {
                return NULL;
            }
            update = cause->name;
        }
    }
    return update;
}

static bool are_all(const GPtrArray *causes, const char *package)
{
    for (guint i = 0; i < causes->len; i++) {
        const VdiCondition *cause = g_ptr_array_index(causes, i);

        if (cause->purl == NULL || !g_str_equal(cause->purl->name, package)) {
            return false;
        }
    }
    return true;
}

/* Of all remedies of that kind: which of them fits depends on the computer. NULL: none is named. */
static char *join_updates(const VdiRule *rule, const VdiRemedy *kind, VdiLetterLanguage language)
{
    g_autoptr(GString) names = g_string_new(NULL);

    for (size_t i = 0; i < rule->n_remedies; i++) {
        const VdiRemedy *remedy = &rule->remedies[i];

        if (remedy->action == kind->action && remedy->update != NULL) {
            g_autofree char *name = vdi_letter_plain(remedy->update);

            g_string_append_printf(
                names, "%s%s", names->len > 0 ? vdi_letter_word(VDI_WORD_OR, language) : "", name);
        }
    }
    return names->len > 0 ? g_strdup(names->str) : NULL;
}

static Help find_help(const VdiRule *rule, VdiLetterLanguage language)
{
    Help help = {.remedy = first_remedy(rule)};
    const VdiRemedy *remedy = help.remedy;

    if (remedy == NULL) {
        return help;
    }
    g_autoptr(VdiPurl) purl =
        remedy->package != NULL ? vdi_purl_parse(remedy->package, NULL) : NULL;
    g_autoptr(GPtrArray) causes = vdi_letter_causes(rule);

    help.package = vdi_letter_plain(purl != NULL ? purl->name : NULL);
    help.version = vdi_letter_plain(remedy->version);
    help.update = join_updates(rule, remedy, language);
    if (remedy->action == VDI_ACTION_REMOVE_UPDATE && help.update == NULL) {
        help.update = vdi_letter_plain(only_update(causes));
    }
    help.is_cause = purl != NULL && are_all(causes, purl->name);
    return help;
}

/* What to do in the first two cases, and how the third is told. A row needs the names that its
 * sentences have holes for; the first row that has them speaks. */
static const struct {
    VdiRemedyAction action;
    bool needs_package, needs_version, needs_update, needs_cause;
    VdiLetterWord pending, installed, fixed;
} action_rows[] = {
    {VDI_ACTION_UPGRADE_CLIENT, false, true, false, false, VDI_WORD_CLIENT_VERSION_FIRST,
        VDI_WORD_UPGRADE_CLIENT_TO, VDI_WORD_CASE_FIXED_CLIENT},
    {VDI_ACTION_UPGRADE_CLIENT, false, false, false, false, VDI_WORD_CLIENT_FIRST,
        VDI_WORD_UPGRADE_CLIENT, VDI_WORD_CASE_FIXED},
    {VDI_ACTION_UPGRADE_PACKAGE, true, true, false, true, VDI_WORD_WAIT_FOR_VERSION,
        VDI_WORD_UPGRADE_PACKAGE_TO, VDI_WORD_CASE_FIXED_PACKAGE},
    {VDI_ACTION_UPGRADE_PACKAGE, true, true, false, false, VDI_WORD_PACKAGE_VERSION_FIRST,
        VDI_WORD_UPGRADE_PACKAGE_TO, VDI_WORD_CASE_FIXED_PACKAGE},
    {VDI_ACTION_UPGRADE_PACKAGE, true, false, false, true, VDI_WORD_WAIT, VDI_WORD_UPGRADE_PACKAGE,
        VDI_WORD_CASE_FIXED},
    {VDI_ACTION_UPGRADE_PACKAGE, true, false, false, false, VDI_WORD_PACKAGE_FIRST,
        VDI_WORD_UPGRADE_PACKAGE, VDI_WORD_CASE_FIXED},
    {VDI_ACTION_INSTALL_UPDATE, false, false, true, false, VDI_WORD_INSTEAD,
        VDI_WORD_INSTALL_UPDATE, VDI_WORD_CASE_FIXED_UPDATE},
    {VDI_ACTION_INSTALL_UPDATE, false, false, false, false, VDI_WORD_WAIT,
        VDI_WORD_INSTALL_THE_REPAIR, VDI_WORD_CASE_FIXED},
    {VDI_ACTION_REMOVE_UPDATE, false, false, true, false, VDI_WORD_WAIT, VDI_WORD_REMOVE_UPDATE,
        VDI_WORD_CASE_FIXED},
    {VDI_ACTION_REMOVE_UPDATE, false, false, false, false, VDI_WORD_WAIT,
        VDI_WORD_REMOVE_THE_UPDATE, VDI_WORD_CASE_FIXED},
    {VDI_ACTION_CHANGE_SETTING, false, false, false, false, VDI_WORD_WAIT, VDI_WORD_CHANGE_SETTING,
        VDI_WORD_CASE_FIXED},
};

static void choose_words(const Help *help, VdiLetterWord ret_words[3])
{
    ret_words[0] = VDI_WORD_WAIT;
    ret_words[1] = VDI_WORD_ASK;
    ret_words[2] = VDI_WORD_CASE_FIXED;
    for (size_t i = 0; help->remedy != NULL && i < G_N_ELEMENTS(action_rows); i++) {
        if (action_rows[i].action == help->remedy->action
            && (!action_rows[i].needs_package || help->package != NULL)
            && (!action_rows[i].needs_version || help->version != NULL)
            && (!action_rows[i].needs_update || help->update != NULL)
            && (!action_rows[i].needs_cause || help->is_cause)) {
            ret_words[0] = action_rows[i].pending;
            ret_words[1] = action_rows[i].installed;
            ret_words[2] = action_rows[i].fixed;
            return;
        }
    }
}

static char *fill_help(VdiLetterWord words, const Help *help, VdiLetterLanguage language)
{
    return vdi_letter_fill(vdi_letter_word(words, language), "{package}", help->package,
        "{version}", help->version, "{update}", help->update, NULL);
}

/* The remedy's own words, when it has some; else ours. */
static char *say_installed(
    VdiLetterWord words, const Help *help, const VdiRule *rule, VdiLetterLanguage language)
{
    if (help->remedy == NULL || help->remedy->text[0] == NULL) {
        return fill_help(words, help, language);
    }
    g_auto(GStrv) sentences = vdi_explain_remedies(rule, vdi_letter_tags(language));

    return vdi_letter_unlink(g_strdup(sentences[help->remedy - rule->remedies]));
}

VdiLetterHelp vdi_letter_help(const VdiRule *rule, VdiLetterLanguage language)
{
    g_auto(Help) help = find_help(rule, language);
    VdiLetterWord words[3];

    choose_words(&help, words);
    return (VdiLetterHelp){
        .pending = fill_help(words[0], &help, language),
        .installed = say_installed(words[1], &help, rule, language),
        .fixed = fill_help(words[2], &help, language),
    };
}

void vdi_letter_help_clear(VdiLetterHelp *help)
{
    g_clear_pointer(&help->pending, g_free);
    g_clear_pointer(&help->installed, g_free);
    g_clear_pointer(&help->fixed, g_free);
}
