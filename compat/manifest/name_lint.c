/* SPDX-License-Identifier: Apache-2.0 */
#include "compat/manifest/name_lint.h"

#include <string.h>

#include "base/text.h"
#include "compat/host/clients.h"
#include "compat/manifest/advisory.h"
#include "compat/manifest/cause.h"
#include "compat/rules/fact_kind.h"

typedef struct {
    GPtrArray *clients; /* of const char *, ended by NULL */
    const char *const *systems;
    GPtrArray *findings;
    size_t rule;
} Search;

/* Systems that draft knows nothing of, and that are no slip. */
static const char *const other_systems[] = {"alpine", "amzn", "elementary", "gentoo", "kali",
    "macos", "neon", "nixos", "ol", "pop", "slackware", "sled", "void", NULL};

static GPtrArray *known_clients(void)
{
    GPtrArray *clients = g_ptr_array_new();

    g_ptr_array_add(clients, (gpointer) "vigie");
    for (const VdiClientRow *row = vdi_clients(); row->id != NULL; row++) {
        g_ptr_array_add(clients, (gpointer) row->id);
    }
    g_ptr_array_add(clients, NULL);
    return clients;
}

static void add(const Search *search, const char *place, const char *sentence, const char *name,
    const char *nearest)
{
    g_autofree char *at = g_strconcat(place, ".id", NULL);

    vdi_lint_add(search->findings, search->rule, at, VDI_LINT_WARNING, "%s%s%s%s%s", sentence, name,
        nearest != NULL ? "; did you mean " : "", nearest != NULL ? nearest : "",
        nearest != NULL ? "?" : ".");
}

/* A system of its own is fair; one that is almost a known one is a slip. */
static void look(const VdiCondition *fact, const char *place, void *user)
{
    const Search *search = user;
    const char *const *clients = (const char *const *) search->clients->pdata;
    const char *name = fact->name;

    if (strcmp(fact->kind->name, "client") == 0 && !g_strv_contains(clients, name)) {
        add(search, place, "Only machines whose inventory names it have the client ", name,
            vdi_text_nearest(name, clients));
    } else if (strcmp(fact->kind->name, "os") == 0 && name != NULL
        && !g_strv_contains(search->systems, name) && !g_strv_contains(other_systems, name)) {
        const char *nearest = vdi_text_nearest(name, search->systems);

        if (nearest != NULL && g_ascii_strcasecmp(nearest, name) != 0) {
            add(search, place, "No system is known that calls itself ", name, nearest);
        }
    }
}

/* ---- advisories ---- */

typedef struct {
    const char *due;   /* the type of an advisory's packages */
    const char *other; /* the rule's own; NULL: it names no package */
    bool is_met;
} Types;

static void compare_type(const VdiCondition *fact, void *user)
{
    Types *types = user;

    if (fact->purl != NULL) {
        types->other = fact->purl->type;
        types->is_met = types->is_met || strcmp(fact->purl->type, types->due) == 0;
    }
}

static void check_advisories(const VdiRule *rule, size_t number, GPtrArray *findings)
{
    for (size_t k = 0; k < rule->n_references; k++) {
        const char *id = rule->references[k].title;
        Types types = {.due = id != NULL ? vdi_advisory_type(id) : NULL};
        g_autofree char *place = g_strdup_printf("references[%zu].title", k);

        if (types.due == NULL) {
            continue;
        }
        vdi_condition_visit_facts(rule->when, compare_type, &types);
        if (types.other != NULL && !types.is_met) {
            vdi_lint_add(findings, number, place, VDI_LINT_WARNING,
                "%s is about packages of type %s, and the rule names %s.", id, types.due,
                types.other);
        }
    }
}

void vdi_name_lint(const VdiManifest *manifest, GPtrArray *findings)
{
    g_autoptr(GPtrArray) clients = known_clients();
    g_autofree const char **systems = vdi_cause_systems();

    for (size_t i = 0; i < vdi_manifest_n_rules(manifest); i++) {
        const VdiRule *rule = vdi_manifest_rule(manifest, i);
        Search search = {clients, systems, findings, i};

        if (rule->when != NULL) {
            vdi_lint_visit(rule->when, look, &search);
            check_advisories(rule, i, findings);
        }
    }
}
