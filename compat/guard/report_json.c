/* SPDX-License-Identifier: Apache-2.0 */
#include <glib/gi18n.h>
#include <stdio.h>
#include <string.h>

#include "compat/guard/report_private.h"
#include "compat/rules/explain.h"
#include "compat/rules/explain_hold.h"

/* Every member is always there that can be: a program asks for what it knows. */

static void add_text(VdiJson *object, const char *name, const char *text)
{
    if (text != NULL) {
        vdi_json_add_text(object, name, text);
    }
}

static void add_texts(VdiJson *parent, const char *name, const char *const *texts)
{
    VdiJson *array = vdi_json_add_array(parent, name);

    for (size_t i = 0; texts != NULL && texts[i] != NULL; i++) {
        vdi_json_add_text(array, NULL, texts[i]);
    }
}

static void add_organisations(VdiJson *array, const VdiGuard *guard)
{
    for (size_t i = 0; i < vdi_guard_n_organisations(guard); i++) {
        const VdiOrganisation *organisation = vdi_guard_organisation(guard, i);
        VdiJson *json = vdi_json_add_object(array, NULL);

        vdi_json_add_text(json, "name", organisation->name);
        vdi_json_add_text(json, "state", vdi_store_state_name(organisation->state));
        vdi_json_add_integer(json, "version", organisation->version);
        vdi_json_add_boolean(json, "may-block", organisation->may_block);
        if (organisation->version > 0) {
            vdi_json_add_time(json, "issued", organisation->issued_at);
            vdi_json_add_time(json, "expires", organisation->expires_at);
        }
        add_text(json, "problem", organisation->problem);
    }
}

static void add_findings(VdiJson *array, const VdiVerdict *verdict)
{
    const VdiFinding *finding = NULL;

    for (size_t i = 0; (finding = vdi_verdict_finding(verdict, i)) != NULL; i++) {
        g_autofree char *sentence = vdi_explain_finding(finding, g_get_language_names());
        VdiJson *json = vdi_json_add_object(array, NULL);

        vdi_json_add_text(json, "organisation", finding->organisation);
        vdi_json_add_text(json, "rule", finding->rule->id);
        vdi_json_add_text(json, "effect", vdi_effect_name(finding->effect));
        vdi_json_add_boolean(json, "known", finding->truth == VDI_TRUTH_TRUE);
        vdi_json_add_text(json, "sentence", sentence);
        add_text(json, "reduced", finding->reduced);
        add_texts(json, "reasons", (const char *const *) finding->reasons);
        add_texts(json, "unknowns", (const char *const *) finding->unknowns);
    }
}

/* One item of the change, as an inventory writes it. */
static VdiJson *add_item(VdiJson *array, const VdiChangeItem *item)
{
    VdiJson *json = vdi_json_add_object(array, NULL);

    vdi_json_add_text(json, "type", item->type);
    add_text(json, "namespace", item->namespace);
    vdi_json_add_text(json, "name", item->name);
    add_text(json, "arch", item->arch);
    add_text(json, "before", item->before);
    add_text(json, "after", item->after);
    if (item->is_security) {
        vdi_json_add_boolean(json, "security", true);
    }
    return json;
}

/* Of so many rules it is told what would end their holds: each takes a look at the whole change. */
enum { RULES_WITH_ENDS = 64 };

/* What is told of a rule that something is held for: made once. */
typedef struct {
    int64_t until;
    GStrv ends; /* NULL: beyond those that are told */
} Holding;

static void holding_free(void *data)
{
    Holding *holding = data;

    g_strfreev(holding->ends);
    g_free(holding);
}

static const Holding *find_holding(GHashTable *holdings, const VdiGuardReport *report, size_t rule)
{
    Holding *holding = g_hash_table_lookup(holdings, GSIZE_TO_POINTER(rule));

    if (holding == NULL) {
        holding = g_new0(Holding, 1);
        holding->until = vdi_guard_report_until(report, rule);
        if (g_hash_table_size(holdings) < RULES_WITH_ENDS) {
            holding->ends = vdi_explain_ends(&report->held, rule);
        }
        g_hash_table_insert(holdings, GSIZE_TO_POINTER(rule), holding);
    }
    return holding;
}

/* Why that item is held; the reasons of an item are neighbours, in the order of items. */
static void add_reasons(
    VdiJson *array, const VdiGuardReport *report, size_t item, GHashTable *holdings, guint *at)
{
    size_t n_rules = 0;
    const VdiRuleInForce *rules = vdi_guard_case_rules(report->judged, &n_rules);

    for (; *at < report->held.reasons->len; (*at)++) {
        const VdiHoldReason *reason = &g_array_index(report->held.reasons, VdiHoldReason, *at);

        if (reason->item != item) {
            return;
        }
        const Holding *holding = find_holding(holdings, report, reason->rule);
        VdiJson *json = vdi_json_add_object(array, NULL);

        vdi_json_add_text(json, "organisation", rules[reason->rule].organisation);
        vdi_json_add_text(json, "rule", rules[reason->rule].rule->id);
        vdi_json_add_time(json, "until", holding->until);
        add_texts(json, "ends", (const char *const *) holding->ends);
    }
}

static void add_held(VdiJson *array, const VdiGuardReport *report)
{
    g_autoptr(GHashTable) holdings = g_hash_table_new_full(NULL, NULL, NULL, holding_free);
    guint at = 0;

    for (size_t i = 0; i < vdi_change_n_items(report->change); i++) {
        if (report->held.held[i]) {
            VdiJson *json = add_item(array, vdi_change_item(report->change, i));

            add_reasons(vdi_json_add_array(json, "for"), report, i, holdings, &at);
        }
    }
}

static void add_change(VdiJson *json, const VdiGuardReport *report)
{
    size_t n_rules = 0;
    const VdiRuleInForce *rules = vdi_guard_case_rules(report->judged, &n_rules);
    VdiJson *items = vdi_json_add_array(json, "items");
    const VdiFinding *finding = NULL;

    add_text(json, "source", report->source);
    for (size_t i = 0; i < vdi_change_n_items(report->change); i++) {
        (void) add_item(items, vdi_change_item(report->change, i));
    }
    vdi_json_add_text(json, "effect", vdi_effect_name(vdi_verdict_effect(report->coming)));
    add_findings(vdi_json_add_array(json, "findings"), report->coming);
    add_held(vdi_json_add_array(json, "held"), report);
    vdi_json_add_boolean(json, "smallest", report->held.is_smallest);
    VdiJson *not_prevented = vdi_json_add_array(json, "not-prevented");

    for (guint i = 0; i < report->held.not_prevented->len; i++) {
        size_t rule = g_array_index(report->held.not_prevented, size_t, i);

        vdi_json_add_text(not_prevented, NULL, rules[rule].rule->id);
    }
    VdiJson *ended = vdi_json_add_array(json, "ended");

    for (size_t i = 0; (finding = vdi_verdict_finding(report->now, i)) != NULL; i++) {
        if (vdi_guard_report_ends(report, finding)) {
            vdi_json_add_text(ended, NULL, finding->rule->id);
        }
    }
    vdi_json_add_text(json, "effect-after", vdi_effect_name(vdi_verdict_effect(report->after)));
}

static void add_problems(VdiJson *json, const VdiGuardCase *judged)
{
    VdiJson *array = vdi_json_add_array(json, "problems");

    for (const char *const *at = vdi_guard_problems(judged->guard); *at != NULL; at++) {
        vdi_json_add_text(array, NULL, *at);
    }
    for (guint i = 0; i < judged->problems->len; i++) {
        vdi_json_add_text(array, NULL, judged->problems->pdata[i]);
    }
}

/* The machine itself, in the form of an inventory: what a rule about it can be drafted from. */
static void add_machine(VdiJson *json, const VdiGuardReport *report)
{
    const VdiGuardCase *judged = report->judged;
    const VdiInventory machine = {
        judged->inventory != NULL ? judged->inventory->name : NULL, judged->facts, report->change};
    g_autofree char *text = vdi_inventory_print(&machine, VDI_INVENTORY_VIGIE);
    g_autoptr(GBytes) bytes = g_bytes_new_static(text, strlen(text));
    g_autoptr(VdiJson) inventory = vdi_json_parse(bytes, VDI_INVENTORY_MAX_BYTES, NULL);

    g_assert(inventory != NULL);
    vdi_json_add_copy(json, "machine", inventory);
}

void vdi_guard_print_json(const VdiGuardReport *report, bool with_machine)
{
    const VdiGuardCase *judged = report->judged;
    g_autoptr(VdiJson) json = vdi_json_new_object();

    vdi_json_add_integer(json, "format", 1);
    vdi_json_add_text(json, "effect", vdi_effect_name(vdi_verdict_effect(report->now)));
    vdi_json_add_boolean(json, "usable", vdi_guard_case_is_usable(judged));
    if (judged->manifest != NULL) {
        vdi_json_add_text(json, "unsigned-manifest", vdi_manifest_id(judged->manifest));
    } else {
        add_organisations(vdi_json_add_array(json, "organisations"), judged->guard);
    }
    add_findings(vdi_json_add_array(json, "findings"), report->now);
    if (report->change != NULL) {
        add_change(vdi_json_add_object(json, "change"), report);
    }
    if (with_machine) {
        add_machine(json, report);
    }
    add_problems(json, judged);
    g_autofree char *text = vdi_json_print_pretty(json);

    fputs(text, stdout);
}
