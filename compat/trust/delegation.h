/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "compat/trust/signers.h"

/* To whom a targets file gives the word, for which paths: its member "delegations".
 * Specification section 4.5. Immutable. */

/* The name of a role, percent-encoded: with a version before it and ".json" behind it, it is still
 * a name for a file. */
#define VDI_DELEGATION_NAME_MAX 200

typedef struct {
    char *name;          /* of the role; not one of the top-level roles' */
    VdiSigners signers;  /* its keys belong to the VdiDelegations */
    GStrv paths;         /* patterns; empty: none */
    GStrv hash_prefixes; /* hexadecimal, of the SHA-256 of a path; empty: none */
    bool is_terminating; /* what follows is not asked about a path that this one covers */
} VdiDelegation;

typedef struct {
    GHashTable *keys; /* keyid → VdiKey; an unusable one is one key less */
    GPtrArray *roles; /* of VdiDelegation, in order of appearance */
} VdiDelegations;

/* Fails with VDI_JSON_ERROR or VDI_TRUST_ERROR_FORMAT; among others when two roles have one name,
 * or when one has both "paths" and "path_hash_prefixes". One that has neither covers nothing. */
VdiDelegations *vdi_delegations_read(VdiJson *object, GError **error) G_GNUC_WARN_UNUSED_RESULT;
void vdi_delegations_free(VdiDelegations *delegations);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(VdiDelegations, vdi_delegations_free)

/* NULL when there is no such role; `delegations` may be NULL. */
const VdiDelegation *vdi_delegations_find(const VdiDelegations *delegations, const char *name);

/* The role is trusted for the target `path`. */
bool vdi_delegation_covers(const VdiDelegation *delegation, const char *path);

/* Case counts; `*` stands for any characters and `?` for one, but neither for a slash; all others
 * stand for themselves, brackets and backslashes too. */
bool vdi_delegation_fits(const char *pattern, const char *path);
