/* SPDX-License-Identifier: Apache-2.0 */
#include "protocol/broker/view_message.h"

#include <string.h>

#include "base/error.h"
#include "protocol/broker/view_screen.h"
#include "tests/support/check.h"

static VdiViewReply *parse(const char *xml, GError **error)
{
    g_autoptr(GBytes) bytes = g_bytes_new(xml, strlen(xml));

    return vdi_view_reply_parse(bytes, error);
}

#define DESKTOPS(inner)                                                                            \
    "<broker version=\"4.5\"><desktops><result>ok</result>" inner "</desktops></broker>"
#define OFFICE "<desktop><id>d1</id><name>Office</name></desktop>"

static void a_reader_takes_what_the_wire_allows(void)
{
    static const struct {
        const char *name, *xml;
    } rows[] = {
        {"as it should be", DESKTOPS(OFFICE)},
        {"names in upper case",
            "<BROKER><DESKTOPS><RESULT>ok</RESULT><Desktop><ID>d1</ID>"
            "<NAME>Office</NAME></Desktop></DESKTOPS></BROKER>"},
        {"another order",
            "<broker><desktops><desktop><name>Office</name><id>d1</id></desktop>"
            "<result>ok</result></desktops></broker>"},
        {"unknown elements and attributes",
            "<broker x=\"1\"><new/><desktops a=\"b\"><result>ok</result><desktop><id>d1</id>"
            "<odd><name>other</name></odd><name>Office</name></desktop></desktops></broker>"},
        {"a default namespace",
            "<broker xmlns=\"urn:x\"><desktops><result>ok</result>" OFFICE "</desktops></broker>"},
        {"a prefix",
            "<v:broker xmlns:v=\"urn:x\"><v:desktops><v:result>ok</v:result><v:desktop>"
            "<v:id>d1</v:id><v:name>Office</v:name></v:desktop></v:desktops></v:broker>"},
        {"a prefix that nobody declared",
            "<v:broker><v:desktops><v:result>ok</v:result><v:desktop><v:id>d1</v:id>"
            "<v:name>Office</v:name></v:desktop></v:desktops></v:broker>"},
        {"pretty-printing",
            "<broker>\n  <desktops>\n    <result>ok</result>\n    <desktop>\n"
            "<id>d1</id>\n<name>Office</name>\n</desktop>\n</desktops>\n</broker>\n"},
        {"comments and instructions",
            "<!-- a --><?x y?><broker><!-- b --><desktops><result>o<!-- c -->k</result>"
            "<desktop><id>d1</id><name>Off<?x y?>ice</name></desktop></desktops></broker>"},
        {"numeric references",
            DESKTOPS("<desktop><id>d1</id><name>&#79;ff&#x69;ce</name></desktop>")},
        {"CDATA", DESKTOPS("<desktop><id>d1</id><name><![CDATA[Off]]>ice</name></desktop>")},
        {"blanks round values",
            "<broker><desktops><result> ok\n</result><desktop><id>d1</id><name> Office </name>"
            "</desktop></desktops></broker>"},
        {"a declaration", "<?xml version=\"1.0\" encoding=\"UTF-8\"?>" DESKTOPS(OFFICE)},
        {"a strange version",
            "<broker version=\"one\"><desktops><result>ok</result>" OFFICE "</desktops></broker>"},
        {"a second response of the same name",
            "<broker><desktops><result>ok</result>" OFFICE
            "</desktops><desktops><result>error</result></desktops></broker>"},
        {"entries without id, without name, and twice",
            DESKTOPS("<desktop><name>x</name></desktop><desktop><id>y</id></desktop>" OFFICE
                     "<desktop><id>d1</id><name>Again</name></desktop>")},
        {"launch items",
            "<broker><desktops><result>ok</result><desktops>" OFFICE
            "</desktops></desktops></broker>"},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(GError) error = NULL;
        const VdiElement *response = NULL;
        g_autoptr(VdiViewReply) reply = parse(rows[i].xml, &error);

        if (!check_row(rows[i].name, reply != NULL, "parsed", __LINE__, __FILE__)) {
            continue;
        }
        CHECK_ROW(
            rows[i].name, vdi_view_reply_find(reply, "desktops", &response, &error) == VDI_VIEW_OK);
        if (response == NULL) {
            continue;
        }
        g_autoptr(GPtrArray) desktops = vdi_view_read_desktops(response);
        const VdiDesktop *first = desktops->len > 0 ? g_ptr_array_index(desktops, 0) : NULL;

        CHECK_ROW(rows[i].name, desktops->len == 1);
        CHECK_ROW(rows[i].name, first != NULL && strcmp(first->name, "Office") == 0);
        CHECK_ROW(rows[i].name, first != NULL && first->state == VDI_DESKTOP_AVAILABLE);
    }
}

static void what_is_no_broker_is_refused(void)
{
    g_autoptr(GString) deep = g_string_new("<broker>");

    for (int i = 0; i < 5000; i++) {
        g_string_append(deep, "<a>");
    }
    const struct {
        const char *name, *xml;
    } rows[] = {
        {"empty", ""},
        {"HTML", "<!DOCTYPE html><html><body>Sign in</body></html>"},
        {"HTML without a type", "\n <HTML><body/></HTML>"},
        {"another root", "<pcoip-client/>"},
        {"two roots", "<broker/><broker/>"},
        {"truncated", "<broker><desktops>"},
        {"text alone", "Service unavailable"},
        {"a document type", "<!DOCTYPE broker><broker/>"},
        {"an entity bomb",
            "<?xml version=\"1.0\"?><!DOCTYPE b [<!ENTITY a \"x\"><!ENTITY b "
            "\"&a;&a;&a;&a;\">]><broker>&b;</broker>"},
        {"a document type hidden by UTF-7",
            "<?xml version=\"1.0\" encoding=\"UTF-7\"?>+ADwAIQ-DOCTYPE b+AD4-<broker/>"},
        {"an undeclared entity", "<broker>&secret;</broker>"},
        {"too deep", deep->str},
        {"bad UTF-8", "<broker>\xff\xfe</broker>"},
        {"a control character", "<broker>\x01</broker>"},
        {"a reference to NUL", "<broker>&#0;</broker>"},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(GError) error = NULL;
        g_autoptr(VdiViewReply) reply = parse(rows[i].xml, &error);

        CHECK_ROW(rows[i].name, reply == NULL);
        CHECK_ROW(
            rows[i].name, g_error_matches(error, VDI_BROKER_ERROR, VDI_BROKER_ERROR_NOT_A_BROKER));
    }
    g_autoptr(GError) error = NULL;
    g_autoptr(GBytes) nul = g_bytes_new_static("<broker>\0</broker>", 18);
    g_autoptr(GBytes) large =
        g_bytes_new_take(g_strnfill(VDI_DOCUMENT_MAX_BYTES + 1, ' '), VDI_DOCUMENT_MAX_BYTES + 1);

    CHECK(vdi_view_reply_parse(nul, &error) == NULL);
    CHECK_ERROR(error, VDI_BROKER_ERROR, VDI_BROKER_ERROR_NOT_A_BROKER);
    CHECK(vdi_view_reply_parse(large, &error) == NULL);
    CHECK_ERROR(error, VDI_BROKER_ERROR, VDI_BROKER_ERROR_NOT_A_BROKER);
}

static void a_result_is_judged_by_the_table(void)
{
    static const struct {
        const char *name, *xml, *operation;
        VdiViewResult result;
        VdiBrokerError code;
    } rows[] = {
        {"ok", "<broker><logout><result>ok</result></logout></broker>", "logout", VDI_VIEW_OK, 0},
        {"ok with a code beside it",
            "<broker><logout><result>ok</result><error-code>X</error-code></logout></broker>",
            "logout", VDI_VIEW_OK, 0},
        {"partial where it belongs",
            "<broker><configuration><result>partial</result></configuration></broker>",
            "configuration", VDI_VIEW_PARTIAL, 0},
        {"partial elsewhere", "<broker><logout><result>partial</result></logout></broker>",
            "logout", VDI_VIEW_FAILED, VDI_BROKER_ERROR_INVALID},
        {"not executed", "<broker><logout><result>notexecuted</result></logout></broker>", "logout",
            VDI_VIEW_NOT_EXECUTED, 0},
        {"no result", "<broker><logout/></broker>", "logout", VDI_VIEW_FAILED,
            VDI_BROKER_ERROR_INVALID},
        {"an empty result", "<broker><logout><result/></logout></broker>", "logout",
            VDI_VIEW_FAILED, VDI_BROKER_ERROR_INVALID},
        {"an unknown result", "<broker><logout><result>maybe</result></logout></broker>", "logout",
            VDI_VIEW_FAILED, VDI_BROKER_ERROR_FAILED},
        {"absent", "<broker/>", "logout", VDI_VIEW_ABSENT, 0},
        {"a failure at the root",
            "<broker><result>error</result><error-code>AUTHENTICATION_FAILED</error-code>"
            "</broker>",
            "logout", VDI_VIEW_FAILED, VDI_BROKER_ERROR_REFUSED},
        {"NOT_ENTITLED",
            "<broker><logout><result>error</result><error-code>NOT_ENTITLED</error-code></logout>"
            "</broker>",
            "logout", VDI_VIEW_FAILED, VDI_BROKER_ERROR_ENTITLEMENT},
        {"a code that no row names",
            "<broker><logout><result>error</result><error-code>NEW</error-code></logout></broker>",
            "logout", VDI_VIEW_FAILED, VDI_BROKER_ERROR_FAILED},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(GError) error = NULL;
        const VdiElement *response = NULL;
        g_autoptr(VdiViewReply) reply = parse(rows[i].xml, &error);

        CHECK_ROW(rows[i].name, reply != NULL);
        CHECK_ROW(rows[i].name,
            reply != NULL
                && vdi_view_reply_find(reply, rows[i].operation, &response, &error)
                    == rows[i].result);
        CHECK_ROW(rows[i].name,
            rows[i].result != VDI_VIEW_FAILED
                || g_error_matches(error, VDI_BROKER_ERROR, (int) rows[i].code));
    }
}

static void the_servers_words_come_first_and_clean(void)
{
    g_autoptr(GError) error = NULL;
    const VdiElement *response = NULL;
    g_autoptr(VdiViewReply) reply =
        parse("<broker><logout><result>error</result><error-code>X\x7f</error-code>"
              "<error-message>inner</error-message><user-message>Call\n\xe2\x80\xaehelp"
              "</user-message></logout></broker>",
            &error);

    CHECK(vdi_view_reply_find(reply, "logout", &response, &error) == VDI_VIEW_FAILED);
    CHECK_TEXT(error->message, "the broker says \"X\xef\xbf\xbd\": Call \xef\xbf\xbdhelp");
}

static void a_desktops_state_is_the_first_that_matches(void)
{
    static const struct {
        const char *name, *inner;
        VdiDesktopState state;
    } rows[] = {
        {"available", "", VDI_DESKTOP_AVAILABLE},
        {"signed in", "<session-id>S</session-id>", VDI_DESKTOP_SIGNED_IN},
        {"an empty session", "<session-id/>", VDI_DESKTOP_AVAILABLE},
        {"maintenance in any letter case", "<in-maintenance-mode>True</in-maintenance-mode>",
            VDI_DESKTOP_MAINTENANCE},
        {"expired before maintenance",
            "<in-maintenance-mode>1</in-maintenance-mode><expired>yes</expired>",
            VDI_DESKTOP_EXPIRED},
        {"an unknown off-line state", "<offline-state>odd</offline-state>", VDI_DESKTOP_ELSEWHERE},
        {"checked in", "<offline-state>checked in</offline-state>", VDI_DESKTOP_AVAILABLE},
        {"another protocol alone", "<protocols><protocol><name>PCOIP</name></protocol></protocols>",
            VDI_DESKTOP_NO_PROTOCOL},
        {"two protocols",
            "<protocols><protocol><name>PCOIP</name></protocol><protocol><name>RDP</name>"
            "</protocol></protocols>",
            VDI_DESKTOP_AVAILABLE},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *xml = g_strdup_printf(
            "<broker><desktops><result>ok</result><desktop><id>a</id><name>b</name>%s</desktop>"
            "</desktops></broker>",
            rows[i].inner);
        const VdiElement *response = NULL;
        g_autoptr(VdiViewReply) reply = parse(xml, NULL);
        VdiViewResult result = vdi_view_reply_find(reply, "desktops", &response, NULL);

        CHECK_ROW(rows[i].name, result == VDI_VIEW_OK);
        g_autoptr(GPtrArray) desktops = vdi_view_read_desktops(response);
        const VdiDesktop *desktop = g_ptr_array_index(desktops, 0);

        CHECK_ROW(rows[i].name, desktop->state == rows[i].state);
    }
}

static void a_target_is_checked(void)
{
    static const struct {
        const char *name, *inner;
        const char *host; /* NULL: refused */
        int port;
    } rows[] = {
        {"an address", "<address>10.20.30.40</address><port>3389</port>", "10.20.30.40", 3389},
        {"a name", "<address> pc-7.example.com </address><port> 3390 </port>", "pc-7.example.com",
            3390},
        {"localhost is IPv4", "<address>localhost</address><port>1</port>", "127.0.0.1", 1},
        {"IPv6", "<address>fe80::1</address><port>65535</port>", "fe80::1", 65535},
        {"IPv6 in brackets", "<address>[2001:db8::7]</address><port>2</port>", "2001:db8::7", 2},
        {"no address", "<port>3389</port>", NULL, 0},
        {"an empty address", "<address/><port>3389</port>", NULL, 0},
        {"an option", "<address>-x</address><port>3389</port>", NULL, 0},
        {"two words", "<address>a b</address><port>3389</port>", NULL, 0},
        {"a path", "<address>../</address><port>3389</port>", NULL, 0},
        {"a port in the address", "<address>a:1</address><port>3389</port>", NULL, 0},
        {"no port", "<address>a</address>", NULL, 0},
        {"port 0", "<address>a</address><port>0</port>", NULL, 0},
        {"port 70000", "<address>a</address><port>70000</port>", NULL, 0},
        {"port +7", "<address>a</address><port>+7</port>", NULL, 0},
        {"a port in words", "<address>a</address><port>rdp</port>", NULL, 0},
        {"another protocol", "<address>a</address><port>1</port><protocol>PCOIP</protocol>", NULL,
            0},
        {"a user with a control character",
            "<address>a</address><port>1</port><user-name>a\x7f</user-name>", NULL, 0},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *xml =
            g_strdup_printf("<broker><x><result>ok</result>%s</x></broker>", rows[i].inner);
        const VdiElement *response = NULL;
        g_autoptr(GError) error = NULL;
        g_autoptr(VdiViewReply) reply = parse(xml, NULL);
        VdiViewResult result = vdi_view_reply_find(reply, "x", &response, NULL);

        CHECK_ROW(rows[i].name, result == VDI_VIEW_OK);
        g_autoptr(VdiTarget) target = vdi_view_read_target(response, &error);

        CHECK_ROW(rows[i].name, (target != NULL) == (rows[i].host != NULL));
        if (rows[i].host == NULL) {
            CHECK_ROW(
                rows[i].name, g_error_matches(error, VDI_BROKER_ERROR, VDI_BROKER_ERROR_INVALID));
        } else if (target != NULL) {
            CHECK_ROW(rows[i].name, strcmp(target->host, rows[i].host) == 0);
            CHECK_ROW(rows[i].name, target->port == rows[i].port);
            CHECK_ROW(rows[i].name, strcmp(target->user, "") == 0 && target->password == NULL);
        }
    }
}

static void a_password_keeps_its_blanks(void)
{
    const VdiElement *response = NULL;
    g_autoptr(VdiViewReply) reply =
        parse("<broker><x><result>ok</result><address>a</address><port>1</port>"
              "<user-name>ada</user-name><password> p&amp;<![CDATA[<s>]]> </password>"
              "<domain-name>LAB</domain-name></x></broker>",
            NULL);

    CHECK(vdi_view_reply_find(reply, "x", &response, NULL) == VDI_VIEW_OK);
    g_autoptr(VdiTarget) target = vdi_view_read_target(response, NULL);

    CHECK_TEXT(vdi_secret_text(target->password), " p&<s> ");
    CHECK_TEXT(target->user, "ada");
    CHECK_TEXT(target->domain, "LAB");
}

typedef struct {
    const char *name, *value;
    bool is_secret;
} Sent;

static void add_screen(VdiViewRequest *request, const char *screen, const Sent *sent)
{
    g_autoptr(GPtrArray) answers = g_ptr_array_new_with_free_func((GDestroyNotify) vdi_answer_free);

    for (; sent->name != NULL; sent++) {
        g_ptr_array_add(answers,
            sent->is_secret
                ? vdi_answer_new(sent->name, NULL, vdi_secret_new(sent->value, strlen(sent->value)))
                : vdi_answer_new(sent->name, sent->value, NULL));
    }
    vdi_view_request_add_authentication(request, screen, answers);
    vdi_view_request_add_tunnel(request);
    vdi_view_request_add_desktops(request);
}

/* Lengths as an independent client sends them at 4.5. */
static void a_request_at_4_5_has_the_bytes_of_the_wire(void)
{
    static const struct {
        const char *screen; /* NULL: set-locale and get-configuration */
        const char *locale;
        Sent sent[4];
        size_t size;
    } rows[] = {
        {NULL, "C.UTF-8", {{NULL, NULL, false}}, 121},
        {NULL, NULL, {{NULL, NULL, false}}, 72},
        {NULL, "POSIX", {{NULL, NULL, false}}, 72},
        {"disclaimer", NULL, {{"accept", "true", false}}, 365},
        {"securid-passcode", NULL, {{"username", "alice", false}, {"passcode", "123456", true}},
            448},
        {"securid-nexttokencode", NULL, {{"tokencode", "654321", true}}, 381},
        {"securid-pinchange", NULL, {{"pin1", "4711", true}, {"pin2", "4711", true}}, 438},
        {"windows-password", NULL,
            {{"username", "alice", false}, {"password", "s3cret&<>", true},
                {"domain", "LAB", false}},
            530},
        {"windows-password-expired", NULL,
            {{"oldPassword", "s3cret&<>", true}, {"newPassword1", "New1", true},
                {"newPassword2", "New1", true}},
            551},
    };

    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(VdiViewRequest) request = vdi_view_request_new("4.5");

        if (rows[i].screen != NULL) {
            add_screen(request, rows[i].screen, rows[i].sent);
        } else {
            vdi_view_request_add_locale(request, rows[i].locale);
            vdi_view_request_add_configuration(request);
        }
        g_autoptr(GBytes) bytes = vdi_view_request_finish(request);

        CHECK_INT(g_bytes_get_size(bytes), rows[i].size);
    }
    g_autoptr(VdiViewRequest) logout = vdi_view_request_new("4.5");

    vdi_view_request_add_logout(logout);
    g_autoptr(GBytes) bytes = vdi_view_request_finish(logout);

    CHECK_INT(g_bytes_get_size(bytes), 64);
}

static char *text_of(VdiViewRequest *request)
{
    g_autoptr(GBytes) bytes = vdi_view_request_finish(request);

    return g_strndup(g_bytes_get_data(bytes, NULL), g_bytes_get_size(bytes));
}

static void a_request_says_what_its_version_knows(void)
{
    g_autoptr(VdiViewRequest) first = vdi_view_request_new("1.0");
    g_autoptr(VdiViewRequest) latest = vdi_view_request_new("15.0");

    vdi_view_request_add_locale(first, "de_DE");
    vdi_view_request_add_configuration(first);
    vdi_view_request_add_tunnel(latest);
    vdi_view_request_add_launch_items(latest);
    g_autofree char *first_text = text_of(first);
    g_autofree char *latest_text = text_of(latest);

    CHECK_TEXT(
        first_text, "<?xml version=\"1.0\"?><broker version=\"1.0\"><get-configuration/></broker>");
    CHECK_TEXT(latest_text,
        "<?xml version=\"1.0\"?><broker version=\"15.0\"><get-tunnel-connection>"
        "<bypass-tunnel>true</bypass-tunnel></get-tunnel-connection><get-launch-items><desktops>"
        "<supported-protocols><protocol><name>RDP</name></protocol></supported-protocols>"
        "</desktops></get-launch-items></broker>");
}

static void an_identifier_goes_back_escaped(void)
{
    g_autoptr(VdiViewRequest) request = vdi_view_request_new("4.5");

    vdi_view_request_add_connection(request, "cn=a&b,dc=<vdi>");
    g_autofree char *text = text_of(request);

    CHECK(strstr(text,
              "<desktop-id>cn=a&amp;b,dc=&lt;vdi&gt;</desktop-id><protocol><name>RDP"
              "</name></protocol>")
        != NULL);
}

const Test tests[] = {
    {"a reader takes what the wire allows", a_reader_takes_what_the_wire_allows},
    {"what is no broker is refused", what_is_no_broker_is_refused},
    {"a result is judged by the table", a_result_is_judged_by_the_table},
    {"the server's words come first, and clean", the_servers_words_come_first_and_clean},
    {"a desktop's state is the first that matches", a_desktops_state_is_the_first_that_matches},
    {"a target is checked", a_target_is_checked},
    {"a password keeps its blanks", a_password_keeps_its_blanks},
    {"a request at 4.5 has the bytes of the wire", a_request_at_4_5_has_the_bytes_of_the_wire},
    {"a request says what its version knows", a_request_says_what_its_version_knows},
    {"an identifier goes back escaped", an_identifier_goes_back_escaped},
    TEST_END,
};
