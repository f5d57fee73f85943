/* SPDX-License-Identifier: Apache-2.0 */
#include "compat/rules/manifest.h"

#include <string.h>

#include "base/error.h"
#include "compat/rules/compiled.h"
#include "compat/rules/condition_compiled.h"
#include "compat/rules/fact_kind.h"

typedef struct {
    VdiRule *made;       /* NULL: nobody has asked yet */
    uint32_t mark, when; /* in the compiled form: the rule, its condition (0: it is unreadable) */
    bool is_superseded;
} Row;

struct VdiManifest {
    GBytes *compiled;         /* keeps the texts */
    VdiCompiledReader reader; /* at its beginning; copied to read */
    VdiArena *rules;          /* the rules that were made */
    VdiArena *scratch;        /* one condition, for as long as it is asked */
    const char *id;
    int64_t issued_at;
    uint64_t kinds; /* that are asked for: a bit a row of vdi_fact_kinds */
    Row *rows;
    size_t n_rules;
};

const char *const vdi_remedy_categories[VDI_REMEDY_N_CATEGORIES + 1] = {
    [VDI_REMEDY_VENDOR_FIX] = "vendor_fix",
    [VDI_REMEDY_MITIGATION] = "mitigation",
    [VDI_REMEDY_WORKAROUND] = "workaround",
    [VDI_REMEDY_NO_FIX_PLANNED] = "no_fix_planned",
    [VDI_REMEDY_NONE_AVAILABLE] = "none_available",
};

const char *const vdi_remedy_actions[VDI_ACTION_N + 1] = {
    [VDI_ACTION_NONE] = "",
    [VDI_ACTION_UPGRADE_CLIENT] = "upgrade-client",
    [VDI_ACTION_UPGRADE_PACKAGE] = "upgrade-package",
    [VDI_ACTION_INSTALL_UPDATE] = "install-update",
    [VDI_ACTION_REMOVE_UPDATE] = "remove-update",
    [VDI_ACTION_CHANGE_SETTING] = "change-setting",
};

const char *vdi_effect_name(VdiEffect effect)
{
    static const char *const names[] = {[VDI_EFFECT_NONE] = "none",
        [VDI_EFFECT_INFO] = "info",
        [VDI_EFFECT_ADVISE] = "advise",
        [VDI_EFFECT_BLOCK] = "block"};

    return names[effect];
}

void vdi_manifest_free(VdiManifest *manifest)
{
    if (manifest != NULL) {
        g_free(manifest->rows);
        g_clear_pointer(&manifest->scratch, vdi_arena_free);
        g_clear_pointer(&manifest->rules, vdi_arena_free);
        g_clear_pointer(&manifest->compiled, g_bytes_unref);
        g_free(manifest);
    }
}

/* ---- one rule, in the order in which rule_reader.c writes ---- */

/* `per_entry` texts each; ended by NULL. */
static const char *const *load_texts(VdiCompiledReader *reader, size_t per_entry)
{
    size_t n = vdi_compiled_read_number(reader, VDI_RULE_MAX_ENTRIES) * per_entry;
    const char **texts = vdi_arena_take(reader->arena, n + 1, sizeof *texts);

    for (size_t i = 0; i < n; i++) {
        texts[i] = vdi_compiled_read_text(reader, false);
    }
    return texts;
}

static void load_remedies(VdiCompiledReader *reader, VdiRule *rule)
{
    size_t n = vdi_compiled_read_number(reader, VDI_RULE_MAX_ENTRIES);
    VdiRemedy *remedies = vdi_arena_take(reader->arena, n, sizeof *remedies);

    for (size_t i = 0; i < n; i++) {
        remedies[i].category = vdi_compiled_read_number(reader, VDI_REMEDY_N_CATEGORIES - 1);
        remedies[i].action = vdi_compiled_read_number(reader, VDI_ACTION_N - 1);
        remedies[i].package = vdi_compiled_read_text(reader, true);
        remedies[i].version = vdi_compiled_read_text(reader, true);
        remedies[i].update = vdi_compiled_read_text(reader, true);
        remedies[i].text = load_texts(reader, 2);
    }
    rule->remedies = remedies;
    rule->n_remedies = n;
}

static void load_references(VdiCompiledReader *reader, VdiRule *rule)
{
    size_t n = vdi_compiled_read_number(reader, VDI_RULE_MAX_ENTRIES);
    VdiReference *references = vdi_arena_take(reader->arena, n, sizeof *references);

    for (size_t i = 0; i < n; i++) {
        references[i].url = vdi_compiled_read_text(reader, false);
        references[i].title = vdi_compiled_read_text(reader, true);
        references[i].is_verified = vdi_compiled_read_number(reader, 1) == 1;
    }
    rule->references = references;
    rule->n_references = n;
}

/* `when`: where its row says that its condition begins. Who asks that alone gets the rule's own. */
static void load_rule(VdiCompiledReader *reader, uint32_t when, VdiRule *rule)
{
    rule->id = vdi_compiled_read_text(reader, false);
    rule->unreadable = vdi_compiled_read_text(reader, true);
    rule->effect = vdi_compiled_read_number(reader, VDI_EFFECT_BLOCK);
    rule->expires_at = (int64_t) vdi_compiled_read_number(reader, G_MAXINT64);
    rule->rollout_percent = (int) vdi_compiled_read_number(reader, 100);
    rule->rollout_salt = vdi_compiled_read_text(reader, true);
    rule->title = load_texts(reader, 2);
    rule->message = load_texts(reader, 2);
    load_remedies(reader, rule);
    load_references(reader, rule);
    rule->supersedes = load_texts(reader, 1);
    uint32_t at = rule->unreadable == NULL ? (uint32_t) (reader->at - reader->numbers) : 0;

    rule->when = rule->unreadable == NULL ? vdi_condition_load(reader) : NULL;
    reader->is_broken = reader->is_broken || *rule->id == '\0' || at != when
        || (rule->when == NULL) != (rule->unreadable != NULL);
}

static VdiCompiledReader read_at(const VdiManifest *manifest, uint32_t mark, VdiArena *arena)
{
    VdiCompiledReader reader = manifest->reader;

    reader.arena = arena;
    vdi_compiled_reader_go(&reader, mark);
    return reader;
}

/* The file's checksum has said that no byte has changed: it was another version that wrote it. */
static void make_broken(VdiRule *rule)
{
    static const char *const no_texts[] = {NULL};

    *rule = (VdiRule){.id = *rule->id != '\0' ? rule->id : "?",
        .title = no_texts,
        .message = no_texts,
        .supersedes = no_texts,
        .rollout_percent = 100,
        .unreadable = "its compiled form is not as it was written"};
}

static VdiRule *make_rule(const VdiManifest *manifest, size_t i)
{
    VdiCompiledReader reader = read_at(manifest, manifest->rows[i].mark, manifest->rules);
    VdiRule *rule = vdi_arena_take(manifest->rules, 1, sizeof *rule);

    load_rule(&reader, manifest->rows[i].when, rule);
    if (reader.is_broken) {
        make_broken(rule);
    }
    rule->number = i;
    rule->is_superseded = manifest->rows[i].is_superseded;
    return rule;
}

const VdiRule *vdi_manifest_rule(const VdiManifest *manifest, size_t i)
{
    if (i >= manifest->n_rules) {
        return NULL;
    }
    Row *row = &manifest->rows[i];

    if (row->made == NULL) {
        row->made = make_rule(manifest, i);
    }
    return row->made;
}

const VdiRule *vdi_manifest_find(const VdiManifest *manifest, const char *id)
{
    for (size_t i = 0; i < manifest->n_rules; i++) {
        const VdiRule *rule = vdi_manifest_rule(manifest, i);

        if (strcmp(rule->id, id) == 0) {
            return rule;
        }
    }
    return NULL;
}

bool vdi_manifest_passes(
    const VdiManifest *manifest, size_t i, VdiConditionTest test, const void *user)
{
    g_assert(i < manifest->n_rules);
    const Row *row = &manifest->rows[i];
    VdiCompiledReader reader = read_at(manifest, row->when, manifest->scratch);

    if (row->when == 0 || row->is_superseded) {
        return row->when == 0;
    }
    vdi_arena_reset(manifest->scratch);
    const VdiCondition *when = vdi_condition_load(&reader);

    return when == NULL || test(when, user);
}

/* ---- the whole, in the order in which manifest_reader.c writes ---- */

static uint64_t bit_of(const char *kind_name)
{
    const VdiFactKind *kind = vdi_fact_kind(kind_name);

    return kind != NULL ? (uint64_t) 1 << (kind - vdi_fact_kinds()) : 0;
}

static bool load_rows(VdiManifest *manifest, VdiCompiledReader *reader, GError **error)
{
    const char *kind = NULL;

    while ((kind = vdi_compiled_read_text(reader, true)) != NULL) {
        manifest->kinds |= bit_of(kind);
    }
    manifest->n_rules = vdi_compiled_read_number(reader, VDI_MANIFEST_MAX_RULES);
    manifest->rows = g_new0(Row, manifest->n_rules);
    for (size_t i = 0; i < manifest->n_rules; i++) {
        manifest->rows[i].mark = (uint32_t) vdi_compiled_read_number(reader, G_MAXUINT32);
        manifest->rows[i].when = (uint32_t) vdi_compiled_read_number(reader, G_MAXUINT32);
        manifest->rows[i].is_superseded = vdi_compiled_read_number(reader, 1) == 1;
    }
    if (reader->is_broken || reader->at != reader->end) {
        g_set_error_literal(error, VDI_MANIFEST_ERROR, VDI_MANIFEST_ERROR_COMPILED,
            "the rules are not as they were written");
        return false;
    }
    return true;
}

VdiManifest *vdi_manifest_load(GBytes *compiled, GError **error)
{
    g_autoptr(VdiManifest) manifest = g_new0(VdiManifest, 1);

    manifest->compiled = g_bytes_ref(compiled);
    manifest->rules = vdi_arena_new();
    manifest->scratch = vdi_arena_new();
    if (!vdi_compiled_reader_init(&manifest->reader, compiled, error)) {
        return NULL;
    }
    VdiCompiledReader reader = manifest->reader;

    manifest->id = vdi_compiled_read_text(&reader, false);
    manifest->issued_at = (int64_t) vdi_compiled_read_number(&reader, G_MAXINT64);
    return load_rows(manifest, &reader, error) ? g_steal_pointer(&manifest) : NULL;
}

bool vdi_manifest_may_ask(const VdiManifest *manifest, const char *kind)
{
    return (manifest->kinds & bit_of(kind)) != 0;
}

GBytes *vdi_manifest_compile(const VdiManifest *manifest)
{
    return g_bytes_ref(manifest->compiled);
}

const char *vdi_manifest_id(const VdiManifest *manifest)
{
    return manifest->id;
}

int64_t vdi_manifest_issued_at(const VdiManifest *manifest)
{
    return manifest->issued_at;
}

size_t vdi_manifest_n_rules(const VdiManifest *manifest)
{
    return manifest->n_rules;
}
