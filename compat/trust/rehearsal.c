/* SPDX-License-Identifier: Apache-2.0 */
#include "compat/trust/rehearsal.h"

#include "base/error.h"
#include "base/tree.h"
#include "compat/trust/metadata.h"
#include "compat/trust/staged.h"
#include "compat/trust/trial.h"

static bool refuse(const GError *cause, GError **error)
{
    bool is_older = g_error_matches(cause, VDI_TRUST_ERROR, VDI_TRUST_ERROR_ROLLBACK);

    g_set_error(error, VDI_TRUST_ERROR, VDI_TRUST_ERROR_REFUSED, "a client would refuse it: %s%s",
        cause->message,
        is_older ? ". A newer copy of this folder was published: go on with that one" : "");
    return false;
}

static void free_file(gpointer data)
{
    VdiReleaseFile *file = data;

    g_free(file->name);
    g_bytes_unref(file->bytes);
    g_free(file);
}

static void record(GPtrArray *files, VdiTrustKind kind, const char *name, GBytes *bytes)
{
    for (guint i = 0; i < files->len; i++) {
        const VdiReleaseFile *file = g_ptr_array_index(files, i);

        if (file->kind == kind && g_str_equal(file->name, name)) {
            return;
        }
    }
    VdiReleaseFile *file = g_new0(VdiReleaseFile, 1);

    *file = (VdiReleaseFile){kind, g_strdup(name), g_bytes_ref(bytes)};
    g_ptr_array_add(files, file);
}

/* Hands out a folder's files and keeps what it handed out. */
typedef struct {
    VdiTrustSource source;
    VdiTrustSource *folder;
    GPtrArray *files;
} Recorder;

static GBytes *recorder_fetch(
    VdiTrustSource *source, const VdiTrustRequest *request, GError **error)
{
    Recorder *self = (Recorder *) source;
    GBytes *bytes = self->folder->fetch(self->folder, request, error);

    if (bytes != NULL) {
        record(self->files, request->kind, request->name, bytes);
    }
    return bytes;
}

/* One client that begins with root `version`. False with no error when there is no such root. */
static bool run(Recorder *recorder, const char *folder, int64_t version, const char *name,
    int64_t now, VdiTrustReport *ret_report, GError **error)
{
    g_autofree char *file = vdi_staged_name(VDI_ROLE_ROOT, version);
    g_autofree char *path = g_build_filename(folder, file, NULL);
    g_autoptr(GBytes) root = vdi_file_read(path, VDI_METADATA_ROOT_MAX_BYTES, error);
    g_autoptr(GError) local = NULL;

    if (root == NULL) {
        return false;
    }
    record(recorder->files, VDI_TRUST_METADATA, file, root);
    g_autoptr(GBytes) target =
        vdi_trial_run(root, &recorder->source, name, now, ret_report, NULL, &local);

    if (target == NULL) {
        return refuse(local, error);
    }
    return true;
}

GPtrArray *vdi_rehearse(
    const char *folder, const char *name, int64_t now, VdiTrustReport *ret_report, GError **error)
{
    g_autoptr(GPtrArray) files = g_ptr_array_new_with_free_func(free_file);
    g_autoptr(VdiTrustSource) source = vdi_trust_source_new_folder(folder);
    Recorder recorder = {.source = {recorder_fetch, NULL}, .folder = source, .files = files};

    if (!run(&recorder, folder, 1, name, now, ret_report, error)) {
        return NULL;
    }
    for (int64_t version = 2; version <= ret_report->root_version; version++) {
        VdiTrustReport report = {0};

        if (!run(&recorder, folder, version, name, now, &report, error)) {
            g_prefix_error(error, "from root %" G_GINT64_FORMAT ": ", version);
            return NULL;
        }
    }
    return g_steal_pointer(&files);
}

/* ---- from what is published ---- */

static GBytes *refresh(const char *root_file, const char *store, const char *folder,
    const char *name, int64_t now, VdiTrustReport *ret_report, GError **error)
{
    g_autoptr(VdiTrustRepository) repository = vdi_trust_repository_new(root_file, store);
    g_autoptr(VdiTrustSource) source = vdi_trust_source_new_folder(folder);
    GBytes *target = NULL;

    return vdi_trust_refresh(repository, source, name, now, &target, ret_report, error) ? target
                                                                                        : NULL;
}

/* Time 0: whatever is published was fresh once, and is what clients hold. */
static bool follow(const char *store, const char *published, const char *folder, const char *name,
    int64_t now, GError **error)
{
    g_autofree char *root_file = g_build_filename(folder, "1.root.json", NULL);
    g_autoptr(GError) local = NULL;
    VdiTrustReport report = {0};
    GBytes *before = refresh(root_file, store, published, name, 0, &report, NULL);
    g_autoptr(GBytes) after = refresh(root_file, store, folder, name, now, &report, &local);

    g_clear_pointer(&before, g_bytes_unref);
    if (after == NULL) {
        return refuse(local, error);
    }
    if (report.has_conflict) {
        g_set_error(error, VDI_TRUST_ERROR, VDI_TRUST_ERROR_REFUSED,
            "another timestamp of the same version is published; sign again");
        return false;
    }
    return true;
}

bool vdi_rehearse_from(
    const char *published, const char *folder, const char *name, int64_t now, GError **error)
{
    g_autoptr(GError) local = NULL;
    g_autofree char *store = g_dir_make_tmp("vdi-rehearsal-XXXXXX", &local);

    if (store == NULL) {
        g_set_error(error, VDI_FILE_ERROR, VDI_FILE_ERROR_WRITE, "%s", local->message);
        return false;
    }
    bool done = follow(store, published, folder, name, now, error);

    /* The first failure is the one to tell. */
    return vdi_tree_remove(store, done ? error : NULL) && done;
}
