/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "compat/rules/compiled.h"
#include "compat/rules/explain.h"
#include "compat/rules/manifest_reader.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { DAMAGES = 64, MAGIC_BYTES = 16 };

static bool is_not_false(const VdiCondition *when, const void *user)
{
    return vdi_condition_evaluate(when, user, NULL) != VDI_TRUTH_FALSE;
}

/* Everything that anybody does with a manifest: a rule is whole, or it is unreadable. */
static void use(const VdiManifest *manifest, const VdiFacts *facts)
{
    static const char *const tags[] = {"en", NULL};

    g_assert(vdi_manifest_n_rules(manifest) <= VDI_MANIFEST_MAX_RULES);
    for (size_t i = 0; i < vdi_manifest_n_rules(manifest); i++) {
        bool passes = vdi_manifest_passes(manifest, i, is_not_false, facts);
        const VdiRule *rule = vdi_manifest_rule(manifest, i);
        g_auto(GStrv) remedies = vdi_explain_remedies(rule, tags);
        g_autofree char *title = vdi_explain_title(rule, tags);

        g_assert((rule->when == NULL) == (rule->unreadable != NULL));
        g_assert(rule->unreadable != NULL || passes || rule->is_superseded
            || vdi_condition_evaluate(rule->when, facts, NULL) == VDI_TRUTH_FALSE);
        g_assert(remedies != NULL && title != NULL && rule == vdi_manifest_rule(manifest, i));
    }
}

static void load(const uint8_t *data, size_t size, const VdiFacts *facts)
{
    g_autoptr(GBytes) compiled = g_bytes_new(data, size);
    g_autoptr(VdiManifest) manifest = vdi_manifest_load(compiled, NULL);

    if (manifest != NULL) {
        use(manifest, facts);
    }
}

/* JSON: its compiled form, with a bit changed here and there. */
static void damage(const VdiManifest *manifest, const VdiFacts *facts)
{
    g_autoptr(GBytes) compiled = vdi_manifest_compile(manifest);
    size_t size = 0;
    const uint8_t *data = g_bytes_get_data(compiled, &size);
    g_autofree uint8_t *copy = g_memdup2(data, size);

    use(manifest, facts);
    for (size_t i = 0; i < DAMAGES; i++) {
        size_t at = size - 1 - i * size / DAMAGES;

        copy[at] ^= (uint8_t) (1u << i % 8);
        load(copy, size, facts);
        copy[at] = data[at];
    }
}

/* Anything else: taken for a compiled form whose first words are right. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    g_autoptr(VdiFacts) facts = vdi_facts_new();
    g_autoptr(GBytes) document = g_bytes_new(data, size);
    g_autoptr(VdiManifest) manifest = vdi_manifest_parse(document, VDI_MANIFEST_READER, NULL);
    g_autoptr(VdiCompiledWriter) writer = vdi_compiled_writer_new();
    g_autoptr(GBytes) empty = vdi_compiled_writer_finish(writer, 0);

    vdi_facts_add_package(facts, "deb", "debian", "lib", "1.0-1", "amd64");
    vdi_facts_set_packages_known(facts);
    if (manifest != NULL) {
        damage(manifest, facts);
    } else if (size >= MAGIC_BYTES) {
        g_autofree uint8_t *copy = g_memdup2(data, size);

        memcpy(copy, g_bytes_get_data(empty, NULL), MAGIC_BYTES);
        load(copy, size, facts);
    }
    return 0;
}
