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

/* By the name of its type in VERS. NULL: unknown. */
const VdiVersionScheme *vdi_version_scheme(const char *name);
/* All of them, in a fixed order. NULL past the last. */
const VdiVersionScheme *vdi_version_scheme_at(size_t i);

/* False for NULL, for what is too long, and for what the scheme cannot compare. */
bool vdi_version_is_valid(const VdiVersionScheme *scheme, const char *version);

/* For authors: why no package has that version, though it can be compared ("v1.0-2" in deb, whose
 * versions begin with a digit); NULL: one may. */
const char *vdi_version_fault(const VdiVersionScheme *scheme, const char *version);

/* For the schemes themselves. A stretch of a version, borrowed from it: no zero byte ends it. */
typedef struct {
    const char *text; /* NULL: the version has no such part */
    size_t length;
} VdiVersionPart;

/* A run of digits against another, as numbers; of letters, byte by byte. */
int vdi_version_compare_digits(VdiVersionPart a, VdiVersionPart b);
int vdi_version_compare_letters(VdiVersionPart a, VdiVersionPart b);
static inline bool vdi_version_is_digit(char c)
{
    return g_ascii_isdigit(c);
}

/* The bytes that belong, at the beginning of `*part`, which moves behind them. Inline: it is most
 * of what a comparison does. */
static inline VdiVersionPart vdi_version_take(VdiVersionPart *part, bool (*belongs)(char c))
{
    VdiVersionPart taken = {part->text, 0};

    while (taken.length < part->length && belongs(taken.text[taken.length])) {
        taken.length++;
    }
    part->text += taken.length;
    part->length -= taken.length;
    return taken;
}

/* [epoch:]version[-release]: the epoch is what digits stand before the first colon, the release
 * follows the last hyphen. A missing epoch is "0", a missing release has no text. */
typedef struct {
    VdiVersionPart epoch, version, release;
} VdiVersionParts;

VdiVersionParts vdi_version_parts(const char *version);

/* What a product calls itself, of the version of its package: "2:3.10.3+dfsg-1" is 3.10.3. A
 * pre-release (3.15.0~rc1-1) is left whole: no dotted number says what it is. Yours. */
char *vdi_version_upstream(const char *version);

/* Printable ASCII without a blank: what every package system asks of a version. */
bool vdi_version_is_printable(const char *version);

extern const VdiVersionScheme vdi_version_deb;
extern const VdiVersionScheme vdi_version_rpm;
extern const VdiVersionScheme vdi_version_alpm;
extern const VdiVersionScheme vdi_version_semver;
extern const VdiVersionScheme vdi_version_generic;
extern const VdiVersionScheme vdi_version_openssl;
extern const VdiVersionScheme vdi_version_datetime;
