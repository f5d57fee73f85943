/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <stdint.h>

#include "base/json.h"
#include "compat/rules/manifest_reader.h"

/* DIR/compat.json, the manifest that its author works on. Every change is a revision (revision.h):
 * a draft of ours may be signed. */

/* An empty one. An existing file is left alone. */
bool vdi_draft_create(
    const char *folder, const char *id, int64_t now, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The rule (an object) goes to the end. VDI_TRUST_ERROR_REFUSED when one of its id is there,
 * VDI_MANIFEST_ERROR when it would be refused. `rule` is borrowed. */
bool vdi_draft_add(
    const char *folder, VdiJson *rule, int64_t now, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* The same, instead of the one of its id; REFUSED when none is there. */
bool vdi_draft_exchange(
    const char *folder, VdiJson *rule, int64_t now, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* VDI_TRUST_ERROR_REFUSED when there is no such rule. */
bool vdi_draft_remove(
    const char *folder, const char *id, int64_t now, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* `bytes` is a revision of the draft; NULL is what one failed with. */
bool vdi_draft_replace(const char *folder, GBytes *bytes, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* VDI_FILE_ERROR_ABSENT says how one is made. */
GBytes *vdi_draft_bytes(const char *folder, GError **error) G_GNUC_WARN_UNUSED_RESULT;
VdiManifest *vdi_draft_read(const char *folder, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* An author's folder, or a manifest by itself, whose mistakes then begin with its name. */
VdiManifest *vdi_draft_or_manifest(const char *place, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Issued now, and its bytes: what is signed. */
GBytes *vdi_draft_issue(const char *folder, int64_t now, GError **error) G_GNUC_WARN_UNUSED_RESULT;
