/* SPDX-License-Identifier: Apache-2.0 */
#include "compat/rules/version.h"

#include <string.h>

/* [epoch:]upstream[-revision], Debian Policy 5.6.12 and deb-version(7). A missing epoch is 0, a
 * missing revision is "0", the revision begins after the last hyphen. */

/* Where a byte stands among those that are no digits: `~` before the end, the end, letters, the
 * rest. A digit ends the run, as the end does. */
static int rank(VdiVersionPart at)
{
    if (at.length == 0 || g_ascii_isdigit(*at.text)) {
        return 0;
    }
    if (*at.text == '~') {
        return -1;
    }
    return g_ascii_isalpha(*at.text) ? (unsigned char) *at.text : 256 + (unsigned char) *at.text;
}

static int compare_part(VdiVersionPart a, VdiVersionPart b)
{
    while (a.length > 0 || b.length > 0) {
        while (rank(a) != 0 || rank(b) != 0) {
            int order = rank(a) - rank(b);

            if (order != 0) {
                return order;
            }
            a = (VdiVersionPart){a.text + 1, a.length - 1};
            b = (VdiVersionPart){b.text + 1, b.length - 1};
        }
        int order = vdi_version_compare_digits(
            vdi_version_take(&a, vdi_version_is_digit), vdi_version_take(&b, vdi_version_is_digit));

        if (order != 0) {
            return order;
        }
    }
    return 0;
}

static VdiVersionParts take_apart(const char *version)
{
    VdiVersionParts parts = vdi_version_parts(version);

    if (parts.release.text == NULL) {
        parts.release = (VdiVersionPart){"0", 1};
    }
    return parts;
}

/* What dpkg calls an error; what it only warns about (a first byte that is no digit, one that no
 * version should have) it compares. */
static bool is_valid(const char *version)
{
    static const VdiVersionPart highest_epoch = {"2147483647", 10}; /* dpkg's int */
    VdiVersionParts parts = take_apart(version);
    bool has_epoch = parts.version.text != version;

    return vdi_version_is_printable(version) && has_epoch == (strchr(version, ':') != NULL)
        && parts.epoch.length > 0 && vdi_version_compare_digits(parts.epoch, highest_epoch) <= 0
        && parts.version.length > 0 && parts.release.length > 0;
}

static int compare(const char *a, const char *b)
{
    VdiVersionParts left = take_apart(a), right = take_apart(b);
    int order = vdi_version_compare_digits(left.epoch, right.epoch);

    if (order == 0) {
        order = compare_part(left.version, right.version);
    }
    return order != 0 ? order : compare_part(left.release, right.release);
}

const VdiVersionScheme vdi_version_deb = {"deb", is_valid, compare};
