/* SPDX-License-Identifier: Apache-2.0 */
#include "compat/manifest/letter_words.h"

#include <string.h>

#include "base/text.h"

static const char *const words[VDI_N_WORDS][VDI_LETTER_N_LANGUAGES] = {
    [VDI_WORD_BOTH] = {"This letter is in English, then in French.",
        "Cette lettre est en anglais, puis en français."},
    [VDI_WORD_OVER] = {"Over: {title}", "Terminé : {title}"},

    [VDI_WORD_CONCERNS] = {"It concerns:", "Sont concernés :"},
    [VDI_WORD_UPDATE] = {"the update {name}", "la mise à jour {name}"},
    [VDI_WORD_BUILD] = {"Windows builds {versions}", "les builds de Windows {versions}"},
    [VDI_WORD_CLIENT] = {"the client {name}, versions {versions}",
        "le client {name}, versions {versions}"},
    [VDI_WORD_ENGINE] = {"FreeRDP, versions {versions}", "FreeRDP, versions {versions}"},
    [VDI_WORD_LIBRARY] = {"the library {name}", "la bibliothèque {name}"},
    [VDI_WORD_KERNEL] = {"the kernel, versions {versions}", "le noyau, versions {versions}"},
    [VDI_WORD_PACKAGE] = {"{name}, versions {versions}", "{name}, versions {versions}"},
    [VDI_WORD_AND_MORE] = {"and more", "et d'autres"},

    [VDI_WORD_BELOW] = {"before {version}", "avant {version}"},
    [VDI_WORD_AT_MOST] = {"up to {version}", "jusqu'à {version}"},
    [VDI_WORD_ABOVE] = {"after {version}", "après {version}"},
    [VDI_WORD_AT_LEAST] = {"from {version} on", "à partir de {version}"},
    [VDI_WORD_EXCEPT] = {"except {version}", "sauf {version}"},
    [VDI_WORD_EXACTLY] = {"{version}", "{version}"},

    [VDI_WORD_DEPENDS] = {"What to do depends on your computer:",
        "Ce qu'il faut faire dépend de votre ordinateur :"},
    [VDI_WORD_WHAT_TO_DO] = {"What to do: {action}", "Ce qu'il faut faire : {action}"},
    [VDI_WORD_CASE_PENDING] = {"The update is not yet installed.",
        "La mise à jour n'est pas encore installée."},
    [VDI_WORD_CASE_INSTALLED] = {"The update is installed.", "La mise à jour est installée."},
    [VDI_WORD_CASE_FIXED] = {"It is already fixed on your computer.",
        "C'est déjà réparé sur votre ordinateur."},
    [VDI_WORD_CASE_FIXED_CLIENT] =
        {"It is already fixed: the client has version {version} or later.",
            "C'est déjà réparé : le client est en version {version} ou ultérieure."},
    [VDI_WORD_CASE_FIXED_PACKAGE] =
        {"It is already fixed: {package} has version {version} or later.",
            "C'est déjà réparé : {package} est en version {version} ou ultérieure."},
    [VDI_WORD_CASE_FIXED_UPDATE] = {"It is already fixed: the update {update} is installed.",
        "C'est déjà réparé : la mise à jour {update} est installée."},
    [VDI_WORD_NOTHING_TO_DO] = {"Nothing to do: go on installing your updates.",
        "Rien à faire : continuez à installer vos mises à jour."},

    [VDI_WORD_WAIT] = {"Wait: do not install it yet.", "Attendez : ne l'installez pas encore."},
    [VDI_WORD_WAIT_FOR_VERSION] = {"Wait: do not install it before version {version} is offered.",
        "Attendez : ne l'installez pas avant que la version {version} soit proposée."},
    [VDI_WORD_INSTEAD] = {"Install the update {update} instead, which repairs it.",
        "Installez à sa place la mise à jour {update}, qui corrige le problème."},
    [VDI_WORD_CLIENT_FIRST] = {"Upgrade the client first; then install the update.",
        "Mettez d'abord le client à jour ; installez ensuite la mise à jour."},
    [VDI_WORD_CLIENT_VERSION_FIRST] =
        {"Upgrade the client to version {version} or later first; then install the update.",
            "Mettez d'abord le client à jour vers la version {version} ou une version ultérieure ; "
            "installez ensuite la mise à jour."},
    [VDI_WORD_PACKAGE_FIRST] = {"Upgrade {package} first; then install the update.",
        "Mettez d'abord {package} à jour ; installez ensuite la mise à jour."},
    [VDI_WORD_PACKAGE_VERSION_FIRST] =
        {"Upgrade {package} to version {version} or later first; then install the update.",
            "Mettez d'abord {package} à jour vers la version {version} ou une version ultérieure ; "
            "installez ensuite la mise à jour."},

    [VDI_WORD_OR] = {" or ", " ou "},
    [VDI_WORD_UPGRADE_CLIENT] = {"Upgrade the client.", "Mettez le client à jour."},
    [VDI_WORD_UPGRADE_CLIENT_TO] = {"Upgrade the client to version {version} or later.",
        "Mettez le client à jour vers la version {version} ou une version ultérieure."},
    [VDI_WORD_UPGRADE_PACKAGE] = {"Upgrade {package}.", "Mettez {package} à jour."},
    [VDI_WORD_UPGRADE_PACKAGE_TO] = {"Upgrade {package} to version {version} or later.",
        "Mettez {package} à jour vers la version {version} ou une version ultérieure."},
    [VDI_WORD_INSTALL_UPDATE] = {"Install the update {update}, which repairs it.",
        "Installez la mise à jour {update}, qui corrige le problème."},
    [VDI_WORD_REMOVE_UPDATE] = {"Remove the update {update}.",
        "Désinstallez la mise à jour {update}."},
    [VDI_WORD_REMOVE_THE_UPDATE] = {"Remove the update.", "Désinstallez la mise à jour."},
    [VDI_WORD_CHANGE_SETTING] = {"Ask for the setting that has to be changed (see below).",
        "Demandez quel réglage changer (voir plus bas)."},
    [VDI_WORD_INSTALL_THE_REPAIR] = {"Install the update that repairs it.",
        "Installez la mise à jour qui corrige le problème."},
    [VDI_WORD_ASK] = {"Ask before you change anything (see below).",
        "Demandez conseil avant de rien changer (voir plus bas)."},

    [VDI_WORD_OVER_SINCE] =
        {"You were told of this: \"{title}\". It is over since {day}: the advice of then is no "
         "longer needed.",
            "Une lettre vous avait signalé ceci : « {title} ». C'est terminé depuis le {day} : la "
            "consigne d'alors "
            "n'a plus lieu d'être."},
    [VDI_WORD_INSTALL_NOW] = {"What to do: install your updates, all of them.",
        "Ce qu'il faut faire : installez toutes vos mises à jour."},

    [VDI_WORD_UNTIL] = {"Until when: until {day} at the latest, or until you hear that it is over.",
        "Jusqu'à quand : jusqu'au {day} au plus tard, ou jusqu'à ce qu'une lettre en annonce la "
        "fin."},
    [VDI_WORD_UNTIL_TOLD] = {"Until when: until you hear that it is over.",
        "Jusqu'à quand : jusqu'à ce qu'une lettre en annonce la fin."},
    [VDI_WORD_CONTACT] = {"Whom to ask: {contact}", "À qui s'adresser : {contact}"},
    [VDI_WORD_REPLY] = {"Whom to ask: reply to this letter.",
        "À qui s'adresser : répondez à cette lettre."},
    [VDI_WORD_READ_MORE] = {"More about it: {url}", "Pour en savoir plus : {url}"},
    [VDI_WORD_HELD] = {"A computer that Vigie guards holds the update back by itself; all others "
                       "go in.",
        "Un ordinateur que protège Vigie retient de lui-même cette mise à jour ; toutes les autres "
        "s'installent."},
    [VDI_WORD_LEARN] = {"A computer that Vigie guards learns this by itself.",
        "Un ordinateur que protège Vigie l'apprend de lui-même."},
    [VDI_WORD_BUNDLE] = {"The attached file {file}, which is signed, tells it to one without a "
                         "network: open it there.",
        "Le fichier joint {file}, signé, l'apprend à celui qui n'a pas de réseau : ouvrez-le sur "
        "cet "
        "ordinateur."},
    [VDI_WORD_RULE] = {"Rule {rule} of {organisation}.", "Règle {rule} de {organisation}."},
};

static const char *const months[VDI_LETTER_N_LANGUAGES][12] = {
    [VDI_LETTER_ENGLISH] = {"January", "February", "March", "April", "May", "June", "July",
        "August", "September", "October", "November", "December"},
    [VDI_LETTER_FRENCH] = {"janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août",
        "septembre", "octobre", "novembre", "décembre"},
};

const char *vdi_letter_word(VdiLetterWord word, VdiLetterLanguage language)
{
    return words[word][language];
}

const char *const *vdi_letter_tags(VdiLetterLanguage language)
{
    static const char *const tags[VDI_LETTER_N_LANGUAGES][2] = {
        [VDI_LETTER_ENGLISH] = {"en", NULL},
        [VDI_LETTER_FRENCH] = {"fr", NULL},
    };

    return tags[language];
}

char *vdi_letter_day(int64_t at, VdiLetterLanguage language)
{
    g_autoptr(GDateTime) date = g_date_time_new_from_unix_utc(at);

    g_assert(date != NULL);
    int day = g_date_time_get_day_of_month(date);

    return g_strdup_printf("%d%s %s %d", day, language == VDI_LETTER_FRENCH && day == 1 ? "er" : "",
        months[language][g_date_time_get_month(date) - 1], g_date_time_get_year(date));
}

/* What fills the hole that `at` begins with; *ret_length is the hole's. NULL: nothing. */
static const char *find_value(const char *at, va_list pairs, size_t *ret_length)
{
    const char *hole = va_arg(pairs, const char *);

    while (hole != NULL) {
        const char *value = va_arg(pairs, const char *);

        if (value != NULL && g_str_has_prefix(at, hole)) {
            *ret_length = strlen(hole);
            return value;
        }
        hole = va_arg(pairs, const char *);
    }
    return NULL;
}

char *vdi_letter_fill(const char *sentence, ...)
{
    GString *out = g_string_new(NULL);

    for (const char *at = sentence; *at != '\0';) {
        size_t length = 1;
        va_list pairs;

        va_start(pairs, sentence);
        const char *value = *at == '{' ? find_value(at, pairs, &length) : NULL;

        va_end(pairs);
        g_string_append_len(out, value != NULL ? value : at, value != NULL ? -1 : 1);
        at += length;
    }
    return g_string_free(out, false);
}

char *vdi_letter_unlink(char *text)
{
    char *at = NULL;

    while ((at = strstr(text, "://")) != NULL) {
        char *begin = at;

        while (begin > text && (g_ascii_isalnum(begin[-1]) || strchr("+-.", begin[-1]) != NULL)) {
            begin--;
        }
        memmove(begin, at + strlen("://"), strlen(at + strlen("://")) + 1);
    }
    return text;
}

char *vdi_letter_plain(const char *text)
{
    return text != NULL ? vdi_letter_unlink(vdi_text_clean(text)) : NULL;
}
