/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "tests/compat/trust/scene.h"

#define SCENE_SOON ((int64_t) 1800057600) /* 2027-01-16T00:00:00Z */

/* Roles that delegate to each other. */
typedef struct {
    const char *from, *to; /* names; the first `from` is "targets" */
    const char *paths[3];  /* NULL first: "*" */
    bool is_terminating;
    int key;               /* who may sign for `to`; 0: 4 */
    const char *member;    /* "path_hash_prefixes" instead of "paths" */
    const char *threshold; /* NULL: "1" */
} SceneDelegation;

typedef struct {
    const char *role, *path, *content;
} SceneTarget;

/* One release of such a repository; what is wrong with one of its roles is told by name. */
typedef struct {
    int64_t version;                    /* of every file */
    const SceneDelegation *delegations; /* ended by one without `from` */
    const SceneTarget *targets;         /* ended by one without `role`; NULL: none */
    const char *unlisted;               /* a role that the snapshot does not list */
    const char *expired;                /* a role that has expired */
    const char *soon;                   /* a role that expires at SCENE_SOON */
    const char *wrong_key;              /* a role that is signed by key 11 */
    const char *wrong_hash;             /* a role whose announced hash is another's */
} SceneGraph;
void scene_graph(Scene *scene, const SceneGraph *graph);

/* For tables of them. */
#define TARGETS(...) ((const SceneTarget[]){__VA_ARGS__, {.role = NULL}})
#define TO(delegator, role, ...)                                                                   \
    {                                                                                              \
        .from = delegator, .to = role, __VA_ARGS__                                                 \
    }
#define END                                                                                        \
    {                                                                                              \
        .from = NULL                                                                               \
    }

/* A fresh machine, and a repository with or without consistent snapshots. */
Scene *graph_machine(const char *name, bool has_plain_names);
/* The delegated roles of one letter that were asked for, in order: "A C B"; yours. */
char *graph_visited(const Scene *scene);
