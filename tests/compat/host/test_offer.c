/* SPDX-License-Identifier: Apache-2.0 */
#include "compat/host/offer.h"

#include <string.h>

#include "base/error.h"
#include "compat/host/child.h"
#include "compat/host/clients.h"
#include "compat/host/package_type.h"
#include "tests/compat/host/host_support.h"
#include "tests/support/check.h"

static void what_comes_takes_the_place_of_what_goes(void)
{
    /* "+name arch version" comes, "-name arch version" goes. */
    static const struct {
        const char *name, *lines, *items;
    } rows[] = {
        {"an upgrade", "+a x86_64 2\n-a x86_64 1\n", "a/x86_64 1>2 "},
        {"two architectures", "-a i686 1\n-a x86_64 1\n+a x86_64 2\n+a i686 2\n",
            "a/x86_64 1>2 a/i686 1>2 "},
        {"it becomes one for all", "-a x86_64 1\n+a noarch 2\n", "a/noarch 1>2 "},
        {"a kernel beside the others", "+k x86_64 3\n", "k/x86_64 ->3 "},
        {"the oldest of them goes", "+k x86_64 3\n-k x86_64 1\n", "k/x86_64 1>3 "},
        {"another name", "-old x86_64 1\n+new x86_64 1\n", "new/x86_64 ->1 old/x86_64 1>- "},
        {"an epoch of 0 is none", "+a any 0:2-1\n-a any 0:1-1\n", "a/any 1-1>2-1 "},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(VdiOffer) offer = vdi_offer_new("rpm", NULL);
        g_auto(GStrv) lines = g_strsplit(rows[i].lines, "\n", -1);

        for (size_t k = 0; lines[k] != NULL && *lines[k] != '\0'; k++) {
            g_auto(GStrv) words = g_strsplit(lines[k] + 1, " ", 3);

            CHECK(*lines[k] == '+' ? vdi_offer_comes(offer, words[0], words[1], words[2], NULL)
                                   : vdi_offer_goes(offer, words[0], words[1], words[2], NULL));
        }
        g_autofree char *items = print_offer(offer);

        CHECK_ROW(rows[i].name, strcmp(items, rows[i].items) == 0);
    }
}

static void each_system_shows_its_machine(void)
{
    static const struct {
        const char *type, *manager, *arch, *engine;
    } rows[] = {
        {"deb", "dpkg", "amd64", "libfreerdp3-3"},
        {"rpm", "rpm", "x86_64", "freerdp-libs"},
        {"rpm", "rpm", "aarch64", "libfreerdp3-3"},
        {"alpm", "pacman", "x86_64", "freerdp"},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(VdiFacts) facts = vdi_facts_new();

        CHECK(vdi_package_type_add(facts, rows[i].type, "x", rows[i].manager, "1-1", rows[i].arch));
        CHECK(vdi_package_type_add(facts, rows[i].type, "x", rows[i].engine, "2:3.10.3-1", "any"));
        vdi_clients_derive(facts);
        CHECK_TEXT(vdi_facts_get(facts, VDI_FACT_ARCH), rows[i].arch);
        CHECK_TEXT(vdi_facts_get(facts, VDI_FACT_ENGINE), "3.10.3");
        CHECK(vdi_facts_is_package_of(facts, NULL, rows[i].type, rows[i].engine));
    }
    g_autoptr(VdiFacts) facts = vdi_facts_new();

    CHECK(!vdi_package_type_add(facts, "gem", NULL, "x", "1", NULL));
    CHECK_INT(vdi_facts_n_packages(facts), 0);
}

static void a_child_fails_with_one_clean_sentence(void)
{
    static const struct {
        const char *name, *script, *complaint, *forgiven, *message;
    } rows[] = {
        {"a status", "echo first >&2; echo 'it \033[1mhurts' >&2; exit 3", NULL, NULL,
            "/bin/sh: exit status 3, \"it"},
        {"only its output speaks", "echo 'no luck'; exit 4", NULL, NULL,
            "/bin/sh: exit status 4, \"no luck\""},
        {"a signal", "kill -KILL $$", NULL, NULL, "/bin/sh: exit status 137"},
        {"a complaint, ended well", "echo 'error: damaged' >&2", "error: ", NULL,
            "/bin/sh: exit status 0, \"error: damaged\""},
        {"forgiven", "echo 'Operation aborted.' >&2; echo told; exit 1", NULL, "Operation aborted",
            NULL},
        {"not what is forgiven", "echo 'Operation failed.' >&2; exit 1", NULL, "Operation aborted",
            "/bin/sh: exit status 1, \"Operation failed.\""},
        {"nothing of the caller's",
            "test \"$LC_ALL$HOME$PWD${VDI_TEST_SOURCE-none}\" = C//none || exit 9", NULL, NULL,
            NULL},
        {"nothing to read", "read line && exit 9; exit 0", NULL, NULL, NULL},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        const char *const argv[] = {"/bin/sh", "-c", rows[i].script, NULL};
        const VdiChildQuestion question = {.argv = argv,
            .complaint = rows[i].complaint,
            .forgiven = rows[i].forgiven,
            .failure = VDI_HOST_ERROR_OFFER};
        g_autoptr(GError) error = NULL;
        g_autoptr(GBytes) output = vdi_child_ask(&question, &error);

        CHECK_ROW(rows[i].name, (output == NULL) == (rows[i].message != NULL));
        CHECK_ROW(rows[i].name, error == NULL || g_str_has_prefix(error->message, rows[i].message));
        CHECK_ROW(rows[i].name, error == NULL || strpbrk(error->message, "\033\n") == NULL);
    }
    const char *const nobody[] = {"/nonexistent/manager", NULL};
    const VdiChildQuestion question = {.argv = nobody, .failure = VDI_HOST_ERROR_OFFER};
    g_autoptr(GError) error = NULL;

    CHECK(vdi_child_ask(&question, &error) == NULL);
    CHECK_ERROR(error, VDI_HOST_ERROR, VDI_HOST_ERROR_OFFER);
}

static bool refuse_all(char **fields, size_t n_fields, void *user, GError **error)
{
    g_set_error(error, VDI_HOST_ERROR, VDI_HOST_ERROR_OFFER, "no");
    return false;
}

static bool count_fields(char **fields, size_t n_fields, void *user, GError **error)
{
    *(size_t *) user += n_fields;
    return fields[n_fields] == NULL;
}

static void lines_have_a_ceiling(void)
{
    g_autofree char *many = g_strnfill(VDI_CHILD_LINES_MAX + 1, '\n');
    g_autoptr(GBytes) lines = bytes_of(many);
    g_autoptr(GBytes) nul = g_bytes_new("a\0b\n", 4);
    g_autoptr(GBytes) words = bytes_of("  a b\n\n\tc\nd");
    g_autoptr(GError) error = NULL;
    size_t n_fields = 0;

    CHECK(!vdi_child_read(lines, " ", VDI_HOST_ERROR_OFFER, count_fields, &n_fields, &error));
    CHECK_ERROR(error, VDI_HOST_ERROR, VDI_HOST_ERROR_OFFER);
    CHECK(!vdi_child_read(nul, " ", VDI_HOST_ERROR_DATABASE, count_fields, &n_fields, &error));
    CHECK_ERROR(error, VDI_HOST_ERROR, VDI_HOST_ERROR_DATABASE);
    CHECK_INT(n_fields, 0);
    CHECK(vdi_child_read(words, " \t", VDI_HOST_ERROR_OFFER, count_fields, &n_fields, &error));
    CHECK_INT(n_fields, 4);
    CHECK(!vdi_child_read(words, " ", VDI_HOST_ERROR_OFFER, refuse_all, NULL, &error));
    CHECK_ERROR(error, VDI_HOST_ERROR, VDI_HOST_ERROR_OFFER);
}

const Test tests[] = {
    {"what comes takes the place of what goes", what_comes_takes_the_place_of_what_goes},
    {"each system shows its machine", each_system_shows_its_machine},
    {"a child fails with one clean sentence", a_child_fails_with_one_clean_sentence},
    {"lines have a ceiling", lines_have_a_ceiling},
    TEST_END,
};
