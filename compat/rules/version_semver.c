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

static int compare_identifiers(VdiVersionPart a, VdiVersionPart b)
{
    bool a_is_number = is_number(a.text, a.length), b_is_number = is_number(b.text, b.length);

    if (a_is_number != b_is_number) {
        return a_is_number ? -1 : 1;
    }
    return a_is_number ? vdi_version_compare_digits(a, b) : vdi_version_compare_letters(a, b);
}

static bool is_in_identifier(char c)
{
    return c != '.';
}

/* Up to the next dot, which is passed. */
static VdiVersionPart take_identifier(VdiVersionPart *dotted)
{
    VdiVersionPart identifier = vdi_version_take(dotted, is_in_identifier);

    if (dotted->length > 0) {
        *dotted = (VdiVersionPart){dotted->text + 1, dotted->length - 1};
    }
    return identifier;
}

/* More identifiers are newer. */
static int compare_dotted(VdiVersionPart a, VdiVersionPart b)
{
    int order = 0;

    while (order == 0 && a.length > 0 && b.length > 0) {
        order = compare_identifiers(take_identifier(&a), take_identifier(&b));
    }
    return order != 0 ? order : (a.length > 0) - (b.length > 0);
}

/* What follows the hyphen, up to the build data. No text: it is a release. */
static VdiVersionPart pre_release(const char *version, size_t core_length)
{
    VdiVersionPart none = {NULL, 0};
    const char *hyphen = version + core_length;

    return *hyphen == '-' ? (VdiVersionPart){hyphen + 1, strcspn(hyphen + 1, "+")} : none;
}

static int compare(const char *a, const char *b)
{
    VdiVersionPart a_core = {a, strspn(a, DIGITS ".")}, b_core = {b, strspn(b, DIGITS ".")};
    VdiVersionPart a_pre = pre_release(a, a_core.length), b_pre = pre_release(b, b_core.length);
    int order = compare_dotted(a_core, b_core);

    if (order == 0 && a_pre.text != NULL && b_pre.text != NULL) {
        return compare_dotted(a_pre, b_pre);
    }
    return order != 0 ? order : (a_pre.text == NULL) - (b_pre.text == NULL);
}

const VdiVersionScheme vdi_version_semver = {"semver", is_valid, compare};
