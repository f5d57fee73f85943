/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "base/error.h"
#include "base/text.h"
#include "compat/inventory/inventory_vigie.h"

enum { LIST_MAX = 20000 };

/* A text that must be there. */
static bool read_needed(VdiJson *object, const char *name, char **ret_text, GError **error)
{
    return vdi_json_has(object, name) ? vdi_inventory_read_text(object, name, 1, ret_text, error)
                                      : vdi_inventory_fail(name, "it is missing", error);
}

static bool read_flag(VdiJson *object, const char *name, bool *ret_flag, GError **error)
{
    return !vdi_json_has(object, name) || vdi_json_boolean(object, name, ret_flag, error);
}

/* "deb/libfreerdp3-3": of the client `id`, or of the engine. */
static bool read_origin(VdiJson *object, VdiFacts *facts, const char *id, GError **error)
{
    g_autofree char *package = NULL;

    if (!vdi_inventory_read_text(object, "package", 1, &package, error)) {
        return false;
    }
    char *name = package != NULL ? strchr(package, '/') : NULL;

    if (package != NULL && (name == NULL || name == package || name[1] == '\0')) {
        return vdi_inventory_fail("package", "it must be TYPE/NAME, as deb/openssl", error);
    }
    if (name != NULL) {
        *name = '\0';
        vdi_facts_set_client_package(facts, id, package, name + 1);
    }
    return true;
}

/* A pair of which the second may be known not to be there. */
static bool read_pair(VdiJson *object, const char *first, const char *second, char **ret_first,
    char **ret_second, GError **error)
{
    bool is_absent = false;

    if (!read_needed(object, first, ret_first, error)
        || !vdi_inventory_read_text(object, second, 0, ret_second, error)
        || !read_flag(object, "absent", &is_absent, error)) {
        return false;
    }
    return is_absent != (*ret_second != NULL)
        || vdi_inventory_fail(second, "either it is given, or \"absent\": true", error);
}

static bool fail_twice(const char *name, const char *value, GError **error)
{
    g_autofree char *shown = vdi_text_quote(value);
    g_autofree char *what = g_strdup_printf("%s stands twice", shown);

    return vdi_inventory_fail(name, what, error);
}

static bool read_client(VdiInventory *inventory, VdiJson *object, GError **error)
{
    g_autofree char *id = NULL, *version = NULL;
    const char *known = NULL;

    if (!read_pair(object, "id", "version", &id, &version, error)
        || !read_origin(object, inventory->facts, id, error) || !vdi_json_end(object, error)) {
        return false;
    }
    if (vdi_facts_client(inventory->facts, id, &known) != VDI_TRUTH_UNKNOWN) {
        return fail_twice("id", id, error);
    }
    vdi_facts_set_client(inventory->facts, id, version);
    return true;
}

/* A key and its value, of the settings or of what the peer said. */
static bool read_value(VdiFacts *facts, VdiJson *object,
    VdiTruth (*ask)(const VdiFacts *, const char *, const char **),
    void (*set)(VdiFacts *, const char *, const char *), GError **error)
{
    g_autofree char *key = NULL, *value = NULL;
    const char *known = NULL;

    if (!read_pair(object, "key", "value", &key, &value, error) || !vdi_json_end(object, error)) {
        return false;
    }
    if (ask(facts, key, &known) != VDI_TRUTH_UNKNOWN) {
        return fail_twice("key", key, error);
    }
    set(facts, key, value);
    return true;
}

static bool read_setting(VdiInventory *inventory, VdiJson *object, GError **error)
{
    return read_value(inventory->facts, object, vdi_facts_setting, vdi_facts_set_setting, error);
}

static bool read_peer(VdiInventory *inventory, VdiJson *object, GError **error)
{
    return read_value(inventory->facts, object, vdi_facts_peer, vdi_facts_set_peer, error);
}

static bool read_package(VdiInventory *inventory, VdiJson *object, GError **error)
{
    g_autofree char *type = NULL, *namespace = NULL, *name = NULL, *version = NULL, *arch = NULL;

    if (!read_needed(object, "type", &type, error)
        || !vdi_inventory_read_text(object, "namespace", 1, &namespace, error)
        || !read_needed(object, "name", &name, error)
        || !read_needed(object, "version", &version, error)
        || !vdi_inventory_read_text(object, "arch", 1, &arch, error)
        || !vdi_json_end(object, error)) {
        return false;
    }
    vdi_facts_add_package(inventory->facts, type, namespace, name, version, arch);
    return true;
}

static bool read_change(VdiInventory *inventory, VdiJson *object, GError **error)
{
    g_autofree char *type = NULL, *namespace = NULL, *name = NULL, *arch = NULL;
    g_autofree char *before = NULL, *after = NULL;
    bool is_security = false;

    if (!read_needed(object, "type", &type, error)
        || !vdi_inventory_read_text(object, "namespace", 1, &namespace, error)
        || !read_needed(object, "name", &name, error)
        || !vdi_inventory_read_text(object, "arch", 1, &arch, error)
        || !vdi_inventory_read_text(object, "before", 1, &before, error)
        || !vdi_inventory_read_text(object, "after", 1, &after, error)
        || !read_flag(object, "security", &is_security, error) || !vdi_json_end(object, error)) {
        return false;
    }
    if (before == NULL && after == NULL) {
        return vdi_inventory_fail("after", "a change has a before or an after", error);
    }
    vdi_change_add(inventory->pending, type, namespace, name, arch, before, after, is_security);
    return true;
}

/* False: that word means nothing here. */
static bool add_update(VdiFacts *facts, const char *id)
{
    vdi_facts_add_update(facts, id);
    return true;
}

static bool add_library(VdiFacts *facts, const char *soname)
{
    vdi_facts_add_library(facts, soname);
    return true;
}

static bool set_whole(VdiFacts *facts, const char *name)
{
    for (const VdiInventoryWhole *row = vdi_inventory_wholes; row->name != NULL; row++) {
        if (strcmp(row->name, name) == 0) {
            row->set_known(facts);
            return true;
        }
    }
    return false;
}

static bool read_word(
    GBytes *bytes, bool (*add)(VdiFacts *facts, const char *word), VdiFacts *facts, GError **error)
{
    g_autoptr(VdiJson) json = vdi_json_parse(bytes, VDI_INVENTORY_MAX_BYTES, error);

    if (json == NULL) {
        return false;
    }
    const char *text = vdi_json_type(json) == VDI_JSON_TEXT ? vdi_json_as_text(json) : "";

    if (*text == '\0' || !vdi_inventory_is_plain(text) || !add(facts, text)) {
        g_autofree char *shown = vdi_text_quote(text);

        g_set_error(error, VDI_JSON_ERROR, VDI_JSON_ERROR_MEMBER,
            "%s is no word that may stand here", shown);
        return false;
    }
    return true;
}

static bool read_words(const VdiInventoryDocument *document, const char *name,
    bool (*add)(VdiFacts *facts, const char *word), VdiFacts *facts, GError **error)
{
    const GPtrArray *list = g_hash_table_lookup(document->lists, name);

    if (list != NULL && list->len > LIST_MAX) {
        return vdi_inventory_fail(name, "more elements than are allowed", error);
    }
    for (guint i = 0; list != NULL && i < list->len; i++) {
        if (!read_word(list->pdata[i], add, facts, error)) {
            g_prefix_error(error, "%s[%u]: ", name, i);
            return false;
        }
    }
    return true;
}

static bool read_like(VdiJson *os, VdiFacts *facts, GError **error)
{
    g_autoptr(GPtrArray) words = g_ptr_array_new();
    VdiJson *like = NULL;

    if (!vdi_json_has(os, "like")) {
        return true;
    }
    if (!vdi_json_array(os, "like", 0, VDI_INVENTORY_LIKE_MAX, &like, error)) {
        return false;
    }
    for (size_t i = 0; i < vdi_json_length(like); i++) {
        VdiJson *word = vdi_json_element(like, i);

        if (vdi_json_type(word) != VDI_JSON_TEXT
            || !vdi_inventory_is_plain(vdi_json_as_text(word))) {
            return vdi_inventory_fail("like", "a word that may not stand here", error);
        }
        g_ptr_array_add(words, (gpointer) vdi_json_as_text(word));
    }
    g_ptr_array_add(words, NULL);
    vdi_facts_set_os_like(facts, (const char *const *) words->pdata);
    return true;
}

static bool read_os(VdiJson *os, VdiFacts *facts, GError **error)
{
    g_autofree char *id = NULL, *version = NULL;

    if (!vdi_inventory_read_text(os, "id", 1, &id, error)
        || !vdi_inventory_read_text(os, "version", 1, &version, error)
        || !read_like(os, facts, error) || !vdi_json_end(os, error)) {
        return false;
    }
    vdi_facts_set(facts, VDI_FACT_OS_ID, id);
    vdi_facts_set(facts, VDI_FACT_OS_VERSION, version);
    return true;
}

static bool read_engine(VdiJson *engine, VdiFacts *facts, GError **error)
{
    g_autofree char *version = NULL;

    if (!vdi_inventory_read_text(engine, "version", 1, &version, error)
        || !read_origin(engine, facts, "", error) || !vdi_json_end(engine, error)) {
        return false;
    }
    vdi_facts_set(facts, VDI_FACT_ENGINE, version);
    return true;
}

static bool read_member(VdiJson *head, const char *name,
    bool (*read)(VdiJson *json, VdiFacts *facts, GError **error), VdiFacts *facts, GError **error)
{
    VdiJson *json = NULL;

    if (!vdi_json_has(head, name)) {
        return true;
    }
    if (!vdi_json_object(head, name, &json, error)) {
        return false;
    }
    if (!read(json, facts, error)) {
        g_prefix_error(error, "%s.", name);
        return false;
    }
    return true;
}

/* Everything that is no list. The lists stand in the head as empty arrays. */
static bool read_head(VdiJson *head, VdiInventory *inventory, GError **error)
{
    static const char *const lists[] = {
        "clients", "updates", "libraries", "settings", "peer", "whole", "packages", "pending"};
    int64_t format = 0;

    if (!vdi_json_integer(
            head, "format", VDI_INVENTORY_VIGIE_FORMAT, VDI_INVENTORY_VIGIE_FORMAT, &format, error)
        || !vdi_inventory_read_text(head, "name", 1, &inventory->name, error)) {
        return false;
    }
    for (const VdiInventoryFact *row = vdi_inventory_facts; row->name != NULL; row++) {
        g_autofree char *text = NULL;

        if (!vdi_inventory_read_text(head, row->name, 1, &text, error)) {
            return false;
        }
        vdi_facts_set(inventory->facts, row->fact, text);
    }
    for (size_t i = 0; i < G_N_ELEMENTS(lists); i++) {
        VdiJson *empty = NULL;

        if (vdi_json_has(head, lists[i]) && !vdi_json_array(head, lists[i], 0, 0, &empty, error)) {
            return false;
        }
    }
    return read_member(head, "os", read_os, inventory->facts, error)
        && read_member(head, "engine", read_engine, inventory->facts, error)
        && vdi_json_end(head, error);
}

bool vdi_inventory_vigie_read(
    const VdiInventoryDocument *document, VdiInventory *inventory, GError **error)
{
    VdiFacts *facts = inventory->facts;

    if (vdi_json_has(document->head, "pending")) {
        inventory->pending = vdi_change_new();
    }
    return read_head(document->head, inventory, error)
        && read_words(document, "updates", add_update, facts, error)
        && read_words(document, "libraries", add_library, facts, error)
        && vdi_inventory_read_list(document, "clients", LIST_MAX, read_client, inventory, error)
        && vdi_inventory_read_list(document, "settings", LIST_MAX, read_setting, inventory, error)
        && vdi_inventory_read_list(document, "peer", LIST_MAX, read_peer, inventory, error)
        && vdi_inventory_read_list(
            document, "packages", VDI_INVENTORY_MAX_PACKAGES, read_package, inventory, error)
        && vdi_inventory_read_list(
            document, "pending", VDI_INVENTORY_MAX_PACKAGES, read_change, inventory, error)
        && read_words(document, "whole", set_whole, facts, error);
}
