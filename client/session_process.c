/* SPDX-License-Identifier: Apache-2.0 */
#include "client/session_process.h"

#include "base/error.h"
#include "base/process.h"
#include "protocol/session/message.h"

/* Nothing of ours but the language; FreeRDP looks into the home and the display otherwise. */
static GStrv environment_of_session(void)
{
    static const char *const kept[] = {"LANG", "LANGUAGE", "LC_ALL", "LC_MESSAGES", "LC_CTYPE",
        "TZ", "G_MESSAGES_DEBUG", "ASAN_OPTIONS", "LSAN_OPTIONS", "UBSAN_OPTIONS"};
    GStrv environment = g_new0(char *, 1);

    for (size_t i = 0; i < G_N_ELEMENTS(kept); i++) {
        if (g_getenv(kept[i]) != NULL) {
            environment = g_environ_setenv(environment, kept[i], g_getenv(kept[i]), true);
        }
    }
    return environment;
}

/* Our stdout is what a program reads (--json), our stderr may be a terminal: whoever takes the
 * session over writes to neither. Somebody who looks for a fault asks for its log. */
static GSubprocessFlags output_of_session(void)
{
    const char *wanted = g_getenv("G_MESSAGES_DEBUG");
    bool is_wanted = (wanted != NULL && *wanted != '\0') || g_getenv("ASAN_OPTIONS") != NULL
        || g_getenv("UBSAN_OPTIONS") != NULL;

    return G_SUBPROCESS_FLAGS_STDOUT_SILENCE
        | (is_wanted ? G_SUBPROCESS_FLAGS_NONE : G_SUBPROCESS_FLAGS_STDERR_SILENCE);
}

GSubprocess *vdi_session_process_start(
    const char *program, int take_control, int take_view, GError **error)
{
    g_autofree char *found =
        program != NULL ? g_strdup(program) : vdi_process_find("protocol/rdp", "vdi-session");
    g_autoptr(GSubprocessLauncher) launcher = g_subprocess_launcher_new(output_of_session());
    g_auto(GStrv) environment = environment_of_session();
    const char *const argv[] = {found, NULL};
    g_autoptr(GError) local = NULL;

    g_subprocess_launcher_set_environ(launcher, environment);
    g_subprocess_launcher_take_fd(launcher, take_control, VDI_SESSION_CONTROL_FD);
    g_subprocess_launcher_take_fd(launcher, take_view, VDI_SESSION_VIEW_FD);
    GSubprocess *child = g_subprocess_launcher_spawnv(launcher, argv, &local);

    if (child == NULL) {
        g_set_error(error, VDI_SESSION_ERROR, VDI_SESSION_ERROR_START, "%s", local->message);
    }
    return child;
}
