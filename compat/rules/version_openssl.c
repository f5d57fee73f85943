/* SPDX-License-Identifier: Apache-2.0 */
#include "compat/rules/version.h"

#include <string.h>

/* As the OpenSSL project numbers its releases: 1.1.1w, where letters follow (a … z, za …: so before
 * 3.0 alone), and 3.0.13. A version under way is older than its release: 3.0.0-dev, -alpha1-dev,
 * -alpha1, -alpha2 … -beta1, then 3.0.0; older ones write -pre1 or -beta1. Build data (+quic)
 * orders nothing. */

enum { N_NUMBERS = 3 };

/* The stages in their order. A release has none of these words and stands behind all. */
static const char *const stages[] = {"dev", "alpha", "beta", "pre"};

enum { STAGE_DEV = 0, STAGE_RELEASE = G_N_ELEMENTS(stages) };

typedef struct {
    VdiVersionPart numbers[N_NUMBERS]; /* MAJOR.MINOR.FIX */
    VdiVersionPart letters;
    size_t stage;
    VdiVersionPart stage_number;
    bool is_dev; /* on the way to that stage */
} Release;

static bool is_lower(char c)
{
    return g_ascii_islower(c);
}

static bool is_build(char c)
{
    return g_ascii_isalnum(c) || c == '-' || c == '.';
}

static bool take_text(VdiVersionPart *rest, const char *text)
{
    size_t length = strlen(text);

    if (rest->length < length || memcmp(rest->text, text, length) != 0) {
        return false;
    }
    *rest = (VdiVersionPart){rest->text + length, rest->length - length};
    return true;
}

static bool take_number(VdiVersionPart *rest, VdiVersionPart *ret_number)
{
    *ret_number = vdi_version_take(rest, vdi_version_is_digit);
    return ret_number->length == 1 || (ret_number->length > 1 && *ret_number->text != '0');
}

/* alpha1, beta2-dev, pre9, or dev alone. */
static bool take_stage(VdiVersionPart *rest, Release *release)
{
    release->stage = STAGE_DEV;
    while (release->stage < STAGE_RELEASE && !take_text(rest, stages[release->stage])) {
        release->stage++;
    }
    if (release->stage == STAGE_DEV) {
        return true;
    }
    if (release->stage == STAGE_RELEASE || !take_number(rest, &release->stage_number)) {
        return false;
    }
    release->is_dev = take_text(rest, "-dev");
    return true;
}

static bool read_release(const char *version, Release *ret_release)
{
    VdiVersionPart rest = {version, strlen(version)};
    Release release = {.stage = STAGE_RELEASE, .stage_number = {"", 0}};

    for (size_t i = 0; i < N_NUMBERS; i++) {
        if ((i > 0 && !take_text(&rest, ".")) || !take_number(&rest, &release.numbers[i])) {
            return false;
        }
    }
    release.letters = vdi_version_take(&rest, is_lower);
    bool may_have_letters = release.numbers[0].length == 1 && *release.numbers[0].text < '3';

    if ((release.letters.length > 0 && !may_have_letters)
        || (take_text(&rest, "-") && !take_stage(&rest, &release))
        || (take_text(&rest, "+") && vdi_version_take(&rest, is_build).length == 0)) {
        return false;
    }
    *ret_release = release;
    return rest.length == 0;
}

static bool is_valid(const char *version)
{
    Release release;

    return read_release(version, &release);
}

static Release release_of(const char *valid)
{
    Release release = {0};
    bool is_read = read_release(valid, &release);

    g_assert(is_read);
    return release;
}

static int compare(const char *a, const char *b)
{
    Release left = release_of(a), right = release_of(b);
    int order = 0;

    for (size_t i = 0; order == 0 && i < N_NUMBERS; i++) {
        order = vdi_version_compare_digits(left.numbers[i], right.numbers[i]);
    }
    if (order == 0) {
        order = vdi_version_compare_letters(left.letters, right.letters);
    }
    if (order == 0 && left.stage != right.stage) {
        return left.stage < right.stage ? -1 : 1;
    }
    if (order == 0) {
        order = vdi_version_compare_digits(left.stage_number, right.stage_number);
    }
    return order != 0 ? order : right.is_dev - left.is_dev;
}

const VdiVersionScheme vdi_version_openssl = {"openssl", is_valid, compare};
