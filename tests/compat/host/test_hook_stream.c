/* SPDX-License-Identifier: Apache-2.0 */
#include "compat/host/hook_stream.h"

#include <string.h>

#include "base/error.h"
#include "tests/support/check.h"

#define HEAD "VERSION 3\nAPT::Architecture=amd64\nSome::Description=two%20words\n\n"
#define UP "lib 1:1-1 amd64 same < 1:2-1 amd64 same /var/cache/lib_1%3a2-1_amd64.deb\n"

static VdiChange *read_text(const char *text, size_t size, GError **error)
{
    g_autoptr(GBytes) stream = g_bytes_new(text, size);

    return vdi_hook_stream_read(stream, "debian", error);
}

/* "name/arch before>after " an item. */
static char *print(const VdiChange *change)
{
    GString *text = g_string_new(NULL);

    for (size_t i = 0; i < vdi_change_n_items(change); i++) {
        const VdiChangeItem *item = vdi_change_item(change, i);

        g_string_append_printf(text, "%s/%s %s>%s ", item->name,
            item->arch != NULL ? item->arch : "?", item->before != NULL ? item->before : "-",
            item->after != NULL ? item->after : "-");
    }
    return g_string_free(text, false);
}

static void transactions_are_read_exactly(void)
{
    static const struct {
        const char *name, *stream, *items;
    } rows[] = {
        {"an upgrade, unpacked and configured",
            HEAD UP "lib 1:1-1 amd64 same < 1:2-1 amd64 same **CONFIGURE**\n",
            "lib/amd64 1:1-1>1:2-1 "},
        {"a removal", HEAD "old 2-1 all none > - - none **REMOVE**\n", "old/all 2-1>- "},
        {"a first installation", HEAD "new - - none < 1-1 all none /a/new_1-1_all.deb\n",
            "new/all ->1-1 "},
        {"a downgrade", HEAD "lib 2 amd64 no > 1 amd64 no /a/b.deb\n", "lib/amd64 2>1 "},
        {"a reinstallation", HEAD "lib 2 amd64 no = 2 amd64 no /a/b.deb\n", "lib/amd64 2>2 "},
        {"a foreign architecture", HEAD "lib - - none < 1 i386 same /a/b.deb\n", "lib/i386 ->1 "},
        {"another architecture than before", HEAD "lib 1 all none < 2 amd64 none /a/b.deb\n",
            "lib/all 1>- lib/amd64 ->2 "},
        {"a path with blanks", HEAD "lib 1 all none < 2 all none /a b/c d.deb\n", "lib/all 1>2 "},
        {"the same twice", HEAD UP UP, "lib/amd64 1:1-1>1:2-1 "},
        {"two architectures of one name", HEAD UP "lib - - none < 1:2-1 i386 same /a/b.deb\n",
            "lib/amd64 1:1-1>1:2-1 lib/i386 ->1:2-1 "},
        {"version 2", "VERSION 2\nA=b\n\nlib 1 < 2 /a/b.deb\nold 1 > - **REMOVE**\n",
            "lib/? 1>2 old/? 1>- "},
        {"nothing to do", HEAD, ""},
        {"only configuration", HEAD "lib 1 all none < 2 all none **CONFIGURE**\n", ""},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(GError) error = NULL;
        g_autoptr(VdiChange) change = read_text(rows[i].stream, strlen(rows[i].stream), &error);
        g_autofree char *items = change != NULL ? print(change) : NULL;

        CHECK_ROW(rows[i].name, g_strcmp0(items, rows[i].items) == 0);
        CHECK_NO_ERROR(error);
    }
}

static void malformed_streams_are_refused(void)
{
    static const struct {
        const char *name, *stream;
    } rows[] = {
        {"empty", ""},
        {"version 1", "/var/cache/apt/archives/lib_2_amd64.deb\n"},
        {"version 4", "VERSION 4\n\n"},
        {"version 33", "VERSION 33\n\n"},
        {"cut after the version", "VERSION 3\n"},
        {"cut in the settings", "VERSION 3\nA=b\nC"},
        {"cut in an action", HEAD "lib 1:1-1 amd64 same < 1:2"},
        {"no empty line", "VERSION 3\nA=b\n" UP},
        {"a bad percent", "VERSION 3\nA=%2\n\n" UP},
        {"a percent at the end", "VERSION 3\nA=b%\n\n" UP},
        {"a percent of letters", "VERSION 3\nA=%zz\n\n" UP},
        {"a setting without a value", "VERSION 3\nA\n\n" UP},
        {"too few fields", HEAD "lib 1 amd64 same < 2 amd64 /a/b.deb\n"},
        {"two blanks", HEAD "lib  1 amd64 same < 2 amd64 same /a/b.deb\n"},
        {"no action", HEAD "lib 1 amd64 same < 2 amd64 same\n"},
        {"an escape in a name", HEAD "l\x1b[2Jib 1 amd64 same < 2 amd64 same /a/b.deb\n"},
        {"a name that begins with a dash", HEAD "-lib 1 amd64 same < 2 amd64 same /a/b.deb\n"},
        {"a direction of its own", HEAD "lib 1 amd64 same ~ 2 amd64 same /a/b.deb\n"},
        {"an unknown Multi-Arch", HEAD "lib 1 amd64 maybe < 2 amd64 same /a/b.deb\n"},
        {"an unknown action", HEAD "lib 1 amd64 same < 2 amd64 same **DESTROY**\n"},
        {"an unpack without a version", HEAD "lib 1 amd64 same < - - none /a/b.deb\n"},
        {"a removal of nothing", HEAD "lib - - none > - - none **REMOVE**\n"},
        {"one package, two versions", HEAD UP "lib 1:1-1 amd64 same < 3 amd64 same /a/b.deb\n"},
        {"an empty action line", HEAD UP "\n" UP},
        {"a carriage return", "VERSION 3\r\n\r\n"},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(GError) error = NULL;
        g_autoptr(VdiChange) change = read_text(rows[i].stream, strlen(rows[i].stream), &error);

        CHECK_ROW(rows[i].name, change == NULL);
        CHECK_ERROR(error, VDI_HOST_ERROR, VDI_HOST_ERROR_STREAM);
    }
}

static void nul_bytes_are_refused(void)
{
    static const char stream[] = HEAD "l\0ib 1 amd64 same < 2 amd64 same /a/b.deb\n";
    g_autoptr(GError) error = NULL;

    CHECK(read_text(stream, sizeof stream - 1, &error) == NULL);
    CHECK_ERROR(error, VDI_HOST_ERROR, VDI_HOST_ERROR_STREAM);
}

static GString *stream_of(size_t n_lines)
{
    GString *text = g_string_new(HEAD);

    for (size_t i = 0; i < n_lines; i++) {
        g_string_append_printf(text, "p%zu 1 all none < 2 all none /a/b.deb\n", i);
    }
    return text;
}

static void a_hundred_thousand_lines_are_read_and_more_than_allowed_refused(void)
{
    GString *large = stream_of(100000), *larger = stream_of(VDI_HOOK_STREAM_LINES_MAX);
    g_autoptr(GError) error = NULL;
    g_autoptr(VdiChange) change = read_text(large->str, large->len, &error);

    CHECK_NO_ERROR(error);
    CHECK(change != NULL && vdi_change_n_items(change) == 100000);
    CHECK(read_text(larger->str, larger->len, &error) == NULL);
    CHECK_ERROR(error, VDI_HOST_ERROR, VDI_HOST_ERROR_STREAM);
    g_string_free(large, true);
    g_string_free(larger, true);
}

const Test tests[] = {
    {"transactions are read exactly", transactions_are_read_exactly},
    {"malformed streams are refused", malformed_streams_are_refused},
    {"NUL bytes are refused", nul_bytes_are_refused},
    {"a hundred thousand lines are read, and more than allowed refused",
        a_hundred_thousand_lines_are_read_and_more_than_allowed_refused},
    TEST_END,
};
