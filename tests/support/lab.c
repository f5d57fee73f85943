/* SPDX-License-Identifier: Apache-2.0 */
#include "tests/support/lab.h"

#include <stdio.h>

#include "base/file.h"
#include "base/json.h"
#include "base/process.h"
#include "tests/support/check.h"

#define DEADLINE_MS 60000
#define OUTPUT_MAX (256 * 1024)
#define TEXT_MAX 4096

static void desktop_free(gpointer data)
{
    TestLabDesktop *desktop = data;

    g_free(desktop->key);
    g_free(desktop->name);
    g_free(desktop->security);
    g_free(desktop->user);
    g_free(desktop->domain);
    g_free(desktop->display);
    g_free(desktop->input_log);
    g_free(desktop);
}

static void user_free(gpointer data)
{
    TestLabUser *user = data;

    g_free(user->name);
    g_free(user->password_file);
    g_free(user);
}

static bool text(VdiJson *object, const char *name, char **ret_text, GError **error)
{
    return vdi_json_text(object, name, 0, TEXT_MAX, ret_text, error);
}

static bool read_area(VdiJson *object, const char *name, TestLabArea *ret_area, GError **error)
{
    VdiJson *array = NULL;
    uint32_t *const into[] = {&ret_area->x, &ret_area->y, &ret_area->width, &ret_area->height};

    if (!vdi_json_array(object, name, 4, 4, &array, error)) {
        return false;
    }
    for (size_t i = 0; i < G_N_ELEMENTS(into); i++) {
        *into[i] = (uint32_t) vdi_json_as_integer(vdi_json_element(array, i));
    }
    return true;
}

static bool read_desktop(VdiJson *object, TestLabDesktop *desktop, GError **error)
{
    int64_t port = 0;

    if (!text(object, "key", &desktop->key, error) || !text(object, "name", &desktop->name, error)
        || !text(object, "security", &desktop->security, error)
        || !text(object, "user", &desktop->user, error)
        || !text(object, "domain", &desktop->domain, error)
        || !text(object, "display", &desktop->display, error)
        || !text(object, "input_log", &desktop->input_log, error)
        || !vdi_json_integer(object, "port", 1, UINT16_MAX, &port, error)
        || !read_area(object, "still", &desktop->still, error)) {
        return false;
    }
    desktop->port = (uint16_t) port;
    vdi_json_ignore_rest(object);
    return true;
}

static bool read_lists(VdiJson *object, TestLab *lab, GError **error)
{
    VdiJson *users = NULL, *desktops = NULL;
    bool is_read = vdi_json_array(object, "users", 0, 64, &users, error)
        && vdi_json_array(object, "desktops", 0, 64, &desktops, error);

    for (size_t i = 0; is_read && i < vdi_json_length(users); i++) {
        TestLabUser *user = g_new0(TestLabUser, 1);

        g_ptr_array_add(lab->users, user);
        is_read = text(vdi_json_element(users, i), "name", &user->name, error)
            && text(vdi_json_element(users, i), "password_file", &user->password_file, error);
    }
    for (size_t i = 0; is_read && i < vdi_json_length(desktops); i++) {
        TestLabDesktop *desktop = g_new0(TestLabDesktop, 1);

        g_ptr_array_add(lab->desktops, desktop);
        is_read = read_desktop(vdi_json_element(desktops, i), desktop, error);
    }
    return is_read;
}

static bool read_lab(GBytes *output, TestLab *lab, GError **error)
{
    g_autoptr(VdiJson) object = vdi_json_parse(output, OUTPUT_MAX, error);

    if (object == NULL || !text(object, "broker", &lab->broker, error)
        || !text(object, "web", &lab->web, error)
        || !text(object, "plain_web", &lab->plain_web, error)
        || !text(object, "repository", &lab->repository, error)
        || !text(object, "ca", &lab->ca_file, error)
        || !text(object, "broker_log", &lab->broker_log, error)
        || !text(object, "web_log", &lab->web_log, error) || !read_lists(object, lab, error)) {
        return false;
    }
    vdi_json_ignore_rest(object);
    return true;
}

/* "sh tests/lab/lab VERB --dir FOLDER …" */
static bool run(const TestLab *lab, const char *verb, const char *const *options,
    VdiProcessResult *ret_result, GError **error)
{
    g_autofree char *script = test_source("tests/lab/lab");
    g_autoptr(GPtrArray) argv = g_ptr_array_new();
    const VdiProcessOptions how = {.max_bytes = OUTPUT_MAX, .deadline_ms = DEADLINE_MS};
    const char *const head[] = {"/bin/sh", script, verb, "--dir", lab->folder};

    for (size_t i = 0; i < G_N_ELEMENTS(head); i++) {
        g_ptr_array_add(argv, (gpointer) head[i]);
    }
    for (; options != NULL && *options != NULL; options++) {
        g_ptr_array_add(argv, (gpointer) *options);
    }
    g_ptr_array_add(argv, NULL);
    return vdi_process_run((const char *const *) argv->pdata, &how, ret_result, error);
}

/* 69 is the lab's own word for a part that is missing. */
static bool start(TestLab *lab, const char *const *options, GError **error)
{
    g_auto(VdiProcessResult) result = {0};
    g_autoptr(GPtrArray) all = g_ptr_array_new();

    g_ptr_array_add(all, (gpointer) "--json");
    for (; options != NULL && *options != NULL; options++) {
        g_ptr_array_add(all, (gpointer) *options);
    }
    g_ptr_array_add(all, NULL);
    if (!run(lab, "up", (const char *const *) all->pdata, &result, error)) {
        return false;
    }
    if (result.status == 69) {
        skip(g_strchomp(result.errors));
        return false;
    }
    CHECK_INT(result.status, 0);
    if (result.status != 0) {
        printf("%s\n", result.errors);
        return false;
    }
    return read_lab(result.output, lab, error);
}

TestLab *test_lab_start(const char *const *options)
{
    TestLab *lab = g_new0(TestLab, 1);
    g_autoptr(GError) error = NULL;

    lab->folder = g_build_filename(test_folder(), "lab", NULL);
    lab->users = g_ptr_array_new_with_free_func(user_free);
    lab->desktops = g_ptr_array_new_with_free_func(desktop_free);
    if (!start(lab, options, &error)) {
        CHECK_NO_ERROR(error);
        test_lab_stop(lab);
        return NULL;
    }
    return lab;
}

void test_lab_stop(TestLab *lab)
{
    g_auto(VdiProcessResult) result = {0};
    g_autoptr(GError) error = NULL;

    if (lab == NULL) {
        return;
    }
    if (run(lab, "down", NULL, &result, &error)) {
        CHECK_INT(result.status, 0);
    }
    CHECK_NO_ERROR(error);
    g_free(lab->folder);
    g_free(lab->broker);
    g_free(lab->web);
    g_free(lab->plain_web);
    g_free(lab->repository);
    g_free(lab->ca_file);
    g_free(lab->broker_log);
    g_free(lab->web_log);
    g_ptr_array_unref(lab->users);
    g_ptr_array_unref(lab->desktops);
    g_free(lab);
}

const TestLabDesktop *test_lab_desktop(const TestLab *lab, const char *key)
{
    for (guint i = 0; i < lab->desktops->len; i++) {
        const TestLabDesktop *desktop = g_ptr_array_index(lab->desktops, i);

        if (g_str_equal(desktop->key, key)) {
            return desktop;
        }
    }
    return NULL;
}

const TestLabUser *test_lab_user(const TestLab *lab, const char *name)
{
    for (guint i = 0; i < lab->users->len; i++) {
        const TestLabUser *user = g_ptr_array_index(lab->users, i);

        if (g_str_equal(user->name, name)) {
            return user;
        }
    }
    return NULL;
}

char *test_lab_log(const char *path)
{
    g_autoptr(GBytes) bytes = vdi_file_read(path, 16 * 1024 * 1024, NULL);

    return bytes != NULL ? g_strndup(g_bytes_get_data(bytes, NULL), g_bytes_get_size(bytes))
                         : g_strdup("");
}
