/* SPDX-License-Identifier: Apache-2.0 */
#include "compat/host/dnf_output.h"

#include <string.h>

#include "base/error.h"
#include "base/text.h"
#include "compat/host/child.h"

enum { ROW_FIELDS = 6 }; /* NAME ARCH EVR REPOSITORY SIZE UNIT */

typedef enum { DOES_NOTHING, COMES, GOES } Effect;

/* The end of dnf 4's "---> Package x will be …". */
static const struct {
    const char *words;
    Effect effect;
} steps[] = {
    {"installed", COMES},
    {"an upgrade", COMES},
    {"a downgrade", COMES},
    {"upgraded", GOES},
    {"downgraded", GOES},
    {"obsoleted", GOES},
    {"erased", GOES},
    {"reinstalled", DOES_NOTHING},
    {"obsoleting", DOES_NOTHING},
};

/* dnf 5's headings, and under which word its summary counts the rows below. */
static const struct {
    const char *heading, *counted;
    Effect effect;
} sections[] = {
    {"Installing:", "Installing:", COMES},
    {"Installing dependencies:", "Installing:", COMES},
    {"Installing weak dependencies:", "Installing:", COMES},
    {"Installing group/module packages:", "Installing:", COMES},
    {"Upgrading:", "Upgrading:", COMES},
    {"Downgrading:", "Downgrading:", COMES},
    {"Reinstalling:", "Reinstalling:", DOES_NOTHING},
    {"Removing:", "Removing:", GOES},
    {"Removing dependent packages:", "Removing:", GOES},
    {"Removing unused dependencies:", "Removing:", GOES},
};

typedef struct {
    VdiOffer *offer;
    bool is_five, in_summary, is_whole;
    int section;        /* of `sections`; -1: rows are none of ours */
    GHashTable *counts; /* "Upgrading:" → how many rows there were, less those announced */
    GHashTable *gone;   /* a set of what "replacing" lines named: one may stand twice */
} Reader;

static bool fail(const char *what, char **fields, GError **error)
{
    g_autofree char *line = g_strjoinv(" ", fields);
    g_autofree char *shown = vdi_text_quote(line);

    g_set_error(error, VDI_HOST_ERROR, VDI_HOST_ERROR_OFFER, "%s: %s", what, shown);
    return false;
}

static bool apply(Reader *reader, Effect effect, const char *name, const char *arch,
    const char *version, GError **error)
{
    return effect == DOES_NOTHING
        || (effect == COMES ? vdi_offer_comes(reader->offer, name, arch, version, error)
                            : vdi_offer_goes(reader->offer, name, arch, version, error));
}

/* ---- dnf 4 ---- */

static bool take_step(Reader *reader, char **fields, size_t n_fields, GError **error)
{
    char *dot = n_fields >= 7 ? strrchr(fields[2], '.') : NULL;

    if (dot == NULL) {
        return fail("dnf says what is not understood", fields, error);
    }
    g_autofree char *words = g_strjoinv(" ", fields + 6);

    *dot = '\0';
    for (size_t i = 0; i < G_N_ELEMENTS(steps); i++) {
        if (strcmp(words, steps[i].words) == 0) {
            return apply(reader, steps[i].effect, fields[2], dot + 1, fields[3], error);
        }
    }
    return fail("dnf does what is not known here", fields, error);
}

static bool take_line_of_four(Reader *reader, char **fields, size_t n_fields, GError **error)
{
    if (strcmp(fields[0], "--->") == 0) {
        return take_step(reader, fields, n_fields, error);
    }
    reader->is_whole = reader->is_whole
        || (n_fields == 2 && strcmp(fields[0], "Dependencies") == 0
            && strcmp(fields[1], "resolved.") == 0);
    return true;
}

/* ---- dnf 5 ---- */

static void count(Reader *reader, const char *counted, int by)
{
    int before = GPOINTER_TO_INT(g_hash_table_lookup(reader->counts, counted));

    g_hash_table_replace(reader->counts, g_strdup(counted), GINT_TO_POINTER(before + by));
}

static bool take_row(Reader *reader, char **fields, size_t n_fields, GError **error)
{
    bool is_replaced = strcmp(fields[0], "replacing") == 0;
    char **row = fields + (is_replaced ? 1 : 0);

    if (n_fields != ROW_FIELDS + (is_replaced ? 1 : 0)) {
        return fail("dnf says what is not understood", fields, error);
    }
    if (!is_replaced) {
        count(reader, sections[reader->section].counted, 1);
        return apply(reader, sections[reader->section].effect, row[0], row[1], row[2], error);
    }
    g_autofree char *key = g_strjoin(" ", row[0], row[1], row[2], NULL);

    if (!g_hash_table_add(reader->gone, g_steal_pointer(&key))) {
        return true;
    }
    count(reader, "Replacing:", 1);
    /* What is put in again takes its own place. */
    return sections[reader->section].effect == DOES_NOTHING
        || apply(reader, GOES, row[0], row[1], row[2], error);
}

static bool take_summary(Reader *reader, char **fields, size_t n_fields, GError **error)
{
    uint64_t announced = 0;

    if (n_fields == 3 && g_str_has_prefix(fields[2], "package")) {
        if (!g_ascii_string_to_unsigned(fields[1], 10, 0, VDI_CHILD_LINES_MAX, &announced, NULL)) {
            return fail("dnf says what is not understood", fields, error);
        }
        count(reader, fields[0], -(int) announced);
    }
    return true;
}

static bool take_line_of_five(Reader *reader, char **fields, size_t n_fields, GError **error)
{
    g_autofree char *line = g_strjoinv(" ", fields);

    if (strcmp(line, "Nothing to do.") == 0) {
        reader->is_whole = true;
        return true;
    }
    if (strcmp(line, "Transaction Summary:") == 0) {
        reader->is_whole = reader->in_summary = true;
        return true;
    }
    if (g_str_has_suffix(line, ":")) {
        reader->section = -1;
        for (size_t i = 0; i < G_N_ELEMENTS(sections); i++) {
            if (strcmp(line, sections[i].heading) == 0) {
                reader->section = (int) i;
            }
        }
        return true;
    }
    if (reader->in_summary) {
        return take_summary(reader, fields, n_fields, error);
    }
    return reader->section < 0 || take_row(reader, fields, n_fields, error);
}

/* ---- both ---- */

static bool take_line(char **fields, size_t n_fields, void *user, GError **error)
{
    Reader *reader = user;

    return reader->is_five ? take_line_of_five(reader, fields, n_fields, error)
                           : take_line_of_four(reader, fields, n_fields, error);
}

static bool check_counts(const Reader *reader, GError **error)
{
    GHashTableIter iter;
    gpointer counted = NULL, left = NULL;

    g_hash_table_iter_init(&iter, reader->counts);
    while (g_hash_table_iter_next(&iter, &counted, &left)) {
        if (GPOINTER_TO_INT(left) != 0) {
            g_set_error(error, VDI_HOST_ERROR, VDI_HOST_ERROR_OFFER,
                "dnf lists other packages than it counts as \"%s\"", (const char *) counted);
            return false;
        }
    }
    return true;
}

bool vdi_dnf_output_read(GBytes *output, bool is_five, VdiOffer *offer, GError **error)
{
    g_autoptr(GHashTable) counts = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    g_autoptr(GHashTable) gone = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    Reader reader = {
        .offer = offer, .is_five = is_five, .section = -1, .counts = counts, .gone = gone};

    if (!vdi_child_read(output, " ", VDI_HOST_ERROR_OFFER, take_line, &reader, error)
        || !check_counts(&reader, error)) {
        return false;
    }
    if (!reader.is_whole) {
        g_set_error(error, VDI_HOST_ERROR, VDI_HOST_ERROR_OFFER,
            "dnf does not say to its end what it would do");
    }
    return reader.is_whole;
}

static bool mark(char **fields, size_t n_fields, void *user, GError **error)
{
    for (size_t i = 0; i < n_fields; i++) {
        char *dot = strrchr(fields[i], '.');

        if (dot == NULL || dot[1] == '\0') {
            continue;
        }
        *dot = '\0';
        char *release = strrchr(fields[i], '-');
        char *version = release != NULL ? g_strrstr_len(fields[i], release - fields[i], "-") : NULL;

        if (version != NULL) {
            *version = '\0';
            vdi_offer_mark_security(user, fields[i], dot + 1, version + 1);
        }
    }
    return true;
}

bool vdi_dnf_output_mark_security(GBytes *output, VdiOffer *offer, GError **error)
{
    return vdi_child_read(output, " ", VDI_HOST_ERROR_OFFER, mark, offer, error);
}
