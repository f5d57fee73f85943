/* SPDX-License-Identifier: Apache-2.0 */
#include "ui/servers.h"

#include "base/error.h"
#include "base/file.h"
#include "base/text.h"

enum { FILE_MAX_BYTES = 65536 };

void vdi_server_free(VdiServer *server)
{
    if (server != NULL) {
        g_free(server->address);
        g_free(server->user);
        g_free(server->name);
        g_free(server->organisation);
        g_free(server);
    }
}

char *vdi_servers_path(void)
{
    return g_build_filename(g_get_user_state_dir(), "vdi", "servers", NULL);
}

static char *text_of(GKeyFile *file, const char *group, const char *key)
{
    char *text = g_key_file_get_string(file, group, key, NULL);

    return text != NULL ? text : g_strdup("");
}

static GPtrArray *parse(GBytes *bytes, const char *path, GError **error)
{
    g_autoptr(GPtrArray) servers = g_ptr_array_new_with_free_func((GDestroyNotify) vdi_server_free);
    g_autoptr(GKeyFile) file = g_key_file_new();
    g_autoptr(GError) local = NULL;

    if (!g_key_file_load_from_bytes(file, bytes, G_KEY_FILE_NONE, &local)) {
        g_autofree char *shown = vdi_text_clean(local->message);

        g_set_error(error, VDI_SETTINGS_ERROR, VDI_SETTINGS_ERROR_FORMAT, "%s: %s", path, shown);
        return NULL;
    }
    g_auto(GStrv) groups = g_key_file_get_groups(file, NULL);

    for (size_t i = 0; groups[i] != NULL && i < VDI_SERVERS_MAX; i++) {
        VdiServer *server = g_new0(VdiServer, 1);
        g_autofree char *used = text_of(file, groups[i], "used");

        g_ptr_array_add(servers, server);
        server->address = text_of(file, groups[i], "address");
        server->user = text_of(file, groups[i], "user");
        server->name = g_key_file_get_string(file, groups[i], "name", NULL);
        if (*server->address == '\0') {
            g_set_error(error, VDI_SETTINGS_ERROR, VDI_SETTINGS_ERROR_KEY,
                "%s: a server without an address", path);
            return NULL;
        }
        if (!vdi_text_read_time(used, &server->used_at)) {
            server->used_at = 0; /* unknown, and shown so */
        }
    }
    return g_steal_pointer(&servers);
}

GPtrArray *vdi_servers_read(const char *path, GError **error)
{
    g_autoptr(GError) local = NULL;
    g_autoptr(GBytes) bytes = vdi_file_read(path, FILE_MAX_BYTES, &local);

    if (bytes != NULL) {
        return parse(bytes, path, error);
    }
    if (g_error_matches(local, VDI_FILE_ERROR, VDI_FILE_ERROR_ABSENT)) {
        return g_ptr_array_new_with_free_func((GDestroyNotify) vdi_server_free);
    }
    g_propagate_error(error, g_steal_pointer(&local));
    return NULL;
}

/* ---- what organisations bring ---- */

/* Takes `server`. */
static void add_brought(GPtrArray *servers, VdiServer *server, const char *organisation)
{
    for (guint i = 0; i < servers->len; i++) {
        VdiServer *known = g_ptr_array_index(servers, i);

        if (g_str_equal(known->address, server->address)) {
            g_free(known->name);
            g_free(known->organisation);
            known->name = g_steal_pointer(&server->name);
            known->organisation = g_strdup(organisation);
            vdi_server_free(server);
            return;
        }
    }
    server->organisation = g_strdup(organisation);
    g_ptr_array_add(servers, server);
}

void vdi_servers_add_brought(GPtrArray *servers, const VdiPaths *paths)
{
    g_autofree char *folder = g_build_filename(paths->config, "orgs", NULL);
    g_auto(GStrv) names = vdi_file_list(folder);

    for (size_t i = 0; names[i] != NULL; i++) {
        g_autofree char *path = g_build_filename(folder, names[i], "servers", NULL);
        g_autoptr(GBytes) bytes = !vdi_text_is_name(names[i]) ? NULL
            : paths->is_personal ? vdi_file_read(path, FILE_MAX_BYTES, NULL)
                                 : vdi_file_read_trusted(paths->root, path, FILE_MAX_BYTES, NULL);
        g_autoptr(GPtrArray) brought = bytes != NULL ? parse(bytes, path, NULL) : NULL;

        while (brought != NULL && brought->len > 0) {
            add_brought(servers, g_ptr_array_steal_index(brought, 0), names[i]);
        }
    }
}

/* ---- the person's own ---- */

static bool write_all(const char *path, GPtrArray *servers, GError **error)
{
    g_autoptr(GKeyFile) file = g_key_file_new();

    for (size_t i = 0; i < servers->len && i < VDI_SERVERS_MAX; i++) {
        const VdiServer *server = g_ptr_array_index(servers, i);
        g_autofree char *group = g_strdup_printf("server %zu", i + 1);
        g_autofree char *used = vdi_text_time(server->used_at);

        g_key_file_set_string(file, group, "address", server->address);
        g_key_file_set_string(file, group, "user", server->user);
        g_key_file_set_string(file, group, "used", used);
    }
    g_autofree char *text = g_key_file_to_data(file, NULL, NULL);

    return vdi_file_write_text(path, text, 0600, error);
}

static GPtrArray *read_without(const char *path, const char *address, GError **error)
{
    GPtrArray *servers = vdi_servers_read(path, error);

    for (size_t i = servers != NULL ? servers->len : 0; i-- > 0;) {
        const VdiServer *server = g_ptr_array_index(servers, i);

        if (g_str_equal(server->address, address)) {
            g_ptr_array_remove_index(servers, (guint) i);
        }
    }
    return servers;
}

bool vdi_servers_remember(
    const char *path, const char *address, const char *user, int64_t now, GError **error)
{
    g_autoptr(GPtrArray) servers = read_without(path, address, error);

    if (servers == NULL) {
        return false;
    }
    VdiServer *server = g_new0(VdiServer, 1);

    server->address = g_strdup(address);
    server->user = g_strdup(user != NULL ? user : "");
    server->used_at = now;
    g_ptr_array_insert(servers, 0, server);
    return write_all(path, servers, error);
}

bool vdi_servers_forget(const char *path, const char *address, GError **error)
{
    g_autoptr(GPtrArray) servers = read_without(path, address, error);

    return servers != NULL && write_all(path, servers, error);
}
