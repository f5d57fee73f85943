/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "base/file.h"
#include "compat/rules/evaluate.h"
#include "compat/rules/explain.h"
#include "compat/rules/fact_kind.h"
#include "compat/rules/lint.h"
#include "compat/rules/manifest_reader.h"
#include "tests/compat/rules/incident.h"
#include "tests/support/check.h"

/* Every incident of docs/examples: an affected, a fixed and an unrelated machine, before and after
 * the update, as tests/compat/rules/incidents/ says. */

enum { RULES_MAX = 8 };

#define EXAMPLES "docs/examples"
#define INCIDENTS "tests/compat/rules/incidents"

/* ---- the examples ---- */

static char *path_of(const char *folder, const char *id)
{
    g_autofree char *path = g_strdup_printf("%s/%s.json", folder, id);

    return test_source(path);
}

/* Read as the author's tool reads. */
static VdiManifest *read_manifest(const char *folder, const char *id)
{
    g_autofree char *file = path_of(folder, id);
    g_autoptr(GError) error = NULL;
    g_autoptr(GBytes) bytes = vdi_file_read(file, VDI_MANIFEST_MAX_BYTES, &error);
    VdiManifest *manifest =
        bytes != NULL ? vdi_manifest_parse(bytes, VDI_MANIFEST_AUTHOR, &error) : NULL;

    if (error != NULL) {
        g_prefix_error(&error, "%s: ", id);
        CHECK_NO_ERROR(error);
    }
    return manifest;
}

/* As a machine has it: through the compiled form. */
static VdiManifest *load_manifest(const char *folder, const char *id)
{
    g_autoptr(VdiManifest) manifest = read_manifest(folder, id);
    g_autoptr(GBytes) compiled = manifest != NULL ? vdi_manifest_compile(manifest) : NULL;

    return compiled != NULL ? vdi_manifest_load(compiled, NULL) : NULL;
}

static int by_name(gconstpointer a, gconstpointer b)
{
    return strcmp(*(char *const *) a, *(char *const *) b);
}

/* Their names without ".json", sorted. */
static GPtrArray *all_examples(void)
{
    g_autofree char *folder = test_source(EXAMPLES);
    g_autoptr(GDir) dir = g_dir_open(folder, 0, NULL);
    GPtrArray *ids = g_ptr_array_new_with_free_func(g_free);
    const char *name = NULL;

    while (dir != NULL && (name = g_dir_read_name(dir)) != NULL) {
        if (g_str_has_suffix(name, ".json")) {
            g_ptr_array_add(ids, g_strndup(name, strlen(name) - strlen(".json")));
        }
    }
    g_ptr_array_sort(ids, by_name);
    CHECK(ids->len > 20);
    return ids;
}

typedef struct {
    VdiRuleInForce rules[RULES_MAX];
    size_t n_rules;
} RuleSet;

static RuleSet rules_of(const VdiManifest *manifest)
{
    RuleSet set = {.n_rules = vdi_manifest_n_rules(manifest)};

    g_assert(set.n_rules <= RULES_MAX);
    for (size_t i = 0; i < set.n_rules; i++) {
        const VdiRule *rule = vdi_manifest_rule(manifest, i);

        set.rules[i] = (VdiRuleInForce){"example-corp", rule, rule->effect, NULL};
    }
    return set;
}

/* ---- what comes out ---- */

/* "none", an effect's name, or "unknown: FACT, FACT" where nothing is true. */
static char *say(const VdiVerdict *verdict)
{
    g_autoptr(GPtrArray) unknowns = g_ptr_array_new();
    const VdiFinding *finding = NULL;

    if (vdi_verdict_effect(verdict) != VDI_EFFECT_NONE) {
        return g_strdup(vdi_effect_name(vdi_verdict_effect(verdict)));
    }
    for (size_t i = 0; (finding = vdi_verdict_finding(verdict, i)) != NULL; i++) {
        for (size_t k = 0; finding->unknowns != NULL && finding->unknowns[k] != NULL; k++) {
            if (!g_ptr_array_find_with_equal_func(
                    unknowns, finding->unknowns[k], g_str_equal, NULL)) {
                g_ptr_array_add(unknowns, finding->unknowns[k]);
            }
        }
    }
    if (unknowns->len == 0) {
        return g_strdup("none");
    }
    g_ptr_array_add(unknowns, NULL);
    g_autofree char *names = g_strjoinv(", ", (GStrv) unknowns->pdata);

    return g_strconcat("unknown: ", names, NULL);
}

static char *say_now(const RuleSet *set, const VdiFacts *facts, int64_t now)
{
    g_autoptr(VdiVerdict) verdict = vdi_evaluate(set->rules, set->n_rules, facts, now);

    return say(verdict);
}

/* The names of what is held, in the order of the change. */
static char *say_held(const VdiChange *change, const VdiHoldSet *held)
{
    GString *names = g_string_new(NULL);

    for (size_t i = 0; i < vdi_change_n_items(change); i++) {
        if (held->held[i]) {
            g_string_append_printf(
                names, "%s%s", names->len > 0 ? " " : "", vdi_change_item(change, i)->name);
        }
    }
    return g_string_free(names, false);
}

static bool same(const char *id, const IncidentCase *row, const char *what, const char *actual,
    const char *expected)
{
    g_autofree char *name =
        g_strdup_printf("%s, %s: %s is \"%s\", not \"%s\"", id, row->name, what, actual, expected);

    return CHECK_ROW(name, strcmp(actual, expected) == 0);
}

static bool breaks(const RuleSet *set, const IncidentCase *row, const bool *left_out, int64_t now)
{
    g_autoptr(VdiVerdict) verdict =
        vdi_evaluate_change(set->rules, set->n_rules, row->facts, row->change, left_out, now);

    return vdi_verdict_effect(verdict) == VDI_EFFECT_BLOCK;
}

static void judge(const char *id, const VdiManifest *manifest, const IncidentCase *row)
{
    RuleSet set = rules_of(manifest);
    int64_t now = vdi_manifest_issued_at(manifest);
    g_autoptr(VdiFacts) after_facts = vdi_change_apply(row->facts, row->change, NULL);
    g_autofree char *before = say_now(&set, row->facts, now);
    g_autofree char *after = say_now(&set, after_facts, now);
    g_auto(VdiHoldSet) held = {0};

    vdi_evaluate_hold(set.rules, set.n_rules, row->facts, row->change, NULL, now, &held);
    g_autofree char *names = say_held(row->change, &held);

    same(id, row, "before", before, row->before);
    same(id, row, "after", after, row->after);
    same(id, row, "held", names, row->held);
    CHECK_ROW(row->name, held.is_enough && held.is_smallest);
    /* What breaks it is held; without that, nothing breaks; with less, it would. */
    CHECK_ROW(row->name, breaks(&set, row, NULL, now) == (held.n_held > 0));
    CHECK_ROW(row->name, !breaks(&set, row, held.held, now));
    for (size_t i = 0; i < vdi_change_n_items(row->change); i++) {
        if (held.held[i]) {
            held.held[i] = false;
            CHECK_ROW(row->name, breaks(&set, row, held.held, now));
            held.held[i] = true;
        }
    }
}

static void each_machine_before_and_after(void)
{
    g_autoptr(GPtrArray) ids = all_examples();

    for (guint i = 0; i < ids->len; i++) {
        const char *id = ids->pdata[i];
        g_autoptr(VdiManifest) manifest = load_manifest(EXAMPLES, id);
        g_autoptr(Incident) incident = incident_read(id);

        for (guint k = 0; manifest != NULL && incident != NULL && k < incident->cases->len; k++) {
            judge(id, manifest, incident->cases->pdata[k]);
        }
    }
}

/* Two products, two fixes: whether an author writes two rules or one. */
static void one_rule_says_the_same_as_two(void)
{
    g_autoptr(VdiManifest) two = load_manifest(EXAMPLES, "2022-01-l2tp");
    g_autoptr(VdiManifest) one = load_manifest(INCIDENTS, "2022-01-l2tp-in-one");
    g_autoptr(Incident) incident = incident_read("2022-01-l2tp");

    if (two == NULL || one == NULL || incident == NULL) {
        return;
    }
    CHECK_INT(vdi_manifest_n_rules(two), 2);
    CHECK_INT(vdi_manifest_n_rules(one), 1);
    for (guint i = 0; i < incident->cases->len; i++) {
        judge("2022-01-l2tp-in-one", one, incident->cases->pdata[i]);
    }
}

/* No hold and no sentence outlasts its rule. */
static void nothing_is_left_when_a_rule_has_expired(void)
{
    g_autoptr(GPtrArray) ids = all_examples();

    for (guint i = 0; i < ids->len; i++) {
        const char *id = ids->pdata[i];
        g_autoptr(VdiManifest) manifest = load_manifest(EXAMPLES, id);
        g_autoptr(Incident) incident = incident_read(id);
        int64_t last = 0;

        if (manifest == NULL || incident == NULL) {
            continue;
        }
        RuleSet set = rules_of(manifest);

        for (size_t k = 0; k < set.n_rules; k++) {
            CHECK_ROW(id, set.rules[k].rule->expires_at > vdi_manifest_issued_at(manifest));
            last = MAX(last, set.rules[k].rule->expires_at);
        }
        for (guint k = 0; k < incident->cases->len; k++) {
            const IncidentCase *row = incident->cases->pdata[k];
            g_autofree char *then = say_now(&set, row->facts, last);
            g_auto(VdiHoldSet) held = {0};

            vdi_evaluate_hold(set.rules, set.n_rules, row->facts, row->change, NULL, last, &held);
            same(id, row, "when it has expired", then, "none");
            CHECK_ROW(row->name, held.n_held == 0 && !breaks(&set, row, NULL, last));
        }
    }
}

/* ---- that nothing is missing ---- */

static guint count_cases(const Incident *incident, const char *kind)
{
    guint n_cases = 0;

    for (guint i = 0; i < incident->cases->len; i++) {
        const IncidentCase *row = incident->cases->pdata[i];

        n_cases += g_str_has_prefix(row->name, kind);
    }
    return n_cases;
}

static void note_peer(const VdiCondition *fact, void *user)
{
    bool *has_peer = user;

    *has_peer = *has_peer || strcmp(fact->kind->name, "peer") == 0;
}

/* An affected, a fixed and an unrelated machine; where the other side decides, before it has
 * spoken as well. */
static void each_incident_has_its_machines(void)
{
    g_autoptr(GPtrArray) ids = all_examples();
    guint n_cases = 0;

    for (guint i = 0; i < ids->len; i++) {
        const char *id = ids->pdata[i];
        g_autoptr(VdiManifest) manifest = load_manifest(EXAMPLES, id);
        g_autoptr(Incident) incident = incident_read(id);
        bool has_peer = false, is_unknown = false;

        if (manifest == NULL || incident == NULL) {
            continue;
        }
        n_cases += incident->cases->len;
        CHECK_ROW(id, count_cases(incident, "affected: ") >= 2);
        CHECK_ROW(id, count_cases(incident, "fixed: ") >= 1);
        CHECK_ROW(id, count_cases(incident, "unrelated: ") >= 1);
        vdi_condition_visit_facts(vdi_manifest_rule(manifest, 0)->when, note_peer, &has_peer);
        for (guint k = 0; k < incident->cases->len; k++) {
            const IncidentCase *row = incident->cases->pdata[k];

            is_unknown = is_unknown || g_str_has_prefix(row->before, "unknown: peer ");
        }
        CHECK_ROW(id, has_peer == is_unknown);
    }
    CHECK(n_cases > 150);
}

/* ---- what an author's tool says of them ---- */

static bool is_among(const GPtrArray *parts, const char *sentence)
{
    for (guint i = 0; i < parts->len; i++) {
        if (strstr(sentence, parts->pdata[i]) != NULL) {
            return true;
        }
    }
    return false;
}

/* On the day of its issue: no error, and no warning that the fixture does not explain. */
static void lint_has_nothing_against_them(void)
{
    g_autoptr(GPtrArray) ids = all_examples();

    for (guint i = 0; i < ids->len; i++) {
        const char *id = ids->pdata[i];
        g_autoptr(VdiManifest) manifest = read_manifest(EXAMPLES, id);
        g_autoptr(Incident) incident = incident_read(id);

        if (manifest == NULL || incident == NULL) {
            continue;
        }
        g_autoptr(GPtrArray) findings = vdi_lint(manifest, vdi_manifest_issued_at(manifest));
        g_autoptr(GString) said = g_string_new(NULL);

        for (guint k = 0; k < findings->len; k++) {
            const VdiLintFinding *finding = g_ptr_array_index(findings, k);
            g_autofree char *name =
                g_strdup_printf("%s: %s: %s", id, finding->place, finding->sentence);

            g_string_append_printf(said, "%s\n", finding->sentence);
            CHECK_ROW(name, finding->level != VDI_LINT_ERROR);
            CHECK_ROW(name, is_among(incident->warned, finding->sentence));
        }
        for (guint k = 0; k < incident->warned->len; k++) {
            g_autofree char *name = g_strdup_printf(
                "%s is not warned of \"%s\"", id, (const char *) incident->warned->pdata[k]);

            CHECK_ROW(name, strstr(said->str, incident->warned->pdata[k]) != NULL);
        }
    }
}

/* ---- what people are told ---- */

static bool has_language(VdiTexts texts, const char *tag)
{
    for (size_t i = 0; texts[i] != NULL; i += 2) {
        if (strcmp(texts[i], tag) == 0) {
            return true;
        }
    }
    return false;
}

/* Everything that one language says of a rule. */
static char *say_rule(const VdiRule *rule, const char *language)
{
    const char *const languages[] = {language, NULL};
    g_autofree char *title = vdi_explain_title(rule, languages);
    g_autofree char *message = vdi_explain_message(rule, languages);
    g_auto(GStrv) remedies = vdi_explain_remedies(rule, languages);
    g_autofree char *lines = g_strjoinv("\n", remedies);

    return g_strjoin("\n", title, message, lines, NULL);
}

static void each_has_an_english_and_a_french_sentence(void)
{
    g_autoptr(GPtrArray) ids = all_examples();

    for (guint i = 0; i < ids->len; i++) {
        const char *id = ids->pdata[i];
        g_autoptr(VdiManifest) manifest = load_manifest(EXAMPLES, id);

        for (size_t k = 0; manifest != NULL && k < vdi_manifest_n_rules(manifest); k++) {
            const VdiRule *rule = vdi_manifest_rule(manifest, k);
            g_autofree char *english = say_rule(rule, "en");
            g_autofree char *french = say_rule(rule, "fr");

            CHECK_ROW(rule->id, has_language(rule->title, "fr"));
            CHECK_ROW(rule->id, has_language(rule->message, "fr"));
            CHECK_ROW(rule->id, strcmp(english, french) != 0);
            CHECK_ROW(english, strpbrk(english, "{}") == NULL); /* every hole is filled */
            CHECK_ROW(french, strpbrk(french, "{}") == NULL);
            CHECK_ROW(rule->id, rule->n_remedies > 0 && rule->n_references > 0);
            for (size_t n = 0; n < rule->n_remedies; n++) {
                VdiTexts text = rule->remedies[n].text;

                CHECK_ROW(rule->id, has_language(text, "en") == has_language(text, "fr"));
            }
        }
    }
}

/* Whoever cites what nobody has seen says so, and the page names every incident. */
static void what_is_not_verified_is_said(void)
{
    g_autoptr(GPtrArray) ids = all_examples();
    g_autofree char *page_file = test_source("docs/incidents.md");
    g_autoptr(GBytes) page = vdi_file_read(page_file, 256 * 1024, NULL);

    CHECK(page != NULL);
    for (guint i = 0; page != NULL && i < ids->len; i++) {
        const char *id = ids->pdata[i];
        g_autofree char *file = path_of(EXAMPLES, id);
        g_autoptr(GBytes) bytes = vdi_file_read(file, VDI_MANIFEST_MAX_BYTES, NULL);
        g_autofree char *text = g_strndup(g_bytes_get_data(bytes, NULL), g_bytes_get_size(bytes));
        g_autofree char *row = g_strdup_printf("| [%s](examples/%s.json) |", id, id);

        CHECK_ROW(id, strstr(text, "\"x-note\": ") != NULL);
        CHECK_ROW(row,
            g_strstr_len(g_bytes_get_data(page, NULL), (gssize) g_bytes_get_size(page), row)
                != NULL);
    }
}

const Test tests[] = {
    {"each machine, before and after", each_machine_before_and_after},
    {"one rule says the same as two", one_rule_says_the_same_as_two},
    {"nothing is left when a rule has expired", nothing_is_left_when_a_rule_has_expired},
    {"each incident has its machines", each_incident_has_its_machines},
    {"lint has nothing against them", lint_has_nothing_against_them},
    {"each has an English and a French sentence", each_has_an_english_and_a_french_sentence},
    {"what is not verified is said", what_is_not_verified_is_said},
    TEST_END,
};
