/* SPDX-License-Identifier: Apache-2.0 */
#include "compat/manifest/draft.h"

#include "base/file.h"
#include "compat/manifest/revision.h"

static char *draft_path(const char *folder)
{
    return g_build_filename(folder, "compat.json", NULL);
}

GBytes *vdi_draft_bytes(const char *folder, GError **error)
{
    g_autofree char *path = draft_path(folder);

    return vdi_file_read(path, VDI_MANIFEST_MAX_BYTES, error);
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

GBytes *vdi_draft_issue(const char *folder, int64_t now, GError **error)
{
    g_autoptr(GBytes) before = vdi_draft_bytes(folder, error);
    g_autoptr(GBytes) after = before != NULL ? vdi_revision_all(before, now, error) : NULL;

    return vdi_draft_replace(folder, after, error) ? g_steal_pointer(&after) : NULL;
}
