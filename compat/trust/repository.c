/* SPDX-License-Identifier: Apache-2.0 */
#include "compat/trust/repository.h"

#include <string.h>

#include "base/error.h"
#include "base/text.h"
#include "compat/trust/metadata.h"
#include "compat/trust/source.h"

/* A file's name, with what vdi_file_write puts behind it for a while. */
enum { LOCK_DEADLINE_MS = 5000, FILE_NAME_MAX = 240 };

#define LOCK_NAME ".lock"
#define ACCEPTED_NAME "accepted.json"
#define ORIGIN_NAME "origin.json"
#define ROOT "root"

/* In which order the incoming folder is written: whoever reads it begins with the timestamp. */
typedef enum { ROOTS, WHAT_IS_ANNOUNCED, TIMESTAMP } Turn;

/* A file that a refresh accepted, under its name in a repository. */
typedef struct {
    char *name;
    GBytes *bytes;
    Turn turn;
} Collected;

struct VdiTrustRepository {
    char *root_file; /* NULL: trust begins at the stored root, and nothing else is kept */
    char *folder;    /* the lock, and what is kept besides metadata and target */
    char *metadata, *targets;
    char *incoming;       /* NULL: the store itself is written */
    GPtrArray *collected; /* of Collected; for the incoming folder */
    VdiFd lock;           /* -1: not held */
};

static void collected_free(gpointer data)
{
    Collected *collected = data;

    g_free(collected->name);
    g_bytes_unref(collected->bytes);
    g_free(collected);
}

VdiTrustRepository *vdi_trust_repository_new_plain(const char *metadata, const char *targets)
{
    VdiTrustRepository *repository = g_new0(VdiTrustRepository, 1);

    repository->folder = g_strdup(metadata);
    repository->metadata = g_strdup(metadata);
    repository->targets = g_strdup(targets);
    repository->collected = g_ptr_array_new_with_free_func(collected_free);
    repository->lock = -1;
    return repository;
}

VdiTrustRepository *vdi_trust_repository_new(const char *root_file, const char *folder)
{
    g_autofree char *metadata = g_build_filename(folder, "metadata", NULL);
    VdiTrustRepository *repository = vdi_trust_repository_new_plain(metadata, folder);

    repository->root_file = g_strdup(root_file);
    g_free(repository->folder);
    repository->folder = g_strdup(folder);
    return repository;
}

void vdi_trust_repository_free(VdiTrustRepository *repository)
{
    if (repository == NULL) {
        return;
    }
    g_free(repository->root_file);
    g_free(repository->folder);
    g_free(repository->metadata);
    g_free(repository->targets);
    g_free(repository->incoming);
    g_ptr_array_unref(repository->collected);
    vdi_fd_close(repository->lock);
    g_free(repository);
}

void vdi_trust_repository_collect_into(VdiTrustRepository *repository, const char *incoming)
{
    g_free(repository->incoming);
    repository->incoming = g_strdup(incoming);
    vdi_fd_close(repository->lock); /* the store's: from now on it is the folder's that counts */
    repository->lock = -1;
}

bool vdi_trust_repository_is_collecting(const VdiTrustRepository *repository)
{
    return repository->incoming != NULL;
}

/* Who was killed while writing here left a temporary file. Under the lock nobody else writes. */
static void remove_leftovers(const VdiTrustRepository *repository)
{
    if (repository->incoming != NULL) {
        vdi_file_remove_leftovers(repository->incoming);
        return;
    }
    vdi_file_remove_leftovers(repository->folder);
    vdi_file_remove_leftovers(repository->metadata);
    if (repository->targets != NULL) {
        vdi_file_remove_leftovers(repository->targets);
    }
}

bool vdi_trust_repository_lock(VdiTrustRepository *repository, GError **error)
{
    if (repository->lock >= 0) {
        return true;
    }
    g_autofree char *path = g_build_filename(
        repository->incoming != NULL ? repository->incoming : repository->folder, LOCK_NAME, NULL);

    repository->lock = vdi_file_lock(path, LOCK_DEADLINE_MS, error);
    if (repository->lock < 0) {
        return false;
    }
    remove_leftovers(repository);
    return true;
}

/* ---- reading ---- */

static char *stored_path(const VdiTrustRepository *repository, const char *name)
{
    return g_build_filename(repository->folder, name, NULL);
}

/* One component of a path, whatever `name` holds. */
static char *file_name(const char *name, const char *suffix)
{
    g_autofree char *escaped = g_uri_escape_string(name, NULL, false);
    g_autofree char *visible =
        *escaped == '.' ? g_strconcat("%2E", escaped + 1, NULL) : g_strdup(escaped);

    if (strlen(visible) + strlen(suffix) <= FILE_NAME_MAX) {
        return g_strconcat(visible, suffix, NULL);
    }
    g_autofree char *hash = g_compute_checksum_for_string(G_CHECKSUM_SHA256, name, -1);

    return g_strconcat("=", hash, suffix, NULL);
}

static char *role_path(const VdiTrustRepository *repository, const char *role)
{
    g_autofree char *name = file_name(role, ".json");

    return g_build_filename(repository->metadata, name, NULL);
}

/* A target must not take the place of what is kept beside it. NULL when it would, and where no
 * target can be stored at all. */
static char *target_path(const VdiTrustRepository *repository, const char *name)
{
    static const char *const taken[] = {
        "metadata", ACCEPTED_NAME, ORIGIN_NAME, "rules.compiled", NULL};
    g_autofree char *file = file_name(name, "");

    if (repository->targets == NULL
        || (repository->root_file != NULL && g_strv_contains(taken, file))) {
        return NULL;
    }
    return g_build_filename(repository->targets, file, NULL);
}

GBytes *vdi_trust_repository_read(const VdiTrustRepository *repository, const char *role)
{
    g_autofree char *path = role_path(repository, role);

    return vdi_file_read_own(path, VDI_METADATA_MAX_BYTES, NULL);
}

GBytes *vdi_trust_repository_target(const VdiTrustRepository *repository, const char *name)
{
    g_autofree char *path = target_path(repository, name);

    return path != NULL ? vdi_file_read_own(path, VDI_METADATA_TARGET_MAX_BYTES, NULL) : NULL;
}

GBytes *vdi_trust_repository_root_of_trust(const VdiTrustRepository *repository, GError **error)
{
    g_autofree char *stored = role_path(repository, ROOT);
    const char *path = repository->root_file != NULL ? repository->root_file : stored;
    g_autoptr(GError) local = NULL;
    GBytes *placed = vdi_file_read(path, VDI_METADATA_ROOT_MAX_BYTES, &local);

    if (placed == NULL) {
        g_set_error(error, VDI_TRUST_ERROR, VDI_TRUST_ERROR_NO_ROOT, "%s", local->message);
    }
    return placed;
}

GBytes *vdi_trust_repository_root(const VdiTrustRepository *repository, GError **error)
{
    g_autofree char *origin_path = stored_path(repository, ORIGIN_NAME);
    g_autoptr(GBytes) placed = vdi_trust_repository_root_of_trust(repository, error);
    g_autoptr(GBytes) origin = vdi_file_read_own(origin_path, VDI_METADATA_ROOT_MAX_BYTES, NULL);
    g_autoptr(GBytes) stored = vdi_trust_repository_read(repository, ROOT);

    if (placed != NULL && stored != NULL && origin != NULL && g_bytes_equal(origin, placed)) {
        return g_steal_pointer(&stored);
    }
    return g_steal_pointer(&placed);
}

static bool check_folder(const char *folder, GError **error)
{
    g_auto(GStrv) names = vdi_file_list(folder);

    for (size_t i = 0; names[i] != NULL; i++) {
        g_autofree char *path = g_build_filename(folder, names[i], NULL);
        g_autoptr(GError) local = NULL;

        if (!vdi_file_check_own(path, &local)
            && g_error_matches(local, VDI_FILE_ERROR, VDI_FILE_ERROR_UNTRUSTED)) {
            g_propagate_error(error, g_steal_pointer(&local));
            return false;
        }
    }
    return true;
}

bool vdi_trust_repository_check(const VdiTrustRepository *repository, GError **error)
{
    return check_folder(repository->metadata, error) && check_folder(repository->folder, error);
}

/* ---- writing ---- */

static bool is_collected(const VdiTrustRepository *repository, const char *name)
{
    for (guint i = 0; i < repository->collected->len; i++) {
        const Collected *collected = g_ptr_array_index(repository->collected, i);

        if (g_str_equal(collected->name, name)) {
            return true;
        }
    }
    return false;
}

/* What is accepted once in a run is not replaced: the same again. */
static bool collect(VdiTrustRepository *repository, Turn turn, VdiTrustKind kind,
    const char *prefix, const char *name, GBytes *bytes, GError **error)
{
    g_autofree char *encoded = vdi_trust_source_name(kind, prefix, name, error);

    if (encoded == NULL || is_collected(repository, encoded)) {
        return encoded != NULL;
    }
    Collected *collected = g_new0(Collected, 1);

    collected->name = g_steal_pointer(&encoded);
    collected->bytes = g_bytes_ref(bytes);
    collected->turn = turn;
    g_ptr_array_add(repository->collected, collected);
    return true;
}

/* Before the first root of a chain is stored: where the chain began. */
static bool store_origin(VdiTrustRepository *repository, GError **error)
{
    g_autofree char *path = stored_path(repository, ORIGIN_NAME);
    g_autoptr(GBytes) placed = vdi_trust_repository_root_of_trust(repository, error);
    g_autoptr(GBytes) origin = vdi_file_read_own(path, VDI_METADATA_ROOT_MAX_BYTES, NULL);

    if (repository->root_file == NULL) {
        return true;
    }
    if (placed == NULL) {
        return false;
    }
    if (origin != NULL && g_bytes_equal(origin, placed)) {
        return true;
    }
    /* Its old root must not be taken for a link of the new chain if we die in between. */
    g_autofree char *root = role_path(repository, ROOT);

    return vdi_file_remove(root, error) && vdi_file_write(path, placed, 0644, error);
}

static Turn turn_of(const char *role)
{
    return g_str_equal(role, ROOT)                             ? ROOTS
        : g_str_equal(role, vdi_role_name(VDI_ROLE_TIMESTAMP)) ? TIMESTAMP
                                                               : WHAT_IS_ANNOUNCED;
}

bool vdi_trust_repository_store(VdiTrustRepository *repository, const char *role, int64_t version,
    GBytes *bytes, GError **error)
{
    g_autofree char *path = role_path(repository, role);

    if (repository->incoming != NULL) {
        g_autofree char *name = g_strconcat(role, ".json", NULL);
        g_autofree char *prefix =
            version > 0 ? g_strdup_printf("%" G_GINT64_FORMAT, version) : NULL;

        return collect(repository, turn_of(role), VDI_TRUST_METADATA, prefix, name, bytes, error);
    }
    return (!g_str_equal(role, ROOT) || store_origin(repository, error))
        && vdi_file_write(path, bytes, 0644, error);
}

bool vdi_trust_repository_store_target(VdiTrustRepository *repository, const char *name,
    const char *hash, GBytes *bytes, GError **error)
{
    if (repository->incoming != NULL) {
        return collect(repository, WHAT_IS_ANNOUNCED, VDI_TRUST_TARGET, hash, name, bytes, error);
    }
    g_autofree char *path = target_path(repository, name);

    if (path == NULL) {
        g_autofree char *shown = vdi_text_quote(name);

        g_set_error(error, VDI_TRUST_ERROR, VDI_TRUST_ERROR_FORMAT,
            "%s: a target of that name cannot be stored", shown);
        return false;
    }
    return vdi_file_write(path, bytes, 0644, error);
}

bool vdi_trust_repository_forget(VdiTrustRepository *repository, const char *role, GError **error)
{
    g_autofree char *path = role_path(repository, role);

    return repository->incoming != NULL || vdi_file_remove(path, error);
}

/* ---- the last good target's vouchers ---- */

bool vdi_trust_repository_keeps(const VdiTrustRepository *repository)
{
    return repository->incoming == NULL && repository->root_file != NULL;
}

bool vdi_trust_repository_keep(
    VdiTrustRepository *repository, const VdiAccepted *accepted, GError **error)
{
    g_autofree char *path = stored_path(repository, ACCEPTED_NAME);
    g_autoptr(GBytes) before = vdi_file_read_own(path, VDI_ACCEPTED_MAX_BYTES, NULL);
    g_autoptr(GBytes) bytes = vdi_accepted_write(accepted);

    return (before != NULL && g_bytes_equal(before, bytes))
        || vdi_file_write(path, bytes, 0644, error);
}

VdiAccepted *vdi_trust_repository_kept(const VdiTrustRepository *repository)
{
    g_autofree char *path = stored_path(repository, ACCEPTED_NAME);
    g_autoptr(GBytes) bytes = vdi_file_read_own(path, VDI_ACCEPTED_MAX_BYTES, NULL);

    return bytes != NULL ? vdi_accepted_read(bytes, NULL) : NULL;
}

/* ---- the incoming folder ---- */

static bool write_collected(VdiTrustRepository *repository, Turn turn, GError **error)
{
    for (guint i = 0; i < repository->collected->len; i++) {
        const Collected *collected = g_ptr_array_index(repository->collected, i);
        g_autofree char *path = g_build_filename(repository->incoming, collected->name, NULL);

        if (collected->turn == turn && !vdi_file_write(path, collected->bytes, 0644, error)) {
            return false;
        }
    }
    return true;
}

static bool remove_others(VdiTrustRepository *repository, GError **error)
{
    g_auto(GStrv) names = vdi_file_list(repository->incoming);

    for (size_t i = 0; names[i] != NULL; i++) {
        g_autofree char *path = g_build_filename(repository->incoming, names[i], NULL);

        if (!is_collected(repository, names[i]) && names[i][0] != '.'
            && !g_file_test(path, G_FILE_TEST_IS_DIR) && !vdi_file_remove(path, error)) {
            return false;
        }
    }
    return true;
}

bool vdi_trust_repository_finish(VdiTrustRepository *repository, bool whole, GError **error)
{
    if (repository->incoming == NULL) {
        return true;
    }
    bool done = write_collected(repository, ROOTS, error)
        && (!whole
            || (write_collected(repository, WHAT_IS_ANNOUNCED, error)
                && write_collected(repository, TIMESTAMP, error)
                && remove_others(repository, error)));

    g_ptr_array_set_size(repository->collected, 0);
    return done;
}
