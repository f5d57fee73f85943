/* SPDX-License-Identifier: Apache-2.0 */
#include "compat/host/hook_stream.h"

#include <stdbool.h>
#include <string.h>

#include "base/error.h"
#include "base/text.h"
#include "compat/host/dpkg_status.h"

typedef struct {
    const char *namespace;
    int version;
    size_t line;
    GHashTable *seen; /* "name arch" → new version: one package is unpacked once */
    VdiChange *change;
} Reader;

/* One action line, taken apart. Borrowed from it. */
typedef struct {
    const char *name, *old, *old_arch, *direction, *new, *new_arch, *action;
} Action;

static bool fail(const Reader *reader, const char *what, GError **error)
{
    g_set_error(error, VDI_HOST_ERROR, VDI_HOST_ERROR_STREAM, "line %zu: %s", reader->line, what);
    return false;
}

static bool is_none(const char *field)
{
    return strcmp(field, "-") == 0;
}

static bool is_escaped_well(const char *text)
{
    for (const char *at = strchr(text, '%'); at != NULL; at = strchr(at + 1, '%')) {
        if (!g_ascii_isxdigit(at[1]) || !g_ascii_isxdigit(at[2])) {
            return false;
        }
    }
    return true;
}

static bool read_setting(const Reader *reader, const char *line, GError **error)
{
    const char *equals = strchr(line, '=');

    if (equals == NULL || equals == line) {
        return fail(reader, "a setting without a name or a value", error);
    }
    return is_escaped_well(line) || fail(reader, "a % that escapes nothing", error);
}

/* Cuts the next field off; the action is what is left, blanks included. */
static const char *next_field(char **rest)
{
    char *field = *rest, *blank = field != NULL ? strchr(field, ' ') : NULL;

    if (blank != NULL) {
        *blank = '\0';
    }
    *rest = blank != NULL ? blank + 1 : NULL;
    return field;
}

static bool is_multi_arch_word(const char *word)
{
    static const char *const words[] = {"same", "foreign", "allowed", "none", "no", NULL};

    return g_strv_contains(words, word);
}

/* name old old-arch old-ma dir new new-arch new-ma action; version 2 has no -arch and no -ma. */
static bool split_action(const Reader *reader, char *line, Action *action, GError **error)
{
    const char *fields[8] = {NULL};
    size_t n_fields = reader->version == 3 ? 8 : 4;
    char *rest = line;

    for (size_t i = 0; i < n_fields; i++) {
        fields[i] = next_field(&rest);
        if (fields[i] == NULL || *fields[i] == '\0') {
            return fail(reader, "a field is missing", error);
        }
    }
    if (rest == NULL || *rest == '\0') {
        return fail(reader, "no action", error);
    }
    if (reader->version == 3) {
        *action = (Action){fields[0], fields[1], fields[2], fields[4], fields[5], fields[6], rest};
        if (!is_multi_arch_word(fields[3]) || !is_multi_arch_word(fields[7])) {
            return fail(reader, "not a word of Multi-Arch", error);
        }
    } else {
        *action = (Action){fields[0], fields[1], "-", fields[2], fields[3], "-", rest};
    }
    return true;
}

static bool check_action(const Reader *reader, const Action *action, GError **error)
{
    if (!vdi_dpkg_is_name(action->name)) {
        return fail(reader, "a package's name that cannot be one", error);
    }
    if (!vdi_dpkg_is_version(action->old) || !vdi_dpkg_is_version(action->new)) {
        return fail(reader, "a version that cannot be one", error);
    }
    if ((!is_none(action->old_arch) && !vdi_dpkg_is_name(action->old_arch))
        || (!is_none(action->new_arch) && !vdi_dpkg_is_name(action->new_arch))) {
        return fail(reader, "an architecture that cannot be one", error);
    }
    if (strlen(action->direction) != 1 || strchr("<>=", *action->direction) == NULL) {
        return fail(reader, "a direction other than < > =", error);
    }
    return true;
}

static const char *known_arch(const char *arch)
{
    return is_none(arch) ? NULL : arch;
}

static bool add_unpack(Reader *reader, const Action *action, GError **error)
{
    if (is_none(action->new) || *action->action != '/') {
        return fail(reader, "something to unpack without a version or a file", error);
    }
    g_autofree char *key = g_strconcat(action->name, " ", action->new_arch, NULL);
    const char *before = g_hash_table_lookup(reader->seen, key);
    bool moves = !is_none(action->old) && strcmp(action->old_arch, action->new_arch) != 0;

    if (before != NULL) {
        return strcmp(before, action->new) == 0 || fail(reader, "one package, two versions", error);
    }
    g_hash_table_insert(reader->seen, g_steal_pointer(&key), g_strdup(action->new));
    if (moves) {
        vdi_change_add(reader->change, "deb", reader->namespace, action->name,
            known_arch(action->old_arch), action->old, NULL, false);
    }
    vdi_change_add(reader->change, "deb", reader->namespace, action->name,
        known_arch(action->new_arch), moves || is_none(action->old) ? NULL : action->old,
        action->new, false);
    return true;
}

static bool read_action(Reader *reader, char *line, GError **error)
{
    Action action;

    if (!split_action(reader, line, &action, error) || !check_action(reader, &action, error)) {
        return false;
    }
    if (strcmp(action.action, "**CONFIGURE**") == 0) {
        return true;
    }
    if (strcmp(action.action, "**REMOVE**") != 0) {
        return add_unpack(reader, &action, error);
    }
    if (is_none(action.old)) {
        return fail(reader, "a removal of what is not there", error);
    }
    vdi_change_add(reader->change, "deb", reader->namespace, action.name,
        known_arch(action.old_arch), action.old, NULL, false);
    return true;
}

static bool read_version(Reader *reader, const char *line, GError **error)
{
    if (strcmp(line, "VERSION 2") == 0 || strcmp(line, "VERSION 3") == 0) {
        reader->version = line[8] - '0';
        return true;
    }
    return fail(reader,
        g_str_has_prefix(line, "VERSION ") ? "a version of the protocol that is unknown here"
                                           : "version 1 of the protocol, which tells no versions",
        error);
}

static bool read_lines(Reader *reader, char *text, GError **error)
{
    bool in_settings = true;

    for (char *line = text; *line != '\0';) {
        char *end = strchr(line, '\n');

        reader->line++;
        if (end == NULL) {
            return fail(reader, "the stream is cut off", error);
        }
        if (reader->line > VDI_HOOK_STREAM_LINES_MAX) {
            return fail(reader, "more lines than allowed", error);
        }
        *end = '\0';
        if (reader->line == 1) {
            if (!read_version(reader, line, error)) {
                return false;
            }
        } else if (in_settings && *line == '\0') {
            in_settings = false;
        } else if (!(in_settings ? read_setting(reader, line, error)
                                 : read_action(reader, line, error))) {
            return false;
        }
        line = end + 1;
    }
    return !in_settings || fail(reader, "the stream ends before its actions", error);
}

VdiChange *vdi_hook_stream_read(GBytes *stream, const char *namespace, GError **error)
{
    size_t size = 0;
    const char *data = g_bytes_get_data(stream, &size);
    g_autoptr(GHashTable) seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    g_autoptr(VdiChange) change = vdi_change_new();
    Reader reader = {.namespace = namespace, .seen = seen, .change = change};

    if (size == 0 || size > VDI_HOOK_STREAM_MAX_BYTES || memchr(data, '\0', size) != NULL) {
        fail(&reader, size == 0 ? "nothing was said" : "too large, or a NUL in it", error);
        return NULL;
    }
    g_autofree char *text = g_strndup(data, size);

    return read_lines(&reader, text, error) ? g_steal_pointer(&change) : NULL;
}
