/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "compat/rules/evaluate.h"
#include "tests/compat/rules/naive.h"

/* A random machine, random rules and a random transaction, as tests/compat/rules/naive and as
 * compat/rules want them. Each world is made from its own number, so one that fails can be made
 * again. */

enum { WORLD_RULES_MAX = 6 };

typedef struct {
    NaiveCondition *when;
    bool blocks, applies; /* `applies`: not expired, and rolled out */
} WorldRule;

typedef struct {
    GRand *random;
    NaiveMachine before;
    NaiveItem items[NAIVE_ITEMS_MAX];
    size_t n_items;
    unsigned rank[NAIVE_ITEMS_MAX]; /* of an item by name */
    WorldRule rules[WORLD_RULES_MAX];
    size_t n_rules;
    VdiManifest *manifest;
    VdiFacts *facts;
    char *name; /* for a row that fails */
} World;

World *world_new(int number);
void world_free(World *world);

/* Its transaction; `order` says which item stands at each place. */
VdiChange *world_change(const World *world, const size_t *order);

/* As compat/rules calls an item. */
const char *world_item_type(const NaiveItem *item);
const char *world_item_name(const NaiveItem *item);
