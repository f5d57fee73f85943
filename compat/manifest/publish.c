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
#include "compat/manifest/webroot.h"
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

bool vdi_manifest_command_init(VdiCall *call, GError **error)
{
    g_autofree char *id = NULL;
    const GOptionEntry entries[] = {
        {"id", 0, 0, G_OPTION_ARG_STRING, &id, N_("the organisation's name on the machines"),
            N_("NAME")},
        G_OPTION_ENTRY_NULL,
    };

    if (!vdi_call_read(call, entries, NULL, 1, 1, error)) {
        return false;
    }
    if (id == NULL) {
        id = default_id(call->argv[1]);
    }
    if (!vdi_text_is_name(id)) {
        g_autofree char *shown = vdi_text_quote(id);

        g_set_error(error, VDI_PROGRAM_ERROR, VDI_PROGRAM_ERROR_USAGE,
            "--id: %s; lower-case letters, digits, dots, hyphens", shown);
        return false;
    }
    return vdi_author_init(call->argv[1], call->now, error)
        && vdi_draft_create(call->argv[1], id, call->now, error)
        && print_root(call->argv[1], id, error);
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

bool vdi_manifest_command_sign(VdiCall *call, GError **error)
{
    VdiAuthorState state = {0};

    if (!vdi_call_read(call, NULL, NULL, 1, 1, error)) {
        return false;
    }
    g_autoptr(GBytes) manifest = vdi_draft_issue(call->argv[1], call->now, error);

    if (manifest == NULL
        || !vdi_author_sign(
            call->argv[1], VDI_TRUST_MANIFEST, manifest, call->now, &state, error)) {
        return false;
    }
    vdi_manifest_command_warn(call->argv[1], call->now, false);
    print_state(&state, call->now);
    return true;
}

bool vdi_manifest_command_renew(VdiCall *call, GError **error)
{
    VdiAuthorState state = {0};

    if (!vdi_call_read(call, NULL, NULL, 1, 1, error)
        || !vdi_author_renew(call->argv[1], call->now, &state, error)) {
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

bool vdi_manifest_command_publish(VdiCall *call, GError **error)
{
    g_autofree char *webroot = NULL;
    const GOptionEntry entries[] = {
        {"to", 0, 0, G_OPTION_ARG_FILENAME, &webroot, N_("the folder that clients read"),
            N_("WEBROOT")},
        G_OPTION_ENTRY_NULL,
    };
    VdiTrustReport report = {0};

    if (!vdi_call_read(call, entries, NULL, 1, 1, error)) {
        return false;
    }
    if (webroot == NULL) {
        return vdi_call_fail_usage("--to WEBROOT is missing", error);
    }
    if (!vdi_publish(call->argv[1], webroot, VDI_TRUST_MANIFEST, call->now, &report, error)) {
        return false;
    }
    print_report(&report);
    return vdi_webroot_remember(call->argv[1], webroot, error);
}

/* An author's folder has its repository inside; a web root is one. */
static char *repository_of(const char *folder)
{
    g_autofree char *staged = g_build_filename(folder, "metadata", NULL);

    return g_file_test(staged, G_FILE_TEST_IS_DIR) ? g_steal_pointer(&staged) : g_strdup(folder);
}

bool vdi_manifest_command_verify(VdiCall *call, GError **error)
{
    VdiTrustReport report = {0};

    if (!vdi_call_read(call, NULL, NULL, 1, 1, error)) {
        return false;
    }
    g_autofree char *folder = repository_of(call->argv[1]);
    g_autoptr(GBytes) bytes =
        vdi_publish_verify(folder, VDI_TRUST_MANIFEST, call->now, &report, error);
    g_autoptr(VdiManifest) manifest =
        bytes != NULL ? vdi_manifest_parse(bytes, VDI_MANIFEST_AUTHOR, error) : NULL;

    if (manifest == NULL) {
        return false;
    }
    print_report(&report);
    printf("%s, rules: %zu; a client that trusts its root 1 accepts it\n",
        vdi_manifest_id(manifest), vdi_manifest_n_rules(manifest));
    return true;
}
