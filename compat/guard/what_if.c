/* SPDX-License-Identifier: Apache-2.0 */
#include <glib/gi18n.h>
#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "base/text.h"
#include "compat/guard/report.h"
#include "compat/inventory/change_text.h"
#include "compat/rules/explain.h"
#include "compat/rules/explain_hole.h"

enum { SHOWN_MAX = 40 };

/* What was asked about, and what the package manager would do along with it. */
typedef struct {
    VdiGuardCase *judged;
    VdiChange *asked;
    VdiChange *whole;
} Question;

static void question_clear(Question *question)
{
    g_clear_pointer(&question->asked, vdi_change_free);
    g_clear_pointer(&question->whole, vdi_change_free);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Question, question_clear)

static bool is_any(size_t i, void *user)
{
    return true;
}

static bool is_named(const VdiChange *change, const VdiChangeItem *item)
{
    return vdi_change_find(change, item->type, item->name, is_any, NULL);
}

typedef struct {
    const VdiChange *change;
    const char *arch;
} Twin;

static bool is_twin(size_t i, void *user)
{
    const Twin *twin = user;
    const char *arch = vdi_change_item(twin->change, i)->arch;

    return arch == NULL || twin->arch == NULL || strcmp(arch, twin->arch) == 0;
}

/* The same package of the same architecture, whatever becomes of it. */
static bool is_in(const VdiChange *change, const VdiChangeItem *item)
{
    Twin twin = {change, item->arch};

    return vdi_change_find(change, item->type, item->name, is_twin, &twin);
}

static void add(VdiChange *change, const VdiChangeItem *item)
{
    vdi_change_add(change, item->type, item->namespace, item->name, item->arch, item->before,
        item->after, item->is_security);
}

static bool read_words(Question *question, char *const *words, GError **error)
{
    for (; *words != NULL; words++) {
        g_autoptr(VdiChange) one = vdi_change_new();

        if (!vdi_change_text_add(one, question->judged->facts, *words, error)) {
            return false;
        }
        for (size_t i = 0; i < vdi_change_n_items(one); i++) {
            const VdiChangeItem *item = vdi_change_item(one, i);

            if (i == 0 && is_named(question->asked, item)) {
                g_autofree char *shown = vdi_text_quote(*words);

                g_set_error(error, VDI_HOST_ERROR, VDI_HOST_ERROR_CHANGE,
                    "%s: that name stands twice", shown);
                return false;
            }
        }
        for (size_t i = 0; i < vdi_change_n_items(one); i++) {
            add(question->asked, vdi_change_item(one, i));
        }
    }
    return true;
}

/* A package that comes, of the package manager's own kind. */
static bool can_bring(const VdiHost *host, const VdiChangeItem *item)
{
    return host != NULL && host->ops->bring != NULL && item->after != NULL
        && strcmp(item->type, host->ops->type) == 0;
}

static void note_alone(Question *question, const VdiChangeItem *item, const GError *error)
{
    g_autofree char *name = vdi_text_clean(item->name);

    g_ptr_array_add(question->judged->problems,
        g_strdup_printf(
            _("What would come along with %s cannot be told; it is judged without (%s)."), name,
            error->message));
}

/* What is asked about comes as asked; what comes along comes once. */
static void bring_along(Question *question, VdiHost *host)
{
    for (size_t i = 0; i < vdi_change_n_items(question->asked); i++) {
        const VdiChangeItem *item = vdi_change_item(question->asked, i);
        g_autoptr(GError) error = NULL;
        g_autoptr(VdiChange) brought =
            can_bring(host, item) ? host->ops->bring(host, item, &error) : NULL;

        if (error != NULL) {
            note_alone(question, item, error);
        }
        for (size_t k = 0; brought != NULL && k < vdi_change_n_items(brought); k++) {
            const VdiChangeItem *other = vdi_change_item(brought, k);

            if (!is_in(question->whole, other)) {
                add(question->whole, other);
            }
        }
    }
}

/* ---- what may have been mistyped ---- */

/* A client by its package as well: how it would come is not known yet. */
static bool is_in_a_rule(const VdiGuardCase *judged, const VdiChangeItem *item)
{
    size_t n_rules = 0;
    const VdiRuleInForce *rules = vdi_guard_case_rules(judged, &n_rules);

    for (size_t i = 0; i < n_rules; i++) {
        const VdiCondition *when = rules[i].rule->when;

        if (when != NULL
            && (vdi_condition_mentions(when, judged->facts, item->type, item->name)
                || vdi_condition_mentions(when, NULL, VDI_CHANGE_CLIENT, item->name))) {
            return true;
        }
    }
    return false;
}

/* For certain. */
static bool is_absent(const VdiFacts *facts, const VdiChangeItem *item)
{
    const char *version = NULL;

    if (strcmp(item->type, VDI_CHANGE_UPDATE) == 0) {
        return vdi_facts_has_update(facts, item->name) == VDI_TRUTH_FALSE;
    }
    if (strcmp(item->type, VDI_CHANGE_CLIENT) == 0) {
        return vdi_facts_client(facts, item->name, &version) == VDI_TRUTH_FALSE;
    }
    return strcmp(item->type, VDI_CHANGE_BUILD) != 0 && item->before == NULL
        && vdi_facts_packages_known(facts);
}

static void note_unknown_names(Question *question)
{
    VdiGuardCase *judged = question->judged;

    for (size_t i = 0; i < vdi_change_n_items(question->asked); i++) {
        const VdiChangeItem *item = vdi_change_item(question->asked, i);
        const char *const holes[] = {"{name}", item->name, NULL};

        if (is_absent(judged->facts, item) && !is_in_a_rule(judged, item)) {
            g_ptr_array_add(judged->problems,
                vdi_explain_fill(judged->inventory != NULL
                        ? _("{name} is not installed there, and no rule names it.")
                        : _("{name} is not installed here, and no rule names it."),
                    holes));
        }
    }
}

static void make_whole(Question *question, bool alone)
{
    g_autoptr(GError) error = NULL;
    bool is_elsewhere = question->judged->inventory != NULL;
    VdiHost *host = alone || is_elsewhere ? NULL : vdi_guard_case_host(question->judged, &error);

    for (size_t i = 0; i < vdi_change_n_items(question->asked); i++) {
        add(question->whole, vdi_change_item(question->asked, i));
    }
    if (host != NULL) {
        bring_along(question, host);
    }
}

/* "libssl3 3.0.16-1 → 3.0.17-1"; an update has no version but itself. */
static void print_item(const VdiChangeItem *item, bool is_asked)
{
    bool is_update = strcmp(item->type, VDI_CHANGE_UPDATE) == 0;
    g_autofree char *name = vdi_text_clean(item->name);
    g_autofree char *before = vdi_text_clean(item->before);
    g_autofree char *after = is_update ? g_strdup("") : vdi_text_clean(item->after);

    printf("  %s", name);
    if (item->after == NULL) {
        printf(_(" %s (its removal)"), before);
    } else {
        printf(item->before != NULL ? " %s →" : "%s", before);
        printf("%s%s", *after != '\0' ? " " : "", after);
    }
    puts(is_asked ? "" : _(" (comes along)"));
}

static void print_question(const VdiChange *whole, size_t n_asked)
{
    size_t n_items = vdi_change_n_items(whole);

    puts(_("If that were done:"));
    for (size_t i = 0; i < n_items && i < SHOWN_MAX; i++) {
        print_item(vdi_change_item(whole, i), i < n_asked);
    }
    if (n_items > SHOWN_MAX) {
        printf(ngettext("  … and %zu more\n", "  … and %zu more\n", n_items - SHOWN_MAX),
            n_items - SHOWN_MAX);
    }
}

bool vdi_guard_command_what_if(VdiCall *call, GError **error)
{
    gboolean json = false, alone = false, with_machine = false;
    const GOptionEntry own[] = {
        {"json", 0, 0, G_OPTION_ARG_NONE, &json, N_("for programs"), NULL},
        {"alone", 0, 0, G_OPTION_ARG_NONE, &alone,
            N_("without what the package manager would bring along: it is not asked"), NULL},
        {"with-machine", 0, 0, G_OPTION_ARG_NONE, &with_machine,
            N_("with --json: the machine's inventory as well"), NULL},
        G_OPTION_ENTRY_NULL,
    };
    g_autoptr(VdiGuardCase) judged = vdi_guard_case_read(call, own, 1, G_MAXINT - 1, error);
    g_auto(Question) question = {judged, vdi_change_new(), vdi_change_new()};

    if (judged == NULL || !read_words(&question, call->argv + 1, error)) {
        return false;
    }
    note_unknown_names(&question);
    make_whole(&question, alone);
    g_autoptr(VdiGuardReport) report =
        vdi_guard_report_new(judged, g_steal_pointer(&question.whole), NULL);

    if (json) {
        vdi_guard_print_json(report, with_machine);
    } else {
        vdi_guard_print_now(report);
        print_question(report->change, vdi_change_n_items(question.asked));
        vdi_guard_print_change(report);
        vdi_guard_print_problems(judged);
    }
    return vdi_guard_case_end(judged, vdi_guard_report_ends_broken(report), call, error);
}
