/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "compat/rules/manifest.h"

/* JSON to manifest; the only way in. Links base/json, and so json-c: vdi-hook does not use it. */

typedef enum {
    VDI_MANIFEST_READER, /* a machine's: a rule that it does not understand becomes unreadable */
    VDI_MANIFEST_AUTHOR, /* the author's tool: the same is an error */
} VdiManifestStrictness;

/* UTF-8 JSON of at most VDI_MANIFEST_MAX_BYTES. Fails with VDI_MANIFEST_ERROR, saying where:
 * "rules[3].when.all[1].package: …". A reader refuses only what is no manifest at all: broken JSON,
 * another schema, over the ceilings. */
VdiManifest *vdi_manifest_parse(
    GBytes *document, VdiManifestStrictness strictness, GError **error) G_GNUC_WARN_UNUSED_RESULT;
