/* SPDX-License-Identifier: Apache-2.0 */
#include "compat/inventory/fleet_facts.h"

#include "base/error.h"
#include "compat/host/clients.h"

/* Words that are one fact each. */
static const struct {
    VdiFleetKey key;
    VdiFactName fact;
} values[] = {
    {VDI_FLEET_OS, VDI_FACT_OS_ID},
    {VDI_FLEET_VERSION, VDI_FACT_OS_VERSION},
    {VDI_FLEET_ARCH, VDI_FACT_ARCH},
    {VDI_FLEET_KERNEL, VDI_FACT_KERNEL},
    {VDI_FLEET_BUILD, VDI_FACT_BUILD},
    {VDI_FLEET_ENGINE, VDI_FACT_ENGINE},
    {VDI_FLEET_MACHINE, VDI_FACT_MACHINE},
};

/* ---- reading ---- */

static void add_value(VdiFacts *facts, const VdiFleetWord *word, const char *value)
{
    for (size_t i = 0; i < G_N_ELEMENTS(values); i++) {
        if (values[i].key == word->key) {
            vdi_facts_set(facts, values[i].fact, value);
        }
    }
}

static void add_word(VdiFacts *facts, const VdiFleetWord *word, GPtrArray *like)
{
    g_autofree char *name = vdi_fleet_decode(word->name);
    g_autofree char *value = vdi_fleet_decode(word->value);

    switch (word->key) {
    case VDI_FLEET_LIKE:
        g_ptr_array_add(like, g_steal_pointer(&value));
        return;
    case VDI_FLEET_UPDATES:
        vdi_facts_set_updates_known(facts);
        return;
    case VDI_FLEET_CLIENTS:
        vdi_facts_set_clients_known(facts);
        return;
    case VDI_FLEET_SETTINGS:
        vdi_facts_set_settings_known(facts);
        return;
    case VDI_FLEET_UPDATE:
        vdi_facts_add_update(facts, value);
        return;
    case VDI_FLEET_LIBRARY:
        vdi_facts_add_library(facts, value);
        return;
    case VDI_FLEET_CLIENT:
        vdi_facts_set_client(facts, name, value);
        return;
    case VDI_FLEET_SETTING:
        vdi_facts_set_setting(facts, name, value);
        return;
    case VDI_FLEET_PEER:
        vdi_facts_set_peer(facts, name, value);
        return;
    case VDI_FLEET_OS:
    case VDI_FLEET_VERSION:
    case VDI_FLEET_ARCH:
    case VDI_FLEET_KERNEL:
    case VDI_FLEET_BUILD:
    case VDI_FLEET_ENGINE:
    case VDI_FLEET_MACHINE:
        add_value(facts, word, value);
        return;
    case VDI_FLEET_TYPE:
    case VDI_FLEET_PACKAGES:
    case VDI_FLEET_N_KEYS:
        return; /* of the list of packages */
    }
}

VdiFacts *vdi_fleet_head_facts(
    const VdiFleetCursor *cursor, VdiFleetFilter is_wanted, const void *user)
{
    VdiFacts *facts = vdi_facts_new();
    g_autoptr(GPtrArray) like = g_ptr_array_new_with_free_func(g_free);
    bool is_whole = true;

    for (guint i = 0; i < cursor->words->len; i++) {
        const VdiFleetWord *word = &g_array_index(cursor->words, VdiFleetWord, i);

        is_whole = is_whole
            && (word->key != VDI_FLEET_PACKAGES || !vdi_fleet_text_is(word->value, "unknown"));
        if (is_wanted == NULL || is_wanted(word, user)) {
            add_word(facts, word, like);
        }
    }
    if (like->len > 0) {
        g_ptr_array_add(like, NULL);
        vdi_facts_set_os_like(facts, (const char *const *) like->pdata);
    }
    if (is_whole) {
        vdi_facts_set_packages_known(facts);
    }
    return facts;
}

VdiPackage *vdi_fleet_package(const VdiFleetCursor *cursor)
{
    const VdiFleetPackage *line = &cursor->package;
    bool is_own = line->type.size > 0;
    char *type = vdi_fleet_decode(is_own ? line->type : cursor->type);
    char *slash = strchr(type, '/');
    VdiPackage *package = g_new0(VdiPackage, 1);

    package->type = type;
    if (slash != NULL) {
        package->namespace = g_strdup(slash + 1);
        *slash = '\0';
    } else if (!is_own) {
        package->namespace = vdi_fleet_decode(cursor->distributor);
    }
    package->name = vdi_fleet_decode(line->name);
    /* An empty version is one that is there and that nobody knows. */
    package->version = line->version.at != NULL ? vdi_fleet_decode(line->version) : g_strdup("");
    package->arch = vdi_fleet_decode(line->arch);
    return package;
}

void vdi_fleet_package_free(VdiPackage *package)
{
    if (package != NULL) {
        g_free((char *) package->type);
        g_free((char *) package->namespace);
        g_free((char *) package->name);
        g_free((char *) package->version);
        g_free((char *) package->arch);
        g_free(package);
    }
}

static bool read_machine(VdiFleetCursor *cursor, VdiFacts **facts, char **name)
{
    VdiFleetStep step = VDI_FLEET_HEAD;

    while ((step = vdi_fleet_next(cursor)) == VDI_FLEET_HEAD || step == VDI_FLEET_LINE) {
        if (step == VDI_FLEET_HEAD) {
            *facts = vdi_fleet_head_facts(cursor, NULL, NULL);
            *name = vdi_fleet_decode(cursor->machine);
        } else {
            g_autoptr(VdiPackage) package = vdi_fleet_package(cursor);

            vdi_facts_add_package(*facts, package->type, package->namespace, package->name,
                package->version, package->arch);
        }
    }
    return step == VDI_FLEET_WHOLE;
}

VdiFacts *vdi_fleet_read(GBytes *bytes, char **ret_name, GError **error)
{
    size_t size = 0;
    const char *data = g_bytes_get_data(bytes, &size);
    g_autofree char *text = g_malloc(size + 1);
    g_auto(VdiFleetCursor) cursor = {0};
    g_autoptr(VdiFacts) facts = NULL;
    g_autofree char *name = NULL;

    if (size > 0) {
        memcpy(text, data, size);
    }
    text[size] = '\0';
    vdi_fleet_cursor_init(&cursor, text, size, false);
    if (!read_machine(&cursor, &facts, &name)) {
        bool is_empty = cursor.mistake == NULL;

        g_set_error(error, VDI_HOST_ERROR, VDI_HOST_ERROR_FLEET, "line %zu: %s",
            is_empty ? 1 : cursor.mistake_line, is_empty ? "no machine" : cursor.mistake);
        return NULL;
    }
    if (vdi_fleet_next(&cursor) != VDI_FLEET_END) {
        g_set_error(error, VDI_HOST_ERROR, VDI_HOST_ERROR_FLEET,
            "line %zu: another machine, where one is due", cursor.line);
        return NULL;
    }
    vdi_clients_derive(facts);
    *ret_name = g_steal_pointer(&name);
    return g_steal_pointer(&facts);
}

/* ---- writing ---- */

/* " KEY=VALUE", " KEY:NAME=VALUE", " KEY:NAME". */
static void append_word(GString *out, VdiFleetKey key, const char *name, const char *value)
{
    g_string_append_printf(out, " %s", vdi_fleet_key_name(key));
    if (name != NULL) {
        g_autofree char *written = vdi_fleet_encode(name);

        g_string_append_printf(out, ":%s", written);
    }
    if (value != NULL) {
        g_autofree char *written = vdi_fleet_encode(value);

        g_string_append_printf(out, "=%s", written);
    }
}

static bool is_said(const char *text)
{
    return text != NULL && *text != '\0';
}

static void append_list(GString *out, VdiFleetKey key, const char *const *texts)
{
    for (size_t i = 0; texts != NULL && texts[i] != NULL; i++) {
        if (is_said(texts[i])) {
            append_word(out, key, NULL, texts[i]);
        }
    }
}

typedef VdiTruth (*Lookup)(const VdiFacts *facts, const char *name, const char **ret_value);

/* What is the same in `derived` is left out: a reader finds it by itself. */
static void append_named(GString *out, VdiFleetKey key, const char *const *names, Lookup look_up,
    const VdiFacts *facts, const VdiFacts *derived)
{
    for (size_t i = 0; names[i] != NULL; i++) {
        const char *value = NULL, *same = NULL;
        VdiTruth truth = look_up(facts, names[i], &value);
        VdiTruth again = derived != NULL ? look_up(derived, names[i], &same) : VDI_TRUTH_UNKNOWN;

        if (is_said(names[i]) && truth != VDI_TRUTH_UNKNOWN
            && (truth == VDI_TRUTH_TRUE || key != VDI_FLEET_PEER)
            && (truth != again || g_strcmp0(value, same) != 0)) {
            append_word(out, key, names[i], truth == VDI_TRUTH_TRUE ? value : NULL);
        }
    }
}

static int compare_packages(const void *a, const void *b)
{
    const VdiPackage *left = *(VdiPackage *const *) a, *right = *(VdiPackage *const *) b;
    int order = strcmp(left->type, right->type);

    order = order != 0 ? order : g_strcmp0(left->namespace, right->namespace);
    order = order != 0 ? order : strcmp(left->name, right->name);
    order = order != 0 ? order : g_strcmp0(left->version, right->version);
    return order != 0 ? order : g_strcmp0(left->arch, right->arch);
}

static GPtrArray *sorted_packages(const VdiFacts *facts)
{
    GPtrArray *packages = g_ptr_array_new();

    for (size_t i = 0; i < vdi_facts_n_packages(facts); i++) {
        const VdiPackage *package = vdi_facts_package(facts, i);

        if (is_said(package->name)) {
            g_ptr_array_add(packages, (gpointer) package);
        }
    }
    g_ptr_array_sort(packages, compare_packages);
    return packages;
}

static bool is_of_one_type(const VdiPackage *a, const VdiPackage *b)
{
    return strcmp(a->type, b->type) == 0 && g_strcmp0(a->namespace, b->namespace) == 0;
}

/* The one that most packages have. NULL: there are none. */
static const VdiPackage *usual_package(const GPtrArray *packages)
{
    const VdiPackage *usual = NULL;
    guint most = 0, begin = 0;

    for (guint i = 0; i < packages->len; i++) {
        if (!is_of_one_type(packages->pdata[begin], packages->pdata[i])) {
            begin = i;
        }
        if (i + 1 - begin > most) {
            most = i + 1 - begin;
            usual = packages->pdata[i];
        }
    }
    return usual;
}

static char *print_type(const VdiPackage *package)
{
    g_autofree char *type = is_said(package->namespace)
        ? g_strconcat(package->type, "/", package->namespace, NULL)
        : g_strdup(package->type);

    return vdi_fleet_encode(type);
}

/* What a reader will find out from the packages alone. */
static VdiFacts *derive(const VdiFacts *facts)
{
    VdiFacts *derived = vdi_facts_new();

    for (size_t i = 0; i < vdi_facts_n_packages(facts); i++) {
        const VdiPackage *package = vdi_facts_package(facts, i);

        vdi_facts_add_package(derived, package->type, package->namespace, package->name,
            package->version, package->arch);
    }
    if (vdi_facts_packages_known(facts)) {
        vdi_facts_set_packages_known(derived);
    }
    vdi_clients_derive(derived);
    return derived;
}

static void append_head(GString *out, const char *name, const VdiFacts *facts)
{
    g_autoptr(VdiFacts) derived = derive(facts);
    g_autofree char *written = vdi_fleet_encode(is_said(name) ? name : NULL);
    g_autofree const char **updates = vdi_facts_updates(facts);
    g_autofree const char **libraries = vdi_facts_libraries(facts);
    g_autofree const char **clients = vdi_facts_clients(facts);
    g_autofree const char **settings = vdi_facts_settings(facts);
    g_autofree const char **peers = vdi_facts_peers(facts);

    g_string_append_printf(out, "@ %s", written);
    for (size_t i = 0; i < G_N_ELEMENTS(values); i++) {
        const char *value = vdi_facts_get(facts, values[i].fact);

        if (is_said(value)
            && (values[i].fact != VDI_FACT_ENGINE
                || g_strcmp0(value, vdi_facts_get(derived, VDI_FACT_ENGINE)) != 0)) {
            append_word(out, values[i].key, NULL, value);
        }
    }
    append_list(out, VDI_FLEET_LIKE, vdi_facts_os_like(facts));
    if (vdi_facts_updates_known(facts)) {
        append_word(out, VDI_FLEET_UPDATES, NULL, "whole");
    }
    if (vdi_facts_clients_known(facts)) {
        append_word(out, VDI_FLEET_CLIENTS, NULL, "whole");
    }
    if (vdi_facts_settings_known(facts)) {
        append_word(out, VDI_FLEET_SETTINGS, NULL, "whole");
    }
    append_list(out, VDI_FLEET_UPDATE, updates);
    append_list(out, VDI_FLEET_LIBRARY, libraries);
    append_named(out, VDI_FLEET_CLIENT, clients, vdi_facts_client, facts, derived);
    append_named(out, VDI_FLEET_SETTING, settings, vdi_facts_setting, facts, NULL);
    append_named(out, VDI_FLEET_PEER, peers, vdi_facts_peer, facts, NULL);
}

static void append_package(GString *out, const VdiPackage *package, const VdiPackage *usual)
{
    bool is_usual = is_of_one_type(package, usual);
    g_autofree char *name = vdi_fleet_encode(package->name);
    g_autofree char *version =
        vdi_fleet_encode(is_said(package->version) ? package->version : NULL);
    g_autofree char *arch = vdi_fleet_encode(is_said(package->arch) ? package->arch : NULL);

    g_string_append_printf(out, "%s %s", name, version);
    if (!is_usual || is_said(package->arch)) {
        g_string_append_printf(out, " %s", arch);
    }
    if (!is_usual) {
        g_autofree char *type = print_type(package);

        g_string_append_printf(out, " %s", type);
    }
    g_string_append_c(out, '\n');
}

char *vdi_fleet_print(const char *name, const VdiFacts *facts)
{
    g_autoptr(GPtrArray) packages = sorted_packages(facts);
    const VdiPackage *usual = usual_package(packages);
    GString *out = g_string_sized_new(64 * 1024);

    append_head(out, name, facts);
    if (usual != NULL) {
        g_autofree char *type = print_type(usual);

        g_string_append_printf(out, " %s=%s", vdi_fleet_key_name(VDI_FLEET_TYPE), type);
    }
    if (vdi_facts_packages_known(facts)) {
        g_string_append_printf(
            out, " %s=%u\n", vdi_fleet_key_name(VDI_FLEET_PACKAGES), packages->len);
    } else {
        g_string_append_printf(out, " %s=unknown\n", vdi_fleet_key_name(VDI_FLEET_PACKAGES));
    }
    for (guint i = 0; i < packages->len; i++) {
        append_package(out, packages->pdata[i], usual);
    }
    return g_string_free(out, false);
}
