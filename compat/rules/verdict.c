/* SPDX-License-Identifier: Apache-2.0 */
#include "compat/rules/verdict.h"

#include <string.h>

static void finding_free(void *data)
{
    VdiFinding *finding = data;

    g_free(finding->organisation);
    g_free(finding->reduced);
    g_strfreev(finding->unknowns);
    g_strfreev(finding->reasons);
    g_free(finding);
}

VdiVerdict *vdi_verdict_new(void)
{
    VdiVerdict *verdict = g_new0(VdiVerdict, 1);

    verdict->findings = g_ptr_array_new_with_free_func(finding_free);
    return verdict;
}

void vdi_verdict_free(VdiVerdict *verdict)
{
    if (verdict != NULL) {
        g_ptr_array_unref(verdict->findings);
        g_free(verdict);
    }
}

static GStrv first_names(const GPtrArray *why)
{
    GPtrArray *names = g_ptr_array_new();

    for (guint i = 0; i < why->len; i++) {
        const char *name = g_ptr_array_index(why, i);

        if (g_ptr_array_find_with_equal_func(names, name, g_str_equal, NULL)) {
            continue;
        }
        if (names->len == VDI_FINDING_NAMES_MAX) {
            g_ptr_array_add(names, g_strdup("…"));
            break;
        }
        g_ptr_array_add(names, g_strdup(name));
    }
    g_ptr_array_add(names, NULL);
    return (GStrv) g_ptr_array_free(names, false);
}

void vdi_verdict_add(VdiVerdict *verdict, const char *organisation, const VdiRule *rule,
    VdiTruth truth, VdiEffect effect, const char *reduced, const GPtrArray *why)
{
    VdiFinding *finding = g_new0(VdiFinding, 1);

    g_assert(truth == VDI_TRUTH_TRUE || effect == VDI_EFFECT_NONE);
    finding->organisation = g_strdup(organisation);
    finding->rule = rule;
    finding->truth = truth;
    finding->effect = effect;
    finding->reduced = g_strdup(reduced);
    finding->unknowns = truth == VDI_TRUTH_UNKNOWN ? first_names(why) : NULL;
    finding->reasons = truth == VDI_TRUTH_TRUE ? first_names(why) : NULL;
    g_ptr_array_add(verdict->findings, finding);
}

/* What is true stands before what is unknown, even where its effect was reduced to nothing. */
static int compare(const void *a, const void *b)
{
    const VdiFinding *left = *(VdiFinding *const *) a, *right = *(VdiFinding *const *) b;

    if (left->effect != right->effect) {
        return left->effect > right->effect ? -1 : 1;
    }
    if (left->truth != right->truth) {
        return left->truth == VDI_TRUTH_TRUE ? -1 : 1;
    }
    int order = g_strcmp0(left->organisation, right->organisation);

    return order != 0 ? order : strcmp(left->rule->id, right->rule->id);
}

void vdi_verdict_sort(VdiVerdict *verdict)
{
    g_ptr_array_sort(verdict->findings, compare);
}

VdiEffect vdi_verdict_effect(const VdiVerdict *verdict)
{
    VdiEffect gravest = VDI_EFFECT_NONE;

    for (guint i = 0; i < verdict->findings->len; i++) {
        const VdiFinding *finding = g_ptr_array_index(verdict->findings, i);

        gravest = MAX(gravest, finding->effect);
    }
    return gravest;
}

const VdiFinding *vdi_verdict_finding(const VdiVerdict *verdict, size_t i)
{
    return i < verdict->findings->len ? g_ptr_array_index(verdict->findings, i) : NULL;
}
