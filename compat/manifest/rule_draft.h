/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <stdint.h>

#include "base/json.h"
#include "compat/manifest/cause.h"
#include "compat/rules/manifest.h"

/* A rule made of what is known: what is bad, what repairs it, whom it concerns. The condition is
 * closed at the fixed version, or names the bad versions exactly: it has never an open end. */

/* A client that breaks: ID, ID<V (the fixed client), ID<=V, ID=V. */
typedef struct {
    char *id;
    char *product;          /* for people */
    const char *comparator; /* "<", "<=", "=", or "*": any version */
    char *version;          /* NULL: any */
} VdiClientAsked;

/* VDI_PROGRAM_ERROR_USAGE. A client that no table of ours names is allowed: a site's inventories
 * may. */
VdiClientAsked *vdi_client_asked_read(const char *text, GError **error) G_GNUC_WARN_UNUSED_RESULT;
void vdi_client_asked_free(VdiClientAsked *client);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(VdiClientAsked, vdi_client_asked_free)

/* All borrowed. */
typedef struct {
    const char *id;
    VdiEffect effect;
    int64_t expires_at;
    const GPtrArray *causes;       /* of VdiCause; one at least: each is enough by itself */
    const GPtrArray *clients;      /* of VdiClientAsked; empty: whatever is there breaks */
    const char *const *references; /* addresses; NULL: none */
    const char *const *reference_titles;
    bool is_verified; /* somebody has read them */
    /* Instead of our sentences; a French one that is missing is then left out. */
    const char *title_en, *title_fr, *message_en, *message_fr;
} VdiRuleDraft;

/* As it stands in a manifest; whether it may stand there, the parser says. */
VdiJson *vdi_rule_draft_write(const VdiRuleDraft *draft);

/* A vendor's fix is known, of the cause or of the client. */
bool vdi_rule_draft_is_fixed(const VdiRuleDraft *draft);
