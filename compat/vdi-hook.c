/* SPDX-License-Identifier: Apache-2.0 */
#include <glib.h>
#include <glib/gi18n.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/error.h"
#include "base/file.h"
#include "base/paths.h"
#include "base/program.h"
#include "base/text.h"
#include "compat/audit.h"
#include "compat/enforced.h"
#include "compat/host/clients.h"
#include "compat/host/dpkg_status.h"
#include "compat/host/hook_stream.h"
#include "compat/host/libraries.h"
#include "compat/host/site_facts.h"
#include "compat/host/system.h"
#include "compat/rules/explain_hold.h"
#include "compat/rules/fact_kind.h"

/* The last gate: started by apt before it unpacks anything (DPkg::Pre-Install-Pkgs). Pins have
 * taken out what may not come long before; this stops what was asked for by name, or comes without
 * the cure that its pin was waived for. Its hook line maps every exit status but one to "go on"
 * (packaging/apt), so a fault in here stops nobody's update; docs/guard.md tells how. */

/* apt waits for ever for a hook, holding its locks; SIGALRM ends this one. */
enum { DEADLINE_SECONDS = 5, EXIT_CANNOT_JUDGE = 1 };

/* Nobody reads more, and each takes its time and its line of the audit. */
enum { RULES_SAID_MAX = 16 };

#define DPKG_STATUS "/var/lib/dpkg/status"

typedef struct {
    const VdiPaths *paths;
    int64_t now;
    VdiEnforced *enforced;
    VdiFacts *facts;
    VdiChange *change;
} Hook;

static void hook_clear(Hook *hook)
{
    g_clear_pointer(&hook->change, vdi_change_free);
    g_clear_pointer(&hook->facts, vdi_facts_free);
    g_clear_pointer(&hook->enforced, vdi_enforced_free);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Hook, hook_clear)

/* The caller's environment and folder reach a hook. Kept are the words that choose a language, when
 * they look like it, and the descriptor's number. */
static void forget_caller(void)
{
    static const char *const kept[] = {
        "APT_HOOK_INFO_FD", "LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG"};
    char *values[G_N_ELEMENTS(kept)] = {NULL};

    for (size_t i = 0; i < G_N_ELEMENTS(kept); i++) {
        const char *value = getenv(kept[i]);

        if (value != NULL && strlen(value) < 128
            && value[strspn(
                   value, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.@:-")]
                == '\0') {
            values[i] = g_strdup(value);
        }
    }
    clearenv();
    for (size_t i = 0; i < G_N_ELEMENTS(kept); i++) {
        if (values[i] != NULL) {
            (void) setenv(kept[i], values[i], 1);
            g_free(values[i]);
        }
    }
    umask(022);
    if (chdir("/") != 0) {
        g_debug("the root folder cannot be entered");
    }
}

static bool read_stream(Hook *hook, GError **error)
{
    const char *text = getenv("APT_HOOK_INFO_FD");
    const char *namespace = vdi_facts_get(hook->facts, VDI_FACT_OS_ID);
    uint64_t fd = 0;

    if (text == NULL || !g_ascii_string_to_unsigned(text, 10, 0, 65535, &fd, NULL)) {
        g_set_error(error, VDI_HOST_ERROR, VDI_HOST_ERROR_STREAM,
            "apt named no descriptor; see packaging/apt for the hook's settings");
        return false;
    }
    g_autoptr(GBytes) stream = vdi_file_read_fd((int) fd, VDI_HOOK_STREAM_MAX_BYTES, error);

    hook->change = stream != NULL
        ? vdi_hook_stream_read(stream, namespace != NULL ? namespace : "debian", error)
        : NULL;
    return hook->change != NULL;
}

static void note_library(const VdiCondition *fact, void *user)
{
    bool *asks = user;

    *asks = *asks || strcmp(fact->kind->name, "library") == 0;
}

/* Following what the engine loads takes longer than all the rest: only where a rule asks. */
static bool asks_for_libraries(const Hook *hook)
{
    size_t n_rules = 0;
    const VdiRuleInForce *rules = vdi_enforced_rules(hook->enforced, &n_rules);
    bool asks = false;

    for (size_t i = 0; i < n_rules && !asks; i++) {
        if (rules[i].rule->unreadable == NULL) {
            vdi_condition_visit_facts(rules[i].rule->when, note_library, &asks);
        }
    }
    return asks;
}

static bool read_machine(Hook *hook, GError **error)
{
    g_autofree char *status = vdi_paths_below(hook->paths, DPKG_STATUS);
    const char *namespace = vdi_facts_get(hook->facts, VDI_FACT_OS_ID);

    if (!vdi_dpkg_status_read(
            status, NULL, namespace != NULL ? namespace : "debian", hook->facts, error)) {
        return false;
    }
    vdi_clients_derive(hook->facts);
    vdi_clients_look(hook->paths, hook->facts);
    if (asks_for_libraries(hook)) {
        vdi_libraries_look(hook->paths, hook->facts);
    }
    return true;
}

static void record(const Hook *hook, const VdiAuditEntry *entry)
{
    /* A full disk or a read-only one changes nothing about the answer. */
    if (!vdi_audit_record(hook->paths, hook->now, entry, NULL)) {
        g_debug("the audit could not be written");
    }
}

static void print_rule(const Hook *hook, const VdiHoldSet *set, size_t i)
{
    size_t n_rules = 0;
    const VdiRuleInForce *rules = vdi_enforced_rules(hook->enforced, &n_rules);
    g_auto(GStrv) lines = vdi_explain_hold(hook->change, set, rules, i,
        vdi_enforced_until(hook->enforced, i), hook->now, g_get_language_names());

    for (size_t k = 0; lines[k] != NULL; k++) {
        fprintf(stderr, "vdi-hook: %s\n", lines[k]);
    }
    fprintf(stderr,
        _("vdi-hook: To go on all the same: vdi-guard release %s --for 24h --reason \"…\"\n"),
        rules[i].rule->id);
}

static bool *never_of(const Hook *hook)
{
    size_t n_items = vdi_change_n_items(hook->change);
    bool *never = g_new0(bool, MAX(n_items, 1));

    for (size_t i = 0; i < n_items; i++) {
        never[i] =
            vdi_enforced_is_never_held(hook->enforced, vdi_change_item(hook->change, i)->name);
    }
    return never;
}

static void tell_rule(const Hook *hook, const VdiHoldSet *set, size_t i)
{
    g_autofree char *packages = vdi_explain_held(hook->change, set, i);
    const VdiAuditEntry entry = {.event = VDI_AUDIT_STOPPED,
        .organisation = set->rules[i].organisation,
        .rule = set->rules[i].rule->id,
        .package = packages};

    print_rule(hook, set, i);
    record(hook, &entry);
}

/* True of a transaction that makes a blocking rule true, and that would not without something that
 * may be held; everything that a person must know has then been said. */
static bool is_proved_block(const Hook *hook)
{
    size_t n_rules = 0, n_said = 0;
    const VdiRuleInForce *rules = vdi_enforced_rules(hook->enforced, &n_rules);
    g_autofree bool *never = never_of(hook);
    g_autofree bool *is_known = g_new0(bool, n_rules);
    g_auto(VdiHoldSet) set = {0};

    vdi_evaluate_hold(rules, n_rules, hook->facts, hook->change, never, hook->now, &set);
    for (guint i = 0; i < set.reasons->len; i++) {
        size_t rule = g_array_index(set.reasons, VdiHoldReason, i).rule;

        if (!is_known[rule] && n_said++ < RULES_SAID_MAX) {
            tell_rule(hook, &set, rule);
        }
        is_known[rule] = true;
    }
    if (n_said > RULES_SAID_MAX) {
        g_autofree char *more = vdi_explain_more_rules(n_said - RULES_SAID_MAX);

        fprintf(stderr, "vdi-hook: %s\n", more);
    }
    return set.n_held > 0;
}

static int go_on(const Hook *hook, const GError *error)
{
    g_autofree char *sentence = vdi_error_sentence(error);
    const VdiAuditEntry entry = {.event = VDI_AUDIT_PROBLEM, .text = sentence};

    fprintf(stderr, "vdi-hook: %s\n", sentence);
    record(hook, &entry);
    return EXIT_CANNOT_JUDGE;
}

/* The only place from which VDI_EXIT_GUARD_BLOCK leaves this program. */
static int judge(Hook *hook)
{
    size_t n_rules = 0;
    g_autoptr(GError) error = NULL;

    hook->enforced = vdi_enforced_read(hook->paths, &error);
    if (hook->enforced == NULL) {
        /* Nothing was ever prepared here: not worth a word at each transaction. */
        return g_error_matches(error, VDI_FILE_ERROR, VDI_FILE_ERROR_ABSENT) ? VDI_EXIT_OK
                                                                             : go_on(hook, error);
    }
    if (!vdi_enforced_is_any(hook->enforced, hook->now)) {
        return VDI_EXIT_OK;
    }
    hook->facts = vdi_facts_new();
    vdi_system_look(hook->paths, hook->facts);
    vdi_site_facts_look(hook->paths, hook->facts);
    if (!read_stream(hook, &error)
        || !vdi_enforced_load(hook->enforced, hook->change, hook->now, &error)) {
        return go_on(hook, error);
    }
    (void) vdi_enforced_rules(hook->enforced, &n_rules);
    if (n_rules == 0) {
        return VDI_EXIT_OK;
    }
    if (!read_machine(hook, &error)) {
        return go_on(hook, error);
    }
    if (!is_proved_block(hook)) {
        return VDI_EXIT_OK;
    }
    return fflush(stderr) == 0 && ferror(stderr) == 0 ? VDI_EXIT_GUARD_BLOCK : EXIT_CANNOT_JUDGE;
}

int main(int argc, char **argv)
{
    g_autofree char *root = NULL;
    g_autofree char *now_text = NULL;
    int64_t now = time(NULL);
    bool stop = false;
    g_autoptr(GError) error = NULL;
    const GOptionEntry entries[] = {
        {"root", 0, 0, G_OPTION_ARG_FILENAME, &root, "judge the system below DIR", "DIR"},
        {"now", 0, G_OPTION_FLAG_HIDDEN, G_OPTION_ARG_STRING, &now_text, NULL, NULL},
        G_OPTION_ENTRY_NULL,
    };

    alarm(DEADLINE_SECONDS);
    forget_caller();
    vdi_program_start("vdi-hook");
    if (!vdi_program_options(entries, NULL,
            "Started by apt before it changes anything; says no by exit status 80 alone.", &argc,
            &argv, &stop, &error)) {
        fprintf(stderr, "vdi-hook: %s\n", error->message);
        return EXIT_CANNOT_JUDGE;
    }
    if (stop) {
        return VDI_EXIT_OK;
    }
    if ((root != NULL && !g_path_is_absolute(root))
        || (now_text != NULL && !vdi_text_read_time(now_text, &now))) {
        fprintf(stderr, "vdi-hook: --root wants an absolute folder\n");
        return EXIT_CANNOT_JUDGE;
    }
    g_autoptr(VdiPaths) paths = vdi_paths_new_system(root);
    g_auto(Hook) hook = {.paths = paths, .now = now};

    return judge(&hook);
}
