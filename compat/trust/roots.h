/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "compat/trust/author.h"

/* Who may sign for what: the first root, and the next one when a key is replaced, added or taken
 * away. Section 6.1 of the specification. A next root is made here and waits; vdi_author_sign puts
 * the signatures under it. Changes that are made while one waits go into that one. */

/* How many keys a role has at first, and how many of them must sign. */
typedef struct {
    int root_keys, root_threshold;
    int targets_keys, targets_threshold;
    bool is_one_key; /* one and the same key for all four roles */
} VdiRootsFirst;

/* New keys (root-…, targets-…, and one for snapshot and timestamp) and root 1, complete. A folder
 * that has keys or metadata already is refused. The online key is never sealed: a timer uses it. */
bool vdi_roots_init(const char *folder, VdiKeyring *keyring, const VdiRootsFirst *first,
    int64_t now, GError **error) G_GNUC_WARN_UNUSED_RESULT;

typedef struct {
    bool is_kept;  /* the present keys stay */
    int number;    /* of new keys; 0: as many as there were, none when they are kept */
    GStrv files;   /* instead of new ones: public halves of keys that others made; may be NULL */
    int threshold; /* 0: as before */
} VdiRootsChange;

/* `what`: a role's name, or "online" for snapshot and timestamp with the same keys. */
bool vdi_roots_rotate(VdiAuthor *author, const char *what, const VdiRootsChange *change,
    GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Takes a key (vdi_keyring_identify) out of every role; with a new one in its place if so asked.
 * REFUSED, with what to do, when a threshold could not be reached any more. */
bool vdi_roots_revoke(
    VdiAuthor *author, const char *key, bool is_replaced, GError **error) G_GNUC_WARN_UNUSED_RESULT;
