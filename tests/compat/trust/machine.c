/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/compat/trust/machine.h"

#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "tests/support/check.h"
#include "tests/support/injection.h"

#define FILE_MAX ((size_t) 1 << 20)

/* ---- the states ---- */

static void publish_a_timestamp(Scene *scene, int step)
{
    scene_release(scene, &(Release){.timestamp = 1 + step, 1, 1, "old"});
}

/* New root, timestamp and snapshot keys; versions begin again. */
static void publish_everything(Scene *scene, int step)
{
    SceneRole roles[VDI_N_ROLES];

    if (step == 0) {
        scene_release(scene, &(Release){.timestamp = 9, 9, 1, "old"});
        return;
    }
    memcpy(roles, scene_roles, sizeof roles);
    roles[VDI_ROLE_ROOT].keys[0] = 4;
    roles[VDI_ROLE_TIMESTAMP].keys[0] = 5;
    roles[VDI_ROLE_SNAPSHOT].keys[0] = 6;
    scene_root(scene, 2, SCENE_LATER, roles, (const int[]){0, 4, -1});
    scene_release(scene,
        &(Release){.timestamp = 1, 1, 2, "new, and longer", .timestamp_key = 5, .snapshot_key = 6});
}

const MachineKind machine_kinds[] = {
    {"a new timestamp", "old", "old", false, publish_a_timestamp},
    {"everything new", "old", "new, and longer", false, publish_everything},
    {"a first refresh", NULL, "new, and longer", false, publish_everything},
    {"the incoming folder", "old", "new, and longer", true, publish_everything},
    {NULL, NULL, NULL, false, NULL},
};

/* ---- what is there ---- */

static void list_into(GString *out, const char *folder, const char *prefix)
{
    g_auto(GStrv) names = vdi_file_list(folder);

    for (size_t i = 0; names[i] != NULL; i++) {
        g_autofree char *path = g_build_filename(folder, names[i], NULL);
        g_autofree char *shown = g_strconcat(prefix, names[i], NULL);

        if (g_file_test(path, G_FILE_TEST_IS_DIR)) {
            g_autofree char *below = g_strconcat(shown, "/", NULL);

            list_into(out, path, below);
        } else {
            g_string_append_printf(out, "%s ", shown);
        }
    }
}

static char *list_names(const char *folder)
{
    g_autoptr(GString) out = g_string_new(NULL);

    list_into(out, folder, "");
    return g_string_free(g_steal_pointer(&out), false);
}

/* Calls `use` with the checksum of each file below `folder` but temporary ones. */
static bool each_file(
    const char *folder, bool (*use)(GHashTable *allowed, char *take_sum), GHashTable *allowed)
{
    g_auto(GStrv) names = vdi_file_list(folder);
    bool right = true;

    for (size_t i = 0; names[i] != NULL; i++) {
        g_autofree char *path = g_build_filename(folder, names[i], NULL);
        g_autoptr(GBytes) bytes = vdi_file_read(path, FILE_MAX, NULL);

        if (g_str_has_prefix(names[i], ".vdi-")) {
            continue;
        }
        if (bytes == NULL) {
            right = each_file(path, use, allowed) && right;
        } else if (!use(allowed, g_compute_checksum_for_bytes(G_CHECKSUM_SHA256, bytes))) {
            printf("%s is torn\n", path);
            right = false;
        }
    }
    return right;
}

static bool allow(GHashTable *allowed, char *take_sum)
{
    g_hash_table_add(allowed, take_sum);
    return true;
}

static bool is_allowed(GHashTable *allowed, char *take_sum)
{
    g_autofree char *sum = take_sum;

    return g_hash_table_contains(allowed, sum);
}

/* ---- what a machine does ---- */

bool machine_refresh(
    const Machine *machine, const char *store, const char *source, const char *incoming)
{
    g_autoptr(VdiTrustRepository) repository = vdi_trust_repository_new(machine->root, store);
    g_autoptr(VdiTrustSource) folder = vdi_trust_source_new_folder(source);
    g_autoptr(GBytes) target = NULL;
    g_autoptr(GError) error = NULL;
    VdiTrustReport report = {0};

    if (incoming != NULL) {
        vdi_trust_repository_collect_into(repository, incoming);
    }
    if (!vdi_trust_refresh(
            repository, folder, VDI_TRUST_MANIFEST, SCENE_NOW, &target, &report, &error)) {
        printf("%s\n", error->message);
        return false;
    }
    return true;
}

char *machine_load(const Machine *machine, const char *store)
{
    g_autoptr(VdiTrustRepository) repository = vdi_trust_repository_new(machine->root, store);
    g_autoptr(GError) error = NULL;
    VdiTrustReport report = {0};
    g_autoptr(GBytes) target = vdi_trust_load(repository, VDI_TRUST_MANIFEST, &report, &error);

    if (target == NULL) {
        bool is_missing = g_error_matches(error, VDI_TRUST_ERROR, VDI_TRUST_ERROR_MISSING);

        return is_missing ? NULL : g_strdup("?");
    }
    return g_strndup(g_bytes_get_data(target, NULL), g_bytes_get_size(target));
}

/* ---- the machine ---- */

static void export(Scene *scene, const char *folder)
{
    GHashTableIter iter;
    gpointer name = NULL, bytes = NULL;

    injection_remove_tree(folder);
    g_hash_table_iter_init(&iter, scene->files);
    while (g_hash_table_iter_next(&iter, &name, &bytes)) {
        g_autofree char *path = g_build_filename(folder, name, NULL);

        CHECK(vdi_file_write(path, bytes, 0644, NULL));
    }
}

const char *machine_written(const Machine *machine)
{
    return machine->kind->collects ? machine->incoming : machine->store;
}

void machine_start_over(const Machine *machine)
{
    injection_copy_tree(machine->before, machine->store);
    injection_copy_tree(machine->incoming_before, machine->incoming);
}

/* What a run without faults leaves, which is also what the program itself does. */
static void see_undisturbed(Machine *machine)
{
    const char *written = machine_written(machine);

    (void) each_file(machine->before, allow, machine->allowed);
    (void) each_file(machine->incoming_before, allow, machine->allowed);
    (void) each_file(machine->web, allow, machine->allowed);
    machine_start_over(machine);
    CHECK(machine_refresh(
        machine, machine->store, machine->web, machine->kind->collects ? machine->incoming : NULL));
    (void) each_file(written, allow, machine->allowed);
    machine->names = list_names(written);
}

static void fill_argv(Machine *machine)
{
    machine->argv[0] = test_built("tests/compat/trust/store_update");
    machine->argv[1] = machine->root;
    machine->argv[2] = machine->store;
    machine->argv[3] = machine->web;
    machine->argv[4] = g_strdup_printf("%" G_GINT64_FORMAT, SCENE_NOW);
    machine->argv[5] = machine->kind->collects ? machine->incoming : NULL;
}

Machine *machine_new(const MachineKind *kind)
{
    g_autoptr(Scene) scene = scene_new(kind->name);
    Machine *machine = g_new0(Machine, 1);

    machine->kind = kind;
    machine->root = g_build_filename(scene->folder, "placed-root.json", NULL);
    machine->web = g_build_filename(scene->folder, "web", NULL);
    machine->before = g_build_filename(scene->folder, "before", NULL);
    machine->incoming_before = g_build_filename(scene->folder, "incoming-before", NULL);
    machine->store = g_build_filename(scene->folder, "machine", NULL);
    machine->incoming = g_build_filename(scene->folder, "incoming", NULL);
    machine->allowed = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    fill_argv(machine);
    kind->publish(scene, 0);
    export(scene, machine->web);
    if (kind->old != NULL) {
        CHECK(machine_refresh(machine, machine->before, machine->web, NULL));
    }
    if (kind->collects) {
        CHECK(machine_refresh(machine, machine->before, machine->web, machine->incoming_before));
    }
    kind->publish(scene, 1);
    export(scene, machine->web);
    see_undisturbed(machine);
    return machine;
}

void machine_free(Machine *machine)
{
    if (machine == NULL) {
        return;
    }
    g_free(machine->argv[0]);
    g_free(machine->argv[4]);
    g_free(machine->root);
    g_free(machine->web);
    g_free(machine->before);
    g_free(machine->incoming_before);
    g_free(machine->store);
    g_free(machine->incoming);
    g_free(machine->names);
    g_hash_table_unref(machine->allowed);
    g_free(machine);
}

/* ---- one fault ---- */

static bool complain(const char *what, const char *detail)
{
    printf("  %s: %s\n", what, detail != NULL ? detail : "nothing");
    return false;
}

static bool is_old_or_new(const Machine *machine, const char *store)
{
    g_autofree char *loaded = machine_load(machine, store);

    return g_strcmp0(loaded, machine->kind->old) == 0 || g_strcmp0(loaded, machine->kind->new) == 0
        || complain("loads", loaded);
}

static bool is_unlocked(const char *folder)
{
    g_autofree char *path = g_build_filename(folder, ".lock", NULL);
    g_auto(VdiFd) lock = vdi_file_lock(path, 0, NULL);

    return lock >= 0 || complain("locked", folder);
}

/* As root, over what the refresher left. That may be refused; nothing is lost by it. */
static bool check_collected(const Machine *machine)
{
    g_autofree char *store_before = list_names(machine->before);
    g_autofree char *store_now = list_names(machine->store);
    g_autofree char *copy = g_strconcat(machine->store, "-applied", NULL);

    injection_copy_tree(machine->store, copy);
    (void) machine_refresh(machine, copy, machine->incoming, NULL);
    return (g_str_equal(store_before, store_now) || complain("the refresher wrote", store_now))
        && is_old_or_new(machine, copy);
}

/* Nothing lies there that an undisturbed run would not leave; what vouches for a last good state is
 * written only where that could be read. */
static bool has_no_litter(const Machine *machine, const char *folder)
{
    g_autofree char *found = list_names(folder);
    g_auto(GStrv) names = g_strsplit(found, " ", -1);
    g_auto(GStrv) expected = g_strsplit(machine->names, " ", -1);

    for (size_t i = 0; names[i] != NULL; i++) {
        if (!g_strv_contains((const char *const *) expected, names[i])) {
            return complain("leaves", names[i]);
        }
    }
    return true;
}

static bool check_next(const Machine *machine)
{
    const char *written = machine_written(machine);

    if (!machine_refresh(
            machine, machine->store, machine->web, machine->kind->collects ? written : NULL)
        || (machine->kind->collects
            && !machine_refresh(machine, machine->store, machine->incoming, NULL))) {
        return complain("the next refresh", "failed");
    }
    g_autofree char *loaded = machine_load(machine, machine->store);

    return (g_strcmp0(loaded, machine->kind->new) == 0 || complain("loads then", loaded))
        && has_no_litter(machine, written);
}

/* 0 is a promise: then it is the new state. */
static bool check_status(const Machine *machine, int status, bool may_die)
{
    g_autofree char *shown = g_strdup_printf("%d", status);

    if (status == 0 && !machine->kind->collects) {
        g_autofree char *loaded = machine_load(machine, machine->store);

        return g_strcmp0(loaded, machine->kind->new) == 0 || complain("success, and loads", loaded);
    }
    return status == 0 || status == 1 || (may_die && status > 128) || complain("status", shown);
}

bool machine_is_whole(const Machine *machine, int status, bool may_die)
{
    const char *written = machine_written(machine);

    return check_status(machine, status, may_die) && is_unlocked(written)
        && each_file(written, is_allowed, machine->allowed)
        && (machine->kind->collects ? check_collected(machine)
                                    : is_old_or_new(machine, machine->store))
        && check_next(machine);
}
