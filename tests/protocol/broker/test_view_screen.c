/* SPDX-License-Identifier: Apache-2.0 */
#include "protocol/broker/view_screen.h"

#include <string.h>

#include "base/error.h"
#include "tests/support/check.h"

static VdiScreen *read_screen(const char *name, const char *params, GError **error)
{
    g_autofree char *xml = g_strdup_printf(
        "<authentication><screen><name>%s</name><params>%s</params></screen></authentication>",
        name, params);
    g_autoptr(GBytes) bytes = g_bytes_new(xml, strlen(xml));
    g_autoptr(VdiDocument) document = vdi_document_parse(bytes, error);

    return document != NULL ? vdi_view_screen_read(vdi_document_root(document), error) : NULL;
}

#define PARAM(name, values) "<param><name>" name "</name><values>" values "</values></param>"
#define VALUE(text) "<value>" text "</value>"

/* "name=value" with a bar between; secrets as they are: these are test words. */
static char *answered(const VdiScreen *screen, const char *const *given, GError **error)
{
    g_autoptr(GPtrArray) answers = g_ptr_array_new_with_free_func((GDestroyNotify) vdi_answer_free);
    const char *name = NULL;

    for (; given[0] != NULL; given += 2) {
        g_ptr_array_add(answers, vdi_answer_new(given[0], given[1], NULL));
    }
    g_autoptr(GPtrArray) sent = vdi_view_screen_answer(screen, answers, &name, error);
    g_autoptr(GString) text = g_string_new(sent != NULL ? name : NULL);

    for (size_t i = 0; sent != NULL && i < sent->len; i++) {
        const VdiAnswer *answer = g_ptr_array_index(sent, i);

        g_string_append_printf(text, "|%s=%s", answer->name, answer->text);
    }
    return sent != NULL ? g_string_free(g_steal_pointer(&text), false) : NULL;
}

static void every_known_screen_is_answered_in_its_order(void)
{
    static const struct {
        const char *name, *screen, *params;
        const char *given[9];
        const char *sent; /* NULL: refused */
    } rows[] = {
        {"a disclaimer asks nothing", "disclaimer", PARAM("text", VALUE("Be\ngood")), {NULL},
            "disclaimer|accept=true"},
        {"a password, in the table's order", "windows-password", "",
            {"domain", "LAB", "password", "pw", "username", "ada", NULL},
            "windows-password|username=ada|password=pw|domain=LAB"},
        {"a domain is spelled as the broker does", "windows-password",
            PARAM("domain", VALUE("LAB") VALUE("PROD")),
            {"username", "ada", "password", "pw", "domain", "prod", NULL},
            "windows-password|username=ada|password=pw|domain=PROD"},
        {"no domain given is the first", "windows-password",
            PARAM("domain", VALUE("LAB") VALUE("PROD")),
            {"username", "ada", "password", "pw", NULL},
            "windows-password|username=ada|password=pw|domain=LAB"},
        {"a domain that is none of them", "windows-password", PARAM("domain", VALUE("LAB")),
            {"username", "ada", "password", "pw", "domain", "EVIL", NULL}, NULL},
        {"a password that XML cannot carry", "windows-password", "",
            {"username", "ada", "password", "a\x01", "domain", "LAB", NULL}, NULL},
        {"a password in another encoding", "windows-password", "",
            {"username", "ada", "password", "caf\xe9", "domain", "LAB", NULL}, NULL},
        {"a list that is switched off takes any domain", "windows-password",
            PARAM("domain", VALUE("*DefaultDomain*")),
            {"username", "ada", "password", "pw", "domain", "ANY", NULL},
            "windows-password|username=ada|password=pw|domain=ANY"},
        {"DOMAIN\\user is taken apart", "windows-password",
            PARAM("domain", VALUE("LAB") VALUE("PROD")),
            {"username", "prod\\ada", "password", "pw", NULL},
            "windows-password|username=ada|password=pw|domain=PROD"},
        {"a name that is held fast", "windows-password",
            "<param><name>username</name><readonly/><values><value>ada</value></values></param>",
            {"username", "eve", "password", "pw", "domain", "LAB", NULL},
            "windows-password|username=ada|password=pw|domain=LAB"},
        {"a wait is answered as a passcode", "securid-wait", "",
            {"username", "ada", "passcode", "1", NULL}, "securid-passcode|username=ada|passcode=1"},
        {"the next code goes without a name", "securid-nexttokencode", "",
            {"username", "ada", "tokencode", "2", NULL}, "securid-nexttokencode|tokencode=2"},
        {"a PIN that may be chosen", "securid-pinchange", "",
            {"pin1", "4711", "pin2", "4711", NULL}, "securid-pinchange|pin1=4711|pin2=4711"},
        {"a PIN that the system chose", "securid-pinchange",
            PARAM("user-selectable", VALUE("CANNOT_CHOOSE_PIN")) PARAM("pin1", VALUE("815")),
            {"pin1", "4711", "pin2", "4711", NULL}, "securid-pinchange|pin1=815|pin2=815"},
        {"an expired password", "windows-password-expired", PARAM("username", VALUE("ada")),
            {"newPassword2", "n", "newPassword1", "n", "oldPassword", "o", NULL},
            "windows-password-expired|oldPassword=o|newPassword1=n|newPassword2=n"},
        {"an unknown screen sends its own fields", "moon-phase",
            PARAM("phase", "") PARAM("error", VALUE("No")), {"phase", "full", NULL},
            "moon-phase|phase=full"},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(GError) error = NULL;
        g_autoptr(VdiScreen) screen = read_screen(rows[i].screen, rows[i].params, &error);
        g_autofree char *sent =
            screen != NULL ? answered(screen, rows[i].given, &error) : g_strdup("unread");

        CHECK_ROW(rows[i].name, g_strcmp0(sent, rows[i].sent) == 0);
        CHECK_ROW(rows[i].name,
            rows[i].sent != NULL
                || g_error_matches(error, VDI_BROKER_ERROR, VDI_BROKER_ERROR_REFUSED));
    }
}

static void a_refusal_carries_its_reason(void)
{
    g_autoptr(VdiScreen) screen =
        read_screen("windows-password", PARAM("error", VALUE("Wrong.") VALUE("Twice left.")), NULL);

    CHECK_TEXT(screen->error, "Wrong.\nTwice left.");
    CHECK(screen->is_known);
}

static void secrets_are_marked(void)
{
    g_autoptr(VdiScreen) screen = read_screen("odd",
        PARAM("login", "") PARAM("PassPhrase", "") PARAM("pin", "") PARAM("token-code", ""), NULL);
    static const bool expected[] = {false, true, true, true};

    CHECK(!screen->is_known);
    CHECK_INT(screen->fields->len, 4);
    for (size_t i = 0; i < G_N_ELEMENTS(expected); i++) {
        const VdiScreenField *field = g_ptr_array_index(screen->fields, i);

        CHECK_ROW(field->name, field->is_secret == expected[i]);
    }
}

static void what_cannot_be_answered_is_said(void)
{
    static const struct {
        const char *name, *screen, *params;
        VdiBrokerError code;
    } rows[] = {
        {"a smart card", "cert-auth", "", VDI_BROKER_ERROR_SCREEN},
        {"a browser", "saml", "", VDI_BROKER_ERROR_SCREEN},
        {"no name", "", "", VDI_BROKER_ERROR_INVALID},
        {"a locked PIN that is not given", "securid-pinchange",
            PARAM("user-selectable", VALUE("CANNOT_CHOOSE_PIN")), VDI_BROKER_ERROR_INVALID},
        {"a field without a name", "odd", "<param><values/></param>", VDI_BROKER_ERROR_INVALID},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(GError) error = NULL;
        g_autoptr(VdiScreen) screen = read_screen(rows[i].screen, rows[i].params, &error);

        CHECK_ROW(rows[i].name, screen == NULL);
        CHECK_ROW(rows[i].name, g_error_matches(error, VDI_BROKER_ERROR, (int) rows[i].code));
    }
}

const Test tests[] = {
    {"every known screen is answered in its order", every_known_screen_is_answered_in_its_order},
    {"a refusal carries its reason", a_refusal_carries_its_reason},
    {"secrets are marked", secrets_are_marked},
    {"what cannot be answered is said", what_cannot_be_answered_is_said},
    TEST_END,
};
