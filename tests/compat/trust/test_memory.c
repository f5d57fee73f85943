/* SPDX-License-Identifier: Apache-2.0 */
#include "compat/trust/memory.h"

#include <unistd.h>

#include "base/file.h"
#include "tests/support/check.h"

#define NOW ((int64_t) 1800000000)
#define DIGEST "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
#define CAPITALS "ABCDEF0123456789ABCDEF0123456789ABCDEF0123456789ABCDEF0123456789"
#define SERVER(members)                                                                            \
    "{\"address\": \"https://a\", \"asked\": \"2027-01-15T08:00:00Z\"" members "}"
#define MEMORY(servers)                                                                            \
    "{\"format\": 1, \"tried\": \"2027-01-15T08:00:00Z\", "                                        \
    "\"succeeded\": \"2027-01-15T08:00:00Z\", \"failures\": 0, \"wait\": 0, "                      \
    "\"servers\": [" servers "]}"

static char *path_of(void)
{
    return g_build_filename(test_folder(), ".memory.json", NULL);
}

static void remembers_what_was_written(void)
{
    g_autofree char *path = path_of();
    g_autoptr(VdiTrustMemory) memory = vdi_trust_memory_read("/nowhere");
    g_autoptr(GBytes) bytes = g_bytes_new_static("bytes", 5);
    g_autoptr(GBytes) others = g_bytes_new_static("other", 5);
    VdiTrustServer *server = vdi_trust_memory_server(memory, "https://a/v", NOW);
    GError *error = NULL;

    CHECK(!vdi_trust_server_knows(server, bytes));
    vdi_trust_server_keep(server, bytes, "\"v1\"", NULL, NOW);
    CHECK(vdi_trust_server_fails(server, "no answer"));
    memory->tried_at = NOW;
    memory->failures = 3;
    memory->wait_seconds = 900;
    CHECK(vdi_trust_memory_write(memory, path, &error));
    CHECK_NO_ERROR(error);
    g_autoptr(VdiTrustMemory) again = vdi_trust_memory_read(path);
    VdiTrustServer *same = vdi_trust_memory_server(again, "https://a/v", NOW + 1);

    CHECK_INT(again->tried_at, NOW);
    CHECK_INT(again->succeeded_at, 0);
    CHECK_INT(again->failures, 3);
    CHECK_INT(again->wait_seconds, 900);
    CHECK_TEXT(same->etag, "\"v1\"");
    CHECK_TEXT(same->last_modified, NULL);
    CHECK(vdi_trust_server_knows(same, bytes));
    CHECK(!vdi_trust_server_knows(same, others));
    CHECK(!vdi_trust_server_fails(same, "no answer"));
    CHECK(vdi_trust_server_fails(same, "another answer"));
    CHECK(!vdi_trust_server_fails(same, NULL));
    CHECK(vdi_trust_server_fails(same, "no answer"));
}

static void forgets_a_validator_within_a_day(void)
{
    static const struct {
        const char *name;
        int64_t after;
        bool is_kept;
    } rows[] = {
        {"at once", 0, true},
        {"before a day is over", VDI_MEMORY_VALIDATOR_SECONDS - 1, true},
        {"a day later", VDI_MEMORY_VALIDATOR_SECONDS, false},
        {"when the clock went back", -1, false},
    };
    g_autoptr(GBytes) bytes = g_bytes_new_static("bytes", 5);

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(VdiTrustMemory) memory = vdi_trust_memory_read("/nowhere");
        VdiTrustServer *server = vdi_trust_memory_server(memory, "https://a", NOW);

        vdi_trust_server_keep(server, bytes, NULL, "yesterday", NOW);
        server = vdi_trust_memory_server(memory, "https://a", NOW + rows[i].after);
        CHECK_ROW(rows[i].name, vdi_trust_server_knows(server, bytes) == rows[i].is_kept);
    }
}

static void remembers_no_more_than_sixteen_servers(void)
{
    g_autofree char *path = path_of();
    g_autoptr(VdiTrustMemory) memory = vdi_trust_memory_read("/nowhere");

    for (int i = 0; i < 40; i++) {
        g_autofree char *address = g_strdup_printf("https://%d", i);

        (void) vdi_trust_memory_server(memory, address, NOW);
        (void) vdi_trust_memory_server(memory, "https://0", NOW);
    }
    CHECK_INT(memory->servers->len, VDI_MEMORY_SERVERS_MAX);
    CHECK(vdi_trust_memory_write(memory, path, NULL));
    g_autoptr(VdiTrustMemory) again = vdi_trust_memory_read(path);
    const VdiTrustServer *last =
        again->servers->len > 0 ? again->servers->pdata[again->servers->len - 1] : NULL;

    CHECK_INT(again->servers->len, VDI_MEMORY_SERVERS_MAX);
    CHECK_TEXT(last != NULL ? last->address : NULL, "https://0");
}

static void forgets_all_when_any_of_it_is_odd(void)
{
#define TRIED "\"tried\": \"2027-01-15T08:00:00Z\""
#define SUCCEEDED ", \"succeeded\": \"2027-01-15T08:00:00Z\""
#define COUNTS(wait) ", \"failures\": 0, \"wait\": " wait
    static const struct {
        const char *name, *text;
        bool is_read;
    } rows[] = {
        {"as it is written", MEMORY(SERVER(", \"etag\": \"x\", \"sha256\": \"" DIGEST "\"")), true},
        {"nothing", "", false},
        {"a list", "[]", false},
        {"cut short", "{\"format\": 1, \"tried\": ", false},
        {"another format", "{\"format\": 2}", false},
        {"an unknown member", MEMORY(SERVER(", \"x\": 1")), false},
        {"a server that is none", MEMORY("1"), false},
        {"a line feed in an etag", MEMORY(SERVER(", \"etag\": \"a\\nb\"")), false},
        {"an etag of no characters", MEMORY(SERVER(", \"etag\": \"\"")), false},
        {"a short digest", MEMORY(SERVER(", \"sha256\": \"0123\"")), false},
        {"a digest in capitals", MEMORY(SERVER(", \"failure\": \"" CAPITALS "\"")), false},
        {"a digest that is too long", MEMORY(SERVER(", \"failure\": \"ab" DIGEST "\"")), false},
        {"a digest that is a number", MEMORY(SERVER(", \"sha256\": 7")), false},
        {"a date of no characters", MEMORY(SERVER(", \"last-modified\": \"\"")), false},
        {"a delete in a date", MEMORY(SERVER(", \"last-modified\": \"a\\u007f\"")), false},
        {"an accent in a date", MEMORY(SERVER(", \"last-modified\": \"f\u00e9v\"")), false},
        {"a server that was never asked", MEMORY("{\"address\": \"https://a\"}"), false},
        {"no try", "{\"format\": 1}", false},
        {"no success", "{\"format\": 1, " TRIED "}", false},
        {"failures below none", "{\"format\": 1, " TRIED SUCCEEDED ", \"failures\": -1}", false},
        {"a wait of years", "{\"format\": 1, " TRIED SUCCEEDED COUNTS("9999999999") "}", false},
        {"no servers", "{\"format\": 1, " TRIED SUCCEEDED COUNTS("0") "}", false},
        {"more than there is",
            "{\"format\": 1, " TRIED SUCCEEDED COUNTS("0") ", \"servers\": [], \"x\": 1}", false},
    };
    g_autofree char *path = path_of();

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        CHECK(vdi_file_write_text(path, rows[i].text, 0644, NULL));
        g_autoptr(VdiTrustMemory) memory = vdi_trust_memory_read(path);

        CHECK_ROW(rows[i].name, (memory->tried_at != 0) == rows[i].is_read);
        CHECK_ROW(rows[i].name, (memory->servers->len != 0) == rows[i].is_read);
    }
}

static void follows_no_link(void)
{
    g_autofree char *path = path_of();
    g_autofree char *elsewhere = g_build_filename(test_folder(), "elsewhere", NULL);

    CHECK(vdi_file_write_text(elsewhere, MEMORY(""), 0644, NULL));
    CHECK(vdi_file_remove(path, NULL) && symlink(elsewhere, path) == 0);
    g_autoptr(VdiTrustMemory) memory = vdi_trust_memory_read(path);

    CHECK_INT(memory->tried_at, 0);
}

const Test tests[] = {
    {"remembers what was written", remembers_what_was_written},
    {"forgets a validator within a day", forgets_a_validator_within_a_day},
    {"remembers no more than sixteen servers", remembers_no_more_than_sixteen_servers},
    {"forgets all when any of it is odd", forgets_all_when_any_of_it_is_odd},
    {"follows no link", follows_no_link},
    TEST_END,
};
