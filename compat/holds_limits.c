/* SPDX-License-Identifier: Apache-2.0 */
#include "compat/holds_limits.h"

#include <glib/gi18n.h>
#include <string.h>

/* So far a clock may be set back without a hold being given up. */
#define CLOCK_SLACK ((int64_t) 3600)

static const struct {
    const char *name, *sentence;
} reasons[] = {
    [VDI_NOT_HELD_LIMIT] = {"limit", N_("it was held as long as this computer allows")},
    [VDI_NOT_HELD_NEVER] = {"never", N_("only packages that are never held could prevent it")},
    [VDI_NOT_HELD_SUDDEN] = {"sudden", N_("too much would be held at once, so nothing is")},
    [VDI_NOT_HELD_CLOCK] = {"clock", N_("this computer's clock went back")},
    [VDI_NOT_HELD_SYSTEM] = {"system",
        N_("its package manager cannot be told yet to leave a version out")},
};

const char *vdi_not_held_name(VdiNotHeldWhy why)
{
    return reasons[why].name;
}

const char *vdi_not_held_sentence(VdiNotHeldWhy why)
{
    return reasons[why].sentence;
}

static void countdown_free(gpointer data)
{
    VdiCountdown *countdown = data;

    g_free(countdown->package);
    g_free(countdown);
}

static void not_held_free(gpointer data)
{
    VdiNotHeld *not_held = data;

    g_free(not_held->package);
    g_free(not_held->version);
    g_free(not_held->organisation);
    g_free(not_held->rule);
    g_free(not_held);
}

VdiHolds *vdi_holds_new(void)
{
    VdiHolds *holds = g_new0(VdiHolds, 1);

    holds->holds = g_ptr_array_new_with_free_func((GDestroyNotify) vdi_hold_free);
    holds->countdowns = g_ptr_array_new_with_free_func(countdown_free);
    holds->not_held = g_ptr_array_new_with_free_func(not_held_free);
    return holds;
}

void vdi_holds_free(VdiHolds *holds)
{
    if (holds != NULL) {
        g_ptr_array_unref(holds->holds);
        g_ptr_array_unref(holds->countdowns);
        g_ptr_array_unref(holds->not_held);
        g_free(holds);
    }
}

void vdi_holds_refuse(VdiHolds *holds, const char *package, const char *version,
    const char *organisation, const char *rule, VdiNotHeldWhy why)
{
    VdiNotHeld *not_held = g_new0(VdiNotHeld, 1);

    not_held->package = g_strdup(package);
    not_held->version = g_strdup(version);
    not_held->organisation = g_strdup(organisation);
    not_held->rule = g_strdup(rule);
    not_held->why = why;
    g_ptr_array_add(holds->not_held, not_held);
}

bool vdi_holds_is_reduced(const VdiHolds *holds, const char *organisation, const char *rule)
{
    for (guint i = 0; i < holds->not_held->len; i++) {
        const VdiNotHeld *not_held = holds->not_held->pdata[i];

        if (not_held->why != VDI_NOT_HELD_SYSTEM
            && strcmp(not_held->organisation, organisation) == 0
            && strcmp(not_held->rule, rule) == 0) {
            return true;
        }
    }
    return holds->all_advice;
}

static VdiCountdown *find_countdown(const GPtrArray *countdowns, const char *package)
{
    for (guint i = 0; i < countdowns->len; i++) {
        VdiCountdown *countdown = countdowns->pdata[i];

        if (strcmp(countdown->package, package) == 0) {
            return countdown;
        }
    }
    return NULL;
}

static VdiCountdown *add_countdown(GPtrArray *countdowns, const VdiCountdown *like)
{
    VdiCountdown *countdown = g_new0(VdiCountdown, 1);

    *countdown = *like;
    countdown->package = g_strdup(like->package);
    g_ptr_array_add(countdowns, countdown);
    return countdown;
}

/* The countdown goes on for a while when nothing asks for the hold: a rule that is taken back and
 * published again does not start it anew. */
static void keep_countdowns(const VdiHoldsInput *input, VdiHolds *holds)
{
    for (guint i = 0; i < input->previous->countdowns->len; i++) {
        const VdiCountdown *old = input->previous->countdowns->pdata[i];
        VdiCountdown kept = *old;

        kept.ended_at = old->ended_at > 0 ? old->ended_at : input->now;
        if (find_countdown(holds->countdowns, old->package) == NULL
            && input->now - kept.ended_at < input->limits->longest_seconds) {
            add_countdown(holds->countdowns, &kept);
        }
    }
}

static VdiCountdown *count(const VdiHoldsInput *input, VdiHolds *holds, const VdiHold *hold)
{
    VdiCountdown *countdown = find_countdown(holds->countdowns, hold->package);
    const VdiCountdown *old = find_countdown(input->previous->countdowns, hold->package);

    if (countdown == NULL) {
        const VdiCountdown fresh = {hold->package, false, input->now, 0};

        countdown = add_countdown(holds->countdowns, old != NULL ? old : &fresh);
        countdown->ended_at = 0;
    }
    countdown->is_security = countdown->is_security || hold->is_security;
    return countdown;
}

/* How many distinct packages or rules are in `holds` and not in `known` (NULL: all count). */
static size_t count_new(const GPtrArray *holds, const GPtrArray *known, bool rules)
{
    g_autoptr(GHashTable) old = g_hash_table_new(g_str_hash, g_str_equal);
    g_autoptr(GHashTable) new = g_hash_table_new(g_str_hash, g_str_equal);

    for (guint i = 0; known != NULL && i < known->len; i++) {
        const VdiHold *hold = known->pdata[i];

        g_hash_table_add(old, rules ? hold->rule : hold->package);
    }
    for (guint i = 0; i < holds->len; i++) {
        const VdiHold *hold = holds->pdata[i];
        char *key = rules ? hold->rule : hold->package;

        if (!g_hash_table_contains(old, key)) {
            g_hash_table_add(new, key);
        }
    }
    return g_hash_table_size(new);
}

static bool is_too_much(const VdiHoldsInput *input, const GPtrArray *holds)
{
    const GPtrArray *known = input->previous->holds;

    return count_new(holds, NULL, false) > input->limits->packages_max
        || count_new(holds, known, false) > input->limits->sudden_packages_max
        || count_new(holds, known, true) > input->limits->sudden_rules_max;
}

static void give_up_all(VdiHolds *holds)
{
    for (guint i = 0; i < holds->holds->len; i++) {
        const VdiHold *hold = holds->holds->pdata[i];

        vdi_holds_refuse(holds, hold->package, hold->version, hold->organisation, hold->rule,
            VDI_NOT_HELD_SUDDEN);
    }
    g_ptr_array_set_size(holds->holds, 0);
    g_ptr_array_set_size(holds->countdowns, 0);
    holds->all_advice = true;
}

static int by_package(gconstpointer a, gconstpointer b)
{
    const VdiCountdown *left = *(const VdiCountdown *const *) a;
    const VdiCountdown *right = *(const VdiCountdown *const *) b;

    return strcmp(left->package, right->package);
}

/* A hold that nobody keeps would be a promise: it is advice. */
static void advise_all(GPtrArray *wanted, VdiHolds *holds)
{
    for (guint i = 0; i < wanted->len; i++) {
        const VdiHold *hold = wanted->pdata[i];

        vdi_holds_refuse(holds, hold->package, hold->version, hold->organisation, hold->rule,
            VDI_NOT_HELD_SYSTEM);
    }
    g_ptr_array_set_size(wanted, 0);
}

void vdi_holds_limit(const VdiHoldsInput *input, GPtrArray *wanted, VdiHolds *holds)
{
    if (input->host->ops->hold == NULL) {
        advise_all(wanted, holds);
    }
    for (guint i = 0; i < wanted->len; i++) {
        (void) count(input, holds, wanted->pdata[i]);
    }
    while (wanted->len > 0) {
        VdiHold *hold = g_ptr_array_steal_index(wanted, 0);
        const VdiCountdown *countdown = find_countdown(holds->countdowns, hold->package);
        int64_t ends = countdown->first_at
            + vdi_limits_seconds(input->limits, hold->package, countdown->is_security);
        bool went_back = input->now < countdown->first_at - CLOCK_SLACK;

        hold->until = MIN(hold->until, ends);
        if (went_back || hold->until <= input->now) {
            vdi_holds_refuse(holds, hold->package, hold->version, hold->organisation, hold->rule,
                went_back ? VDI_NOT_HELD_CLOCK : VDI_NOT_HELD_LIMIT);
            vdi_hold_free(hold);
        } else {
            g_ptr_array_add(holds->holds, hold);
        }
    }
    if (is_too_much(input, holds->holds)) {
        give_up_all(holds);
    }
    keep_countdowns(input, holds);
    g_ptr_array_sort(holds->holds, vdi_hold_compare);
    g_ptr_array_sort(holds->countdowns, by_package);
}
