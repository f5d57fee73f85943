/* SPDX-License-Identifier: Apache-2.0 */
#include "base/text.h"

#include <string.h>

#include "tests/support/check.h"

static void cleaning_takes_what_misleads(void)
{
    static const struct {
        const char *name, *text, *clean;
    } rows[] = {
        {"plain text stays", "Café Ω 東京", "Café Ω 東京"},
        {"a line break is a blank", "a\nb\tc", "a b c"},
        {"an escape sequence loses its escape", "\033[31mred", "\xef\xbf\xbd[31mred"},
        {"a right-to-left override",
            "a\xe2\x80\xae"
            "b",
            "a\xef\xbf\xbd"
            "b"},
        {"a zero-width space",
            "a\xe2\x80\x8b"
            "b",
            "a\xef\xbf\xbd"
            "b"},
        {"C1 and DEL", "\xc2\x9b\x7f", "\xef\xbf\xbd\xef\xbf\xbd"},
        {"bytes that are no UTF-8", "a\xff", "a\xef\xbf\xbd"},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *clean = vdi_text_clean(rows[i].text);

        CHECK_ROW(rows[i].name, strcmp(clean, rows[i].clean) == 0);
    }
}

static void long_text_is_cut(void)
{
    g_autofree char *text = g_strnfill(10000, 'x');
    g_autofree char *clean = vdi_text_clean(text);
    g_autofree char *quoted = vdi_text_quote(text);

    CHECK_INT(g_utf8_strlen(clean, -1), VDI_TEXT_MAX + 1);
    CHECK_INT(g_utf8_strlen(quoted, -1), 80 + 1 + 2);
}

static void the_nearest_word_is_found(void)
{
    static const char *const known[] = {"effect", "expires", "remedies", "os", "remmina", NULL};
    static const struct {
        const char *word, *nearest;
    } rows[] = {
        {"remedy", "remedies"},
        {"expiry", "expires"},
        {"Remmina", "remmina"},
        {"remina", "remmina"},
        {"effect", "effect"},
        {"colour", NULL},
        {"mremmina", NULL},
        {"x", NULL},
        {"", NULL},
    };
    g_autofree char *longest = g_strnfill(10000, 'e');
    const char *const too_long[] = {longest, NULL};

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        const char *nearest = vdi_text_nearest(rows[i].word, known);

        CHECK_ROW(rows[i].word, g_strcmp0(nearest, rows[i].nearest) == 0);
    }
    CHECK(vdi_text_nearest(longest, known) == NULL);
    CHECK(vdi_text_nearest("e", too_long) == NULL);
}

static void a_time_has_one_form(void)
{
    static const struct {
        const char *text;
        int64_t at; /* -1: refused */
    } rows[] = {
        {"1970-01-01T00:00:00Z", 0},
        {"2026-11-22T08:00:00Z", 1795334400},
        {"2026-11-22T08:00:00+00:00", -1},
        {"2026-11-22T08:00:00.5Z", -1},
        {"2026-11-22 08:00:00Z", -1},
        {"2026-13-22T08:00:00Z", -1},
        {"2026-02-30T08:00:00Z", -1},
        {"", -1},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        int64_t at = -1;
        bool read = vdi_text_read_time(rows[i].text, &at);

        CHECK_ROW(rows[i].text, read == (rows[i].at >= 0) && at == rows[i].at);
        g_autofree char *written = read ? vdi_text_time(at) : NULL;

        CHECK_ROW(rows[i].text, !read || strcmp(written, rows[i].text) == 0);
    }
}

static void names_are_safe_as_files(void)
{
    CHECK(vdi_text_is_name("example-corp"));
    CHECK(!vdi_text_is_name(".."));
    CHECK(!vdi_text_is_name("a/b"));
    CHECK(!vdi_text_is_name("A"));
    CHECK(!vdi_text_is_name(""));
}

const Test tests[] = {
    {"the nearest word is found", the_nearest_word_is_found},
    {"cleaning takes out what misleads", cleaning_takes_what_misleads},
    {"long text is cut", long_text_is_cut},
    {"a time has one form", a_time_has_one_form},
    {"a name is safe as a file's", names_are_safe_as_files},
    TEST_END,
};
