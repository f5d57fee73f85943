/* SPDX-License-Identifier: Apache-2.0 */
#include <glib.h>
#include <string.h>

#include "base/error.h"
#include "base/file.h"
#include "compat/guard.h"
#include "compat/rules/manifest_reader.h"

/* compat/guard.h for the client's tests: one organisation whose manifest is believed as it lies in
 * ROOT/manifest.json. ROOT/locked forbids going on, ROOT/strict asks for a fresh manifest; what is
 * accepted is a line of ROOT/audit. */

enum { FILE_MAX_BYTES = 65536 };

struct VdiGuard {
    char *root;
    int64_t now;
    VdiManifest *manifest; /* NULL: none */
    VdiOrganisation organisation;
    VdiRuleInForce *rules;
};

static bool has(const VdiGuard *guard, const char *name)
{
    g_autofree char *path = g_build_filename(guard->root, name, NULL);

    return g_file_test(path, G_FILE_TEST_EXISTS);
}

VdiGuard *vdi_guard_open(const VdiPaths *paths, int64_t now)
{
    VdiGuard *guard = g_new0(VdiGuard, 1);
    g_autofree char *path = g_build_filename(paths->root, "manifest.json", NULL);
    g_autoptr(GBytes) bytes = vdi_file_read(path, FILE_MAX_BYTES, NULL);

    guard->root = g_strdup(paths->root);
    guard->now = now;
    guard->manifest = bytes != NULL ? vdi_manifest_parse(bytes, VDI_MANIFEST_READER, NULL) : NULL;
    guard->organisation = (VdiOrganisation){.name = (char *) "example-corp", .may_block = true};
    size_t n = guard->manifest != NULL ? vdi_manifest_n_rules(guard->manifest) : 0;

    guard->rules = g_new0(VdiRuleInForce, n + 1);
    for (size_t i = 0; i < n; i++) {
        const VdiRule *rule = vdi_manifest_rule(guard->manifest, i);

        guard->rules[i] = (VdiRuleInForce){"example-corp", rule, rule->effect, NULL};
    }
    return guard;
}

void vdi_guard_free(VdiGuard *guard)
{
    if (guard != NULL) {
        vdi_manifest_free(guard->manifest);
        g_free(guard->rules);
        g_free(guard->root);
        g_free(guard);
    }
}

size_t vdi_guard_n_organisations(const VdiGuard *guard)
{
    return guard->manifest != NULL ? 1 : 0;
}

const VdiOrganisation *vdi_guard_organisation(const VdiGuard *guard, size_t i)
{
    return &guard->organisation;
}

VdiFacts *vdi_guard_facts(const VdiGuard *guard)
{
    VdiFacts *facts = vdi_facts_new();

    vdi_facts_set(facts, VDI_FACT_OS_ID, "debian");
    return facts;
}

const char *const *vdi_guard_problems(const VdiGuard *guard)
{
    static const char *const none[] = {NULL};

    return none;
}

VdiVerdict *vdi_guard_check(const VdiGuard *guard, const VdiFacts *facts)
{
    size_t n = guard->manifest != NULL ? vdi_manifest_n_rules(guard->manifest) : 0;

    return vdi_evaluate(guard->rules, n, facts, guard->now);
}

bool vdi_guard_is_strict(const VdiGuard *guard)
{
    return has(guard, "strict");
}

bool vdi_guard_allows_override(const VdiGuard *guard)
{
    return !has(guard, "locked");
}

bool vdi_guard_record_override(const VdiGuard *guard, const char *organisation, const char *rule,
    const char *program, GError **error)
{
    g_autofree char *path = g_build_filename(guard->root, "audit", NULL);
    g_autofree char *line = g_strdup_printf("%s %s", organisation, rule);

    return vdi_file_append_line(path, line, 0600, error);
}
