/* SPDX-License-Identifier: Apache-2.0 */
#include "protocol/broker/view_message.h"

#include <string.h>

#include "base/buffer.h"
#include "base/error.h"
#include "base/text.h"
#include "config.h"
#include "protocol/broker/target.h"

struct VdiViewRequest {
    char *version;
    VdiBuffer xml;
};

struct VdiViewReply {
    VdiDocument *document;
    const VdiElement *root;
};

/* What a broker's codes mean to us; an unknown one is FAILED, with its text. */
static const struct {
    const char *theirs;
    VdiBrokerError ours;
} codes[] = {
    {"UNSUPPORTED_VERSION", VDI_BROKER_ERROR_VERSION},
    {"AUTHENTICATION_FAILED", VDI_BROKER_ERROR_REFUSED},
    {"NOT_AUTHENTICATED", VDI_BROKER_ERROR_SESSION},
    {"NOT_ENTITLED", VDI_BROKER_ERROR_ENTITLEMENT},
    {"DESKTOP_LAUNCH_ERROR", VDI_BROKER_ERROR_UNAVAILABLE},
    {"DESKTOP_NOT_AVAILABLE", VDI_BROKER_ERROR_UNAVAILABLE},
    {"TUNNEL_ERROR", VDI_BROKER_ERROR_TUNNEL},
};

#define SUPPORTED_PROTOCOLS                                                                        \
    "<supported-protocols><protocol><name>RDP</name></protocol></supported-protocols>"

VdiViewRequest *vdi_view_request_new(const char *version)
{
    VdiViewRequest *request = g_new0(VdiViewRequest, 1);
    g_autofree char *head =
        g_strdup_printf("<?xml version=\"1.0\"?><broker version=\"%s\">", version);

    request->version = g_strdup(version);
    vdi_buffer_append_text(&request->xml, head);
    return request;
}

void vdi_view_request_free(VdiViewRequest *request)
{
    if (request != NULL) {
        g_free(request->version);
        vdi_buffer_clear(&request->xml);
        g_free(request);
    }
}

static void append(VdiViewRequest *request, const char *xml)
{
    vdi_buffer_append_text(&request->xml, xml);
}

/* Escaped straight into the wiped buffer. Control characters cannot stand in XML 1.0 at all. */
static void append_value(VdiViewRequest *request, const char *value)
{
    for (const char *p = value; *p != '\0'; p++) {
        switch (*p) {
        case '&':
            append(request, "&amp;");
            break;
        case '<':
            append(request, "&lt;");
            break;
        case '>':
            append(request, "&gt;");
            break;
        case '"':
            append(request, "&quot;");
            break;
        default:
            if ((unsigned char) *p >= 0x20 || *p == '\t' || *p == '\n' || *p == '\r') {
                vdi_buffer_append(&request->xml, p, 1);
            }
        }
    }
}

void vdi_view_request_add_locale(VdiViewRequest *request, const char *locale)
{
    if (locale == NULL || *locale == '\0' || strcmp(locale, "C") == 0
        || strcmp(locale, "POSIX") == 0 || strcmp(request->version, "1.0") == 0) {
        return;
    }
    append(request, "<set-locale><locale>");
    append_value(request, locale);
    append(request, "</locale></set-locale>");
}

void vdi_view_request_add_configuration(VdiViewRequest *request)
{
    append(request, "<get-configuration/>");
}

void vdi_view_request_add_authentication(
    VdiViewRequest *request, const char *screen, const GPtrArray *answers)
{
    append(request, "<do-submit-authentication><screen><name>");
    append_value(request, screen);
    append(request, "</name><params>");
    for (size_t i = 0; i < answers->len; i++) {
        const VdiAnswer *answer = g_ptr_array_index(answers, i);

        append(request, "<param><name>");
        append_value(request, answer->name);
        append(request, "</name><values><value>");
        append_value(
            request, answer->secret != NULL ? vdi_secret_text(answer->secret) : answer->text);
        append(request, "</value></values></param>");
    }
    append(request, "</params></screen></do-submit-authentication>");
}

void vdi_view_request_add_tunnel(VdiViewRequest *request)
{
    /* 9.0 and later take the wish in the request; before, the broker alone decides. */
    append(request,
        strcmp(request->version, "15.0") == 0 || strcmp(request->version, "9.0") == 0
            ? "<get-tunnel-connection><bypass-tunnel>true</bypass-tunnel></get-tunnel-connection>"
            : "<get-tunnel-connection/>");
}

void vdi_view_request_add_desktops(VdiViewRequest *request)
{
    append(request, "<get-desktops>" SUPPORTED_PROTOCOLS "</get-desktops>");
}

void vdi_view_request_add_launch_items(VdiViewRequest *request)
{
    /* Applications are not offered over RDP: desktops alone. */
    append(request,
        "<get-launch-items><desktops>" SUPPORTED_PROTOCOLS "</desktops></get-launch-items>");
}

void vdi_view_request_add_connection(VdiViewRequest *request, const char *desktop_id)
{
    append(request, "<get-desktop-connection><desktop-id>");
    append_value(request, desktop_id);
    /* Who we are, truthfully, so that a site can restrict clients; nothing that names the person's
     * computer (docs/connect.md). */
    append(request,
        "</desktop-id><protocol><name>RDP</name></protocol><environment-information>"
        "<info name=\"Client_Version\">" VDI_VERSION "</info><info name=\"Type\">Linux</info>"
        "</environment-information></get-desktop-connection>");
}

void vdi_view_request_add_logout(VdiViewRequest *request)
{
    append(request, "<do-logout/>");
}

GBytes *vdi_view_request_finish(VdiViewRequest *request)
{
    append(request, "</broker>");
    return vdi_buffer_steal(&request->xml);
}

VdiViewReply *vdi_view_reply_parse(GBytes *bytes, GError **error)
{
    g_autoptr(VdiViewReply) reply = g_new0(VdiViewReply, 1);

    reply->document = vdi_document_parse(bytes, error);
    if (reply->document == NULL) {
        return NULL;
    }
    reply->root = vdi_document_root(reply->document);
    if (strcmp(vdi_element_name(reply->root), "broker") != 0) {
        g_autofree char *shown = vdi_text_quote(vdi_element_name(reply->root));

        g_set_error(error, VDI_BROKER_ERROR, VDI_BROKER_ERROR_NOT_A_BROKER,
            "the answer is XML about %s", shown);
        return NULL;
    }
    return g_steal_pointer(&reply);
}

void vdi_view_reply_free(VdiViewReply *reply)
{
    if (reply != NULL) {
        vdi_document_free(reply->document);
        g_free(reply);
    }
}

/* user-message, else error-message, as the server's own words; and the code beside it. */
static VdiViewResult fail(const VdiElement *response, GError **error)
{
    g_autofree char *code = vdi_element_word(response, "error-code");
    g_autofree char *words = vdi_element_word(response, "user-message");
    VdiBrokerError ours = VDI_BROKER_ERROR_FAILED;

    if (words == NULL || *words == '\0') {
        g_free(words);
        words = vdi_element_word(response, "error-message");
    }
    for (size_t i = 0; code != NULL && i < G_N_ELEMENTS(codes); i++) {
        if (strcmp(codes[i].theirs, code) == 0) {
            ours = codes[i].ours;
        }
    }
    g_autofree char *shown_code = vdi_text_quote(code);
    g_autofree char *shown = vdi_text_clean(words != NULL ? words : "no reason given");

    g_set_error(error, VDI_BROKER_ERROR, (int) ours, "the broker says %s: %s", shown_code, shown);
    return VDI_VIEW_FAILED;
}

static VdiViewResult invalid(const char *name, const char *result, GError **error)
{
    g_autofree char *shown = vdi_text_quote(result);

    g_set_error(
        error, VDI_BROKER_ERROR, VDI_BROKER_ERROR_INVALID, "%s: its result is %s", name, shown);
    return VDI_VIEW_FAILED;
}

VdiViewResult vdi_view_reply_find(
    const VdiViewReply *reply, const char *name, const VdiElement **ret_response, GError **error)
{
    const VdiElement *response = vdi_element_find(reply->root, name);
    g_autofree char *at_root = vdi_element_word(reply->root, "result");

    if (at_root != NULL && strcmp(at_root, "ok") != 0) {
        return fail(reply->root, error);
    }
    if (response == NULL) {
        return VDI_VIEW_ABSENT;
    }
    g_autofree char *result = vdi_element_word(response, "result");

    if (g_strcmp0(result, "ok") == 0) {
        *ret_response = response;
        return VDI_VIEW_OK;
    }
    if (g_strcmp0(result, "partial") == 0
        && (strcmp(name, "configuration") == 0 || strcmp(name, "submit-authentication") == 0)) {
        *ret_response = response;
        return VDI_VIEW_PARTIAL;
    }
    if (g_strcmp0(result, "notexecuted") == 0) {
        return VDI_VIEW_NOT_EXECUTED;
    }
    if (result == NULL || *result == '\0' || strcmp(result, "partial") == 0) {
        return invalid(name, result, error);
    }
    return fail(response, error);
}

char *vdi_view_reply_code(const VdiViewReply *reply, const char *name)
{
    char *code = vdi_element_word(reply->root, "error-code");

    return code != NULL ? code
                        : vdi_element_word(vdi_element_find(reply->root, name), "error-code");
}

/* Missing means RDP. */
static GStrv read_protocols(const VdiElement *desktop)
{
    const VdiElement *list = vdi_element_find(desktop, "protocols");
    g_autoptr(GStrvBuilder) protocols = g_strv_builder_new();

    for (size_t i = 0; list != NULL && i < vdi_element_n_children(list); i++) {
        g_autofree char *name = vdi_element_word(vdi_element_child(list, i), "name");

        if (name != NULL) {
            g_strv_builder_add(protocols, name);
        }
    }
    if (list == NULL) {
        g_strv_builder_add(protocols, "RDP");
    }
    return g_strv_builder_end(protocols);
}

/* First match wins. */
static VdiDesktopState read_state(const VdiElement *desktop, GStrv protocols)
{
    g_autofree char *offline = vdi_element_word(desktop, "offline-state");
    g_autofree char *session = vdi_element_word(desktop, "session-id");

    if (vdi_element_is_true(desktop, "expired")) {
        return VDI_DESKTOP_EXPIRED;
    }
    if (offline != NULL && *offline != '\0' && strcmp(offline, "checked in") != 0) {
        return VDI_DESKTOP_ELSEWHERE;
    }
    if (vdi_element_is_true(desktop, "in-maintenance-mode")) {
        return VDI_DESKTOP_MAINTENANCE;
    }
    if (!g_strv_contains((const char *const *) protocols, "RDP")) {
        return VDI_DESKTOP_NO_PROTOCOL;
    }
    return session != NULL && *session != '\0' ? VDI_DESKTOP_SIGNED_IN : VDI_DESKTOP_AVAILABLE;
}

static bool prefers_start(const VdiElement *desktop)
{
    const VdiElement *preferences = vdi_element_find(desktop, "user-preferences");

    for (size_t i = 0; preferences != NULL && i < vdi_element_n_children(preferences); i++) {
        const VdiElement *preference = vdi_element_child(preferences, i);

        if (g_strcmp0(vdi_element_label(preference), "alwaysConnect") == 0) {
            return strcmp(vdi_element_text(preference), "true") == 0;
        }
    }
    return false;
}

static VdiDesktop *read_desktop(const VdiElement *element)
{
    const VdiElement *id = vdi_element_find(element, "id");
    VdiDesktop *desktop = g_new0(VdiDesktop, 1);

    desktop->id = g_strdup(id != NULL ? vdi_element_text(id) : "");
    desktop->name = vdi_element_word(element, "name");
    desktop->protocols = read_protocols(element);
    desktop->state = read_state(element, desktop->protocols);
    desktop->may_reset = vdi_element_is_true(element, "reset-allowed");
    desktop->connects_at_start = prefers_start(element);
    return desktop;
}

GPtrArray *vdi_view_read_desktops(const VdiElement *response)
{
    /* launch-items has them one level deeper. */
    const VdiElement *inner = vdi_element_find(response, "desktops");
    const VdiElement *list = inner != NULL ? inner : response;
    GPtrArray *desktops = g_ptr_array_new_with_free_func((GDestroyNotify) vdi_desktop_free);
    g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);

    for (size_t i = 0; i < vdi_element_n_children(list); i++) {
        const VdiElement *element = vdi_element_child(list, i);

        if (strcmp(vdi_element_name(element), "desktop") != 0) {
            continue;
        }
        VdiDesktop *desktop = read_desktop(element);

        if (*desktop->id == '\0' || desktop->name == NULL || *desktop->name == '\0'
            || !g_hash_table_add(seen, desktop->id)) {
            vdi_desktop_free(desktop);
            continue;
        }
        g_ptr_array_add(desktops, desktop);
    }
    return desktops;
}

static bool fail_target(const char *what, const char *value, GError **error)
{
    g_autofree char *shown = vdi_text_quote(value);

    g_set_error(error, VDI_BROKER_ERROR, VDI_BROKER_ERROR_INVALID,
        "the broker's answer names %s as the desktop's %s", shown, what);
    return false;
}

static bool read_port(const VdiElement *response, uint16_t *ret_port, GError **error)
{
    g_autofree char *text = vdi_element_word(response, "port");
    guint64 port = 0;

    if (text == NULL || !g_ascii_string_to_unsigned(text, 10, 1, 65535, &port, NULL)) {
        return fail_target("port", text, error);
    }
    *ret_port = (uint16_t) port;
    return true;
}

static bool read_account(
    const VdiElement *response, const char *name, const char *what, char **ret_text, GError **error)
{
    g_autofree char *text = vdi_element_word(response, name);

    if (text == NULL) {
        text = g_strdup("");
    }
    if (strlen(text) > VDI_TARGET_TEXT_MAX || !vdi_target_text_is_sound(text)) {
        return fail_target(what, text, error);
    }
    *ret_text = g_steal_pointer(&text);
    return true;
}

VdiTarget *vdi_view_read_target(const VdiElement *response, GError **error)
{
    g_autoptr(VdiTarget) target = g_new0(VdiTarget, 1);
    g_autofree char *protocol = vdi_element_word(response, "protocol");
    g_autofree char *address = vdi_element_word(response, "address");
    const VdiElement *password = vdi_element_find(response, "password");
    const char *user = vdi_element_find(response, "user-name") != NULL ? "user-name" : "username";

    if (protocol != NULL && *protocol != '\0' && g_ascii_strcasecmp(protocol, "RDP") != 0) {
        fail_target("protocol", protocol, error);
        return NULL;
    }
    target->host = vdi_target_host(address);
    if (target->host == NULL) {
        fail_target("address", address, error);
        return NULL;
    }
    if (!read_port(response, &target->port, error)
        || !read_account(response, user, "user", &target->user, error)
        || !read_account(response, "domain-name", "domain", &target->domain, error)) {
        return NULL;
    }
    if (password != NULL) {
        const char *text = vdi_element_text(password);

        target->password = vdi_secret_new(text, strlen(text));
        if (target->password == NULL) {
            g_set_error_literal(error, VDI_BROKER_ERROR, VDI_BROKER_ERROR_INVALID,
                "the broker's answer holds a password that is too long");
            return NULL;
        }
    }
    return g_steal_pointer(&target);
}
