/* SPDX-License-Identifier: Apache-2.0 */
/* Our orders against those who define them: each is asked about the same pairs of versions, real
 * ones of this machine's package lists and random ones of the bytes that are difficult. */
#include <stdlib.h>
#include <string.h>

#include "compat/rules/version.h"
#include "tests/support/check.h"

enum { PAIRS = 1000, PAIRS_MAX = 100000, SHOWN = 20, MISSING = 77, DIGITS_MAX = 15 };

/* A script reads lines "A B OURS" (-1, 0 or 1) from "$1" and prints its own answer, a line each. It
 * ends with 77 when the oracle is not installed. */
typedef struct {
    const char *scheme;
    const char *oracle; /* for the words of a skip */
    const char *bytes;  /* of random versions; what cannot be compared is left out */
    char *(*make)(GRand *random, const char *bytes);
    const char *script;
} Oracle;

static int sign(int order)
{
    return (order > 0) - (order < 0);
}

/* More in the full tier, which says so in VDI_TEST_ORACLE_PAIRS. */
static size_t n_pairs_wanted(void)
{
    const char *wanted = g_getenv("VDI_TEST_ORACLE_PAIRS");
    guint64 n = PAIRS;

    CHECK(wanted == NULL || g_ascii_string_to_unsigned(wanted, 10, 1, PAIRS_MAX, &n, NULL));
    return (size_t) n;
}

/* ---- versions ---- */

static char random_byte(GRand *random, const char *bytes)
{
    return bytes[g_rand_int_range(random, 0, (int) strlen(bytes))];
}

/* [epoch:]version[-release] */
static char *make_packaged(GRand *random, const char *bytes)
{
    int length = g_rand_int_range(random, 1, 9);
    GString *out = g_string_new(g_rand_int_range(random, 0, 6) == 0 ? "1:" : "");

    g_string_append_c(out, random_byte(random, "0123"));
    for (int i = 1; i < length; i++) {
        g_string_append_c(out, random_byte(random, bytes));
    }
    if (g_rand_int_range(random, 0, 3) == 0) {
        g_string_append_printf(out, "-%d", g_rand_int_range(random, 0, 3));
    }
    return g_string_free(out, false);
}

static char *make_semver(GRand *random, const char *bytes)
{
    GString *out = g_string_new(NULL);

    for (int i = 0; i < 3; i++) {
        g_string_append_printf(out, "%s%d", i > 0 ? "." : "", g_rand_int_range(random, 0, 3) * 5);
    }
    for (int i = g_rand_int_range(random, 0, 6), k = 0; k < i; k++) {
        g_string_append_c(out, k == 0 ? '-' : random_byte(random, bytes));
    }
    if (g_rand_int_range(random, 0, 6) == 0) {
        g_string_append_printf(out, "+%d", g_rand_int_range(random, 0, 3));
    }
    return g_string_free(out, false);
}

/* Around the turn of a year, so that offsets carry over all of it. */
static char *make_datetime(GRand *random, const char *bytes)
{
    static const char *const days[] = {"2023-12-31", "2024-01-01", "2024-02-28", "2024-02-29",
        "2024-03-01", "2100-02-28", "2100-03-01", "1970-01-01"};
    static const char *const offsets[] = {"Z", "+00:00", "-00:00", "+02:00", "-05:30", "+23:59"};
    GString *out = g_string_new(days[g_rand_int_range(random, 0, G_N_ELEMENTS(days))]);

    g_string_append_printf(out, "T%02d:%02d:%02d", g_rand_int_range(random, 0, 3) * 11,
        g_rand_int_range(random, 0, 2) * 59, g_rand_int_range(random, 0, 2) * 30);
    for (int i = g_rand_int_range(random, 0, 4), k = 0; k < i; k++) {
        g_string_append_c(out, k == 0 ? '.' : random_byte(random, bytes));
    }
    g_string_append(out, offsets[g_rand_int_range(random, 0, G_N_ELEMENTS(offsets))]);
    return g_string_free(out, false);
}

/* Sorted, without doubles; empty where there is no dpkg. */
static char **real_versions(void)
{
    static const char script[] =
        "{ cat /var/lib/dpkg/status; for list in /var/lib/apt/lists/*_Packages*; do "
        "/usr/lib/apt/apt-helper cat-file \"$list\"; done; } | sed -n 's/^Version: //p' | "
        "LC_ALL=C sort -u";
    const char *argv[] = {"/bin/sh", "-c", script, NULL};
    g_autofree char *out = NULL;

    if (!g_spawn_sync(NULL, (char **) argv, NULL, G_SPAWN_STDERR_TO_DEV_NULL, NULL, NULL, &out,
            NULL, NULL, NULL)) {
        return g_new0(char *, 1);
    }
    g_strchomp(out);
    return g_strsplit(out, "\n", -1);
}

/* As that scheme writes it: for semver 1:1.2.3~rc.1-2 is 1.2.3-rc.1. */
static char *as_scheme(const char *scheme, const char *real)
{
    VdiVersionParts parts = vdi_version_parts(real);

    if (strcmp(scheme, "semver") != 0) {
        return g_strdup(real);
    }
    return g_strdelimit(g_strndup(parts.version.text, parts.version.length), "~", '-');
}

/* A byte replaced, added or taken away. */
static char *mutate(GRand *random, const char *version, const char *bytes)
{
    GString *out = g_string_new(version);
    gsize at = (gsize) g_rand_int_range(random, 0, (int) out->len);
    int way = g_rand_int_range(random, 0, 3);

    if (way != 0) {
        g_string_erase(out, (gssize) at, 1);
    }
    if (way != 1) {
        g_string_insert_c(out, (gssize) at, random_byte(random, bytes));
    }
    return g_string_free(out, false);
}

/* node counts in doubles: longer numbers are not what is asked here. */
static bool is_askable(const VdiVersionScheme *scheme, const char *version)
{
    for (const char *at = version; *at != '\0'; at++) {
        if (strspn(at, "0123456789") > DIGITS_MAX && strcmp(scheme->name, "semver") == 0) {
            return false;
        }
    }
    return vdi_version_is_valid(scheme, version);
}

/* ---- asking ---- */

typedef struct {
    GPtrArray *lines; /* char *: "A B OURS" */
    GArray *answers;  /* int */
} Pairs;

static void make_pair(const Oracle *oracle, GRand *random, char **real, char **ret_a, char **ret_b)
{
    guint n_real = g_strv_length(real);
    int way = g_rand_int_range(random, 0, n_real > 4 ? 4 : 2);
    guint at = n_real > 4 ? (guint) g_rand_int_range(random, 0, (int) n_real - 4) : 0;

    *ret_a = way < 2 ? oracle->make(random, oracle->bytes) : as_scheme(oracle->scheme, real[at]);
    if (way == 0) {
        *ret_b = oracle->make(random, oracle->bytes);
    } else if (way == 3) { /* its neighbours: another release of the same, often */
        *ret_b = as_scheme(oracle->scheme, real[at + (guint) g_rand_int_range(random, 1, 4)]);
    } else {
        *ret_b = mutate(random, *ret_a, oracle->bytes);
    }
}

static void make_pairs(const Oracle *oracle, Pairs *pairs)
{
    const VdiVersionScheme *scheme = vdi_version_scheme(oracle->scheme);
    g_autoptr(GRand) random = g_rand_new_with_seed(20110208);
    g_auto(GStrv) real = real_versions();
    size_t n = n_pairs_wanted();

    pairs->lines = g_ptr_array_new_with_free_func(g_free);
    pairs->answers = g_array_new(false, false, sizeof(int));
    while (pairs->lines->len < n) {
        g_autofree char *a = NULL;
        g_autofree char *b = NULL;

        make_pair(oracle, random, real, &a, &b);
        if (!is_askable(scheme, a) || !is_askable(scheme, b)) {
            continue;
        }
        int answer = sign(scheme->compare(a, b));

        CHECK_ROW(a, sign(scheme->compare(b, a)) == -answer);
        g_array_append_val(pairs->answers, answer);
        g_ptr_array_add(pairs->lines, g_strdup_printf("%s %s %d", a, b, answer));
    }
}

static char *answers_of(const Oracle *oracle, const Pairs *pairs, int *ret_status)
{
    g_autofree char *file = g_build_filename(test_folder(), oracle->scheme, NULL);
    const char *argv[] = {"/bin/sh", "-c", oracle->script, "oracle", file, NULL};
    g_autoptr(GString) text = g_string_new(NULL);
    g_autoptr(GError) error = NULL;
    char *out = NULL;
    int wait_status = 0;

    for (guint i = 0; i < pairs->lines->len; i++) {
        g_string_append_printf(text, "%s\n", (const char *) pairs->lines->pdata[i]);
    }
    if (g_file_set_contents(file, text->str, (gssize) text->len, &error)) {
        (void) g_spawn_sync(NULL, (char **) argv, NULL, G_SPAWN_STDERR_TO_DEV_NULL, NULL, NULL,
            &out, NULL, &wait_status, &error);
    }
    CHECK_NO_ERROR(error);
    *ret_status = WIFEXITED(wait_status) ? WEXITSTATUS(wait_status) : -1;
    return out;
}

static void compare_answers(const Pairs *pairs, const char *out)
{
    g_auto(GStrv) answers = g_strsplit(out != NULL ? out : "", "\n", -1);
    unsigned n_wrong = 0;

    CHECK_INT(g_strv_length(answers), pairs->lines->len + 1);
    for (guint i = 0; i < pairs->lines->len && answers[i] != NULL && n_wrong < SHOWN; i++) {
        g_autofree char *ours = g_strdup_printf("%d", g_array_index(pairs->answers, int, i));
        bool same = strcmp(answers[i], ours) == 0;

        n_wrong += !same;
        CHECK_ROW(pairs->lines->pdata[i], same);
    }
}

static void ask(const Oracle *oracle)
{
    Pairs pairs = {NULL, NULL};
    int status = 0;

    make_pairs(oracle, &pairs);
    g_autofree char *out = answers_of(oracle, &pairs, &status);

    if (status == MISSING) {
        skip(oracle->oracle);
    } else {
        CHECK_INT(status, 0);
        compare_answers(&pairs, out);
    }
    g_ptr_array_unref(pairs.lines);
    g_array_unref(pairs.answers);
}

/* ---- the oracles ---- */

/* One process a pair: so it is asked whether ours is right, and says itself only when it is not. */
static void orders_as_dpkg_does(void)
{
    static const Oracle dpkg = {"deb", "dpkg", "019aA.-+~^_:", make_packaged,
        "command -v dpkg >/dev/null || exit 77\n"
        "while read -r a b ours; do\n"
        "    case $ours in -1) is=lt ;; 0) is=eq ;; 1) is=gt ;; esac\n"
        "    dpkg --compare-versions \"$a\" $is \"$b\" && echo \"$ours\" || echo \"not $is\"\n"
        "done <\"$1\""};

    ask(&dpkg);
}

static void orders_as_rpm_does(void)
{
    static const Oracle rpm = {"rpm", "rpm", "019aA.-+~^_:", make_packaged,
        "command -v rpm >/dev/null || exit 77\n"
        "rpm --define \"pairs $1\" --eval '%{lua:for l in io.lines(rpm.expand(\"%pairs\")) do "
        "local a, b = l:match(\"(%S+) (%S+)\"); print(rpm.vercmp(a, b) .. string.char(10)) end}' | "
        "grep ."};

    ask(&rpm);
}

/* vercmp's own function, in one process. */
static void orders_as_pacman_does(void)
{
    static const Oracle pacman = {"alpm", "pacman's libalpm, and python3 to call it",
        "019aA.-+~^_:", make_packaged,
        "exec /usr/bin/python3 -c 'import ctypes, ctypes.util, sys\n"
        "library = ctypes.util.find_library(\"alpm\") or sys.exit(77)\n"
        "compare = ctypes.CDLL(library).alpm_pkg_vercmp\n"
        "for line in open(sys.argv[1]):\n"
        "    print(compare(*(part.encode() for part in line.split()[:2])))' \"$1\""};

    ask(&pacman);
}

/* Debian's node-semver, or the one that an npm brings along. */
static void orders_as_node_semver_does(void)
{
    static const Oracle node = {"semver", "node-semver", "019aA.-", make_semver,
        "command -v node >/dev/null || exit 77\n"
        "NODE_PATH=/usr/share/nodejs exec node -e 'const fs = require(\"fs\");\n"
        "const at = [\"/usr/share/nodejs/semver\",\n"
        "    \"/usr/share/nodejs/npm/node_modules/semver\",\n"
        "    \"/usr/lib/node_modules/npm/node_modules/semver\"].find(fs.existsSync);\n"
        "if (!at) process.exit(77);\n"
        "const semver = require(at);\n"
        "for (const line of fs.readFileSync(process.argv[1], \"utf8\").trim().split(\"\\n\")) {\n"
        "    const [a, b] = line.split(\" \");\n"
        "    console.log(semver.compare(a, b));\n"
        "}' \"$1\""};

    ask(&node);
}

/* The C library's date, to the nanosecond: as digits that sort as they are. */
static void orders_moments_as_date_does(void)
{
    static const Oracle date = {"datetime", "GNU date", "019", make_datetime,
        "date -u -d 2024-01-01T00:00:00.5+01:00 +%N >/dev/null || exit 77\n"
        "cut -d' ' -f1 \"$1\" | date -u -f - +%Y%m%d%H%M%S%N >\"$1.a\" || exit\n"
        "cut -d' ' -f2 \"$1\" | date -u -f - +%Y%m%d%H%M%S%N >\"$1.b\" || exit\n"
        "paste \"$1.a\" \"$1.b\" | awk '{a = \"\" $1; b = \"\" $2; "
        "print (a < b ? -1 : a > b ? 1 : 0)}'"};

    ask(&date);
}

const Test tests[] = {
    {"orders as dpkg does", orders_as_dpkg_does},
    {"orders as rpm does", orders_as_rpm_does},
    {"orders as pacman does", orders_as_pacman_does},
    {"orders as node-semver does", orders_as_node_semver_does},
    {"orders moments as date does", orders_moments_as_date_does},
    TEST_END,
};
