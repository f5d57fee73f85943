/* SPDX-License-Identifier: Apache-2.0 */
#include <gio/gio.h>
#include <string.h>

#include "base/file.h"
#include "base/http.h"
#include "tests/support/check.h"
#include "tests/support/lab.h"

static const char *const no_desktops[] = {"--no-desktops", NULL};

static void fetches_from_its_repository(void)
{
    g_autoptr(TestLab) lab = test_lab_start(no_desktops);
    g_autoptr(GError) error = NULL;

    if (lab == NULL) {
        return;
    }
    g_autofree char *path = g_build_filename(lab->repository, "timestamp.json", NULL);
    g_autofree char *url = g_strconcat(lab->web, "/timestamp.json", NULL);
    const VdiHttpOptions options = {.ca_file = lab->ca_file, .no_proxy = true};
    const VdiHttpLimits limits = {.max_bytes = 1024, .deadline_ms = 20000};
    g_autoptr(VdiHttp) http = vdi_http_new(&options, &error);
    g_auto(VdiHttpReply) reply = {0};

    CHECK(vdi_file_write_text(path, "{}\n", 0644, NULL));
    CHECK(http != NULL && vdi_http_get(http, url, &limits, NULL, &reply, &error));
    CHECK_NO_ERROR(error);
    CHECK(reply.body != NULL && g_bytes_get_size(reply.body) == 3);
    g_autofree char *log = test_lab_log(lab->web_log);

    CHECK(strstr(log, "GET /timestamp.json 200 3\n") != NULL);
}

static void names_its_people(void)
{
    g_autoptr(TestLab) lab = test_lab_start(no_desktops);

    if (lab == NULL) {
        return;
    }
    const TestLabUser *ada = test_lab_user(lab, "ada");
    g_autofree char *password = ada != NULL ? test_lab_log(ada->password_file) : NULL;

    CHECK_TEXT(password, "s3cret&<>");
    CHECK(test_lab_user(lab, "eve") == NULL);
    CHECK(test_lab_desktop(lab, "office") == NULL);
}

static void ends_with_its_test(void)
{
    TestLab *lab = test_lab_start(no_desktops);

    if (lab == NULL) {
        return;
    }
    g_autofree char *folder = g_strdup(lab->folder);

    CHECK(g_file_test(folder, G_FILE_TEST_IS_DIR));
    test_lab_stop(lab);
    CHECK(!g_file_test(folder, G_FILE_TEST_EXISTS));
}

static void says_where_desktops_are(void)
{
    g_autoptr(TestLab) lab = test_lab_start(NULL);

    if (lab == NULL) {
        return;
    }
    const TestLabDesktop *office = test_lab_desktop(lab, "office");
    const TestLabDesktop *engineering = test_lab_desktop(lab, "engineering");

    CHECK(office != NULL && engineering != NULL);
    if (office == NULL || engineering == NULL) {
        return;
    }
    CHECK_TEXT(office->security, "tls");
    CHECK_TEXT(engineering->name, "Engineering & Design");
    CHECK_TEXT(engineering->user, "ada-lab");
    CHECK(office->port != engineering->port);
    CHECK_INT(office->still.x, 48);
    CHECK_INT(office->still.height, 616);
}

const Test tests[] = {
    {"a repository of the lab is fetched from, through its authority", fetches_from_its_repository},
    {"a lab names its people and where their passwords are", names_its_people},
    {"a lab ends with its test", ends_with_its_test},
    {"a lab says where its desktops are", says_where_desktops_are},
    TEST_END,
};
