/* SPDX-License-Identifier: Apache-2.0 */
#include "compat/inventory/fleet_stream.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/error.h"
#include "base/file.h"
#include "compat/inventory/fleet_facts.h"
#include "compat/inventory/inventory.h"

typedef struct {
    char *path;
    bool is_of_folder; /* nobody named it: a pipe there is not waited for */
} Path;

struct VdiFleetStream {
    GPtrArray *paths; /* of Path; folders are spread out */
    guint next_path;
    VdiFd fd; /* of the path before; -1: none is open */
    bool is_at_end, is_first;
    GByteArray *kept; /* what was read of the next block already */
    bool is_skipping; /* to the next machine */
    size_t n_lines_lost;
    uint64_t taken, total;
    bool has_pipe;
};

void vdi_fleet_block_clear(VdiFleetBlock *block)
{
    g_clear_pointer(&block->text, g_free);
    g_clear_pointer(&block->failure, g_free);
}

/* ---- paths ---- */

static void path_free(void *data)
{
    Path *path = data;

    g_free(path->path);
    g_free(path);
}

static void take_file(
    VdiFleetStream *stream, char *path, const struct stat *status, bool is_of_folder)
{
    Path *added = g_new0(Path, 1);

    *added = (Path){path, is_of_folder};
    stream->total += S_ISREG(status->st_mode) ? (uint64_t) status->st_size : 0;
    g_ptr_array_add(stream->paths, added);
}

static bool add_folder(VdiFleetStream *stream, const char *folder, GError **error)
{
    g_auto(GStrv) names = vdi_file_names(folder, error);

    for (size_t i = 0; names != NULL && names[i] != NULL; i++) {
        char *path = g_build_filename(folder, names[i], NULL);
        struct stat status = {0};

        if (*names[i] == '.') {
            g_free(path);
            continue;
        }
        (void) stat(path, &status); /* what it is, is asked again when its turn comes */
        take_file(stream, path, &status, true);
    }
    return names != NULL;
}

static bool add_path(VdiFleetStream *stream, const char *path, GError **error)
{
    struct stat status = {0};
    bool is_input = strcmp(path, "-") == 0;

    if ((is_input ? fstat(STDIN_FILENO, &status) : stat(path, &status)) != 0) {
        int code = errno == ENOENT ? VDI_FILE_ERROR_ABSENT : VDI_FILE_ERROR_READ;

        g_set_error(error, VDI_FILE_ERROR, code, "%s: %s", path, g_strerror(errno));
        return false;
    }
    if (S_ISDIR(status.st_mode) && !is_input) {
        return add_folder(stream, path, error);
    }
    stream->has_pipe = stream->has_pipe || !S_ISREG(status.st_mode);
    take_file(stream, g_strdup(path), &status, false);
    return true;
}

VdiFleetStream *vdi_fleet_stream_open(const char *const *paths, GError **error)
{
    g_autoptr(VdiFleetStream) stream = g_new0(VdiFleetStream, 1);

    stream->paths = g_ptr_array_new_with_free_func(path_free);
    stream->kept = g_byte_array_new();
    stream->fd = -1;
    for (size_t i = 0; paths[i] != NULL; i++) {
        if (!add_path(stream, paths[i], error)) {
            return NULL;
        }
    }
    return g_steal_pointer(&stream);
}

static void close_path(VdiFleetStream *stream)
{
    if (stream->fd > STDIN_FILENO) {
        vdi_fd_close(stream->fd);
    }
    stream->fd = -1;
}

void vdi_fleet_stream_free(VdiFleetStream *stream)
{
    if (stream != NULL) {
        close_path(stream);
        g_clear_pointer(&stream->paths, g_ptr_array_unref);
        g_clear_pointer(&stream->kept, g_byte_array_unref);
        g_free(stream);
    }
}

uint64_t vdi_fleet_stream_taken(const VdiFleetStream *stream)
{
    return stream->taken;
}

uint64_t vdi_fleet_stream_total(const VdiFleetStream *stream)
{
    return stream->has_pipe ? 0 : stream->total;
}

/* By its first bytes, which are kept. */
static bool is_json(VdiFleetStream *stream)
{
    enum { LOOK_BYTES = 4096 };
    char bytes[LOOK_BYTES];
    ssize_t n = 0;

    do {
        n = read(stream->fd, bytes, sizeof bytes);
    } while (n < 0 && errno == EINTR);
    if (n > 0) { /* what went wrong goes wrong again */
        g_byte_array_append(stream->kept, (const guint8 *) bytes, (guint) n);
        stream->taken += (uint64_t) n;
    }
    for (ssize_t i = 0; i < n; i++) {
        if (strchr(" \t\r\n", bytes[i]) == NULL) {
            return bytes[i] == '{' || bytes[i] == '[';
        }
    }
    return false;
}

/* The rest of a machine that is written in another form, and of all of it lines. */
static bool import(VdiFleetStream *stream, char **ret_failure)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GBytes) rest =
        vdi_file_read_fd(stream->fd, VDI_INVENTORY_MAX_BYTES - stream->kept->len, &error);

    if (rest != NULL) {
        g_byte_array_append(
            stream->kept, g_bytes_get_data(rest, NULL), (guint) g_bytes_get_size(rest));
        stream->taken += g_bytes_get_size(rest);
    }
    g_autoptr(GBytes) bytes = g_bytes_new(stream->kept->data, stream->kept->len);
    g_autoptr(VdiInventory) inventory = rest != NULL ? vdi_inventory_read(bytes, &error) : NULL;
    g_autofree char *lines =
        inventory != NULL ? vdi_fleet_print(inventory->name, inventory->facts) : NULL;

    g_byte_array_set_size(stream->kept, 0);
    if (lines == NULL) {
        *ret_failure = g_strdup(error->message);
        return false;
    }
    g_byte_array_append(stream->kept, (const guint8 *) lines, (guint) strlen(lines));
    stream->is_at_end = true;
    return true;
}

static bool open_path(VdiFleetStream *stream, const Path *path, char **ret_failure)
{
    struct stat status;
    bool is_input = strcmp(path->path, "-") == 0 && !path->is_of_folder;
    int flags = O_RDONLY | O_CLOEXEC | O_NOCTTY | (path->is_of_folder ? O_NONBLOCK : 0);

    stream->fd = is_input ? STDIN_FILENO : open(path->path, flags);
    if (stream->fd < 0) {
        *ret_failure = g_strdup(g_strerror(errno));
        return false;
    }
    if (path->is_of_folder && (fstat(stream->fd, &status) != 0 || !S_ISREG(status.st_mode))) {
        close_path(stream);
        *ret_failure = g_strdup("not a file");
        return false;
    }
    (void) posix_fadvise(stream->fd, 0, 0, POSIX_FADV_SEQUENTIAL);
    if (is_json(stream) && !import(stream, ret_failure)) {
        close_path(stream);
        return false;
    }
    return true;
}

/* ---- text ---- */

/* A capacity leaves room for the zero byte. */
static void make_room(VdiFleetBlock *block, size_t capacity)
{
    if (block->capacity != capacity) {
        block->text = g_realloc(block->text, capacity + 1);
        block->capacity = capacity;
    }
}

/* Where the last machine of the block begins, if another stands in front of it; else 0. */
static size_t last_machine(const VdiFleetBlock *block)
{
    for (size_t i = block->size; i-- > 1;) {
        if (block->text[i] == '@' && block->text[i - 1] == '\n') {
            return i;
        }
    }
    return 0;
}

/* Fills the block up. Ends `is_at_end`. */
static void fill(VdiFleetStream *stream, VdiFleetBlock *block)
{
    while (block->size < block->capacity && !stream->is_at_end) {
        ssize_t n = read(stream->fd, block->text + block->size, block->capacity - block->size);

        if (n < 0 && errno == EINTR) {
            continue;
        }
        if (n < 0) {
            block->failure = g_strdup(g_strerror(errno));
        }
        stream->is_at_end = n <= 0;
        block->size += n > 0 ? (size_t) n : 0;
        stream->taken += n > 0 ? (size_t) n : 0;
    }
}

static void keep_from(VdiFleetStream *stream, VdiFleetBlock *block, size_t begin)
{
    g_byte_array_set_size(stream->kept, 0);
    g_byte_array_append(
        stream->kept, (const guint8 *) block->text + begin, (guint) (block->size - begin));
    block->size = begin;
}

static size_t count_lines(const char *text, size_t size)
{
    size_t n = 0;

    for (size_t i = 0; i < size; i++) {
        n += text[i] == '\n';
    }
    return n;
}

/* What is here of a machine that was too large goes. */
static void skip(VdiFleetStream *stream, VdiFleetBlock *block)
{
    const char *found = block->size > 0 ? memmem(block->text, block->size, "\n@", 2) : NULL;
    /* A line break that is the last byte here may have the next machine behind it. */
    size_t kept = !stream->is_at_end && block->size > 0 ? 1 : 0;
    size_t lost = found != NULL ? (size_t) (found + 1 - block->text) : block->size - kept;

    stream->n_lines_lost += count_lines(block->text, lost);
    memmove(block->text, block->text + lost, block->size - lost);
    block->size -= lost;
    stream->is_skipping = found == NULL && !stream->is_at_end;
}

/* The line in which it was cut off counts as read already. */
static void skip_machine(VdiFleetStream *stream, VdiFleetBlock *block)
{
    while (stream->is_skipping) {
        skip(stream, block);
        fill(stream, block);
    }
    stream->n_lines_lost -= stream->n_lines_lost > 0 ? 1 : 0;
}

/* As much as makes at least one whole machine, or the ceiling, or the end. */
static void read_block(VdiFleetStream *stream, VdiFleetBlock *block)
{
    block->size = stream->kept->len;
    if (block->size > 0) {
        memcpy(block->text, stream->kept->data, block->size);
    }
    g_byte_array_set_size(stream->kept, 0);
    fill(stream, block);
    if (stream->is_skipping) {
        skip_machine(stream, block);
    }
    while (!stream->is_at_end && last_machine(block) == 0
        && block->capacity < VDI_FLEET_MACHINE_MAX_BYTES) {
        make_room(block, block->capacity * 2);
        fill(stream, block);
    }
    if (stream->is_at_end) {
        return;
    }
    size_t begin = last_machine(block);

    if (begin > 0) {
        keep_from(stream, block, begin);
        return;
    }
    /* Cut within a line, always: so lines are counted rightly, and no head line is overlooked. */
    keep_from(stream, block, block->size - (block->text[block->size - 1] == '\n' ? 1 : 0));
    block->is_cut = true;
    stream->is_skipping = true;
}

static bool next_path(VdiFleetStream *stream, VdiFleetBlock *block)
{
    const Path *path = g_ptr_array_index(stream->paths, stream->next_path++);

    stream->is_at_end = false;
    stream->is_first = true;
    stream->is_skipping = false;
    g_byte_array_set_size(stream->kept, 0);
    return open_path(stream, path, &block->failure);
}

bool vdi_fleet_stream_next(VdiFleetStream *stream, VdiFleetBlock *block)
{
    g_clear_pointer(&block->failure, g_free);
    block->size = 0;
    block->is_cut = false;
    block->is_first = false;
    if (stream->fd < 0) {
        if (stream->next_path == stream->paths->len) {
            return false;
        }
        block->is_first = true;
        (void) next_path(stream, block);
    }
    const Path *path = g_ptr_array_index(stream->paths, stream->next_path - 1);

    block->path = path->path;
    stream->n_lines_lost = 0;
    make_room(block, MAX(VDI_FLEET_BLOCK_BYTES, stream->kept->len));
    if (stream->fd >= 0) {
        read_block(stream, block);
    }
    block->n_lines_lost = stream->n_lines_lost;
    block->text[block->size] = '\0';
    if (stream->fd >= 0 && stream->is_at_end) {
        close_path(stream);
    }
    return true;
}
