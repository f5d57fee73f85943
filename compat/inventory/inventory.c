/* SPDX-License-Identifier: Apache-2.0 */
#include "compat/inventory/inventory.h"

#include <string.h>

#include "base/error.h"
#include "base/file.h"
#include "base/text.h"
#include "compat/host/clients.h"
#include "compat/host/package_type.h"
#include "compat/inventory/fleet_facts.h"
#include "compat/inventory/inventory_form.h"

enum { ELEMENT_MAX_BYTES = 1024 * 1024 };

static const VdiInventoryForm *const forms[] = {
    [VDI_INVENTORY_VIGIE] = &vdi_inventory_form_vigie,
    [VDI_INVENTORY_OSQUERY] = &vdi_inventory_form_osquery,
    [VDI_INVENTORY_CYCLONEDX] = &vdi_inventory_form_cyclonedx,
};

/* ---- reading ---- */

bool vdi_inventory_fail(const char *name, const char *what, GError **error)
{
    g_set_error(error, VDI_JSON_ERROR, VDI_JSON_ERROR_MEMBER, "%s: %s", name, what);
    return false;
}

bool vdi_inventory_is_plain(const char *text)
{
    const char *at = text;

    while (*at >= ' ' && *at <= '~') {
        at++;
    }
    if (*at == '\0') {
        return at - text <= VDI_TEXT_MAX;
    }
    g_autofree char *clean = vdi_text_clean(text);

    return strcmp(clean, text) == 0 && g_utf8_strlen(text, -1) <= VDI_TEXT_MAX;
}

bool vdi_inventory_read_text(
    VdiJson *object, const char *name, size_t min_bytes, char **ret_text, GError **error)
{
    g_autofree char *text = NULL;

    if (!vdi_json_has(object, name)) {
        return true;
    }
    if (!vdi_json_text(object, name, min_bytes, VDI_INVENTORY_TEXT_MAX, &text, error)) {
        return false;
    }
    if (!vdi_inventory_is_plain(text)) {
        g_autofree char *shown = vdi_text_quote(text);
        g_autofree char *what =
            g_strdup_printf("%s has a line break, an escape or another character that cannot be "
                            "shown, or more than %d of them",
                shown, VDI_TEXT_MAX);

        return vdi_inventory_fail(name, what, error);
    }
    g_free(*ret_text);
    *ret_text = g_steal_pointer(&text);
    return true;
}

static bool read_element(
    GBytes *bytes, VdiInventoryReader reader, VdiInventory *inventory, GError **error)
{
    g_autoptr(VdiJson) element = vdi_json_parse_foreign(bytes, ELEMENT_MAX_BYTES, error);

    if (element == NULL) {
        return false;
    }
    if (vdi_json_type(element) != VDI_JSON_OBJECT) {
        g_set_error(error, VDI_JSON_ERROR, VDI_JSON_ERROR_MEMBER, "it must be an object");
        return false;
    }
    return reader(inventory, element, error);
}

bool vdi_inventory_read_list(const VdiInventoryDocument *document, const char *name, size_t max,
    VdiInventoryReader reader, VdiInventory *inventory, GError **error)
{
    const GPtrArray *list = g_hash_table_lookup(document->lists, name);

    if (list == NULL) {
        return true;
    }
    if (list->len > max) {
        g_autofree char *what =
            g_strdup_printf("%u elements; at most %zu are allowed", list->len, max);

        return vdi_inventory_fail(name, what, error);
    }
    for (guint i = 0; i < list->len; i++) {
        if (!read_element(list->pdata[i], reader, inventory, error)) {
            g_prefix_error(error, "%s[%u]: ", name, i);
            return false;
        }
    }
    return true;
}

void vdi_inventory_derive_arch(VdiFacts *facts)
{
    const char *found = NULL;

    for (size_t i = 0; i < vdi_facts_n_packages(facts); i++) {
        const VdiPackage *package = vdi_facts_package(facts, i);

        if (!vdi_package_type_is_manager(package->type, package->name, package->arch)) {
            continue;
        }
        if (found != NULL && strcmp(found, package->arch) != 0) {
            return;
        }
        found = package->arch;
    }
    if (found != NULL) {
        vdi_facts_set(facts, VDI_FACT_ARCH, found);
    }
}

VdiInventory *vdi_inventory_new(void)
{
    VdiInventory *inventory = g_new0(VdiInventory, 1);

    inventory->facts = vdi_facts_new();
    return inventory;
}

void vdi_inventory_free(VdiInventory *inventory)
{
    if (inventory != NULL) {
        g_free(inventory->name);
        vdi_facts_free(inventory->facts);
        vdi_change_free(inventory->pending);
        g_free(inventory);
    }
}

static const VdiInventoryForm *recognise(const VdiInventoryDocument *document, GError **error)
{
    for (size_t i = 0; i < G_N_ELEMENTS(forms); i++) {
        if (forms[i]->is_this(document)) {
            return forms[i];
        }
    }
    g_set_error(error, VDI_JSON_ERROR, VDI_JSON_ERROR_MEMBER,
        "no inventory that is known here: neither \"format\" (Vigie's own) nor \"bomFormat\" "
        "(CycloneDX) is there, nor a table of osquery by its name");
    return NULL;
}

static bool read_json(VdiInventory *inventory, GBytes *bytes, GError **error)
{
    g_autoptr(GHashTable) lists = NULL;
    g_autoptr(VdiJson) head = vdi_json_parse_parts(bytes, VDI_INVENTORY_MAX_BYTES, &lists, error);

    if (head == NULL) {
        return false;
    }
    const VdiInventoryDocument document = {head, lists};
    const VdiInventoryForm *form = recognise(&document, error);

    if (form == NULL || !form->read(&document, inventory, error)) {
        return false;
    }
    vdi_clients_derive(inventory->facts);
    return true;
}

/* A fleet's lines may hold what cannot be shown. It is cleaned as it would be on the way out, so
 * that all inventories are alike. */
static bool read_lines(VdiInventory *inventory, GBytes *bytes, GError **error)
{
    g_autoptr(VdiInventory) machine = g_new0(VdiInventory, 1);

    machine->facts = vdi_fleet_read(bytes, &machine->name, error);
    if (machine->facts == NULL) {
        return false;
    }
    char *text = vdi_inventory_form_vigie.print(machine);
    g_autoptr(GBytes) clean = g_bytes_new_take(text, strlen(text));

    return read_json(inventory, clean, error);
}

/* Windows likes to begin a file with a mark. In UTF-8 it says nothing and is cut off; UTF-16 is
 * another encoding. NULL: it is that. */
static GBytes *cut_mark(GBytes *bytes, GError **error)
{
    size_t size = 0;
    const char *data = g_bytes_get_data(bytes, &size);
    bool is_marked = size >= 3 && memcmp(data, "\xef\xbb\xbf", 3) == 0;

    if (size >= 2 && (memcmp(data, "\xff\xfe", 2) == 0 || memcmp(data, "\xfe\xff", 2) == 0)) {
        g_set_error(error, VDI_JSON_ERROR, VDI_JSON_ERROR_FORMAT,
            "it is UTF-16, as > of PowerShell writes it; write it as UTF-8");
        return NULL;
    }
    return is_marked ? g_bytes_new_from_bytes(bytes, 3, size - 3) : g_bytes_ref(bytes);
}

VdiInventory *vdi_inventory_read(GBytes *bytes, GError **error)
{
    g_autoptr(VdiInventory) inventory = vdi_inventory_new();
    g_autoptr(GBytes) text = cut_mark(bytes, error);
    size_t size = 0;
    const char *data = text != NULL ? g_bytes_get_data(text, &size) : NULL;

    if (text == NULL) {
        return NULL;
    }
    bool is_read = size > 0 && *data == '@' ? read_lines(inventory, text, error)
                                            : read_json(inventory, text, error);

    return is_read ? g_steal_pointer(&inventory) : NULL;
}

VdiInventory *vdi_inventory_load(const char *path, GError **error)
{
    g_autoptr(GBytes) bytes = vdi_file_read_argument(path, VDI_INVENTORY_MAX_BYTES, error);

    if (bytes == NULL) {
        return NULL;
    }
    VdiInventory *inventory = vdi_inventory_read(bytes, error);

    if (inventory == NULL) {
        g_autofree char *shown = vdi_text_clean(strcmp(path, "-") == 0 ? "standard input" : path);

        g_prefix_error(error, "%s: ", shown);
    }
    return inventory;
}

/* ---- printing ---- */

void vdi_inventory_begin(VdiInventoryWriter *writer, VdiJson *head)
{
    g_autofree char *text = vdi_json_print_pretty(head);
    size_t n_members = vdi_json_length(head);

    *writer = (VdiInventoryWriter){.out = g_string_new("{"), .has_member = n_members > 0};
    if (n_members > 0) {
        g_string_assign(writer->out, text);
        g_string_truncate(writer->out, writer->out->len - strlen("\n}\n"));
    }
    vdi_json_free(head);
}

void vdi_inventory_begin_list(VdiInventoryWriter *writer, const char *name)
{
    g_string_append_printf(writer->out, "%s\n  \"%s\": [", writer->has_member ? "," : "", name);
    writer->has_member = true;
    writer->has_element = false;
}

static void begin_element(VdiInventoryWriter *writer)
{
    g_string_append(writer->out, writer->has_element ? ",\n    " : "\n    ");
    writer->has_element = true;
}

void vdi_inventory_take_element(VdiInventoryWriter *writer, VdiJson *element)
{
    g_autofree char *text = vdi_json_print(element);

    begin_element(writer);
    g_string_append(writer->out, text);
    vdi_json_free(element);
}

void vdi_inventory_end_list(VdiInventoryWriter *writer)
{
    g_string_append(writer->out, writer->has_element ? "\n  ]" : "]");
}

void vdi_inventory_take_texts(VdiInventoryWriter *writer, const char *name, const char **texts)
{
    bool has_any = texts[0] != NULL;

    if (has_any) {
        vdi_inventory_begin_list(writer, name);
    }
    for (size_t i = 0; texts[i] != NULL; i++) {
        g_autoptr(VdiJson) one = vdi_json_new_array();

        vdi_inventory_add_text(one, NULL, texts[i]);
        g_autofree char *text = vdi_json_print(one); /* ["…"] */

        begin_element(writer);
        g_string_append_len(writer->out, text + 1, (gssize) strlen(text) - 2);
    }
    if (has_any) {
        vdi_inventory_end_list(writer);
    }
    g_free(texts);
}

char *vdi_inventory_end(VdiInventoryWriter *writer)
{
    g_string_append(writer->out, "\n}\n");
    return g_string_free(g_steal_pointer(&writer->out), false);
}

void vdi_inventory_add_text(VdiJson *object, const char *name, const char *text)
{
    if (text == NULL) {
        return;
    }
    if (vdi_inventory_is_plain(text)) {
        vdi_json_add_text(object, name, text);
        return;
    }
    g_autofree char *clean = vdi_text_clean(text);
    g_autofree char *cut = g_utf8_substring(clean, 0, MIN(g_utf8_strlen(clean, -1), VDI_TEXT_MAX));

    vdi_json_add_text(object, name, cut);
}

static int compare_packages(gconstpointer a, gconstpointer b)
{
    const VdiPackage *left = *(const VdiPackage *const *) a;
    const VdiPackage *right = *(const VdiPackage *const *) b;
    const char *const lefts[] = {
        left->type, left->namespace, left->name, left->version, left->arch};
    const char *const rights[] = {
        right->type, right->namespace, right->name, right->version, right->arch};
    int order = 0;

    for (size_t i = 0; i < G_N_ELEMENTS(lefts) && order == 0; i++) {
        order = g_strcmp0(lefts[i], rights[i]);
    }
    return order;
}

GPtrArray *vdi_inventory_packages(const VdiInventory *inventory)
{
    GPtrArray *packages = g_ptr_array_new();

    for (size_t i = 0; i < vdi_facts_n_packages(inventory->facts); i++) {
        g_ptr_array_add(packages, (gpointer) vdi_facts_package(inventory->facts, i));
    }
    g_ptr_array_sort(packages, compare_packages);
    return packages;
}

char *vdi_inventory_print(const VdiInventory *inventory, VdiInventoryFormat format)
{
    return forms[format]->print(inventory);
}

size_t vdi_inventory_n_left_out(const VdiInventory *inventory, VdiInventoryFormat format)
{
    return forms[format]->n_left_out != NULL ? forms[format]->n_left_out(inventory) : 0;
}

const char *vdi_inventory_format_name(VdiInventoryFormat format)
{
    return forms[format]->name;
}
