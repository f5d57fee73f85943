/* SPDX-License-Identifier: Apache-2.0 */
#include "compat/guard.h"

#include <glib/gi18n.h>
#include <string.h>

#include "base/error.h"
#include "base/text.h"
#include "compat/audit.h"
#include "compat/host/host.h"
#include "compat/host/libraries.h"
#include "compat/release.h"

struct VdiGuard {
    const VdiPaths *paths;
    int64_t now;
    VdiLimits *limits;
    GPtrArray *stores;   /* of VdiStore */
    GPtrArray *releases; /* of VdiRelease */
    GPtrArray *problems; /* of char *, ended by NULL */
    GPtrArray *reasons;  /* of char *: what VdiRuleInForce.reduced borrows */
    GArray *rules;       /* of VdiRuleInForce: all; empty until somebody asks for them */
};

void vdi_guard_free(VdiGuard *guard)
{
    if (guard != NULL) {
        g_clear_pointer(&guard->rules, g_array_unref);
        g_clear_pointer(&guard->reasons, g_ptr_array_unref);
        g_clear_pointer(&guard->problems, g_ptr_array_unref);
        g_clear_pointer(&guard->releases, g_ptr_array_unref);
        g_clear_pointer(&guard->stores, g_ptr_array_unref);
        g_clear_pointer(&guard->limits, vdi_limits_free);
        g_free(guard);
    }
}

/* Keeps the list ended by NULL. */
static void add_problem(const VdiGuard *guard, const char *sentence)
{
    guard->problems->pdata[guard->problems->len - 1] = vdi_text_clean(sentence);
    g_ptr_array_add(guard->problems, NULL);
}

/* Why all of an organisation's blocks are advice; NULL: they are not. */
static const char *reason_of_store(const VdiGuard *guard, const VdiStore *store)
{
    const VdiOrganisation *organisation = &store->organisation;

    if (guard->limits->mode == VDI_GUARD_ADVISE) {
        return _("This computer's guard only advises.");
    }
    if (guard->releases == NULL) {
        return _("What was released on this computer cannot be read: all rules only advise.");
    }
    if (!organisation->may_block) {
        return _("Its organisation may only advise here.");
    }
    return organisation->state == VDI_STORE_FRESH ? NULL : organisation->problem;
}

static VdiRuleInForce judge_rule(
    const VdiGuard *guard, const VdiStore *store, const VdiRule *rule, const char *store_reason)
{
    VdiRuleInForce in_force = {store->organisation.name, rule, rule->effect, NULL};

    if (rule->effect != VDI_EFFECT_BLOCK) {
        return in_force;
    }
    const VdiRelease *release = vdi_releases_find(guard->releases, rule->id, guard->now);

    if (store_reason != NULL) {
        in_force.effect = VDI_EFFECT_ADVISE;
        in_force.reduced = store_reason;
    } else if (release != NULL) {
        g_autofree char *until = vdi_text_time(release->until);
        char *reason = g_strdup_printf(_("Released until %s: %s."), until, release->reason);

        g_ptr_array_add(guard->reasons, reason);
        in_force.effect = VDI_EFFECT_ADVISE;
        in_force.reduced = reason;
    }
    return in_force;
}

/* How many rules of a store say anything at all. */
static size_t n_rules_of(const VdiGuard *guard, const VdiStore *store)
{
    bool is_silent = store->manifest == NULL || store->organisation.state == VDI_STORE_STALE
        || guard->limits->mode == VDI_GUARD_OFF;

    return is_silent ? 0 : vdi_manifest_n_rules(store->manifest);
}

/* Those whose condition passes the test; NULL: all. */
static void take_rules(const VdiGuard *guard, const VdiStore *store, VdiConditionTest test,
    const void *user, GArray *rules)
{
    const char *reason = reason_of_store(guard, store);

    for (size_t i = 0; i < n_rules_of(guard, store); i++) {
        if (test == NULL || vdi_manifest_passes(store->manifest, i, test, user)) {
            VdiRuleInForce in_force =
                judge_rule(guard, store, vdi_manifest_rule(store->manifest, i), reason);

            g_array_append_val(rules, in_force);
        }
    }
}

VdiGuard *vdi_guard_open(const VdiPaths *paths, int64_t now)
{
    VdiGuard *guard = g_new0(VdiGuard, 1);
    g_auto(GStrv) names = vdi_store_names(paths);
    g_autoptr(GError) error = NULL;

    guard->paths = paths;
    guard->now = now;
    guard->limits = vdi_limits_read(paths);
    guard->stores = g_ptr_array_new_with_free_func((GDestroyNotify) vdi_store_free);
    guard->problems = g_ptr_array_new_with_free_func(g_free);
    guard->reasons = g_ptr_array_new_with_free_func(g_free);
    guard->rules = g_array_new(false, false, sizeof(VdiRuleInForce));
    g_ptr_array_add(guard->problems, NULL);
    if (guard->limits->problem != NULL) {
        add_problem(guard, guard->limits->problem);
    }
    guard->releases = vdi_releases_read(paths, &error);
    if (guard->releases == NULL) {
        add_problem(guard, error->message);
    }
    for (size_t i = 0; names[i] != NULL; i++) {
        g_ptr_array_add(guard->stores, vdi_store_open(paths, names[i], guard->limits, now));
    }
    return guard;
}

size_t vdi_guard_n_organisations(const VdiGuard *guard)
{
    return guard->stores->len;
}

const VdiOrganisation *vdi_guard_organisation(const VdiGuard *guard, size_t i)
{
    const VdiStore *store = guard->stores->pdata[i];

    return &store->organisation;
}

/* Following what the engine loads takes as long as the rest of a check: only where a rule asks. */
static bool asks_for_libraries(const VdiGuard *guard)
{
    for (guint i = 0; i < guard->stores->len; i++) {
        const VdiStore *store = guard->stores->pdata[i];

        if (n_rules_of(guard, store) > 0 && vdi_manifest_may_ask(store->manifest, "library")) {
            return true;
        }
    }
    return false;
}

VdiFacts *vdi_guard_look(const VdiGuard *guard, const VdiHostOptions *options)
{
    VdiFacts *facts = vdi_facts_new();
    g_autoptr(GError) error = NULL;
    g_autoptr(VdiHost) host = vdi_host_new(guard->paths, options, &error);

    if (host == NULL || !vdi_host_look(host, facts, &error)) {
        add_problem(guard, error->message);
    }
    if (asks_for_libraries(guard)) {
        vdi_libraries_look(guard->paths, facts);
    }
    return facts;
}

VdiFacts *vdi_guard_facts(const VdiGuard *guard)
{
    const VdiHostOptions options = {NULL, NULL};

    return vdi_guard_look(guard, &options);
}

size_t vdi_guard_n_rules(const VdiGuard *guard)
{
    size_t n_rules = 0;

    for (guint i = 0; i < guard->stores->len; i++) {
        n_rules += n_rules_of(guard, guard->stores->pdata[i]);
    }
    return n_rules;
}

const VdiRuleInForce *vdi_guard_rules(const VdiGuard *guard, size_t *ret_n_rules)
{
    bool is_first = guard->rules->len == 0;

    for (guint i = 0; is_first && i < guard->stores->len; i++) {
        take_rules(guard, guard->stores->pdata[i], NULL, NULL, guard->rules);
    }
    *ret_n_rules = guard->rules->len;
    return (const VdiRuleInForce *) (const void *) guard->rules->data;
}

static bool is_not_false(const VdiCondition *when, const void *user)
{
    return vdi_condition_evaluate(when, user, NULL) != VDI_TRUTH_FALSE;
}

GArray *vdi_guard_concerned(const VdiGuard *guard, const VdiFacts *facts)
{
    GArray *rules = g_array_new(false, false, sizeof(VdiRuleInForce));

    for (guint i = 0; i < guard->stores->len; i++) {
        take_rules(guard, guard->stores->pdata[i], is_not_false, facts, rules);
    }
    return rules;
}

static bool is_of(const VdiStore *store, const VdiRuleInForce *in_force)
{
    return store->organisation.name == in_force->organisation;
}

const VdiStore *vdi_guard_rule_store(const VdiGuard *guard, size_t i)
{
    const VdiRuleInForce *in_force = &g_array_index(guard->rules, VdiRuleInForce, i);
    guint k = 0;

    while (!is_of(guard->stores->pdata[k], in_force)) {
        k++;
    }
    return guard->stores->pdata[k];
}

int64_t vdi_guard_rule_until(const VdiGuard *guard, size_t i)
{
    const VdiRuleInForce *in_force = &g_array_index(guard->rules, VdiRuleInForce, i);
    int64_t list_ends = vdi_guard_rule_store(guard, i)->organisation.expires_at;

    return in_force->rule->expires_at > 0 ? MIN(in_force->rule->expires_at, list_ends) : list_ends;
}

const char *const *vdi_guard_problems(const VdiGuard *guard)
{
    return (const char *const *) guard->problems->pdata;
}

const VdiLimits *vdi_guard_limits(const VdiGuard *guard)
{
    return guard->limits;
}

VdiVerdict *vdi_guard_check(const VdiGuard *guard, const VdiFacts *facts)
{
    g_autoptr(GArray) rules = vdi_guard_concerned(guard, facts);

    return vdi_evaluate(
        (const VdiRuleInForce *) (const void *) rules->data, rules->len, facts, guard->now);
}

bool vdi_guard_is_strict(const VdiGuard *guard)
{
    return guard->limits->strict;
}

bool vdi_guard_allows_override(const VdiGuard *guard)
{
    return guard->limits->allow_override;
}

/* People may not write into the system's file. Past GLib's own filter, which drops what is less
 * than a message; where there is no journal, nobody could be told. */
static void write_to_journal(const char *organisation, const char *rule, const char *program)
{
    const GLogField fields[] = {
        {"MESSAGE", "a person went on against a rule of the guard", -1},
        {"PRIORITY", "5", -1},
        {"SYSLOG_IDENTIFIER", program, -1},
        {"VDI_EVENT", "override", -1},
        {"VDI_ORGANISATION", organisation, -1},
        {"VDI_RULE", rule, -1},
    };

    (void) g_log_writer_journald(G_LOG_LEVEL_MESSAGE, fields, G_N_ELEMENTS(fields), NULL);
}

bool vdi_guard_record_override(const VdiGuard *guard, const char *organisation, const char *rule,
    const char *program, GError **error)
{
    const VdiAuditEntry entry = {
        .event = VDI_AUDIT_OVERRIDE, .organisation = organisation, .rule = rule, .text = program};
    g_autoptr(GError) local = NULL;

    if (vdi_audit_record(guard->paths, guard->now, &entry, &local)) {
        return true;
    }
    if (!vdi_paths_may_write(guard->paths)) {
        write_to_journal(organisation, rule, program);
        return true;
    }
    g_propagate_error(error, g_steal_pointer(&local));
    return false;
}
