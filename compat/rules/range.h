/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <glib.h>
#include <stdbool.h>

#include "compat/rules/compiled.h"
#include "compat/rules/truth.h"
#include "compat/rules/version.h"

/* A range of versions in VERS: vers:TYPE/CONSTRAINT|CONSTRAINT…, or vers:TYPE/ * alone. Only
 * canonical text is valid and nothing is repaired: sorted in the type's order, each version once,
 * percent signs only where they must be. So what is printed from a range that was read is the text
 * that was read. Two types never compare. */

#define VDI_RANGE_MAX_BYTES 4096
#define VDI_RANGE_MAX_CONSTRAINTS 64

typedef struct VdiRange VdiRange;

/* Fails with VDI_RANGE_ERROR_VERS, or _VERSION when a version is none of its scheme. */
VdiRange *vdi_range_parse(const char *text, GError **error) G_GNUC_WARN_UNUSED_RESULT;
void vdi_range_free(VdiRange *range);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(VdiRange, vdi_range_free)

/* Into the compiled form, and from there: made in the reader's arena, not to be freed. The reader
 * is broken afterwards where a version is none of the range's scheme. Never NULL. */
void vdi_range_write(const VdiRange *range, VdiCompiledWriter *writer);
VdiRange *vdi_range_load(VdiCompiledReader *reader);

/* Unknown when the version is NULL or its scheme cannot compare it. */
VdiTruth vdi_range_contains(const VdiRange *range, const char *version);

/* An end of the range lies below that version, as 26100.3194 does below 26100: whoever tells no
 * more than this may be on either side. */
bool vdi_range_divides(const VdiRange *range, const char *version);

const VdiVersionScheme *vdi_range_scheme(const VdiRange *range);
const char *vdi_range_text(const VdiRange *range); /* canonical; borrowed */

/* Where it ends next above a version that lies in it; NULL: nowhere, or the version does not lie in
 * it. Borrowed. *ret_is_beyond: only what is above the result is out, else that itself is too. */
const char *vdi_range_end_above(const VdiRange *range, const char *version, bool *ret_is_beyond);

/* For those who write one: a comparator ("" is equal) and a version, encoded as it must be. */
void vdi_range_append(GString *out, const char *comparator, const char *version);

/* For lint. */
const char *vdi_range_version(const VdiRange *range, size_t i); /* NULL past the last; borrowed */
bool vdi_range_is_any(const VdiRange *range);                   /* vers:TYPE/ * */
bool vdi_range_is_only_unequal(const VdiRange *range);          /* != alone: it matches nothing */
bool vdi_range_has_upper_end(const VdiRange *range); /* no version is in it from some point on */
/* Some version is in both. False for two types. */
bool vdi_range_intersects(const VdiRange *a, const VdiRange *b);
/* Every version of `inner` is in `outer`. False for two types. */
bool vdi_range_is_within(const VdiRange *inner, const VdiRange *outer);
