/* SPDX-License-Identifier: Apache-2.0 */
#include <fcntl.h>
#include <freerdp/primitives.h>
#include <glib-unix.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>
#include <winpr/wlog.h>

#include "base/error.h"
#include "base/program.h"
#include "base/secret.h"
#include "protocol/rdp/control.h"
#include "protocol/rdp/desktop.h"
#include "protocol/rdp/identity.h"
#include "protocol/rdp/sandbox.h"

/* One desktop over RDP, for the process that started this one: client/launch. It speaks
 * protocol/session/message.h on two sockets that it inherits, and with nobody else. */

static bool is_our_socket(int fd)
{
    int type = 0;
    socklen_t size = sizeof type;

    return getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &size) == 0 && type == SOCK_SEQPACKET;
}

/* Libraries read the environment (a display, a home, a proxy, a key log); ours is a few words. */
static void clear_environment(void)
{
    static const char *const kept[] = {"G_MESSAGES_DEBUG", "LANG", "LC_ALL", "LC_MESSAGES",
        "ASAN_OPTIONS", "UBSAN_OPTIONS", "LSAN_OPTIONS"};
    g_auto(GStrv) environment = g_get_environ();
    size_t n = g_strv_length(environment);

    for (size_t i = 0; i < n; i++) {
        g_autofree char *name = g_strndup(environment[i], strcspn(environment[i], "="));
        bool stays = false;

        for (size_t k = 0; k < G_N_ELEMENTS(kept); k++) {
            stays = stays || g_str_equal(name, kept[k]);
        }
        if (!stays) {
            g_unsetenv(name);
        }
    }
    g_setenv("HOME", "/nonexistent", TRUE);
}

/* FreeRDP's own log may quote what the server sent: it is for those who look for a fault. */
static void quieten(void)
{
    (void) WLog_SetLogLevel(WLog_GetRoot(),
        g_log_writer_default_would_drop(G_LOG_LEVEL_DEBUG, "freerdp") ? WLOG_OFF : WLOG_WARN);
}

static bool run(VdiControl *control, VdiIdentity *identity, VdiRdpDesktop *desktop, GError **error)
{
    VdiMessageOpen *open = g_new0(VdiMessageOpen, 1);
    g_autoptr(GBytes) ca = NULL;
    VdiFd socket = -1;
    bool ok = vdi_control_wait_for_open(control, open, &ca, &socket, error);

    if (!ok) {
        ok = control->is_stopped;
    } else if (ca != NULL && !vdi_identity_trust_only(identity, ca, error)) {
        vdi_fd_close(socket);
        ok = false;
    } else {
        ok = vdi_desktop_run(desktop, open, socket, error);
    }
    vdi_secret_wipe(open, sizeof *open);
    g_free(open);
    return ok;
}

int main(int argc, char **argv)
{
    VdiControl control = {.fd = VDI_SESSION_CONTROL_FD};
    g_autoptr(GError) error = NULL;

    clear_environment();
    primitives_set_hints(
        PRIMITIVES_ONLY_CPU); /* else FreeRDP measures for 300 ms which is fastest */
    vdi_program_start("vdi-session");
    if (argc != 1 || !is_our_socket(VDI_SESSION_CONTROL_FD)
        || !is_our_socket(VDI_SESSION_VIEW_FD)) {
        g_printerr("vdi-session: started by vdi-connect and vdi-client, not by hand\n");
        return VDI_EXIT_USAGE;
    }
    vdi_secret_protect_process();
    (void) prctl(PR_SET_PDEATHSIG, SIGKILL); /* also while FreeRDP waits for a peer */
    g_unix_set_fd_nonblocking(VDI_SESSION_VIEW_FD, TRUE, NULL);
    (void) fcntl(VDI_SESSION_CONTROL_FD, F_SETFD, FD_CLOEXEC);
    (void) fcntl(VDI_SESSION_VIEW_FD, F_SETFD, FD_CLOEXEC);
    quieten();

    g_autoptr(VdiIdentity) identity = vdi_identity_new();
    g_autoptr(VdiRdpDesktop) desktop = vdi_desktop_new(&control, identity, VDI_SESSION_VIEW_FD);

    if (desktop == NULL) {
        g_set_error_literal(
            &error, VDI_SESSION_ERROR, VDI_SESSION_ERROR_START, "FreeRDP would not start");
        vdi_control_ended(&control, error);
        return EXIT_SUCCESS;
    }
    (void) primitives_get();
    g_debug("%u threads when the doors close", vdi_sandbox_count_threads());
    (void) vdi_sandbox_close();
    vdi_control_ready(&control, vdi_desktop_engine_version());

    bool ok = run(&control, identity, desktop, &error);

    vdi_control_ended(&control, ok ? NULL : error);
    return EXIT_SUCCESS;
}
