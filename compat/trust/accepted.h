/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

/* accepted.json: what vouched for the target when it was accepted, from the top-level targets down
 * to the role that announces it, and until when the whole chain was fresh. As bytes: whether they
 * are believed today is asked when they are read.
 *
 *   {"format": 2, "expires": "…", "files": [{"role": "targets", "metadata": BASE64}, …]}
 *
 * Format 1, which had one file as a member "targets", is still read. */

#define VDI_ACCEPTED_MAX_BYTES ((size_t) 12 * 1024 * 1024)

typedef struct {
    char *role; /* "targets" first; then delegated ones */
    GBytes *bytes;
} VdiAcceptedFile;

typedef struct {
    int64_t expires_at; /* the earliest expiry of the chain, UTC seconds */
    GPtrArray *files;   /* of VdiAcceptedFile */
} VdiAccepted;

VdiAccepted *vdi_accepted_new(int64_t expires_at);
void vdi_accepted_free(VdiAccepted *accepted);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(VdiAccepted, vdi_accepted_free)

void vdi_accepted_add(VdiAccepted *accepted, const char *role, GBytes *bytes);

GBytes *vdi_accepted_write(const VdiAccepted *accepted);

/* At least one file. Fails with VDI_JSON_ERROR. */
VdiAccepted *vdi_accepted_read(GBytes *document, GError **error) G_GNUC_WARN_UNUSED_RESULT;
