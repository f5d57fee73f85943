/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/lab/scenario.h"

#include <gio/gio.h>
#include <string.h>

#include "base/file.h"

#define SCENARIO_MAX (256 * 1024)

typedef enum { TEXT, LIST, SWITCH, NUMBER, VERSION } ValueType;

typedef struct {
    const char *key;
    ValueType type;
    size_t offset; /* in the struct of its group */
    const char *built_in;
} Row;

static const Row broker_rows[] = {
    {"version", VERSION, offsetof(LabScenario, version), "4.5"},
    {"screens", LIST, offsetof(LabScenario, screens), "windows-password"},
    {"domains", LIST, offsetof(LabScenario, domains), "LAB"},
    {"disclaimer", TEXT, offsetof(LabScenario, disclaimer), "For tests only."},
    {"idle-seconds", NUMBER, offsetof(LabScenario, idle_seconds), "600"},
    {"attempts", NUMBER, offsetof(LabScenario, attempts), "3"},
    {"faults", LIST, offsetof(LabScenario, faults), ""},
    {NULL, TEXT, 0, NULL},
};

static const Row user_rows[] = {
    {"password", TEXT, offsetof(LabUser, password), NULL},
    {"passcode", TEXT, offsetof(LabUser, passcode), NULL},
    {"desktops", LIST, offsetof(LabUser, desktops), NULL},
    {NULL, TEXT, 0, NULL},
};

static const Row desktop_rows[] = {
    {"id", TEXT, offsetof(LabDesktop, id), NULL},
    {"name", TEXT, offsetof(LabDesktop, name), NULL},
    {"protocols", LIST, offsetof(LabDesktop, protocols), "RDP"},
    {"security", TEXT, offsetof(LabDesktop, security), NULL},
    {"user", TEXT, offsetof(LabDesktop, user), NULL},
    {"domain", TEXT, offsetof(LabDesktop, domain), NULL},
    {"password", TEXT, offsetof(LabDesktop, password), NULL},
    {"maintenance", SWITCH, offsetof(LabDesktop, in_maintenance), "false"},
    {"expired", SWITCH, offsetof(LabDesktop, is_expired), "false"},
    {"unavailable", SWITCH, offsetof(LabDesktop, is_unavailable), "false"},
    {NULL, TEXT, 0, NULL},
};

static void user_free(gpointer data)
{
    LabUser *user = data;

    g_free(user->name);
    g_free(user->password);
    g_free(user->passcode);
    g_strfreev(user->desktops);
    g_free(user);
}

static void desktop_free(gpointer data)
{
    LabDesktop *desktop = data;

    g_free(desktop->key);
    g_free(desktop->id);
    g_free(desktop->name);
    g_strfreev(desktop->protocols);
    g_free(desktop->security);
    g_free(desktop->user);
    g_free(desktop->domain);
    g_free(desktop->password);
    g_free(desktop->host);
    g_free(desktop);
}

void lab_scenario_free(LabScenario *scenario)
{
    if (scenario == NULL) {
        return;
    }
    g_strfreev(scenario->screens);
    g_strfreev(scenario->domains);
    g_free(scenario->disclaimer);
    g_strfreev(scenario->faults);
    g_ptr_array_unref(scenario->users);
    g_ptr_array_unref(scenario->desktops);
    g_free(scenario);
}

int lab_version_read(const char *text)
{
    g_auto(GStrv) parts = g_strsplit(text, ".", 3);
    guint64 major = 0, minor = 0;

    if (g_strv_length(parts) != 2 || !g_ascii_string_to_unsigned(parts[0], 10, 1, 99, &major, NULL)
        || !g_ascii_string_to_unsigned(parts[1], 10, 0, 9, &minor, NULL)) {
        return -1;
    }
    return (int) (major * 10 + minor);
}

static GStrv read_list(const char *value)
{
    g_auto(GStrv) parts = g_strsplit(value, ";", 64);
    g_autoptr(GStrvBuilder) list = g_strv_builder_new();

    for (char **part = parts; *part != NULL; part++) {
        if (*g_strstrip(*part) != '\0') {
            g_strv_builder_add(list, *part);
        }
    }
    return g_strv_builder_end(list);
}

static bool read_value(const Row *row, const char *value, void *into)
{
    void *place = (char *) into + row->offset;
    guint64 number = 0;

    switch (row->type) {
    case TEXT:
        *(char **) place = g_strdup(value);
        return true;
    case LIST:
        *(GStrv *) place = read_list(value);
        return true;
    case SWITCH:
        *(bool *) place = g_str_equal(value, "true");
        return g_str_equal(value, "true") || g_str_equal(value, "false");
    case NUMBER:
        if (!g_ascii_string_to_unsigned(value, 10, 0, 1000000, &number, NULL)) {
            return false;
        }
        *(unsigned *) place = (unsigned) number;
        return true;
    case VERSION:
        *(unsigned *) place = (unsigned) lab_version_read(value);
        return lab_version_read(value) > 0;
    }
    g_assert_not_reached();
}

static bool is_known(const Row *rows, const char *key)
{
    while (rows->key != NULL && !g_str_equal(rows->key, key)) {
        rows++;
    }
    return rows->key != NULL;
}

static bool read_group(
    GKeyFile *file, const char *group, const Row *rows, void *into, GError **error)
{
    g_auto(GStrv) keys = g_key_file_get_keys(file, group, NULL, NULL);

    for (char **key = keys; key != NULL && *key != NULL; key++) {
        if (!is_known(rows, *key)) {
            g_set_error(error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, "[%s] has an unknown key %s",
                group, *key);
            return false;
        }
    }
    for (const Row *row = rows; row->key != NULL; row++) {
        g_autofree char *written = g_key_file_get_value(file, group, row->key, NULL);
        const char *value = written != NULL ? written : row->built_in;

        if (value != NULL && !read_value(row, value, into)) {
            g_set_error(error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA,
                "[%s] %s = %s is not understood", group, row->key, value);
            return false;
        }
    }
    return true;
}

static bool read_user(LabScenario *scenario, GKeyFile *file, const char *group, GError **error)
{
    LabUser *user = g_new0(LabUser, 1);

    user->name = g_strdup(group + strlen("user "));
    g_ptr_array_add(scenario->users, user);
    return read_group(file, group, user_rows, user, error);
}

static bool read_desktop(LabScenario *scenario, GKeyFile *file, const char *group, GError **error)
{
    LabDesktop *desktop = g_new0(LabDesktop, 1);

    desktop->key = g_strdup(group + strlen("desktop "));
    g_ptr_array_add(scenario->desktops, desktop);
    if (!read_group(file, group, desktop_rows, desktop, error)) {
        return false;
    }
    if (desktop->id == NULL || desktop->name == NULL) {
        g_set_error(
            error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, "[%s] needs an id and a name", group);
        return false;
    }
    return true;
}

static bool read_groups(LabScenario *scenario, GKeyFile *file, GError **error)
{
    g_auto(GStrv) groups = g_key_file_get_groups(file, NULL);

    for (char **group = groups; *group != NULL; group++) {
        bool is_read = false;

        if (g_str_has_prefix(*group, "user ")) {
            is_read = read_user(scenario, file, *group, error);
        } else if (g_str_has_prefix(*group, "desktop ")) {
            is_read = read_desktop(scenario, file, *group, error);
        } else if (g_str_equal(*group, "broker")) {
            is_read = true; /* already */
        } else {
            g_set_error(error, G_IO_ERROR, G_IO_ERROR_INVALID_DATA, "unknown group [%s]", *group);
        }
        if (!is_read) {
            return false;
        }
    }
    return true;
}

LabScenario *lab_scenario_read(const char *path, GError **error)
{
    g_autoptr(GBytes) bytes = vdi_file_read(path, SCENARIO_MAX, error);
    g_autoptr(GKeyFile) file = g_key_file_new();
    g_autoptr(LabScenario) scenario = g_new0(LabScenario, 1);

    scenario->users = g_ptr_array_new_with_free_func(user_free);
    scenario->desktops = g_ptr_array_new_with_free_func(desktop_free);
    if (bytes == NULL) {
        return NULL;
    }
    if (!g_key_file_load_from_bytes(file, bytes, G_KEY_FILE_NONE, error)
        || !read_group(file, "broker", broker_rows, scenario, error)
        || !read_groups(scenario, file, error)) {
        g_prefix_error(error, "%s: ", path);
        return NULL;
    }
    return g_steal_pointer(&scenario);
}

bool lab_scenario_place(LabScenario *scenario, const char *place, GError **error)
{
    const char *equal = strchr(place, '=');
    const char *colon = strrchr(place, ':');
    guint64 port = 0;

    for (guint i = 0; equal != NULL && colon > equal && i < scenario->desktops->len; i++) {
        LabDesktop *desktop = g_ptr_array_index(scenario->desktops, i);

        if (strlen(desktop->key) == (size_t) (equal - place)
            && g_str_has_prefix(place, desktop->key)
            && g_ascii_string_to_unsigned(colon + 1, 10, 1, 65535, &port, NULL)) {
            g_free(desktop->host);
            desktop->host = g_strndup(equal + 1, (gsize) (colon - equal - 1));
            desktop->port = (unsigned) port;
            return true;
        }
    }
    g_set_error(error, G_IO_ERROR, G_IO_ERROR_INVALID_ARGUMENT,
        "\"%s\" is no KEY=HOST:PORT of a desktop of this scenario", place);
    return false;
}

const LabUser *lab_scenario_user(const LabScenario *scenario, const char *name)
{
    for (guint i = 0; i < scenario->users->len; i++) {
        const LabUser *user = g_ptr_array_index(scenario->users, i);

        if (g_ascii_strcasecmp(user->name, name) == 0) {
            return user;
        }
    }
    return NULL;
}

const LabDesktop *lab_scenario_desktop(const LabScenario *scenario, const char *id)
{
    for (guint i = 0; i < scenario->desktops->len; i++) {
        const LabDesktop *desktop = g_ptr_array_index(scenario->desktops, i);

        if (g_str_equal(desktop->id, id)) {
            return desktop;
        }
    }
    return NULL;
}

bool lab_user_is_entitled(const LabUser *user, const LabDesktop *desktop)
{
    return user->desktops == NULL
        || g_strv_contains((const char *const *) user->desktops, desktop->key);
}
