/* SPDX-License-Identifier: Apache-2.0 */
#include "compat/guard.h"

#include <glib/gi18n.h>
#include <string.h>

#include "base/error.h"
#include "base/text.h"
#include "compat/audit.h"
#include "compat/host/host.h"
#include "compat/release.h"

struct VdiGuard {
    const VdiPaths *paths;
    int64_t now;
    VdiLimits *limits;
    GPtrArray *stores;   /* of VdiStore */
    GPtrArray *releases; /* of VdiRelease */
    GPtrArray *problems; /* of char *, ended by NULL */
    GPtrArray *reasons;  /* of char *: what VdiRuleInForce.reduced borrows */
    GArray *rules;       /* of VdiRuleInForce */
    GPtrArray *owners;   /* of VdiStore, one a rule; borrowed */
};

void vdi_guard_free(VdiGuard *guard)
{
    if (guard != NULL) {
        g_clear_pointer(&guard->rules, g_array_unref);
        g_clear_pointer(&guard->owners, g_ptr_array_unref);
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
    VdiGuard *guard, const VdiStore *store, const VdiRule *rule, const char *store_reason)
{
    VdiRuleInForce in_force = {store->organisation.name, rule, rule->effect, NULL};
    const VdiRelease *release = vdi_releases_find(guard->releases, rule->id, guard->now);

    if (rule->effect != VDI_EFFECT_BLOCK) {
        return in_force;
    }
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

static void take_rules(VdiGuard *guard, VdiStore *store)
{
    const char *reason = reason_of_store(guard, store);
    size_t n_rules = store->manifest != NULL ? vdi_manifest_n_rules(store->manifest) : 0;

    if (store->organisation.state == VDI_STORE_STALE || guard->limits->mode == VDI_GUARD_OFF) {
        return;
    }
    for (size_t i = 0; i < n_rules; i++) {
        VdiRuleInForce in_force =
            judge_rule(guard, store, vdi_manifest_rule(store->manifest, i), reason);

        g_array_append_val(guard->rules, in_force);
        g_ptr_array_add(guard->owners, store);
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
    guard->owners = g_ptr_array_new();
    g_ptr_array_add(guard->problems, NULL);
    if (guard->limits->problem != NULL) {
        add_problem(guard, guard->limits->problem);
    }
    guard->releases = vdi_releases_read(paths, &error);
    if (guard->releases == NULL) {
        add_problem(guard, error->message);
    }
    for (size_t i = 0; names[i] != NULL; i++) {
        VdiStore *store = vdi_store_open(paths, names[i], guard->limits, now);

        g_ptr_array_add(guard->stores, store);
        take_rules(guard, store);
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

VdiFacts *vdi_guard_look(const VdiGuard *guard, const VdiHostOptions *options)
{
    VdiFacts *facts = vdi_facts_new();
    g_autoptr(GError) error = NULL;
    g_autoptr(VdiHost) host = vdi_host_new(guard->paths, options, &error);

    if (host == NULL || !vdi_host_look(host, facts, &error)) {
        add_problem(guard, error->message);
    }
    return facts;
}

VdiFacts *vdi_guard_facts(const VdiGuard *guard)
{
    const VdiHostOptions options = {NULL, NULL};

    return vdi_guard_look(guard, &options);
}

const VdiRuleInForce *vdi_guard_rules(const VdiGuard *guard, size_t *ret_n_rules)
{
    *ret_n_rules = guard->rules->len;
    return (const VdiRuleInForce *) (const void *) guard->rules->data;
}

const VdiStore *vdi_guard_rule_store(const VdiGuard *guard, size_t i)
{
    return guard->owners->pdata[i];
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
    size_t n_rules = 0;
    const VdiRuleInForce *rules = vdi_guard_rules(guard, &n_rules);

    return vdi_evaluate(rules, n_rules, facts, guard->now);
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
