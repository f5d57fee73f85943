/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

#include <glib.h>
#include <stdbool.h>

/* How versions are ordered, one scheme a package system: bytes alone, no locale, and numbers of any
 * length are compared as digits. The rules are those of the package managers themselves
 * (docs/manifest.md); tests ask them. */

#define VDI_VERSION_MAX_BYTES 256

typedef struct {
    const char *name;                             /* the type in VERS: "deb" */
    bool (*is_valid)(const char *version);        /* can it be compared? 1 to 256 bytes are given */
    int (*compare)(const char *a, const char *b); /* both valid: below, equal to, above zero */
} VdiVersionScheme;

/* deb, rpm, alpm, semver, generic. NULL: unknown. */
const VdiVersionScheme *vdi_version_scheme(const char *name);

/* False for NULL, for what is too long, and for what the scheme cannot compare. */
bool vdi_version_is_valid(const VdiVersionScheme *scheme, const char *version);

/* A run of digits against another, as numbers; of letters, byte by byte. Lengths in bytes. */
int vdi_version_compare_digits(const char *a, size_t a_length, const char *b, size_t b_length);
int vdi_version_compare_letters(const char *a, size_t a_length, const char *b, size_t b_length);

/* The parts of [epoch:]version[-release], as rpm and alpm take them apart: a missing epoch is "0",
 * a missing release has `release` NULL. Borrowed from the version. */
typedef struct {
    const char *epoch, *version, *release;
    size_t epoch_length, version_length, release_length;
} VdiVersionParts;

VdiVersionParts vdi_version_parts(const char *version);
/* Printable ASCII without a blank, and a version between the other two: `is_valid` of both. */
bool vdi_version_has_parts(const char *version);

extern const VdiVersionScheme vdi_version_deb;
extern const VdiVersionScheme vdi_version_rpm;
extern const VdiVersionScheme vdi_version_alpm;
extern const VdiVersionScheme vdi_version_semver;
extern const VdiVersionScheme vdi_version_generic;
