/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "compat/rules/explain_remedy.h"
#include "compat/rules/fact_kind.h"
#include "compat/rules/lint_private.h"

/* Names that are compared byte for byte, and so are true of no machine when they are written
 * otherwise. */

static bool is_kind(const VdiCondition *fact, const char *kind)
{
    return strcmp(fact->kind->name, kind) == 0;
}

/* ---- facts ---- */

static void check_update(VdiLint *lint, const char *name, const char *place)
{
    bool has_kb = g_ascii_strncasecmp(name, "KB", 2) == 0;
    const char *digits = has_kb ? name + 2 : name;

    if (strlen(digits) < 5 || digits[strspn(digits, "0123456789")] != '\0') {
        return;
    }
    if (!has_kb) {
        vdi_lint_add(lint->findings, lint->i, place, VDI_LINT_WARNING,
            "An update that is a number alone: did you mean KB%s?", digits);
    } else if (!g_str_has_prefix(name, "KB")) {
        vdi_lint_add(lint->findings, lint->i, place, VDI_LINT_ERROR,
            "No machine has an update of that name: write KB%s.", digits);
    }
}

static void check_os(VdiLint *lint, const char *id, const char *place)
{
    g_autofree char *lower = g_ascii_strdown(id, -1);

    if (strcmp(id, lower) != 0) {
        vdi_lint_add(lint->findings, lint->i, place, VDI_LINT_WARNING,
            "The id of a system has no capitals: did you mean %s?", lower);
    }
}

/* A client's version is what the product calls itself, not its package's. */
static void check_client_range(VdiLint *lint, const VdiCondition *fact, const char *place)
{
    static const char *const types[] = {"deb", "rpm", "alpm", NULL};
    const char *type = vdi_range_scheme(fact->range)->name;

    if (g_strv_contains(types, type)) {
        g_autofree char *at = g_strconcat(place, ".version", NULL);

        vdi_lint_add(lint->findings, lint->i, at, VDI_LINT_WARNING,
            "A client has the version of the product, without epoch and release: did you mean "
            "vers:generic?");
    }
}

static void check_fact(const VdiCondition *fact, const char *place, void *user)
{
    VdiLint *lint = user;
    size_t length = fact->name != NULL ? strlen(fact->name) : 0;

    if (length > 0 && (g_ascii_isspace(fact->name[0]) || g_ascii_isspace(fact->name[length - 1]))) {
        vdi_lint_add(lint->findings, lint->i, place, VDI_LINT_ERROR,
            "A name that begins or ends with a blank is none that a machine has.");
    } else if (is_kind(fact, "update")) {
        check_update(lint, fact->name, place);
    } else if (is_kind(fact, "os") && fact->name != NULL) {
        check_os(lint, fact->name, place);
    } else if (is_kind(fact, "client")) {
        check_client_range(lint, fact, place);
    }
}

/* ---- remedies ---- */

typedef struct {
    const VdiRemedy *remedy;
    const VdiPurl *package; /* of the remedy; NULL: it names none */
    bool names_packages, names_this;
    const char *fault; /* of its version; NULL: none */
} Mending;

static void look_for_package(const VdiCondition *fact, const char *place, void *user)
{
    Mending *mending = user;

    if (fact->purl != NULL && mending->package != NULL && !vdi_lint_is_exception(place)) {
        mending->names_packages = true;
        mending->names_this = mending->names_this
            || (strcmp(fact->purl->name, mending->package->name) == 0
                && strcmp(fact->purl->type, mending->package->type) == 0);
    }
    if (mending->remedy->action == VDI_ACTION_UPGRADE_CLIENT && is_kind(fact, "client")
        && mending->remedy->version != NULL && !vdi_lint_is_exception(place)
        && mending->fault == NULL) {
        mending->fault = vdi_version_fault(vdi_range_scheme(fact->range), mending->remedy->version);
    }
}

static void check_remedy(VdiLint *lint, size_t k)
{
    const VdiRemedy *remedy = &lint->rule->remedies[k];
    g_autoptr(VdiPurl) package =
        remedy->package != NULL ? vdi_purl_parse(remedy->package, NULL) : NULL;
    const VdiVersionScheme *scheme = package != NULL ? vdi_version_scheme(package->type) : NULL;
    g_autofree char *place = g_strdup_printf("remedies[%zu].package", k);
    g_autofree char *at = g_strdup_printf("remedies[%zu].version", k);
    g_autofree char *text = g_strdup_printf("remedies[%zu].text", k);
    Mending mending = {.remedy = remedy, .package = package};

    vdi_lint_visit(lint->rule->when, look_for_package, &mending);
    if (remedy->category == VDI_REMEDY_VENDOR_FIX && mending.names_packages
        && !mending.names_this) {
        vdi_lint_add(lint->findings, lint->i, place, VDI_LINT_WARNING,
            "The condition names other packages, and not the one that is repaired.");
    }
    if (remedy->action == VDI_ACTION_CHANGE_SETTING && remedy->text[0] == NULL
        && vdi_explain_setting(lint->rule) == NULL) {
        vdi_lint_add(lint->findings, lint->i, text, VDI_LINT_WARNING,
            "It does not say which setting: the condition asks for none, or for several.");
    }
    if (scheme != NULL && remedy->version != NULL && mending.fault == NULL) {
        mending.fault = vdi_version_fault(scheme, remedy->version);
    }
    if (mending.fault != NULL) {
        vdi_lint_add(lint->findings, lint->i, at, VDI_LINT_ERROR,
            "%s is no version of what is repaired: %s.", remedy->version, mending.fault);
    }
}

void vdi_lint_check_names(VdiLint *lint)
{
    vdi_lint_visit(lint->rule->when, check_fact, lint);
    for (size_t k = 0; k < lint->rule->n_remedies; k++) {
        check_remedy(lint, k);
    }
}
