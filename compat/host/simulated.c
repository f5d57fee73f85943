/* SPDX-License-Identifier: Apache-2.0 */
#include "compat/host/simulated.h"

#include <string.h>

#include "base/error.h"
#include "base/file.h"
#include "base/json.h"
#include "compat/host/apt_pins.h"

enum { PACKAGES_MAX = 20000, NEEDS_MAX = 64, TEXT_MAX = 255 };

typedef struct {
    char *name, *version, *arch;
    bool is_security;
    GPtrArray *needs; /* of Entry; NULL when installed */
} Entry;

typedef struct {
    GPtrArray *installed, *offered; /* of Entry */
} System;

static void entry_free(gpointer data)
{
    Entry *entry = data;

    if (entry != NULL) {
        g_free(entry->name);
        g_free(entry->version);
        g_free(entry->arch);
        g_clear_pointer(&entry->needs, g_ptr_array_unref);
        g_free(entry);
    }
}

static void system_clear(System *system)
{
    g_clear_pointer(&system->installed, g_ptr_array_unref);
    g_clear_pointer(&system->offered, g_ptr_array_unref);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(System, system_clear)

static bool read_entries(
    VdiJson *parent, const char *name, size_t max, GPtrArray *entries, GError **error);

static Entry *read_entry(VdiJson *json, GError **error)
{
    Entry *entry = g_new0(Entry, 1);

    entry->needs = g_ptr_array_new_with_free_func(entry_free);
    if (!vdi_json_text(json, "name", 1, TEXT_MAX, &entry->name, error)
        || !vdi_json_text(json, "version", 1, TEXT_MAX, &entry->version, error)
        || (vdi_json_has(json, "arch")
            && !vdi_json_text(json, "arch", 1, TEXT_MAX, &entry->arch, error))
        || (vdi_json_has(json, "security")
            && !vdi_json_boolean(json, "security", &entry->is_security, error))
        || (vdi_json_has(json, "needs")
            && !read_entries(json, "needs", NEEDS_MAX, entry->needs, error))
        || !vdi_json_end(json, error)) {
        entry_free(entry);
        return NULL;
    }
    if (entry->arch == NULL) {
        entry->arch = g_strdup("all");
    }
    return entry;
}

static bool read_entries(
    VdiJson *parent, const char *name, size_t max, GPtrArray *entries, GError **error)
{
    VdiJson *array = NULL;

    if (!vdi_json_array(parent, name, 0, max, &array, error)) {
        return false;
    }
    for (size_t i = 0; i < vdi_json_length(array); i++) {
        VdiJson *element = vdi_json_element(array, i);
        Entry *entry = NULL;

        if (vdi_json_type(element) == VDI_JSON_OBJECT) {
            entry = read_entry(element, error);
        } else {
            g_set_error(error, VDI_JSON_ERROR, VDI_JSON_ERROR_MEMBER, "not an object");
        }
        if (entry == NULL) {
            g_prefix_error(error, "%s[%zu]: ", name, i);
            return false;
        }
        g_ptr_array_add(entries, entry);
    }
    return true;
}

static bool read_system(const VdiHost *host, System *system, GError **error)
{
    g_autoptr(GError) local = NULL;
    g_autoptr(GBytes) bytes = vdi_file_read(host->simulation, VDI_HOST_SIMULATED_MAX_BYTES, &local);
    g_autoptr(VdiJson) json =
        bytes != NULL ? vdi_json_parse(bytes, VDI_HOST_SIMULATED_MAX_BYTES, &local) : NULL;
    int64_t format = 0;

    system->installed = g_ptr_array_new_with_free_func(entry_free);
    system->offered = g_ptr_array_new_with_free_func(entry_free);
    if (json == NULL || !vdi_json_integer(json, "format", 1, 1, &format, &local)
        || !read_entries(json, "installed", PACKAGES_MAX, system->installed, &local)
        || !read_entries(json, "offered", PACKAGES_MAX, system->offered, &local)
        || !vdi_json_end(json, &local)) {
        g_set_error(error, VDI_HOST_ERROR, VDI_HOST_ERROR_DATABASE, "%s: %s", host->simulation,
            local->message);
        return false;
    }
    return true;
}

static const Entry *find_installed(const System *system, const Entry *wanted)
{
    for (guint i = 0; i < system->installed->len; i++) {
        const Entry *entry = system->installed->pdata[i];

        if (strcmp(entry->name, wanted->name) == 0 && strcmp(entry->arch, wanted->arch) == 0) {
            return entry;
        }
    }
    return NULL;
}

static bool is_held(const GPtrArray *holds, const Entry *entry)
{
    for (guint i = 0; holds != NULL && i < holds->len; i++) {
        const VdiHold *hold = holds->pdata[i];

        if (strcmp(hold->package, entry->name) == 0 && strcmp(hold->version, entry->version) == 0) {
            return true;
        }
    }
    return false;
}

/* The entry on offer of that name and version: it knows its own needs. */
static const Entry *find_offered(const System *system, const Entry *wanted)
{
    for (guint i = 0; i < system->offered->len; i++) {
        const Entry *entry = system->offered->pdata[i];

        if (strcmp(entry->name, wanted->name) == 0
            && strcmp(entry->version, wanted->version) == 0) {
            return entry;
        }
    }
    return NULL;
}

/* Adds an entry and what it needs. False when something of it is held or not to be had; then
 * `change` is of no use. `depth` ends a circle. */
static bool add(const VdiHost *host, const System *system, const GPtrArray *holds,
    const Entry *entry, int depth, VdiChange *change)
{
    const Entry *before = find_installed(system, entry);

    if (before != NULL && strcmp(before->version, entry->version) == 0) {
        return true;
    }
    for (size_t i = 0; i < vdi_change_n_items(change); i++) {
        if (strcmp(vdi_change_item(change, i)->name, entry->name) == 0) {
            return true;
        }
    }
    if (is_held(holds, entry) || depth > NEEDS_MAX) {
        return false;
    }
    vdi_change_add(change, "deb", host->namespace, entry->name, entry->arch,
        before != NULL ? before->version : NULL, entry->version, entry->is_security);
    for (guint i = 0; i < entry->needs->len; i++) {
        const Entry *needed = find_offered(system, entry->needs->pdata[i]);
        const Entry *there = find_installed(system, entry->needs->pdata[i]);
        bool have = there != NULL
            && strcmp(there->version, ((const Entry *) entry->needs->pdata[i])->version) == 0;

        if (!have && (needed == NULL || !add(host, system, holds, needed, depth + 1, change))) {
            return false;
        }
    }
    return true;
}

static void copy_items(const VdiChange *from, VdiChange *to)
{
    for (size_t i = 0; i < vdi_change_n_items(from); i++) {
        const VdiChangeItem *item = vdi_change_item(from, i);
        bool known = false;

        for (size_t k = 0; k < vdi_change_n_items(to); k++) {
            known = known || strcmp(vdi_change_item(to, k)->name, item->name) == 0;
        }
        if (!known) {
            vdi_change_add(to, item->type, item->namespace, item->name, item->arch, item->before,
                item->after, item->is_security);
        }
    }
}

static bool present(const VdiHost *host)
{
    return host->simulation != NULL;
}

static bool installed(VdiHost *host, VdiFacts *facts, GError **error)
{
    g_auto(System) system = {NULL, NULL};

    if (!read_system(host, &system, error)) {
        return false;
    }
    for (guint i = 0; i < system.installed->len; i++) {
        const Entry *entry = system.installed->pdata[i];

        vdi_facts_add_package(
            facts, "deb", host->namespace, entry->name, entry->version, entry->arch);
    }
    vdi_facts_set_packages_known(facts);
    return true;
}

/* Newest first; the first that can be had, with what it needs. */
static void offer(const VdiHost *host, const System *system, const GPtrArray *holds,
    const Entry *current, VdiChange *change)
{
    for (guint i = system->offered->len; i > 0; i--) {
        const Entry *entry = system->offered->pdata[i - 1];
        g_autoptr(VdiChange) alone = vdi_change_new();

        if (strcmp(entry->name, current->name) == 0 && strcmp(entry->arch, current->arch) == 0
            && add(host, system, holds, entry, 0, alone)) {
            copy_items(alone, change);
            return;
        }
    }
}

static VdiChange *offers(VdiHost *host, const GPtrArray *holds, GError **error)
{
    g_auto(System) system = {NULL, NULL};
    g_autoptr(VdiChange) change = vdi_change_new();

    if (!read_system(host, &system, error)) {
        return NULL;
    }
    for (guint i = 0; i < system.installed->len; i++) {
        offer(host, &system, holds, system.installed->pdata[i], change);
    }
    return g_steal_pointer(&change);
}

static VdiChange *bring(VdiHost *host, const VdiChangeItem *candidate, GError **error)
{
    g_auto(System) system = {NULL, NULL};
    g_autoptr(VdiChange) change = vdi_change_new();
    const Entry wanted = {.name = candidate->name, .version = candidate->after};

    if (!read_system(host, &system, error)) {
        return NULL;
    }
    const Entry *entry = find_offered(&system, &wanted);

    if (entry == NULL || !add(host, &system, NULL, entry, 0, change)) {
        g_set_error(error, VDI_HOST_ERROR, VDI_HOST_ERROR_OFFER, "%s=%s cannot be installed",
            candidate->name, candidate->after);
        return NULL;
    }
    return g_steal_pointer(&change);
}

/* FILE.holds is a folder, as preferences.d is. */
static bool hold(VdiHost *host, const GPtrArray *holds, GError **error)
{
    g_autofree char *folder = g_strconcat(host->simulation, ".holds", NULL);

    return vdi_apt_pins_write(folder, holds, error);
}

static GPtrArray *list(VdiHost *host, GError **error)
{
    g_autofree char *folder = g_strconcat(host->simulation, ".holds", NULL);

    return vdi_apt_pins_read(folder, error);
}

const VdiHostOps vdi_host_simulated = {
    .name = "simulated",
    .type = "deb",
    .present = present,
    .installed = installed,
    .offers = offers,
    .bring = bring,
    .hold = hold,
    .list = list,
};
