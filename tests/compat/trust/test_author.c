/* SPDX-License-Identifier: Apache-2.0 */
#include <glib/gstdio.h>
#include <string.h>

#include "base/error.h"
#include "base/file.h"
#include "compat/trust/health.h"
#include "compat/trust/roots.h"
#include "compat/trust/signing.h"
#include "compat/trust/staged.h"
#include "tests/support/check.h"

/* What an author's files may hold beside what our author writes, and where they end. */

#define NOW ((int64_t) 1800000000)

static const VdiPrivateKey *const nobody[] = {NULL};

static GBytes *bytes_of(const char *text)
{
    return g_bytes_new(text, strlen(text));
}

static bool contains(GBytes *file, const char *text)
{
    return file != NULL
        && g_strstr_len(g_bytes_get_data(file, NULL), (gssize) g_bytes_get_size(file), text)
        != NULL;
}

/* ---- signatures ---- */

static const char *const no_files[] = {"", "[]", "{}", "{\"signed\": 1, \"signatures\": []}",
    "{\"signed\": {}}", "{\"signed\": {}, \"signatures\": {}}"};

static void nothing_else_than_metadata_is_signed(void)
{
    for (size_t i = 0; i < G_N_ELEMENTS(no_files); i++) {
        g_autoptr(GBytes) file = bytes_of(no_files[i]);
        g_autoptr(GError) error = NULL;

        CHECK_ROW(no_files[i], vdi_signing_add(file, nobody, &error) == NULL);
        CHECK_ROW(no_files[i], error != NULL && error->domain == VDI_JSON_ERROR);
    }
}

static void signatures_are_taken_from_metadata_alone(void)
{
    g_autoptr(GBytes) good = bytes_of("{\"signed\": {}, \"signatures\": []}");
    g_autoptr(GPtrArray) nobodies = g_ptr_array_new();

    for (size_t i = 0; i < G_N_ELEMENTS(no_files); i++) {
        g_autoptr(GBytes) file = bytes_of(no_files[i]);
        g_autoptr(GError) ours = NULL, theirs = NULL;

        CHECK_ROW(no_files[i], vdi_signing_merge(file, good, nobodies, &ours) == NULL);
        CHECK_ROW(no_files[i], vdi_signing_merge(good, file, nobodies, &theirs) == NULL);
        CHECK_ROW(no_files[i], ours != NULL && theirs != NULL);
    }
}

static void a_signature_of_nobody_stays_and_is_not_taken(void)
{
    g_autoptr(GBytes) theirs = bytes_of("{\"signed\": {}, \"signatures\": [{\"sig\": \"00\"}, "
                                        "{\"keyid\": \"them\", \"sig\": \"01\"}]}");
    g_autoptr(GBytes) ours = bytes_of("{\"signed\": {}, \"signatures\": [{\"sig\": \"02\"}]}");
    g_autoptr(GPtrArray) them = g_ptr_array_new();

    g_ptr_array_add(them, (gpointer) "them");
    g_autoptr(GBytes) merged = vdi_signing_merge(ours, theirs, them, NULL);

    CHECK(contains(merged, "\"01\""));
    CHECK(contains(merged, "\"02\""));
    CHECK(!contains(merged, "\"00\""));
}

/* ---- a folder ---- */

static VdiKeyring *site(const char *name, const VdiRootsFirst *first, char **ret_folder)
{
    const VdiKeyringSource source = {0};
    char *folder = g_build_filename(test_folder(), name, NULL);

    CHECK(vdi_file_make_folder(folder, 0755, NULL));
    VdiKeyring *keyring = vdi_keyring_open(folder, &source, NULL);

    CHECK(vdi_roots_init(folder, keyring, first, NOW, NULL));
    *ret_folder = folder;
    return keyring;
}

static const VdiRootsFirst small = {1, 1, 1, 1, false};

static void the_next_root_keeps_what_is_not_understood(void)
{
    g_autofree char *folder = NULL;
    g_autoptr(VdiKeyring) keyring = site("unknown", &small, &folder);
    g_autoptr(VdiMetadata) root = NULL, next = NULL;
    const VdiRootsChange change = {.is_kept = true};
    const VdiPrivateKey *key = NULL;

    CHECK(vdi_staged_read(folder, VDI_STAGED_COMPLETE, VDI_ROLE_ROOT, &root, NULL));
    CHECK(vdi_keyring_find(keyring, root->signers[VDI_ROLE_ROOT].keyids[0], &key, NULL));
    VdiJson *part = vdi_envelope_signed(root->envelope);

    vdi_json_add_text(part, "x-mirrors", "two");
    g_autoptr(GBytes) file = vdi_signing_write(part, (const VdiPrivateKey *const[]){key, NULL});

    CHECK(vdi_staged_write(folder, VDI_STAGED_COMPLETE, VDI_ROLE_ROOT, 1, file, NULL));
    g_autoptr(VdiAuthor) author = vdi_author_open(folder, keyring, NOW, NULL);

    CHECK(vdi_roots_rotate(author, "root", &change, NULL));
    CHECK(vdi_staged_read(folder, VDI_STAGED_WAITING, VDI_ROLE_ROOT, &next, NULL));
    CHECK(contains(vdi_envelope_bytes(next->envelope), "\"x-mirrors\": \"two\""));
    CHECK_INT(next->version, 2);
}

static void a_root_that_waits_is_the_next_one(void)
{
    g_autofree char *folder = NULL;
    g_autoptr(VdiKeyring) keyring = site("later", &small, &folder);
    g_autoptr(VdiAuthor) author = vdi_author_open(folder, keyring, NOW, NULL);
    g_autoptr(VdiMetadata) next = NULL;
    g_auto(VdiAuthorReport) report = {0};
    g_autoptr(GError) error = NULL;
    const VdiRootsChange change = {.is_kept = true};

    CHECK(vdi_roots_rotate(author, "root", &change, NULL));
    CHECK(vdi_staged_read(folder, VDI_STAGED_WAITING, VDI_ROLE_ROOT, &next, NULL));
    g_autoptr(VdiJson) part = vdi_signing_again(vdi_envelope_signed(next->envelope), 4, NOW + 9);
    g_autoptr(GBytes) file = vdi_signing_write(part, nobody);

    CHECK(vdi_staged_write(folder, VDI_STAGED_WAITING, VDI_ROLE_ROOT, 4, file, NULL));
    vdi_author_report_init(&report);
    CHECK(!vdi_author_sign(author, &report, &error));
    CHECK_ERROR(error, VDI_TRUST_ERROR, VDI_TRUST_ERROR_REFUSED);
}

static void as_many_keys_as_a_client_takes_and_no_more(void)
{
    g_autofree char *folder = NULL;
    g_autoptr(VdiKeyring) keyring = site("many", &small, &folder);
    g_autoptr(VdiAuthor) author = vdi_author_open(folder, keyring, NOW, NULL);
    g_autoptr(GError) error = NULL;
    const VdiRootsChange all = {.number = VDI_SIGNERS_KEYS_MAX - 2}, one = {.number = 2};

    CHECK(vdi_roots_rotate(author, "root", &all, NULL));
    CHECK(!vdi_roots_rotate(author, "targets", &one, &error));
    CHECK_ERROR(error, VDI_TRUST_ERROR, VDI_TRUST_ERROR_REFUSED);
}

static void a_file_that_no_client_takes_is_not_written(void)
{
    g_autofree char *much = g_strnfill(VDI_METADATA_TIMESTAMP_MAX_BYTES + 1, ' ');
    g_autoptr(GBytes) file = bytes_of(much);
    g_autoptr(GError) error = NULL;

    CHECK(
        !vdi_staged_write(test_folder(), VDI_STAGED_COMPLETE, VDI_ROLE_TIMESTAMP, 1, file, &error));
    CHECK_ERROR(error, VDI_TRUST_ERROR, VDI_TRUST_ERROR_REFUSED);
}

static void health_says_what_ends_soon_and_what_has_ended(void)
{
    static const struct {
        const char *what;
        int64_t left;
        VdiHealthState state;
    } rows[] = {
        {"a day", 86400, VDI_HEALTH_ENDS_SOON},
        {"nothing", 0, VDI_HEALTH_BAD},
        {"half its life", (int64_t) VDI_AUTHOR_ROOT_DAYS * 43200, VDI_HEALTH_GOOD},
    };
    g_autofree char *folder = NULL;
    g_autoptr(VdiMetadata) root = NULL;

    vdi_keyring_free(site("dates", &small, &folder));
    CHECK(vdi_staged_read(folder, VDI_STAGED_COMPLETE, VDI_ROLE_ROOT, &root, NULL));
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_auto(VdiHealth) health = {0};

        CHECK(vdi_health_read(folder, VDI_STAGED_COMPLETE, "compat.json",
            root->expires_at - rows[i].left, &health, NULL));
        CHECK_ROW(rows[i].what, health.roles[VDI_ROLE_ROOT].state == rows[i].state);
        CHECK_ROW(rows[i].what, health.roles[VDI_ROLE_TARGETS].state == VDI_HEALTH_BAD);
    }
}

/* ---- what cannot be read, written or opened ---- */

/* A root and targets that wait for the signatures of keys that are here. */
static VdiAuthor *begun(const char *folder, VdiKeyring *keyring)
{
    const VdiRootsChange change = {.is_kept = true};
    g_autoptr(GBytes) target = bytes_of("{}");
    VdiAuthor *author = vdi_author_open(folder, keyring, NOW, NULL);

    CHECK(vdi_author_begin(author, "compat.json", target, NULL));
    CHECK(vdi_roots_rotate(author, "root", &change, NULL));
    return author;
}

static bool sign(VdiAuthor *author, GError **error)
{
    g_auto(VdiAuthorReport) report = {0};

    vdi_author_report_init(&report);
    return vdi_author_sign(author, &report, error) && report.missing->len == 0;
}

/* The file changes after the folder was opened. Signing again then ends what was begun. */
static void what_is_damaged_meanwhile_is_said_and_mended(void)
{
    static const char *const files[] = {"staged/2.root.json", "staged/1.targets.json",
        "metadata/1.targets.json", "metadata/1.snapshot.json", "metadata/timestamp.json",
        "staged/1.snapshot.json", "staged/timestamp.json"};

    for (size_t i = 0; i < G_N_ELEMENTS(files); i++) {
        g_autofree char *name = g_strdup_printf("meanwhile-%zu", i), *folder = NULL;
        g_autoptr(VdiKeyring) keyring = site(name, &small, &folder);
        g_autoptr(VdiAuthor) author = begun(folder, keyring);
        g_autofree char *path = g_build_filename(folder, files[i], NULL);
        g_autofree char *in_the_way = g_build_filename(path, "in-the-way", NULL);
        g_autoptr(GBytes) before = vdi_file_read(path, VDI_METADATA_MAX_BYTES, NULL);
        g_autoptr(GError) error = NULL;

        if (before != NULL) {
            CHECK(vdi_file_write_text(path, "{\"signed\": ", 0644, NULL));
        } else {
            CHECK(vdi_file_make_folder(in_the_way, 0755, NULL));
        }
        CHECK_ROW(files[i], !sign(author, &error) && error != NULL);
        if (before != NULL) {
            CHECK(vdi_file_write(path, before, 0644, NULL));
        } else {
            CHECK(g_rmdir(in_the_way) == 0 && g_rmdir(path) == 0);
        }
        CHECK_ROW(files[i], sign(author, NULL));
    }
}

/* The keys of root and targets are sealed, and nobody says by what. */
static void a_key_that_does_not_open_signs_nothing(void)
{
    static const char *const here[] = {"root", "root-2", "targets"};

    for (size_t i = 0; i < G_N_ELEMENTS(here); i++) {
        const VdiRootsChange change = {0};
        g_autoptr(VdiSecret) passphrase = vdi_secret_new("correct horse", 13);
        const VdiKeyringSource knows = {.passphrase = passphrase}, asks = {0};
        g_autofree char *folder = g_build_filename(test_folder(), "sealed", here[i], NULL);
        g_autoptr(GBytes) target = bytes_of("{}");
        g_autoptr(GError) signing = NULL, beginning = NULL;

        CHECK(vdi_file_make_folder(folder, 0755, NULL));
        g_autoptr(VdiKeyring) opened = vdi_keyring_open(folder, &knows, NULL);

        CHECK(vdi_roots_init(folder, opened, &small, NOW, NULL));
        VdiAuthor *first = vdi_author_open(folder, opened, NOW, NULL);

        CHECK(vdi_author_begin(first, "compat.json", target, NULL));
        CHECK(vdi_roots_rotate(first, "root", &change, NULL));
        vdi_author_free(first);
        for (size_t j = 0; j < G_N_ELEMENTS(here); j++) {
            g_autofree char *file = g_strconcat(here[j], ".pem", NULL);
            g_autofree char *path = g_build_filename(folder, "keys", file, NULL);

            CHECK(j == i || g_unlink(path) == 0);
        }
        g_autoptr(VdiKeyring) keyring = vdi_keyring_open(folder, &asks, NULL);
        g_autoptr(VdiAuthor) author = vdi_author_open(folder, keyring, NOW, NULL);

        CHECK(!sign(author, &signing));
        CHECK_ERROR(signing, VDI_TRUST_ERROR, VDI_TRUST_ERROR_PASSPHRASE);
        CHECK(!vdi_author_begin(author, "compat.json", target, &beginning));
        CHECK(beginning != NULL);
    }
}

static void what_was_never_opened_is_closed_all_the_same(void)
{
    vdi_author_free(NULL);
    vdi_keyring_free(NULL);
}

const Test tests[] = {
    {"nothing else than metadata is signed", nothing_else_than_metadata_is_signed},
    {"signatures are taken from metadata alone", signatures_are_taken_from_metadata_alone},
    {"a signature of nobody stays and is not taken", a_signature_of_nobody_stays_and_is_not_taken},
    {"the next root keeps what is not understood", the_next_root_keeps_what_is_not_understood},
    {"a root that waits is the next one", a_root_that_waits_is_the_next_one},
    {"as many keys as a client takes, and no more", as_many_keys_as_a_client_takes_and_no_more},
    {"a file that no client takes is not written", a_file_that_no_client_takes_is_not_written},
    {"health says what ends soon and what has ended",
        health_says_what_ends_soon_and_what_has_ended},
    {"what is damaged meanwhile is said, and mended", what_is_damaged_meanwhile_is_said_and_mended},
    {"a key that does not open signs nothing", a_key_that_does_not_open_signs_nothing},
    {"what was never opened is closed all the same", what_was_never_opened_is_closed_all_the_same},
    TEST_END,
};
