/* SPDX-License-Identifier: Apache-2.0 */
#include "compat/manifest/mail.h"

#include <string.h>

#define LINE_END "\r\n"
/* "=_" stands in no quoted-printable and in no base64 (RFC 2045, 6.7). */
#define BOUNDARY "=_vigie_letter_=_"

enum {
    LINE_MAX_CHARACTERS = 76, /* RFC 2045 and 2047; without the line's end */
    WORD_BYTES = 39,          /* of UTF-8 in an encoded word: with "Subject: " before it 73 */
    BASE64_LINE_BYTES = 57,   /* make 76 characters */
    ADDRESS_MAX = 254,        /* RFC 5321 */
};

#define LETTERS_AND_DIGITS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"

/* ---- headers ---- */

/* Dots stand between other characters, never two together. */
static bool is_dotted(const char *text, size_t length, const char *alphabet)
{
    g_autofree char *copy = g_strndup(text, length);

    return length > 0 && strspn(copy, alphabet) == length && copy[0] != '.'
        && copy[length - 1] != '.' && strstr(copy, "..") == NULL;
}

bool vdi_mail_is_address(const char *text)
{
    size_t length = strlen(text);
    const char *at = strchr(text, '@');

    return length <= ADDRESS_MAX && at != NULL
        && is_dotted(text, (size_t) (at - text), LETTERS_AND_DIGITS "!#$%&'*+-/=?^_`{|}~.")
        && is_dotted(at + 1, strlen(at + 1), LETTERS_AND_DIGITS "-.");
}

static void append_addresses(GString *out, const char *name, const char *const *addresses)
{
    for (size_t i = 0; addresses != NULL && addresses[i] != NULL; i++) {
        g_assert(vdi_mail_is_address(addresses[i]));
        if (i == 0) {
            g_string_append_printf(out, "%s: %s", name, addresses[i]);
        } else {
            g_string_append_printf(out, "," LINE_END " %s", addresses[i]);
        }
    }
    if (addresses != NULL && addresses[0] != NULL) {
        g_string_append(out, LINE_END);
    }
}

/* In English whatever the locale, as RFC 5322 asks. */
static void append_date(GString *out, int64_t at)
{
    static const char *const days[] = {"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"};
    static const char *const months[] = {
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    g_autoptr(GDateTime) date = g_date_time_new_from_unix_utc(at);

    g_assert(date != NULL);
    g_string_append_printf(out, "Date: %s, %d %s %d %02d:%02d:%02d +0000" LINE_END,
        days[g_date_time_get_day_of_week(date) - 1], g_date_time_get_day_of_month(date),
        months[g_date_time_get_month(date) - 1], g_date_time_get_year(date),
        g_date_time_get_hour(date), g_date_time_get_minute(date), g_date_time_get_second(date));
}

/* As encoded words (RFC 2047), each of whole characters. */
static void append_subject(GString *out, const char *subject)
{
    g_autofree char *valid = g_utf8_make_valid(subject, -1);
    const char *at = valid;

    g_string_append(out, "Subject:");
    do {
        const char *end = at;

        while (*end != '\0' && g_utf8_next_char(end) - at <= WORD_BYTES) {
            end = g_utf8_next_char(end);
        }
        g_autofree char *word = g_base64_encode((const guchar *) at, (gsize) (end - at));

        g_string_append_printf(out, "%s =?UTF-8?B?%s?=", at == valid ? "" : LINE_END, word);
        at = end;
    } while (*at != '\0');
    g_string_append(out, LINE_END);
}

/* ---- bodies ---- */

/* Also what some relay on the way might take for its own: a dot alone, "From " at a line's start.
 */
static bool stands_for_itself(const char *line, const char *at, const char *end)
{
    unsigned char c = (unsigned char) *at;

    if (at == line && (c == '.' || g_str_has_prefix(line, "From "))) {
        return false;
    }
    return c == ' ' ? at + 1 < end : c > ' ' && c < 0x7f && c != '=';
}

/* RFC 2045, 6.7; a soft line break before a line would grow too long. */
static void append_quoted_line(GString *out, const char *line, const char *end)
{
    size_t column = 0;

    for (const char *at = line; at < end; at++) {
        size_t width = stands_for_itself(line, at, end) ? 1 : 3;

        if (column + width > LINE_MAX_CHARACTERS - 1) {
            g_string_append(out, "=" LINE_END);
            column = 0;
        }
        if (width == 1) {
            g_string_append_c(out, *at);
        } else {
            g_string_append_printf(out, "=%02X", (unsigned char) *at);
        }
        column += width;
    }
    g_string_append(out, LINE_END);
}

static void append_text(GString *out, const char *text)
{
    g_autofree char *valid = g_utf8_make_valid(text, -1);

    g_string_append(out,
        "Content-Type: text/plain; charset=utf-8" LINE_END
        "Content-Transfer-Encoding: quoted-printable" LINE_END LINE_END);
    for (const char *line = valid; *line != '\0';) {
        const char *end = line + strcspn(line, "\n");

        append_quoted_line(out, line, end);
        line = *end != '\0' ? end + 1 : end;
    }
}

static void append_file(GString *out, const VdiMail *mail)
{
    size_t size = 0;
    const guchar *data = g_bytes_get_data(mail->file, &size);

    g_assert(strspn(mail->file_name, LETTERS_AND_DIGITS "-_.") == strlen(mail->file_name));
    g_string_append_printf(out,
        "Content-Type: %s;" LINE_END " name=\"%s\"" LINE_END
        "Content-Disposition: attachment;" LINE_END " filename=\"%s\"" LINE_END
        "Content-Transfer-Encoding: base64" LINE_END LINE_END,
        mail->file_type, mail->file_name, mail->file_name);
    for (size_t at = 0; at < size; at += BASE64_LINE_BYTES) {
        g_autofree char *line = g_base64_encode(data + at, MIN(size - at, BASE64_LINE_BYTES));

        g_string_append_printf(out, "%s" LINE_END, line);
    }
}

char *vdi_mail_write(const VdiMail *mail)
{
    const char *const from[] = {mail->from, NULL};
    GString *out = g_string_new(NULL);

    append_addresses(out, "From", from);
    append_addresses(out, "To", mail->to);
    append_subject(out, mail->subject);
    append_date(out, mail->written_at);
    g_string_append(out, "X-Unsent: 1" LINE_END "MIME-Version: 1.0" LINE_END);
    if (mail->file == NULL) {
        append_text(out, mail->text);
        return g_string_free(out, false);
    }
    g_string_append(out,
        "Content-Type: multipart/mixed; boundary=\"" BOUNDARY "\"" LINE_END LINE_END
        "--" BOUNDARY LINE_END);
    append_text(out, mail->text);
    g_string_append(out, LINE_END "--" BOUNDARY LINE_END);
    append_file(out, mail);
    g_string_append(out, LINE_END "--" BOUNDARY "--" LINE_END);
    return g_string_free(out, false);
}
