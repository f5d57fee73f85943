/* SPDX-License-Identifier: Apache-2.0 */
#include "compat/manifest/client_lint.h"

#include <string.h>

#include "compat/host/clients.h"
#include "compat/rules/fact_kind.h"

typedef struct {
    GPtrArray *findings;
    size_t rule;
} Search;

static bool is_known(const char *id)
{
    for (const VdiClientRow *row = vdi_clients(); row->id != NULL; row++) {
        if (strcmp(row->id, id) == 0) {
            return true;
        }
    }
    return strcmp(id, "vigie") == 0;
}

static void look(const VdiCondition *fact, const char *place, void *user)
{
    const Search *search = user;

    if (strcmp(fact->kind->name, "client") == 0 && !is_known(fact->name)) {
        g_autofree char *at = g_strconcat(place, ".id", NULL);

        vdi_lint_add(search->findings, search->rule, at, VDI_LINT_WARNING,
            "No client of the table is called %s: only machines whose inventory names it know it.",
            fact->name);
    }
}

void vdi_client_lint(const VdiManifest *manifest, GPtrArray *findings)
{
    for (size_t i = 0; i < vdi_manifest_n_rules(manifest); i++) {
        const VdiRule *rule = vdi_manifest_rule(manifest, i);
        Search search = {findings, i};

        if (rule->when != NULL) {
            vdi_lint_visit(rule->when, look, &search);
        }
    }
}
