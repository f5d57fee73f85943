/* SPDX-License-Identifier: Apache-2.0 */
#include "client/preflight.h"

#include <gio/gio.h>
#include <glib/gi18n.h>
#include <string.h>

#include "base/error.h"
#include "base/file.h"
#include "base/process.h"
#include "base/text.h"

enum { REFRESH_DEADLINE_MS = 3000, REFRESH_MAX_BYTES = 64 * 1024 };

/* What the task is given and what it brings back; the thread alone touches it until it is done. */
typedef struct {
    VdiPaths *paths;
    VdiPreflightOptions options;

    VdiGuard *guard;
    VdiFacts *facts;
    char *refresh_problem; /* NULL: it worked, or was not wanted */
} Look;

struct VdiPreflight {
    GCancellable *cancellable;
    void (*ready)(VdiPreflight *preflight, void *user);
    void *user;
    VdiPaths *paths; /* the guard borrows them */
    VdiGuard *guard; /* NULL until it is ready */
    VdiFacts *facts;
    VdiVerdict *verdict;
    GStrv warnings;
    bool only_advise;
    GHashTable *accepted; /* of const VdiRule *, the guard's */
};

static void look_free(gpointer data)
{
    Look *look = data;

    vdi_facts_free(look->facts);
    vdi_guard_free(look->guard);
    vdi_paths_free(look->paths);
    g_free(look->refresh_problem);
    g_free(look);
}

void vdi_preflight_free(VdiPreflight *preflight)
{
    if (preflight != NULL) {
        g_cancellable_cancel(preflight->cancellable);
        g_object_unref(preflight->cancellable);
        g_hash_table_unref(preflight->accepted);
        vdi_verdict_free(preflight->verdict); /* borrows the guard's rules */
        vdi_facts_free(preflight->facts);
        vdi_guard_free(preflight->guard);
        vdi_paths_free(preflight->paths);
        g_strfreev(preflight->warnings);
        g_free(preflight);
    }
}

/* What a guard needs, and no more: it may run as root. */
static GStrv refresh_environment(void)
{
    static const char *const kept[] = {"LANG", "LANGUAGE", "LC_ALL", "LC_MESSAGES", "HOME",
        "XDG_CONFIG_HOME", "XDG_STATE_HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME"};
    GStrv environment = g_new0(char *, 1);

    for (size_t i = 0; i < G_N_ELEMENTS(kept); i++) {
        if (g_getenv(kept[i]) != NULL) {
            environment = g_environ_setenv(environment, kept[i], g_getenv(kept[i]), true);
        }
    }
    return environment;
}

static bool has_organisations(const VdiPaths *paths)
{
    g_autofree char *folder = g_build_filename(paths->config, "orgs", NULL);
    g_auto(GStrv) names = vdi_file_list(folder);

    return names[0] != NULL;
}

/* What the guard said last, without its name. */
static char *last_line(const char *errors)
{
    g_autofree char *text = g_strchomp(g_strdup(errors));
    const char *line = strrchr(text, '\n') != NULL ? strrchr(text, '\n') + 1 : text;

    return g_strdup(g_str_has_prefix(line, "vdi-guard: ") ? line + strlen("vdi-guard: ") : line);
}

static void refresh(Look *look)
{
    g_autofree char *program = vdi_process_find("compat", "vdi-guard");
    g_auto(GStrv) environment = refresh_environment();
    const char *argv[] = {program, "refresh", "--lists-only", NULL, NULL, NULL};
    const VdiProcessOptions options = {
        .environment = (const char *const *) environment,
        .max_bytes = REFRESH_MAX_BYTES,
        .deadline_ms = REFRESH_DEADLINE_MS,
    };
    g_autoptr(GError) error = NULL;

    if (*look->paths->root != '\0') {
        argv[3] = "--root";
        argv[4] = look->paths->root;
    }
    g_auto(VdiProcessResult) result = {0};

    if (!vdi_process_run(argv, &options, &result, &error)) {
        look->refresh_problem = g_strdup(error->message);
    } else if (result.status != 0) {
        look->refresh_problem = last_line(result.errors);
    }
}

static void look_in_task(GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
    Look *look = data;

    if (look->options.refresh && vdi_paths_may_write(look->paths)
        && has_organisations(look->paths)) {
        refresh(look);
    }
    look->guard = vdi_guard_open(look->paths, look->options.now);
    look->facts = vdi_guard_facts(look->guard);
    g_task_return_boolean(task, true);
}

/* Once: the refresh and the guard here may both have met the same trouble. */
static void add_warning(GPtrArray *warnings, const char *sentence)
{
    if (!g_ptr_array_find_with_equal_func(warnings, sentence, g_str_equal, NULL)) {
        g_ptr_array_add(warnings, g_strdup(sentence));
    }
}

static GStrv write_warnings(const VdiGuard *guard, const char *refresh_problem)
{
    GPtrArray *warnings = g_ptr_array_new();
    size_t n_organisations = vdi_guard_n_organisations(guard);

    if (n_organisations == 0) {
        add_warning(
            warnings, _("No compatibility information is here: the desktop is opened without it."));
    }
    if (refresh_problem != NULL) {
        g_autofree char *shown = vdi_text_clean(refresh_problem); /* a sentence of the guard's */

        add_warning(warnings, shown);
    }
    /* Nobody is told of a guard that has nothing to guard by. */
    for (size_t i = 0; n_organisations > 0 && vdi_guard_problems(guard)[i] != NULL; i++) {
        add_warning(warnings, vdi_guard_problems(guard)[i]);
    }
    for (size_t i = 0; i < n_organisations; i++) {
        const VdiOrganisation *organisation = vdi_guard_organisation(guard, i);

        if (organisation->problem != NULL && organisation->state != VDI_STORE_GRACE) {
            add_warning(warnings, organisation->problem);
        }
    }
    g_ptr_array_add(warnings, NULL);
    return (GStrv) g_ptr_array_free(warnings, false);
}

static void on_looked(GObject *source, GAsyncResult *result, gpointer data)
{
    Look *look = g_task_get_task_data(G_TASK(result));
    VdiPreflight *preflight = data;

    if (!g_task_propagate_boolean(G_TASK(result), NULL)) {
        return; /* freed meanwhile */
    }
    preflight->paths = g_steal_pointer(&look->paths);
    preflight->guard = g_steal_pointer(&look->guard);
    preflight->facts = g_steal_pointer(&look->facts);
    preflight->warnings = write_warnings(preflight->guard, look->refresh_problem);
    preflight->ready(preflight, preflight->user);
}

static VdiPaths *copy_paths(const VdiPaths *paths)
{
    return paths->is_personal ? vdi_paths_new_personal() : vdi_paths_new_system(paths->root);
}

VdiPreflight *vdi_preflight_new(const VdiPaths *paths, const VdiPreflightOptions *options,
    void (*ready)(VdiPreflight *preflight, void *user), void *user)
{
    VdiPreflight *preflight = g_new0(VdiPreflight, 1);
    Look *look = g_new0(Look, 1);

    preflight->cancellable = g_cancellable_new();
    preflight->only_advise = options->only_advise;
    preflight->accepted = g_hash_table_new(NULL, NULL);
    preflight->ready = ready;
    preflight->user = user;
    look->paths = copy_paths(paths);
    look->options = *options;
    g_autoptr(GTask) task = g_task_new(NULL, preflight->cancellable, on_looked, preflight);

    g_task_set_task_data(task, look, look_free);
    g_task_run_in_thread(task, look_in_task);
    return preflight;
}

bool vdi_preflight_is_ready(const VdiPreflight *preflight)
{
    return preflight->guard != NULL;
}

const VdiGuard *vdi_preflight_guard(const VdiPreflight *preflight)
{
    return preflight->guard;
}

const VdiVerdict *vdi_preflight_judge(VdiPreflight *preflight, const char *broker_protocol)
{
    g_assert(preflight->guard != NULL);
    if (broker_protocol != NULL) {
        vdi_facts_set_peer(preflight->facts, "broker-protocol", broker_protocol);
    }
    vdi_verdict_free(preflight->verdict);
    preflight->verdict = vdi_guard_check(preflight->guard, preflight->facts);
    return preflight->verdict;
}

GStrv vdi_preflight_warnings(const VdiPreflight *preflight)
{
    return preflight->warnings;
}

bool vdi_preflight_check_strict(const VdiPreflight *preflight, GError **error)
{
    size_t n = vdi_guard_n_organisations(preflight->guard);

    if (!vdi_guard_is_strict(preflight->guard)) {
        return true;
    }
    if (n == 0) {
        g_set_error_literal(error, VDI_GUARD_ERROR, VDI_GUARD_ERROR_STALE, "no organisation");
        return false;
    }
    for (size_t i = 0; i < n; i++) {
        const VdiOrganisation *organisation = vdi_guard_organisation(preflight->guard, i);

        if (organisation->state != VDI_STORE_FRESH) {
            g_set_error(error, VDI_GUARD_ERROR, VDI_GUARD_ERROR_STALE, "%s", organisation->name);
            return false;
        }
    }
    return true;
}

bool vdi_preflight_is_blocked_by(const VdiPreflight *preflight, const VdiFinding *finding)
{
    return finding->effect == VDI_EFFECT_BLOCK && !preflight->only_advise
        && !g_hash_table_contains(preflight->accepted, finding->rule);
}

bool vdi_preflight_is_blocked(const VdiPreflight *preflight)
{
    const VdiFinding *finding = NULL;

    for (size_t i = 0; (finding = vdi_verdict_finding(preflight->verdict, i)) != NULL; i++) {
        if (vdi_preflight_is_blocked_by(preflight, finding)) {
            return true;
        }
    }
    return false;
}

static bool accept(VdiPreflight *preflight, const VdiFinding *finding, GError **error)
{
    if (!vdi_guard_allows_override(preflight->guard)) {
        g_set_error(error, VDI_GUARD_ERROR, VDI_GUARD_ERROR_OVERRIDE, "rule %s of %s",
            finding->rule->id, finding->organisation);
        return false;
    }
    if (!vdi_guard_record_override(
            preflight->guard, finding->organisation, finding->rule->id, g_get_prgname(), error)) {
        return false;
    }
    g_hash_table_add(preflight->accepted, (gpointer) finding->rule);
    return true;
}

bool vdi_preflight_accept_risk(VdiPreflight *preflight, const char *rule, GError **error)
{
    const VdiFinding *finding = NULL;
    bool found = false;

    for (size_t i = 0; (finding = vdi_verdict_finding(preflight->verdict, i)) != NULL; i++) {
        if (!vdi_preflight_is_blocked_by(preflight, finding)
            || (rule != NULL && strcmp(rule, finding->rule->id) != 0)) {
            continue;
        }
        found = true;
        if (!accept(preflight, finding, error)) {
            return false;
        }
    }
    if (!found) {
        g_autofree char *shown = vdi_text_quote(rule);

        g_set_error(error, VDI_GUARD_ERROR, VDI_GUARD_ERROR_UNKNOWN_RULE, "%s", shown);
    }
    return found;
}
