/* SPDX-License-Identifier: Apache-2.0 */
#include "compat/rules/range.h"

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
        {"what cannot be compared", "vers:generic/<2", "1.0-1", VDI_TRUTH_UNKNOWN},
        {"any, but not comparable", "vers:generic/*", "x", VDI_TRUTH_UNKNOWN},
        {"no version", "vers:deb/<2", NULL, VDI_TRUTH_UNKNOWN},
        {"an epoch", "vers:rpm/<1:3.0.7-2", "3.0.9-1", VDI_TRUTH_TRUE},
        {"alpm ignores a missing release", "vers:alpm/<1.0-2", "1.0", VDI_TRUTH_FALSE},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(VdiRange) range = vdi_range_parse(rows[i].range, NULL);

        CHECK_ROW(rows[i].name, range != NULL);
        CHECK_ROW(rows[i].name,
            range == NULL || vdi_range_contains(range, rows[i].version) == rows[i].contains);
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

const Test tests[] = {
    {"says which versions are in it", says_which_versions_are_in_it},
    {"only canonical text is valid", only_canonical_text_is_valid},
    {"sizes have a ceiling", sizes_have_a_ceiling},
    {"knows when two ranges meet", knows_when_two_ranges_meet},
    TEST_END,
};
