/* SPDX-License-Identifier: Apache-2.0 */
/* welcome: one file for a machine that is new. */
#include "compat/trust/welcome.h"

#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "base/file.h"
#include "compat/manifest/bundle.h"
#include "compat/manifest/command.h"
#include "compat/manifest/keys.h"
#include "compat/trust/fingerprint.h"
#include "compat/trust/signing.h"

enum { CA_MAX_BYTES = 64 * 1024 };

typedef struct {
    char *output, *title, *ca;
    char **urls, **servers, **settings;
} Options;

static void options_clear(Options *options)
{
    g_free(options->output);
    g_free(options->title);
    g_free(options->ca);
    g_strfreev(options->urls);
    g_strfreev(options->servers);
    g_strfreev(options->settings);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Options, options_clear)

/* ---- its words ---- */

static bool add_ca(VdiWelcome *welcome, const char *path, GError **error)
{
    g_autoptr(GBytes) bytes = vdi_file_read(path, CA_MAX_BYTES, error);

    if (bytes == NULL) {
        return false;
    }
    g_autofree char *pem = g_strndup(g_bytes_get_data(bytes, NULL), g_bytes_get_size(bytes));

    return vdi_welcome_set_ca(welcome, pem, error);
}

typedef bool (*PairTaker)(VdiWelcome *welcome, const char *name, const char *value, GError **error);

/* Each of `pairs` is NAME=VALUE. */
static bool add_pairs(
    VdiWelcome *welcome, const char *option, char *const *pairs, PairTaker take, GError **error)
{
    for (size_t i = 0; pairs != NULL && pairs[i] != NULL; i++) {
        const char *equals = strchr(pairs[i], '=');

        if (equals == NULL) {
            g_autofree char *due = g_strdup_printf("%s: NAME=VALUE is due", option);

            return vdi_call_fail_usage(due, error);
        }
        g_autofree char *name = g_strndup(pairs[i], (size_t) (equals - pairs[i]));

        if (!take(welcome, name, equals + 1, error)) {
            return false;
        }
    }
    return true;
}

static VdiWelcome *read_options(const Options *options, const char *organisation, GError **error)
{
    g_autoptr(VdiWelcome) welcome = vdi_welcome_new();

    if (!vdi_welcome_set_name(
            welcome, organisation, options->title != NULL ? options->title : organisation, error)) {
        return NULL;
    }
    for (size_t i = 0; options->urls != NULL && options->urls[i] != NULL; i++) {
        if (!vdi_welcome_add_url(welcome, options->urls[i], error)) {
            return NULL;
        }
    }
    return (options->ca == NULL || add_ca(welcome, options->ca, error))
            && add_pairs(welcome, "--server", options->servers, vdi_welcome_add_server, error)
            && add_pairs(welcome, "--set", options->settings, vdi_welcome_set, error)
        ? g_steal_pointer(&welcome)
        : NULL;
}

/* ---- its signatures ---- */

/* DIR/welcome.json keeps the words and who has signed them: the next signer says the same and adds
 * his. Without a word of what is in it, what stands there is meant. */
static GBytes *find_words(
    const char *path, const Options *options, const char *organisation, GError **error)
{
    static const VdiPrivateKey *const nobody[] = {NULL};
    g_autoptr(GBytes) stored = vdi_file_read(path, VDI_BUNDLE_WELCOME_MAX_BYTES, NULL);
    bool says_nothing = options->title == NULL && options->ca == NULL && options->urls == NULL
        && options->servers == NULL && options->settings == NULL;

    if (stored != NULL && says_nothing) {
        return g_steal_pointer(&stored);
    }
    g_autoptr(VdiWelcome) welcome = read_options(options, organisation, error);

    if (welcome == NULL) {
        return NULL;
    }
    g_autoptr(VdiJson) words = vdi_welcome_write(welcome);
    g_autoptr(GBytes) fresh = vdi_signing_write(words, nobody);
    g_autoptr(VdiEnvelope) old =
        stored != NULL ? vdi_envelope_parse(stored, VDI_BUNDLE_WELCOME_MAX_BYTES, NULL) : NULL;
    g_autoptr(VdiEnvelope) new = vdi_envelope_parse(fresh, VDI_BUNDLE_WELCOME_MAX_BYTES, error);

    if (new == NULL) {
        return NULL;
    }
    bool is_same =
        old != NULL && g_bytes_equal(vdi_envelope_canonical(old), vdi_envelope_canonical(new));

    return is_same ? g_steal_pointer(&stored) : g_steal_pointer(&fresh);
}

/* With every key of the role that is here. */
static GBytes *add_signatures(
    GBytes *words, const VdiSigners *signers, VdiKeyring *keyring, GError **error)
{
    g_autoptr(GPtrArray) keys = g_ptr_array_new();

    for (size_t i = 0; signers->keyids[i] != NULL; i++) {
        const VdiPrivateKey *key = NULL;

        if (!vdi_keyring_find(keyring, signers->keyids[i], &key, error)) {
            return NULL;
        }
        if (key != NULL) {
            g_ptr_array_add(keys, (gpointer) key);
        }
    }
    g_ptr_array_add(keys, NULL);
    return vdi_signing_add(words, (const VdiPrivateKey *const *) keys->pdata, error);
}

static bool check_signatures(GBytes *words, const VdiSigners *signers, GError **error)
{
    g_autoptr(VdiEnvelope) envelope =
        vdi_envelope_parse(words, VDI_BUNDLE_WELCOME_MAX_BYTES, error);
    g_autoptr(GPtrArray) names =
        envelope != NULL ? vdi_envelope_signed_by(envelope, signers) : NULL;

    if (names == NULL || (int64_t) names->len >= signers->threshold) {
        return names != NULL;
    }
    g_set_error(error, VDI_TRUST_ERROR, VDI_TRUST_ERROR_REFUSED,
        "welcome: %u of %" G_GINT64_FORMAT " signatures by the keys of targets; the next signer "
        "runs \"welcome\" over this folder with his key",
        names->len, signers->threshold);
    return false;
}

static GBytes *sign_words(VdiCall *call, const Options *options, const VdiKeyOptions *key_options,
    const char *organisation, GError **error)
{
    const char *folder = call->argv[1];
    g_autofree char *path = g_build_filename(folder, "welcome.json", NULL);
    g_autoptr(VdiKeyring) keyring = vdi_key_options_open(key_options, folder, error);
    g_autoptr(VdiAuthor) author =
        keyring != NULL ? vdi_author_open(folder, keyring, call->now, error) : NULL;
    g_autoptr(GBytes) words =
        author != NULL ? find_words(path, options, organisation, error) : NULL;

    if (words == NULL) {
        return NULL;
    }
    const VdiSigners *signers = &author->root->signers[VDI_ROLE_TARGETS];
    g_autoptr(GBytes) whole = add_signatures(words, signers, keyring, error);

    if (whole == NULL || !vdi_file_write(path, whole, 0644, error)
        || !check_signatures(whole, signers, error)) {
        return NULL;
    }
    g_autoptr(VdiWelcome) read = vdi_welcome_verify(whole, author->root, error);

    return read != NULL ? g_steal_pointer(&whole) : NULL;
}

/* ---- the command ---- */

static bool write_bundle(
    VdiCall *call, const Options *options, const VdiKeyOptions *key_options, GError **error)
{
    VdiTrustReport report = {0};
    int64_t version = 0;
    g_autoptr(VdiBundle) bundle =
        vdi_manifest_bundle_pack(VDI_BUNDLE_WELCOME, call->argv[1], 1, call->now, &report, error);
    g_autoptr(GBytes) words = bundle != NULL
        ? sign_words(call, options, key_options, vdi_bundle_organisation(bundle), error)
        : NULL;

    if (words == NULL) {
        return false;
    }
    vdi_bundle_set_welcome(bundle, words);
    g_autoptr(GBytes) bytes = vdi_bundle_write(bundle, error);
    g_autofree char *fingerprint = vdi_fingerprint_show(vdi_bundle_first_root(bundle, &version));

    if (bytes == NULL || !vdi_file_write(options->output, bytes, 0644, error)) {
        return false;
    }
    vdi_manifest_bundle_print(&report);
    printf("Wrote %s, %zu bytes. Whoever opens it compares this fingerprint; tell it by another "
           "way than the file goes:\n  %s\n",
        options->output, g_bytes_get_size(bytes), fingerprint);
    return true;
}

bool vdi_manifest_command_welcome(VdiCall *call, GError **error)
{
    g_auto(Options) options = {0};
    g_auto(VdiKeyOptions) key_options = {0};
    g_autofree GOptionEntry *shared = vdi_key_options_entries(&key_options);
    const GOptionEntry entries[] = {
        {"output", 'o', 0, G_OPTION_ARG_FILENAME, &options.output, "the file that is written",
            "FILE.vdi"},
        {"title", 0, 0, G_OPTION_ARG_STRING, &options.title, "the organisation, for people",
            "TEXT"},
        {"url", 0, 0, G_OPTION_ARG_STRING_ARRAY, &options.urls,
            "where its lists are published; may be given again", "https://…"},
        {"ca", 0, 0, G_OPTION_ARG_FILENAME, &options.ca, "the authority of these addresses, in PEM",
            "FILE"},
        {"server", 0, 0, G_OPTION_ARG_STRING_ARRAY, &options.servers,
            "a broker or a desktop; may be given again", "NAME=https://…|rdp://…"},
        {"set", 0, 0, G_OPTION_ARG_STRING_ARRAY, &options.settings,
            "server, user, domain, desktop, width, height or timeout of vdi.conf", "KEY=VALUE"},
        G_OPTION_ENTRY_NULL,
    };

    if (!vdi_call_read(call, entries, shared, 1, 1, error)) {
        return false;
    }
    if (options.output == NULL) {
        return vdi_call_fail_usage("-o FILE.vdi is due", error);
    }
    return write_bundle(call, &options, &key_options, error);
}
