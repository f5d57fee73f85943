/* SPDX-License-Identifier: Apache-2.0 */
#include "compat/rules/manifest.h"

#include <string.h>

#include "base/error.h"

struct VdiManifest {
    GBytes *compiled;
    VdiCompiledReader reader; /* keeps the texts */
    const char *id;
    int64_t issued_at;
    VdiRule *rules;
    size_t n_rules;
    GHashTable *by_id;
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

static void rule_clear(VdiRule *rule)
{
    for (size_t i = 0; i < rule->n_remedies; i++) {
        g_free((gpointer) rule->remedies[i].text);
    }
    g_free((gpointer) rule->remedies);
    g_free((gpointer) rule->references);
    g_free((gpointer) rule->supersedes);
    g_free((gpointer) rule->title);
    g_free((gpointer) rule->message);
    vdi_condition_free(rule->when);
}

void vdi_manifest_free(VdiManifest *manifest)
{
    if (manifest == NULL) {
        return;
    }
    for (size_t i = 0; i < manifest->n_rules; i++) {
        rule_clear(&manifest->rules[i]);
    }
    g_free(manifest->rules);
    g_clear_pointer(&manifest->by_id, g_hash_table_unref);
    vdi_compiled_reader_clear(&manifest->reader);
    g_clear_pointer(&manifest->compiled, g_bytes_unref);
    g_free(manifest);
}

/* ---- loading, in the order in which manifest_reader.c writes ---- */

/* How many things follow: none is smaller than a byte. */
static size_t read_count(VdiCompiledReader *reader)
{
    return vdi_compiled_read_number(reader, (uint64_t) (reader->end - reader->at));
}

/* `per_entry` texts each; ended by NULL. */
static const char *const *load_texts(VdiCompiledReader *reader, size_t per_entry)
{
    size_t n = read_count(reader) * per_entry;
    const char **texts = g_new0(const char *, n + 1);

    for (size_t i = 0; i < n; i++) {
        texts[i] = vdi_compiled_read_text(reader, false);
    }
    return texts;
}

static void load_remedies(VdiCompiledReader *reader, VdiRule *rule)
{
    rule->n_remedies = read_count(reader);
    VdiRemedy *remedies = g_new0(VdiRemedy, rule->n_remedies);

    rule->remedies = remedies;
    for (size_t i = 0; i < rule->n_remedies; i++) {
        remedies[i].category = vdi_compiled_read_number(reader, VDI_REMEDY_N_CATEGORIES - 1);
        remedies[i].action = vdi_compiled_read_number(reader, VDI_ACTION_N - 1);
        remedies[i].package = vdi_compiled_read_text(reader, true);
        remedies[i].version = vdi_compiled_read_text(reader, true);
        remedies[i].update = vdi_compiled_read_text(reader, true);
        remedies[i].text = load_texts(reader, 2);
    }
}

static void load_references(VdiCompiledReader *reader, VdiRule *rule)
{
    rule->n_references = read_count(reader);
    VdiReference *references = g_new0(VdiReference, rule->n_references);

    rule->references = references;
    for (size_t i = 0; i < rule->n_references; i++) {
        references[i].url = vdi_compiled_read_text(reader, false);
        references[i].title = vdi_compiled_read_text(reader, true);
        references[i].is_verified = vdi_compiled_read_number(reader, 1) == 1;
    }
}

static bool load_rule(VdiCompiledReader *reader, VdiRule *rule, GError **error)
{
    rule->place = vdi_compiled_reader_place(reader);
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
    if (rule->unreadable == NULL) {
        rule->when = vdi_condition_load(reader, error);
        return rule->when != NULL;
    }
    return true;
}

/* All rules, or those at `places` (NULL: all). */
static bool load_rules(
    VdiManifest *manifest, const uint32_t *places, size_t n_places, GError **error)
{
    VdiCompiledReader *reader = &manifest->reader;
    size_t n_rules = vdi_compiled_read_number(reader, VDI_MANIFEST_MAX_RULES);

    if (places != NULL) {
        reader->is_broken = reader->is_broken || n_places > n_rules;
        n_rules = reader->is_broken ? 0 : n_places;
    }
    manifest->rules = g_new0(VdiRule, n_rules);
    while (manifest->n_rules < n_rules) {
        if (places != NULL) {
            vdi_compiled_reader_go(reader, places[manifest->n_rules]);
        }
        if (!load_rule(reader, &manifest->rules[manifest->n_rules++], error)) {
            return false;
        }
    }
    if (reader->is_broken || (places == NULL && reader->at != reader->end)) {
        g_set_error_literal(error, VDI_MANIFEST_ERROR, VDI_MANIFEST_ERROR_COMPILED,
            "the rules are not as they were written");
        return false;
    }
    return true;
}

/* Names of rules, and which of them are replaced. A rule that nobody can read replaces nothing: the
 * older one that it was to replace is for the readers that are older too. */
static void link_rules(VdiManifest *manifest)
{
    manifest->by_id = g_hash_table_new(g_str_hash, g_str_equal);
    for (size_t i = manifest->n_rules; i-- > 0;) {
        g_hash_table_insert(manifest->by_id, (gpointer) manifest->rules[i].id, &manifest->rules[i]);
    }
    for (size_t i = 0; i < manifest->n_rules; i++) {
        const VdiRule *rule = &manifest->rules[i];

        for (size_t k = 0; rule->unreadable == NULL && rule->supersedes[k] != NULL; k++) {
            VdiRule *old = g_hash_table_lookup(manifest->by_id, rule->supersedes[k]);

            if (old != NULL && old != rule) {
                old->is_superseded = true;
            }
        }
    }
}

static VdiManifest *load(GBytes *compiled, const uint32_t *places, size_t n_places, GError **error)
{
    g_autoptr(VdiManifest) manifest = g_new0(VdiManifest, 1);

    manifest->compiled = g_bytes_ref(compiled);
    if (!vdi_compiled_reader_init(&manifest->reader, compiled, error)) {
        return NULL;
    }
    manifest->id = vdi_compiled_read_text(&manifest->reader, false);
    manifest->issued_at = (int64_t) vdi_compiled_read_number(&manifest->reader, G_MAXINT64);
    if (!load_rules(manifest, places, n_places, error)) {
        return NULL;
    }
    link_rules(manifest);
    return g_steal_pointer(&manifest);
}

VdiManifest *vdi_manifest_load(GBytes *compiled, GError **error)
{
    return load(compiled, NULL, 0, error);
}

VdiManifest *vdi_manifest_load_some(
    GBytes *compiled, const uint32_t *places, size_t n_places, GError **error)
{
    g_assert(places != NULL);
    return load(compiled, places, n_places, error);
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

const VdiRule *vdi_manifest_rule(const VdiManifest *manifest, size_t i)
{
    return i < manifest->n_rules ? &manifest->rules[i] : NULL;
}

const VdiRule *vdi_manifest_find(const VdiManifest *manifest, const char *id)
{
    return g_hash_table_lookup(manifest->by_id, id);
}
