/* SPDX-License-Identifier: Apache-2.0 */
#include "compat/manifest/draft.h"

#include "base/error.h"
#include "base/file.h"
#include "compat/manifest/revision.h"

static char *draft_path(const char *folder)
{
    return g_build_filename(folder, "compat.json", NULL);
}

GBytes *vdi_draft_bytes(const char *folder, GError **error)
{
    g_autofree char *path = draft_path(folder);
    g_autoptr(GError) local = NULL;
    GBytes *bytes = vdi_file_read(path, VDI_MANIFEST_MAX_BYTES, &local);

    if (bytes == NULL && g_error_matches(local, VDI_FILE_ERROR, VDI_FILE_ERROR_ABSENT)) {
        g_set_error(error, VDI_FILE_ERROR, VDI_FILE_ERROR_ABSENT,
            "%s; \"vdi-manifest init %s --id NAME\" makes one", local->message, folder);
    } else if (bytes == NULL) {
        g_propagate_error(error, g_steal_pointer(&local));
    }
    return bytes;
}

bool vdi_draft_replace(const char *folder, GBytes *bytes, GError **error)
{
    g_autofree char *path = draft_path(folder);

    return bytes != NULL && vdi_file_write(path, bytes, 0644, error);
}

bool vdi_draft_create(const char *folder, const char *id, int64_t now, GError **error)
{
    g_autofree char *path = draft_path(folder);
    g_autoptr(GBytes) bytes = vdi_revision_first(id, now, error);

    return bytes != NULL && vdi_file_create(path, bytes, 0644, error);
}

bool vdi_draft_add(const char *folder, VdiJson *rule, int64_t now, GError **error)
{
    g_autoptr(GBytes) before = vdi_draft_bytes(folder, error);
    g_autoptr(GBytes) after = before != NULL ? vdi_revision_with(before, rule, now, error) : NULL;

    return vdi_draft_replace(folder, after, error);
}

bool vdi_draft_exchange(const char *folder, VdiJson *rule, int64_t now, GError **error)
{
    g_autofree char *id = NULL;

    if (!vdi_json_text(rule, "id", 1, VDI_RULE_ID_MAX, &id, error)) {
        return false;
    }
    g_autoptr(GBytes) before = vdi_draft_bytes(folder, error);
    g_autoptr(GBytes) others = before != NULL ? vdi_revision_without(before, id, now, error) : NULL;
    g_autoptr(GBytes) after = others != NULL ? vdi_revision_with(others, rule, now, error) : NULL;

    return vdi_draft_replace(folder, after, error);
}

bool vdi_draft_remove(const char *folder, const char *id, int64_t now, GError **error)
{
    g_autoptr(GBytes) before = vdi_draft_bytes(folder, error);
    g_autoptr(GBytes) after = before != NULL ? vdi_revision_without(before, id, now, error) : NULL;

    return vdi_draft_replace(folder, after, error);
}

VdiManifest *vdi_draft_read(const char *folder, GError **error)
{
    g_autoptr(GBytes) bytes = vdi_draft_bytes(folder, error);

    return bytes != NULL ? vdi_manifest_parse(bytes, VDI_MANIFEST_AUTHOR, error) : NULL;
}

/* What somebody has just written by hand, and wants to see checked. */
static bool is_one_rule(GBytes *bytes)
{
    g_autoptr(VdiJson) json = vdi_json_parse(bytes, VDI_RULE_MAX_BYTES, NULL);

    return json != NULL && vdi_json_type(json) == VDI_JSON_OBJECT && vdi_json_has(json, "when")
        && !vdi_json_has(json, "rules");
}

VdiManifest *vdi_draft_or_manifest(const char *place, GError **error)
{
    if (!g_file_test(place, G_FILE_TEST_EXISTS) || g_file_test(place, G_FILE_TEST_IS_DIR)) {
        return vdi_draft_read(place, error);
    }
    g_autoptr(GBytes) bytes = vdi_file_read(place, VDI_MANIFEST_MAX_BYTES, error);
    VdiManifest *manifest =
        bytes != NULL ? vdi_manifest_parse(bytes, VDI_MANIFEST_AUTHOR, error) : NULL;

    if (bytes != NULL && manifest == NULL && is_one_rule(bytes)) {
        g_clear_error(error);
        g_set_error(error, VDI_MANIFEST_ERROR, VDI_MANIFEST_ERROR_FORMAT,
            "%s: that is one rule; \"vdi-manifest add DIR %s\" puts it into a draft", place, place);
    } else if (bytes != NULL && manifest == NULL) {
        g_prefix_error(error, "%s: ", place);
    }
    return manifest;
}

GBytes *vdi_draft_issue(const char *folder, int64_t now, GError **error)
{
    g_autoptr(GBytes) before = vdi_draft_bytes(folder, error);
    g_autoptr(GBytes) after = before != NULL ? vdi_revision_all(before, now, error) : NULL;

    return vdi_draft_replace(folder, after, error) ? g_steal_pointer(&after) : NULL;
}
