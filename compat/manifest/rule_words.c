/* SPDX-License-Identifier: Apache-2.0 */
#include "compat/manifest/rule_words.h"

#include <string.h>

/* {package}, {version}, {fixed} and {until} are filled when the rule is shown; {what}, {who},
 * {cause}, {causes}, {client} and {repair} here. */
static const struct {
    const char *tag;
    const char *desktop, *computer;
    const char *title_package, *title_update, *title_build, *title_several;
    const char *breaks_package, *breaks_update, *breaks_build, *breaks_several;
    const char *repaired_by_version, *repaired_by, *client_first, *unrepaired, *unrepaired_held;
    const char *keep_away;
} languages[] = {
    {
        .tag = "en",
        .desktop = "the remote desktop",
        .computer = "this computer",
        .title_package = "An update of {package} breaks {what}",
        .title_update = "The update {cause} breaks {what}",
        .title_build = "A build of Windows breaks {what}",
        .title_several = "Each of several updates breaks {what}",
        .breaks_package = "{package} ({version}) keeps {who} from its desktops.",
        .breaks_update = "{cause} keeps {who} from its desktops.",
        .breaks_build = "Windows ({version}) keeps {who} from its desktops.",
        .breaks_several = "Each of these by itself keeps {who} from its desktops: {causes}.",
        .repaired_by_version = "Version {fixed} works again.",
        .repaired_by = "{repair} repairs it.",
        .client_first = "Install {client} {repair} or later first.",
        .unrepaired = "There is no fix yet.",
        .unrepaired_held = "There is no fix yet; it is held back until {until} at the latest.",
        .keep_away =
            "Do not install that version of {package}; where it is already, go back to the "
            "one before.",
    },
    {
        .tag = "fr",
        .desktop = "le bureau à distance",
        .computer = "cet ordinateur",
        .title_package = "Une mise à jour du paquet {package} casse {what}",
        .title_update = "La mise à jour {cause} casse {what}",
        .title_build = "Un build de Windows casse {what}",
        .title_several = "Chacune de plusieurs mises à jour casse {what}",
        .breaks_package = "{package} ({version}) coupe {who} de ses bureaux.",
        .breaks_update = "{cause} coupe {who} de ses bureaux.",
        .breaks_build = "Windows ({version}) coupe {who} de ses bureaux.",
        .breaks_several = "Chacune suffit à couper {who} de ses bureaux : {causes}.",
        .repaired_by_version = "La version {fixed} fonctionne à nouveau.",
        .repaired_by = "{repair} la répare.",
        .client_first = "Installez d'abord {client} {repair} ou plus récent.",
        .unrepaired = "Il n'y a pas encore de correctif.",
        .unrepaired_held =
            "Il n'y a pas encore de correctif ; elle est retenue jusqu'au {until} au plus tard.",
        .keep_away =
            "N'installez pas cette version du paquet {package} ; là où elle est déjà, revenez à la "
            "précédente.",
    },
};

static const VdiCause *first_cause(const VdiRuleDraft *draft)
{
    return draft->causes->pdata[0];
}

/* One package in several versions is still one cause in words: its range holds them all. */
static bool is_one_cause(const VdiRuleDraft *draft)
{
    const VdiCause *first = first_cause(draft);

    for (guint k = 1; k < draft->causes->len; k++) {
        const VdiCause *cause = draft->causes->pdata[k];

        if (cause->kind != VDI_CAUSE_PACKAGE || first->kind != VDI_CAUSE_PACKAGE
            || strcmp(cause->name, first->name) != 0
            || strcmp(cause->purl->type, first->purl->type) != 0) {
            return false;
        }
    }
    return true;
}

static char *join_clients(const VdiRuleDraft *draft)
{
    g_autoptr(GPtrArray) names = g_ptr_array_new();

    for (guint k = 0; k < draft->clients->len; k++) {
        g_ptr_array_add(names, ((VdiClientAsked *) draft->clients->pdata[k])->product);
    }
    g_ptr_array_add(names, NULL);
    return g_strjoinv(", ", (char **) names->pdata);
}

static char *join_causes(const VdiRuleDraft *draft)
{
    GString *words = g_string_new(NULL);

    for (guint k = 0; k < draft->causes->len; k++) {
        g_autofree char *cause = vdi_cause_words(draft->causes->pdata[k]);

        g_string_append_printf(words, "%s%s", k > 0 ? ", " : "", cause);
    }
    return g_string_free(words, false);
}

/* The fixed client, where one is asked for below a version. */
static const VdiClientAsked *fixed_client(const VdiRuleDraft *draft)
{
    for (guint k = 0; k < draft->clients->len; k++) {
        const VdiClientAsked *client = draft->clients->pdata[k];

        if (strcmp(client->comparator, "<") == 0) {
            return client;
        }
    }
    return NULL;
}

/* What repairs the causes, each once: "libssl3 3.0.18, KB5077744". */
static char *join_repairs(const VdiRuleDraft *draft)
{
    g_autoptr(GPtrArray) repairs = g_ptr_array_new_with_free_func(g_free);

    for (guint k = 0; k < draft->causes->len; k++) {
        const VdiCause *cause = draft->causes->pdata[k];
        const char *name = cause->kind == VDI_CAUSE_UPDATE ? "Windows" : cause->name;
        g_autofree char *repair = cause->fixed_update != NULL ? g_strdup(cause->fixed_update)
            : cause->fixed != NULL ? g_strconcat(name, " ", cause->fixed, NULL)
                                   : NULL;

        if (repair != NULL
            && !g_ptr_array_find_with_equal_func(repairs, repair, g_str_equal, NULL)) {
            g_ptr_array_add(repairs, g_steal_pointer(&repair));
        }
    }
    g_ptr_array_add(repairs, NULL);
    return g_strjoinv(", ", (char **) repairs->pdata);
}

static void append(GString *text, const char *sentence)
{
    g_string_append_printf(text, "%s%s", text->len > 0 ? " " : "", sentence);
}

static char *write_title(const VdiRuleDraft *draft, size_t i)
{
    static const VdiCauseKind package = VDI_CAUSE_PACKAGE, update = VDI_CAUSE_UPDATE;
    VdiCauseKind kind = first_cause(draft)->kind;

    return g_strdup(!is_one_cause(draft) ? languages[i].title_several
            : kind == package            ? languages[i].title_package
            : kind == update             ? languages[i].title_update
                                         : languages[i].title_build);
}

static void append_repair(GString *text, const VdiRuleDraft *draft, size_t i)
{
    const VdiCause *first = first_cause(draft);
    g_autofree char *repairs = join_repairs(draft);
    const VdiClientAsked *client = fixed_client(draft);

    if (is_one_cause(draft) && first->kind != VDI_CAUSE_UPDATE && first->fixed != NULL) {
        append(text, languages[i].repaired_by_version);
    } else if (*repairs != '\0') {
        append(text, languages[i].repaired_by);
        g_string_replace(text, "{repair}", repairs, 0);
    } else if (client == NULL) {
        append(text,
            draft->effect == VDI_EFFECT_BLOCK ? languages[i].unrepaired_held
                                              : languages[i].unrepaired);
    }
    if (client != NULL) {
        append(text, languages[i].client_first);
        g_string_replace(text, "{client}", client->product, 0);
        g_string_replace(text, "{repair}", client->version, 0);
    }
}

static char *write_message(const VdiRuleDraft *draft, size_t i)
{
    VdiCauseKind kind = first_cause(draft)->kind;
    g_autoptr(GString) text = g_string_new(NULL);

    append(text,
        !is_one_cause(draft)            ? languages[i].breaks_several
            : kind == VDI_CAUSE_PACKAGE ? languages[i].breaks_package
            : kind == VDI_CAUSE_UPDATE  ? languages[i].breaks_update
                                        : languages[i].breaks_build);
    append_repair(text, draft, i);
    return g_string_free(g_steal_pointer(&text), false);
}

static char *fill(const VdiRuleDraft *draft, size_t i, char *taken)
{
    g_autoptr(GString) text = g_string_new(taken);
    g_autofree char *clients = join_clients(draft);
    g_autofree char *causes = join_causes(draft);
    bool has_client = draft->clients->len > 0;

    g_free(taken);
    g_string_replace(text, "{what}", has_client ? clients : languages[i].desktop, 0);
    g_string_replace(text, "{who}", has_client ? clients : languages[i].computer, 0);
    g_string_replace(text, "{causes}", causes, 0);
    g_string_replace(text, "{cause}", first_cause(draft)->name, 0);
    return g_string_free(g_steal_pointer(&text), false);
}

bool vdi_rule_words(const VdiRuleDraft *draft, size_t i, VdiRuleWords *ret_words)
{
    if (i >= G_N_ELEMENTS(languages)) {
        return false;
    }
    bool is_english = i == 0;
    const char *title = is_english ? draft->title_en : draft->title_fr;
    const char *message = is_english ? draft->message_en : draft->message_fr;

    ret_words->tag = languages[i].tag;
    ret_words->title = title != NULL ? g_strdup(title)
        : draft->title_en != NULL    ? NULL
                                     : fill(draft, i, write_title(draft, i));
    ret_words->message = message != NULL ? g_strdup(message)
        : draft->message_en != NULL      ? NULL
                                         : fill(draft, i, write_message(draft, i));
    return true;
}

void vdi_rule_words_clear(VdiRuleWords *words)
{
    g_clear_pointer(&words->title, g_free);
    g_clear_pointer(&words->message, g_free);
}

const char *vdi_rule_words_keep_away(size_t i, const char **ret_tag)
{
    if (i >= G_N_ELEMENTS(languages)) {
        return NULL;
    }
    *ret_tag = languages[i].tag;
    return languages[i].keep_away;
}
