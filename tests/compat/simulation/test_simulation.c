/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>

#include "base/file.h"
#include "compat/inventory/fleet_facts.h"
#include "compat/simulation/simulation_run.h"
#include "tests/compat/rules/rules_support.h"
#include "tests/support/check.h"

enum { NOW = 1793491200 }; /* 2026-11-01 */

/* ---- random machines, rules and updates, of few words, so that they meet ---- */

static const char *const names[] = {"libssl3", "openssl", "remmina", "libfreerdp3-3", "freerdp",
    "lib%2B", "x", "y", "zoom%20client"};
static const char *const versions[] = {
    "1.0", "1.1-1", "2:1.1", "1.2~rc1", "2.0", "2.1+dfsg-3", "-", "not%20one"};
static const char *const systems[] = {"os=debian version=12", "os=debian version=13",
    "os=ubuntu version=24.04 like=debian", "os=fedora version=41", "os=arch", "version=7",
    "os=linuxmint like=ubuntu like=debian", "os=windows version=10.0 type=generic", ""};
static const char *const further[] = {"arch=amd64", "arch=arm64", "kernel=6.1.0-25-amd64",
    "kernel=6.12", "build=26100.7623", "build=22631", "engine=3.5.1", "setting:fips=on",
    "setting:fips", "setting:proxy=none", "update=KB1", "update=KB2", "updates=whole",
    "settings=whole", "library=libssl.so.3", "library=libssl.so.1.1", "client:remmina=1.4",
    "client:remmina", "client:horizon-client=2406", "clients=whole", "peer:rdp-security=nla",
    "packages=unknown", "machine=0123", "machine=4567", "machine=89ab", "type=rpm/fedora"};

#define PICK(random, list) ((list)[g_rand_int_range((random), 0, (gint32) G_N_ELEMENTS(list))])

static bool chance(GRand *random, int percent)
{
    return g_rand_int_range(random, 0, 100) < percent;
}

static void append_machine(GRand *random, GString *out, int number)
{
    g_string_append_printf(out, "@ m%d %s", number, PICK(random, systems));
    g_strchomp(out->str);
    g_string_set_size(out, strlen(out->str));
    for (size_t i = 0; i < G_N_ELEMENTS(further); i++) {
        if (chance(random, 12)) {
            g_string_append_printf(out, " %s", further[i]);
        }
    }
    g_string_append_c(out, '\n');
    for (int i = g_rand_int_range(random, 0, 9); i > 0; i--) {
        static const char *const ends[] = {"", " amd64", " i386", " - deb/debian",
            " amd64 rpm/fedora", " - deb", " any alpm/arch", " - generic"};

        g_string_append_printf(
            out, "%s %s%s\n", PICK(random, names), PICK(random, versions), PICK(random, ends));
    }
}

static void append_range(GRand *random, GString *out, const char *type)
{
    static const char *const ranges[] = {"<1.1", ">=1.1|<2.0", ">=2.0", "!=1.0", "1.0", "*"};

    g_string_append_printf(out, "'version': 'vers:%s/%s'", type, PICK(random, ranges));
}

static void append_package(GRand *random, GString *out)
{
    static const char *const purls[] = {"deb/debian/libssl3", "deb/ubuntu/libssl3",
        "deb/debian/openssl", "rpm/fedora/openssl", "alpm/arch/x", "generic/zoom%20client",
        "deb/debian/remmina", "deb/debian/libfreerdp3-3", "deb/debian/lib%2B",
        "deb/debian/y?arch=amd64", "deb/debian/y?distro=debian-12", "rpm/fedora/freerdp"};
    const char *purl = PICK(random, purls);
    const char *type = purl[0] == 'd' ? "deb"
        : purl[0] == 'r'              ? "rpm"
        : purl[0] == 'a'              ? "alpm"
                                      : "generic";

    g_string_append_printf(out, "{'package': {'purl': 'pkg:%s', ", purl);
    append_range(random, out, type);
    g_string_append(out, "}}");
}

static void append_fact(GRand *random, GString *out)
{
    static const char *const plain[] = {"{'os': {'id': 'debian'}}",
        "{'os': {'id': 'ubuntu', 'version': 'vers:generic/>=24'}}", "{'arch': 'amd64'}",
        "{'kernel': {'version': 'vers:deb/<6.2'}}", "{'update': 'KB1'}", "{'update': 'KB3'}",
        "{'build': {'version': 'vers:generic/>=26100.7623'}}",
        "{'engine': {'version': 'vers:generic/<3.6'}}", "{'library': {'soname': 'libssl.so.3'}}",
        "{'client': {'id': 'remmina', 'version': 'vers:generic/<2.0'}}",
        "{'client': {'id': 'horizon-client', 'version': 'vers:generic/<2500'}}",
        "{'client': {'id': 'unheard-of', 'version': 'vers:generic/<1'}}",
        "{'setting': {'key': 'fips'}}", "{'setting': {'key': 'fips', 'value': 'on'}}",
        "{'peer': {'key': 'rdp-security', 'value': 'nla'}}"};

    if (chance(random, 55)) {
        append_package(random, out);
    } else {
        g_string_append(out, PICK(random, plain));
    }
}

static void append_condition(GRand *random, GString *out, int depth)
{
    int what = depth > 2 ? 0 : g_rand_int_range(random, 0, 6);

    if (what < 3) {
        append_fact(random, out);
    } else if (what == 3) {
        g_string_append(out, "{'not': ");
        append_condition(random, out, depth + 1);
        g_string_append_c(out, '}');
    } else {
        g_string_append(out, what == 4 ? "{'all': [" : "{'any': [");
        for (int i = g_rand_int_range(random, 1, 4); i > 0; i--) {
            append_condition(random, out, depth + 1);
            g_string_append(out, i > 1 ? ", " : "]}");
        }
    }
}

static VdiManifest *random_manifest(GRand *random)
{
    g_autoptr(GString) out = g_string_new(NULL);
    static const char *const effects[] = {"block", "block", "advise", "info"};
    static const char *const ends[] = {"2027-01-01T00:00:00Z", "2026-10-01T00:00:00Z"};
    int n = g_rand_int_range(random, 1, 14);

    for (int i = 0; i < n; i++) {
        g_string_append_printf(out,
            "%s{'id': 'R%d', 'effect': '%s', 'title': {'en': 'T'}, 'message': {'en': 'M'}, "
            "'expires': '%s', ",
            i > 0 ? ", " : "", i, PICK(random, effects), ends[chance(random, 8)]);
        if (chance(random, 20)) {
            g_string_append_printf(
                out, "'rollout': {'percent': %d}, ", g_rand_int_range(random, 1, 100));
        }
        if (i > 0 && chance(random, 8)) {
            g_string_append_printf(out, "'supersedes': ['R%d'], ", i - 1);
        }
        g_string_append(out, "'when': ");
        append_condition(random, out, 0);
        g_string_append_c(out, '}');
    }
    return manifest_of_rules(out->str);
}

static VdiPlan *random_plan(GRand *random)
{
    static const char *const words[] = {"libssl3=1.1-1", "libssl3=2.0", "openssl=2:1.1",
        "remmina=2.1", "libfreerdp3-3=3.6.0", "freerdp=3.6", "x=2.0", "y=1.1-1", "KB1", "KB3",
        "RHSA-1", "windows=26100.8000", "client:remmina=2.0", "client:horizon-client=2600",
        "pkg:deb/debian/libssl3@1.1-1", "nobody=1", "+pkg:deb/debian/libssl3@1.1-1",
        "+pkg:deb/ubuntu/libfreerdp3-3@3.6.0", "+pkg:rpm/fedora/freerdp@3.6",
        "+pkg:deb/debian/remmina@2.1"};
    VdiPlan *plan = vdi_plan_new();

    for (int i = g_rand_int_range(random, 0, 7); i > 0; i--) {
        CHECK(vdi_plan_add(plan, PICK(random, words), NULL));
    }
    return plan;
}

/* ---- the same, one machine at a time, with all its facts and every rule ---- */

typedef struct {
    const VdiManifest *manifest;
    VdiRuleInForce *rules;
    size_t n_rules;
    VdiTally *tally;
} Plain;

static void count_finding(const Plain *plain, const VdiFinding *finding, bool by_change, bool held,
    bool *is_unknown, GHashTable *missing)
{
    VdiRuleTotals *totals = &plain->tally->rules[finding->rule->number];

    if (finding->truth == VDI_TRUTH_TRUE) {
        totals->broken += !by_change;
        totals->would_break += by_change;
        totals->held += by_change && held && finding->effect == VDI_EFFECT_BLOCK;
        return;
    }
    totals->unknown += !is_unknown[finding->rule->number];
    is_unknown[finding->rule->number] = true;
    for (size_t i = 0; finding->unknowns != NULL && finding->unknowns[i] != NULL; i++) {
        g_hash_table_add(missing, g_strdup(finding->unknowns[i]));
    }
}

static void add_one(GHashTable *table, const char *key)
{
    uint64_t *n = g_hash_table_lookup(table, key);

    if (n == NULL) {
        n = g_new0(uint64_t, 1);
        g_hash_table_insert(table, g_strdup(key), n);
    }
    (*n)++;
}

static void count_hold(const Plain *plain, const VdiChange *change, const VdiHoldSet *set)
{
    g_autoptr(GHashTable) held = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    GHashTableIter iter;
    gpointer key = NULL;

    for (size_t i = 0; i < vdi_change_n_items(change); i++) {
        const VdiChangeItem *item = vdi_change_item(change, i);

        if (set->held[i]) {
            g_hash_table_add(held,
                strcmp(item->type, "update") == 0 ? g_strdup(item->name)
                                                  : g_strjoin(" ", item->name, item->after, NULL));
        }
    }
    g_hash_table_iter_init(&iter, held);
    while (g_hash_table_iter_next(&iter, &key, NULL)) {
        add_one(plain->tally->holds, key);
    }
}

static VdiTotals *system_totals(const Plain *plain, const VdiFacts *facts)
{
    const char *id = vdi_facts_get(facts, VDI_FACT_OS_ID);
    const char *version = vdi_facts_get(facts, VDI_FACT_OS_VERSION);
    g_autofree char *name = g_strjoin(" ", id != NULL ? id : "unknown", version, NULL);
    VdiTotals *totals = g_hash_table_lookup(plain->tally->systems, name);

    if (totals == NULL) {
        totals = g_new0(VdiTotals, 1);
        g_hash_table_insert(plain->tally->systems, g_steal_pointer(&name), totals);
    }
    return totals;
}

static void count_machine(const Plain *plain, const VdiPlan *plan, const VdiFacts *facts)
{
    g_autoptr(VdiVerdict) now = vdi_evaluate(plain->rules, plain->n_rules, facts, NOW);
    g_autoptr(VdiChange) change = vdi_plan_change(plan, facts, NULL);
    g_autoptr(VdiVerdict) then =
        vdi_evaluate_change(plain->rules, plain->n_rules, facts, change, NULL, NOW);
    g_auto(VdiHoldSet) set = {0};
    g_autofree bool *is_unknown = g_new0(bool, plain->n_rules + 1);
    g_autoptr(GHashTable) missing = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    VdiTotals *both[] = {&plain->tally->all, system_totals(plain, facts)};
    bool would_break = vdi_verdict_effect(then) == VDI_EFFECT_BLOCK;
    bool any_true = false, any_unknown = false;

    vdi_evaluate_hold(plain->rules, plain->n_rules, facts, change, NULL, NOW, &set);
    bool held = would_break && set.is_enough && set.n_held > 0;

    for (guint i = 0; i < now->findings->len + then->findings->len; i++) {
        bool by_change = i >= now->findings->len;
        const VdiFinding *finding = by_change ? vdi_verdict_finding(then, i - now->findings->len)
                                              : vdi_verdict_finding(now, i);

        count_finding(plain, finding, by_change, held, is_unknown, missing);
        any_true = any_true || finding->truth == VDI_TRUTH_TRUE;
        any_unknown = any_unknown || finding->truth == VDI_TRUTH_UNKNOWN;
    }
    if (would_break) {
        count_hold(plain, change, &set);
    }
    GHashTableIter iter;
    gpointer key = NULL;

    g_hash_table_iter_init(&iter, missing);
    while (g_hash_table_iter_next(&iter, &key, NULL)) {
        add_one(plain->tally->missing, key);
    }
    for (size_t i = 0; i < G_N_ELEMENTS(both); i++) {
        both[i]->machines++;
        both[i]->broken += vdi_verdict_effect(now) == VDI_EFFECT_BLOCK;
        both[i]->advised += vdi_verdict_effect(now) == VDI_EFFECT_ADVISE;
        both[i]->would_break += would_break;
        both[i]->would_advise += vdi_verdict_effect(then) == VDI_EFFECT_ADVISE;
        both[i]->held += held;
        both[i]->unknown += any_unknown;
        both[i]->unconcerned += !any_true && !any_unknown;
    }
}

/* `machines`: of char *, each the text of one. */
static VdiTally *count_plainly(
    const VdiManifest *manifest, const VdiPlan *plan, const GPtrArray *machines)
{
    size_t n = vdi_manifest_n_rules(manifest);
    g_autofree VdiRuleInForce *rules = g_new0(VdiRuleInForce, n);
    VdiTally *tally = vdi_tally_new(n);
    const Plain plain = {manifest, rules, n, tally};

    for (size_t i = 0; i < n; i++) {
        const VdiRule *rule = vdi_manifest_rule(manifest, i);

        rules[i] = (VdiRuleInForce){.organisation = "test", .rule = rule, .effect = rule->effect};
    }
    for (guint i = 0; i < machines->len; i++) {
        const char *text = g_ptr_array_index(machines, i);
        g_autoptr(GBytes) bytes = g_bytes_new_static(text, strlen(text));
        g_autofree char *name = NULL;
        g_autoptr(VdiFacts) facts = vdi_fleet_read(bytes, &name, NULL);

        if (facts != NULL) {
            count_machine(&plain, plan, facts);
        } else {
            tally->unreadable++;
        }
    }
    return tally;
}

/* ---- the comparison ---- */

static char *print_totals(const VdiTotals *totals)
{
    return g_strdup_printf("%d machines, broken %d advised %d, would %d held %d advise %d, "
                           "unknown %d, unconcerned %d",
        (int) totals->machines, (int) totals->broken, (int) totals->advised,
        (int) totals->would_break, (int) totals->held, (int) totals->would_advise,
        (int) totals->unknown, (int) totals->unconcerned);
}

static void append_table(GString *out, GHashTable *table, bool is_of_totals)
{
    g_autoptr(GList) keys = g_list_sort(g_hash_table_get_keys(table), (GCompareFunc) strcmp);

    for (const GList *key = keys; key != NULL; key = key->next) {
        gpointer value = g_hash_table_lookup(table, key->data);
        g_autofree char *text =
            is_of_totals ? print_totals(value) : g_strdup_printf("%d", (int) *(uint64_t *) value);

        g_string_append_printf(out, "%s: %s\n", (const char *) key->data, text);
    }
}

static char *print_tally(const VdiTally *tally)
{
    g_autofree char *all = print_totals(&tally->all);
    GString *out = g_string_new(all);

    g_string_append_printf(out, ", unreadable %d\n", (int) tally->unreadable);
    for (size_t i = 0; i < tally->n_rules; i++) {
        g_string_append_printf(out, "R%zu: %d %d %d %d\n", i, (int) tally->rules[i].broken,
            (int) tally->rules[i].would_break, (int) tally->rules[i].held,
            (int) tally->rules[i].unknown);
    }
    append_table(out, tally->systems, true);
    append_table(out, tally->holds, false);
    append_table(out, tally->missing, false);
    return g_string_free(out, false);
}

static char *simulate(
    const VdiManifest *manifest, const VdiPlan *plan, const char *path, unsigned threads)
{
    const char *paths[] = {path, NULL};
    g_autoptr(VdiFleetStream) stream = vdi_fleet_stream_open(paths, NULL);
    g_autoptr(VdiSimulation) simulation = vdi_simulation_new(manifest, plan, NOW);
    g_autoptr(VdiTally) tally = vdi_tally_new(vdi_manifest_n_rules(manifest));

    g_ptr_array_unref(vdi_simulation_run(simulation, stream, threads, tally, NULL, NULL));
    return print_tally(tally);
}

static char *write_fleet(const char *text, size_t size)
{
    char *path = g_build_filename(test_folder(), "fleet", NULL);
    g_autoptr(GBytes) bytes = g_bytes_new(text, size);

    CHECK(vdi_file_write(path, bytes, 0644, NULL));
    return path;
}

static bool compare_on_one_fleet(guint32 seed)
{
    g_autoptr(GRand) random = g_rand_new_with_seed(seed);
    g_autoptr(VdiManifest) manifest = random_manifest(random);
    g_autoptr(VdiPlan) plan = random_plan(random);
    g_autoptr(GPtrArray) machines = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GString) fleet = g_string_new(NULL);

    for (int i = 0; i < 60; i++) {
        g_autoptr(GString) machine = g_string_new(NULL);

        append_machine(random, machine, i);
        g_string_append(fleet, machine->str);
        g_ptr_array_add(machines, g_strdup(machine->str));
    }
    g_autofree char *path = write_fleet(fleet->str, fleet->len);
    g_autoptr(VdiTally) tally = count_plainly(manifest, plan, machines);
    g_autofree char *due = print_tally(tally);
    g_autofree char *one = simulate(manifest, plan, path, 1);
    g_autofree char *many = simulate(manifest, plan, path, 3);

    return CHECK_TEXT(one, due) && CHECK_TEXT(many, due);
}

static guint32 number_of_fleets(void)
{
    const char *wanted = g_getenv("VDI_TEST_FLEETS");
    guint64 n = 0;

    return wanted != NULL && g_ascii_string_to_unsigned(wanted, 10, 1, 10000000, &n, NULL)
        ? (guint32) n
        : 150;
}

static void the_same_as_every_rule_on_all_facts(void)
{
    guint32 n = number_of_fleets();

    for (guint32 seed = 1; seed <= n; seed++) {
        if (!compare_on_one_fleet(seed)) {
            printf("seed %u\n", seed);
            return;
        }
    }
}

/* More versions than a simulator remembers at once. */
static void what_was_forgotten_is_counted(void)
{
    enum { MACHINES = 6, PACKAGES = 60000 };
    g_autoptr(VdiManifest) manifest =
        manifest_of_rules("{'id': 'R0', 'effect': 'block', 'title': {'en': 'T'}, 'message': {'en': "
                          "'M'}, 'expires': '2027-01-01T00:00:00Z', 'when': {'package': {'purl': "
                          "'pkg:deb/debian/x', 'version': 'vers:deb/3-123456|3-234567'}}}");
    g_autoptr(VdiPlan) plan = vdi_plan_new();
    g_autoptr(GPtrArray) machines = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GString) fleet = g_string_new(NULL);

    for (int i = 0; i < MACHINES; i++) {
        g_autoptr(GString) machine = g_string_new(NULL);

        g_string_append_printf(machine, "@ m%d os=debian version=%d\n", i, i % 2);
        for (int k = 0; k < PACKAGES; k++) {
            g_string_append_printf(machine, "x 3-%d\n", i * PACKAGES + k);
        }
        g_string_append(fleet, machine->str);
        g_ptr_array_add(machines, g_strdup(machine->str));
    }
    g_autofree char *path = write_fleet(fleet->str, fleet->len);
    g_autoptr(VdiTally) tally = count_plainly(manifest, plan, machines);
    g_autofree char *due = print_tally(tally);
    g_autofree char *one = simulate(manifest, plan, path, 1);

    CHECK_INT(tally->all.broken, 2);
    CHECK_TEXT(one, due);
}

static long peak_kib(void)
{
    struct rusage usage;

    return getrusage(RUSAGE_SELF, &usage) == 0 ? usage.ru_maxrss : 0;
}

/* What was met of them is forgotten as well. */
static void machines_that_are_cut_off_fill_no_memory(void)
{
    enum { MACHINES = 20, PACKAGES = 60000, MORE_KIB = 100 * 1024 };
    g_autoptr(VdiManifest) manifest = manifest_of_condition(
        "{'package': {'purl': 'pkg:deb/debian/x', 'version': 'vers:deb/1'}}", NULL);
    g_autoptr(VdiPlan) plan = vdi_plan_new();
    g_autoptr(VdiSimulation) simulation = vdi_simulation_new(manifest, plan, NOW);
    g_autoptr(VdiTally) tally = vdi_tally_new(1);
    g_autoptr(GString) fleet = g_string_new(NULL);

    for (int i = 0; i < MACHINES; i++) {
        g_string_append_printf(fleet, "@ m%d os=debian packages=%d\n", i, PACKAGES + 1);
        for (int k = 0; k < PACKAGES; k++) {
            g_string_append_printf(fleet, "x 3-%d\n", i * PACKAGES + k);
        }
    }
    g_autofree char *path = write_fleet(fleet->str, fleet->len);
    const char *paths[] = {path, NULL};
    g_autoptr(VdiFleetStream) stream = vdi_fleet_stream_open(paths, NULL);
    long before = peak_kib();

    g_ptr_array_unref(vdi_simulation_run(simulation, stream, 1, tally, NULL, NULL));
    CHECK_INT(tally->unreadable, MACHINES);
    CHECK(TEST_IS_SANITIZED || peak_kib() - before < MORE_KIB);
}

static void mistakes_are_said_in_the_order_of_the_files(void)
{
    g_autoptr(VdiManifest) manifest = manifest_of_rules("");
    g_autoptr(VdiPlan) plan = vdi_plan_new();
    g_autoptr(VdiSimulation) simulation = vdi_simulation_new(manifest, plan, NOW);
    g_autoptr(GString) fleet = g_string_new(NULL);
    g_autoptr(GString) due = g_string_new(NULL);
    g_autoptr(GRand) random = g_rand_new_with_seed(1);
    int n_lines = 0;

    for (int i = 0; i < 30; i++) {
        int n = g_rand_int_range(random, 1, 20000);

        g_string_append_printf(fleet, "@ m%d os=debian\n", i);
        for (int k = 0; k < n; k++) {
            g_string_append(fleet, "package-of-some-length 1.0-1 amd64\n");
        }
        g_string_append(fleet, "mistake\nnot read\n");
        n_lines += n + 3;
        if (i < VDI_SIMULATION_MISTAKES_MAX) {
            g_string_append_printf(due, "line %d\n", n_lines - 1);
        }
    }
    g_autofree char *path = write_fleet(fleet->str, fleet->len);
    const char *paths[] = {path, NULL};
    g_autoptr(VdiFleetStream) stream = vdi_fleet_stream_open(paths, NULL);
    g_autoptr(VdiTally) tally = vdi_tally_new(0);
    g_autoptr(GPtrArray) sentences = vdi_simulation_run(simulation, stream, 3, tally, NULL, NULL);
    g_autoptr(GString) said = g_string_new(NULL);

    for (guint i = 0; i < sentences->len; i++) {
        const char *line = strstr(g_ptr_array_index(sentences, i), "line ");
        const char *colon = line != NULL ? strchr(line, ':') : NULL;

        g_string_append_printf(said, "%.*s\n", colon != NULL ? (int) (colon - line) : 0, line);
    }
    CHECK_TEXT(said->str, due->str);
    CHECK_INT(tally->unreadable, 30);
    CHECK_INT(tally->all.machines, 0);
}

const Test tests[] = {
    /* First: it looks at the most that this program ever took. */
    {"machines that are cut off fill no memory", machines_that_are_cut_off_fill_no_memory},
    {"says the same as every rule on all facts of each machine",
        the_same_as_every_rule_on_all_facts},
    {"what was forgotten is counted", what_was_forgotten_is_counted},
    {"mistakes are said in the order of the files", mistakes_are_said_in_the_order_of_the_files},
    TEST_END,
};
