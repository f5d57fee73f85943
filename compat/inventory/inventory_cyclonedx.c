/* SPDX-License-Identifier: Apache-2.0 */
#include "compat/inventory/inventory_cyclonedx.h"

#include <string.h>

#include "compat/inventory/inventory_vigie.h"
#include "compat/rules/purl.h"
#include "compat/rules/version.h"

#define SPECIFICATION "1.5"

static bool is_cyclonedx(const VdiInventoryDocument *document)
{
    return vdi_json_type(document->head) == VDI_JSON_OBJECT
        && vdi_json_has(document->head, "bomFormat");
}

/* ---- package URLs ---- */

/* An rpm's epoch is a qualifier there, but for 0, which says nothing. NULL: there is none. */
static char *cut_epoch(const VdiPackage *package, const char **ret_version)
{
    VdiVersionParts parts = vdi_version_parts(package->version);
    bool has_epoch = strcmp(package->type, "rpm") == 0 && parts.version.text != package->version
        && strspn(parts.epoch.text, "0") < parts.epoch.length && *parts.version.text != '\0';

    *ret_version = has_epoch ? parts.version.text : package->version;
    return has_epoch ? g_strndup(parts.epoch.text, parts.epoch.length) : NULL;
}

/* "debian-12", for what comes from the system's own distributor. */
static char *distro_of(const VdiFacts *facts, const VdiPackage *package)
{
    const char *id = vdi_facts_get(facts, VDI_FACT_OS_ID);
    const char *version = vdi_facts_get(facts, VDI_FACT_OS_VERSION);

    return id != NULL && version != NULL && g_strcmp0(package->namespace, id) == 0
        ? g_strjoin("-", id, version, NULL)
        : NULL;
}

static void add_qualifier(GPtrArray *qualifiers, const char *name, const char *value)
{
    if (value != NULL && *value != '\0') {
        g_ptr_array_add(qualifiers, (gpointer) name);
        g_ptr_array_add(qualifiers, (gpointer) value);
    }
}

/* NULL: no package URL says this package, so that it would be read as the same again. */
static char *purl_of(const VdiFacts *facts, const VdiPackage *package)
{
    g_autoptr(GPtrArray) qualifiers = g_ptr_array_new();
    const char *version = NULL;
    g_autofree char *epoch = cut_epoch(package, &version);
    g_autofree char *distro = distro_of(facts, package);

    add_qualifier(qualifiers, "arch", package->arch); /* sorted by name */
    add_qualifier(qualifiers, "distro", distro);
    add_qualifier(qualifiers, "epoch", epoch);
    g_ptr_array_add(qualifiers, NULL);
    const VdiPurl purl = {.type = (char *) package->type,
        .namespace = (char *) package->namespace,
        .name = (char *) package->name,
        .version = (char *) version,
        .qualifiers = qualifiers->len > 1 ? (GStrv) qualifiers->pdata : NULL};
    g_autofree char *text = vdi_purl_print(&purl);
    g_autoptr(VdiPurl) again = vdi_purl_parse(text, NULL);
    bool is_same = again != NULL && strcmp(again->type, purl.type) == 0
        && g_strcmp0(again->namespace, purl.namespace) == 0 && strcmp(again->name, purl.name) == 0
        && g_strcmp0(again->version, version) == 0
        && g_strcmp0(vdi_purl_qualifier(again, "arch"), package->arch) == 0;

    return is_same ? g_steal_pointer(&text) : NULL;
}

/* ---- printing ---- */

static VdiJson *head_of(const VdiInventory *inventory, const GPtrArray *without_purl)
{
    const char *id = vdi_facts_get(inventory->facts, VDI_FACT_OS_ID);
    VdiJson *head = vdi_json_new_object();
    g_autofree char *own = vdi_inventory_vigie_print_line(inventory, without_purl);

    vdi_json_add_text(head, "bomFormat", "CycloneDX");
    vdi_json_add_text(head, "specVersion", SPECIFICATION);
    vdi_json_add_integer(head, "version", 1);
    VdiJson *metadata = vdi_json_add_object(head, "metadata");

    if (id != NULL && *id != '\0') {
        VdiJson *component = vdi_json_add_object(metadata, "component");

        vdi_json_add_text(component, "type", "operating-system");
        vdi_inventory_add_text(component, "name", id);
        vdi_inventory_add_text(
            component, "version", vdi_facts_get(inventory->facts, VDI_FACT_OS_VERSION));
    }
    VdiJson *property = vdi_json_add_object(vdi_json_add_array(metadata, "properties"), NULL);

    vdi_json_add_text(property, "name", VDI_INVENTORY_PROPERTY);
    vdi_json_add_text(property, "value", own);
    return head;
}

static VdiJson *new_component(const VdiPackage *package, const char *purl)
{
    VdiJson *component = vdi_json_new_object();

    vdi_json_add_text(
        component, "type", strcmp(package->type, "generic") == 0 ? "application" : "library");
    vdi_inventory_add_text(component, "name", package->name);
    vdi_inventory_add_text(component, "version", package->version);
    vdi_json_add_text(component, "purl", purl);
    return component;
}

static char *print_cyclonedx(const VdiInventory *inventory)
{
    g_autoptr(GPtrArray) packages = vdi_inventory_packages(inventory);
    g_autoptr(GPtrArray) purls = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GPtrArray) without_purl = g_ptr_array_new();
    const char *last = NULL;
    VdiInventoryWriter writer;

    for (guint i = 0; i < packages->len; i++) {
        g_ptr_array_add(purls, purl_of(inventory->facts, packages->pdata[i]));
        if (purls->pdata[i] == NULL) {
            g_ptr_array_add(without_purl, packages->pdata[i]);
        }
    }
    vdi_inventory_begin(&writer, head_of(inventory, without_purl));
    vdi_inventory_begin_list(&writer, "components");
    for (guint i = 0; i < packages->len; i++) {
        const char *purl = purls->pdata[i];

        if (purl != NULL && g_strcmp0(purl, last) != 0) { /* no component may stand twice */
            vdi_inventory_take_element(&writer, new_component(packages->pdata[i], purl));
            last = purl;
        }
    }
    vdi_inventory_end_list(&writer);
    return vdi_inventory_end(&writer);
}

const VdiInventoryForm vdi_inventory_form_cyclonedx = {
    .name = "cyclonedx",
    .is_this = is_cyclonedx,
    .read = vdi_inventory_cyclonedx_read,
    .print = print_cyclonedx,
};
