/* SPDX-License-Identifier: Apache-2.0 */
#include "client/options.h"

#include <fcntl.h>
#include <glib/gi18n.h>
#include <string.h>

#include "base/error.h"
#include "base/program.h"
#include "base/text.h"
#include "client/profile.h"
#include "protocol/session/screenshot.h"

/* As GOption fills it in. */
typedef struct {
    char *server, *ca, *user, *domain, *desktop;
    char *width, *height, *timeout;
    char *password_fd, *password_file;
    char *display, *screenshot, *root;
    char **accept_risk;
    gboolean once, json, no_refresh;
} Line;

static void line_clear(Line *line)
{
    char **texts[] = {&line->server, &line->ca, &line->user, &line->domain, &line->desktop,
        &line->width, &line->height, &line->timeout, &line->password_fd, &line->password_file,
        &line->display, &line->screenshot, &line->root};

    for (size_t i = 0; i < G_N_ELEMENTS(texts); i++) {
        g_free(*texts[i]);
    }
    g_strfreev(line->accept_risk);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Line, line_clear)

static bool read_line(Line *line, int *argc, char ***argv, bool *ret_stop, GError **error)
{
    const GOptionEntry entries[] = {
        {"server", 0, 0, G_OPTION_ARG_STRING, &line->server,
            N_("broker (https://…) or desktop (rdp://…) to connect to"), N_("ADDRESS")},
        {"ca", 0, 0, G_OPTION_ARG_FILENAME, &line->ca,
            N_("certificate authority instead of the system's"), N_("FILE")},
        {"user", 0, 0, G_OPTION_ARG_STRING, &line->user, N_("name to sign in with"), N_("NAME")},
        {"domain", 0, 0, G_OPTION_ARG_STRING, &line->domain, N_("its domain"), N_("DOMAIN")},
        {"password-fd", 0, 0, G_OPTION_ARG_STRING, &line->password_fd,
            N_("read the password from this descriptor"), N_("N")},
        {"password-file", 0, 0, G_OPTION_ARG_FILENAME, &line->password_file,
            N_("read the password from a file that is yours alone"), N_("FILE")},
        {"desktop", 0, 0, G_OPTION_ARG_STRING, &line->desktop, N_("desktop to open, by its name"),
            N_("NAME")},
        {"display", 0, 0, G_OPTION_ARG_STRING, &line->display,
            N_("\"none\": show nothing; \"auto\": full screen where there is one"), N_("WHERE")},
        {"width", 0, 0, G_OPTION_ARG_STRING, &line->width,
            N_("width of the desktop without a screen"), N_("PIXELS")},
        {"height", 0, 0, G_OPTION_ARG_STRING, &line->height,
            N_("height of the desktop without a screen"), N_("PIXELS")},
        {"screenshot", 0, 0, G_OPTION_ARG_FILENAME, &line->screenshot,
            N_("write the first whole picture (PNG); with --display none"), N_("FILE")},
        {"once", 0, 0, G_OPTION_ARG_NONE, &line->once,
            N_("end after the screenshot, or with the session"), NULL},
        {"timeout", 0, 0, G_OPTION_ARG_STRING, &line->timeout,
            N_("time for the first picture to come"), N_("SECONDS")},
        {"accept-risk", 0, 0, G_OPTION_ARG_STRING_ARRAY, &line->accept_risk,
            N_("go on against this blocking rule, where the site allows it; recorded"), N_("RULE")},
        {"no-refresh", 0, 0, G_OPTION_ARG_NONE, &line->no_refresh,
            N_("judge by the compatibility list that is here"), NULL},
        {"json", 0, 0, G_OPTION_ARG_NONE, &line->json,
            N_("say what happens as JSON lines on standard output"), NULL},
        {"root", 0, 0, G_OPTION_ARG_FILENAME, &line->root,
            N_("take settings and compatibility list from below this folder"), N_("DIR")},
        G_OPTION_ENTRY_NULL,
    };

    return vdi_program_options(entries, _("- open a remote desktop"),
        _("Exit status: 0 after a log-off; docs/exit-codes.md has the others."), argc, argv,
        ret_stop, error);
}

static bool usage(const char *what, GError **error)
{
    g_set_error_literal(error, VDI_PROGRAM_ERROR, VDI_PROGRAM_ERROR_USAGE, what);
    return false;
}

static bool override_settings(VdiSettings *settings, const Line *line, GError **error)
{
    const struct {
        const char *group, *key, *value;
    } rows[] = {
        {VDI_PROFILE_CONNECT, "server", line->server},
        {VDI_PROFILE_CONNECT, "ca-file", line->ca},
        {VDI_PROFILE_CONNECT, "user", line->user},
        {VDI_PROFILE_CONNECT, "domain", line->domain},
        {VDI_PROFILE_CONNECT, "desktop", line->desktop},
        {VDI_PROFILE_CONNECT, "width", line->width},
        {VDI_PROFILE_CONNECT, "height", line->height},
        {VDI_PROFILE_CONNECT, "timeout", line->timeout},
        {VDI_PROFILE_GUARD, "refresh", line->no_refresh ? "false" : NULL},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(GError) local = NULL;

        if (rows[i].value == NULL
            || vdi_settings_override(settings, rows[i].group, rows[i].key, rows[i].value, &local)) {
            continue;
        }
        /* A value that no setting may have is an option's mistake; one that is locked is a site's.
         */
        if (g_error_matches(local, VDI_SETTINGS_ERROR, VDI_SETTINGS_ERROR_KEY)) {
            return usage(local->message, error);
        }
        g_propagate_error(error, g_steal_pointer(&local));
        return false;
    }
    return true;
}

static bool read_password(VdiOptions *options, const Line *line, GError **error)
{
    guint64 fd = 0;

    if (line->password_fd != NULL && line->password_file != NULL) {
        return usage("--password-fd and --password-file exclude each other", error);
    }
    if (line->password_file != NULL) {
        options->password = vdi_secret_read_file(line->password_file, error);
        return options->password != NULL;
    }
    if (line->password_fd == NULL) {
        return true;
    }
    if (!g_ascii_string_to_unsigned(line->password_fd, 10, 0, 1023, &fd, NULL)) {
        return usage("--password-fd wants the number of a descriptor", error);
    }
    if (fcntl((int) fd, F_GETFD) < 0) {
        return usage("--password-fd names a descriptor that is not open", error);
    }
    options->password = vdi_secret_read_fd((int) fd, error);
    return options->password != NULL;
}

static bool read_display(VdiOptions *options, const Line *line, GError **error)
{
    bool is_none = g_strcmp0(line->display, "none") == 0;

    if (!is_none && line->display != NULL && strcmp(line->display, "auto") != 0) {
        return usage("--display is \"none\" or \"auto\"", error);
    }
    options->has_display =
        !is_none && (g_getenv("DISPLAY") != NULL || g_getenv("WAYLAND_DISPLAY") != NULL);
    if (line->screenshot != NULL && options->has_display) {
        return usage("--screenshot goes with --display none", error);
    }
    options->screenshot = g_strdup(line->screenshot);
    return options->screenshot == NULL || vdi_screenshot_check(options->screenshot, error);
}

static bool check(const VdiOptions *options, const Line *line, int argc, GError **error)
{
    if (argc > 1) {
        return usage("an argument that is no option", error);
    }
    if (line->root != NULL && !g_path_is_absolute(line->root)) {
        return usage("--root wants a whole path", error);
    }
    return true;
}

VdiOptions *vdi_options_read(int *argc, char ***argv, bool *ret_stop, GError **error)
{
    g_auto(Line) line = {0};
    g_autoptr(VdiOptions) options = g_new0(VdiOptions, 1);

    if (!read_line(&line, argc, argv, ret_stop, error)) {
        return NULL;
    }
    if (*ret_stop) {
        return g_steal_pointer(&options);
    }
    if (!check(options, &line, *argc, error)) {
        return NULL;
    }
    options->paths = vdi_paths_new(line.root);
    options->settings = vdi_profile_read(options->paths, false, error);
    options->accepted_risks =
        line.accept_risk != NULL ? g_strdupv(line.accept_risk) : g_new0(char *, 1);
    options->once = line.once;
    options->json = line.json;
    if (options->settings == NULL || !override_settings(options->settings, &line, error)) {
        return NULL;
    }
    if (vdi_options_text(options, "server") == NULL) {
        usage("no --server, and none in vdi.conf", error);
        return NULL;
    }
    /* The password last: whatever is wrong before it, it was not read for nothing. */
    if (!read_display(options, &line, error) || !read_password(options, &line, error)) {
        return NULL;
    }
    return g_steal_pointer(&options);
}

void vdi_options_free(VdiOptions *options)
{
    if (options != NULL) {
        vdi_paths_free(options->paths);
        vdi_settings_free(options->settings);
        vdi_secret_free(options->password);
        g_strfreev(options->accepted_risks);
        g_free(options->screenshot);
        g_free(options);
    }
}

const char *vdi_options_text(const VdiOptions *options, const char *key)
{
    const char *text = vdi_settings_text(options->settings, VDI_PROFILE_CONNECT, key);

    return text != NULL && *text != '\0' ? text : NULL;
}
