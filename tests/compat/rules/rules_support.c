/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/compat/rules/rules_support.h"

#include <string.h>

#include "tests/support/check.h"

VdiManifest *manifest_of(const char *text, VdiManifestStrictness strictness, GError **error)
{
    g_autofree char *json = g_strdelimit(g_strdup(text), "'", '"');
    g_autoptr(GBytes) bytes = g_bytes_new(json, strlen(json));

    return vdi_manifest_parse(bytes, strictness, error);
}

static char *with_head(const char *rules)
{
    return g_strdup_printf("{'schema': '%s', 'id': 'test', 'issued': '2026-11-01T00:00:00Z', "
                           "'rules': [%s]}",
        VDI_MANIFEST_SCHEMA, rules);
}

VdiManifest *manifest_of_rules(const char *rules)
{
    g_autofree char *text = with_head(rules);
    g_autoptr(GError) error = NULL;
    VdiManifest *manifest = manifest_of(text, VDI_MANIFEST_AUTHOR, &error);

    CHECK_NO_ERROR(error);
    return manifest;
}

VdiManifest *manifest_of_condition(const char *condition, GError **error)
{
    g_autofree char *rule = g_strdup_printf(
        "{'id': 'R1', 'effect': 'block', 'title': {'en': 'T'}, 'message': {'en': 'M'}, "
        "'expires': '2027-01-01T00:00:00Z', 'when': %s}",
        condition);
    g_autofree char *text = with_head(rule);

    return manifest_of(text, VDI_MANIFEST_AUTHOR, error);
}

const char *client_version(const VdiFacts *facts, const char *id)
{
    const char *version = NULL;

    switch (vdi_facts_client(facts, id, &version)) {
    case VDI_TRUTH_TRUE:
        return version;
    case VDI_TRUTH_FALSE:
        return "absent";
    case VDI_TRUTH_UNKNOWN:
        return "unknown";
    }
    g_assert_not_reached();
}
