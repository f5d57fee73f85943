/* SPDX-License-Identifier: Apache-2.0 */
#include "compat/rules/explain_hold.h"

#include <glib/gi18n.h>
#include <string.h>

#include "base/text.h"
#include "compat/rules/explain.h"
#include "compat/rules/explain_hole.h"
#include "compat/rules/fact_kind.h"

#define DAY ((int64_t) 24 * 3600)

/* What the sentence can say beside the fact's name. */
typedef enum {
    FORM_BARE,
    FORM_FROM,   /* {version} or later */
    FORM_BEYOND, /* later than {version} */
    FORM_RANGE,  /* {version} are the range's constraints */
    FORM_VALUE,
} Form;

/* By kind of fact, and whether the fact is so now. What has no row is nothing that anybody changes
 * to end a hold: another system, another peer. */
static const struct {
    const char *kind;
    bool is_so;
    Form form;
    const char *sentence;
} end_rows[] = {
    {"package", true, FORM_FROM, N_("It ends with {name} {version} or later.")},
    {"package", true, FORM_BEYOND, N_("It ends with {name} later than {version}.")},
    {"package", false, FORM_RANGE, N_("It ends with {name} {version}.")},
    {"client", true, FORM_FROM, N_("It ends with the client {name} {version} or later.")},
    {"client", true, FORM_BEYOND, N_("It ends with the client {name} later than {version}.")},
    {"client", false, FORM_RANGE, N_("It ends with the client {name} {version}.")},
    {"engine", true, FORM_FROM, N_("It ends with the engine {version} or later.")},
    {"engine", true, FORM_BEYOND, N_("It ends with an engine later than {version}.")},
    {"engine", false, FORM_RANGE, N_("It ends with the engine {version}.")},
    {"build", true, FORM_FROM, N_("It ends with the Windows build {version} or later.")},
    {"build", true, FORM_BEYOND, N_("It ends with a Windows build later than {version}.")},
    {"build", false, FORM_RANGE, N_("It ends with the Windows build {version}.")},
    {"kernel", true, FORM_FROM, N_("It ends with the kernel {version} or later.")},
    {"kernel", true, FORM_BEYOND, N_("It ends with a kernel later than {version}.")},
    {"kernel", false, FORM_RANGE, N_("It ends with the kernel {version}.")},
    {"update", false, FORM_BARE, N_("It ends with the update {name}.")},
    {"library", true, FORM_BARE, N_("It ends when the engine no longer loads {name}.")},
    {"library", false, FORM_BARE, N_("It ends when the engine loads {name}.")},
    {"setting", true, FORM_VALUE, N_("It ends when the setting {name} is no longer {value}.")},
    {"setting", true, FORM_BARE, N_("It ends when the setting {name} is not set.")},
    {"setting", false, FORM_VALUE, N_("It ends when the setting {name} is {value}.")},
    {"setting", false, FORM_BARE, N_("It ends when the setting {name} is set.")},
};

static Form form_of(const VdiHoldEnd *end)
{
    if (end->version != NULL) {
        return end->is_beyond ? FORM_BEYOND : FORM_FROM;
    }
    if (!end->is_so && end->fact->range != NULL) {
        return FORM_RANGE;
    }
    return end->fact->value != NULL ? FORM_VALUE : FORM_BARE;
}

/* NULL: nothing that a person can bring about. */
static char *explain_end(const VdiHoldEnd *end)
{
    const VdiCondition *fact = end->fact;
    Form form = form_of(end);
    g_autofree char *constraints = fact->range != NULL ? vdi_explain_range(fact->range) : NULL;
    const char *const holes[] = {"{name}", fact->purl != NULL ? fact->purl->name : fact->name,
        "{version}", end->version != NULL ? end->version : constraints, "{value}", fact->value,
        NULL};

    for (size_t i = 0; i < G_N_ELEMENTS(end_rows); i++) {
        if (strcmp(end_rows[i].kind, fact->kind->name) == 0 && end_rows[i].is_so == end->is_so
            && end_rows[i].form == form) {
            return vdi_explain_fill(_(end_rows[i].sentence), holes);
        }
    }
    return NULL;
}

/* The reasons of one rule, one after the other. NULL: no more. */
static const VdiHoldReason *next_reason(const VdiHoldSet *set, size_t rule, guint *at)
{
    while (*at < set->reasons->len) {
        const VdiHoldReason *reason = &g_array_index(set->reasons, VdiHoldReason, (*at)++);

        if (reason->rule == rule) {
            return reason;
        }
    }
    return NULL;
}

/* Of many items the first tell enough. */
enum { REASONS_MAX = 16 };

static void add_ends(GPtrArray *sentences, const VdiHoldEnd *ends, size_t n_ends)
{
    for (size_t i = 0; i < n_ends && sentences->len < VDI_HOLD_ENDS_MAX; i++) {
        g_autofree char *sentence = explain_end(&ends[i]);

        if (sentence != NULL
            && !g_ptr_array_find_with_equal_func(sentences, sentence, g_str_equal, NULL)) {
            g_ptr_array_add(sentences, g_steal_pointer(&sentence));
        }
    }
}

GStrv vdi_explain_ends(const VdiHoldSet *set, size_t rule)
{
    GPtrArray *sentences = g_ptr_array_new();
    const VdiHoldReason *reason = NULL;
    guint at = 0;

    for (int i = 0; i < REASONS_MAX && (reason = next_reason(set, rule, &at)) != NULL; i++) {
        VdiHoldEnd ends[VDI_HOLD_ENDS_MAX];

        add_ends(sentences, ends, vdi_hold_ends(set, reason, ends));
    }
    g_ptr_array_add(sentences, NULL);
    return (GStrv) g_ptr_array_free(sentences, false);
}

GStrv vdi_explain_ends_now(const VdiCondition *when, const VdiFacts *facts)
{
    GPtrArray *sentences = g_ptr_array_new();
    VdiHoldEnd ends[VDI_HOLD_ENDS_MAX];

    add_ends(sentences, ends, vdi_hold_ends_now(when, facts, ends));
    g_ptr_array_add(sentences, NULL);
    return (GStrv) g_ptr_array_free(sentences, false);
}

char *vdi_explain_item(const VdiChangeItem *item)
{
    const char *const holes[] = {"{name}", item->name, "{version}", item->after, NULL};
    /* An update has no version but itself. */
    const char *form = strcmp(item->type, VDI_CHANGE_UPDATE) == 0 ? "{name}" : "{name} {version}";

    return vdi_explain_fill(item->after != NULL ? form : _("{name} (its removal)"), holes);
}

char *vdi_explain_held(const VdiChange *change, const VdiHoldSet *set, size_t rule)
{
    g_autoptr(GString) names = g_string_new(NULL);
    g_autofree char *last = NULL;
    const VdiHoldReason *reason = NULL;
    guint at = 0;

    while ((reason = next_reason(set, rule, &at)) != NULL && names->len < VDI_TEXT_MAX) {
        char *name = vdi_explain_item(vdi_change_item(change, reason->item));

        /* Two architectures of one version are said once. */
        if (g_strcmp0(name, last) != 0) {
            g_string_append_printf(names, "%s%s", names->len > 0 ? ", " : "", name);
        }
        g_free(last);
        last = name;
    }
    return vdi_text_clean(names->str);
}

char *vdi_explain_until(int64_t until, int64_t now)
{
    int days = (int) ((until - now + DAY - 1) / DAY);
    g_autofree char *number = g_strdup_printf("%d", days);
    g_autofree char *end = vdi_text_time(until);
    const char *const holes[] = {"{days}", number, "{until}", end, NULL};

    return vdi_explain_fill(
        ngettext("It is held for {days} more day at most, until {until}.",
            "It is held for {days} more days at most, until {until}.", (unsigned long) days),
        holes);
}

char *vdi_explain_more_rules(size_t n)
{
    g_autofree char *number = g_strdup_printf("%zu", n);
    const char *const holes[] = {"{count}", number, NULL};

    return vdi_explain_fill(ngettext("{count} more rule asks for it.",
                                "{count} more rules ask for it.", (unsigned long) n),
        holes);
}

GStrv vdi_explain_hold(const VdiChange *change, const VdiHoldSet *set, const VdiRuleInForce *rules,
    size_t rule, int64_t until, int64_t now, const char *const *languages)
{
    const VdiFinding finding = {.organisation = (char *) rules[rule].organisation,
        .rule = rules[rule].rule,
        .truth = VDI_TRUTH_TRUE,
        .effect = rules[rule].effect};
    g_autofree char *held = vdi_explain_held(change, set, rule);
    const char *const holes[] = {"{packages}", held, NULL};
    g_autofree char *what = vdi_explain_fill(_("{packages} must not be installed now."), holes);
    g_autofree char *why = vdi_explain_finding(&finding, languages);
    g_auto(GStrv) ends = vdi_explain_ends(set, rule);
    g_autoptr(GStrvBuilder) lines = g_strv_builder_new();
    g_autofree char *first = g_strconcat(what, " ", why, NULL);
    g_autofree char *until_when = vdi_explain_until(until, now);

    g_strv_builder_add(lines, first);
    g_strv_builder_add(lines, until_when);
    g_strv_builder_addv(lines, (const char **) ends);
    return g_strv_builder_end(lines);
}
