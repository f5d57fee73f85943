/* SPDX-License-Identifier: Apache-2.0 */
/* The bundle as text: written, and read strictly. */
#include <string.h>

#include "base/error.h"
#include "base/text.h"
#include "compat/trust/bundle_private.h"

#define BEGIN "-----BEGIN VIGIE BUNDLE-----"
#define END "-----END VIGIE BUNDLE-----"

#define DIGITS "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"

enum { COLUMNS = 76 };

static const char *const kind_words[] = {
    [VDI_BUNDLE_UPDATE] = "update", [VDI_BUNDLE_WELCOME] = "welcome"};

/* ---- writing ---- */

static const char *word_of(VdiBundleRank rank)
{
    return rank == VDI_BUNDLE_RANK_WELCOME ? "welcome"
        : rank == VDI_BUNDLE_RANK_TARGET   ? "target"
                                           : "metadata";
}

/* Of what the bundle says, however its lines are broken. */
static char *checksum_of(const VdiBundle *bundle)
{
    g_autoptr(GChecksum) checksum = g_checksum_new(G_CHECKSUM_SHA256);
    g_autofree char *head =
        g_strdup_printf("%s %s\n", kind_words[bundle->kind], bundle->organisation);

    g_checksum_update(checksum, (const guchar *) head, -1);
    for (guint i = 0; i < bundle->members->len; i++) {
        const VdiBundleMember *member = bundle->members->pdata[i];
        size_t size = 0;
        const guchar *data = g_bytes_get_data(member->bytes, &size);
        g_autofree char *line =
            g_strdup_printf("%s %s %zu\n", word_of(member->rank), member->name, size);

        g_checksum_update(checksum, (const guchar *) line, -1);
        if (size > 0) {
            g_checksum_update(checksum, data, (gssize) size);
        }
    }
    return g_strdup(g_checksum_get_string(checksum));
}

static void write_content(GString *text, GBytes *bytes)
{
    size_t size = 0;
    const guchar *data = g_bytes_get_data(bytes, &size);
    g_autofree char *encoded = g_base64_encode(data, size);
    size_t length = strlen(encoded);

    for (size_t at = 0; at < length; at += COLUMNS) {
        g_string_append_len(text, encoded + at, (gssize) MIN(length - at, (size_t) COLUMNS));
        g_string_append_c(text, '\n');
    }
}

GBytes *vdi_bundle_write(const VdiBundle *bundle, GError **error)
{
    g_assert(bundle->organisation != NULL && vdi_text_is_name(bundle->organisation));
    g_autoptr(GString) text = g_string_new(BEGIN "\nformat 1\n");
    g_autofree char *checksum = checksum_of(bundle);

    g_string_append_printf(
        text, "kind %s\norganisation %s\n", kind_words[bundle->kind], bundle->organisation);
    for (guint i = 0; i < bundle->members->len; i++) {
        const VdiBundleMember *member = bundle->members->pdata[i];

        g_string_append_printf(text, "\n%s %s\n", word_of(member->rank), member->name);
        write_content(text, member->bytes);
    }
    g_string_append_printf(text, "\nsha256 %s\n" END "\n", checksum);
    if (text->len > VDI_BUNDLE_MAX_BYTES) {
        g_set_error(error, VDI_TRUST_ERROR, VDI_TRUST_ERROR_REFUSED,
            "a bundle of more than %zu bytes", VDI_BUNDLE_MAX_BYTES);
        return NULL;
    }
    return g_string_free_to_bytes(g_steal_pointer(&text));
}

/* ---- reading ---- */

typedef struct {
    const char *at, *end;
    char *line; /* without blanks at its end; NULL past the last */
    size_t number;
} Reader;

static void reader_clear(Reader *reader)
{
    g_free(reader->line);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Reader, reader_clear)

static bool fail(const Reader *reader, const char *what, GError **error)
{
    g_set_error(
        error, VDI_BUNDLE_ERROR, VDI_BUNDLE_ERROR_FORMAT, "line %zu: %s", reader->number, what);
    return false;
}

/* The next line that is not empty; there is no NUL (check_characters). */
static void next_line(Reader *reader)
{
    g_clear_pointer(&reader->line, g_free);
    while (reader->at < reader->end) {
        const char *start = reader->at;
        const char *stop = memchr(start, '\n', (size_t) (reader->end - start));
        size_t length = (size_t) ((stop != NULL ? stop : reader->end) - start);

        reader->at = stop != NULL ? stop + 1 : reader->end;
        reader->number++;
        while (length > 0 && strchr(" \t\r", start[length - 1]) != NULL) {
            length--;
        }
        if (length > 0) {
            reader->line = g_strndup(start, length);
            return;
        }
    }
}

/* "WORD rest": the rest, borrowed; NULL when it is another line. */
static const char *rest_of(const Reader *reader, const char *word)
{
    size_t length = strlen(word);

    return reader->line != NULL && strncmp(reader->line, word, length) == 0
            && reader->line[length] == ' '
        ? reader->line + length + 1
        : NULL;
}

static bool is_line(const Reader *reader, const char *text)
{
    return g_strcmp0(reader->line, text) == 0;
}

static bool read_head(Reader *reader, VdiBundle *bundle, GError **error)
{
    next_line(reader);
    if (!is_line(reader, BEGIN)) {
        return fail(reader, "no bundle begins here", error);
    }
    next_line(reader);
    if (!is_line(reader, "format 1")) {
        return fail(reader,
            rest_of(reader, "format") != NULL ? "a format that this version does not know"
                                              : "its format is due",
            error);
    }
    next_line(reader);
    const char *kind = rest_of(reader, "kind");

    if (kind == NULL || (strcmp(kind, "update") != 0 && strcmp(kind, "welcome") != 0)) {
        return fail(reader, "its kind is due: update or welcome", error);
    }
    bundle->kind = strcmp(kind, "update") == 0 ? VDI_BUNDLE_UPDATE : VDI_BUNDLE_WELCOME;
    next_line(reader);
    const char *organisation = rest_of(reader, "organisation");

    if (organisation == NULL || !vdi_text_is_name(organisation)) {
        return fail(reader, "the organisation's name is due", error);
    }
    vdi_bundle_set_organisation(bundle, organisation);
    return true;
}

/* Base64 in one way alone: no junk, whole groups, nothing after the padding, no bits left over. */
typedef struct {
    GByteArray *bytes;
    gint state; /* of g_base64_decode_step */
    guint save;
    size_t n_digits, n_padding;
    char last; /* digit */
} Decoder;

static bool decode_line(Decoder *decoder, const char *line)
{
    size_t digits = strspn(line, DIGITS);
    size_t padding = strspn(line + digits, "=");
    guint before = decoder->bytes->len;

    if (line[digits + padding] != '\0' || (digits > 0 && decoder->n_padding > 0)) {
        return false;
    }
    decoder->n_digits += digits;
    decoder->n_padding += padding;
    decoder->last = digits > 0 ? line[digits - 1] : decoder->last;
    g_byte_array_set_size(decoder->bytes, before + (guint) (digits + padding));
    gsize size = g_base64_decode_step(
        line, digits + padding, decoder->bytes->data + before, &decoder->state, &decoder->save);

    g_byte_array_set_size(decoder->bytes, before + (guint) size);
    return decoder->n_padding <= 2;
}

static bool is_whole(const Decoder *decoder)
{
    static const int left_over[] = {0, 3, 15}; /* bits of the last digit, by padding */
    const char *digit = decoder->last != '\0' ? strchr(DIGITS, decoder->last) : NULL;

    return (decoder->n_digits + decoder->n_padding) % 4 == 0
        && (digit == NULL || ((digit - DIGITS) & left_over[decoder->n_padding]) == 0);
}

/* All lines up to one with a blank in it, which base64 never has. */
static GBytes *read_content(Reader *reader, GError **error)
{
    g_autoptr(GByteArray) bytes = g_byte_array_new();
    Decoder decoder = {.bytes = bytes};
    bool is_good = true;

    for (next_line(reader); is_good && reader->line != NULL && strchr(reader->line, ' ') == NULL;
         next_line(reader)) {
        is_good = decode_line(&decoder, reader->line);
    }
    if (!is_good || !is_whole(&decoder)) {
        (void) fail(reader, "the content before it is not base64", error);
        return NULL;
    }
    return g_byte_array_free_to_bytes(g_steal_pointer(&bytes));
}

/* The member that begins in this line; leaves the reader in the line behind it. */
static bool read_member(Reader *reader, VdiBundle *bundle, GError **error)
{
    const char *target = rest_of(reader, "target");
    const char *welcome = rest_of(reader, "welcome");
    const char *any = target != NULL ? target
        : welcome != NULL            ? welcome
                                     : rest_of(reader, "metadata");
    guint n_before = bundle->members->len;
    guint64 number = 0;

    if (any == NULL) {
        return fail(reader, "metadata, target or sha256 is due", error);
    }
    g_autofree char *name = g_strdup(any);
    VdiBundleRank rank = welcome != NULL
        ? VDI_BUNDLE_RANK_WELCOME
        : vdi_bundle_rank(target != NULL ? VDI_TRUST_TARGET : VDI_TRUST_METADATA, name, &number);
    g_autoptr(GBytes) bytes = read_content(reader, error);

    if (bytes == NULL) {
        return false;
    }
    VdiBundleMember *member =
        n_before < VDI_BUNDLE_MEMBERS_MAX ? vdi_bundle_member_new(rank, number, name, bytes) : NULL;

    if (member == NULL) {
        return fail(reader, "the member before it is larger than allowed, or wrongly named", error);
    }
    g_ptr_array_add(bundle->members, member);
    if (n_before > 0 && vdi_bundle_compare(bundle->members->pdata[n_before - 1], member) >= 0) {
        return fail(reader, "the member before it is not in its place", error);
    }
    return true;
}

static bool read_end(Reader *reader, const VdiBundle *bundle, GError **error)
{
    const char *found = rest_of(reader, "sha256");
    g_autofree char *due = checksum_of(bundle);

    if (found == NULL) {
        return fail(reader, "it ends too early", error);
    }
    if (strcmp(found, due) != 0) {
        return fail(reader, "its content is not what it was when it was written", error);
    }
    next_line(reader);
    if (!is_line(reader, END)) {
        return fail(reader, "its end is due", error);
    }
    next_line(reader);
    if (reader->line != NULL) {
        return fail(reader, "something follows its end", error);
    }
    return true;
}

/* What is kept of a document needs no more than its characters. */
static bool check_characters(GBytes *document, GError **error)
{
    size_t size = 0;
    const char *data = g_bytes_get_data(document, &size);

    if (size > VDI_BUNDLE_MAX_BYTES) {
        g_set_error(error, VDI_BUNDLE_ERROR, VDI_BUNDLE_ERROR_FORMAT, "more than %zu bytes",
            VDI_BUNDLE_MAX_BYTES);
        return false;
    }
    for (size_t i = 0; i < size; i++) {
        if (!g_ascii_isprint(data[i]) && !g_ascii_isspace(data[i])) {
            g_set_error(error, VDI_BUNDLE_ERROR, VDI_BUNDLE_ERROR_FORMAT, "not plain text");
            return false;
        }
    }
    return true;
}

VdiBundle *vdi_bundle_parse(GBytes *document, GError **error)
{
    g_autoptr(VdiBundle) bundle = vdi_bundle_new(VDI_BUNDLE_UPDATE);
    size_t size = 0;
    const char *data = g_bytes_get_data(document, &size);
    const char *text = data != NULL ? data : "";
    g_auto(Reader) reader = {.at = text, .end = text + size};

    if (!check_characters(document, error) || !read_head(&reader, bundle, error)) {
        return NULL;
    }
    next_line(&reader);
    while (reader.line != NULL && rest_of(&reader, "sha256") == NULL && !is_line(&reader, END)) {
        if (!read_member(&reader, bundle, error)) {
            return NULL;
        }
    }
    if (!read_end(&reader, bundle, error)) {
        return NULL;
    }
    if ((bundle->kind == VDI_BUNDLE_WELCOME) != (vdi_bundle_welcome(bundle) != NULL)) {
        (void) fail(&reader, "its kind is not that of its content", error);
        return NULL;
    }
    return g_steal_pointer(&bundle);
}

bool vdi_bundle_is_one(GBytes *document)
{
    size_t size = 0;
    const char *data = g_bytes_get_data(document, &size);

    return size >= strlen(BEGIN) && memcmp(data, BEGIN, strlen(BEGIN)) == 0;
}
