/* SPDX-License-Identifier: Apache-2.0 */
#include "compat/rules/version.h"

#include <string.h>

/* Semantic Versioning 2.0.0: MAJOR.MINOR.PATCH[-pre.release][+build]; build data orders nothing. */

#define DIGITS "0123456789"
#define IDENTIFIER DIGITS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ-"

static bool is_number(const char *text, size_t length)
{
    return strspn(text, DIGITS) >= length;
}

/* Identifiers parted by dots, up to `end`. Numbers of a pre-release have no leading zero. */
static const char *skip_identifiers(const char *at, bool zeros_allowed)
{
    for (;;) {
        size_t length = strspn(at, IDENTIFIER);
        bool leads_with_zero = length > 1 && *at == '0' && is_number(at, length);

        if (length == 0 || (leads_with_zero && !zeros_allowed)) {
            return NULL;
        }
        at += length;
        if (*at != '.') {
            return at;
        }
        at++;
    }
}

static bool is_valid(const char *version)
{
    const char *at = version;

    for (int i = 0; i < 3; i++) {
        size_t length = strspn(at, DIGITS);

        if (length == 0 || (length > 1 && *at == '0') || (i < 2 && at[length] != '.')) {
            return false;
        }
        at += length + (i < 2 ? 1 : 0);
    }
    if (*at == '-') {
        at = skip_identifiers(at + 1, false);
    }
    if (at != NULL && *at == '+') {
        at = skip_identifiers(at + 1, true);
    }
    return at != NULL && *at == '\0';
}

static int compare_identifier(const char *a, size_t a_length, const char *b, size_t b_length)
{
    bool a_is_number = is_number(a, a_length), b_is_number = is_number(b, b_length);

    if (a_is_number != b_is_number) {
        return a_is_number ? -1 : 1;
    }
    return a_is_number ? vdi_version_compare_digits(a, a_length, b, b_length)
                       : vdi_version_compare_letters(a, a_length, b, b_length);
}

/* Dotted identifiers; more of them is newer. */
static int compare_dotted(const char *a, size_t a_length, const char *b, size_t b_length)
{
    const char *a_end = a + a_length, *b_end = b + b_length;

    while (a < a_end && b < b_end) {
        size_t left = strcspn(a, ".+"), right = strcspn(b, ".+");

        left = MIN(left, (size_t) (a_end - a));
        right = MIN(right, (size_t) (b_end - b));
        int order = compare_identifier(a, left, b, right);

        if (order != 0) {
            return order;
        }
        a = MIN(a + left + 1, a_end);
        b = MIN(b + right + 1, b_end);
    }
    return (a < a_end) - (b < b_end);
}

static int compare(const char *a, const char *b)
{
    size_t a_core = strspn(a, DIGITS "."), b_core = strspn(b, DIGITS ".");
    int order = compare_dotted(a, a_core, b, b_core);

    if (order != 0) {
        return order;
    }
    const char *a_pre = a[a_core] == '-' ? a + a_core + 1 : NULL;
    const char *b_pre = b[b_core] == '-' ? b + b_core + 1 : NULL;

    if (a_pre == NULL || b_pre == NULL) {
        return (a_pre == NULL) - (b_pre == NULL);
    }
    return compare_dotted(a_pre, strcspn(a_pre, "+"), b_pre, strcspn(b_pre, "+"));
}

const VdiVersionScheme vdi_version_semver = {"semver", is_valid, compare};
