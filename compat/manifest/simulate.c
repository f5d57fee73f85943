/* SPDX-License-Identifier: Apache-2.0 */
/* simulate: what a manifest, and an update, would do to a fleet. */
#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "base/program.h"
#include "base/text.h"
#include "compat/manifest/command.h"
#include "compat/manifest/draft.h"
#include "compat/simulation/progress.h"
#include "compat/simulation/simulation_run.h"
#include "compat/simulation/tally_print.h"

typedef struct {
    GStrv inventories, updates, update_files;
    char *at;
    gboolean json, csv;
} Options;

static void options_clear(Options *options)
{
    g_strfreev(options->inventories);
    g_strfreev(options->updates);
    g_strfreev(options->update_files);
    g_free(options->at);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Options, options_clear)

static bool read_plan(const Options *options, VdiPlan *plan, GError **error)
{
    for (size_t i = 0; options->updates != NULL && options->updates[i] != NULL; i++) {
        if (!vdi_plan_add(plan, options->updates[i], error)) {
            g_prefix_error(error, "--update: ");
            return false;
        }
    }
    for (size_t i = 0; options->update_files != NULL && options->update_files[i] != NULL; i++) {
        if (!vdi_plan_add_file(plan, options->update_files[i], error)) {
            return false;
        }
    }
    return true;
}

/* What --inventory names, then what else stands behind the manifest. */
static VdiFleetStream *open_fleet(const VdiCall *call, const Options *options, GError **error)
{
    g_autoptr(GPtrArray) paths = g_ptr_array_new();

    for (size_t i = 0; options->inventories != NULL && options->inventories[i] != NULL; i++) {
        g_ptr_array_add(paths, options->inventories[i]);
    }
    for (int i = 2; i < call->argc; i++) {
        g_ptr_array_add(paths, call->argv[i]);
    }
    if (paths->len == 0) {
        (void) vdi_call_fail_usage("--inventory FLEET is missing", error);
        return NULL;
    }
    g_ptr_array_add(paths, NULL);
    return vdi_fleet_stream_open((const char *const *) paths->pdata, error);
}

static void show_progress(uint64_t taken, void *user)
{
    vdi_progress_show(user, taken);
}

static void warn_of_mistakes(const GPtrArray *sentences, uint64_t n)
{
    for (guint i = 0; i < sentences->len; i++) {
        vdi_program_warn(g_ptr_array_index(sentences, i));
    }
    if (n > sentences->len) {
        g_autofree char *rest = g_strdup_printf(
            "and %" G_GUINT64_FORMAT " more that cannot be read", n - sentences->len);

        vdi_program_warn(rest);
    }
}

/* Why an item of the update may have changed nothing anywhere. */
static const char *why_untouched(const VdiPlanItem *item)
{
    if (vdi_plan_item_is_package(item)) {
        return item->new_from != NULL
            ? "none of these machines is of that system without it"
            : "none of these machines has it in an older version; a package that is new there is "
              "written +pkg:TYPE/DISTRIBUTOR/NAME@VERSION";
    }
    return strcmp(item->type, VDI_CHANGE_UPDATE) == 0
        ? "none of these machines lacks it (a KB is for Windows alone)"
        : "none of these machines has an older one";
}

static bool is_named(const VdiManifest *manifest, const VdiPlanItem *item)
{
    for (size_t i = 0; i < vdi_manifest_n_rules(manifest); i++) {
        const VdiRule *rule = vdi_manifest_rule(manifest, i);

        if (rule->when != NULL
            && vdi_condition_mentions(rule->when, NULL, item->type, item->name)) {
            return true;
        }
    }
    return false;
}

/* A zero that comes of a name that was mistyped must not look like good news. */
static void warn_of_untouched(const VdiSimulationResult *result)
{
    for (size_t i = 0; i < vdi_plan_n_items(result->plan); i++) {
        const VdiPlanItem *item = vdi_plan_item(result->plan, i);
        bool is_label = g_strcmp0(item->type, VDI_CHANGE_UPDATE) == 0;
        const char *why = !g_hash_table_contains(result->tally->touched, item) ? why_untouched(item)
            : is_label && !is_named(result->manifest, item)                    ? "no rule names it"
                                                                               : NULL;

        if (why != NULL) {
            g_autofree char *text = vdi_plan_item_text(item);
            g_autofree char *sentence =
                g_strdup_printf("--update %s changes nothing: %s", text, why);

            vdi_program_warn(sentence);
        }
    }
}

static bool simulate(VdiCall *call, const Options *options, const VdiManifest *manifest,
    const VdiPlan *plan, GError **error)
{
    g_autoptr(VdiFleetStream) stream = open_fleet(call, options, error);

    if (stream == NULL) {
        return false;
    }
    g_autoptr(VdiSimulation) simulation = vdi_simulation_new(manifest, plan, call->now);
    g_autoptr(VdiTally) tally = vdi_tally_new(vdi_manifest_n_rules(manifest));
    VdiProgress *progress = vdi_progress_new(vdi_fleet_stream_total(stream));
    g_autoptr(GPtrArray) sentences =
        vdi_simulation_run(simulation, stream, 0, tally, show_progress, progress);

    vdi_progress_free(progress);
    warn_of_mistakes(sentences, tally->unreadable);
    if (tally->all.machines == 0) {
        g_set_error_literal(
            error, VDI_HOST_ERROR, VDI_HOST_ERROR_FLEET, "there is no machine in it");
        return false;
    }
    const VdiSimulationResult result = {manifest, plan, call->now, tally};
    g_autofree char *report = options->json ? vdi_tally_print_json(&result)
        : options->csv                      ? vdi_tally_print_csv(&result)
                                            : vdi_tally_print_table(&result);

    warn_of_untouched(&result);
    fputs(report, stdout);
    call->status = tally->unreadable > 0 ? VDI_EXIT_DATA : VDI_EXIT_OK;
    return true;
}

bool vdi_manifest_command_simulate(VdiCall *call, GError **error)
{
    g_auto(Options) options = {0};
    const GOptionEntry entries[] = {
        {"inventory", 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &options.inventories,
            "machines: a fleet, an inventory, a folder of both, or - ; repeatable", "FLEET"},
        {"update", 0, 0, G_OPTION_ARG_STRING_ARRAY, &options.updates,
            "what an update would bring: NAME=VERSION where NAME is installed, +PURL@VERSION also "
            "where it is not, a KB or an advisory; repeatable",
            "NAME=VERSION"},
        {"update-file", 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &options.update_files,
            "the same, one a line", "FILE"},
        {"at", 0, 0, G_OPTION_ARG_STRING, &options.at, "as if it were then", "TIME"},
        {"json", 0, 0, G_OPTION_ARG_NONE, &options.json, "for programs", NULL},
        {"csv", 0, 0, G_OPTION_ARG_NONE, &options.csv, "for spreadsheets", NULL},
        G_OPTION_ENTRY_NULL,
    };
    g_autoptr(VdiPlan) plan = vdi_plan_new();

    if (!vdi_call_read(call, entries, NULL, 1, G_MAXINT, error)) {
        return false;
    }
    if (options.json && options.csv) {
        return vdi_call_fail_usage("--json or --csv, not both", error);
    }
    if (options.at != NULL && !vdi_text_read_time(options.at, &call->now)) {
        return vdi_call_fail_value("--at: a time as 2026-11-22T08:00:00Z is due", error);
    }
    g_autoptr(VdiManifest) manifest =
        read_plan(&options, plan, error) ? vdi_draft_or_manifest(call->argv[1], error) : NULL;

    return manifest != NULL && simulate(call, &options, manifest, plan, error);
}
