/* SPDX-License-Identifier: Apache-2.0 */
#include "compat/inventory/inventory_osquery.h"

#include <string.h>

#include "compat/host/system.h"
#include "compat/rules/version.h"

/* "22.04": major 22, minor 4. Of Windows the third is the build. */
static void add_numbers(VdiJson *row, const char *version)
{
    static const char *const names[] = {"major", "minor"};
    g_auto(GStrv) numbers = g_strsplit(version != NULL ? version : "", ".", 3);

    for (size_t i = 0; i < G_N_ELEMENTS(names) && numbers[i] != NULL; i++) {
        const char *number = numbers[i];

        while (number[0] == '0' && number[1] != '\0') {
            number++;
        }
        if (*number == '\0' || strspn(number, "0123456789") != strlen(number)) {
            return;
        }
        vdi_inventory_add_text(row, names[i], number);
    }
}

static void put_os(VdiInventoryWriter *writer, const VdiFacts *facts)
{
    const char *version = vdi_facts_get(facts, VDI_FACT_OS_VERSION);
    const char *build = vdi_facts_get(facts, VDI_FACT_BUILD);
    const char *arch = vdi_facts_get(facts, VDI_FACT_ARCH);
    const char *dot = build != NULL ? strchr(build, '.') : NULL;
    const char *const *like = vdi_facts_os_like(facts);
    VdiJson *row = vdi_json_new_object();

    vdi_inventory_add_text(row, "platform", vdi_facts_get(facts, VDI_FACT_OS_ID));
    vdi_inventory_add_text(row, "version", version);
    add_numbers(row, version);
    if (like != NULL) {
        g_autofree char *words = g_strjoinv(" ", (char **) like);

        vdi_inventory_add_text(row, "platform_like", words);
    }
    if (dot != NULL) {
        g_autofree char *number = g_strndup(build, (gsize) (dot - build));

        vdi_inventory_add_text(row, "build", number);
        vdi_inventory_add_text(row, "revision", dot + 1);
    }
    if (arch != NULL) {
        vdi_inventory_add_text(row, "arch", vdi_system_machine_of(arch));
    }
    vdi_inventory_begin_list(writer, "os_version");
    vdi_inventory_take_element(writer, row);
    vdi_inventory_end_list(writer);
}

/* A table of one row and one column. */
static void put_one(
    VdiInventoryWriter *writer, const char *table, const char *column, const char *text)
{
    if (text != NULL) {
        VdiJson *row = vdi_json_new_object();

        vdi_inventory_add_text(row, column, text);
        vdi_inventory_begin_list(writer, table);
        vdi_inventory_take_element(writer, row);
        vdi_inventory_end_list(writer);
    }
}

static VdiJson *new_deb(const VdiPackage *package)
{
    VdiJson *row = vdi_json_new_object();
    const char *hyphen = strrchr(package->version, '-');

    vdi_inventory_add_text(row, "name", package->name);
    vdi_inventory_add_text(row, "version", package->version);
    vdi_inventory_add_text(row, "arch", package->arch);
    vdi_inventory_add_text(row, "revision", hyphen != NULL ? hyphen + 1 : "");
    vdi_inventory_add_text(row, "status", "install ok installed");
    return row;
}

static VdiJson *new_rpm(const VdiPackage *package)
{
    VdiJson *row = vdi_json_new_object();
    VdiVersionParts parts = vdi_version_parts(package->version);

    if (parts.version.length == 0) { /* "1:-2": nothing that a column could say */
        parts = (VdiVersionParts){
            .epoch = {"0", 1}, .version = {package->version, strlen(package->version)}};
    }
    g_autofree char *epoch = g_strndup(parts.epoch.text, parts.epoch.length);
    g_autofree char *version = g_strndup(parts.version.text, parts.version.length);
    g_autofree char *release = parts.release.text != NULL
        ? g_strndup(parts.release.text, parts.release.length)
        : g_strdup("");

    vdi_inventory_add_text(row, "name", package->name);
    vdi_inventory_add_text(row, "version", version);
    vdi_inventory_add_text(row, "release", release);
    vdi_inventory_add_text(row, "arch", package->arch);
    vdi_inventory_add_text(row, "epoch", epoch);
    return row;
}

static VdiJson *new_program(const VdiPackage *package)
{
    VdiJson *row = vdi_json_new_object();

    vdi_inventory_add_text(row, "name", package->name);
    vdi_inventory_add_text(row, "version", package->version);
    return row;
}

static void put_packages(VdiInventoryWriter *writer, const GPtrArray *packages, const char *table,
    const char *type, VdiJson *(*new_row)(const VdiPackage *package))
{
    bool has_any = false;

    for (guint i = 0; i < packages->len; i++) {
        const VdiPackage *package = packages->pdata[i];

        if (strcmp(package->type, type) == 0) {
            if (!has_any) {
                vdi_inventory_begin_list(writer, table);
            }
            vdi_inventory_take_element(writer, new_row(package));
            has_any = true;
        }
    }
    if (has_any) {
        vdi_inventory_end_list(writer);
    }
}

static size_t n_left_out(const VdiInventory *inventory)
{
    static const char *const types[] = {"deb", "rpm", "generic", NULL};
    bool has_tables = vdi_facts_packages_known(inventory->facts);
    size_t n = 0;

    for (size_t i = 0; i < vdi_facts_n_packages(inventory->facts); i++) {
        n += !has_tables || !g_strv_contains(types, vdi_facts_package(inventory->facts, i)->type);
    }
    return n;
}

/* A table is read as whole: a list that is not is left out. */
static char *print_osquery(const VdiInventory *inventory)
{
    const VdiFacts *facts = inventory->facts;
    g_autoptr(GPtrArray) packages = vdi_inventory_packages(inventory);
    g_autofree const char **updates = vdi_facts_updates(facts);
    VdiInventoryWriter writer;

    vdi_inventory_begin(&writer, vdi_json_new_object());
    put_os(&writer, facts);
    put_one(&writer, "kernel_info", "version", vdi_facts_get(facts, VDI_FACT_KERNEL));
    put_one(&writer, "system_info", "hostname", inventory->name);
    if (vdi_facts_packages_known(facts)) {
        put_packages(&writer, packages, "deb_packages", "deb", new_deb);
        put_packages(&writer, packages, "rpm_packages", "rpm", new_rpm);
        put_packages(&writer, packages, "programs", "generic", new_program);
    }
    if (vdi_facts_updates_known(facts)) {
        vdi_inventory_begin_list(&writer, "patches");
        for (size_t i = 0; updates[i] != NULL; i++) {
            VdiJson *row = vdi_json_new_object();

            vdi_inventory_add_text(row, "hotfix_id", updates[i]);
            vdi_inventory_take_element(&writer, row);
        }
        vdi_inventory_end_list(&writer);
    }
    return vdi_inventory_end(&writer);
}

const VdiInventoryForm vdi_inventory_form_osquery = {
    .name = "osquery",
    .is_this = vdi_inventory_is_osquery,
    .read = vdi_inventory_osquery_read,
    .print = print_osquery,
    .n_left_out = n_left_out,
};
