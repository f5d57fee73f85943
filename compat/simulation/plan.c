/* SPDX-License-Identifier: Apache-2.0 */
#include "compat/simulation/plan.h"

#include <string.h>

#include "base/error.h"
#include "base/file.h"
#include "base/text.h"
#include "compat/rules/purl.h"
#include "compat/rules/version.h"

#define CLIENT_PREFIX "client:"
#define BUILD_NAME "windows"

struct VdiPlan {
    GPtrArray *items; /* of VdiPlanItem */
};

static void item_free(void *data)
{
    VdiPlanItem *item = data;

    g_free(item->type);
    g_free(item->new_from);
    g_free(item->name);
    g_free(item->version);
    g_free(item);
}

VdiPlan *vdi_plan_new(void)
{
    VdiPlan *plan = g_new0(VdiPlan, 1);

    plan->items = g_ptr_array_new_with_free_func(item_free);
    return plan;
}

void vdi_plan_free(VdiPlan *plan)
{
    if (plan != NULL) {
        g_ptr_array_unref(plan->items);
        g_free(plan);
    }
}

size_t vdi_plan_n_items(const VdiPlan *plan)
{
    return plan->items->len;
}

const VdiPlanItem *vdi_plan_item(const VdiPlan *plan, size_t i)
{
    return g_ptr_array_index(plan->items, i);
}

bool vdi_plan_item_is_package(const VdiPlanItem *item)
{
    return item->type == NULL
        || (strcmp(item->type, VDI_CHANGE_UPDATE) != 0 && strcmp(item->type, VDI_CHANGE_CLIENT) != 0
            && strcmp(item->type, VDI_CHANGE_BUILD) != 0);
}

char *vdi_plan_item_text(const VdiPlanItem *item)
{
    g_autofree char *text = g_strcmp0(item->type, VDI_CHANGE_UPDATE) == 0
        ? g_strdup(item->name)
        : g_strconcat(item->name, " ", item->version, NULL);

    return vdi_text_clean(text);
}

/* ---- words ---- */

static bool fail(const char *word, const char *what, GError **error)
{
    g_autofree char *shown = vdi_text_quote(word);

    g_set_error(error, VDI_PROGRAM_ERROR, VDI_PROGRAM_ERROR_VALUE, "%s: %s", shown, what);
    return false;
}

static bool take(VdiPlan *plan, const char *type, const char *new_from, const char *name,
    const char *version, GError **error)
{
    if (plan->items->len == VDI_PLAN_MAX_ITEMS) {
        return fail(name, "more than 1000 changes in one update", error);
    }
    VdiPlanItem *item = g_new0(VdiPlanItem, 1);

    *item = (VdiPlanItem){g_strdup(type), g_strdup(new_from), g_strdup(name), g_strdup(version)};
    g_ptr_array_add(plan->items, item);
    return true;
}

static bool add_purl(VdiPlan *plan, const char *word, bool is_new, GError **error)
{
    g_autoptr(VdiPurl) purl = vdi_purl_parse(word, error);

    if (purl == NULL) {
        return false;
    }
    if (purl->version == NULL || (is_new && purl->namespace == NULL)) {
        return fail(word, "pkg:TYPE/DISTRIBUTOR/NAME@VERSION is due", error);
    }
    return take(
        plan, purl->type, is_new ? purl->namespace : NULL, purl->name, purl->version, error);
}

bool vdi_plan_add(VdiPlan *plan, const char *word, GError **error)
{
    bool is_new = *word == '+';

    if (g_str_has_prefix(word + (is_new ? 1 : 0), "pkg:")) {
        return add_purl(plan, word + (is_new ? 1 : 0), is_new, error);
    }
    if (is_new) {
        return fail(word, "a package that is new is +pkg:TYPE/DISTRIBUTOR/NAME@VERSION", error);
    }
    const char *equals = strchr(word, '=');
    g_autofree char *name = g_strndup(word, equals != NULL ? (size_t) (equals - word) : 0);
    const char *version = equals != NULL ? equals + 1 : NULL;

    if (strpbrk(word, " \t/") != NULL || *word == '\0' || !vdi_version_is_printable(word)) {
        return fail(word, "NAME=VERSION, or the name of an update, is due", error);
    }
    if (equals == NULL && !g_ascii_isalpha(*word)) {
        return fail(
            word, "a build is windows=26100.7623, an update KB5034441 or RHSA-2026:1234", error);
    }
    if (equals == NULL) {
        return take(plan, VDI_CHANGE_UPDATE, NULL, word, word, error);
    }
    if (*name == '\0' || *version == '\0' || strlen(version) > VDI_VERSION_MAX_BYTES) {
        return fail(word, "NAME=VERSION is due", error);
    }
    if (g_str_has_prefix(name, CLIENT_PREFIX)) {
        return take(plan, VDI_CHANGE_CLIENT, NULL, name + strlen(CLIENT_PREFIX), version, error);
    }
    return take(
        plan, strcmp(name, BUILD_NAME) == 0 ? VDI_CHANGE_BUILD : NULL, NULL, name, version, error);
}

bool vdi_plan_add_file(VdiPlan *plan, const char *path, GError **error)
{
    g_autoptr(GBytes) bytes = vdi_file_read(path, VDI_PLAN_MAX_BYTES, error);

    if (bytes == NULL) {
        return false;
    }
    size_t size = 0;
    const char *data = g_bytes_get_data(bytes, &size);
    g_autofree char *text = g_strndup(data != NULL ? data : "", size);
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);

    for (size_t i = 0; lines[i] != NULL; i++) {
        if (*lines[i] != '\0' && *lines[i] != '#' && !vdi_plan_add(plan, lines[i], error)) {
            g_prefix_error(error, "%s, line %zu: ", path, i + 1);
            return false;
        }
    }
    return true;
}

/* ---- on a machine ---- */

/* No update makes anything older. What nobody can compare goes: that is the graver case. */
static bool is_older(const char *type, const char *installed, const char *version)
{
    const VdiVersionScheme *scheme = vdi_version_scheme(type);

    if (installed == NULL || scheme == NULL || !vdi_version_is_valid(scheme, installed)
        || !vdi_version_is_valid(scheme, version)) {
        return g_strcmp0(installed, version) != 0;
    }
    return scheme->compare(installed, version) < 0;
}

/* On a machine of that system, in its own name. */
static void add_new(VdiChange *change, const VdiPlanItem *item, const VdiFacts *facts)
{
    char *system = (char *) vdi_facts_get(facts, VDI_FACT_OS_ID);
    const VdiPackage package = {item->type, system, item->name, item->version, NULL};

    if (system != NULL
        && vdi_facts_is_distributor(facts, &package, item->new_from) == VDI_TRUTH_TRUE) {
        vdi_change_add(change, item->type, system, item->name, NULL, NULL, item->version, false);
    }
}

static void change_packages(VdiChange *change, const VdiPlanItem *item, const VdiFacts *facts)
{
    bool is_there = false;

    for (size_t i = 0; i < vdi_facts_n_packages(facts); i++) {
        const VdiPackage *package = vdi_facts_package(facts, i);

        if (strcmp(package->name, item->name) != 0
            || (item->type != NULL && strcmp(package->type, item->type) != 0)) {
            continue;
        }
        is_there = true;
        if (is_older(package->type, package->version, item->version)) {
            vdi_change_add(change, package->type, package->namespace, package->name, package->arch,
                package->version, item->version, false);
        }
    }
    if (item->new_from != NULL && !is_there) {
        add_new(change, item, facts);
    }
}

static bool is_for_system(const char *update, const VdiFacts *facts)
{
    const char *os = vdi_facts_get(facts, VDI_FACT_OS_ID);
    bool is_of_windows = g_str_has_prefix(update, "KB") && g_ascii_isdigit(update[2]);

    return !is_of_windows || g_strcmp0(os, "windows") == 0;
}

static void change_update(VdiChange *change, const VdiPlanItem *item, const VdiFacts *facts)
{
    if (is_for_system(item->name, facts)
        && vdi_facts_has_update(facts, item->name) != VDI_TRUTH_TRUE) {
        vdi_change_add(
            change, VDI_CHANGE_UPDATE, NULL, item->name, NULL, NULL, item->version, false);
    }
}

/* Versions of clients and of Windows are dotted numbers. */
static void change_client(VdiChange *change, const VdiPlanItem *item, const VdiFacts *facts)
{
    const char *version = NULL;

    if (vdi_facts_client(facts, item->name, &version) == VDI_TRUTH_TRUE
        && is_older("generic", version, item->version)) {
        vdi_change_add(
            change, VDI_CHANGE_CLIENT, NULL, item->name, NULL, version, item->version, false);
    }
}

static void change_build(VdiChange *change, const VdiPlanItem *item, const VdiFacts *facts)
{
    const char *build = vdi_facts_get(facts, VDI_FACT_BUILD);

    if (build != NULL && is_older("generic", build, item->version)) {
        vdi_change_add(
            change, VDI_CHANGE_BUILD, NULL, item->name, NULL, build, item->version, false);
    }
}

VdiChange *vdi_plan_change(const VdiPlan *plan, const VdiFacts *facts, GHashTable *touched)
{
    VdiChange *change = vdi_change_new();

    for (size_t i = 0; i < plan->items->len; i++) {
        const VdiPlanItem *item = g_ptr_array_index(plan->items, i);
        size_t n_before = vdi_change_n_items(change);

        if (vdi_plan_item_is_package(item)) {
            change_packages(change, item, facts);
        } else if (strcmp(item->type, VDI_CHANGE_UPDATE) == 0) {
            change_update(change, item, facts);
        } else if (strcmp(item->type, VDI_CHANGE_CLIENT) == 0) {
            change_client(change, item, facts);
        } else {
            change_build(change, item, facts);
        }
        if (touched != NULL && vdi_change_n_items(change) > n_before) {
            g_hash_table_add(touched, (gpointer) item);
        }
    }
    return change;
}
