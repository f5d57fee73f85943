/* SPDX-License-Identifier: Apache-2.0 */
#include "compat/rules/version.h"

/* [epoch:]version[-release], vercmp(8). Runs of digits or of letters; all else separates, and a
 * longer separator is newer. A remainder that begins with a letter is older: 1.0rc1 < 1.0. The
 * release counts only when both have one. */

static const char *end_of_separator(const char *at, const char *end)
{
    while (at < end && !g_ascii_isalnum(*at)) {
        at++;
    }
    return at;
}

static const char *end_of_run(const char *at, const char *end, bool digits)
{
    while (at < end && (digits ? g_ascii_isdigit(*at) : g_ascii_isalpha(*at))) {
        at++;
    }
    return at;
}

/* All shared runs were equal. */
static int compare_rests(const char *a, const char *a_end, const char *b, const char *b_end)
{
    if (a == a_end && b == b_end) {
        return 0;
    }
    bool b_is_newer = (a == a_end && !g_ascii_isalpha(*b)) || (a < a_end && g_ascii_isalpha(*a));

    return b_is_newer ? -1 : 1;
}

static int compare_part(const char *a, size_t a_length, const char *b, size_t b_length)
{
    const char *a_end = a + a_length, *b_end = b + b_length;

    while (a < a_end && b < b_end) {
        const char *left = end_of_separator(a, a_end), *right = end_of_separator(b, b_end);
        ptrdiff_t a_separator = left - a, b_separator = right - b;

        a = left;
        b = right;
        if (a == a_end || b == b_end) {
            break;
        }
        if (a_separator != b_separator) {
            return a_separator < b_separator ? -1 : 1;
        }
        bool digits = g_ascii_isdigit(*left);

        a = end_of_run(a, a_end, digits);
        b = end_of_run(b, b_end, digits);
        if (b == right) {
            return digits ? 1 : -1; /* a number beats letters */
        }
        size_t left_length = (size_t) (a - left), right_length = (size_t) (b - right);
        int order = digits ? vdi_version_compare_digits(left, left_length, right, right_length)
                           : vdi_version_compare_letters(left, left_length, right, right_length);

        if (order != 0) {
            return order;
        }
    }
    return compare_rests(a, a_end, b, b_end);
}

static int compare(const char *a, const char *b)
{
    VdiVersionParts left = vdi_version_parts(a), right = vdi_version_parts(b);
    int order =
        vdi_version_compare_digits(left.epoch, left.epoch_length, right.epoch, right.epoch_length);

    if (order == 0) {
        order =
            compare_part(left.version, left.version_length, right.version, right.version_length);
    }
    if (order == 0 && left.release != NULL && right.release != NULL) {
        order =
            compare_part(left.release, left.release_length, right.release, right.release_length);
    }
    return order;
}

const VdiVersionScheme vdi_version_alpm = {"alpm", vdi_version_has_parts, compare};
