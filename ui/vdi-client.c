/* SPDX-License-Identifier: Apache-2.0 */
#include <glib/gi18n.h>
#include <gtk/gtk.h>

#include "base/error.h"
#include "base/paths.h"
#include "base/program.h"
#include "base/secret.h"
#include "client/profile.h"
#include "ui/style.h"
#include "ui/window.h"

typedef struct {
    char *server, *ca_file, *root, *user;
} Words;

typedef struct {
    VdiPaths *paths;
    VdiSettings *settings;
} Client;

static void on_activate(GtkApplication *application, gpointer data)
{
    Client *client = data;
    const char *server = vdi_settings_text(client->settings, VDI_PROFILE_CONNECT, "server");

    vdi_style_load(gdk_screen_get_default());
    GtkWidget *window = vdi_window_new(application, client->paths, client->settings);

    gtk_window_present(GTK_WINDOW(window));
    if (server != NULL) {
        vdi_window_connect(VDI_WINDOW(window), server,
            vdi_settings_text(client->settings, VDI_PROFILE_CONNECT, "user"));
    }
}

static bool override(VdiSettings *settings, const char *key, const char *value, GError **error)
{
    return value == NULL || vdi_settings_override(settings, VDI_PROFILE_CONNECT, key, value, error);
}

static bool prepare(Client *client, const Words *words, GError **error)
{
    client->paths = vdi_paths_new(words->root);
    client->settings = vdi_profile_read(client->paths, false, error);
    return client->settings != NULL && override(client->settings, "server", words->server, error)
        && override(client->settings, "ca-file", words->ca_file, error)
        && override(client->settings, "user", words->user, error);
}

static int run(Client *client, const char *name)
{
    g_autoptr(GtkApplication) application =
        gtk_application_new("org.vigie.Client", G_APPLICATION_NON_UNIQUE);
    char *argv[] = {(char *) name, NULL};

    g_signal_connect(application, "activate", G_CALLBACK(on_activate), client);
    return g_application_run(G_APPLICATION(application), 1, argv);
}

int main(int argc, char **argv)
{
    Words words = {0};
    const GOptionEntry entries[] = {
        {"server", 0, 0, G_OPTION_ARG_STRING, &words.server,
            N_("broker (https://…) or desktop (rdp://…) to connect to"), N_("ADDRESS")},
        {"ca", 0, 0, G_OPTION_ARG_FILENAME, &words.ca_file,
            N_("certificate authority of the broker and the desktops, instead of the system's"),
            N_("FILE")},
        {"user", 0, 0, G_OPTION_ARG_STRING, &words.user, N_("name to sign in with"), N_("NAME")},
        {"root", 0, 0, G_OPTION_ARG_FILENAME, &words.root,
            N_("another system's folder, for /etc/vdi and /var/lib/vdi"), N_("DIR")},
        G_OPTION_ENTRY_NULL,
    };
    g_autoptr(GError) error = NULL;
    bool stop = false;
    Client client = {0};
    int status = VDI_EXIT_OK;

    vdi_secret_protect_process();
    vdi_program_start("vdi-client");
    if (!vdi_program_options(
            entries, NULL, _("Shows your remote desktops."), &argc, &argv, &stop, &error)) {
        status = vdi_program_fail(error);
    } else if (!stop) {
        if (!prepare(&client, &words, &error)) {
            status = vdi_program_fail(error);
        } else if (!gtk_init_check(NULL, NULL)) {
            g_set_error(
                &error, VDI_PROGRAM_ERROR, VDI_PROGRAM_ERROR_SCREEN, "no display can be opened");
            status = vdi_program_fail(error);
        } else {
            status = run(&client, argv[0]);
        }
    }
    vdi_settings_free(client.settings);
    vdi_paths_free(client.paths);
    g_free(words.server);
    g_free(words.ca_file);
    g_free(words.root);
    g_free(words.user);
    return status;
}
