/* SPDX-License-Identifier: Apache-2.0 */
#include "compat/guard/case.h"

#include <glib/gi18n.h>
#include <string.h>

#include "base/error.h"
#include "base/file.h"
#include "base/text.h"
#include "compat/host/libraries.h"
#include "compat/rules/manifest_reader.h"

typedef struct {
    char *inventory, *manifest; /* paths */
} Options;

static void options_clear(Options *options)
{
    g_free(options->inventory);
    g_free(options->manifest);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Options, options_clear)

void vdi_guard_case_free(VdiGuardCase *judged)
{
    if (judged == NULL) {
        return;
    }
    g_clear_pointer(&judged->own_rules, g_array_unref);
    if (judged->inventory == NULL) {
        vdi_facts_free(judged->facts);
    }
    g_clear_pointer(&judged->inventory, vdi_inventory_free);
    g_clear_pointer(&judged->host, vdi_host_free);
    g_clear_pointer(&judged->manifest, vdi_manifest_free);
    g_clear_pointer(&judged->guard, vdi_guard_free);
    g_clear_pointer(&judged->context, vdi_guard_context_free);
    g_clear_pointer(&judged->problems, g_ptr_array_unref);
    g_free(judged);
}

/* The rules of a file, as they are written: no organisation stands behind it, so its own id does.
 */
static bool read_manifest(VdiGuardCase *judged, const char *path, GError **error)
{
    g_autoptr(GBytes) bytes = vdi_file_read(path, VDI_MANIFEST_MAX_BYTES, error);

    if (bytes == NULL) {
        return false;
    }
    judged->manifest = vdi_manifest_parse(bytes, VDI_MANIFEST_AUTHOR, error);
    if (judged->manifest == NULL) {
        g_prefix_error(error, "%s: ", path);
        return false;
    }
    for (size_t i = 0; i < vdi_manifest_n_rules(judged->manifest); i++) {
        const VdiRule *rule = vdi_manifest_rule(judged->manifest, i);
        const VdiRuleInForce in_force = {
            vdi_manifest_id(judged->manifest), rule, rule->effect, NULL};

        g_array_append_val(judged->own_rules, in_force);
    }
    return true;
}

static bool look(VdiGuardCase *judged, const Options *options, GError **error)
{
    if (options->inventory == NULL) {
        judged->facts = vdi_guard_look(judged->guard, &judged->context->host);
        /* The guard looks for what its own rules ask. */
        if (judged->manifest != NULL && vdi_manifest_may_ask(judged->manifest, "library")) {
            vdi_libraries_look(judged->context->paths, judged->facts);
        }
        return true;
    }
    judged->inventory = vdi_inventory_load(options->inventory, error);
    if (judged->inventory == NULL) {
        return false;
    }
    judged->facts = judged->inventory->facts;
    return true;
}

VdiGuardCase *vdi_guard_case_read(
    VdiCall *call, const GOptionEntry *own, int min_words, int max_words, GError **error)
{
    g_auto(Options) options = {0};
    const GOptionEntry both[] = {
        {"inventory", 0, 0, G_OPTION_ARG_FILENAME, &options.inventory,
            N_("judge the machine that FILE describes (docs/inventory.md); - is standard input"),
            N_("FILE")},
        {"manifest", 0, 0, G_OPTION_ARG_FILENAME, &options.manifest,
            N_("judge by the unsigned rules of FILE instead, as their author would"), N_("FILE")},
    };
    g_autoptr(GArray) entries = g_array_new(true, true, sizeof(GOptionEntry));
    g_autoptr(VdiGuardCase) judged = g_new0(VdiGuardCase, 1);

    for (; own->long_name != NULL; own++) {
        g_array_append_val(entries, *own);
    }
    g_array_append_vals(entries, both, G_N_ELEMENTS(both));
    judged->problems = g_ptr_array_new_with_free_func(g_free);
    judged->own_rules = g_array_new(false, false, sizeof(VdiRuleInForce));
    judged->context = vdi_guard_context_read(
        call, (const GOptionEntry *) (const void *) entries->data, min_words, max_words, error);
    if (judged->context == NULL) {
        return NULL;
    }
    judged->guard = vdi_guard_open(judged->context->paths, judged->context->now);
    if ((options.manifest != NULL && !read_manifest(judged, options.manifest, error))
        || !look(judged, &options, error)) {
        return NULL;
    }
    return g_steal_pointer(&judged);
}

VdiHost *vdi_guard_case_host(VdiGuardCase *judged, GError **error)
{
    if (judged->inventory != NULL) {
        g_set_error_literal(error, VDI_HOST_ERROR, VDI_HOST_ERROR_OFFER,
            "the package manager of a machine that was written down cannot be asked");
        return NULL;
    }
    if (judged->host == NULL) {
        judged->host = vdi_host_new(judged->context->paths, &judged->context->host, error);
    }
    return judged->host;
}

const VdiRuleInForce *vdi_guard_case_rules(const VdiGuardCase *judged, size_t *ret_n_rules)
{
    if (judged->manifest == NULL) {
        return vdi_guard_rules(judged->guard, ret_n_rules);
    }
    *ret_n_rules = judged->own_rules->len;
    return (const VdiRuleInForce *) (const void *) judged->own_rules->data;
}

size_t vdi_guard_case_n_rules(const VdiGuardCase *judged)
{
    return judged->manifest != NULL ? judged->own_rules->len : vdi_guard_n_rules(judged->guard);
}

int64_t vdi_guard_case_until(const VdiGuardCase *judged, size_t i)
{
    size_t n_rules = 0;

    return judged->manifest == NULL ? vdi_guard_rule_until(judged->guard, i)
                                    : vdi_guard_case_rules(judged, &n_rules)[i].rule->expires_at;
}

VdiVerdict *vdi_guard_case_now(const VdiGuardCase *judged)
{
    size_t n_rules = 0;

    if (judged->manifest == NULL) {
        return vdi_guard_check(judged->guard, judged->facts);
    }
    const VdiRuleInForce *rules = vdi_guard_case_rules(judged, &n_rules);

    return vdi_evaluate(rules, n_rules, judged->facts, judged->context->now);
}

bool vdi_guard_case_is_usable(const VdiGuardCase *judged)
{
    for (size_t i = 0; i < vdi_guard_n_organisations(judged->guard); i++) {
        VdiStoreState state = vdi_guard_organisation(judged->guard, i)->state;

        if (state == VDI_STORE_FRESH || state == VDI_STORE_GRACE || state == VDI_STORE_CLOCK) {
            return true;
        }
    }
    return judged->manifest != NULL;
}

bool vdi_guard_case_end(const VdiGuardCase *judged, bool blocks, VdiCall *call, GError **error)
{
    if (vdi_guard_case_is_usable(judged)) {
        call->status = blocks ? VDI_EXIT_GUARD_BLOCK : VDI_EXIT_OK;
        return true;
    }
    if (vdi_guard_n_organisations(judged->guard) == 0) {
        g_set_error(error, VDI_GUARD_ERROR, VDI_GUARD_ERROR_NO_MANIFEST,
            "no organisation in %s/orgs", judged->context->paths->config);
        return false;
    }
    call->status = VDI_EXIT_TEMPORARY;
    return true;
}
