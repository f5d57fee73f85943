/* SPDX-License-Identifier: Apache-2.0 */
/* bundle: a repository in one file. */
#include "compat/manifest/bundle.h"

#include <stdio.h>

#include "base/error.h"
#include "base/file.h"
#include "base/text.h"
#include "compat/manifest/command.h"
#include "compat/rules/manifest_reader.h"

/* Its organisation is the one whose manifest it holds. */
static bool name_bundle(VdiBundle *bundle, GBytes *target, GError **error)
{
    g_autoptr(VdiManifest) manifest = vdi_manifest_parse(target, VDI_MANIFEST_READER, error);

    if (manifest == NULL) {
        return false;
    }
    const char *id = vdi_manifest_id(manifest);

    if (!vdi_text_is_name(id)) {
        g_autofree char *shown = vdi_text_quote(id);

        g_set_error(error, VDI_TRUST_ERROR, VDI_TRUST_ERROR_REFUSED,
            "%s: a machine cannot have an organisation of that name", shown);
        return false;
    }
    vdi_bundle_set_organisation(bundle, id);
    return true;
}

/* An author's folder has its repository inside; a web root is one. */
static char *repository_of(const char *folder)
{
    g_autofree char *signed_files = g_build_filename(folder, "metadata", NULL);

    return g_file_test(signed_files, G_FILE_TEST_IS_DIR) ? g_steal_pointer(&signed_files)
                                                         : g_strdup(folder);
}

VdiBundle *vdi_manifest_bundle_pack(VdiBundleKind kind, const char *folder, int64_t from_root,
    int64_t now, VdiTrustReport *ret_report, GError **error)
{
    g_autofree char *place = repository_of(folder);
    g_autoptr(VdiBundle) bundle = vdi_bundle_new(kind);
    g_autoptr(GBytes) target =
        vdi_trial_pack(bundle, place, from_root, VDI_TRUST_MANIFEST, now, ret_report, error);

    return target != NULL && name_bundle(bundle, target, error) ? g_steal_pointer(&bundle) : NULL;
}

GBytes *vdi_manifest_bundle_make(
    const char *folder, int64_t from_root, int64_t now, VdiTrustReport *ret_report, GError **error)
{
    g_autoptr(VdiBundle) bundle =
        vdi_manifest_bundle_pack(VDI_BUNDLE_UPDATE, folder, from_root, now, ret_report, error);

    return bundle != NULL ? vdi_bundle_write(bundle, error) : NULL;
}

void vdi_manifest_bundle_print(const VdiTrustReport *report)
{
    g_autofree char *until = vdi_text_time(report->expires_at);

    printf("root %" G_GINT64_FORMAT ", timestamp %" G_GINT64_FORMAT ", snapshot %" G_GINT64_FORMAT
           ", targets %" G_GINT64_FORMAT ", fresh until %s\n",
        report->root_version, report->timestamp_version, report->snapshot_version,
        report->targets_version, until);
}

bool vdi_manifest_command_bundle(VdiCall *call, GError **error)
{
    g_autofree char *output = NULL;
    int from_root = 1;
    const GOptionEntry entries[] = {
        {"output", 'o', 0, G_OPTION_ARG_FILENAME, &output, "the file that is written", "FILE.vdi"},
        {"from-root", 0, 0, G_OPTION_ARG_INT, &from_root,
            "for machines that have this root: leaves out those before it", "VERSION"},
        G_OPTION_ENTRY_NULL,
    };
    VdiTrustReport report = {0};

    if (!vdi_call_read(call, entries, NULL, 1, 1, error)) {
        return false;
    }
    if (output == NULL || from_root < 1) {
        return vdi_call_fail_usage("-o FILE.vdi is due; --from-root takes 1 or more", error);
    }
    g_autoptr(GBytes) bytes =
        vdi_manifest_bundle_make(call->argv[1], from_root, call->now, &report, error);

    if (bytes == NULL || !vdi_file_write(output, bytes, 0644, error)) {
        return false;
    }
    vdi_manifest_bundle_print(&report);
    printf("Wrote %s, %zu bytes.\n", output, g_bytes_get_size(bytes));
    return true;
}
