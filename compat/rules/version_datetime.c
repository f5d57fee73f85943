/* SPDX-License-Identifier: Apache-2.0 */
#include "compat/rules/version.h"

#include <stdint.h>
#include <string.h>

/* A moment as RFC 3339 (5.6) writes it, T and Z in capitals: 2024-01-01T00:00:00Z,
 * 2023-12-31T19:00:00.5-05:00. Moments are compared, not their words: another offset, or zeros
 * behind a fraction, change nothing. */

enum { MINUTES_A_DAY = 24 * 60 };

typedef struct {
    int64_t minutes; /* in UTC, from the first of January of the year 1 */
    int second;      /* 60: a leap second, which follows 59.999 */
    VdiVersionPart fraction;
} Moment;

/* Where `form` has a 0, a digit; else that very byte. */
static bool has_form(const char *text, const char *form)
{
    for (; *form != '\0'; text++, form++) {
        if (*form == '0' ? !g_ascii_isdigit(*text) : *text != *form) {
            return false;
        }
    }
    return true;
}

static int number(const char *digits, size_t length)
{
    int value = 0;

    for (size_t i = 0; i < length; i++) {
        value = value * 10 + g_ascii_digit_value(digits[i]);
    }
    return value;
}

/* Z, +05:00, -05:00, in minutes to take away. */
static bool read_offset(const char *text, int *ret_minutes)
{
    if (strcmp(text, "Z") == 0) {
        *ret_minutes = 0;
        return true;
    }
    if ((*text != '+' && *text != '-') || !has_form(text + 1, "00:00") || text[6] != '\0') {
        return false;
    }
    int hours = number(text + 1, 2), minutes = number(text + 4, 2);

    *ret_minutes = (hours * 60 + minutes) * (*text == '+' ? 1 : -1);
    return hours <= 23 && minutes <= 59;
}

/* Z, .5Z: without the zeros at the end of a fraction, which say nothing. */
static bool read_fraction(const char **at, VdiVersionPart *ret_fraction)
{
    VdiVersionPart fraction = {*at, 0};

    if (**at == '.') {
        fraction.text = *at + 1;
        fraction.length = strspn(fraction.text, "0123456789");
        if (fraction.length == 0) {
            return false;
        }
        *at = fraction.text + fraction.length;
    }
    while (fraction.length > 0 && fraction.text[fraction.length - 1] == '0') {
        fraction.length--;
    }
    *ret_fraction = fraction;
    return true;
}

static bool read_moment(const char *version, Moment *ret_moment)
{
    static const char form[] = "0000-00-00T00:00:00";
    const char *rest = version + strlen(form);
    Moment moment;
    int offset = 0;

    if (!has_form(version, form) || !read_fraction(&rest, &moment.fraction)
        || !read_offset(rest, &offset)) {
        return false;
    }
    GDateYear year = (GDateYear) number(version, 4);
    GDateMonth month = (GDateMonth) number(version + 5, 2);
    GDateDay day = (GDateDay) number(version + 8, 2);
    int hour = number(version + 11, 2), minute = number(version + 14, 2);
    GDate date;

    moment.second = number(version + 17, 2);
    if (!g_date_valid_dmy(day, month, year) || hour > 23 || minute > 59 || moment.second > 60) {
        return false;
    }
    g_date_clear(&date, 1);
    g_date_set_dmy(&date, day, month, year);
    moment.minutes =
        (int64_t) g_date_get_julian(&date) * MINUTES_A_DAY + hour * 60 + minute - offset;
    *ret_moment = moment;
    /* A leap second is the last of a day. */
    return moment.second < 60 || moment.minutes % MINUTES_A_DAY == MINUTES_A_DAY - 1;
}

static bool is_valid(const char *version)
{
    Moment moment;

    return read_moment(version, &moment);
}

static Moment moment_of(const char *valid)
{
    Moment moment = {0};
    bool is_read = read_moment(valid, &moment);

    g_assert(is_read);
    return moment;
}

static int compare(const char *a, const char *b)
{
    Moment left = moment_of(a), right = moment_of(b);

    if (left.minutes != right.minutes) {
        return left.minutes < right.minutes ? -1 : 1;
    }
    if (left.second != right.second) {
        return left.second - right.second;
    }
    return vdi_version_compare_letters(left.fraction, right.fraction);
}

const VdiVersionScheme vdi_version_datetime = {"datetime", is_valid, compare};
