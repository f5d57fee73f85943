/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "compat/trust/metadata.h"
#include "compat/trust/staged.h"

/* How long a repository will still be believed, by whose signatures, and what a client says of it
 * today: for whoever looks after it. */

/* Below this part of a role's life somebody should act. */
#define VDI_HEALTH_MIN_PERCENT 30

typedef enum {
    VDI_HEALTH_GOOD,
    VDI_HEALTH_ENDS_SOON,
    VDI_HEALTH_BAD, /* missing, expired, or not signed by those who may */
} VdiHealthState;

typedef struct {
    VdiHealthState state;
    VdiMetadata *metadata; /* the newest; NULL: none */
    GPtrArray *signed_by;  /* of const char *, key ids that count; the root's */
    int64_t left;          /* seconds; below 0: expired */
} VdiHealthRole;

typedef struct {
    VdiHealthState state; /* the worst of all */
    VdiMetadata *root;    /* the newest, whose keys count */
    VdiHealthRole roles[VDI_N_ROLES];
    char *refusal; /* what a client says that would not follow; NULL: it accepts all of it */
} VdiHealth;

/* `folder`: an author's (VDI_STAGED_COMPLETE) or a web root (VDI_STAGED_PUBLISHED). `name`: the
 * target's. Fails when there is no chain of roots to begin with. */
bool vdi_health_read(const char *folder, VdiStagedState state, const char *name, int64_t now,
    VdiHealth *ret_health, GError **error) G_GNUC_WARN_UNUSED_RESULT;
void vdi_health_clear(VdiHealth *health);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(VdiHealth, vdi_health_clear)
