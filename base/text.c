/* SPDX-License-Identifier: Apache-2.0 */
#include "base/text.h"

#include <string.h>

enum { QUOTE_MAX = 80, NAME_MAX_BYTES = 64 };

/* Characters that change how the text around them is read without being seen themselves. */
static bool is_invisible(gunichar c)
{
    return c < 0x20 || (c >= 0x7f && c < 0xa0) || c == 0x00ad || c == 0x061c || c == 0x180e
        || (c >= 0x200b && c <= 0x200f) || (c >= 0x2028 && c <= 0x202e)
        || (c >= 0x2060 && c <= 0x206f) || (c >= 0xfe00 && c <= 0xfe0f) || c == 0xfeff
        || (c >= 0xfff0 && c <= 0xfffb) || (c >= 0xe0000 && c <= 0xe0fff);
}

static char *clean(const char *text, gssize size, bool keep_lines, size_t max_characters)
{
    g_autofree char *valid = g_utf8_make_valid(text, size);
    GString *out = g_string_new(NULL);
    size_t shown = 0;

    for (const char *p = valid; *p != '\0'; p = g_utf8_next_char(p)) {
        gunichar c = g_utf8_get_char(p);

        if (shown++ == max_characters) {
            g_string_append(out, "…");
            break;
        }
        if (c == '\n' || c == '\r' || c == '\t') {
            g_string_append_c(out, keep_lines && c == '\n' ? '\n' : ' ');
        } else if (!is_invisible(c)) {
            g_string_append_unichar(out, c);
        } else {
            g_string_append_unichar(out, 0xfffd);
        }
    }
    return g_string_free(out, false);
}

char *vdi_text_clean(const char *text)
{
    return clean(text != NULL ? text : "", -1, false, VDI_TEXT_MAX);
}

char *vdi_text_clean_lines(const char *text)
{
    return clean(text != NULL ? text : "", -1, true, VDI_TEXT_MAX);
}

char *vdi_text_quote_bytes(const void *data, size_t size)
{
    g_autofree char *shown = clean(data, (gssize) MIN(size, 4 * QUOTE_MAX + 4), false, QUOTE_MAX);

    return g_strconcat("\"", shown, "\"", NULL);
}

char *vdi_text_quote(const char *text)
{
    return text != NULL ? vdi_text_quote_bytes(text, strlen(text)) : g_strdup("nothing");
}

bool vdi_text_is_name(const char *text)
{
    size_t length = strlen(text);

    return length >= 1 && length <= NAME_MAX_BYTES && text[0] != '.'
        && strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789._-") == length;
}

/* Levenshtein's: letters taken out, put in, replaced. Both are at most NAME_MAX_BYTES long. */
static size_t distance(const char *a, const char *b)
{
    size_t row[NAME_MAX_BYTES + 1];
    size_t length = strlen(b);

    for (size_t k = 0; k <= length; k++) {
        row[k] = k;
    }
    for (size_t i = 0; a[i] != '\0'; i++) {
        size_t diagonal = row[0];

        row[0] = i + 1;
        for (size_t k = 0; k < length; k++) {
            size_t replaced = diagonal + (g_ascii_tolower(a[i]) != g_ascii_tolower(b[k]));

            diagonal = row[k + 1];
            row[k + 1] = MIN(replaced, MIN(row[k], row[k + 1]) + 1);
        }
    }
    return row[length];
}

const char *vdi_text_nearest(const char *word, const char *const *known)
{
    size_t length = strnlen(word, NAME_MAX_BYTES + 1), least = length / 2 + 1;
    const char *nearest = NULL;

    for (size_t i = 0; length <= NAME_MAX_BYTES && known[i] != NULL; i++) {
        bool begins_alike = g_ascii_tolower(*word) == g_ascii_tolower(*known[i])
            && strnlen(known[i], NAME_MAX_BYTES + 1) <= NAME_MAX_BYTES;
        size_t steps = begins_alike ? distance(word, known[i]) : least;

        if (steps < least) {
            least = steps;
            nearest = known[i];
        }
    }
    return nearest;
}

char *vdi_text_time(int64_t at)
{
    g_autoptr(GDateTime) utc = g_date_time_new_from_unix_utc(at);

    g_assert(utc != NULL);
    return g_date_time_format(utc, "%Y-%m-%dT%H:%M:%SZ");
}

char *vdi_text_day(int64_t at)
{
    char *time = vdi_text_time(at);

    *strchr(time, 'T') = '\0';
    return time;
}

bool vdi_text_read_time(const char *text, int64_t *ret_at)
{
    static const char form[] = "dddd-dd-ddTdd:dd:ddZ";

    if (strlen(text) != strlen(form)) {
        return false;
    }
    for (size_t i = 0; i < strlen(form); i++) {
        if (form[i] == 'd' ? !g_ascii_isdigit(text[i]) : text[i] != form[i]) {
            return false;
        }
    }
    g_autoptr(GDateTime) utc = g_date_time_new_from_iso8601(text, NULL);

    if (utc == NULL || g_date_time_to_unix(utc) < 0) {
        return false;
    }
    *ret_at = g_date_time_to_unix(utc);
    return true;
}
