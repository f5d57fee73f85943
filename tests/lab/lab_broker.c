/* SPDX-License-Identifier: Apache-2.0 */

/* A View-style broker on loopback: good enough that every walk completes, and bad on demand. What
 * it plays stands in a scenario file. */

#include <gio/gio.h>
#include <libxml/parser.h>
#include <stdio.h>

#include "base/program.h"
#include "tests/lab/conversation.h"
#include "tests/lab/screen.h"

typedef struct {
    LabServerOptions server;
    char *scenario;
    GStrv faults, desktops;
    gboolean list_faults;
} Options;

static void options_clear(Options *options)
{
    lab_server_options_clear(&options->server);
    g_free(options->scenario);
    g_strfreev(options->faults);
    g_strfreev(options->desktops);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Options, options_clear)

static void broker_clear(LabBroker *broker)
{
    lab_scenario_free(broker->scenario);
    lab_faults_free(broker->faults);
    lab_sessions_free(broker->sessions);
    g_clear_pointer(&broker->running, g_hash_table_unref);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(LabBroker, broker_clear)

static void answer(const LabRequest *request, LabReply *reply, gpointer data)
{
    if (!g_str_equal(request->method, "POST") || !g_str_equal(request->path, "/broker/xml")) {
        reply->status = 404;
        return;
    }
    lab_conversation_answer(data, request, reply);
}

static bool add_faults(LabBroker *broker, char **faults, GError **error)
{
    for (; faults != NULL && *faults != NULL; faults++) {
        if (!lab_faults_add(broker->faults, *faults, error)) {
            return false;
        }
    }
    return true;
}

static bool check_screens(const LabScenario *scenario, GError **error)
{
    char **screen = scenario->screens;

    while (*screen != NULL && lab_screen_find(*screen) != NULL) {
        screen++;
    }
    if (*screen != NULL || screen == scenario->screens) {
        g_set_error(error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, "no screen \"%s\"",
            *screen != NULL ? *screen : "");
        return false;
    }
    return true;
}

static bool prepare(LabBroker *broker, const Options *options, GError **error)
{
    broker->server = &options->server;
    broker->faults = lab_faults_new();
    broker->running = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    if (options->scenario == NULL) {
        g_set_error(error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT, "--scenario is needed");
        return false;
    }
    broker->scenario = lab_scenario_read(options->scenario, error);
    if (broker->scenario == NULL || !check_screens(broker->scenario, error)) {
        return false;
    }
    broker->sessions = lab_sessions_new(broker->scenario->idle_seconds);
    for (char **place = options->desktops; place != NULL && *place != NULL; place++) {
        if (!lab_scenario_place(broker->scenario, *place, error)) {
            return false;
        }
    }
    return add_faults(broker, broker->scenario->faults, error)
        && add_faults(broker, options->faults, error);
}

static bool read_options(Options *options, int *argc, char ***argv, bool *ret_stop, GError **error)
{
    GOptionEntry own[] = {
        {"scenario", 0, 0, G_OPTION_ARG_FILENAME, &options->scenario, "what to play", "FILE"},
        {"desktop", 0, 0, G_OPTION_ARG_STRING_ARRAY, &options->desktops,
            "where a desktop of the scenario listens", "KEY=HOST:PORT"},
        {"fault", 0, 0, G_OPTION_ARG_STRING_ARRAY, &options->faults, "behave badly",
            "NAME[=VALUE][@N]"},
        {"list-faults", 0, 0, G_OPTION_ARG_NONE, &options->list_faults, "print them and stop",
            NULL},
    };
    g_autofree GOptionEntry *entries = lab_server_entries(&options->server, own, G_N_ELEMENTS(own));

    return vdi_program_options(entries, NULL, NULL, argc, argv, ret_stop, error);
}

int main(int argc, char **argv)
{
    g_auto(Options) options = {0};
    g_auto(LabBroker) broker = {0};
    g_autoptr(GError) error = NULL;
    bool is_done = false;

    vdi_program_start("lab-broker");
    if (!read_options(&options, &argc, &argv, &is_done, &error)) {
        return vdi_program_fail(error);
    }
    if (options.list_faults) {
        g_autofree char *list = lab_faults_list();

        fputs(list, stdout);
        is_done = true;
    }
    if (is_done) {
        return 0;
    }
    if (!prepare(&broker, &options, &error)
        || !lab_server_run(&options.server, answer, &broker, &error)) {
        return vdi_program_fail(error);
    }
    xmlCleanupParser();
    return 0;
}
