/* SPDX-License-Identifier: Apache-2.0 */
#include "compat/manifest/withdrawn.h"

#include <string.h>

#include "base/error.h"
#include "base/file.h"
#include "compat/manifest/revision.h"

enum { HEAD_BYTES_MAX = 4096 }; /* what a manifest has around its rule */

/* NULL: no rule can have that id, so none was withdrawn. */
static char *rule_path(const char *folder, const char *id)
{
    if (strchr(id, '/') != NULL || strlen(id) > VDI_RULE_ID_MAX) {
        return NULL;
    }
    g_autofree char *name = g_strconcat(id, ".json", NULL);

    return g_build_filename(folder, "withdrawn", name, NULL);
}

bool vdi_withdrawn_remember(
    const char *folder, GBytes *manifest, const char *id, int64_t now, GError **error)
{
    g_autofree char *path = rule_path(folder, id);
    g_autoptr(GBytes) rule = vdi_revision_only(manifest, id, now, error);

    return rule != NULL && vdi_file_write(path, rule, 0644, error);
}

VdiManifest *vdi_withdrawn_recall(const char *folder, const char *id, GError **error)
{
    g_autofree char *path = rule_path(folder, id);
    g_autoptr(GError) local = NULL;

    if (path == NULL) {
        return NULL;
    }
    /* Written with indents, a rule may be some times larger than it came. */
    g_autoptr(GBytes) bytes = vdi_file_read(path, 8 * VDI_RULE_MAX_BYTES + HEAD_BYTES_MAX, &local);

    if (g_error_matches(local, VDI_FILE_ERROR, VDI_FILE_ERROR_ABSENT)) {
        return NULL;
    }
    VdiManifest *manifest =
        bytes != NULL ? vdi_manifest_parse(bytes, VDI_MANIFEST_READER, &local) : NULL;

    if (manifest == NULL) {
        g_propagate_prefixed_error(error, g_steal_pointer(&local), "%s: ", path);
    }
    return manifest;
}
