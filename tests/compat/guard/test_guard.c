/* SPDX-License-Identifier: Apache-2.0 */
#include "compat/guard.h"

#include <link.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"
#include "base/file.h"
#include "compat/release.h"
#include "config.h"
#include "tests/compat/guard/guard_support.h"
#include "tests/support/check.h"

#define STATUS_HEAD                                                                                \
    "Package: dpkg\nStatus: install ok installed\nArchitecture: amd64\n"                           \
    "Version: 1.21.22\n\n"
#define STATUS_BROKEN                                                                              \
    STATUS_HEAD                                                                                    \
    "Package: libexample1\nStatus: install ok installed\nArchitecture: amd64\nVersion: 2.0-1\n\n"

/* A system where the blocking rule R1 is true. */
static VdiPaths *broken_system(void)
{
    VdiPaths *paths = guard_system();
    g_autofree char *rule = guard_rule("R1", "libexample1", "2.0", "2.1");

    guard_write(paths, "/var/lib/dpkg/status", STATUS_BROKEN);
    guard_organisation(paths, "example", "url = https://updates.example.com/v");
    guard_accept(paths, "example", rule, GUARD_NOW + 30 * GUARD_DAY);
    return paths;
}

static VdiEffect effect_at(const VdiPaths *paths, int64_t now)
{
    g_autoptr(VdiGuard) guard = vdi_guard_open(paths, now);
    g_autoptr(VdiFacts) facts = vdi_guard_facts(guard);
    g_autoptr(VdiVerdict) verdict = vdi_guard_check(guard, facts);

    return vdi_verdict_effect(verdict);
}

static void the_age_of_a_list_decides(void)
{
    static const struct {
        const char *name;
        int64_t now;
        VdiStoreState state;
        VdiEffect effect;
    } rows[] = {
        {"fresh blocks", GUARD_NOW, VDI_STORE_FRESH, VDI_EFFECT_BLOCK},
        {"the last second", GUARD_NOW + 30 * GUARD_DAY - 1, VDI_STORE_FRESH, VDI_EFFECT_BLOCK},
        {"expired now", GUARD_NOW + 30 * GUARD_DAY, VDI_STORE_GRACE, VDI_EFFECT_ADVISE},
        {"the end of grace", GUARD_NOW + 37 * GUARD_DAY, VDI_STORE_GRACE, VDI_EFFECT_ADVISE},
        {"after grace", GUARD_NOW + 37 * GUARD_DAY + 1, VDI_STORE_STALE, VDI_EFFECT_NONE},
        {"before the list was issued", GUARD_NOW - 2 * GUARD_DAY, VDI_STORE_CLOCK,
            VDI_EFFECT_ADVISE},
        {"1970", 0, VDI_STORE_CLOCK, VDI_EFFECT_ADVISE},
        {"ten years later", GUARD_NOW + 3650 * GUARD_DAY, VDI_STORE_CLOCK, VDI_EFFECT_NONE},
    };
    g_autoptr(VdiPaths) paths = broken_system();

    for (size_t i = 0; guard_is_root() && i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(VdiGuard) guard = vdi_guard_open(paths, rows[i].now);
        const VdiOrganisation *organisation = vdi_guard_organisation(guard, 0);

        CHECK_ROW(rows[i].name, organisation->state == rows[i].state);
        CHECK_ROW(rows[i].name,
            (organisation->problem == NULL) == (organisation->state == VDI_STORE_FRESH));
        CHECK_ROW(rows[i].name, effect_at(paths, rows[i].now) == rows[i].effect);
    }
}

static VdiStoreState state_of(const VdiPaths *paths)
{
    g_autoptr(VdiGuard) guard = vdi_guard_open(paths, GUARD_NOW);

    return vdi_guard_organisation(guard, 0)->state;
}

static void what_cannot_be_believed_allows(void)
{
    if (!guard_is_root()) {
        return;
    }
    g_autoptr(VdiPaths) paths = broken_system();
    g_autofree char *compiled = g_build_filename(paths->state, "orgs/example/rules.compiled", NULL);
    g_autofree char *folder = g_build_filename(paths->state, "orgs/example", NULL);

    CHECK_INT(effect_at(paths, GUARD_NOW), VDI_EFFECT_BLOCK);
    /* Others may write it: the signed files are asked, and there are none. */
    CHECK(chmod(compiled, 0666) == 0);
    CHECK_INT(state_of(paths), VDI_STORE_MISSING);
    CHECK_INT(effect_at(paths, GUARD_NOW), VDI_EFFECT_NONE);
    CHECK(chmod(compiled, 0644) == 0);
    CHECK_INT(state_of(paths), VDI_STORE_FRESH);
    CHECK(chmod(folder, 0777) == 0);
    CHECK_INT(state_of(paths), VDI_STORE_DAMAGED);
    CHECK_INT(effect_at(paths, GUARD_NOW), VDI_EFFECT_NONE);
    CHECK(chmod(folder, 0755) == 0);
    guard_write(paths, "/var/lib/vdi/orgs/example/rules.compiled", "VDIRULE1 not really");
    CHECK_INT(state_of(paths), VDI_STORE_MISSING);
    guard_write(paths, "/etc/vdi/orgs/example/org.conf", "[organisation]\nurl = ftp://x\n");
    CHECK_INT(state_of(paths), VDI_STORE_DAMAGED);
}

static void a_replaced_root_takes_its_compiled_rules_along(void)
{
    static const struct {
        const char *name, *path, *text;
        mode_t mode;
        VdiStoreState state;
    } rows[] = {
        {"another root of trust is placed", "/etc/vdi/orgs/example/root.json", "{}", 0644,
            VDI_STORE_DAMAGED},
        {"others may write it", "/etc/vdi/orgs/example/root.json", "{ }", 0666, VDI_STORE_DAMAGED},
        {"the chain has a new root", "/var/lib/vdi/orgs/example/metadata/root.json", "{}", 0644,
            VDI_STORE_MISSING},
    };

    for (size_t i = 0; guard_is_root() && i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(VdiPaths) paths = broken_system();
        g_autofree char *path = g_strconcat(paths->root, rows[i].path, NULL);

        CHECK_ROW(rows[i].name, state_of(paths) == VDI_STORE_FRESH);
        guard_write(paths, rows[i].path, rows[i].text);
        CHECK_ROW(rows[i].name, chmod(path, rows[i].mode) == 0);
        CHECK_ROW(rows[i].name, state_of(paths) == rows[i].state);
        CHECK_ROW(rows[i].name, effect_at(paths, GUARD_NOW) == VDI_EFFECT_NONE);
    }
}

static void any_changed_byte_of_the_compiled_rules_is_noticed(void)
{
    if (!guard_is_root()) {
        return;
    }
    g_autoptr(VdiPaths) paths = broken_system();
    g_autofree char *path = g_build_filename(paths->state, "orgs/example/rules.compiled", NULL);
    g_autoptr(GBytes) whole = vdi_file_read(path, 1024 * 1024, NULL);
    size_t size = g_bytes_get_size(whole);

    for (size_t i = 0; i < size; i += 7) {
        g_autofree char *data = g_memdup2(g_bytes_get_data(whole, NULL), size);

        data[i] ^= 1;
        g_autoptr(GBytes) changed = g_bytes_new(data, size);

        CHECK(vdi_file_write(path, changed, 0644, NULL));
        CHECK(state_of(paths) == VDI_STORE_MISSING);
    }
}

static void an_organisation_that_may_not_block_advises(void)
{
    if (!guard_is_root()) {
        return;
    }
    g_autoptr(VdiPaths) paths = broken_system();

    guard_organisation(paths, "example", "url = https://updates.example.com/v\nmay-block = false");
    CHECK_INT(effect_at(paths, GUARD_NOW), VDI_EFFECT_ADVISE);
}

static void a_site_may_let_all_rules_advise_or_be_silent(void)
{
    if (!guard_is_root()) {
        return;
    }
    g_autoptr(VdiPaths) paths = broken_system();

    guard_write(paths, "/etc/vdi/guard.conf", "[guard]\nmode = advise\n");
    CHECK_INT(effect_at(paths, GUARD_NOW), VDI_EFFECT_ADVISE);
    guard_write(paths, "/etc/vdi/guard.conf", "[guard]\nmode = off\nstrict = true\n");
    CHECK_INT(effect_at(paths, GUARD_NOW), VDI_EFFECT_NONE);
    g_autoptr(VdiGuard) guard = vdi_guard_open(paths, GUARD_NOW);

    CHECK(vdi_guard_is_strict(guard));
    CHECK(vdi_guard_allows_override(guard));
    CHECK(vdi_guard_problems(guard)[0] == NULL);
}

static void what_the_site_said_and_cannot_be_read_lets_all_rules_advise(void)
{
    if (!guard_is_root()) {
        return;
    }
    g_autoptr(VdiPaths) paths = broken_system();

    guard_write(paths, "/etc/vdi/guard.conf", "[hold]\nlongest-days = 365\n");
    g_autoptr(VdiGuard) guard = vdi_guard_open(paths, GUARD_NOW);

    CHECK(vdi_guard_problems(guard)[0] != NULL);
    CHECK_INT(vdi_guard_limits(guard)->longest_seconds, 14 * GUARD_DAY);
    CHECK_INT(effect_at(paths, GUARD_NOW), VDI_EFFECT_ADVISE);
    guard_write(paths, "/etc/vdi/guard.conf", "");
    CHECK_INT(effect_at(paths, GUARD_NOW), VDI_EFFECT_BLOCK);
    guard_write(paths, "/var/lib/vdi/releases.json", "{\"format\": 1, \"releases\": [");
    g_autoptr(VdiGuard) deaf = vdi_guard_open(paths, GUARD_NOW);

    CHECK(vdi_guard_problems(deaf)[0] != NULL);
    CHECK_INT(effect_at(paths, GUARD_NOW), VDI_EFFECT_ADVISE);
}

static void a_released_rule_advises_until_its_release_ends(void)
{
    if (!guard_is_root()) {
        return;
    }
    g_autoptr(VdiPaths) paths = broken_system();
    const VdiRelease release = {
        (char *) "R1", (char *) "payroll day", 0, GUARD_NOW, GUARD_NOW + GUARD_DAY};
    g_autoptr(GError) error = NULL;

    CHECK(vdi_releases_add(paths, &release, GUARD_NOW, &error));
    CHECK_NO_ERROR(error);
    CHECK_INT(effect_at(paths, GUARD_NOW), VDI_EFFECT_ADVISE);
    CHECK_INT(effect_at(paths, GUARD_NOW + GUARD_DAY - 1), VDI_EFFECT_ADVISE);
    CHECK_INT(effect_at(paths, GUARD_NOW + GUARD_DAY), VDI_EFFECT_BLOCK);
}

#define RULE(id, more, fact)                                                                       \
    "{'id': '" id "', 'effect': 'block', 'title': {'en': 'T'}, 'message': {'en': 'M'}, "           \
    "'expires': '2027-01-01T00:00:00Z', " more "'when': " fact "}"
#define BAD "{'package': {'purl': 'pkg:deb/debian/libexample1', 'version': 'vers:deb/>=2.0'}}"
#define ABSENT "{'package': {'purl': 'pkg:deb/debian/absent', 'version': 'vers:deb/>=2.0'}}"

/* "R1 3 1 Released…": what is said, and the place of each rule among all of them. */
static char *print_verdict(const VdiGuard *guard, const VdiVerdict *verdict)
{
    size_t n_rules = 0;
    const VdiRuleInForce *rules = vdi_guard_rules(guard, &n_rules);
    g_autoptr(GString) out = g_string_new(NULL);
    const VdiFinding *finding = NULL;

    for (size_t i = 0; (finding = vdi_verdict_finding(verdict, i)) != NULL; i++) {
        size_t place = 0;

        while (place < n_rules && rules[place].rule != finding->rule) {
            place++;
        }
        g_string_append_printf(out, "%s %s %d %d at %zu %s\n", finding->organisation,
            finding->rule->id, (int) finding->effect, (int) finding->truth, place,
            finding->reduced != NULL ? finding->reduced : "");
    }
    return g_string_free(g_steal_pointer(&out), false);
}

static void a_check_says_what_all_rules_say(void)
{
    static const char rules[] =
        RULE("FALSE", "", ABSENT) "," RULE("TRUE", "", BAD) "," RULE("OLD", "", BAD) "," RULE(
            "NEW", "'supersedes': ['OLD'], ", "{'not': " ABSENT "}") "," RULE("UNKNOWN", "",
            "{'all': [{'build': {'version': 'vers:generic/<2'}}, " BAD "]}") "," RULE("LATER",
            "'hue': 1, ", BAD) "," RULE("GONE", "'rollout': {'percent': 0}, ", BAD);

    if (!guard_is_root()) {
        return;
    }
    g_autoptr(VdiPaths) paths = broken_system();
    const VdiRelease release = {
        (char *) "R1", (char *) "a demonstration", 0, GUARD_NOW, GUARD_NOW + GUARD_DAY};

    guard_organisation(paths, "other", "url = https://other.example.com/v");
    guard_accept(paths, "other", rules, GUARD_NOW + 30 * GUARD_DAY);
    CHECK(vdi_releases_add(paths, &release, GUARD_NOW, NULL));
    g_autoptr(VdiGuard) guard = vdi_guard_open(paths, GUARD_NOW);
    g_autoptr(VdiFacts) facts = vdi_guard_facts(guard);
    g_autoptr(VdiVerdict) few = vdi_guard_check(guard, facts);
    size_t n_rules = 0;
    const VdiRuleInForce *all = vdi_guard_rules(guard, &n_rules);
    g_autoptr(VdiVerdict) whole = vdi_evaluate(all, n_rules, facts, GUARD_NOW);
    g_autofree char *said = print_verdict(guard, few);
    g_autofree char *due = print_verdict(guard, whole);
    g_autoptr(GArray) concerned = vdi_guard_concerned(guard, facts);

    CHECK_TEXT(said, due);
    CHECK(strstr(said, "other TRUE 3") != NULL && strstr(said, "other NEW 3") != NULL);
    CHECK(strstr(said, "example R1 2") != NULL && strstr(said, "other LATER 0") != NULL);
    CHECK(strstr(said, "other UNKNOWN 0") != NULL && strstr(said, "OLD") == NULL);
    CHECK_INT(vdi_guard_n_rules(guard), n_rules);
    CHECK_INT(n_rules, 8);
    CHECK_INT(concerned->len, 6); /* all but FALSE and OLD */
    for (size_t i = 0; i < n_rules; i++) {
        CHECK_TEXT(vdi_guard_rule_store(guard, i)->organisation.name, all[i].organisation);
    }
}

static void packages_that_cannot_be_read_block_nothing(void)
{
    if (!guard_is_root()) {
        return;
    }
    g_autoptr(VdiPaths) paths = broken_system();

    guard_write(paths, "/var/lib/dpkg/status", STATUS_BROKEN "Package: half\nStatus: inst");
    g_autoptr(VdiGuard) guard = vdi_guard_open(paths, GUARD_NOW);
    g_autoptr(VdiFacts) facts = vdi_guard_facts(guard);
    g_autoptr(VdiVerdict) verdict = vdi_guard_check(guard, facts);
    const VdiFinding *finding = vdi_verdict_finding(verdict, 0);

    CHECK_INT(vdi_verdict_effect(verdict), VDI_EFFECT_NONE);
    CHECK(finding != NULL && finding->truth == VDI_TRUTH_UNKNOWN);
    CHECK(vdi_guard_problems(guard)[0] != NULL);
}

static void an_override_is_recorded(void)
{
    if (!guard_is_root()) {
        return;
    }
    g_autoptr(VdiPaths) paths = broken_system();
    g_autoptr(VdiGuard) guard = vdi_guard_open(paths, GUARD_NOW);
    g_autoptr(GError) error = NULL;

    CHECK(vdi_guard_record_override(guard, "example", "R1", "vdi-connect", &error));
    CHECK_NO_ERROR(error);
    g_autofree char *audit = guard_read(paths, "/var/lib/vdi/audit.jsonl");

    CHECK(audit != NULL && strstr(audit, "\"event\":\"override\"") != NULL);
    CHECK(audit != NULL && strstr(audit, "\"rule\":\"R1\"") != NULL);
}

/* ---- what the engine loads ---- */

static int link_library(struct dl_phdr_info *info, size_t size, void *user)
{
    const VdiPaths *paths = user;
    g_autofree char *name = g_path_get_basename(info->dlpi_name);
    g_autofree char *link = g_build_filename(paths->root, "usr/lib", name, NULL);

    if (strchr(info->dlpi_name, '/') != NULL) {
        CHECK(symlink(info->dlpi_name, link) == 0);
    }
    return 0;
}

/* This very program in place of vdi-session, with the libraries that it has loaded. */
static void install_engine(const VdiPaths *paths)
{
    g_autofree char *self = g_file_read_link("/proc/self/exe", NULL);
    g_autofree char *engine = vdi_paths_below(paths, VDI_LIBEXECDIR "/vdi-session");

    guard_write(paths, "/usr/lib/empty", "");
    guard_write(paths, VDI_LIBEXECDIR "/vdi-session", "");
    CHECK(unlink(engine) == 0 && symlink(self, engine) == 0);
    (void) dl_iterate_phdr(link_library, (void *) paths);
}

static VdiTruth loads_libc(const char *when)
{
    g_autoptr(VdiPaths) paths = guard_system();
    g_autofree char *rule = g_strdup_printf(
        "{'id': 'L', 'effect': 'advise', 'title': {'en': 'x'}, 'message': {'en': 'x'}, "
        "'when': %s}",
        when);

    guard_write(paths, "/var/lib/dpkg/status", STATUS_HEAD);
    guard_organisation(paths, "example", "url = https://updates.example.com/v");
    guard_accept(paths, "example", rule, GUARD_NOW + 30 * GUARD_DAY);
    install_engine(paths);
    g_autoptr(VdiGuard) guard = vdi_guard_open(paths, GUARD_NOW);
    g_autoptr(VdiFacts) facts = vdi_guard_facts(guard);

    return vdi_facts_has_library(facts, "libc.so.6");
}

static void the_engine_s_libraries_are_looked_for_where_a_rule_asks(void)
{
    if (!guard_is_root()) {
        return;
    }
    CHECK(loads_libc("{'library': {'soname': 'libssl.so.3'}}") == VDI_TRUTH_TRUE);
    CHECK(loads_libc("{'arch': 'amd64'}") == VDI_TRUTH_UNKNOWN);
}

const Test tests[] = {
    {"the age of a list decides what its blocks are worth", the_age_of_a_list_decides},
    {"what cannot be believed allows", what_cannot_be_believed_allows},
    {"a replaced root takes its compiled rules along",
        a_replaced_root_takes_its_compiled_rules_along},
    {"any changed byte of the compiled rules is noticed",
        any_changed_byte_of_the_compiled_rules_is_noticed},
    {"an organisation that may not block advises", an_organisation_that_may_not_block_advises},
    {"a site may let all rules advise, or be silent", a_site_may_let_all_rules_advise_or_be_silent},
    {"what the site said and cannot be read lets all rules advise",
        what_the_site_said_and_cannot_be_read_lets_all_rules_advise},
    {"a released rule advises until its release ends",
        a_released_rule_advises_until_its_release_ends},
    {"a check says what all rules say", a_check_says_what_all_rules_say},
    {"packages that cannot be read block nothing", packages_that_cannot_be_read_block_nothing},
    {"an override is recorded", an_override_is_recorded},
    {"the engine's libraries are looked for where a rule asks",
        the_engine_s_libraries_are_looked_for_where_a_rule_asks},
    TEST_END,
};
