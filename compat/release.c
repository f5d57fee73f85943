/* SPDX-License-Identifier: Apache-2.0 */
#include "compat/release.h"

#include <string.h>

#include "base/error.h"
#include "base/file.h"
#include "base/json.h"

enum { FILE_MAX_BYTES = 1024 * 1024, RELEASES_MAX = 1000, TEXT_MAX = 1000 };

#define UID_LARGEST ((int64_t) G_MAXUINT32)

void vdi_release_free(VdiRelease *release)
{
    if (release != NULL) {
        g_free(release->rule);
        g_free(release->reason);
        g_free(release);
    }
}

static char *file_path(const VdiPaths *paths)
{
    return g_build_filename(paths->state, "releases.json", NULL);
}

static VdiRelease *read_release(VdiJson *json, GError **error)
{
    g_autoptr(VdiRelease) release = g_new0(VdiRelease, 1);

    if (vdi_json_type(json) != VDI_JSON_OBJECT) {
        g_set_error(error, VDI_JSON_ERROR, VDI_JSON_ERROR_MEMBER, "a release is not an object");
        return NULL;
    }
    if (!vdi_json_text(json, "rule", 1, TEXT_MAX, &release->rule, error)
        || !vdi_json_text(json, "reason", 1, TEXT_MAX, &release->reason, error)
        || !vdi_json_integer(json, "uid", 0, UID_LARGEST, &release->uid, error)
        || !vdi_json_time(json, "from", &release->from, error)
        || !vdi_json_time(json, "until", &release->until, error) || !vdi_json_end(json, error)) {
        return NULL;
    }
    return g_steal_pointer(&release);
}

static GPtrArray *read_document(GBytes *bytes, GError **error)
{
    g_autoptr(GPtrArray) releases =
        g_ptr_array_new_with_free_func((GDestroyNotify) vdi_release_free);
    g_autoptr(VdiJson) json = vdi_json_parse(bytes, FILE_MAX_BYTES, error);
    VdiJson *array = NULL;
    int64_t format = 0;

    if (json == NULL || !vdi_json_integer(json, "format", 1, 1, &format, error)
        || !vdi_json_array(json, "releases", 0, RELEASES_MAX, &array, error)
        || !vdi_json_end(json, error)) {
        return NULL;
    }
    for (size_t i = 0; i < vdi_json_length(array); i++) {
        VdiRelease *release = read_release(vdi_json_element(array, i), error);

        if (release == NULL) {
            return NULL;
        }
        g_ptr_array_add(releases, release);
    }
    return g_steal_pointer(&releases);
}

GPtrArray *vdi_releases_read(const VdiPaths *paths, GError **error)
{
    g_autofree char *path = file_path(paths);
    g_autoptr(GError) local = NULL;
    g_autoptr(GBytes) bytes = paths->is_personal
        ? vdi_file_read(path, FILE_MAX_BYTES, &local)
        : vdi_file_read_trusted(paths->root, path, FILE_MAX_BYTES, &local);

    if (bytes == NULL && g_error_matches(local, VDI_FILE_ERROR, VDI_FILE_ERROR_ABSENT)) {
        return g_ptr_array_new_with_free_func((GDestroyNotify) vdi_release_free);
    }
    if (bytes == NULL) {
        g_propagate_error(error, g_steal_pointer(&local));
        return NULL;
    }
    return read_document(bytes, error);
}

static void write_release(VdiJson *array, const VdiRelease *release)
{
    VdiJson *json = vdi_json_add_object(array, NULL);

    vdi_json_add_text(json, "rule", release->rule);
    vdi_json_add_text(json, "reason", release->reason);
    vdi_json_add_integer(json, "uid", release->uid);
    vdi_json_add_time(json, "from", release->from);
    vdi_json_add_time(json, "until", release->until);
}

bool vdi_releases_add(const VdiPaths *paths, const VdiRelease *release, int64_t now, GError **error)
{
    g_autoptr(GPtrArray) releases = vdi_releases_read(paths, NULL);
    g_autoptr(VdiJson) json = vdi_json_new_object();
    g_autofree char *path = file_path(paths);

    vdi_json_add_integer(json, "format", 1);
    VdiJson *array = vdi_json_add_array(json, "releases");

    for (guint i = 0; releases != NULL && i < releases->len; i++) {
        const VdiRelease *old = releases->pdata[i];

        if (old->until > now && vdi_json_length(array) < RELEASES_MAX - 1) {
            write_release(array, old);
        }
    }
    write_release(array, release);
    g_autofree char *text = vdi_json_print_pretty(json);

    return vdi_file_write_text(path, text, 0644, error);
}

const VdiRelease *vdi_releases_find(const GPtrArray *releases, const char *rule, int64_t now)
{
    const VdiRelease *found = NULL;

    for (guint i = 0; releases != NULL && i < releases->len; i++) {
        const VdiRelease *release = releases->pdata[i];
        bool counts = release->from <= now && now < release->until
            && (strcmp(release->rule, VDI_RELEASE_ALL) == 0 || strcmp(release->rule, rule) == 0);

        if (counts && (found == NULL || release->until > found->until)) {
            found = release;
        }
    }
    return found;
}
