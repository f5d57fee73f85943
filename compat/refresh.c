/* SPDX-License-Identifier: Apache-2.0 */
#include "compat/refresh.h"

#include <glib/gi18n.h>

#include "base/error.h"
#include "compat/host/system.h"
#include "compat/org_conf.h"
#include "compat/schedule.h"
#include "compat/store.h"
#include "compat/trust/memory.h"
#include "compat/trust/metadata.h"

#define MEMORY_NAME ".memory.json"
/* Where a failure of the incoming folder, and one of the settings, is remembered. */
#define INCOMING "incoming"
#define SETTINGS "settings"

/* One refresh of one organisation. */
typedef struct {
    const VdiPaths *paths;
    const char *name;
    int64_t now;
    const VdiOrgConf *conf;
    VdiTrustMemory *memory;
    gint64 deadline; /* monotonic, µs: of all addresses together */
    VdiApplyReport *report;
} Run;

static char *memory_in_store(const VdiPaths *paths, const char *name)
{
    return g_build_filename(paths->state, "orgs", name, MEMORY_NAME, NULL);
}

static char *memory_in_incoming(const VdiPaths *paths, const char *name)
{
    g_autofree char *folder = vdi_store_incoming(paths, name);

    return g_build_filename(folder, MEMORY_NAME, NULL);
}

static char *memory_path(const VdiPaths *paths, const char *name)
{
    return vdi_paths_may_write(paths) ? memory_in_store(paths, name)
                                      : memory_in_incoming(paths, name);
}

static void write_memory(const Run *run, const char *path)
{
    g_autoptr(GError) error = NULL;

    if (!vdi_trust_memory_write(run->memory, path, &error)) {
        g_autofree char *sentence = vdi_error_sentence(error);

        vdi_apply_say(run->report, sentence);
    }
}

/* Says it; records it when it is another trouble than the last time. */
static void add_failure(Run *run, VdiTrustServer *server, VdiAuditEvent event, const char *sentence)
{
    if (vdi_trust_server_fails(server, sentence)) {
        vdi_apply_add_problem(run->paths, run->now, event, run->name, sentence, run->report);
    } else {
        vdi_apply_say(run->report, sentence);
    }
}

/* ---- from its addresses ---- */

static bool believe_from(
    Run *run, const char *url, unsigned seconds, VdiTrustServer *server, GError **error)
{
    const VdiTrustAddress address = {.address = url,
        .ca_file = run->conf->ca_file,
        .allow_http = run->conf->allow_http,
        .seconds = seconds,
        .server = server,
        .now = run->now};
    g_autoptr(VdiTrustSource) source = g_path_is_absolute(url)
        ? vdi_trust_source_new_folder(url)
        : vdi_trust_source_new_fetch(&address);

    return vdi_apply_believe(run->paths, run->name, source, run->now, run->report, error);
}

/* One slow server must not use up the time of those after it. */
static unsigned share_of_time(const Run *run, guint n_left)
{
    gint64 left = (run->deadline - g_get_monotonic_time()) / G_USEC_PER_SEC;

    return (unsigned) MAX(left / (gint64) n_left, 1);
}

static bool refresh_from(Run *run, guint i, guint n_urls, VdiTrustServer *server)
{
    const char *url = run->conf->urls[i];
    g_autoptr(GError) error = NULL;
    bool done = believe_from(run, url, share_of_time(run, n_urls - i), server, &error);

    /* "Not modified", and what is here has expired: either nobody renews it, or what is remembered
     * is wrong. */
    if (!done && server->has_spared
        && g_error_matches(error, VDI_TRUST_ERROR, VDI_TRUST_ERROR_EXPIRED)) {
        vdi_trust_server_forget(server);
        g_clear_error(&error);
        done = believe_from(run, url, share_of_time(run, n_urls - i), server, &error);
    }
    if (done) {
        (void) vdi_trust_server_fails(server, NULL);
        return true;
    }
    if (n_urls > 1) {
        g_prefix_error(&error, "%s: ", url);
    }
    g_prefix_error(&error, "%s: ", run->name);
    g_autofree char *sentence = vdi_error_sentence(error);

    add_failure(run, server, VDI_AUDIT_REFUSED, sentence);
    return false;
}

static bool refresh_from_all(Run *run)
{
    guint n_urls = g_strv_length(run->conf->urls);

    for (guint i = 0; i < n_urls; i++) {
        VdiTrustServer *server = vdi_trust_memory_server(run->memory, run->conf->urls[i], run->now);
        bool done = refresh_from(run, i, n_urls, server);
        int64_t wait = MAX(server->retry_after_seconds, done ? server->max_age_seconds : 0);

        run->memory->wait_seconds = done ? wait : MAX(run->memory->wait_seconds, wait);
        if (done) {
            return true;
        }
    }
    return false;
}

/* Nothing can be asked: a sentence, or NULL. Yours. */
static char *find_trouble(const Run *run, const GError *error)
{
    if (run->conf == NULL) {
        return g_strdup_printf(
            _("The settings of %s cannot be used (%s)."), run->name, error->message);
    }
    return run->conf->urls == NULL || run->conf->urls[0] == NULL
        ? g_strdup_printf(_("%s has no address: its org.conf names no url."), run->name)
        : NULL;
}

bool vdi_refresh_organisation(
    const VdiPaths *paths, const char *name, int64_t now, VdiApplyReport *report)
{
    g_autofree char *path = memory_path(paths, name);
    g_autoptr(VdiTrustMemory) memory = vdi_trust_memory_read(path);
    g_autoptr(GError) error = NULL;
    g_autoptr(VdiOrgConf) conf = vdi_org_conf_read(paths, name, &error);
    Run run = {.paths = paths,
        .name = name,
        .now = now,
        .conf = conf,
        .memory = memory,
        .deadline = g_get_monotonic_time() + VDI_TRUST_REFRESH_SECONDS * G_USEC_PER_SEC,
        .report = report};
    g_autofree char *trouble = find_trouble(&run, error);

    memory->tried_at = now;
    memory->wait_seconds = 0;
    if (trouble != NULL) {
        add_failure(
            &run, vdi_trust_memory_server(memory, SETTINGS, now), VDI_AUDIT_PROBLEM, trouble);
    }
    bool done = trouble == NULL && refresh_from_all(&run);

    memory->failures = done ? 0 : MIN(memory->failures + 1, G_MAXINT32);
    memory->succeeded_at = done ? now : memory->succeeded_at;
    write_memory(&run, path);
    return done;
}

/* ---- from the incoming folder ---- */

/* It lies there until the next refresh: while another brought newer lists here, or until what it
 * holds, and what is here, has expired. */
static bool is_nothing_new(const Run *run, GBytes *timestamp, const GError *error)
{
    g_autoptr(VdiTrustRepository) repository = vdi_store_repository(run->paths, run->name);
    g_autoptr(GBytes) stored = vdi_trust_repository_read(repository, "timestamp");

    return run->report->is_older
        || (g_error_matches(error, VDI_TRUST_ERROR, VDI_TRUST_ERROR_EXPIRED) && stored != NULL
            && timestamp != NULL && g_bytes_equal(stored, timestamp));
}

static void believe_incoming(
    const VdiPaths *paths, const char *name, int64_t now, VdiApplyReport *report)
{
    g_autofree char *folder = vdi_store_incoming(paths, name);
    g_autofree char *path = memory_in_store(paths, name);
    g_autoptr(VdiTrustMemory) memory = vdi_trust_memory_read(path);
    g_autoptr(VdiTrustSource) source = vdi_trust_source_new_folder(folder);
    Run run = {.paths = paths, .name = name, .now = now, .memory = memory, .report = report};
    VdiTrustServer *server = vdi_trust_memory_server(memory, INCOMING, now);
    bool has_failed = server->failure != NULL;
    g_autoptr(GError) error = NULL;
    g_autoptr(GBytes) timestamp = vdi_trust_source_fetch(source, VDI_TRUST_METADATA, NULL,
        "timestamp.json", VDI_METADATA_TIMESTAMP_MAX_BYTES, NULL, &error);

    if (g_error_matches(error, VDI_TRUST_ERROR, VDI_TRUST_ERROR_MISSING)) {
        return;
    }
    g_clear_error(&error);
    if (vdi_apply_believe(paths, name, source, now, report, &error)
        || is_nothing_new(&run, timestamp, error)) {
        (void) vdi_trust_server_fails(server, NULL);
        if (has_failed) {
            write_memory(&run, path);
        }
        return;
    }
    g_prefix_error(&error, "%s: ", name);
    g_autofree char *sentence = vdi_error_sentence(error);

    add_failure(&run, server, VDI_AUDIT_REFUSED, sentence);
    write_memory(&run, path);
}

void vdi_refresh_incoming(const VdiPaths *paths, int64_t now, VdiApplyReport *report)
{
    g_auto(GStrv) names = vdi_store_names(paths);

    for (size_t i = 0; names[i] != NULL; i++) {
        believe_incoming(paths, names[i], now, report);
    }
}

/* ---- when ---- */

static int64_t next_by(
    const VdiPaths *paths, const char *name, const VdiTrustMemory *memory, int64_t now)
{
    g_autofree char *machine = vdi_system_machine(paths);
    g_autoptr(VdiOrgConf) conf = vdi_org_conf_read(paths, name, NULL);
    const VdiSchedule schedule = {.machine = machine != NULL ? machine : g_get_host_name(),
        .organisation = name,
        .interval_seconds = conf != NULL ? conf->refresh_seconds : VDI_SCHEDULE_DEFAULT,
        .tried_at = memory->tried_at,
        .succeeded_at = memory->succeeded_at,
        .failures = memory->failures,
        .wait_seconds = memory->wait_seconds};

    return vdi_schedule_next(&schedule, now);
}

int64_t vdi_refresh_next(const VdiPaths *paths, const char *name, int64_t now)
{
    g_autofree char *path = memory_path(paths, name);
    g_autoptr(VdiTrustMemory) memory = vdi_trust_memory_read(path);

    return next_by(paths, name, memory, now);
}

int64_t vdi_refresh_next_of_anyone(const VdiPaths *paths, const char *name, int64_t now)
{
    g_autofree char *own = memory_in_store(paths, name);
    g_autofree char *incoming = memory_in_incoming(paths, name);
    g_autoptr(VdiTrustMemory) of_root = vdi_trust_memory_read(own);
    g_autoptr(VdiTrustMemory) of_other = vdi_trust_memory_read(incoming);

    return next_by(paths, name, of_other->tried_at > of_root->tried_at ? of_other : of_root, now);
}
