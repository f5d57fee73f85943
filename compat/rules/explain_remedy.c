/* SPDX-License-Identifier: Apache-2.0 */
#include "compat/rules/explain_remedy.h"

#include <glib/gi18n.h>
#include <string.h>

#include "compat/rules/explain_hole.h"
#include "compat/rules/fact_kind.h"

enum {
    HAS_PACKAGE = 1 << 0,
    HAS_VERSION = 1 << 1,
    HAS_UPDATE = 1 << 2,
    HAS_UPDATES = 1 << 3, /* several: which of them is there, the machine knows */
    HAS_SETTING = 1 << 4,
};

/* The first row whose needs are met speaks. */
static const struct {
    VdiRemedyAction action;
    unsigned needs;
    const char *sentence;
} action_rows[] = {
    {VDI_ACTION_UPGRADE_CLIENT, HAS_VERSION,
        N_("Upgrade the client to version {version} or later.")},
    {VDI_ACTION_UPGRADE_CLIENT, 0, N_("Upgrade the client.")},
    {VDI_ACTION_UPGRADE_PACKAGE, HAS_PACKAGE | HAS_VERSION,
        N_("Upgrade {package} to version {version} or later.")},
    {VDI_ACTION_UPGRADE_PACKAGE, HAS_PACKAGE, N_("Upgrade {package}.")},
    {VDI_ACTION_UPGRADE_PACKAGE, 0, N_("Upgrade the package that is named.")},
    {VDI_ACTION_INSTALL_UPDATE, HAS_UPDATE, N_("Install the update {update}.")},
    {VDI_ACTION_INSTALL_UPDATE, 0, N_("Install the update that repairs it.")},
    {VDI_ACTION_REMOVE_UPDATE, HAS_UPDATE, N_("Remove the update {update}.")},
    {VDI_ACTION_REMOVE_UPDATE, HAS_UPDATES,
        N_("Remove the updates that are installed of these: {updates}.")},
    {VDI_ACTION_REMOVE_UPDATE, 0, N_("Remove the update.")},
    {VDI_ACTION_CHANGE_SETTING, HAS_SETTING,
        N_("Change the setting {setting}, or ask your administrator to.")},
    {VDI_ACTION_CHANGE_SETTING, 0, N_("Change the setting, or ask your administrator to.")},
};

static const char *const category_sentences[VDI_REMEDY_N_CATEGORIES] = {
    [VDI_REMEDY_VENDOR_FIX] = N_("Install the fix of its vendor."),
    [VDI_REMEDY_MITIGATION] = N_("Your administrator can lessen the trouble."),
    [VDI_REMEDY_WORKAROUND] = N_("There is a way around it: ask your administrator."),
    [VDI_REMEDY_NO_FIX_PLANNED] = N_("No fix is planned."),
    [VDI_REMEDY_NONE_AVAILABLE] = N_("There is no fix yet."),
};

/* ---- what the condition says ---- */

static void add_name(const VdiCondition *fact, const char *kind, GPtrArray *names)
{
    if (strcmp(fact->kind->name, kind) == 0
        && !g_ptr_array_find_with_equal_func(names, fact->name, g_str_equal, NULL)) {
        g_ptr_array_add(names, (gpointer) fact->name);
    }
}

/* An update below a `not` is the one that repairs. */
static void find_updates(const VdiCondition *condition, GPtrArray *updates)
{
    if (condition->op == VDI_CONDITION_FACT) {
        add_name(condition, "update", updates);
        return;
    }
    for (size_t k = 0; condition->op != VDI_CONDITION_NOT && k < condition->n_parts; k++) {
        find_updates(condition->parts[k], updates);
    }
}

static void find_setting(const VdiCondition *fact, void *user)
{
    add_name(fact, "setting", user);
}

const char *vdi_explain_setting(const VdiRule *rule)
{
    g_autoptr(GPtrArray) settings = g_ptr_array_new();

    if (rule->when != NULL) {
        vdi_condition_visit_facts(rule->when, find_setting, settings);
    }
    return settings->len == 1 ? settings->pdata[0] : NULL;
}

/* Which updates it is about, ended by NULL: its own, or else those that are to be removed. */
static GPtrArray *updates_of(const VdiRule *rule, const VdiRemedy *remedy)
{
    GPtrArray *updates = g_ptr_array_new();

    if (remedy->update != NULL) {
        g_ptr_array_add(updates, (gpointer) remedy->update);
    } else if (remedy->action == VDI_ACTION_REMOVE_UPDATE && rule->when != NULL) {
        find_updates(rule->when, updates);
    }
    g_ptr_array_add(updates, NULL);
    return updates;
}

/* ---- its sentence ---- */

static const char *choose(const VdiRemedy *remedy, unsigned has)
{
    for (size_t i = 0; i < G_N_ELEMENTS(action_rows); i++) {
        if (action_rows[i].action == remedy->action
            && (action_rows[i].needs & has) == action_rows[i].needs) {
            return _(action_rows[i].sentence);
        }
    }
    return _(category_sentences[remedy->category]);
}

char *vdi_explain_remedy(const VdiRule *rule, const VdiRemedy *remedy)
{
    g_autoptr(GPtrArray) updates = updates_of(rule, remedy);
    g_autofree char *names = g_strjoinv(", ", (char **) updates->pdata);
    const char *setting = vdi_explain_setting(rule);
    guint n_updates = updates->len - 1;
    unsigned has = (vdi_explain_fills(rule, remedy, "{package}") ? HAS_PACKAGE : 0)
        | (remedy->version != NULL ? HAS_VERSION : 0) | (n_updates == 1 ? HAS_UPDATE : 0)
        | (n_updates > 1 ? HAS_UPDATES : 0) | (setting != NULL ? HAS_SETTING : 0);
    const char *const holes[] = {"{update}", names, "{updates}", names, "{setting}", setting, NULL};

    return vdi_explain_fill(choose(remedy, has), holes);
}
