/* SPDX-License-Identifier: Apache-2.0 */
#include "compat/rules/manifest_reader.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What parses, compiles and loads to the same; what the author's tool takes, a machine understands
 * whole. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    g_autoptr(GBytes) document = g_bytes_new(data, size);
    g_autoptr(VdiManifest) reader = vdi_manifest_parse(document, VDI_MANIFEST_READER, NULL);
    g_autoptr(VdiManifest) author = vdi_manifest_parse(document, VDI_MANIFEST_AUTHOR, NULL);
    g_autoptr(GBytes) compiled = reader != NULL ? vdi_manifest_compile(reader) : NULL;
    g_autoptr(VdiManifest) loaded = reader != NULL ? vdi_manifest_load(compiled, NULL) : NULL;
    g_autoptr(VdiFacts) facts = vdi_facts_new();

    g_assert((reader == NULL) == (loaded == NULL));
    g_assert(author == NULL || reader != NULL);
    for (size_t i = 0; reader != NULL && i < vdi_manifest_n_rules(reader); i++) {
        const VdiRule *rule = vdi_manifest_rule(loaded, i);

        g_assert(author == NULL || rule->unreadable == NULL);
        g_assert((rule->when == NULL) == (rule->unreadable != NULL));
        g_assert(rule->when == NULL
            || vdi_condition_equal(rule->when, vdi_manifest_rule(reader, i)->when));
        if (rule->when != NULL) {
            (void) vdi_condition_evaluate(rule->when, facts, NULL);
        }
    }
    return 0;
}
