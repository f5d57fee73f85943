/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "base/json.h"
#include "compat/trust/key.h"

/* Who may sign: keys under their names, and for one role which of them and how many. As a root says
 * it of the top-level roles, and a targets file of those to which it delegates.
 * Specification sections 4.2.2, 4.3 and 4.5. All fail with VDI_JSON_ERROR or
 * VDI_TRUST_ERROR_FORMAT. */

#define VDI_SIGNERS_KEYS_MAX 64 /* keys of a file, key names of a role */

typedef struct {
    GHashTable *keys; /* keyid → VdiKey; only usable ones; borrowed from the delegator */
    GStrv keyids;     /* as listed */
    int64_t threshold;
} VdiSigners;

/* Frees what is the struct's own, not the keys. */
void vdi_signers_clear(VdiSigners *signers);

/* The member "keys" of `object`: keyid → VdiKey. A key that cannot be used is one key less; whether
 * enough are left, a threshold says. */
GHashTable *vdi_signers_read_keys(VdiJson *object, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The members "keyids" and "threshold" of a role's object; `keys` is borrowed. */
bool vdi_signers_read(VdiJson *object, GHashTable *keys, VdiSigners *ret_signers,
    GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Every usable key that could sign by `before` may still sign by `after`: none was taken away. */
bool vdi_signers_are_kept(const VdiSigners *before, const VdiSigners *after);
