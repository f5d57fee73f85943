/* SPDX-License-Identifier: Apache-2.0 */
#include "compat/trust/welcome.h"

#include <string.h>

#include "base/error.h"
#include "base/text.h"
#include "compat/trust/bundle.h"
#include "compat/trust/envelope.h"

enum { TEXT_MAX = 200, ADDRESS_MAX = 500, CA_MAX_BYTES = 64 * 1024 };

#define GROUP "connect"

/* What an organisation may have set: `max` 0 is a text, else a number from `min` to `max`. */
static const struct {
    const char *key;
    guint64 min, max;
} settings[] = {
    {"server", 0, 0},
    {"user", 0, 0},
    {"domain", 0, 0},
    {"desktop", 0, 0},
    {"width", 200, 8192},
    {"height", 200, 8192},
    {"timeout", 1, 3600},
};

static const char *const keys[] = {
    "server", "user", "domain", "desktop", "width", "height", "timeout", NULL};
G_STATIC_ASSERT(G_N_ELEMENTS(keys) == G_N_ELEMENTS(settings) + 1);

const char *const *vdi_welcome_keys(void)
{
    return keys;
}

static void server_free(gpointer data)
{
    VdiWelcomeServer *server = data;

    g_free(server->name);
    g_free(server->address);
    g_free(server);
}

VdiWelcome *vdi_welcome_new(void)
{
    VdiWelcome *welcome = g_new0(VdiWelcome, 1);

    welcome->urls = g_ptr_array_new_with_free_func(g_free);
    welcome->servers = g_ptr_array_new_with_free_func(server_free);
    welcome->settings = g_key_file_new();
    return welcome;
}

void vdi_welcome_free(VdiWelcome *welcome)
{
    if (welcome != NULL) {
        g_free(welcome->organisation);
        g_free(welcome->title);
        g_ptr_array_unref(welcome->urls);
        g_free(welcome->ca);
        g_ptr_array_unref(welcome->servers);
        g_key_file_unref(welcome->settings);
        g_free(welcome);
    }
}

/* ---- what may be said ---- */

static bool refuse(const char *what, const char *said, GError **error)
{
    g_autofree char *shown = vdi_text_quote(said);

    g_set_error(error, VDI_BUNDLE_ERROR, VDI_BUNDLE_ERROR_WELCOME, "%s: %s", what, shown);
    return false;
}

/* Shown as it is, and written into a key file as it is. */
static bool is_text(const char *text)
{
    g_autofree char *clean = vdi_text_clean(text);
    g_autofree char *stripped = g_strstrip(g_strdup(text));

    return *text != '\0' && strlen(text) <= TEXT_MAX && strcmp(clean, text) == 0
        && strcmp(stripped, text) == 0;
}

/* ASCII: two hosts that look the same are the same. No name or password. */
static bool is_address(const char *text, const char *const *schemes)
{
    g_autoptr(GUri) uri = g_uri_parse(text, G_URI_FLAGS_NONE, NULL);
    bool is_plain = uri != NULL && strlen(text) <= ADDRESS_MAX;

    for (const char *at = text; is_plain && *at != '\0'; at++) {
        is_plain = g_ascii_isgraph(*at);
    }
    return is_plain && g_strv_contains(schemes, g_uri_get_scheme(uri))
        && g_uri_get_host(uri) != NULL && *g_uri_get_host(uri) != '\0'
        && g_uri_get_userinfo(uri) == NULL && g_uri_get_query(uri) == NULL
        && g_uri_get_fragment(uri) == NULL;
}

bool vdi_welcome_set_name(
    VdiWelcome *welcome, const char *organisation, const char *title, GError **error)
{
    if (!vdi_text_is_name(organisation)) {
        return refuse("organisation", organisation, error);
    }
    if (!is_text(title)) {
        return refuse("title", title, error);
    }
    g_free(welcome->organisation);
    g_free(welcome->title);
    welcome->organisation = g_strdup(organisation);
    welcome->title = g_strdup(title);
    return true;
}

bool vdi_welcome_add_url(VdiWelcome *welcome, const char *url, GError **error)
{
    static const char *const schemes[] = {"https", NULL};

    if (!is_address(url, schemes) || welcome->urls->len >= VDI_WELCOME_URLS_MAX) {
        return refuse("an address of lists", url, error);
    }
    g_ptr_array_add(welcome->urls, g_strdup(url));
    return true;
}

bool vdi_welcome_set_ca(VdiWelcome *welcome, const char *pem, GError **error)
{
    if (strlen(pem) > CA_MAX_BYTES || strstr(pem, "-----BEGIN CERTIFICATE-----") == NULL
        || strstr(pem, "PRIVATE KEY") != NULL || !g_str_is_ascii(pem)) {
        return refuse("the authority", "no certificates in PEM, or a private key", error);
    }
    g_free(welcome->ca);
    welcome->ca = g_strdup(pem);
    return true;
}

static bool is_server(const char *address)
{
    static const char *const schemes[] = {"https", "rdp", NULL};

    return is_address(address, schemes);
}

bool vdi_welcome_add_server(
    VdiWelcome *welcome, const char *name, const char *address, GError **error)
{
    if (!is_text(name)) {
        return refuse("a server's name", name, error);
    }
    if (!is_server(address) || welcome->servers->len >= VDI_WELCOME_SERVERS_MAX) {
        return refuse("a server's address", address, error);
    }
    VdiWelcomeServer *server = g_new0(VdiWelcomeServer, 1);

    server->name = g_strdup(name);
    server->address = g_strdup(address);
    g_ptr_array_add(welcome->servers, server);
    return true;
}

bool vdi_welcome_set(VdiWelcome *welcome, const char *key, const char *value, GError **error)
{
    for (size_t i = 0; i < G_N_ELEMENTS(settings); i++) {
        guint64 number = 0;

        if (strcmp(settings[i].key, key) != 0) {
            continue;
        }
        if (settings[i].max > 0 ? !g_ascii_string_to_unsigned(
                value, 10, settings[i].min, settings[i].max, &number, NULL)
                                : !is_text(value)) {
            return refuse(key, value, error);
        }
        if (strcmp(key, "server") == 0 && !is_server(value)) {
            return refuse(key, value, error);
        }
        g_key_file_set_value(welcome->settings, GROUP, key, value);
        return true;
    }
    return refuse("no setting that a welcome may bring", key, error);
}

/* ---- writing ---- */

VdiJson *vdi_welcome_write(const VdiWelcome *welcome)
{
    VdiJson *object = vdi_json_new_object();

    vdi_json_add_text(object, "_type", "welcome");
    vdi_json_add_integer(object, "format", 1);
    vdi_json_add_text(object, "organisation", welcome->organisation);
    vdi_json_add_text(object, "title", welcome->title);
    VdiJson *urls = vdi_json_add_array(object, "urls");

    for (guint i = 0; i < welcome->urls->len; i++) {
        vdi_json_add_text(urls, NULL, welcome->urls->pdata[i]);
    }
    if (welcome->ca != NULL) {
        vdi_json_add_text(object, "ca", welcome->ca);
    }
    VdiJson *servers = vdi_json_add_array(object, "servers");

    for (guint i = 0; i < welcome->servers->len; i++) {
        const VdiWelcomeServer *server = welcome->servers->pdata[i];
        VdiJson *one = vdi_json_add_object(servers, NULL);

        vdi_json_add_text(one, "name", server->name);
        vdi_json_add_text(one, "address", server->address);
    }
    VdiJson *set = vdi_json_add_object(object, "settings");

    for (size_t i = 0; keys[i] != NULL; i++) {
        g_autofree char *value = g_key_file_get_value(welcome->settings, GROUP, keys[i], NULL);

        if (value != NULL) {
            vdi_json_add_text(set, keys[i], value);
        }
    }
    return object;
}

/* ---- reading ---- */

static bool read_urls(VdiJson *object, VdiWelcome *welcome, GError **error)
{
    VdiJson *urls = NULL;

    if (!vdi_json_array(object, "urls", 0, VDI_WELCOME_URLS_MAX, &urls, error)) {
        return false;
    }
    for (size_t i = 0; i < vdi_json_length(urls); i++) {
        VdiJson *url = vdi_json_element(urls, i);

        if (vdi_json_type(url) != VDI_JSON_TEXT) {
            return refuse("urls", "not texts", error);
        }
        if (!vdi_welcome_add_url(welcome, vdi_json_as_text(url), error)) {
            return false;
        }
    }
    return true;
}

static bool read_servers(VdiJson *object, VdiWelcome *welcome, GError **error)
{
    VdiJson *servers = NULL;

    if (!vdi_json_array(object, "servers", 0, VDI_WELCOME_SERVERS_MAX, &servers, error)) {
        return false;
    }
    for (size_t i = 0; i < vdi_json_length(servers); i++) {
        VdiJson *server = vdi_json_element(servers, i);
        g_autofree char *name = NULL;
        g_autofree char *address = NULL;

        if (vdi_json_type(server) != VDI_JSON_OBJECT) {
            return refuse("servers", "not objects", error);
        }
        if (!vdi_json_text(server, "name", 1, TEXT_MAX, &name, error)
            || !vdi_json_text(server, "address", 1, ADDRESS_MAX, &address, error)
            || !vdi_json_end(server, error)
            || !vdi_welcome_add_server(welcome, name, address, error)) {
            return false;
        }
    }
    return true;
}

static bool read_settings(VdiJson *object, VdiWelcome *welcome, GError **error)
{
    VdiJson *set = NULL;

    if (!vdi_json_object(object, "settings", &set, error)) {
        return false;
    }
    g_autofree const char **names = vdi_json_names(set);

    for (size_t i = 0; names[i] != NULL; i++) {
        g_autofree char *value = NULL;

        if (!vdi_json_text(set, names[i], 1, TEXT_MAX, &value, error)
            || !vdi_welcome_set(welcome, names[i], value, error)) {
            return false;
        }
    }
    return vdi_json_end(set, error);
}

static bool read_head(VdiJson *object, VdiWelcome *welcome, GError **error)
{
    static const char *const types[] = {"welcome", NULL};
    g_autofree char *organisation = NULL;
    g_autofree char *title = NULL;
    g_autofree char *ca = NULL;
    int64_t format = 0;
    int type = 0;

    if (!vdi_json_word(object, "_type", types, &type, error)
        || !vdi_json_integer(object, "format", 1, 1, &format, error)
        || !vdi_json_text(object, "organisation", 1, TEXT_MAX, &organisation, error)
        || !vdi_json_text(object, "title", 1, TEXT_MAX, &title, error)
        || !vdi_welcome_set_name(welcome, organisation, title, error)) {
        return false;
    }
    return !vdi_json_has(object, "ca")
        || (vdi_json_text(object, "ca", 1, CA_MAX_BYTES, &ca, error)
            && vdi_welcome_set_ca(welcome, ca, error));
}

VdiWelcome *vdi_welcome_verify(GBytes *document, const VdiMetadata *root, GError **error)
{
    g_autoptr(VdiEnvelope) envelope =
        vdi_envelope_parse(document, VDI_BUNDLE_WELCOME_MAX_BYTES, error);
    g_autoptr(VdiWelcome) welcome = vdi_welcome_new();

    if (envelope == NULL
        || vdi_envelope_verify(envelope, &root->signers[VDI_ROLE_TARGETS], error) != VDI_VERIFIED) {
        g_prefix_error(error, "welcome.json: ");
        return NULL;
    }
    /* A tree of its own: the envelope has looked at every member of its one, to write the canonical
     * form, and here a member that nobody asks for is an error. */
    g_autoptr(VdiJson) file = vdi_json_parse(document, VDI_BUNDLE_WELCOME_MAX_BYTES, error);
    VdiJson *object = NULL;

    if (file == NULL || !vdi_json_object(file, "signed", &object, error)
        || !read_head(object, welcome, error) || !read_urls(object, welcome, error)
        || !read_servers(object, welcome, error) || !read_settings(object, welcome, error)
        || !vdi_json_end(object, error)) {
        g_prefix_error(error, "welcome.json: ");
        return NULL;
    }
    return g_steal_pointer(&welcome);
}
