/* SPDX-License-Identifier: Apache-2.0 */
#include "compat/host/dpkg_status.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include "base/error.h"
#include "base/file.h"
#include "base/text.h"
#include "compat/host/package_type.h"

enum { TEXT_MAX = 255 };

/* A stretch of the mapping. */
typedef struct {
    const char *at;
    size_t size;
} Span;

/* What is wanted of a stanza; absent ones have at == NULL. */
typedef enum { FIELD_PACKAGE, FIELD_STATUS, FIELD_VERSION, FIELD_ARCHITECTURE, FIELD_LAST } Field;

static const Span field_names[FIELD_LAST] = {
    {"Package", 7},
    {"Status", 6},
    {"Version", 7},
    {"Architecture", 12},
};

/* The third word of Status, and whether the package's files are there. */
static const struct {
    const char *name;
    bool counts, has_list; /* its files are there; dpkg may have a list of them */
} states[] = {
    {"installed", true, true},
    {"config-files", false, true},
    {"not-installed", false, false},
    {"half-installed", false, true},
    {"unpacked", true, true},
    {"half-configured", true, true},
    {"triggers-awaited", true, true},
    {"triggers-pending", true, true},
};

typedef struct {
    Span rest;
    size_t line; /* of the stanza being read */
    VdiDpkgVisitor visitor;
    void *user;
    size_t n_packages;
    size_t n_entries; /* these, and what dpkg still knows files of */
} Reader;

static bool fail(const Reader *reader, const char *what, GError **error)
{
    g_set_error(error, VDI_HOST_ERROR, VDI_HOST_ERROR_DATABASE, "line %zu: %s", reader->line, what);
    return false;
}

static bool span_is(Span span, const char *text)
{
    return strlen(text) == span.size && memcmp(span.at, text, span.size) == 0;
}

static Span trim(Span span)
{
    while (span.size > 0 && (*span.at == ' ' || *span.at == '\t')) {
        span.at++;
        span.size--;
    }
    while (span.size > 0 && (span.at[span.size - 1] == ' ' || span.at[span.size - 1] == '\t')) {
        span.size--;
    }
    return span;
}

static bool is_name(Span span)
{
    if (span.size == 0 || span.size > TEXT_MAX || !g_ascii_isalnum(span.at[0])) {
        return false;
    }
    for (size_t i = 0; i < span.size; i++) {
        if (!g_ascii_isalnum(span.at[i]) && strchr("+._-", span.at[i]) == NULL) {
            return false;
        }
    }
    return memchr(span.at, '\0', span.size) == NULL;
}

static bool is_version(Span span)
{
    for (size_t i = 0; i < span.size; i++) {
        if (!g_ascii_isgraph(span.at[i])) {
            return false;
        }
    }
    return span.size > 0 && span.size <= TEXT_MAX;
}

bool vdi_dpkg_is_name(const char *text)
{
    return is_name((Span){text, strlen(text)});
}

bool vdi_dpkg_is_version(const char *text)
{
    return is_version((Span){text, strlen(text)});
}

/* Does "install ok installed" say that the files are there? */
static bool read_state(Reader *reader, Span status, bool *ret_counts, GError **error)
{
    const char *last = memrchr(status.at, ' ', status.size);
    Span word = status;

    if (last != NULL) {
        word = (Span){last + 1, status.size - (size_t) (last + 1 - status.at)};
    }
    for (size_t i = 0; i < G_N_ELEMENTS(states); i++) {
        if (span_is(word, states[i].name)) {
            *ret_counts = states[i].counts;
            reader->n_entries += states[i].has_list ? 1 : 0;
            return true;
        }
    }
    return fail(reader, "a Status that dpkg does not write", error);
}

static bool take_stanza(Reader *reader, const Span *fields, GError **error)
{
    char name[TEXT_MAX + 1] = "", version[TEXT_MAX + 1] = "", arch[TEXT_MAX + 1] = "";
    bool counts = false;

    if (fields[FIELD_PACKAGE].at == NULL || fields[FIELD_STATUS].at == NULL) {
        return fail(reader, "an entry without Package or Status", error);
    }
    if (!read_state(reader, fields[FIELD_STATUS], &counts, error)) {
        return false;
    }
    if (!is_name(fields[FIELD_PACKAGE])) {
        return fail(reader, "a package's name that cannot be one", error);
    }
    if (!counts) {
        return true;
    }
    if (!is_version(fields[FIELD_VERSION]) || !is_name(fields[FIELD_ARCHITECTURE])) {
        return fail(reader, "an installed package without a version or an architecture", error);
    }
    if (++reader->n_packages > VDI_DPKG_PACKAGES_MAX) {
        return fail(reader, "more packages than allowed", error);
    }
    memcpy(name, fields[FIELD_PACKAGE].at, fields[FIELD_PACKAGE].size);
    memcpy(version, fields[FIELD_VERSION].at, fields[FIELD_VERSION].size);
    memcpy(arch, fields[FIELD_ARCHITECTURE].at, fields[FIELD_ARCHITECTURE].size);
    reader->visitor(name, version, arch, reader->user);
    return true;
}

static bool take_line(const Reader *reader, Span line, Span *fields, GError **error)
{
    const char *colon = memchr(line.at, ':', line.size);

    if (colon == NULL || colon == line.at) {
        return fail(reader, "a line that is no field", error);
    }
    Span name = {line.at, (size_t) (colon - line.at)};

    for (int i = 0; i < FIELD_LAST; i++) {
        if (name.size != field_names[i].size
            || memcmp(name.at, field_names[i].at, name.size) != 0) {
            continue;
        }
        if (fields[i].at != NULL) {
            return fail(reader, "a field twice", error);
        }
        fields[i] = trim((Span){colon + 1, line.size - name.size - 1});
        return true;
    }
    return true;
}

/* One entry: fields, continued by lines that begin with a blank, ended by an empty line. */
static bool read_stanza(Reader *reader, GError **error)
{
    Span fields[FIELD_LAST] = {{NULL, 0}};
    size_t n_lines = 0;

    while (reader->rest.size > 0) {
        const char *end = memchr(reader->rest.at, '\n', reader->rest.size);

        /* dpkg ends the last entry, too, by an empty line. */
        if (end == NULL
            || (end + 1 == reader->rest.at + reader->rest.size && end > reader->rest.at)) {
            return fail(reader, "the file is cut off", error);
        }
        Span line = {reader->rest.at, (size_t) (end - reader->rest.at)};

        reader->rest.at += line.size + 1;
        reader->rest.size -= line.size + 1;
        if (line.size == 0) {
            break;
        }
        bool continues = *line.at == ' ' || *line.at == '\t';

        if (continues && n_lines == 0) {
            return fail(reader, "a continued line that continues nothing", error);
        }
        if (!continues && !take_line(reader, line, fields, error)) {
            return false;
        }
        n_lines++;
    }
    if (n_lines > 0 && !take_stanza(reader, fields, error)) {
        return false;
    }
    reader->line += n_lines + 1;
    return true;
}

static bool visit_map(Reader *reader, GError **error)
{
    reader->line = 1;
    while (reader->rest.size > 0) {
        if (!read_stanza(reader, error)) {
            return false;
        }
    }
    return reader->n_packages > 0 || fail(reader, "no package is installed", error);
}

static bool visit_file(
    const char *path, VdiDpkgVisitor visitor, void *user, size_t *ret_n_entries, GError **error)
{
    g_auto(VdiFd) fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    struct stat status;

    if (fd < 0 || fstat(fd, &status) != 0 || !S_ISREG(status.st_mode) || status.st_size == 0
        || (size_t) status.st_size > VDI_DPKG_STATUS_MAX_BYTES) {
        g_set_error(error, VDI_HOST_ERROR, VDI_HOST_ERROR_DATABASE, "%s: %s", path,
            fd < 0 ? g_strerror(errno) : "empty, too large, or not a file");
        return false;
    }
    size_t size = (size_t) status.st_size;
    /* dpkg replaces the file by a rename: what is mapped stays whole. */
    char *map = mmap(NULL, size, PROT_READ, MAP_PRIVATE | MAP_POPULATE, fd, 0);

    if (map == MAP_FAILED) {
        g_set_error(
            error, VDI_HOST_ERROR, VDI_HOST_ERROR_DATABASE, "%s: %s", path, g_strerror(errno));
        return false;
    }
    Reader reader = {.rest = {map, size}, .visitor = visitor, .user = user};
    bool whole = visit_map(&reader, error);

    if (!whole) {
        g_prefix_error(error, "%s: ", path);
    }
    munmap(map, size);
    *ret_n_entries = reader.n_entries;
    return whole;
}

bool vdi_dpkg_status_visit(const char *path, VdiDpkgVisitor visitor, void *user, GError **error)
{
    size_t n_entries = 0;

    return visit_file(path, visitor, user, &n_entries, error);
}

/* What is cut between two entries looks whole. But dpkg keeps a list of the files of each, and
 * there are never more lists than entries, except while it works. */
static bool check_lists(const char *info, size_t n_entries, GError **error)
{
    g_autoptr(GDir) folder = g_dir_open(info, 0, NULL);
    const char *name = NULL;
    size_t n_lists = 0;

    while (folder != NULL && (name = g_dir_read_name(folder)) != NULL) {
        n_lists += g_str_has_suffix(name, ".list") ? 1 : 0;
    }
    if (n_lists > n_entries) {
        g_set_error(error, VDI_HOST_ERROR, VDI_HOST_ERROR_DATABASE,
            "%s: dpkg has the files of %zu packages and names %zu: its list is cut off, or it is "
            "at work",
            info, n_lists, n_entries);
    }
    return n_lists <= n_entries;
}

typedef struct {
    GPtrArray *texts; /* name, version, arch; name, … */
    GStringChunk *memory;
} Found;

static void remember(const char *name, const char *version, const char *arch, void *user)
{
    Found *found = user;

    g_ptr_array_add(found->texts, g_string_chunk_insert(found->memory, name));
    g_ptr_array_add(found->texts, g_string_chunk_insert(found->memory, version));
    g_ptr_array_add(found->texts, g_string_chunk_insert_const(found->memory, arch));
}

bool vdi_dpkg_status_read(
    const char *path, const char *info, const char *namespace, VdiFacts *facts, GError **error)
{
    g_autoptr(GPtrArray) texts = g_ptr_array_sized_new(8192);
    Found found = {texts, g_string_chunk_new(65536)};
    size_t n_entries = 0;
    bool whole = visit_file(path, remember, &found, &n_entries, error)
        && (info == NULL || check_lists(info, n_entries, error));

    for (size_t i = 0; whole && i < texts->len; i += 3) {
        (void) vdi_package_type_add(
            facts, "deb", namespace, texts->pdata[i], texts->pdata[i + 1], texts->pdata[i + 2]);
    }
    if (whole) {
        vdi_facts_set_packages_known(facts);
    }
    g_string_chunk_free(found.memory);
    return whole;
}
