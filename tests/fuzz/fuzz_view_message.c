/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "protocol/broker/target.h"
#include "protocol/broker/view_message.h"
#include "protocol/broker/view_screen.h"

/* What a broker sends. Whatever it is, a target that comes out is safe to use, a desktop has an id
 * and a name, and a screen has a name. */

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_target(const VdiElement *response)
{
    g_autoptr(VdiTarget) target = vdi_view_read_target(response, NULL);

    if (target != NULL) {
        g_autofree char *again = vdi_target_host(target->host);

        g_assert(g_strcmp0(again, target->host) == 0 && target->port > 0);
        g_assert(target->host[0] != '-' && strpbrk(target->host, " /\\\"'\n") == NULL);
        g_assert(strlen(target->user) <= VDI_TARGET_TEXT_MAX);
        g_assert(strlen(target->domain) <= VDI_TARGET_TEXT_MAX);
    }
}

static void check_desktops(const VdiElement *response)
{
    g_autoptr(GPtrArray) desktops = vdi_view_read_desktops(response);

    for (size_t i = 0; i < desktops->len; i++) {
        const VdiDesktop *desktop = g_ptr_array_index(desktops, i);

        g_assert(*desktop->id != '\0' && *desktop->name != '\0');
        g_assert(g_utf8_validate(desktop->name, -1, NULL));
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const names[] = {
        "configuration", "submit-authentication", "desktops", "launch-items", "desktop-connection"};
    g_autoptr(GBytes) bytes = g_bytes_new(data, size);
    g_autoptr(GError) refused = NULL;
    g_autoptr(VdiViewReply) reply = vdi_view_reply_parse(bytes, &refused);

    g_assert((reply == NULL) == (refused != NULL));
    for (size_t i = 0; reply != NULL && i < G_N_ELEMENTS(names); i++) {
        g_autoptr(GError) error = NULL;
        const VdiElement *response = NULL;
        VdiViewResult result = vdi_view_reply_find(reply, names[i], &response, &error);

        g_assert((result == VDI_VIEW_FAILED) == (error != NULL));
        g_assert((result == VDI_VIEW_OK || result == VDI_VIEW_PARTIAL) == (response != NULL));
        if (response != NULL) {
            const VdiElement *authentication = vdi_element_find(response, "authentication");
            g_autoptr(VdiScreen) screen =
                vdi_view_screen_read(authentication != NULL ? authentication : response, NULL);

            g_assert(screen == NULL || *screen->name != '\0');
            check_desktops(response);
            check_target(response);
        }
    }
    return 0;
}
