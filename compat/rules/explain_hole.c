/* SPDX-License-Identifier: Apache-2.0 */
#include "compat/rules/explain_hole.h"

#include <string.h>

#include "base/text.h"
#include "compat/rules/fact_kind.h"

/* The remedy whose version {fixed} is: this one's own, the vendor's, or the first that has one. */
static const VdiRemedy *fixing_remedy(const VdiRule *rule, const VdiRemedy *remedy)
{
    const VdiRemedy *fixing = remedy != NULL && remedy->version != NULL ? remedy : NULL;

    for (size_t i = 0; i < rule->n_remedies && fixing == NULL; i++) {
        bool is_fix = rule->remedies[i].category == VDI_REMEDY_VENDOR_FIX;

        fixing = is_fix && rule->remedies[i].version != NULL ? &rule->remedies[i] : NULL;
    }
    for (size_t i = 0; i < rule->n_remedies && fixing == NULL; i++) {
        fixing = rule->remedies[i].version != NULL ? &rule->remedies[i] : NULL;
    }
    return fixing;
}

/* What the holes speak of: the package that {fixed} repairs, or else what the rule names first. So
 * "{package} {fixed}" is one thing. */
typedef struct {
    VdiPurl *repaired; /* NULL: no remedy says */
    const VdiCondition *package, *ranged;
    bool is_found; /* `package` and `ranged` are what is repaired */
} Subject;

static void subject_clear(Subject *subject)
{
    vdi_purl_free(subject->repaired);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Subject, subject_clear)

static bool has_versions(const VdiCondition *fact)
{
    return fact->range != NULL
        && (fact->purl != NULL || strcmp(fact->kind->name, "client") == 0
            || strcmp(fact->kind->name, "engine") == 0 || strcmp(fact->kind->name, "build") == 0);
}

static void find_subject(const VdiCondition *fact, void *user)
{
    Subject *subject = user;

    if (!subject->is_found && subject->repaired != NULL && fact->purl != NULL
        && strcmp(fact->purl->type, subject->repaired->type) == 0
        && strcmp(fact->purl->name, subject->repaired->name) == 0) {
        subject->package = fact;
        subject->ranged = fact;
        subject->is_found = true;
    }
    if (subject->package == NULL && fact->purl != NULL) {
        subject->package = fact;
    }
    if (subject->ranged == NULL && has_versions(fact)) {
        subject->ranged = fact;
    }
}

static Subject subject_of(const VdiRule *rule, const VdiRemedy *remedy)
{
    const VdiRemedy *fixing = fixing_remedy(rule, remedy);
    Subject subject = {.repaired = fixing != NULL && fixing->package != NULL
            ? vdi_purl_parse(fixing->package, NULL)
            : NULL};

    if (rule->when != NULL) {
        vdi_condition_visit_facts(rule->when, find_subject, &subject);
    }
    return subject;
}

static char *fill_fixed(const VdiRule *rule, const VdiRemedy *remedy)
{
    const VdiRemedy *fixing = fixing_remedy(rule, remedy);

    return fixing != NULL ? g_strdup(fixing->version) : NULL;
}

static char *fill_package(const VdiRule *rule, const VdiRemedy *remedy)
{
    g_autoptr(VdiPurl) purl =
        remedy != NULL && remedy->package != NULL ? vdi_purl_parse(remedy->package, NULL) : NULL;
    g_auto(Subject) subject = subject_of(rule, remedy);

    if (purl == NULL) {
        purl = g_steal_pointer(&subject.repaired);
    }
    if (purl != NULL) {
        return g_strdup(purl->name);
    }
    return subject.package != NULL ? g_strdup(subject.package->purl->name) : NULL;
}

char *vdi_explain_range(const VdiRange *range)
{
    const char *constraints = strchr(vdi_range_text(range), '/') + 1;
    g_auto(GStrv) parts = g_strsplit(constraints, "|", -1);

    return g_strjoinv(", ", parts);
}

/* In a remedy its own version; elsewhere the versions that break, as the rule writes them. */
static char *fill_version(const VdiRule *rule, const VdiRemedy *remedy)
{
    g_auto(Subject) subject = subject_of(rule, remedy);

    if (remedy != NULL) {
        return g_strdup(remedy->version);
    }
    if (subject.ranged == NULL) {
        return NULL;
    }
    return vdi_explain_range(subject.ranged->range);
}

static char *fill_update(const VdiRule *rule, const VdiRemedy *remedy)
{
    return remedy != NULL ? g_strdup(remedy->update) : NULL;
}

/* The day, in the form that every language reads. */
static char *fill_until(const VdiRule *rule, const VdiRemedy *remedy)
{
    return rule->expires_at != 0 ? vdi_text_day(rule->expires_at) : NULL;
}

static const struct {
    const char *hole;
    char *(*fill)(const VdiRule *rule, const VdiRemedy *remedy);
} hole_rows[] = {
    {"{fixed}", fill_fixed},
    {"{package}", fill_package},
    {"{version}", fill_version},
    {"{update}", fill_update},
    {"{until}", fill_until},
};

char *vdi_explain_fill_text(const char *text, const VdiRule *rule, const VdiRemedy *remedy)
{
    g_autoptr(GString) out = g_string_new(NULL);
    const char *at = text;

    while (*at != '\0') {
        char *value = NULL;
        size_t length = 0;

        for (size_t i = 0; i < G_N_ELEMENTS(hole_rows) && length == 0; i++) {
            if (g_str_has_prefix(at, hole_rows[i].hole)) {
                length = strlen(hole_rows[i].hole);
                value = hole_rows[i].fill(rule, remedy);
            }
        }
        if (value != NULL) {
            g_string_append(out, value);
            at += length;
        } else {
            g_string_append_c(out, *at++);
        }
        g_free(value);
    }
    return vdi_text_clean(out->str);
}

bool vdi_explain_fills(const VdiRule *rule, const VdiRemedy *remedy, const char *hole)
{
    for (size_t i = 0; i < G_N_ELEMENTS(hole_rows); i++) {
        if (strcmp(hole_rows[i].hole, hole) == 0) {
            g_autofree char *value = hole_rows[i].fill(rule, remedy);

            return value != NULL;
        }
    }
    return false;
}

char *vdi_explain_fill(const char *sentence, const char *const *holes)
{
    GString *out = g_string_new(NULL);

    for (const char *at = sentence; *at != '\0';) {
        const char *const *hole = holes;

        while (*hole != NULL && !(hole[1] != NULL && g_str_has_prefix(at, hole[0]))) {
            hole += 2;
        }
        if (*hole != NULL) {
            g_autofree char *shown = vdi_text_clean(hole[1]);

            g_string_append(out, shown);
            at += strlen(hole[0]);
        } else {
            g_string_append_c(out, *at++);
        }
    }
    return g_string_free(out, false);
}
