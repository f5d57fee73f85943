/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <stdint.h>

#include "base/json.h"
#include "compat/manifest/cause.h"
#include "compat/manifest/client_asked.h"
#include "compat/rules/manifest.h"

/* A rule made of what is known: what is bad, what repairs it, whom it concerns. The condition is
 * closed at the fixed version, or names the bad versions exactly: it has never an open end. */

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
