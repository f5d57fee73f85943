/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/compat/trust/graph.h"

#include <string.h>

#include "base/file.h"
#include "tests/support/check.h"

#define FAR "2038-01-01T00:00:00Z"

enum { FIRST_KEY = 4, STRANGERS_KEY = 11 };

static char *keyid_of(const Scene *scene, int key)
{
    g_autoptr(VdiJson) public_key = vdi_private_key_public(scene->keys[key]);

    return vdi_key_id(public_key);
}

static bool is_named(const char *name, const char *role)
{
    return name != NULL && g_str_equal(name, role);
}

static int key_of(const SceneDelegation *delegation)
{
    return delegation->key != 0 ? delegation->key : FIRST_KEY;
}

static void write_paths(GString *out, const SceneDelegation *delegation)
{
    static const char *const all[] = {"*", NULL};
    const char *const *paths = delegation->paths[0] != NULL ? delegation->paths : all;

    g_string_append_printf(
        out, "\"%s\":[", delegation->member != NULL ? delegation->member : "paths");
    for (size_t i = 0; i < G_N_ELEMENTS(delegation->paths) && paths[i] != NULL; i++) {
        g_string_append_printf(out, "%s\"%s\"", i > 0 ? "," : "", paths[i]);
    }
    g_string_append_c(out, ']');
}

static void write_delegations(
    GString *out, const Scene *scene, const SceneGraph *graph, const char *role)
{
    g_autoptr(GString) keys = g_string_new(NULL);
    g_autoptr(GString) roles = g_string_new(NULL);
    unsigned written = 0; /* keys, a bit each */

    for (const SceneDelegation *row = graph->delegations; row->from != NULL; row++) {
        int key = key_of(row);
        g_autofree char *keyid = keyid_of(scene, key);
        g_autoptr(VdiJson) public_key = vdi_private_key_public(scene->keys[key]);
        g_autofree char *text = vdi_json_print(public_key);

        if (!g_str_equal(row->from, role)) {
            continue;
        }
        if ((written & (1u << key)) == 0) {
            g_string_append_printf(keys, "%s\"%s\":%s", keys->len > 0 ? "," : "", keyid, text);
            written |= 1u << key;
        }
        g_string_append_printf(roles,
            "%s{\"name\":\"%s\",\"keyids\":[\"%s\"],\"threshold\":%s,\"terminating\":%s,",
            roles->len > 0 ? "," : "", row->to, keyid,
            row->threshold != NULL ? row->threshold : "1", row->is_terminating ? "true" : "false");
        write_paths(roles, row);
        g_string_append_c(roles, '}');
    }
    if (roles->len > 0) {
        g_string_append_printf(
            out, ",\"delegations\":{\"keys\":{%s},\"roles\":[%s]}", keys->str, roles->str);
    }
}

static void write_targets(GString *out, Scene *scene, const SceneGraph *graph, const char *role)
{
    bool has_one = false;

    g_string_append(out, "\"targets\":{");
    for (const SceneTarget *row = graph->targets; row != NULL && row->role != NULL; row++) {
        g_autofree char *hash = g_compute_checksum_for_string(G_CHECKSUM_SHA256, row->content, -1);
        g_autofree char *name = vdi_trust_source_name(
            VDI_TRUST_TARGET, scene->has_plain_names ? NULL : hash, row->path, NULL);

        if (g_str_equal(row->role, role)) {
            g_string_append_printf(out, "%s\"%s\":{\"length\":%zu,\"hashes\":{\"sha256\":\"%s\"}}",
                has_one ? "," : "", row->path, strlen(row->content), hash);
            if (name
                != NULL) { /* a path that no address can be made of is announced all the same */
                scene_put_text(scene, name, row->content);
            }
            has_one = true;
        }
    }
    g_string_append_c(out, '}');
}

static void write_head(GString *out, const char *type, int64_t version, const char *expires)
{
    g_string_append_printf(out,
        "{\"_type\":\"%s\",\"spec_version\":\"1.0.31\",\"version\":%" G_GINT64_FORMAT
        ",\"expires\":\"%s\",",
        type, version, expires);
}

/* Publishes a role's file and announces it in `meta`. */
static void put_role(
    Scene *scene, const SceneGraph *graph, const char *role, int key, GString *meta)
{
    g_autoptr(GString) text = g_string_new(NULL);
    g_autofree char *plain = scene_name(scene, graph->version, role);
    g_autofree char *name = vdi_trust_source_name(VDI_TRUST_METADATA, NULL, plain, NULL);

    write_head(text, "targets", graph->version,
        is_named(graph->expired, role)    ? "2020-01-01T00:00:00Z"
            : is_named(graph->soon, role) ? "2027-01-16T00:00:00Z"
                                          : FAR);
    write_targets(text, scene, graph, role);
    write_delegations(text, scene, graph, role);
    g_string_append_c(text, '}');
    scene_put_signed(
        scene, name, text->str, is_named(graph->wrong_key, role) ? STRANGERS_KEY : key);
    if (is_named(graph->unlisted, role)) {
        return;
    }
    g_autofree char *hash = is_named(graph->wrong_hash, role)
        ? g_compute_checksum_for_string(G_CHECKSUM_SHA256, "other", -1)
        : g_compute_checksum_for_bytes(G_CHECKSUM_SHA256, scene_get(scene, name));

    g_string_append_printf(meta,
        "%s\"%s.json\":{\"version\":%" G_GINT64_FORMAT ",\"hashes\":{\"sha256\":\"%s\"}}",
        meta->len > 0 ? "," : "", role, graph->version, hash);
}

static bool is_first(const SceneGraph *graph, const SceneDelegation *row)
{
    for (const SceneDelegation *before = graph->delegations; before < row; before++) {
        if (g_str_equal(before->to, row->to)) {
            return false;
        }
    }
    return true;
}

void scene_graph(Scene *scene, const SceneGraph *graph)
{
    g_autoptr(GString) meta = g_string_new(NULL);
    g_autoptr(GString) snapshot = g_string_new(NULL);
    g_autoptr(GString) timestamp = g_string_new(NULL);
    g_autofree char *snapshot_name = scene_name(scene, graph->version, "snapshot");

    put_role(scene, graph, "targets", 3, meta);
    for (const SceneDelegation *row = graph->delegations; row->from != NULL; row++) {
        if (is_first(graph, row)) {
            put_role(scene, graph, row->to, key_of(row), meta);
        }
    }
    write_head(snapshot, "snapshot", graph->version, FAR);
    g_string_append_printf(snapshot, "\"meta\":{%s}}", meta->str);
    scene_put_signed(scene, snapshot_name, snapshot->str, 2);
    write_head(timestamp, "timestamp", graph->version, FAR);
    g_string_append_printf(timestamp,
        "\"meta\":{\"snapshot.json\":{\"version\":%" G_GINT64_FORMAT "}}}", graph->version);
    scene_put_signed(scene, "timestamp.json", timestamp->str, 1);
}

Scene *graph_machine(const char *name, bool has_plain_names)
{
    Scene *scene = scene_new(name);

    if (has_plain_names) {
        g_autofree char *path = g_build_filename(scene->folder, "placed-root.json", NULL);

        scene->has_plain_names = true;
        scene_root(scene, 1, SCENE_LATER, scene_roles, (const int[]){0, -1});
        CHECK(vdi_file_write(path, scene_get(scene, "1.root.json"), 0644, NULL));
    }
    return scene;
}

char *graph_visited(const Scene *scene)
{
    g_autoptr(GString) out = g_string_new(NULL);

    for (guint i = 0; i < scene->requests->len; i++) {
        const char *name = g_ptr_array_index(scene->requests, i);
        const char *role = scene->has_plain_names ? name : strchr(name, '.') + 1;

        if (g_str_has_suffix(name, ".json") && strlen(role) == strlen("A.json")) {
            g_string_append_printf(out, "%s%c", out->len > 0 ? " " : "", *role);
        }
    }
    return g_string_free(g_steal_pointer(&out), false);
}
