/* SPDX-License-Identifier: Apache-2.0 */
#include "protocol/broker/view_conversation.h"

#include <string.h>

#include "base/error.h"
#include "base/http.h"
#include "base/text.h"
#include "protocol/broker/target.h"
#include "protocol/broker/view_message.h"
#include "protocol/broker/view_screen.h"

enum {
    LAUNCH_TRIES = 3,
    LAUNCH_IDLE_MS = 600000, /* a broker is silent while it powers a desktop on */
    LOGOUT_DEADLINE_MS = 5000,
};

/* Tried from the top; launch-items exist from 9.0 on. */
static const char *const ladder[] = {"15.0", "9.0", "4.5", "4.0", "3.0", "2.0", "1.0"};
enum { STEP_WITHOUT_LAUNCH_ITEMS = 2 };

typedef struct {
    VdiBroker broker; /* first */
    VdiHttp *http;
    char *url, *locale;
    size_t step; /* of the ladder */
    bool has_spoken, is_signed_in;
    bool tunnel_is_bypassed;
    VdiScreen *screen;   /* the one that stands */
    GPtrArray *desktops; /* that came with the sign-in, until somebody asks */
} View;

static bool takes(const GUri *address)
{
    return strcmp(g_uri_get_scheme((GUri *) address), "https") == 0;
}

static void destroy(VdiBroker *broker)
{
    View *view = (View *) broker;

    vdi_http_free(view->http);
    g_free(view->url);
    g_free(view->locale);
    vdi_screen_free(view->screen);
    g_clear_pointer(&view->desktops, g_ptr_array_unref);
    g_free(view);
}

static VdiBroker *create(const GUri *address, const VdiBrokerOptions *options, GError **error)
{
    GUri *uri = (GUri *) address;
    const VdiHttpOptions http = {.ca_file = options->ca_file};
    g_autofree char *host = vdi_target_address_host(address, error);
    VdiHttp *connection = host != NULL ? vdi_http_new(&http, error) : NULL;

    if (connection == NULL) {
        return NULL;
    }
    View *view = g_new0(View, 1);

    view->broker.ops = &vdi_view_ops;
    view->http = connection;
    view->locale = g_strdup(options->locale);
    /* Whatever path the person typed is dropped. The name stays as typed: the certificate's. */
    view->url = g_uri_join(G_URI_FLAGS_NONE, "https", NULL, g_uri_get_host(uri),
        g_uri_get_port(uri), "/broker/xml", NULL, NULL);
    return &view->broker;
}

static VdiViewReply *exchange(View *view, VdiViewRequest *request, unsigned idle_ms,
    GCancellable *cancellable, GError **error)
{
    const VdiHttpLimits limits = {.max_bytes = VDI_DOCUMENT_MAX_BYTES, .idle_timeout_ms = idle_ms};
    g_auto(VdiHttpReply) reply = {0};
    g_autoptr(GBytes) body = vdi_view_request_finish(request);
    g_autoptr(GError) local = NULL;

    if (!vdi_http_post(view->http, view->url, "text/xml; charset=UTF-8", body, &limits, cancellable,
            &reply, &local)) {
        if (vdi_http_status(view->http) == 401 && local->code == VDI_HTTP_ERROR_STATUS) {
            g_set_error_literal(error, VDI_BROKER_ERROR, VDI_BROKER_ERROR_REFUSED, local->message);
        } else {
            g_propagate_error(error, g_steal_pointer(&local));
        }
        return NULL;
    }
    return vdi_view_reply_parse(reply.body, error);
}

static VdiViewRequest *request_new(const View *view)
{
    return vdi_view_request_new(ladder[view->step]);
}

static bool has_launch_items(const View *view)
{
    return view->step < STEP_WITHOUT_LAUNCH_ITEMS;
}

static bool absent(const char *name, GError **error)
{
    g_set_error(
        error, VDI_BROKER_ERROR, VDI_BROKER_ERROR_INVALID, "no usable %s in the answer", name);
    return false;
}

/* A failure of the tunnel is no failure of the sign-in: connecting asks again. */
static void read_tunnel(View *view, const VdiViewReply *reply)
{
    const VdiElement *tunnel = NULL;

    view->tunnel_is_bypassed =
        vdi_view_reply_find(reply, "tunnel-connection", &tunnel, NULL) == VDI_VIEW_OK
        && vdi_element_is_true(tunnel, "bypass-tunnel");
}

static GPtrArray *read_list(const VdiViewReply *reply, const char *name, GError **error)
{
    const VdiElement *response = NULL;

    switch (vdi_view_reply_find(reply, name, &response, error)) {
    case VDI_VIEW_OK:
        return vdi_view_read_desktops(response);
    case VDI_VIEW_FAILED:
        return NULL;
    case VDI_VIEW_PARTIAL:
    case VDI_VIEW_NOT_EXECUTED:
    case VDI_VIEW_ABSENT:
        break;
    }
    (void) absent(name, error);
    return NULL;
}

static GPtrArray *ask_list(View *view, bool launch_items, GCancellable *cancellable, GError **error)
{
    g_autoptr(VdiViewRequest) request = request_new(view);

    if (launch_items) {
        vdi_view_request_add_launch_items(request);
    } else {
        vdi_view_request_add_desktops(request);
    }
    g_autoptr(VdiViewReply) reply = exchange(view, request, 0, cancellable, error);

    return reply != NULL ? read_list(reply, launch_items ? "launch-items" : "desktops", error)
                         : NULL;
}

static GPtrArray *list(VdiBroker *broker, GCancellable *cancellable, GError **error)
{
    View *view = (View *) broker;
    g_autoptr(GError) local = NULL;

    if (view->desktops != NULL) {
        return g_steal_pointer(&view->desktops);
    }
    if (has_launch_items(view)) {
        GPtrArray *desktops = ask_list(view, true, cancellable, &local);

        if (desktops != NULL) {
            return desktops;
        }
        /* An operation that this broker does not know after all: down to where it did not exist. */
        if (!g_error_matches(local, VDI_BROKER_ERROR, VDI_BROKER_ERROR_FAILED)
            && !g_error_matches(local, VDI_BROKER_ERROR, VDI_BROKER_ERROR_INVALID)) {
            g_propagate_error(error, g_steal_pointer(&local));
            return NULL;
        }
        view->step = STEP_WITHOUT_LAUNCH_ITEMS;
    }
    return ask_list(view, false, cancellable, error);
}

/* Signed in before we asked: cookies of a proxy, a ticket. */
static bool go_on_signed_in(
    View *view, GCancellable *cancellable, VdiScreen **ret_screen, GError **error)
{
    g_autoptr(VdiViewRequest) request = request_new(view);

    vdi_view_request_add_tunnel(request);
    g_autoptr(VdiViewReply) reply = exchange(view, request, 0, cancellable, error);

    if (reply == NULL) {
        return false;
    }
    read_tunnel(view, reply);
    view->is_signed_in = true;
    *ret_screen = NULL;
    return true;
}

static bool stand_before(
    View *view, const VdiElement *response, VdiScreen **ret_screen, GError **error)
{
    const VdiElement *authentication = vdi_element_find(response, "authentication");
    VdiScreen *screen =
        vdi_view_screen_read(authentication != NULL ? authentication : response, error);

    if (screen == NULL) {
        return false;
    }
    vdi_screen_free(view->screen);
    view->screen = screen;
    /* The caller's own copy: what stands is read again from it when it is answered. */
    *ret_screen = vdi_screen_copy(screen);
    return true;
}

static bool begin(
    VdiBroker *broker, GCancellable *cancellable, VdiScreen **ret_screen, GError **error)
{
    View *view = (View *) broker;

    vdi_http_forget_cookies(view->http);
    view->is_signed_in = view->tunnel_is_bypassed = false;
    for (;;) {
        g_autoptr(VdiViewRequest) request = request_new(view);
        g_autoptr(GError) local = NULL;
        const VdiElement *response = NULL;

        vdi_view_request_add_locale(request, view->locale);
        vdi_view_request_add_configuration(request);
        g_autoptr(VdiViewReply) reply = exchange(view, request, 0, cancellable, error);

        if (reply == NULL) {
            return false;
        }
        g_autofree char *code = vdi_view_reply_code(reply, "configuration");
        g_autofree char *locale_code = vdi_view_reply_code(reply, "set-locale");

        if (g_strcmp0(code, "UNSUPPORTED_VERSION") == 0 && view->step + 1 < G_N_ELEMENTS(ladder)) {
            view->step++;
            continue;
        }
        if (g_strcmp0(code, "ALREADY_AUTHENTICATED") == 0
            || g_strcmp0(locale_code, "ALREADY_AUTHENTICATED") == 0) {
            view->has_spoken = true;
            return go_on_signed_in(view, cancellable, ret_screen, error);
        }
        VdiViewResult result = vdi_view_reply_find(reply, "configuration", &response, &local);

        if (result == VDI_VIEW_FAILED) {
            g_propagate_error(error, g_steal_pointer(&local));
            return false;
        }
        if (result != VDI_VIEW_OK && result != VDI_VIEW_PARTIAL) {
            return absent("configuration", error);
        }
        view->has_spoken = true;
        return stand_before(view, response, ret_screen, error);
    }
}

static bool read_sign_in(
    View *view, const VdiViewReply *reply, VdiScreen **ret_screen, GError **error)
{
    const VdiElement *response = NULL;

    switch (vdi_view_reply_find(reply, "submit-authentication", &response, error)) {
    case VDI_VIEW_PARTIAL:
        /* The operations behind it were not executed, or say NOT_AUTHENTICATED: all the same. */
        return stand_before(view, response, ret_screen, error);
    case VDI_VIEW_FAILED:
        return false;
    case VDI_VIEW_NOT_EXECUTED:
    case VDI_VIEW_ABSENT:
        return absent("submit-authentication", error);
    case VDI_VIEW_OK:
        break;
    }
    read_tunnel(view, reply);
    view->is_signed_in = true;
    /* Asked for again when the list is wanted and did not come along. */
    view->desktops = has_launch_items(view) ? NULL : read_list(reply, "desktops", NULL);
    *ret_screen = NULL;
    return true;
}

static bool answer(VdiBroker *broker, GPtrArray *answers, GCancellable *cancellable,
    VdiScreen **ret_screen, GError **error)
{
    View *view = (View *) broker;
    const char *name = NULL;

    g_assert(view->screen != NULL);
    g_autoptr(GPtrArray) sent = vdi_view_screen_answer(view->screen, answers, &name, error);

    if (sent == NULL) {
        return false;
    }
    g_autoptr(VdiViewRequest) request = request_new(view);

    vdi_view_request_add_authentication(request, name, sent);
    vdi_view_request_add_tunnel(request);
    /* From 9.0 on the list travels alone: a broker that does not know launch-items then refuses
     * that one, and never the POST with the password, which must not be sent twice. */
    if (!has_launch_items(view)) {
        vdi_view_request_add_desktops(request);
    }
    g_autoptr(VdiViewReply) reply = exchange(view, request, 0, cancellable, error);

    return reply != NULL && read_sign_in(view, reply, ret_screen, error);
}

static bool ask_tunnel(View *view, GCancellable *cancellable, GError **error)
{
    g_autoptr(VdiViewRequest) request = request_new(view);
    const VdiElement *tunnel = NULL;

    vdi_view_request_add_tunnel(request);
    g_autoptr(VdiViewReply) reply = exchange(view, request, 0, cancellable, error);

    if (reply == NULL) {
        return false;
    }
    switch (vdi_view_reply_find(reply, "tunnel-connection", &tunnel, error)) {
    case VDI_VIEW_FAILED:
        return false;
    case VDI_VIEW_PARTIAL:
    case VDI_VIEW_NOT_EXECUTED:
    case VDI_VIEW_ABSENT:
        return absent("tunnel-connection", error);
    case VDI_VIEW_OK:
        break;
    }
    view->tunnel_is_bypassed = vdi_element_is_true(tunnel, "bypass-tunnel");
    if (!view->tunnel_is_bypassed) {
        g_set_error_literal(error, VDI_BROKER_ERROR, VDI_BROKER_ERROR_TUNNEL,
            "its answer does not let the tunnel be bypassed");
    }
    return view->tunnel_is_bypassed;
}

/* One request. `*ret_again`: it failed in the way that a second one may mend. */
static VdiTarget *ask_connection(View *view, const VdiDesktop *desktop, bool *ret_again,
    GCancellable *cancellable, GError **error)
{
    g_autoptr(VdiViewRequest) request = request_new(view);
    const VdiElement *response = NULL;

    *ret_again = false;
    vdi_view_request_add_connection(request, desktop->id);
    g_autoptr(VdiViewReply) reply = exchange(view, request, LAUNCH_IDLE_MS, cancellable, error);

    if (reply == NULL) {
        return NULL;
    }
    switch (vdi_view_reply_find(reply, "desktop-connection", &response, error)) {
    case VDI_VIEW_OK:
        return vdi_view_read_target(response, error);
    case VDI_VIEW_FAILED: {
        g_autofree char *code = vdi_view_reply_code(reply, "desktop-connection");

        *ret_again = g_strcmp0(code, "DESKTOP_LAUNCH_ERROR") == 0;
        return NULL;
    }
    case VDI_VIEW_PARTIAL:
    case VDI_VIEW_NOT_EXECUTED:
    case VDI_VIEW_ABSENT:
        break;
    }
    (void) absent("desktop-connection", error);
    return NULL;
}

static bool is_usable(const VdiDesktop *desktop, GError **error)
{
    static const char *const reasons[] = {
        [VDI_DESKTOP_AVAILABLE] = NULL,
        [VDI_DESKTOP_SIGNED_IN] = NULL,
        [VDI_DESKTOP_MAINTENANCE] = "it is in maintenance",
        [VDI_DESKTOP_EXPIRED] = "it has expired",
        [VDI_DESKTOP_ELSEWHERE] = "it is checked out elsewhere",
        [VDI_DESKTOP_NO_PROTOCOL] = "it is not offered over RDP",
    };

    if (reasons[desktop->state] != NULL) {
        g_autofree char *shown = vdi_text_quote(desktop->name);

        g_set_error(error, VDI_BROKER_ERROR, VDI_BROKER_ERROR_UNAVAILABLE, "%s: %s", shown,
            reasons[desktop->state]);
        return false;
    }
    return true;
}

static VdiTarget *connect(
    VdiBroker *broker, const VdiDesktop *desktop, GCancellable *cancellable, GError **error)
{
    View *view = (View *) broker;

    if (!is_usable(desktop, error)
        || (!view->tunnel_is_bypassed && !ask_tunnel(view, cancellable, error))) {
        return NULL;
    }
    for (int tries = 1;; tries++) {
        g_autoptr(GError) local = NULL;
        bool again = false;
        VdiTarget *target = ask_connection(view, desktop, &again, cancellable, &local);

        if (target != NULL) {
            return target;
        }
        if (!again || tries == LAUNCH_TRIES) {
            g_propagate_error(error, g_steal_pointer(&local));
            return NULL;
        }
        if (!ask_tunnel(view, cancellable, error)) {
            return NULL;
        }
    }
}

static void end(VdiBroker *broker)
{
    View *view = (View *) broker;
    const VdiHttpLimits limits = {
        .max_bytes = VDI_DOCUMENT_MAX_BYTES, .deadline_ms = LOGOUT_DEADLINE_MS};
    g_auto(VdiHttpReply) reply = {0};
    g_autoptr(GError) ignored = NULL;

    if (view->is_signed_in) {
        g_autoptr(VdiViewRequest) request = request_new(view);

        vdi_view_request_add_logout(request);
        g_autoptr(GBytes) body = vdi_view_request_finish(request);

        if (!vdi_http_post(view->http, view->url, "text/xml; charset=UTF-8", body, &limits, NULL,
                &reply, &ignored)) {
            g_debug("log-out: %s", ignored->message); /* the broker ends the session by its clock */
        }
        view->is_signed_in = false;
    }
    vdi_http_forget_cookies(view->http);
}

static const char *protocol(const VdiBroker *broker)
{
    const View *view = (const View *) broker;

    return view->has_spoken ? ladder[view->step] : NULL;
}

const VdiBrokerOps vdi_view_ops = {
    .name = "view",
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
