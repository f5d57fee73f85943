/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/paths.h"

/* What the guard decided, one JSON line a decision, in STATE/audit.jsonl. Plain GLib, and no socket
 * (vdi-hook). */

typedef enum {
    VDI_AUDIT_REFRESHED,  /* another manifest is believed */
    VDI_AUDIT_REFUSED,    /* what a repository offered is not believed; the last good one stays */
    VDI_AUDIT_HELD,       /* a version is kept out from now on */
    VDI_AUDIT_RELEASED,   /* it is not any more */
    VDI_AUDIT_LIMIT,      /* a rule asks for a hold that a local limit does not allow */
    VDI_AUDIT_ALL_ADVICE, /* too much at once: nothing is held */
    VDI_AUDIT_RELEASE,    /* a person lifted a rule for a time */
    VDI_AUDIT_OVERRIDE,   /* a person went on against a rule */
    VDI_AUDIT_STOPPED,    /* vdi-hook refused a transaction */
    VDI_AUDIT_ENROLLED,   /* somebody agreed that an organisation guards this machine */
    VDI_AUDIT_LEFT,       /* it does not any more */
    VDI_AUDIT_PROBLEM,    /* the guard could not do its work, and allowed */
} VdiAuditEvent;

/* What does not apply is NULL. Texts from outside may stand in it as they are. */
typedef struct {
    VdiAuditEvent event;
    const char *organisation, *rule, *package, *version;
    const char *text; /* a sentence */
    int64_t until;    /* 0: none */
    int64_t manifest; /* its version; 0: none */
} VdiAuditEntry;

/* Fails with VDI_FILE_ERROR. */
bool vdi_audit_record(const VdiPaths *paths, int64_t now, const VdiAuditEntry *entry,
    GError **error) G_GNUC_WARN_UNUSED_RESULT;
