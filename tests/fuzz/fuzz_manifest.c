/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "compat/rules/evaluate.h"
#include "compat/rules/explain.h"
#include "compat/rules/fact_kind.h"
#include "compat/rules/manifest_reader.h"

/* What parses, compiles and loads to the same, and says the same of every machine; what the
 * author's tool takes, a machine understands whole. What is held of a transaction that brings all
 * that the rules look at suffices. */

enum { NOW = 1794000000, ITEMS_MAX = 64 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static GArray *in_force(const VdiManifest *manifest)
{
    GArray *rules = g_array_new(false, false, sizeof(VdiRuleInForce));

    for (size_t i = 0; i < vdi_manifest_n_rules(manifest); i++) {
        const VdiRule *rule = vdi_manifest_rule(manifest, i);
        const VdiRuleInForce one = {"corp", rule, rule->effect, NULL};

        g_array_append_val(rules, one);
    }
    return rules;
}

static const VdiRuleInForce *rules_of(const GArray *rules)
{
    return (const VdiRuleInForce *) (const void *) rules->data;
}

/* Every sentence of a verdict. */
static char *say(const GArray *rules, const VdiFacts *facts)
{
    static const char *const languages[] = {"fr", "en", NULL};
    g_autoptr(VdiVerdict) verdict = vdi_evaluate(rules_of(rules), rules->len, facts, NOW);
    GString *out = g_string_new(NULL);
    const VdiFinding *finding = NULL;

    for (size_t i = 0; (finding = vdi_verdict_finding(verdict, i)) != NULL; i++) {
        g_autofree char *sentence = vdi_explain_finding(finding, languages);
        g_autofree char *reasons = vdi_explain_reasons(finding);

        g_assert(finding->truth == VDI_TRUTH_TRUE || finding->effect == VDI_EFFECT_NONE);
        g_assert((finding->truth == VDI_TRUTH_TRUE) == (reasons != NULL));
        g_assert(g_utf8_validate(sentence, -1, NULL));
        g_string_append_printf(out, "%s %s\n", sentence, reasons != NULL ? reasons : "");
    }
    return g_string_free(out, false);
}

/* ---- a transaction that brings all that they look at ---- */

typedef struct {
    VdiFacts *facts;
    VdiChange *change;
} Machine;

/* Its range's last constraint, or else something. */
static const char *version_of(const VdiCondition *fact)
{
    const char *text = fact->range != NULL ? vdi_range_text(fact->range) : "1";
    size_t length = strlen(text);

    while (length > 0 && strchr("/|<>=!", text[length - 1]) == NULL) {
        length--;
    }
    return text + length;
}

static bool is_there(size_t i, void *user)
{
    return true;
}

static void bring(const VdiCondition *fact, void *user)
{
    const Machine *machine = user;
    const char *kind = fact->kind->name, *version = version_of(fact);
    const char *type = fact->purl != NULL ? fact->purl->type : kind;
    const char *name = fact->purl != NULL ? fact->purl->name : fact->name;
    const char *from = fact->purl != NULL ? fact->purl->namespace : NULL;

    if (strcmp(kind, "setting") == 0) {
        vdi_facts_set_setting(machine->facts, name, fact->value);
    }
    if ((fact->purl == NULL && strcmp(kind, "update") != 0 && strcmp(kind, "client") != 0)
        || vdi_change_n_items(machine->change) >= ITEMS_MAX
        || vdi_change_find(machine->change, type, name, is_there, NULL)) {
        return;
    }
    vdi_change_add(machine->change, type, from, name, "amd64", NULL, version,
        vdi_change_n_items(machine->change) % 3 == 0);
}

static void check_hold(const GArray *rules, Machine *machine)
{
    g_auto(VdiHoldSet) set = {0};

    for (guint i = 0; i < rules->len; i++) {
        if (rules_of(rules)[i].rule->when != NULL) {
            vdi_condition_visit_facts(rules_of(rules)[i].rule->when, bring, machine);
        }
    }
    vdi_evaluate_hold(
        rules_of(rules), rules->len, machine->facts, machine->change, NULL, NOW, &set);
    g_autoptr(VdiVerdict) left = vdi_evaluate_change(
        rules_of(rules), rules->len, machine->facts, machine->change, set.held, NOW);

    g_assert(set.is_enough); /* nothing is kept from being held */
    g_assert(vdi_verdict_effect(left) != VDI_EFFECT_BLOCK);
    for (size_t i = 0; i < vdi_change_n_items(machine->change); i++) {
        g_assert((vdi_hold_reason(&set, i) != NULL) == set.held[i]);
    }
}

/* ---- the same from JSON and from its compiled form ---- */

static void check_rules(const VdiManifest *read, const VdiManifest *loaded, bool is_author)
{
    for (size_t i = 0; i < vdi_manifest_n_rules(read); i++) {
        const VdiRule *rule = vdi_manifest_rule(loaded, i);

        g_assert(!is_author || rule->unreadable == NULL);
        g_assert((rule->when == NULL) == (rule->unreadable != NULL));
        g_assert(rule->when == NULL
            || vdi_condition_equal(rule->when, vdi_manifest_rule(read, i)->when));
    }
}

static void check_verdicts(const VdiManifest *read, const VdiManifest *loaded)
{
    g_autoptr(GArray) ours = in_force(read), theirs = in_force(loaded);
    g_autoptr(VdiFacts) nothing = vdi_facts_new(), known = vdi_facts_new();
    g_autoptr(VdiChange) change = vdi_change_new();
    Machine machine = {known, change};

    vdi_facts_set_packages_known(known);
    vdi_facts_set_updates_known(known);
    vdi_facts_set_clients_known(known);
    check_hold(ours, &machine);
    g_autoptr(VdiFacts) after = vdi_change_apply(known, change, NULL);
    const VdiFacts *machines[] = {nothing, known, after};

    for (size_t i = 0; i < G_N_ELEMENTS(machines); i++) {
        g_autofree char *one = say(ours, machines[i]), *two = say(theirs, machines[i]);

        g_assert(strcmp(one, two) == 0);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    g_autoptr(GBytes) document = g_bytes_new(data, size);
    g_autoptr(VdiManifest) reader = vdi_manifest_parse(document, VDI_MANIFEST_READER, NULL);
    g_autoptr(VdiManifest) author = vdi_manifest_parse(document, VDI_MANIFEST_AUTHOR, NULL);
    g_autoptr(GBytes) compiled = reader != NULL ? vdi_manifest_compile(reader) : NULL;
    g_autoptr(VdiManifest) loaded = reader != NULL ? vdi_manifest_load(compiled, NULL) : NULL;

    g_assert((reader == NULL) == (loaded == NULL));
    g_assert(author == NULL || reader != NULL);
    if (reader != NULL) {
        check_rules(reader, loaded, author != NULL);
        check_verdicts(reader, loaded);
    }
    return 0;
}
