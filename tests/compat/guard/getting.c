/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/compat/guard/getting.h"

#include <string.h>

#include "base/file.h"
#include "compat/refresh.h"
#include "compat/store.h"
#include "tests/compat/guard/guard_support.h"
#include "tests/support/check.h"

static void write_below(const char *folder, const char *name, GBytes *bytes)
{
    g_autofree char *path = g_build_filename(folder, name, NULL);
    GError *error = NULL;

    CHECK(vdi_file_write(path, bytes, 0644, &error));
    CHECK_NO_ERROR(error);
}

Getting *getting_new(const char *name)
{
    Getting *getting = g_new0(Getting, 1);
    g_autofree char *orgs = NULL;

    getting->scene = scene_new(name);
    getting->web = web_new();
    getting->folder = g_build_filename(test_folder(), name, NULL);
    getting->now = SCENE_NOW;
    getting->paths = g_new0(VdiPaths, 1);
    getting->paths->root = g_strdup("");
    getting->paths->config = g_build_filename(getting->folder, "config", NULL);
    getting->paths->state = g_build_filename(getting->folder, "state", NULL);
    getting->paths->is_personal = true;
    orgs = g_build_filename(getting->paths->config, "orgs/example", NULL);
    write_below(orgs, "root.json", scene_get(getting->scene, "1.root.json"));
    return getting;
}

void getting_free(Getting *getting)
{
    if (getting != NULL) {
        web_free(getting->web);
        scene_free(getting->scene);
        vdi_paths_free(getting->paths);
        vdi_apply_report_clear(&getting->report);
        g_free(getting->folder);
        g_free(getting);
    }
}

void getting_configure(Getting *getting, const char *urls, const char *more)
{
    g_autofree char *text =
        g_strdup_printf("[organisation]\nurl = %s\nplain-http = true\n%s", urls, more);
    g_autoptr(GBytes) bytes = g_bytes_new(text, strlen(text));
    g_autofree char *orgs = g_build_filename(getting->paths->config, "orgs/example", NULL);

    write_below(orgs, "org.conf", bytes);
}

static void release(Getting *getting, int64_t version, const char *issued_at, const char *rules)
{
    g_autofree char *content =
        g_strdup_printf("{\"schema\": \"https://vigie.example/manifest/1\", \"id\": \"example\", "
                        "\"issued\": \"%s\", \"rules\": [%s]}",
            issued_at, rules);

    scene_release(getting->scene, &(Release){version, version, version, .content = content});
}

void getting_release(Getting *getting, int64_t version, const char *issued_at)
{
    release(getting, version, issued_at, "");
}

void getting_release_large(Getting *getting, int64_t version, int n_rules)
{
    g_autoptr(GString) rules = g_string_new(NULL);

    for (int i = 0; i < n_rules; i++) {
        g_autofree char *id = g_strdup_printf("R%d", i);
        g_autofree char *rule = guard_rule(id, "libexample1", "2.0", "2.1");

        g_string_append_printf(rules, "%s%s", i > 0 ? "," : "", g_strdelimit(rule, "'", '"'));
    }
    release(getting, version, "2027-01-01T00:00:00Z", rules->str);
}

void getting_publish(Getting *getting, const char *path, int64_t version)
{
    g_autofree char *tag = g_strdup_printf("\"t%d\"", (int) version);
    g_autofree char *head = g_strdup_printf("ETag: %s\r\n", tag);
    g_autofree char *condition = g_strdup_printf("If-None-Match: %s", tag);
    g_autofree char *timestamp = g_strconcat(path, "/timestamp.json", NULL);
    GHashTableIter iter;
    gpointer name = NULL, bytes = NULL;

    g_hash_table_iter_init(&iter, getting->scene->files);
    while (g_hash_table_iter_next(&iter, &name, &bytes)) {
        g_autofree char *at = g_strconcat(path, "/", name, NULL);

        web_put_file(getting->web, at, head, bytes);
    }
    web_spare(getting->web, timestamp, condition, head);
}

void getting_publish_folder(Getting *getting, const char *folder)
{
    GHashTableIter iter;
    gpointer name = NULL, bytes = NULL;

    g_hash_table_iter_init(&iter, getting->scene->files);
    while (g_hash_table_iter_next(&iter, &name, &bytes)) {
        write_below(folder, name, bytes);
    }
}

bool getting_refresh(Getting *getting)
{
    vdi_apply_report_clear(&getting->report);
    getting->report = (VdiApplyReport){0};
    web_forget(getting->web);
    return vdi_refresh_organisation(getting->paths, "example", getting->now, &getting->report);
}

int64_t getting_version(const Getting *getting)
{
    g_autoptr(VdiLimits) limits = vdi_limits_read(getting->paths);
    g_autoptr(VdiStore) store = vdi_store_open(getting->paths, "example", limits, getting->now);

    return store->organisation.version;
}

int getting_audited(const Getting *getting, const char *text)
{
    g_autofree char *path = g_build_filename(getting->paths->state, "audit.jsonl", NULL);
    g_autoptr(GBytes) bytes = vdi_file_read(path, 1 << 20, NULL);
    g_autofree char *all = bytes != NULL
        ? g_strndup(g_bytes_get_data(bytes, NULL), g_bytes_get_size(bytes))
        : g_strdup("");
    g_auto(GStrv) lines = g_strsplit(all, "\n", -1);
    int n = 0;

    for (size_t i = 0; lines[i] != NULL; i++) {
        n += strstr(lines[i], text) != NULL;
    }
    return n;
}

guint getting_n_problems(const Getting *getting)
{
    return getting->report.problems != NULL ? getting->report.problems->len : 0;
}
