/* SPDX-License-Identifier: Apache-2.0 */
#include "compat/manifest/difference.h"

#include <string.h>

#include "base/error.h"
#include "tests/support/check.h"

#define RULE(id, more) "{\"id\": \"" id "\", \"title\": {\"en\": \"" id " breaks\"}" more "}"
#define MANIFEST(rules) "{\"id\": \"site\", \"issued\": \"a\", \"rules\": [" rules "]}"

static char *difference(const char *before, const char *after)
{
    g_autoptr(GBytes) old = g_bytes_new_static(before, strlen(before));
    g_autoptr(GBytes) new = g_bytes_new_static(after, strlen(after));
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) lines = vdi_difference(old, new, &error);

    CHECK_NO_ERROR(error);
    if (lines == NULL) {
        return NULL;
    }
    g_ptr_array_add(lines, NULL);
    return g_strjoinv("\n", (char **) lines->pdata);
}

static const struct {
    const char *name, *before, *after, *lines;
} rows[] = {
    {"the same", MANIFEST(RULE("A", "")), MANIFEST(RULE("A", "")), ""},
    {"another time of issue", "{\"issued\": \"a\", \"rules\": []}",
        "{\"issued\": \"b\", \"rules\": []}", ""},
    {"another order", MANIFEST(RULE("A", "") "," RULE("B", "")),
        MANIFEST(RULE("B", "") "," RULE("A", "")), ""},
    {"a rule more", MANIFEST(RULE("A", "")), MANIFEST(RULE("A", "") "," RULE("B", "")),
        "added B: \"B breaks\""},
    {"a rule less", MANIFEST(RULE("A", "") "," RULE("B", "")), MANIFEST(RULE("B", "")),
        "removed A: \"A breaks\""},
    {"another value", MANIFEST(RULE("A", ", \"expires\": \"1\"")),
        MANIFEST(RULE("A", ", \"expires\": \"2\"")), "changed A:\n  expires: \"2\", was \"1\""},
    {"a member more", MANIFEST(RULE("A", "")),
        MANIFEST(RULE("A", ", \"rollout\": {\"percent\": 5}")),
        "changed A:\n  rollout: {\"percent\":5}, was nothing"},
    {"a member less", MANIFEST(RULE("A", ", \"x-note\": true")), MANIFEST(RULE("A", "")),
        "changed A:\n  x-note: nothing, was true"},
    {"deep inside a condition",
        MANIFEST(RULE("A", ", \"when\": {\"all\": [1, {\"os\": {\"id\": \"a\"}}]}")),
        MANIFEST(RULE("A", ", \"when\": {\"all\": [1, {\"os\": {\"id\": \"b\"}}]}")),
        "changed A:\n  when all 2 os id: \"b\", was \"a\""},
    {"an element more", MANIFEST(RULE("A", ", \"remedies\": [1]")),
        MANIFEST(RULE("A", ", \"remedies\": [1, 2]")), "changed A:\n  remedies 2: 2, was nothing"},
    {"another type", MANIFEST(RULE("A", ", \"when\": [1]")), MANIFEST(RULE("A", ", \"when\": 1")),
        "changed A:\n  when: 1, was [1]"},
    {"a name with an escape code", MANIFEST(RULE("A", "")),
        MANIFEST(RULE("A", ", \"x-\\u001b[2J\": 1")),
        "changed A:\n  x-\357\277\275[2J: 1, was nothing"},
    {"the head", "{\"id\": \"a\", \"rules\": []}", "{\"id\": \"b\", \"rules\": []}",
        "changed the manifest itself:\n  id: \"b\", was \"a\""},
    {"no manifests at all", "[1]", "{}", "  manifest: {}, was [1]"},
};

static void tells_what_changed(void)
{
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *lines = difference(rows[i].before, rows[i].after);

        CHECK_TEXT(lines, rows[i].lines);
        CHECK_ROW(rows[i].name, g_strcmp0(lines, rows[i].lines) == 0);
    }
}

static void refuses_what_is_no_json(void)
{
    g_autoptr(GBytes) good = g_bytes_new_static("{}", 2);
    g_autoptr(GBytes) bad = g_bytes_new_static("{", 1);
    GError *error = NULL;

    CHECK(vdi_difference(bad, good, &error) == NULL);
    CHECK_ERROR(error, VDI_JSON_ERROR, VDI_JSON_ERROR_FORMAT);
    CHECK(vdi_difference(good, bad, &error) == NULL);
    CHECK_ERROR(error, VDI_JSON_ERROR, VDI_JSON_ERROR_FORMAT);
}

const Test tests[] = {
    {"tells what changed, member by member", tells_what_changed},
    {"refuses what is no JSON", refuses_what_is_no_json},
    TEST_END,
};
