/* SPDX-License-Identifier: Apache-2.0 */
#include "compat/manifest/mail.h"

#include <string.h>

#include "tests/support/check.h"

enum { LINE_CHARACTERS = 78 };

static const char *const addresses[] = {"everyone@example.com", "it@example.com", NULL};

static char *write_mail(const char *subject, const char *text, GBytes *file)
{
    const VdiMail mail = {
        .from = "it@example.com",
        .to = addresses,
        .subject = subject,
        .written_at = 1795334400, /* 2026-11-22T08:00:00Z */
        .text = text,
        .file = file,
        .file_name = "example-corp.vdi",
        .file_type = "application/vnd.vigie.bundle",
    };

    return vdi_mail_write(&mail);
}

/* Quoted-printable, back: what stands behind the first empty line. */
static char *decode_text(const char *mail)
{
    GString *out = g_string_new(NULL);

    for (const char *at = strstr(mail, "\r\n\r\n") + 4; *at != '\0';) {
        if (g_str_has_prefix(at, "=\r\n")) {
            at += 3;
        } else if (*at == '=') {
            g_string_append_c(
                out, (char) (g_ascii_xdigit_value(at[1]) * 16 + g_ascii_xdigit_value(at[2])));
            at += 3;
        } else if (g_str_has_prefix(at, "\r\n")) {
            g_string_append_c(out, '\n');
            at += 2;
        } else {
            g_string_append_c(out, *at++);
        }
    }
    return g_string_free(out, false);
}

static char *decode_subject(const char *mail)
{
    GString *out = g_string_new(NULL);
    const char *at = strstr(mail, "Subject:") + strlen("Subject:");

    while (g_str_has_prefix(at, " =?UTF-8?B?")) {
        const char *word = at + strlen(" =?UTF-8?B?");
        g_autofree char *base64 = g_strndup(word, strcspn(word, "?"));
        gsize size = 0;
        g_autofree guchar *bytes = g_base64_decode(base64, &size);

        CHECK(g_utf8_validate((const char *) bytes, (gssize) size, NULL));
        g_string_append_len(out, (const char *) bytes, (gssize) size);
        at = strstr(word, "?=") + 2;
        at += g_str_has_prefix(at, "\r\n ") ? 2 : 0;
    }
    CHECK(g_str_has_prefix(at, "\r\n"));
    return g_string_free(out, false);
}

/* ASCII, short lines that end in CRLF, headers of ours alone. */
static void check_form(const char *mail, const char *row)
{
    static const char *const ours[] = {"From: it@example.com", "To: everyone@example.com,",
        " it@example.com", "Subject: ", " =?UTF-8?B?", "Date: Sun, 22 Nov 2026 08:00:00 +0000",
        "X-Unsent: 1", "MIME-Version: 1.0", "Content-Type: ", "Content-Transfer-Encoding: ", NULL};
    g_auto(GStrv) lines = g_strsplit(mail, "\r\n", -1);
    bool is_header = true;

    CHECK_ROW(row, g_str_is_ascii(mail));
    for (size_t i = 0; lines[i] != NULL; i++) {
        bool is_known = false;

        is_header = is_header && *lines[i] != '\0';
        for (size_t n = 0; ours[n] != NULL; n++) {
            is_known = is_known || g_str_has_prefix(lines[i], ours[n]);
        }
        CHECK_ROW(row, !is_header || is_known);
        CHECK_ROW(row, strlen(lines[i]) <= LINE_CHARACTERS);
        CHECK_ROW(row, strpbrk(lines[i], "\r\n") == NULL);
        CHECK_ROW(row, *lines[i] == '\0' || lines[i][strlen(lines[i]) - 1] != ' ');
        CHECK_ROW(row, lines[i][0] != '.' && !g_str_has_prefix(lines[i], "From "));
    }
}

static const struct {
    const char *name, *text;
} rows[] = {
    {"plain", "Wait for 3.11."},
    {"nothing", ""},
    {"French", "Une mise à jour casse la connexion : « oui »"},
    {"a header behind a line's end", "t\r\nBcc: victim@example.com\r\n\r\nbody"},
    {"a bare CR, a bare LF", "a\rb\nBcc: x@example.com"},
    {"a boundary", "--=_vigie_letter_=_\nContent-Type: text/html\n\n<b>--=_vigie_letter_=_--"},
    {"an encoded word", "=?UTF-8?B?QmNjOiB4?= =?utf-8?q?=0D=0ABcc:?="},
    {"escape codes and bidi marks", "\033[2J \342\200\256 gnihton \342\201\246"},
    {"no UTF-8", "caf\351 \377\376"},
    {"equals signs", "a=b==c=0A=="},
    {"blanks at the end", "two  \nthree   "},
    {"lines for relays", "From here\n.\n..\nFrom"},
    {"four bytes each", "😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀"},
};

static void carries_any_text(void)
{
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *text = g_strconcat(rows[i].text, "\n", NULL);
        g_autofree char *valid = g_utf8_make_valid(text, -1);
        g_autofree char *mail = write_mail(rows[i].text, text, NULL);
        g_autofree char *read = decode_text(mail);
        g_autofree char *subject = decode_subject(mail);
        g_autofree char *title = g_utf8_make_valid(rows[i].text, -1);

        check_form(mail, rows[i].name);
        CHECK_ROW(rows[i].name, g_str_equal(read, valid));
        CHECK_ROW(rows[i].name, g_str_equal(subject, title));
    }
}

static void carries_ten_thousand_characters(void)
{
    g_autofree char *x = g_strnfill(10000, 'x');
    GString *accents = g_string_new(NULL);

    for (int i = 0; i < 10000; i++) {
        g_string_append(accents, "é");
    }
    g_autofree char *e = g_string_free(accents, false);
    const char *const texts[] = {x, e};

    for (size_t i = 0; i < G_N_ELEMENTS(texts); i++) {
        g_autofree char *text = g_strconcat(texts[i], "\n", NULL);
        g_autofree char *mail = write_mail(texts[i], text, NULL);
        g_autofree char *read = decode_text(mail);
        g_autofree char *subject = decode_subject(mail);

        check_form(mail, "long");
        CHECK(g_str_equal(read, text));
        CHECK(g_str_equal(subject, texts[i]));
    }
}

/* The boundary stands where we put it and nowhere else, whatever text and file hold. */
static void keeps_its_parts_apart(void)
{
    static const char hostile[] = "--=_vigie_letter_=_\r\n--=_vigie_letter_=_--\r\n";
    g_autoptr(GBytes) file = g_bytes_new_static(hostile, strlen(hostile));
    g_autofree char *mail = write_mail("title", hostile, file);
    g_auto(GStrv) parts = g_strsplit(mail, "--=_vigie_letter_=_", -1);
    gsize size = 0;

    check_form(mail, "with a file");
    CHECK_INT(g_strv_length(parts), 4);
    g_autofree guchar *read = g_base64_decode(strstr(parts[2], "\r\n\r\n"), &size);

    CHECK_INT(size, strlen(hostile));
    CHECK(memcmp(read, hostile, strlen(hostile)) == 0);
    CHECK_TEXT(parts[3], "--\r\n");
}

static void needs_no_addresses(void)
{
    const VdiMail mail = {.subject = "s", .written_at = 0, .text = "t\n"};
    g_autofree char *written = vdi_mail_write(&mail);

    CHECK(strstr(written, "From:") == NULL && strstr(written, "To:") == NULL);
    CHECK(strstr(written, "Date: Thu, 01 Jan 1970 00:00:00 +0000\r\n") != NULL
        || strstr(written, "Date: Thu, 1 Jan 1970 00:00:00 +0000\r\n") != NULL);
}

static const struct {
    const char *text;
    bool is_one;
} address_rows[] = {
    {"a@example.com", true},
    {"first.last+tag@example.com", true},
    {"root@localhost", true},
    {"", false},
    {"a", false},
    {"@example.com", false},
    {"a@", false},
    {".a@example.com", false},
    {"a..b@example.com", false},
    {"a@example..com", false},
    {"a@b@example.com", false},
    {"a b@example.com", false},
    {"Name <a@example.com>", false},
    {"a@example.com, b@example.com", false},
    {"a@example.com\r\nBcc: b@example.com", false},
    {"é@example.com", false},
    {"\"a\"@example.com", false},
};

static void knows_an_address(void)
{
    g_autofree char *local = g_strnfill(250, 'a');
    g_autofree char *long_one = g_strconcat(local, "@example.com", NULL);

    for (size_t i = 0; i < G_N_ELEMENTS(address_rows); i++) {
        CHECK_ROW(address_rows[i].text,
            vdi_mail_is_address(address_rows[i].text) == address_rows[i].is_one);
    }
    CHECK(!vdi_mail_is_address(long_one));
}

const Test tests[] = {
    {"carries any text, and nothing of it becomes a header", carries_any_text},
    {"carries ten thousand characters", carries_ten_thousand_characters},
    {"keeps its parts apart, whatever they hold", keeps_its_parts_apart},
    {"needs no addresses", needs_no_addresses},
    {"knows an address from what is none", knows_an_address},
    TEST_END,
};
