/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/compat/rules/world.h"

#include <string.h>

#include "tests/compat/rules/rules_support.h"

enum { SEED = 2482017 };

static bool chance(const World *world, int one_in)
{
    return g_rand_int_range(world->random, 0, one_in) == 0;
}

static int random_version(const World *world)
{
    return chance(world, 25) ? NAIVE_UNKNOWN : g_rand_int_range(world->random, 1, 4);
}

/* Up to `max`, or not there, or unknown. */
static int random_known(const World *world, int max)
{
    return chance(world, 5) ? NAIVE_UNKNOWN
                            : g_rand_int_range(world->random, NAIVE_ABSENT, max + 1);
}

static void make_machine(World *world)
{
    NaiveMachine *machine = &world->before;

    machine->packages_known = !chance(world, 20);
    for (int place = 0; place < NAIVE_TYPES * NAIVE_NAMES * NAIVE_ARCHS; place++) {
        if (!chance(world, 4)) {
            machine->packages[machine->n_packages++] =
                (NaivePackage){place % NAIVE_TYPES, place / NAIVE_TYPES % NAIVE_NAMES,
                    place / NAIVE_TYPES / NAIVE_NAMES, random_version(world)};
        }
    }
    for (int i = 0; i < NAIVE_UPDATES; i++) {
        machine->updates[i] = random_known(world, 1);
    }
    for (int i = 0; i < NAIVE_CLIENTS; i++) {
        machine->clients[i] = random_known(world, 2);
    }
    for (int i = 0; i <= NAIVE_CLIENTS; i++) {
        machine->client_package[i] = g_rand_int_range(world->random, -2, NAIVE_NAMES);
    }
    machine->engine = random_version(world);
    machine->build = random_version(world);
    machine->kernel = random_version(world);
    machine->setting = random_known(world, 2);
    machine->library = random_known(world, 1);
}

static bool is_same(const NaiveItem *a, const NaiveItem *b)
{
    return a->kind == b->kind && a->name == b->name && a->type == b->type && a->arch == b->arch;
}

static int installed_version(const NaiveMachine *machine, const NaiveItem *item)
{
    for (size_t i = 0; i < machine->n_packages; i++) {
        const NaivePackage *package = &machine->packages[i];

        if (package->type == item->type && package->name == item->name
            && package->arch == item->arch) {
            return package->version;
        }
    }
    return NAIVE_ABSENT;
}

static NaiveItem random_item(const World *world)
{
    GRand *random = world->random;
    int dice = g_rand_int_range(random, 0, 16);
    NaiveItem item = {.after = chance(world, 8) ? NAIVE_ABSENT : g_rand_int_range(random, 2, 6)};

    if (dice == 0) {
        item.kind = NAIVE_UPDATE;
        item.name = g_rand_int_range(random, 0, NAIVE_UPDATES);
        item.after = MIN(item.after, 1);
        item.before = 1 - item.after;
    } else if (dice == 1) {
        item.kind = NAIVE_CLIENT;
        item.name = g_rand_int_range(random, 0, NAIVE_CLIENTS);
        item.before = 1;
    } else if (dice == 2) {
        item.kind = NAIVE_BUILD;
        item.before = 1;
        item.after = MAX(item.after, 1);
    } else {
        item.kind = NAIVE_PACKAGE;
        item.type = g_rand_int_range(random, 0, 6) == 0;
        item.name = g_rand_int_range(random, 0, NAIVE_NAMES);
        item.arch = g_rand_int_range(random, 0, NAIVE_ARCHS);
        item.before = installed_version(&world->before, &item);
    }
    item.is_security = chance(world, 3);
    item.is_never_held = chance(world, 10);
    return item;
}

static bool is_new(const World *world, const NaiveItem *item)
{
    for (size_t i = 0; i < world->n_items; i++) {
        if (is_same(&world->items[i], item)) {
            return false;
        }
    }
    return item->before != NAIVE_ABSENT || item->after != NAIVE_ABSENT;
}

const char *world_item_type(const NaiveItem *item)
{
    static const char *const words[] = {NULL, "update", "client", "build"};

    return item->kind == NAIVE_PACKAGE ? naive_types[item->type] : words[item->kind];
}

const char *world_item_name(const NaiveItem *item)
{
    switch (item->kind) {
    case NAIVE_PACKAGE:
        return naive_names[item->name];
    case NAIVE_UPDATE:
        return naive_updates[item->name];
    case NAIVE_CLIENT:
        return naive_clients[item->name];
    case NAIVE_BUILD:
        return "windows";
    }
    g_assert_not_reached();
}

static const char *item_arch(const NaiveItem *item)
{
    return item->kind == NAIVE_PACKAGE ? naive_archs[item->arch] : NULL;
}

static void make_items(World *world)
{
    size_t wanted = (size_t) g_rand_int_range(world->random, 3, NAIVE_ITEMS_MAX + 1);

    while (world->n_items < wanted) {
        NaiveItem item = random_item(world);

        if (is_new(world, &item)) {
            world->items[world->n_items++] = item;
        }
    }
    for (size_t i = 0; i < world->n_items; i++) {
        for (size_t k = 0; k < world->n_items; k++) {
            const NaiveItem *a = &world->items[i], *b = &world->items[k];
            int order = strcmp(world_item_name(b), world_item_name(a));

            order = order != 0 ? order : strcmp(world_item_type(b), world_item_type(a));
            order = order != 0 ? order : g_strcmp0(item_arch(b), item_arch(a));
            world->rank[i] += order < 0;
        }
    }
}

static void make_rules(World *world)
{
    g_autoptr(GString) text = g_string_new(NULL);

    world->n_rules = (size_t) g_rand_int_range(world->random, 2, WORLD_RULES_MAX + 1);
    for (size_t i = 0; i < world->n_rules; i++) {
        bool is_expired = chance(world, 20), is_rolled_out = !chance(world, 20);
        int n_facts = 0;
        WorldRule *rule = &world->rules[i];

        rule->when = naive_random(world->random, 0, &n_facts);
        rule->blocks = !chance(world, 8);
        rule->applies = !is_expired && is_rolled_out;
        g_string_append_printf(text,
            "%s{'id': 'R%zu', 'effect': '%s', 'expires': '%s', 'rollout': {'percent': %d}, "
            "'title': {'en': 'T'}, 'message': {'en': 'M'}, 'when': ",
            i > 0 ? ", " : "", i, rule->blocks ? "block" : "advise",
            is_expired ? "2026-01-01T00:00:00Z" : "2027-01-01T00:00:00Z", is_rolled_out ? 100 : 0);
        naive_write(rule->when, text);
        g_string_append(text, "}");
    }
    world->manifest = manifest_of_rules(text->str);
}

/* ---- the same for compat/rules ---- */

/* NULL: not there. */
static const char *version_text(int version)
{
    static const char *const texts[] = {"no version at all", NULL, "1", "2", "3", "4", "5"};

    return texts[version + 1];
}

static void tell_packages(const NaiveMachine *machine, VdiFacts *facts)
{
    for (size_t i = 0; i < machine->n_packages; i++) {
        const NaivePackage *package = &machine->packages[i];

        vdi_facts_add_package(facts, naive_types[package->type], naive_distributors[package->type],
            naive_names[package->name], version_text(package->version), naive_archs[package->arch]);
    }
    if (machine->packages_known) {
        vdi_facts_set_packages_known(facts);
    }
}

/* What is unknown is not told. */
static void tell_rest(const NaiveMachine *machine, VdiFacts *facts)
{
    static const char *const settings[] = {NULL, "on", "off"};
    bool is_whole = true;

    for (int i = 0; i < NAIVE_UPDATES; i++) {
        is_whole = is_whole && machine->updates[i] != NAIVE_UNKNOWN;
    }
    for (int i = 0; i < NAIVE_UPDATES; i++) {
        if (machine->updates[i] == 1) {
            vdi_facts_add_update(facts, naive_updates[i]);
        }
    }
    if (is_whole) {
        vdi_facts_set_updates_known(facts);
    }
    for (int i = 0; i < NAIVE_CLIENTS; i++) {
        if (machine->clients[i] != NAIVE_UNKNOWN) {
            vdi_facts_set_client(facts, naive_clients[i], version_text(machine->clients[i]));
        }
    }
    if (machine->setting != NAIVE_UNKNOWN) {
        vdi_facts_set_setting(facts, "mode", settings[machine->setting]);
    }
    if (machine->library != NAIVE_UNKNOWN) {
        vdi_facts_add_library(facts, machine->library == 1 ? "libssl.so.3" : "libc.so.6");
    }
}

static VdiFacts *facts_of(const NaiveMachine *machine)
{
    VdiFacts *facts = vdi_facts_new();

    vdi_facts_set(facts, VDI_FACT_OS_ID, "linux");
    vdi_facts_set(facts, VDI_FACT_ARCH, naive_archs[0]);
    vdi_facts_set(facts, VDI_FACT_ENGINE, version_text(machine->engine));
    vdi_facts_set(facts, VDI_FACT_BUILD, version_text(machine->build));
    vdi_facts_set(facts, VDI_FACT_KERNEL, version_text(machine->kernel));
    for (int i = 0; i <= NAIVE_CLIENTS; i++) {
        const char *name =
            machine->client_package[i] >= 0 ? naive_names[machine->client_package[i]] : NULL;

        if (name != NULL && i < NAIVE_CLIENTS) {
            vdi_facts_set_client_package(facts, naive_clients[i], naive_types[0], name);
        } else if (name != NULL) {
            vdi_facts_set_engine_package(facts, naive_types[0], name);
        }
    }
    tell_packages(machine, facts);
    tell_rest(machine, facts);
    return facts;
}

/* `order`: where each item stands. */
VdiChange *world_change(const World *world, const size_t *order)
{
    VdiChange *change = vdi_change_new();

    for (size_t i = 0; i < world->n_items; i++) {
        const NaiveItem *item = &world->items[order[i]];

        vdi_change_add(change, world_item_type(item),
            item->kind == NAIVE_PACKAGE ? naive_distributors[item->type] : NULL,
            world_item_name(item), item_arch(item), version_text(item->before),
            version_text(item->after), item->is_security);
    }
    return change;
}

/* A part of the updates that is unknown makes all that are not there unknown. */
static void blur_updates(NaiveMachine *machine)
{
    bool is_whole = true;

    for (int i = 0; i < NAIVE_UPDATES; i++) {
        is_whole = is_whole && machine->updates[i] != NAIVE_UNKNOWN;
    }
    for (int i = 0; i < NAIVE_UPDATES && !is_whole; i++) {
        machine->updates[i] = machine->updates[i] == 1 ? 1 : NAIVE_UNKNOWN;
    }
}

World *world_new(int number)
{
    World *world = g_new0(World, 1);

    world->random = g_rand_new_with_seed((guint32) (SEED + number));
    world->name = g_strdup_printf("world %d", number);
    make_machine(world);
    blur_updates(&world->before);
    make_items(world);
    make_rules(world);
    world->facts = facts_of(&world->before);
    return world;
}

void world_free(World *world)
{
    for (size_t i = 0; i < world->n_rules; i++) {
        naive_free(world->rules[i].when);
    }
    vdi_manifest_free(world->manifest);
    vdi_facts_free(world->facts);
    g_rand_free(world->random);
    g_free(world->name);
    g_free(world);
}
