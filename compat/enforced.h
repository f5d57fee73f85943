/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/paths.h"
#include "compat/rules/evaluate.h"

/* STATE/enforced.rules: what vdi-hook stands on. `apply` writes the blocking rules of all
 * organisations that local limits, grace and releases have left, each with a moment after which it
 * is not enforced any more, even if nothing ever runs again. Plain GLib (vdi-hook). */

typedef struct {
    const char *organisation;
    GBytes *compiled;    /* its manifest, by vdi_manifest_compile; borrowed */
    const VdiRule *rule; /* of that manifest; rows of one organisation stand together */
    int64_t until;
} VdiEnforcedRow;

typedef struct VdiEnforced VdiEnforced;

/* `floor`: no plausible clock is before it. `never`: patterns of names that are never held. */
GBytes *vdi_enforced_print(
    const VdiEnforcedRow *rows, size_t n_rows, int64_t floor, const char *const *never);
bool vdi_enforced_write(
    const VdiPaths *paths, GBytes *file, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Takes one organisation's rules out; the others stay as they are. A file that cannot be read is
 * removed. */
bool vdi_enforced_drop(
    const VdiPaths *paths, const char *organisation, GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* Believed for where it lies; with any doubt it fails, with VDI_FILE_ERROR or
 * VDI_MANIFEST_ERROR_COMPILED, and nothing is enforced. */
VdiEnforced *vdi_enforced_read(const VdiPaths *paths, GError **error) G_GNUC_WARN_UNUSED_RESULT;
void vdi_enforced_free(VdiEnforced *enforced);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(VdiEnforced, vdi_enforced_free)

/* Is any rule enforced at that moment? None is when the clock is before the floor. */
bool vdi_enforced_is_any(const VdiEnforced *enforced, int64_t now);

/* Makes the rules that are enforced and that something in `change` could make true; the others stay
 * in the file, unread. Fails with VDI_MANIFEST_ERROR_COMPILED. */
bool vdi_enforced_load(VdiEnforced *enforced, const VdiChange *change, int64_t now,
    GError **error) G_GNUC_WARN_UNUSED_RESULT;

/* What was made. */
const VdiRuleInForce *vdi_enforced_rules(const VdiEnforced *enforced, size_t *ret_n_rules);
/* Of the rule at `i`. */
int64_t vdi_enforced_until(const VdiEnforced *enforced, size_t i);
bool vdi_enforced_is_never_held(const VdiEnforced *enforced, const char *package);
