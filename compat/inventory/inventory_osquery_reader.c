/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "compat/host/system.h"
#include "compat/inventory/inventory_osquery.h"
#include "compat/rules/version.h"

enum { ROWS_MAX = 100000 };

/* NULL for a column that is not there, or empty: osquery's word for nothing. Numbers come as texts
 * or as numbers. */
static bool read_column(VdiJson *row, const char *name, char **ret_text, GError **error)
{
    VdiJson *value = NULL;

    if (!vdi_json_has(row, name)) {
        return true;
    }
    if (!vdi_json_value(row, name, &value, error)) {
        return false;
    }
    if (vdi_json_type(value) == VDI_JSON_INTEGER) {
        *ret_text = g_strdup_printf("%" G_GINT64_FORMAT, vdi_json_as_integer(value));
        return true;
    }
    if (!vdi_inventory_read_text(row, name, 0, ret_text, error)) {
        return false;
    }
    if (**ret_text == '\0') {
        g_clear_pointer(ret_text, g_free);
    }
    return true;
}

static bool read_needed(VdiJson *row, const char *name, char **ret_text, GError **error)
{
    return read_column(row, name, ret_text, error)
        && (*ret_text != NULL || vdi_inventory_fail(name, "it is missing or empty", error));
}

/* osquery gives VERSION and the numbers of VERSION_ID: "22.04.3 LTS (Jammy …)" with 22, 4, 0 is
 * 22.04. What stands in front of the text counts as far as the numbers say the same. */
static char *version_id(const char *version, char *const numbers[3])
{
    g_autofree char *first = g_strndup(version, strcspn(version, " "));
    size_t length = strspn(first, "0123456789.");
    const char *end = first;

    if (length == 0 || first[length] != '\0' || numbers[0] == NULL) {
        return g_steal_pointer(&first);
    }
    for (size_t i = 0; i < 3 && *end != '\0' && numbers[i] != NULL; i++) {
        const char *at = i > 0 ? end + 1 : end;
        VdiVersionPart part = {at, strspn(at, "0123456789")};
        VdiVersionPart number = {numbers[i], strlen(numbers[i])};

        if (part.length == 0 || vdi_version_compare_digits(part, number) != 0) {
            break;
        }
        end = at + part.length;
    }
    return end > first ? g_strndup(first, (gsize) (end - first)) : g_steal_pointer(&first);
}

static bool read_os_version(VdiInventory *inventory, VdiJson *row, GError **error)
{
    g_autofree char *platform = NULL, *like = NULL, *version = NULL, *arch = NULL;
    g_autofree char *build = NULL, *revision = NULL, *major = NULL, *minor = NULL, *patch = NULL;

    if (!read_column(row, "platform", &platform, error)
        || !read_column(row, "platform_like", &like, error)
        || !read_column(row, "version", &version, error)
        || !read_column(row, "major", &major, error) || !read_column(row, "minor", &minor, error)
        || !read_column(row, "patch", &patch, error) || !read_column(row, "build", &build, error)
        || !read_column(row, "revision", &revision, error)
        || !read_column(row, "arch", &arch, error)) {
        return false;
    }
    bool is_windows = g_strcmp0(platform, "windows") == 0;

    vdi_facts_set(inventory->facts, VDI_FACT_OS_ID, platform);
    if (version != NULL) {
        char *const numbers[] = {is_windows ? NULL : major, minor, patch};
        g_autofree char *id = version_id(version, numbers);

        vdi_facts_set(inventory->facts, VDI_FACT_OS_VERSION, id);
    }
    if (like != NULL) {
        g_auto(GStrv) words = g_strsplit(like, " ", -1);

        vdi_facts_set_os_like(inventory->facts, (const char *const *) words);
    }
    /* Windows says "64-bit" */
    if (arch != NULL && (!is_windows || vdi_system_arch(arch) != NULL)) {
        vdi_facts_set(inventory->facts, VDI_FACT_ARCH, arch);
    }
    if (is_windows && build != NULL) {
        bool is_whole = strchr(build, '.') != NULL || revision == NULL;
        g_autofree char *both = is_whole ? g_strdup(build) : g_strjoin(".", build, revision, NULL);

        vdi_facts_set(inventory->facts, VDI_FACT_BUILD, both);
    }
    return true;
}

/* The revision, where os_version does not have it yet. */
static bool read_registry(VdiInventory *inventory, VdiJson *row, GError **error)
{
    const char *build = vdi_facts_get(inventory->facts, VDI_FACT_BUILD);
    g_autofree char *name = NULL, *data = NULL;

    if (!read_column(row, "name", &name, error)) {
        return false;
    }
    if (g_strcmp0(name, "UBR") != 0 || build == NULL || strchr(build, '.') != NULL) {
        return true;
    }
    if (!read_needed(row, "data", &data, error)) {
        return false;
    }
    g_autofree char *both = g_strjoin(".", build, data, NULL);

    vdi_facts_set(inventory->facts, VDI_FACT_BUILD, both);
    return true;
}

static bool read_system_info(VdiInventory *inventory, VdiJson *row, GError **error)
{
    g_autofree char *cpu = NULL;

    if (!read_column(row, "hostname", &inventory->name, error)
        || !read_column(row, "cpu_type", &cpu, error)) {
        return false;
    }
    if (cpu != NULL && vdi_facts_get(inventory->facts, VDI_FACT_ARCH) == NULL) {
        vdi_facts_set(inventory->facts, VDI_FACT_ARCH, cpu);
    }
    return true;
}

static bool read_kernel_info(VdiInventory *inventory, VdiJson *row, GError **error)
{
    g_autofree char *version = NULL;

    if (!read_column(row, "version", &version, error)) {
        return false;
    }
    vdi_facts_set(inventory->facts, VDI_FACT_KERNEL, version);
    return true;
}

/* dpkg remembers what is gone; "install ok installed" ends in how it stands. */
static bool has_files(const char *status)
{
    static const char *const states[] = {
        "installed", "unpacked", "half-configured", "triggers-awaited", "triggers-pending", NULL};
    const char *last = status != NULL ? strrchr(status, ' ') : NULL;

    return last == NULL || g_strv_contains(states, last + 1);
}

static bool read_deb(VdiInventory *inventory, VdiJson *row, GError **error)
{
    const char *distributor = vdi_facts_get(inventory->facts, VDI_FACT_OS_ID);
    g_autofree char *name = NULL, *version = NULL, *arch = NULL, *status = NULL;

    if (!read_needed(row, "name", &name, error) || !read_column(row, "status", &status, error)) {
        return false;
    }
    if (!has_files(status)) {
        return true;
    }
    if (!read_needed(row, "version", &version, error) || !read_column(row, "arch", &arch, error)) {
        return false;
    }
    vdi_facts_add_package(
        inventory->facts, "deb", distributor != NULL ? distributor : "debian", name, version, arch);
    return true;
}

static bool read_rpm(VdiInventory *inventory, VdiJson *row, GError **error)
{
    g_autofree char *name = NULL, *version = NULL, *release = NULL, *arch = NULL, *epoch = NULL;

    if (!read_needed(row, "name", &name, error) || !read_needed(row, "version", &version, error)
        || !read_column(row, "release", &release, error) || !read_column(row, "arch", &arch, error)
        || !read_column(row, "epoch", &epoch, error)) {
        return false;
    }
    bool has_epoch = epoch != NULL && strcmp(epoch, "0") != 0;
    g_autofree char *whole = g_strconcat(has_epoch ? epoch : "", has_epoch ? ":" : "", version,
        release != NULL ? "-" : "", release != NULL ? release : "", NULL);

    vdi_facts_add_package(inventory->facts, "rpm", vdi_facts_get(inventory->facts, VDI_FACT_OS_ID),
        name, whole, arch);
    return true;
}

/* One without a version says nothing that a rule could ask. */
static bool read_program(VdiInventory *inventory, VdiJson *row, GError **error)
{
    g_autofree char *name = NULL, *version = NULL;

    if (!read_column(row, "name", &name, error) || !read_column(row, "version", &version, error)) {
        return false;
    }
    if (name != NULL && version != NULL) {
        vdi_facts_add_package(inventory->facts, "generic", NULL, name, version, NULL);
    }
    return true;
}

static bool read_patch(VdiInventory *inventory, VdiJson *row, GError **error)
{
    g_autofree char *id = NULL;

    if (!read_needed(row, "hotfix_id", &id, error)) {
        return false;
    }
    vdi_facts_add_update(inventory->facts, id);
    return true;
}

/* In the order in which they are read: whose packages they are is asked of the first. A table that
 * comes without its name is the first that has one of these columns. */
static const struct {
    const char *name;
    const char *columns[5];
    VdiInventoryReader read;
    bool has_packages;
} tables[] = {
    {"os_version", {"platform", "major", NULL}, read_os_version, false},
    {"registry", {"data", NULL}, read_registry, false},
    {"system_info", {"hostname", "cpu_type", NULL}, read_system_info, false},
    {"kernel_info", {"arguments", "device", NULL}, read_kernel_info, false},
    {"deb_packages", {"revision", "admindir", "section", NULL}, read_deb, true},
    {"rpm_packages", {"release", NULL}, read_rpm, true},
    {"programs", {"publisher", "install_source", "uninstall_string", "identifying_number", NULL},
        read_program, true},
    {"patches", {"hotfix_id", NULL}, read_patch, false},
};

bool vdi_inventory_is_osquery(const VdiInventoryDocument *document)
{
    bool found = vdi_json_type(document->head) == VDI_JSON_ARRAY;

    for (size_t i = 0; i < G_N_ELEMENTS(tables); i++) {
        found = found || g_hash_table_contains(document->lists, tables[i].name);
    }
    return found;
}

/* NULL: no table that is known here has such columns. */
static const char *name_table(const GPtrArray *rows)
{
    g_autoptr(VdiJson) first = rows->len > 0
        ? vdi_json_parse_foreign(rows->pdata[0], VDI_INVENTORY_MAX_BYTES, NULL)
        : NULL;

    if (first == NULL || vdi_json_type(first) != VDI_JSON_OBJECT) {
        return NULL;
    }
    for (size_t i = 0; i < G_N_ELEMENTS(tables); i++) {
        for (const char *const *column = tables[i].columns; *column != NULL; column++) {
            if (vdi_json_has(first, *column)) {
                return tables[i].name;
            }
        }
    }
    return NULL;
}

/* osquery has the kernel's word for a processor, "x86_64". Debian has one of its own, which is what
 * Windows is called by as well, and who says nothing of their system. */
static void settle_arch(VdiFacts *facts, const VdiInventoryDocument *document)
{
    const VdiPackage nobodys = {NULL, NULL, NULL, NULL, NULL};
    const char *arch = vdi_facts_get(facts, VDI_FACT_ARCH);
    const char *id = vdi_facts_get(facts, VDI_FACT_OS_ID);
    bool is_debians = id == NULL || strcmp(id, "windows") == 0
        || vdi_facts_is_distributor(facts, &nobodys, "debian") == VDI_TRUTH_TRUE
        || g_hash_table_contains(document->lists, "deb_packages");
    const char *own = arch != NULL && is_debians ? vdi_system_arch(arch) : NULL;

    if (own != NULL) {
        vdi_facts_set(facts, VDI_FACT_ARCH, own);
    }
    vdi_inventory_derive_arch(facts);
}

static bool is_member(const VdiJson *head, const char *name)
{
    return vdi_json_type(head) == VDI_JSON_OBJECT && vdi_json_has(head, name);
}

static bool read_tables(
    const VdiInventoryDocument *document, VdiInventory *inventory, GError **error)
{
    VdiFacts *facts = inventory->facts;
    bool has_packages = false;

    for (size_t i = 0; i < G_N_ELEMENTS(tables); i++) {
        bool is_there = g_hash_table_contains(document->lists, tables[i].name);

        if (!is_there && is_member(document->head, tables[i].name)) {
            return vdi_inventory_fail(tables[i].name, "it must be an array of rows", error);
        }
        if (!vdi_inventory_read_list(document, tables[i].name,
                tables[i].has_packages ? VDI_INVENTORY_MAX_PACKAGES : ROWS_MAX, tables[i].read,
                inventory, error)) {
            return false;
        }
        has_packages = has_packages || (tables[i].has_packages && is_there);
    }
    const char *build = vdi_facts_get(facts, VDI_FACT_BUILD);

    if (build != NULL && strchr(build, '.') == NULL) {
        vdi_facts_set(facts, VDI_FACT_BUILD, NULL); /* 26100 is below every 26100.N, and is none */
    }
    settle_arch(facts, document);
    if (has_packages && vdi_facts_get(facts, VDI_FACT_OS_ID) != NULL) {
        vdi_facts_set_packages_known(facts);
    }
    if (g_hash_table_contains(document->lists, "patches")) {
        vdi_facts_set_updates_known(facts);
    }
    return true;
}

bool vdi_inventory_osquery_read(
    const VdiInventoryDocument *document, VdiInventory *inventory, GError **error)
{
    GPtrArray *bare = g_hash_table_lookup(document->lists, "");

    if (bare == NULL) {
        return read_tables(document, inventory, error);
    }
    const char *name = name_table(bare);

    if (name == NULL) {
        return vdi_inventory_fail("[0]",
            "no table of osquery that is known here has these columns; give it its name: "
            "{\"deb_packages\": […]}",
            error);
    }
    g_autoptr(GHashTable) lists = g_hash_table_new(g_str_hash, g_str_equal);
    const VdiInventoryDocument named = {document->head, lists};

    g_hash_table_insert(lists, (gpointer) name, bare);
    return read_tables(&named, inventory, error);
}
