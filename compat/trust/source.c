/* SPDX-License-Identifier: Apache-2.0 */
#include "compat/trust/source.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

#include "base/error.h"
#include "base/file.h"
#include "base/text.h"

/* One path component as an address and as a file's name; appended to `out`. */
static bool append_component(GString *out, const char *component, GError **error)
{
    if (*component == '\0' || g_str_equal(component, ".") || g_str_equal(component, "..")) {
        g_autofree char *shown = vdi_text_quote(component);

        g_set_error(error, VDI_TRUST_ERROR, VDI_TRUST_ERROR_FORMAT,
            "%s: no name for a file can be made of it", shown);
        return false;
    }
    for (const char *p = component; *p != '\0'; p++) {
        if (g_ascii_isalnum(*p) || strchr("-._~", *p) != NULL) {
            g_string_append_c(out, *p);
        } else {
            g_string_append_printf(out, "%%%02X", (unsigned char) *p);
        }
    }
    return true;
}

char *vdi_trust_source_name(VdiTrustKind kind, const char *prefix, const char *name, GError **error)
{
    /* A role's name is one component, whatever it holds; a target's path may have several. */
    g_auto(GStrv) parts = g_strsplit(name, "/", kind == VDI_TRUST_TARGET ? -1 : 1);
    g_autoptr(GString) out = g_string_new(NULL);

    for (size_t i = 0; parts[i] != NULL; i++) {
        bool is_last = parts[i + 1] == NULL;
        g_autofree char *whole = is_last && prefix != NULL && *parts[i] != '\0'
            ? g_strdup_printf("%s.%s", prefix, parts[i])
            : g_strdup(parts[i]);

        if (!append_component(out, whole, error)) {
            return NULL;
        }
        g_string_append(out, is_last ? "" : "/");
    }
    if (out->len == 0) {
        g_set_error(error, VDI_TRUST_ERROR, VDI_TRUST_ERROR_FORMAT, "a file without a name");
        return NULL;
    }
    return g_string_free(g_steal_pointer(&out), false);
}

GBytes *vdi_trust_source_fetch(VdiTrustSource *source, VdiTrustKind kind, const char *prefix,
    const char *name, size_t max_bytes, GBytes *known, GError **error)
{
    g_autofree char *encoded = vdi_trust_source_name(kind, prefix, name, error);
    g_autoptr(GBytes) bytes = NULL;

    if (encoded == NULL) {
        return NULL;
    }
    const VdiTrustRequest request = {kind, encoded, max_bytes, known};

    bytes = source->fetch(source, &request, error);
    if (bytes == NULL) {
        return NULL;
    }
    if (g_bytes_get_size(bytes) > max_bytes) {
        g_set_error(error, VDI_TRUST_ERROR, VDI_TRUST_ERROR_HASH, "%s: more than %zu bytes",
            encoded, max_bytes);
        return NULL;
    }
    return g_steal_pointer(&bytes);
}

void vdi_trust_source_free(VdiTrustSource *source)
{
    if (source != NULL) {
        source->free(source);
    }
}

/* ---- a folder ---- */

typedef struct {
    VdiTrustSource source;
    char *folder;
} Folder;

static VdiTrustError translate(const GError *error)
{
    return g_error_matches(error, VDI_FILE_ERROR, VDI_FILE_ERROR_LARGE) ? VDI_TRUST_ERROR_HASH
                                                                        : VDI_TRUST_ERROR_SOURCE;
}

/* Whoever writes the folder may be less than whoever reads it: `apply` runs as root over what _vdi
 * left. So no link is followed below the folder, and nothing but a regular file is read. */
static VdiFd open_below(const char *folder, const char *name)
{
    g_auto(GStrv) parts = g_strsplit(name, "/", -1);
    g_auto(VdiFd) at = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

    for (size_t i = 0; at >= 0 && parts[i] != NULL; i++) {
        int kind = parts[i + 1] != NULL ? O_DIRECTORY : O_NONBLOCK | O_NOCTTY;
        VdiFd next = openat(at, parts[i], O_RDONLY | O_NOFOLLOW | O_CLOEXEC | kind);
        int saved = errno;

        vdi_fd_close(at);
        at = next;
        errno = saved;
    }
    VdiFd found = at;

    at = -1;
    return found;
}

static GBytes *folder_fetch(VdiTrustSource *source, const VdiTrustRequest *request, GError **error)
{
    Folder *self = (Folder *) source;
    g_auto(VdiFd) fd = open_below(self->folder, request->name);
    bool is_absent = fd < 0 && (errno == ENOENT || errno == ENOTDIR);
    const char *why = fd < 0 ? g_strerror(errno) : "not a regular file";
    g_autoptr(GError) local = NULL;
    GBytes *bytes = NULL;
    struct stat status;

    if (fd < 0 || fstat(fd, &status) != 0 || !S_ISREG(status.st_mode)) {
        g_set_error(error, VDI_TRUST_ERROR,
            is_absent ? VDI_TRUST_ERROR_MISSING : VDI_TRUST_ERROR_SOURCE, "%s/%s: %s", self->folder,
            request->name, why);
        return NULL;
    }
    bytes = vdi_file_read_fd(fd, request->max_bytes, &local);
    if (bytes == NULL) {
        g_set_error(error, VDI_TRUST_ERROR, (int) translate(local), "%s/%s: %s", self->folder,
            request->name, local->message);
    }
    return bytes;
}

static void folder_free(VdiTrustSource *source)
{
    Folder *self = (Folder *) source;

    g_free(self->folder);
    g_free(self);
}

VdiTrustSource *vdi_trust_source_new_folder(const char *folder)
{
    Folder *self = g_new0(Folder, 1);

    self->source = (VdiTrustSource){folder_fetch, folder_free};
    self->folder = g_strdup(folder);
    return &self->source;
}
