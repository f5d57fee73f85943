/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/error.h"
#include "tests/compat/trust/scene.h"
#include "tests/support/check.h"

/* A store after something has happened to it: what was accepted loads, or nothing does, and says
 * why; never what somebody else has put there. The next refresh mends it. */

enum { NOBODY = 65534 };

static const char *const files[] = {"metadata/root.json", "metadata/timestamp.json",
    "metadata/snapshot.json", "metadata/targets.json", "compat.json", "accepted.json",
    "origin.json"};

static char *path_in(const Scene *scene, const char *name)
{
    return g_build_filename(scene->folder, "store", name, NULL);
}

/* ---- what happens to a file ---- */

static GBytes *read_file(const char *path)
{
    GBytes *bytes = vdi_file_read(path, 1 << 20, NULL);

    CHECK(bytes != NULL);
    return bytes != NULL ? bytes : g_bytes_new(NULL, 0);
}

static void cut(const char *path)
{
    g_autoptr(GBytes) bytes = read_file(path);

    CHECK(truncate(path, (off_t) g_bytes_get_size(bytes) / 2) == 0);
}

static void empty(const char *path)
{
    CHECK(truncate(path, 0) == 0);
}

static void zero(const char *path)
{
    g_autoptr(GBytes) bytes = read_file(path);
    size_t size = g_bytes_get_size(bytes);
    g_autoptr(GBytes) zeros = g_bytes_new_take(g_malloc0(size), size);

    CHECK(vdi_file_write(path, zeros, 0644, NULL));
}

static void flip(const char *path)
{
    g_autoptr(GBytes) bytes = read_file(path);
    size_t size = g_bytes_get_size(bytes);
    char *copy = g_memdup2(g_bytes_get_data(bytes, NULL), size);

    copy[size / 2] ^= 1;
    g_autoptr(GBytes) changed = g_bytes_new_take(copy, size);

    CHECK(vdi_file_write(path, changed, 0644, NULL));
}

static void take_away(const char *path)
{
    CHECK(unlink(path) == 0);
}

static void open_to_all(const char *path)
{
    CHECK(chmod(path, 0666) == 0);
}

static void give_away(const char *path)
{
    CHECK(chown(path, NOBODY, NOBODY) == 0);
}

static void link_to_a_copy(const char *path)
{
    g_autofree char *copy = g_strconcat(path, "-copy", NULL);

    CHECK(rename(path, copy) == 0 && symlink(copy, path) == 0);
}

static void put_a_fifo(const char *path)
{
    CHECK(unlink(path) == 0 && mkfifo(path, 0644) == 0);
}

static const struct {
    const char *name;
    void (*happen)(const char *path);
    bool is_mistrust, needs_root;
} damages[] = {
    {"cut", cut, false, false},
    {"empty", empty, false, false},
    {"zeroed", zero, false, false},
    {"one bit changed", flip, false, false},
    {"gone", take_away, false, false},
    {"a FIFO", put_a_fifo, false, false},
    {"all may write it", open_to_all, true, false},
    {"somebody else's", give_away, true, true},
    {"a link to a copy", link_to_a_copy, true, false},
};

/* ---- what must hold ---- */

static VdiTrustRepository *scene_repository(const Scene *scene)
{
    g_autofree char *root = g_build_filename(scene->folder, "placed-root.json", NULL);
    g_autofree char *store = g_build_filename(scene->folder, "store", NULL);

    return vdi_trust_repository_new(root, store);
}

/* Root 2 with other online keys, so that the stored root matters; two releases, so that there is
 * something to go back to. */
static Scene *followed(const char *name)
{
    Scene *scene = scene_new(name);
    SceneRole roles[VDI_N_ROLES];
    g_autofree char *first = NULL, *second = NULL;

    scene_release(scene, &(Release){.timestamp = 1, 1, 1, "first"});
    first = scene_refresh(scene, NULL);
    memcpy(roles, scene_roles, sizeof roles);
    roles[VDI_ROLE_TIMESTAMP].keys[0] = 5;
    roles[VDI_ROLE_SNAPSHOT].keys[0] = 6;
    scene_root(scene, 2, SCENE_LATER, roles, (const int[]){0, -1});
    scene_release(
        scene, &(Release){.timestamp = 2, 2, 2, "second", .timestamp_key = 5, .snapshot_key = 6});
    second = scene_refresh(scene, NULL);
    CHECK_TEXT(first, "first");
    CHECK_TEXT(second, "second");
    return scene;
}

static bool is_mended(const Scene *scene, const char *name)
{
    g_autofree char *path = path_in(scene, name);
    struct stat status;

    /* What vouches for a last good state need not be there. */
    if (lstat(path, &status) != 0) {
        return g_str_equal(name, "accepted.json");
    }
    return S_ISREG(status.st_mode) && (status.st_mode & 07777) == 0644
        && status.st_uid == geteuid();
}

static void check_damage(size_t file, size_t damage)
{
    g_autofree char *row = g_strdup_printf("%s, %s", files[file], damages[damage].name);
    g_autoptr(Scene) scene = followed(row);
    g_autofree char *path = path_in(scene, files[file]);
    g_autoptr(GError) error = NULL;

    damages[damage].happen(path);
    g_autofree char *loaded = scene_load(scene, &error);

    CHECK_ROW(row, loaded == NULL || g_str_equal(loaded, "second"));
    CHECK_ROW(row, (loaded == NULL) == (error != NULL));
    CHECK_ROW(row,
        loaded != NULL || !damages[damage].is_mistrust
            || g_error_matches(error, VDI_FILE_ERROR, VDI_FILE_ERROR_UNTRUSTED));
    g_autofree char *again = scene_refresh(scene, NULL);
    g_autofree char *then = scene_load(scene, NULL);

    CHECK_ROW(row, g_strcmp0(again, "second") == 0 && g_strcmp0(then, "second") == 0);
    CHECK_ROW(row, !scene->report.is_partial);
    CHECK_ROW(row, is_mended(scene, files[file]) || g_str_has_prefix(files[file], "accepted"));
}

static void a_damaged_store_loads_what_was_accepted_or_nothing(void)
{
    for (size_t file = 0; file < G_N_ELEMENTS(files); file++) {
        for (size_t damage = 0; damage < G_N_ELEMENTS(damages); damage++) {
            if (!damages[damage].needs_root || geteuid() == 0) {
                check_damage(file, damage);
            }
        }
    }
}

/* Timestamp and snapshot of the newest release are lost: what vouched before still does. */
static void what_was_accepted_before_outlives_the_newest_metadata(void)
{
    static const char *const lost[] = {"metadata/timestamp.json", "metadata/snapshot.json"};
    g_autoptr(Scene) scene = followed("outlives");

    scene_release(
        scene, &(Release){.timestamp = 3, 3, 3, "third", .timestamp_key = 5, .snapshot_key = 6});
    scene_put_text(scene, "3.targets.json", ""); /* the network goes down */
    CHECK(scene_refresh(scene, NULL) == NULL);
    for (size_t i = 0; i < G_N_ELEMENTS(lost); i++) {
        g_autofree char *path = path_in(scene, lost[i]);

        zero(path);
    }
    g_autofree char *loaded = scene_load(scene, NULL);

    CHECK_TEXT(loaded, "second");
    CHECK(scene->report.is_partial);
}

/* A whole repository of somebody else's, well signed, root and all. */
static void put_a_strangers_store(const Scene *scene, mode_t mode, uid_t owner)
{
    g_autoptr(Scene) stranger = scene_new("stranger");
    g_autofree char *got = NULL;

    scene_release(stranger, &(Release){.timestamp = 9, 9, 9, "forged"});
    got = scene_refresh(stranger, NULL);
    CHECK_TEXT(got, "forged");
    for (size_t i = 0; i < G_N_ELEMENTS(files); i++) {
        g_autofree char *from = path_in(stranger, files[i]);
        g_autofree char *to = path_in(scene, files[i]);
        g_autoptr(GBytes) bytes = vdi_file_read(from, 1 << 20, NULL);

        /* The root of trust itself is out of a stranger's reach. */
        if (bytes != NULL && !g_str_equal(files[i], "origin.json")) {
            CHECK(vdi_file_write(to, bytes, mode, NULL));
            CHECK(owner == 0 || chown(to, owner, (gid_t) owner) == 0);
        }
    }
}

static void a_root_that_others_could_write_is_not_believed(void)
{
    static const struct {
        const char *name;
        mode_t mode;
        uid_t owner;
    } rows[] = {
        {"all may write", 0666, 0}, {"the group may write", 0664, 0}, {"another's", 0644, NOBODY}};

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(Scene) scene = NULL;
        g_autoptr(GError) error = NULL;

        if (rows[i].owner != 0 && geteuid() != 0) {
            continue;
        }
        scene = followed(rows[i].name);
        put_a_strangers_store(scene, rows[i].mode, rows[i].owner);
        g_autofree char *loaded = scene_load(scene, &error);

        CHECK_ROW(rows[i].name, loaded == NULL);
        CHECK_ERROR(error, VDI_FILE_ERROR, VDI_FILE_ERROR_UNTRUSTED);
        g_autofree char *again = scene_refresh(scene, &error);

        CHECK_NO_ERROR(error);
        CHECK_TEXT(again, "second");
    }
}

/* A folder cannot be replaced by a file: the refresh says so, and goes on when it is gone. */
static void what_cannot_be_written_is_said_and_loses_nothing(void)
{
    for (size_t i = 0; i <= G_N_ELEMENTS(files); i++) {
        const char *name = i < G_N_ELEMENTS(files) ? files[i] : ".lock";
        g_autofree char *folder = g_strconcat("unwritable/", name, NULL);
        g_autoptr(Scene) scene = followed(folder);
        g_autofree char *path = path_in(scene, name);
        g_autofree char *inner = g_build_filename(path, "inner", NULL);
        g_autoptr(GError) error = NULL;
        SceneRole roles[VDI_N_ROLES];

        memcpy(roles, scene_roles, sizeof roles);
        scene_root(scene, 3, SCENE_LATER, roles, (const int[]){0, -1});
        scene_release(scene, &(Release){.timestamp = 1, 1, 3, "third"});
        vdi_trust_repository_free(scene->repository); /* and its lock */
        scene->repository = scene_repository(scene);
        CHECK_ROW(name, unlink(path) == 0 || errno == ENOENT);
        CHECK_ROW(name, vdi_file_write_text(inner, "x", 0644, NULL));
        g_autofree char *refused = scene_refresh(scene, &error);

        CHECK_ROW(name, refused == NULL && error != NULL && error->domain == VDI_FILE_ERROR);
        CHECK_ROW(name, unlink(inner) == 0 && rmdir(path) == 0);
        g_clear_error(&error);
        g_autofree char *then = scene_refresh(scene, &error);

        CHECK_NO_ERROR(error);
        CHECK_TEXT(then, "third");
    }
}

/* ---- two at once ---- */

/* A child that refreshes `times` times, and says how often that went well. */
static pid_t refresh_in_child(Scene *scene, int times)
{
    pid_t child = fork();

    if (child == 0) {
        for (int i = 0; i < times; i++) {
            g_autoptr(VdiTrustRepository) own = scene_repository(scene);
            g_autoptr(GBytes) target = NULL;

            if (!vdi_trust_refresh(own, &scene->source, VDI_TRUST_MANIFEST, scene->now, &target,
                    &scene->report, NULL)) {
                _exit(1);
            }
        }
        _exit(0);
    }
    return child;
}

static void two_refreshers_do_each_other_no_harm(void)
{
    g_autoptr(Scene) scene = scene_new("two");
    pid_t children[3];

    scene_release(scene, &(Release){.timestamp = 1, 1, 1, "text"});
    for (size_t i = 0; i < G_N_ELEMENTS(children); i++) {
        children[i] = refresh_in_child(scene, 5);
    }
    for (size_t i = 0; i < G_N_ELEMENTS(children); i++) {
        int status = -1;

        CHECK(waitpid(children[i], &status, 0) == children[i]);
        CHECK_INT(status, 0);
    }
    g_autofree char *loaded = scene_load(scene, NULL);

    CHECK_TEXT(loaded, "text");
}

static GBytes *hang(VdiTrustSource *source, const VdiTrustRequest *request, GError **error)
{
    (void) !write(STDOUT_FILENO, "", 1);
    pause();
    return NULL;
}

static void hang_free(VdiTrustSource *source)
{
}

/* One refresher asks a server that never answers, and is killed while it holds the lock. */
static void a_killed_refresher_holds_nobody_up(void)
{
    g_autoptr(Scene) scene = scene_new("killed");
    int said[2];
    char byte = 0;

    scene_release(scene, &(Release){.timestamp = 1, 1, 1, "text"});
    if (pipe(said) != 0) {
        CHECK(false);
        return;
    }
    pid_t child = fork();

    if (child == 0) {
        VdiTrustSource source = {hang, hang_free};
        GBytes *target = NULL;

        dup2(said[1], STDOUT_FILENO);
        _exit(vdi_trust_refresh(scene->repository, &source, VDI_TRUST_MANIFEST, scene->now, &target,
            &scene->report, NULL));
    }
    CHECK_INT(read(said[0], &byte, 1), 1);
    kill(child, SIGKILL);
    waitpid(child, NULL, 0);
    g_autoptr(GError) error = NULL;
    g_autofree char *got = scene_refresh(scene, &error);

    CHECK_NO_ERROR(error);
    CHECK_TEXT(got, "text");
    close(said[0]);
    close(said[1]);
}

const Test tests[] = {
    {"a damaged store loads what was accepted, or nothing",
        a_damaged_store_loads_what_was_accepted_or_nothing},
    {"what was accepted before outlives the newest metadata",
        what_was_accepted_before_outlives_the_newest_metadata},
    {"a root that others could write is not believed",
        a_root_that_others_could_write_is_not_believed},
    {"what cannot be written is said and loses nothing",
        what_cannot_be_written_is_said_and_loses_nothing},
    {"two refreshers do each other no harm", two_refreshers_do_each_other_no_harm},
    {"a killed refresher holds nobody up", a_killed_refresher_holds_nobody_up},
    TEST_END,
};
