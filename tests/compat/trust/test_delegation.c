/* SPDX-License-Identifier: Apache-2.0 */
#include "compat/trust/delegation.h"

#include <string.h>

#include "base/error.h"
#include "tests/support/check.h"

/* What a "delegations" says, and which paths a role is trusted for. */

static void a_pattern_fits_a_path_by_case_and_component(void)
{
    static const struct {
        const char *pattern, *path;
        bool fits;
    } rows[] = {
        /* the specification's own */
        {"targets/*.tgz", "targets/foo.tgz", true},
        {"targets/*.tgz", "targets/bar.tgz", true},
        {"targets/*.tgz", "targets/foo.txt", false},
        {"foo-version-?.tgz", "foo-version-2.tgz", true},
        {"foo-version-?.tgz", "foo-version-a.tgz", true},
        {"foo-version-?.tgz", "foo-version-alpha.tgz", false},
        {"*.tgz", "foo.tgz", true},
        {"*.tgz", "targets/foo.tgz", false},
        {"foo.tgz", "foo.tgz", true},
        {"foo.tgz", "bar.tgz", false},
        /* components */
        {"*", "file", true},
        {"*", "folder/file", false},
        {"*/*", "folder/file", true},
        {"*/*", "file", false},
        {"*/*", "a/b/c", false},
        {"a/*/c", "a/b/c", true},
        {"a/*/c", "a/b/b/c", false},
        {"a?c", "a/c", false},
        {"/a", "a", false},
        {"a", "/a", false},
        {"/*", "/a", true},
        {"a/", "a", false},
        {"a//b", "a/b", false},
        {"a/*", "a/", true},
        /* case */
        {"README.md", "readme.md", false},
        {"*.MD", "a.md", false},
        /* stars that give back */
        {"*a*b", "xxaxxb", true},
        {"*a*b", "xxaxxbc", false},
        {"*ab", "aab", true},
        {"a*b*c", "abbc", true},
        {"**", "a", true},
        {"a**", "a", true},
        {"*?", "a", true},
        {"*?", "", false},
        {"?*", "ab", true},
        {"*x/y*z", "x/yx/yz", false},
        {"*x/y*z", "xx/yz", true},
        /* nothing else has a meaning */
        {"[ab]", "a", false},
        {"[ab]", "[ab]", true},
        {"\\*", "*", false},
        {"\\*", "\\x", true},
        {"{a,b}", "a", false},
        {"!a", "b", false},
        {"*", ".hidden", true},
        /* a character may be several bytes */
        {"caf?", "caf\xc3\xa9", true},
        {"caf??", "caf\xc3\xa9", false},
        {"*\xa9", "caf\xc3\xa9", false},
        /* ends */
        {"", "", true},
        {"", "a", false},
        {"*", "", true},
        {"?", "", false},
        {"a", "", false},
        {"ab", "a", false},
        {"a", "ab", false},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *row = g_strdup_printf("%s on %s", rows[i].pattern, rows[i].path);

        CHECK_ROW(row, vdi_delegation_fits(rows[i].pattern, rows[i].path) == rows[i].fits);
    }
}

/* The plainest matcher that can be written: every way to read a star is tried. */
static bool fits_plainly(const char *pattern, const char *path)
{
    if (*pattern == '\0') {
        return *path == '\0';
    }
    if (*pattern == '*') {
        return fits_plainly(pattern + 1, path)
            || (*path != '\0' && *path != '/' && fits_plainly(pattern, path + 1));
    }
    return *path != '\0' && (*pattern == '?' ? *path != '/' : *pattern == *path)
        && fits_plainly(pattern + 1, path + 1);
}

/* The text of that number in the digits of `alphabet`, each number once: "", "a", "b", "aa", … */
static void spell(size_t number, const char *alphabet, char *ret_text)
{
    size_t base = strlen(alphabet);

    for (; number > 0; number = (number - 1) / base) {
        *ret_text++ = alphabet[(number - 1) % base];
    }
    *ret_text = '\0';
}

static void agrees_with_the_plainest_matcher(void)
{
    enum { PATTERNS = 1 + 4 + 16 + 64 + 256 + 1024, PATHS = 1 + 3 + 9 + 27 + 81 + 243 };
    size_t n_fits = 0;

    for (size_t i = 0; i < PATTERNS; i++) {
        char pattern[8], path[8];

        spell(i, "a/*?", pattern);
        for (size_t k = 0; k < PATHS; k++) {
            spell(k, "ab/", path);
            bool fits = vdi_delegation_fits(pattern, path);

            n_fits += fits ? 1 : 0;
            if (fits != fits_plainly(pattern, path)) {
                g_autofree char *row = g_strdup_printf("%s on %s", pattern, path);

                CHECK_ROW(row, false);
            }
        }
    }
    CHECK(n_fits > 1000);
}

static VdiDelegations *read_text(const char *text, GError **error)
{
    g_autoptr(GBytes) bytes = g_bytes_new_static(text, strlen(text));
    g_autoptr(VdiJson) object = vdi_json_parse(bytes, 1 << 20, NULL);

    if (object == NULL) {
        g_error("not JSON: %s", text);
    }
    return vdi_delegations_read(object, error);
}

/* `members` of one role, without keys. */
static VdiDelegations *read_role(const char *members, GError **error)
{
    g_autofree char *text = g_strdup_printf("{\"keys\":{},\"roles\":[{%s}]}", members);

    return read_text(text, error);
}

#define ROLE(name, more) "\"name\":\"" name "\",\"keyids\":[],\"threshold\":1," more

static void a_hash_prefix_covers_a_share_of_all_paths(void)
{
    /* SHA-256 of "compat.json" */
    g_autofree char *hash = g_compute_checksum_for_string(G_CHECKSUM_SHA256, "compat.json", -1);
    const struct {
        const char *name;
        size_t digits;
        bool changes, is_upper, covers;
    } rows[] = {
        {"one digit", 1, false, false, true},
        {"half", 32, false, false, true},
        {"all", 64, false, false, true},
        {"upper case", 64, false, true, true},
        {"another digit", 1, true, false, false},
        {"the last one differs", 64, true, false, false},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *prefix = g_strndup(hash, rows[i].digits);
        char *last = &prefix[rows[i].digits - 1];

        *last = rows[i].changes ? (*last == '0' ? '1' : '0') : *last;
        g_autofree char *shown = rows[i].is_upper ? g_ascii_strup(prefix, -1) : g_strdup(prefix);
        g_autofree char *members =
            g_strdup_printf(ROLE("a", "\"path_hash_prefixes\":[\"%s\"]"), shown);
        g_autoptr(VdiDelegations) delegations = read_role(members, NULL);

        CHECK_ROW(rows[i].name, delegations != NULL);
        const VdiDelegation *role = vdi_delegations_find(delegations, "a");

        CHECK_ROW(rows[i].name,
            role != NULL && vdi_delegation_covers(role, "compat.json") == rows[i].covers);
    }
}

static void reads_what_the_format_allows(void)
{
    g_autoptr(VdiDelegations) neither = read_role(ROLE("a", "\"x-note\":{\"a\":1}"), NULL);
    g_autoptr(VdiDelegations) terminating =
        read_role(ROLE("b", "\"terminating\":true,\"paths\":[\"x\",\"y/*\"]"), NULL);
    g_autoptr(VdiDelegations) unusable =
        read_text("{\"keys\":{\"00\":{\"keytype\":\"x\"}},\"roles\":[],\"x-note\":1}", NULL);
    /* As go-tuf writes bins of hashes. */
    g_autoptr(VdiDelegations) bin =
        read_role(ROLE("c", "\"paths\":null,\"path_hash_prefixes\":[\"2\"]"), NULL);
    const VdiDelegation *c = vdi_delegations_find(bin, "c");
    const VdiDelegation *a = vdi_delegations_find(neither, "a");
    const VdiDelegation *b = vdi_delegations_find(terminating, "b");

    CHECK(a != NULL && !vdi_delegation_covers(a, "") && !vdi_delegation_covers(a, "x"));
    CHECK(a != NULL && !a->is_terminating);
    CHECK(b != NULL && b->is_terminating);
    CHECK(b != NULL && vdi_delegation_covers(b, "y/z") && !vdi_delegation_covers(b, "z"));
    CHECK(c != NULL && vdi_delegation_covers(c, "x") && !vdi_delegation_covers(c, "y"));
    CHECK(unusable != NULL && g_hash_table_size(unusable->keys) == 0);
    CHECK(vdi_delegations_find(unusable, "a") == NULL);
    CHECK(vdi_delegations_find(NULL, "a") == NULL);
}

static void refuses_what_the_format_does_not_allow(void)
{
    g_autofree char *name = g_strnfill(VDI_DELEGATION_NAME_MAX, 'n');
    g_autofree char *long_name = g_strnfill(VDI_DELEGATION_NAME_MAX + 1, 'n');
    g_autofree char *odd_name = g_strnfill(VDI_DELEGATION_NAME_MAX / 3 + 1, ' ');
    g_autofree char *longest = g_strdup_printf(ROLE("%s", "\"paths\":[]"), name);
    g_autofree char *too_long = g_strdup_printf(ROLE("%s", "\"paths\":[]"), long_name);
    g_autofree char *too_odd = g_strdup_printf(ROLE("%s", "\"paths\":[]"), odd_name);
    g_autofree char *digits = g_strnfill(65, 'a');
    g_autofree char *too_many_digits =
        g_strdup_printf(ROLE("a", "\"path_hash_prefixes\":[\"%s\"]"), digits);
    const struct {
        const char *name, *members;
    } rows[] = {
        {"both kinds of paths", ROLE("a", "\"paths\":[],\"path_hash_prefixes\":[]")},
        {"root", ROLE("root", "\"paths\":[]")},
        {"timestamp", ROLE("timestamp", "\"paths\":[]")},
        {"snapshot", ROLE("snapshot", "\"paths\":[]")},
        {"targets", ROLE("targets", "\"paths\":[]")},
        {"no name", ROLE("", "\"paths\":[]")},
        {"a name that is too long", too_long},
        {"a name that is too long when it is encoded", too_odd},
        {"a path that is a number", ROLE("a", "\"paths\":[1]")},
        {"paths that are no list", ROLE("a", "\"paths\":\"*\"")},
        {"a prefix that is not hexadecimal", ROLE("a", "\"path_hash_prefixes\":[\"0g\"]")},
        {"an empty prefix", ROLE("a", "\"path_hash_prefixes\":[\"\"]")},
        {"a prefix longer than a hash", too_many_digits},
        {"terminating that is a number", ROLE("a", "\"terminating\":1")},
        {"a threshold of nothing", "\"name\":\"a\",\"keyids\":[],\"threshold\":0"},
        {"no threshold", "\"name\":\"a\",\"keyids\":[]"},
        {"no keyids", "\"name\":\"a\",\"threshold\":1"},
        {"two of one name", ROLE("a", "\"paths\":[]") "},{" ROLE("a", "\"paths\":[]")},
        {"two of one name, one of them escaped",
            ROLE("a", "\"paths\":[]") "},{" ROLE("\\u0061", "\"paths\":[]")},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(GError) error = NULL;
        g_autoptr(VdiDelegations) delegations = read_role(rows[i].members, &error);

        CHECK_ROW(rows[i].name, delegations == NULL && error != NULL);
    }
    g_autoptr(VdiDelegations) fits = read_role(longest, NULL);
    g_autoptr(VdiDelegations) no_keys = read_text("{\"roles\":[]}", NULL);
    g_autoptr(VdiDelegations) no_roles = read_text("{\"keys\":{}}", NULL);
    g_autoptr(VdiDelegations) no_object = read_text("{\"keys\":{},\"roles\":[1]}", NULL);

    CHECK(fits != NULL);
    CHECK(no_keys == NULL && no_roles == NULL && no_object == NULL);
}

static void counts_at_most_64_keys(void)
{
    for (int n = VDI_SIGNERS_KEYS_MAX; n <= VDI_SIGNERS_KEYS_MAX + 1; n++) {
        g_autoptr(GString) keys = g_string_new(NULL);
        g_autoptr(GString) keyids = g_string_new(NULL);

        for (int i = 0; i < n; i++) {
            g_string_append_printf(keys, "%s\"%d\":{}", i > 0 ? "," : "", i);
            g_string_append_printf(keyids, "%s\"%d\"", i > 0 ? "," : "", i);
        }
        g_autofree char *many_keys = g_strdup_printf("{\"keys\":{%s},\"roles\":[]}", keys->str);
        g_autofree char *many_keyids =
            g_strdup_printf("\"name\":\"a\",\"keyids\":[%s],\"threshold\":1", keyids->str);
        g_autoptr(VdiDelegations) by_keys = read_text(many_keys, NULL);
        g_autoptr(VdiDelegations) by_keyids = read_role(many_keyids, NULL);

        CHECK((by_keys != NULL) == (n == VDI_SIGNERS_KEYS_MAX));
        CHECK((by_keyids != NULL) == (n == VDI_SIGNERS_KEYS_MAX));
    }
}

const Test tests[] = {
    {"a pattern fits a path by case and component", a_pattern_fits_a_path_by_case_and_component},
    {"agrees with the plainest matcher", agrees_with_the_plainest_matcher},
    {"a hash prefix covers a share of all paths", a_hash_prefix_covers_a_share_of_all_paths},
    {"reads what the format allows", reads_what_the_format_allows},
    {"refuses what the format does not allow", refuses_what_the_format_does_not_allow},
    {"counts at most 64 keys", counts_at_most_64_keys},
    TEST_END,
};
