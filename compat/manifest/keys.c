/* SPDX-License-Identifier: Apache-2.0 */
/* init, rotate, revoke: whose keys may sign. */
#include "compat/manifest/keys.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "base/error.h"
#include "base/file.h"
#include "base/program.h"
#include "base/text.h"
#include "compat/manifest/command.h"
#include "compat/manifest/draft.h"
#include "compat/trust/fingerprint.h"
#include "compat/trust/health.h"
#include "compat/trust/roots.h"

/* ---- the keys at hand ---- */

void vdi_key_options_clear(VdiKeyOptions *options)
{
    g_free(options->folder);
    g_free(options->passphrase_fd);
}

GOptionEntry *vdi_key_options_entries(VdiKeyOptions *options)
{
    const GOptionEntry entries[] = {
        {"keys", 0, 0, G_OPTION_ARG_FILENAME, &options->folder,
            "the folder of the private keys; by default DIR/keys", "FOLDER"},
        {"passphrase-fd", 0, 0, G_OPTION_ARG_STRING, &options->passphrase_fd,
            "read the keys' passphrase from this descriptor", "N"},
        G_OPTION_ENTRY_NULL,
    };

    return g_memdup2(entries, sizeof entries);
}

/* A line from the terminal, whatever the standard streams are; nothing of it is shown. */
static VdiSecret *ask_at_terminal(const char *name, GError **error)
{
    g_auto(VdiFd) terminal = open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY);
    struct termios shown, hidden;

    if (terminal < 0 || tcgetattr(terminal, &shown) != 0) {
        g_set_error(error, VDI_TRUST_ERROR, VDI_TRUST_ERROR_PASSPHRASE,
            "%s: it has a passphrase, and nobody is at a terminal", name);
        return NULL;
    }
    hidden = shown;
    hidden.c_lflag &= ~(tcflag_t) (ECHO | ECHOE | ECHOK);
    hidden.c_lflag |= ECHONL | ICANON;
    if (tcsetattr(terminal, TCSAFLUSH, &hidden) != 0) {
        g_set_error(error, VDI_TRUST_ERROR, VDI_TRUST_ERROR_PASSPHRASE,
            "the terminal would show the passphrase: %s", g_strerror(errno));
        return NULL;
    }
    /* Asked only now: what was typed before was thrown away with the old setting. */
    dprintf(terminal, "Passphrase of the key %s: ", name);
    VdiSecret *secret = vdi_secret_read_fd(terminal, error);

    (void) tcsetattr(terminal, TCSAFLUSH, &shown);
    return secret;
}

static VdiSecret *read_passphrase(const char *descriptor, GError **error)
{
    guint64 fd = 0;

    if (!g_ascii_string_to_unsigned(descriptor, 10, 0, 65535, &fd, NULL)
        || fcntl((int) fd, F_GETFD) < 0) {
        (void) vdi_call_fail_usage("--passphrase-fd names no open descriptor", error);
        return NULL;
    }
    g_autoptr(VdiSecret) secret = vdi_secret_read_fd((int) fd, error);

    if (secret != NULL && vdi_secret_text(secret)[0] == '\0') {
        (void) vdi_call_fail_usage("--passphrase-fd: the passphrase is empty", error);
        return NULL;
    }
    return g_steal_pointer(&secret);
}

VdiKeyring *vdi_key_options_open(const VdiKeyOptions *options, const char *site, GError **error)
{
    g_autoptr(VdiSecret) passphrase = NULL;

    if (options->passphrase_fd != NULL) {
        passphrase = read_passphrase(options->passphrase_fd, error);
        if (passphrase == NULL) {
            return NULL;
        }
    }
    const VdiKeyringSource source = {options->folder, passphrase, ask_at_terminal};

    return vdi_keyring_open(site, &source, error);
}

/* Snapshot and timestamp are renewed by a timer; these two need a person. */
static void warn_of_ends(const VdiAuthorReport *report, int64_t now)
{
    static const char *const help[VDI_N_ROLES] = {
        [VDI_ROLE_ROOT] = "\"rotate DIR root --keep\" makes the next one",
        [VDI_ROLE_TARGETS] = "\"sign\" prolongs them"};

    for (VdiRole role = VDI_ROLE_ROOT; role < VDI_N_ROLES; role++) {
        int64_t left = report->expires_at[role] - now;

        if (help[role] != NULL && report->version[role] != 0
            && left < vdi_author_lifetime(role) * VDI_HEALTH_MIN_PERCENT / 100) {
            g_autofree char *sentence = g_strdup_printf(
                "%s: %d days are left; %s", vdi_role_name(role), (int) (left / 86400), help[role]);

            vdi_program_warn(sentence);
        }
    }
}

void vdi_keys_print_report(const VdiAuthorReport *report, int64_t now)
{
    for (guint i = 0; i < report->signed_now->len; i++) {
        printf("%s\n", (const char *) g_ptr_array_index(report->signed_now, i));
    }
    for (VdiRole role = VDI_ROLE_ROOT; role < VDI_N_ROLES; role++) {
        if (report->version[role] != 0) {
            g_autofree char *until = vdi_text_time(report->expires_at[role]);

            printf("%-9s version %" G_GINT64_FORMAT ", valid until %s\n", vdi_role_name(role),
                report->version[role], until);
        }
    }
    for (guint i = 0; i < report->missing->len; i++) {
        printf("not complete: %s\n", (const char *) g_ptr_array_index(report->missing, i));
    }
    if (report->missing->len > 0) {
        printf("Carry the folder, without its keys, to whoever has one of those, and \"sign\" "
               "there. Nothing of it can be published before.\n");
    }
    warn_of_ends(report, now);
}

/* ---- init ---- */

static char *default_id(const char *folder)
{
    g_autofree char *whole = g_canonicalize_filename(folder, NULL);
    g_autofree char *name = g_path_get_basename(whole);

    return vdi_text_is_name(name) ? g_steal_pointer(&name) : g_strdup("vigie");
}

static bool print_root(
    const char *folder, const char *id, const VdiKeyring *keyring, GError **error)
{
    g_autofree char *path = g_build_filename(folder, "metadata", "1.root.json", NULL);
    g_autoptr(GBytes) root = vdi_file_read(path, VDI_METADATA_ROOT_MAX_BYTES, error);

    if (root == NULL) {
        return false;
    }
    g_autofree char *fingerprint = vdi_fingerprint_show(root);

    printf("Made %s: its keys, root 1 and an empty draft.\n\n"
           "On each machine, as root:\n"
           "  copy %s/metadata/1.root.json to /etc/vdi/orgs/%s/root.json\n"
           "  its SHA-256 is %s\n\n"
           "The keys are in %s. Take those of root off this machine, to two safe places: they are "
           "only needed to change keys.\n",
        folder, folder, id, fingerprint, vdi_keyring_folder(keyring));
    return true;
}

static bool check_id(const char *id, GError **error)
{
    if (!vdi_text_is_name(id)) {
        g_autofree char *shown = vdi_text_quote(id);

        g_set_error(error, VDI_PROGRAM_ERROR, VDI_PROGRAM_ERROR_USAGE,
            "--id: %s; lower-case letters, digits, dots, hyphens", shown);
        return false;
    }
    return true;
}

bool vdi_manifest_command_init(VdiCall *call, GError **error)
{
    g_autofree char *id = NULL;
    g_auto(VdiKeyOptions) options = {0};
    g_autofree GOptionEntry *shared = vdi_key_options_entries(&options);
    VdiRootsFirst first = {1, 0, 1, 0, false};
    gboolean one_key = false;
    const GOptionEntry entries[] = {
        {"id", 0, 0, G_OPTION_ARG_STRING, &id, "the organisation's name on the machines", "NAME"},
        {"root-keys", 0, 0, G_OPTION_ARG_INT, &first.root_keys, "how many keys root has", "N"},
        {"threshold", 0, 0, G_OPTION_ARG_INT, &first.root_threshold,
            "how many of them must sign; by default more than half", "M"},
        {"targets-keys", 0, 0, G_OPTION_ARG_INT, &first.targets_keys,
            "how many keys sign what the manifest says", "N"},
        {"targets-threshold", 0, 0, G_OPTION_ARG_INT, &first.targets_threshold,
            "how many of them must sign; by default more than half", "M"},
        {"one-key", 0, 0, G_OPTION_ARG_NONE, &one_key,
            "one and the same key for everything: whoever renews can then change everything", NULL},
        G_OPTION_ENTRY_NULL,
    };

    if (!vdi_call_read(call, entries, shared, 1, 1, error)) {
        return false;
    }
    if (id == NULL) {
        id = default_id(call->argv[1]);
    }
    first.is_one_key = one_key;
    if (first.root_threshold == 0) {
        first.root_threshold = first.root_keys / 2 + 1;
    }
    if (first.targets_threshold == 0) {
        first.targets_threshold = first.targets_keys / 2 + 1;
    }
    g_autoptr(VdiKeyring) keyring =
        check_id(id, error) ? vdi_key_options_open(&options, call->argv[1], error) : NULL;

    return keyring != NULL && vdi_roots_init(call->argv[1], keyring, &first, call->now, error)
        && vdi_draft_create(call->argv[1], id, call->now, error)
        && print_root(call->argv[1], id, keyring, error);
}

/* ---- rotate, revoke ---- */

/* After a next root was made: as many signatures as the keys here can give, and what that root
 * makes due. Without any of them it still waits for those of others. */
static bool sign_next_root(VdiAuthor *author, GError **error)
{
    g_auto(VdiAuthorReport) report = {0};
    g_autoptr(GError) local = NULL;

    vdi_author_report_init(&report);
    bool done = vdi_author_sign(author, &report, &local);
    bool waits = g_error_matches(local, VDI_TRUST_ERROR, VDI_TRUST_ERROR_REFUSED)
        && report.missing->len > 0 && report.signed_now->len == 0;

    if (!done && !waits) {
        g_propagate_error(error, g_steal_pointer(&local));
        return false;
    }
    vdi_keys_print_report(&report, author->now);
    return true;
}

bool vdi_manifest_command_rotate(VdiCall *call, GError **error)
{
    g_auto(VdiKeyOptions) options = {0};
    g_autofree GOptionEntry *shared = vdi_key_options_entries(&options);
    g_auto(GStrv) files = NULL;
    VdiRootsChange change = {0};
    gboolean keep = false;
    const GOptionEntry entries[] = {
        {"number", 0, 0, G_OPTION_ARG_INT, &change.number,
            "how many new keys; by default as many as there were", "N"},
        {"threshold", 0, 0, G_OPTION_ARG_INT, &change.threshold, "how many of them must sign", "M"},
        {"keep", 0, 0, G_OPTION_ARG_NONE, &keep,
            "the present keys stay: for a new root before the old one expires, another threshold, "
            "or one key more",
            NULL},
        {"key", 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &files,
            "the public half of a key that its holder made, instead of a new one; repeatable",
            "FILE"},
        G_OPTION_ENTRY_NULL,
    };

    if (!vdi_call_read(call, entries, shared, 2, 2, error)) {
        return false;
    }
    if (change.number < 0 || change.threshold < 0 || (files != NULL && change.number > 0)) {
        return vdi_call_fail_usage("--number, --threshold: a number above 0; --key is not for "
                                   "--number",
            error);
    }
    change.is_kept = keep;
    change.files = files;
    g_autoptr(VdiKeyring) keyring = vdi_key_options_open(&options, call->argv[1], error);
    g_autoptr(VdiAuthor) author =
        keyring != NULL ? vdi_author_open(call->argv[1], keyring, call->now, error) : NULL;

    return author != NULL && vdi_roots_rotate(author, call->argv[2], &change, error)
        && sign_next_root(author, error);
}

bool vdi_manifest_command_revoke(VdiCall *call, GError **error)
{
    g_auto(VdiKeyOptions) options = {0};
    g_autofree GOptionEntry *shared = vdi_key_options_entries(&options);
    gboolean replace = false;
    const GOptionEntry entries[] = {
        {"replace", 0, 0, G_OPTION_ARG_NONE, &replace, "a new key takes its place", NULL},
        G_OPTION_ENTRY_NULL,
    };

    if (!vdi_call_read(call, entries, shared, 2, 2, error)) {
        return false;
    }
    g_autoptr(VdiKeyring) keyring = vdi_key_options_open(&options, call->argv[1], error);
    g_autoptr(VdiAuthor) author =
        keyring != NULL ? vdi_author_open(call->argv[1], keyring, call->now, error) : NULL;

    return author != NULL && vdi_roots_revoke(author, call->argv[2], replace, error)
        && sign_next_root(author, error);
}
