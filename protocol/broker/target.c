/* SPDX-License-Identifier: Apache-2.0 */
#include "protocol/broker/target.h"

#include <gio/gio.h>
#include <string.h>

#include "base/error.h"
#include "base/text.h"

char *vdi_target_host(const char *text)
{
    g_autofree char *host = g_strstrip(g_strdup(text != NULL ? text : ""));
    size_t length = strlen(host);

    if (length >= 2 && host[0] == '[' && host[length - 1] == ']') {
        memmove(host, host + 1, length - 2);
        host[length - 2] = '\0';
        return g_hostname_is_ip_address(host) ? g_steal_pointer(&host) : NULL;
    }
    if (g_hostname_is_ip_address(host)) {
        return g_steal_pointer(&host);
    }
    if (g_ascii_strcasecmp(host, "localhost") == 0) {
        return g_strdup("127.0.0.1");
    }
    /* Underscores are no part of DNS host names, and stand in many a Windows one. */
    bool is_name = length > 0 && length <= VDI_TARGET_TEXT_MAX && g_ascii_isalnum(host[0])
        && strspn(host, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789.-_")
            == length
        && strstr(host, "..") == NULL;

    return is_name ? g_steal_pointer(&host) : NULL;
}

char *vdi_target_address_host(const GUri *address, GError **error)
{
    GUri *uri = (GUri *) address;
    g_autofree char *host = vdi_target_host(g_uri_get_host(uri));
    int port = g_uri_get_port(uri); /* -1: not named */

    if (host == NULL || port == 0 || port > 65535) {
        g_autofree char *shown = vdi_text_quote(g_uri_get_host(uri));

        g_set_error(error, VDI_CLIENT_ERROR, VDI_CLIENT_ERROR_SERVER,
            "%s is no host name, or its port none from 1 to 65535", shown);
        return NULL;
    }
    return g_steal_pointer(&host);
}

bool vdi_target_text_is_sound(const char *text)
{
    for (const char *p = text; *p != '\0'; p++) {
        if ((unsigned char) *p < 0x20 || *p == 0x7f) {
            return false;
        }
    }
    return g_utf8_validate(text, -1, NULL);
}
