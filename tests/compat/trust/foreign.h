/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "tests/compat/trust/scene.h"

/* Keys as other authors have them, which ours does not sign with. */

typedef enum { FOREIGN_ED25519, FOREIGN_P256, FOREIGN_RSA } ForeignKind;

typedef struct Foreign Foreign;

Foreign *foreign_new(ForeignKind kind);
void foreign_free(Foreign *foreign);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(Foreign, foreign_free)

/* A root that gives timestamp.json to this key, and leaves all else as it is. */
void foreign_publish_root(Scene *scene, int version, const Foreign *key);

/* `file` anew, with one signature: under the name of `named`, made by `by`. */
void foreign_sign(Scene *scene, const char *file, const Foreign *named, const Foreign *by);
