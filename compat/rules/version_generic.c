/* SPDX-License-Identifier: Apache-2.0 */
#include "compat/rules/version.h"

#include <string.h>

/* Dotted numbers: Windows builds, systems, clients. A missing component is 0; whatever holds
 * another character cannot be compared. */

#define DIGITS "0123456789"

static bool is_valid(const char *version)
{
    for (const char *at = version;; at++) {
        size_t length = strspn(at, DIGITS);

        if (length == 0) {
            return false;
        }
        at += length;
        if (*at != '.') {
            return *at == '\0';
        }
    }
}

static int compare(const char *a, const char *b)
{
    while (*a != '\0' || *b != '\0') {
        size_t left = strspn(a, DIGITS), right = strspn(b, DIGITS);
        int order = vdi_version_compare_digits(a, left, b, right);

        if (order != 0) {
            return order;
        }
        a += left + (a[left] == '.' ? 1 : 0);
        b += right + (b[right] == '.' ? 1 : 0);
    }
    return 0;
}

const VdiVersionScheme vdi_version_generic = {"generic", is_valid, compare};
