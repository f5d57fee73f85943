/* SPDX-License-Identifier: Apache-2.0 */
#include "compat/enforced.h"

#include <string.h>

#include "base/error.h"
#include "base/file.h"
#include "compat/rules/manifest_reader.h"
#include "tests/compat/guard/guard_support.h"
#include "tests/support/check.h"

/* Which rules are made for which transaction: those that it could make true, and no others. */

#define UNTIL (GUARD_NOW + 5 * GUARD_DAY)

static const char *const never[] = {"apt", NULL};

#define PACKAGE(name)                                                                              \
    "{\"package\":{\"purl\":\"pkg:deb/debian/" name "\",\"version\":\"vers:deb/>=2\"}}"
#define RULE(id, when)                                                                             \
    "{\"id\":\"" id "\",\"effect\":\"block\",\"title\":{\"en\":\"x\"},\"message\":{\"en\":\"x\"}," \
    "\"expires\":\"2027-02-01T00:00:00Z\",\"when\":" when "}"

static const char rules[] = RULE("A", PACKAGE("a")) "," RULE("B", PACKAGE("b")) "," RULE(
    "AB", "{\"all\":[" PACKAGE("a") ",{\"not\":" PACKAGE("b") "}]}") "," RULE("CLIENT",
    "{\"all\":[{\"client\":{\"id\":\"vigie\",\"version\":\"vers:generic/<2\"}},"
    "{\"any\":[{\"update\":\"KB1\"}," PACKAGE("c") "]}]}") "," RULE("D", PACKAGE("d%2Bd"));

static VdiManifest *manifest_of(const char *id)
{
    g_autofree char *text =
        g_strdup_printf("{\"schema\":\"https://vigie.example/manifest/1\",\"id\":\"%s\","
                        "\"issued\":\"2026-11-01T00:00:00Z\",\"rules\":[%s]}",
            id, rules);
    g_autoptr(GBytes) document = g_bytes_new(text, strlen(text));
    g_autoptr(GError) error = NULL;
    VdiManifest *manifest = vdi_manifest_parse(document, VDI_MANIFEST_AUTHOR, &error);

    CHECK_NO_ERROR(error);
    return manifest;
}

/* All rules of two organisations; those of the second are over in an hour. */
static GBytes *print_all(int64_t floor)
{
    g_autoptr(VdiManifest) first = manifest_of("first");
    g_autoptr(VdiManifest) second = manifest_of("second");
    const VdiManifest *manifests[] = {first, second};
    const char *const names[] = {"first", "second"};
    g_autoptr(GBytes) one = vdi_manifest_compile(first);
    g_autoptr(GBytes) two = vdi_manifest_compile(second);
    g_autoptr(GArray) rows = g_array_new(false, false, sizeof(VdiEnforcedRow));

    for (size_t m = 0; m < G_N_ELEMENTS(manifests); m++) {
        for (size_t i = 0; i < vdi_manifest_n_rules(manifests[m]); i++) {
            const VdiEnforcedRow row = {names[m], m == 0 ? one : two,
                vdi_manifest_rule(manifests[m], i), m == 0 ? UNTIL : GUARD_NOW + 3600};

            g_array_append_val(rows, row);
        }
    }
    return vdi_enforced_print(
        (const VdiEnforcedRow *) (const void *) rows->data, rows->len, floor, never);
}

static VdiPaths *system_with(GBytes *file)
{
    VdiPaths *paths = guard_system();
    g_autoptr(GError) error = NULL;

    CHECK(vdi_enforced_write(paths, file, &error));
    CHECK_NO_ERROR(error);
    return paths;
}

/* "first A, first AB": what is made for a transaction of those packages. */
static char *made_for(const VdiPaths *paths, const char *packages, int64_t now)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(VdiEnforced) enforced = vdi_enforced_read(paths, &error);
    g_autoptr(VdiChange) change = vdi_change_new();
    g_auto(GStrv) names = g_strsplit(packages, " ", -1);
    g_autoptr(GString) made = g_string_new(NULL);
    size_t n = 0;

    CHECK_NO_ERROR(error);
    for (size_t i = 0; names[i] != NULL && *names[i] != '\0'; i++) {
        vdi_change_add(change, "deb", "debian", names[i], NULL, "1", "2", false);
    }
    CHECK(enforced != NULL && vdi_enforced_load(enforced, change, now, &error));
    CHECK_NO_ERROR(error);
    const VdiRuleInForce *in_force = vdi_enforced_rules(enforced, &n);

    for (size_t i = 0; i < n; i++) {
        g_string_append_printf(
            made, "%s%s %s", i > 0 ? ", " : "", in_force[i].organisation, in_force[i].rule->id);
        CHECK(now < vdi_enforced_until(enforced, i));
    }
    return g_string_free(g_steal_pointer(&made), false);
}

static void only_what_the_transaction_could_make_true_is_made(void)
{
    static const struct {
        const char *name, *packages, *made;
    } table[] = {
        {"nothing of interest", "x y zz", "first CLIENT"},
        {"one of two", "b", "first B, first AB, first CLIENT"},
        {"both, in the order of the document", "b x a", "first A, first B, first AB, first CLIENT"},
        {"what stands beside another fact is made in any case", "c", "first CLIENT"},
        {"a name that a purl writes otherwise", "d+d", "first CLIENT, first D"},
        {"a name that only begins alike", "aa", "first CLIENT"},
    };

    if (!guard_is_root()) {
        return;
    }
    g_autoptr(GBytes) file = print_all(GUARD_NOW - GUARD_DAY);
    g_autoptr(VdiPaths) paths = system_with(file);

    for (size_t i = 0; i < G_N_ELEMENTS(table); i++) {
        g_autofree char *made = made_for(paths, table[i].packages, GUARD_NOW + 3600);

        CHECK_ROW(table[i].name, strcmp(made, table[i].made) == 0);
    }
}

static void rules_of_all_organisations_are_made_each_until_its_end(void)
{
    if (!guard_is_root()) {
        return;
    }
    g_autoptr(GBytes) file = print_all(GUARD_NOW - GUARD_DAY);
    g_autoptr(VdiPaths) paths = system_with(file);
    g_autoptr(VdiEnforced) enforced = vdi_enforced_read(paths, NULL);
    g_autofree char *both = made_for(paths, "b", GUARD_NOW);
    g_autofree char *none = made_for(paths, "b", UNTIL);
    g_autofree char *early = made_for(paths, "b", GUARD_NOW - 2 * GUARD_DAY);

    CHECK_TEXT(both, "first B, first AB, first CLIENT, second B, second AB, second CLIENT");
    CHECK_TEXT(none, "");
    CHECK_TEXT(early, "");
    CHECK(vdi_enforced_is_any(enforced, UNTIL - 1));
    CHECK(!vdi_enforced_is_any(enforced, UNTIL));
    CHECK(!vdi_enforced_is_any(enforced, GUARD_NOW - 2 * GUARD_DAY));
}

/* Two files that do not belong together, by a fault of who wrote them: the checksum is right. */
static void what_does_not_fit_enforces_nothing(void)
{
    if (!guard_is_root()) {
        return;
    }
    g_autoptr(VdiManifest) manifest = manifest_of("first");
    g_autoptr(GBytes) compiled = vdi_manifest_compile(manifest);
    g_autoptr(GBytes) other = g_bytes_new_static("vigierul of next year", 22);
    const VdiRule beyond = {.id = "Z", .number = vdi_manifest_n_rules(manifest)};
    const VdiEnforcedRow rows[] = {
        {"first", compiled, &beyond, UNTIL},
        {"first", other, vdi_manifest_rule(manifest, 0), UNTIL},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(GBytes) file = vdi_enforced_print(&rows[i], 1, 0, never);
        g_autoptr(VdiPaths) paths = system_with(file);
        g_autoptr(VdiEnforced) enforced = vdi_enforced_read(paths, NULL);
        g_autoptr(VdiChange) change = vdi_change_new();
        g_autoptr(GError) error = NULL;

        vdi_change_add(change, "deb", "debian", "a", NULL, "1", "2", false);
        CHECK(enforced != NULL && !vdi_enforced_load(enforced, change, GUARD_NOW, &error));
        CHECK_ERROR(error, VDI_MANIFEST_ERROR, VDI_MANIFEST_ERROR_COMPILED);
    }
}

static void any_changed_byte_is_seen(void)
{
    if (!guard_is_root()) {
        return;
    }
    g_autoptr(GBytes) file = print_all(0);
    size_t size = 0;
    const uint8_t *data = g_bytes_get_data(file, &size);
    g_autoptr(VdiPaths) paths = guard_system();

    for (size_t i = 0; i < size; i += 1 + size / 100) {
        g_autofree uint8_t *copy = g_memdup2(data, size);

        copy[i] ^= (uint8_t) (1u << i % 8);
        g_autoptr(GBytes) changed = g_bytes_new(copy, size);
        g_autoptr(GError) error = NULL;

        CHECK(vdi_enforced_write(paths, changed, NULL));
        g_autoptr(VdiEnforced) enforced = vdi_enforced_read(paths, &error);

        CHECK(enforced == NULL);
        CHECK_ERROR(error, VDI_MANIFEST_ERROR, VDI_MANIFEST_ERROR_COMPILED);
    }
}

const Test tests[] = {
    {"only what the transaction could make true is made",
        only_what_the_transaction_could_make_true_is_made},
    {"rules of all organisations are made, each until its end",
        rules_of_all_organisations_are_made_each_until_its_end},
    {"what does not fit enforces nothing", what_does_not_fit_enforces_nothing},
    {"any changed byte is seen", any_changed_byte_is_seen},
    TEST_END,
};
