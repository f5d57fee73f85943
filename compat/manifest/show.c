/* SPDX-License-Identifier: Apache-2.0 */
/* show, diff: what the draft says. */
#include <stdio.h>

#include "base/error.h"
#include "base/file.h"
#include "base/text.h"
#include "compat/manifest/command.h"
#include "compat/manifest/difference.h"
#include "compat/manifest/draft.h"
#include "compat/manifest/revision.h"
#include "compat/manifest/rule_view.h"
#include "compat/manifest/withdrawn.h"
#include "compat/trust/publish.h"

/* ---- show ---- */

static bool show_withdrawn(const char *folder, const char *id, int64_t now, GError **error)
{
    g_autoptr(GError) local = NULL;
    g_autoptr(VdiManifest) withdrawn = vdi_withdrawn_recall(folder, id, &local);
    const VdiRule *rule = withdrawn != NULL ? vdi_manifest_find(withdrawn, id) : NULL;

    if (local != NULL) {
        g_propagate_error(error, g_steal_pointer(&local));
        return false;
    }
    if (rule == NULL || rule->when == NULL) {
        g_autofree char *shown = vdi_text_quote(id);

        g_set_error(error, VDI_TRUST_ERROR, VDI_TRUST_ERROR_REFUSED,
            "rule %s: the draft has no such rule", shown);
        return false;
    }
    g_autofree char *at = vdi_text_time(vdi_manifest_issued_at(withdrawn));

    printf("withdrawn %s\n", at);
    vdi_rule_view_print(rule, now);
    return true;
}

bool vdi_manifest_command_show(VdiCall *call, GError **error)
{
    if (!vdi_call_read(call, NULL, NULL, 1, 2, error)) {
        return false;
    }
    const char *folder = call->argv[1], *id = call->argc > 2 ? call->argv[2] : NULL;
    g_autoptr(VdiManifest) manifest = vdi_draft_read(folder, error);

    if (manifest == NULL) {
        return false;
    }
    if (id != NULL) {
        const VdiRule *rule = vdi_manifest_find(manifest, id);

        if (rule == NULL) {
            return show_withdrawn(folder, id, call->now, error);
        }
        vdi_rule_view_print(rule, call->now);
        return true;
    }
    g_autofree char *issued = vdi_text_time(vdi_manifest_issued_at(manifest));

    printf("%s, changed %s, rules: %zu\n", vdi_manifest_id(manifest), issued,
        vdi_manifest_n_rules(manifest));
    for (size_t i = 0; i < vdi_manifest_n_rules(manifest); i++) {
        vdi_rule_view_print_line(vdi_manifest_rule(manifest, i), call->now);
    }
    return true;
}

/* ---- diff ---- */

/* What clients of that repository hold. Time 0: whatever is there was fresh once. */
static GBytes *read_published(const char *repository, GError **error)
{
    VdiTrustReport report = {0};

    return vdi_publish_verify(repository, VDI_TRUST_MANIFEST, 0, &report, error);
}

static bool is_empty(const char *repository)
{
    g_autofree char *timestamp = g_build_filename(repository, "timestamp.json", NULL);

    return !g_file_test(timestamp, G_FILE_TEST_EXISTS);
}

/* Where nothing was published yet, all that the draft says is new. */
static GBytes *read_before(
    const char *repository, const VdiManifest *draft, int64_t now, GError **error)
{
    return is_empty(repository) ? vdi_revision_first(vdi_manifest_id(draft), now, error)
                                : read_published(repository, error);
}

bool vdi_manifest_command_diff(VdiCall *call, GError **error)
{
    if (!vdi_call_read(call, NULL, NULL, 1, 2, error)) {
        return false;
    }
    const char *folder = call->argv[1];
    g_autofree char *repository =
        call->argc > 2 ? g_strdup(call->argv[2]) : g_build_filename(folder, "metadata", NULL);

    if (!g_file_test(repository, G_FILE_TEST_IS_DIR)) {
        g_set_error(error, VDI_FILE_ERROR, VDI_FILE_ERROR_ABSENT, "%s", repository);
        return false;
    }
    g_autoptr(VdiManifest) draft = vdi_draft_read(folder, error);
    g_autoptr(GBytes) after = draft != NULL ? vdi_draft_bytes(folder, error) : NULL;
    g_autoptr(GBytes) before =
        after != NULL ? read_before(repository, draft, call->now, error) : NULL;
    g_autoptr(GPtrArray) lines = before != NULL ? vdi_difference(before, after, error) : NULL;

    if (lines == NULL) {
        return false;
    }
    for (guint i = 0; i < lines->len; i++) {
        printf("%s\n", (const char *) g_ptr_array_index(lines, i));
    }
    call->status = lines->len > 0 ? 1 : 0;
    return true;
}
