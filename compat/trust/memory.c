/* SPDX-License-Identifier: Apache-2.0 */
#include "compat/trust/memory.h"

#include <string.h>

#include "base/fetch.h"
#include "base/file.h"
#include "base/json.h"
#include "compat/trust/source.h"

enum { ADDRESS_MAX = 2048, SHA256_DIGITS = 64 };

#define MEMORY_MAX_BYTES ((size_t) 128 * 1024)

static void server_clear(VdiTrustServer *server)
{
    g_free(server->address);
    g_free(server->failure);
    vdi_trust_server_forget(server);
}

static void server_free(gpointer data)
{
    server_clear(data);
    g_free(data);
}

static VdiTrustMemory *memory_new(void)
{
    VdiTrustMemory *memory = g_new0(VdiTrustMemory, 1);

    memory->servers = g_ptr_array_new_with_free_func(server_free);
    return memory;
}

void vdi_trust_memory_free(VdiTrustMemory *memory)
{
    if (memory != NULL) {
        g_ptr_array_unref(memory->servers);
        g_free(memory);
    }
}

/* ---- the file ---- */

static bool read_optional(VdiJson *json, const char *name, size_t max, char **ret_text)
{
    return !vdi_json_has(json, name) || vdi_json_text(json, name, 1, max, ret_text, NULL);
}

static bool is_digest(const char *text)
{
    return text == NULL
        || (strlen(text) == SHA256_DIGITS && strspn(text, "0123456789abcdef") == SHA256_DIGITS);
}

/* It goes onto a command line and into a header. */
static bool is_printable(const char *text)
{
    for (; text != NULL && *text != '\0'; text++) {
        if (*text < 0x20 || *text > 0x7e) {
            return false;
        }
    }
    return true;
}

static bool read_server(VdiTrustMemory *memory, VdiJson *json)
{
    VdiTrustServer *server = g_new0(VdiTrustServer, 1);

    g_ptr_array_add(memory->servers, server);
    return vdi_json_text(json, "address", 1, ADDRESS_MAX, &server->address, NULL)
        && read_optional(json, "etag", VDI_FETCH_VALIDATOR_MAX, &server->etag)
        && read_optional(json, "last-modified", VDI_FETCH_VALIDATOR_MAX, &server->last_modified)
        && read_optional(json, "sha256", SHA256_DIGITS, &server->sha256)
        && read_optional(json, "failure", SHA256_DIGITS, &server->failure)
        && vdi_json_time(json, "asked", &server->asked_at, NULL) && is_digest(server->sha256)
        && is_digest(server->failure) && is_printable(server->etag)
        && is_printable(server->last_modified) && vdi_json_end(json, NULL);
}

static bool read_memory(VdiTrustMemory *memory, VdiJson *json)
{
    VdiJson *servers = NULL;
    int64_t format = 0;

    if (!vdi_json_integer(json, "format", 1, 1, &format, NULL)
        || !vdi_json_time(json, "tried", &memory->tried_at, NULL)
        || !vdi_json_time(json, "succeeded", &memory->succeeded_at, NULL)
        || !vdi_json_integer(json, "failures", 0, G_MAXINT32, &memory->failures, NULL)
        || !vdi_json_integer(json, "wait", 0, VDI_FETCH_SECONDS_MAX, &memory->wait_seconds, NULL)
        || !vdi_json_array(json, "servers", 0, VDI_MEMORY_SERVERS_MAX, &servers, NULL)
        || !vdi_json_end(json, NULL)) {
        return false;
    }
    for (size_t i = 0; i < vdi_json_length(servers); i++) {
        VdiJson *server = vdi_json_element(servers, i);

        if (vdi_json_type(server) != VDI_JSON_OBJECT || !read_server(memory, server)) {
            return false;
        }
    }
    return true;
}

/* It may lie in a folder that a lesser user writes: no link is followed there. */
static GBytes *read_file(const char *path)
{
    g_autofree char *folder = g_path_get_dirname(path);
    g_autofree char *name = g_path_get_basename(path);
    g_autoptr(VdiTrustSource) source = vdi_trust_source_new_folder(folder);

    return vdi_trust_source_fetch(
        source, VDI_TRUST_METADATA, NULL, name, MEMORY_MAX_BYTES, NULL, NULL);
}

VdiTrustMemory *vdi_trust_memory_read(const char *path)
{
    g_autoptr(VdiTrustMemory) memory = memory_new();
    g_autoptr(GBytes) bytes = read_file(path);
    g_autoptr(VdiJson) json = bytes != NULL ? vdi_json_parse(bytes, MEMORY_MAX_BYTES, NULL) : NULL;

    if (json == NULL || vdi_json_type(json) != VDI_JSON_OBJECT || !read_memory(memory, json)) {
        return memory_new();
    }
    return g_steal_pointer(&memory);
}

static void add_optional(VdiJson *json, const char *name, const char *text)
{
    if (text != NULL) {
        vdi_json_add_text(json, name, text);
    }
}

bool vdi_trust_memory_write(const VdiTrustMemory *memory, const char *path, GError **error)
{
    g_autoptr(VdiJson) json = vdi_json_new_object();

    vdi_json_add_integer(json, "format", 1);
    vdi_json_add_time(json, "tried", memory->tried_at);
    vdi_json_add_time(json, "succeeded", memory->succeeded_at);
    vdi_json_add_integer(json, "failures", memory->failures);
    vdi_json_add_integer(json, "wait", memory->wait_seconds);
    VdiJson *servers = vdi_json_add_array(json, "servers");

    for (guint i = 0; i < memory->servers->len; i++) {
        const VdiTrustServer *server = memory->servers->pdata[i];
        VdiJson *row = vdi_json_add_object(servers, NULL);

        vdi_json_add_text(row, "address", server->address);
        add_optional(row, "etag", server->etag);
        add_optional(row, "last-modified", server->last_modified);
        add_optional(row, "sha256", server->sha256);
        add_optional(row, "failure", server->failure);
        vdi_json_add_time(row, "asked", server->asked_at);
    }
    g_autofree char *text = vdi_json_print_pretty(json);

    return vdi_file_write_text(path, text, 0644, error);
}

/* ---- servers ---- */

VdiTrustServer *vdi_trust_memory_server(VdiTrustMemory *memory, const char *address, int64_t now)
{
    VdiTrustServer *server = NULL;

    for (guint i = 0; i < memory->servers->len; i++) {
        VdiTrustServer *other = memory->servers->pdata[i];

        if (g_str_equal(other->address, address)) {
            server = g_ptr_array_steal_index(memory->servers, i);
            break;
        }
    }
    if (server == NULL) {
        server = g_new0(VdiTrustServer, 1);
        server->address = g_strndup(address, ADDRESS_MAX);
    }
    if (memory->servers->len == VDI_MEMORY_SERVERS_MAX) {
        g_ptr_array_remove_index(memory->servers, 0);
    }
    g_ptr_array_add(memory->servers, server);
    if (server->asked_at > now || now - server->asked_at >= VDI_MEMORY_VALIDATOR_SECONDS) {
        vdi_trust_server_forget(server);
    }
    return server;
}

bool vdi_trust_server_knows(const VdiTrustServer *server, GBytes *bytes)
{
    g_autofree char *sha256 = g_compute_checksum_for_bytes(G_CHECKSUM_SHA256, bytes);

    return (server->etag != NULL || server->last_modified != NULL)
        && g_strcmp0(server->sha256, sha256) == 0;
}

void vdi_trust_server_forget(VdiTrustServer *server)
{
    g_clear_pointer(&server->etag, g_free);
    g_clear_pointer(&server->last_modified, g_free);
    g_clear_pointer(&server->sha256, g_free);
    server->asked_at = 0;
}

void vdi_trust_server_keep(
    VdiTrustServer *server, GBytes *bytes, const char *etag, const char *last_modified, int64_t now)
{
    vdi_trust_server_forget(server);
    if (etag != NULL || last_modified != NULL) {
        server->etag = g_strdup(etag);
        server->last_modified = g_strdup(last_modified);
        server->sha256 = g_compute_checksum_for_bytes(G_CHECKSUM_SHA256, bytes);
        server->asked_at = now;
    }
}

bool vdi_trust_server_fails(VdiTrustServer *server, const char *sentence)
{
    g_autofree char *digest =
        sentence != NULL ? g_compute_checksum_for_string(G_CHECKSUM_SHA256, sentence, -1) : NULL;
    bool is_new = digest != NULL && g_strcmp0(digest, server->failure) != 0;

    g_free(server->failure);
    server->failure = g_steal_pointer(&digest);
    return is_new;
}
