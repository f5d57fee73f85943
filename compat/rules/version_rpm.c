/* SPDX-License-Identifier: Apache-2.0 */
#include "compat/rules/version.h"

#include <string.h>

/* [epoch:]version[-release], rpm-version(7). Runs of digits or of letters; the rest separates. `~`
 * sorts before everything, even the end; `^` after the end, but before any further run. */

static bool separates(char c)
{
    return !g_ascii_isalnum(c) && c != '~' && c != '^';
}

/* The next run at *at, which moves behind it. */
static size_t take_run(const char **at, const char *end, bool digits)
{
    const char *begin = *at;

    while (*at < end && (digits ? g_ascii_isdigit(**at) : g_ascii_isalpha(**at))) {
        (*at)++;
    }
    return (size_t) (*at - begin);
}

/* Both sides stand at a mark, one does, or none. True when that decides; then *ret_order. */
static bool tilde_decides(char a, char b, int *ret_order)
{
    *ret_order = a == '~' ? -1 : 1;
    return (a == '~') != (b == '~');
}

/* The end is '\0' here. Against a caret the end is older, a further run newer. */
static bool caret_decides(char a, char b, int *ret_order)
{
    if ((a == '^') == (b == '^')) {
        return false;
    }
    *ret_order = a == '^' ? (b == '\0' ? 1 : -1) : (a == '\0' ? -1 : 1);
    return true;
}

static int compare_runs(const char **a, const char *a_end, const char **b, const char *b_end)
{
    const char *left = *a, *right = *b;
    bool digits = g_ascii_isdigit(*left);
    size_t left_length = take_run(a, a_end, digits), right_length = take_run(b, b_end, digits);

    if (right_length == 0) {
        return digits ? 1 : -1; /* a number beats letters */
    }
    return digits ? vdi_version_compare_digits(left, left_length, right, right_length)
                  : vdi_version_compare_letters(left, left_length, right, right_length);
}

static int compare_part(const char *a, size_t a_length, const char *b, size_t b_length)
{
    const char *a_end = a + a_length, *b_end = b + b_length;

    while (a < a_end || b < b_end) {
        int order = 0;

        while (a < a_end && separates(*a)) {
            a++;
        }
        while (b < b_end && separates(*b)) {
            b++;
        }
        char left = '\0', right = '\0';

        if (a < a_end) {
            left = *a;
        }
        if (b < b_end) {
            right = *b;
        }
        if (tilde_decides(left, right, &order) || caret_decides(left, right, &order)) {
            return order;
        }
        if (left == '~' || left == '^') {
            a++;
            b++;
            continue;
        }
        if (left == '\0' || right == '\0') {
            return (left != '\0') - (right != '\0');
        }
        order = compare_runs(&a, a_end, &b, b_end);
        if (order != 0) {
            return order;
        }
    }
    return 0;
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
    if (order == 0 && (left.release == NULL || right.release == NULL)) {
        return (left.release != NULL) - (right.release != NULL);
    }
    return order != 0
        ? order
        : compare_part(left.release, left.release_length, right.release, right.release_length);
}

const VdiVersionScheme vdi_version_rpm = {"rpm", vdi_version_has_parts, compare};
