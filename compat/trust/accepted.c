/* SPDX-License-Identifier: Apache-2.0 */
#include "compat/trust/accepted.h"

#include <string.h>

#include "base/json.h"
#include "compat/trust/role.h"
#include "compat/trust/search.h"

enum { NAME_MAX_BYTES = 1024, FORMAT = 2 };

static void file_free(gpointer data)
{
    VdiAcceptedFile *file = data;

    g_free(file->role);
    g_bytes_unref(file->bytes);
    g_free(file);
}

VdiAccepted *vdi_accepted_new(int64_t expires_at)
{
    VdiAccepted *accepted = g_new0(VdiAccepted, 1);

    accepted->expires_at = expires_at;
    accepted->files = g_ptr_array_new_with_free_func(file_free);
    return accepted;
}

void vdi_accepted_free(VdiAccepted *accepted)
{
    if (accepted != NULL) {
        g_ptr_array_unref(accepted->files);
        g_free(accepted);
    }
}

void vdi_accepted_add(VdiAccepted *accepted, const char *role, GBytes *bytes)
{
    VdiAcceptedFile *file = g_new0(VdiAcceptedFile, 1);

    file->role = g_strdup(role);
    file->bytes = g_bytes_ref(bytes);
    g_ptr_array_add(accepted->files, file);
}

GBytes *vdi_accepted_write(const VdiAccepted *accepted)
{
    g_autoptr(VdiJson) object = vdi_json_new_object();

    vdi_json_add_integer(object, "format", FORMAT);
    vdi_json_add_time(object, "expires", accepted->expires_at);
    VdiJson *files = vdi_json_add_array(object, "files");

    for (guint i = 0; i < accepted->files->len; i++) {
        const VdiAcceptedFile *file = g_ptr_array_index(accepted->files, i);
        VdiJson *row = vdi_json_add_object(files, NULL);
        size_t size = 0;
        const guchar *data = g_bytes_get_data(file->bytes, &size);
        g_autofree char *encoded = g_base64_encode(data, size);

        vdi_json_add_text(row, "role", file->role);
        vdi_json_add_text(row, "metadata", encoded);
    }
    char *text = vdi_json_print_pretty(object);

    return g_bytes_new_take(text, strlen(text));
}

static bool read_bytes(
    VdiAccepted *accepted, VdiJson *object, const char *member, const char *role, GError **error)
{
    g_autofree char *encoded = NULL;
    size_t size = 0;

    if (!vdi_json_text(object, member, 1, VDI_ACCEPTED_MAX_BYTES, &encoded, error)) {
        return false;
    }
    guchar *decoded = g_base64_decode(encoded, &size);
    g_autoptr(GBytes) bytes = g_bytes_new_take(decoded, size);

    vdi_accepted_add(accepted, role, bytes);
    return true;
}

static bool read_files(VdiAccepted *accepted, VdiJson *object, GError **error)
{
    VdiJson *files = NULL;

    if (!vdi_json_array(object, "files", 1, VDI_SEARCH_ROLES_MAX + 1, &files, error)) {
        return false;
    }
    for (size_t i = 0; i < vdi_json_length(files); i++) {
        VdiJson *row = vdi_json_element(files, i);
        g_autofree char *role = NULL;

        if (!vdi_json_text(row, "role", 1, NAME_MAX_BYTES, &role, error)
            || !read_bytes(accepted, row, "metadata", role, error) || !vdi_json_end(row, error)) {
            return false;
        }
    }
    return true;
}

VdiAccepted *vdi_accepted_read(GBytes *document, GError **error)
{
    g_autoptr(VdiAccepted) accepted = vdi_accepted_new(0);
    g_autoptr(VdiJson) object = vdi_json_parse(document, VDI_ACCEPTED_MAX_BYTES, error);
    int64_t format = 0;

    if (object == NULL || !vdi_json_integer(object, "format", 1, FORMAT, &format, error)
        || !vdi_json_time(object, "expires", &accepted->expires_at, error)
        || !(format == 1
                ? read_bytes(accepted, object, "targets", vdi_role_name(VDI_ROLE_TARGETS), error)
                : read_files(accepted, object, error))
        || !vdi_json_end(object, error)) {
        return NULL;
    }
    return g_steal_pointer(&accepted);
}
