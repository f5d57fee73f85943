/* SPDX-License-Identifier: Apache-2.0 */
/* publish, verify: the way to clients. */
#include <glib/gi18n.h>
#include <stdio.h>

#include "base/error.h"
#include "base/file.h"
#include "base/program.h"
#include "base/text.h"
#include "compat/manifest/command.h"
#include "compat/manifest/difference.h"
#include "compat/manifest/draft.h"
#include "compat/manifest/webroot.h"
#include "compat/trust/bundle.h"
#include "compat/trust/fingerprint.h"
#include "compat/trust/publish.h"
#include "compat/trust/staged.h"
#include "compat/trust/trial.h"

static void print_report(const VdiTrustReport *report)
{
    g_autofree char *until = vdi_text_time(report->expires_at);

    printf("root %" G_GINT64_FORMAT ", timestamp %" G_GINT64_FORMAT ", snapshot %" G_GINT64_FORMAT
           ", targets %" G_GINT64_FORMAT ", fresh until %s\n",
        report->root_version, report->timestamp_version, report->snapshot_version,
        report->targets_version, until);
}

/* What waits for signatures is not published, and whoever publishes may think that it is. */
static void warn_of_waiting(const char *folder, const VdiTrustReport *report)
{
    g_autoptr(VdiMetadata) newest = NULL;

    for (VdiRole role = VDI_ROLE_ROOT; role < VDI_N_ROLES; role++) {
        g_autoptr(VdiMetadata) waiting = NULL;

        if (vdi_staged_read(folder, VDI_STAGED_WAITING, role, &waiting, NULL) && waiting != NULL) {
            g_autofree char *sentence = g_strdup_printf(
                "%s %" G_GINT64_FORMAT " still waits for signatures, and is not published",
                vdi_role_name(role), waiting->version);

            vdi_program_warn(sentence);
        }
    }
    if (vdi_staged_read(folder, VDI_STAGED_COMPLETE, VDI_ROLE_TARGETS, &newest, NULL)
        && newest != NULL && newest->version > report->targets_version) {
        g_autofree char *sentence = g_strdup_printf(
            "targets %" G_GINT64_FORMAT " is signed, but no snapshot names it, so it is not "
            "published: \"renew\" where the online key is, then publish",
            newest->version);

        vdi_program_warn(sentence);
    }
}

/* Nor is a draft that nobody signed. */
static void warn_of_draft(const char *folder)
{
    g_autofree char *repository = g_build_filename(folder, "metadata", NULL);
    VdiTrustReport report = {0};
    g_autoptr(GBytes) draft = vdi_draft_bytes(folder, NULL);
    g_autoptr(GBytes) published =
        draft != NULL ? vdi_publish_verify(repository, VDI_TRUST_MANIFEST, 0, &report, NULL) : NULL;
    g_autoptr(GPtrArray) lines = published != NULL ? vdi_difference(published, draft, NULL) : NULL;

    if (lines != NULL && lines->len > 0) {
        vdi_program_warn("the draft has changes that are not signed, and not published: "
                         "\"diff\" shows them");
    }
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
    warn_of_waiting(call->argv[1], &report);
    warn_of_draft(call->argv[1]);
    return vdi_webroot_remember(call->argv[1], webroot, error);
}

/* ---- verify ---- */

/* What a client would accept out of a bundle. Its own root vouches for it, so this says that the
 * file is whole, and whom it comes from only for those who compare the fingerprint. */
static GBytes *verify_bundle(const char *path, int64_t now, VdiTrustReport *report, GError **error)
{
    g_autoptr(GBytes) document = vdi_file_read(path, VDI_BUNDLE_MAX_BYTES, error);
    g_autoptr(VdiBundle) bundle = document != NULL ? vdi_bundle_parse(document, error) : NULL;
    int64_t version = 0;

    if (bundle == NULL) {
        return NULL;
    }
    g_autoptr(GBytes) root = NULL;
    g_autoptr(GBytes) target =
        vdi_trial_bundle(bundle, VDI_TRUST_MANIFEST, now, report, &root, error);
    bool is_welcome = vdi_bundle_kind(bundle) == VDI_BUNDLE_WELCOME;
    g_autoptr(VdiWelcome) words =
        target != NULL && is_welcome ? vdi_trial_welcome(bundle, root, error) : NULL;

    if (target == NULL || (is_welcome && words == NULL)) {
        return NULL;
    }
    g_autofree char *shown = vdi_fingerprint_show(vdi_bundle_first_root(bundle, &version));

    printf("%s of %s, from root %" G_GINT64_FORMAT ", SHA-256 %s\n",
        is_welcome ? "a welcome" : "an update", vdi_bundle_organisation(bundle), version, shown);
    return g_steal_pointer(&target);
}

/* An author's folder has its repository inside; a web root is one. */
static GBytes *verify_folder(const char *path, int64_t now, VdiTrustReport *report, GError **error)
{
    g_autofree char *inside = g_build_filename(path, "metadata", NULL);

    return vdi_publish_verify(g_file_test(inside, G_FILE_TEST_IS_DIR) ? inside : path,
        VDI_TRUST_MANIFEST, now, report, error);
}

bool vdi_manifest_command_verify(VdiCall *call, GError **error)
{
    VdiTrustReport report = {0};

    if (!vdi_call_read(call, NULL, NULL, 1, 1, error)) {
        return false;
    }
    bool is_file = g_file_test(call->argv[1], G_FILE_TEST_IS_REGULAR);
    g_autoptr(GBytes) bytes =
        (is_file ? verify_bundle : verify_folder)(call->argv[1], call->now, &report, error);
    g_autoptr(VdiManifest) manifest =
        bytes != NULL ? vdi_manifest_parse(bytes, VDI_MANIFEST_AUTHOR, error) : NULL;

    if (manifest == NULL) {
        return false;
    }
    print_report(&report);
    printf("%s, rules: %zu; a client that trusts its %s accepts it\n", vdi_manifest_id(manifest),
        vdi_manifest_n_rules(manifest), is_file ? "first root" : "root 1");
    return true;
}
