/* SPDX-License-Identifier: Apache-2.0 */
/* How an organisation leaves: the other half of enrolment.c. */
#include <errno.h>
#include <glib/gstdio.h>
#include <string.h>

#include "base/error.h"
#include "base/file.h"
#include "base/text.h"
#include "base/tree.h"
#include "compat/enforced.h"
#include "compat/enrolment.h"
#include "compat/holds_file.h"
#include "compat/store.h"

enum { LOCK_MS = 60 * 1000 };

/* The first failure is the one to tell, and hinders nothing of the rest. */
static void note(GError **first, GError *take_error)
{
    if (*first == NULL) {
        *first = take_error;
    } else {
        g_clear_error(&take_error);
    }
}

static bool is_of(const void *organisation, const char *name)
{
    return g_strcmp0(organisation, name) == 0;
}

/* ---- what enrols it ---- */

/* One rename; a death after it leaves a folder that nobody reads and that the next call removes. */
static void take_config(const VdiPaths *paths, const char *name, GError **first)
{
    g_autofree char *orgs = g_build_filename(paths->config, "orgs", NULL);
    g_autofree char *folder = g_build_filename(orgs, name, NULL);
    g_autofree char *hidden = g_strdup_printf(".%s.old", name);
    g_autofree char *old = g_build_filename(orgs, hidden, NULL);
    GError *error = NULL;

    if (!vdi_tree_remove(old, &error)) {
        note(first, error);
        return;
    }
    if (g_rename(folder, old) != 0 && errno != ENOENT) {
        note(first,
            g_error_new(VDI_FILE_ERROR, VDI_FILE_ERROR_WRITE, "%s: %s", folder, g_strerror(errno)));
        return;
    }
    if (!vdi_tree_remove(old, &error)) {
        note(first, error);
    }
}

/* ---- its holds ---- */

static void lift_pins(
    const VdiPaths *paths, const VdiHostOptions *options, const char *name, GError **first)
{
    GError *error = NULL;
    g_autoptr(VdiHost) host = vdi_host_new(paths, options, &error);
    g_autoptr(GPtrArray) held = host != NULL ? host->ops->list(host, &error) : NULL;
    g_autoptr(GPtrArray) kept = g_ptr_array_new();

    if (held == NULL) {
        note(first, error);
        return;
    }
    for (guint i = 0; i < held->len; i++) {
        const VdiHold *hold = held->pdata[i];

        if (!is_of(hold->organisation, name)) {
            g_ptr_array_add(kept, held->pdata[i]);
        }
    }
    if (kept->len < held->len && host->ops->hold != NULL && !host->ops->hold(host, kept, &error)) {
        note(first, error);
    }
}

static bool is_held(const VdiHolds *holds, const char *package)
{
    for (guint i = 0; i < holds->holds->len; i++) {
        const VdiHold *hold = holds->holds->pdata[i];

        if (strcmp(hold->package, package) == 0) {
            return true;
        }
    }
    return false;
}

/* How long a package has been held stays known: whoever enrols again does not begin anew. */
static bool drop_holds(VdiHolds *holds, const char *name, int64_t now)
{
    guint n_before = holds->holds->len + holds->not_held->len;

    for (guint i = holds->holds->len; i-- > 0;) {
        const VdiHold *hold = holds->holds->pdata[i];

        if (is_of(hold->organisation, name)) {
            g_ptr_array_remove_index(holds->holds, i);
        }
    }
    for (guint i = holds->not_held->len; i-- > 0;) {
        const VdiNotHeld *not_held = holds->not_held->pdata[i];

        if (is_of(not_held->organisation, name)) {
            g_ptr_array_remove_index(holds->not_held, i);
        }
    }
    if (holds->holds->len + holds->not_held->len == n_before) {
        return false;
    }
    for (guint i = 0; i < holds->countdowns->len; i++) {
        VdiCountdown *countdown = holds->countdowns->pdata[i];

        if (countdown->ended_at == 0 && !is_held(holds, countdown->package)) {
            countdown->ended_at = now;
        }
    }
    return true;
}

static void forget_holds(const VdiPaths *paths, const char *name, int64_t now, GError **first)
{
    g_autofree char *problem = NULL;
    g_autoptr(VdiHolds) holds = vdi_holds_read(paths, &problem);
    GError *error = NULL;

    /* A file that cannot be read holds nothing; the next apply writes it. */
    if (drop_holds(holds, name, now) && !vdi_holds_write(paths, holds, &error)) {
        note(first, error);
    }
}

/* ---- what was believed of it ---- */

static void take_state(const VdiPaths *paths, const char *name, GError **first)
{
    g_autofree char *store = g_build_filename(paths->state, "orgs", name, NULL);
    g_autofree char *incoming = vdi_store_incoming(paths, name);
    const char *const folders[] = {store, incoming};
    g_autoptr(VdiTrustRepository) repository = vdi_store_repository(paths, name);
    GError *busy = NULL;

    /* A refresh that is at work would write behind us; the next one finds no root of trust. What
     * else is wrong with the folder is a reason to remove it. */
    if (g_file_test(store, G_FILE_TEST_IS_DIR) && !vdi_trust_repository_lock(repository, &busy)) {
        if (g_error_matches(busy, VDI_FILE_ERROR, VDI_FILE_ERROR_BUSY)) {
            note(first, busy);
            return;
        }
        g_clear_error(&busy);
    }
    for (size_t i = 0; i < G_N_ELEMENTS(folders); i++) {
        GError *error = NULL;

        if (!vdi_tree_remove(folders[i], &error)) {
            note(first, error);
        }
    }
}

/* ---- the whole ---- */

static bool is_there(const VdiPaths *paths, const char *name)
{
    g_autofree char *config = g_build_filename(paths->config, "orgs", name, NULL);
    g_autofree char *hidden = g_strdup_printf(".%s.old", name);
    g_autofree char *old = g_build_filename(paths->config, "orgs", hidden, NULL);
    g_autofree char *store = g_build_filename(paths->state, "orgs", name, NULL);
    g_autofree char *incoming = vdi_store_incoming(paths, name);
    const char *const places[] = {config, old, store, incoming};

    for (size_t i = 0; i < G_N_ELEMENTS(places); i++) {
        if (g_file_test(places[i], G_FILE_TEST_EXISTS)
            || g_file_test(places[i], G_FILE_TEST_IS_SYMLINK)) {
            return true;
        }
    }
    return false;
}

bool vdi_enrolment_leave(const VdiPaths *paths, const VdiHostOptions *options, const char *name,
    int64_t now, VdiApplyReport *report, GError **error)
{
    g_autofree char *lock_path = g_build_filename(paths->state, "apply.lock", NULL);
    g_autofree char *shown = vdi_text_quote(name);
    g_autoptr(GError) first = NULL;
    GError *local = NULL;

    if (!vdi_text_is_name(name) || !is_there(paths, name)) {
        g_set_error(error, VDI_GUARD_ERROR, VDI_GUARD_ERROR_ORGANISATION, "%s", shown);
        return false;
    }
    g_auto(VdiFd) lock = vdi_file_lock(lock_path, LOCK_MS, error);

    if (lock < 0) {
        return false;
    }
    take_config(paths, name, &first);
    if (first == NULL) {
        const VdiAuditEntry entry = {.event = VDI_AUDIT_LEFT, .organisation = name};

        vdi_apply_record(paths, now, &entry, report);
    }
    if (!paths->is_personal) {
        lift_pins(paths, options, name, &first);
        if (!vdi_enforced_drop(paths, name, &local)) {
            note(&first, local);
        }
        forget_holds(paths, name, now, &first);
    }
    take_state(paths, name, &first);
    if (first != NULL) {
        g_propagate_error(error, g_steal_pointer(&first));
        return false;
    }
    return true;
}
