/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "compat/host/clients.h"
#include "compat/simulation/simulation.h"
#include "compat/simulation/simulator_cache.h"

struct VdiSimulator {
    const VdiSimulation *simulation;
    VdiFleetCursor cursor;
    VdiTally *tally;
    Cache cache;
    bool *is_taken; /* one a rule: scratch */
    /* the machine being read */
    GString *system_key, *context_key;
    const Context *context;
    GPtrArray *met;  /* of Value that matter; borrowed */
    GArray *numbers; /* of uint32_t */
    bool is_unnumbered;
};

VdiSimulator *vdi_simulator_new(const VdiSimulation *simulation)
{
    VdiSimulator *simulator = g_new0(VdiSimulator, 1);

    simulator->simulation = simulation;
    vdi_fleet_cursor_init(&simulator->cursor, "", 0, false);
    simulator->tally = vdi_tally_new(simulation->n_manifest_rules);
    simulator->is_taken = g_new0(bool, simulation->n_rules + 1);
    simulator->system_key = g_string_new(NULL);
    simulator->context_key = g_string_new(NULL);
    simulator->met = g_ptr_array_new();
    simulator->numbers = g_array_new(false, false, sizeof(uint32_t));
    vdi_simulator_cache_init(&simulator->cache);
    return simulator;
}

void vdi_simulator_free(VdiSimulator *simulator)
{
    if (simulator != NULL) {
        vdi_simulator_cache_clear(&simulator->cache);
        vdi_fleet_cursor_clear(&simulator->cursor);
        vdi_tally_free(simulator->tally);
        g_free(simulator->is_taken);
        g_string_free(simulator->system_key, true);
        g_string_free(simulator->context_key, true);
        g_ptr_array_unref(simulator->met);
        g_array_unref(simulator->numbers);
        g_free(simulator);
    }
}

static const char *keep_key(VdiSimulator *simulator, const GString *key)
{
    return vdi_simulator_cache_keep(&simulator->cache, key->str, key->len);
}

/* ---- head lines ---- */

static bool is_of_system(const VdiFleetWord *word, const void *user)
{
    return word->key == VDI_FLEET_OS || word->key == VDI_FLEET_VERSION
        || word->key == VDI_FLEET_LIKE;
}

static bool is_asked_or_number(const VdiFleetWord *word, const void *user)
{
    return word->key == VDI_FLEET_MACHINE || vdi_simulation_asks(word, user);
}

static bool is_number(const VdiFleetWord *word, const void *user)
{
    return word->key == VDI_FLEET_MACHINE;
}

static const System *find_system(VdiSimulator *simulator)
{
    System *system = g_hash_table_lookup(simulator->cache.systems, simulator->system_key->str);

    if (system == NULL) {
        g_autoptr(VdiFacts) facts = vdi_fleet_head_facts(&simulator->cursor, is_of_system, NULL);
        const char *id = vdi_facts_get(facts, VDI_FACT_OS_ID);
        const char *version = vdi_facts_get(facts, VDI_FACT_OS_VERSION);

        system = g_new0(System, 1);
        system->id = simulator->cache.n_ids++;
        system->shown =
            g_strconcat(id != NULL ? id : "unknown", version != NULL ? " " : NULL, version, NULL);
        guint n_recent = RECENT * g_hash_table_size(simulator->simulation->names);

        system->recent = g_new0(const Value *, n_recent);
        g_hash_table_insert(simulator->cache.systems,
            (gpointer) keep_key(simulator, simulator->system_key), system);
        simulator->cache.n_bytes += ENTRY_BYTES + n_recent * sizeof *system->recent;
    }
    return system;
}

static const Context *find_context(VdiSimulator *simulator, const System *system)
{
    const VdiSimulation *simulation = simulator->simulation;
    Context *context = g_hash_table_lookup(simulator->cache.contexts, simulator->context_key->str);

    if (context != NULL) {
        return context;
    }
    g_autoptr(VdiFacts) facts =
        vdi_fleet_head_facts(&simulator->cursor, vdi_simulation_asks, simulation);

    vdi_clients_derive(facts);
    context = g_new0(Context, 1);
    context->id = simulator->cache.n_ids++;
    context->system = system;
    context->rules = g_array_new(false, false, sizeof(uint32_t));
    for (uint32_t i = 0; i < simulation->n_rules; i++) {
        if (vdi_condition_evaluate(simulation->rules[i].rule->when, facts, NULL)
            != VDI_TRUTH_FALSE) {
            g_array_append_val(context->rules, i);
        }
    }
    g_hash_table_insert(
        simulator->cache.contexts, (gpointer) keep_key(simulator, simulator->context_key), context);
    simulator->cache.n_bytes += ENTRY_BYTES + context->rules->len * sizeof(uint32_t);
    return context;
}

static void append_text(GString *key, VdiFleetText text)
{
    g_string_append_len(key, text.at != NULL ? text.at : "", (gssize) text.size);
    g_string_append_c(key, '\n');
}

static void begin_machine(VdiSimulator *simulator)
{
    const VdiFleetCursor *cursor = &simulator->cursor;

    g_ptr_array_set_size(simulator->met, 0);
    g_string_truncate(simulator->system_key, 0);
    append_text(simulator->system_key, cursor->type);
    append_text(simulator->system_key, cursor->distributor);
    g_string_truncate(simulator->context_key, 0);
    simulator->is_unnumbered = simulator->simulation->has_rollout;
    for (guint i = 0; i < cursor->words->len; i++) {
        const VdiFleetWord *word = &g_array_index(cursor->words, VdiFleetWord, i);

        if (word->key == VDI_FLEET_MACHINE) {
            simulator->is_unnumbered = false;
        } else if (is_of_system(word, NULL)) {
            append_text(simulator->system_key, word->whole);
        } else if (vdi_simulation_asks(word, simulator->simulation)) {
            append_text(simulator->context_key, word->whole);
        }
    }
    g_string_append_len(
        simulator->context_key, simulator->system_key->str, (gssize) simulator->system_key->len);
    simulator->context = find_context(simulator, find_system(simulator));
}

/* ---- packages ---- */

static void judge_value(VdiSimulator *simulator, Value *value)
{
    const GArray *leaves = value->name->leaves;
    g_autoptr(VdiFacts) facts = vdi_fleet_head_facts(&simulator->cursor, is_of_system, NULL);
    VdiPackage *package = vdi_fleet_package(&simulator->cursor);

    vdi_facts_set_packages_known(facts);
    vdi_facts_add_package(
        facts, package->type, package->namespace, package->name, package->version, package->arch);
    for (guint i = 0; i < leaves->len; i++) {
        const VdiSimulationLeaf *leaf = &g_array_index(leaves, VdiSimulationLeaf, i);

        if (vdi_condition_evaluate(leaf->fact, facts, NULL) == VDI_TRUTH_FALSE) {
            continue;
        }
        if (value->rules == NULL) {
            value->rules = g_array_new(false, false, sizeof(uint32_t));
        }
        g_array_append_val(value->rules, leaf->rule);
    }
    if (value->rules != NULL || value->name->is_watched) {
        value->package = package;
        simulator->cache.n_bytes += ENTRY_BYTES;
    } else {
        vdi_fleet_package_free(package);
    }
}

static const Value *find_value(VdiSimulator *simulator, const VdiSimulationName *name)
{
    const VdiFleetText rest = simulator->cursor.package.rest;
    const System *system = simulator->context->system;
    const Value key = {.name = name, .system = system, .rest = rest};
    Value *value = g_hash_table_lookup(simulator->cache.values, &key);

    if (value == NULL) {
        value = g_malloc0(sizeof *value + rest.size);
        *value = key;
        memcpy(value->text, rest.at, rest.size);
        value->rest.at = value->text;
        value->id = simulator->cache.n_ids++;
        judge_value(simulator, value);
        g_hash_table_add(simulator->cache.values, value);
        simulator->cache.n_bytes += ENTRY_BYTES + rest.size;
    }
    return value;
}

static void take_package(VdiSimulator *simulator)
{
    const VdiFleetPackage *line = &simulator->cursor.package;
    const VdiSimulationName *name = vdi_simulation_name(simulator->simulation, line);

    if (name == NULL) {
        return;
    }
    const System *system = simulator->context->system;
    const Value **recent = system->recent + RECENT * name->number;
    const Value *value = NULL;

    for (int i = 0; i < RECENT && value == NULL && recent[i] != NULL; i++) {
        if (recent[i]->rest.size == line->rest.size
            && memcmp(recent[i]->rest.at, line->rest.at, line->rest.size) == 0) {
            value = recent[i];
        }
    }
    if (value == NULL) {
        value = find_value(simulator, name);
        memmove(recent + 1, recent, (RECENT - 1) * sizeof *recent);
        recent[0] = value;
    }
    if (value->package != NULL) {
        g_ptr_array_add(simulator->met, (gpointer) value);
    }
}

/* ---- machines ---- */

static void take_rules(VdiSimulator *simulator, const GArray *rules)
{
    for (guint i = 0; rules != NULL && i < rules->len; i++) {
        simulator->is_taken[g_array_index(rules, uint32_t, i)] = true;
    }
}

/* Every rule that is not false of this machine now, or may not be after the update. */
static void find_rules(VdiSimulator *simulator, Signature *signature)
{
    const VdiSimulation *simulation = simulator->simulation;

    memset(simulator->is_taken, 0, simulation->n_rules * sizeof *simulator->is_taken);
    take_rules(simulator, simulator->context->rules);
    take_rules(simulator, simulation->label_rules);
    for (guint i = 0; i < simulator->met->len; i++) {
        const Value *value = g_ptr_array_index(simulator->met, i);

        take_rules(simulator, value->rules);
        take_rules(simulator, value->name->plan_rules);
        take_rules(simulator, value->name->is_of_client ? simulation->client_rules : NULL);
    }
    for (uint32_t i = 0; i < simulation->n_rules; i++) {
        if (simulator->is_taken[i]) {
            g_array_append_val(signature->rules, i);
            if (simulation->rules[i].rule->rollout_percent < 100) {
                g_array_append_val(signature->staged, i);
            }
        }
    }
}

static Signature *find_signature(VdiSimulator *simulator)
{
    g_array_set_size(simulator->numbers, 0);
    g_array_append_val(simulator->numbers, simulator->context->id);
    for (guint i = 0; i < simulator->met->len; i++) {
        const Value *value = g_ptr_array_index(simulator->met, i);

        g_array_append_val(simulator->numbers, value->id);
    }
    const Signature key = {
        .numbers = (const uint32_t *) (void *) simulator->numbers->data,
        .n_numbers = simulator->numbers->len,
    };
    Signature *signature = g_hash_table_lookup(simulator->cache.signatures, &key);

    if (signature == NULL) {
        signature = g_memdup2(&key, sizeof key);
        signature->numbers = g_memdup2(key.numbers, key.n_numbers * sizeof(uint32_t));
        signature->system = simulator->context->system;
        signature->rules = g_array_new(false, false, sizeof(uint32_t));
        signature->staged = g_array_new(false, false, sizeof(uint32_t));
        find_rules(simulator, signature);
        g_hash_table_add(simulator->cache.signatures, signature);
        simulator->cache.n_bytes += ENTRY_BYTES
            + (key.n_numbers + signature->rules->len + signature->staged->len) * sizeof(uint32_t);
    }
    return signature;
}

static Counted *evaluate(VdiSimulator *simulator, const Signature *signature)
{
    const VdiSimulation *simulation = simulator->simulation;
    g_autofree VdiRuleInForce *rules = g_new0(VdiRuleInForce, signature->rules->len + 1);
    g_autofree uint32_t *places = g_new0(uint32_t, signature->rules->len + 1);
    g_autoptr(VdiFacts) facts =
        vdi_fleet_head_facts(&simulator->cursor, is_asked_or_number, simulation);
    Counted *counted = g_new0(Counted, 1);
    bool needs_clients = simulation->plan_asks_clients; /* there are many: it takes a while */

    for (guint i = 0; i < simulator->met->len; i++) {
        const VdiPackage *package = ((const Value *) simulator->met->pdata[i])->package;

        vdi_facts_add_package(facts, package->type, package->namespace, package->name,
            package->version, package->arch);
    }
    for (guint i = 0; i < signature->rules->len; i++) {
        uint32_t rule = g_array_index(signature->rules, uint32_t, i);

        rules[i] = simulation->rules[rule];
        places[i] = simulation->places[rule];
        needs_clients = needs_clients || simulation->asks_clients[rule];
    }
    if (needs_clients) {
        vdi_clients_derive(facts);
    }
    g_autoptr(VdiChange) change =
        vdi_plan_change(simulation->plan, facts, simulator->tally->touched);

    counted->outcome =
        vdi_outcome_new(rules, places, signature->rules->len, facts, change, simulation->now);
    simulator->cache.n_bytes += 3 * ENTRY_BYTES
        + (counted->outcome->unknown->len + counted->outcome->broken->len
              + counted->outcome->would_break->len)
            * sizeof(uint32_t)
        + counted->outcome->missing->len * ENTRY_BYTES;
    return counted;
}

/* By the machine's number. */
static char *choose(VdiSimulator *simulator, const GArray *staged)
{
    g_autoptr(VdiFacts) number = vdi_fleet_head_facts(&simulator->cursor, is_number, NULL);
    char *choice = g_malloc0(staged->len + 1);

    for (guint i = 0; i < staged->len; i++) {
        uint32_t rule = g_array_index(staged, uint32_t, i);
        bool is_in = vdi_rule_applies(
            simulator->simulation->rules[rule].rule, number, simulator->simulation->now);

        choice[i] = is_in ? '1' : '0';
    }
    return choice;
}

static Counted *find_choice(VdiSimulator *simulator, Signature *signature)
{
    g_autofree char *choice = choose(simulator, signature->staged);
    Counted *counted = NULL;

    if (signature->by_choice == NULL) {
        signature->by_choice =
            g_hash_table_new_full(g_str_hash, g_str_equal, NULL, vdi_simulator_counted_free);
    }
    counted = g_hash_table_lookup(signature->by_choice, choice);
    if (counted == NULL) {
        counted = evaluate(simulator, signature);
        g_hash_table_insert(signature->by_choice,
            (gpointer) vdi_simulator_cache_keep(&simulator->cache, choice, signature->staged->len),
            counted);
    }
    return counted;
}

static void count_caches(VdiSimulator *simulator)
{
    GHashTableIter iter, choices;
    gpointer key = NULL, value = NULL;

    g_hash_table_iter_init(&iter, simulator->cache.signatures);
    while (g_hash_table_iter_next(&iter, &key, NULL)) {
        const Signature *signature = key;

        if (signature->sole != NULL) {
            vdi_tally_add(simulator->tally, signature->sole->outcome, signature->system->shown,
                signature->sole->n);
        }
        if (signature->by_choice == NULL) {
            continue;
        }
        g_hash_table_iter_init(&choices, signature->by_choice);
        while (g_hash_table_iter_next(&choices, NULL, &value)) {
            const Counted *counted = value;

            vdi_tally_add(simulator->tally, counted->outcome, signature->system->shown, counted->n);
        }
    }
    vdi_simulator_cache_clear(&simulator->cache);
    vdi_simulator_cache_init(&simulator->cache);
}

static void finish_machine(VdiSimulator *simulator)
{
    Signature *signature = find_signature(simulator);

    simulator->tally->unnumbered += simulator->is_unnumbered;
    if (signature->staged->len > 0) {
        find_choice(simulator, signature)->n++;
    } else {
        if (signature->sole == NULL) {
            signature->sole = evaluate(simulator, signature);
        }
        signature->sole->n++;
    }
}

size_t vdi_simulator_take(
    VdiSimulator *simulator, const char *text, size_t size, bool is_cut, GArray *mistakes)
{
    VdiFleetCursor *cursor = &simulator->cursor;
    VdiFleetStep step = VDI_FLEET_END;

    vdi_fleet_cursor_reset(cursor, text, size, is_cut);
    while ((step = vdi_fleet_next(cursor)) != VDI_FLEET_END) {
        switch (step) {
        case VDI_FLEET_LINE:
            take_package(simulator);
            break;
        case VDI_FLEET_HEAD:
            /* Here, because what is met of machines that turn out unreadable counts as well. */
            if (simulator->cache.n_bytes > CACHE_BYTES) {
                count_caches(simulator);
            }
            begin_machine(simulator);
            break;
        case VDI_FLEET_WHOLE:
            finish_machine(simulator);
            break;
        case VDI_FLEET_UNREADABLE: {
            const VdiSimulatorMistake mistake = {cursor->mistake_line, cursor->mistake};

            g_array_append_val(mistakes, mistake);
            break;
        }
        case VDI_FLEET_END:
            break;
        }
    }
    return cursor->line;
}

void vdi_simulator_count(VdiSimulator *simulator, VdiTally *tally)
{
    count_caches(simulator);
    vdi_tally_add_tally(tally, simulator->tally);
    vdi_tally_free(simulator->tally);
    simulator->tally = vdi_tally_new(simulator->simulation->n_manifest_rules);
}
