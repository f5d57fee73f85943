/* SPDX-License-Identifier: Apache-2.0 */
#include "compat/trust/publish.h"

#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "compat/trust/author.h"
#include "compat/trust/metadata.h"
#include "compat/trust/rehearsal.h"
#include "compat/trust/staged.h"
#include "compat/trust/trial.h"

#define FIRST_ROOT "1.root.json"

enum { LOCK_MS = 5000, KEY_FILE_MAX = 16384, KEY_FOLDERS_DEEP = 3 };

GBytes *vdi_publish_verify(
    const char *folder, const char *name, int64_t now, VdiTrustReport *ret_report, GError **error)
{
    g_autofree char *root_file = g_build_filename(folder, FIRST_ROOT, NULL);
    g_autoptr(GBytes) root = vdi_file_read(root_file, VDI_METADATA_ROOT_MAX_BYTES, error);
    g_autoptr(VdiTrustSource) source = vdi_trust_source_new_folder(folder);

    *ret_report = (VdiTrustReport){0};
    return root != NULL ? vdi_trial_run(root, source, name, now, ret_report, NULL, error) : NULL;
}

/* ---- private keys and the web root ---- */

/* Through links; what is not there yet is below what is. */
static char *real_path(const char *path)
{
    g_autofree char *whole = g_canonicalize_filename(path, NULL);
    char *found = realpath(whole, NULL);

    if (found != NULL || g_str_equal(whole, "/")) {
        char *copy = g_strdup(found != NULL ? found : whole);

        free(found);
        return copy;
    }
    g_autofree char *parent = g_path_get_dirname(whole);
    g_autofree char *above = real_path(parent);
    g_autofree char *base = g_path_get_basename(whole);

    return g_build_filename(above, base, NULL);
}

static bool is_inside(const char *path, const char *folder)
{
    size_t length = strlen(folder);

    return g_str_has_prefix(path, folder)
        && (path[length] == '\0' || path[length] == '/' || g_str_equal(folder, "/"));
}

static bool holds_key(const char *path)
{
    g_autoptr(GBytes) bytes = vdi_file_read(path, KEY_FILE_MAX, NULL);
    size_t size = 0;
    const char *text = bytes != NULL ? g_bytes_get_data(bytes, &size) : NULL;

    return text != NULL && memmem(text, size, "PRIVATE KEY-----", strlen("PRIVATE KEY-----"));
}

/* The first file with a private key in it, below `folder`; NULL: none. */
static char *find_key(const char *folder, int deep)
{
    g_auto(GStrv) names = vdi_file_list(folder);
    char *found = NULL;

    for (size_t i = 0; names[i] != NULL && found == NULL; i++) {
        g_autofree char *path = g_build_filename(folder, names[i], NULL);

        if (g_file_test(path, G_FILE_TEST_IS_DIR)) {
            found = deep > 0 ? find_key(path, deep - 1) : NULL;
        } else if (!g_str_has_suffix(names[i], ".json") && holds_key(path)) {
            found = g_steal_pointer(&path);
        }
    }
    return found;
}

/* Whatever lies in a web root is served. */
static bool check_place(const char *folder, const char *webroot, GError **error)
{
    static const char *const own[] = {"keys", "metadata", "staged"};
    g_autofree char *site = real_path(folder);
    g_autofree char *web = real_path(webroot);

    if (is_inside(site, web)) {
        return vdi_author_refuse(
            error, "%s: the web root would serve the author's folder and its keys", webroot);
    }
    for (size_t i = 0; i < G_N_ELEMENTS(own); i++) {
        g_autofree char *part = g_build_filename(site, own[i], NULL);

        if (is_inside(web, part)) {
            return vdi_author_refuse(error, "%s: a web root cannot lie in %s", webroot, part);
        }
    }
    g_autofree char *key = find_key(webroot, KEY_FOLDERS_DEEP);

    if (key != NULL) {
        return vdi_author_refuse(error,
            "%s: a private key in a web root. Take it away, and revoke it if it was served", key);
    }
    return true;
}

/* ---- copying ---- */

static bool is_root(const VdiReleaseFile *file)
{
    return file->kind == VDI_TRUST_METADATA && g_str_has_suffix(file->name, ".root.json");
}

static bool is_timestamp(const VdiReleaseFile *file)
{
    return file->kind == VDI_TRUST_METADATA && g_str_equal(file->name, "timestamp.json");
}

static GBytes *published(const char *webroot, const VdiReleaseFile *file)
{
    g_autofree char *path = g_build_filename(webroot, file->name, NULL);

    return vdi_file_read(path, VDI_METADATA_TARGET_MAX_BYTES, NULL);
}

/* What is published under a version or a hash never changes. */
static bool check_files(const char *webroot, const GPtrArray *files, GError **error)
{
    for (guint i = 0; i < files->len; i++) {
        const VdiReleaseFile *file = g_ptr_array_index(files, i);
        g_autoptr(GBytes) there = published(webroot, file);

        if (there == NULL || is_timestamp(file) || g_bytes_equal(there, file->bytes)) {
            continue;
        }
        return vdi_author_refuse(error,
            "%s is published with other content. If that was you, in another copy of this "
            "folder, go on with that copy, or sign again; else take the file away",
            file->name);
    }
    return true;
}

static bool check_owner(const char *webroot, const GPtrArray *files, GError **error)
{
    const VdiReleaseFile *first = g_ptr_array_index(files, 0); /* root 1: all begins with it */
    g_autoptr(GBytes) there = published(webroot, first);

    if (there != NULL && !g_bytes_equal(there, first->bytes)) {
        return vdi_author_refuse(error, "%s is the web root of another repository: its %s differs",
            webroot, first->name);
    }
    return true;
}

/* Whoever rotated keys in another copy of the folder published a root that this one has not. */
static bool check_newest_root(const char *webroot, int64_t ours, GError **error)
{
    g_autofree char *next = vdi_staged_name(VDI_ROLE_ROOT, ours + 1);
    g_autofree char *path = g_build_filename(webroot, next, NULL);

    if (g_file_test(path, G_FILE_TEST_EXISTS)) {
        return vdi_author_refuse(error,
            "%s is there, and this folder ends with root %" G_GINT64_FORMAT
            ". A newer copy of it was published: go on with that one",
            path, ours);
    }
    return true;
}

static bool believes(const VdiMetadata *root, const GPtrArray *files)
{
    bool does = true;

    for (guint i = 0; i < files->len; i++) {
        const VdiReleaseFile *file = g_ptr_array_index(files, i);

        for (VdiRole role = VDI_ROLE_TIMESTAMP; role < VDI_N_ROLES; role++) {
            g_autofree char *suffix = g_strdup_printf("%s.json", vdi_role_name(role));

            if (file->kind == VDI_TRUST_METADATA && g_str_has_suffix(file->name, suffix)) {
                g_autoptr(VdiMetadata) metadata =
                    vdi_metadata_verify(role, file->bytes, root, NULL);

                does = does && metadata != NULL;
            }
        }
    }
    return does;
}

/* Would clients follow the new timestamp all the same that have not seen the new roots yet, or not
 * all of them? `files` holds the roots in their order. */
static bool may_precede_roots(const char *webroot, const GPtrArray *files)
{
    for (guint i = files->len; i-- > 0;) {
        const VdiReleaseFile *file = g_ptr_array_index(files, i);
        g_autoptr(VdiMetadata) root =
            is_root(file) ? vdi_metadata_verify_root(file->bytes, NULL, NULL) : NULL;

        if (root == NULL) {
            continue;
        }
        if (!believes(root, files)) {
            return false;
        }
        g_autoptr(GBytes) there = published(webroot, file);

        if (there != NULL) {
            return true; /* the newest that clients can have */
        }
    }
    return false;
}

static bool copy(const char *webroot, const VdiReleaseFile *file, GError **error)
{
    g_autofree char *path = g_build_filename(webroot, file->name, NULL);
    g_autoptr(GBytes) there = published(webroot, file);

    return (there != NULL && g_bytes_equal(there, file->bytes))
        || vdi_file_write(path, file->bytes, 0644, error);
}

static bool copy_which(const char *webroot, const GPtrArray *files,
    bool (*is_which)(const VdiReleaseFile *file), GError **error)
{
    for (guint i = 0; i < files->len; i++) {
        const VdiReleaseFile *file = g_ptr_array_index(files, i);

        if (is_which(file) && !copy(webroot, file, error)) {
            return false;
        }
    }
    return true;
}

static bool is_unseen(const VdiReleaseFile *file)
{
    return !is_root(file) && !is_timestamp(file);
}

static bool copy_all(const char *webroot, const GPtrArray *files, GError **error)
{
    bool precedes = may_precede_roots(webroot, files);

    return copy_which(webroot, files, is_unseen, error)
        && copy_which(webroot, files, precedes ? is_timestamp : is_root, error)
        && copy_which(webroot, files, precedes ? is_root : is_timestamp, error);
}

bool vdi_publish(const char *folder, const char *webroot, const char *name, int64_t now,
    VdiTrustReport *ret_report, GError **error)
{
    g_autofree char *complete = g_build_filename(folder, "metadata", NULL);
    g_autofree char *timestamp = g_build_filename(complete, "timestamp.json", NULL);
    g_autofree char *first = g_build_filename(webroot, FIRST_ROOT, NULL);
    g_auto(VdiFd) site_lock = vdi_file_lock_folder(folder, LOCK_MS, error);

    if (site_lock < 0 || !check_place(folder, webroot, error)) {
        return false;
    }
    if (!g_file_test(timestamp, G_FILE_TEST_EXISTS)) {
        return vdi_author_refuse(error, "nothing has been signed yet");
    }
    g_autoptr(GPtrArray) files = vdi_rehearse(complete, name, now, ret_report, error);

    if (files == NULL || !vdi_file_make_folder(webroot, 0755, error)) {
        return false;
    }
    g_auto(VdiFd) web_lock = vdi_file_lock_folder(webroot, LOCK_MS, error);

    if (web_lock < 0 || !check_owner(webroot, files, error)
        || !check_newest_root(webroot, ret_report->root_version, error)
        || !check_files(webroot, files, error)
        || (g_file_test(first, G_FILE_TEST_EXISTS)
            && !vdi_rehearse_from(webroot, complete, name, now, error))) {
        return false;
    }
    vdi_file_remove_leftovers(webroot);
    if (!copy_all(webroot, files, error)) {
        return false;
    }
    vdi_staged_note_published(folder, ret_report->root_version);
    return true;
}
