/* SPDX-License-Identifier: Apache-2.0 */
#include "protocol/rdp/desktop.h"

#include <freerdp/client/channels.h>
#include <freerdp/error.h>
#include <freerdp/event.h>
#include <freerdp/gdi/gdi.h>
#include <freerdp/transport_io.h>
#include <freerdp/version.h>
#include <unistd.h>
#include <winpr/synch.h>

#include "base/secret.h"
#include "protocol/rdp/context.h"
#include "protocol/rdp/cursor.h"
#include "protocol/rdp/error.h"
#include "protocol/rdp/input.h"
#include "protocol/rdp/paint.h"
#include "protocol/rdp/settings.h"

enum { OUR_HANDLES = 2, INPUT_BATCH = 256 };

struct VdiRdpDesktop {
    VdiControl *control;
    VdiIdentity *identity;
    int view;
    rdpContext *context;
    VdiPaint paint;
    VdiCursor cursor;
    VdiFd socket; /* that came with OPEN, until it is used */
    char *host;   /* as it was opened: whom the pin is for */
    char *pin;
    VdiPhase phase;
    GError *refusal; /* our own reason to end, before FreeRDP's */
};

static VdiRdpDesktop *desktop_of(rdpContext *context)
{
    return ((VdiContext *) context)->desktop;
}

uint32_t vdi_desktop_engine_version(void)
{
    int major = 0;
    int minor = 0;
    int patch = 0;

    freerdp_get_version(&major, &minor, &patch);
    return (uint32_t) major << 16 | ((uint32_t) minor & 0xff) << 8 | ((uint32_t) patch & 0xff);
}

static void enter(VdiRdpDesktop *desktop, VdiPhase phase)
{
    if (phase > desktop->phase) {
        desktop->phase = phase;
        vdi_control_phase(desktop->control, phase);
    }
}

/* The first reason is the one that is told. */
static void refuse(VdiRdpDesktop *desktop, VdiSessionError code, const char *why)
{
    if (desktop->refusal == NULL) {
        desktop->refusal = g_error_new_literal(VDI_SESSION_ERROR, (int) code, why);
    }
}

/* ---- FreeRDP's callbacks ---- */

/* Every connection is the parent's: the one that came with OPEN, then whatever is asked for. */
static int on_tcp_connect(
    rdpContext *context, rdpSettings *settings, const char *hostname, int port, DWORD timeout)
{
    VdiRdpDesktop *desktop = desktop_of(context);
    int given = desktop->socket;

    desktop->socket = -1;
    if (given >= 0) {
        return given;
    }
    g_autoptr(GError) error = NULL;
    int asked = vdi_control_ask_for_socket(desktop->control, hostname, (uint16_t) port, &error);

    if (asked < 0 && desktop->refusal == NULL) {
        desktop->refusal = g_steal_pointer(&error);
    }
    return asked;
}

static int on_certificate(freerdp *instance, const BYTE *data, size_t length, const char *hostname,
    UINT16 port, DWORD flags)
{
    VdiRdpDesktop *desktop = desktop_of(instance->context);
    VdiMessageIdentity question = {0};
    /* A redirection leads to another machine: the pin does not speak of that one. */
    bool is_pinned = g_ascii_strcasecmp(hostname, desktop->host) == 0;
    VdiIdentityVerdict verdict = vdi_identity_judge(
        desktop->identity, data, length, hostname, is_pinned ? desktop->pin : "", &question);
    bool is_accepted = verdict == VDI_IDENTITY_GOOD
        || (verdict == VDI_IDENTITY_DOUBTFUL
            && vdi_control_ask_identity(desktop->control, &question));

    if (!is_accepted) {
        refuse(desktop, VDI_SESSION_ERROR_CERTIFICATE,
            verdict == VDI_IDENTITY_BAD ? "its key is not the one that was announced"
                                        : "nobody vouches for its certificate");
        return 0;
    }
    enter(desktop, VDI_PHASE_SECURED);
    return 2; /* for this connection: the store is not the library's */
}

/* Asked only when name or password is missing. A desktop over TLS can ask for itself, on its own
 * screen; NLA cannot. */
static BOOL on_authenticate(
    freerdp *instance, char **username, char **password, char **domain, rdp_auth_reason reason)
{
    if (reason == AUTH_TLS || reason == AUTH_RDP) {
        return TRUE;
    }
    refuse(desktop_of(instance->context), VDI_SESSION_ERROR_CREDENTIALS,
        "it wants a name and a password");
    return FALSE;
}

static BOOL on_pre_connect(freerdp *instance)
{
    rdpContext *context = instance->context;

    PubSub_SubscribeChannelConnected(
        context->pubSub, freerdp_client_OnChannelConnectedEventHandler);
    PubSub_SubscribeChannelDisconnected(
        context->pubSub, freerdp_client_OnChannelDisconnectedEventHandler);
    return TRUE;
}

static BOOL on_post_connect(freerdp *instance)
{
    VdiRdpDesktop *desktop = desktop_of(instance->context);

    if (!vdi_paint_attach(&desktop->paint, instance->context)) {
        refuse(desktop, VDI_SESSION_ERROR_DISCONNECTED, "it has a size that cannot be shown");
        return FALSE;
    }
    vdi_cursor_register(instance->context->graphics);
    enter(desktop, VDI_PHASE_SIGNED_IN);
    return TRUE;
}

static void on_post_disconnect(freerdp *instance)
{
    rdpContext *context = instance->context;

    PubSub_UnsubscribeChannelConnected(
        context->pubSub, freerdp_client_OnChannelConnectedEventHandler);
    PubSub_UnsubscribeChannelDisconnected(
        context->pubSub, freerdp_client_OnChannelDisconnectedEventHandler);
    gdi_free(instance);
}

static int on_logon_error(freerdp *instance, UINT32 data, UINT32 type)
{
    g_debug("logon: %s, %s", freerdp_get_logon_error_info_data(data),
        freerdp_get_logon_error_info_type(type));
    return 1;
}

static SSIZE_T on_retry(freerdp *instance, const char *what, size_t current, void *user)
{
    return -1; /* reconnecting is our owner's decision */
}

static BOOL on_client_new(freerdp *instance, rdpContext *context)
{
    instance->PreConnect = on_pre_connect;
    instance->PostConnect = on_post_connect;
    instance->PostDisconnect = on_post_disconnect;
    instance->AuthenticateEx = on_authenticate;
    instance->VerifyX509Certificate = on_certificate;
    instance->LogonErrorInfo = on_logon_error;
    instance->RetryDialog = on_retry;
    instance->LoadChannels = freerdp_client_load_channels;
    return TRUE;
}

/* ---- life ---- */

VdiRdpDesktop *vdi_desktop_new(VdiControl *control, VdiIdentity *identity, int view)
{
    g_autoptr(VdiRdpDesktop) desktop = g_new0(VdiRdpDesktop, 1);
    RDP_CLIENT_ENTRY_POINTS entry = {
        .Size = sizeof entry,
        .Version = RDP_CLIENT_INTERFACE_VERSION,
        .ContextSize = sizeof(VdiContext),
        .ClientNew = on_client_new,
    };

    desktop->control = control;
    desktop->identity = identity;
    desktop->view = desktop->cursor.view = view;
    desktop->socket = -1;
    desktop->context = freerdp_client_context_new(&entry);
    if (desktop->context == NULL) {
        return NULL;
    }
    VdiContext *context = (VdiContext *) desktop->context;

    context->desktop = desktop;
    context->paint = &desktop->paint;
    context->cursor = &desktop->cursor;

    rdpTransportIo io = *freerdp_get_io_callbacks(desktop->context);

    io.TCPConnect = on_tcp_connect;
    if (!freerdp_set_io_callbacks(desktop->context, &io)
        || !vdi_settings_fix(desktop->context->settings)) {
        return NULL;
    }
    return g_steal_pointer(&desktop);
}

void vdi_desktop_free(VdiRdpDesktop *desktop)
{
    if (desktop == NULL) {
        return;
    }
    if (desktop->context != NULL) {
        freerdp_client_context_free(desktop->context);
    }
    vdi_paint_clear(&desktop->paint);
    vdi_cursor_clear(&desktop->cursor);
    vdi_fd_close(desktop->socket);
    g_free(desktop->host);
    g_free(desktop->pin);
    g_clear_error(&desktop->refusal);
    g_free(desktop);
}

/* ---- the loop ---- */

/* All that the viewer has said, before anything is decoded. */
static void hear_viewer(VdiRdpDesktop *desktop)
{
    g_autofree VdiMessage *message = g_new(VdiMessage, 1);
    VdiInputArea area = {desktop->paint.width, desktop->paint.height};

    for (unsigned n = 0; n < INPUT_BATCH; n++) {
        g_auto(VdiFd) passed = -1;
        g_autoptr(GError) error = NULL;
        ssize_t size = vdi_channel_receive(desktop->view, message, &passed, &error);

        if (size <= 0) {
            desktop->paint.is_lost = desktop->paint.is_lost || size == 0 || error != NULL;
            return;
        }
        if (message->kind == VDI_MESSAGE_PICTURE && size == sizeof(VdiMessagePicture)
            && passed >= 0) {
            vdi_paint_take_picture(&desktop->paint, passed, (VdiMessagePicture *) message);
            passed = -1;
        } else if (message->kind == VDI_MESSAGE_TAKEN && size == sizeof(VdiMessageNumber)) {
            vdi_paint_taken(&desktop->paint, ((VdiMessageNumber *) message)->number);
        } else {
            (void) vdi_input_take(desktop->context->input, message, (size_t) size, &area);
        }
    }
}

/* What the viewer has room for. */
static void flush(VdiRdpDesktop *desktop)
{
    if (desktop->paint.is_lost || !vdi_cursor_flush(&desktop->cursor)) {
        desktop->paint.is_lost = true;
        return;
    }
    if (vdi_paint_flush(&desktop->paint)) {
        enter(desktop, VDI_PHASE_FIRST_FRAME);
    }
}

/* False when the desktop, the viewer or the owner has ended. */
static bool turn(VdiRdpDesktop *desktop, HANDLE *handles)
{
    rdpContext *context = desktop->context;
    DWORD n = freerdp_get_event_handles(
        context, handles + OUR_HANDLES, MAXIMUM_WAIT_OBJECTS - OUR_HANDLES);

    if (n == 0
        || WaitForMultipleObjects(n + OUR_HANDLES, handles, FALSE, INFINITE) == WAIT_FAILED) {
        return false;
    }
    if (WaitForSingleObject(handles[0], 0) == WAIT_OBJECT_0) {
        vdi_control_listen(desktop->control);
    }
    if (WaitForSingleObject(handles[1], 0) == WAIT_OBJECT_0) {
        hear_viewer(desktop);
    }
    if (desktop->control->is_stopped || desktop->paint.is_lost) {
        return false;
    }
    flush(desktop);
    if (!freerdp_check_event_handles(context)) {
        return false;
    }
    flush(desktop);
    return !freerdp_shall_disconnect_context(context);
}

static void show(VdiRdpDesktop *desktop)
{
    HANDLE handles[MAXIMUM_WAIT_OBJECTS] = {
        CreateFileDescriptorEvent(NULL, FALSE, FALSE, desktop->control->fd, WINPR_FD_READ),
        CreateFileDescriptorEvent(NULL, FALSE, FALSE, desktop->view, WINPR_FD_READ),
    };

    while (handles[0] != NULL && handles[1] != NULL && turn(desktop, handles)) {
    }
    for (size_t i = 0; i < OUR_HANDLES; i++) {
        if (handles[i] != NULL) {
            (void) CloseHandle(handles[i]);
        }
    }
}

/* Why it ended. NULL: a log-off, or a stop. */
static GError *conclude(VdiRdpDesktop *desktop, bool was_connected)
{
    rdpContext *context = desktop->context;
    uint32_t code = freerdp_get_last_error(context);
    uint32_t reason = freerdp_error_info(context->instance);

    if (desktop->control->is_stopped) {
        return NULL;
    }
    if (desktop->refusal != NULL) {
        return g_steal_pointer(&desktop->refusal);
    }
    if (desktop->paint.is_lost) {
        return NULL; /* nobody looks any more */
    }
    if (reason != ERRINFO_SUCCESS && reason != ERRINFO_NONE) {
        code = MAKE_FREERDP_ERROR(ERRINFO, reason);
    }
    if (was_connected && code == FREERDP_ERROR_SUCCESS
        && freerdp_get_disconnect_ultimatum(context) == Disconnect_Ultimatum_user_requested) {
        return NULL;
    }
    /* Seen with servers that ask for the password themselves: a wrong one, and they hang up. */
    if (!was_connected && code == FREERDP_ERROR_CONNECT_TRANSPORT_FAILED
        && desktop->phase >= VDI_PHASE_SECURED) {
        return g_error_new_literal(VDI_SESSION_ERROR, VDI_SESSION_ERROR_LOGON,
            "it hung up while signing in: a wrong password, most often");
    }
    return vdi_engine_error_new(code);
}

bool vdi_desktop_run(VdiRdpDesktop *desktop, VdiMessageOpen *open, int socket, GError **error)
{
    rdpContext *context = desktop->context;
    bool is_set = vdi_settings_open(context->settings, open);

    vdi_secret_wipe(open->password, sizeof open->password);
    desktop->socket = socket;
    desktop->host = g_strdup(open->host);
    desktop->pin = g_strdup(open->pin);
    enter(desktop, VDI_PHASE_CONNECTING);
    vdi_paint_begin(&desktop->paint, desktop->view, open->width, open->height);

    bool is_connected = is_set && freerdp_connect(context->instance);

    if (is_connected) {
        vdi_settings_forget(context->settings);
        show(desktop);
    }
    GError *end = conclude(desktop, is_connected);

    freerdp_disconnect(context->instance);
    if (end != NULL) {
        g_propagate_error(error, end);
    }
    return end == NULL;
}
