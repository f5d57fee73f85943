/* SPDX-License-Identifier: Apache-2.0 */
#include "compat/inventory/change_text.h"

#include <string.h>

#include "base/error.h"
#include "base/text.h"
#include "compat/host/hook_stream.h"
#include "compat/inventory/inventory.h"
#include "compat/rules/purl.h"
#include "compat/rules/version.h"

#define CLIENT_PREFIX "client:"
#define BUILD_NAME "build"

static bool fail(const char *word, const char *what, GError **error)
{
    g_autofree char *shown = vdi_text_quote(word);

    g_set_error(error, VDI_HOST_ERROR, VDI_HOST_ERROR_CHANGE, "%s: %s", shown, what);
    return false;
}

/* ---- one word ---- */

/* A word taken apart. */
typedef struct {
    const char *word;
    const char *type; /* NULL: of whatever is installed */
    const char *namespace;
    const char *name;
    const char *arch;    /* NULL: all of them */
    const char *version; /* NULL: it goes */
} Wish;

/* The system's own packages; a list that is empty is dpkg's or nobody's. */
static const char *type_of(const VdiFacts *facts)
{
    return vdi_facts_n_packages(facts) > 0 ? vdi_facts_package(facts, 0)->type : "deb";
}

typedef struct {
    const Wish *wish;
    VdiChange *change;
    bool is_there;
} Replacement;

static bool replace(const VdiPackage *package, void *user)
{
    Replacement *replacement = user;
    const Wish *wish = replacement->wish;

    if (wish->arch == NULL || g_strcmp0(wish->arch, package->arch) == 0) {
        replacement->is_there = true;
        vdi_change_add(replacement->change, package->type, package->namespace, package->name,
            package->arch, package->version, wish->version, false);
    }
    return false;
}

static bool replace_installed(const Wish *wish, const VdiFacts *facts, VdiChange *change)
{
    Replacement replacement = {wish, change, false};
    const char *type = wish->type != NULL ? wish->type : type_of(facts);

    (void) vdi_facts_find_packages(facts, type, wish->name, replace, &replacement);
    return replacement.is_there;
}

static bool change_client(
    VdiChange *change, const VdiFacts *facts, const char *id, const char *version)
{
    const char *before = NULL;
    bool is_there = vdi_facts_client(facts, id, &before) == VDI_TRUTH_TRUE;

    if (!is_there && version == NULL) {
        return false;
    }
    vdi_change_add(
        change, VDI_CHANGE_CLIENT, NULL, id, NULL, is_there ? before : NULL, version, false);
    return true;
}

static bool change_package(
    VdiChange *change, const VdiFacts *facts, const Wish *wish, GError **error)
{
    const char *version = NULL;

    if (replace_installed(wish, facts, change)) {
        return true;
    }
    if (wish->type == NULL && wish->arch == NULL
        && vdi_facts_client(facts, wish->name, &version) == VDI_TRUTH_TRUE) {
        return change_client(change, facts, wish->name, wish->version);
    }
    if (wish->version == NULL) {
        return fail(wish->word, "it is not installed", error);
    }
    vdi_change_add(change, wish->type != NULL ? wish->type : type_of(facts),
        wish->namespace != NULL ? wish->namespace : vdi_facts_get(facts, VDI_FACT_OS_ID),
        wish->name, wish->arch, NULL, wish->version, false);
    return true;
}

static bool add_purl(VdiChange *change, const VdiFacts *facts, Wish *wish, GError **error)
{
    g_autoptr(GError) local = NULL;
    g_autoptr(VdiPurl) purl = vdi_purl_parse(wish->name, &local);

    if (purl == NULL || purl->version != NULL) {
        return fail(wish->word,
            purl != NULL ? "the version stands behind =, not within the name" : local->message,
            error);
    }
    wish->type = purl->type;
    wish->namespace = purl->namespace;
    wish->name = purl->name;
    wish->arch = vdi_purl_qualifier(purl, "arch");
    return change_package(change, facts, wish, error);
}

/* "DSA-5532-1", "KB5074109": what no package is called, so that a forgotten version is none. */
static bool add_update(VdiChange *change, const char *word, GError **error)
{
    if (!g_ascii_isupper(*word) || strpbrk(word, "0123456789") == NULL) {
        return fail(
            word, "NAME=VERSION is due, or an update such as KB5074109 or DSA-5532-1", error);
    }
    vdi_change_add(change, VDI_CHANGE_UPDATE, NULL, word, NULL, NULL, word, false);
    return true;
}

static bool add_named(VdiChange *change, const VdiFacts *facts, Wish *wish, GError **error)
{
    if (g_str_has_prefix(wish->name, "pkg:")) {
        return add_purl(change, facts, wish, error);
    }
    if (g_str_has_prefix(wish->name, CLIENT_PREFIX)) {
        const char *id = wish->name + strlen(CLIENT_PREFIX);

        return *id == '\0' ? fail(wish->word, "a client's id is due", error)
                           : change_client(change, facts, id, wish->version)
                || fail(wish->word, "it is not installed", error);
    }
    if (strcmp(wish->name, BUILD_NAME) == 0) {
        if (wish->version == NULL || !vdi_version_is_valid(&vdi_version_generic, wish->version)) {
            return fail(wish->word, "a build is a dotted number, as 26100.7627", error);
        }
        vdi_change_add(change, VDI_CHANGE_BUILD, NULL, "windows", NULL,
            vdi_facts_get(facts, VDI_FACT_BUILD), wish->version, false);
        return true;
    }
    char *colon = strchr(wish->name, ':');

    if (colon != NULL) {
        *colon = '\0';
        wish->arch = colon + 1;
    }
    return change_package(change, facts, wish, error);
}

/* Printable and without a blank, as package systems have it. */
static bool is_word(const char *text)
{
    return *text != '\0' && strlen(text) <= VDI_PURL_MAX_BYTES + VDI_VERSION_MAX_BYTES
        && vdi_version_is_printable(text);
}

bool vdi_change_text_add(VdiChange *change, const VdiFacts *facts, const char *word, GError **error)
{
    g_autofree char *copy = g_strdup(word);
    char *equals = strrchr(copy, '=');

    if (!is_word(word) || equals == copy) {
        return fail(word, "NAME=VERSION is due, without blanks", error);
    }
    if (equals == NULL) {
        return add_update(change, word, error);
    }
    *equals = '\0';
    Wish wish = {.word = word, .name = copy, .version = equals[1] != '\0' ? equals + 1 : NULL};

    return add_named(change, facts, &wish, error);
}

/* ---- a file ---- */

static VdiChange *read_inventory(GBytes *bytes, GError **error)
{
    g_autoptr(VdiInventory) inventory = vdi_inventory_read(bytes, error);

    if (inventory != NULL && inventory->pending == NULL) {
        g_set_error_literal(error, VDI_HOST_ERROR, VDI_HOST_ERROR_CHANGE,
            "this inventory does not say what is pending");
    }
    return inventory != NULL ? g_steal_pointer(&inventory->pending) : NULL;
}

static VdiChange *read_stream(GBytes *bytes, const VdiFacts *facts, GError **error)
{
    const char *namespace = vdi_facts_get(facts, VDI_FACT_OS_ID);
    g_autoptr(GError) local = NULL;
    VdiChange *change =
        vdi_hook_stream_read(bytes, namespace != NULL ? namespace : "debian", &local);

    if (change == NULL) {
        g_set_error_literal(error, VDI_HOST_ERROR, VDI_HOST_ERROR_CHANGE, local->message);
    }
    return change;
}

static VdiChange *read_words(const char *text, const VdiFacts *facts, GError **error)
{
    g_auto(GStrv) lines = g_strsplit(text, "\n", VDI_CHANGE_TEXT_MAX_ITEMS + 1);
    g_autoptr(VdiChange) change = vdi_change_new();

    for (size_t i = 0; lines[i] != NULL; i++) {
        const char *line = g_strstrip(lines[i]);

        if (i >= VDI_CHANGE_TEXT_MAX_ITEMS) {
            g_set_error_literal(error, VDI_HOST_ERROR, VDI_HOST_ERROR_CHANGE, "too many lines");
            return NULL;
        }
        if (*line != '\0' && *line != '#' && !vdi_change_text_add(change, facts, line, error)) {
            g_prefix_error(error, "line %zu: ", i + 1);
            return NULL;
        }
    }
    return g_steal_pointer(&change);
}

VdiChange *vdi_change_text_read(GBytes *bytes, const VdiFacts *facts, GError **error)
{
    size_t size = 0;
    const char *data = g_bytes_get_data(bytes, &size);

    if (size > VDI_CHANGE_TEXT_MAX_BYTES || (size > 0 && memchr(data, '\0', size) != NULL)) {
        g_set_error_literal(
            error, VDI_HOST_ERROR, VDI_HOST_ERROR_CHANGE, "too large, or a NUL in it");
        return NULL;
    }
    g_autofree char *text = size > 0 ? g_strndup(data, size) : g_strdup("");
    const char *first = text + strspn(text, " \t\r\n");

    if (*first == '{' || *first == '[') {
        return read_inventory(bytes, error);
    }
    if (g_str_has_prefix(text, "VERSION ")) {
        return read_stream(bytes, facts, error);
    }
    return read_words(text, facts, error);
}
