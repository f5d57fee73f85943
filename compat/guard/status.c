/* SPDX-License-Identifier: Apache-2.0 */
#include <glib/gi18n.h>
#include <stdio.h>
#include <string.h>
#include <sys/utsname.h>

#include "base/error.h"
#include "base/json.h"
#include "base/program.h"
#include "base/text.h"
#include "compat/guard.h"
#include "compat/guard/command.h"
#include "compat/holds_file.h"
#include "compat/host/system.h"
#include "compat/refresh.h"
#include "compat/release.h"
#include "compat/rules/explain.h"

#define DAY ((int64_t) 24 * 3600)

/* Everything that is shown, gathered once for people and for programs. */
typedef struct {
    const VdiGuardContext *context;
    VdiGuard *guard;
    VdiHolds *holds;
    GPtrArray *releases; /* of VdiRelease; may be NULL */
    GPtrArray *in_force; /* of VdiHold, read back from the package manager; may be NULL */
    const char *back_end;
} Status;

static void status_clear(Status *status)
{
    g_clear_pointer(&status->guard, vdi_guard_free);
    g_clear_pointer(&status->holds, vdi_holds_free);
    g_clear_pointer(&status->releases, g_ptr_array_unref);
    g_clear_pointer(&status->in_force, g_ptr_array_unref);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Status, status_clear)

static void gather(VdiGuardContext *context, Status *status)
{
    g_autofree char *problem = NULL;
    g_autoptr(GError) error = NULL;
    g_autoptr(VdiHost) host = vdi_host_new(context->paths, &context->host, &error);

    status->context = context;
    status->guard = vdi_guard_open(context->paths, context->now);
    status->holds = vdi_holds_read(context->paths, &problem);
    status->releases = vdi_releases_read(context->paths, NULL);
    if (host != NULL) {
        status->back_end = host->ops->name;
        status->in_force = host->ops->list(host, &error);
    }
    if (error != NULL) {
        vdi_program_warn(error->message);
    }
    if (problem != NULL) {
        vdi_program_warn(problem);
    }
}

/* What was written down is not what counts: somebody may have taken the hold away. */
static bool is_in_force(const Status *status, const VdiHold *hold)
{
    for (guint i = 0; status->in_force != NULL && i < status->in_force->len; i++) {
        const VdiHold *other = status->in_force->pdata[i];

        if (strcmp(other->package, hold->package) == 0
            && strcmp(other->version, hold->version) == 0) {
            return true;
        }
    }
    return false;
}

static const VdiCountdown *countdown_of(const Status *status, const char *package)
{
    for (guint i = 0; i < status->holds->countdowns->len; i++) {
        const VdiCountdown *countdown = status->holds->countdowns->pdata[i];

        if (strcmp(countdown->package, package) == 0) {
            return countdown;
        }
    }
    return NULL;
}

/* ---- for people ---- */

static void print_next_refresh(const Status *status, const char *name)
{
    int64_t now = status->context->now;
    int64_t next_at = vdi_refresh_next_of_anyone(status->context->paths, name, now);
    g_autofree char *at = vdi_text_time(next_at);

    if (next_at > now) {
        printf(_("  The next refresh is due at %s.\n"), at);
    } else {
        printf(_("  A refresh is due.\n"));
    }
}

static void print_organisations(const Status *status)
{
    for (size_t i = 0; i < vdi_guard_n_organisations(status->guard); i++) {
        const VdiOrganisation *organisation = vdi_guard_organisation(status->guard, i);

        vdi_guard_print_organisation(organisation);
        if (organisation->problem != NULL) {
            printf("  %s\n", organisation->problem);
        }
        print_next_refresh(status, organisation->name);
    }
    if (vdi_guard_n_organisations(status->guard) == 0) {
        printf(_("No organisation guards this computer (%s/orgs is empty).\n"),
            status->context->paths->config);
    }
}

/* In the person's language, as everywhere else; of a rule that has gone, as it was written down. */
static char *title_of(const Status *status, const VdiHold *hold)
{
    size_t n_rules = 0;
    const VdiRuleInForce *rules = vdi_guard_rules(status->guard, &n_rules);

    for (size_t i = 0; i < n_rules; i++) {
        if (strcmp(rules[i].rule->id, hold->rule) == 0
            && strcmp(rules[i].organisation, hold->organisation) == 0) {
            return vdi_explain_title(rules[i].rule, g_get_language_names());
        }
    }
    return vdi_text_clean(hold->reason);
}

static void print_holds(const Status *status)
{
    int64_t now = status->context->now;

    for (guint i = 0; i < status->holds->holds->len; i++) {
        const VdiHold *hold = status->holds->holds->pdata[i];
        const VdiCountdown *countdown = countdown_of(status, hold->package);
        g_autofree char *until = vdi_text_time(hold->until);
        g_autofree char *title = title_of(status, hold);
        g_autofree char *since = vdi_text_time(countdown != NULL ? countdown->first_at : now);
        int days = (int) (MAX(hold->until - now + DAY - 1, 0) / DAY);

        printf(ngettext("held: %s %s, since %s, until %s (%d day left)%s\n",
                   "held: %s %s, since %s, until %s (%d days left)%s\n", (unsigned long) days),
            hold->package, hold->version, since, until, days,
            hold->is_security ? _(", a security update") : "");
        printf(_("  %s (rule %s of %s)\n"), title, hold->rule, hold->organisation);
        if (!is_in_force(status, hold)) {
            printf(_("  The package manager does not know of it: as root, run vdi-guard apply.\n"));
        }
    }
    for (guint i = 0; i < status->holds->not_held->len; i++) {
        const VdiNotHeld *not_held = status->holds->not_held->pdata[i];

        printf(_("not held: %s %s: %s (rule %s of %s)\n"),
            not_held->package != NULL ? not_held->package : _("updates"),
            not_held->version != NULL ? not_held->version : "",
            _(vdi_not_held_sentence(not_held->why)), not_held->rule, not_held->organisation);
    }
    if (status->holds->holds->len == 0) {
        puts(_("Nothing is held."));
    }
}

/* A rule about the kernel looks at the one that runs; an update's runs after a restart. */
static void print_kernel(const Status *status)
{
    g_autofree char *next = vdi_system_next_kernel(status->context->paths);
    struct utsname running;

    if (next != NULL && uname(&running) == 0 && strcmp(next, running.release) != 0) {
        printf(_("The kernel is %s now, and %s after a restart: rules look at the first.\n"),
            running.release, next);
    }
}

static void print_releases(const Status *status)
{
    for (guint i = 0; status->releases != NULL && i < status->releases->len; i++) {
        const VdiRelease *release = status->releases->pdata[i];
        g_autofree char *until = vdi_text_time(release->until);
        g_autofree char *reason = vdi_text_clean(release->reason);
        bool is_all = strcmp(release->rule, VDI_RELEASE_ALL) == 0;

        if (release->until > status->context->now) {
            printf(_("released: %s until %s by uid %d: %s\n"),
                is_all ? _("all rules") : release->rule, until, (int) release->uid, reason);
        }
    }
}

/* ---- for programs ---- */

static void json_organisations(VdiJson *array, const Status *status)
{
    for (size_t i = 0; i < vdi_guard_n_organisations(status->guard); i++) {
        const VdiOrganisation *organisation = vdi_guard_organisation(status->guard, i);
        VdiJson *json = vdi_json_add_object(array, NULL);

        vdi_json_add_text(json, "name", organisation->name);
        vdi_json_add_text(json, "state", vdi_store_state_name(organisation->state));
        vdi_json_add_integer(json, "version", organisation->version);
        vdi_json_add_boolean(json, "may-block", organisation->may_block);
        vdi_json_add_time(json, "next-refresh",
            vdi_refresh_next_of_anyone(
                status->context->paths, organisation->name, status->context->now));
        if (organisation->problem != NULL) {
            vdi_json_add_text(json, "problem", organisation->problem);
        }
    }
}

static void json_holds(VdiJson *array, const Status *status)
{
    for (guint i = 0; i < status->holds->holds->len; i++) {
        const VdiHold *hold = status->holds->holds->pdata[i];
        VdiJson *json = vdi_holds_add_json(array, hold);

        vdi_json_add_boolean(json, "in-force", is_in_force(status, hold));
    }
}

static void json_not_held(VdiJson *array, const Status *status)
{
    for (guint i = 0; i < status->holds->not_held->len; i++) {
        const VdiNotHeld *not_held = status->holds->not_held->pdata[i];
        VdiJson *json = vdi_json_add_object(array, NULL);

        vdi_json_add_text(json, "organisation", not_held->organisation);
        vdi_json_add_text(json, "rule", not_held->rule);
        vdi_json_add_text(json, "why", vdi_not_held_name(not_held->why));
    }
}

static void json_releases(VdiJson *array, const Status *status)
{
    for (guint i = 0; status->releases != NULL && i < status->releases->len; i++) {
        const VdiRelease *release = status->releases->pdata[i];
        VdiJson *json =
            release->until > status->context->now ? vdi_json_add_object(array, NULL) : NULL;

        if (json != NULL) {
            vdi_json_add_text(json, "rule", release->rule);
            vdi_json_add_text(json, "reason", release->reason);
            vdi_json_add_integer(json, "uid", release->uid);
            vdi_json_add_time(json, "until", release->until);
        }
    }
}

static void json_kernel(VdiJson *json, const Status *status)
{
    g_autofree char *next = vdi_system_next_kernel(status->context->paths);
    struct utsname running;

    if (uname(&running) == 0) {
        vdi_json_add_text(json, "kernel", running.release);
    }
    if (next != NULL) {
        vdi_json_add_text(json, "kernel-after-restart", next);
    }
}

static void print_json(const Status *status)
{
    g_autoptr(VdiJson) json = vdi_json_new_object();

    vdi_json_add_integer(json, "format", 1);
    if (status->back_end != NULL) {
        vdi_json_add_text(json, "package-manager", status->back_end);
    }
    vdi_json_add_boolean(json, "all-advice", status->holds->all_advice);
    json_kernel(json, status);
    json_organisations(vdi_json_add_array(json, "organisations"), status);
    json_holds(vdi_json_add_array(json, "holds"), status);
    json_not_held(vdi_json_add_array(json, "not-held"), status);
    json_releases(vdi_json_add_array(json, "releases"), status);
    g_autofree char *text = vdi_json_print_pretty(json);

    fputs(text, stdout);
}

bool vdi_guard_command_status(VdiCall *call, GError **error)
{
    gboolean json = false;
    const GOptionEntry own[] = {
        {"json", 0, 0, G_OPTION_ARG_NONE, &json, N_("for programs"), NULL},
        G_OPTION_ENTRY_NULL,
    };
    g_auto(Status) status = {0};
    g_autoptr(VdiGuardContext) context = vdi_guard_context_read(call, own, 0, 0, error);

    if (context == NULL) {
        return false;
    }
    gather(context, &status);
    if (json) {
        print_json(&status);
        return true;
    }
    print_organisations(&status);
    print_holds(&status);
    print_releases(&status);
    print_kernel(&status);
    for (const char *const *at = vdi_guard_problems(status.guard); *at != NULL; at++) {
        vdi_program_warn(*at);
    }
    if (vdi_guard_limits(status.guard)->mode != VDI_GUARD_ENFORCE) {
        puts(_("This computer's guard.conf lets rules advise only, or not at all."));
    }
    return true;
}
