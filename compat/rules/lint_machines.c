/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "compat/rules/fact_kind.h"
#include "compat/rules/lint_private.h"

enum { VERSIONS_SHOWN = 5 };

typedef struct {
    const VdiLintMachine *machines;
    size_t n;
    VdiFacts **after; /* one a machine: when all that is pending has happened; NULL: not said */
    bool all_said;    /* what is on offer is known of every machine */
} Machines;

static void machines_clear(Machines *machines)
{
    for (size_t m = 0; m < machines->n; m++) {
        vdi_facts_free(machines->after[m]);
    }
    g_free(machines->after);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Machines, machines_clear)

static void machines_init(Machines *machines, const VdiLintMachine *given, size_t n)
{
    *machines = (Machines){given, n, g_new0(VdiFacts *, n), true};
    for (size_t m = 0; m < n; m++) {
        if (given[m].pending != NULL) {
            machines->after[m] = vdi_change_apply(given[m].facts, given[m].pending, NULL);
        }
        machines->all_said = machines->all_said && given[m].pending != NULL;
    }
}

/* ---- which versions of a package there are ---- */

static bool add_version(const VdiPackage *package, void *user)
{
    GPtrArray *versions = user;

    for (guint k = 0; k < versions->len; k++) {
        if (strcmp(versions->pdata[k], package->version) == 0) {
            return false;
        }
    }
    g_ptr_array_add(versions, (gpointer) package->version);
    return versions->len > VERSIONS_SHOWN;
}

/* "1.0, 1.1"; NULL: none of these machines has it, or is offered it. */
static char *name_versions(const Machines *machines, const VdiPurl *purl)
{
    g_autoptr(GPtrArray) versions = g_ptr_array_new();

    for (size_t m = 0; m < machines->n; m++) {
        (void) vdi_facts_find_packages(
            machines->machines[m].facts, purl->type, purl->name, add_version, versions);
        if (machines->after[m] != NULL) {
            (void) vdi_facts_find_packages(
                machines->after[m], purl->type, purl->name, add_version, versions);
        }
    }
    if (versions->len == 0) {
        return NULL;
    }
    if (versions->len > VERSIONS_SHOWN) {
        versions->pdata[VERSIONS_SHOWN] = (gpointer) "…";
        g_ptr_array_set_size(versions, VERSIONS_SHOWN + 1);
    }
    g_ptr_array_add(versions, NULL);
    return g_strjoinv(", ", (char **) versions->pdata);
}

/* ---- one fact ---- */

typedef struct {
    const Machines *machines;
    GPtrArray *findings;
    size_t rule;
} Search;

static VdiTruth ask(const Machines *machines, const VdiCondition *fact)
{
    VdiTruth best = VDI_TRUTH_FALSE;

    for (size_t m = 0; m < machines->n && best != VDI_TRUTH_TRUE; m++) {
        VdiTruth before = fact->kind->evaluate(fact, machines->machines[m].facts);
        VdiTruth after =
            machines->after[m] != NULL ? fact->kind->evaluate(fact, machines->after[m]) : before;

        if (before == VDI_TRUTH_TRUE || after == VDI_TRUTH_TRUE) {
            best = VDI_TRUTH_TRUE;
        } else if (before == VDI_TRUTH_UNKNOWN || after == VDI_TRUTH_UNKNOWN) {
            best = VDI_TRUTH_UNKNOWN;
        }
    }
    return best;
}

static void look_for(const VdiCondition *fact, const char *place, void *user)
{
    Search *search = user;
    const Machines *machines = search->machines;

    if (!fact->kind->names_cause || vdi_lint_is_exception(place)
        || ask(machines, fact) != VDI_TRUTH_FALSE) {
        return;
    }
    const char *unsaid = machines->all_said ? "" : " (what is on offer was not said of all)";
    g_autofree char *versions = fact->purl != NULL ? name_versions(machines, fact->purl) : NULL;

    if (versions != NULL) {
        g_autofree char *at = g_strconcat(place, ".version", NULL);

        vdi_lint_add(search->findings, search->rule, at, VDI_LINT_WARNING,
            "The range matches nothing that is installed or on offer%s; there is %s.", unsaid,
            versions);
        return;
    }
    vdi_lint_add(search->findings, search->rule, place, VDI_LINT_WARNING,
        "None of the %zu inventories has it, or is offered it%s.", machines->n, unsaid);
}

void vdi_lint_machines(const VdiManifest *manifest, const VdiLintMachine *machines,
    size_t n_machines, int64_t now, GPtrArray *findings)
{
    g_auto(Machines) known = {0};

    if (n_machines == 0) {
        return;
    }
    machines_init(&known, machines, n_machines);
    for (size_t i = 0; i < vdi_manifest_n_rules(manifest); i++) {
        const VdiRule *rule = vdi_manifest_rule(manifest, i);
        Search search = {&known, findings, i};

        if (vdi_lint_is_alive(rule, now)) {
            vdi_lint_visit(rule->when, look_for, &search);
        }
    }
}
