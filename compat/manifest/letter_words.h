/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <glib.h>

/* The words of a letter (letter.h), in English and French. A letter speaks both at once, whatever
 * locale its author has, so they stand side by side in a table: a catalogue of messages gives one
 * language a process, and none at all in the locale C. Holes such as {version} are filled by
 * vdi_letter_fill. */

typedef enum { VDI_LETTER_ENGLISH, VDI_LETTER_FRENCH, VDI_LETTER_N_LANGUAGES } VdiLetterLanguage;

typedef enum {
    VDI_WORD_BOTH, /* in both columns: what stands above the letter */
    VDI_WORD_OVER, /* "{title}" is over */
    /* what it concerns */
    VDI_WORD_CONCERNS,
    VDI_WORD_UPDATE,
    VDI_WORD_BUILD,
    VDI_WORD_CLIENT,
    VDI_WORD_ENGINE,
    VDI_WORD_LIBRARY,
    VDI_WORD_KERNEL,
    VDI_WORD_PACKAGE,
    VDI_WORD_AND_MORE,
    /* ranges of versions */
    VDI_WORD_BELOW,
    VDI_WORD_AT_MOST,
    VDI_WORD_ABOVE,
    VDI_WORD_AT_LEAST,
    VDI_WORD_EXCEPT,
    VDI_WORD_EXACTLY,
    /* the three cases */
    VDI_WORD_DEPENDS,
    VDI_WORD_WHAT_TO_DO, /* of a rule that has no such cases */
    VDI_WORD_CASE_PENDING,
    VDI_WORD_CASE_INSTALLED,
    VDI_WORD_CASE_FIXED,
    VDI_WORD_CASE_FIXED_CLIENT,
    VDI_WORD_CASE_FIXED_PACKAGE,
    VDI_WORD_CASE_FIXED_UPDATE,
    VDI_WORD_NOTHING_TO_DO,
    /* pending: wait, or do something first */
    VDI_WORD_WAIT,
    VDI_WORD_WAIT_FOR_VERSION,
    VDI_WORD_INSTEAD,
    VDI_WORD_CLIENT_FIRST,
    VDI_WORD_CLIENT_VERSION_FIRST,
    VDI_WORD_PACKAGE_FIRST,
    VDI_WORD_PACKAGE_VERSION_FIRST,
    /* installed */
    VDI_WORD_OR, /* between updates, one of which fits */
    VDI_WORD_UPGRADE_CLIENT,
    VDI_WORD_UPGRADE_CLIENT_TO,
    VDI_WORD_UPGRADE_PACKAGE,
    VDI_WORD_UPGRADE_PACKAGE_TO,
    VDI_WORD_INSTALL_UPDATE,
    VDI_WORD_INSTALL_THE_REPAIR,
    VDI_WORD_REMOVE_UPDATE,
    VDI_WORD_REMOVE_THE_UPDATE,
    VDI_WORD_CHANGE_SETTING,
    VDI_WORD_ASK,
    /* withdrawn */
    VDI_WORD_OVER_SINCE,
    VDI_WORD_INSTALL_NOW,
    /* the end of the letter */
    VDI_WORD_UNTIL,
    VDI_WORD_UNTIL_TOLD,
    VDI_WORD_CONTACT,
    VDI_WORD_REPLY,
    VDI_WORD_READ_MORE,
    VDI_WORD_HELD,
    VDI_WORD_LEARN,
    VDI_WORD_BUNDLE,
    VDI_WORD_RULE,
    VDI_N_WORDS,
} VdiLetterWord;

const char *vdi_letter_word(VdiLetterWord word, VdiLetterLanguage language);

/* For compat/rules/explain. */
const char *const *vdi_letter_tags(VdiLetterLanguage language);

/* "31 January 2027", "1er février 2027": the day in UTC. */
char *vdi_letter_day(int64_t at, VdiLetterLanguage language);

/* Pairs of hole and value, ended by NULL: ("{version}", "3.11", NULL). A value of NULL leaves its
 * hole as it is. Each hole is filled once, and no value is looked through for holes. */
char *vdi_letter_fill(const char *sentence, ...) G_GNUC_NULL_TERMINATED;

/* Text from outside: cleaned (base/text), and "https://host/page" becomes "host/page", so that no
 * address in it is a link. NULL gives NULL. */
char *vdi_letter_plain(const char *text);
/* The second half of that alone, in place. */
char *vdi_letter_unlink(char *text);
