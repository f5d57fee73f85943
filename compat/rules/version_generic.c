/* SPDX-License-Identifier: Apache-2.0 */
#include "compat/rules/version.h"

#include <string.h>

/* Dotted numbers: Windows builds (26100.7623), systems, clients. A missing component is 0; whatever
 * holds another character cannot be compared. */

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

/* Up to the next dot, which is passed; empty at the end. */
static VdiVersionPart take_number(const char **at)
{
    VdiVersionPart number = {*at, strspn(*at, DIGITS)};

    *at += number.length;
    if (**at == '.') {
        (*at)++;
    }
    return number;
}

static int compare(const char *a, const char *b)
{
    int order = 0;

    while (order == 0 && (*a != '\0' || *b != '\0')) {
        order = vdi_version_compare_digits(take_number(&a), take_number(&b));
    }
    return order;
}

const VdiVersionScheme vdi_version_generic = {"generic", is_valid, compare};
