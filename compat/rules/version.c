/* SPDX-License-Identifier: Apache-2.0 */
#include "compat/rules/version.h"

#include <string.h>

static const VdiVersionScheme *const schemes[] = {&vdi_version_deb, &vdi_version_rpm,
    &vdi_version_alpm, &vdi_version_semver, &vdi_version_generic};

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

int vdi_version_compare_letters(const char *a, size_t a_length, const char *b, size_t b_length)
{
    int order = memcmp(a, b, MIN(a_length, b_length));

    return order != 0 ? order : (a_length > b_length) - (a_length < b_length);
}

int vdi_version_compare_digits(const char *a, size_t a_length, const char *b, size_t b_length)
{
    for (; a_length > 0 && *a == '0'; a++) {
        a_length--;
    }
    for (; b_length > 0 && *b == '0'; b++) {
        b_length--;
    }
    if (a_length != b_length) {
        return a_length < b_length ? -1 : 1;
    }
    return memcmp(a, b, a_length);
}

VdiVersionParts vdi_version_parts(const char *version)
{
    VdiVersionParts parts = {.epoch = "0", .epoch_length = 1, .version = version};
    size_t digits = strspn(version, "0123456789");

    if (version[digits] == ':') {
        parts.epoch = version;
        parts.epoch_length = digits;
        parts.version = version + digits + 1;
    }
    const char *hyphen = strrchr(parts.version, '-');

    parts.version_length =
        hyphen != NULL ? (size_t) (hyphen - parts.version) : strlen(parts.version);
    if (hyphen != NULL) {
        parts.release = hyphen + 1;
        parts.release_length = strlen(parts.release);
    }
    return parts;
}

bool vdi_version_has_parts(const char *version)
{
    for (const char *c = version; *c != '\0'; c++) {
        if (*c <= ' ' || *c >= 0x7f) {
            return false;
        }
    }
    return vdi_version_parts(version).version_length > 0;
}
