/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "compat/rules/manifest.h"

/* What people are told of a rule, in English and French: what breaks, what it concerns, the three
 * cases (not yet installed, installed, already fixed) with one thing to do in each, until when, and
 * whom to ask. Which thing, the rule's first remedy says.
 *
 * Plain text, wrapped. Texts of the rule are cleaned (base/text), and no address in them stays one:
 * what stands before "://" is left out. A reference is given as a link when it is on the site, by
 * its title alone when it is elsewhere. */

typedef struct {
    const VdiRule *rule;
    const char *organisation; /* the manifest's id */
    int64_t over_at;          /* withdrawn, or expired, at that time; 0: it is in force */
    const char *contact;      /* whom to ask; NULL: reply to the letter */
    const char *site;         /* "https://it.example.com/": its host's links stay; NULL: none do */
    const char *file;         /* what is attached; NULL: nothing */
} VdiLetter;

/* One line, both languages. */
char *vdi_letter_subject(const VdiLetter *letter);
/* Lines end in \n. */
char *vdi_letter_text(const VdiLetter *letter);
