/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "base/error.h"
#include "protocol/broker/broker.h"
#include "tests/support/check.h"

static void an_address_chooses_its_implementation(void)
{
    static const struct {
        const char *address;
        const char *name; /* NULL: refused */
        GQuark (*domain)(void);
        int code;
    } rows[] = {
        {"https://broker.example.com", "view", NULL, 0},
        {"broker.example.com:8443/any/path", "view", NULL, 0},
        {"https://[::1]:443", "view", NULL, 0},
        {"rdp://pc7", "direct", NULL, 0},
        {"rdp://ada@10.0.0.1:3390", "direct", NULL, 0},
        {"http://broker.example.com", NULL, vdi_client_error_quark, VDI_CLIENT_ERROR_SERVER},
        {"file:///etc/passwd", NULL, vdi_client_error_quark, VDI_CLIENT_ERROR_SERVER},
        {"", NULL, vdi_client_error_quark, VDI_CLIENT_ERROR_SERVER},
        {"rdp://-x", NULL, vdi_client_error_quark, VDI_CLIENT_ERROR_SERVER},
        {"rdp://a b", NULL, vdi_client_error_quark, VDI_CLIENT_ERROR_SERVER},
        {"rdp://pc7:0", NULL, vdi_client_error_quark, VDI_CLIENT_ERROR_SERVER},
        {"rdp://pc7:70000", NULL, vdi_client_error_quark, VDI_CLIENT_ERROR_SERVER},
        {"https://ada:pw@broker.example.com", NULL, vdi_program_error_quark,
            VDI_PROGRAM_ERROR_SECRET},
    };
    const VdiBrokerOptions options = {0};

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(GError) error = NULL;
        g_autoptr(VdiBroker) broker = vdi_broker_new(rows[i].address, &options, &error);

        CHECK_ROW(rows[i].address, (broker != NULL) == (rows[i].name != NULL));
        CHECK_ROW(rows[i].address,
            broker != NULL ? strcmp(broker->ops->name, rows[i].name) == 0
                           : g_error_matches(error, rows[i].domain(), rows[i].code));
        CHECK_ROW(rows[i].address, error == NULL || strstr(error->message, "pw") == NULL);
    }
}

static void the_address_is_the_one_desktop(void)
{
    const VdiBrokerOptions options = {0};
    g_autoptr(GError) error = NULL;
    g_autoptr(VdiBroker) broker = vdi_broker_new("rdp://ada@pc7:3390", &options, &error);
    g_autoptr(VdiScreen) screen = NULL;
    g_autoptr(VdiScreen) next = NULL;
    g_autoptr(GPtrArray) answers = g_ptr_array_new_with_free_func((GDestroyNotify) vdi_answer_free);

    CHECK(broker->ops->begin(broker, NULL, &screen, &error));
    CHECK_INT(screen->fields->len, 3);
    CHECK_TEXT(((VdiScreenField *) g_ptr_array_index(screen->fields, 0))->value, "ada");
    g_ptr_array_add(answers, vdi_answer_new("username", "ada", NULL));
    g_ptr_array_add(answers, vdi_answer_new("password", NULL, vdi_secret_new("pw", 2)));
    CHECK(broker->ops->answer(broker, answers, NULL, &next, &error));
    CHECK(next == NULL);
    g_autoptr(GPtrArray) desktops = broker->ops->list(broker, NULL, &error);

    CHECK_INT(desktops->len, 1);
    g_autoptr(VdiTarget) target =
        broker->ops->connect(broker, g_ptr_array_index(desktops, 0), NULL, &error);

    CHECK_TEXT(target->host, "pc7");
    CHECK_INT(target->port, 3390);
    CHECK_TEXT(target->user, "ada");
    CHECK_TEXT(target->domain, "");
    CHECK_TEXT(vdi_secret_text(target->password), "pw");
    CHECK(broker->ops->protocol(broker) == NULL);
    broker->ops->end(broker);
    CHECK_NO_ERROR(error);
}

const Test tests[] = {
    {"an address chooses its implementation", an_address_chooses_its_implementation},
    {"the address is the one desktop", the_address_is_the_one_desktop},
    TEST_END,
};
