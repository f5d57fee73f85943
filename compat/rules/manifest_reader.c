/* SPDX-License-Identifier: Apache-2.0 */
#include "compat/rules/manifest_reader.h"

#include <string.h>

#include "base/error.h"
#include "base/json.h"
#include "base/text.h"
#include "compat/rules/condition_reader.h"
#include "compat/rules/rule_reader.h"

enum { SCHEMA_MAX = 2048 };

#define SCHEMA_PREFIX "https://vigie.example/manifest/"

/* What base/json says keeps its sentence and becomes an error of ours. */
static bool translate(GError *from, VdiManifestError code, GError **error)
{
    g_set_error_literal(error, VDI_MANIFEST_ERROR, (int) code, from->message);
    g_error_free(from);
    return false;
}

/* json-c sees this rule and no other. */
static VdiJson *parse_rule(GBytes *bytes, GError **error)
{
    GError *local = NULL;
    VdiJson *rule = NULL;

    if (g_bytes_get_size(bytes) > VDI_RULE_MAX_BYTES) {
        g_set_error_literal(
            error, VDI_MANIFEST_ERROR, VDI_MANIFEST_ERROR_RULE, "larger than 64 KiB");
        return NULL;
    }
    rule = vdi_json_parse(bytes, VDI_RULE_MAX_BYTES, &local);
    if (rule == NULL) {
        (void) translate(local, VDI_MANIFEST_ERROR_RULE, error);
    }
    return rule;
}

static bool read_rules(GPtrArray *elements, VdiManifestStrictness strictness,
    VdiCompiledWriter *writer, GError **error)
{
    g_autoptr(GHashTable) ids = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);

    vdi_compiled_write_number(writer, elements->len);
    for (guint i = 0; i < elements->len; i++) {
        g_autoptr(GError) local = NULL;
        g_autoptr(VdiJson) rule = parse_rule(g_ptr_array_index(elements, i), &local);
        size_t mark = vdi_compiled_writer_mark(writer);

        if (rule != NULL && vdi_rule_read(rule, ids, writer, &local)) {
            continue;
        }
        vdi_compiled_writer_rewind(writer, mark);
        if (strictness == VDI_MANIFEST_AUTHOR) {
            g_propagate_prefixed_error(error, g_steal_pointer(&local), "rules[%u]%s", i,
                rule != NULL && vdi_json_type(rule) == VDI_JSON_OBJECT ? "." : ": ");
            return false;
        }
        vdi_rule_write_unreadable(rule, i, ids, writer, local->message);
    }
    return true;
}

/* ---- the head ---- */

/* https://vigie.example/manifest/MAJOR, or MAJOR.MINOR: a minor is ours to read, a major is not. */
static bool check_schema(VdiJson *head, GError **error)
{
    g_autofree char *schema = NULL;
    GError *local = NULL;

    if (!vdi_json_text(head, "schema", 1, SCHEMA_MAX, &schema, &local)) {
        return translate(local, VDI_MANIFEST_ERROR_FORMAT, error);
    }
    g_autofree char *shown = vdi_text_quote(schema);
    const char *version =
        g_str_has_prefix(schema, SCHEMA_PREFIX) ? schema + strlen(SCHEMA_PREFIX) : "";
    size_t digits = strspn(version, "0123456789");
    bool is_number = digits >= 1 && digits <= 9 && *version != '0'
        && (version[digits] == '\0' || version[digits] == '.');

    if (!is_number) {
        g_set_error(error, VDI_MANIFEST_ERROR, VDI_MANIFEST_ERROR_FORMAT, "schema: %s is not %s",
            shown, VDI_MANIFEST_SCHEMA);
        return false;
    }
    if (digits != 1 || *version != '1') {
        g_set_error(error, VDI_MANIFEST_ERROR, VDI_MANIFEST_ERROR_SCHEMA, "schema: %s", shown);
        return false;
    }
    return true;
}

static bool read_head(
    VdiJson *head, VdiManifestStrictness strictness, VdiCompiledWriter *writer, GError **error)
{
    g_autofree char *id = NULL;
    int64_t issued_at = 0;
    VdiJson *rules = NULL;
    GError *local = NULL;

    if (!vdi_json_text(head, "id", 1, VDI_RULE_ID_MAX, &id, &local)
        || !vdi_json_time(head, "issued", &issued_at, &local)
        || !vdi_json_array(head, "rules", 0, 0, &rules, &local)) {
        return translate(local, VDI_MANIFEST_ERROR_FORMAT, error);
    }
    if (!vdi_rule_is_id(id)) {
        g_set_error_literal(error, VDI_MANIFEST_ERROR, VDI_MANIFEST_ERROR_FORMAT,
            "id: letters, digits, dots, hyphens, underscores");
        return false;
    }
    if (strictness == VDI_MANIFEST_AUTHOR && !vdi_condition_read_end(head, &local)) {
        return translate(local, VDI_MANIFEST_ERROR_FORMAT, error);
    }
    vdi_compiled_write_text(writer, id);
    vdi_compiled_write_number(writer, (uint64_t) issued_at);
    return true;
}

VdiManifest *vdi_manifest_parse(GBytes *document, VdiManifestStrictness strictness, GError **error)
{
    g_autoptr(VdiCompiledWriter) writer = vdi_compiled_writer_new();
    g_autoptr(GPtrArray) elements = NULL;
    GError *local = NULL;
    g_autoptr(VdiJson) head =
        vdi_json_parse_split(document, VDI_MANIFEST_MAX_BYTES, "rules", &elements, &local);

    if (head == NULL) {
        (void) translate(local, VDI_MANIFEST_ERROR_FORMAT, error);
        return NULL;
    }
    if (!check_schema(head, error) || !read_head(head, strictness, writer, error)) {
        return NULL;
    }
    if (elements->len > VDI_MANIFEST_MAX_RULES) {
        g_set_error(error, VDI_MANIFEST_ERROR, VDI_MANIFEST_ERROR_FORMAT,
            "%u rules, at most %d are allowed", elements->len, VDI_MANIFEST_MAX_RULES);
        return NULL;
    }
    if (!read_rules(elements, strictness, writer, error)) {
        return NULL;
    }
    g_autoptr(GBytes) compiled = vdi_compiled_writer_finish(writer);

    return vdi_manifest_load(compiled, error);
}
