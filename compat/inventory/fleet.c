/* SPDX-License-Identifier: Apache-2.0 */
#include "compat/inventory/fleet.h"

typedef struct {
    const char *name;
    bool is_named;   /* KEY:NAME */
    bool is_several; /* may stand there more than once */
} Row;

static const Row rows[VDI_FLEET_N_KEYS] = {
    [VDI_FLEET_OS] = {"os", false, false},
    [VDI_FLEET_VERSION] = {"version", false, false},
    [VDI_FLEET_LIKE] = {"like", false, true},
    [VDI_FLEET_ARCH] = {"arch", false, false},
    [VDI_FLEET_KERNEL] = {"kernel", false, false},
    [VDI_FLEET_BUILD] = {"build", false, false},
    [VDI_FLEET_ENGINE] = {"engine", false, false},
    [VDI_FLEET_MACHINE] = {"machine", false, false},
    [VDI_FLEET_TYPE] = {"type", false, false},
    [VDI_FLEET_PACKAGES] = {"packages", false, false},
    [VDI_FLEET_UPDATES] = {"updates", false, false},
    [VDI_FLEET_CLIENTS] = {"clients", false, false},
    [VDI_FLEET_SETTINGS] = {"settings", false, false},
    [VDI_FLEET_UPDATE] = {"update", false, true},
    [VDI_FLEET_LIBRARY] = {"library", false, true},
    [VDI_FLEET_CLIENT] = {"client", true, true},
    [VDI_FLEET_SETTING] = {"setting", true, true},
    [VDI_FLEET_PEER] = {"peer", true, true},
};

/* Whose packages are of which type, where a head line names the system alone. */
static const struct {
    const char *os, *type;
} package_types[] = {
    {"debian", "deb"},
    {"ubuntu", "deb"},
    {"linuxmint", "deb"},
    {"raspbian", "deb"},
    {"fedora", "rpm"},
    {"rhel", "rpm"},
    {"centos", "rpm"},
    {"rocky", "rpm"},
    {"almalinux", "rpm"},
    {"suse", "rpm"},
    {"sles", "rpm"},
    {"opensuse", "rpm"},
    {"opensuse-leap", "rpm"},
    {"opensuse-tumbleweed", "rpm"},
    {"arch", "alpm"},
    {"manjaro", "alpm"},
};

const char *vdi_fleet_key_name(VdiFleetKey key)
{
    return rows[key].name;
}

/* ---- lines ---- */

void vdi_fleet_cursor_init(VdiFleetCursor *cursor, const char *text, size_t size, bool is_cut)
{
    *cursor = (VdiFleetCursor){.words = g_array_new(false, false, sizeof(VdiFleetWord))};
    vdi_fleet_cursor_reset(cursor, text, size, is_cut);
}

void vdi_fleet_cursor_clear(VdiFleetCursor *cursor)
{
    g_clear_pointer(&cursor->words, g_array_unref);
}

void vdi_fleet_cursor_reset(VdiFleetCursor *cursor, const char *text, size_t size, bool is_cut)
{
    g_assert(text[size] == '\0');
    cursor->at = text;
    cursor->end = text + size;
    cursor->line = 0;
    cursor->is_cut = is_cut;
    cursor->is_inside = false;
    cursor->mistake = NULL;
}

static bool fail(VdiFleetCursor *cursor, const char *mistake)
{
    cursor->mistake = mistake;
    return false;
}

/* A word, up to a blank, the line's end, or `stop`. The zero byte behind the text ends it too. */
static inline bool take_text(VdiFleetCursor *cursor, char stop, VdiFleetText *ret_text)
{
    const char *at = cursor->at;
    bool is_encoded = false;

    while ((vdi_fleet_is_plain(*at) && *at != stop) || *at == '%') {
        is_encoded = is_encoded || *at == '%';
        at++;
    }
    *ret_text = (VdiFleetText){cursor->at, (size_t) (at - cursor->at)};
    cursor->at = at;
    if (ret_text->size > VDI_FLEET_WORD_MAX) {
        return fail(cursor, "a word of more than 8192 bytes");
    }
    return !is_encoded || vdi_fleet_is_as_written(*ret_text)
        || fail(cursor,
            "a % that begins no encoding of ours: two capital hex digits, and only "
            "where the character cannot stand for itself");
}

static bool fail_at_byte(VdiFleetCursor *cursor)
{
    switch (*cursor->at) {
    case '\0':
        return fail(cursor,
            cursor->at < cursor->end ? "a zero byte"
                : cursor->is_cut     ? "a machine of more than 16 MiB"
                                     : "it ends within a line");
    case '\r':
        return fail(cursor, "a carriage return: lines end with a line feed alone");
    case ' ':
        return fail(cursor, "a blank where a word is due");
    case '\n':
        return fail(cursor, "a word is missing");
    default:
        return fail(cursor, "a character that is written %XX here");
    }
}

static inline bool take_byte(VdiFleetCursor *cursor, char byte)
{
    if (*cursor->at != byte || cursor->at == cursor->end) {
        return false;
    }
    cursor->at++;
    return true;
}

static bool find_key(VdiFleetText text, VdiFleetKey *ret_key)
{
    for (VdiFleetKey key = 0; key < VDI_FLEET_N_KEYS; key++) {
        if (vdi_fleet_text_is(text, rows[key].name)) {
            *ret_key = key;
            return true;
        }
    }
    return false;
}

/* A value may be empty only where something has a name that is set to it. */
static bool take_value(VdiFleetCursor *cursor, VdiFleetWord *word)
{
    bool is_named = rows[word->key].is_named;

    if (!take_byte(cursor, '=')) {
        return (is_named && word->key != VDI_FLEET_PEER)
            || fail(cursor, "a value is due: KEY=VALUE");
    }
    if (!take_text(cursor, '\0', &word->value)) {
        return false;
    }
    return ((is_named || word->value.size > 0) && !vdi_fleet_text_is(word->value, "-"))
        || fail(cursor, "a value is due: KEY=VALUE");
}

static bool take_word(VdiFleetCursor *cursor, VdiFleetWord *word)
{
    const char *begin = cursor->at;
    VdiFleetText key = {NULL, 0};

    *word = (VdiFleetWord){0};
    if (!take_text(cursor, ':', &key)) {
        return false;
    }
    if (!find_key(key, &word->key)) {
        return key.size == 0 ? fail_at_byte(cursor)
                             : fail(cursor, "a word of the head line that is not known here");
    }
    if (rows[word->key].is_named
        && (!take_byte(cursor, ':') || !take_text(cursor, '\0', &word->name) || word->name.size == 0
            || vdi_fleet_text_is(word->name, "-"))) {
        return cursor->mistake == NULL && fail(cursor, "a name is due: KEY:NAME=VALUE");
    }
    if (!take_value(cursor, word)) {
        return false;
    }
    word->whole = (VdiFleetText){begin, (size_t) (cursor->at - begin)};
    return true;
}

static bool read_count(VdiFleetCursor *cursor, VdiFleetText value)
{
    size_t count = 0;

    if (vdi_fleet_text_is(value, "unknown")) {
        return true;
    }
    for (size_t i = 0; i < value.size; i++) {
        count = count * 10 + (size_t) (value.at[i] - '0');
        if (!g_ascii_isdigit(value.at[i]) || count > VDI_FLEET_PACKAGES_MAX) {
            return fail(cursor, "packages= is a number up to 200000, or \"unknown\"");
        }
    }
    cursor->n_due = count;
    return value.size > 0 || fail(cursor, "packages= is a number, or \"unknown\"");
}

/* A purl's type, perhaps with a distributor behind a slash. */
static bool check_type(VdiFleetCursor *cursor, VdiFleetText type)
{
    size_t i = 0;

    while (i < type.size
        && (g_ascii_islower(type.at[i])
            || (i > 0 && (g_ascii_isdigit(type.at[i]) || strchr("+-.", type.at[i]) != NULL)))) {
        i++;
    }
    return (i > 0 && (i == type.size || (type.at[i] == '/' && i + 1 < type.size)))
        || fail(cursor, "a type of packages is written as in deb/debian, rpm/fedora, generic");
}

/* What a word means for the reading itself. */
static bool heed(VdiFleetCursor *cursor, const VdiFleetWord *word)
{
    switch (word->key) {
    case VDI_FLEET_PACKAGES:
        return read_count(cursor, word->value);
    case VDI_FLEET_TYPE:
        cursor->type = word->value;
        cursor->distributor = (VdiFleetText){NULL, 0};
        return check_type(cursor, word->value);
    case VDI_FLEET_UPDATES:
    case VDI_FLEET_CLIENTS:
    case VDI_FLEET_SETTINGS:
        return vdi_fleet_text_is(word->value, "whole")
            || fail(cursor, "updates=, clients= and settings= say nothing but \"whole\"");
    default:
        return true;
    }
}

static void guess_type(VdiFleetCursor *cursor, VdiFleetText os)
{
    for (size_t i = 0; i < G_N_ELEMENTS(package_types) && cursor->type.size == 0; i++) {
        if (vdi_fleet_text_is(os, package_types[i].os)) {
            cursor->type = (VdiFleetText){package_types[i].type, strlen(package_types[i].type)};
        }
    }
}

static void guess_types(VdiFleetCursor *cursor)
{
    for (guint i = 0; i < cursor->words->len; i++) {
        const VdiFleetWord *word = &g_array_index(cursor->words, VdiFleetWord, i);

        if (word->key == VDI_FLEET_OS) {
            cursor->distributor = word->value;
        }
        if (word->key == VDI_FLEET_OS || word->key == VDI_FLEET_LIKE) {
            guess_type(cursor, word->value);
        }
    }
}

static bool take_words(VdiFleetCursor *cursor)
{
    uint32_t seen = 0;
    VdiFleetWord word;

    while (take_byte(cursor, ' ')) {
        if (cursor->words->len == VDI_FLEET_WORDS_MAX) {
            return fail(cursor, "more than 65536 words in a head line");
        }
        if (!take_word(cursor, &word) || !heed(cursor, &word)) {
            return false;
        }
        if (!rows[word.key].is_several && (seen & 1u << word.key) != 0) {
            return fail(cursor, "a word that can stand there once stands there twice");
        }
        seen |= 1u << word.key;
        g_array_append_val(cursor->words, word);
    }
    return true;
}

/* "@ NAME KEY=VALUE …" */
static bool take_head(VdiFleetCursor *cursor)
{
    g_array_set_size(cursor->words, 0);
    cursor->type = cursor->distributor = (VdiFleetText){NULL, 0};
    cursor->n_packages = 0;
    cursor->n_due = SIZE_MAX;
    cursor->at++;
    if (!take_byte(cursor, ' ') || !take_text(cursor, '\0', &cursor->machine)
        || cursor->machine.size == 0) {
        return cursor->mistake == NULL && fail(cursor, "a head line is: @ NAME KEY=VALUE …");
    }
    if (!take_words(cursor)) {
        return false;
    }
    if (!take_byte(cursor, '\n')) {
        return fail_at_byte(cursor);
    }
    if (cursor->type.size == 0) {
        guess_types(cursor);
    }
    return true;
}

/* The name is read and hashed in one pass: there are a hundred million of them. */
static inline bool take_name(VdiFleetCursor *cursor)
{
    const char *begin = cursor->at, *at = begin;
    uint32_t hash = VDI_FLEET_HASH_BEGIN;
    bool is_encoded = false;

    while (vdi_fleet_is_plain(*at) || *at == '%') {
        hash = vdi_fleet_hash_byte(hash, *at);
        is_encoded = is_encoded || *at == '%';
        at++;
    }
    cursor->package.name = (VdiFleetText){begin, (size_t) (at - begin)};
    cursor->package.hash = hash;
    cursor->at = at;
    if (at == begin) {
        return fail_at_byte(cursor);
    }
    if (at == begin + 1 && *begin == '-') {
        return fail(cursor, "a package without a name");
    }
    if (cursor->package.name.size > VDI_FLEET_WORD_MAX) {
        return fail(cursor, "a word of more than 8192 bytes");
    }
    return !is_encoded || vdi_fleet_is_as_written(cursor->package.name)
        || fail(cursor, "a % that begins no encoding of ours");
}

/* A word may follow; "-" is none. */
static inline bool take_further(VdiFleetCursor *cursor, VdiFleetText *ret_text)
{
    *ret_text = (VdiFleetText){NULL, 0};
    if (*cursor->at != ' ') {
        return true;
    }
    cursor->at++;
    if (!take_text(cursor, '\0', ret_text)) {
        return false;
    }
    if (ret_text->size == 0) {
        return fail_at_byte(cursor);
    }
    if (ret_text->size == 1 && *ret_text->at == '-') {
        *ret_text = (VdiFleetText){NULL, 0};
    }
    return true;
}

/* "NAME VERSION [ARCH [TYPE]]" */
static bool take_package(VdiFleetCursor *cursor)
{
    VdiFleetPackage *package = &cursor->package;

    if (!take_name(cursor)) {
        return false;
    }
    const char *rest = cursor->at;

    if (*rest != ' ') {
        return *rest == '\n' ? fail(cursor, "a package without a version") : fail_at_byte(cursor);
    }
    if (!take_further(cursor, &package->version) || !take_further(cursor, &package->arch)
        || !take_further(cursor, &package->type)) {
        return false;
    }
    package->rest = (VdiFleetText){rest, (size_t) (cursor->at - rest)};
    if (!take_byte(cursor, '\n')) {
        return fail_at_byte(cursor);
    }
    if (package->type.size > 0) {
        if (!check_type(cursor, package->type)) {
            return false;
        }
    } else if (cursor->type.size == 0) {
        return fail(cursor,
            "nothing says what type this package is of; the head line needs "
            "type=, as in type=deb/debian");
    }
    return ++cursor->n_packages <= VDI_FLEET_PACKAGES_MAX
        || fail(cursor, "more than 200000 packages in one machine");
}

/* ---- machines ---- */

/* To where the next machine begins, counting lines. */
static void skip_machine(VdiFleetCursor *cursor)
{
    while (cursor->at < cursor->end) {
        const char *end = memchr(cursor->at, '\n', (size_t) (cursor->end - cursor->at));

        cursor->at = end != NULL ? end + 1 : cursor->end;
        cursor->line++;
        if (*cursor->at == '@') {
            return;
        }
    }
}

static VdiFleetStep refuse(VdiFleetCursor *cursor, size_t line)
{
    cursor->mistake_line = line;
    cursor->is_inside = false;
    return VDI_FLEET_UNREADABLE;
}

/* The mistake stands in the line that is being read, wherever in it reading stopped. */
static VdiFleetStep refuse_line(VdiFleetCursor *cursor, const char *begin)
{
    size_t line = cursor->line + 1;

    cursor->at = begin;
    skip_machine(cursor);
    return refuse(cursor, line);
}

static VdiFleetStep finish_machine(VdiFleetCursor *cursor)
{
    cursor->is_inside = false;
    if (cursor->is_cut && cursor->at == cursor->end) {
        fail(cursor, "a machine of more than 16 MiB");
        return refuse(cursor, cursor->line);
    }
    if (cursor->n_due != SIZE_MAX && cursor->n_packages != cursor->n_due) {
        fail(cursor,
            cursor->n_packages < cursor->n_due
                ? "fewer packages than its head line says: a part of it is missing"
                : "more packages than its head line says");
        return refuse(cursor, cursor->line);
    }
    return VDI_FLEET_WHOLE;
}

static VdiFleetStep begin_machine(VdiFleetCursor *cursor)
{
    const char *begin = cursor->at;

    if (*begin != '@') {
        fail(cursor,
            *begin == '{' || *begin == '['
                ? "this is JSON; \"vdi-guard inventory --from FILE --format fleet\" makes lines of "
                  "it"
                : "no machine was begun: its head line is missing (@ NAME KEY=VALUE …)");
        return refuse_line(cursor, begin);
    }
    if (!take_head(cursor)) {
        return refuse_line(cursor, begin);
    }
    cursor->line++;
    cursor->is_inside = true;
    return VDI_FLEET_HEAD;
}

VdiFleetStep vdi_fleet_next(VdiFleetCursor *cursor)
{
    const char *begin = cursor->at;

    cursor->mistake = NULL;
    if (cursor->is_inside && begin < cursor->end && *begin != '@') {
        if (!take_package(cursor)) {
            return refuse_line(cursor, begin);
        }
        cursor->line++;
        return VDI_FLEET_LINE;
    }
    if (cursor->is_inside) {
        return finish_machine(cursor);
    }
    return begin < cursor->end ? begin_machine(cursor) : VDI_FLEET_END;
}
