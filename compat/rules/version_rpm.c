/* SPDX-License-Identifier: Apache-2.0 */
#include "compat/rules/version.h"

/* [epoch:]version[-release] as rpm-version(7) and as vercmp(8) order it: pacman's way is what rpm's
 * was before it had marks. Runs of digits or of letters are compared, all else separates.
 *
 * rpm: `~` sorts before everything, even the end; `^` after the end, but before any further run.
 * What has more runs is newer, and so is what has a release.
 *
 * pacman: `~` and `^` separate, and a longer separator is newer. A rest that begins with a letter
 * is older: 1.0rc1 < 1.0. The release counts only when both have one, so 1.0-1 = 1.0 = 1.0-2. */

static bool is_letter(char c)
{
    return g_ascii_isalpha(c);
}

static bool separates_for_pacman(char c)
{
    return !g_ascii_isalnum(c);
}

static bool separates_for_rpm(char c)
{
    return !g_ascii_isalnum(c) && c != '~' && c != '^';
}

/* Both begin with a run, which is taken. */
static int compare_runs(VdiVersionPart *a, VdiVersionPart *b)
{
    bool is_number = g_ascii_isdigit(*a->text);
    VdiVersionPart left = vdi_version_take(a, is_number ? vdi_version_is_digit : is_letter);
    VdiVersionPart right = vdi_version_take(b, is_number ? vdi_version_is_digit : is_letter);

    if (right.length == 0) {
        return is_number ? 1 : -1; /* a number beats letters */
    }
    return is_number ? vdi_version_compare_digits(left, right)
                     : vdi_version_compare_letters(left, right);
}

typedef enum { RANK_TILDE, RANK_END, RANK_CARET, RANK_RUN } Rank;

static Rank rank(VdiVersionPart at)
{
    if (at.length == 0) {
        return RANK_END;
    }
    return *at.text == '~' ? RANK_TILDE : *at.text == '^' ? RANK_CARET : RANK_RUN;
}

static int compare_rpm_part(VdiVersionPart a, VdiVersionPart b)
{
    for (;;) {
        vdi_version_take(&a, separates_for_rpm);
        vdi_version_take(&b, separates_for_rpm);
        Rank left = rank(a), right = rank(b);

        if (left != right) {
            return left < right ? -1 : 1;
        }
        if (left == RANK_END) {
            return 0;
        }
        if (left != RANK_RUN) {
            a = (VdiVersionPart){a.text + 1, a.length - 1};
            b = (VdiVersionPart){b.text + 1, b.length - 1};
            continue;
        }
        int order = compare_runs(&a, &b);

        if (order != 0) {
            return order;
        }
    }
}

/* All shared runs were equal, and one of the two is over at least. */
static int compare_rests(VdiVersionPart a, VdiVersionPart b)
{
    if (a.length == b.length) {
        return 0;
    }
    return a.length > 0 ? (is_letter(*a.text) ? -1 : 1) : (is_letter(*b.text) ? 1 : -1);
}

static int compare_pacman_part(VdiVersionPart a, VdiVersionPart b)
{
    while (a.length > 0 && b.length > 0) {
        size_t left = vdi_version_take(&a, separates_for_pacman).length;
        size_t right = vdi_version_take(&b, separates_for_pacman).length;

        if (a.length == 0 || b.length == 0) {
            break;
        }
        int order = left != right ? (left < right ? -1 : 1) : compare_runs(&a, &b);

        if (order != 0) {
            return order;
        }
    }
    return compare_rests(a, b);
}

static bool is_valid(const char *version)
{
    return vdi_version_is_printable(version) && vdi_version_parts(version).version.length > 0;
}

static int compare_rpm(const char *a, const char *b)
{
    VdiVersionParts left = vdi_version_parts(a), right = vdi_version_parts(b);
    bool a_has_release = left.release.text != NULL, b_has_release = right.release.text != NULL;
    int order = vdi_version_compare_digits(left.epoch, right.epoch);

    if (order == 0) {
        order = compare_rpm_part(left.version, right.version);
    }
    if (order == 0 && a_has_release && b_has_release) {
        return compare_rpm_part(left.release, right.release);
    }
    return order != 0 ? order : a_has_release - b_has_release;
}

static int compare_pacman(const char *a, const char *b)
{
    VdiVersionParts left = vdi_version_parts(a), right = vdi_version_parts(b);
    int order = vdi_version_compare_digits(left.epoch, right.epoch);

    if (order == 0) {
        order = compare_pacman_part(left.version, right.version);
    }
    if (order == 0 && left.release.text != NULL && right.release.text != NULL) {
        order = compare_pacman_part(left.release, right.release);
    }
    return order;
}

const VdiVersionScheme vdi_version_rpm = {"rpm", is_valid, compare_rpm};
const VdiVersionScheme vdi_version_alpm = {"alpm", is_valid, compare_pacman};
