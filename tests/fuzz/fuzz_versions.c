/* SPDX-License-Identifier: Apache-2.0 */
#include <stdint.h>
#include <string.h>

#include "compat/rules/range.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A digit that chooses the scheme, then three versions, a line each. */
enum { N_VERSIONS = 3 };

static int sign(int order)
{
    return (order > 0) - (order < 0);
}

/* Single separators between letters and digits. */
static bool is_tidy(const char *version)
{
    for (const char *c = version; *c != '\0'; c++) {
        if (!g_ascii_isalnum(*c) && (c == version || !g_ascii_isalnum(c[1]))) {
            return false;
        }
    }
    return true;
}

/* The order is one: a version is itself, what is above is not below, and what is below what is
 * below is below. pacman's alone is less than that, and says so itself: 1.0-1 = 1.0 = 1.0-2, and
 * with separators astray 1..a < 1. < 1.0 < 1..a. */
static void check_order(const VdiVersionScheme *scheme, char **versions)
{
    bool is_pacman = scheme == &vdi_version_alpm;
    bool is_tidy_throughout = is_tidy(versions[0]) && is_tidy(versions[1]) && is_tidy(versions[2]);

    for (size_t i = 0; i < N_VERSIONS * N_VERSIONS * N_VERSIONS; i++) {
        const char *a = versions[i % 3], *b = versions[i / 3 % 3], *c = versions[i / 9];
        int ab = sign(scheme->compare(a, b)), bc = sign(scheme->compare(b, c));
        int ac = sign(scheme->compare(a, c));

        g_assert(ab == -sign(scheme->compare(b, a)));
        g_assert(strcmp(a, b) != 0 || ab == 0);
        g_assert((is_pacman && !is_tidy_throughout) || ab >= 0 || bc >= 0 || ac < 0);
        g_assert(is_pacman || ab > 0 || bc > 0 || ac == MIN(ab, bc));
    }
}

/* vers:TYPE/OPaOPb, encoded as it must be. The second constraint may be left out. */
static char *range_text(const VdiVersionScheme *scheme, const char *op, const char *version,
    const char *second_op, const char *second)
{
    const char *parts[] = {op, version, second_op, second};
    GString *out = g_string_new("vers:");

    g_string_append_printf(out, "%s/", scheme->name);
    for (size_t i = 0; i < G_N_ELEMENTS(parts) && parts[i] != NULL; i++) {
        for (const char *c = parts[i]; *c != '\0'; c++) {
            bool is_encoded = i % 2 == 1 && strchr("<>=!*|%", *c) != NULL;

            g_string_append_printf(out, is_encoded ? "%%%02X" : "%c", (unsigned char) *c);
        }
    }
    return g_string_free(out, false);
}

static void check_contains(const char *text, const char *version, bool due)
{
    g_autoptr(VdiRange) range = vdi_range_parse(text, NULL);

    g_assert(range != NULL && strcmp(vdi_range_text(range), text) == 0);
    g_assert(vdi_range_contains(range, version) == (due ? VDI_TRUTH_TRUE : VDI_TRUTH_FALSE));
}

/* A range written with these versions says of them what the order says. */
static void check_ranges(const VdiVersionScheme *scheme, char **versions)
{
    static const struct {
        const char *op;
        bool below, equal, above; /* is such a version in it? */
    } rows[] = {{"", false, true, false}, {"<", true, false, false}, {"<=", true, true, false},
        {">", false, false, true}, {">=", false, true, true}, {"!=", false, false, false}};
    const char *a = versions[0], *b = versions[1], *c = versions[2];
    int order = scheme->compare(a, b);

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *text = range_text(scheme, rows[i].op, b, NULL, NULL);

        check_contains(text, a,
            order < 0       ? rows[i].below
                : order > 0 ? rows[i].above
                            : rows[i].equal);
    }
    if (order < 0) {
        g_autofree char *text = range_text(scheme, ">=", a, "|<", b);
        int left = scheme->compare(c, a), right = scheme->compare(c, b);

        check_contains(text, c, left == 0 || (left > 0 && right < 0));
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const size_t n_schemes = 7;

    if (size < 2) {
        return 0;
    }
    const VdiVersionScheme *scheme = vdi_version_scheme_at((data[0] - (size_t) '0') % n_schemes);
    g_autofree char *text = g_strndup((const char *) data + 2, size - 2);
    g_auto(GStrv) versions = g_strsplit(text, "\n", N_VERSIONS);

    g_assert(scheme != NULL && vdi_version_scheme_at(n_schemes) == NULL);
    for (size_t i = 0; i < N_VERSIONS; i++) {
        if (g_strv_length(versions) < N_VERSIONS || !vdi_version_is_valid(scheme, versions[i])) {
            return 0;
        }
    }
    check_order(scheme, versions);
    check_ranges(scheme, versions);
    return 0;
}
