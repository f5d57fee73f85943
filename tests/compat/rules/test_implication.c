/* SPDX-License-Identifier: Apache-2.0 */
#include "compat/rules/implication.h"

#include "tests/compat/rules/rules_support.h"
#include "tests/support/check.h"

#define PACKAGE(range) "{'package': {'purl': 'pkg:deb/debian/a', 'version': '" range "'}}"
#define BUILD(range) "{'build': {'version': 'vers:generic/" range "'}}"

typedef enum { NOTHING, FORWARD, BACK, BOTH, APART } Answer;

static const struct {
    const char *name, *a, *b;
    Answer answer;
} rows[] = {
    {"a fact and itself", "{'update': 'KB1'}", "{'update': 'KB1'}", BOTH},
    {"two updates", "{'update': 'KB1'}", "{'update': 'KB2'}", NOTHING},
    {"two kinds", "{'update': 'KB1'}", "{'arch': 'KB1'}", NOTHING},
    {"two architectures", "{'arch': 'amd64'}", "{'arch': 'arm64'}", APART},
    {"two systems", "{'os': {'id': 'debian'}}", "{'os': {'id': 'ubuntu'}}", APART},
    {"a system and its version", "{'os': {'id': 'debian', 'version': 'vers:generic/12'}}",
        "{'os': {'id': 'debian'}}", FORWARD},
    {"two versions of a system", "{'os': {'version': 'vers:generic/12'}}",
        "{'os': {'id': 'debian', 'version': 'vers:generic/13'}}", APART},
    {"a range within another", BUILD("2"), BUILD(">=1|<3"), FORWARD},
    {"ranges that meet", BUILD(">=1|<3"), BUILD(">=2|<4"), NOTHING},
    {"ranges that do not", BUILD("<1"), BUILD(">=1|<3"), APART},
    {"a range and any version", BUILD("<1"), BUILD("*"), FORWARD},
    {"ranges of two types", "{'kernel': {'version': 'vers:deb/<6'}}",
        "{'kernel': {'version': 'vers:rpm/>6'}}", NOTHING},
    {"two packages", PACKAGE("vers:deb/1"),
        "{'package': {'purl': 'pkg:deb/debian/b', 'version': 'vers:deb/1'}}", NOTHING},
    {"two versions of a package", PACKAGE("vers:deb/1"), PACKAGE("vers:deb/2"), APART},
    {"a package on one architecture",
        "{'package': {'purl': 'pkg:deb/debian/a?arch=amd64', 'version': 'vers:deb/1'}}",
        PACKAGE("vers:deb/1"), FORWARD},
    {"a package on two architectures",
        "{'package': {'purl': 'pkg:deb/debian/a?arch=amd64', 'version': 'vers:deb/1'}}",
        "{'package': {'purl': 'pkg:deb/debian/a?arch=arm64', 'version': 'vers:deb/1'}}", NOTHING},
    {"a package of any vendor",
        "{'package': {'purl': 'pkg:generic/v/a', 'version': 'vers:generic/1'}}",
        "{'package': {'purl': 'pkg:generic/a', 'version': 'vers:generic/1'}}", FORWARD},
    {"a package of two vendors",
        "{'package': {'purl': 'pkg:generic/v/a', 'version': 'vers:generic/1'}}",
        "{'package': {'purl': 'pkg:generic/w/a', 'version': 'vers:generic/1'}}", NOTHING},
    {"one name in two package systems",
        "{'package': {'purl': 'pkg:rpm/fedora/a', 'version': 'vers:rpm/1'}}", PACKAGE("vers:deb/1"),
        NOTHING},
    {"a peer's value and its range", "{'peer': {'key': 'k', 'value': '1'}}",
        "{'peer': {'key': 'k', 'version': 'vers:generic/1'}}", NOTHING},
    {"two clients", "{'client': {'id': 'a', 'version': 'vers:generic/1'}}",
        "{'client': {'id': 'b', 'version': 'vers:generic/2'}}", NOTHING},
    {"a setting and its value", "{'setting': {'key': 'k', 'value': 'v'}}",
        "{'setting': {'key': 'k'}}", FORWARD},
    {"two values of a setting", "{'setting': {'key': 'k', 'value': 'v'}}",
        "{'setting': {'key': 'k', 'value': 'w'}}", APART},
    {"two settings", "{'setting': {'key': 'k', 'value': 'v'}}",
        "{'setting': {'key': 'l', 'value': 'w'}}", NOTHING},
    {"two libraries", "{'library': {'soname': 'a'}}", "{'library': {'soname': 'b'}}", NOTHING},
    {"all and a part of it", "{'all': [{'update': 'KB1'}, {'arch': 'a'}]}", "{'update': 'KB1'}",
        FORWARD},
    {"any and a part of it", "{'any': [{'update': 'KB1'}, {'arch': 'a'}]}", "{'update': 'KB1'}",
        BACK},
    {"any in another order", "{'any': [{'update': 'KB1'}, {'arch': 'a'}]}",
        "{'any': [{'arch': 'a'}, {'update': 'KB1'}]}", BOTH},
    {"all in another order", "{'all': [{'update': 'KB1'}, {'arch': 'a'}]}",
        "{'all': [{'arch': 'a'}, {'update': 'KB1'}]}", BOTH},
    {"a fact and its opposite", "{'update': 'KB1'}", "{'not': {'update': 'KB1'}}", APART},
    {"a narrower fact and the opposite of a wider one", BUILD("2"), "{'not': " BUILD(">=1|<3") "}",
        APART},
    {"a fact and the opposite of another that excludes it", BUILD("1"), "{'not': " BUILD("2") "}",
        FORWARD},
    {"two opposites", "{'not': " BUILD(">=1|<3") "}", "{'not': " BUILD("2") "}", FORWARD},
    {"not not", "{'not': {'not': {'update': 'KB1'}}}", "{'update': 'KB1'}", BOTH},
    {"all and something that a part excludes", "{'all': [{'update': 'KB1'}, " BUILD("1") "]}",
        BUILD("2"), APART},
    {"any of what excludes it", "{'any': [" BUILD("1") ", " BUILD("3") "]}", BUILD("2"), APART},
    {"any of what partly excludes it", "{'any': [" BUILD("1") ", " BUILD("2") "]}", BUILD("2"),
        BACK},
    {"not any, and a part", "{'not': {'any': [{'update': 'KB1'}, {'arch': 'a'}]}}",
        "{'update': 'KB1'}", APART},
    {"not all, and a part", "{'not': {'all': [{'update': 'KB1'}, {'arch': 'a'}]}}",
        "{'update': 'KB1'}", NOTHING},
};

/* The other way round is the same question. */
static bool answer_is(const VdiCondition *a, const VdiCondition *b, Answer answer)
{
    unsigned budget = 1000;
    bool forward = vdi_condition_implies(a, b, &budget);
    bool back = vdi_condition_implies(b, a, &budget);
    bool apart = vdi_condition_excludes(a, b, &budget);

    return forward == (answer == FORWARD || answer == BOTH)
        && back == (answer == BACK || answer == BOTH) && apart == (answer == APART)
        && apart == vdi_condition_excludes(b, a, &budget);
}

static void what_one_condition_says_of_another(void)
{
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(GError) error = NULL;
        g_autoptr(VdiManifest) left = manifest_of_condition(rows[i].a, &error);
        g_autoptr(VdiManifest) right = manifest_of_condition(rows[i].b, NULL);

        if (!CHECK_NO_ERROR(error)) {
            continue;
        }
        CHECK_ROW(rows[i].name,
            answer_is(vdi_manifest_rule(left, 0)->when, vdi_manifest_rule(right, 0)->when,
                rows[i].answer));
    }
}

static void without_a_budget_nothing_is_said(void)
{
    g_autoptr(VdiManifest) manifest = manifest_of_condition("{'update': 'KB1'}", NULL);
    const VdiCondition *fact = vdi_manifest_rule(manifest, 0)->when;
    unsigned budget = 1;

    CHECK(vdi_condition_implies(fact, fact, &budget));
    CHECK_INT(budget, 0);
    CHECK(!vdi_condition_implies(fact, fact, &budget));
    CHECK(!vdi_condition_excludes(fact, fact, &budget));
}

const Test tests[] = {
    {"what one condition says of another", what_one_condition_says_of_another},
    {"without a budget nothing is said", without_a_budget_nothing_is_said},
    TEST_END,
};
