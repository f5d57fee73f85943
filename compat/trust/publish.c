/* SPDX-License-Identifier: Apache-2.0 */
#include "compat/trust/publish.h"

#include <glib/gstdio.h>

#include "base/error.h"
#include "compat/trust/metadata.h"

#define FIRST_ROOT "1.root.json"
#define LAST_FILE "timestamp.json"

/* A client's store that lives as long as one question. */
static char *make_store(GError **error)
{
    g_autoptr(GError) local = NULL;
    char *store = g_dir_make_tmp("vdi-store-XXXXXX", &local);

    if (store == NULL) {
        g_set_error(error, VDI_FILE_ERROR, VDI_FILE_ERROR_WRITE, "%s", local->message);
    }
    return store;
}

static void remove_folder(const char *folder)
{
    g_auto(GStrv) names = vdi_file_list(folder);

    for (size_t i = 0; names[i] != NULL; i++) {
        g_autofree char *path = g_build_filename(folder, names[i], NULL);

        g_unlink(path);
    }
    g_rmdir(folder);
}

static void remove_store(const char *store)
{
    g_autofree char *metadata = g_build_filename(store, "metadata", NULL);

    remove_folder(metadata);
    remove_folder(store);
}

/* One refresh of the client with `root_file` and `store` from `folder`. */
static GBytes *refresh(const char *root_file, const char *store, const char *folder,
    const char *name, int64_t now, VdiTrustReport *ret_report, GError **error)
{
    g_autoptr(VdiTrustRepository) repository = vdi_trust_repository_new(root_file, store);
    g_autoptr(VdiTrustSource) source = vdi_trust_source_new_folder(folder);
    GBytes *target = NULL;

    return vdi_trust_refresh(repository, source, name, now, &target, ret_report, error) ? target
                                                                                        : NULL;
}

GBytes *vdi_publish_verify(
    const char *folder, const char *name, int64_t now, VdiTrustReport *ret_report, GError **error)
{
    g_autofree char *root_file = g_build_filename(folder, FIRST_ROOT, NULL);
    g_autofree char *store = make_store(error);

    *ret_report = (VdiTrustReport){0};
    if (store == NULL) {
        return NULL;
    }
    GBytes *target = refresh(root_file, store, folder, name, now, ret_report, error);

    remove_store(store);
    return target;
}

static bool refuse(GError **error, const GError *cause)
{
    g_set_error(error, VDI_TRUST_ERROR, VDI_TRUST_ERROR_REFUSED, "a client would refuse it: %s",
        cause->message);
    return false;
}

/* A client that has followed `webroot` until now goes on to `staged`. Time 0: whatever is published
 * was fresh once, and is what clients hold. A web root that no client could follow binds nobody. */
static bool check_from_published(
    const char *staged, const char *webroot, const char *name, int64_t now, GError **error)
{
    g_autofree char *root_file = g_build_filename(webroot, FIRST_ROOT, NULL);
    g_autofree char *store = NULL;
    g_autoptr(GError) local = NULL;
    VdiTrustReport report = {0};

    if (!g_file_test(root_file, G_FILE_TEST_EXISTS)) {
        return true;
    }
    store = make_store(error);
    if (store == NULL) {
        return false;
    }
    /* What clients hold now; one that can read nothing there starts from nothing. */
    GBytes *before = refresh(root_file, store, webroot, name, 0, &report, NULL);
    g_autoptr(GBytes) after = refresh(root_file, store, staged, name, now, &report, &local);

    g_clear_pointer(&before, g_bytes_unref);
    remove_store(store);
    if (after == NULL) {
        return refuse(error, local);
    }
    if (report.has_conflict) {
        g_set_error(error, VDI_TRUST_ERROR, VDI_TRUST_ERROR_REFUSED,
            "another timestamp of the same version is published; sign again");
        return false;
    }
    return true;
}

/* What is published under a version or a hash never changes. */
static bool copy(const char *staged, const char *webroot, const char *name, GError **error)
{
    g_autofree char *from = g_build_filename(staged, name, NULL);
    g_autofree char *to = g_build_filename(webroot, name, NULL);
    g_autoptr(GBytes) bytes = vdi_file_read(from, VDI_METADATA_TARGET_MAX_BYTES, error);

    if (bytes == NULL) {
        return false;
    }
    g_autoptr(GBytes) there = vdi_file_read(to, VDI_METADATA_TARGET_MAX_BYTES, NULL);

    if (there != NULL && g_bytes_equal(there, bytes)) {
        return true;
    }
    if (there != NULL && !g_str_equal(name, LAST_FILE)) {
        g_set_error(error, VDI_TRUST_ERROR, VDI_TRUST_ERROR_REFUSED,
            "%s is published with other content", name);
        return false;
    }
    return vdi_file_write(to, bytes, 0644, error);
}

static bool copy_all(const char *staged, const char *webroot, GError **error)
{
    g_auto(GStrv) names = vdi_file_list(staged);

    for (size_t i = 0; names[i] != NULL; i++) {
        if (g_str_has_suffix(names[i], ".json") && names[i][0] != '.'
            && !g_str_equal(names[i], LAST_FILE) && !copy(staged, webroot, names[i], error)) {
            return false;
        }
    }
    return copy(staged, webroot, LAST_FILE, error);
}

bool vdi_publish(const char *folder, const char *webroot, const char *name, int64_t now,
    VdiTrustReport *ret_report, GError **error)
{
    g_autofree char *staged = g_build_filename(folder, "metadata", NULL);
    g_autofree char *timestamp = g_build_filename(staged, LAST_FILE, NULL);
    g_autoptr(GError) local = NULL;

    if (!g_file_test(timestamp, G_FILE_TEST_EXISTS)) {
        g_set_error(error, VDI_TRUST_ERROR, VDI_TRUST_ERROR_REFUSED, "nothing has been signed yet");
        return false;
    }
    g_autoptr(GBytes) target = vdi_publish_verify(staged, name, now, ret_report, &local);

    if (target == NULL) {
        return refuse(error, local);
    }
    return check_from_published(staged, webroot, name, now, error)
        && copy_all(staged, webroot, error);
}
