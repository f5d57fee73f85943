/* SPDX-License-Identifier: Apache-2.0 */
/* draft: a rule from what is known, without JSON. */
#include <stdio.h>

#include "base/error.h"
#include "base/program.h"
#include "base/text.h"
#include "compat/host/host.h"
#include "compat/manifest/candidates.h"
#include "compat/manifest/command.h"
#include "compat/manifest/compose.h"
#include "compat/manifest/draft.h"
#include "compat/manifest/machines.h"
#include "compat/manifest/name_lint.h"
#include "compat/manifest/preview.h"
#include "compat/manifest/revision.h"
#include "compat/manifest/rule_view.h"
#include "compat/rules/lint.h"

/* ---- machines ---- */

/* Where it is told what broke: one inventory (--from, or --after), and perhaps the one before. */
typedef struct {
    VdiInventory *before, *broken; /* NULL: not given */
    VdiMachines *others;           /* --inventory */
    VdiFacts *here;                /* this machine, where nothing else was given */
} Known;

static void known_clear(Known *known)
{
    vdi_inventory_free(known->before);
    vdi_inventory_free(known->broken);
    vdi_machines_free(known->others);
    vdi_facts_free(known->here);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Known, known_clear)

/* What cannot be seen here stays unknown. */
static VdiFacts *look_here(void)
{
    g_autoptr(VdiPaths) paths = vdi_paths_new(NULL);
    const VdiHostOptions options = {NULL, NULL};
    g_autoptr(VdiHost) host = vdi_host_new(paths, &options, NULL);
    VdiFacts *facts = vdi_facts_new();

    if (host != NULL) {
        (void) !vdi_host_look(host, facts, NULL);
    }
    return facts;
}

static bool load(const char *path, VdiInventory **ret_inventory, GError **error)
{
    *ret_inventory = path != NULL ? vdi_machine_load(path, error) : NULL;
    return path == NULL || *ret_inventory != NULL;
}

static bool read_known(const VdiComposeOptions *options, Known *known, GError **error)
{
    bool is_pair = options->before != NULL || options->after != NULL;

    if (is_pair && (options->before == NULL || options->after == NULL || options->from != NULL)) {
        return vdi_call_fail_usage(
            "--before and --after belong together, and stand instead of --from", error);
    }
    if (!load(options->before, &known->before, error)
        || !load(is_pair ? options->after : options->from, &known->broken, error)) {
        return false;
    }
    known->others = vdi_machines_load(options->inventories, error);
    if (known->others != NULL && known->broken == NULL && known->others->n == 0) {
        known->here = look_here();
    }
    return known->others != NULL;
}

/* The machine where names and versions are looked up that were not given whole. */
static const VdiFacts *facts_of(const Known *known)
{
    return known->broken != NULL ? known->broken->facts
        : known->others->n > 0   ? known->others->each[0].facts
                                 : known->here;
}

/* Who does not yet know what to blame is shown what may be. */
static bool show_candidates(const VdiComposeOptions *options, const Known *known, GError **error)
{
    size_t n = 0;

    if (known->before != NULL) {
        printf("what differs between %s and %s\n", options->before, options->after);
        n = vdi_candidates_print_difference(known->before, known->broken);
    } else if (known->broken != NULL) {
        printf("what the machine of %s is offered\n", options->from);
        n = vdi_candidates_print_pending(known->broken);
    }
    (void) fflush(stdout); /* the sentence comes below it */
    return vdi_call_fail_usage(n > 0
            ? "--bad is missing: name the one of these that breaks, as --bad NAME"
            : "--bad is missing: what breaks? NAME=VERSION, KB5074109 or build=26100.7623",
        error);
}

/* ---- what it would do ---- */

static void preview(const VdiRule *rule, const VdiComposed *composed,
    const VdiComposeOptions *options, const Known *known, const VdiLimits *limits, int64_t now)
{
    const VdiPreviewMachine given[] = {
        {options->before, known->before != NULL ? known->before->facts : NULL, NULL},
        {options->after != NULL ? options->after : options->from,
            known->broken != NULL ? known->broken->facts : NULL,
            known->broken != NULL ? known->broken->pending : NULL},
        {"this machine", known->here, NULL},
    };

    for (size_t k = 0; k < G_N_ELEMENTS(given); k++) {
        if (given[k].facts != NULL) {
            vdi_preview_print(rule, &given[k], composed->causes, limits, now);
        }
    }
    for (size_t k = 0; k < known->others->n; k++) {
        const VdiLintMachine *machine = &known->others->each[k];
        const VdiPreviewMachine other = {
            known->others->names->pdata[k], machine->facts, machine->pending};

        vdi_preview_print(rule, &other, composed->causes, limits, now);
    }
}

/* Of the last rule alone. */
static void warn(const VdiManifest *manifest, int64_t now)
{
    g_autoptr(GPtrArray) findings = vdi_lint(manifest, now);

    vdi_name_lint(manifest, findings);
    for (guint k = 0; k < findings->len; k++) {
        const VdiLintFinding *finding = findings->pdata[k];

        if (finding->rule + 1 == vdi_manifest_n_rules(manifest)) {
            g_autofree char *text = vdi_manifest_finding_text(manifest, finding);

            puts(text);
        }
    }
}

/* ---- the command ---- */

/* The draft as it would be with the rule: what is shown is what is written. */
static bool add_and_show(VdiCall *call, const VdiComposeOptions *options, const Known *known,
    const VdiComposed *composed, GBytes *before, GError **error)
{
    const char *folder = call->argv[1];
    g_autoptr(VdiJson) json = vdi_rule_draft_write(&composed->draft);
    g_autoptr(GBytes) after = vdi_revision_with(before, json, call->now, error);
    g_autoptr(VdiManifest) manifest =
        after != NULL ? vdi_manifest_parse(after, VDI_MANIFEST_AUTHOR, error) : NULL;
    g_autoptr(VdiLimits) limits =
        manifest != NULL ? vdi_limits_read_file(options->limits, error) : NULL;

    if (limits == NULL || (!options->dry_run && !vdi_draft_replace(folder, after, error))) {
        return false;
    }
    const VdiRule *rule = vdi_manifest_find(manifest, composed->id);

    vdi_rule_view_print(rule, call->now);
    preview(rule, composed, options, known, limits, call->now);
    warn(manifest, call->now);
    printf(options->dry_run
            ? "rule %s: nothing was changed\n"
            : "rule %s is in the draft; it reaches nobody before sign and publish\n",
        composed->id);
    return true;
}

bool vdi_manifest_command_draft(VdiCall *call, GError **error)
{
    g_auto(VdiComposeOptions) options = {0};
    g_autofree GOptionEntry *entries = vdi_compose_options_entries(&options);
    g_auto(Known) known = {0};

    if (!vdi_call_read(call, entries, NULL, 1, 1, error)) {
        return false;
    }
    g_autoptr(GBytes) before = vdi_draft_bytes(call->argv[1], error);
    g_autoptr(VdiManifest) manifest =
        before != NULL ? vdi_manifest_parse(before, VDI_MANIFEST_AUTHOR, error) : NULL;

    if (manifest == NULL || !read_known(&options, &known, error)) {
        return false;
    }
    if (options.bad == NULL) {
        return show_candidates(&options, &known, error);
    }
    g_autoptr(VdiComposed) composed =
        vdi_compose(&options, manifest, call->argv[1], facts_of(&known), call->now, error);

    return composed != NULL && add_and_show(call, &options, &known, composed, before, error);
}
