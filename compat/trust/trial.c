/* SPDX-License-Identifier: Apache-2.0 */
#include "compat/trust/trial.h"

#include "base/error.h"
#include "base/tree.h"
#include "compat/trust/metadata.h"

static GBytes *run(const char *place, GBytes *root, VdiTrustSource *source, const char *name,
    int64_t now, VdiTrustReport *ret_report, GBytes **ret_root, GError **error)
{
    g_autofree char *root_file = g_build_filename(place, "trusted.json", NULL);
    g_autofree char *store = g_build_filename(place, "store", NULL);
    g_autoptr(VdiTrustRepository) repository = vdi_trust_repository_new(root_file, store);
    g_autoptr(GBytes) target = NULL;

    if (!vdi_file_write(root_file, root, 0600, error)
        || !vdi_trust_refresh(repository, source, name, now, &target, ret_report, error)) {
        return NULL;
    }
    if (ret_root != NULL) {
        *ret_root = vdi_trust_repository_root(repository, error);
    }
    return ret_root == NULL || *ret_root != NULL ? g_steal_pointer(&target) : NULL;
}

GBytes *vdi_trial_run(GBytes *root, VdiTrustSource *source, const char *name, int64_t now,
    VdiTrustReport *ret_report, GBytes **ret_root, GError **error)
{
    g_autoptr(GError) local = NULL;
    g_autofree char *place = g_dir_make_tmp("vdi-trial-XXXXXX", &local);

    *ret_report = (VdiTrustReport){0};
    if (ret_root != NULL) {
        *ret_root = NULL;
    }
    if (place == NULL) {
        g_set_error(error, VDI_FILE_ERROR, VDI_FILE_ERROR_WRITE, "%s", local->message);
        return NULL;
    }
    GBytes *target = run(place, root, source, name, now, ret_report, ret_root, error);

    /* The first failure is the one to tell. */
    if (!vdi_tree_remove(place, target != NULL ? error : NULL)) {
        g_clear_pointer(&target, g_bytes_unref);
    }
    return target;
}

GBytes *vdi_trial_bundle(const VdiBundle *bundle, const char *name, int64_t now,
    VdiTrustReport *ret_report, GBytes **ret_root, GError **error)
{
    g_autoptr(VdiTrustSource) source = vdi_trust_source_new_bundle(bundle);
    int64_t version = 0;
    GBytes *root = vdi_bundle_first_root(bundle, &version);

    if (root == NULL) {
        *ret_report = (VdiTrustReport){0};
        g_set_error(
            error, VDI_TRUST_ERROR, VDI_TRUST_ERROR_MISSING, "root.json: none is in the file");
        return NULL;
    }
    return vdi_trial_run(root, source, name, now, ret_report, ret_root, error);
}

VdiWelcome *vdi_trial_welcome(const VdiBundle *bundle, GBytes *root, GError **error)
{
    g_autoptr(VdiMetadata) signers = vdi_metadata_verify_root(root, NULL, error);
    g_autoptr(VdiWelcome) welcome =
        signers != NULL ? vdi_welcome_verify(vdi_bundle_welcome(bundle), signers, error) : NULL;

    if (welcome != NULL && !g_str_equal(welcome->organisation, vdi_bundle_organisation(bundle))) {
        g_set_error(error, VDI_BUNDLE_ERROR, VDI_BUNDLE_ERROR_WELCOME,
            "the bundle is of %s, its words are of %s", vdi_bundle_organisation(bundle),
            welcome->organisation);
        return NULL;
    }
    return g_steal_pointer(&welcome);
}

/* ---- packing ---- */

/* Hands out a folder's files and keeps what it handed out. */
typedef struct {
    VdiTrustSource source;
    VdiTrustSource *folder;
    VdiBundle *bundle;
} Packer;

static GBytes *packer_fetch(VdiTrustSource *source, const VdiTrustRequest *request, GError **error)
{
    Packer *self = (Packer *) source;
    g_autoptr(GBytes) bytes = self->folder->fetch(self->folder, request, error);

    return bytes != NULL && vdi_bundle_add(self->bundle, request->kind, request->name, bytes, error)
        ? g_steal_pointer(&bytes)
        : NULL;
}

GBytes *vdi_trial_pack(VdiBundle *bundle, const char *folder, int64_t from_root, const char *name,
    int64_t now, VdiTrustReport *ret_report, GError **error)
{
    g_autoptr(VdiTrustSource) files = vdi_trust_source_new_folder(folder);
    g_autofree char *first = g_strdup_printf("%" G_GINT64_FORMAT ".root.json", from_root);
    const VdiTrustRequest request = {
        .kind = VDI_TRUST_METADATA, .name = first, .max_bytes = VDI_METADATA_ROOT_MAX_BYTES};
    Packer packer = {.source = {packer_fetch, NULL}, .folder = files, .bundle = bundle};
    g_autoptr(GBytes) root = packer_fetch(&packer.source, &request, error);

    *ret_report = (VdiTrustReport){0};
    return root != NULL ? vdi_trial_run(root, &packer.source, name, now, ret_report, NULL, error)
                        : NULL;
}
