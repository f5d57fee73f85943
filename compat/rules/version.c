/* SPDX-License-Identifier: Apache-2.0 */
#include "compat/rules/version.h"

#include <string.h>

static const VdiVersionScheme *const schemes[] = {&vdi_version_deb, &vdi_version_rpm,
    &vdi_version_alpm, &vdi_version_semver, &vdi_version_generic, &vdi_version_openssl,
    &vdi_version_datetime};

const VdiVersionScheme *vdi_version_scheme_at(size_t i)
{
    return i < G_N_ELEMENTS(schemes) ? schemes[i] : NULL;
}

const VdiVersionScheme *vdi_version_scheme(const char *name)
{
    for (size_t i = 0; i < G_N_ELEMENTS(schemes); i++) {
        if (strcmp(schemes[i]->name, name) == 0) {
            return schemes[i];
        }
    }
    return NULL;
}

bool vdi_version_is_valid(const VdiVersionScheme *scheme, const char *version)
{
    size_t length = version != NULL ? strnlen(version, VDI_VERSION_MAX_BYTES + 1) : 0;

    return length >= 1 && length <= VDI_VERSION_MAX_BYTES && scheme->is_valid(version);
}

/* What the package systems let a package have: deb-version(7), rpm-version(7), PKGBUILD(5). */
static const struct {
    const VdiVersionScheme *scheme;
    const char *marks; /* beside letters and digits */
    bool begins_with_digit;
} package_rows[] = {
    {&vdi_version_deb, ".+-~:", true},
    {&vdi_version_rpm, ".+-~:_^", false},
    {&vdi_version_alpm, ".+-~:_^@", false},
};

const char *vdi_version_fault(const VdiVersionScheme *scheme, const char *version)
{
    if (!vdi_version_is_valid(scheme, version)) {
        return "it cannot be compared";
    }
    for (size_t i = 0; i < G_N_ELEMENTS(package_rows); i++) {
        if (package_rows[i].scheme != scheme) {
            continue;
        }
        if (package_rows[i].begins_with_digit
            && !g_ascii_isdigit(*vdi_version_parts(version).version.text)) {
            return "it does not begin with a digit";
        }
        for (const char *c = version; *c != '\0'; c++) {
            if (!g_ascii_isalnum(*c) && strchr(package_rows[i].marks, *c) == NULL) {
                return "it holds a character that no package's version has";
            }
        }
    }
    return NULL;
}

int vdi_version_compare_letters(VdiVersionPart a, VdiVersionPart b)
{
    int order = memcmp(a.text, b.text, MIN(a.length, b.length));

    return order != 0 ? order : (a.length > b.length) - (a.length < b.length);
}

static VdiVersionPart skip_zeros(VdiVersionPart digits)
{
    for (; digits.length > 0 && *digits.text == '0'; digits.text++) {
        digits.length--;
    }
    return digits;
}

int vdi_version_compare_digits(VdiVersionPart a, VdiVersionPart b)
{
    VdiVersionPart left = skip_zeros(a), right = skip_zeros(b);

    if (left.length != right.length) {
        return left.length < right.length ? -1 : 1;
    }
    return memcmp(left.text, right.text, left.length);
}

VdiVersionParts vdi_version_parts(const char *version)
{
    VdiVersionParts parts = {.epoch = {"0", 1}, .version = {version, strlen(version)}};
    VdiVersionPart rest = parts.version;
    VdiVersionPart digits = vdi_version_take(&rest, vdi_version_is_digit);

    if (rest.length > 0 && *rest.text == ':') {
        parts.epoch = digits;
        parts.version = (VdiVersionPart){rest.text + 1, rest.length - 1};
    }
    const char *hyphen = strrchr(parts.version.text, '-');

    if (hyphen != NULL) {
        parts.release = (VdiVersionPart){hyphen + 1, strlen(hyphen + 1)};
        parts.version.length = (size_t) (hyphen - parts.version.text);
    }
    return parts;
}

char *vdi_version_upstream(const char *version)
{
    VdiVersionParts parts = vdi_version_parts(version);
    char *upstream = g_strndup(parts.version.text, parts.version.length);
    size_t length = strspn(upstream, "0123456789.");

    if (length > 0 && upstream[length] != '~' && upstream[length - 1] != '.') {
        upstream[length] = '\0';
    }
    return upstream;
}

bool vdi_version_is_printable(const char *version)
{
    for (const char *c = version; *c != '\0'; c++) {
        if (!g_ascii_isgraph(*c)) {
            return false;
        }
    }
    return true;
}
