/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "base/file.h"
#include "base/process.h"
#include "compat/inventory/inventory.h"
#include "tests/compat/guard/guard_support.h"
#include "tests/compat/rules/incident.h"
#include "tests/support/check.h"

/* Every incident through the commands that people type: each machine of its table, written down,
 * is asked about with vdi-guard check; each manifest is shown to vdi-manifest lint. */

enum { OUTPUT_BYTES = 1024 * 1024, DEADLINE_MS = 20000 };

/* Exit statuses of vdi-guard check. */
enum { CLEAN = 0, BREAKS = 80 };

/* Stdout and stderr in one; NULL, and the test fails, when it cannot be run. */
static char *run(const char *const *argv, int *ret_status)
{
    const VdiProcessOptions options = {NULL, NULL, OUTPUT_BYTES, DEADLINE_MS};
    g_auto(VdiProcessResult) result = {0};
    g_autoptr(GError) error = NULL;

    if (!vdi_process_run(argv, &options, &result, &error)) {
        CHECK_NO_ERROR(error);
        return NULL;
    }
    g_autofree char *output =
        g_strndup(g_bytes_get_data(result.output, NULL), g_bytes_get_size(result.output));

    *ret_status = result.status;
    return g_strconcat(output, result.errors, NULL);
}

/* The example as if it were of today: all of them have expired. */
static char *manifest_in_force(const VdiPaths *paths, const char *id)
{
    g_autofree char *file = incident_path(INCIDENT_EXAMPLES, id);
    g_autoptr(GBytes) bytes = vdi_file_read(file, VDI_MANIFEST_MAX_BYTES, NULL);
    g_autoptr(GRegex) expires = g_regex_new("\"expires\": \"[^\"]*\"", 0, 0, NULL);

    if (bytes == NULL) {
        return NULL;
    }
    g_autofree char *text = g_regex_replace_literal(expires, g_bytes_get_data(bytes, NULL),
        (gssize) g_bytes_get_size(bytes), 0, "\"expires\": \"2037-01-01T00:00:00Z\"", 0, NULL);

    guard_write(paths, "/manifest.json", text);
    return vdi_paths_below(paths, "/manifest.json");
}

/* The machine and what is about to change, as an inventory. */
static char *write_machine(const VdiPaths *paths, const IncidentCase *row)
{
    const VdiInventory inventory = {
        .name = (char *) "laptop", .facts = row->facts, .pending = row->change};
    g_autofree char *text = vdi_inventory_print(&inventory, VDI_INVENTORY_VIGIE);

    guard_write(paths, "/machine.json", text);
    return vdi_paths_below(paths, "/machine.json");
}

static bool names_all(const char *output, const char *names)
{
    g_auto(GStrv) each = g_strsplit(names, " ", -1);

    for (size_t i = 0; each[i] != NULL; i++) {
        if (strstr(output, each[i]) == NULL) {
            return false;
        }
    }
    return true;
}

static void ask(const VdiPaths *paths, const char *guard, const char *manifest, const char *id,
    const IncidentCase *row)
{
    g_autofree char *machine = write_machine(paths, row);
    const char *argv[] = {guard, "check", "--root", paths->root, "--manifest", manifest,
        "--inventory", machine, "--pending", "auto", NULL};
    bool is_broken = strcmp(row->before, "block") == 0 || *row->held != '\0';
    int status = 0;
    g_autofree char *output = run(argv, &status);
    g_autofree char *name =
        g_strdup_printf("%s, %s: exit status %d, and said: %s", id, row->name, status, output);

    CHECK_ROW(name, output != NULL && status == (is_broken ? BREAKS : CLEAN));
    CHECK_ROW(name, output != NULL && names_all(output, row->held));
    if (output != NULL && g_str_has_prefix(row->before, "unknown: ")) {
        CHECK_ROW(name, strstr(output, strrchr(row->before, ' ') + 1) != NULL);
    }
}

static void check_says_what_each_table_says(void)
{
    g_autoptr(VdiPaths) paths = guard_system();
    g_autofree char *guard = test_built("compat/vdi-guard");
    g_autoptr(GPtrArray) ids = incident_ids();

    for (guint i = 0; i < ids->len; i++) {
        const char *id = ids->pdata[i];
        g_autoptr(Incident) incident = incident_read(id);
        g_autofree char *manifest = manifest_in_force(paths, id);

        CHECK_ROW(id, manifest != NULL);
        for (guint k = 0; manifest != NULL && incident != NULL && k < incident->cases->len; k++) {
            ask(paths, guard, manifest, id, incident->cases->pdata[k]);
        }
    }
}

/* The incident that started it, on a machine as osquery's tables list it. */
static void the_incident_of_2011_as_osquery_lists_it(void)
{
    static const struct {
        const char *name, *programs, *update;
        int status;
    } rows[] = {
        {"one update", "{\"name\": \"VMware View Client\", \"version\": \"4.0.1.233023\"}",
            "KB2482017", BREAKS},
        {"the other", "{\"name\": \"VMware View Client\", \"version\": \"4.0.1.233023\"}",
            "KB2467023", BREAKS},
        {"an update that has nothing to do with it",
            "{\"name\": \"VMware View Client\", \"version\": \"4.0.1.233023\"}", "KB2454826",
            CLEAN},
        {"a newer client", "{\"name\": \"VMware View Client\", \"version\": \"4.6.0.366101\"}",
            "KB2482017", CLEAN},
        {"no such client", "{\"name\": \"Notepad\", \"version\": \"1.0\"}", "KB2482017", CLEAN},
    };
    g_autoptr(VdiPaths) paths = guard_system();
    g_autofree char *guard = test_built("compat/vdi-guard");
    g_autofree char *manifest = manifest_in_force(paths, "2011-02-view");
    g_autofree char *machine = vdi_paths_below(paths, "/osquery.json");

    for (size_t i = 0; manifest != NULL && i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *text = g_strdup_printf(
            "{\"os_version\": [{\"name\": \"Microsoft Windows 7\", \"version\": \"6.1.7601\","
            " \"platform\": \"windows\"}], \"patches\": [{\"hotfix_id\": \"KB2454826\"}],"
            " \"programs\": [%s]}",
            rows[i].programs);
        const char *argv[] = {guard, "what-if", "--root", paths->root, "--manifest", manifest,
            "--inventory", machine, rows[i].update, NULL};
        int status = 0;

        guard_write(paths, "/osquery.json", text);
        g_autofree char *output = run(argv, &status);

        CHECK_ROW(rows[i].name, output != NULL && status == rows[i].status);
    }
}

static void each_manifest_passes_lint(void)
{
    g_autofree char *tool = test_built("compat/vdi-manifest");
    g_autoptr(GPtrArray) ids = incident_ids();

    for (guint i = 0; i < ids->len; i++) {
        g_autofree char *file = incident_path(INCIDENT_EXAMPLES, ids->pdata[i]);
        const char *argv[] = {tool, "lint", file, NULL};
        int status = 0;
        g_autofree char *output = run(argv, &status);

        CHECK_ROW(file, output != NULL && status == 0 && strstr(output, "errors: 0") != NULL);
    }
}

const Test tests[] = {
    {"check says what each table says", check_says_what_each_table_says},
    {"the incident of 2011 as osquery lists it", the_incident_of_2011_as_osquery_lists_it},
    {"each manifest passes lint", each_manifest_passes_lint},
    TEST_END,
};
