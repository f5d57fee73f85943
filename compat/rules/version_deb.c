/* SPDX-License-Identifier: Apache-2.0 */
#include "compat/rules/version.h"

#include <string.h>

/* [epoch:]upstream[-revision], deb-version(7). A missing epoch is 0, a missing revision is "0", the
 * revision begins after the last hyphen. */

enum { EPOCH_MAX_DIGITS = 9 };

/* Where a byte stands among those that are no digits: `~` before the end, the end, letters, the
 * rest. A digit ends the run, as the end does. */
static int rank(const char *at, const char *end)
{
    if (at == end || g_ascii_isdigit(*at)) {
        return 0;
    }
    if (*at == '~') {
        return -1;
    }
    return g_ascii_isalpha(*at) ? (unsigned char) *at : 256 + (unsigned char) *at;
}

static const char *end_of_digits(const char *at, const char *end)
{
    while (at < end && g_ascii_isdigit(*at)) {
        at++;
    }
    return at;
}

static int compare_part(const char *a, size_t a_length, const char *b, size_t b_length)
{
    const char *a_end = a + a_length, *b_end = b + b_length;

    while (a < a_end || b < b_end) {
        while (rank(a, a_end) != 0 || rank(b, b_end) != 0) {
            int order = rank(a, a_end) - rank(b, b_end);

            if (order != 0) {
                return order;
            }
            a++;
            b++;
        }
        const char *a_digits = a, *b_digits = b;

        a = end_of_digits(a, a_end);
        b = end_of_digits(b, b_end);
        int order = vdi_version_compare_digits(
            a_digits, (size_t) (a - a_digits), b_digits, (size_t) (b - b_digits));

        if (order != 0) {
            return order;
        }
    }
    return 0;
}

static VdiVersionParts take_apart(const char *version)
{
    VdiVersionParts parts = vdi_version_parts(version);

    if (parts.release == NULL) {
        parts.release = "0";
        parts.release_length = 1;
    }
    return parts;
}

/* What dpkg calls an error; what it only warns about (a first byte that is no digit) it compares.
 */
static bool is_valid(const char *version)
{
    for (const char *c = version; *c != '\0'; c++) {
        if (*c <= ' ' || *c >= 0x7f) {
            return false;
        }
    }
    const char *colon = strchr(version, ':');
    VdiVersionParts parts = take_apart(version);
    bool epoch_is_good = colon == NULL
        || (parts.epoch == version && parts.epoch_length >= 1
            && parts.epoch_length <= EPOCH_MAX_DIGITS);

    return epoch_is_good && parts.version_length > 0 && parts.release_length > 0;
}

static int compare(const char *a, const char *b)
{
    VdiVersionParts left = take_apart(a), right = take_apart(b);
    int order =
        vdi_version_compare_digits(left.epoch, left.epoch_length, right.epoch, right.epoch_length);

    if (order == 0) {
        order =
            compare_part(left.version, left.version_length, right.version, right.version_length);
    }
    if (order == 0) {
        order =
            compare_part(left.release, left.release_length, right.release, right.release_length);
    }
    return order;
}

const VdiVersionScheme vdi_version_deb = {"deb", is_valid, compare};
