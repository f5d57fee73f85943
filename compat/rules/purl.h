/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <glib.h>
#include <stdbool.h>

/* A package URL: pkg:TYPE/NAMESPACE/NAME@VERSION?QUALIFIERS#SUBPATH, parsed from right to left and
 * percent-decoded once. In a rule it names which package; the range is written beside it.
 *
 * Stricter than the specification in three things: no control character anywhere, no qualifier
 * without `=`, and a ceiling. */

#define VDI_PURL_MAX_BYTES 512 /* as it is written, and in its canonical form */

typedef struct {
    char *type;      /* lower case */
    char *namespace; /* NULL: none; several segments are parted by '/' */
    char *name;
    char *version;    /* NULL: none */
    GStrv qualifiers; /* name, value, name, value, …, NULL: sorted by name; NULL: none */
    char *subpath;    /* NULL: none */
} VdiPurl;

/* Types, and the names that a type says have no case, are put in lower case; nothing else is
 * repaired. Fails with VDI_RANGE_ERROR_PURL. */
VdiPurl *vdi_purl_parse(const char *text, GError **error) G_GNUC_WARN_UNUSED_RESULT;
void vdi_purl_free(VdiPurl *purl);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(VdiPurl, vdi_purl_free)

/* NULL: not given. Borrowed. */
const char *vdi_purl_qualifier(const VdiPurl *purl, const char *key);

/* Canonical: qualifiers sorted, encoded as the specification asks. */
char *vdi_purl_print(const VdiPurl *purl);
