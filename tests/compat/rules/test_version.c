/* SPDX-License-Identifier: Apache-2.0 */
#include "compat/rules/version.h"

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

static void check_chain(const VdiVersionScheme *scheme, const char *chain)
{
    g_auto(GStrv) words = g_strsplit(chain, " ", -1); /* version, sign, version, … */

    guint n = g_strv_length(words);

    for (guint i = 0; i < n; i += 2) {
        CHECK_ROW(words[i], vdi_version_is_valid(scheme, words[i]));
    }
    for (guint i = 0; i < n; i += 2) {
        int wanted = 0;

        for (guint k = i; k + 2 < n; k += 2) {
            g_autofree char *name =
                g_strdup_printf("%s: %s, %s", scheme->name, words[i], words[k + 2]);

            wanted = *words[k + 1] == '<' ? -1 : wanted;
            CHECK_ROW(name, sign(scheme->compare(words[i], words[k + 2])) == wanted);
            CHECK_ROW(name, sign(scheme->compare(words[k + 2], words[i])) == -wanted);
        }
    }
}

/* A chain: each version against each other one of it, both ways round. */
static void orders_as_the_authorities_say(void)
{
    static const struct {
        const char *scheme, *chain;
    } rows[] = {
        /* Debian Policy 5.6.12 */
        {"deb", "1~~ < 1~~a < 1~ < 1 < 1a"},
        {"deb", "1.0~beta1~svn1245 < 1.0~beta1 < 1.0 < 1.0-1 < 1.0a < 1.0+b < 1.0.0"},
        {"deb", "0:1.0 = 1.0 = 1.0-0 = 00:1.00-00 < 1.0-0a < 1.0-0+deb12u1 < 1.0-0.1 < 1:0"},
        {"deb", "1-2 < 1-2-3 < 1.-3"},
        {"deb", "99999999999999999998 < 99999999999999999999 < 2147483647:1"},
        /* rpm-version(7) */
        {"rpm", "1.0~ < 1.0~alpha1 < 1.0~beta1 < 1.0 = 1.00 = 0:1.0 < 1.0^ < 1.0^20160101 < 1.0a"},
        {"rpm", "1.0^git1~pre < 1.0^git1 < 1.0^git2 < 1.0.1 < 1.0.1-0 < 1.0.1-1 < 1:0"},
        {"rpm", "a < b < 1 < 18446744073709551616"},
        /* the public cases of VERS, put together */
        {"alpm", "1.0a < 1.0alpha < 1.0b < 1.0beta < 1.0rc < 1.0"},
        {"alpm", "1.5b < 1.5 < 1.5.a < 1.5.b < 1.5.1"},
        {"alpm", "1.5b-1 < 1.5-1 < 1.5-2 < 1.5.b < 1.5.0-1 < 1.5.0-2 < 1.5.1-1 < 1.5.1-2"},
        {"alpm", "0:1.0 = 1.0 < 0:1.1 = 1.1 = 1.1-1 < 1:1.0 < 1:1.0.1-1 < 1:1.1 < 2:1.1"},
        {"alpm", "1.5.b = 1.5.b-1"},
        {"alpm", "1.5 = 1.5-1"},
        {"alpm", "1.0.00000000000000000000001 = 1.0.1"},
        /* semver.org, 11 */
        {"semver",
            "1.0.0-alpha < 1.0.0-alpha.1 < 1.0.0-alpha.beta < 1.0.0-beta < 1.0.0-beta.2"
            " < 1.0.0-beta.11 < 1.0.0-rc.1 < 1.0.0 < 2.0.0 < 2.1.0 < 2.1.9 < 2.1.10"},
        {"semver", "1.0.0-1 < 1.0.0-- < 1.0.0-a = 1.0.0-a+b < 1.0.0 = 1.0.0+1 = 1.0.0+2"},
        {"semver",
            "99999999999999999999.0.0-1 < 99999999999999999999.0.0 < "
            "100000000000000000000.0.0"},
        {"generic", "6.1 = 6.1.0.0 = 06.01 < 6.1.7601 < 6.2 < 7 = 007 = 7.0"},
        {"generic", "26100.7623 < 26100.7627 < 26200 < 26200.1"},
        {"generic", "4.5.0.353760 < 4.10"},
        /* the public cases of VERS, then what the project released */
        {"openssl",
            "0.9.7a < 0.9.8 < 0.9.8a < 0.9.8j < 0.9.8lt < 0.9.8ztl < 1.0.0e < 1.0.0r"
            " < 1.0.1b < 1.0.1f < 1.0.1g < 1.0.1h < 1.0.1m < 1.0.2a < 1.0.2ck < 1.1.0"
            " < 1.1.1ag < 1.1.1ak < 1.1.1w < 1.1.1z < 3.0.0 < 3.0.1 < 3.0.2 < 3.0.3"
            " < 3.0.13 < 3.1.0 < 3.1.2 < 4.0.2 < 4.1.11 < 4.2.0"},
        {"openssl", "1.0.2y < 1.0.2z < 1.0.2za < 1.0.2zl"},
        {"openssl", "1.0.2-dev < 1.0.2-beta1 < 1.0.2-beta3 < 1.0.2 < 1.0.2a-dev < 1.0.2a"},
        {"openssl", "1.1.1-pre1 < 1.1.1-pre9-dev < 1.1.1-pre9 < 1.1.1-pre10 < 1.1.1 < 1.1.1a"},
        {"openssl",
            "3.0.0-dev < 3.0.0-alpha1-dev < 3.0.0-alpha1 < 3.0.0-alpha2 < 3.0.0-alpha17"
            " < 3.0.0-beta1 < 3.0.0-beta2 < 3.0.0 = 3.0.0+quic < 3.0.1-dev"},
        {"datetime",
            "2023-12-31T23:59:59Z < 2024-01-01T00:00:00Z = 2023-12-31T19:00:00-05:00"
            " = 2024-01-01T00:00:00.000Z < 2024-01-01T00:00:00.090Z"
            " < 2024-01-01T00:00:00.123Z < 2024-01-01T00:00:00.9Z"
            " = 2024-01-01T00:00:00.900Z < 2024-01-01T00:00:01Z"},
        {"datetime", "2024-01-01T00:00:00+02:00 < 2023-12-31T23:00:00Z"},
        {"datetime",
            "2024-01-01T12:00:00+02:00 < 2024-01-01T12:00:00Z < 2024-01-01T12:00:00-05:00"},
        {"datetime",
            "2016-12-31T23:59:59.9Z < 2016-12-31T23:59:60Z = 2017-01-01T00:59:60+01:00"
            " < 2016-12-31T23:59:60.5Z < 2017-01-01T00:00:00Z"},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        check_chain(vdi_version_scheme(rows[i].scheme), rows[i].chain);
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
        {"semver", "1.2.3+", false},
        {"semver", "1.2.3+a_b", false},
        {"semver", "1.2.3 ", false},
        {"deb", "1:2.3-4", true},
        {"deb", "0", true},
        {"deb", ":1", false},
        {"deb", "1:", false},
        {"deb", "a:1", false},
        {"deb", "2147483647:1", true},
        {"deb", "0002147483647:1", true},
        {"deb", "2147483648:1", false},
        {"deb", "1:2:3", true},
        {"deb", "1.2:3", false},
        {"deb", "-1", false},
        {"deb", "1.0-", false},
        {"deb", "1 0", false},
        {"deb", "1.0\x01", false},
        {"deb", "1.\xc3\xa9", false},
        {"rpm", "1.0-", true},
        {"rpm", "-1", false},
        {"rpm", "1 0", false},
        {"alpm", "1:", false},
        {"alpm", "1:-1", false},
        {"openssl", "1.1.1w", true},
        {"openssl", "3.0.13", true},
        {"openssl", "3.0.13a", false},
        {"openssl", "10.0.0", true},
        {"openssl", "1.1.1W", false},
        {"openssl", "1.1", false},
        {"openssl", "1.1.", false},
        {"openssl", "1.1.1.1", false},
        {"openssl", "1.1.01", false},
        {"openssl", "01.1.1", false},
        {"openssl", "3.0.0-alpha1", true},
        {"openssl", "3.0.0-alpha", false},
        {"openssl", "3.0.0-alpha01", false},
        {"openssl", "3.0.0-alpha1-dev", true},
        {"openssl", "3.0.0-alpha1-x", false},
        {"openssl", "3.0.0-dev1", false},
        {"openssl", "3.0.0-", false},
        {"openssl", "1.0.1e-fips", false},
        {"openssl", "3.1.0+quic", true},
        {"openssl", "3.1.0-dev+quic", true},
        {"openssl", "3.1.0+", false},
        {"openssl", "3.1.0+quic.1-a", true},
        {"openssl", "3.1.0+quic_1", false},
        {"openssl", "OpenSSL 3.0.13", false},
        {"datetime", "2024-01-01T00:00:00Z", true},
        {"datetime", "2024-02-29T23:59:59.123456789012-23:59", true},
        {"datetime", "2023-02-29T00:00:00Z", false},
        {"datetime", "2024-13-01T00:00:00Z", false},
        {"datetime", "2024-00-01T00:00:00Z", false},
        {"datetime", "2024-01-01t00:00:00z", false},
        {"datetime", "2024-01-01 00:00:00Z", false},
        {"datetime", "2024-01-01T24:00:00Z", false},
        {"datetime", "2024-01-01T00:60:00Z", false},
        {"datetime", "2024-01-01T00:00:61Z", false},
        {"datetime", "2024-01-01T12:00:60Z", false},
        {"datetime", "2024-01-01T00:00:00", false},
        {"datetime", "2024-01-01T00:00:00.Z", false},
        {"datetime", "2024-01-01T00:00:00+24:00", false},
        {"datetime", "2024-01-01T00:00:00+00:60", false},
        {"datetime", "2024-01-01T00:00:00+0000", false},
        {"datetime", "2024-01-01T00:00:00+00:00Z", false},
        {"datetime", "2024-01-01T00:00:00ZZ", false},
        {"datetime", "2024-01-01", false},
        {"datetime", "2024", false},
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

static char *read_document(const char *name)
{
    g_autofree char *path = test_source(name);
    g_autoptr(GMappedFile) file = g_mapped_file_new(path, false, NULL);

    return file != NULL
        ? g_strndup(g_mapped_file_get_contents(file), g_mapped_file_get_length(file))
        : g_strdup("");
}

static void the_documents_name_every_scheme(void)
{
    g_autofree char *manual = read_document("docs/manifest.md");
    g_autofree char *schema = read_document("docs/manifest.schema.json");
    g_autoptr(GString) types = g_string_new(NULL);
    size_t i = 0;

    for (; vdi_version_scheme_at(i) != NULL; i++) {
        const VdiVersionScheme *scheme = vdi_version_scheme_at(i);
        g_autofree char *row = g_strdup_printf("\n| `%s` | ", scheme->name);

        CHECK(vdi_version_scheme(scheme->name) == scheme);
        CHECK_ROW(scheme->name, strstr(manual, row) != NULL);
        g_string_append_printf(types, "%s%s", i > 0 ? "|" : "\"^vers:(", scheme->name);
    }
    g_string_append(types, ")/");
    CHECK_ROW(types->str, strstr(schema, types->str) != NULL);
    CHECK_INT(i, 7);
}

static void a_product_s_version_is_that_of_its_package_without_the_packaging(void)
{
    static const struct {
        const char *packaged, *expected;
    } rows[] = {
        {"2:3.10.3+dfsg-1~bpo12+1", "3.10.3"},
        {"1:1.4.29+dfsg-1ubuntu0.1", "1.4.29"},
        {"3.15.0~rc1-1", "3.15.0~rc1"},
        {"8.13", "8.13"},
        {"2406-8.13.0-9995429239", "2406"},
        {"1.0a-1", "1.0"},
        {"20.-1", "20."},
        {"v1.0-1", "v1.0"},
        {"", ""},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *upstream = vdi_version_upstream(rows[i].packaged);

        CHECK_TEXT(upstream, rows[i].expected);
    }
}

static void what_no_package_can_have_is_told(void)
{
    static const struct {
        const VdiVersionScheme *scheme;
        const char *version;
        bool is_fault;
    } rows[] = {
        {&vdi_version_deb, "2:3.15.0+dfsg-2.1~deb13u1", false},
        {&vdi_version_deb, "6.1.0-18-amd64", false},
        {&vdi_version_deb, "1.0-1~", false},
        {&vdi_version_deb, "foo=1.0-2", true},
        {&vdi_version_deb, "v1.0-2", true},
        {&vdi_version_deb, "1:v1.0-2", true},
        {&vdi_version_deb, "abc", true},
        {&vdi_version_deb, "1.0_2", true},
        {&vdi_version_deb, "1.0=2", true},
        {&vdi_version_deb, "1.0 2", true},
        {&vdi_version_deb, "", true},
        {&vdi_version_rpm, "1:3.0.7-18.el9_2^git~rc1", false},
        {&vdi_version_rpm, "r1234-1", false},
        {&vdi_version_rpm, "foo=1.0-2", true},
        {&vdi_version_alpm, "1:r12.abc_def-1", false},
        {&vdi_version_alpm, "foo=1.0-2", true},
        {&vdi_version_generic, "26100.7623", false},
        {&vdi_version_generic, "v8.12", true},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        bool is_fault = vdi_version_fault(rows[i].scheme, rows[i].version) != NULL;

        CHECK_ROW(rows[i].version, is_fault == rows[i].is_fault);
    }
}

const Test tests[] = {
    {"what no package can have is told", what_no_package_can_have_is_told},
    {"orders as the package managers do", orders_as_the_package_managers_do},
    {"orders as the authorities say", orders_as_the_authorities_say},
    {"says what it cannot compare", says_what_it_cannot_compare},
    {"the documents name every scheme", the_documents_name_every_scheme},
    {"a product's version is that of its package, without the packaging",
        a_product_s_version_is_that_of_its_package_without_the_packaging},
    TEST_END,
};
