/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <stdint.h>

#include "base/json.h"
#include "compat/rules/manifest_reader.h"

/* A manifest made of another: the same head, issued `now`, other rules. What goes in may be broken
 * in a rule that is taken out; what comes out was read back by the strict parser, and lint found no
 * error in it: it may be signed.
 * Fails with VDI_MANIFEST_ERROR, or VDI_TRUST_ERROR_REFUSED where a rule is not as it must be. */

GBytes *vdi_revision_all(GBytes *manifest, int64_t now, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* `rule` (an object, borrowed) goes to the end. REFUSED when one of its id is there. The place of a
 * mistake in it begins within the rule ("when.all[1]: …"), whatever its number would be. */
GBytes *vdi_revision_with(
    GBytes *manifest, VdiJson *rule, int64_t now, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* REFUSED when there is no such rule. */
GBytes *vdi_revision_without(
    GBytes *manifest, const char *id, int64_t now, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* That rule and no other, and not judged by lint: to be remembered, not to be signed. REFUSED when
 * there is no such rule. */
GBytes *vdi_revision_only(
    GBytes *manifest, const char *id, int64_t now, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* A first one, without a rule. */
GBytes *vdi_revision_first(
    const char *organisation, int64_t now, GError **error) G_GNUC_WARN_UNUSED_RESULT;
