/* SPDX-License-Identifier: Apache-2.0 */
#include "compat/rules/compiled.h"

#include <string.h>

#include "base/error.h"
#include "compat/rules/evaluate.h"
#include "compat/rules/explain.h"
#include "compat/rules/fact_kind.h"
#include "tests/compat/rules/rules_support.h"
#include "tests/support/check.h"

/* The compiled form: that it says what was written, that a part of it read alone says what all of
 * it would, and that nothing in it can do harm. */

enum { WORLDS = 300, RULES = 12, NOW = 1793500000 };

static const char *const tags[] = {"fr", "en", NULL};

/* ---- random manifests over few names and versions, so that much of it is true ---- */

static const char *pick(GRand *random, const char *const *words)
{
    return words[g_rand_int_range(random, 0, (int) g_strv_length((char **) words))];
}

static void add_fact(GRand *random, GString *out)
{
    static const char *const facts[] = {
        "{'package': {'purl': 'pkg:deb/debian/%s', 'version': 'vers:deb/>=%s'}}",
        "{'package': {'purl': 'pkg:deb/debian/%s?arch=amd64', 'version': 'vers:deb/<%s'}}",
        "{'package': {'purl': 'pkg:deb/other/%s?arch=amd64&distro=debian-12', 'version': "
        "'vers:deb/!=%s'}}",
        "{'package': {'purl': 'pkg:generic/%s@1%%2F2', 'version': 'vers:generic/*'}}",
        "{'client': {'id': '%s', 'version': 'vers:generic/<=%s'}}", "{'os': {'id': '%s'}}",
        "{'os': {'version': 'vers:generic/<%2$s'}}",
        "{'kernel': {'version': 'vers:generic/>%2$s'}}",
        "{'engine': {'version': 'vers:semver/>=1.0.0|<3.0.0'}}", "{'update': '%s'}",
        "{'arch': '%s'}", "{'library': {'soname': '%s'}}",
        "{'setting': {'key': '%s', 'value': '%s'}}", "{'setting': {'key': '%s'}}",
        "{'peer': {'key': '%s', 'version': 'vers:generic/%s'}}", NULL};
    static const char *const names[] = {"a", "b", "c", "absent", "amd64", "debian", NULL};
    static const char *const versions[] = {"1", "2", "3.1", NULL};
    const char *format = pick(random, facts);
    g_auto(GStrv) at_names = g_strsplit(format, "%s", 3);

    g_string_append(out, at_names[0]);
    for (int i = 1; at_names[i] != NULL; i++) {
        g_string_append(out, i == 1 ? pick(random, names) : pick(random, versions));
        g_string_append(out, at_names[i]);
    }
    g_string_replace(out, "%2$s", pick(random, versions), 0);
    g_string_replace(out, "%%", "%", 0);
}

static void add_condition(GRand *random, int depth, GString *out)
{
    static const char *const operators[] = {"all", "any", "not", NULL};
    const char *operator= pick(random, operators);

    if (depth == 0 || g_rand_int_range(random, 0, 3) == 0) {
        add_fact(random, out);
    } else if (strcmp(operator, "not") == 0) {
        g_string_append(out, "{'not': ");
        add_condition(random, depth - 1, out);
        g_string_append(out, "}");
    } else {
        g_string_append_printf(out, "{'%s': [", operator);
        for (int i = g_rand_int_range(random, 1, 4); i > 0; i--) {
            add_condition(random, depth - 1, out);
            g_string_append(out, i > 1 ? ", " : "]}");
        }
    }
}

/* One in eight cannot be read, and one in four replaces another. */
static VdiManifest *random_manifest(GRand *random)
{
    g_autoptr(GString) text = g_string_new(
        "{'schema': '" VDI_MANIFEST_SCHEMA "', 'id': 'test', 'issued': '2026-11-01T00:00:00Z', "
        "'rules': [");
    GError *error = NULL;

    for (int i = 0; i < RULES; i++) {
        g_string_append_printf(text,
            "%s{'id': 'R%d', 'effect': 'block', 'expires': '2027-01-01T00:00:00Z', 'title': "
            "{'en': 'Title', 'fr': 'Titre %d'}, 'message': {'en': 'M'}, ",
            i > 0 ? ", " : "", i, i);
        if (g_rand_int_range(random, 0, 4) == 0) {
            g_string_append_printf(
                text, "'supersedes': ['R%d'], ", g_rand_int_range(random, 0, RULES + 1));
        }
        if (g_rand_int_range(random, 0, 8) == 0) {
            g_string_append(text, "'later': 1, ");
        }
        g_string_append(text, "'when': ");
        add_condition(random, 3, text);
        g_string_append(text, "}");
    }
    g_string_append(text, "]}");
    VdiManifest *manifest = manifest_of(text->str, VDI_MANIFEST_READER, &error);

    CHECK_NO_ERROR(error);
    g_clear_error(&error);
    return manifest;
}

static VdiFacts *random_facts(GRand *random)
{
    static const char *const names[] = {"a", "b", "c"};
    static const char *const versions[] = {"1", "2", "3.0", "not/comparable"};
    VdiFacts *facts = vdi_facts_new();

    for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
        const char *version = versions[g_rand_int_range(random, 0, G_N_ELEMENTS(versions))];

        if (g_rand_boolean(random)) {
            vdi_facts_add_package(facts, "deb", "debian", names[i], version,
                g_rand_boolean(random) ? "amd64" : "i386");
        }
        if (g_rand_boolean(random)) {
            vdi_facts_set_client(facts, names[i], g_rand_boolean(random) ? version : NULL);
        }
        if (g_rand_boolean(random)) {
            vdi_facts_set_setting(facts, names[i], version);
            vdi_facts_add_update(facts, names[i]);
        }
    }
    if (g_rand_int_range(random, 0, 4) > 0) {
        vdi_facts_set_packages_known(facts);
        vdi_facts_set_clients_known(facts);
        vdi_facts_set(facts, VDI_FACT_OS_ID, "debian");
        vdi_facts_set(facts, VDI_FACT_OS_VERSION, "12");
        vdi_facts_set(facts, VDI_FACT_ARCH, "amd64");
        vdi_facts_set(facts, VDI_FACT_KERNEL, "2");
    }
    return facts;
}

/* ---- one at a time, or all ---- */

static bool is_not_false(const VdiCondition *when, const void *user)
{
    return vdi_condition_evaluate(when, user, NULL) != VDI_TRUTH_FALSE;
}

/* What a verdict says, rule by rule. */
static char *verdict_of(const VdiManifest *manifest, const VdiFacts *facts, bool concerned_alone)
{
    g_autoptr(GArray) rules = g_array_new(false, false, sizeof(VdiRuleInForce));
    g_autoptr(GString) out = g_string_new(NULL);

    for (size_t i = 0; i < vdi_manifest_n_rules(manifest); i++) {
        if (!concerned_alone || vdi_manifest_passes(manifest, i, is_not_false, facts)) {
            const VdiRuleInForce in_force = {
                "test", vdi_manifest_rule(manifest, i), VDI_EFFECT_BLOCK, NULL};

            g_array_append_val(rules, in_force);
        }
    }
    g_autoptr(VdiVerdict) verdict =
        vdi_evaluate((const VdiRuleInForce *) (const void *) rules->data, rules->len, facts, NOW);
    const VdiFinding *finding = NULL;

    for (size_t i = 0; (finding = vdi_verdict_finding(verdict, i)) != NULL; i++) {
        g_autofree char *unknowns =
            finding->unknowns != NULL ? g_strjoinv("|", finding->unknowns) : g_strdup("");
        g_autofree char *sentence = vdi_explain_finding(finding, tags);

        g_string_append_printf(out, "%s %d %d %s %s\n", finding->rule->id, (int) finding->effect,
            (int) finding->truth, unknowns, sentence);
    }
    return g_string_free(g_steal_pointer(&out), false);
}

static void few_rules_made_say_what_all_of_them_do(void)
{
    g_autoptr(GRand) random = g_rand_new_with_seed(20110208);
    size_t n_findings = 0, n_left_out = 0;

    for (int i = 0; i < WORLDS; i++) {
        g_autoptr(VdiManifest) manifest = random_manifest(random);
        g_autoptr(VdiFacts) facts = random_facts(random);
        g_autofree char *all = verdict_of(manifest, facts, false);
        g_autofree char *few = verdict_of(manifest, facts, true);
        g_autoptr(GBytes) compiled = vdi_manifest_compile(manifest);
        g_autoptr(VdiManifest) loaded = vdi_manifest_load(compiled, NULL);
        g_autofree char *fresh = verdict_of(loaded, facts, true);

        CHECK_TEXT(few, all);
        CHECK_TEXT(fresh, all);
        for (const char *c = all; *c != '\0'; c++) {
            n_findings += *c == '\n';
        }
        for (size_t k = 0; k < vdi_manifest_n_rules(manifest); k++) {
            n_left_out += !vdi_manifest_passes(manifest, k, is_not_false, facts);
        }
    }
    CHECK(n_findings > WORLDS && n_left_out > WORLDS); /* both sides were met */
}

static void check_kind(const VdiCondition *fact, void *manifest)
{
    CHECK_ROW(fact->kind->name, vdi_manifest_may_ask(manifest, fact->kind->name));
}

static void what_was_compiled_loads_the_same(void)
{
    g_autoptr(GRand) random = g_rand_new_with_seed(2017);

    for (int i = 0; i < WORLDS; i++) {
        g_autoptr(VdiManifest) manifest = random_manifest(random);
        g_autoptr(GBytes) compiled = vdi_manifest_compile(manifest);
        g_autoptr(GError) error = NULL;
        g_autoptr(VdiManifest) loaded = vdi_manifest_load(compiled, &error);

        if (!CHECK_NO_ERROR(error)) {
            return;
        }
        g_autoptr(GBytes) again = vdi_manifest_compile(loaded);

        CHECK(g_bytes_equal(compiled, again));
        for (size_t k = RULES; k-- > 0;) { /* in another order */
            const VdiRule *a = vdi_manifest_rule(manifest, k), *b = vdi_manifest_rule(loaded, k);

            CHECK_TEXT(b->id, a->id);
            CHECK_TEXT(b->unreadable, a->unreadable);
            CHECK(a->number == k && b->number == k && a->is_superseded == b->is_superseded);
            CHECK(a->when == NULL ? b->when == NULL : vdi_condition_equal(a->when, b->when));
            if (b->when != NULL) {
                vdi_condition_visit_facts(b->when, check_kind, loaded);
            }
            CHECK(b == vdi_manifest_rule(loaded, k) && b == vdi_manifest_find(loaded, b->id));
        }
    }
}

/* ---- what is not as it was written ---- */

/* Everything that anybody does with a manifest. */
static void use(const VdiManifest *manifest, const VdiFacts *facts)
{
    for (size_t i = 0; i < vdi_manifest_n_rules(manifest); i++) {
        (void) vdi_manifest_passes(manifest, i, is_not_false, facts);
        const VdiRule *rule = vdi_manifest_rule(manifest, i);
        g_autofree char *title = vdi_explain_title(rule, tags);
        g_auto(GStrv) remedies = vdi_explain_remedies(rule, tags);

        CHECK((rule->when == NULL) == (rule->unreadable != NULL));
        CHECK(*rule->id != '\0' && title != NULL && remedies != NULL);
        CHECK(rule->supersedes != NULL && rule->message != NULL);
        if (rule->when != NULL) {
            (void) vdi_condition_evaluate(rule->when, facts, NULL);
        }
    }
}

/* That a byte has changed is seen by the file that holds it; here it must do no harm. */
static void a_changed_byte_does_no_harm(void)
{
    g_autoptr(GRand) random = g_rand_new_with_seed(353760);
    g_autoptr(VdiManifest) manifest = random_manifest(random);
    g_autoptr(VdiFacts) facts = random_facts(random);
    g_autoptr(GBytes) compiled = vdi_manifest_compile(manifest);
    size_t size = 0;
    const uint8_t *data = g_bytes_get_data(compiled, &size);
    g_autofree uint8_t *copy = g_memdup2(data, size);

    for (size_t i = 0; i < size; i++) {
        copy[i] ^= (uint8_t) (1u << i % 8);
        g_autoptr(GBytes) changed = g_bytes_new(copy, size);
        g_autoptr(GError) error = NULL;
        g_autoptr(VdiManifest) loaded = vdi_manifest_load(changed, &error);

        CHECK((loaded == NULL) == (error != NULL));
        CHECK(error == NULL
            || g_error_matches(error, VDI_MANIFEST_ERROR, VDI_MANIFEST_ERROR_COMPILED));
        if (loaded != NULL) {
            use(loaded, facts);
        }
        copy[i] = data[i];
    }
    for (size_t cut = 0; cut < size; cut++) {
        g_autoptr(GBytes) shorter = g_bytes_new(data, cut);
        g_autoptr(VdiManifest) loaded = vdi_manifest_load(shorter, NULL);

        CHECK(loaded == NULL);
    }
}

static void wrong_numbers_do_no_harm(void)
{
    g_autoptr(VdiFacts) facts = vdi_facts_new();

    for (uint64_t number = 0; number < 300; number++) {
        for (int n = 0; n < 12; n++) {
            g_autoptr(VdiCompiledWriter) writer = vdi_compiled_writer_new();

            vdi_compiled_write_text(writer, "test");
            for (int i = 0; i < n; i++) {
                vdi_compiled_write_number(writer, i == 1 ? 1 : number * 0x10001);
            }
            g_autoptr(GBytes) compiled = vdi_compiled_writer_finish(writer, 0);
            g_autoptr(GError) error = NULL;
            g_autoptr(VdiManifest) loaded = vdi_manifest_load(compiled, &error);

            CHECK((loaded != NULL) == (error == NULL));
            if (loaded != NULL) {
                use(loaded, facts);
            }
        }
    }
}

/* "3 =update 1 =KB1 -": numbers, texts, no text. */
static void write_words(VdiCompiledWriter *writer, const char *text)
{
    g_auto(GStrv) words = g_strsplit(text, " ", -1);

    for (size_t i = 0; words[i] != NULL; i++) {
        if (*words[i] == '=' || *words[i] == '-') {
            vdi_compiled_write_text(writer, *words[i] == '=' ? words[i] + 1 : NULL);
        } else {
            vdi_compiled_write_number(writer, g_ascii_strtoull(words[i], NULL, 10));
        }
    }
}

/* A manifest with one rule R of that condition, as a writer that may say anything writes it. */
static VdiManifest *manifest_of_words(const char *condition)
{
    g_autoptr(VdiCompiledWriter) writer = vdi_compiled_writer_new();
    GError *error = NULL;

    /* id, why unreadable; effect, end, rollout, salt; texts and arrays, all empty */
    write_words(writer, "=R - 1 0 100 - 0 0 0 0 0");
    size_t when = vdi_compiled_writer_mark(writer);

    write_words(writer, condition);
    size_t begin = vdi_compiled_writer_mark(writer);
    /* id, issued; no kinds; rules: where it is, where its condition, not superseded */
    g_autofree char *root = g_strdup_printf("=test 0 - 1 0 %zu 0", when);

    write_words(writer, root);
    g_autoptr(GBytes) compiled = vdi_compiled_writer_finish(writer, begin);
    VdiManifest *manifest = vdi_manifest_load(compiled, &error);

    CHECK_NO_ERROR(error);
    g_clear_error(&error);
    return manifest;
}

#define KB1 "3 =update 1 =KB1"
#define NOT_15 "2 1 2 1 2 1 2 1 2 1 2 1 2 1 2 1 2 1 2 1 2 1 2 1 2 1 2 1 2 1 "
#define PURL "3 =package 2 =deb =debian =a - - "
#define ANY " 1 =vers:deb/* =deb 0"

static void what_no_writer_writes_is_unreadable(void)
{
    static const struct {
        const char *name, *condition;
        bool is_readable;
    } rows[] = {
        {"a fact", KB1, true},
        {"a package", PURL "2 =arch =amd64" ANY, true},
        {"sixteen levels", NOT_15 KB1, true},
        {"seventeen levels", NOT_15 "2 1 " KB1, false},
        {"not of two", "2 2 " KB1 " " KB1, false},
        {"all of none", "0 0", false},
        {"more parts than allowed", "0 1025 " KB1, false},
        {"fewer parts than said", "0 2 " KB1, false},
        {"a number of more than 64 bits", "0 18446744073709551615", false},
        {"another operator", "4 1 " KB1, false},
        {"another kind of fact", "3 =moon 1 =x", false},
        {"more members than the kind has", "3 =update 2 =x =y", false},
        {"a member is missing", "3 =update 1 -", false},
        {"a qualifier without a value", PURL "1 =arch" ANY, false},
        {"a qualifier that nobody evaluates", PURL "2 =hue =red" ANY, false},
        {"a package without a range", PURL "0 0", false},
        {"another scheme", "3 =kernel 1 1 =vers:moon/* =moon 0", false},
        {"no version of its scheme", "3 =kernel 1 1 =vers:generic/x =generic 1 5 =x", false},
        {"more constraints than allowed", "3 =kernel 1 1 =x =generic 65", false},
        {"neither value nor version", "3 =peer 3 =key - 0", false},
    };
    g_autoptr(VdiFacts) facts = vdi_facts_new();

    vdi_facts_set_updates_known(facts);
    vdi_facts_set_packages_known(facts);
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(VdiManifest) manifest = manifest_of_words(rows[i].condition);
        const VdiRule *rule = manifest != NULL ? vdi_manifest_rule(manifest, 0) : NULL;

        CHECK_ROW(rows[i].name, rule != NULL && strcmp(rule->id, "R") == 0);
        CHECK_ROW(rows[i].name, rule != NULL && (rule->unreadable == NULL) == rows[i].is_readable);
        CHECK_ROW(rows[i].name,
            manifest != NULL
                && (rows[i].is_readable || vdi_manifest_passes(manifest, 0, is_not_false, facts)));
    }
}

static void a_head_that_is_wrong_is_refused(void)
{
    static const struct {
        const char *name;
        size_t at; /* byte of the head */
        uint8_t value;
        const char *error;
    } rows[] = {
        {"another kind of file", 0, 'V', "it is not a file of compiled rules"},
        {"an older format", 8, 2, "it has the format of another version"},
        {"a format of many bytes", 15, 1, "it has the format of another version"},
        {"texts that are longer than the file", 20, 1, "its texts are cut"},
        {"texts that end within one", 16, 2, "its texts are cut"},
        {"it begins behind its end", 27, 1, "the rules are not as they were written"},
        {"it begins far behind its end", 31, 128, "the rules are not as they were written"},
        {"no texts, and none can be pointed at", 16, 0, "the rules are not as they were written"},
        {"it begins too late", 24, 1, "the rules are not as they were written"},
    };
    g_autoptr(VdiManifest) manifest = manifest_of_rules("");
    g_autoptr(GBytes) compiled = vdi_manifest_compile(manifest);
    size_t size = 0;
    const uint8_t *data = g_bytes_get_data(compiled, &size);

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree uint8_t *copy = g_memdup2(data, size);

        copy[rows[i].at] = rows[i].value;
        g_autoptr(GBytes) changed = g_bytes_new(copy, size);
        g_autoptr(GError) error = NULL;
        g_autoptr(VdiManifest) loaded = vdi_manifest_load(changed, &error);

        CHECK_ROW(rows[i].name, loaded == NULL);
        CHECK_TEXT(error != NULL ? error->message : NULL, rows[i].error);
        CHECK_ERROR(error, VDI_MANIFEST_ERROR, VDI_MANIFEST_ERROR_COMPILED);
    }
}

/* Larger than a block of the memory that is taken for it, and asked more than once. */
static void a_condition_of_a_thousand_facts_is_asked_again_and_again(void)
{
    g_autoptr(GString) condition = g_string_new("{'any': [");

    for (int i = 0; i < 1000; i++) {
        g_string_append_printf(condition, "{'library': {'soname': 'lib%d.so.1'}}, ", i);
    }
    g_string_append(condition, "{'update': 'KB1'}]}");
    g_autoptr(GError) error = NULL;
    g_autoptr(VdiManifest) manifest = manifest_of_condition(condition->str, &error);
    g_autoptr(VdiFacts) none = vdi_facts_new(), last = vdi_facts_new();

    if (!CHECK_NO_ERROR(error)) {
        return;
    }
    vdi_facts_add_library(none, "other.so.1");
    vdi_facts_set_updates_known(none);
    vdi_facts_add_library(last, "lib999.so.1");
    for (int again = 0; again < 3; again++) {
        CHECK(!vdi_manifest_passes(manifest, 0, is_not_false, none));
        CHECK(vdi_manifest_passes(manifest, 0, is_not_false, last));
        CHECK_INT(vdi_manifest_rule(manifest, 0)->when->n_parts, 1001);
    }
}

/* A rule that cannot be what was written is no rule, and the others stay. */
static void one_broken_rule_is_unreadable_and_the_others_stay(void)
{
    g_autoptr(VdiManifest) manifest =
        manifest_of_rules("{'id': 'A', 'effect': 'info', 'title': {'en': 'T'}, 'message': "
                          "{'en': 'M'}, 'when': {'update': 'KB1'}}, {'id': 'B', 'effect': 'info', "
                          "'title': {'en': 'T'}, 'message': {'en': 'M'}, 'when': "
                          "{'library': {'soname': 'x'}}}");
    g_autoptr(GBytes) compiled = vdi_manifest_compile(manifest);
    size_t size = 0;
    const char *data = g_bytes_get_data(compiled, &size);
    g_autofree char *copy = g_memdup2(data, size);
    char *kind = memmem(copy, size, "library", strlen("library"));

    if (kind == NULL) {
        CHECK(kind != NULL);
        return;
    }
    *kind = 'L';
    g_autoptr(GBytes) changed = g_bytes_new(copy, size);
    g_autoptr(VdiManifest) loaded = vdi_manifest_load(changed, NULL);
    g_autoptr(VdiFacts) facts = vdi_facts_new();

    vdi_facts_set_updates_known(facts);
    CHECK(vdi_manifest_may_ask(manifest, "library") && vdi_manifest_may_ask(manifest, "update"));
    CHECK(!vdi_manifest_may_ask(manifest, "peer") && !vdi_manifest_may_ask(manifest, "moon"));
    CHECK(!vdi_manifest_passes(loaded, 0, is_not_false, facts));
    CHECK(vdi_manifest_passes(loaded, 1, is_not_false, facts));
    CHECK(vdi_manifest_rule(loaded, 0)->unreadable == NULL);
    CHECK(vdi_manifest_rule(loaded, 1)->unreadable != NULL);
    CHECK_TEXT(vdi_manifest_rule(loaded, 1)->id, "B");
    CHECK(!vdi_rule_applies(vdi_manifest_rule(loaded, 1), facts, NOW));
}

static void what_it_may_ask_for_is_known_at_once(void)
{
    g_autoptr(VdiManifest) manifest = manifest_of_rules(
        "{'id': 'A', 'effect': 'info', 'title': {'en': 'x'}, 'message': {'en': 'a kernel'}, "
        "'when': {'library': {'soname': 'libssl.so.3'}}}");
    g_autoptr(GBytes) compiled = vdi_manifest_compile(manifest);
    g_autoptr(VdiManifest) loaded = vdi_manifest_load(compiled, NULL);

    CHECK(vdi_manifest_may_ask(manifest, "library"));
    CHECK(vdi_manifest_may_ask(loaded, "library"));
    CHECK(!vdi_manifest_may_ask(loaded, "libssl.so.3")); /* no kind of fact */
    CHECK(!vdi_manifest_may_ask(loaded, "kernel"));      /* the end of another text */
    CHECK(!vdi_manifest_may_ask(loaded, "package"));
}

const Test tests[] = {
    {"few rules made say what all of them do", few_rules_made_say_what_all_of_them_do},
    {"what was compiled loads the same", what_was_compiled_loads_the_same},
    {"a changed byte does no harm", a_changed_byte_does_no_harm},
    {"wrong numbers do no harm", wrong_numbers_do_no_harm},
    {"what no writer writes is unreadable", what_no_writer_writes_is_unreadable},
    {"a head that is wrong is refused", a_head_that_is_wrong_is_refused},
    {"a condition of a thousand facts is asked again and again",
        a_condition_of_a_thousand_facts_is_asked_again_and_again},
    {"one broken rule is unreadable, and the others stay",
        one_broken_rule_is_unreadable_and_the_others_stay},
    {"what it may ask for is known at once", what_it_may_ask_for_is_known_at_once},
    TEST_END,
};
