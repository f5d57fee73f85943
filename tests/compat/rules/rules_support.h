/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include "compat/rules/manifest_reader.h"

/* Manifests for tests, from JSON with single quotes; and what facts say, in words. */

/* The text as it is; `'` becomes `"`. */
VdiManifest *manifest_of(const char *text, VdiManifestStrictness strictness, GError **error);

/* A manifest with these rules (the inside of the array). NULL, and the test fails, when the
 * author's tool would refuse it. */
VdiManifest *manifest_of_rules(const char *rules);

/* One blocking rule R1 with this condition, read as the author's tool reads. */
VdiManifest *manifest_of_condition(const char *condition, GError **error);

/* "absent", "unknown", or its version. Borrowed. */
const char *client_version(const VdiFacts *facts, const char *id);
