/* SPDX-License-Identifier: Apache-2.0 */
#include "compat/rules/version.h"

#include <stdlib.h>
#include <string.h>

#include "tests/support/check.h"

static int sign(int order)
{
    return (order > 0) - (order < 0);
}

/* Measured on Debian 12: dpkg 1.21, rpm 4.18, pacman 6.0.2. */
static const struct {
    const char *left, *right;
    int deb, rpm, alpm;
} measured[] = {
    {"1.0", "1.00", 0, 0, 0},
    {"1.0", "1.0.0", -1, -1, -1},
    {"1.9", "1.10", -1, -1, -1},
    {"1.0~rc1", "1.0", -1, -1, 1},
    {"1.0~rc1", "1.0~", 1, 1, -1},
    {"1.0^git1", "1.0", 1, 1, 1},
    {"1.0^git1", "1.0.1", 1, -1, -1},
    {"1.0~", "1.0^", -1, -1, 0},
    {"1.0rc1", "1.0", 1, 1, -1},
    {"1.0.rc1", "1.0", 1, 1, 1},
    {"1.0+b", "1.0.1", -1, -1, -1},
    {"1.0-1", "1.0", 1, 1, 0},
    {"1.0-0", "1.0", 0, 1, 0},
    {"1.0-1~deb12u1", "1.0-1", -1, -1, 1},
    {"1.0-1+b1", "1.0-1", 1, 1, 1},
    {"1:0.9", "2.0", 1, 1, 1},
    {"1..0", "1.0", 1, 0, 1},
    {"1_0", "1.0", 1, 0, 0},
    {"a", "1", 1, -1, -1},
    {"2.0~~", "2.0~", -1, -1, 0},
};

static void check_measured(const VdiVersionScheme *scheme, size_t row, int wanted)
{
    const char *left = measured[row].left, *right = measured[row].right;
    g_autofree char *name = g_strdup_printf("%s: %s, %s", scheme->name, left, right);

    CHECK_ROW(name, vdi_version_is_valid(scheme, left) && vdi_version_is_valid(scheme, right));
    CHECK_ROW(name, sign(scheme->compare(left, right)) == wanted);
    CHECK_ROW(name, sign(scheme->compare(right, left)) == -wanted);
}

static void orders_as_the_package_managers_do(void)
{
    for (size_t i = 0; i < G_N_ELEMENTS(measured); i++) {
        check_measured(vdi_version_scheme("deb"), i, measured[i].deb);
        check_measured(vdi_version_scheme("rpm"), i, measured[i].rpm);
        check_measured(vdi_version_scheme("alpm"), i, measured[i].alpm);
    }
}

static void orders_semver_and_dotted_numbers(void)
{
    static const struct {
        const char *scheme, *left, *right;
        int order;
    } rows[] = {
        {"semver", "1.0.0-alpha", "1.0.0-alpha.1", -1},
        {"semver", "1.0.0-alpha.1", "1.0.0-alpha.beta", -1},
        {"semver", "1.0.0-alpha.beta", "1.0.0-beta", -1},
        {"semver", "1.0.0-beta.2", "1.0.0-beta.11", -1},
        {"semver", "1.0.0-beta.11", "1.0.0-rc.1", -1},
        {"semver", "1.0.0-rc.1", "1.0.0", -1},
        {"semver", "1.0.0+build.1", "1.0.0+build.2", 0},
        {"semver", "1.0.0-a+b", "1.0.0-a", 0},
        {"semver", "1.0.0-1", "1.0.0--", -1},
        {"semver", "2.1.9", "2.1.10", -1},
        {"semver", "99999999999999999999.0.0", "100000000000000000000.0.0", -1},
        {"generic", "6.1.7601", "6.1", 1},
        {"generic", "6.1", "6.1.0.0", 0},
        {"generic", "26100.7623", "26100.7627", -1},
        {"generic", "4.5.0.353760", "4.10", -1},
        {"generic", "007", "7", 0},
        {"deb", "99999999999999999998", "99999999999999999999", -1},
        {"rpm", "18446744073709551616", "1", 1},
        {"alpm", "1.0.00000000000000000000001", "1.0.1", 0},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        const VdiVersionScheme *scheme = vdi_version_scheme(rows[i].scheme);

        CHECK_ROW(
            rows[i].left, sign(scheme->compare(rows[i].left, rows[i].right)) == rows[i].order);
        CHECK_ROW(
            rows[i].left, sign(scheme->compare(rows[i].right, rows[i].left)) == -rows[i].order);
    }
}

static void says_what_it_cannot_compare(void)
{
    static const struct {
        const char *scheme, *version;
        bool is_valid;
    } rows[] = {
        {"generic", "6.1", true},
        {"generic", "6.1-2", false},
        {"generic", "6..1", false},
        {"generic", ".6", false},
        {"generic", "6.", false},
        {"generic", "", false},
        {"semver", "1.2", false},
        {"semver", "1.2.3.4", false},
        {"semver", "01.2.3", false},
        {"semver", "1.2.3-", false},
        {"semver", "1.2.3-01", false},
        {"semver", "1.2.3-0a", true},
        {"semver", "1.2.3+01", true},
        {"semver", "1.2.3-a..b", false},
        {"semver", "v1.2.3", false},
        {"deb", "1:2.3-4", true},
        {"deb", ":1", false},
        {"deb", "1:", false},
        {"deb", "a:1", false},
        {"deb", "9999999999:1", false},
        {"deb", "1.0-", false},
        {"deb", "1 0", false},
        {"deb", "1.0\x01", false},
        {"deb", "1.\xc3\xa9", false},
        {"rpm", "1.0-", true},
        {"rpm", "-1", false},
        {"alpm", "1:", false},
    };
    g_autofree char *longest = g_strnfill(VDI_VERSION_MAX_BYTES, '1');
    g_autofree char *too_long = g_strnfill(VDI_VERSION_MAX_BYTES + 1, '1');

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        CHECK_ROW(rows[i].version,
            vdi_version_is_valid(vdi_version_scheme(rows[i].scheme), rows[i].version)
                == rows[i].is_valid);
    }
    CHECK(vdi_version_is_valid(vdi_version_scheme("deb"), longest));
    CHECK(!vdi_version_is_valid(vdi_version_scheme("deb"), too_long));
    CHECK(!vdi_version_is_valid(vdi_version_scheme("deb"), NULL));
    CHECK(vdi_version_scheme("npm") == NULL);
}

/* ---- against the package managers themselves ---- */

enum { ORACLE_PAIRS = 1000, ORACLE_PAIRS_MAX = 100000 };

/* More in the full tier, which says so in VDI_TEST_ORACLE_PAIRS. */
static size_t n_oracle_pairs(void)
{
    const char *wanted = g_getenv("VDI_TEST_ORACLE_PAIRS");
    guint64 n = ORACLE_PAIRS;

    CHECK(wanted == NULL || g_ascii_string_to_unsigned(wanted, 10, 1, ORACLE_PAIRS_MAX, &n, NULL));
    return (size_t) n;
}

/* Of the bytes that are difficult; never one that a package manager calls an error. */
static char *random_version(GRand *random, const char *bytes)
{
    size_t length = (size_t) g_rand_int_range(random, 1, 9);
    GString *out = g_string_new(g_rand_int_range(random, 0, 6) == 0 ? "1:" : "");

    g_string_append_c(out, (char) ('0' + g_rand_int_range(random, 0, 3)));
    for (size_t i = 1; i < length; i++) {
        g_string_append_c(out, bytes[g_rand_int_range(random, 0, (int) strlen(bytes))]);
    }
    if (g_rand_int_range(random, 0, 3) == 0) {
        g_string_append_printf(out, "-%d", g_rand_int_range(random, 0, 3));
    }
    return g_string_free(out, false);
}

/* Pairs for the oracle: one line "A B" each, and our own answer. */
typedef struct {
    size_t n;
    GString *lines;
    int *answers;
} Pairs;

static void make_pairs(const VdiVersionScheme *scheme, const char *bytes, Pairs *pairs)
{
    g_autoptr(GRand) random = g_rand_new_with_seed(20110208);
    size_t n = 0;

    pairs->n = n_oracle_pairs();
    pairs->answers = g_new0(int, pairs->n);
    pairs->lines = g_string_new(NULL);
    while (n < pairs->n) {
        g_autofree char *left = random_version(random, bytes);
        g_autofree char *right = random_version(random, bytes);

        if (vdi_version_is_valid(scheme, left) && vdi_version_is_valid(scheme, right)) {
            g_string_append_printf(pairs->lines, "%s %s\n", left, right);
            pairs->answers[n++] = sign(scheme->compare(left, right));
            CHECK_ROW(left, sign(scheme->compare(right, left)) == -pairs->answers[n - 1]);
        }
    }
}

/* The oracle prints -1, 0 or 1, a line each. */
static void ask(const char *scheme_name, const char *program, const char *script, const char *bytes)
{
    static const char *const wording[] = {"-1", "0", "1"};
    const VdiVersionScheme *scheme = vdi_version_scheme(scheme_name);
    g_autofree char *found = g_find_program_in_path(program);
    g_autofree char *file = g_build_filename(test_folder(), scheme_name, NULL);
    g_autofree char *out = NULL;
    const char *argv[] = {"/bin/sh", "-c", script, "oracle", file, NULL};
    g_autoptr(GError) error = NULL;
    Pairs pairs;

    if (found == NULL) {
        skip(program);
        return;
    }
    make_pairs(scheme, bytes, &pairs);
    bool asked = g_file_set_contents(file, pairs.lines->str, -1, &error)
        && g_spawn_sync(NULL, (char **) argv, NULL, G_SPAWN_STDERR_TO_DEV_NULL, NULL, NULL, &out,
            NULL, NULL, &error);
    g_auto(GStrv) asked_lines = g_strsplit(pairs.lines->str, "\n", -1);
    g_auto(GStrv) answers = g_strsplit(asked ? out : "", "\n", -1);

    CHECK_NO_ERROR(error);
    CHECK_INT(g_strv_length(answers), pairs.n + 1);
    for (size_t i = 0; i < pairs.n && i < g_strv_length(answers); i++) {
        CHECK_ROW(asked_lines[i], g_strcmp0(answers[i], wording[pairs.answers[i] + 1]) == 0);
    }
    g_string_free(pairs.lines, true);
    g_free(pairs.answers);
}

static void orders_as_dpkg_does(void)
{
    ask("deb", "dpkg",
        "while read -r a b; do if dpkg --compare-versions \"$a\" lt \"$b\"; then echo -1; "
        "elif dpkg --compare-versions \"$a\" eq \"$b\"; then echo 0; else echo 1; fi; done <\"$1\"",
        "019aA.-+~^_");
}

static void orders_as_rpm_does(void)
{
    ask("rpm", "rpm",
        "rpm --define \"pairs $1\" --eval '%{lua:for l in io.lines(rpm.expand(\"%pairs\")) do "
        "local a, b = l:match(\"(%S+) (%S+)\"); print(rpm.vercmp(a, b) .. string.char(10)) end}' | "
        "grep .",
        "019aA.+~^_");
}

/* pacman's own library, in one process: vercmp is packaged apart from it. */
static void orders_as_pacman_does(void)
{
    ask("alpm", "pacman",
        "exec /usr/bin/python3 -c 'import ctypes, ctypes.util, sys\n"
        "compare = ctypes.CDLL(ctypes.util.find_library(\"alpm\")).alpm_pkg_vercmp\n"
        "for line in open(sys.argv[1]):\n"
        "    print(compare(*(part.encode() for part in line.split())))' \"$1\"",
        "019aA.-+~^_");
}

/* Antisymmetric, and transitive over many triples. alpm is left out: it ignores a release that one
 * side lacks, so 1.0-1 = 1.0 = 1.0-2, and the order is none. */
static void each_order_is_total(void)
{
    static const char *const names[] = {"deb", "rpm"};

    for (size_t s = 0; s < G_N_ELEMENTS(names); s++) {
        const VdiVersionScheme *scheme = vdi_version_scheme(names[s]);
        g_autoptr(GRand) random = g_rand_new_with_seed(2467023);

        for (int i = 0; i < 20000; i++) {
            g_autofree char *a = random_version(random, "01aA.~^+");
            g_autofree char *b = random_version(random, "01aA.~^+");
            g_autofree char *c = random_version(random, "01aA.~^+");

            if (scheme->compare(a, b) <= 0 && scheme->compare(b, c) <= 0) {
                g_autofree char *row = g_strdup_printf("%s: %s %s %s", names[s], a, b, c);

                CHECK_ROW(row, scheme->compare(a, c) <= 0);
            }
        }
    }
}

const Test tests[] = {
    {"orders as the package managers do", orders_as_the_package_managers_do},
    {"orders semver and dotted numbers", orders_semver_and_dotted_numbers},
    {"says what it cannot compare", says_what_it_cannot_compare},
    {"orders as dpkg does", orders_as_dpkg_does},
    {"orders as rpm does", orders_as_rpm_does},
    {"orders as pacman does", orders_as_pacman_does},
    {"each order is total", each_order_is_total},
    TEST_END,
};
