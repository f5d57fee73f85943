/* SPDX-License-Identifier: Apache-2.0 */
#include "protocol/broker/direct.h"

#include <string.h>

#include "base/error.h"
#include "base/text.h"
#include "protocol/broker/target.h"

enum { RDP_PORT = 3389 };

typedef struct {
    VdiBroker broker; /* first */
    char *name;       /* as the person wrote it, for the list */
    char *proposed_user;
    VdiTarget *target;
} Direct;

static bool takes(const GUri *address)
{
    return strcmp(g_uri_get_scheme((GUri *) address), "rdp") == 0;
}

static void destroy(VdiBroker *broker)
{
    Direct *direct = (Direct *) broker;

    g_free(direct->name);
    g_free(direct->proposed_user);
    vdi_target_free(direct->target);
    g_free(direct);
}

static VdiBroker *create(const GUri *address, const VdiBrokerOptions *options, GError **error)
{
    GUri *uri = (GUri *) address;
    g_autofree char *host = vdi_target_address_host(address, error);
    int port = g_uri_get_port(uri);

    if (host == NULL) {
        return NULL;
    }
    Direct *direct = g_new0(Direct, 1);

    direct->broker.ops = &vdi_direct_ops;
    direct->name = g_strdup(g_uri_get_host(uri));
    direct->proposed_user = g_strdup(g_uri_get_user(uri));
    direct->target = g_new0(VdiTarget, 1);
    direct->target->host = g_steal_pointer(&host);
    direct->target->port = (uint16_t) (port > 0 ? port : RDP_PORT);
    return &direct->broker;
}

static bool begin(
    VdiBroker *broker, GCancellable *cancellable, VdiScreen **ret_screen, GError **error)
{
    const Direct *direct = (const Direct *) broker;
    g_autoptr(VdiScreen) screen = vdi_screen_new("direct");

    screen->is_known = true;
    vdi_screen_add(screen, "username", false)->value = g_strdup(direct->proposed_user);
    vdi_screen_add(screen, "password", true);
    vdi_screen_add(screen, "domain", false);
    *ret_screen = g_steal_pointer(&screen);
    return true;
}

static bool keep(char **slot, const GPtrArray *answers, const char *name, GError **error)
{
    const VdiAnswer *answer = vdi_answers_find(answers, name);
    const char *text = answer != NULL && answer->text != NULL ? answer->text : "";

    if (strlen(text) > VDI_TARGET_TEXT_MAX || !vdi_target_text_is_sound(text)) {
        g_set_error(error, VDI_BROKER_ERROR, VDI_BROKER_ERROR_REFUSED,
            "%s: too long, or with characters that no account has", name);
        return false;
    }
    g_free(*slot);
    *slot = g_strdup(text);
    return true;
}

static bool answer(VdiBroker *broker, GPtrArray *answers, GCancellable *cancellable,
    VdiScreen **ret_screen, GError **error)
{
    VdiTarget *target = ((Direct *) broker)->target;
    const VdiAnswer *password = vdi_answers_find(answers, "password");

    if (!keep(&target->user, answers, "username", error)
        || !keep(&target->domain, answers, "domain", error)) {
        return false;
    }
    vdi_secret_free(target->password);
    target->password = password != NULL ? vdi_secret_copy(password->secret) : NULL;
    *ret_screen = NULL;
    return true;
}

static GPtrArray *list(VdiBroker *broker, GCancellable *cancellable, GError **error)
{
    const Direct *direct = (const Direct *) broker;
    GPtrArray *desktops = g_ptr_array_new_with_free_func((GDestroyNotify) vdi_desktop_free);
    VdiDesktop *desktop = g_new0(VdiDesktop, 1);

    desktop->id = g_strdup("direct");
    desktop->name = g_strdup(direct->name);
    desktop->state = VDI_DESKTOP_AVAILABLE;
    desktop->protocols = g_strsplit("RDP", ",", -1);
    g_ptr_array_add(desktops, desktop);
    return desktops;
}

static VdiTarget *connect(
    VdiBroker *broker, const VdiDesktop *desktop, GCancellable *cancellable, GError **error)
{
    const VdiTarget *ours = ((const Direct *) broker)->target;
    VdiTarget *target = g_new0(VdiTarget, 1);

    target->host = g_strdup(ours->host);
    target->port = ours->port;
    target->user = g_strdup(ours->user != NULL ? ours->user : "");
    target->domain = g_strdup(ours->domain != NULL ? ours->domain : "");
    target->password = vdi_secret_copy(ours->password);
    return target;
}

static void end(VdiBroker *broker)
{
    g_clear_pointer(&((Direct *) broker)->target->password, vdi_secret_free);
}

/* No broker, so no protocol of one: the peer's fact stays unknown. */
static const char *protocol(const VdiBroker *broker)
{
    return NULL;
}

const VdiBrokerOps vdi_direct_ops = {
    .name = "direct",
    .takes = takes,
    .create = create,
    .destroy = destroy,
    .begin = begin,
    .answer = answer,
    .list = list,
    .connect = connect,
    .end = end,
    .protocol = protocol,
};
