/* SPDX-License-Identifier: Apache-2.0 */
/* add, remove: the draft. */
#include <stdio.h>

#include "base/error.h"
#include "base/file.h"
#include "base/program.h"
#include "base/text.h"
#include "compat/manifest/command.h"
#include "compat/manifest/draft.h"
#include "compat/manifest/name_lint.h"
#include "compat/manifest/webroot.h"
#include "compat/rules/lint.h"
#include "compat/trust/publish.h"

static bool fail_rule(const char *path, const char *what, GError **error)
{
    g_set_error(error, VDI_MANIFEST_ERROR, VDI_MANIFEST_ERROR_RULE, "%s: %s", path, what);
    return false;
}

static bool is_rule(VdiJson *json, const char *path, GError **error)
{
    if (vdi_json_type(json) != VDI_JSON_OBJECT) {
        return fail_rule(path, "it must hold one rule, an object", error);
    }
    return !vdi_json_has(json, "rules")
        || fail_rule(path, "that is a whole manifest; one of its rules is due", error);
}

static VdiJson *read_rule(const char *path, GError **error)
{
    g_autoptr(GBytes) bytes = vdi_file_read_argument(path, VDI_RULE_MAX_BYTES, error);

    if (bytes == NULL) {
        return NULL;
    }
    g_autoptr(VdiJson) rule = vdi_json_parse(bytes, VDI_RULE_MAX_BYTES, error);

    if (rule == NULL) {
        g_prefix_error(error, "%s: ", path);
        return NULL;
    }
    return is_rule(rule, path, error) ? g_steal_pointer(&rule) : NULL;
}

void vdi_manifest_command_warn(const char *folder, int64_t now, bool last_alone)
{
    g_autoptr(VdiManifest) manifest = vdi_draft_read(folder, NULL);
    g_autoptr(GPtrArray) findings = manifest != NULL ? vdi_lint(manifest, now) : NULL;
    size_t last = manifest != NULL ? vdi_manifest_n_rules(manifest) - 1 : 0;

    if (findings != NULL) {
        vdi_name_lint(manifest, findings);
        vdi_lint_sort(findings);
    }
    for (guint i = 0; findings != NULL && i < findings->len; i++) {
        const VdiLintFinding *finding = g_ptr_array_index(findings, i);

        if (!last_alone || finding->rule == last) {
            g_autofree char *sentence = vdi_manifest_finding_text(manifest, finding);

            vdi_program_warn(sentence);
        }
    }
}

/* A mistake in the rule is one in its file; a draft that was broken before is not. */
static bool put(
    const char *folder, const char *path, VdiJson *rule, bool replace, int64_t now, GError **error)
{
    g_autoptr(GError) local = NULL;

    if ((replace ? vdi_draft_exchange : vdi_draft_add)(folder, rule, now, &local)) {
        return true;
    }
    bool is_in_rule = local->domain != VDI_FILE_ERROR && local->domain != VDI_TRUST_ERROR
        && !g_str_has_prefix(local->message, "rules[");

    g_propagate_prefixed_error(
        error, g_steal_pointer(&local), "%s%s", is_in_rule ? path : "", is_in_rule ? ": " : "");
    return false;
}

bool vdi_manifest_command_add(VdiCall *call, GError **error)
{
    g_autofree char *id = NULL;
    gboolean replace = false;
    const GOptionEntry entries[] = {
        {"replace", 0, 0, G_OPTION_ARG_NONE, &replace, "instead of the rule of its id", NULL},
        G_OPTION_ENTRY_NULL,
    };

    if (!vdi_call_read(call, entries, NULL, 2, 2, error)) {
        return false;
    }
    g_autoptr(VdiJson) rule = read_rule(call->argv[2], error);

    if (rule == NULL || !put(call->argv[1], call->argv[2], rule, replace, call->now, error)
        || !vdi_json_text(rule, "id", 1, VDI_RULE_ID_MAX, &id, error)) {
        return false;
    }
    vdi_manifest_command_warn(call->argv[1], call->now, true);
    printf("rule %s is in the draft; it reaches nobody before sign and publish\n", id);
    return true;
}

/* What `repository` publishes has the rule, or cannot be read: then it may. */
static bool may_have(const char *repository, const char *id)
{
    g_autofree char *timestamp = g_build_filename(repository, "timestamp.json", NULL);
    VdiTrustReport report = {0};

    if (!g_file_test(timestamp, G_FILE_TEST_EXISTS)) {
        return false;
    }
    /* Time 0: machines may hold what has grown old. */
    g_autoptr(GBytes) bytes = vdi_publish_verify(repository, VDI_TRUST_MANIFEST, 0, &report, NULL);
    g_autoptr(VdiManifest) manifest =
        bytes != NULL ? vdi_manifest_parse(bytes, VDI_MANIFEST_READER, NULL) : NULL;

    return manifest == NULL || vdi_manifest_find(manifest, id) != NULL;
}

static bool may_be_in_force(const char *folder, const char *id)
{
    g_autofree char *repository = g_build_filename(folder, "metadata", NULL);
    g_autofree char *webroot = vdi_webroot_recall(folder, NULL);

    return may_have(repository, id) || (webroot != NULL && may_have(webroot, id));
}

bool vdi_manifest_command_remove(VdiCall *call, GError **error)
{
    if (!vdi_call_read(call, NULL, NULL, 2, 2, error)
        || !vdi_draft_remove(call->argv[1], call->argv[2], call->now, error)) {
        return false;
    }
    printf("rule %s is out of the draft; %s\n", call->argv[2],
        may_be_in_force(call->argv[1], call->argv[2]) ? "it stays in force until sign and publish"
                                                      : "it is not signed, and reaches nobody");
    return true;
}
