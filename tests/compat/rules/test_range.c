/* SPDX-License-Identifier: Apache-2.0 */
#include "compat/rules/range.h"

#include <string.h>

#include "base/error.h"
#include "tests/support/check.h"

static void says_which_versions_are_in_it(void)
{
    static const struct {
        const char *name, *range, *version;
        VdiTruth contains;
    } rows[] = {
        {"numbers are not text", "vers:deb/<3.10-1", "3.9-1", VDI_TRUTH_TRUE},
        {"a tilde sorts before", "vers:deb/>=1.0", "1.0~rc1", VDI_TRUTH_FALSE},
        {"a single upper end", "vers:deb/<3.0.17", "3.0.2", VDI_TRUTH_TRUE},
        {"a single upper end is not in", "vers:deb/<3.0.17", "3.0.17", VDI_TRUTH_FALSE},
        {"a single lower end", "vers:deb/>3.0", "3.0.1", VDI_TRUTH_TRUE},
        {"below a single lower end", "vers:deb/>3.0", "2", VDI_TRUTH_FALSE},
        {"between", "vers:generic/>=6.1|<6.2", "6.1.7601", VDI_TRUTH_TRUE},
        {"at the lower end", "vers:generic/>=6.1|<6.2", "6.1.0", VDI_TRUTH_TRUE},
        {"at the upper end", "vers:generic/>=6.1|<6.2", "6.2", VDI_TRUTH_FALSE},
        {"between two spans", "vers:deb/<1.0|>2.0", "1.5", VDI_TRUTH_FALSE},
        {"above two spans", "vers:deb/<1.0|>2.0", "2.1", VDI_TRUTH_TRUE},
        {"two closed spans", "vers:deb/>=1|<2|>=3|<4", "3.5", VDI_TRUTH_TRUE},
        {"between two closed spans", "vers:deb/>=1|<2|>=3|<4", "2.5", VDI_TRUTH_FALSE},
        {"equal", "vers:deb/1.0", "1.00", VDI_TRUTH_TRUE},
        {"one of several", "vers:deb/1.0|2.0|3.0", "2.0", VDI_TRUTH_TRUE},
        {"between several", "vers:deb/1.0|2.0|3.0", "2.5", VDI_TRUTH_FALSE},
        {"unequal cuts a hole", "vers:deb/>=1.0|!=1.5|<2.0", "1.5", VDI_TRUTH_FALSE},
        {"beside the hole", "vers:deb/>=1.0|!=1.5|<2.0", "1.6", VDI_TRUTH_TRUE},
        {"only unequal matches nothing", "vers:deb/!=1.0", "2.0", VDI_TRUTH_FALSE},
        {"an equal before a span", "vers:deb/1.0|>=2.0|<3.0", "1.0", VDI_TRUTH_TRUE},
        {"any", "vers:deb/*", "0", VDI_TRUTH_TRUE},
        {"an encoded version", "vers:deb/1.0%2A", "1.0*", VDI_TRUTH_TRUE},
        {"decoded once", "vers:deb/1.0%252F0", "1.0%2F0", VDI_TRUTH_TRUE},
        {"all that is encoded", "vers:deb/1%21%25%2A%3C%3D%3E%7C", "1!%*<=>|", VDI_TRUTH_TRUE},
        {"what is not", "vers:rpm/<1:1.0~rc1^2+3/4", "1:1.0~rc1", VDI_TRUTH_TRUE},
        {"an offset in a moment", "vers:datetime/<2024-01-01T00:00:00Z",
            "2024-01-01T00:59:59+01:00", VDI_TRUTH_TRUE},
        {"letters of OpenSSL", "vers:openssl/>=1.1.1a|<1.1.1w", "1.1.1c", VDI_TRUTH_TRUE},
        {"a pre-release of OpenSSL", "vers:openssl/>=3.0.0|<3.0.13", "3.0.0-beta2",
            VDI_TRUTH_FALSE},
        {"a build of Windows", "vers:generic/>=26100.7623|<26100.7627", "26100.7626",
            VDI_TRUTH_TRUE},
        {"what cannot be compared", "vers:generic/<2", "1.0-1", VDI_TRUTH_UNKNOWN},
        {"any, but not comparable", "vers:generic/*", "x", VDI_TRUTH_UNKNOWN},
        {"no version", "vers:deb/<2", NULL, VDI_TRUTH_UNKNOWN},
        {"an epoch", "vers:rpm/<1:3.0.7-2", "3.0.9-1", VDI_TRUTH_TRUE},
        {"equal to two, one of them out", "vers:alpm/!=1.0-1|1.0-2", "1.0", VDI_TRUTH_TRUE},
        {"equal to two, one of them an end", "vers:alpm/<1.0-1|>=1.0-2", "1.0", VDI_TRUTH_TRUE},
        {"equal to two, neither in", "vers:alpm/>0|!=1.0-1|<1.0-2", "1.0", VDI_TRUTH_FALSE},
        {"alpm ignores a missing release", "vers:alpm/<1.0-2", "1.0", VDI_TRUTH_FALSE},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(VdiRange) range = vdi_range_parse(rows[i].range, NULL);

        CHECK_ROW(rows[i].name, range != NULL);
        CHECK_ROW(rows[i].name,
            range == NULL || vdi_range_contains(range, rows[i].version) == rows[i].contains);
    }
}

static void an_end_may_lie_below_a_version(void)
{
    static const struct {
        const char *name, *range, *version;
        bool divides;
    } rows[] = {
        {"both ends", "vers:generic/>=26100.3194|<26100.3775", "26100", true},
        {"one end", "vers:generic/>=26100|<26100.3775", "26100", true},
        {"the end itself", "vers:generic/>=26100.3194|<26100.3775", "26100.3194", false},
        {"another that begins alike", "vers:generic/>=26100.3194", "2610", false},
        {"the release below", "vers:generic/>=26100.3194|<26100.3775", "26000", false},
        {"any", "vers:generic/*", "26100", false},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(VdiRange) range = vdi_range_parse(rows[i].range, NULL);

        CHECK_ROW(rows[i].name,
            range != NULL && vdi_range_divides(range, rows[i].version) == rows[i].divides);
    }
}

static void only_canonical_text_is_valid(void)
{
    static const struct {
        const char *name, *range;
    } rows[] = {
        {"nothing", ""},
        {"another scheme", "pkg:deb/<1"},
        {"no slash", "vers:deb"},
        {"no constraint", "vers:deb/"},
        {"an upper-case scheme", "VERS:deb/<1"},
        {"white space around", " vers:deb/<1"},
        {"a tab in a version", "vers:deb/<1\t2"},
        {"an encoded tab", "vers:deb/<1%092"},
        {"an encoded zero byte", "vers:deb/<1%00"},
        {"no encoding", "vers:deb/<1.0%2G0"},
        {"no encoding at all", "vers:deb/<1.0%G"},
        {"encoded twice, and needless then", "vers:deb/<1.0%252F0%2F"},
        {"a colon encoded", "vers:datetime/2024-01-01T00%3A00%3A00Z"},
        {"a moment in lower case", "vers:datetime/2024-01-01t00:00:00z"},
        {"a reserved type", "vers:invalid/*"},
        {"a type in upper case", "vers:Semver/<1.0.0"},
        {"!= and = of one version", "vers:deb/1|!=1"},
        {"a bar first", "vers:deb/|<1"},
        {"a bar last", "vers:deb/<1|"},
        {"two bars", "vers:deb/>1||<2"},
        {"white space", "vers:deb/> 1"},
        {"an upper-case type", "vers:DEB/<1"},
        {"a type that nobody knows", "vers:npm/<1.0.0"},
        {"not sorted", "vers:deb/<2|>1"},
        {"not sorted as that type sorts", "vers:deb/>=1.10|<1.9"},
        {"a version twice", "vers:deb/>=1.0|<1.00"},
        {"two lower ends", "vers:deb/>1|>2"},
        {"two upper ends", "vers:deb/<1|<=2"},
        {"an upper end after =", "vers:deb/1|<2"},
        {"an upper end after = and !=", "vers:deb/1|!=1.5|<2"},
        {"* among others", "vers:deb/*|<1"},
        {"* in a version", "vers:deb/<1*"},
        {"= is not written", "vers:deb/=1"},
        {"a lower-case encoding", "vers:deb/<1%2a"},
        {"an encoding without need", "vers:deb/<1%2E0"},
        {"half an encoding", "vers:deb/<1%2"},
        {"no version of that type", "vers:semver/<1.2"},
        {"letters in a dotted number", "vers:generic/<1.2b"},
        {"a comparator alone", "vers:deb/<"},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(GError) error = NULL;
        g_autoptr(VdiRange) range = vdi_range_parse(rows[i].range, &error);

        CHECK_ROW(rows[i].name, range == NULL);
        CHECK_ROW(rows[i].name, error != NULL && error->domain == VDI_RANGE_ERROR);
    }
}

/* All ranges of up to five constraints over the versions 1, 3, 5, 7, 9, and each number up to 10:
 * what is valid, and which versions are in it, said in another way than the specification's walk.
 */

enum { PLACES = 5, WAYS = 7, HIGHEST = 2 * PLACES };

static const char *const way_texts[WAYS] = {NULL, "", "!=", "<", "<=", ">", ">="};

enum { ABSENT, EQUAL, UNEQUAL, BELOW, BELOW_EQUAL, ABOVE, ABOVE_EQUAL };

static bool is_sound(const int *ways)
{
    int last = ABSENT, last_bound = ABSENT;
    bool any = false;

    for (int i = 0; i < PLACES; i++) {
        bool below = ways[i] == BELOW || ways[i] == BELOW_EQUAL;
        bool above = ways[i] == ABOVE || ways[i] == ABOVE_EQUAL;
        bool last_is_below = last_bound == BELOW || last_bound == BELOW_EQUAL;

        any = any || ways[i] != ABSENT;
        if ((below && last == EQUAL) || (below && last_bound != ABSENT && last_is_below)
            || (above && last_bound != ABSENT && !last_is_below)) {
            return false;
        }
        last = ways[i] == ABSENT || ways[i] == UNEQUAL ? last : ways[i];
        last_bound = below || above ? ways[i] : last_bound;
    }
    return any;
}

/* Its own constraint decides; else the nearest end below it does, else the nearest above. */
static bool is_within(const int *ways, int version)
{
    int place = version / 2; /* of its own constraint, or of the next above */

    if (version % 2 == 1 && ways[place] != ABSENT) {
        return ways[place] == EQUAL || ways[place] == BELOW_EQUAL || ways[place] == ABOVE_EQUAL;
    }
    for (int i = place - 1; i >= 0; i--) {
        if (ways[i] >= BELOW) {
            return ways[i] >= ABOVE;
        }
    }
    for (int i = place; i < PLACES; i++) {
        if (ways[i] >= BELOW) {
            return ways[i] < ABOVE;
        }
    }
    return false;
}

static void take_ways(int code, int *ret_ways, GString *ret_text)
{
    g_string_assign(ret_text, "vers:generic/");
    for (int i = 0; i < PLACES; i++, code /= WAYS) {
        ret_ways[i] = code % WAYS;
        if (ret_ways[i] != ABSENT) {
            g_string_append_printf(ret_text, "%s%s%d",
                g_str_has_suffix(ret_text->str, "/") ? "" : "|", way_texts[ret_ways[i]], i * 2 + 1);
        }
    }
}

static void all_short_ranges_are_right(void)
{
    g_autoptr(GString) text = g_string_new(NULL);
    int ways[PLACES];
    int n_valid = 0;

    for (int code = 0; code < WAYS * WAYS * WAYS * WAYS * WAYS; code++) {
        take_ways(code, ways, text);
        g_autoptr(VdiRange) range = vdi_range_parse(text->str, NULL);

        CHECK_ROW(text->str, (range != NULL) == is_sound(ways));
        for (int version = 0; range != NULL && version <= HIGHEST; version++) {
            g_autofree char *shown = g_strdup_printf("%d", version);
            VdiTruth due = is_within(ways, version) ? VDI_TRUTH_TRUE : VDI_TRUTH_FALSE;

            CHECK_ROW(text->str, vdi_range_contains(range, shown) == due);
        }
        if (range != NULL) {
            bool only_unequal = strpbrk(text->str + strlen("vers:generic/"), "<>") == NULL;

            for (int i = 0; i < PLACES; i++) {
                only_unequal = only_unequal && ways[i] != EQUAL;
            }
            CHECK_ROW(text->str, strcmp(vdi_range_text(range), text->str) == 0);
            CHECK_ROW(text->str, vdi_range_is_only_unequal(range) == only_unequal);
            CHECK_ROW(text->str, vdi_range_has_upper_end(range) == !is_within(ways, HIGHEST));
            CHECK_ROW(text->str, !vdi_range_is_any(range));
            n_valid++;
        }
    }
    CHECK(n_valid > 1000);
}

/* Two of them meet when a number is in both, or something between two numbers is: so the ends stand
 * two apart. */
static void short_ranges_meet_and_lie_within_each_other_where_they_must(void)
{
    g_autoptr(GRand) random = g_rand_new_with_seed(20110208);
    g_autoptr(GString) text = g_string_new(NULL);
    int n_met = 0, n_parted = 0, n_within = 0;

    while (n_met + n_parted < 5000) {
        int a_ways[PLACES], b_ways[PLACES];
        bool meet = false, leaves = false;

        take_ways(g_rand_int_range(random, 1, WAYS * WAYS * WAYS * WAYS * WAYS), a_ways, text);
        g_autoptr(VdiRange) a = vdi_range_parse(text->str, NULL);

        take_ways(g_rand_int_range(random, 1, WAYS * WAYS * WAYS * WAYS * WAYS), b_ways, text);
        g_autoptr(VdiRange) b = vdi_range_parse(text->str, NULL);

        if (a == NULL || b == NULL) {
            continue;
        }
        for (int version = 0; version <= HIGHEST; version++) {
            meet = meet || (is_within(a_ways, version) && is_within(b_ways, version));
            leaves = leaves || (is_within(a_ways, version) && !is_within(b_ways, version));
        }
        CHECK_ROW(text->str, vdi_range_intersects(a, b) == meet);
        CHECK_ROW(text->str, vdi_range_is_within(a, b) == !leaves);
        n_within += !leaves;
        n_met += meet;
        n_parted += !meet;
    }
    CHECK(n_met > 100 && n_parted > 100 && n_within > 100);
}

static void any_version_has_no_end(void)
{
    g_autoptr(VdiRange) any = vdi_range_parse("vers:rpm/*", NULL);

    CHECK(any != NULL && vdi_range_is_any(any));
    CHECK(any != NULL && !vdi_range_has_upper_end(any) && !vdi_range_is_only_unequal(any));
    CHECK_TEXT(any != NULL ? vdi_range_text(any) : NULL, "vers:rpm/*");
    CHECK(any != NULL && vdi_range_scheme(any) == &vdi_version_rpm);
    g_autoptr(VdiRange) some = vdi_range_parse("vers:rpm/<1", NULL);
    g_autoptr(VdiRange) other = vdi_range_parse("vers:deb/<1", NULL);

    CHECK(vdi_range_is_within(some, any) && vdi_range_is_within(any, any));
    CHECK(!vdi_range_is_within(any, some) && !vdi_range_is_within(other, any));
    vdi_range_free(NULL);
}

static void an_error_says_what_and_where(void)
{
    static const struct {
        const char *range, *message;
    } rows[] = {
        {"vers:deb/<2|>1", "\"vers:deb/<2|>1\": its versions are not sorted: 1 is below 2"},
        {"24.04", "\"24.04\": it is not vers:TYPE/CONSTRAINTS; write vers:generic/24.04"},
        {"<24.04", "\"<24.04\": it is not vers:TYPE/CONSTRAINTS"},
        {"vers:windows/1",
            "\"vers:windows/1\": it has a type whose versions nobody here can compare; known are "
            "deb, rpm, alpm, semver, generic, openssl, datetime"},
        {"vers:deb/>1|<01", "\"vers:deb/>1|<01\": a version stands there twice"},
        {"vers:deb/<1%2E0", "\"vers:deb/<1%2E0\": its versions are encoded as \"vers:deb/<1.0\""},
        {"vers:semver/<1.2", "\"vers:semver/<1.2\": \"1.2\" is no version of type semver"},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(GError) error = NULL;
        g_autoptr(VdiRange) range = vdi_range_parse(rows[i].range, &error);

        CHECK(range == NULL);
        CHECK_TEXT(error != NULL ? error->message : NULL, rows[i].message);
    }
}

static void sizes_have_a_ceiling(void)
{
    g_autoptr(GString) text = g_string_new("vers:generic/0");

    for (int i = 1; i < VDI_RANGE_MAX_CONSTRAINTS; i++) {
        g_string_append_printf(text, "|%d", i);
    }
    g_autoptr(VdiRange) most = vdi_range_parse(text->str, NULL);

    g_string_append_printf(text, "|%d", VDI_RANGE_MAX_CONSTRAINTS);
    g_autoptr(VdiRange) too_many = vdi_range_parse(text->str, NULL);

    CHECK(most != NULL && vdi_range_contains(most, "63") == VDI_TRUTH_TRUE);
    CHECK(too_many == NULL);
    for (size_t over = 0; over <= 1; over++) {
        g_autofree char *digits = g_strnfill(VDI_VERSION_MAX_BYTES + over, '1');
        g_autofree char *long_version = g_strconcat("vers:generic/<", digits, NULL);
        g_autoptr(VdiRange) range = vdi_range_parse(long_version, NULL);

        CHECK((range != NULL) == (over == 0));
    }
    g_autofree char *bytes = g_strnfill(VDI_RANGE_MAX_BYTES, '1');
    g_autofree char *too_long = g_strconcat("vers:generic/<", bytes, NULL);
    g_autoptr(GError) error = NULL;

    CHECK(vdi_range_parse(too_long, &error) == NULL);
    CHECK_ERROR(error, VDI_RANGE_ERROR, VDI_RANGE_ERROR_VERS);
}

static void knows_when_two_ranges_meet(void)
{
    static const struct {
        const char *name, *a, *b;
        bool meet;
    } rows[] = {
        {"they overlap", "vers:deb/<2", "vers:deb/>=1", true},
        {"they part", "vers:deb/<1", "vers:deb/>=2", false},
        {"they touch in one version", "vers:deb/<=1", "vers:deb/>=1", true},
        {"they touch in none", "vers:deb/<1", "vers:deb/>=1", false},
        {"a version in a span", "vers:deb/1.5", "vers:deb/>=1|<2", true},
        {"a version in a hole", "vers:deb/1.5", "vers:deb/>=1|!=1.5|<2", false},
        {"any meets any", "vers:deb/*", "vers:deb/*", true},
        {"any meets a span", "vers:deb/*", "vers:deb/<1", true},
        {"nothing meets anything", "vers:deb/!=1", "vers:deb/*", false},
        {"two types", "vers:deb/<2", "vers:rpm/<2", false},
        {"a span within a gap", "vers:deb/<1|>4", "vers:deb/>=2|<3", false},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(VdiRange) a = vdi_range_parse(rows[i].a, NULL);
        g_autoptr(VdiRange) b = vdi_range_parse(rows[i].b, NULL);

        CHECK_ROW(rows[i].name, a != NULL && b != NULL);
        CHECK_ROW(rows[i].name, vdi_range_intersects(a, b) == rows[i].meet);
        CHECK_ROW(rows[i].name, vdi_range_intersects(b, a) == rows[i].meet);
    }
}

static void a_range_ends_above_a_version_where_it_does(void)
{
    static const struct {
        const char *name, *range, *version, *end;
        bool is_beyond;
    } rows[] = {
        {"before its end", "vers:deb/<3.0.7", "3.0.2", "3.0.7", false},
        {"with its end in it", "vers:deb/<=3.0.7", "3.0.2", "3.0.7", true},
        {"at its end", "vers:deb/<=3.0.7", "3.0.7", "3.0.7", true},
        {"the next of two ends", "vers:deb/<1.9|>=2.0|<2.4", "1.5", "1.9", false},
        {"the second of two ends", "vers:deb/<1.9|>=2.0|<2.4", "2.1", "2.4", false},
        {"a version that stands alone", "vers:deb/1.5|>=2.0|<2.4", "1.5", "1.5", true},
        {"no end", "vers:deb/>=1.0", "2.0", NULL, false},
        {"any version", "vers:deb/*", "2.0", NULL, false},
        {"a version that is not in it", "vers:deb/<1.0", "2.0", NULL, false},
        {"no version", "vers:deb/<1.0", NULL, NULL, false},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(VdiRange) range = vdi_range_parse(rows[i].range, NULL);
        bool is_beyond = true;

        CHECK_TEXT(vdi_range_end_above(range, rows[i].version, &is_beyond), rows[i].end);
        CHECK_ROW(rows[i].name, is_beyond == rows[i].is_beyond);
    }
}

const Test tests[] = {
    {"says which versions are in it", says_which_versions_are_in_it},
    {"an end may lie below a version", an_end_may_lie_below_a_version},
    {"only canonical text is valid", only_canonical_text_is_valid},
    {"any version has no end", any_version_has_no_end},
    {"an error says what and where", an_error_says_what_and_where},
    {"all short ranges are right", all_short_ranges_are_right},
    {"short ranges meet and lie within each other where they must",
        short_ranges_meet_and_lie_within_each_other_where_they_must},
    {"sizes have a ceiling", sizes_have_a_ceiling},
    {"a range ends above a version where it does", a_range_ends_above_a_version_where_it_does},
    {"knows when two ranges meet", knows_when_two_ranges_meet},
    TEST_END,
};
