/* SPDX-License-Identifier: Apache-2.0 */
#include "compat/simulation/tally_print.h"

#include <string.h>

#include "base/json.h"
#include "base/text.h"
#include "compat/rules/explain.h"

enum { REPORT_FORMAT = 1 };

static const char *const english[] = {"en", NULL};

static uint64_t number_of(GHashTable *numbers, const char *key)
{
    return *(const uint64_t *) g_hash_table_lookup(numbers, key);
}

static int compare_keys(const void *a, const void *b, void *user)
{
    const char *left = *(const char *const *) a, *right = *(const char *const *) b;
    uint64_t n_left = number_of(user, left), n_right = number_of(user, right);

    return n_left != n_right ? (n_left < n_right ? 1 : -1) : strcmp(left, right);
}

/* Its values are uint64_t, or begin with one (VdiTotals). */
const char **vdi_tally_sorted(GHashTable *numbers)
{
    guint n = 0;
    const char **keys = (const char **) g_hash_table_get_keys_as_array(numbers, &n);

    g_qsort_with_data(keys, (int) n, sizeof *keys, compare_keys, numbers);
    return keys;
}

/* ---- for a terminal ---- */

/* "5.2 %", whatever the locale's comma. */
static void append_share(GString *out, const char *what, uint64_t n, uint64_t of)
{
    uint64_t tenths = of > 0 ? (n * 1000 + of / 2) / of : 0;

    g_string_append_printf(out,
        "%-24s %12" G_GUINT64_FORMAT "  %3" G_GUINT64_FORMAT ".%" G_GUINT64_FORMAT " %%\n", what, n,
        tenths / 10, tenths % 10);
}

static void append_plan(GString *out, const VdiPlan *plan)
{
    enum { SHOWN = 8 };
    size_t n = vdi_plan_n_items(plan);

    for (size_t i = 0; i < MIN(n, SHOWN); i++) {
        g_autofree char *text = vdi_plan_item_text(vdi_plan_item(plan, i));

        g_string_append_printf(out, "%s%s", i == 0 ? "The update: " : ", ", text);
    }
    if (n > SHOWN) {
        g_string_append_printf(out, " and %zu more", n - SHOWN);
    }
    if (n > 0) {
        g_string_append_c(out, '\n');
    }
}

static void append_head(GString *out, const VdiSimulationResult *result)
{
    const VdiTally *tally = result->tally;
    g_autofree char *at = vdi_text_time(result->at);
    size_t n_rules = vdi_manifest_n_rules(result->manifest);

    g_string_append_printf(out, "%" G_GUINT64_FORMAT " %s, %zu %s of %s, %s\n", tally->all.machines,
        tally->all.machines == 1 ? "machine" : "machines", n_rules, n_rules == 1 ? "rule" : "rules",
        vdi_manifest_id(result->manifest), at);
    append_plan(out, result->plan);
    if (tally->unreadable > 0) {
        g_string_append_printf(out, "%" G_GUINT64_FORMAT " could not be read\n", tally->unreadable);
    }
    if (tally->unnumbered > 0) {
        g_string_append_printf(out,
            "%" G_GUINT64_FORMAT
            " say no machine=NUMBER; rules that are not rolled out to everybody "
            "leave them out\n",
            tally->unnumbered);
    }
    g_string_append_c(out, '\n');
}

static void append_totals(GString *out, const VdiTotals *all, bool has_update)
{
    append_share(out, "broken now", all->broken, all->machines);
    append_share(out, "advised now", all->advised, all->machines);
    if (has_update) {
        append_share(out, "would be broken", all->would_break, all->machines);
        append_share(out, "  prevented by a hold", all->held, all->machines);
        append_share(out, "would be advised", all->would_advise, all->machines);
    }
    append_share(out, "unknown", all->unknown, all->machines);
    append_share(out, "not concerned", all->unconcerned, all->machines);
}

static void append_columns(GString *out, const char *first, bool has_update)
{
    g_string_append_printf(out, "\n%-24s %-8s %10s", first, "", "broken now");
    if (has_update) {
        g_string_append_printf(out, " %11s %10s", "would break", "held");
    }
    g_string_append_printf(out, " %10s\n", "unknown");
}

static void append_row(GString *out, const char *name, const char *second, uint64_t broken,
    uint64_t would_break, uint64_t held, uint64_t unknown, bool has_update)
{
    g_string_append_printf(out, "%-24s %-8s %10" G_GUINT64_FORMAT, name, second, broken);
    if (has_update) {
        g_string_append_printf(
            out, " %11" G_GUINT64_FORMAT " %10" G_GUINT64_FORMAT, would_break, held);
    }
    g_string_append_printf(out, " %10" G_GUINT64_FORMAT, unknown);
}

static void append_rules(GString *out, const VdiSimulationResult *result, bool has_update)
{
    size_t n_silent = 0;

    append_columns(out, "by rule", has_update);
    for (size_t i = 0; i < result->tally->n_rules; i++) {
        const VdiRule *rule = vdi_manifest_rule(result->manifest, i);
        const VdiRuleTotals *totals = &result->tally->rules[i];

        if (totals->broken == 0 && totals->would_break == 0 && totals->unknown == 0) {
            n_silent++;
            continue;
        }
        g_autofree char *title = vdi_explain_title(rule, english);

        append_row(out, rule->id, vdi_effect_name(rule->effect), totals->broken,
            totals->would_break, totals->held, totals->unknown, has_update);
        g_string_append_printf(out, "  %s\n", title);
    }
    if (n_silent > 0) {
        g_string_append_printf(out,
            n_silent == 1 ? "%zu rule concerns none of these machines\n"
                          : "%zu rules concern none of these machines\n",
            n_silent);
    }
}

static void append_systems(GString *out, const VdiTally *tally, bool has_update)
{
    g_autofree const char **systems = vdi_tally_sorted(tally->systems);

    append_columns(out, "by system", has_update);
    for (size_t i = 0; systems[i] != NULL; i++) {
        const VdiTotals *totals = g_hash_table_lookup(tally->systems, systems[i]);
        g_autofree char *shown = vdi_text_clean(systems[i]);
        g_autofree char *machines = g_strdup_printf("%8" G_GUINT64_FORMAT, totals->machines);

        append_row(out, shown, machines, totals->broken, totals->would_break, totals->held,
            totals->unknown, has_update);
        g_string_append_c(out, '\n');
    }
}

static void append_numbers(GString *out, const char *head, GHashTable *numbers)
{
    g_autofree const char **keys = vdi_tally_sorted(numbers);

    if (keys[0] != NULL) {
        g_string_append_printf(out, "\n%-44s %10s\n", head, "machines");
    }
    for (size_t i = 0; keys[i] != NULL; i++) {
        g_autofree char *shown = vdi_text_clean(keys[i]);

        g_string_append_printf(
            out, "%-44s %10" G_GUINT64_FORMAT "\n", shown, number_of(numbers, keys[i]));
    }
}

char *vdi_tally_print_table(const VdiSimulationResult *result)
{
    const VdiTally *tally = result->tally;
    bool has_update = vdi_plan_n_items(result->plan) > 0;
    GString *out = g_string_new(NULL);

    append_head(out, result);
    append_totals(out, &tally->all, has_update);
    append_rules(out, result, has_update);
    append_systems(out, tally, has_update);
    append_numbers(out, "would be held", tally->holds);
    append_numbers(out, "not known", tally->missing);
    return g_string_free(out, false);
}

/* ---- for programs ---- */

static void add_number(VdiJson *object, const char *name, uint64_t n)
{
    vdi_json_add_integer(object, name, (int64_t) MIN(n, (uint64_t) VDI_JSON_INTEGER_MAX));
}

/* What a machine is counted under, in the order of every form. */
static const struct {
    const char *name;
    size_t offset;
} columns[] = {
    {"machines", offsetof(VdiTotals, machines)},
    {"broken", offsetof(VdiTotals, broken)},
    {"advised", offsetof(VdiTotals, advised)},
    {"would_break", offsetof(VdiTotals, would_break)},
    {"held", offsetof(VdiTotals, held)},
    {"would_advise", offsetof(VdiTotals, would_advise)},
    {"unknown", offsetof(VdiTotals, unknown)},
    {"unconcerned", offsetof(VdiTotals, unconcerned)},
};

static uint64_t column(const VdiTotals *totals, size_t i)
{
    return *(const uint64_t *) (const void *) ((const char *) totals + columns[i].offset);
}

static void add_totals(VdiJson *object, const VdiTotals *totals)
{
    for (size_t i = 0; i < G_N_ELEMENTS(columns); i++) {
        add_number(object, columns[i].name, column(totals, i));
    }
}

static void add_plan(VdiJson *report, const VdiPlan *plan)
{
    VdiJson *update = vdi_json_add_array(report, "update");

    for (size_t i = 0; i < vdi_plan_n_items(plan); i++) {
        g_autofree char *text = vdi_plan_item_text(vdi_plan_item(plan, i));

        vdi_json_add_text(update, NULL, text);
    }
}

static void add_untouched(VdiJson *report, const VdiSimulationResult *result)
{
    VdiJson *untouched = vdi_json_add_array(report, "changes_nothing");

    for (size_t i = 0; i < vdi_plan_n_items(result->plan); i++) {
        const VdiPlanItem *item = vdi_plan_item(result->plan, i);

        if (!g_hash_table_contains(result->tally->touched, item)) {
            g_autofree char *text = vdi_plan_item_text(item);

            vdi_json_add_text(untouched, NULL, text);
        }
    }
}

static void add_rules(VdiJson *report, const VdiSimulationResult *result)
{
    VdiJson *rules = vdi_json_add_array(report, "rules");

    for (size_t i = 0; i < result->tally->n_rules; i++) {
        const VdiRule *rule = vdi_manifest_rule(result->manifest, i);
        const VdiRuleTotals *totals = &result->tally->rules[i];
        VdiJson *object = vdi_json_add_object(rules, NULL);

        vdi_json_add_text(object, "id", rule->id);
        vdi_json_add_text(object, "effect", vdi_effect_name(rule->effect));
        add_number(object, "broken", totals->broken);
        add_number(object, "would_break", totals->would_break);
        add_number(object, "held", totals->held);
        add_number(object, "unknown", totals->unknown);
    }
}

static void add_systems(VdiJson *report, const VdiTally *tally)
{
    VdiJson *systems = vdi_json_add_array(report, "systems");
    g_autofree const char **names = vdi_tally_sorted(tally->systems);

    for (size_t i = 0; names[i] != NULL; i++) {
        VdiJson *object = vdi_json_add_object(systems, NULL);
        g_autofree char *shown = vdi_text_clean(names[i]);

        vdi_json_add_text(object, "system", shown);
        add_totals(object, g_hash_table_lookup(tally->systems, names[i]));
    }
}

static void add_numbers(VdiJson *report, const char *list, const char *what, GHashTable *numbers)
{
    VdiJson *array = vdi_json_add_array(report, list);
    g_autofree const char **keys = vdi_tally_sorted(numbers);

    for (size_t i = 0; keys[i] != NULL; i++) {
        VdiJson *object = vdi_json_add_object(array, NULL);
        g_autofree char *shown = vdi_text_clean(keys[i]);

        vdi_json_add_text(object, what, shown);
        add_number(object, "machines", number_of(numbers, keys[i]));
    }
}

char *vdi_tally_print_json(const VdiSimulationResult *result)
{
    const VdiTally *tally = result->tally;
    g_autoptr(VdiJson) report = vdi_json_new_object();

    vdi_json_add_integer(report, "format", REPORT_FORMAT);
    vdi_json_add_text(report, "manifest", vdi_manifest_id(result->manifest));
    vdi_json_add_time(report, "at", result->at);
    add_plan(report, result->plan);
    add_totals(report, &tally->all);
    add_number(report, "unreadable", tally->unreadable);
    add_number(report, "without_number", tally->unnumbered);
    add_rules(report, result);
    add_systems(report, tally);
    add_numbers(report, "holds", "change", tally->holds);
    add_numbers(report, "missing", "fact", tally->missing);
    add_untouched(report, result);
    return vdi_json_print_pretty(report);
}

/* ---- for spreadsheets ---- */

/* In quotes; what would begin a formula gets an apostrophe first. */
static void append_cell(GString *out, const char *text)
{
    g_autofree char *clean = vdi_text_clean(text);

    g_string_append_c(out, '"');
    if (*clean != '\0' && strchr("=+-@", *clean) != NULL) {
        g_string_append_c(out, '\'');
    }
    for (const char *c = clean; *c != '\0'; c++) {
        g_string_append_printf(out, *c == '"' ? "\"\"" : "%c", *c);
    }
    g_string_append_c(out, '"');
}

static void append_line(
    GString *out, const char *what, const char *name, const char *effect, const VdiTotals *totals)
{
    append_cell(out, what);
    g_string_append_c(out, ',');
    append_cell(out, name);
    g_string_append_printf(out, ",%s", effect);
    for (size_t i = 0; i < G_N_ELEMENTS(columns); i++) {
        g_string_append_printf(out, ",%" G_GUINT64_FORMAT, column(totals, i));
    }
    g_string_append(out, "\r\n");
}

static void append_number_lines(GString *out, const char *what, GHashTable *numbers)
{
    g_autofree const char **keys = vdi_tally_sorted(numbers);

    for (size_t i = 0; keys[i] != NULL; i++) {
        const VdiTotals totals = {.machines = number_of(numbers, keys[i])};

        append_line(out, what, keys[i], "", &totals);
    }
}

char *vdi_tally_print_csv(const VdiSimulationResult *result)
{
    const VdiTally *tally = result->tally;
    const VdiTotals unreadable = {.machines = tally->unreadable};
    g_autofree const char **systems = vdi_tally_sorted(tally->systems);
    GString *out = g_string_new("what,name,effect");

    for (size_t i = 0; i < G_N_ELEMENTS(columns); i++) {
        g_string_append_printf(out, ",%s", columns[i].name);
    }
    g_string_append(out, "\r\n");
    append_line(out, "all", "", "", &tally->all);
    append_line(out, "unreadable", "", "", &unreadable);
    for (size_t i = 0; i < tally->n_rules; i++) {
        const VdiRule *rule = vdi_manifest_rule(result->manifest, i);
        const VdiRuleTotals *rule_totals = &tally->rules[i];
        const VdiTotals totals = {.broken = rule_totals->broken,
            .would_break = rule_totals->would_break,
            .held = rule_totals->held,
            .unknown = rule_totals->unknown};

        append_line(out, "rule", rule->id, vdi_effect_name(rule->effect), &totals);
    }
    for (size_t i = 0; systems[i] != NULL; i++) {
        append_line(out, "system", systems[i], "", g_hash_table_lookup(tally->systems, systems[i]));
    }
    append_number_lines(out, "hold", tally->holds);
    append_number_lines(out, "missing", tally->missing);
    return g_string_free(out, false);
}
