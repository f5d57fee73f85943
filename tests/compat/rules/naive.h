/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <glib.h>
#include <stdbool.h>

/* Rules once more, by somebody who has not read compat/rules: conditions over plain arrays, a
 * version is a small number, and a set is a bit each. Slow, and easy to believe. */

enum {
    NAIVE_PACKAGES_MAX = 24,
    NAIVE_ITEMS_MAX = 8,
    NAIVE_PARTS_MAX = 4,
    NAIVE_UNKNOWN = -1, /* a version that nobody knows, or that cannot be compared */
    NAIVE_ABSENT = 0,   /* known not to be there; versions begin at 1 */
};

typedef enum { NAIVE_FALSE, NAIVE_TRUE, NAIVE_MAYBE } NaiveTruth;

typedef struct {
    int type, name, arch, version;
} NaivePackage;

/* Indices stand for words; the tables of words are in naive.c. */
enum { NAIVE_TYPES = 2, NAIVE_NAMES = 4, NAIVE_ARCHS = 2, NAIVE_UPDATES = 3, NAIVE_CLIENTS = 3 };

typedef struct {
    NaivePackage packages[NAIVE_PACKAGES_MAX];
    size_t n_packages;
    bool packages_known;
    int updates[NAIVE_UPDATES]; /* 1, NAIVE_ABSENT or NAIVE_UNKNOWN */
    int clients[NAIVE_CLIENTS];
    /* Which package's name (of type 0) a client, and last the engine, comes from; -1: of none. */
    int client_package[NAIVE_CLIENTS + 1];
    int engine, build, kernel;
    int setting; /* of the one key: 1 "on", 2 "off" */
    int library; /* 1: the engine loads it; NAIVE_ABSENT; NAIVE_UNKNOWN */
} NaiveMachine;

typedef enum { NAIVE_PACKAGE, NAIVE_UPDATE, NAIVE_CLIENT, NAIVE_BUILD } NaiveItemKind;

typedef struct {
    NaiveItemKind kind;
    int type, name, arch; /* of a package; `name` also of an update and a client */
    int before, after;    /* NAIVE_ABSENT: not there */
    bool is_security, is_never_held;
} NaiveItem;

typedef enum {
    NAIVE_ALL,
    NAIVE_ANY,
    NAIVE_NOT,
    NAIVE_IS_PACKAGE,
    NAIVE_IS_UPDATE,
    NAIVE_IS_CLIENT,
    NAIVE_IS_ENGINE,
    NAIVE_IS_BUILD,
    NAIVE_IS_KERNEL,
    NAIVE_IS_SETTING,
    NAIVE_IS_LIBRARY,
    NAIVE_IS_ARCH,
    NAIVE_IS_PEER,
    NAIVE_N_KINDS,
} NaiveKind;

typedef struct NaiveCondition NaiveCondition;
struct NaiveCondition {
    NaiveKind kind;
    NaiveCondition *parts[NAIVE_PARTS_MAX];
    int n_parts;
    int type, name, arch; /* arch -1: whichever */
    int range, from, to;  /* which form, and its numbers */
    int number;           /* of a fact: in the order of the text, from 0 */
};

NaiveCondition *naive_random(GRand *random, int depth, int *n_facts);
void naive_free(NaiveCondition *condition);
/* JSON with single quotes. */
void naive_write(const NaiveCondition *condition, GString *out);

/* `turned`: the number of a fact that is taken to be otherwise than it is; -1: none. */
NaiveTruth naive_evaluate(const NaiveCondition *condition, const NaiveMachine *machine, int turned);
/* Does it look at that item? */
bool naive_looks_at(
    const NaiveCondition *condition, const NaiveMachine *machine, const NaiveItem *item);
/* The machine after the items that are not in the set `held`. */
NaiveMachine naive_apply(
    const NaiveMachine *before, const NaiveItem *items, size_t n_items, unsigned held);

extern const char *const naive_types[NAIVE_TYPES], *const naive_names[NAIVE_NAMES];
extern const char *const naive_archs[NAIVE_ARCHS], *const naive_updates[NAIVE_UPDATES];
extern const char *const naive_clients[NAIVE_CLIENTS], *const naive_distributors[NAIVE_TYPES];
