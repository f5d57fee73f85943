/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "compat/rules/fact_kind.h"
#include "compat/rules/lint_private.h"
#include "compat/rules/release_tail.h"

/* Versions that are of one release of a distribution, in a rule that looks at others as well. */

/* Exactly one version is of one release by itself. */
static bool is_open(const VdiRange *range)
{
    return strpbrk(vdi_range_text(range), "<>") != NULL;
}

static void warn_of_others(VdiLint *lint, const VdiReleaseTail *tail, const char *place)
{
    g_autofree char *distro = tail->id != NULL
        ? g_strdup_printf("?distro=%s-%s, or an os with a version", tail->id, tail->release)
        : g_strdup("an os with a version beside it");

    vdi_lint_add(lint->findings, lint->i, place, VDI_LINT_WARNING,
        "These versions are of %s %s; the rule also looks at other releases: write %s.", tail->name,
        tail->release, distro);
}

/* One warning a fact: the first version that tells something. */
static void check_package(
    VdiLint *lint, const VdiCondition *fact, const char *place, bool is_narrowed)
{
    const char *version = NULL;
    g_autofree char *at = g_strconcat(place, ".version", NULL);

    for (size_t i = 0; (version = vdi_range_version(fact->range, i)) != NULL; i++) {
        g_auto(VdiReleaseTail) tail = {0};

        if (!vdi_release_tail_read(version, &tail)) {
            continue;
        }
        if (strcmp(tail.type, fact->purl->type) != 0) {
            vdi_lint_add(lint->findings, lint->i, at, VDI_LINT_WARNING,
                "%s is a version of %s %s, whose packages are of type %s, not %s.", version,
                tail.name, tail.release, tail.type, fact->purl->type);
            return;
        }
        if (!is_narrowed && is_open(fact->range)
            && vdi_purl_qualifier(fact->purl, "distro") == NULL) {
            warn_of_others(lint, &tail, at);
            return;
        }
    }
}

static bool has_release(const VdiCondition *condition)
{
    if (condition->op == VDI_CONDITION_FACT) {
        return strcmp(condition->kind->name, "os") == 0 && condition->range != NULL;
    }
    if (condition->op == VDI_CONDITION_NOT) {
        return false;
    }
    for (size_t k = 0; k < condition->n_parts; k++) {
        if (has_release(condition->parts[k]) == (condition->op == VDI_CONDITION_ALL)) {
            return condition->op == VDI_CONDITION_ALL;
        }
    }
    return condition->op == VDI_CONDITION_ANY;
}

/* `is_narrowed`: an os with a version stands beside it in an `all`. */
static void check(VdiLint *lint, const VdiCondition *condition, GString *place, bool is_narrowed)
{
    gsize length = place->len;

    if (condition->op == VDI_CONDITION_FACT) {
        if (condition->purl != NULL) {
            g_string_append(place, ".package");
            check_package(lint, condition, place->str, is_narrowed);
            g_string_truncate(place, length);
        }
        return;
    }
    bool narrows = is_narrowed || (condition->op == VDI_CONDITION_ALL && has_release(condition));

    for (size_t k = 0; condition->op != VDI_CONDITION_NOT && k < condition->n_parts; k++) {
        vdi_lint_append_part(place, condition, k);
        check(lint, condition->parts[k], place, narrows);
        g_string_truncate(place, length);
    }
}

void vdi_lint_check_releases(VdiLint *lint)
{
    g_autoptr(GString) place = g_string_new("when");

    check(lint, lint->rule->when, place, false);
}
