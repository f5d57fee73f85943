/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "compat/trust/client.h"
#include "compat/trust/signing.h"
#include "tests/support/check.h"

/* A repository in memory and a machine that follows it. The author's code writes the files, a
 * source that keeps a list of what it was asked hands them out. */

#define SCENE_NOW ((int64_t) 1800000000) /* 2027-01-15 */
#define SCENE_LATER (SCENE_NOW + 1000000)

enum { SCENE_KEYS = 12 };

typedef struct {
    VdiTrustSource source;
    GHashTable *files;   /* name → GBytes: what is published */
    GPtrArray *requests; /* of char *: what was asked for since the last refresh began */
    GPtrArray *held;     /* of char *: for which of them the client said what it holds */
    VdiPrivateKey *keys[SCENE_KEYS];
    char *folder;
    VdiTrustRepository *repository;
    VdiTrustReport report;
    int64_t now;
    /* For a test that puts its own before source.fetch. */
    GBytes *(*quick)(VdiTrustSource *, const VdiTrustRequest *, GError **);
    bool is_plain;        /* scene_make_plain */
    bool has_plain_names; /* what is published from now on is without consistent snapshots */
} Scene;

/* A fresh machine with root 1: keys 0, 1, 2, 3 sign root, timestamp, snapshot, targets. */
Scene *scene_new(const char *name);
void scene_free(Scene *scene);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Scene, scene_free)

/* What is released: versions, and what differs from the usual. */
typedef struct {
    int64_t timestamp, snapshot, targets;
    const char *content;                                          /* of compat.json */
    int64_t timestamp_expires, snapshot_expires, targets_expires; /* 0: SCENE_LATER */
    int timestamp_key, snapshot_key, targets_key;                 /* 0: the usual one */
    int timestamp_also, snapshot_also, targets_also;              /* signs too; 0: nobody */
} Release;
void scene_release(Scene *scene, const Release *release);

/* A machine that has "one", all versions 1. */
Scene *scene_machine(const char *name);

/* The files of a second release that has "two", all versions 2, in the order in which they are
 * asked for; and which files of the store are new when that one is the first that fails. */
typedef struct {
    const char *file;
    const char *changed[4]; /* ended by NULL */
} SceneStep;
enum { SCENE_STEPS = 4 };
const SceneStep *scene_steps(void);

/* Which keys (by number, ended by -1) sign for a role in a root. */
typedef struct {
    int keys[SCENE_KEYS];
    int64_t threshold;
} SceneRole;

/* Publishes root `version`, signed by `signers` (ended by -1). */
void scene_root(Scene *scene, int64_t version, int64_t expires_at,
    const SceneRole roles[VDI_N_ROLES], const int *signers);
/* The roles of root 1. */
extern const SceneRole scene_roles[VDI_N_ROLES];

/* The file's name as it is published: "7.targets.json", or without its number. */
char *scene_name(const Scene *scene, int64_t version, const char *role);

void scene_put(Scene *scene, const char *name, GBytes *bytes);
/* A file whose "signed" part is `text`, signed by that key. */
void scene_put_signed(Scene *scene, const char *name, const char *text, int key);
/* The same by several keys, ended by -1. */
void scene_put_signed_by(Scene *scene, const char *name, const char *text, const int *keys);
/* A published file in which every `from` became `to` ("": nothing is changed), signed anew by that
 * key; -1: by nobody. */
void scene_edit(Scene *scene, const char *name, const char *from, const char *to, int key);
/* The usual release, with neither lengths nor hashes in snapshot and timestamp. */
void scene_announce_freely(Scene *scene);
void scene_put_text(Scene *scene, const char *name, const char *text);
GBytes *scene_get(Scene *scene, const char *name); /* borrowed */
void scene_remove(Scene *scene, const char *name);
/* Flips the lowest bit of the byte in the middle. */
void scene_flip(Scene *scene, const char *name);

/* Files of the store, for scene_refuses. */
#define CHANGED(...) ((const char *const[]){__VA_ARGS__, NULL})

/* A refresh succeeds and brings that text. */
#define CHECK_REFRESH(scene, expected)                                                             \
    do {                                                                                           \
        GError *refresh_error = NULL;                                                              \
        g_autofree char *refreshed = scene_refresh(scene, &refresh_error);                         \
        CHECK_NO_ERROR(refresh_error);                                                             \
        CHECK_TEXT(refreshed, expected);                                                           \
    } while (0)

/* The target's text, or NULL with an error; yours. */
char *scene_refresh(Scene *scene, GError **error);
/* Fails, the store's files stay as they are but for those listed (ended by NULL), and what was
 * good still loads. True when all of it holds. */
bool scene_refuses(Scene *scene, int code, const char *const *changed, const char *still);

/* What loads without asking anybody: text or NULL; yours. */
char *scene_load(Scene *scene, GError **error);

/* The names asked for, joined by blanks; yours. */
char *scene_requests(const Scene *scene);
/* From now on the machine is one of `vdi-guard tuf`: metadata, targets and nothing else, beginning
 * with the root that lies in 1.root.json. */
void scene_make_plain(Scene *scene);
/* One refresh, then the target (NULL: none) into its folder. */
bool scene_download(Scene *scene, const char *target, GError **error);

/* A file of the store; NULL when absent. Its path; yours. */
GBytes *scene_stored(const Scene *scene, const char *name);
char *scene_stored_path(const Scene *scene, const char *name);
