/* SPDX-License-Identifier: Apache-2.0 */
#include "compat/rules/manifest_reader.h"

#include <string.h>

#include "base/error.h"
#include "base/json.h"
#include "base/text.h"
#include "compat/rules/compiled.h"
#include "compat/rules/condition_reader.h"
#include "compat/rules/fact_kind.h"
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

/* What is said of a rule behind all of them. */
typedef struct {
    size_t mark, when; /* of the rule, of its condition (0: it is unreadable) */
    bool is_superseded;
} Row;

typedef struct {
    VdiManifestStrictness strictness;
    VdiCompiledWriter *writer;
    GHashTable *ids;        /* char * → number of its rule */
    GHashTable *superseded; /* of char *: ids that a readable rule replaces */
    GArray *rows;           /* of Row */
} Reading;

static void reading_init(Reading *reading, VdiManifestStrictness strictness)
{
    reading->strictness = strictness;
    reading->writer = vdi_compiled_writer_new();
    reading->ids = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    reading->superseded = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    reading->rows = g_array_new(false, false, sizeof(Row));
}

static void reading_clear(Reading *reading)
{
    g_clear_pointer(&reading->writer, vdi_compiled_writer_free);
    g_clear_pointer(&reading->ids, g_hash_table_unref);
    g_clear_pointer(&reading->superseded, g_hash_table_unref);
    g_clear_pointer(&reading->rows, g_array_unref);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Reading, reading_clear)

/* Of a rule that was read, and does not replace itself. A rule that nobody can read replaces
 * nothing: the older one that it was to replace is for the readers that are older too. */
static void note_superseded(Reading *reading, VdiJson *rule)
{
    g_autofree char *id = NULL;
    VdiJson *array = NULL;

    if (!vdi_json_has(rule, "supersedes")
        || !vdi_json_text(rule, "id", 1, VDI_RULE_ID_MAX, &id, NULL)
        || !vdi_json_array(rule, "supersedes", 0, VDI_RULE_MAX_ENTRIES, &array, NULL)) {
        return;
    }
    for (size_t i = 0; i < vdi_json_length(array); i++) {
        const char *old = vdi_json_as_text(vdi_json_element(array, i));

        if (strcmp(old, id) != 0) {
            g_hash_table_add(reading->superseded, g_strdup(old));
        }
    }
}

static bool read_rule(Reading *reading, GBytes *bytes, guint i, GError **error)
{
    g_autoptr(GError) local = NULL;
    g_autoptr(VdiJson) rule = parse_rule(bytes, &local);
    Row row = {.mark = vdi_compiled_writer_mark(reading->writer)};

    if (rule != NULL && vdi_rule_read(rule, reading->ids, reading->writer, &row.when, &local)) {
        note_superseded(reading, rule);
    } else if (reading->strictness == VDI_MANIFEST_AUTHOR) {
        g_propagate_prefixed_error(error, g_steal_pointer(&local), "rules[%u]%s", i,
            rule != NULL && vdi_json_type(rule) == VDI_JSON_OBJECT ? "." : ": ");
        return false;
    } else {
        vdi_compiled_writer_rewind(reading->writer, row.mark);
        vdi_rule_write_unreadable(rule, i, reading->ids, reading->writer, local->message);
    }
    g_array_append_val(reading->rows, row);
    return true;
}

static void mark_superseded(Reading *reading)
{
    GHashTableIter iter;
    gpointer id = NULL, number = NULL;

    g_hash_table_iter_init(&iter, reading->superseded);
    while (g_hash_table_iter_next(&iter, &id, NULL)) {
        if (g_hash_table_lookup_extended(reading->ids, id, NULL, &number)) {
            g_array_index(reading->rows, Row, GPOINTER_TO_UINT(number)).is_superseded = true;
        }
    }
}

/* Which kinds of fact are asked for: a kind's name is one of the texts then. Ended by NULL. */
static void write_kinds(VdiCompiledWriter *writer)
{
    for (const VdiFactKind *kind = vdi_fact_kinds(); kind->name != NULL; kind++) {
        if (vdi_compiled_writer_has(writer, kind->name)) {
            vdi_compiled_write_text(writer, kind->name);
        }
    }
    vdi_compiled_write_text(writer, NULL);
}

/* In the order in which manifest.c loads. */
static void write_rows(const Reading *reading)
{
    write_kinds(reading->writer);
    vdi_compiled_write_number(reading->writer, reading->rows->len);
    for (guint i = 0; i < reading->rows->len; i++) {
        const Row *row = &g_array_index(reading->rows, Row, i);

        vdi_compiled_write_number(reading->writer, row->mark);
        vdi_compiled_write_number(reading->writer, row->when);
        vdi_compiled_write_number(reading->writer, row->is_superseded);
    }
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

static bool read_head(VdiJson *head, VdiManifestStrictness strictness, char **ret_id,
    int64_t *ret_issued_at, GError **error)
{
    VdiJson *rules = NULL;
    GError *local = NULL;

    if (!vdi_json_text(head, "id", 1, VDI_RULE_ID_MAX, ret_id, &local)
        || !vdi_json_time(head, "issued", ret_issued_at, &local)
        || !vdi_json_array(head, "rules", 0, 0, &rules, &local)) {
        return translate(local, VDI_MANIFEST_ERROR_FORMAT, error);
    }
    if (!vdi_rule_is_id(*ret_id)) {
        g_set_error_literal(error, VDI_MANIFEST_ERROR, VDI_MANIFEST_ERROR_FORMAT,
            "id: letters, digits, dots, hyphens, underscores");
        return false;
    }
    if (strictness == VDI_MANIFEST_AUTHOR && !vdi_condition_read_end(head, &local)) {
        return translate(local, VDI_MANIFEST_ERROR_FORMAT, error);
    }
    return true;
}

static GBytes *read_rules(
    Reading *reading, GPtrArray *elements, const char *id, int64_t issued_at, GError **error)
{
    if (elements->len > VDI_MANIFEST_MAX_RULES) {
        g_set_error(error, VDI_MANIFEST_ERROR, VDI_MANIFEST_ERROR_FORMAT,
            "%u rules, at most %d are allowed", elements->len, VDI_MANIFEST_MAX_RULES);
        return NULL;
    }
    for (guint i = 0; i < elements->len; i++) {
        if (!read_rule(reading, elements->pdata[i], i, error)) {
            return NULL;
        }
    }
    size_t begin = vdi_compiled_writer_mark(reading->writer);

    mark_superseded(reading);
    vdi_compiled_write_text(reading->writer, id);
    vdi_compiled_write_number(reading->writer, (uint64_t) issued_at);
    write_rows(reading);
    return vdi_compiled_writer_finish(reading->writer, begin);
}

VdiManifest *vdi_manifest_parse(GBytes *document, VdiManifestStrictness strictness, GError **error)
{
    g_auto(Reading) reading = {0};
    g_autoptr(GPtrArray) elements = NULL;
    g_autofree char *id = NULL;
    int64_t issued_at = 0;
    GError *local = NULL;
    g_autoptr(VdiJson) head =
        vdi_json_parse_split(document, VDI_MANIFEST_MAX_BYTES, "rules", &elements, &local);

    if (head == NULL) {
        (void) translate(local, VDI_MANIFEST_ERROR_FORMAT, error);
        return NULL;
    }
    reading_init(&reading, strictness);
    if (!check_schema(head, error) || !read_head(head, strictness, &id, &issued_at, error)) {
        return NULL;
    }
    g_autoptr(GBytes) compiled = read_rules(&reading, elements, id, issued_at, error);

    return compiled != NULL ? vdi_manifest_load(compiled, error) : NULL;
}
