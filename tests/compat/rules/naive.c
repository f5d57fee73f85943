/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/compat/rules/naive.h"

const char *const naive_types[NAIVE_TYPES] = {"deb", "rpm"};
const char *const naive_distributors[NAIVE_TYPES] = {"debian", "fedora"};
const char *const naive_names[NAIVE_NAMES] = {"a", "b", "c", "d"};
const char *const naive_archs[NAIVE_ARCHS] = {"amd64", "i386"};
const char *const naive_updates[NAIVE_UPDATES] = {"KB1", "KB2", "KB3"};
const char *const naive_clients[NAIVE_CLIENTS] = {"view", "citrix", "vigie"};

/* ---- ranges: a form, and two numbers of which `from` is the smaller ---- */

static const char *const range_forms[] = {
    "F", "<F", "<=F", ">F", ">=F", ">=F|<T", ">F|<=T", "<F|>=T", "F|>T", ">=F|!=T", "!=F|<=T"};

static NaiveTruth in_range(const NaiveCondition *fact, int version)
{
    int from = fact->from, to = fact->to;
    bool is_in[] = {version == from, version<from, version <= from, version> from, version >= from,
        version >= from && version<to, version> from && version <= to,
        version < from || version >= to, version == from || version > to,
        version >= from && version != to, version != from && version <= to};

    if (version == NAIVE_UNKNOWN) {
        return NAIVE_MAYBE;
    }
    return is_in[fact->range] ? NAIVE_TRUE : NAIVE_FALSE;
}

/* Absent is false, not unknown. */
static NaiveTruth there_in_range(const NaiveCondition *fact, int version)
{
    return version == NAIVE_ABSENT ? NAIVE_FALSE : in_range(fact, version);
}

static void write_range(const NaiveCondition *fact, const char *scheme, GString *out)
{
    g_string_append_printf(out, "'version': 'vers:%s/", scheme);
    for (const char *c = range_forms[fact->range]; *c != '\0'; c++) {
        if (*c == 'F' || *c == 'T') {
            g_string_append_printf(out, "%d", *c == 'F' ? fact->from : fact->to);
        } else {
            g_string_append_c(out, *c);
        }
    }
    g_string_append(out, "'");
}

/* ---- conditions ---- */

static void random_fact(GRand *random, NaiveCondition *fact)
{
    static const NaiveKind kinds[] = {NAIVE_IS_PACKAGE, NAIVE_IS_PACKAGE, NAIVE_IS_PACKAGE,
        NAIVE_IS_PACKAGE, NAIVE_IS_PACKAGE, NAIVE_IS_PACKAGE, NAIVE_IS_PACKAGE, NAIVE_IS_PACKAGE,
        NAIVE_IS_PACKAGE, NAIVE_IS_PACKAGE, NAIVE_IS_PACKAGE, NAIVE_IS_PACKAGE, NAIVE_IS_UPDATE,
        NAIVE_IS_UPDATE, NAIVE_IS_CLIENT, NAIVE_IS_CLIENT, NAIVE_IS_ENGINE, NAIVE_IS_BUILD,
        NAIVE_IS_KERNEL, NAIVE_IS_SETTING, NAIVE_IS_LIBRARY, NAIVE_IS_ARCH, NAIVE_IS_PEER};

    fact->kind = kinds[g_rand_int_range(random, 0, G_N_ELEMENTS(kinds))];
    fact->type = g_rand_int_range(random, 0, 10) == 0;
    fact->arch = g_rand_int_range(random, -10, NAIVE_ARCHS);
    fact->arch = MAX(fact->arch, -1);
    fact->range = g_rand_int_range(random, 0, G_N_ELEMENTS(range_forms));
    fact->from = g_rand_int_range(random, 2, 5);
    fact->to = g_rand_int_range(random, fact->from + 1, 6);
    fact->name = g_rand_int_range(random, 0,
        fact->kind == NAIVE_IS_PACKAGE       ? NAIVE_NAMES
            : fact->kind == NAIVE_IS_UPDATE  ? NAIVE_UPDATES
            : fact->kind == NAIVE_IS_CLIENT  ? NAIVE_CLIENTS
            : fact->kind == NAIVE_IS_ARCH    ? NAIVE_ARCHS
            : fact->kind == NAIVE_IS_SETTING ? 3
                                             : 1);
}

NaiveCondition *naive_random(GRand *random, int depth, int *n_facts)
{
    NaiveCondition *condition = g_new0(NaiveCondition, 1);
    int dice = depth >= 4 ? 0 : g_rand_int_range(random, 0, 10);

    if (dice < 4) {
        random_fact(random, condition);
        condition->number = (*n_facts)++;
        return condition;
    }
    condition->kind = dice == 4 ? NAIVE_NOT : dice < 7 ? NAIVE_ALL : NAIVE_ANY;
    condition->n_parts = dice == 4 ? 1 : g_rand_int_range(random, 1, NAIVE_PARTS_MAX + 1);
    for (int i = 0; i < condition->n_parts; i++) {
        condition->parts[i] = naive_random(random, depth + 1, n_facts);
    }
    return condition;
}

void naive_free(NaiveCondition *condition)
{
    for (int i = 0; i < condition->n_parts; i++) {
        naive_free(condition->parts[i]);
    }
    g_free(condition);
}

static void write_package(const NaiveCondition *fact, GString *out)
{
    g_string_append_printf(out, "{'package': {'purl': 'pkg:%s/%s/%s", naive_types[fact->type],
        naive_distributors[fact->type], naive_names[fact->name]);
    if (fact->arch >= 0) {
        g_string_append_printf(out, "?arch=%s", naive_archs[fact->arch]);
    }
    g_string_append(out, "', ");
    write_range(fact, naive_types[fact->type], out);
    g_string_append(out, "}}");
}

static void write_ranged(const NaiveCondition *fact, const char *kind, GString *out)
{
    g_string_append_printf(out, "{'%s': {", kind);
    if (fact->kind == NAIVE_IS_CLIENT) {
        g_string_append_printf(out, "'id': '%s', ", naive_clients[fact->name]);
    }
    write_range(fact, "generic", out);
    g_string_append(out, "}}");
}

static void write_operator(const NaiveCondition *condition, GString *out)
{
    static const char *const words[] = {"{'all': [", "{'any': [", "{'not': "};

    g_string_append(out, words[condition->kind]);
    for (int i = 0; i < condition->n_parts; i++) {
        g_string_append(out, i > 0 ? ", " : "");
        naive_write(condition->parts[i], out);
    }
    g_string_append(out, condition->kind == NAIVE_NOT ? "}" : "]}");
}

void naive_write(const NaiveCondition *condition, GString *out)
{
    static const char *const settings[] = {"{'setting': {'key': 'mode'}}",
        "{'setting': {'key': 'mode', 'value': 'on'}}",
        "{'setting': {'key': 'mode', 'value': 'off'}}"};

    switch (condition->kind) {
    case NAIVE_ALL:
    case NAIVE_ANY:
    case NAIVE_NOT:
        write_operator(condition, out);
        return;
    case NAIVE_IS_PACKAGE:
        write_package(condition, out);
        return;
    case NAIVE_IS_UPDATE:
        g_string_append_printf(out, "{'update': '%s'}", naive_updates[condition->name]);
        return;
    case NAIVE_IS_CLIENT:
        write_ranged(condition, "client", out);
        return;
    case NAIVE_IS_ENGINE:
        write_ranged(condition, "engine", out);
        return;
    case NAIVE_IS_BUILD:
        write_ranged(condition, "build", out);
        return;
    case NAIVE_IS_KERNEL:
        write_ranged(condition, "kernel", out);
        return;
    case NAIVE_IS_SETTING:
        g_string_append(out, settings[condition->name]);
        return;
    case NAIVE_IS_LIBRARY:
        g_string_append(out, "{'library': {'soname': 'libssl.so.3'}}");
        return;
    case NAIVE_IS_ARCH:
        g_string_append_printf(out, "{'arch': '%s'}", naive_archs[condition->name]);
        return;
    case NAIVE_IS_PEER:
        g_string_append(out, "{'peer': {'key': 'rdp-security', 'value': 'nla'}}");
        return;
    case NAIVE_N_KINDS:
        break;
    }
    g_assert_not_reached();
}

/* ---- truth ---- */

static NaiveTruth is_there(int known)
{
    return known == NAIVE_UNKNOWN ? NAIVE_MAYBE : known != NAIVE_ABSENT ? NAIVE_TRUE : NAIVE_FALSE;
}

static NaiveTruth package_truth(const NaiveCondition *fact, const NaiveMachine *machine)
{
    bool is_maybe = !machine->packages_known;

    for (size_t i = 0; i < machine->n_packages; i++) {
        const NaivePackage *package = &machine->packages[i];

        if (package->type == fact->type && package->name == fact->name
            && (fact->arch < 0 || fact->arch == package->arch)) {
            NaiveTruth truth = in_range(fact, package->version);

            if (truth == NAIVE_TRUE) {
                return NAIVE_TRUE;
            }
            is_maybe = is_maybe || truth == NAIVE_MAYBE;
        }
    }
    return is_maybe ? NAIVE_MAYBE : NAIVE_FALSE;
}

static NaiveTruth setting_truth(const NaiveCondition *fact, const NaiveMachine *machine)
{
    NaiveTruth is_set = is_there(machine->setting);

    if (is_set != NAIVE_TRUE || fact->name == 0) {
        return is_set;
    }
    return machine->setting == fact->name ? NAIVE_TRUE : NAIVE_FALSE;
}

static NaiveTruth fact_truth(const NaiveCondition *fact, const NaiveMachine *machine)
{
    switch (fact->kind) {
    case NAIVE_IS_PACKAGE:
        return package_truth(fact, machine);
    case NAIVE_IS_UPDATE:
        return is_there(machine->updates[fact->name]);
    case NAIVE_IS_CLIENT:
        return there_in_range(fact, machine->clients[fact->name]);
    case NAIVE_IS_ENGINE:
        return in_range(fact, machine->engine);
    case NAIVE_IS_BUILD:
        return in_range(fact, machine->build);
    case NAIVE_IS_KERNEL:
        return in_range(fact, machine->kernel);
    case NAIVE_IS_SETTING:
        return setting_truth(fact, machine);
    case NAIVE_IS_LIBRARY:
        return is_there(machine->library);
    case NAIVE_IS_ARCH:
        return fact->name == 0 ? NAIVE_TRUE : NAIVE_FALSE; /* every machine here is the first */
    default:
        return NAIVE_MAYBE; /* no peer has spoken */
    }
}

static NaiveTruth opposite(NaiveTruth truth)
{
    return truth == NAIVE_MAYBE ? NAIVE_MAYBE : truth == NAIVE_TRUE ? NAIVE_FALSE : NAIVE_TRUE;
}

NaiveTruth naive_evaluate(const NaiveCondition *condition, const NaiveMachine *machine, int turned)
{
    int n_of[3] = {0};

    if (condition->kind > NAIVE_NOT) {
        NaiveTruth truth = fact_truth(condition, machine);

        return condition->number == turned ? opposite(truth) : truth;
    }
    for (int i = 0; i < condition->n_parts; i++) {
        n_of[naive_evaluate(condition->parts[i], machine, turned)]++;
    }
    if (condition->kind == NAIVE_NOT) {
        return n_of[NAIVE_MAYBE] > 0 ? NAIVE_MAYBE
            : n_of[NAIVE_TRUE] > 0   ? NAIVE_FALSE
                                     : NAIVE_TRUE;
    }
    if (condition->kind == NAIVE_ALL) {
        return n_of[NAIVE_FALSE] > 0 ? NAIVE_FALSE
            : n_of[NAIVE_MAYBE] > 0  ? NAIVE_MAYBE
                                     : NAIVE_TRUE;
    }
    return n_of[NAIVE_TRUE] > 0 ? NAIVE_TRUE : n_of[NAIVE_MAYBE] > 0 ? NAIVE_MAYBE : NAIVE_FALSE;
}

/* ---- transactions ---- */

static bool comes_from(const NaiveMachine *machine, int client, const NaiveItem *item)
{
    return item->kind == NAIVE_PACKAGE && item->type == 0
        && machine->client_package[client] == item->name;
}

bool naive_looks_at(
    const NaiveCondition *condition, const NaiveMachine *machine, const NaiveItem *item)
{
    for (int i = 0; i < condition->n_parts; i++) {
        if (naive_looks_at(condition->parts[i], machine, item)) {
            return true;
        }
    }
    switch (condition->kind) {
    case NAIVE_IS_PACKAGE:
        return item->kind == NAIVE_PACKAGE && item->type == condition->type
            && item->name == condition->name;
    case NAIVE_IS_UPDATE:
        return item->kind == NAIVE_UPDATE && item->name == condition->name;
    case NAIVE_IS_CLIENT:
        return (item->kind == NAIVE_CLIENT && item->name == condition->name)
            || comes_from(machine, condition->name, item);
    case NAIVE_IS_ENGINE:
        return comes_from(machine, NAIVE_CLIENTS, item);
    case NAIVE_IS_BUILD:
        return item->kind == NAIVE_BUILD;
    default:
        return false;
    }
}

static void remove_package(NaiveMachine *machine, const NaiveItem *item)
{
    for (size_t i = 0; i < machine->n_packages; i++) {
        const NaivePackage *package = &machine->packages[i];

        if (package->type == item->type && package->name == item->name
            && package->arch == item->arch) {
            machine->packages[i] = machine->packages[--machine->n_packages];
            return;
        }
    }
}

/* The first architecture is the machine's own. */
static int version_of(const NaiveMachine *machine, int name)
{
    int version = NAIVE_ABSENT;
    int best_arch = NAIVE_ARCHS;

    for (size_t i = 0; i < machine->n_packages; i++) {
        const NaivePackage *package = &machine->packages[i];

        if (package->type == 0 && package->name == name && package->arch < best_arch) {
            best_arch = package->arch;
            version = package->version;
        }
    }
    return version;
}

static void apply_item(NaiveMachine *machine, const NaiveItem *item)
{
    switch (item->kind) {
    case NAIVE_PACKAGE:
        remove_package(machine, item);
        if (item->after != NAIVE_ABSENT) {
            machine->packages[machine->n_packages++] =
                (NaivePackage){item->type, item->name, item->arch, item->after};
        }
        return;
    case NAIVE_UPDATE:
        machine->updates[item->name] = item->after;
        return;
    case NAIVE_CLIENT:
        machine->clients[item->name] = item->after;
        return;
    case NAIVE_BUILD:
        machine->build = item->after;
        return;
    }
}

NaiveMachine naive_apply(
    const NaiveMachine *before, const NaiveItem *items, size_t n_items, unsigned held)
{
    NaiveMachine after = *before;

    for (size_t i = 0; i < n_items; i++) {
        if ((held >> i & 1) == 0) {
            apply_item(&after, &items[i]);
        }
    }
    for (size_t i = 0; i < n_items; i++) {
        for (int client = 0; client <= NAIVE_CLIENTS && (held >> i & 1) == 0; client++) {
            if (comes_from(before, client, &items[i])) {
                int version = version_of(&after, items[i].name);

                if (client < NAIVE_CLIENTS) {
                    after.clients[client] = version;
                } else {
                    after.engine = version == NAIVE_ABSENT ? NAIVE_UNKNOWN : version;
                }
            }
        }
    }
    return after;
}
