/* SPDX-License-Identifier: Apache-2.0 */
/* init, sign, renew, publish, verify: the repository. */
#include <glib/gi18n.h>
#include <stdio.h>

#include "base/error.h"
#include "base/file.h"
#include "base/program.h"
#include "base/text.h"
#include "compat/manifest/command.h"
#include "compat/manifest/draft.h"
#include "compat/trust/author.h"
#include "compat/trust/publish.h"

enum { WARN_SECONDS = 30 * 86400 };

/* ---- init ---- */

static char *default_id(const char *folder)
{
    g_autofree char *whole = g_canonicalize_filename(folder, NULL);
    g_autofree char *name = g_path_get_basename(whole);

    return vdi_text_is_name(name) ? g_steal_pointer(&name) : g_strdup("vigie");
}

static bool print_root(const char *folder, const char *id, GError **error)
{
    g_autofree char *fingerprint = vdi_author_fingerprint(folder, error);

    if (fingerprint == NULL) {
        return false;
    }
    printf("Made %s: three keys, root 1 and an empty draft.\n\n"
           "On each machine, as root:\n"
           "  copy %s/metadata/1.root.json to /etc/vdi/orgs/%s/root.json\n"
           "  its SHA-256 is %s\n\n"
           "Take %s/keys/root.pem off this machine and keep it safe: it is only needed to change "
           "keys.\n",
        folder, folder, id, fingerprint, folder);
    return true;
}

bool vdi_manifest_command_init(VdiManifestCall *call, GError **error)
{
    g_autofree char *id = NULL;
    const GOptionEntry entries[] = {
        {"id", 0, 0, G_OPTION_ARG_STRING, &id, N_("the organisation's name on the machines"),
            N_("NAME")},
        G_OPTION_ENTRY_NULL,
    };
    const char *words[1] = {NULL};

    if (!vdi_manifest_command_words(call, entries, "DIR [--id NAME]", 1, words, error)) {
        return false;
    }
    if (id == NULL) {
        id = default_id(words[0]);
    }
    if (!vdi_text_is_name(id)) {
        g_autofree char *shown = vdi_text_quote(id);

        g_set_error(error, VDI_PROGRAM_ERROR, VDI_PROGRAM_ERROR_USAGE,
            "--id: %s; lower-case letters, digits, dots, hyphens", shown);
        return false;
    }
    return vdi_author_init(words[0], call->now, error)
        && vdi_draft_create(words[0], id, call->now, error) && print_root(words[0], id, error);
}

/* ---- sign, renew ---- */

static void print_state(const VdiAuthorState *state, int64_t now)
{
    for (VdiRole role = VDI_ROLE_ROOT; role < VDI_N_ROLES; role++) {
        g_autofree char *until = vdi_text_time(state->expires_at[role]);
        bool ends_soon = role != VDI_ROLE_TIMESTAMP && role != VDI_ROLE_SNAPSHOT
            && state->expires_at[role] - now < WARN_SECONDS;

        printf("%-9s version %" G_GINT64_FORMAT ", valid until %s%s\n", vdi_role_name(role),
            state->version[role], until, ends_soon ? " — less than 30 days" : "");
    }
}

bool vdi_manifest_command_sign(VdiManifestCall *call, GError **error)
{
    const char *words[1] = {NULL};
    VdiAuthorState state = {0};

    if (!vdi_manifest_command_words(call, NULL, "DIR", 1, words, error)) {
        return false;
    }
    g_autoptr(GBytes) manifest = vdi_draft_issue(words[0], call->now, error);

    if (manifest == NULL
        || !vdi_author_sign(words[0], VDI_TRUST_MANIFEST, manifest, call->now, &state, error)) {
        return false;
    }
    vdi_manifest_command_warn(words[0], call->now, false);
    print_state(&state, call->now);
    return true;
}

bool vdi_manifest_command_renew(VdiManifestCall *call, GError **error)
{
    const char *words[1] = {NULL};
    VdiAuthorState state = {0};

    if (!vdi_manifest_command_words(call, NULL, "DIR", 1, words, error)
        || !vdi_author_renew(words[0], call->now, &state, error)) {
        return false;
    }
    print_state(&state, call->now);
    return true;
}

/* ---- publish, verify ---- */

static void print_report(const VdiTrustReport *report)
{
    g_autofree char *until = vdi_text_time(report->expires_at);

    printf("root %" G_GINT64_FORMAT ", timestamp %" G_GINT64_FORMAT ", snapshot %" G_GINT64_FORMAT
           ", targets %" G_GINT64_FORMAT ", fresh until %s\n",
        report->root_version, report->timestamp_version, report->snapshot_version,
        report->targets_version, until);
}

bool vdi_manifest_command_publish(VdiManifestCall *call, GError **error)
{
    g_autofree char *webroot = NULL;
    const GOptionEntry entries[] = {
        {"to", 0, 0, G_OPTION_ARG_FILENAME, &webroot, N_("the folder that clients read"),
            N_("WEBROOT")},
        G_OPTION_ENTRY_NULL,
    };
    const char *words[1] = {NULL};
    VdiTrustReport report = {0};

    if (!vdi_manifest_command_words(call, entries, "DIR --to WEBROOT", 1, words, error)) {
        return false;
    }
    if (webroot == NULL) {
        g_set_error(error, VDI_PROGRAM_ERROR, VDI_PROGRAM_ERROR_USAGE, "--to WEBROOT is missing");
        return false;
    }
    if (!vdi_publish(words[0], webroot, VDI_TRUST_MANIFEST, call->now, &report, error)) {
        return false;
    }
    print_report(&report);
    return true;
}

/* An author's folder has its repository inside; a web root is one. */
static char *repository_of(const char *folder)
{
    g_autofree char *staged = g_build_filename(folder, "metadata", NULL);

    return g_file_test(staged, G_FILE_TEST_IS_DIR) ? g_steal_pointer(&staged) : g_strdup(folder);
}

bool vdi_manifest_command_verify(VdiManifestCall *call, GError **error)
{
    const char *words[1] = {NULL};
    VdiTrustReport report = {0};

    if (!vdi_manifest_command_words(call, NULL, "DIR|WEBROOT", 1, words, error)) {
        return false;
    }
    g_autofree char *folder = repository_of(words[0]);
    g_autoptr(GBytes) bytes =
        vdi_publish_verify(folder, VDI_TRUST_MANIFEST, call->now, &report, error);
    g_autoptr(VdiManifest) manifest =
        bytes != NULL ? vdi_manifest_parse(bytes, VDI_MANIFEST_AUTHOR, error) : NULL;

    if (manifest == NULL) {
        return false;
    }
    print_report(&report);
    printf("%s: %zu rules; a client that trusts its root 1 accepts it\n", vdi_manifest_id(manifest),
        vdi_manifest_n_rules(manifest));
    return true;
}
