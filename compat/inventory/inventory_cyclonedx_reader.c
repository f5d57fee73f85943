/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "compat/inventory/inventory_cyclonedx.h"
#include "compat/inventory/inventory_vigie.h"
#include "compat/rules/purl.h"

enum { MEMBERS_MAX = 20000 };

/* ID_LIKE of those that are like another: a list of components does not say it. */
static const struct {
    const char *id;
    const char *like[4];
} families[] = {
    {"almalinux", {"rhel", "centos", "fedora", NULL}},
    {"centos", {"rhel", "fedora", NULL}},
    {"linuxmint", {"ubuntu", "debian", NULL}},
    {"manjaro", {"arch", NULL}},
    {"ol", {"fedora", NULL}},
    {"opensuse-leap", {"suse", "opensuse", NULL}},
    {"opensuse-tumbleweed", {"opensuse", "suse", NULL}},
    {"pop", {"ubuntu", "debian", NULL}},
    {"raspbian", {"debian", NULL}},
    {"rhel", {"fedora", NULL}},
    {"rocky", {"rhel", "centos", "fedora", NULL}},
    {"sles", {"suse", NULL}},
    {"ubuntu", {"debian", NULL}},
};

/* ---- packages ---- */

/* Of the package systems of whole machines: these say whose distribution it is. */
static bool is_system_package(const char *type)
{
    static const char *const types[] = {"deb", "rpm", "alpm", "apk", NULL};

    return g_strv_contains(types, type);
}

/* "debian-12": ID-VERSION_ID. */
static void learn_system(VdiFacts *facts, const VdiPurl *purl)
{
    const char *distro = vdi_purl_qualifier(purl, "distro");
    size_t length = strlen(purl->namespace);

    if (vdi_facts_get(facts, VDI_FACT_OS_ID) == NULL) {
        vdi_facts_set(facts, VDI_FACT_OS_ID, purl->namespace);
    }
    if (vdi_facts_get(facts, VDI_FACT_OS_VERSION) == NULL && distro != NULL
        && g_str_has_prefix(distro, purl->namespace) && distro[length] == '-'
        && g_ascii_isdigit(distro[length + 1])) {
        vdi_facts_set(facts, VDI_FACT_OS_VERSION, distro + length + 1);
    }
}

/* An epoch stands in the version, in a qualifier, or in both. */
static char *version_of(const VdiPurl *purl, const char *version)
{
    const char *epoch = vdi_purl_qualifier(purl, "epoch");
    size_t digits = strspn(version, "0123456789");

    if (epoch == NULL || strcmp(epoch, "0") == 0 || version[digits] == ':') {
        return g_strdup(version);
    }
    return g_strconcat(epoch, ":", version, NULL);
}

static bool add_package(
    VdiInventory *inventory, const char *text, const char *component_version, GError **error)
{
    g_autoptr(VdiPurl) purl = vdi_purl_parse(text, error);

    if (purl == NULL) {
        g_prefix_error(error, "purl: ");
        return false;
    }
    const char *arch = vdi_purl_qualifier(purl, "arch");
    const char *plain = purl->version != NULL ? purl->version : component_version;

    if (plain == NULL || g_strcmp0(arch, "source") == 0 || g_strcmp0(arch, "src") == 0) {
        return true; /* nothing that is installed, or that a rule could ask */
    }
    g_autofree char *version = version_of(purl, plain);
    const char *const texts[] = {purl->type, purl->namespace, purl->name, version, arch};

    for (size_t i = 0; i < G_N_ELEMENTS(texts); i++) {
        if (texts[i] != NULL && !vdi_inventory_is_plain(texts[i])) {
            return vdi_inventory_fail("purl", "it holds a character that cannot be shown", error);
        }
    }
    if (vdi_facts_n_packages(inventory->facts) == VDI_INVENTORY_MAX_PACKAGES) {
        return vdi_inventory_fail("purl", "more packages than are allowed", error);
    }
    if (is_system_package(purl->type)) {
        learn_system(inventory->facts, purl);
    }
    vdi_facts_add_package(inventory->facts, purl->type, purl->namespace, purl->name, version, arch);
    return true;
}

static bool read_os(VdiInventory *inventory, VdiJson *component, GError **error)
{
    g_autofree char *name = NULL, *version = NULL;

    if (!vdi_inventory_read_text(component, "name", 1, &name, error)
        || !vdi_inventory_read_text(component, "version", 0, &version, error)) {
        return false;
    }
    g_autofree char *id = name != NULL ? g_ascii_strdown(name, -1) : NULL;

    /* "Debian GNU/Linux" is nobody's ID */
    if (id != NULL && strspn(id, "abcdefghijklmnopqrstuvwxyz0123456789._-") == strlen(id)) {
        vdi_facts_set(inventory->facts, VDI_FACT_OS_ID, id);
        vdi_facts_set(inventory->facts, VDI_FACT_OS_VERSION,
            version != NULL && *version != '\0' ? version : NULL);
    }
    return true;
}

static bool read_component(VdiInventory *inventory, VdiJson *component, GError **error);

static bool read_inner(VdiInventory *inventory, VdiJson *component, GError **error)
{
    VdiJson *inner = NULL;

    if (!vdi_json_has(component, "components")) {
        return true;
    }
    if (!vdi_json_array(component, "components", 0, MEMBERS_MAX, &inner, error)) {
        return false;
    }
    for (size_t i = 0; i < vdi_json_length(inner); i++) {
        VdiJson *element = vdi_json_element(inner, i);

        if (vdi_json_type(element) != VDI_JSON_OBJECT) {
            return vdi_inventory_fail("components", "it must hold objects", error);
        }
        if (!read_component(inventory, element, error)) {
            g_prefix_error(error, "components[%zu]: ", i);
            return false;
        }
    }
    return true;
}

/* Depth has base/json's ceiling. */
static bool read_component(VdiInventory *inventory, VdiJson *component, GError **error)
{
    g_autofree char *type = NULL, *scope = NULL, *version = NULL, *purl = NULL;

    if (!vdi_inventory_read_text(component, "type", 1, &type, error)
        || !vdi_inventory_read_text(component, "scope", 1, &scope, error)) {
        return false;
    }
    if (g_strcmp0(scope, "excluded") == 0) {
        return true;
    }
    if (g_strcmp0(type, "operating-system") == 0
        && vdi_facts_get(inventory->facts, VDI_FACT_OS_ID) == NULL
        && !read_os(inventory, component, error)) {
        return false;
    }
    if (vdi_json_has(component, "purl")
        && (!vdi_inventory_read_text(component, "version", 0, &version, error)
            || !vdi_inventory_read_text(component, "purl", 1, &purl, error)
            || !add_package(
                inventory, purl, version != NULL && *version != '\0' ? version : NULL, error))) {
        return false;
    }
    return read_inner(inventory, component, error);
}

/* ---- the rest of the document ---- */

/* What the format has no member for is our own form, in a property. */
static bool read_own(VdiInventory *inventory, VdiJson *property, bool *ret_found, GError **error)
{
    g_autofree char *name = NULL, *value = NULL;
    g_autoptr(GHashTable) lists = NULL;

    if (vdi_json_has(property, "name")
        && !vdi_json_text(property, "name", 0, VDI_JSON_HEAD_MAX_BYTES, &name, error)) {
        return false;
    }
    if (g_strcmp0(name, VDI_INVENTORY_PROPERTY) != 0) {
        return true;
    }
    if (*ret_found) {
        return vdi_inventory_fail("name", VDI_INVENTORY_PROPERTY " stands twice", error);
    }
    if (!vdi_json_text(property, "value", 1, VDI_JSON_HEAD_MAX_BYTES, &value, error)) {
        return false;
    }
    g_autoptr(GBytes) bytes = g_bytes_new(value, strlen(value));
    g_autoptr(VdiJson) head = vdi_json_parse_parts(bytes, VDI_JSON_HEAD_MAX_BYTES, &lists, error);
    const VdiInventoryDocument document = {head, lists};

    *ret_found = head != NULL && vdi_inventory_vigie_read(&document, inventory, error);
    if (!*ret_found) {
        g_prefix_error(error, "value: ");
    }
    return *ret_found;
}

static bool read_properties(
    VdiInventory *inventory, VdiJson *metadata, bool *ret_found, GError **error)
{
    VdiJson *properties = NULL;

    if (!vdi_json_has(metadata, "properties")) {
        return true;
    }
    if (!vdi_json_array(metadata, "properties", 0, MEMBERS_MAX, &properties, error)) {
        return false;
    }
    for (size_t i = 0; i < vdi_json_length(properties); i++) {
        VdiJson *property = vdi_json_element(properties, i);

        if (vdi_json_type(property) != VDI_JSON_OBJECT) {
            return vdi_inventory_fail("properties", "it must hold objects", error);
        }
        if (!read_own(inventory, property, ret_found, error)) {
            g_prefix_error(error, "properties[%zu]: ", i);
            return false;
        }
    }
    return true;
}

/* *ret_found: the document holds our own form too. */
static bool read_metadata(VdiInventory *inventory, VdiJson *head, bool *ret_found, GError **error)
{
    VdiJson *metadata = NULL, *component = NULL;

    if (!vdi_json_has(head, "metadata")) {
        return true;
    }
    if (!vdi_json_object(head, "metadata", &metadata, error)) {
        return false;
    }
    bool is_read = read_properties(inventory, metadata, ret_found, error)
        && (!vdi_json_has(metadata, "component")
            || (vdi_json_object(metadata, "component", &component, error)
                && read_component(inventory, component, error)));

    if (!is_read) {
        g_prefix_error(error, "metadata: ");
    }
    return is_read;
}

static void add_family(VdiFacts *facts)
{
    const char *id = vdi_facts_get(facts, VDI_FACT_OS_ID);

    for (size_t i = 0; i < G_N_ELEMENTS(families); i++) {
        if (vdi_facts_os_like(facts) == NULL && g_strcmp0(families[i].id, id) == 0) {
            vdi_facts_set_os_like(facts, families[i].like);
        }
    }
}

/* A list says of itself that something is missing from it, or from a part of it. */
static bool is_incomplete(const VdiInventoryDocument *document)
{
    const GPtrArray *list = g_hash_table_lookup(document->lists, "compositions");
    bool found = false;

    for (guint i = 0; list != NULL && i < list->len; i++) {
        g_autoptr(VdiJson) json =
            vdi_json_parse_foreign(list->pdata[i], VDI_JSON_HEAD_MAX_BYTES, NULL);
        g_autofree char *aggregate = NULL;

        found = found || json == NULL
            || !vdi_json_text(json, "aggregate", 1, VDI_INVENTORY_TEXT_MAX, &aggregate, NULL)
            || strcmp(aggregate, "complete") != 0;
    }
    return found;
}

static bool has_system_package(const VdiFacts *facts)
{
    for (size_t i = 0; i < vdi_facts_n_packages(facts); i++) {
        if (is_system_package(vdi_facts_package(facts, i)->type)) {
            return true;
        }
    }
    return false;
}

static bool check_version(VdiJson *head, GError **error)
{
    g_autofree char *format = NULL, *version = NULL;

    if (!vdi_json_text(head, "bomFormat", 1, VDI_INVENTORY_TEXT_MAX, &format, error)
        || !vdi_json_text(head, "specVersion", 1, VDI_INVENTORY_TEXT_MAX, &version, error)) {
        return false;
    }
    return strcmp(format, "CycloneDX") != 0
        ? vdi_inventory_fail("bomFormat", "it must be CycloneDX", error)
        : (strlen(version) == 3 && g_str_has_prefix(version, "1.") && g_ascii_isdigit(version[2]))
            || vdi_inventory_fail("specVersion", "1.2 to 1.7 are read", error);
}

bool vdi_inventory_cyclonedx_read(
    const VdiInventoryDocument *document, VdiInventory *inventory, GError **error)
{
    VdiFacts *facts = inventory->facts;
    bool is_own = false;

    if (!check_version(document->head, error)
        || !read_metadata(inventory, document->head, &is_own, error)) {
        return false;
    }
    /* What our own form says of the system, or does not say, is not guessed anew. */
    const char *id = vdi_facts_get(facts, VDI_FACT_OS_ID);
    const char *version = vdi_facts_get(facts, VDI_FACT_OS_VERSION);

    if (!vdi_inventory_read_list(
            document, "components", VDI_INVENTORY_MAX_PACKAGES, read_component, inventory, error)) {
        return false;
    }
    if (is_own) {
        vdi_facts_set(facts, VDI_FACT_OS_ID, id);
        vdi_facts_set(facts, VDI_FACT_OS_VERSION, version);
    } else {
        add_family(facts);
        vdi_inventory_derive_arch(facts);
        if (has_system_package(facts) && !is_incomplete(document)) {
            vdi_facts_set_packages_known(facts);
        }
    }
    return true;
}
