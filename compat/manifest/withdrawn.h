/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "compat/rules/manifest_reader.h"

/* DIR/withdrawn/RULE.json: a rule that was taken back, as it last stood, so that people can be
 * told. A manifest of that one rule, issued when it was withdrawn. */

/* From the manifest that still has the rule. A rule that was withdrawn before is replaced. */
bool vdi_withdrawn_remember(const char *folder, GBytes *manifest, const char *id, int64_t now,
    GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* NULL without an error when no such rule was withdrawn. */
VdiManifest *vdi_withdrawn_recall(
    const char *folder, const char *id, GError **error) G_GNUC_WARN_UNUSED_RESULT;
